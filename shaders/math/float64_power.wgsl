// float64 pow, in integers (float64_exponential.wgsl says why).
//
// x^y = 2^(y log2 x) for the logarithm on 96 bits, since a power's exponent takes up to 11 of them away. The series of
// artanh(s) / s is added to its leading term 1 on 96 bits; s has 87, the rest of the series 64. The product with y is cut
// to integer and 64 bits behind the point. Cases: C17 F.10.4.4.
// Error: 0.64 ULP (measured; the part beside rounding grows with |y log2 x|, up to 1075).

// The product's top 96 bits (x = lowest word), at most 4 too small.
fn fixed96_mul(a: vec3<u32>, b: vec3<u32>) -> vec3<u32> {
    let high = mul32_wide(a.z, b.z);
    let cross = vec2<u32>(mul32_high(a.z, b.x), 0u);
    var low = sig64_add(cross, vec2<u32>(mul32_high(a.x, b.z), 0u));
    low = sig64_add(low, vec2<u32>(mul32_high(a.y, b.y), 0u));
    let first = mul32_wide(a.z, b.y);
    let second = mul32_wide(a.y, b.z);
    let sum = sig128_add(vec4<u32>(low, 0u, 0u), vec4<u32>(0u, high, 0u));
    let crosses = sig128_add(vec4<u32>(first, 0u, 0u), vec4<u32>(second, 0u, 0u));
    return sig128_add(sum, crosses).xyz;
}

// Integer part (z) and fraction in units of 2^-64 (x, y), cut, of significand / 2^96 * 2^exponent, exponent < 32.
fn fixed96_of_sig96(significand: vec3<u32>, exponent: i32) -> vec3<u32> {
    let left = sig128_shl(vec4<u32>(significand, 0u), u32(clamp(exponent, 0i, 31i)));
    return sig128_shr_sticky(left, u32(clamp(-exponent, 0i, 127i))).yzw;
}

// log2 |x|
struct Log2Fixed96 {
    // significand / 2^96 * 2^exponent, normalised (or 0)
    significand: vec3<u32>,
    exponent: i32,
    negative: bool,
}

fn log2_fixed96(words: vec2<u32>) -> Log2Fixed96 {
    let reduced = reduce_log64(scaled64_of_words(words));
    let quotient = sig62_div(reduced.numerator, reduced.denominator);
    // 27 bits more: the remainder of that division, modulo 2^64.
    let product = mul32_wide(quotient.x, reduced.denominator.x);
    let rest = sig64_sub(vec2<u32>(0u, reduced.numerator.x << 30u), vec2<u32>(product.x,
        product.y + quotient.x * reduced.denominator.y + quotient.y * reduced.denominator.x));
    let reciprocal = sig32_reciprocal((reduced.denominator.y << 2u) | (reduced.denominator.x >> 30u));
    let digit = sig62_quotient(rest, 27u, reduced.denominator, reciprocal).x;
    // s = s96 / 2^96 * 2^-s_exponent
    let fall = sig64_clz(quotient);
    let s = sig64_shl(quotient, fall & 63u);
    let s96 = sig128_shl(vec4<u32>(0u, digit << 5u, quotient), fall & 63u).yzw;
    let s_exponent = i32(fall) - 2i - reduced.exponent;

    // 32 s^2 in units of 2^-64, and the rest of the series behind its leading term, times 2 / ln 2; interpolated at
    // Chebyshev nodes, error 2^-74.
    let square = fixed64_mul(s, s);
    let z = select(sig64_shr(square, u32(clamp(2i * s_exponent - 5i, 0i, 63i))), sig64_shl(square, 1u), s_exponent == 2i);
    var tail = 0x00268c5cu + mul32_high(z.y, 0x00014258u);
    tail = 0x056ec98cu + mul32_high(z.y, tail);
    tail = 0xc4f99904u + mul32_high(z.y, tail);
    var g = sig64_add(vec2<u32>(0x68f58359u, 0x0000001cu), fixed64_mul(z, vec2<u32>(tail, 0u)));
    g = sig64_add(vec2<u32>(0x6a125e4au, 0x00000432u), fixed64_mul(z, g));
    g = sig64_add(vec2<u32>(0x89ebe10fu, 0x0000a425u), fixed64_mul(z, g));
    g = sig64_add(vec2<u32>(0x2a7adec7u, 0x001a6176u), fixed64_mul(z, g));
    g = sig64_add(vec2<u32>(0x3be6ff9fu, 0x049ddb14u), fixed64_mul(z, g));
    g = sig64_add(vec2<u32>(0xd01feba5u, 0xf6384ee1u), fixed64_mul(z, g));
    let rest_series = fixed64_mul(s, fixed64_mul(z, g));
    let leading = fixed96_mul(s96, vec3<u32>(0xbe87fed0u, 0x5c17f0bbu, 0xb8aa3b29u));
    let sum = sig128_add(vec4<u32>(leading, 0u),
        vec4<u32>(rest_series.x << 25u, (rest_series.x >> 7u) | (rest_series.y << 25u), rest_series.y >> 7u, 0u));
    // log2 m = sum / 2^96 * 2^(2 - s_exponent), below 1/2

    let integer = vec4<u32>(0u, 0u, 0u, u32(abs(reduced.power)));
    let fraction = sig128_shr_sticky(sum, u32(clamp(s_exponent - 2i, 0i, 127i)));
    let opposite = (reduced.power < 0i) != reduced.negative;
    let both = select(sig128_add(integer, fraction), sig128_sub(integer, fraction), opposite);
    let alone = reduced.power == 0i;
    let total = select(both, vec4<u32>(0u, sum.xyz), alone);
    let lead = sig128_clz(total);
    return Log2Fixed96(sig128_shl(total, lead & 127u).yzw, select(32i, 2i - s_exponent, alone) - i32(lead),
        select(reduced.power < 0i, reduced.negative, alone));
}

