// float32 gamma, lgamma (log |gamma|) and digamma, in integers on 32 bits (float32_scaled.wgsl).
//
// The formulas are those of float64_gamma.wgsl, which names their sources: steps of one to [1, 2), there polynomials
// (lgamma's without its zeros, digamma's without its root), from 16 on the asymptotic series. Polynomials: interpolation at
// Chebyshev nodes (own fits).
// Errors are maxima over 2^28 arguments spread over all bit patterns and all those between 2^-12 and 128. For the negative
// arguments of lgamma and digamma the error is absolute, in units of 2^-24 times the largest of 1, the result and the function
// at |x|.

// gamma(y) for y from 1 to 2, in units of 2^-31; the highest coefficient first.
const F32_GAMMA = array<u32, 13>(
    0x00000f54u, 0xffffd20cu, 0x000057eau, 0xfffef941u, 0x000352abu, 0xfff63972u, 0x001e00fau, 0xffb0a161u, 0x01283bfau,
    0xfe4884cau, 0x0d4626dcu, 0x0211d516u, 0x716fe247u,
);

// lgamma(y) / ((y - 1) (y - 2)) in units of 2^-31 (12i coefficients), then the series' end in units of 2^-34.
const F32_LGAMMA = array<u32, 16>(
    0xfffffd93u, 0x000007dau, 0xffffedadu, 0x00003c98u, 0xffff2d17u, 0x0002cb2bu, 0xfff6593au, 0x00226636u, 0xff7fc2aau,
    0x02035eccu, 0xf6a897d3u, 0x3dd72b61u, 0xffffffffu, 0x000000ceu, 0xfffd2971u, 0x55527df7u,
);

// digamma(y) / (y - y0) in units of 2^-30 (13i coefficients), then the series' end in units of 2^-34.
const F32_DIGAMMA = array<u32, 17>(
    0x00000541u, 0xfffff03du, 0x00001e41u, 0xffffa51au, 0x000126c5u, 0xfffc87edu, 0x000a6ee5u, 0xffe04cf8u, 0x006144c7u,
    0xfed010edu, 0x03d94313u, 0xf271a4e9u, 0x3cde1977u, 0xfffffffcu, 0x00000404u, 0xfff77f8bu, 0x554cd0d9u,
);

// The integer part of |x| where it has less than 24 bits (x), and whether |x| is an integer (y), as all numbers from 2^23 on are.
fn integer_part_f32_bits(abs_bits: u32) -> vec2<u32> {
    let below = u32(clamp(150i - i32(max(abs_bits >> 23u, 1u)), 0i, 31i));
    let significand = (abs_bits & 0x007fffffu) | select(0u, 0x00800000u, abs_bits >= 0x00800000u);
    let integer = significand >> below;
    return vec2<u32>(integer, select(0u, 1u, integer << below == significand));
}

// Error: 0.64 ULP.
fn gamma_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let negative = bits >= 0x80000000u;
    let a = scaled32_of_magnitude(abs_bits);
    // |x|; 64 and more as any number from there to 128.
    let fixed = mixed_of_scaled32(Scaled32(a.significand, min(a.exponent, 7i), false));
    let integer = fixed.y;
    let rest = 0u - fixed.x;
    // x = y + n is (y + n - 1) ... (y + 1) y gamma(y); a negative x = -(integer + fraction) and 1 - fraction are divided by.
    var product = SCALED32_ONE;
    let count = select(integer, integer + 1u, negative);
    for (var j = 1u; j < min(count, 50u); j++) {
        product = mul_scaled32(product, scaled32_of_mixed(j, fixed.x));
    }
    let place = place_fixed32(select(fixed.x, rest, negative));
    var coefficients = F32_GAMMA;
    var p = 0u;
    for (var i = 0i; i < 13i; i++) {
        p = horner_fixed32(p, place.magnitude, place.negative, coefficients[i]);
    }
    let value = normal_scaled32(p, 1i, false);
    var y = mul_scaled32(value, product);
    if (negative || integer == 0u) {
        let first = select_scaled32(normal_scaled32(fixed.x, 0i, false), a, integer == 0u);
        // 1 - fraction, which is 1 where the fraction was cut to 0.
        let last = select_scaled32(normal_scaled32(rest, 0i, false), SCALED32_ONE, rest == 0u || !negative);
        y = div_scaled32(value, mul_scaled32(mul_scaled32(product, first), last));
    }
    let part = integer_part_f32_bits(abs_bits);
    let sign = select(0u, 0x80000000u, negative && (part.x & 1u) == 0u);
    var result = bits_of_scaled32(y) | sign;
    result = select(result, select(0x7f800000u, sign, negative), abs_bits >= 0x42400000u);
    result = select(result, 0x7fc00000u, negative && part.y != 0u);
    result = select(result, bits | 0x7f800000u, abs_bits == 0u);
    result = select(result, 0x7fc00000u, bits == 0xff800000u);
    return bitcast<f32>(select(result, bits, abs_bits > 0x7f800000u));
}

