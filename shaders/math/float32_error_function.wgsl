// float32 erf, erfc and erfinv.
//
// erf: x + x p(x^2 - 1/2) up to 1, 1 - q(x - 2.25) beyond, minimax polynomials (own fits) around the middle of their
// intervals, where the rounding errors of Horner's scheme are small; tiny arguments by an integer product. erfc and erfinv
// in integers on 32 bits (float32_scaled.wgsl), by the formulas of float64_error_function.wgsl, which names their sources:
// erfc(x) = 1 - x p(x^2) up to 1, e^(-x^2) g(s) / (x + 3) with s = (x - 3) / (x + 3) beyond; erfinv(x) =
// x q(-log(1 - x^2)). Their polynomials are interpolations at Chebyshev nodes (own fits).
// Errors in ULP are maxima over 2^28 arguments spread over all bit patterns and all those between 2^-12 and 128.

// Error: 0.93 ULP.
fn erf_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let a = bitcast<f32>(abs_bits);
    let u = sub_f32(mul_f32(a, a), 0.5f);
    var p = multiply_add_f32(-0x1.c0338p-17f, u, 0x1.4f2252p-14f);
    p = multiply_add_f32(p, u, -0x1.254cecp-11f);
    p = multiply_add_f32(p, u, 0x1.c81b08p-9f);
    p = multiply_add_f32(p, u, -0x1.2b913p-6f);
    p = multiply_add_f32(p, u, 0x1.454372p-4f);
    p = multiply_add_f32(p, u, -0x1.1fd162p-2f);
    p = multiply_add_f32(p, u, -0x1.1ae14ep-5f);
    let small = multiply_add_f32(a, p, a);
    let t = sub_f32(a, 2.25f);
    var q = multiply_add_f32(0x1.81ce98p-22f, t, -0x1.2b9802p-19f);
    q = multiply_add_f32(q, t, 0x1.02d12ep-19f);
    q = multiply_add_f32(q, t, 0x1.480f64p-16f);
    q = multiply_add_f32(q, t, -0x1.0ff35cp-14f);
    q = multiply_add_f32(q, t, 0x1.079a34p-16f);
    q = multiply_add_f32(q, t, 0x1.81e69ep-12f);
    q = multiply_add_f32(q, t, -0x1.06da4ap-10f);
    q = multiply_add_f32(q, t, 0x1.602cccp-11f);
    q = multiply_add_f32(q, t, 0x1.7cdb1p-9f);
    q = multiply_add_f32(q, t, -0x1.5d3f54p-7f);
    q = multiply_add_f32(q, t, 0x1.38a854p-6f);
    q = multiply_add_f32(q, t, -0x1.63ef0ap-6f);
    q = multiply_add_f32(q, t, 0x1.074b7ap-6f);
    q = multiply_add_f32(q, t, -0x1.d4144ap-8f);
    let product = mul_f32(q, t);
    let sum = fast_two_sum_f32(1.0f, bitcast<f32>(bitcast<u32>(product) ^ 0x80000000u));
    let large = add_f32(sum.x, sub_f32(sum.y, 0x1.7f713ap-10f));
    var result = bitcast<u32>(select(large, small, abs_bits < 0x3f800000u));
    // Below 2^-14 2 x / sqrt(pi); from 3.92 on 1.
    if (abs_bits < 0x38800000u) {
        result = bits_of_scaled32(mul_scaled32(scaled32_of_magnitude(abs_bits), Scaled32(0x906eba82u, 1i, false)));
    }
    result = select(result, 0x3f800000u, abs_bits > 0x407ae147u);
    return bitcast<f32>(select(result | (bits & 0x80000000u), bits, abs_bits > 0x7f800000u));
}

// p in units of 2^-30 (8i coefficients, the highest first), then g in units of 2^-29.
const F32_ERF = array<u32, 19>(
    0xffffffafu, 0x0000052au, 0xffffb672u, 0x00039050u, 0xffda8dfbu, 0x01454369u, 0xf70174ebu, 0x3dca3d64u, 0x0000c63eu,
    0xfffdeb40u, 0xfffb89efu, 0x0018cd39u, 0xfff61063u, 0xff243cf3u, 0x03d32befu, 0xf610a6dfu, 0x12e32694u, 0xe3bb3b8fu,
    0x225e43bcu,
);

