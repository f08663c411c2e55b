// float32 expit, logit and the Bessel function i0.
//
// expit and logit in float32 pairs, i0 in integers on 32 bits (float32_scaled.wgsl): e^|x| times a polynomial in |x| up to 8,
// in 1 / |x| and over sqrt |x| beyond (C. W. Clenshaw, "Chebyshev Series for Mathematical Functions", 1962; own fits, by
// interpolation at Chebyshev nodes).
// Errors in ULP are maxima over 2^28 arguments spread over all bit patterns and all those between 2^-12 and 128.

// With e^|x| = 2^n h: h / (h + 2^-n) for positive x, 2^-n / (h + 2^-n) for negative ones. Error: 0.75 ULP.
fn expit_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let negative = bits >= 0x80000000u;
    // A tiny number would only be flushed on the way; 104 gives 0 and 1.
    let bounded = bitcast<f32>(select(min(abs_bits, 0x42d00000u), 0u, abs_bits < 0x32000000u));
    let e = exponential_pair_f32(bounded);
    let power = bitcast<f32>(u32(127i - clamp(e.n, 0i, 60i)) << 23u);
    let sum = fast_two_sum_f32(e.high, power);
    let denominator = vec2<f32>(sum.x, add_f32(sum.y, e.low));
    let numerator = select(vec2<f32>(e.high, e.low), vec2<f32>(1.0f, 0.0f), negative);
    let quotient = quotient_pair_f32(numerator, denominator);
    let result = bitcast<u32>(scale_f32(add_f32(quotient.x, quotient.y), select(0i, -e.n, negative)));
    return bitcast<f32>(select(result, bits, abs_bits > 0x7f800000u));
}

// Up to 1/4 log(x) - log(1 - x), the second a polynomial; beyond 2 artanh(2 x - 1), where 2 x - 1 is exact. Error: 0.90 ULP.
fn logit_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    var p = multiply_add_f32(0x1.53d0a4p-2f, x, 0x1.75e418p-4f);
    p = multiply_add_f32(p, x, 0x1.b59816p-3f);
    p = multiply_add_f32(p, x, 0x1.fd8244p-3f);
    p = multiply_add_f32(p, x, 0x1.556234p-2f);
    p = multiply_add_f32(p, x, 0x1.ffffd4p-2f);
    p = multiply_add_f32(mul_f32(x, x), p, x);
    let reduced = log_reduce_f32(bits);
    let f = reduced.fraction;
    let square = mul_f32(f, f);
    let cubic = log_cubic_f32(f, square);
    let base = mul_f32(reduced.exponent, 0x1.62e4p-1f);
    let high = add_f32(base, f);
    let lost = sub_f32(f, sub_f32(high, base));
    let tail = add_f32(multiply_add_f32(reduced.exponent, 0x1.7f7d1cp-20f, lost), p);
    let small = sub_f32(high, sub_f32(mul_f32(square, 0.5f), add_f32(cubic, tail)));
    let half = atanh_f32(sub_f32(add_f32(x, x), 1.0f));
    var result = bitcast<u32>(select(add_f32(half, half), small, bits < 0x3e800000u));
    result = select(result, 0x7fc00000u, bits > 0x3f800000u);
    result = select(result, 0xff800000u, (bits & 0x7fffffffu) == 0u);
    return bitcast<f32>(select(result, bits, (bits & 0x7fffffffu) > 0x7f800000u));
}

// e^-x i0(x) for x from 0 to 8, sqrt(x) e^-x i0(x) for 1 / x from 0 to 1/8; in units of 2^-31, the highest coefficient
// first.
const F32_I0 = array<u32, 28>(
    0xfffbb0bau, 0x000b6942u, 0xfff88ddcu, 0x000d942cu, 0xffbe513du, 0x00888312u, 0xff260bd9u, 0x017ab61cu, 0xfd78f7cbu,
    0x03e2cb44u, 0xfa7fff7cu, 0x0742dc96u, 0xf7192fdfu, 0x0a25f0b2u, 0xf51fed41u, 0x0b2e0ca9u, 0xf49a396cu, 0x0c1916b6u,
    0xf1891300u, 0x1a7f09f9u, 0x00000048u, 0x000000eau, 0x0000028cu, 0x00000c61u, 0x00005d76u, 0x000476adu, 0x006e1e5bu,
    0x337a8516u,
);

// Error: 0.65 ULP.
fn i0_f32(x: f32) -> f32 {
    let abs_bits = bitcast<u32>(x) & 0x7fffffffu;
    let a = scaled32_of_magnitude(abs_bits);
    let fixed = mixed_of_scaled32(Scaled32(a.significand, min(a.exponent, 8i), false));
    var factor = exp_scaled32(false, fixed.y, fixed.x);
    var fraction = a.significand >> u32(clamp(3i - a.exponent, 0i, 31i));
    let large = a.exponent > 3i;
    if (large) {
        // 8 / x, and 1 / sqrt(x) to 29 bits
        let inverse = div_scaled32(Scaled32(0x80000000u, 4i, false), a);
        let shifted = inverse.significand >> u32(clamp(-inverse.exponent, 0i, 31i));
        fraction = select(shifted, 0xffffffffu, inverse.exponent > 0i);
        let odd = u32(a.exponent & 1i);
        let root = sig32_root_reciprocal(a.significand >> odd);
        factor = mul_scaled32(factor, normal_scaled32(root, 1i - ((a.exponent + i32(odd) - 2i) >> 1u), false));
    }
    let place = place_fixed32(fraction);
    var coefficients = F32_I0;
    var p = 0u;
    let end = select(20i, 28i, large);
    for (var i = select(0i, 20i, large); i < end; i++) {
        p = horner_fixed32(p, place.magnitude, place.negative, coefficients[i]);
    }
    var result = bits_of_scaled32(mul_scaled32(factor, normal_scaled32(p, 1i, false)));
    result = select(result, 0x7f800000u, abs_bits >= 0x43000000u);
    // As in NumPy and SciPy, whose exp(x) / sqrt(x) is no number at infinity.
    return bitcast<f32>(select(result, 0x7fc00000u, abs_bits >= 0x7f800000u));
}