// lgamma of a positive number.
fn lgamma_scaled32(x: Scaled32) -> Scaled32 {
    let large = x.exponent > 4i;
    let fixed = mixed_of_scaled32(Scaled32(x.significand, min(x.exponent, 4i), false));
    let u = div_scaled32(SCALED32_ONE, x);
    // 1 / x^2 in units of 2^-39, up to 2^-8
    let square = mul_scaled32(u, u);
    let tail = square.significand >> u32(clamp(-7i - square.exponent, 0i, 31i));
    let place = place_fixed32(select(fixed.x, tail, large));
    var coefficients = F32_LGAMMA;
    var p = 0u;
    let end = select(12i, 16i, large);
    for (var i = select(0i, 12i, large); i < end; i++) {
        p = horner_fixed32(p, place.magnitude, place.negative, coefficients[i]);
    }
    var argument = x;
    var shift = normal_scaled32(fixed.x, 0i, true);
    var factor = SCALED32_ONE;
    if (large) {
        // (x - 1/2) (log x - 1) + (log(2 pi) - 1) / 2 + p / x
        factor = add_scaled32(x, Scaled32(0x80000000u, 0i, true));
        shift = u;
    } else if (fixed.y != 0u) {
        // (y - 1) (y - 2) p + log(y (y + 1) ... (x - 1))
        argument = SCALED32_ONE;
        for (var j = 1u; j < fixed.y; j++) {
            argument = mul_scaled32(argument, scaled32_of_mixed(j, fixed.x));
        }
    } else {
        // x (x - 1) p - log(x)
        factor.negative = true;
    }
    let above = normal_scaled32(0u - fixed.x, 0i, false);
    let other = select_scaled32(above, SCALED32_ONE, large);
    let series = mul_scaled32(mul_scaled32(shift, other), normal_scaled32(p, select(1i, -2i, large), false));
    let constant = select_scaled32(SCALED32_ZERO, Scaled32(0xd67f1c86u, -1i, false), large);
    let less = neg_scaled32(select_scaled32(SCALED32_ZERO, SCALED32_ONE, large));
    let logarithm = add_scaled32(log_ratio_scaled32(argument, SCALED32_ONE), less);
    return add_scaled32(mul_scaled32(factor, logarithm), add_scaled32(series, constant));
}

// sin(r) / r and cos(r) for r^2 from 0 to (pi/4)^2 in units of 2^-32, in units of 2^-30.
const F32_SINE = array<u32, 6>(
    0xffffffe5u, 0x00000b8fu, 0xfffcbfccu, 0x00888889u, 0xf5555555u, 0x40000000u,
);

const F32_COSINE = array<u32, 6>(
    0xfffffedcu, 0x00006804u, 0xffe93e95u, 0x02aaaaabu, 0xe0000000u, 0x40000000u,
);

// sin(pi x) and cos(pi x), up to their common sign, of a positive number below 2^31.
struct HalfTurn32 {
    sine: Scaled32,
    cosine: Scaled32,
}

fn half_turn_scaled32(x: Scaled32) -> HalfTurn32 {
    // 2 x = n + r with |r| <= 1/2
    let fixed = mixed_of_scaled32(Scaled32(x.significand, min(x.exponent + 1i, 31i), false));
    let nearest = (fixed.x >> 31u) != 0u;
    let odd = ((fixed.y & 1u) != 0u) != nearest;
    let tiny = x.exponent < -1i;
    let r = normal_scaled32(select(fixed.x, 0u - fixed.x, nearest), 0i, false);
    let twice = select_scaled32(r, Scaled32(x.significand, x.exponent + 1i, false), tiny);
    let angle = mul_scaled32(twice, Scaled32(SCALED32_PI.significand, 1i, false));
    let square = mul32_high(angle.significand, angle.significand) >> u32(clamp(-2i * angle.exponent, 0i, 31i));
    var sine_coefficients = F32_SINE;
    var cosine_coefficients = F32_COSINE;
    var p = 0u;
    var q = 0u;
    for (var i = 0i; i < 6i; i++) {
        p = horner_fixed32(p, square, false, sine_coefficients[i]);
        q = horner_fixed32(q, square, false, cosine_coefficients[i]);
    }
    var sine = mul_scaled32(angle, normal_scaled32(p, 2i, false));
    sine.negative = nearest;
    let cosine = normal_scaled32(q, 2i, false);
    if (odd) {
        return HalfTurn32(cosine, neg_scaled32(sine));
    }
    return HalfTurn32(sine, cosine);
}

