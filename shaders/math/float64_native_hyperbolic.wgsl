// float64 sinh, cosh, tanh, in fused multiply-adds of native doubles (float64_native_exponential.wgsl says where and how).
//
// With e^|x| - 1 = 2^k m and e^|x| = 2^k p, p = m + 2^-k, both as pairs of doubles: sinh |x| = 2^(k-1) (m + 2^-k m / p), where nothing
// cancels; cosh x = 2^(k-1) (p + 2^(-2k) / p); tanh |x| = m / (p + 2^-k), with 2|x| in place of |x|.
// Errors: sinh 0.57, cosh 0.53, tanh 0.56 ULP.

fn sinh_f64(a: F64) -> F64 {
    let x = abs(a);
    let m = expm1_pair_f64(select(x, 711.0lf, x > 711.0lf));
    let p = exact_sum_f64(m.high, m.fall);
    let quotient = quotient_pair_f64(m.high, m.low, p.x, p.y + m.low);
    let second = m.fall * quotient.x;
    let sum = m.high + second;
    let sum_low = ((m.high - sum) + second) + fma(m.fall, quotient.y, m.low);
    return select(copysign_f64(scale_twice_f64(sum + sum_low, m.k - 1i), a), a, x < 0x1p-28lf);
}

fn cosh_f64(a: F64) -> F64 {
    let x = abs(a);
    let m = expm1_pair_f64(select(x, 711.0lf, x > 711.0lf));
    let p = exact_sum_f64(m.high, m.fall);
    let p_low = p.y + m.low;
    // From 2^-108 on 2^(-2k) does not matter, and its rest must not underflow.
    let quotient = quotient_pair_f64(power_of_two_f64(-2i * clamp(m.k, 0i, 400i)), 0.0lf, p.x, p_low);
    let sum = p.x + quotient.x;
    let sum_low = ((p.x - sum) + quotient.x) + (p_low + quotient.y);
    return scale_twice_f64(sum + sum_low, m.k - 1i);
}

// 1 from 2|x| = 44 on.
fn tanh_f64(a: F64) -> F64 {
    let x = abs(a);
    let m = expm1_pair_f64(select(x + x, 44.0lf, x > 22.0lf));
    let below = exact_sum_f64(m.high, m.fall + m.fall);
    let quotient = quotient_pair_f64(m.high, m.low, below.x, below.y + m.low);
    return select(copysign_f64(quotient.x + quotient.y, a), a, x < 0x1p-28lf);
}
