// Numbers of 64 significant bits: what the float64 functions compute with between their argument and their result.
//
// Sums, products, quotients and square roots are cut, not rounded, and off by a few units of 2^-64; the functions round once,
// at the end. Exponents are far from any limit. Square root by Newton's method for the reciprocal root (Markstein, "IA-64 and
// Elementary Functions", 2000, ch. 9), on integers.

// significand / 2^64 * 2^exponent, or its negative. The leading one stands at bit 63; zero has the significand 0.
struct Scaled64 {
    significand: vec2<u32>,
    exponent: i32,
    negative: bool,
}

const F64_ZERO_EXPONENT = -0x100000i;

const SCALED64_ZERO = Scaled64(vec2<u32>(0u, 0u), F64_ZERO_EXPONENT, false);
const SCALED64_ONE = Scaled64(vec2<u32>(0u, 0x80000000u), 1i, false);
const SCALED64_PI = Scaled64(vec2<u32>(0x2168c235u, 0xc90fdaa2u), 2i, false);

fn normal_scaled64(significand: vec2<u32>, exponent: i32, negative: bool) -> Scaled64 {
    let lead = sig64_clz(significand);
    return Scaled64(sig64_shl(significand, lead & 63u), select(exponent - i32(lead), F64_ZERO_EXPONENT, lead == 64u), negative);
}

fn neg_scaled64(a: Scaled64) -> Scaled64 {
    return Scaled64(a.significand, a.exponent, !a.negative);
}

fn select_scaled64(a: Scaled64, b: Scaled64, take_b: bool) -> Scaled64 {
    return Scaled64(select(a.significand, b.significand, take_b), select(a.exponent, b.exponent, take_b),
        select(a.negative, b.negative, take_b));
}

// The magnitude of a finite float64.
fn scaled64_of_magnitude(words: vec2<u32>) -> Scaled64 {
    return normal_scaled64(sig53_of_words(words), exponent53_of_words(words) - 1011i, false);
}

// A finite number.
fn scaled64_of_words(words: vec2<u32>) -> Scaled64 {
    return normal_scaled64(sig53_of_words(words), exponent53_of_words(words) - 1011i, (words.y >> 31u) != 0u);
}

fn words_of_scaled64(a: Scaled64) -> vec2<u32> {
    let zero = (a.significand.x | a.significand.y) == 0u;
    let exponent = select(clamp(a.exponent, -0x8000i, 3000i), -0x8000i, zero);
    return round_pack_words(select(0u, F64_SIGN, a.negative), exponent + 1022i, a.significand);
}

// The difference of numbers within a factor of two is exact unless the last bit of 64 is set.
fn add_scaled64(a: Scaled64, b: Scaled64) -> Scaled64 {
    let swap = a.exponent < b.exponent || (a.exponent == b.exponent && sig64_lt(a.significand, b.significand));
    let x = select(a.significand, b.significand, swap);
    let y = select(b.significand, a.significand, swap);
    let exponent = max(a.exponent, b.exponent);
    let distance = exponent - min(a.exponent, b.exponent);
    let aligned = select(sig64_shr(y, u32(min(distance, 63i))), vec2<u32>(0u, 0u), distance > 63i);
    let subtract = a.negative != b.negative;
    let sum = sig64_add(sig64_shr(x, 1u), sig64_shr(aligned, 1u));
    let significand = select(sum, sig64_sub(x, aligned), subtract);
    return normal_scaled64(significand, select(exponent + 1i, exponent, subtract), select(a.negative, b.negative, swap));
}

fn mul_scaled64(a: Scaled64, b: Scaled64) -> Scaled64 {
    return normal_scaled64(fixed64_mul(a.significand, b.significand), a.exponent + b.exponent, a.negative != b.negative);
}

fn div_scaled64(a: Scaled64, b: Scaled64) -> Scaled64 {
    let quotient = sig62_div(sig64_shr(a.significand, 3u), sig64_shr(b.significand, 2u));
    return normal_scaled64(quotient, a.exponent - b.exponent + 3i, a.negative != b.negative);
}

