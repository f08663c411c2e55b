// binary64 on two u32 words: arithmetic, comparisons and selection, for devices without float64.
//
// Integer code only, so every device gives the same bits: results are correctly rounded (nearest, ties to
// even), subnormal numbers, signed zeros, infinities and NaN included. An invalid operation gives the quiet NaN
// 0x7ff80000_00000000; payloads are not carried.
//
// The method is the textbook one of J. R. Hauser's Berkeley SoftFloat 3e (f64_add.c, f64_mul.c,
// s_roundPackToF64.c) and of its GLSL translation in Mesa (src/compiler/glsl/float64.glsl), with the branches
// turned into selects: lanes of a GPU meet all cases at once, so both signs, all alignments and all
// normalisation shifts run the same instructions. Only what ordinary data never needs is branched over.
//
// A significand in work is a vec2<u32> (x = low word) with its leading one at bit 63; its value is
// significand / 2^63 * 2^(exponent - 1023), and bit 0 is sticky (set when anything nonzero lies below).

alias F64 = vec2<u32>;
alias C128 = vec4<u32>;

const F64_SIGN = 0x80000000u;
const F64_INFINITY = 0x7ff00000u;
const F64_IMPLICIT = 0x00100000u;

// --- words -------------------------------------------------------------------------------------------------

fn make_f64(low: u32, high: u32) -> F64 {
    return vec2<u32>(low, high);
}

fn bits_lo_f64(a: F64) -> u32 {
    return a.x;
}

fn bits_hi_f64(a: F64) -> u32 {
    return a.y;
}

fn nan_f64() -> F64 {
    return vec2<u32>(0u, 0x7ff80000u);
}

// --- significands on two words -----------------------------------------------------------------------------

fn sig64_add(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
}

fn sig64_sub(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return vec2<u32>(a.x - b.x, a.y - b.y - select(0u, 1u, a.x < b.x));
}

fn sig64_lt(a: vec2<u32>, b: vec2<u32>) -> bool {
    return a.y < b.y || (a.y == b.y && a.x < b.x);
}

// 64 for zero.
fn sig64_clz(a: vec2<u32>) -> u32 {
    return select(countLeadingZeros(a.y), 32u + countLeadingZeros(a.x), a.y == 0u);
}

// a << n for n in 0..=63. WGSL shifts must stay below 32.
fn sig64_shl(a: vec2<u32>, n: u32) -> vec2<u32> {
    let m = n & 31u;
    let low = a.x << m;
    let high = (a.y << m) | ((a.x >> 1u) >> (31u - m));
    return select(vec2<u32>(low, high), vec2<u32>(0u, low), n >= 32u);
}

// a >> n for n in 0..=63.
fn sig64_shr(a: vec2<u32>, n: u32) -> vec2<u32> {
    let m = n & 31u;
    let high = a.y >> m;
    let low = (a.x >> m) | ((a.y << 1u) << (31u - m));
    return select(vec2<u32>(low, high), vec2<u32>(high, 0u), n >= 32u);
}

// a >> n for n in 0..=63, with bit 0 set when a one is shifted out.
fn sig64_shr_sticky(a: vec2<u32>, n: u32) -> vec2<u32> {
    let m = n & 31u;
    let large = n >= 32u;
    let high = a.y >> m;
    let low = (a.x >> m) | ((a.y << 1u) << (31u - m));
    let mask = (1u << m) - 1u;
    let lost = select(a.x & mask, a.x | (a.y & mask), large);
    let sticky = select(0u, 1u, lost != 0u);
    return vec2<u32>(select(low, high, large) | sticky, select(high, 0u, large));
}

// a * b exactly, from 16-bit halves: WGSL has no high half of a product.
fn mul32_wide(a: u32, b: u32) -> vec2<u32> {
    let a0 = a & 0xffffu;
    let a1 = a >> 16u;
    let b0 = b & 0xffffu;
    let b1 = b >> 16u;
    let low = a0 * b0;
    // At most (2^16 - 1)^2 + 2 * (2^16 - 1) = 2^32 - 1 each time.
    let middle = a1 * b0 + (low >> 16u);
    let cross = a0 * b1 + (middle & 0xffffu);
    return vec2<u32>((low & 0xffffu) | (cross << 16u), a1 * b1 + (middle >> 16u) + (cross >> 16u));
}

