// float32 exponentials: exp, exp2, exp10, expm1.
//
// All write the argument as n * (log of 2 in their base) + r with the integer n found by an addition that
// rounds (1.5 * 2^23), evaluate a minimax polynomial on |r| <= log(2) / 2 and put n into the exponent by
// integer code. The reduction with a constant in two pieces: Cody & Waite, "Software Manual for the
// Elementary Functions", 1980. Polynomials are our own fits (Lawson iteration, coefficients rounded in turn).
// Errors in ULP are maxima over all 2^32 arguments.

// log(2) with 15 bits, so that its product with any n is exact, and the rest.
const F32_LN2_HEAD: f32 = 0x1.62e4p-1f;
const F32_LN2_TAIL: f32 = 0x1.7f7d1cp-20f;
const F32_LOG2_E: f32 = 0x1.715476p+0f;
// 1.5 * 2^23: adding it rounds to an integer, which is then found in the low bits.
const F32_ROUND_SHIFT: f32 = 12582912.0f;
const F32_ROUND_SHIFT_BITS: i32 = 0x4b400000i;

// e^x = 2^n (1 + r + r^2 p(r)). Error: 0.80 ULP.
fn exp_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let shifted = multiply_add_f32(x, F32_LOG2_E, F32_ROUND_SHIFT);
    let n = bitcast<i32>(shifted) - F32_ROUND_SHIFT_BITS;
    let nf = sub_f32(shifted, F32_ROUND_SHIFT);
    let r = sub_f32(sub_f32(x, mul_f32(nf, F32_LN2_HEAD)), mul_f32(nf, F32_LN2_TAIL));
    var p = multiply_add_f32(0x1.6a4154p-10f, r, 0x1.1239c6p-7f);
    p = multiply_add_f32(p, r, 0x1.5558bcp-5f);
    p = multiply_add_f32(p, r, 0x1.555492p-3f);
    p = multiply_add_f32(p, r, 0x1.fffffcp-2f);
    let sum = fast_two_sum_f32(1.0f, r);
    let y = add_f32(sum.x, add_f32(sum.y, mul_f32(mul_f32(r, r), p)));
    var result = bitcast<u32>(scale_f32(y, n));
    // Above 88.7228 and below -103.973, infinities and NaNs included.
    result = select(result, 0x7f800000u, bits > 0x42b17217u && bits < 0x80000000u);
    result = select(result, 0u, bits > 0xc2cff1b4u);
    result = select(result, bits, (bits & 0x7fffffffu) > 0x7f800000u);
    return bitcast<f32>(result);
}

// 2^(r + tail) for |r| <= 0.51 and a tail below 2^-10. The linear term r log(2) is formed from 12-bit heads
// without an error and added to 1 with its rounding error kept.
fn exp2_fraction_f32(r: f32, tail: f32) -> f32 {
    let r_head = head_f32(r);
    let r_tail = add_f32(sub_f32(r, r_head), tail);
    let rounded = add_f32(r, tail);
    var p = multiply_add_f32(0x1.4161d4p-13f, rounded, 0x1.5f0408p-10f);
    p = multiply_add_f32(p, rounded, 0x1.3b2deap-7f);
    p = multiply_add_f32(p, rounded, 0x1.c6af88p-5f);
    p = multiply_add_f32(p, rounded, 0x1.ebfbdcp-3f);
    let linear = mul_f32(r_head, 0x1.62ep-1f);
    let high = add_f32(linear, 1.0f);
    let lost = sub_f32(linear, sub_f32(high, 1.0f));
    var low = multiply_add_f32(r_head, 0x1.0bfbe8p-15f, mul_f32(r_tail, 0x1.62e43p-1f));
    low = add_f32(low, mul_f32(mul_f32(rounded, rounded), p));
    return add_f32(high, add_f32(lost, low));
}

// 2^x = 2^n 2^r, r = x - n exactly. Error: 0.78 ULP.
fn exp2_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let shifted = add_f32(x, F32_ROUND_SHIFT);
    let n = bitcast<i32>(shifted) - F32_ROUND_SHIFT_BITS;
    let r = sub_f32(x, sub_f32(shifted, F32_ROUND_SHIFT));
    var result = bitcast<u32>(scale_f32(exp2_fraction_f32(r, bitcast<f32>(bits & 0x80000000u)), n));
    result = select(result, 0x7f800000u, bits >= 0x43000000u && bits < 0x80000000u);
    result = select(result, 0u, bits >= 0xc3160000u);
    result = select(result, bits, (bits & 0x7fffffffu) > 0x7f800000u);
    return bitcast<f32>(result);
}

