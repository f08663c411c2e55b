// float32 sine, cosine and tangent, over the whole range.
//
// The argument is reduced to r = x - n pi/2, |r| <= pi/4, carried as a rounded number and its rounding error.
// Up to 6400 (n below 2^12) by Cody & Waite's method with pi/2 in four pieces, the first three short enough
// that their products with n are exact; beyond by Payne & Hanek's ("Radian reduction for trigonometric
// functions", SIGNUM Newsletter 18, 1983) in u32 integers: only those bits of 2/pi are multiplied that can
// change the result modulo 4. Then minimax polynomials (own fits).
// Errors in ULP are maxima over all 2^32 arguments.

// r = high + low and the quadrant n modulo 4.
struct QuarterTurnF32 {
    high: f32,
    low: f32,
    quadrant: u32,
}

// The upper half of the 64-bit product.
fn multiply_high_f32_bits(a: u32, b: u32) -> u32 {
    let a_low = a & 0xffffu;
    let a_high = a >> 16u;
    let b_low = b & 0xffffu;
    let b_high = b >> 16u;
    let low = a_low * b_low;
    let middle = a_high * b_low + (low >> 16u);
    let other = a_low * b_high + (middle & 0xffffu);
    return a_high * b_high + (middle >> 16u) + (other >> 16u);
}

// Payne & Hanek, for finite |x| >= 2^12. Sign left out.
fn reduce_large_f32(abs_bits: u32) -> QuarterTurnF32 {
    let significand = (abs_bits & 0x007fffffu) | 0x00800000u;
    // |x| = significand * 2^(field - 150). The window starts at the bit of 2/pi that contributes the bit of
    // weight 2 to the product; everything above is a multiple of 4. `start` counts from 32 zero bits before it.
    let start = (abs_bits >> 23u) - 120u;
    let word = start >> 5u;
    let shift = start & 31u;
    // 2/pi, 224 bits, after one word of zeros.
    var w0 = 0u;
    var w1 = 0xa2f9836eu;
    var w2 = 0x4e441529u;
    var w3 = 0xfc2757d1u;
    if (word == 1u) { w0 = 0xa2f9836eu; w1 = 0x4e441529u; w2 = 0xfc2757d1u; w3 = 0xf534ddc0u; }
    if (word == 2u) { w0 = 0x4e441529u; w1 = 0xfc2757d1u; w2 = 0xf534ddc0u; w3 = 0xdb629599u; }
    if (word == 3u) { w0 = 0xfc2757d1u; w1 = 0xf534ddc0u; w2 = 0xdb629599u; w3 = 0x3c439041u; }
    if (word >= 4u) { w0 = 0xf534ddc0u; w1 = 0xdb629599u; w2 = 0x3c439041u; w3 = 0xfe5163abu; }
    let whole = shift == 0u;
    let up = shift & 31u;
    let down = (32u - shift) & 31u;
    let v0 = select((w0 << up) | (w1 >> down), w0, whole);
    let v1 = select((w1 << up) | (w2 >> down), w1, whole);
    let v2 = select((w2 << up) | (w3 >> down), w2, whole);
    // significand * (v0, v1, v2) modulo 2^96.
    let p2 = significand * v2;
    let p1_low = significand * v1;
    let p1 = p1_low + multiply_high_f32_bits(significand, v2);
    let carry = select(0u, 1u, p1 < p1_low);
    let p0 = significand * v0 + multiply_high_f32_bits(significand, v1) + carry;
    // Two bits of quadrant, then the fraction; from 1/2 on the next quadrant and a negative fraction.
    var f0 = (p0 << 2u) | (p1 >> 30u);
    var f1 = (p1 << 2u) | (p2 >> 30u);
    let negative = f0 >> 31u;
    let quadrant = (p0 >> 30u) + negative;
    f0 = f0 ^ (0u - negative);
    f1 = f1 ^ (0u - negative);
    // No float32 comes nearer to a multiple of pi/2 than 2^-30 of a quadrant, so f0 is not 0.
    let zeros = countLeadingZeros(f0 | 1u);
    let fraction = (f0 << (zeros & 31u)) | ((f1 >> 1u) >> (31u - (zeros & 31u)));
    let rest = f1 << (zeros & 31u);
    // 24 bits and 24 bits: fraction = (high 2^-24 + low 2^-48) 2^-zeros.
    let high = mul_f32(f32(fraction >> 8u), 0x1p-24f);
    let low = mul_f32(f32(((fraction & 255u) << 16u) | (rest >> 16u)), 0x1p-48f);
    // Times pi/2 = 0x1.922p+0 + tail.
    let high_head = head_f32(high);
    let high_tail = add_f32(sub_f32(high, high_head), low);
    let product = mul_f32(high_head, 0x1.922p+0f);
    let product_tail = multiply_add_f32(high_head, -0x1.2aeef4p-18f, mul_f32(high_tail, 0x1.921fb6p+0f));
    let sum = add_f32(product, product_tail);
    let sum_lost = add_f32(sub_f32(product, sum), product_tail);
    let sign_and_scale = (negative << 31u) | ((127u - zeros) << 23u);
    let factor = bitcast<f32>(sign_and_scale);
    return QuarterTurnF32(mul_f32(sum, factor), mul_f32(sum_lost, factor), quadrant);
}

