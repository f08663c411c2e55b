// float64 asinh, acosh, atanh, in fixed point (float64_exponential.wgsl says why).
//
// asinh |x| = log(|x| + sqrt(x^2 + 1)) and acosh x = log(x + sqrt(x^2 - 1)) are log(p + q) = artanh(p / q), q^2 - p^2 = 1.
// Where p / q is small, it is the argument of the logarithm's series (float64_logarithm.wgsl); else p + q is far enough
// from 1 for the logarithm itself. x^2 - 1 = (x - 1) (x + 1) keeps all bits. atanh x = log((1 + x) / (1 - x)) / 2, and the
// series at x itself for small x.
// Errors: asinh 0.52, acosh 0.52, atanh 0.52 ULP.

// log(p + q)
fn log_of_legs64(p: Scaled64, q: Scaled64) -> Scaled64 {
    let full = reduce_log64(add_scaled64(p, q));
    // p / q < 5/32
    let aligned = p.significand.y >> u32(clamp(q.exponent - p.exponent, 0i, 31i));
    let small = aligned < mul32_high(q.significand.y, 0x28000000u);
    let ratio = log_ratio64(0i, false, p, q);
    let numerator = select(full.numerator, ratio.numerator, small);
    let denominator = select(full.denominator, ratio.denominator, small);
    let exponent = select(full.exponent, ratio.exponent, small);
    let power = select(full.power, 0i, small);
    let sum = log_sum64(power, F64_LN2, log_series64(LogReduction64(power, full.negative && !small, numerator, denominator, exponent)));
    return Scaled64(sum.significand, sum.exponent - select(0i, 1i, small), false);
}

fn asinh_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let magnitude = words.y & 0x7fffffffu;
    let x = scaled64_of_words(vec2<u32>(words.x, magnitude));
    let result = log_of_legs64(x, sqrt_scaled64(add_scaled64(mul_scaled64(x, x), SCALED64_ONE)));
    let rounded = words_of_scaled64(Scaled64(result.significand, result.exponent, (words.y >> 31u) != 0u));
    return f64_of_words(select(rounded, words, magnitude >= F64_INFINITY));
}

fn acosh_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let x = scaled64_of_words(words);
    let square = mul_scaled64(add_scaled64(x, neg_scaled64(SCALED64_ONE)), add_scaled64(x, SCALED64_ONE));
    var result = words_of_scaled64(log_of_legs64(sqrt_scaled64(square), x));
    result = select(result, words, words.y >= F64_INFINITY);
    // Below 1, and NaN.
    let nan = words.y < 0x3ff00000u || words.y > F64_INFINITY || (words.y == F64_INFINITY && words.x != 0u);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), nan));
}

fn atanh_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let magnitude = words.y & 0x7fffffffu;
    let x = scaled64_of_words(vec2<u32>(words.x, magnitude));
    // (1 + x) / (1 - x) = 2^power m, s = (u - v) / (u + v) for m = u / v.
    var u = add_scaled64(SCALED64_ONE, x);
    var v = add_scaled64(SCALED64_ONE, neg_scaled64(x));
    let root = mul32_high(v.significand.y, 0xb504f334u);
    let up = (u.significand.y >> 1u) >= root;
    let down = u.significand.y < root;
    let small = magnitude < 0x3fc40000u;
    let power = select(u.exponent - v.exponent + select(0i, 1i, up) - select(0i, 1i, down), 0i, small);
    u.exponent = select(0i, -1i, up);
    v.exponent = select(0i, -1i, down);
    v.negative = true;
    let difference = add_scaled64(u, v);
    v.negative = false;
    let total = add_scaled64(u, v);
    let one = SCALED64_ONE;
    let numerator = Scaled64(select(difference.significand, x.significand, small), select(difference.exponent, x.exponent, small), false);
    let denominator = Scaled64(select(total.significand, one.significand, small), select(total.exponent, one.exponent, small), false);
    let reduced = log_ratio64(power, difference.negative && !small, numerator, denominator);
    let sum = log_sum64(power, F64_LN2, log_series64(reduced));
    let sign = words.y & F64_SIGN;
    var result = words_of_scaled64(Scaled64(sum.significand, sum.exponent - 1i, sign != 0u));
    result = select(result, vec2<u32>(0u, sign | F64_INFINITY), magnitude == 0x3ff00000u && words.x == 0u);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), outside_one_words(words)));
}
