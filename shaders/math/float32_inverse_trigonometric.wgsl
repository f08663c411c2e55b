// float32 inverse trigonometric functions: asin, acos, atan, atan2.
//
// Odd minimax polynomials (own fits) on a short interval; the rest of the range comes through an identity
// whose square root or quotient is carried to 2^-33 as a pair, so that only the last addition rounds to 24 bits.
// The half-angle identity for asin and acos is fdlibm's (Ng, Sun Microsystems, 1993).
// Errors in ULP are maxima over all 2^32 arguments.

// asin(s) - s for |s| <= 1/2, given s^2.
fn asin_cubic_f32(s: f32, square: f32) -> f32 {
    var p = multiply_add_f32(0x1.34ca92p-5f, square, 0x1.d51a28p-7f);
    p = multiply_add_f32(p, square, 0x1.04d32ap-5f);
    p = multiply_add_f32(p, square, 0x1.6ca752p-5f);
    p = multiply_add_f32(p, square, 0x1.3338acp-4f);
    p = multiply_add_f32(p, square, 0x1.55554cp-3f);
    return mul_f32(mul_f32(s, square), p);
}

// asin(sqrt(z)), z = (1 - a) / 2, as a pair, for 1/2 <= a <= 1: half of acos(a).
fn half_acos_f32(a: f32) -> vec2<f32> {
    let z = mul_f32(sub_f32(1.0f, a), 0.5f);
    let zero = bitcast<u32>(z) == 0u;
    let root = sqrt_pair_f32(vec2<f32>(select(z, 1.0f, zero), 0.0f));
    let cubic = asin_cubic_f32(add_f32(root.x, root.y), z);
    return vec2<f32>(select(root.x, 0.0f, zero), select(add_f32(root.y, cubic), 0.0f, zero));
}

// Up to 1/2 the polynomial, beyond it pi/2 - 2 asin(sqrt((1 - |x|) / 2)). Error: 0.64 ULP.
fn asin_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let a = bitcast<f32>(abs_bits);
    let small = add_f32(a, asin_cubic_f32(a, mul_f32(a, a)));
    let half_angle = half_acos_f32(a);
    let sum = fast_two_sum_f32(0x1.921fb6p+0f, mul_f32(half_angle.x, -2.0f));
    let low = sub_f32(add_f32(sum.y, -0x1.777a5cp-25f), mul_f32(half_angle.y, 2.0f));
    let large = add_f32(sum.x, low);
    var result = bitcast<u32>(select(large, small, abs_bits < 0x3f000000u)) | (bits & 0x80000000u);
    result = select(result, 0x7fc00000u, abs_bits > 0x3f800000u);
    // |x| < 2^-12: x itself, which keeps -0 and subnormal numbers.
    return bitcast<f32>(select(result, bits, abs_bits < 0x39800000u || abs_bits > 0x7f800000u));
}

// pi/2 - asin(x) up to 1/2; 2 asin(sqrt((1 - x) / 2)) above, pi less that of |x| below -1/2. Error: 0.62 ULP.
fn acos_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let a = bitcast<f32>(abs_bits);
    // A tiny x would only be lost or flushed below.
    let centre = bitcast<f32>(select(bits, 0u, abs_bits < 0x31800000u));
    let sum = fast_two_sum_f32(0x1.921fb6p+0f, neg_f32(centre));
    let cubic = asin_cubic_f32(centre, mul_f32(centre, centre));
    let small = add_f32(sum.x, add_f32(sum.y, sub_f32(-0x1.777a5cp-25f, cubic)));
    let half_angle = half_acos_f32(a);
    let near_one = mul_f32(add_f32(half_angle.x, half_angle.y), 2.0f);
    let difference = fast_two_sum_f32(0x1.921fb6p+1f, mul_f32(half_angle.x, -2.0f));
    let difference_low = sub_f32(add_f32(difference.y, -0x1.777a5cp-24f), mul_f32(half_angle.y, 2.0f));
    let near_minus_one = add_f32(difference.x, difference_low);
    let outer = select(near_one, near_minus_one, bits >= 0x80000000u);
    var result = bitcast<u32>(select(outer, small, abs_bits < 0x3f000000u));
    result = select(result, 0x7fc00000u, abs_bits > 0x3f800000u);
    return bitcast<f32>(select(result, bits, abs_bits > 0x7f800000u));
}

