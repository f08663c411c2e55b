// float32 logarithms: log, log2, log10, log1p.
//
// x = 2^k m with m in [2/3, 4/3), f = m - 1 exactly, and log(1 + f) = f - f^2/2 + f^3 p(f). The terms are added
// so that each rounding error left over lies below a quarter ULP of the result; k log(2) is exact because the
// constant has 15 bits. This arrangement of the sum is that of fdlibm (Ng, Sun Microsystems, 1993); the
// interval and the polynomial are ours. Errors in ULP are maxima over all 2^32 arguments.

// x = 2^n (1 + fraction), fraction in [-1/3, 1/3); exponent is n as a float.
struct LogReducedF32 {
    fraction: f32,
    exponent: f32,
    n: i32,
}

// For positive finite bits; subnormal numbers are shifted up first.
fn log_reduce_f32(bits: u32) -> LogReducedF32 {
    var normalised = bits;
    var n = -127i;
    if (bits < 0x00800000u) {
        let shift = (countLeadingZeros(bits) - 8u) & 31u;
        normalised = bits << shift;
        n = -127i - bitcast<i32>(shift);
    }
    // Counting the exponent from 2/3 (0x3f2aaaab) instead of 1.
    let offset = normalised + (0x3f800000u - 0x3f2aaaabu);
    n = n + bitcast<i32>(offset >> 23u);
    let m = bitcast<f32>((offset & 0x007fffffu) + 0x3f2aaaabu);
    return LogReducedF32(sub_f32(m, 1.0f), small_integer_f32(n), n);
}

// f^3 p(f) = log(1 + f) - f + f^2/2, given f^2.
fn log_cubic_f32(f: f32, square: f32) -> f32 {
    var p = multiply_add_f32(-0x1.07c494p-3f, f, 0x1.1e6ccap-3f);
    p = multiply_add_f32(p, f, -0x1.f332b6p-4f);
    p = multiply_add_f32(p, f, 0x1.1ed562p-3f);
    p = multiply_add_f32(p, f, -0x1.559c66p-3f);
    p = multiply_add_f32(p, f, 0x1.99d05p-3f);
    p = multiply_add_f32(p, f, -0x1.fffefap-3f);
    p = multiply_add_f32(p, f, 0x1.555506p-2f);
    return mul_f32(mul_f32(square, f), p);
}

// Replaces the result where the argument is 0 (-inf), negative (NaN), infinite or NaN.
fn log_special_f32(result: f32, bits: u32) -> f32 {
    var out = bitcast<u32>(result);
    out = select(out, 0xff800000u, (bits & 0x7fffffffu) == 0u);
    out = select(out, 0x7fc00000u, bits > 0x80000000u);
    out = select(out, bits, bits == 0x7f800000u || (bits & 0x7fffffffu) > 0x7f800000u);
    return bitcast<f32>(out);
}

// k log(2) + log(1 + f), the rounding error of the leading sum kept. Error: 0.84 ULP.
fn log_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let reduced = log_reduce_f32(bits);
    let f = reduced.fraction;
    let square = mul_f32(f, f);
    let cubic = log_cubic_f32(f, square);
    let base = mul_f32(reduced.exponent, 0x1.62e4p-1f);
    let high = add_f32(base, f);
    let lost = sub_f32(f, sub_f32(high, base));
    let low = add_f32(cubic, multiply_add_f32(reduced.exponent, 0x1.7f7d1cp-20f, lost));
    let y = sub_f32(high, sub_f32(mul_f32(square, 0.5f), low));
    return log_special_f32(y, bits);
}

// log(1 + f) as a 12-bit head, whose product with a 12-bit constant is exact, and a tail.
fn log_fraction_f32(f: f32) -> vec2<f32> {
    let square = mul_f32(f, f);
    let half_square = mul_f32(square, 0.5f);
    let cubic = log_cubic_f32(f, square);
    let head = head_f32(sub_f32(f, half_square));
    return vec2<f32>(head, add_f32(sub_f32(sub_f32(f, head), half_square), cubic));
}

// k + log(1 + f) / log(2). Error: 0.81 ULP.
fn log2_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let reduced = log_reduce_f32(bits);
    let fraction = log_fraction_f32(reduced.fraction);
    let product = mul_f32(fraction.x, 0x1.716p+0f);
    let high = add_f32(reduced.exponent, product);
    let lost = sub_f32(product, sub_f32(high, reduced.exponent));
    let low = multiply_add_f32(fraction.x, -0x1.7135a8p-13f, mul_f32(fraction.y, 0x1.715476p+0f));
    return log_special_f32(add_f32(high, add_f32(lost, low)), bits);
}

// k log10(2) + log(1 + f) / log(10). Error: 0.78 ULP.
fn log10_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let reduced = log_reduce_f32(bits);
    let fraction = log_fraction_f32(reduced.fraction);
    let base = mul_f32(reduced.exponent, 0x1.344p-2f);
    let product = mul_f32(fraction.x, 0x1.bccp-2f);
    let high = add_f32(base, product);
    let lost = sub_f32(product, sub_f32(high, base));
    var low = multiply_add_f32(fraction.x, -0x1.09d5b2p-15f, mul_f32(fraction.y, 0x1.bcb7b2p-2f));
    low = multiply_add_f32(reduced.exponent, 0x1.3509f8p-18f, low);
    return log_special_f32(add_f32(high, add_f32(lost, low)), bits);
}

// log(1 + x): the rounding error of 1 + x is measured and its share, error / (1 + x), added at the end.
// Error: 0.90 ULP.
fn log1p_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let sum = add_f32(x, 1.0f);
    let sum_bits = bitcast<u32>(sum);
    let back = sub_f32(sum, 1.0f);
    let error = add_f32(sub_f32(1.0f, sub_f32(sum, back)), sub_f32(x, back));
    let reduced = log_reduce_f32(sum_bits);
    let f = reduced.fraction;
    let inverse_power = bitcast<f32>(u32(127i - clamp(reduced.n, -126i, 100i)) << 23u);
    let scaled_error = mul_f32(error, inverse_power);
    // 1 / (1 + f) by three terms of its series: the error itself is below half an ULP.
    let share = sub_f32(scaled_error, mul_f32(mul_f32(scaled_error, f), sub_f32(1.0f, f)));
    let square = mul_f32(f, f);
    let cubic = log_cubic_f32(f, square);
    let base = mul_f32(reduced.exponent, 0x1.62e4p-1f);
    let high = add_f32(base, f);
    let lost = add_f32(sub_f32(f, sub_f32(high, base)), share);
    let low = add_f32(cubic, multiply_add_f32(reduced.exponent, 0x1.7f7d1cp-20f, lost));
    let y = sub_f32(high, sub_f32(mul_f32(square, 0.5f), low));
    let result = log_special_f32(y, sum_bits);
    // |x| < 2^-25: x itself, which keeps -0 and subnormal numbers.
    let abs_bits = bits & 0x7fffffffu;
    let own = abs_bits < 0x33000000u || abs_bits >= 0x7f800000u && bits != 0xff800000u;
    return bitcast<f32>(select(bitcast<u32>(result), bits, own));
}
