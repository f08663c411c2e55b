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

const F64_ZERO_EXPONENT = -8192i;

fn one_scaled64() -> Scaled64 {
    return Scaled64(vec2<u32>(0u, 0x80000000u), 1i, false);
}

fn normal_scaled64(significand: vec2<u32>, exponent: i32, negative: bool) -> Scaled64 {
    let lead = sig64_clz(significand);
    return Scaled64(sig64_shl(significand, lead & 63u), select(exponent - i32(lead), F64_ZERO_EXPONENT, lead == 64u), negative);
}

fn neg_scaled64(a: Scaled64) -> Scaled64 {
    return Scaled64(a.significand, a.exponent, !a.negative);
}

// A finite number.
fn scaled64_of_words(words: vec2<u32>) -> Scaled64 {
    return normal_scaled64(sig53_of_words(words), exponent53_of_words(words) - 1011i, (words.y >> 31u) != 0u);
}

fn words_of_scaled64(a: Scaled64) -> vec2<u32> {
    let sign = select(0u, F64_SIGN, a.negative);
    let zero = (a.significand.x | a.significand.y) == 0u;
    return select(round_pack_words(sign, a.exponent + 1022i, a.significand), vec2<u32>(0u, sign), zero);
}

fn sum_scaled64(a: Scaled64, b: Scaled64) -> Scaled64 {
    let top = max(a.exponent, b.exponent) + 1i;
    let x = sig64_shr(a.significand, u32(min(top - a.exponent, 63i)));
    let y = sig64_shr(b.significand, u32(min(top - b.exponent, 63i)));
    let less = sig64_lt(x, y);
    let difference = sig64_sub(select(x, y, less), select(y, x, less));
    let opposite = a.negative != b.negative;
    return normal_scaled64(select(sig64_add(x, y), difference, opposite), top, select(a.negative, b.negative, less));
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
