// float32 hyperbolic functions: sinh, cosh, tanh.
//
// Near zero odd minimax polynomials (own fits); beyond, the exponential they are made of, carried
// as a number and its rounding error so that little but the last addition rounds.
// Errors in ULP are maxima over all 2^32 arguments.

// tanh: its magnitude is in float32_unfused.wgsl and float32_fused.wgsl. Error: 0.89 ULP.
fn tanh_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    var result = bitcast<u32>(tanh_magnitude_f32(x, bitcast<f32>(abs_bits)));
    // tanh(9.011) already rounds to 1; 2^-12 and below to x.
    result = select(result, 0x3f800000u, abs_bits > 0x41102cb4u);
    result = result | (bits & 0x80000000u);
    return bitcast<f32>(select(result, bits, abs_bits < 0x39800000u || abs_bits > 0x7f800000u));
}

// e^a = 2^n (high + low) for 0 <= a < 100.
struct ExponentialF32 {
    high: f32,
    low: f32,
    n: i32,
}

fn exponential_pair_f32(a: f32) -> ExponentialF32 {
    let shifted = multiply_add_f32(a, 0x1.715476p+0f, 12582912.0f);
    let nf = sub_f32(shifted, 12582912.0f);
    let first = sub_f32(a, mul_f32(nf, 0x1.62e4p-1f));
    let second = mul_f32(nf, 0x1.7f7d1cp-20f);
    let r = sub_f32(first, second);
    let r_lost = sub_f32(sub_f32(first, r), second);
    var p = multiply_add_f32(0x1.a242fep-13f, r, 0x1.6d3cd2p-10f);
    p = multiply_add_f32(p, r, 0x1.111004p-7f);
    p = multiply_add_f32(p, r, 0x1.5554f6p-5f);
    p = multiply_add_f32(p, r, 0x1.555556p-3f);
    p = multiply_add_f32(p, r, 0.5f);
    let tail = add_f32(mul_f32(mul_f32(r, r), p), r_lost);
    let t = fast_two_sum_f32(r, tail);
    let sum = fast_two_sum_f32(1.0f, t.x);
    return ExponentialF32(sum.x, add_f32(sum.y, t.y), bitcast<i32>(shifted) - 0x4b400000i);
}

// (e^a + sign e^-a) / 2 for 0 <= a < 100, from e^a = 2^n h: 2^(n-1) (h + sign 2^(-2n) / h).
fn exponential_half_sum_f32(a: f32, sign: u32) -> f32 {
    let e = exponential_pair_f32(a);
    let inverse = quotient_pair_f32(vec2<f32>(1.0f, 0.0f), vec2<f32>(e.high, e.low));
    let power = bitcast<f32>((u32(127i - 2i * clamp(e.n, 0i, 40i)) << 23u) | sign);
    let sum = fast_two_sum_f32(e.high, mul_f32(inverse.x, power));
    let low = add_f32(sum.y, add_f32(e.low, mul_f32(inverse.y, power)));
    return scale_f32(add_f32(sum.x, low), e.n - 1i);
}

// x + x^3 p(x^2) up to 1, (e^|x| - e^-|x|) / 2 beyond. Error: 0.80 ULP.
fn sinh_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let a = bitcast<f32>(abs_bits);
    let square = mul_f32(a, a);
    var p = multiply_add_f32(0x1.7573p-19f, square, 0x1.a022a6p-13f);
    p = multiply_add_f32(p, square, 0x1.1110ep-7f);
    p = multiply_add_f32(p, square, 0x1.555556p-3f);
    let small = multiply_add_f32(mul_f32(a, square), p, a);
    let large = exponential_half_sum_f32(bitcast<f32>(min(abs_bits, 0x42c00000u)), 0x80000000u);
    var result = bitcast<u32>(select(large, small, abs_bits < 0x3f800000u)) | (bits & 0x80000000u);
    // |x| < 2^-12: x itself, which keeps -0 and subnormal numbers.
    result = select(result, bits, abs_bits < 0x39800000u || abs_bits >= 0x7f800000u);
    return bitcast<f32>(result);
}

// (e^|x| + e^-|x|) / 2. Error: 0.69 ULP.
fn cosh_f32(x: f32) -> f32 {
    let abs_bits = bitcast<u32>(x) & 0x7fffffffu;
    // Below 2^-13 the result is 1; a tiny number would only be flushed on the way.
    let bounded = select(min(abs_bits, 0x42c00000u), 0u, abs_bits < 0x39000000u);
    let result = bitcast<u32>(exponential_half_sum_f32(bitcast<f32>(bounded), 0u));
    return bitcast<f32>(select(result, abs_bits, abs_bits >= 0x7f800000u));
}
