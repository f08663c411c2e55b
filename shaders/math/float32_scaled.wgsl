// Numbers of 32 significant bits and an exponent without bounds: what erfc, erfinv, i0 and the gamma functions of float32
// compute with between the argument's bits and the one rounding of the result.
//
// Integers only: no driver contracts them or flushes their small values, and the 8 bits beyond float32's 24 leave little but
// that one rounding. float64_scaled.wgsl is the same on 64 bits and explains the functions.

// +-significand / 2^32 * 2^exponent; the leading one is at bit 31, zero has exponent -2^20.
struct Scaled32 {
    significand: u32,
    exponent: i32,
    negative: bool,
}

const SCALED32_ZERO = Scaled32(0u, -0x100000i, false);
const SCALED32_ONE = Scaled32(0x80000000u, 1i, false);
const SCALED32_PI = Scaled32(0xc90fdaa2u, 2i, false);

fn normal_scaled32(significand: u32, exponent: i32, negative: bool) -> Scaled32 {
    let lead = countLeadingZeros(significand);
    return Scaled32(significand << (lead & 31u), select(exponent - i32(lead), -0x100000i, lead == 32u), negative);
}

// The magnitude of a finite float32, given its bits.
fn scaled32_of_magnitude(bits: u32) -> Scaled32 {
    let field = (bits >> 23u) & 255u;
    let significand = (bits & 0x007fffffu) | select(0u, 0x00800000u, field != 0u);
    return normal_scaled32(significand, i32(max(field, 1u)) - 118i, false);
}

// Rounded to float32, subnormal numbers and infinity included.
fn bits_of_scaled32(a: Scaled32) -> u32 {
    let field = clamp(a.exponent, -0x8000i, 300i) + 126i;
    let shift = u32(clamp(1i - field, 0i, 31i));
    let shifted = a.significand >> shift;
    let sticky = select(0u, 1u, shifted << shift != a.significand);
    let kept = shifted >> 8u;
    let up = (((shifted & 255u) | sticky) + 127u + (kept & 1u)) >> 8u;
    let magnitude = min(kept + up + (u32(max(field, 1i) - 1i) << 23u), 0x7f800000u);
    return magnitude | select(0u, 0x80000000u, a.negative);
}

fn select_scaled32(a: Scaled32, b: Scaled32, take_b: bool) -> Scaled32 {
    return Scaled32(select(a.significand, b.significand, take_b), select(a.exponent, b.exponent, take_b),
        select(a.negative, b.negative, take_b));
}

fn neg_scaled32(a: Scaled32) -> Scaled32 {
    return Scaled32(a.significand, a.exponent, !a.negative);
}

fn mul_scaled32(a: Scaled32, b: Scaled32) -> Scaled32 {
    let product = mul32_wide(a.significand, b.significand);
    let lead = countLeadingZeros(product.y);
    let significand = (product.y << (lead & 31u)) | ((product.x >> 31u) & lead);
    return Scaled32(significand, select(a.exponent + b.exponent - i32(lead), -0x100000i, lead == 32u), a.negative != b.negative);
}

fn add_scaled32(a: Scaled32, b: Scaled32) -> Scaled32 {
    let swap = a.exponent < b.exponent || (a.exponent == b.exponent && a.significand < b.significand);
    let x = select(a.significand, b.significand, swap);
    let y = select(b.significand, a.significand, swap);
    let exponent = max(a.exponent, b.exponent);
    let distance = exponent - min(a.exponent, b.exponent);
    let aligned = select(y >> u32(min(distance, 31i)), 0u, distance > 31i);
    let subtract = a.negative != b.negative;
    let significand = select((x >> 1u) + (aligned >> 1u), x - aligned, subtract);
    return normal_scaled32(significand, select(exponent + 1i, exponent, subtract), select(a.negative, b.negative, swap));
}

fn div_scaled32(a: Scaled32, b: Scaled32) -> Scaled32 {
    let divisor = vec2<u32>(b.significand << 30u, b.significand >> 2u);
    let reciprocal = sig32_reciprocal(b.significand);
    let first = sig62_quotient(vec2<u32>(a.significand << 29u, a.significand >> 3u), 27u, divisor, reciprocal);
    let second = sig62_quotient(first.yz, 5u, divisor, reciprocal);
    return normal_scaled32((first.x << 5u) | second.x, a.exponent - b.exponent + 1i, a.negative != b.negative);
}

