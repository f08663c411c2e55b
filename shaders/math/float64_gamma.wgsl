// float64 gamma, lgamma (log |gamma|) and digamma, on the 64 bits of float64_scaled.wgsl.
//
// gamma(x + 1) = x gamma(x) brings an argument to [1, 2) in exact steps (all arguments of gamma, up to 171; |x| < 16 of the
// other two); there gamma, lgamma(y) / ((y - 1) (y - 2)) and digamma(y) / (y - y0) are polynomials, so that lgamma's zeros at
// 1 and 2 and digamma's y0 = 1.4616... keep their relative accuracy. From 16 on the asymptotic series (Abramowitz & Stegun,
// "Handbook of Mathematical Functions", 1964, 6.1.40 and 6.3.18), its end by a polynomial in 1 / x^2. Negative arguments of
// lgamma and digamma by reflection (6.1.17, 6.3.7), gamma's by the same recurrence. Polynomials: interpolation at Chebyshev
// nodes (own fits), error below 2^-67.
// Error: gamma 0.74 ULP; lgamma and digamma 0.53 ULP for positive arguments, for negative ones 2^-53 times the largest of 1,
// the result and the function at |x|.

// gamma(y) for y from 1 to 2 in units of 2^-63; the highest coefficient first.
const F64_GAMMA = array<vec2<u32>, 27>(
    vec2<u32>(0x0050ca78u, 0x00000000u), vec2<u32>(0xff0da09fu, 0xffffffffu), vec2<u32>(0x00b5c75au, 0x00000000u),
    vec2<u32>(0xfddeaa6au, 0xffffffffu), vec2<u32>(0x0cc8026au, 0x00000000u), vec2<u32>(0xd9a804dfu, 0xffffffffu),
    vec2<u32>(0x67cd515du, 0x00000000u), vec2<u32>(0xc89939d8u, 0xfffffffeu), vec2<u32>(0xb2fefab6u, 0x00000003u),
    vec2<u32>(0xe720887au, 0xfffffff4u), vec2<u32>(0x40155f3fu, 0x00000021u), vec2<u32>(0x42a0a6c9u, 0xffffff9cu),
    vec2<u32>(0x2f38817du, 0x0000012bu), vec2<u32>(0xbaf5a635u, 0xfffffc7eu), vec2<u32>(0x7579af97u, 0x00000a82u),
    vec2<u32>(0x3ac65f7fu, 0xffffe080u), vec2<u32>(0x775b5d54u, 0x00005e64u), vec2<u32>(0xd67d1aa8u, 0xfffee5d3u),
    vec2<u32>(0x8d5dbd4au, 0x00034ea5u), vec2<u32>(0x519c383au, 0xfff64581u), vec2<u32>(0x7434f45du, 0x001e022bu),
    vec2<u32>(0x06be7235u, 0xffb09dccu), vec2<u32>(0x74eb2a7bu, 0x01283bd3u), vec2<u32>(0x35d14603u, 0xfe48853eu),
    vec2<u32>(0x3106ab48u, 0x0d4626ddu), vec2<u32>(0xdcac362fu, 0x0211d511u), vec2<u32>(0xd3bdaa9eu, 0x716fe246u),
);

