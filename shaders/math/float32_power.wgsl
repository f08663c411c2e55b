// float32 pow, cbrt and hypot.
//
// pow: x^y = 2^(y log2|x|) with log2|x| carried to about 36 bits as a 12-bit head and a tail.
// |x| = 2^k m; the nearest c of 3/4, 7/8, 1, 9/8, 5/4 brings s = (m - c) / (m + c) below 0.064, s is computed with
// its rounding error, and log2(m) = log2(c) + (2/log 2)(s + s^3/3 + ...) by a minimax polynomial. The series in s
// and splitting the domain by a few short c: fdlibm's e_pow (Ng, Sun Microsystems, 1993), here with other c,
// other constants and 12-bit heads (Dekker 1971) in place of 64-bit numbers.
// Special values follow C99 Annex F, as NumPy's do.
// Error: 0.86 ULP over 3 * 2^30 random pairs: any bits, results over the whole range, bases in [1/2, 2).

// log2 of the positive finite number with these bits as head (12 bits) and tail.
fn log2_pair_f32(bits: u32) -> vec2<f32> {
    var normalised = bits;
    var k = -127i;
    if (bits < 0x00800000u) {
        let shift = (countLeadingZeros(bits) - 8u) & 31u;
        normalised = bits << shift;
        k = -127i - bitcast<i32>(shift);
    }
    // m in [0.71, 1.42).
    let offset = normalised + (0x3f800000u - 0x3f35c28fu);
    k = k + bitcast<i32>(offset >> 23u);
    let m_bits = (offset & 0x007fffffu) + 0x3f35c28fu;
    let m = bitcast<f32>(m_bits);
    // c changes at the geometric means of its neighbours, where both choices give the same |s|.
    let below_a = m_bits < 0x3f4f623au;
    let below_b = m_bits < 0x3f6f7751u;
    let above_b = m_bits > 0x3f87c3b6u;
    let above_a = m_bits > 0x3f97ca11u;
    let c = select(select(select(select(1.0f, 1.125f, above_b), 1.25f, above_a), 0.875f, below_b), 0.75f, below_a);
    let head_above = select(select(0.0f, 0x1.5cp-3f, above_b), 0x1.49cp-2f, above_a);
    let tail_above = select(select(0.0f, 0x1.a39fbep-19f, above_b), -0x1.87b432p-14f, above_a);
    let log2_c_head = select(select(head_above, -0x1.8a8p-3f, below_b), -0x1.a9p-2f, below_a);
    let log2_c_tail = select(select(tail_above, -0x1.30158p-16f, below_b), 0x1.a39fbep-20f, below_a);

    let numerator = sub_f32(m, c);
    let denominator = add_f32(m, c);
    let denominator_lost = sub_f32(m, sub_f32(denominator, c));
    let reciprocal = reciprocal_estimate_f32(denominator);
    let s_head = head_f32(mul_f32(numerator, reciprocal));
    let denominator_head = head_f32(denominator);
    let denominator_tail = add_f32(sub_f32(denominator, denominator_head), denominator_lost);
    let remainder = sub_f32(sub_f32(numerator, mul_f32(s_head, denominator_head)), mul_f32(s_head, denominator_tail));
    let s_tail = mul_f32(remainder, reciprocal);
    let s = add_f32(s_head, s_tail);

    let square = mul_f32(s, s);
    var p = multiply_add_f32(0x1.a9510cp-2f, square, 0x1.277594p-1f);
    p = multiply_add_f32(p, square, 0x1.ec709ep-1f);
    let cubic = mul_f32(mul_f32(square, s), p);
    // 2/log(2) = 0x1.716p+1 + tail; the product of the heads is exact, and so is k + log2(c)'s head.
    let base = add_f32(small_integer_f32(k), log2_c_head);
    let product = mul_f32(s_head, 0x1.716p+1f);
    let product_tail = multiply_add_f32(s_head, -0x1.7135a8p-12f, mul_f32(s_tail, 0x1.715476p+1f));
    let high = add_f32(base, product);
    let high_lost = sub_f32(product, sub_f32(high, base));
    let low = add_f32(add_f32(high_lost, log2_c_tail), add_f32(product_tail, cubic));
    let head = head_f32(add_f32(high, low));
    return vec2<f32>(head, add_f32(sub_f32(high, head), low));
}

// |x|^y for finite numbers, x given by its bits without the sign.
fn power_magnitude_f32(x_abs: u32, y: f32) -> f32 {
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
    return scale_f32(exp2_fraction_f32(r, low), n);
}

// pow_f32 for all operands, see float32_fused.wgsl for a shorter way.
fn pow_full_f32(x: f32, y: f32) -> f32 {
    let x_bits = bitcast<u32>(x);
    let y_bits = bitcast<u32>(y);
    let x_abs = x_bits & 0x7fffffffu;
    let y_abs = y_bits & 0x7fffffffu;

    var result = bitcast<u32>(power_magnitude_f32(x_abs, y));
    // A positive normal x and a finite y need nothing more; x = 1 and y = 0 come out as 1.
    if (x_bits - 0x00800000u >= 0x7f000000u || y_abs >= 0x7f800000u) {
        result = pow_special_f32(result, x_bits, y_bits);
    }
    return bitcast<f32>(result);
}

