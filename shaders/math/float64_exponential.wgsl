// float64 exp, in fixed point.
//
// A power of e is a number between 1 and 2 with 64 bits behind the point, so integers carry it further than float64
// would: the error is rounding to float64 and less than 0.01 ULP beside it, on every device, bit for bit the same.
// A 64-bit product costs half of an emulated float64 one.
// Reduction x = k ln 2 + t after Cody and Waite ("Software Manual for the Elementary Functions", 1980), here exact
// to 2^-64; polynomial: interpolation of e^t at Chebyshev nodes, error 2^-67.
// Error: 0.51 ULP (subnormal results as well).

// e^t in units of 2^-62 for t from 0 to ln 2 (and 2^-18 more) in units of 2^-64.
fn exp_series_fixed64(t: vec2<u32>) -> vec2<u32> {
    var tail = 0x10d29c93u + mul32_high(t.y, 0x01e83ebcu);
    tail = 0xd884de38u + mul32_high(t.y, tail);
    var p = sig64_add(vec2<u32>(0xc4cc810cu, 0x00000127u), fixed64_mul(t, vec2<u32>(tail << 5u, tail >> 27u)));
    p = sig64_add(vec2<u32>(0x023e6b39u, 0x00000b8fu), fixed64_mul(t, p));
    p = sig64_add(vec2<u32>(0x7aacb3d6u, 0x00006806u), fixed64_mul(t, p));
    p = sig64_add(vec2<u32>(0x049dee0au, 0x00034034u), fixed64_mul(t, p));
    p = sig64_add(vec2<u32>(0x1689a993u, 0x0016c16cu), fixed64_mul(t, p));
    p = sig64_add(vec2<u32>(0x888e3b86u, 0x00888888u), fixed64_mul(t, p));
    p = sig64_add(vec2<u32>(0xaaaa5202u, 0x02aaaaaau), fixed64_mul(t, p));
    p = sig64_add(vec2<u32>(0xaaaaad77u, 0x0aaaaaaau), fixed64_mul(t, p));
    p = sig64_add(vec2<u32>(0xfffffff7u, 0x1fffffffu), fixed64_mul(t, p));
    p = sig64_add(vec2<u32>(0x00000000u, 0x40000000u), fixed64_mul(t, p));
    return sig64_add(vec2<u32>(0x00000000u, 0x40000000u), fixed64_mul(t, p));
}

// e^x for x = +-(integer part + fraction) below 1024: x is the result's exponent, y and z are its significand in
// units of 2^-62, from 1 to 2 (a little more or less). The exponent comes first as its bits.
fn exp_fixed64(negative: bool, x: vec3<u32>) -> vec3<u32> {
    // k = floor(x / ln 2), or one less; for negative x one more than that, or the same. Then t = +-(x - k ln 2) >= 0.
    let top = (x.z << 22u) | (x.y >> 10u);
    let estimate = mul32_high(top, 0xb8aa3b29u);
    let k = select(estimate >> 21u, ((estimate + 4u) >> 21u) + 1u, negative);
    let low = mul32_high(k, 0xc9e3b398u);
    let middle = sig64_add(mul32_wide(k, 0xd1cf79abu), vec2<u32>(low, 0u));
    let product = vec2<u32>(middle.x, middle.y + k * 0xb17217f7u);
    let t = select(sig64_sub(x.xy, product), sig64_sub(product, x.xy), negative);

    return vec3<u32>(select(k, 0u - k, negative), exp_series_fixed64(t));
}

fn exp_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let magnitude = words.y & 0x7fffffffu;
    let negative = (words.y >> 31u) != 0u;
    let exponent = i32(magnitude >> 20u) - 1023i;
    let p = exp_fixed64(negative, fixed96_of_sig64(sig64_of_words(words), min(exponent, 10i)));
    let lead = countLeadingZeros(p.z);
    let rounded = round_pack_words(0u, bitcast<i32>(p.x) + 1024i - i32(lead), sig64_shl(p.yz, lead));

    // From 1024 up infinity or zero.
    var result = select(rounded, vec2<u32>(0u, select(F64_INFINITY, 0u, negative)), exponent >= 10i);
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && words.x != 0u);
    result = select(result, vec2<u32>(0u, 0x7ff80000u), nan);
    return f64_of_words(result);
}
