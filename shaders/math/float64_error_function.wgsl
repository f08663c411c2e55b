// float64 erf, erfc and erfinv, on the 64 bits of float64_scaled.wgsl.
//
// Up to 1, erf(x) = x p(x^2); beyond, erfc(x) = e^(-x^2) g(s) / (x + 5) with s = (x - 5) / (x + 5), which maps all of
// [1, 27.3] to |s| < 0.7, where g(s) = (x + 5) e^(x^2) erfc(x) is smooth: the split of W. J. Cody, "Rational Chebyshev
// approximations for the error function", Math. Comp. 23 (1969), with the one map of M. M. Shepherd and J. G. Laframboise,
// "Chebyshev approximation of (1 + 2x) exp(x^2) erfc x", Math. Comp. 36 (1981). x^2 is exact. erfinv(x) = x q(w) with
// w = -log(1 - x^2), as in M. Giles, "Approximating the erfinv function" (GPU Computing Gems, 2011). Polynomials:
// interpolation at Chebyshev nodes (own fits), error below 2^-68.
// Error: erf and erfinv 0.52 ULP, erfc 0.55 ULP (subnormal results as well).

// p in units of 2^-62 (15i coefficients, the highest first), then g in units of 2^-61.
const F64_ERF = array<vec2<u32>, 40>(
    vec2<u32>(0x0000004fu, 0x00000000u), vec2<u32>(0xfffff6b2u, 0xffffffffu), vec2<u32>(0x000104ffu, 0x00000000u),
    vec2<u32>(0xffe55293u, 0xffffffffu), vec2<u32>(0x02851e68u, 0x00000000u), vec2<u32>(0xc80e34a3u, 0xffffffffu),
    vec2<u32>(0x6b57b724u, 0x00000004u), vec2<u32>(0x585b1d15u, 0xffffffafu), vec2<u32>(0x98e2f2a8u, 0x00000521u),
    vec2<u32>(0x9b91f8a7u, 0xffffb671u), vec2<u32>(0x4493be85u, 0x00039055u), vec2<u32>(0x909a1bb8u, 0xffda8dfau),
    vec2<u32>(0x017b041fu, 0x01454368u), vec2<u32>(0x6f570148u, 0xf70174ebu), vec2<u32>(0x796fd4c4u, 0x3dca3d64u),
    vec2<u32>(0x02f25cecu, 0x00000000u), vec2<u32>(0xe3d8a97bu, 0xfffffffeu), vec2<u32>(0x8ca2765du, 0x00000001u),
    vec2<u32>(0xc4772838u, 0x00000009u), vec2<u32>(0x6e8613e9u, 0xffffffe1u), vec2<u32>(0xf01987f5u, 0xffffffe6u),
    vec2<u32>(0xe6d313efu, 0x00000144u), vec2<u32>(0xa989bc17u, 0xfffffda3u), vec2<u32>(0xb5b2a38eu, 0xfffffad7u),
    vec2<u32>(0x9f3e1a73u, 0x000027f6u), vec2<u32>(0x2266a138u, 0xffffa35au), vec2<u32>(0x7f678a49u, 0xffffcbf0u),
    vec2<u32>(0x532fe283u, 0x00051583u), vec2<u32>(0xaa223a66u, 0xffe7aeccu), vec2<u32>(0x46a366e9u, 0x005021ffu),
    vec2<u32>(0x6ffe12d5u, 0xff2b0c52u), vec2<u32>(0x1e6a014eu, 0x01e3daecu), vec2<u32>(0xfe3ab0d0u, 0xfc37bc4fu),
    vec2<u32>(0x3b4f697fu, 0x06c8d7a6u), vec2<u32>(0x8b2707a5u, 0xf4f748e2u), vec2<u32>(0xa7339958u, 0x1065dae4u),
    vec2<u32>(0x8ab516f8u, 0xe99c1f9bu), vec2<u32>(0x9057e155u, 0x1c329aceu), vec2<u32>(0x91b4cc04u, 0xdf291a40u),
    vec2<u32>(0x394c6056u, 0x236cec86u),
);

