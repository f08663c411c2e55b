// float32 sinpi, cospi, sinc, deg2rad and rad2deg.
//
// |x| = n/2 +- r with r <= 1/4 is exact, in integers; pi r is carried as a rounded number and its rounding error, as the
// reduction of float32_trigonometric.wgsl leaves it, and goes into the polynomials there.
// Errors in ULP are maxima over all 2^32 arguments: sinpi 0.89, cospi 0.88, sinc 0.76.

// a pi as a rounded number and its error, for a normal a far from overflow. pi = 0x1.922p+1 + tail.
fn pi_product_f32(a: f32) -> vec2<f32> {
    let head = head_f32(a);
    let product = mul_f32(head, 0x1.922p+1f);
    let tail = multiply_add_f32(head, -0x1.2aeef4p-17f, mul_f32(sub_f32(a, head), 0x1.921fb6p+1f));
    return fast_two_sum_f32(product, tail);
}

// pi |x| = n pi/2 + (high + low), for |x| >= 2^-14 (less gives 0).
fn reduce_half_turn_f32(x: f32) -> QuarterTurnF32 {
    let abs_bits = bitcast<u32>(x) & 0x7fffffffu;
    let exponent = i32(abs_bits >> 23u) - 127i;
    // 2 |x| modulo 4 in units of 2^-30.
    let significand = (abs_bits << 8u) | 0x80000000u;
    let left = select(significand << u32(clamp(exponent, 0i, 31i)), 0u, exponent > 31i);
    let small = exponent < -2i;
    let doubled = select(left >> u32(clamp(-exponent, 0i, 31i)), 0u, small);
    let fraction = doubled << 2u;
    let negative = fraction >> 31u;
    // At most 24 bits; |x| itself is small already.
    let nearest = mul_f32(f32(select(fraction, 0u - fraction, negative != 0u)), 0x1p-33f);
    let turned = pi_product_f32(bitcast<f32>(select(bitcast<u32>(nearest), select(0u, abs_bits, exponent >= -14i), small)));
    let sign = negative << 31u;
    return QuarterTurnF32(bitcast<f32>(bitcast<u32>(turned.x) ^ sign), bitcast<f32>(bitcast<u32>(turned.y) ^ sign),
        (doubled >> 30u) + negative);
}

// Zeros have the signs of IEEE 754-2019, 9.2.1: x's here, + in cospi.
fn sinpi_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let reduced = reduce_half_turn_f32(x);
    var result = sin_quadrant_f32(reduced, reduced.quadrant);
    // Below 2^-14, pi x; subnormal numbers are scaled by integer code.
    if (abs_bits < 0x38800000u) {
        let parts = split_f32(abs_f32(x));
        result = bitcast<u32>(scale_f32(pi_product_f32(bitcast<f32>(parts.bits)).x, parts.exponent));
    }
    result = select(result ^ (bits & 0x80000000u), bits & 0x80000000u, (result & 0x7fffffffu) == 0u || abs_bits == 0u);
    result = select(result, 0x7fc00000u, abs_bits >= 0x7f800000u);
    return bitcast<f32>(result);
}

fn cospi_f32(x: f32) -> f32 {
    let abs_bits = bitcast<u32>(x) & 0x7fffffffu;
    let reduced = reduce_half_turn_f32(x);
    let result = sin_quadrant_f32(reduced, reduced.quadrant + 1u);
    let signed_result = select(result, 0u, (result & 0x7fffffffu) == 0u);
    return bitcast<f32>(select(signed_result, 0x7fc00000u, abs_bits >= 0x7f800000u));
}

// sin(pi x) / (pi x), both as pairs; 1 at 0, NaN where the rounded pi x overflows, as in NumPy.
fn sinc_f32(x: f32) -> f32 {
    let abs_bits = bitcast<u32>(x) & 0x7fffffffu;
    // From 2^23 on all are integers.
    let outside = abs_bits < 0x38800000u || abs_bits >= 0x4b000000u;
    let a = bitcast<f32>(select(abs_bits, 0x3f800000u, outside));
    let reduced = reduce_half_turn_f32(a);
    let squared = square_pair_f32(reduced.high);
    let square = fast_two_sum_f32(squared.x, squared.y);
    let odd = (reduced.quadrant & 1u) != 0u;
    let rounded = QuarterTurnF32(reduced.high, 0.0f, reduced.quadrant);
    let pair = select(sin_pair_f32(rounded, square.x), cos_pair_f32(rounded, square.x), odd);
    // What the rounded r and its square lack, times the derivatives of sin (r - r r^2/6) and cos (1 - r^2/2).
    let by_r = select(multiply_add_f32(square.x, -0.5f, 1.0f), neg_f32(reduced.high), odd);
    let by_square = select(mul_f32(reduced.high, -0x1.555556p-3f), -0.5f, odd);
    let share = add_f32(mul_f32(reduced.low, by_r), mul_f32(square.y, by_square));
    let sum = fast_two_sum_f32(pair.x, pair.y);
    let quotient = quotient_pair_f32(vec2<f32>(sum.x, add_f32(sum.y, share)), pi_product_f32(a));
    let inside = bitcast<u32>(add_f32(quotient.x, quotient.y)) ^ ((reduced.quadrant & 2u) << 30u);
    let zero = (inside & 0x7fffffffu) == 0u || abs_bits >= 0x4b000000u;
    var result = select(inside, 0u, zero);
    result = select(result, 0x3f800000u, abs_bits < 0x38800000u);
    return bitcast<f32>(select(result, 0x7fc00000u, abs_bits >= 0x7ea2f983u));
}

// x * (pi / 180) and x * (180 / pi) with the constants rounded to float32. NumPy divides 180 by the rounded pi, which
// leaves its second constant one unit lower and rad2deg up to 1.4 ULP off; this one is nearer the true value.
fn deg2rad_f32(x: f32) -> f32 {
    return mul_full_f32(x, 0x1.1df46ap-6f);
}

fn rad2deg_f32(x: f32) -> f32 {
    return mul_full_f32(x, 0x1.ca5dc2p+5f);
}
