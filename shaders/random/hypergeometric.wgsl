// Hypergeometric variates, for populations up to 2 * 10^9.
//
// Samples below 10 (or all but fewer than 10) are taken one by one. Others by H2PE's successor HRUA*, E. Stadlober, "The Ratio of Uniforms
// Approach for Generating Discrete Random Variates", J. Comput. Appl. Math. 31, 1990: the rarer kind in the smaller of sample and rest.

fn random_hypergeometric_f64(index: I64, key: U64, start: U64, component: u32, good: I64, bad: I64, sample: I64) -> I64 {
    let s = substream(index, key, start, component);
    let good_f64 = cast_i64_f64(varying_i64(good, s));
    let bad_f64 = cast_i64_f64(varying_i64(bad, s));
    let population = add_f64(good_f64, bad_f64);
    let taken = cast_i64_f64(varying_i64(sample, s));
    let left = sub_f64(population, taken);
    let rest_is_smaller = lt_f64(left, taken);
    let smaller = select(taken, left, rest_is_smaller);
    // Parameters out of range end here.
    if (signbit_i64(good) || signbit_i64(bad) || signbit_i64(sample) || signbit_f64(left)) { return make_i64(0u, 0u); }
    var k = real_f64(0.0f);
    if (lt_f64(smaller, real_f64(10.0f))) {
        k = small_hypergeometric(s, good_f64, population, cast_f64_u32(smaller));
    } else {
        let rarer_is_bad = lt_f64(bad_f64, good_f64);
        let rarer = select(good_f64, bad_f64, rarer_is_bad);
        k = large_hypergeometric(s, rarer, population, smaller);
        k = select(k, sub_f64(smaller, k), rarer_is_bad);
    }
    return cast_f64_i64(select(k, sub_f64(good_f64, k), rest_is_smaller));
}

// The good ones among `count` taken one after the other.
fn small_hypergeometric(s: Substream, good: F64, population: F64, count: u32) -> F64 {
    let one = real_f64(1.0f);
    var remaining = good;
    var all = population;
    for (var i = 0u; i < count; i += 1u) {
        let u = unit_f64(random_block(s, i, 0u).xy);
        if (lt_f64(mul_f64(u, all), remaining)) { remaining = sub_f64(remaining, one); }
        all = sub_f64(all, one);
    }
    return sub_f64(good, remaining);
}

// Sum of log k! over the four counts that k of the rarer kind in the sample make. (A loop, so that compilers see its logarithm once.)
fn log_factorials(k: F64, rarer: F64, other: F64, count: F64) -> F64 {
    let rest = sub_f64(count, k);
    var sum = real_f64(0.0f);
    for (var i = 0u; i < 4u; i += 1u) {
        let sampled = select(k, rest, (i & 1u) != 0u);
        let left = sub_f64(select(rarer, other, (i & 1u) != 0u), sampled);
        sum = add_f64(sum, log_factorial(select(sampled, left, i > 1u)));
    }
    return sum;
}

fn large_hypergeometric(s: Substream, rarer: F64, population: F64, count: F64) -> F64 {
    let half = real_f64(0.5f);
    let one = real_f64(1.0f);
    let other = sub_f64(population, rarer);
    let p = div_f64(rarer, population);
    let q = div_f64(other, population);
    let centre = add_f64(mul_f64(count, p), half);
    let spread = div_f64(mul_f64(mul_f64(mul_f64(sub_f64(population, count), count), p), q), sub_f64(population, one));
    let deviation = sqrt_f64(add_f64(spread, half));
    // 2 sqrt(2 / e) deviation + 3 - 2 sqrt(3 / e)
    let width = add_f64(mul_f64(make_f64(0x3f331398u, 0x3ffb72cdu), deviation), make_f64(0xd3bc711au, 0x3fecc3ebu));
    let mode = floor_f64(div_f64(mul_f64(add_f64(count, one), add_f64(rarer, one)), add_f64(population, real_f64(2.0f))));
    var log_mode = real_f64(0.0f);
    let far = floor_f64(add_f64(centre, mul_f64(real_f64(16.0f), deviation)));
    let end = minimum_f64(add_f64(minimum_f64(count, rarer), one), far);
    // The first round is not an attempt: it computes the probability of the mode.
    for (var round = 0u; round <= RANDOM_ATTEMPTS; round += 1u) {
        let block = random_block(s, max(round, 1u) - 1u, 0u);
        let u = open_unit_f64(block.xy);
        let v = sub_f64(open_unit_f64(block.zw), half);
        let x = add_f64(centre, div_f64(mul_f64(width, v), u));
        if (round != 0u && (signbit_f64(x) || le_f64(end, x))) { continue; }
        let k = select(floor_f64(x), mode, round == 0u);
        let log_k = log_factorials(k, rarer, other, count);
        if (round == 0u) {
            log_mode = log_k;
            continue;
        }
        let t = sub_f64(log_mode, log_k);
        if (le_f64(sub_f64(mul_f64(u, sub_f64(real_f64(4.0f), u)), real_f64(3.0f)), t)) { return k; }
        if (le_f64(one, mul_f64(u, sub_f64(u, t)))) { continue; }
        let log_u = log_fixed_f64(u);
        if (le_f64(add_f64(log_u, log_u), t)) { return k; }
    }
    return mode;
}