// |x|^y made x^y: signs, zeros, infinities and NaNs.
fn pow_special_f32(magnitude: u32, x_bits: u32, y_bits: u32) -> u32 {
    let x_abs = x_bits & 0x7fffffffu;
    let y_abs = y_bits & 0x7fffffffu;
    let y_negative = y_bits >= 0x80000000u;
    // Is y an integer, and odd? The bits of its significand below the binary point decide.
    let fraction_bits = u32(clamp(150i - bitcast<i32>(y_abs >> 23u), 0i, 24i));
    let y_significand = (y_abs & 0x007fffffu) | 0x00800000u;
    let integer = (y_significand & ((1u << fraction_bits) - 1u)) == 0u;
    let odd = integer && ((y_significand >> fraction_bits) & 1u) != 0u && y_abs < 0x4b800000u;

    let x_zero = x_abs == 0u;
    let x_infinite = x_abs == 0x7f800000u;
    var result = select(magnitude, select(0u, 0x7f800000u, x_zero == y_negative), x_zero || x_infinite);
    let y_infinite = y_abs == 0x7f800000u;
    result = select(result, select(0u, 0x7f800000u, (x_abs < 0x3f800000u) == y_negative), y_infinite);
    result = select(result, 0x3f800000u, y_infinite && x_abs == 0x3f800000u);
    let negative = x_bits >= 0x80000000u;
    result = result | select(0u, 0x80000000u, negative && odd);
    result = select(result, 0x7fc00000u, negative && !integer && !y_infinite && !x_zero && !x_infinite);
    result = select(result, 0x7fc00000u, x_abs > 0x7f800000u || y_abs > 0x7f800000u);
    return select(result, 0x3f800000u, y_abs == 0u || x_bits == 0x3f800000u);
}

// x = 2^(3q) v, v in [1, 8). A cubic polynomial gives cbrt(v) to 13 bits; its 12-bit head t has a cube that two
// exact products hold, and one step of Halley's iteration, t + t (v - t^3) / (v + 2 t^3), gives 33 bits.
// Error: 0.51 ULP over all 2^32 arguments.
fn cbrt_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let shift = select(0u, (countLeadingZeros(abs_bits) - 8u) & 31u, abs_bits < 0x00800000u);
    // The exponent plus 150, which is never negative and a multiple of 3.
    let exponent = max(abs_bits >> 23u, 1u) + 23u - shift;
    let third = exponent / 3u;
    let left = exponent - third * 3u;
    let m_bits = ((abs_bits << shift) & 0x007fffffu) | 0x3f800000u;
    let m = bitcast<f32>(m_bits);
    let v = bitcast<f32>(m_bits + (left << 23u));
    var start = multiply_add_f32(0x1.7a8c86p-6f, m, -0x1.4dc2a2p-3f);
    start = multiply_add_f32(start, m, 0x1.2c9a18p-1f);
    start = multiply_add_f32(start, m, 0x1.1b0bbep-1f);
    let factor = select(select(1.0f, 0x1.428a3p+0f, left == 1u), 0x1.965feap+0f, left == 2u);
    let t = head_f32(mul_f32(start, factor));
    let square = mul_f32(t, t);
    let square_head = head_f32(square);
    let cube_head = mul_f32(square_head, t);
    let cube_tail = mul_f32(sub_f32(square, square_head), t);
    let remainder = sub_f32(sub_f32(v, cube_head), cube_tail);
    let cube = add_f32(cube_head, cube_tail);
    let denominator = add_f32(v, add_f32(cube, cube));
    let step = mul_f32(mul_f32(t, remainder), reciprocal_estimate_f32(denominator));
    var result = bitcast<u32>(add_f32(t, step)) + (third << 23u) - (50u << 23u);
    result = result | (bits & 0x80000000u);
    return bitcast<f32>(select(result, bits, abs_bits == 0u || abs_bits >= 0x7f800000u));
}

// sqrt(x^2 + y^2) without overflow: both are divided by the larger one's power of 2, the squares and the root are
// pairs. An infinity wins over a NaN. Error: 0.76 ULP over
// 3 * 2^30 random pairs, subnormal results (which round twice) included.
fn hypot_f32(x: f32, y: f32) -> f32 {
    let x_abs = bitcast<u32>(x) & 0x7fffffffu;
    let y_abs = bitcast<u32>(y) & 0x7fffffffu;
    let a_bits = max(x_abs, y_abs);
    let b_bits = min(x_abs, y_abs);
    let a_shift = select(0u, (countLeadingZeros(a_bits) - 8u) & 31u, a_bits < 0x00800000u);
    let b_shift = select(0u, (countLeadingZeros(b_bits) - 8u) & 31u, b_bits < 0x00800000u);
    let a_exponent = max(i32(a_bits >> 23u), 1i) - i32(a_shift);
    let b_field = max(i32(b_bits >> 23u), 1i) - i32(b_shift) - a_exponent + 127i;
    let a = bitcast<f32>(((a_bits << a_shift) & 0x007fffffu) | 0x3f800000u);
    let b_scaled = (u32(b_field) << 23u) | ((b_bits << b_shift) & 0x007fffffu);
    // Below 2^-14 of the larger the smaller one adds less than 2^-29.
    let b = bitcast<f32>(select(b_scaled, 0u, b_field < 113i || b_bits == 0u));
    let a_square = square_pair_f32(a);
    let b_square = square_pair_f32(b);
    let sum = two_sum_f32(a_square.x, b_square.x);
    let low = add_f32(sum.y, add_f32(a_square.y, b_square.y));
    let root = sqrt_pair_f32(fast_two_sum_f32(sum.x, low));
    var result = bitcast<u32>(scale_f32(add_f32(root.x, root.y), a_exponent - 127i));
    result = select(result, 0u, a_bits == 0u);
    result = select(result, 0x7fc00000u, a_bits > 0x7f800000u);
    result = select(result, 0x7f800000u, x_abs == 0x7f800000u || y_abs == 0x7f800000u);
    return bitcast<f32>(result);
}