// p t + coefficient with t = +-magnitude / 2^32, in two's complement.
fn horner_fixed32(p: u32, magnitude: u32, negative: bool, coefficient: u32) -> u32 {
    let minus = select(0u, magnitude, (p >> 31u) != 0u);
    let wide = mul32_wide(p, magnitude);
    let product = wide.y + (wide.x >> 31u) - minus;
    return select(coefficient + product, coefficient - product, negative);
}

// 2 fraction / 2^32 - 1
struct Place32 {
    magnitude: u32,
    negative: bool,
}

fn place_fixed32(fraction: u32) -> Place32 {
    let negative = fraction < 0x80000000u;
    let twice = fraction << 1u;
    return Place32(select(twice, ~twice, negative), negative);
}

// 2^f for f from 0 to 1 in units of 2^-30, a polynomial in 2 f - 1 (interpolated at Chebyshev nodes, error 2^-33).
const F32_EXP2 = array<u32, 9>(
    0x00000008u, 0x000000b6u, 0x00000e47u, 0x0000f727u, 0x000dedb5u, 0x00a0c1d0u, 0x056f8a63u, 0x1f5e4653u, 0x5a82799au,
);

// e^x for x = +-(integer + fraction / 2^32), integer < 512. With log2(e) = 1 + 0x71547652.b82fe177 / 2^32.
fn exp_scaled32(negative: bool, integer: u32, fraction: u32) -> Scaled32 {
    let whole = sig64_add(mul32_wide(integer, 0x71547652u), vec2<u32>(mul32_high(integer, 0xb82fe177u), integer));
    let part = sig64_add(vec2<u32>(fraction, 0u), vec2<u32>(mul32_high(fraction, 0x71547652u), 0u));
    let magnitude = sig64_add(whole, part);
    let power = select(magnitude, sig64_sub(vec2<u32>(0u, 0u), magnitude), negative);
    let place = place_fixed32(power.x);
    var coefficients = F32_EXP2;
    var p = 0u;
    for (var i = 0i; i < 9i; i++) {
        p = horner_fixed32(p, place.magnitude, place.negative, coefficients[i]);
    }
    return normal_scaled32(p, bitcast<i32>(power.y) + 2i, false);
}

// Integer part (y) and fraction (x) of a positive number below 2^32.
fn mixed_of_scaled32(a: Scaled32) -> vec2<u32> {
    let left = u32(clamp(a.exponent, 0i, 31i));
    let right = u32(clamp(-a.exponent, 0i, 31i));
    let integer = select((a.significand >> 1u) >> (31u - left), 0u, left == 0u);
    return vec2<u32>((a.significand << left) >> right, integer);
}

// integer + fraction / 2^32, integer not 0.
fn scaled32_of_mixed(integer: u32, fraction: u32) -> Scaled32 {
    let lead = countLeadingZeros(integer);
    return Scaled32((integer << lead) | ((fraction >> 1u) >> (31u - lead)), 32i - i32(lead), false);
}

// log(a / b) of positive numbers, relatively exact where they are close.
fn log_ratio_scaled32(a: Scaled32, b: Scaled32) -> Scaled32 {
    let halve_a = mul32_high(a.significand, 0xb504f334u) > b.significand;
    let halve_b = mul32_high(b.significand, 0xb504f334u) > a.significand;
    let k = a.exponent - b.exponent + select(0i, 1i, halve_a) - select(0i, 1i, halve_b);
    let x = a.significand >> select(0u, 1u, halve_a);
    let y = b.significand >> select(0u, 1u, halve_b);
    let below = x < y;
    let difference = normal_scaled32(select(x - y, y - x, below), 0i, below);
    let s = div_scaled32(difference, normal_scaled32((x >> 1u) + (y >> 1u), 1i, false));
    // |s| < 0.172, and artanh(s) / s in units of 2^-31, interpolated at Chebyshev nodes in s^2, error 2^-33.
    let square = mul32_high(s.significand, s.significand) >> u32(clamp(-2i * s.exponent, 0i, 31i));
    var p = 0x0c6465b9u;
    p = 0x0e33d68cu + mul32_high(square, p);
    p = 0x1249323fu + mul32_high(square, p);
    p = 0x1999998du + mul32_high(square, p);
    p = 0x2aaaaaabu + mul32_high(square, p);
    p = 0x80000000u + mul32_high(square, p);
    let series = mul_scaled32(s, normal_scaled32(p, 2i, false));
    let power = normal_scaled32(u32(abs(k)), 32i, k < 0i);
    return add_scaled32(mul_scaled32(power, Scaled32(0xb17217f8u, 0i, false)), series);
}
