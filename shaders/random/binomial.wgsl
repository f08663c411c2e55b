// Binomial variates.
//
// n min(p, 1 - p) below 10: the distribution function is summed up to a uniform number. From there on W. Hoermann's BTRS, "The
// Generation of Binomial Random Variates", J. Statist. Comput. Simul. 46, 1993, with the probabilities of probability.wgsl.

fn random_binomial_f64(index: I64, key: U64, start: U64, component: u32, count: I64, parameter: F64) -> I64 {
    let s = substream(index, key, start, component);
    let trials = varying_i64(count, s);
    let probability = varying_f64(parameter, s);
    let n = cast_i64_f64(trials);
    let one = real_f64(1.0f);
    let complement = sub_f64(one, probability);
    let flipped = lt_f64(complement, probability);
    let p = select(probability, complement, flipped);
    let q = select(complement, probability, flipped);
    // Nothing to try; parameters that are no numbers end here, too.
    if (signbit_i64(trials) || !nonzero_f64(n) || !lt_f64(real_f64(0.0f), p)) {
        return select(make_i64(0u, 0u), trials, flipped);
    }
    var k = make_i64(0u, 0u);
    if (lt_f64(mul_f64(n, p), real_f64(10.0f))) {
        k = small_binomial(s, n, p, q);
    } else {
        k = large_binomial(s, n, p, q);
    }
    return select(k, sub_i64(trials, k), flipped);
}

fn small_binomial(s: Substream, n: F64, p: F64, q: F64) -> I64 {
    let odds = div_f64(p, q);
    var u = unit_f64(random_block(s, 0u, 0u).xy);
    var mass = exp_fixed_f64(mul_f64(n, log1p_fixed_f64(neg_f64(p))));
    var k = 0u;
    while (le_f64(mass, u)) {
        u = sub_f64(u, mass);
        let next = div_f64(mul_f64(sub_f64(n, cast_u32_f64(k)), odds), cast_u32_f64(k + 1u));
        mass = mul_f64(mass, next);
        // Behind n the mass is 0.
        if (lt_f64(mass, make_f64(0u, 0x3c300000u))) { break; }
        k += 1u;
    }
    return cast_u32_i64(k);
}

// log of the probability of k without the part that all k have in common: that is log_poisson of both counts. (A loop, so that compilers
// see its logarithms once.)
fn log_binomial(k: F64, n: F64, np: F64, nq: F64) -> F64 {
    var sum = real_f64(0.0f);
    for (var failures = 0u; failures < 2u; failures += 1u) {
        sum = add_f64(sum, log_poisson(select(k, sub_f64(n, k), failures == 1u), select(np, nq, failures == 1u)));
    }
    return sum;
}

fn large_binomial(s: Substream, n: F64, p: F64, q: F64) -> I64 {
    let half = real_f64(0.5f);
    let np = mul_f64(n, p);
    let nq = mul_f64(n, q);
    let deviation = sqrt_f64(mul_f64(np, q));
    let b = add_f64(make_f64(0x66666666u, 0x3ff26666u), mul_f64(make_f64(0xa3d70a3du, 0x40043d70u), deviation)); // 1.15, 2.53
    // -0.0873 + 0.0248 b + 0.01 p
    let a = add_f64(add_f64(make_f64(0xf4f0d845u, 0xbfb6594au), mul_f64(make_f64(0xd3c36113u, 0x3f99652bu), b)),
        mul_f64(make_f64(0x47ae147bu, 0x3f847ae1u), p));
    let shift = add_f64(np, half);
    let v_below = sub_f64(make_f64(0xd70a3d71u, 0x3fed70a3u), div_f64(make_f64(0xcccccccdu, 0x4010ccccu), b)); // 0.92 - 4.2 / b
    // (2.83 + 5.1 / b) deviation
    let alpha = mul_f64(add_f64(make_f64(0x0a3d70a4u, 0x4006a3d7u), div_f64(make_f64(0x66666666u, 0x40146666u), b)), deviation);
    let mode = floor_f64(mul_f64(add_f64(n, real_f64(1.0f)), p));
    var log_mode = real_f64(0.0f);
    // The first round is not an attempt: it computes the probability of the mode.
    for (var round = 0u; round <= RANDOM_ATTEMPTS; round += 1u) {
        let attempt = max(round, 1u) - 1u;
        let block = random_block(s, attempt, 0u);
        let u = sub_f64(open_unit_f64(block.xy), half);
        let v = open_unit_f64(block.zw);
        let us = sub_f64(half, abs_f64(u));
        let candidate = floor_f64(add_f64(mul_f64(add_f64(div_f64(add_f64(a, a), us), b), u), shift));
        let k = select(candidate, mode, round == 0u);
        let inside = le_f64(make_f64(0x1eb851ecu, 0x3fb1eb85u), us) && le_f64(v, v_below); // 0.07
        var accepted = inside && round != 0u;
        if (!accepted && !signbit_f64(k) && le_f64(k, n)) {
            let log_k = log_binomial(k, n, np, nq);
            if (round == 0u) {
                log_mode = log_k;
                continue;
            }
            let hat = add_f64(div_f64(a, mul_f64(us, us)), b);
            accepted = le_f64(log_fixed_f64(div_f64(mul_f64(v, alpha), hat)), sub_f64(log_k, log_mode));
        }
        if (accepted) { return cast_f64_i64(k); }
    }
    return make_i64(0u, 0u);
}
