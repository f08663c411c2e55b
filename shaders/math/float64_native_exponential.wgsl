// float64 exp, exp2, exp10, expm1, in fused multiply-adds of native doubles.
//
// For devices whose f64 runs at half the rate of f32 (LibraryConfig.float64_functions); float64_exponential.wgsl defines the functions
// for all others. No branch and no table: about 30 operations, which memory hides on such a device.
// Reduction x = k ln 2 + r, |r| <= ln(2) / 2, after Cody and Waite ("Software Manual for the Elementary Functions", 1980), with ln 2
// as two doubles: the first fma is exact, because k and the result share their last bit and 53 bits hold the difference. What r
// loses in rounding is kept in r_low, added at the end. e^r = 1 + r + r^2 q(r), q interpolated at Chebyshev nodes, error 2^-61, the sum
// 1 + r as an exact pair (T. J. Dekker, A floating-point technique for extending the available precision, 1971), so that little but
// the last addition rounds. 2^k is multiplied in two halves, of which only the last product can round (a subnormal result), overflow or
// vanish; the argument is cut to where that has happened. A NaN passes through all of it.
// Errors: exp 0.59, exp2 0.59, exp10 0.61, expm1 0.60 ULP; 0.75 where the result is subnormal, which is rounded twice.

const DOUBLE_LOG2_E = 0x1.71547652b82fep0lf;
const DOUBLE_LN2_HIGH = 0x1.62e42fefa39efp-1lf;
const DOUBLE_LN2_LOW = 0x1.abc9e3b39803fp-56lf;

// Added and taken away again it rounds to an integer, which the sum's low word holds in two's complement.
const DOUBLE_ROUNDER = 0x1.8p52lf;

// x = k ln 2 + r + r_low
struct ExpArgument64 {
    r: F64,
    r_low: F64,
    k: i32,
}

// For |x| < 2^31 and an x_low that the last bit of x covers.
fn exp_argument_f64(x: F64, x_low: F64) -> ExpArgument64 {
    let shifted = fma(x, DOUBLE_LOG2_E, DOUBLE_ROUNDER);
    let k = shifted - DOUBLE_ROUNDER;
    let near = fma(-k, DOUBLE_LN2_HIGH, x);
    let correction = fma(-k, DOUBLE_LN2_LOW, x_low);
    let r = near + correction;
    return ExpArgument64(r, (near - r) + correction, bitcast<i32>(bits_lo_f64(shifted)));
}

// (e^r - 1 - r - r^2 / 2) / r^3
fn exp_series_f64(r: F64) -> F64 {
    var q = 0x1.1f730a202ec1bp-29lf;
    q = fma(q, r, 0x1.af4df5750ec30p-26lf);
    q = fma(q, r, 0x1.27e4db6121beep-22lf);
    q = fma(q, r, 0x1.71de022bd5558p-19lf);
    q = fma(q, r, 0x1.a01a01a6d9931p-16lf);
    q = fma(q, r, 0x1.a01a01abe9ce8p-13lf);
    q = fma(q, r, 0x1.6c16c16c162d2p-10lf);
    q = fma(q, r, 0x1.11111111100d8p-7lf);
    q = fma(q, r, 0x1.5555555555556p-5lf);
    return fma(q, r, 0x1.5555555555557p-3lf);
}

// a 2^k for k in -2044..2046 and an a near 1.
fn scale_twice_f64(a: F64, k: i32) -> F64 {
    let half = k >> 1u;
    return a * power_of_two_f64(half) * power_of_two_f64(k - half);
}

// 2^k e^(r + r_low)
fn exp_of_argument_f64(x: ExpArgument64) -> F64 {
    let sum = 1.0lf + x.r;
    let tail = fma(x.r * x.r, fma(exp_series_f64(x.r), x.r, 0.5lf), fma(x.r_low, x.r, x.r_low));
    return scale_twice_f64(sum + (((1.0lf - sum) + x.r) + tail), x.k);
}

fn between_f64(a: F64, low: F64, high: F64) -> F64 {
    let cut = select(a, high, a > high);
    return select(cut, low, a < low);
}

fn exp_f64(a: F64) -> F64 { return exp_of_argument_f64(exp_argument_f64(between_f64(a, -746.0lf, 710.0lf), 0.0lf)); }