// Four intervals, in units of 2^-62, 2^-61, 2^-60 and 2^-60.
const F64_ERFINV = array<vec2<u32>, 100>(
    vec2<u32>(0x002a964fu, 0x00000000u), vec2<u32>(0xffd5fe8fu, 0xffffffffu), vec2<u32>(0xfdc5ea40u, 0xffffffffu),
    vec2<u32>(0x04f8aa25u, 0x00000000u), vec2<u32>(0x0d143cb7u, 0x00000000u), vec2<u32>(0xba5b4671u, 0xffffffffu),
    vec2<u32>(0x12c21340u, 0x00000000u), vec2<u32>(0x581dbd62u, 0x00000002u), vec2<u32>(0x785cfd23u, 0xfffffffau),
    vec2<u32>(0xbac78816u, 0xfffffff5u), vec2<u32>(0x16fb5128u, 0x00000049u), vec2<u32>(0xe427a72au, 0xffffffc6u),
    vec2<u32>(0xf4a47b12u, 0xfffffdc7u), vec2<u32>(0xf5a0d34eu, 0x000006d1u), vec2<u32>(0x69880403u, 0x0000068fu),
    vec2<u32>(0x9184e448u, 0xffffb066u), vec2<u32>(0x1906e677u, 0x00006eb0u), vec2<u32>(0xf9cb829fu, 0x000213abu),
    vec2<u32>(0xae0fe9f4u, 0xfff6f329u), vec2<u32>(0x3f9c9e65u, 0x00009612u), vec2<u32>(0xef707e46u, 0x005da60cu),
    vec2<u32>(0xa43dfd38u, 0xfeec1b39u), vec2<u32>(0x8fc10818u, 0xfef74741u), vec2<u32>(0x3e9b83e1u, 0x23db2a2cu),
    vec2<u32>(0x71e91619u, 0x5c35437bu), vec2<u32>(0x00000242u, 0x00000000u), vec2<u32>(0xfffff27du, 0xffffffffu),
    vec2<u32>(0x00001d5au, 0x00000000u), vec2<u32>(0x000035ecu, 0x00000000u), vec2<u32>(0xfffcd9bau, 0xffffffffu),
    vec2<u32>(0x000fb55cu, 0x00000000u), vec2<u32>(0xffd65524u, 0xffffffffu), vec2<u32>(0xffec41b4u, 0xffffffffu),
    vec2<u32>(0x035a5335u, 0x00000000u), vec2<u32>(0xec9e8dc5u, 0xffffffffu), vec2<u32>(0x3c8f5081u, 0x00000000u),
    vec2<u32>(0xe11be30cu, 0xffffffffu), vec2<u32>(0x88bf31aau, 0xfffffffcu), vec2<u32>(0xb34633f7u, 0x00000017u),
    vec2<u32>(0x33de33c5u, 0xffffffaau), vec2<u32>(0xe237cad4u, 0x00000071u), vec2<u32>(0x52c90925u, 0x00000327u),
    vec2<u32>(0x823c046eu, 0xffffe435u), vec2<u32>(0xecccceb0u, 0x00007acfu), vec2<u32>(0x94d878bdu, 0xfffec1a3u),
    vec2<u32>(0x73e91fb7u, 0xffffe6f1u), vec2<u32>(0x8cb8bf39u, 0x0019bdaeu), vec2<u32>(0x8a8c5b33u, 0xff04ca18u),
    vec2<u32>(0xcbd5dae4u, 0x0db65759u), vec2<u32>(0xa6ff9c21u, 0x4def2b6fu), vec2<u32>(0x0000fadeu, 0x00000000u),
    vec2<u32>(0xfffdc818u, 0xffffffffu), vec2<u32>(0xfffc4c19u, 0xffffffffu), vec2<u32>(0x00186580u, 0x00000000u),
    vec2<u32>(0xffa52ee1u, 0xffffffffu), vec2<u32>(0x015764c1u, 0x00000000u), vec2<u32>(0xfbbf598du, 0xffffffffu),
    vec2<u32>(0x0a35a39bu, 0x00000000u), vec2<u32>(0xf2778e72u, 0xffffffffu), vec2<u32>(0xded80d73u, 0xffffffffu),
    vec2<u32>(0x5ee12024u, 0x00000001u), vec2<u32>(0x3a5829d8u, 0xfffffff9u), vec2<u32>(0x6bdd85f6u, 0x00000019u),
    vec2<u32>(0x7fb4635bu, 0xffffffb1u), vec2<u32>(0xd44e16f5u, 0x000000c6u), vec2<u32>(0x125b01c0u, 0xfffffe8au),
    vec2<u32>(0x2050d150u, 0x000000e2u), vec2<u32>(0x2126541fu, 0x00000950u), vec2<u32>(0xc73d04c1u, 0xffffbc9du),
    vec2<u32>(0x7a367ca4u, 0x0001587du), vec2<u32>(0xe8394cfdu, 0xfff9855fu), vec2<u32>(0xa14a352cu, 0x00213067u),
    vec2<u32>(0xf3cc0f3du, 0xff309c66u), vec2<u32>(0x4c14693fu, 0x09e40fbdu), vec2<u32>(0x49436ac3u, 0x383e4ac0u),
    vec2<u32>(0x000568fbu, 0x00000000u), vec2<u32>(0xffee5758u, 0xffffffffu), vec2<u32>(0x0013d342u, 0x00000000u),
    vec2<u32>(0xffd5efd4u, 0xffffffffu), vec2<u32>(0x00a2d6d8u, 0x00000000u), vec2<u32>(0xfea18bb6u, 0xffffffffu),
    vec2<u32>(0x01e999aau, 0x00000000u), vec2<u32>(0xfef208fau, 0xffffffffu), vec2<u32>(0xf781e652u, 0xffffffffu),
    vec2<u32>(0x38aa9376u, 0x00000000u), vec2<u32>(0x043e6a0fu, 0xffffffffu), vec2<u32>(0xd42d0b56u, 0x00000003u),
    vec2<u32>(0xdcadaac5u, 0xfffffff1u), vec2<u32>(0x37ee656au, 0x00000033u), vec2<u32>(0xb7848504u, 0xffffff46u),
    vec2<u32>(0x3f014bdfu, 0x000002a4u), vec2<u32>(0xc58cebfcu, 0xfffff633u), vec2<u32>(0x0c23256du, 0x0000252eu),
    vec2<u32>(0xfe3d1c0du, 0xffff6e6eu), vec2<u32>(0xc3fa6483u, 0x00025387u), vec2<u32>(0x7bfaafafu, 0xfff5d5f4u),
    vec2<u32>(0x27d10cd0u, 0x0031868cu), vec2<u32>(0x7c85d4d2u, 0xfed444adu), vec2<u32>(0x4ab2881bu, 0x0e03795au),
    vec2<u32>(0x4e388ad5u, 0x50dcc80bu),
);

