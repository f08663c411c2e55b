// float64 exp, exp2, exp10, expm1, in fixed point.
//
// A power of e is a number between 1 and 2 with 64 bits behind the point, so integers carry it further than float64
// would: the error is rounding to float64 and less than 0.01 ULP beside it, on every device, bit for bit the same.
// A 64-bit product costs half of an emulated float64 one.
// Reduction x = k ln 2 + t after Cody and Waite ("Software Manual for the Elementary Functions", 1980), here exact
// to 2^-64; polynomial: interpolation of e^t at Chebyshev nodes, error 2^-67. For powers of 2 and 10, k and t / ln 2 are the
// integer and the fraction of x or x log2 10, so that 2^n is exact. What subtracts from a power of e is put together from
// (e^t - 1) / t, which keeps all bits for small t.
// Errors: exp 0.51, exp2 0.51, exp10 0.51, expm1 0.52 ULP (subnormal results as well).

// (e^t - 1) / t in units of 2^-62 for t from 0 to ln 2 (and 2^-18 more) in units of 2^-64.
fn expm1_series_fixed64(t: vec2<u32>) -> vec2<u32> {
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
    return sig64_add(vec2<u32>(0x00000000u, 0x40000000u), fixed64_mul(t, p));
}

// e^t in units of 2^-62, for the same t.
fn exp_series_fixed64(t: vec2<u32>) -> vec2<u32> {
    return sig64_add(vec2<u32>(0x00000000u, 0x40000000u), fixed64_mul(t, expm1_series_fixed64(t)));
}

// x = integer part + fraction below 1024 is k ln 2 + t, and -x for a negative number is t - k ln 2: k, and t in units of 2^-64.
fn reduce_exp64(negative: bool, x: vec3<u32>) -> vec3<u32> {
    // k = floor(x / ln 2), or one less; for negative x one more than that, or the same. Then t = +-(x - k ln 2) >= 0.
    let top = (x.z << 22u) | (x.y >> 10u);
    let estimate = mul32_high(top, 0xb8aa3b29u);
    let k = select(estimate >> 21u, ((estimate + 4u) >> 21u) + 1u, negative);
    let low = mul32_high(k, 0xc9e3b398u);
    let middle = sig64_add(mul32_wide(k, 0xd1cf79abu), vec2<u32>(low, 0u));
    let product = vec2<u32>(middle.x, middle.y + k * 0xb17217f7u);
    return vec3<u32>(k, select(sig64_sub(x.xy, product), sig64_sub(product, x.xy), negative));
}

// e^x for x = +-(integer part + fraction) below 1024: x is the result's exponent, y and z are its significand in
// units of 2^-62, from 1 to 2 (a little more or less). The exponent comes first as its bits.
fn exp_fixed64(negative: bool, x: vec3<u32>) -> vec3<u32> {
    let reduced = reduce_exp64(negative, x);
    return vec3<u32>(select(reduced.x, 0u - reduced.x, negative), exp_series_fixed64(reduced.yz));
}

// 2^x, likewise; for a negative number the fraction is taken from 1.
fn exp2_fixed64(negative: bool, x: vec3<u32>) -> vec3<u32> {
    let fraction = select(x.xy, sig64_sub(vec2<u32>(0u, 0u), x.xy), negative);
    let borrow = select(0u, 1u, (x.x | x.y) != 0u);
    let p = exp_series_fixed64(fixed64_mul(fraction, vec2<u32>(0xd1cf79acu, 0xb17217f7u)));
    return vec3<u32>(select(x.z, 0u - x.z - borrow, negative), p);
}

// What exp_fixed64 and exp2_fixed64 return, rounded; from `limit` up infinity or zero, NaN for NaN.
fn power_words(p: vec3<u32>, argument: vec2<u32>, limit: u32) -> vec2<u32> {
    let magnitude = argument.y & 0x7fffffffu;
    let lead = countLeadingZeros(p.z);
    let rounded = round_pack_words(0u, bitcast<i32>(p.x) + 1024i - i32(lead), sig64_shl(p.yz, lead));
    let extreme = vec2<u32>(0u, select(F64_INFINITY, 0u, (argument.y >> 31u) != 0u));
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && argument.x != 0u);
    return select(select(rounded, extreme, magnitude >= limit), vec2<u32>(0u, 0x7ff80000u), nan);
}

fn exp_fixed_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let exponent = i32((words.y >> 20u) & 0x7ffu) - 1023i;
    let p = exp_fixed64((words.y >> 31u) != 0u, fixed96_of_sig64(sig64_of_words(words), min(exponent, 9i)));
    return f64_of_words(power_words(p, words, 0x40900000u));
}

fn exp2_fixed_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let exponent = i32((words.y >> 20u) & 0x7ffu) - 1023i;
    let p = exp2_fixed64((words.y >> 31u) != 0u, fixed96_of_sig64(sig64_of_words(words), min(exponent, 10i)));
    return f64_of_words(power_words(p, words, 0x40a00000u));
}

fn exp10_fixed_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let exponent = i32((words.y >> 20u) & 0x7ffu) - 1023i;
    // log2 10 in units of 2^-94.
    let product = fixed96_mul(vec3<u32>(0x492bf6ffu, 0xcd1b8afeu, 0xd49a784bu), vec3<u32>(0u, sig64_of_words(words)));
    let p = exp2_fixed64((words.y >> 31u) != 0u, fixed96_of_sig96(product, min(exponent, 9i) + 3i));
    return f64_of_words(power_words(p, words, 0x40800000u));
}

// e^|x| = 2^k power, e^|x| - 1 = 2^k rest, for |x| < 1024.
struct Expm1Parts64 {
    k: i32,
    power: Scaled64,
    rest: Scaled64,
}

fn expm1_parts64(words: vec2<u32>) -> Expm1Parts64 {
    let exponent = i32((words.y >> 20u) & 0x7ffu) - 1023i;
    let reduced = reduce_exp64(false, fixed96_of_sig64(sig64_of_words(words), min(exponent, 9i)));
    let k = reduced.x;
    let series = expm1_series_fixed64(reduced.yz);
    // e^t - 1
    let above = fixed64_mul(reduced.yz, series);
    // 1 - 2^-k
    let below = sig64_sub(vec2<u32>(0u, 0x40000000u), sig64_shr(vec2<u32>(0u, 0x40000000u), min(k, 63u)));
    let x = scaled64_of_words(words);
    // For k = 0, t is x with all its bits.
    let small = fixed64_mul(x.significand, series);
    let rest = select(sig64_add(below, above), small, k == 0u);
    let power = sig64_add(vec2<u32>(0u, 0x40000000u), above);
    return Expm1Parts64(i32(k), normal_scaled64(power, 2i, false),
        normal_scaled64(rest, select(2i, x.exponent + 2i, k == 0u), false));
}

// For x < 0, e^x - 1 = -(e^|x| - 1) / e^|x|.
fn expm1_fixed_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let magnitude = words.y & 0x7fffffffu;
    let negative = (words.y >> 31u) != 0u;
    let parts = expm1_parts64(words);
    let falling = div_scaled64(parts.rest, parts.power);
    let significand = select(parts.rest.significand, falling.significand, negative);
    let exponent = select(parts.rest.exponent + parts.k, falling.exponent, negative);
    var result = words_of_scaled64(Scaled64(significand, exponent, negative));
    result = select(result, select(vec2<u32>(0u, F64_INFINITY), vec2<u32>(0u, 0xbff00000u), negative), magnitude >= 0x40900000u);
    let nan = magnitude > F64_INFINITY || (magnitude == F64_INFINITY && words.x != 0u);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), nan));
}