// High word of a * b.
fn mul32_high(a: u32, b: u32) -> u32 {
    return mul32_wide(a, b).y;
}

// The 53-bit significand of a finite number, leading one at bit 52 unless subnormal or zero.
fn sig53_f64(a: F64) -> vec2<u32> {
    let high = a.y & 0x7fffffffu;
    return vec2<u32>(a.x, (high & 0x000fffffu) | select(F64_IMPLICIT, 0u, high < F64_IMPLICIT));
}

// Exponent field, 1 for subnormal numbers and zero, whose significands lack the leading one.
fn exponent53_f64(a: F64) -> i32 {
    return max(i32((a.y >> 20u) & 0x7ffu), 1i);
}

// --- packing -----------------------------------------------------------------------------------------------

// Rounds and packs; exponent >= 1, and 1 if the leading one is missing. Overflow gives infinity.
fn round_normal_f64(sign: u32, exponent: u32, significand: vec2<u32>) -> F64 {
    let kept_low = (significand.y << 21u) | (significand.x >> 11u);
    // One when the 11 bits below are more than half, or half with an odd last bit.
    let up = ((significand.x & 0x7ffu) + 0x3ffu + (kept_low & 1u)) >> 11u;
    let low = kept_low + up;
    // The leading one, and a carry out of the fraction, each add one to the exponent field.
    let high = (significand.y >> 11u) + ((exponent - 1u) << 20u) + select(0u, 1u, low < up);
    let overflow = high >= F64_INFINITY;
    return vec2<u32>(select(low, 0u, overflow), sign | select(high, F64_INFINITY, overflow));
}

// Rounds and packs for any exponent from -2^30 to 4095; leading one at bit 63 unless exponent is 1.
fn round_pack_f64(sign: u32, exponent: i32, significand: vec2<u32>) -> F64 {
    var shifted = significand;
    if (exponent < 1i) {
        shifted = sig64_shr_sticky(significand, u32(min(1i - exponent, 63i)));
    }
    return round_normal_f64(sign, u32(max(exponent, 1i)), shifted);
}

// --- addition ----------------------------------------------------------------------------------------------

fn add_f64(a: F64, b: F64) -> F64 {
    // |x| >= |y|; NaN counts as larger than infinity.
    let swap = sig64_lt(vec2<u32>(a.x, a.y & 0x7fffffffu), vec2<u32>(b.x, b.y & 0x7fffffffu));
    let x = select(a, b, swap);
    let y = select(b, a, swap);
    let sign = x.y & F64_SIGN;
    let x_high = x.y & 0x7fffffffu;
    let y_high = y.y & 0x7fffffffu;
    let exponent = max(x_high >> 20u, 1u);
    let distance = min(exponent - max(y_high >> 20u, 1u), 63u);
    let subtract = (x.y ^ y.y) >> 31u;

    // Leading one of x at bit 62: one bit above for the carry, ten below for guard, round and sticky.
    let x_top = (x_high & 0x000fffffu) | select(F64_IMPLICIT, 0u, x_high < F64_IMPLICIT);
    let y_top = (y_high & 0x000fffffu) | select(F64_IMPLICIT, 0u, y_high < F64_IMPLICIT);
    let aligned = sig64_shr_sticky(vec2<u32>(y.x << 10u, (y_top << 10u) | (y.x >> 22u)), distance);
    let mask = 0u - subtract;
    let addend = vec2<u32>((aligned.x ^ mask) + subtract,
        (aligned.y ^ mask) + select(0u, subtract, aligned.x == 0u));
    let sum = sig64_add(vec2<u32>(x.x << 10u, (x_top << 10u) | (x.x >> 22u)), addend);

    // A sticky one is set only if distance > 10, where cancellation takes one bit at most; so it never
    // rises into the kept bits. The shift stops at the exponent of the subnormal numbers.
    let shift = min(sig64_clz(sum), exponent);
    let rounded = round_normal_f64(sign, exponent + 1u - shift, sig64_shl(sum, shift & 63u));

    // x - x is +0, -0 + -0 is -0.
    let zero = (sum.x | sum.y) == 0u;
    var result = select(rounded, vec2<u32>(0u, select(sign, 0u, subtract != 0u)), zero);
    let invalid = x_high > F64_INFINITY || x.x != 0u || (subtract != 0u && y_high == F64_INFINITY);
    result = select(result, select(x, nan_f64(), invalid), x_high >= F64_INFINITY);
    return result;
}