// lgamma(y) / ((y - 1) (y - 2)) in units of 2^-63 (25i coefficients), then the series' end in units of 2^-66.
const F64_LGAMMA = array<vec2<u32>, 34>(
    vec2<u32>(0x00129eb8u, 0x00000000u), vec2<u32>(0xffc60875u, 0xffffffffu), vec2<u32>(0x0040584bu, 0x00000000u),
    vec2<u32>(0xff35ffa9u, 0xffffffffu), vec2<u32>(0x03bb8251u, 0x00000000u), vec2<u32>(0xf447f6e6u, 0xffffffffu),
    vec2<u32>(0x22e2d68du, 0x00000000u), vec2<u32>(0x91e100efu, 0xffffffffu), vec2<u32>(0x5e9628a9u, 0x00000001u),
    vec2<u32>(0xa7056163u, 0xfffffffbu), vec2<u32>(0xd813dc74u, 0x0000000du), vec2<u32>(0xb9e424c9u, 0xffffffd3u),
    vec2<u32>(0x3a374689u, 0x0000008eu), vec2<u32>(0xba84a744u, 0xfffffe34u), vec2<u32>(0x2b997a34u, 0x000005d4u),
    vec2<u32>(0x177dc48au, 0xffffececu), vec2<u32>(0x96f7e0e4u, 0x00003f02u), vec2<u32>(0x56e27117u, 0xffff2d7eu),
    vec2<u32>(0xcca48a66u, 0x0002c9e0u), vec2<u32>(0x2f5b8d60u, 0xfff65921u), vec2<u32>(0x6a4f1f6eu, 0x00226684u),
    vec2<u32>(0xe188f0ccu, 0xff7fc2abu), vec2<u32>(0x45253cf5u, 0x02035ec5u), vec2<u32>(0x214fbafdu, 0xf6a897d3u),
    vec2<u32>(0x2983229au, 0x3dd72b61u), vec2<u32>(0x00000001u, 0x00000000u), vec2<u32>(0xffffffe7u, 0xffffffffu),
    vec2<u32>(0x000005cfu, 0x00000000u), vec2<u32>(0xfffe2e62u, 0xffffffffu), vec2<u32>(0x00d3361du, 0x00000000u),
    vec2<u32>(0x6755bfc6u, 0xffffffffu), vec2<u32>(0x3dfc4141u, 0x000000ceu), vec2<u32>(0xc67529c5u, 0xfffd2970u),
    vec2<u32>(0x444eeffdu, 0x55527df7u),
);

// digamma(y) / (y - y0) in units of 2^-62 (27i coefficients), then the series' end in units of 2^-66.
const F64_DIGAMMA = array<vec2<u32>, 36>(
    vec2<u32>(0x001ba322u, 0x00000000u), vec2<u32>(0xffad1697u, 0xffffffffu), vec2<u32>(0x003e2f18u, 0x00000000u),
    vec2<u32>(0xff45729fu, 0xffffffffu), vec2<u32>(0x045f5015u, 0x00000000u), vec2<u32>(0xf2e20d4cu, 0xffffffffu),
    vec2<u32>(0x23829c69u, 0x00000000u), vec2<u32>(0x9577ed4fu, 0xffffffffu), vec2<u32>(0x43fba4a8u, 0x00000001u),
    vec2<u32>(0x34070f9fu, 0xfffffffcu), vec2<u32>(0x60a09e99u, 0x0000000bu), vec2<u32>(0xdd878e77u, 0xffffffddu),
    vec2<u32>(0x6c3273c2u, 0x00000066u), vec2<u32>(0xaca2902bu, 0xfffffeccu), vec2<u32>(0x438eb404u, 0x0000039au),
    vec2<u32>(0xc08cd03bu, 0xfffff52fu), vec2<u32>(0x14dc2a1du, 0x00002078u), vec2<u32>(0xa9904bebu, 0xffff9e72u),
    vec2<u32>(0x719989c8u, 0x00012564u), vec2<u32>(0x9d652cefu, 0xfffc8c0eu), vec2<u32>(0x50b90b9au, 0x000a6f4du),
    vec2<u32>(0xfd66187cu, 0xffe04bbdu), vec2<u32>(0x640e5c40u, 0x006144b9u), vec2<u32>(0x67581f87u, 0xfed01114u),
    vec2<u32>(0x71cded5au, 0x03d94313u), vec2<u32>(0xfd08b4c3u, 0xf271a4e7u), vec2<u32>(0x0e6c2cc8u, 0x3cde1977u),
    vec2<u32>(0x00000009u, 0x00000000u), vec2<u32>(0xfffffe8eu, 0xffffffffu), vec2<u32>(0x00004a23u, 0x00000000u),
    vec2<u32>(0xffec43e7u, 0xffffffffu), vec2<u32>(0x075ab6d4u, 0x00000000u), vec2<u32>(0xd9f1ef54u, 0xfffffffbu),
    vec2<u32>(0xa1efc4e9u, 0x00000403u), vec2<u32>(0x4b508252u, 0xfff77f8bu), vec2<u32>(0xd1394387u, 0x554cd0d8u),
);

