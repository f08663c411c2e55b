// float64 sinh, cosh, tanh, in fixed point (float64_exponential.wgsl says why).
//
// sinh |x| = (m + m / e^|x|) / 2 with m = e^|x| - 1, where nothing cancels; cosh |x| = (e^|x| + 1 / e^|x|) / 2.
// tanh: |x| < 3/8: x (1 - z (c1 - z (c2 - ...))), z = x^2, interpolated at Chebyshev nodes, error 2^-68. Above,
// (1 - q) / (1 + q) with q = e^(-2|x|), where 1 - q keeps its bits.
// Errors: sinh 0.53, cosh 0.51, tanh 0.52 ULP.

// half of rising + falling, with a sign; infinity for an argument from 1024 up, NaN for NaN.
fn half_sum_words(rising: Scaled64, falling: Scaled64, sign: u32, argument: vec2<u32>) -> vec2<u32> {
    let magnitude = argument.y & 0x7fffffffu;
    let sum = add_scaled64(rising, falling);
    let rounded = words_of_scaled64(Scaled64(sum.significand, sum.exponent - 1i, sign != 0u));
    let result = select(rounded, vec2<u32>(0u, sign | F64_INFINITY), magnitude >= 0x40900000u);
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && argument.x != 0u);
    return select(result, vec2<u32>(0u, 0x7ff80000u), nan);
}

fn sinh_fixed_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let parts = expm1_parts64(words);
    let rising = Scaled64(parts.rest.significand, parts.rest.exponent + parts.k, false);
    return f64_of_words(half_sum_words(rising, div_scaled64(parts.rest, parts.power), words.y & F64_SIGN, words));
}

fn cosh_fixed_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let parts = expm1_parts64(words);
    let rising = Scaled64(parts.power.significand, parts.power.exponent + parts.k, false);
    return f64_of_words(half_sum_words(rising, div_scaled64(SCALED64_ONE, rising), 0u, words));
}

fn tanh_fixed_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let sign = words.y & F64_SIGN;
    let magnitude = words.y & 0x7fffffffu;
    let exponent = i32(magnitude >> 20u) - 1023i;
    var significand: vec2<u32>;
    var scale: i32;
    if (magnitude < 0x3fd80000u) {
        let lead = sig64_clz(sig53_of_words(words));
        let x = sig64_shl(sig53_of_words(words), lead & 63u);
        scale = exponent53_of_words(words) - 1011i - i32(lead);
        let z = sig64_shr(fixed64_mul(x, x), u32(clamp(-2i * scale, 0i, 63i)));
        var tail = 0x0c462f15u - mul32_high(z.y, 0x03c96f7eu);
        tail = 0x1f43b74au - mul32_high(z.y, tail);
        tail = 0x4d53b753u - mul32_high(z.y, tail);
        tail = 0xbed185eeu - mul32_high(z.y, tail);
        var p = sig64_sub(vec2<u32>(0x60db6b38u, 0x00eb69e7u), fixed64_mul(z, vec2<u32>(tail << 23u, tail >> 9u)));
        p = sig64_sub(vec2<u32>(0xb4b0fc3cu, 0x0244dc6au), fixed64_mul(z, p));
        p = sig64_sub(vec2<u32>(0x0adfa940u, 0x05993d22u), fixed64_mul(z, p));
        p = sig64_sub(vec2<u32>(0xd0dcb989u, 0x0dd0dd0du), fixed64_mul(z, p));
        p = sig64_sub(vec2<u32>(0x222221d6u, 0x22222222u), fixed64_mul(z, p));
        p = sig64_sub(vec2<u32>(0x55555555u, 0x55555555u), fixed64_mul(z, p));
        p = sig64_sub(vec2<u32>(0u, 0x80000000u), sig64_shr(fixed64_mul(z, p), 1u));
        significand = fixed64_mul(x, p);
        scale += 1i;
    } else {
        // 1 from 32 on.
        let x = exp_fixed64(true, fixed96_of_sig64(sig64_of_words(words), min(exponent + 1i, 5i)));
        // q in units of 2^-64, at least one.
        let fall = 0u - x.x - 2u;
        let q = select(sig64_shr(x.yz, fall & 63u), vec2<u32>(0u, 0u), fall > 63u) | vec2<u32>(1u, 0u);
        let numerator = sig64_shr(sig64_sub(vec2<u32>(0u, 0u), q), 3u);
        let denominator = sig64_shr(q, 3u) | vec2<u32>(0u, 0x20000000u);
        significand = sig62_div(numerator, denominator);
        scale = 2i;
    }
    let lead = sig64_clz(significand);
    var result = round_pack_words(sign, scale + 1022i - i32(lead), sig64_shl(significand, lead & 63u));
    result = select(result, vec2<u32>(0u, sign | 0x3ff00000u), exponent >= 5i);
    result = select(result, words, (magnitude | words.x) == 0u);
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && words.x != 0u);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), nan));
}
