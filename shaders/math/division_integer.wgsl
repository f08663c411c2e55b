// Correctly rounded float32 division and square root in integers, on any device.
//
// Vulkan asks only 2.5 ULP of a division and less of sqrt, and devices use that freedom (1.8 ULP and 0.9 ULP
// measured on an H100) and may flush subnormal numbers. Here the device gives an estimate for the normalised
// significands, which becomes an integer; the remainder of that integer is computed modulo 2^32, which is
// exact because the true remainder is small, and corrects it; a sticky bit then makes the rounding to nearest
// even exact, subnormal results included. The remainder method: Markstein, "IA-64 and Elementary Functions",
// 2000, ch. 8, carried over to integers. Estimates may be wrong by 8 ULP before anything breaks.
// Error: 0.5 ULP (correctly rounded).

// Packs significand * 2^(exponent - 26) with rounding to nearest even. 2^26 <= significand < 2^27, its lowest
// bit is sticky (set when anything nonzero lies below). Overflow gives infinity, underflow subnormal numbers.
fn round_pack_f32(sign: u32, exponent: i32, significand: u32) -> u32 {
    let underflow = u32(clamp(-126i - exponent, 0i, 27i));
    let lost = significand & ((1u << underflow) - 1u);
    let kept = (significand >> underflow) | select(0u, 1u, lost != 0u);
    let even = (kept >> 3u) & 1u;
    let rounded = (kept + 3u + even) >> 3u;
    // A normal significand brings its implicit bit, which adds one to the exponent field; so does a carry.
    let field = u32(clamp(exponent + 126i, 0i, 254i)) << 23u;
    let bits = select(rounded + field, 0x7f800000u, exponent > 127i);
    return sign | bits;
}

fn integer_div_f32(a: f32, b: f32) -> f32 {
    let a_bits = bitcast<u32>(a);
    let b_bits = bitcast<u32>(b);
    let sign = (a_bits ^ b_bits) & 0x80000000u;
    let a_abs = a_bits & 0x7fffffffu;
    let b_abs = b_bits & 0x7fffffffu;

    // Significands in [2^23, 2^24); the shift is nonzero for subnormal numbers only.
    let a_shift = select(0u, (countLeadingZeros(a_abs) - 8u) & 31u, a_abs < 0x00800000u);
    let b_shift = select(0u, (countLeadingZeros(b_abs) - 8u) & 31u, b_abs < 0x00800000u);
    let a_significand = select((a_abs & 0x007fffffu) | 0x00800000u, a_abs << a_shift, a_abs < 0x00800000u);
    let b_significand = select((b_abs & 0x007fffffu) | 0x00800000u, b_abs << b_shift, b_abs < 0x00800000u);
    let a_exponent = max(i32(a_abs >> 23u), 1i) - i32(a_shift);
    let b_exponent = max(i32(b_abs >> 23u), 1i) - i32(b_shift);

    // quotient = floor(numerator * 2^25 / b_significand) lies in [2^25, 2^26).
    let less = a_significand < b_significand;
    let numerator = select(a_significand, a_significand << 1u, less);
    let reciprocal = reciprocal_estimate_f32(f32(b_significand));
    let estimate = mul_f32(mul_f32(f32(numerator), reciprocal), 33554432.0f);
    var quotient = u32(estimate);
    var remainder = bitcast<i32>((numerator << 25u) - quotient * b_significand);
    let correction = i32(mul_f32(f32(remainder), reciprocal));
    quotient = quotient + bitcast<u32>(correction);
    remainder = remainder - correction * bitcast<i32>(b_significand);
    // The correction was truncated and its estimate inexact: one step each way is left.
    let low = remainder < 0i;
    quotient = select(quotient, quotient - 1u, low);
    remainder = select(remainder, remainder + bitcast<i32>(b_significand), low);
    let high = remainder >= bitcast<i32>(b_significand);
    quotient = select(quotient, quotient + 1u, high);
    remainder = select(remainder, remainder - bitcast<i32>(b_significand), high);

    let exponent = a_exponent - b_exponent - select(0i, 1i, less);
    let sticky = select(0u, 1u, remainder != 0i);
    var bits = round_pack_f32(sign, exponent, (quotient << 1u) | sticky);

    let infinite = a_abs == 0x7f800000u || b_abs == 0u;
    let zero = a_abs == 0u || b_abs == 0x7f800000u;
    bits = select(bits, sign, zero);
    bits = select(bits, sign | 0x7f800000u, infinite);
    bits = select(bits, 0x7fc00000u, zero && infinite);
    bits = select(bits, b_bits | 0x00400000u, b_abs > 0x7f800000u);
    bits = select(bits, a_bits | 0x00400000u, a_abs > 0x7f800000u);
    return bitcast<f32>(bits);
}

fn integer_sqrt_f32(a: f32) -> f32 {
    let a_bits = bitcast<u32>(a);
    let subnormal = a_bits < 0x00800000u;
    let shift = select(0u, (countLeadingZeros(a_bits) - 8u) & 31u, subnormal);
    let significand = select((a_bits & 0x007fffffu) | 0x00800000u, a_bits << shift, subnormal);
    // a = radicand * 2^(2 * half_exponent - 24) with radicand in [2^24, 2^26).
    let exponent = max(i32(a_bits >> 23u), 1i) - i32(shift) - 127i;
    let odd = u32(exponent) & 1u;
    let half_exponent = exponent >> 1u;
    let radicand = significand << (1u + odd);

    // root = floor(sqrt(radicand * 2^24)) lies in [2^24, 2^25).
    let inverse = inverse_sqrt_estimate_f32(f32(radicand));
    let estimate = mul_f32(mul_f32(f32(radicand), inverse), 4096.0f);
    var root = u32(estimate);
    var remainder = bitcast<i32>((radicand << 24u) - root * root);
    // d = remainder / (2 root), since (root + d)^2 = root^2 + 2 root d + d^2; 1/root = inverse / 4096.
    let correction = i32(mul_f32(mul_f32(f32(remainder), inverse), 0.0001220703125f));
    remainder = remainder - correction * (2i * bitcast<i32>(root) + correction);
    root = root + bitcast<u32>(correction);
    let low = remainder < 0i;
    remainder = select(remainder, remainder + 2i * bitcast<i32>(root) - 1i, low);
    root = select(root, root - 1u, low);
    let high = remainder > 2i * bitcast<i32>(root);
    root = select(root, root + 1u, high);

    // 25 bits: 24 kept, one to round; a tie cannot happen, since a square root is never half-way.
    let rounded = (root + 1u) >> 1u;
    var bits = rounded + (u32(half_exponent + 126i) << 23u);
    bits = select(bits, 0x7fc00000u, a_bits > 0x80000000u);
    bits = select(bits, a_bits, a_bits == 0x80000000u || a_bits == 0u || a_bits == 0x7f800000u);
    bits = select(bits, a_bits | 0x00400000u, (a_bits & 0x7fffffffu) > 0x7f800000u);
    return bitcast<f32>(bits);
}