fn reduce_quarter_turn_f32(x: f32) -> QuarterTurnF32 {
    let abs_bits = bitcast<u32>(x) & 0x7fffffffu;
    // 6400.0; infinities and NaNs go the short way, their results are replaced.
    if (abs_bits > 0x45c80000u && abs_bits < 0x7f800000u) {
        let reduced = reduce_large_f32(abs_bits);
        let sign = bitcast<u32>(x) & 0x80000000u;
        let high = bitcast<f32>(bitcast<u32>(reduced.high) ^ sign);
        let low = bitcast<f32>(bitcast<u32>(reduced.low) ^ sign);
        return QuarterTurnF32(high, low, select(reduced.quadrant, 0u - reduced.quadrant, sign != 0u));
    }
    let shifted = multiply_add_f32(x, 0x1.45f306p-1f, 12582912.0f);
    let n = sub_f32(shifted, 12582912.0f);
    let first = sub_f32(x, mul_f32(n, 0x1.922p+0f));
    let second = sub_f32(first, mul_f32(n, -0x1.2cp-18f));
    let third_product = mul_f32(n, 0x1.11p-26f);
    let third = sub_f32(second, third_product);
    let third_lost = sub_f32(sub_f32(second, third), third_product);
    let rest = sub_f32(third_lost, mul_f32(n, 0x1.68c234p-39f));
    let high = add_f32(third, rest);
    let low = add_f32(sub_f32(third, high), rest);
    return QuarterTurnF32(high, low, bitcast<u32>(shifted));
}

// sin(r) for |r| <= pi/4: r + r^3 p(r^2), the sum left open.
fn sin_pair_f32(reduced: QuarterTurnF32, square: f32) -> vec2<f32> {
    var p = multiply_add_f32(-0x1.9951f6p-13f, square, 0x1.110774p-7f);
    p = multiply_add_f32(p, square, -0x1.555546p-3f);
    let cubic = mul_f32(mul_f32(reduced.high, square), p);
    return vec2<f32>(reduced.high, add_f32(reduced.low, cubic));
}

// cos(r) for |r| <= pi/4: 1 - r^2/2 + r^4 q(r^2), the first difference with its rounding error kept, the last sum left open.
fn cos_pair_f32(reduced: QuarterTurnF32, square: f32) -> vec2<f32> {
    var q = multiply_add_f32(0x1.99e80cp-16f, square, -0x1.6c0c28p-10f);
    q = multiply_add_f32(q, square, 0x1.55554ap-5f);
    let half_square = mul_f32(square, 0.5f);
    let high = sub_f32(1.0f, half_square);
    let lost = sub_f32(sub_f32(1.0f, high), half_square);
    let quartic = mul_f32(mul_f32(square, square), q);
    let tail = sub_f32(quartic, mul_f32(reduced.high, reduced.low));
    return vec2<f32>(high, add_f32(lost, tail));
}

