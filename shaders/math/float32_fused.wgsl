// float32 pow and tanh on devices whose `fma` rounds once (found out by the self-test): a fused multiply-add gives the rounding error of a product.
//
// pow: x^y = 2^(y log2|x|) with log2|x| as a pair of numbers. |x| = 2^k m with m in [1/sqrt 2, sqrt 2); the nearest of 1, C and 1 / C, C about 2^(1/3),
// is c and brings s = (m - c) / (m + c) below 0.059, and log2(m) = log2(c) + (2/log 2)(s + s^3/3 + ...) by a minimax polynomial (the series: fdlibm's
// e_pow, Ng, Sun Microsystems, 1993). What s lacks is found from its remainder and counts (1 + s^2) times. C is a number whose reciprocal is one to
// 40 bits, so that one constant serves both.
// Positive normal x whose power is a normal number take the short way, all others that of float32_power.wgsl.
// Error: 0.78 ULP over 3 * 10^8 random pairs the short way: results over the whole range, bases in [1/2, 2), any bits.
//
// tanh: x + x^3 p(x^2) up to 0.625; beyond 1 - 2 / (e^(2|x|) + 1) with the denominator's and the reciprocal's rounding errors carried along.
// Error: 0.88 ULP over all 2^32 arguments.

fn pow_f32(x: f32, y: f32) -> f32 {
    let x_bits = bitcast<u32>(x);
    let offset = x_bits + (0x3f800000u - 0x3f3504f3u);
    let m_bits = (offset & 0x007fffffu) + 0x3f3504f3u;
    let m = bitcast<f32>(m_bits);
    // 2^23 + 2^22 + 127: the bits of the exponent as a number.
    let k = bitcast<f32>(0x4b400000u + (offset >> 23u)) - 12583039.0f;
    let below = m_bits < 0x3f643ee5u;
    let above = m_bits > 0x3f8f908au;
    let c = select(select(1.0f, 0x1.420b2ep+0f, above), 0x1.97002ep-1f, below);
    // log2(c) in units of log2(C) = 0x1.531p-2 - 0x1.acd21cp-19.
    let third = select(select(0.0f, 1.0f, above), -1.0f, below);

    let numerator = m - c;
    let denominator = m + c;
    let denominator_lost = m - (denominator - c);
    let reciprocal = reciprocal_estimate_f32(denominator);
    let s = numerator * reciprocal;
    let square = s * s;
    let remainder = fma(-s, denominator_lost, fma(-s, denominator, numerator));
    let lacking = remainder * reciprocal;
    let s_tail = fma(lacking, square, lacking);
    var p = fma(0x1.a9510cp-2f, square, 0x1.277594p-1f);
    p = fma(p, square, 0x1.ec709ep-1f);
    // 2/log(2) = 0x1.715476p+1 + 0x1.4ae0cp-25.
    let leading = s * 0x1.715476p+1f;
    var low = fma(s, 0x1.715476p+1f, -leading);
    low = fma(s, 0x1.4ae0cp-25f, low);
    low = fma(s_tail, 0x1.715476p+1f, low);
    low = fma(square * s, p, low);
    let base = fma(third, 0x1.531p-2f, k);
    let high = base + leading;
    low = fma(third, -0x1.acd21cp-19f, low + (leading - (high - base)));
    let logarithm = high + low;
    let logarithm_low = (high - logarithm) + low;

    let product = y * logarithm;
    // Also for products that are no numbers.
    if (!(abs(product) < 126.0f) || x_bits - 0x00800000u >= 0x7f000000u) { return pow_full_f32(x, y); }
    let product_low = fma(y, logarithm_low, fma(y, logarithm, -product));
    // 2^product = 2^n 2^(r + product_low)
    let shifted = product + 12582912.0f;
    let r = product - (shifted - 12582912.0f);
    let rounded = r + product_low;
    var q = fma(0x1.4161d4p-13f, rounded, 0x1.5f0408p-10f);
    q = fma(q, rounded, 0x1.3b2deap-7f);
    q = fma(q, rounded, 0x1.c6af88p-5f);
    q = fma(q, rounded, 0x1.ebfbdcp-3f);
    let sum = fma(r, 0x1.62e43p-1f, 1.0f);
    let lost = fma(product_low, 0x1.62e43p-1f, fma(r, 0x1.62e43p-1f, 1.0f - sum));
    let fraction = sum + fma(rounded * rounded, q, lost);
    return bitcast<f32>(bitcast<u32>(fraction) + (bitcast<u32>(shifted) << 23u));
}

// |tanh(x)|, a = |x|.
fn tanh_magnitude_f32(x: f32, a: f32) -> f32 {
    let square = x * x;
    var p = fma(-0x1.734388p-8f, square, 0x1.519498p-6f);
    p = fma(p, square, -0x1.b826a4p-5f);
    p = fma(p, square, 0x1.110686p-3f);
    p = fma(p, square, -0x1.55553p-2f);
    let small = fma(a * square, p, a);

    // e^(2a) = 2^n (1 + t)
    let shifted = fma(a, 0x1.715476p+1f, 12582912.0f);
    let n = bitcast<u32>(shifted) << 23u;
    let nf = shifted - 12582912.0f;
    let r = fma(nf, -0x1.7f7d1cp-20f, fma(nf, -0x1.62e4p-1f, a + a));
    var q = fma(0x1.6a4154p-10f, r, 0x1.1239c6p-7f);
    q = fma(q, r, 0x1.5558bcp-5f);
    q = fma(q, r, 0x1.555492p-3f);
    q = fma(q, r, 0x1.fffffcp-2f);
    let t = fma(r * r, q, r);
    // 1 / (e^(2a) + 1) = power / (1 + t + power) with power = 2^-n
    let power = bitcast<f32>(0x3f800000u - n);
    let base = power + 1.0f;
    let denominator = base + t;
    let denominator_lost = t - (denominator - base);
    let reciprocal = reciprocal_estimate_f32(denominator);
    let remainder = fma(-reciprocal, denominator_lost, fma(-reciprocal, denominator, 1.0f));
    let twice_power = power + power;
    let large = 1.0f - fma(reciprocal * remainder, twice_power, reciprocal * twice_power);
    return select(large, small, bitcast<u32>(a) < 0x3f200000u);
}
