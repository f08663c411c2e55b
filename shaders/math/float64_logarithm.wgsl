// float64 log, log2, log10, log1p, in fixed point (float64_exponential.wgsl says why).
//
// x = 2^k m with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh(s), s = (m - 1) / (m + 1), as in Sun's fdlibm (e_log.c,
// 1993). s and its product keep 61 bits whatever their size, so nothing cancels near 1; k ln 2 is added as a whole.
// artanh(s) / s by interpolation at Chebyshev nodes in s^2, error 2^-65. To the other bases both terms are scaled, and the
// multiple of k is exact to base 2. log1p takes s = x / (2 + x) where k is 0.
// Errors: log 0.51, log2 0.52, log10 0.52, log1p 0.52 ULP.

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
fn reduce_log64(x: Scaled64) -> LogReduction64 {
    let m = x.significand;
    let halved = m.y >= 0xb504f334u;
    let power = x.exponent - select(1i, 0i, halved);

    // |m - 1| in units of 2^-64, normalised; m + 1 with its leading one at bit 61.
    let difference = select(vec2<u32>(m.x << 1u, (m.y << 1u) | (m.x >> 31u)), sig64_sub(vec2<u32>(0u, 0u), m), halved);
    let lower = sig64_clz(difference);
    let numerator = sig64_shr(sig64_shl(difference, lower & 63u), 3u);
    let above = sig64_shr(m, 3u) + vec2<u32>(0u, 0x10000000u);
    let below = sig64_shr(m, 3u) | vec2<u32>(0u, 0x20000000u);
    return LogReduction64(power, halved, numerator, select(above, below, halved),
        select(-1i, 0i, halved) - i32(lower));
}

// s as numerator / denominator, for x = 2^power m given otherwise than by m. Both are normalised and positive.
fn log_ratio64(power: i32, negative: bool, numerator: Scaled64, denominator: Scaled64) -> LogReduction64 {
    return LogReduction64(power, negative, sig64_shr(numerator.significand, 3u), sig64_shr(denominator.significand, 2u),
        numerator.exponent - denominator.exponent + 1i);
}

// log m = 2 artanh(s)
fn log_series64(reduced: LogReduction64) -> Scaled64 {
    // s = quotient / 2^62 * 2^reduced.exponent
    let s = normal_scaled64(sig62_div(reduced.numerator, reduced.denominator), reduced.exponent + 2i, reduced.negative);
    let square = sig64_shr(fixed64_mul(s.significand, s.significand), u32(clamp(-2i * s.exponent, 0i, 63i)));
    let product = fixed64_mul(s.significand, artanh_series_fixed64(square));
    return normal_scaled64(product, s.exponent + 2i, s.negative);
}

// k unit + part, for unit in units of 2^-64 and |k| < 2^31.
fn log_sum64(k: i32, unit: vec2<u32>, part: Scaled64) -> Scaled64 {
    let factor = u32(abs(k));
    let shift = countLeadingZeros(factor) & 31u;
    let shifted = factor << shift;
    let multiple = sig64_add(mul32_wide(shifted, unit.y), vec2<u32>(mul32_high(shifted, unit.x), 0u));
    return add_scaled64(normal_scaled64(multiple, 32i - i32(shift), k < 0i), part);
}

const F64_LN2 = vec2<u32>(0xd1cf79acu, 0xb17217f7u);

// -inf for 0, NaN below, infinity and NaN as they are.
fn log_special_words(result: vec2<u32>, argument: vec2<u32>) -> vec2<u32> {
    let magnitude = argument.y & 0x7fffffffu;
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && argument.x != 0u) || (argument.y >> 31u) != 0u;
    let large = select(result, vec2<u32>(0u, F64_INFINITY), magnitude >= F64_INFINITY);
    let special = select(large, vec2<u32>(0u, 0x7ff80000u), nan);
    return select(special, vec2<u32>(0u, F64_SIGN | F64_INFINITY), (magnitude | argument.x) == 0u);
}

fn log_fixed_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let reduced = reduce_log64(scaled64_of_words(words));
    let sum = log_sum64(reduced.power, F64_LN2, log_series64(reduced));
    return f64_of_words(log_special_words(words_of_scaled64(sum), words));
}

// log x to the base b: unit is log_b 2 and inverse 1 / log b, in units of 2^(exponent - 64).
fn log_to_base_f64(a: F64, unit: vec2<u32>, inverse: vec2<u32>, exponent: i32) -> F64 {
    let words = words_of_f64(a);
    let reduced = reduce_log64(scaled64_of_words(words));
    let part = mul_scaled64(log_series64(reduced), Scaled64(inverse, 0i, false));
    let sum = log_sum64(reduced.power, unit, part);
    return f64_of_words(log_special_words(words_of_scaled64(Scaled64(sum.significand, sum.exponent + exponent, sum.negative)), words));
}

fn log2_fixed_f64(a: F64) -> F64 {
    return log_to_base_f64(a, vec2<u32>(0u, 0x80000000u), vec2<u32>(0x5c17f0bcu, 0xb8aa3b29u), 1i);
}

fn log10_fixed_f64(a: F64) -> F64 {
    return log_to_base_f64(a, vec2<u32>(0xfbcff799u, 0x9a209a84u), vec2<u32>(0x37287195u, 0xde5bd8a9u), -1i);
}

// log(1 + x) for x > -1
fn log1p_scaled64(x: Scaled64) -> Scaled64 {
    var reduced = reduce_log64(add_scaled64(SCALED64_ONE, x));
    if (reduced.power == 0i) {
        reduced.numerator = sig64_shr(x.significand, 3u);
        reduced.exponent = x.exponent - select(1i, 0i, reduced.negative);
        reduced.negative = x.negative;
    }
    return log_sum64(reduced.power, F64_LN2, log_series64(reduced));
}

fn log1p_fixed_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let magnitude = words.y & 0x7fffffffu;
    let result = words_of_scaled64(log1p_scaled64(scaled64_of_words(words)));
    let small = words.y >= F64_SIGN && magnitude < 0x3ff00000u;
    // -1 is the logarithm's 0, and below it has none.
    let moved = select(words, vec2<u32>(0u, 0u), words.x == 0u && words.y == 0xbff00000u);
    let known = select(log_special_words(result, moved), words, (magnitude | words.x) == 0u);
    return f64_of_words(select(known, result, small && (magnitude | words.x) != 0u));
}
