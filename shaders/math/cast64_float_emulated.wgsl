// Casts between emulated float64 and every other type; NumPy's rules on x86-64.
//
// To float64 the 64-bit integers round to nearest even, all else is exact. To float32 the cast rounds to nearest even,
// subnormal results included. To integers it truncates; NaN and what is out of range give the smallest integer (the
// "integer indefinite" of CVTTSD2SI, Intel SDM vol. 1, table E-1), and u32 is the low word of the 64-bit conversion,
// as compilers emit it for one number. (NumPy's vector loops differ there, from machine to machine: C leaves it undefined.)
// 64-bit integers are taken apart and put together by functions that both their forms have.

// --- to float64 --------------------------------------------------------------------------------------------

fn cast_bool_f64(a: bool) -> F64 {
    return vec2<u32>(0u, select(0u, 0x3ff00000u, a));
}

fn cast_u32_f64(a: u32) -> F64 {
    let shift = countLeadingZeros(a);
    // Leading one at bit 31, which adds one to the exponent field.
    let top = a << (shift & 31u);
    let high = (top >> 11u) + ((1023u + 30u - shift) << 20u);
    return select(vec2<u32>(top << 21u, high), vec2<u32>(0u, 0u), a == 0u);
}

fn cast_i32_f64(a: i32) -> F64 {
    let bits = bitcast<u32>(a);
    let sign = bits & F64_SIGN;
    let magnitude = cast_u32_f64(select(bits, 0u - bits, sign != 0u));
    return vec2<u32>(magnitude.x, magnitude.y | sign);
}

// Rounds a magnitude; the leading one goes to bit 63.
fn cast_words_f64(sign: u32, magnitude: vec2<u32>) -> F64 {
    let lead = sig64_clz(magnitude);
    let rounded = round_normal_words(sign, 1086u - lead, sig64_shl(magnitude, lead & 63u));
    return select(rounded, vec2<u32>(0u, 0u), lead == 64u);
}

fn cast_u64_f64(a: U64) -> F64 {
    return cast_words_f64(0u, vec2<u32>(lo_u64(a), hi_u64(a)));
}

fn cast_i64_f64(a: I64) -> F64 {
    let words = vec2<u32>(lo_i64(a), hi_i64(a));
    let mask = 0u - (words.y >> 31u);
    let magnitude = vec2<u32>((words.x ^ mask) - mask, (words.y ^ mask) + select(0u, mask & 1u, words.x == 0u));
    return cast_words_f64(words.y & F64_SIGN, magnitude);
}

fn cast_f32_f64(a: f32) -> F64 {
    let bits = bitcast<u32>(a);
    let sign = bits & F64_SIGN;
    let magnitude = bits & 0x7fffffffu;
    // A subnormal number's leading one goes to bit 23, where it adds one to the exponent field.
    let shift = select(0u, (countLeadingZeros(magnitude) - 8u) & 31u, magnitude < 0x00800000u);
    let normal = magnitude << shift;
    let bias = select(896u - shift, 1792u, magnitude >= 0x7f800000u);
    let high = select((normal >> 3u) + (bias << 20u), 0u, magnitude == 0u);
    return vec2<u32>(normal << 29u, sign | high);
}

fn cast_c64_f64(a: vec2<f32>) -> F64 {
    return cast_f32_f64(a.x);
}

// --- from float64 ------------------------------------------------------------------------------------------

fn cast_f64_bool(a: F64) -> bool {
    return nonzero_f64(a);
}

// The integer part of |a| if |a| < 2^64 (else garbage).
fn integer_magnitude_f64(a: F64) -> vec2<u32> {
    let exponent = (a.y >> 20u) & 0x7ffu;
    let significand = vec2<u32>(a.x << 11u, 0x80000000u | ((a.y & 0x000fffffu) << 11u) | (a.x >> 21u));
    let shifted = sig64_shr(significand, (1086u - exponent) & 63u);
    return select(shifted, vec2<u32>(0u, 0u), exponent < 1023u);
}