// integer + fraction / 2^64, integer below 2^31 and not 0.
fn scaled64_of_mixed(integer: u32, fraction: vec2<u32>) -> Scaled64 {
    let lead = countLeadingZeros(integer);
    let low = sig64_shr(fraction, 32u - lead);
    return Scaled64(vec2<u32>(low.x, low.y | (integer << lead)), 32i - i32(lead), false);
}

// The low word of the integer part of |x| where that has less than 54 bits (x), and whether |x| is an integer (y), as all
// numbers from 2^52 on are.
fn integer_part_f64_words(words: vec2<u32>) -> vec2<u32> {
    let below = u32(clamp(1075i - exponent53_of_words(words), 0i, 63i));
    let integer = sig64_shr(sig53_of_words(words), below);
    return vec2<u32>(integer.x, select(0u, 1u, all(sig64_shl(integer, below) == sig53_of_words(words))));
}

// gamma(y) for y = 1 + fraction / 2^64
fn gamma_fixed64(fraction: vec2<u32>) -> Scaled64 {
    var coefficients = F64_GAMMA;
    let place = place_fixed64(fraction);
    var p = vec2<u32>(0u, 0u);
    for (var i = 0i; i < 27i; i++) {
        p = horner_fixed64(p, place.magnitude, place.negative, coefficients[i]);
    }
    return normal_scaled64(p, 1i, false);
}

fn gamma_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let negative = (words.y >> 31u) != 0u;
    let magnitude = words.y & 0x7fffffffu;
    let x = scaled64_of_magnitude(words);
    // |x| = integer + fraction / 2^64; 256 and more as any number from there to 512.
    let fixed = fixed96_of_sig64(x.significand, min(x.exponent - 1i, 8i));
    let integer = fixed.z;
    let rest = sig64_sub(vec2<u32>(0u, 0u), fixed.xy);
    // x = y + n is (y + n - 1) ... (y + 1) y gamma(y); a negative x = -(integer + fraction) and 1 - fraction are divided by.
    var product = SCALED64_ONE;
    let count = select(integer, integer + 1u, negative);
    for (var j = 1u; j < min(count, 200u); j++) {
        product = mul_scaled64(product, scaled64_of_mixed(j, fixed.xy));
    }
    let value = gamma_fixed64(select(fixed.xy, rest, negative));
    var y = mul_scaled64(value, product);
    if (negative || integer == 0u) {
        let first = select_scaled64(normal_scaled64(fixed.xy, 0i, false), x, integer == 0u);
        // 1 - fraction, which is 1 where the fraction was cut to 0.
        let unit = (rest.x | rest.y) == 0u || !negative;
        let last = select_scaled64(normal_scaled64(rest, 0i, false), SCALED64_ONE, unit);
        y = div_scaled64(value, mul_scaled64(mul_scaled64(product, first), last));
    }
    let result = words_of_scaled64(y);
    let part = integer_part_f64_words(words);
    let sign = select(0u, F64_SIGN, negative && (part.x & 1u) == 0u);
    var bits = vec2<u32>(result.x, result.y | sign);
    bits = select(bits, vec2<u32>(0u, select(F64_INFINITY, sign, negative)), magnitude >= 0x40680000u);
    bits = select(bits, vec2<u32>(0u, 0x7ff80000u), negative && part.y != 0u);
    bits = select(bits, vec2<u32>(0u, F64_INFINITY | (words.y & F64_SIGN)), (magnitude | words.x) == 0u);
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && (words.x != 0u || negative));
    return f64_of_words(select(bits, vec2<u32>(0u, 0x7ff80000u), nan));
}

