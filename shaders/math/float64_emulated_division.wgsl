// binary64 on two u32 words: division, square root, fused multiply-add, remainders and hypot, in integer code.
//
// Quotients and roots are built from 27-bit digits. A digit is estimated with a 32-bit reciprocal that is never
// too large, its remainder is exact modulo 2^64, and the remainder corrects the digit, so every result here is
// correctly rounded (or exact). SoftFloat 3e works likewise (f64_div.c, f64_sqrt.c), with tables for its
// estimates; here they come from a u32 division and from a cubic, since a GPU indexes tables slowly.
// The bounds of both estimates were checked for every 32-bit argument.

// --- division ----------------------------------------------------------------------------------------------

fn div_f64(a: F64, b: F64) -> F64 {
    let sign = (a.y ^ b.y) & F64_SIGN;
    let a_high = a.y & 0x7fffffffu;
    let b_high = b.y & 0x7fffffffu;
    var x = sig53_of_words(a);
    var y = sig53_of_words(b);
    var exponent = exponent53_of_words(a) - exponent53_of_words(b) + 1023i;
    if (min(a_high, b_high) < F64_IMPLICIT) {
        let x_shift = sig64_clz(x) - 11u;
        let y_shift = sig64_clz(y) - 11u;
        x = sig64_shl(x, x_shift & 63u);
        y = sig64_shl(y, y_shift & 63u);
        exponent += i32(y_shift) - i32(x_shift);
    }

    // With x or 2x in [y, 2y) the quotient is 1.(27 bits)(27 bits) and a sticky bit.
    let less = sig64_lt(x, y);
    let numerator = select(x, vec2<u32>(x.x << 1u, (x.y << 1u) | (x.x >> 31u)), less);
    let divisor = sig64_shl(y, 9u);
    let reciprocal = sig32_reciprocal((divisor.y << 2u) | (divisor.x >> 30u));
    let first = sig62_quotient(sig64_shl(sig64_sub(numerator, y), 9u), 27u, divisor, reciprocal);
    let second = sig62_quotient(first.yz, 27u, divisor, reciprocal);
    let sticky = select(0u, 1u, (second.y | second.z) != 0u);
    let significand = vec2<u32>((second.x << 9u) | sticky, 0x80000000u | (first.x << 4u) | (second.x >> 23u));
    var result = round_pack_words(sign, exponent - select(0i, 1i, less), significand);

    let a_zero = (a_high | a.x) == 0u;
    let b_zero = (b_high | b.x) == 0u;
    let a_special = a_high >= F64_INFINITY;
    let b_special = b_high >= F64_INFINITY;
    result = select(result, vec2<u32>(0u, sign), a_zero || b_special);
    result = select(result, vec2<u32>(0u, sign | F64_INFINITY), a_special || b_zero);
    let invalid = isnan_f64(a) || isnan_f64(b) || (a_zero && b_zero) || (a_special && b_special);
    return select(result, nan_f64(), invalid);
}

// --- square root -------------------------------------------------------------------------------------------

fn sqrt_f64(a: F64) -> F64 {
    var x = sig53_of_words(a);
    var exponent = exponent53_of_words(a) - 1023i;
    let high = a.y & 0x7fffffffu;
    if (high < F64_IMPLICIT) {
        let shift = sig64_clz(x) - 11u;
        x = sig64_shl(x, shift & 63u);
        exponent -= i32(shift);
    }
    // An even exponent is halved; >> rounds to minus infinity.
    let odd = (exponent & 1i) != 0i;
    let radicand = select(x, vec2<u32>(x.x << 1u, (x.y << 1u) | (x.x >> 31u)), odd);
    let significand = sqrt108(radicand, vec2<u32>(0u, 0u));
    let result = round_normal_words(0u, u32((exponent >> 1u) + 1023i), significand);
    // sqrt(-0) is -0.
    let same = (high | a.x) == 0u || (high >= F64_INFINITY && !signbit_f64(a));
    let invalid = isnan_f64(a) || (signbit_f64(a) && !same);
    return select(select(result, a, same), nan_f64(), invalid);
}

// --- fused multiply-add ------------------------------------------------------------------------------------