// Error: 0.58 ULP, 1.1 for negative arguments.
fn lgamma_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let negative = bits >= 0x80000000u;
    let a = scaled32_of_magnitude(abs_bits);
    var y = lgamma_scaled32(a);
    if (negative) {
        // log(pi / (|x| sin(pi |x|))) - lgamma(|x|)
        let sine = half_turn_scaled32(a).sine;
        let denominator = mul_scaled32(a, Scaled32(sine.significand, sine.exponent, false));
        y = add_scaled32(log_ratio_scaled32(SCALED32_PI, denominator), neg_scaled32(y));
    }
    var result = select(bits_of_scaled32(y), 0u, y.significand == 0u);
    result = select(result, 0x7f800000u, abs_bits == 0u || (negative && integer_part_f32_bits(abs_bits).y != 0u));
    return bitcast<f32>(select(result, bits, abs_bits >= 0x7f800000u));
}

// digamma of a positive number.
fn digamma_scaled32(x: Scaled32) -> Scaled32 {
    let large = x.exponent > 4i;
    let fixed = mixed_of_scaled32(Scaled32(x.significand, min(x.exponent, 4i), false));
    let u = div_scaled32(SCALED32_ONE, x);
    let square = mul_scaled32(u, u);
    let tail = square.significand >> u32(clamp(-7i - square.exponent, 0i, 31i));
    let place = place_fixed32(select(fixed.x, tail, large));
    var coefficients = F32_DIGAMMA;
    var p = 0u;
    let end = select(13i, 17i, large);
    for (var i = select(0i, 13i, large); i < end; i++) {
        p = horner_fixed32(p, place.magnitude, place.negative, coefficients[i]);
    }
    if (large) {
        // log x - 1 / (2 x) - p / x^2
        let half = Scaled32(u.significand, u.exponent - 1i, true);
        let rest = add_scaled32(half, mul_scaled32(square, normal_scaled32(p, -2i, true)));
        return add_scaled32(log_ratio_scaled32(x, SCALED32_ONE), rest);
    }
    // y - y0 with 64 bits of y0
    let y = vec2<u32>(0u, fixed.x);
    let root = vec2<u32>(0x6be3f6e2u, 0x762d8635u);
    let below = sig64_lt(y, root);
    let difference = select(sig64_sub(y, root), sig64_sub(root, y), below);
    let lead = sig64_clz(difference);
    let distance = Scaled32(sig64_shl(difference, lead & 63u).y, -i32(lead), below);
    var sum = mul_scaled32(distance, normal_scaled32(p, 2i, false));
    if (fixed.y == 0u) {
        return add_scaled32(sum, neg_scaled32(u));
    }
    for (var j = 1u; j < fixed.y; j++) {
        sum = add_scaled32(sum, div_scaled32(SCALED32_ONE, scaled32_of_mixed(j, fixed.x)));
    }
    return sum;
}

// Error: 0.59 ULP, 1.1 for negative arguments.
fn digamma_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let negative = bits >= 0x80000000u;
    let a = scaled32_of_magnitude(abs_bits);
    var y = digamma_scaled32(a);
    if (negative) {
        // digamma(|x|) + 1 / |x| + pi cot(pi |x|)
        let turn = half_turn_scaled32(a);
        let cotangent = div_scaled32(mul_scaled32(turn.cosine, SCALED32_PI), turn.sine);
        y = add_scaled32(add_scaled32(y, div_scaled32(SCALED32_ONE, a)), cotangent);
    }
    var result = bits_of_scaled32(y);
    result = select(result, 0x7fc00000u, negative && integer_part_f32_bits(abs_bits).y != 0u);
    result = select(result, 0x7f800000u | (~bits & 0x80000000u), abs_bits == 0u);
    result = select(result, 0x7fc00000u, bits == 0xff800000u);
    return bitcast<f32>(select(result, bits, bits == 0x7f800000u || abs_bits > 0x7f800000u));
}