// The sine of r plus `quadrant` quarter turns.
fn sin_quadrant_f32(reduced: QuarterTurnF32, quadrant: u32) -> u32 {
    let square = mul_f32(reduced.high, reduced.high);
    let pair = select(sin_pair_f32(reduced, square), cos_pair_f32(reduced, square), (quadrant & 1u) != 0u);
    return bitcast<u32>(add_f32(pair.x, pair.y)) ^ ((quadrant & 2u) << 30u);
}

// Error: 0.92 ULP.
fn sin_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let reduced = reduce_quarter_turn_f32(x);
    var result = sin_quadrant_f32(reduced, reduced.quadrant);
    // |x| < 2^-12: x itself, which keeps -0 and subnormal numbers.
    result = select(result, bits, abs_bits < 0x39800000u || abs_bits > 0x7f800000u);
    return bitcast<f32>(select(result, 0x7fc00000u, abs_bits == 0x7f800000u));
}

// Error: 0.92 ULP.
fn cos_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let reduced = reduce_quarter_turn_f32(x);
    var result = sin_quadrant_f32(reduced, reduced.quadrant + 1u);
    result = select(result, bits, abs_bits > 0x7f800000u);
    return bitcast<f32>(select(result, 0x7fc00000u, abs_bits == 0x7f800000u));
}

// With a = |r|: below 1/2, tan(a) = a + a^3 p(a^2), and its reciprocal in the odd quadrants; from there on
// t = tan(pi/4 - a) and tan(a) = 1 - 2 t / (1 + t), 1 / tan(a) = 1 + 2 t / (1 - t), where the rounding errors of the
// polynomial count for less. One division, exact to 2^-33, serves all. Error: 0.77 ULP.
fn tan_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let reduced = reduce_quarter_turn_f32(x);
    let sign = bitcast<u32>(reduced.high) & 0x80000000u;
    let a = abs_f32(reduced.high);
    let a_low = bitcast<f32>(bitcast<u32>(reduced.low) ^ sign);
    let large = bitcast<u32>(a) >= 0x3f000000u;
    let odd = (reduced.quadrant & 1u) != 0u;
    let u = select(a, sub_f32(0x1.921fb6p-1f, a), large);
    let u_low = select(a_low, sub_f32(-0x1.777a5cp-26f, a_low), large);
    let square = mul_f32(u, u);
    var p = multiply_add_f32(0x1.8e722ep-7f, square, 0x1.564a08p-6f);
    p = multiply_add_f32(p, square, 0x1.bb26cep-5f);
    p = multiply_add_f32(p, square, 0x1.110d52p-3f);
    p = multiply_add_f32(p, square, 0x1.55555ep-2f);
    // The low part grows with the derivative, 1 + tan^2 = 1 + u^2 + ...
    let tail = add_f32(mul_f32(mul_f32(u, square), p), multiply_add_f32(u_low, square, u_low));
    let t = fast_two_sum_f32(u, tail);

    let flip = select(0u, 0x80000000u, odd);
    let step = fast_two_sum_f32(1.0f, bitcast<f32>(bitcast<u32>(t.x) ^ flip));
    let step_low = add_f32(step.y, bitcast<f32>(bitcast<u32>(t.y) ^ flip));
    let numerator = select(vec2<f32>(1.0f, 0.0f), vec2<f32>(add_f32(t.x, t.x), add_f32(t.y, t.y)), large);
    let denominator = select(t, vec2<f32>(step.x, step_low), large);
    let quotient = quotient_pair_f32(numerator, denominator);
    // In the odd quadrants 1 + q or 0 + q, in the even ones 1 - q or t.
    let turn = select(0x80000000u, 0u, odd);
    let sum = fast_two_sum_f32(select(0.0f, 1.0f, large), bitcast<f32>(bitcast<u32>(quotient.x) ^ turn));
    let combined = add_f32(sum.x, add_f32(sum.y, bitcast<f32>(bitcast<u32>(quotient.y) ^ turn)));
    var result = bitcast<u32>(select(combined, t.x, !large && !odd)) ^ sign ^ flip;
    // |x| < 2^-12: x itself, which keeps -0 and subnormal numbers.
    result = select(result, bits, abs_bits < 0x39800000u || abs_bits > 0x7f800000u);
    return bitcast<f32>(select(result, 0x7fc00000u, abs_bits == 0x7f800000u));
}