// a * b + c with one rounding. The exact product has 106 bits; both terms stand in 127 bits, the leading one at bit
// 126. What the shift of the smaller one loses is sticky: it lies below its 53 bits or far below the sum's.
fn fma_f64(a: F64, b: F64, c: F64) -> F64 {
    let product_sign = (a.y ^ b.y) & F64_SIGN;
    let a_shift = sig64_clz(sig53_of_words(a)) - 11u;
    let b_shift = sig64_clz(sig53_of_words(b)) - 11u;
    let c_shift = sig64_clz(sig53_of_words(c)) - 11u;
    let x = sig64_shl(sig53_of_words(a), a_shift & 63u);
    let y = sig64_shl(sig53_of_words(b), b_shift & 63u);
    let z = sig64_shl(sig53_of_words(c), c_shift & 63u);

    // 2^110 <= product < 2^112
    var product = sig128_shl(sig53_product_words(sig53_mul(x, y)), 15u);
    let short = product.w < 0x40000000u;
    product = select(product, sig128_shl(product, 1u), short);
    let product_exponent = exponent53_of_words(a) + exponent53_of_words(b) - i32(a_shift + b_shift) - 1023i
        + select(1i, 0i, short);
    let addend = vec4<u32>(0u, 0u, z.x << 10u, (z.y << 10u) | (z.x >> 22u));
    // Zero must never be the larger one.
    let addend_exponent = select(exponent53_of_words(c) - i32(c_shift), -8192i, (z.x | z.y) == 0u);

    let swap = addend_exponent > product_exponent || (addend_exponent == product_exponent
        && (sig64_lt(product.zw, addend.zw)));
    let large = select(product, addend, swap);
    let small = select(addend, product, swap);
    let exponent = max(product_exponent, addend_exponent);
    let distance = exponent - min(product_exponent, addend_exponent);
    let sign = select(product_sign, c.y & F64_SIGN, swap);
    let aligned = sig128_shr_sticky(small, u32(min(distance, 127i)));
    let subtract = ((product_sign ^ c.y) & F64_SIGN) != 0u;
    let sum = select(sig128_add(large, aligned), sig128_sub(large, aligned), subtract);
    let lead = sig128_clz(sum);
    let normal = sig128_shl(sum, lead & 127u);
    let sticky = select(0u, 1u, (normal.x | normal.y) != 0u);
    var result = round_pack_words(sign, exponent + 1i - i32(lead), vec2<u32>(normal.z | sticky, normal.w));
    result = select(result, vec2<u32>(0u, 0u), lead == 128u);

    // An infinite or zero product: what is left is an addition.
    let a_infinite = isinf_f64(a);
    let b_infinite = isinf_f64(b);
    let product_zero = !nonzero_f64(a) || !nonzero_f64(b);
    let special = product_zero || !isfinite_f64(a) || !isfinite_f64(b) || !isfinite_f64(c);
    if (special) {
        var term = vec2<u32>(0u, product_sign | select(0x3ff00000u, 0u, product_zero));
        term = select(term, vec2<u32>(0u, product_sign | F64_INFINITY), a_infinite || b_infinite);
        let invalid = isnan_f64(a) || isnan_f64(b) || (product_zero && (a_infinite || b_infinite));
        result = add_f64(select(term, nan_f64(), invalid), c);
    }
    return result;
}

// a * b - product, exactly, for product = a * b rounded.
fn product_error_f64(a: F64, b: F64, product: F64) -> F64 {
    return fma_f64(a, b, neg_f64(product));
}

// --- remainders --------------------------------------------------------------------------------------------

// The remainder of truncated division: exact, with the sign of a. Long division, 27 bits a step; 2098 bits at most lie
// between the exponents of two float64.
fn fmod_f64(a: F64, b: F64) -> F64 {
    let divisor_shift = sig64_clz(sig53_of_words(b)) - 11u;
    let divisor = sig64_shl(sig53_of_words(b), (divisor_shift + 9u) & 63u);
    let divisor_exponent = exponent53_of_words(b) - i32(divisor_shift);
    let shift = sig64_clz(sig53_of_words(a)) - 11u;
    var remainder = sig64_shl(sig53_of_words(a), (shift + 9u) & 63u);
    var distance = exponent53_of_words(a) - i32(shift) - divisor_exponent;
    let smaller = distance < 0i;

    remainder = select(sig64_sub(remainder, divisor), remainder, sig64_lt(remainder, divisor));
    let reciprocal = sig32_reciprocal((divisor.y << 2u) | (divisor.x >> 30u));
    for (var i = 0u; i < 78u; i++) {
        if (distance <= 0i) {
            break;
        }
        let count = min(distance, 27i);
        remainder = sig62_quotient(remainder, u32(count), divisor, reciprocal).yz;
        distance -= count;
    }

    let lead = sig64_clz(remainder);
    let sign = a.y & F64_SIGN;
    let packed = round_pack_words(sign, divisor_exponent + 2i - i32(lead), sig64_shl(remainder, lead & 63u));
    var result = select(packed, vec2<u32>(0u, sign), lead == 64u);
    result = select(result, a, smaller || isinf_f64(b) || !nonzero_f64(a));
    let invalid = !isfinite_f64(a) || isnan_f64(b) || !nonzero_f64(b);
    return select(result, nan_f64(), invalid);
}

