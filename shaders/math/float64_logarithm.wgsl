// float64 log, in fixed point (float64_exponential.wgsl says why).
//
// x = 2^k m with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh(s), s = (m - 1) / (m + 1), as in Sun's fdlibm (e_log.c,
// 1993). s and its product keep 61 bits whatever their size, so nothing cancels near 1; k ln 2 is added as a whole.
// artanh(s) / s by interpolation at Chebyshev nodes in s^2, error 2^-65.
// Error: 0.52 ULP.

// 1 + z / 3 + z^2 / 5 ... in units of 2^-63, for z < 0.0295 in units of 2^-64.
fn artanh_series_fixed64(z: vec2<u32>) -> vec2<u32> {
    var tail = 0x10fbe83cu + mul32_high(z.y, 0x10c04596u);
    tail = 0x13b1c360u + mul32_high(z.y, tail);
    var p = sig64_add(vec2<u32>(0x0b02fb78u, 0x0ba2e7c8u), fixed64_mul(z, vec2<u32>(tail << 31u, tail >> 1u)));
    p = sig64_add(vec2<u32>(0x0b05a371u, 0x0e38e390u), fixed64_mul(z, p));
    p = sig64_add(vec2<u32>(0x476c86cbu, 0x12492492u), fixed64_mul(z, p));
    p = sig64_add(vec2<u32>(0x999a37b2u, 0x19999999u), fixed64_mul(z, p));
    p = sig64_add(vec2<u32>(0xaaaaaaa1u, 0x2aaaaaaau), fixed64_mul(z, p));
    return sig64_add(vec2<u32>(0x00000000u, 0x80000000u), fixed64_mul(z, p));
}

// x = 2^power m with m from sqrt(1/2) to sqrt(2), and what gives s = (m - 1) / (m + 1).
struct LogReduction64 {
    power: i32,
    // m < 1
    negative: bool,
    // s = +-numerator / denominator * 2^exponent, as sig62_div wants them; the numerator is exact, and 0 for m = 1.
    numerator: vec2<u32>,
    denominator: vec2<u32>,
    exponent: i32,
}

// For positive numbers; zero gives garbage.
fn reduce_log64(words: vec2<u32>) -> LogReduction64 {
    let lead = sig64_clz(sig53_of_words(words));
    let m = sig64_shl(sig53_of_words(words), lead & 63u);
    let halved = m.y >= 0xb504f334u;
    let power = exponent53_of_words(words) - 1012i - i32(lead) + select(0i, 1i, halved);

    // |m - 1| in units of 2^-64, normalised; m + 1 with its leading one at bit 61.
    let difference = select(vec2<u32>(m.x << 1u, (m.y << 1u) | (m.x >> 31u)), sig64_sub(vec2<u32>(0u, 0u), m), halved);
    let lower = sig64_clz(difference);
    let numerator = sig64_shr(sig64_shl(difference, lower & 63u), 3u);
    let above = sig64_shr(m, 3u) + vec2<u32>(0u, 0x10000000u);
    let below = sig64_shr(m, 3u) | vec2<u32>(0u, 0x20000000u);
    return LogReduction64(power, halved, numerator, select(above, below, halved),
        select(-1i, 0i, halved) - i32(lower));
}

fn log_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let reduced = reduce_log64(words);
    let k = reduced.power;
    let halved = reduced.negative;
    let quotient = sig62_div(reduced.numerator, reduced.denominator);
    // s = quotient / 2^62 * 2^reduced.exponent = s / 2^64 * 2^-s_exponent
    let fall = sig64_clz(quotient);
    let s = sig64_shl(quotient, fall & 63u);
    let s_exponent = i32(fall) - 2i - reduced.exponent;

    let square = sig64_shr(fixed64_mul(s, s), u32(clamp(2i * s_exponent, 0i, 63i)));
    let product = fixed64_mul(s, artanh_series_fixed64(square));
    // log m = product / 2^64 * 2^(2 - s_exponent)

    // |k| ln 2 = multiple / 2^64 * 2^(32 - shift)
    let shift = countLeadingZeros(u32(abs(k)));
    let factor = u32(abs(k)) << (shift & 31u);
    let multiple = sig64_add(mul32_wide(factor, 0xb17217f7u), vec2<u32>(mul32_high(factor, 0xd1cf79abu), 0u));
    let distance = 30i - i32(shift) + s_exponent;
    let addend = select(sig64_shr(product, u32(clamp(distance, 0i, 63i))), vec2<u32>(0u, 0u), distance > 63i);
    let opposite = (k < 0i) != halved;
    let sum = select(sig64_add(multiple, addend), sig64_sub(multiple, addend), opposite);

    let alone = k == 0i;
    let significand = select(sum, product, alone);
    let exponent = select(32i - i32(shift), 2i - s_exponent, alone);
    let negative = select(k < 0i, halved, alone);
    let top = sig64_clz(significand);
    let sign = select(0u, F64_SIGN, negative);
    var result = round_normal_words(sign, u32(exponent + 1022i - i32(top)), sig64_shl(significand, top & 63u));
    result = select(result, vec2<u32>(0u, 0u), alone && (reduced.numerator.x | reduced.numerator.y) == 0u);

    let magnitude = words.y & 0x7fffffffu;
    result = select(result, words, magnitude >= F64_INFINITY);
    result = select(result, vec2<u32>(0u, 0x7ff80000u), (words.y >> 31u) != 0u);
    result = select(result, vec2<u32>(0u, F64_SIGN | F64_INFINITY), (magnitude | words.x) == 0u);
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && words.x != 0u);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), nan));
}
