// Poisson variates.
//
// Means below 10: the distribution function is summed up to a uniform number. From there on W. Hoermann's PTRS, "The Transformed
// Rejection Method for Generating Poisson Random Variables", Insurance: Mathematics and Economics 12, 1993.

fn random_poisson_f64(index: I64, key: U64, start: U64, component: u32, parameter: F64) -> I64 {
    let s = substream(index, key, start, component);
    let mean = varying_f64(parameter, s);
    if (lt_f64(mean, real_f64(10.0f))) {
        return cast_u32_i64(small_poisson(s, mean));
    }
    let half = real_f64(0.5f);
    let b = add_f64(make_f64(0x83126e98u, 0x3fedcac0u), mul_f64(make_f64(0xa3d70a3du, 0x40043d70u), sqrt_f64(mean))); // 0.931, 2.53
    let a = add_f64(make_f64(0x7ced9168u, 0xbfae353fu), mul_f64(make_f64(0x17d6b65bu, 0x3f996d09u), b)); // -0.059, 0.02483
    // 1.1239 + 1.1328 / (b - 3.4)
    let excess = div_f64(make_f64(0xe48e8a72u, 0x3ff21ff2u), sub_f64(b, make_f64(0x33333333u, 0x400b3333u)));
    let inverse_alpha = add_f64(make_f64(0x90ff9724u, 0x3ff1fb7eu), excess);
    // 0.9277 - 3.6224 / (b - 2)
    let v_below = sub_f64(make_f64(0xe90ff972u, 0x3fedafb7u), div_f64(make_f64(0xd9e83e42u, 0x400cfaacu), sub_f64(b, real_f64(2.0f))));
    let shift = add_f64(mean, make_f64(0xb851eb85u, 0x3fdb851eu)); // 0.43
    for (var attempt = 0u; attempt < RANDOM_ATTEMPTS && isfinite_f64(mean); attempt += 1u) {
        let block = random_block(s, attempt, 0u);
        let u = sub_f64(open_unit_f64(block.xy), half);
        let v = open_unit_f64(block.zw);
        let us = sub_f64(half, abs_f64(u));
        let k = floor_f64(add_f64(mul_f64(add_f64(div_f64(add_f64(a, a), us), b), u), shift));
        let inside = le_f64(make_f64(0x1eb851ecu, 0x3fb1eb85u), us) && le_f64(v, v_below); // 0.07
        let outside = signbit_f64(k) || (lt_f64(us, make_f64(0x76c8b439u, 0x3f8a9fbeu)) && lt_f64(us, v)); // 0.013
        var accepted = inside;
        if (!inside && !outside) {
            let hat = add_f64(div_f64(a, mul_f64(us, us)), b);
            accepted = le_f64(log_fixed_f64(div_f64(mul_f64(v, inverse_alpha), hat)), log_poisson(k, mean));
        }
        if (accepted) { return cast_f64_i64(k); }
    }
    return make_i64(0u, 0u);
}

// Ends where what is left is less than the rounding errors of the sum.
fn small_poisson(s: Substream, mean: F64) -> u32 {
    var u = unit_f64(random_block(s, 0u, 0u).xy);
    var p = exp_fixed_f64(neg_f64(mean));
    var k = 0u;
    while (le_f64(p, u)) {
        u = sub_f64(u, p);
        p = div_f64(mul_f64(p, mean), cast_u32_f64(k + 1u));
        if (lt_f64(p, make_f64(0u, 0x3c300000u))) { break; }
        k += 1u;
    }
    return k;
}
