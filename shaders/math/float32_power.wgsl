// float32 pow.
//
// x^y = 2^(y log2|x|) with log2|x| carried to about 36 bits as a 12-bit head and a tail.
// |x| = 2^k m; the nearest c of 3/4, 1, 5/4 brings s = (m - c) / (m + c) below 0.072, s itself is computed with
// its rounding error, and log2(m) = log2(c) + (2/log 2)(s + s^3/3 + ...) by a minimax polynomial. The series in s
// and splitting the domain by a few short c: fdlibm's e_pow (Ng, Sun Microsystems, 1993), here with other c,
// other constants and 12-bit heads (Dekker 1971) in place of 64-bit numbers.
// Special values follow C99 Annex F, as NumPy's do.

// log2 of the positive finite number with these bits as head (12 bits) and tail.
fn log2_pair_f32(bits: u32) -> vec2<f32> {
    let subnormal = bits < 0x00800000u;
    let shift = select(0u, (countLeadingZeros(bits) - 8u) & 31u, subnormal);
    let normalised = bits << shift;
    // m in [0.71, 1.42).
    let offset = normalised + (0x3f800000u - 0x3f35c28fu);
    let k = bitcast<i32>(offset >> 23u) - 127i - bitcast<i32>(shift);
    let m_bits = (offset & 0x007fffffu) + 0x3f35c28fu;
    let m = bitcast<f32>(m_bits);
    // c changes at sqrt(3/4) and sqrt(5/4), where both choices give the same |s|.
    let lower = m_bits < 0x3f5db3d7u;
    let upper = m_bits > 0x3f8f1bbdu;
    let c = select(select(1.0f, 1.25f, upper), 0.75f, lower);
    let log2_c_head = select(select(0.0f, 0x1.49cp-2f, upper), -0x1.a9p-2f, lower);
    let log2_c_tail = select(select(0.0f, -0x1.87b432p-14f, upper), 0x1.a39fbep-20f, lower);

    let numerator = sub_f32(m, c);
    let denominator = add_f32(m, c);
    let denominator_lost = sub_f32(m, sub_f32(denominator, c));
    let reciprocal = reciprocal_estimate_f32(denominator);
    let s = mul_f32(numerator, reciprocal);
    let s_head = head_f32(s);
    let denominator_head = head_f32(denominator);
    let denominator_tail = add_f32(sub_f32(denominator, denominator_head), denominator_lost);
    let remainder = sub_f32(sub_f32(numerator, mul_f32(s_head, denominator_head)), mul_f32(s_head, denominator_tail));
    let s_tail = mul_f32(remainder, reciprocal);

    let square = mul_f32(s, s);
    var p = multiply_add_f32(0x1.a9510cp-2f, square, 0x1.277594p-1f);
    p = multiply_add_f32(p, square, 0x1.ec709ep-1f);
    let cubic = mul_f32(mul_f32(square, s), p);
    // 2/log(2) = 0x1.716p+1 + tail; the product of the heads is exact, and so is k + log2(c)'s head.
    let base = add_f32(f32(k), log2_c_head);
    let product = mul_f32(s_head, 0x1.716p+1f);
    let product_tail = multiply_add_f32(s_head, -0x1.7135a8p-12f, mul_f32(s_tail, 0x1.715476p+1f));
    let high = add_f32(base, product);
    let high_lost = sub_f32(product, sub_f32(high, base));
    let low = add_f32(add_f32(high_lost, log2_c_tail), add_f32(product_tail, cubic));
    let head = head_f32(add_f32(high, low));
    return vec2<f32>(head, add_f32(sub_f32(high, head), low));
}

fn pow_f32(x: f32, y: f32) -> f32 {
    let x_bits = bitcast<u32>(x);
    let y_bits = bitcast<u32>(y);
    let x_abs = x_bits & 0x7fffffffu;
    let y_abs = y_bits & 0x7fffffffu;
    let y_negative = y_bits >= 0x80000000u;

    // y log2|x| = high + low; beyond +-256 the result is 0 or infinity, whatever follows.
    let logarithm = log2_pair_f32(x_abs);
    let y_head = head_f32(y);
    let y_tail = sub_f32(y, y_head);
    let product = mul_f32(y_head, logarithm.x);
    let product_tail = multiply_add_f32(y_tail, logarithm.x, mul_f32(y, logarithm.y));
    let product_bits = bitcast<u32>(product);
    let beyond = (product_bits & 0x7fffffffu) >= 0x43800000u;
    let bounded = bitcast<f32>(select(product_bits, (product_bits & 0x80000000u) | 0x43800000u, beyond));
    let bounded_tail = bitcast<f32>(select(bitcast<u32>(product_tail), 0u, beyond));
    let high = add_f32(bounded, bounded_tail);
    let low = sub_f32(bounded_tail, sub_f32(high, bounded));
    let shifted = add_f32(high, 12582912.0f);
    let n = bitcast<i32>(shifted) - 0x4b400000i;
    let r = sub_f32(high, sub_f32(shifted, 12582912.0f));
    var result = bitcast<u32>(scale_f32(exp2_fraction_f32(r, low), n));

    // Is y an integer, and odd? The bits of its significand below the binary point decide.
    let fraction_bits = u32(clamp(150i - bitcast<i32>(y_abs >> 23u), 0i, 24i));
    let y_significand = (y_abs & 0x007fffffu) | 0x00800000u;
    let integer = (y_significand & ((1u << fraction_bits) - 1u)) == 0u;
    let odd = integer && ((y_significand >> fraction_bits) & 1u) != 0u && y_abs < 0x4b800000u;

    let x_zero = x_abs == 0u;
    let x_infinite = x_abs == 0x7f800000u;
    result = select(result, select(0u, 0x7f800000u, x_zero == y_negative), x_zero || x_infinite);
    let y_infinite = y_abs == 0x7f800000u;
    result = select(result, select(0u, 0x7f800000u, (x_abs < 0x3f800000u) == y_negative), y_infinite);
    result = select(result, 0x3f800000u, y_infinite && x_abs == 0x3f800000u);
    let negative = x_bits >= 0x80000000u;
    result = result | select(0u, 0x80000000u, negative && odd);
    result = select(result, 0x7fc00000u, negative && !integer && !y_infinite && !x_zero && !x_infinite);
    result = select(result, 0x7fc00000u, x_abs > 0x7f800000u || y_abs > 0x7f800000u);
    result = select(result, 0x3f800000u, y_abs == 0u || x_bits == 0x3f800000u);
    return bitcast<f32>(result);
}
