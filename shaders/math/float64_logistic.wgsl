// float64 expit, logit and the Bessel function i0, on the 64 bits of float64_scaled.wgsl.
//
// expit(x) is 1 / (1 + e^-x), logit(x) = log(x / (1 - x)) one logarithm of a ratio, which is accurate near 1/2 where the
// ratio is near 1. i0 is e^|x| times a polynomial in |x| up to 8, in 1 / |x| and over sqrt |x| beyond: the intervals of
// C. W. Clenshaw, "Chebyshev Series for Mathematical Functions" (1962); own fits, by interpolation at Chebyshev nodes, error
// below 2^-65.
// Error: expit 0.52 ULP, logit 0.51 ULP, i0 0.57 ULP.

// e^-x i0(x) for x from 0 to 8, sqrt(x) e^-x i0(x) for 1 / x from 0 to 1/8; in units of 2^-63, the highest coefficient
// first.
const F64_I0 = array<vec2<u32>, 66>(
    vec2<u32>(0x09edec38u, 0x00000000u), vec2<u32>(0xd65985b3u, 0xffffffffu), vec2<u32>(0x57e39ce8u, 0x00000000u),
    vec2<u32>(0xb7335116u, 0xfffffffeu), vec2<u32>(0xd2b6981au, 0x00000005u), vec2<u32>(0x006b5253u, 0xffffffebu),
    vec2<u32>(0x8160ea51u, 0x00000046u), vec2<u32>(0xbf91b725u, 0xffffff14u), vec2<u32>(0xbc472607u, 0x000002f7u),
    vec2<u32>(0x00c0ec0fu, 0xfffff6d2u), vec2<u32>(0x5eef1075u, 0x00001b3fu), vec2<u32>(0xa0e21f0fu, 0xffffb270u),
    vec2<u32>(0x92f5d9ebu, 0x0000d343u), vec2<u32>(0x999981a2u, 0xfffdda70u), vec2<u32>(0x60c4740fu, 0x00055274u),
    vec2<u32>(0x734ff17cu, 0xfff37400u), vec2<u32>(0xdfbb191cu, 0x001c0f3eu), vec2<u32>(0x18eda8f5u, 0xffc4a0c9u),
    vec2<u32>(0x1517623du, 0x007686acu), vec2<u32>(0xc6e38eadu, 0xff216d38u), vec2<u32>(0xb8d44e1bu, 0x0187e866u),
    vec2<u32>(0xd26a4dafu, 0xfd7b09ecu), vec2<u32>(0xc4956610u, 0x03dcdeacu), vec2<u32>(0x7650ba5eu, 0xfa7f6fb8u),
    vec2<u32>(0xd39ce7c0u, 0x07447843u), vec2<u32>(0x8c855a02u, 0xf719462bu), vec2<u32>(0x540caddeu, 0x0a25b0cbu),
    vec2<u32>(0xcdc48cd3u, 0xf51feb80u), vec2<u32>(0xff529faeu, 0x0b2e11adu), vec2<u32>(0xb753b638u, 0xf49a3979u),
    vec2<u32>(0xc51de66au, 0x0c19168eu), vec2<u32>(0xdbcefa19u, 0xf18912ffu), vec2<u32>(0xeedf5a14u, 0x1a7f09f8u),
    vec2<u32>(0xfc1f9fa6u, 0xffffffffu), vec2<u32>(0xf6fd48afu, 0xffffffffu), vec2<u32>(0x277c4cd5u, 0x00000000u),
    vec2<u32>(0x4f52fe09u, 0x00000000u), vec2<u32>(0x41bafc2eu, 0xffffffffu), vec2<u32>(0xbd96d777u, 0xfffffffeu),
    vec2<u32>(0x44d1a476u, 0x00000002u), vec2<u32>(0x256d4c01u, 0x00000003u), vec2<u32>(0x0618f40eu, 0xfffffffbu),
    vec2<u32>(0x8e68de97u, 0xfffffffau), vec2<u32>(0x7bd06624u, 0x00000008u), vec2<u32>(0x0a273b1eu, 0x00000007u),
    vec2<u32>(0x05001774u, 0xfffffff4u), vec2<u32>(0x979180eeu, 0xfffffff8u), vec2<u32>(0xe13052fcu, 0x0000000eu),
    vec2<u32>(0x80f51eeeu, 0x00000007u), vec2<u32>(0xee5dc4b3u, 0xffffffeeu), vec2<u32>(0x51e56d81u, 0xfffffff6u),
    vec2<u32>(0xd44f165fu, 0x00000011u), vec2<u32>(0x03459d52u, 0x00000011u), vec2<u32>(0xd08084cdu, 0xfffffff3u),
    vec2<u32>(0xff57c71eu, 0xffffffe2u), vec2<u32>(0xa1d55c6au, 0xfffffff1u), vec2<u32>(0x429e187bu, 0x00000010u),
    vec2<u32>(0x4201de57u, 0x0000002eu), vec2<u32>(0x728e6fc7u, 0x00000054u), vec2<u32>(0x87e7a3b0u, 0x000000beu),
    vec2<u32>(0x93610589u, 0x0000027eu), vec2<u32>(0x89cf7c80u, 0x00000c72u), vec2<u32>(0x7b9bde80u, 0x00005d79u),
    vec2<u32>(0xcad79cc2u, 0x000476a9u), vec2<u32>(0x6ee4ef52u, 0x006e1e5au), vec2<u32>(0xa4934915u, 0x337a8515u),
);