fn sub_f64(a: F64, b: F64) -> F64 {
    return add_f64(a, neg_f64(b));
}

// --- multiplication ----------------------------------------------------------------------------------------

// The columns of a product of two significands in 14-bit limbs, carried: 14 bits in every column but the lowest
// 14 of which count, and the top one. Sixteen multiply-adds, and no sum leaves 32 bits.
struct Sig53Product {
    c0: u32, c1: u32, c2: u32, c3: u32, c4: u32, c5: u32, c6: u32,
}

// (8a)(8b) for a, b < 2^53: 112 bits, of which column i holds bits 14i and up.
fn sig53_mul(a: vec2<u32>, b: vec2<u32>) -> Sig53Product {
    let a0 = (a.x << 3u) & 0x3fffu;
    let a1 = (a.x >> 11u) & 0x3fffu;
    let a2 = ((a.x >> 25u) | (a.y << 7u)) & 0x3fffu;
    let a3 = a.y >> 7u;
    let b0 = (b.x << 3u) & 0x3fffu;
    let b1 = (b.x >> 11u) & 0x3fffu;
    let b2 = ((b.x >> 25u) | (b.y << 7u)) & 0x3fffu;
    let b3 = b.y >> 7u;
    let c0 = a0 * b0;
    let c1 = a0 * b1 + a1 * b0 + (c0 >> 14u);
    let c2 = a0 * b2 + a1 * b1 + a2 * b0 + (c1 >> 14u);
    let c3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + (c2 >> 14u);
    let c4 = a1 * b3 + a2 * b2 + a3 * b1 + (c3 >> 14u);
    let c5 = a2 * b3 + a3 * b2 + (c4 >> 14u);
    let c6 = a3 * b3 + (c5 >> 14u);
    return Sig53Product(c0, c1, c2, c3, c4, c5, c6);
}

fn mul_f64(a: F64, b: F64) -> F64 {
    let sign = (a.y ^ b.y) & F64_SIGN;
    let a_high = a.y & 0x7fffffffu;
    let b_high = b.y & 0x7fffffffu;
    var x = sig53_f64(a);
    var y = sig53_f64(b);
    var exponent = exponent53_f64(a) + exponent53_f64(b) - 1023i;
    if (min(a_high, b_high) < F64_IMPLICIT) {
        // Subnormal: bring the leading one to bit 52. (Zero becomes garbage that is replaced below.)
        let x_shift = sig64_clz(x) - 11u;
        let y_shift = sig64_clz(y) - 11u;
        x = sig64_shl(x, x_shift & 63u);
        y = sig64_shl(y, y_shift & 63u);
        exponent -= i32(x_shift + y_shift);
    }

    // The product has 111 or 112 bits; bits 48 to 111 are taken, the rest is sticky.
    let p = sig53_mul(x, y);
    let sticky = ((p.c0 | p.c1 | p.c2) & 0x3fffu) | (p.c3 & 0x3fu);
    let low = ((p.c3 >> 6u) & 0xffu) | ((p.c4 & 0x3fffu) << 8u) | (p.c5 << 22u);
    let high = ((p.c5 >> 10u) & 0xfu) | (p.c6 << 4u);
    let top = high >> 31u;
    let shift = 1u - top;
    let significand = vec2<u32>((low << shift) | select(0u, 1u, sticky != 0u),
        (high << shift) | ((low >> 31u) & shift));
    var result = round_pack_f64(sign, exponent + i32(top), significand);

    let a_zero = (a_high | a.x) == 0u;
    let b_zero = (b_high | b.x) == 0u;
    let zero = a_zero || b_zero;
    result = select(result, vec2<u32>(0u, sign), zero);
    let special = max(a_high, b_high) >= F64_INFINITY;
    let invalid = isnan_f64(a) || isnan_f64(b) || zero;
    return select(result, select(vec2<u32>(0u, sign | F64_INFINITY), nan_f64(), invalid), special);
}

