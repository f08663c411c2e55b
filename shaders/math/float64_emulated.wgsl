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
// float64.wgsl holds the shifts, products and the rounding.

alias F64 = vec2<u32>;
alias C128 = vec4<u32>;

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

fn make_c128(re: F64, im: F64) -> C128 {
    return vec4<u32>(re, im);
}

fn real_c128(a: C128) -> F64 {
    return a.xy;
}

fn imag_c128(a: C128) -> F64 {
    return a.zw;
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
    let rounded = round_normal_words(sign, exponent + 1u - shift, sig64_shl(sum, shift & 63u));

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

fn mul_f64(a: F64, b: F64) -> F64 {
    let sign = (a.y ^ b.y) & F64_SIGN;
    let a_high = a.y & 0x7fffffffu;
    let b_high = b.y & 0x7fffffffu;
    var x = sig53_of_words(a);
    var y = sig53_of_words(b);
    var exponent = exponent53_of_words(a) + exponent53_of_words(b) - 1023i;
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
    var result = round_pack_words(sign, exponent + i32(top), significand);

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
    return select(b, a, isnan_f64(a) || lt_f64(a, b));
}

fn maximum_f64(a: F64, b: F64) -> F64 {
    return select(b, a, isnan_f64(a) || lt_f64(b, a));
}

// NaN only if both are.
fn fmin_f64(a: F64, b: F64) -> F64 {
    return select(b, a, isnan_f64(b) || lt_f64(a, b));
}

fn fmax_f64(a: F64, b: F64) -> F64 {
    return select(b, a, isnan_f64(b) || lt_f64(b, a));
}

// --- rounding to integers ----------------------------------------------------------------------------------

// The bits of a that are worth less than 1, for |a| >= 1.
fn fraction_mask_f64(a: F64) -> vec2<u32> {
    let count = u32(clamp(1075i - i32((a.y >> 20u) & 0x7ffu), 0i, 52i));
    let low = select((1u << (count & 31u)) - 1u, 0xffffffffu, count >= 32u);
    return vec2<u32>(low, select(0u, (1u << (count & 31u)) - 1u, count >= 32u));
}

fn trunc_f64(a: F64) -> F64 {
    let small = (a.y & 0x7fffffffu) < 0x3ff00000u;
    return select(a & ~fraction_mask_f64(a), vec2<u32>(0u, a.y & F64_SIGN), small);
}

// a rounded away from zero: the carry of mask + 1 runs into the exponent as it should.
fn away_f64(a: F64) -> F64 {
    let mask = fraction_mask_f64(a);
    let small = (a.y & 0x7fffffffu) < 0x3ff00000u;
    let one = vec2<u32>(0u, (a.y & F64_SIGN) | select(0u, 0x3ff00000u, nonzero_f64(a)));
    return select(sig64_add(a, mask) & ~mask, one, small);
}

fn floor_f64(a: F64) -> F64 {
    return select(trunc_f64(a), away_f64(a), signbit_f64(a));
}

fn ceil_f64(a: F64) -> F64 {
    return select(away_f64(a), trunc_f64(a), signbit_f64(a));
}

// To the nearest integer, ties to even.
fn rint_f64(a: F64) -> F64 {
    let mask = fraction_mask_f64(a);
    // mask / 2, rounded down, plus the last integer bit (of exponent 1023: the exponent's last bit, which is 1
    // as the implicit one is).
    let unit = sig64_add(mask, vec2<u32>(1u, 0u));
    let odd = select(0u, 1u, ((a.x & unit.x) | (a.y & unit.y)) != 0u && (mask.x != 0u));
    let half = sig64_add(sig64_shr(mask, 1u), vec2<u32>(odd, 0u));
    let high = a.y & 0x7fffffffu;
    // Below 1: one if above 1/2.
    let one = select(0u, 0x3ff00000u, high > 0x3fe00000u || (high == 0x3fe00000u && a.x != 0u));
    return select(sig64_add(a, half) & ~mask, vec2<u32>(0u, (a.y & F64_SIGN) | one), high < 0x3ff00000u);
}