// r / log2(e) as a pair of doubles, so that 2^k comes out exact.
fn exp2_f64(a: F64) -> F64 {
    let x = between_f64(a, -1080.0lf, 1025.0lf);
    let shifted = x + DOUBLE_ROUNDER;
    let fraction = x - (shifted - DOUBLE_ROUNDER);
    let r = fraction * DOUBLE_LN2_HIGH;
    let r_low = fma(fraction, DOUBLE_LN2_HIGH, -r) + fraction * DOUBLE_LN2_LOW;
    return exp_of_argument_f64(ExpArgument64(r, r_low, bitcast<i32>(bits_lo_f64(shifted))));
}

// x = k log10(2) + t as in exp_argument_f64, and r = t ln(10).
fn exp10_f64(a: F64) -> F64 {
    let x = between_f64(a, -325.0lf, 309.0lf);
    let shifted = fma(x, 0x1.a934f0979a371p1lf, DOUBLE_ROUNDER);
    let k = shifted - DOUBLE_ROUNDER;
    let near = fma(-k, 0x1.34413509f79ffp-2lf, x);
    let correction = k * 0x1.9dc1da994fd21p-59lf;
    let t = near + correction;
    let t_low = (near - t) + correction;
    let r = t * 0x1.26bb1bbb55516p1lf;
    let r_low = fma(t, 0x1.26bb1bbb55516p1lf, -r) + fma(t, -0x1.f48ad494ea3e9p-53lf, t_low * 0x1.26bb1bbb55516p1lf);
    return exp_of_argument_f64(ExpArgument64(r, r_low, bitcast<i32>(bits_lo_f64(shifted))));
}

// e^x - 1 = 2^k (high + low), and fall = 2^-k, so that e^x = 2^k (high + low + fall).
struct Expm1Pair64 {
    high: F64,
    low: F64,
    fall: F64,
    k: i32,
}

// For x in -38..711. With k = 1, (1 - 2^-k) + r may cancel to a third: r^2 / 2 is therefore added exactly as well.
fn expm1_pair_f64(a: F64) -> Expm1Pair64 {
    let x = exp_argument_f64(a, 0.0lf);
    let fall = power_of_two_f64(max(-x.k, -1022i));
    let less = exact_sum_f64(1.0lf, -fall);
    let first = less.x + x.r;
    let first_low = (less.x - first) + x.r;
    let square = x.r * x.r;
    let half = 0.5lf * square;
    let second = first + half;
    let second_low = (first - second) + half;
    let tail = fma(0.5lf, fma(x.r, x.r, -square), fma(x.r_low, x.r, x.r_low));
    let rest = second_low + (first_low + (less.y + fma(x.r * square, exp_series_f64(x.r), tail)));
    let high = second + rest;
    return Expm1Pair64(high, (second - high) + rest, fall, x.k);
}

fn expm1_f64(a: F64) -> F64 {
    let parts = expm1_pair_f64(between_f64(a, -38.0lf, 711.0lf));
    return select(scale_twice_f64(parts.high, parts.k), a, abs(a) < 0x1p-54lf);
}

// --- pairs of doubles ------------------------------------------------------------------------------------------------

// a + b as the rounded sum and what it lost (D. E. Knuth, The Art of Computer Programming, volume 2, 4.2.2).
fn exact_sum_f64(a: F64, b: F64) -> vec2<f64> {
    let sum = a + b;
    let b_part = sum - a;
    let a_part = sum - b_part;
    return vec2<f64>(sum, (a - a_part) + (b - b_part));
}

// (n + n_low) / (d + d_low) as a sum of two doubles to twice their precision, for d within 2^-100 and 2^100, n_low and d_low below
// their last bits. Newton's method for the reciprocal, cubic, from one in f32 (which may be off by 2^-18), then the quotient's rest: the
// device's f64 division, corrected or not, costs more.
fn quotient_pair_f64(n: F64, n_low: F64, d: F64, d_low: F64) -> vec2<f64> {
    let start = f64(1.0f / f32(d));
    let error = fma(-d, start, 1.0lf);
    let reciprocal = fma(start, fma(error, error, error), start);
    let quotient = n * reciprocal;
    let rest = fma(-quotient, d, n) + fma(-quotient, d_low, n_low);
    return vec2<f64>(quotient, rest * reciprocal);
}