// lgamma of a positive number.
fn lgamma_scaled64(x: Scaled64) -> Scaled64 {
    let large = x.exponent > 4i;
    let fixed = fixed96_of_sig64(x.significand, min(x.exponent - 1i, 3i));
    let u = div_scaled64(SCALED64_ONE, x);
    // 1 / x^2 in units of 2^-71, up to 2^-8
    let square = mul_scaled64(u, u);
    let tail = sig64_shr(square.significand, u32(clamp(-7i - square.exponent, 0i, 63i)));
    let place = place_fixed64(select(fixed.xy, tail, large));
    var coefficients = F64_LGAMMA;
    var p = vec2<u32>(0u, 0u);
    let end = select(25i, 34i, large);
    for (var i = select(0i, 25i, large); i < end; i++) {
        p = horner_fixed64(p, place.magnitude, place.negative, coefficients[i]);
    }
    var argument = x;
    var shift = normal_scaled64(fixed.xy, 0i, true);
    var factor = SCALED64_ONE;
    if (large) {
        // (x - 1/2) (log x - 1) + (log(2 pi) - 1) / 2 + p / x
        factor = add_scaled64(x, Scaled64(vec2<u32>(0u, 0x80000000u), 0i, true));
        shift = u;
    } else if (fixed.z != 0u) {
        // (y - 1) (y - 2) p + log(y (y + 1) ... (x - 1))
        argument = SCALED64_ONE;
        for (var j = 1u; j < fixed.z; j++) {
            argument = mul_scaled64(argument, scaled64_of_mixed(j, fixed.xy));
        }
    } else {
        // x (x - 1) p - log(x)
        factor.negative = true;
    }
    let above = normal_scaled64(sig64_sub(vec2<u32>(0u, 0u), fixed.xy), 0i, false);
    let other = select_scaled64(above, SCALED64_ONE, large);
    let series = mul_scaled64(mul_scaled64(shift, other), normal_scaled64(p, select(1i, -2i, large), false));
    let constant = select_scaled64(SCALED64_ZERO, Scaled64(vec2<u32>(0x4beb4a69u, 0xd67f1c86u), -1i, false), large);
    let less = neg_scaled64(select_scaled64(SCALED64_ZERO, SCALED64_ONE, large));
    let logarithm = add_scaled64(log_ratio_scaled64(argument, SCALED64_ONE), less);
    return add_scaled64(mul_scaled64(factor, logarithm), add_scaled64(series, constant));
}

// sin(pi x) and cos(pi x), up to their common sign, of a positive number below 2^63.
struct HalfTurn64 {
    sine: Scaled64,
    cosine: Scaled64,
}

fn half_turn_scaled64(x: Scaled64) -> HalfTurn64 {
    // 2 x = n + r with |r| <= 1/2
    let up = u32(clamp(x.exponent + 1i, 0i, 63i));
    let cut = sig64_shl(x.significand, up);
    let fraction = sig64_shr(cut, u32(clamp(-1i - x.exponent, 0i, 63i)));
    let nearest = (fraction.y >> 31u) != 0u;
    let integer = select(0u, sig64_shr(x.significand, 64u - max(up, 1u)).x, up != 0u);
    let odd = ((integer & 1u) != 0u) != nearest;
    let tiny = x.exponent < -1i;
    let r = normal_scaled64(select(fraction, sig64_sub(vec2<u32>(0u, 0u), fraction), nearest), 0i, false);
    let twice = select_scaled64(r, Scaled64(x.significand, x.exponent + 1i, false), tiny);
    let angle = mul_scaled64(twice, Scaled64(SCALED64_PI.significand, 1i, false));
    let first = wave_fixed64(angle.significand, angle.exponent, false);
    let second = wave_fixed64(angle.significand, angle.exponent, true);
    let sine = normal_scaled64(first.significand, first.exponent, nearest);
    let cosine = normal_scaled64(second.significand, second.exponent, false);
    if (odd) {
        return HalfTurn64(cosine, neg_scaled64(sine));
    }
    return HalfTurn64(sine, cosine);
}

