// float64 functions of the representation: nextafter, spacing, ldexp, frexp, modf, heaviside. Integer code only; all are exact.
//
// NumPy's results, special values included (npymath/ieee754.c.src and the C library under it).

// The neighbour of a on b's side; b itself where they are equal.
fn nextafter_f64(a: F64, b: F64) -> F64 {
    let words = words_of_f64(a);
    let zero = ((words.y & 0x7fffffffu) | words.x) == 0u;
    let outward = lt_f64(a, b) != ((words.y >> 31u) != 0u);
    let one = vec2<u32>(1u, 0u);
    var result = select(sig64_sub(words, one), sig64_add(words, one), outward);
    result = select(result, vec2<u32>(1u, words_of_f64(b).y & F64_SIGN), zero);
    result = select(result, words_of_f64(b), eq_f64(a, b));
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), isnan_f64(a) || isnan_f64(b)));
}

// The distance to the neighbour of larger magnitude, with the sign of a; infinite for the largest number.
fn spacing_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let magnitude = words.y & 0x7fffffffu;
    let field = magnitude >> 20u;
    // 2^(field - 1075), subnormal up to field 52.
    let bit = sig64_shl(vec2<u32>(1u, 0u), (max(field, 1u) - 1u) & 63u);
    var result = select(bit, vec2<u32>(0u, (field - 52u) << 20u), field > 52u);
    result = select(result, vec2<u32>(0u, F64_INFINITY), magnitude == 0x7fefffffu && words.x == 0xffffffffu);
    result.y |= select(0u, words.y & F64_SIGN, (magnitude | words.x) != 0u);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), magnitude >= F64_INFINITY));
}

// 0 below zero, 1 above, b at zero.
fn heaviside_f64(a: F64, b: F64) -> F64 {
    let words = words_of_f64(a);
    let step = vec2<u32>(0u, select(0x3ff00000u, 0u, (words.y >> 31u) != 0u));
    let zero = ((words.y & 0x7fffffffu) | words.x) == 0u;
    let result = select(step, words_of_f64(b), zero);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), isnan_f64(a)));
}

// a 2^n, rounded once where the result is subnormal.
fn ldexp_f64(a: F64, n: i32) -> F64 {
    let words = words_of_f64(a);
    let x = scaled64_of_words(words);
    let result = words_of_scaled64(Scaled64(x.significand, min(x.exponent + clamp(n, -4000i, 4000i), 2000i), x.negative));
    return f64_of_words(select(result, words, (words.y & 0x7fffffffu) >= F64_INFINITY));
}

// a = mantissa 2^exponent, the mantissa from 1/2 to 1; zeros, infinities and NaN are their own, with the exponent 0.
fn frexp_mantissa_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let x = scaled64_of_words(words);
    let result = words_of_scaled64(Scaled64(x.significand, 0i, x.negative));
    return f64_of_words(select(result, words, (words.y & 0x7fffffffu) >= F64_INFINITY));
}

fn frexp_exponent_f64(a: F64) -> i32 {
    let words = words_of_f64(a);
    let magnitude = words.y & 0x7fffffffu;
    let none = magnitude >= F64_INFINITY || (magnitude | words.x) == 0u;
    return select(scaled64_of_words(words).exponent, 0i, none);
}

// The part of a behind the point, with a's sign: +-0 for integers and infinities.
fn modf_fraction_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let x = scaled64_of_words(words);
    let whole_bits = u32(clamp(x.exponent, 0i, 63i));
    let fraction = normal_scaled64(sig64_shl(x.significand, whole_bits), x.exponent - i32(whole_bits), x.negative);
    let magnitude = words.y & 0x7fffffffu;
    let zero = vec2<u32>(0u, words.y & F64_SIGN);
    // From 2^52 on all are integers.
    let result = select(words_of_scaled64(fraction), zero, magnitude >= 0x43300000u);
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && words.x != 0u);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), nan));
}