// erf(|x|) below 1, erfc(|x|) from there on; x finite.
fn erf_or_erfc_scaled64(words: vec2<u32>) -> Scaled64 {
    let x = scaled64_of_magnitude(words);
    let large = x.exponent > 0i;
    let reciprocal = div_scaled64(SCALED64_ONE, add_scaled64(x, Scaled64(vec2<u32>(0u, 0xa0000000u), 3i, false)));
    // s = 1 - 10 / (x + 5)
    let s = add_scaled64(SCALED64_ONE, mul_scaled64(reciprocal, Scaled64(vec2<u32>(0u, 0xa0000000u), 4i, true)));
    let small_square = sig64_shr(fixed64_mul(x.significand, x.significand), u32(clamp(-2i * x.exponent, 0i, 63i)));
    let place = place_fixed64(small_square);
    let magnitude = select(place.magnitude, sig64_shr(s.significand, u32(clamp(-s.exponent, 0i, 63i))), large);
    let negative = select(place.negative, s.negative, large);
    var coefficients = F64_ERF;
    var p = vec2<u32>(0u, 0u);
    let end = select(15i, 40i, large);
    for (var i = select(0i, 15i, large); i < end; i++) {
        p = horner_fixed64(p, magnitude, negative, coefficients[i]);
    }
    if (!large) {
        return mul_scaled64(x, normal_scaled64(p, 2i, false));
    }
    // The square in units of 2^-64, from 2^(2 exponent - 112) times the product's 112 bits; 32 and more count as 32.
    let square = sig53_product_words(sig53_mul(sig53_of_words(words), sig53_of_words(words)));
    let shift = u32(clamp(48i - 2i * x.exponent, 36i, 48i));
    let power = exp_fixed64(true, sig128_shr_sticky(square, shift).xyz);
    let product = mul_scaled64(normal_scaled64(p, 3i, false), normal_scaled64(power.yz, bitcast<i32>(power.x) + 2i, false));
    return mul_scaled64(product, reciprocal);
}