// --- signs and classes -------------------------------------------------------------------------------------

fn neg_f64(a: F64) -> F64 {
    return vec2<u32>(a.x, a.y ^ F64_SIGN);
}

fn abs_f64(a: F64) -> F64 {
    return vec2<u32>(a.x, a.y & 0x7fffffffu);
}

fn copysign_f64(a: F64, b: F64) -> F64 {
    return vec2<u32>(a.x, (a.y & 0x7fffffffu) | (b.y & F64_SIGN));
}

fn signbit_f64(a: F64) -> bool {
    return (a.y >> 31u) != 0u;
}

fn isnan_f64(a: F64) -> bool {
    // The low word counts as one more bit of the high one.
    return ((a.y & 0x7fffffffu) | select(0u, 1u, a.x != 0u)) > F64_INFINITY;
}

fn isinf_f64(a: F64) -> bool {
    return (a.y & 0x7fffffffu) == F64_INFINITY && a.x == 0u;
}

fn isfinite_f64(a: F64) -> bool {
    return (a.y & 0x7fffffffu) < F64_INFINITY;
}

// NaN is true, as in NumPy.
fn nonzero_f64(a: F64) -> bool {
    return ((a.y & 0x7fffffffu) | a.x) != 0u;
}

// -1, 0 or 1; NaN for NaN. numpy.sign(-0.0) is 0.0.
fn sign_f64(a: F64) -> F64 {
    let one = vec2<u32>(0u, (a.y & F64_SIGN) | 0x3ff00000u);
    return select(select(vec2<u32>(0u, 0u), one, nonzero_f64(a)), a, isnan_f64(a));
}

// --- comparisons -------------------------------------------------------------------------------------------

// Two's complement of sign and magnitude: compares as a signed integer in the order of the numbers, and both
// zeros give 0.
fn order_key_f64(a: F64) -> vec2<u32> {
    let mask = 0u - (a.y >> 31u);
    let high = a.y & 0x7fffffffu;
    return vec2<u32>((a.x ^ mask) - mask, (high ^ mask) + select(0u, mask & 1u, a.x == 0u));
}

fn eq_f64(a: F64, b: F64) -> bool {
    let same = a.x == b.x && a.y == b.y;
    let zeros = ((a.x | b.x) | ((a.y | b.y) & 0x7fffffffu)) == 0u;
    return (same && !isnan_f64(a)) || zeros;
}

fn ne_f64(a: F64, b: F64) -> bool {
    return !eq_f64(a, b);
}

fn lt_f64(a: F64, b: F64) -> bool {
    let x = order_key_f64(a);
    let y = order_key_f64(b);
    let less = bitcast<i32>(x.y) < bitcast<i32>(y.y) || (x.y == y.y && x.x < y.x);
    return less && !isnan_f64(a) && !isnan_f64(b);
}

fn le_f64(a: F64, b: F64) -> bool {
    let x = order_key_f64(a);
    let y = order_key_f64(b);
    let greater = bitcast<i32>(x.y) > bitcast<i32>(y.y) || (x.y == y.y && x.x > y.x);
    return !greater && !isnan_f64(a) && !isnan_f64(b);
}

fn gt_f64(a: F64, b: F64) -> bool {
    return lt_f64(b, a);
}

fn ge_f64(a: F64, b: F64) -> bool {
    return le_f64(b, a);
}

// --- selection ---------------------------------------------------------------------------------------------

// NaN propagates, the first operand's before the second's.
fn minimum_f64(a: F64, b: F64) -> F64 {
    return select(b, a, isnan_f64(a) || le_f64(a, b));
}

fn maximum_f64(a: F64, b: F64) -> F64 {
    return select(b, a, isnan_f64(a) || ge_f64(a, b));
}

// NaN only if both are.
fn fmin_f64(a: F64, b: F64) -> F64 {
    return select(b, a, isnan_f64(b) || le_f64(a, b));
}

fn fmax_f64(a: F64, b: F64) -> F64 {
    return select(b, a, isnan_f64(b) || ge_f64(a, b));
}