fn pow_fixed_f64(a: F64, b: F64) -> F64 {
    let x = words_of_f64(a);
    let y = words_of_f64(b);
    let x_high = x.y & 0x7fffffffu;
    let y_high = y.y & 0x7fffffffu;
    let y_lead = sig64_clz(sig53_of_words(y));
    let y_significand = sig64_shl(sig53_of_words(y), y_lead & 63u);
    let y_exponent = exponent53_of_words(y) - 1011i - i32(y_lead);
    let log2_x = log2_fixed96(vec2<u32>(x.x, x_high));
    let product = fixed96_mul(log2_x.significand, vec3<u32>(0u, y_significand));
    // For log2 1 = 0 any exponent that is low enough.
    let exponent = select(log2_x.exponent, -4096i, log2_x.significand.z == 0u) + y_exponent;
    let negative = log2_x.negative != ((y.y >> 31u) != 0u);

    let p = exp2_fixed64(negative, fixed96_of_sig96(product, exponent));
    let lead = countLeadingZeros(p.z);

    // y an integer, and odd: bits of its significand from the unit down.
    let below = u32(clamp(1075i - exponent53_of_words(y), 0i, 63i));
    let whole = below == 0u || (below < 53u && sig64_clz(sig64_shl(sig53_of_words(y), 64u - max(below, 1u))) == 64u);
    let odd = whole && exponent53_of_words(y) <= 1075i && (sig64_shr(sig53_of_words(y), below).x & 1u) != 0u;
    let x_negative = (x.y >> 31u) != 0u;
    let sign = select(0u, F64_SIGN, x_negative && odd);

    let huge = vec2<u32>(0u, sign | F64_INFINITY);
    let tiny = vec2<u32>(0u, sign);
    var result = round_pack_words(sign, min(bitcast<i32>(p.x), 1100i) + 1024i - i32(lead), sig64_shl(p.yz, lead));
    result = select(result, select(huge, tiny, negative), exponent > 12i);
    let x_zero = (x_high | x.x) == 0u;
    let y_zero = (y_high | y.x) == 0u;
    let x_one = x_high == 0x3ff00000u && x.x == 0u;
    let y_negative = (y.y >> 31u) != 0u;
    // A negative base with an exponent that is not an integer.
    result = select(result, vec2<u32>(0u, 0x7ff80000u), x_negative && !whole);
    result = select(result, select(tiny, huge, y_negative), x_zero);
    result = select(result, select(huge, tiny, y_negative), x_high == F64_INFINITY && x.x == 0u);
    // An infinite exponent counts as even.
    let grows = (x_high >= 0x3ff00000u) != y_negative;
    let limit = select(vec2<u32>(0u, select(0u, F64_INFINITY, grows)), vec2<u32>(0u, 0x3ff00000u), x_one);
    result = select(result, limit, y_high == F64_INFINITY && y.x == 0u);
    let nan = isnan_f64(a) || isnan_f64(b);
    result = select(result, vec2<u32>(0u, 0x7ff80000u), nan);
    result = select(result, vec2<u32>(0u, 0x3ff00000u), y_zero || (x_one && !x_negative));
    return f64_of_words(result);
}
