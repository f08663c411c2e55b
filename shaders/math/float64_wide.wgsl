// Numbers of 64 significant bits and an exponent without bounds: what float64_error_function.wgsl, float64_gamma.wgsl and
// float64_logistic.wgsl compute with between the argument's words and the one rounding of the result.
//
// Integers only, for the reasons in float64_exponential.wgsl. Each operation cuts: it is less than 2^-61 (quotients 2^-60) wrong,
// relatively, which is 0.01 ULP of a float64. float64_scaled.wgsl rounds alike and knows fewer operations.

// +-significand / 2^64 * 2^exponent; the leading one is at bit 63, zero has exponent -2^20.
struct Wide64 {
    significand: vec2<u32>,
    exponent: i32,
    negative: bool,
}

fn wide64(significand: vec2<u32>, exponent: i32, negative: bool) -> Wide64 {
    let lead = sig64_clz(significand);
    return Wide64(sig64_shl(significand, lead & 63u), select(exponent - i32(lead), -0x100000i, lead == 64u), negative);
}

// The magnitude of a finite float64.
fn wide64_of_words(words: vec2<u32>) -> Wide64 {
    return wide64(sig53_of_words(words), exponent53_of_words(words) - 1011i, false);
}

fn words_of_wide64(a: Wide64) -> vec2<u32> {
    return round_pack_words(select(0u, F64_SIGN, a.negative), clamp(a.exponent, -0x8000i, 3000i) + 1022i, a.significand);
}

fn wide64_negate(a: Wide64) -> Wide64 {
    return Wide64(a.significand, a.exponent, !a.negative);
}

fn wide64_mul(a: Wide64, b: Wide64) -> Wide64 {
    return wide64(fixed64_mul(a.significand, b.significand), a.exponent + b.exponent, a.negative != b.negative);
}

// The difference of numbers within a factor of two is exact unless the last bit of 64 is set.
fn wide64_add(a: Wide64, b: Wide64) -> Wide64 {
    let swap = a.exponent < b.exponent || (a.exponent == b.exponent && sig64_lt(a.significand, b.significand));
    let x = select(a.significand, b.significand, swap);
    let y = select(b.significand, a.significand, swap);
    let exponent = max(a.exponent, b.exponent);
    let distance = exponent - min(a.exponent, b.exponent);
    let aligned = select(sig64_shr(y, u32(min(distance, 63i))), vec2<u32>(0u, 0u), distance > 63i);
    let subtract = a.negative != b.negative;
    let sum = sig64_add(sig64_shr(x, 1u), sig64_shr(aligned, 1u));
    let significand = select(sum, sig64_sub(x, aligned), subtract);
    return wide64(significand, select(exponent + 1i, exponent, subtract), select(a.negative, b.negative, swap));
}

fn wide64_div(a: Wide64, b: Wide64) -> Wide64 {
    let quotient = sig62_div(sig64_shr(a.significand, 3u), sig64_shr(b.significand, 2u));
    return wide64(quotient, a.exponent - b.exponent + 3i, a.negative != b.negative);
}

// e^a for |a| < 512.
fn wide64_exp(a: Wide64) -> Wide64 {
    let p = exp_fixed64(a.negative, fixed96_of_sig64(a.significand, min(a.exponent - 1i, 9i)));
    return wide64(p.yz, bitcast<i32>(p.x) + 2i, false);
}

// log(a / b) of positive numbers, relatively exact where they are close: a / b = 2^k m with m from sqrt(1/2) to sqrt(2), and
// log m = 2 artanh((m - 1) / (m + 1)) as in float64_logarithm.wgsl.
fn wide64_log_ratio(a: Wide64, b: Wide64) -> Wide64 {
    let halve_a = mul32_high(a.significand.y, 0xb504f334u) > b.significand.y;
    let halve_b = mul32_high(b.significand.y, 0xb504f334u) > a.significand.y;
    let k = a.exponent - b.exponent + select(0i, 1i, halve_a) - select(0i, 1i, halve_b);
    let x = sig64_shr(a.significand, select(0u, 1u, halve_a));
    let y = sig64_shr(b.significand, select(0u, 1u, halve_b));
    let below = sig64_lt(x, y);
    let difference = wide64(select(sig64_sub(x, y), sig64_sub(y, x), below), 0i, below);
    let sum = wide64(sig64_add(sig64_shr(x, 1u), sig64_shr(y, 1u)), 1i, false);
    let s = wide64_div(difference, sum);
    // |s| < 0.172
    let square = sig64_shr(fixed64_mul(s.significand, s.significand), u32(clamp(-2i * s.exponent, 0i, 63i)));
    let series = wide64(fixed64_mul(s.significand, artanh_series_fixed64(square)), s.exponent + 2i, below);
    let power = wide64(vec2<u32>(0u, u32(abs(k))), 32i, k < 0i);
    return wide64_add(wide64_mul(power, Wide64(vec2<u32>(0xd1cf79acu, 0xb17217f7u), 0i, false)), series);
}

// One step of Horner's scheme in two's complement: p t + coefficient with t = +-magnitude / 2^64. The 1 makes up for what the
// product is too small on the average.
fn horner_fixed64(p: vec2<u32>, magnitude: vec2<u32>, negative: bool, coefficient: vec2<u32>) -> vec2<u32> {
    let minus = select(vec2<u32>(0u, 0u), magnitude, (p.y >> 31u) != 0u);
    let product = sig64_add(sig64_sub(fixed64_mul(p, magnitude), minus), vec2<u32>(1u, 0u));
    return select(sig64_add(coefficient, product), sig64_sub(coefficient, product), negative);
}

// 2 fraction / 2^64 - 1, the place in an interval as Chebyshev's polynomials count it: magnitude, and whether it is negative.
struct Place64 {
    magnitude: vec2<u32>,
    negative: bool,
}

fn place_fixed64(fraction: vec2<u32>) -> Place64 {
    let negative = fraction.y < 0x80000000u;
    let twice = sig64_shl(fraction, 1u);
    return Place64(select(twice, ~twice, negative), negative);
}