fn lgamma_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let negative = (words.y >> 31u) != 0u;
    let magnitude = words.y & 0x7fffffffu;
    let x = scaled64_of_magnitude(words);
    var y = lgamma_scaled64(x);
    if (negative) {
        // log(pi / (|x| sin(pi |x|))) - lgamma(|x|)
        let sine = half_turn_scaled64(x).sine;
        let denominator = mul_scaled64(x, Scaled64(sine.significand, sine.exponent, false));
        let logarithm = log_ratio_scaled64(SCALED64_PI, denominator);
        y = add_scaled64(logarithm, neg_scaled64(y));
    }
    var result = words_of_scaled64(y);
    let zero = (y.significand.x | y.significand.y) == 0u;
    result = select(result, vec2<u32>(0u, 0u), zero);
    let pole = (magnitude | words.x) == 0u || (negative && integer_part_f64_words(words).y != 0u);
    result = select(result, vec2<u32>(0u, F64_INFINITY), pole);
    result = select(result, words, magnitude == F64_INFINITY && words.x == 0u);
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && words.x != 0u);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), nan));
}

// digamma of a positive number.
fn digamma_scaled64(x: Scaled64) -> Scaled64 {
    let large = x.exponent > 4i;
    let fixed = fixed96_of_sig64(x.significand, min(x.exponent - 1i, 3i));
    let u = div_scaled64(SCALED64_ONE, x);
    let square = mul_scaled64(u, u);
    let tail = sig64_shr(square.significand, u32(clamp(-7i - square.exponent, 0i, 63i)));
    let place = place_fixed64(select(fixed.xy, tail, large));
    var coefficients = F64_DIGAMMA;
    var p = vec2<u32>(0u, 0u);
    let end = select(27i, 36i, large);
    for (var i = select(0i, 27i, large); i < end; i++) {
        p = horner_fixed64(p, place.magnitude, place.negative, coefficients[i]);
    }
    if (large) {
        // log x - 1 / (2 x) - p / x^2
        let half = Scaled64(u.significand, u.exponent - 1i, true);
        let rest = add_scaled64(half, mul_scaled64(square, normal_scaled64(p, -2i, true)));
        return add_scaled64(log_ratio_scaled64(x, SCALED64_ONE), rest);
    }
    // y - y0 with 128 bits of y0
    let y = vec4<u32>(0u, 0u, fixed.xy);
    let root = vec4<u32>(0x0a4f06b1u, 0xa9c8865eu, 0x6be3f6e1u, 0x762d8635u);
    let below = sig128_lt(y, root);
    let difference = select(sig128_sub(y, root), sig128_sub(root, y), below);
    let lead = sig128_clz(difference);
    let distance = Scaled64(sig128_shl(difference, lead & 127u).zw, -i32(lead), below);
    var sum = mul_scaled64(distance, normal_scaled64(p, 2i, false));
    if (fixed.z == 0u) {
        return add_scaled64(sum, neg_scaled64(u));
    }
    for (var j = 1u; j < fixed.z; j++) {
        sum = add_scaled64(sum, div_scaled64(SCALED64_ONE, scaled64_of_mixed(j, fixed.xy)));
    }
    return sum;
}

fn digamma_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let negative = (words.y >> 31u) != 0u;
    let magnitude = words.y & 0x7fffffffu;
    let x = scaled64_of_magnitude(words);
    var y = digamma_scaled64(x);
    if (negative) {
        // digamma(|x|) + 1 / |x| + pi cot(pi |x|)
        let turn = half_turn_scaled64(x);
        let cotangent = div_scaled64(mul_scaled64(turn.cosine, SCALED64_PI), turn.sine);
        y = add_scaled64(add_scaled64(y, div_scaled64(SCALED64_ONE, x)), cotangent);
    }
    var result = words_of_scaled64(y);
    result = select(result, vec2<u32>(0u, 0x7ff80000u), negative && integer_part_f64_words(words).y != 0u);
    result = select(result, vec2<u32>(0u, F64_INFINITY | (~words.y & F64_SIGN)), (magnitude | words.x) == 0u);
    result = select(result, words, magnitude == F64_INFINITY && words.x == 0u && !negative);
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && (words.x != 0u || negative));
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), nan));
}