// 10^x = 2^n 2^(r log2(10)); the product is carried as a head and a tail. Error: 0.79 ULP.
fn exp10_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let shifted = multiply_add_f32(x, 0x1.a934fp+1f, F32_ROUND_SHIFT);
    let n = bitcast<i32>(shifted) - F32_ROUND_SHIFT_BITS;
    let nf = sub_f32(shifted, F32_ROUND_SHIFT);
    let first = sub_f32(x, mul_f32(nf, 0x1.344p-2f));
    let second = mul_f32(nf, 0x1.3509f8p-18f);
    let r = sub_f32(first, second);
    let r_lost = sub_f32(sub_f32(first, r), second);
    let r_head = head_f32(r);
    let r_tail = add_f32(sub_f32(r, r_head), r_lost);
    let product = mul_f32(r_head, 0x1.a94p+1f);
    let tail = multiply_add_f32(r_head, -0x1.61ed0cp-12f, mul_f32(r_tail, 0x1.a934fp+1f));
    var result = bitcast<u32>(scale_f32(exp2_fraction_f32(product, tail), n));
    // Above 38.5318 and below -45.1545.
    result = select(result, 0x7f800000u, bits > 0x421a209au && bits < 0x80000000u);
    result = select(result, 0u, bits > 0xc2349e35u);
    result = select(result, bits, (bits & 0x7fffffffu) > 0x7f800000u);
    return bitcast<f32>(result);
}

// e^x - 1 = 2 ((2^(n-1) - 1/2) + 2^(n-1) t), t = e^r - 1, every sum with its rounding error kept. The factor 2
// outside keeps 2^(n-1) finite up to the overflow. Error: 0.83 ULP.
fn expm1_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let shifted = multiply_add_f32(x, F32_LOG2_E, F32_ROUND_SHIFT);
    let n = bitcast<i32>(shifted) - F32_ROUND_SHIFT_BITS;
    let nf = sub_f32(shifted, F32_ROUND_SHIFT);
    let first = sub_f32(x, mul_f32(nf, F32_LN2_HEAD));
    let second = mul_f32(nf, F32_LN2_TAIL);
    let r = sub_f32(first, second);
    let r_lost = sub_f32(sub_f32(first, r), second);
    var p = multiply_add_f32(0x1.a242fep-13f, r, 0x1.6d3cd2p-10f);
    p = multiply_add_f32(p, r, 0x1.111004p-7f);
    p = multiply_add_f32(p, r, 0x1.5554f6p-5f);
    p = multiply_add_f32(p, r, 0x1.555556p-3f);
    p = multiply_add_f32(p, r, 0.5f);
    p = mul_f32(mul_f32(r, r), p);
    let t = add_f32(r, p);
    let t_lost = add_f32(add_f32(sub_f32(r, t), p), r_lost);

    let factor = bitcast<f32>(u32(clamp(n, -40i, 128i) + 126i) << 23u);
    let base = sub_f32(factor, 0.5f);
    let base_lost = sub_f32(sub_f32(factor, base), 0.5f);
    let product = mul_f32(factor, t);
    let high = add_f32(base, product);
    let high_lost = sub_f32(product, sub_f32(high, base));
    let low = add_f32(add_f32(high_lost, base_lost), mul_f32(factor, t_lost));
    var result = bitcast<u32>(mul_f32(add_f32(high, low), 2.0f));
    result = select(result, 0x7f800000u, bits > 0x42b17217u && bits < 0x80000000u);
    result = select(result, 0xbf800000u, bits > 0xc18aa123u);
    // |x| < 2^-25: x itself, which keeps -0 and subnormal numbers.
    let abs_bits = bits & 0x7fffffffu;
    result = select(result, bits, abs_bits < 0x33000000u || abs_bits > 0x7f800000u);
    return bitcast<f32>(result);
}