fn expit_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let negative = (words.y >> 31u) != 0u;
    let magnitude = words.y & 0x7fffffffu;
    let x = scaled64_of_magnitude(words);
    let power = exp_scaled64(Scaled64(x.significand, x.exponent, true));
    let numerator = select_scaled64(SCALED64_ONE, power, negative);
    var result = words_of_scaled64(div_scaled64(numerator, add_scaled64(SCALED64_ONE, power)));
    result = select(result, vec2<u32>(0u, select(0x3ff00000u, 0u, negative)), magnitude >= 0x40900000u);
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && words.x != 0u);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), nan));
}

fn logit_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let x = scaled64_of_magnitude(words);
    let y = log_ratio_scaled64(x, add_scaled64(SCALED64_ONE, neg_scaled64(x)));
    let is_half = words.x == 0u && words.y == 0x3fe00000u;
    var result = select(words_of_scaled64(y), vec2<u32>(0u, 0u), is_half);
    let is_one = words.x == 0u && words.y == 0x3ff00000u;
    result = select(result, vec2<u32>(0u, select(0x7ff80000u, F64_INFINITY, is_one)), words.y >= 0x3ff00000u);
    result = select(result, vec2<u32>(0u, F64_SIGN | F64_INFINITY), ((words.y & 0x7fffffffu) | words.x) == 0u);
    return f64_of_words(result);
}

// 1 / sqrt(a) of a positive number: 29 bits, then r (1 + e / 2 + 3 e^2 / 8) with e = 1 - a r^2.
fn inverse_sqrt_scaled64(a: Scaled64) -> Scaled64 {
    let odd = u32(a.exponent & 1i);
    // From 1 to 4 in units of 2^-62.
    let m = sig64_shr(a.significand, odd);
    let r = sig32_root_reciprocal(m.y);
    let error = sig64_sub(vec2<u32>(0u, 0x10000000u), fixed64_mul(mul32_wide(r, r), m));
    let linear = fixed64_mul(vec2<u32>(0u, r), sig64_shl(error, 3u));
    let top = sig64_shr(error, 20u).x;
    let quadratic = mul32_high(((top * top) >> 8u) * 3u, r) >> 11u;
    let significand = sig64_add(sig64_add(vec2<u32>(0u, r), linear), vec2<u32>(quadratic, 0u));
    return normal_scaled64(significand, 1i - ((a.exponent + i32(odd) - 2i) >> 1u), false);
}

fn i0_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let magnitude = words.y & 0x7fffffffu;
    let x = scaled64_of_magnitude(words);
    let large = x.exponent > 3i;
    var piece = 0i;
    var fraction = sig64_shr(x.significand, u32(clamp(3i - x.exponent, 0i, 63i)));
    var factor = exp_scaled64(x);
    if (large) {
        piece = 1i;
        // 8 / x
        let inverse = div_scaled64(Scaled64(SCALED64_ONE.significand, 4i, false), x);
        let shifted = sig64_shr(inverse.significand, u32(clamp(-inverse.exponent, 0i, 63i)));
        fraction = select(shifted, vec2<u32>(0xffffffffu, 0xffffffffu), inverse.exponent > 0i);
        factor = mul_scaled64(factor, inverse_sqrt_scaled64(x));
    }
    let place = place_fixed64(fraction);
    var coefficients = F64_I0;
    var p = vec2<u32>(0u, 0u);
    for (var i = 33i * piece; i < 33i * (piece + 1i); i++) {
        p = horner_fixed64(p, place.magnitude, place.negative, coefficients[i]);
    }
    var result = words_of_scaled64(mul_scaled64(factor, normal_scaled64(p, 1i, false)));
    result = select(result, vec2<u32>(0u, F64_INFINITY), magnitude >= 0x40900000u);
    // As in NumPy and SciPy, whose exp(x) / sqrt(x) is no number at infinity.
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), magnitude >= F64_INFINITY));
}