// The words of a truncated to a signed 64-bit integer; NaN and out of range: -2^63.
fn integer_words_f64(a: F64) -> vec2<u32> {
    let magnitude = integer_magnitude_f64(a);
    let mask = 0u - (a.y >> 31u);
    let words = vec2<u32>((magnitude.x ^ mask) - mask,
        (magnitude.y ^ mask) + select(0u, mask & 1u, magnitude.x == 0u));
    return select(words, vec2<u32>(0u, 0x80000000u), ((a.y >> 20u) & 0x7ffu) >= 1086u);
}

fn cast_f64_i32(a: F64) -> i32 {
    let magnitude = integer_magnitude_f64(a).x;
    let value = select(magnitude, 0u - magnitude, signbit_f64(a));
    // -2^31 itself is the answer for out of range, too.
    return bitcast<i32>(select(value, 0x80000000u, ((a.y >> 20u) & 0x7ffu) >= 1054u));
}

fn cast_f64_u32(a: F64) -> u32 {
    return integer_words_f64(a).x;
}

fn cast_f64_i64(a: F64) -> I64 {
    let words = integer_words_f64(a);
    return make_i64(words.x, words.y);
}

// As gcc compiles it on x86-64 (there is no unsigned CVTTSD2SI): below 2^63 the signed conversion, so negative numbers wrap
// and NaN gives 2^63; from 2^63 up the signed conversion of a - 2^63 with the top bit flipped, so what is too
// large gives 0.
fn cast_f64_u64(a: F64) -> U64 {
    let signed = integer_words_f64(a);
    let magnitude = integer_magnitude_f64(a);
    let exponent = (a.y >> 20u) & 0x7ffu;
    let upper = exponent >= 1086u && !signbit_f64(a) && !isnan_f64(a);
    let words = select(signed, select(magnitude, vec2<u32>(0u, 0u), exponent > 1086u), upper);
    return make_u64(words.x, words.y);
}

fn cast_f64_f32(a: F64) -> f32 {
    let sign = a.y & F64_SIGN;
    // The exponent in float32's bias; below 1 the result is subnormal and the significand shifts down. A float64
    // subnormal is far below the smallest float32 and keeps only its sticky bit.
    let exponent = i32((a.y >> 20u) & 0x7ffu) - 896i;
    let significand = vec2<u32>(a.x << 11u, 0x80000000u | ((a.y & 0x000fffffu) << 11u) | (a.x >> 21u));
    let shifted = sig64_shr_sticky(significand, u32(clamp(1i - exponent, 0i, 63i)));
    let sticky = shifted.y | select(0u, 1u, shifted.x != 0u);
    let kept = sticky >> 8u;
    let up = ((sticky & 0xffu) + 0x7fu + (kept & 1u)) >> 8u;
    let rounded = min(kept + up + (u32(clamp(exponent, 1i, 255i) - 1i) << 23u), 0x7f800000u);
    return bitcast<f32>(sign | select(rounded, 0x7fc00000u, isnan_f64(a)));
}

fn cast_f64_c64(a: F64) -> vec2<f32> {
    return vec2<f32>(cast_f64_f32(a), no_imaginary());
}

// To float16 in one rounding: the f32 between is rounded to odd, so that the second rounding sees on which side of a tie
// the number lies (S. Boldo, G. Melquiond, Emulation of FMA and correctly rounded sums, IEEE Trans. Comput. 57, 2008).
fn cast_f64_f16(a: F64) -> f32 {
    let sign = a.y & 0x80000000u;
    let exponent = (a.y >> 20u) & 0x7ffu;
    let odd = select(0u, 1u, (a.x << 3u) != 0u);
    let significand = ((a.y & 0xfffffu) << 3u) | (a.x >> 29u) | odd;
    let normal = ((exponent - 896u) << 23u) | significand;
    var magnitude = select(0u, normal, exponent > 896u);
    magnitude = select(magnitude, 0x7f800000u, exponent >= 1151u);
    magnitude = select(magnitude, 0x7fc00000u, exponent == 0x7ffu && significand != 0u);
    return round_f16(bitcast<f32>(sign | magnitude));
}
