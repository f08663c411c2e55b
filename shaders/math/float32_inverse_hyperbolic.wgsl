// float32 inverse hyperbolic functions: asinh, acosh, atanh.
//
// Near zero odd minimax polynomials (own fits); beyond, the logarithm they are, of an argument carried as a pair.
// Errors in ULP are maxima over all 2^32 arguments.

// log(2^extra (high + low)) for a normal high >= 1: the logarithm of high as in log_f32, and low / high's share.
fn log_pair_f32(argument: vec2<f32>, extra: f32) -> f32 {
    let reduced = log_reduce_f32(bitcast<u32>(argument.x));
    let f = reduced.fraction;
    let k = add_f32(reduced.exponent, extra);
    let inverse_power = bitcast<f32>(u32(127i - clamp(reduced.n, 0i, 60i)) << 23u);
    let error = mul_f32(argument.y, inverse_power);
    // 1 / (1 + f) by three terms of its series.
    let share = sub_f32(error, mul_f32(mul_f32(error, f), sub_f32(1.0f, f)));
    let square = mul_f32(f, f);
    let cubic = log_cubic_f32(f, square);
    let sum = fast_two_sum_f32(mul_f32(k, 0x1.62e4p-1f), f);
    let low = add_f32(cubic, multiply_add_f32(k, 0x1.7f7d1cp-20f, add_f32(sum.y, share)));
    return sub_f32(sum.x, sub_f32(mul_f32(square, 0.5f), low));
}

// x + x^3 p(x^2) up to 1/2, log(|x| + sqrt(x^2 + 1)) to 2^12, log(2 |x|) beyond.
// Error: 0.68 ULP.
fn asinh_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let a = bitcast<f32>(abs_bits);
    let small_square = mul_f32(a, a);
    var p = multiply_add_f32(0x1.2e2b02p-7f, small_square, -0x1.4820c8p-6f);
    p = multiply_add_f32(p, small_square, 0x1.ebfcfap-6f);
    p = multiply_add_f32(p, small_square, -0x1.6d7dc2p-5f);
    p = multiply_add_f32(p, small_square, 0x1.333236p-4f);
    p = multiply_add_f32(p, small_square, -0x1.555554p-3f);
    let small = multiply_add_f32(mul_f32(a, small_square), p, a);

    let huge = abs_bits >= 0x45800000u;
    let bounded = bitcast<f32>(select(abs_bits, 0x3f800000u, huge));
    let square = square_pair_f32(bounded);
    let sum = two_sum_f32(square.x, 1.0f);
    let root = sqrt_pair_f32(fast_two_sum_f32(sum.x, add_f32(sum.y, square.y)));
    let total = two_sum_f32(root.x, bounded);
    let middle = fast_two_sum_f32(total.x, add_f32(total.y, root.y));
    let large = log_pair_f32(select(middle, vec2<f32>(a, 0.0f), huge), select(0.0f, 1.0f, huge));
    var result = bitcast<u32>(select(large, small, abs_bits < 0x3f000000u)) | (bits & 0x80000000u);
    // |x| < 2^-12: x itself, which keeps -0 and subnormal numbers.
    result = select(result, bits, abs_bits < 0x39800000u || abs_bits >= 0x7f800000u);
    return bitcast<f32>(result);
}

// log(1 + (t + sqrt(t^2 + 2 t))), t = x - 1, to 2^12; log(2 x) beyond. Error: 0.87 ULP.
fn acosh_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let huge = bits >= 0x45800000u;
    let bounded = bitcast<f32>(select(bits, 0x40000000u, huge || bits <= 0x3f800000u));
    let t = sub_f32(bounded, 1.0f);
    let square = square_pair_f32(t);
    let sum = two_sum_f32(add_f32(t, t), square.x);
    let root = sqrt_pair_f32(fast_two_sum_f32(sum.x, add_f32(sum.y, square.y)));
    let total = two_sum_f32(root.x, bounded);
    let middle = fast_two_sum_f32(total.x, add_f32(total.y, root.y));
    let logarithm = log_pair_f32(select(middle, vec2<f32>(x, 0.0f), huge), select(0.0f, 1.0f, huge));
    var result = select(bitcast<u32>(logarithm), 0u, bits == 0x3f800000u);
    result = select(result, 0x7fc00000u, bits < 0x3f800000u || bits >= 0x80000000u);
    result = select(result, bits, bits == 0x7f800000u || (bits & 0x7fffffffu) > 0x7f800000u);
    return bitcast<f32>(result);
}

// x + x^3 p(x^2) up to 1/2, log((1 + |x|) / (1 - |x|)) / 2 beyond. Error: 0.71 ULP.
fn atanh_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let a = bitcast<f32>(abs_bits);
    let square = mul_f32(a, a);
    var p = multiply_add_f32(0x1.7b2a8p-3f, square, 0x1.15dcfcp-6f);
    p = multiply_add_f32(p, square, 0x1.af153ap-4f);
    p = multiply_add_f32(p, square, 0x1.bfab1p-4f);
    p = multiply_add_f32(p, square, 0x1.24d1b2p-3f);
    p = multiply_add_f32(p, square, 0x1.99979ep-3f);
    p = multiply_add_f32(p, square, 0x1.555558p-2f);
    let small = multiply_add_f32(mul_f32(a, square), p, a);

    let bounded = bitcast<f32>(select(0x3f000000u, abs_bits, abs_bits > 0x3f000000u && abs_bits < 0x3f800000u));
    let difference = sub_f32(1.0f, bounded);
    let quotient = quotient_pair_f32(fast_two_sum_f32(1.0f, bounded), vec2<f32>(difference, 0.0f));
    let large = mul_f32(log_pair_f32(fast_two_sum_f32(quotient.x, quotient.y), 0.0f), 0.5f);
    var result = bitcast<u32>(select(large, small, abs_bits < 0x3f000000u)) | (bits & 0x80000000u);
    result = select(result, bits | 0x7f800000u, abs_bits == 0x3f800000u);
    result = select(result, 0x7fc00000u, abs_bits > 0x3f800000u);
    // |x| < 2^-12: x itself, which keeps -0 and subnormal numbers.
    result = select(result, bits, abs_bits < 0x39800000u || abs_bits > 0x7f800000u);
    return bitcast<f32>(result);
}
