// The bits of a native f64 and its casts to and from 64-bit integers, where the device has f64 but not i64 and u64.
//
// Included with float64_native.wgsl and int64_emulated.wgsl; cast64_native_native.wgsl is the other alternative. naga 30
// refuses bitcast between f64 and vec2<u32>, so numbers are built and taken apart by exact arithmetic with
// powers of two. That is slow: hosts that pass f64 values do better to bind them as f64. The sign of a NaN is
// that of its conversion to f32, and a NaN read back has no payload.

// --- bits of an f64 ------------------------------------------------------------------------------------------

// a * 2^n, exact whenever the result is representable; -1074 <= n <= 1023.
fn shift_exponent_f64(a: F64, n: i32) -> F64 {
    let down = n < 0i;
    let steps = abs_i32(n);
    var x = a;
    x = select(x, x * select(0x1p512lf, 0x1p-512lf, down), (steps & 1024i) != 0i);
    x = select(x, x * select(0x1p512lf, 0x1p-512lf, down), (steps & 1024i) != 0i);
    x = select(x, x * select(0x1p512lf, 0x1p-512lf, down), (steps & 512i) != 0i);
    x = select(x, x * select(0x1p256lf, 0x1p-256lf, down), (steps & 256i) != 0i);
    x = select(x, x * select(0x1p128lf, 0x1p-128lf, down), (steps & 128i) != 0i);
    x = select(x, x * select(0x1p64lf, 0x1p-64lf, down), (steps & 64i) != 0i);
    x = select(x, x * select(0x1p32lf, 0x1p-32lf, down), (steps & 32i) != 0i);
    let rest = u32(steps & 31i);
    let power = bitcast<f32>(select(127u + rest, 127u - rest, down) << 23u);
    return x * f64(power);
}

fn make_f64(lo: u32, hi: u32) -> F64 {
    let field = (hi >> 20u) & 0x7ffu;
    let fraction = hi & 0x000fffffu;
    let sign = f64(bitcast<f32>((hi & 0x80000000u) | 0x3f800000u));
    if (field == 0x7ffu) {
        var bits = (hi & 0x80000000u) | select(0x7f800000u, 0x7fc00000u, (fraction | lo) != 0u);
        return f64(bitcast<f32>(bits));
    }
    let implicit = select(0u, 0x00100000u, field != 0u);
    let significand = f64(fraction | implicit) * 4294967296.0lf + f64(lo);
    return sign * shift_exponent_f64(significand, i32(max(field, 1u)) - 1075i);
}

// Low and high word.
fn words_f64(a: F64) -> vec2<u32> {
    let narrow = bitcast<u32>(f32(a));
    let sign = narrow & 0x80000000u;
    if ((narrow & 0x7fffffffu) > 0x7f800000u) { return vec2<u32>(0u, sign | 0x7ff80000u); }
    var x = abs(a);
    if (x > 0x1.fffffffffffffp1023lf) { return vec2<u32>(0u, sign | 0x7ff00000u); }
    var exponent = 0i;
    let subnormal = x < 0x1p-1022lf;
    if (subnormal) {
        x = x * 0x1p512lf * 0x1p510lf;
    } else {
        // Binary search for the exponent: each step brings x nearer to [1, 2), exactly.
        let large = x >= 1.0lf;
        if (!large) {
            x = x * 0x1p512lf * 0x1p511lf;
            exponent = -1023i;
        }
        if (x >= 0x1p512lf) { x = x * 0x1p-512lf; exponent += 512i; }
        if (x >= 0x1p256lf) { x = x * 0x1p-256lf; exponent += 256i; }
        if (x >= 0x1p128lf) { x = x * 0x1p-128lf; exponent += 128i; }
        if (x >= 0x1p64lf) { x = x * 0x1p-64lf; exponent += 64i; }
        if (x >= 0x1p32lf) { x = x * 0x1p-32lf; exponent += 32i; }
        if (x >= 0x1p16lf) { x = x * 0x1p-16lf; exponent += 16i; }
        if (x >= 0x1p8lf) { x = x * 0x1p-8lf; exponent += 8i; }
        if (x >= 0x1p4lf) { x = x * 0x1p-4lf; exponent += 4i; }
        if (x >= 0x1p2lf) { x = x * 0x1p-2lf; exponent += 2i; }
        if (x >= 0x1p1lf) { x = x * 0x1p-1lf; exponent += 1i; }
        x = x - 1.0lf;
    }
    // x is the fraction: 20 bits, then 32. Conversions truncate.
    let scaled = x * 0x1p20lf;
    let top = u32(scaled);
    let low = u32((scaled - f64(top)) * 4294967296.0lf);
    let field = select(bitcast<u32>(exponent + 1023i), 0u, subnormal);
    return vec2<u32>(low, sign | (field << 20u) | top);
}

fn bits_lo_f64(a: F64) -> u32 { return words_f64(a).x; }
fn bits_hi_f64(a: F64) -> u32 { return words_f64(a).y; }

// --- casts (rules: cast.wgsl) --------------------------------------------------------------------------------

fn cast_i64_f64(a: I64) -> F64 { return cast_i32_f64(bitcast<i32>(hi_i64(a))) * 4294967296.0lf + cast_u32_f64(lo_i64(a)); }
fn cast_u64_f64(a: U64) -> F64 { return cast_u32_f64(hi_u64(a)) * 4294967296.0lf + cast_u32_f64(lo_u64(a)); }

// The words of |a| < 2^64 truncated.
fn integer_words_f64(a: F64) -> vec2<u32> {
    let high = u32(a * 0x1p-32lf);
    return vec2<u32>(u32(a - f64(high) * 4294967296.0lf), high);
}

fn cast_f64_i64(a: F64) -> I64 {
    let fits = a >= -0x1p63lf && a < 0x1p63lf;
    let words = integer_words_f64(abs(select(0.0lf, a, fits)));
    let magnitude = make_i64(words.x, words.y);
    return select(make_i64(0u, 0x80000000u), select(magnitude, neg_i64(magnitude), a < 0.0lf), fits);
}

fn cast_f64_u64(a: F64) -> U64 {
    if (a >= 0x1p63lf) {
        let fits = a < 0x1p64lf;
        let words = integer_words_f64(select(0.0lf, a, fits));
        return make_u64(words.x, words.y);
    }
    return cast_i64_u64(cast_f64_i64(a));
}
