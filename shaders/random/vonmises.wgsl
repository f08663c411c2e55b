// Von Mises variates around 0, from -pi to pi.
//
// D. J. Best, N. I. Fisher, "Efficient Simulation of the von Mises Distribution", Appl. Statist. 28, 1979: a wrapped Cauchy variate is
// accepted two times of three or more. Without concentration the angle is uniform; above 10^6 it is normal, wrapped.

fn random_vonmises_f64(index: I64, key: U64, start: U64, component: u32, parameter: F64) -> F64 {
    let s = substream(index, key, start, component);
    let kappa = varying_f64(parameter, s);
    let one = real_f64(1.0f);
    let pi = make_f64(0x54442d18u, 0x400921fbu);
    if (lt_f64(make_f64(0u, 0x412e8480u), kappa)) {
        let angle = div_f64(normal_of_block_f64(random_block(s, 0u, 0u)), sqrt_f64(kappa));
        return maximum_f64(neg_f64(pi), minimum_f64(pi, angle));
    }
    if (lt_f64(kappa, make_f64(0xe2308c3au, 0x3e45798eu))) { // 10^-8
        let u = unit_f64(random_block(s, 0u, 0u).xy);
        return mul_f64(pi, sub_f64(add_f64(u, u), one));
    }
    var r = add_f64(div_f64(one, kappa), kappa);
    if (le_f64(make_f64(0x88e368f1u, 0x3ee4f8b5u), kappa)) { // 10^-5; below, the series
        let twice = add_f64(kappa, kappa);
        let tau = add_f64(one, sqrt_f64(add_f64(one, mul_f64(twice, twice))));
        let rho = div_f64(sub_f64(tau, sqrt_f64(add_f64(tau, tau))), twice);
        r = div_f64(add_f64(one, mul_f64(rho, rho)), add_f64(rho, rho));
    }
    for (var attempt = 0u; attempt < RANDOM_ATTEMPTS && !isnan_f64(kappa); attempt += 1u) {
        let block = random_block(s, attempt, 0u);
        let z = cospi_f64(unit_f64(block.xy));
        let w = div_f64(add_f64(one, mul_f64(r, z)), add_f64(r, z));
        let y = mul_f64(kappa, sub_f64(r, w));
        let v = open_unit_f64(block.zw);
        let inside = le_f64(v, mul_f64(y, sub_f64(real_f64(2.0f), y)));
        if (inside || le_f64(real_f64(0.0f), sub_f64(add_f64(log_fixed_f64(div_f64(y, v)), one), y))) {
            let angle = acos_f64(maximum_f64(neg_f64(one), minimum_f64(one, w)));
            let sign = random_block(s, attempt, 1u).x;
            return select(angle, neg_f64(angle), (sign >> 31u) != 0u);
        }
    }
    return nan_f64();
}