// The angle of the point (x, y) in the first quadrant, or pi less that angle when `reflect`, for coordinates
// of which the larger lies in [1, 2) and the smaller is 0 or not below 2^-30. With t = y / x the angle is
// atan(t) below tan(pi/8), pi/4 + atan((y - x) / (y + x)) up to tan(3 pi/8), pi/2 - atan(x / y) beyond.
fn angle_f32(y: f32, x: f32, reflect: bool) -> f32 {
    let low_third = lt_f32(y, mul_f32(x, 0x1.a8279ap-2f));
    let high_third = lt_f32(x, mul_f32(y, 0x1.a8279ap-2f));
    let middle = !low_third && !high_third;
    let difference = two_sum_f32(y, neg_f32(x));
    let sum = two_sum_f32(y, x);
    let outer_numerator = select(y, neg_f32(x), high_third);
    let outer_denominator = select(x, y, high_third);
    let numerator = select(vec2<f32>(outer_numerator, 0.0f), difference, middle);
    let denominator = select(vec2<f32>(outer_denominator, 0.0f), sum, middle);
    let quotient = quotient_pair_f32(numerator, denominator);
    let q = add_f32(quotient.x, quotient.y);
    let square = mul_f32(q, q);
    var p = multiply_add_f32(-0x1.f2b308p-5f, square, 0x1.b21ba8p-4f);
    p = multiply_add_f32(p, square, -0x1.23b92ap-3f);
    p = multiply_add_f32(p, square, 0x1.9991dep-3f);
    p = multiply_add_f32(p, square, -0x1.55554ap-2f);
    let tail = add_f32(quotient.y, mul_f32(mul_f32(q, square), p));
    // A whole number of eighths of a turn, reflected or not, plus or minus atan(q).
    let first = select(select(0.0f, 2.0f, high_third), 1.0f, middle);
    let eighths = select(first, sub_f32(4.0f, first), reflect);
    let flip = select(0u, 0x80000000u, reflect);
    let signed_head = bitcast<f32>(bitcast<u32>(quotient.x) ^ flip);
    let signed_tail = bitcast<f32>(bitcast<u32>(tail) ^ flip);
    // pi/4 = 0x1.922p-1 + tail.
    let total = fast_two_sum_f32(mul_f32(eighths, 0x1.922p-1f), signed_head);
    let low = multiply_add_f32(eighths, -0x1.2aeef4p-19f, add_f32(total.y, signed_tail));
    return add_f32(total.x, low);
}

// The angle of (1, |x|). Error: 0.74 ULP.
fn atan_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    // From 2^25 on the angle is pi/2; scaling keeps the larger coordinate in [1, 2) in place of |x| itself.
    let bounded = min(abs_bits, 0x4c000000u);
    let exponent = max(bounded >> 23u, 127u) - 127u;
    let y = bitcast<f32>(bounded - (exponent << 23u));
    let one = bitcast<f32>((127u - exponent) << 23u);
    let result = bitcast<u32>(angle_f32(y, one, false)) | (bits & 0x80000000u);
    // |x| < 2^-12: x itself, which keeps -0 and subnormal numbers.
    return bitcast<f32>(select(result, bits, abs_bits < 0x39800000u || abs_bits > 0x7f800000u));
}

// The angle of the point (x, y), in (-pi, pi]. Both coordinates are divided by the larger one's power of 2.
// Where y / x is small and x positive the angle is the quotient itself, subnormal perhaps.
// Error: 0.74 ULP over 3 * 2^30 random pairs: any bits, near magnitudes, small and subnormal numbers.
fn atan2_f32(y: f32, x: f32) -> f32 {
    let y_bits = bitcast<u32>(y);
    let x_bits = bitcast<u32>(x);
    let y_abs = y_bits & 0x7fffffffu;
    let x_abs = x_bits & 0x7fffffffu;
    let reflect = x_bits >= 0x80000000u;
    let both_infinite = y_abs == 0x7f800000u && x_abs == 0x7f800000u;
    // Exponents and significands, subnormal numbers normalised; 0 and infinity become the extreme exponents.
    let y_shift = select(0u, (countLeadingZeros(y_abs) - 8u) & 31u, y_abs < 0x00800000u);
    let x_shift = select(0u, (countLeadingZeros(x_abs) - 8u) & 31u, x_abs < 0x00800000u);
    let y_exponent = select(max(i32(y_abs >> 23u), 1i) - i32(y_shift), -400i, y_abs == 0u);
    let x_exponent = select(max(i32(x_abs >> 23u), 1i) - i32(x_shift), -400i, x_abs == 0u);
    let largest = max(x_exponent, y_exponent);
    let y_field = y_exponent - largest + 127i;
    let x_field = x_exponent - largest + 127i;
    let y_scaled = select(0u, (u32(y_field) << 23u) | ((y_abs << y_shift) & 0x007fffffu), y_field > 97i);
    let x_scaled = select(0u, (u32(x_field) << 23u) | ((x_abs << x_shift) & 0x007fffffu), x_field > 97i);
    // Two zeros: the angle of (1, 0), for either sign of x. An infinity beside a finite number has the larger
    // exponent already; its neighbour may only not be near enough to matter.
    let y_finite = select(y_scaled, 0u, y_abs == 0u || x_abs == 0x7f800000u && !both_infinite);
    let x_finite = select(select(x_scaled, 0x3f800000u, y_abs == 0u), 0u, y_abs == 0x7f800000u && !both_infinite);
    let angle = angle_f32(bitcast<f32>(y_finite), bitcast<f32>(x_finite), reflect);
    var result = bitcast<u32>(angle) | (y_bits & 0x80000000u);
    if (!reflect && y_exponent - x_exponent < -13i && y_abs != 0u && x_abs < 0x7f800000u) {
        result = bitcast<u32>(div_f32(y, x));
    }
    result = select(result, x_bits, x_abs > 0x7f800000u);
    result = select(result, y_bits, y_abs > 0x7f800000u);
    return bitcast<f32>(result);
}
