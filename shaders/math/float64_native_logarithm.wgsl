// float64 log, log2, log10, log1p, in fused multiply-adds of native doubles (float64_native_exponential.wgsl says where).
//
// x = 2^k m with m from sqrt(1/2) to sqrt(2), f = m - 1 exactly, log m = 2 artanh(s) with s = f / (2 + f) as a pair of doubles
// (fdlibm's e_log.c reduces likewise): 2 s + (2 s_low + s^3 P(s^2)), P interpolated at Chebyshev nodes, error 2^-60. k ln 2 is exact
// in its leading 42 bits and is added to 2 s as an exact pair. For the other bases 2 s is multiplied by 1 / log b as a pair.
// Errors: log 0.54, log2 0.57, log10 0.55, log1p 0.55 ULP.

// x = 2^k m
struct LogArgument64 {
    m: F64,
    exponent: i32,
    // exponent again
    k: F64,
}

// For a > 0 and finite. The high word of sqrt(1/2), taken away, leaves k in the exponent's bits.
fn log_argument_f64(a: F64) -> LogArgument64 {
    let subnormal = a < 0x1p-1022lf;
    let x = select(a, a * 0x1p54lf, subnormal);
    let high = bits_hi_f64(x);
    let shift = bitcast<i32>(high - 0x3fe6a09eu) >> 20u;
    let exponent = shift - select(0i, 54i, subnormal);
    let m = make_f64(bits_lo_f64(x), high - (bitcast<u32>(shift) << 20u));
    // exponent + 2^31 in the low word of 2^52
    let k = make_f64(bitcast<u32>(exponent) ^ 0x80000000u, 0x43300000u) - 0x1.000008p52lf;
    return LogArgument64(m, exponent, k);
}

// log(1 + f + f_low) as 2 s (x) and a rest (y) below 1/100 of it, for f from sqrt(1/2) - 1 to sqrt(2) - 1.
fn log_series_f64(f: F64, f_low: F64) -> vec2<f64> {
    let below = 2.0lf + f;
    let below_low = ((2.0lf - below) + f) + f_low;
    let quotient = quotient_pair_f64(f, f_low, below, below_low);
    let s = quotient.x;
    let z = s * s;
    var p = 0x1.0c06cf14c641bp-3lf;
    p = fma(p, z, 0x1.0fbe478772696p-3lf);
    p = fma(p, z, 0x1.3b1c38474d3eep-3lf);
    p = fma(p, z, 0x1.745cf8f6c9119p-3lf);
    p = fma(p, z, 0x1.c71c72017a15cp-3lf);
    p = fma(p, z, 0x1.2492492476ba1p-2lf);
    p = fma(p, z, 0x1.9999999999a38p-2lf);
    p = fma(p, z, 0x1.5555555555555p-1lf);
    return vec2<f64>(s + s, fma(s * z, p, quotient.y + quotient.y));
}

// k unit + series, for unit = unit_high + unit_low with 42 bits in the first.
fn log_sum_f64(k: F64, unit_high: F64, unit_low: F64, series: vec2<f64>) -> F64 {
    let whole = k * unit_high;
    let sum = whole + series.x;
    return sum + (((whole - sum) + series.x) + fma(k, unit_low, series.y));
}

// factor * series, for factor = factor_high + factor_low.
fn log_in_base_f64(series: vec2<f64>, factor_high: F64, factor_low: F64) -> vec2<f64> {
    let product = series.x * factor_high;
    let rest = fma(series.x, factor_high, -product);
    return vec2<f64>(product, rest + fma(series.x, factor_low, series.y * factor_high));
}

// -infinity for 0, NaN below, infinity and NaN as they are.
fn log_special_f64(result: F64, a: F64) -> F64 {
    let large = select(a, result, a < infinity_f64());
    let below = select(large, nan_f64(), a < 0.0lf);
    return select(below, -infinity_f64(), a == 0.0lf);
}

fn log_f64(a: F64) -> F64 {
    let x = log_argument_f64(a);
    let series = log_series_f64(x.m - 1.0lf, 0.0lf);
    return log_special_f64(log_sum_f64(x.k, 0x1.62e42fefa3800p-1lf, 0x1.ef35793c76730p-45lf, series), a);
}

fn log2_f64(a: F64) -> F64 {
    let x = log_argument_f64(a);
    let series = log_in_base_f64(log_series_f64(x.m - 1.0lf, 0.0lf), DOUBLE_LOG2_E, 0x1.777d0ffda0d24p-56lf);
    return log_special_f64(log_sum_f64(x.k, 1.0lf, 0.0lf, series), a);
}

fn log10_f64(a: F64) -> F64 {
    let x = log_argument_f64(a);
    let series = log_in_base_f64(log_series_f64(x.m - 1.0lf, 0.0lf), 0x1.bcb7b1526e50ep-2lf, 0x1.95355baaafad3p-57lf);
    return log_special_f64(log_sum_f64(x.k, 0x1.34413509f7800p-2lf, 0x1.fef311f12b358p-46lf, series), a);
}

// The rest of 1 + x, rounded, goes into f_low.
fn log1p_f64(a: F64) -> F64 {
    let sum = 1.0lf + a;
    let rest = select(1.0lf - (sum - a), a - (sum - 1.0lf), abs(a) < 1.0lf);
    let x = log_argument_f64(sum);
    let high = x.m - 1.0lf;
    let low = rest * power_of_two_f64(clamp(-x.exponent, -1022i, 1022i));
    let f = high + low;
    let series = log_series_f64(f, (high - f) + low);
    let result = log_special_f64(log_sum_f64(x.k, 0x1.62e42fefa3800p-1lf, 0x1.ef35793c76730p-45lf, series), sum);
    return select(result, a, abs(a) < 0x1p-54lf);
}