// 2^63 / sqrt(x) within a few units, for x = a / 2^62 in [1, 4). From 1 / sqrt(x) = y / sqrt(1 - e), e = 1 - x y^2 < 2^-26
// and y on 31 bits: y (1 + e/2 + 3 e^2/8).
fn root_reciprocal_fixed64(a: vec2<u32>) -> vec2<u32> {
    let y = sig32_root_reciprocal(a.y);
    let product = fixed64_mul(a, sig64_shl(mul32_wide(y, y), 2u));
    // In units of 2^-90.
    let e = sig64_shl(sig64_sub(vec2<u32>(0u, 0x40000000u), product), 28u);
    let both = sig64_add(e, mul32_wide(mul32_high(e.y, e.y), 48u));
    return sig64_add(vec2<u32>(0u, y), sig64_shr(fixed64_mul(vec2<u32>(0u, y), both), 27u));
}

// x = a / 2^62 in [1, 4) and half the exponent that is left: the number is x 4^half.
struct Radicand64 {
    x: vec2<u32>,
    half: i32,
}

fn radicand64(a: Scaled64) -> Radicand64 {
    let odd = (a.exponent & 1i) != 0i;
    return Radicand64(select(a.significand, sig64_shr(a.significand, 1u), odd), (a.exponent - 1i) >> 1u);
}

// For positive numbers and zero.
fn sqrt_scaled64(a: Scaled64) -> Scaled64 {
    let radicand = radicand64(a);
    let root = fixed64_mul(radicand.x, sig64_shl(root_reciprocal_fixed64(radicand.x), 1u));
    let zero = (a.significand.x | a.significand.y) == 0u;
    return normal_scaled64(select(root, vec2<u32>(0u, 0u), zero), radicand.half + 2i, false);
}

// e^a for |a| < 512.
fn exp_scaled64(a: Scaled64) -> Scaled64 {
    let p = exp_fixed64(a.negative, fixed96_of_sig64(a.significand, min(a.exponent - 1i, 9i)));
    return normal_scaled64(p.yz, bitcast<i32>(p.x) + 2i, false);
}

// log(a / b) of positive numbers, relatively exact where they are close: a / b = 2^k m with m from sqrt(1/2) to sqrt(2), and
// log m = 2 artanh((m - 1) / (m + 1)) as in float64_logarithm.wgsl.
fn log_ratio_scaled64(a: Scaled64, b: Scaled64) -> Scaled64 {
    let halve_a = mul32_high(a.significand.y, 0xb504f334u) > b.significand.y;
    let halve_b = mul32_high(b.significand.y, 0xb504f334u) > a.significand.y;
    let k = a.exponent - b.exponent + select(0i, 1i, halve_a) - select(0i, 1i, halve_b);
    let x = sig64_shr(a.significand, select(0u, 1u, halve_a));
    let y = sig64_shr(b.significand, select(0u, 1u, halve_b));
    let below = sig64_lt(x, y);
    let difference = normal_scaled64(select(sig64_sub(x, y), sig64_sub(y, x), below), 0i, below);
    let sum = normal_scaled64(sig64_add(sig64_shr(x, 1u), sig64_shr(y, 1u)), 1i, false);
    let s = div_scaled64(difference, sum);
    // |s| < 0.172
    let square = sig64_shr(fixed64_mul(s.significand, s.significand), u32(clamp(-2i * s.exponent, 0i, 63i)));
    let series = normal_scaled64(fixed64_mul(s.significand, artanh_series_fixed64(square)), s.exponent + 2i, below);
    let power = normal_scaled64(vec2<u32>(0u, u32(abs(k))), 32i, k < 0i);
    return add_scaled64(mul_scaled64(power, Scaled64(vec2<u32>(0xd1cf79acu, 0xb17217f7u), 0i, false)), series);
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