// Three intervals of -log(1 - x^2) / 4, from 0, 1 and 2, in units of 2^-30, 2^-29 and 2^-28.
const F32_ERFINV = array<u32, 36>(
    0x00000219u, 0xfffffe17u, 0xffffe4c8u, 0x00004af8u, 0x0000a9eau, 0xfffae31fu, 0x0003f9a3u, 0x00389b6eu, 0xff2234ebu,
    0xff7f0406u, 0x1ff8666cu, 0x58244b45u, 0x00000007u, 0xffffffc7u, 0x000000c7u, 0xffffffc1u, 0xfffff1f9u, 0x00005f96u,
    0xfffea01au, 0x0001dae8u, 0x0010c122u, 0xff26324bu, 0x0cc85d82u, 0x492a6389u, 0xffffffb5u, 0x0000011au, 0xfffffd94u,
    0x00000475u, 0xfffffe07u, 0xffffd9b3u, 0x000111a9u, 0xfffa4571u, 0x001e85f5u, 0xff3e50f9u, 0x094dad4cu, 0x34ca0b3du,
);

// Error: 0.71 ULP.
fn erfc_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let negative = bits >= 0x80000000u;
    let a = scaled32_of_magnitude(abs_bits);
    let large = abs_bits >= 0x3f800000u;
    let reciprocal = div_scaled32(SCALED32_ONE, add_scaled32(a, Scaled32(0xc0000000u, 2i, false)));
    // s = 1 - 6 / (x + 3)
    let s = add_scaled32(SCALED32_ONE, mul_scaled32(reciprocal, Scaled32(0xc0000000u, 3i, true)));
    let square = mul32_wide(a.significand, a.significand);
    let place = place_fixed32(square.y >> u32(clamp(-2i * a.exponent, 0i, 31i)));
    let place_magnitude = select(place.magnitude, s.significand >> u32(clamp(-s.exponent, 0i, 31i)), large);
    let place_negative = select(place.negative, s.negative, large);
    var coefficients = F32_ERF;
    var p = 0u;
    let end = select(8i, 19i, large);
    for (var i = select(0i, 8i, large); i < end; i++) {
        p = horner_fixed32(p, place_magnitude, place_negative, coefficients[i]);
    }
    // x^2, exactly
    let fixed = sig64_shr(square, u32(clamp(32i - 2i * a.exponent, 20i, 32i)));
    let power = exp_scaled32(true, fixed.y, fixed.x);
    let inner = mul_scaled32(a, normal_scaled32(p, 2i, false));
    let outer = mul_scaled32(mul_scaled32(power, normal_scaled32(p, 3i, false)), reciprocal);
    // 1 -+ erf(|x|), erfc(|x|), and 2 - erfc(|x|)
    let base = select(select(0u, 2u, negative), 1u, !large);
    var addend = select_scaled32(inner, outer, large);
    addend.negative = large == negative;
    var result = bits_of_scaled32(add_scaled32(normal_scaled32(base, 32i, false), addend));
    // From 11 on 0, or 2.
    result = select(result, select(0u, 0x40000000u, negative), abs_bits >= 0x41300000u);
    return bitcast<f32>(select(result, bits, abs_bits > 0x7f800000u));
}

// Error: 0.59 ULP.
fn erfinv_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let a = scaled32_of_magnitude(abs_bits);
    let rest = mul_scaled32(add_scaled32(SCALED32_ONE, neg_scaled32(a)), add_scaled32(SCALED32_ONE, a));
    let w = log_ratio_scaled32(SCALED32_ONE, rest);
    let piece = clamp(w.exponent - 2i, 0i, 2i);
    let fraction = w.significand >> u32(clamp(2i - w.exponent, 0i, 31i));
    let place = place_fixed32(select(fraction << 1u, fraction, piece == 0i));
    var coefficients = F32_ERFINV;
    var p = 0u;
    for (var i = 12i * piece; i < 12i * (piece + 1i); i++) {
        p = horner_fixed32(p, place.magnitude, place.negative, coefficients[i]);
    }
    var result = bits_of_scaled32(mul_scaled32(a, normal_scaled32(p, 2i + piece, false)));
    result = select(result, 0x7f800000u, abs_bits == 0x3f800000u) | (bits & 0x80000000u);
    result = select(result, 0x7fc00000u, abs_bits > 0x3f800000u);
    return bitcast<f32>(select(result, bits, abs_bits > 0x7f800000u));
}
