// float64 asin, acos, atan, atan2, in fixed point (float64_exponential.wgsl says why).
//
// Each is the angle of a point (x, y): (1, x) for atan, (sqrt(1 - x^2), x) for asin, (x, sqrt(1 - x^2)) for acos, where
// 1 - x^2 = (1 - x) (1 + x) keeps all bits. In the first eighth of a turn, with r = y / x, the angle is atan(r),
// atan(13/32) + atan((y - 13/32 x) / (x + 13/32 y)) or pi/4 + atan((y - x) / (x + y)), so that one quotient below 0.203
// is left; the remaining eighths are reflections (Muller, "Elementary Functions", 2016, ch. 11). atan(q) / q by interpolation
// at Chebyshev nodes in q^2, error 2^-67.
// Errors: asin 0.52, acos 0.52, atan 0.52, atan2 0.52 ULP.

// atan(q) for normalised 0 < q < 0.2037.
fn atan_series64(q: Scaled64) -> Scaled64 {
    // 16 q^2; 1 - z (c0 - z (c1 - ...))
    let z = sig64_shr(fixed64_mul(q.significand, q.significand), u32(clamp(-4i - 2i * q.exponent, 0i, 63i)));
    let tail = 0x0ee73911u - mul32_high(z.y, 0x00b68429u);
    var p = sig64_sub(vec2<u32>(0x10f6bf54u, 0x00000001u), vec2<u32>(mul32_high(z.y, tail), 0u));
    p = sig64_sub(vec2<u32>(0xb130df8cu, 0x00000013u), fixed64_mul(z, p));
    p = sig64_sub(vec2<u32>(0x5d14f0dfu, 0x00000174u), fixed64_mul(z, p));
    p = sig64_sub(vec2<u32>(0xc71c24fdu, 0x00001c71u), fixed64_mul(z, p));
    p = sig64_sub(vec2<u32>(0x92491f9eu, 0x00024924u), fixed64_mul(z, p));
    p = sig64_sub(vec2<u32>(0x33333314u, 0x00333333u), fixed64_mul(z, p));
    p = sig64_sub(vec2<u32>(0x55555555u, 0x05555555u), fixed64_mul(z, p));
    // In units of 2^-63, since 1 itself occurs.
    p = sig64_sub(vec2<u32>(0u, 0x80000000u), sig64_shr(fixed64_mul(z, p), 1u));
    return normal_scaled64(fixed64_mul(q.significand, p), q.exponent + 1i, q.negative);
}

// The angle of the point (x, y) in [-pi, pi], rounded; not both 0.
fn angle_words(y: Scaled64, x: Scaled64) -> vec2<u32> {
    let steep = y.exponent > x.exponent || (y.exponent == x.exponent && sig64_lt(x.significand, y.significand));
    let larger = select(x.significand, y.significand, steep);
    let smaller = select(y.significand, x.significand, steep);
    let distance = abs(x.exponent - y.exponent);
    // Both in units of the larger one's, and as fractions of 1.
    let l = sig64_shr(larger, 1u);
    let s = sig64_shr(sig64_shr(smaller, 1u), u32(min(distance, 63i)));
    // From tan(atan(13/32) / 2) and tan((atan(13/32) + pi/4) / 2) on.
    let second = s.y >= mul32_high(l.y, 0x3203e12eu);
    let third = s.y >= mul32_high(l.y, 0xa9cb67e6u);
    let l_part = sig64_add(sig64_shr(l, 2u), sig64_add(sig64_shr(l, 3u), sig64_shr(l, 5u)));
    let s_part = sig64_add(sig64_shr(s, 2u), sig64_add(sig64_shr(s, 3u), sig64_shr(s, 5u)));
    let above = select(l_part, l, third);
    let below = sig64_sub(s, above);
    let less = (below.y >> 31u) != 0u;
    let difference = normal_scaled64(select(below, sig64_sub(above, s), less), 1i, less);
    let numerator_significand = select(smaller, difference.significand, second);
    let numerator_exponent = select(max(-distance, F64_ZERO_EXPONENT), difference.exponent, second);
    let denominator = sig64_add(l, select(vec2<u32>(0u, 0u), select(s_part, s, third), second));
    let numerator = Scaled64(numerator_significand, numerator_exponent, second && less);
    let angle = atan_series64(div_scaled64(numerator, normal_scaled64(denominator, 1i, false)));

    // Multiples of 2^-62: the start of the eighth's part, from the nearer axis.
    var start = select(vec2<u32>(0u, 0u), select(vec2<u32>(0x4a1b256eu, 0x18b24d39u), vec2<u32>(0x885a308du, 0x3243f6a8u), third), second);
    start = select(start, sig64_sub(vec2<u32>(0x10b4611au, 0x6487ed51u), start), steep);
    start = select(start, sig64_sub(vec2<u32>(0x2168c235u, 0xc90fdaa2u), start), x.negative);
    let turned = Scaled64(angle.significand, angle.exponent, (angle.negative != steep) != x.negative);
    let total = add_scaled64(normal_scaled64(start, 2i, false), turned);
    return words_of_scaled64(Scaled64(total.significand, total.exponent, y.negative));
}

fn atan_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let magnitude = words.y & 0x7fffffffu;
    // Infinity as 2^1023 and more.
    let result = angle_words(scaled64_of_words(vec2<u32>(words.x, min(words.y & 0x7fffffffu, 0x7fefffffu) | (words.y & F64_SIGN))), SCALED64_ONE);
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && words.x != 0u);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), nan));
}

// sqrt(1 - x^2) for |x| <= 1
fn cathetus_scaled64(x: Scaled64) -> Scaled64 {
    return sqrt_scaled64(mul_scaled64(add_scaled64(SCALED64_ONE, x), add_scaled64(SCALED64_ONE, neg_scaled64(x))));
}

// |x| > 1 or NaN.
fn outside_one_words(words: vec2<u32>) -> bool {
    return sig64_lt(vec2<u32>(0u, 0x3ff00000u), vec2<u32>(words.x, words.y & 0x7fffffffu));
}

fn asin_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let x = scaled64_of_words(words);
    return f64_of_words(select(angle_words(x, cathetus_scaled64(x)), vec2<u32>(0u, 0x7ff80000u), outside_one_words(words)));
}

fn acos_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let x = scaled64_of_words(words);
    return f64_of_words(select(angle_words(cathetus_scaled64(x), x), vec2<u32>(0u, 0x7ff80000u), outside_one_words(words)));
}

// Infinite coordinates are replaced by 1 and the finite ones beside them by 0, a point of two zeros by (1, 0) or (-1, 0).
fn atan2_f64(a: F64, b: F64) -> F64 {
    let y = words_of_f64(a);
    let x = words_of_f64(b);
    let y_infinite = (y.y & 0x7fffffffu) == F64_INFINITY && y.x == 0u;
    let x_infinite = (x.y & 0x7fffffffu) == F64_INFINITY && x.x == 0u;
    let y_zero = ((y.y & 0x7fffffffu) | y.x) == 0u;
    let y_point = select(y, vec2<u32>(0u, (y.y & F64_SIGN) | select(0u, 0x3ff00000u, y_infinite)), y_infinite || x_infinite);
    let x_unit = x_infinite || y_zero;
    let x_point = select(x, vec2<u32>(0u, (x.y & F64_SIGN) | select(0u, 0x3ff00000u, x_unit)), y_infinite || x_unit);
    let result = angle_words(scaled64_of_words(y_point), scaled64_of_words(x_point));
    let nan = isnan_f64(a) || isnan_f64(b);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), nan));
}