// NumPy's divmod (npy_math_internal.h, after CPython 3.5), step by step, since its quotient is not always the floor of the
// exact one.

// The remainder with the sign of b.
fn remainder_f64(a: F64, b: F64) -> F64 {
    let truncated = fmod_f64(a, b);
    let opposite = nonzero_f64(truncated) && lt_f64(b, vec2<u32>(0u, 0u)) != lt_f64(truncated, vec2<u32>(0u, 0u));
    var result = select(truncated, add_f64(truncated, b), opposite);
    result = select(copysign_f64(vec2<u32>(0u, 0u), b), result, nonzero_f64(truncated));
    return select(truncated, result, nonzero_f64(b));
}

fn floor_divide_f64(a: F64, b: F64) -> F64 {
    let one = vec2<u32>(0u, 0x3ff00000u);
    let truncated = fmod_f64(a, b);
    let opposite = nonzero_f64(truncated) && lt_f64(b, vec2<u32>(0u, 0u)) != lt_f64(truncated, vec2<u32>(0u, 0u));
    // b == 0 is true division.
    let numerator = select(a, sub_f64(a, truncated), nonzero_f64(b));
    var quotient = div_f64(numerator, b);
    if (nonzero_f64(b)) {
        quotient = select(quotient, sub_f64(quotient, one), opposite);
        let lower = floor_f64(quotient);
        let above = gt_f64(sub_f64(quotient, lower), vec2<u32>(0u, 0x3fe00000u));
        let nearest = select(lower, add_f64(lower, one), above);
        quotient = select(vec2<u32>(0u, (a.y ^ b.y) & F64_SIGN), nearest, nonzero_f64(quotient));
    }
    return quotient;
}

// --- hypot -------------------------------------------------------------------------------------------------

// sqrt(a^2 + b^2), correctly rounded: the sum of squares is exact up to a sticky bit. Infinity wins over NaN (C17
// F.10.4.3).
fn hypot_f64(a: F64, b: F64) -> F64 {
    let swap = sig64_lt(abs_f64(a), abs_f64(b));
    let larger = abs_f64(select(a, b, swap));
    let smaller = abs_f64(select(b, a, swap));
    let x_shift = sig64_clz(sig53_of_words(larger)) - 11u;
    let y_shift = sig64_clz(sig53_of_words(smaller)) - 11u;
    let x = sig64_shl(sig53_of_words(larger), x_shift & 63u);
    let y = sig64_shl(sig53_of_words(smaller), y_shift & 63u);
    let exponent = exponent53_of_words(larger) - i32(x_shift);
    let distance = exponent - exponent53_of_words(smaller) + i32(y_shift);

    // 64 times the sum of squares, in [2^110, 2^113).
    let y_square = sig128_shr_sticky(sig53_product_words(sig53_mul(y, y)), u32(min(2i * distance, 127i)));
    let sum = sig128_add(sig53_product_words(sig53_mul(x, x)), y_square);
    // Down by an even number of bits to [2^106, 2^108).
    let large = (sum.w >> 16u) != 0u;
    let n = sig128_shr_sticky(sum, select(4u, 6u, large));
    let high = vec2<u32>((n.y >> 22u) | (n.z << 10u), (n.z >> 22u) | (n.w << 10u));
    let significand = sqrt108(high, vec2<u32>(n.x, n.y & 0x003fffffu));
    let finite = round_pack_words(0u, exponent + select(0i, 1i, large), significand);

    var result = select(finite, larger, !nonzero_f64(smaller));
    result = select(result, nan_f64(), isnan_f64(a) || isnan_f64(b));
    return select(result, vec2<u32>(0u, F64_INFINITY), isinf_f64(a) || isinf_f64(b));
}
