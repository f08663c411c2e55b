// Gamma variates of scale 1, and their logarithms; written once for float32 and float64 (R stands for either).
//
// G. Marsaglia, W. W. Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 26, 2000: d v with v = (1 + x / sqrt(9 d))^3,
// d = shape - 1/3, for a normal x, accepted by a uniform number; at least 95 of 100 are. A shape below 1 takes the variate of shape + 1
// times u^(1 / shape) = exp(-e / shape) for an exponential e. The logarithm is formed from the factors, so that it does not end where
// the variate underflows: a shape of 0.001 has a median of 1e-301.
//
// Parts of the substream: 0 the normal numbers, 1 the uniform ones, 2 the exponential one.

// The variate is d v exp(-boost).
struct GammaFactors_R {
    d: R,
    v: R,
    boost: R,
}

fn gamma_factors_R(s: Substream, shape_parameter: R) -> GammaFactors_R {
    let shape = varying_R(shape_parameter, s);
    let zero = real_R(0.0f);
    let one = real_R(1.0f);
    let below = lt_R(shape, one);
    let d = sub_R(select(shape, add_R(shape, one), below), third_R());
    let c = div_R(one, sqrt_R(mul_R(real_R(9.0f), d)));
    var v = nan_R();
    for (var attempt = 0u; attempt < RANDOM_ATTEMPTS && le_R(zero, shape); attempt += 1u) {
        let x = normal_of_block_R(random_block(s, attempt, 0u));
        let root = add_R(one, mul_R(c, x));
        if (le_R(root, zero)) { continue; }
        let candidate = mul_R(mul_R(root, root), root);
        let u = open_unit_R(random_block(s, attempt, 1u).xy);
        let square = mul_R(x, x);
        // The squeeze: 1 - 0.0331 x^4, a little less here.
        var accepted = lt_R(u, sub_R(one, mul_R(real_R(0x1.0fp-5f), mul_R(square, square))));
        if (!accepted) {
            let rest = mul_R(d, add_R(sub_R(one, candidate), log_R(candidate)));
            accepted = lt_R(log_R(u), add_R(mul_R(real_R(0.5f), square), rest));
        }
        if (accepted) {
            v = candidate;
            break;
        }
    }
    var boost = zero;
    if (below) {
        boost = div_R(exponential_of_block_R(random_block(s, 0u, 2u)), shape);
    }
    return GammaFactors_R(d, v, boost);
}

fn random_gamma_R(index: I64, key: U64, start: U64, component: u32, shape: R) -> R {
    let factors = gamma_factors_R(substream(index, key, start, component), shape);
    let product = mul_R(factors.d, factors.v);
    // The power only where it is one: exp(-0) costs as much as any other.
    if (nonzero_R(factors.boost)) {
        return mul_R(product, exp_R(neg_R(factors.boost)));
    }
    return product;
}

fn random_log_gamma_R(index: I64, key: U64, start: U64, component: u32, shape: R) -> R {
    let factors = gamma_factors_R(substream(index, key, start, component), shape);
    return sub_R(add_R(log_R(factors.d), log_R(factors.v)), factors.boost);
}
