// Zipf variates: k from 1 to 2^63 - 1, with probabilities in proportion to k^-exponent.
//
// L. Devroye, "Non-Uniform Random Variate Generation", 1986, X.6.1: the floor of a Pareto variate, accepted by the ratio of the two. The
// Pareto variate is cut at 2^63 before it is drawn, so that exponents near 1 waste no attempts.

fn random_zipf_f64(index: I64, key: U64, start: U64, component: u32, parameter: F64) -> I64 {
    let s = substream(index, key, start, component);
    let exponent = varying_f64(parameter, s);
    let one = real_f64(1.0f);
    let less = sub_f64(exponent, one);
    // 2^less would overflow, and 2 has a probability below 2^-1024.
    if (le_f64(real_f64(1025.0f), exponent)) { return make_i64(1u, 0u); }
    // u^-less from 2^-63 to 1, and 2^less - 1
    let least = exp_fixed_f64(mul_f64(less, make_f64(0xf2fe5107u, 0xc045d589u)));
    let span = sub_f64(one, least);
    let b = expm1_fixed_f64(mul_f64(less, make_f64(0xfefa39efu, 0x3fe62e42u)));
    for (var attempt = 0u; attempt < RANDOM_ATTEMPTS && lt_f64(one, exponent); attempt += 1u) {
        let block = random_block(s, attempt, 0u);
        let u = add_f64(mul_f64(open_unit_f64(block.xy), span), least);
        let x = floor_f64(exp_fixed_f64(div_f64(neg_f64(log_fixed_f64(u)), less)));
        if (lt_f64(x, one) || le_f64(make_f64(0u, 0x43e00000u), x)) { continue; }
        let power = mul_f64(less, log1p_fixed_f64(div_f64(one, x)));
        let t_less = expm1_fixed_f64(power);
        let t = add_f64(t_less, one);
        // v x (t - 1) / (2^less - 1) <= t / 2^less
        let v = open_unit_f64(block.zw);
        let ratio = div_f64(mul_f64(mul_f64(v, x), t_less), b);
        if (le_f64(ratio, div_f64(t, add_f64(b, one)))) { return cast_f64_i64(x); }
    }
    return make_i64(1u, 0u);
}
