// float64 cbrt, rsqrt and reciprocal, in integers.
//
// cbrt x = v y^2 for y = 1 / cbrt v, by Newton's method for y^-3 = v: a parabola through y to 8 bits, then three steps of
// y + y (1 - v y^3) / 3, which double the bits. rsqrt cuts 1 / sqrt x to 54 bits and compares its square with 1 / x exactly, on
// 128 bits (Markstein, "IA-64 and Elementary Functions", 2000, ch. 9, carried over to integers).
// Errors: cbrt 0.53 ULP; rsqrt and reciprocal 0.5 ULP (correctly rounded).

// 1 / cbrt(v) in units of 2^-62, for v = m * 4^-1, 2^-1 or 1 (thirds = 0, 1, 2) with m from 1/2 to 1 in units of 2^-64.
fn cube_root_reciprocal_fixed64(m: vec2<u32>, thirds: u32) -> vec2<u32> {
    let v = sig64_shr(m, 2u - thirds);
    // m^(-1/3) in units of 2^-30, times a power of the cube root of 2.
    let bent = 0x4ce677f7u - mul32_high(m.y, 0x1d6f73a1u);
    let start = 0x6f8f15d2u - mul32_high(m.y, bent);
    let factor = select(select(0x40000000u, 0x50a28be6u, thirds == 1u), 0x6597fa95u, thirds == 0u);
    var y = sig64_shl(mul32_wide(start, factor), 2u);
    for (var i = 0u; i < 3u; i++) {
        let square = sig64_shl(fixed64_mul(y, y), 1u);
        let cube = sig64_shl(fixed64_mul(square, y), 1u);
        // v y^3 and 1 in units of 2^-60.
        let product = fixed64_mul(v, cube);
        let below = sig64_lt(product, vec2<u32>(0u, 0x10000000u));
        let rest = sig64_sub(vec2<u32>(0u, 0x10000000u), product);
        let third = fixed64_mul(select(sig64_sub(vec2<u32>(0u, 0u), rest), rest, below), vec2<u32>(0x55555555u, 0x55555555u));
        let step = fixed64_mul(y, sig64_shl(third, 4u));
        y = select(sig64_sub(y, step), sig64_add(y, step), below);
    }
    return y;
}

fn cbrt_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let x = scaled64_of_words(words);
    // x = v 8^whole; 4098 makes the exponent positive.
    let above = u32(x.exponent + 4098i);
    let whole = (above + 2u) / 3u;
    let thirds = above + 2u - 3u * whole;
    let y = cube_root_reciprocal_fixed64(x.significand, thirds);
    let root = fixed64_mul(sig64_shr(x.significand, 2u - thirds), sig64_shl(fixed64_mul(y, y), 1u));
    let rounded = words_of_scaled64(normal_scaled64(root, i32(whole) - 1363i, x.negative));
    let same = (words.y & 0x7fffffffu) >= F64_INFINITY || ((words.y & 0x7fffffffu) | words.x) == 0u;
    return f64_of_words(select(rounded, words, same));
}

// a * b modulo 2^128
fn sig128_mul32(a: vec4<u32>, b: u32) -> vec4<u32> {
    let even = vec4<u32>(mul32_wide(a.x, b), mul32_wide(a.z, b));
    let odd = mul32_wide(a.y, b);
    return sig128_add(even, vec4<u32>(0u, odd, a.w * b));
}

fn sig128_mul64(a: vec4<u32>, b: vec2<u32>) -> vec4<u32> {
    let high = sig128_mul32(a, b.y);
    return sig128_add(sig128_mul32(a, b.x), vec4<u32>(0u, high.xyz));
}

fn rsqrt_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let magnitude = words.y & 0x7fffffffu;
    let radicand = radicand64(scaled64_of_words(words));
    // floor(2^54 / sqrt x) or one more, since the estimate is off by a few units of 2^-63; x in units of 2^-52.
    let below = sig64_sub(root_reciprocal_fixed64(radicand.x), vec2<u32>(16u, 0u));
    let root = sig64_add(sig64_shr(below, 9u), vec2<u32>(1u, 0u));
    let product = sig128_mul64(sig128_mul64(vec4<u32>(root, 0u, 0u), root), sig64_shr(radicand.x, 10u));
    // x root^2 is 2^160 and a little more or less.
    let cut = sig64_sub(root, vec2<u32>(select(1u, 0u, (product.w >> 31u) != 0u), 0u));
    // Between two of 54 bits, unless x is a power of 4.
    let sticky = vec2<u32>((cut.x << 10u) | 1u, (cut.y << 10u) | (cut.x >> 22u));
    let exact = radicand.x.x == 0u && radicand.x.y == 0x40000000u;
    let significand = select(sticky, vec2<u32>(0u, 0x80000000u), exact);
    var result = round_normal_words(0u, u32(1022i - radicand.half + select(0i, 1i, exact)), significand);
    result = select(result, vec2<u32>(0u, 0u), magnitude >= F64_INFINITY);
    result = select(result, vec2<u32>(0u, (words.y & F64_SIGN) | F64_INFINITY), (magnitude | words.x) == 0u);
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && words.x != 0u);
    let invalid = nan || ((words.y >> 31u) != 0u && (magnitude | words.x) != 0u);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), invalid));
}

// The sign stays with the 1, so that no compiler sees a constant numerator.
fn reciprocal_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let one = vec2<u32>(0u, (words.y & F64_SIGN) | 0x3ff00000u);
    return div_f64(f64_of_words(one), f64_of_words(vec2<u32>(words.x, words.y & 0x7fffffffu)));
}