fn erf_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let sign = words.y & F64_SIGN;
    let magnitude = words.y & 0x7fffffffu;
    let part = erf_or_erfc_scaled64(words);
    let large = magnitude >= 0x3ff00000u;
    let base = select_scaled64(SCALED64_ZERO, SCALED64_ONE, large);
    var result = words_of_scaled64(add_scaled64(base, Scaled64(part.significand, part.exponent, large)));
    // From 6 on 1.
    result = select(result, vec2<u32>(0u, 0x3ff00000u), magnitude >= 0x40180000u);
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && words.x != 0u);
    return f64_of_words(select(vec2<u32>(result.x, result.y | sign), vec2<u32>(0u, 0x7ff80000u), nan));
}

fn erfc_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let negative = (words.y >> 31u) != 0u;
    let magnitude = words.y & 0x7fffffffu;
    let part = erf_or_erfc_scaled64(words);
    let below = magnitude < 0x3ff00000u;
    // 1 - erf(x) = 1 + erf(-x), erfc(x), and 2 - erfc(-x)
    let above = select_scaled64(SCALED64_ZERO, Scaled64(vec2<u32>(0u, 0x80000000u), 2i, false), negative);
    let base = select_scaled64(above, SCALED64_ONE, below);
    let addend = Scaled64(part.significand, part.exponent, below != negative);
    var result = words_of_scaled64(add_scaled64(base, addend));
    // From 28 on 0, or 2.
    result = select(result, vec2<u32>(0u, select(0u, 0x40000000u, negative)), magnitude >= 0x403c0000u);
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && words.x != 0u);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), nan));
}

fn erfinv_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let sign = words.y & F64_SIGN;
    let magnitude = words.y & 0x7fffffffu;
    let x = scaled64_of_magnitude(words);
    let rest = mul_scaled64(add_scaled64(SCALED64_ONE, neg_scaled64(x)), add_scaled64(SCALED64_ONE, x));
    // -log(1 - x^2) / 4.51, from 0 to 8
    let w = mul_scaled64(log_ratio_scaled64(SCALED64_ONE, rest), Scaled64(vec2<u32>(0xd0e30d0eu, 0xe30d0e30u), -2i, false));
    let piece = clamp(w.exponent, 0i, 3i);
    let fraction = sig64_shr(w.significand, u32(clamp(-w.exponent, 0i, 63i)));
    let place = place_fixed64(select(sig64_shl(fraction, 1u), fraction, piece == 0i));
    var coefficients = F64_ERFINV;
    var p = vec2<u32>(0u, 0u);
    for (var i = 25i * piece; i < 25i * (piece + 1i); i++) {
        p = horner_fixed64(p, place.magnitude, place.negative, coefficients[i]);
    }
    let y = mul_scaled64(x, normal_scaled64(p, 2i + min(piece, 2i), false));
    let result = words_of_scaled64(y);
    var bits = vec2<u32>(result.x, result.y | sign);
    let is_one = magnitude == 0x3ff00000u && words.x == 0u;
    bits = select(bits, vec2<u32>(0u, 0x7ff80000u), magnitude >= 0x3ff00000u);
    return f64_of_words(select(bits, vec2<u32>(0u, F64_INFINITY | sign), is_one));
}
