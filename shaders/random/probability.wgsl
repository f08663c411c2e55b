// Logarithms of factorials and of probabilities, for the acceptance tests of discrete distributions.
//
// Stirling's formula with its error s(k) = log k! - (k + 1/2) log k + k - log(2 pi) / 2, and the probabilities in C. Loader's form ("Fast
// and Accurate Computation of Binomial Probabilities", 2000), where means and counts are subtracted before logarithms are taken:
// nothing is lost to cancellation for means up to 10^18.

// s(k) for integers k >= 1, error below 10^-13: exact ones up to 9, then the series in 1 / k.
fn stirling_error(k: F64) -> F64 {
    switch cast_f64_u32(minimum_f64(k, real_f64(10.0f))) {
        case 1u: { return make_f64(0xbcda0a5bu, 0x3fb4c071u); }
        case 2u: { return make_f64(0x923ea649u, 0x3fa52a9bu); }
        case 3u: { return make_f64(0x268d80b3u, 0x3f9c579au); }
        case 4u: { return make_f64(0x62fd78a9u, 0x3f954a26u); }
        case 5u: { return make_f64(0x513fcbedu, 0x3f910b4eu); }
        case 6u: { return make_f64(0x7bebdf36u, 0x3f8c6b16u); }
        case 7u: { return make_f64(0x612e4a86u, 0x3f885d4du); }
        case 8u: { return make_f64(0x5e7b3076u, 0x3f855280u); }
        case 9u: { return make_f64(0x1b12ab64u, 0x3f82f487u); }
        default: {}
    }
    // 1/12 - (1/360 - (1/1260 - (1/1680 - 1/1188 / k^2) / k^2) / k^2) / k^2
    let inverse = div_f64(real_f64(1.0f), k);
    let square = mul_f64(inverse, inverse);
    var p = sub_f64(make_f64(0x13813814u, 0x3f438138u), mul_f64(square, make_f64(0x2b18ff23u, 0x3f4b951eu)));
    p = sub_f64(make_f64(0x1a01a01au, 0x3f4a01a0u), mul_f64(square, p));
    p = sub_f64(make_f64(0x16c16c17u, 0x3f66c16cu), mul_f64(square, p));
    p = sub_f64(make_f64(0x55555555u, 0x3fb55555u), mul_f64(square, p));
    return mul_f64(inverse, p);
}

fn half_log_two_pi() -> F64 { return make_f64(0xc864beb5u, 0x3fed67f1u); }

// log k! for integers k >= 0.
fn log_factorial(k: F64) -> F64 {
    if (!nonzero_f64(k)) { return k; }
    let half_up = add_f64(k, real_f64(0.5f));
    let leading = sub_f64(mul_f64(half_up, log_fixed_f64(k)), k);
    return add_f64(leading, add_f64(half_log_two_pi(), stirling_error(k)));
}

// log of mean^k e^-mean / k!, for integers k >= 0.
fn log_poisson(k: F64, mean: F64) -> F64 {
    if (!nonzero_f64(k)) { return neg_f64(mean); }
    let distance = sub_f64(mean, k);
    let deviance = sub_f64(mul_f64(k, log1p_fixed_f64(div_f64(distance, k))), distance);
    let scale = add_f64(mul_f64(real_f64(0.5f), log_fixed_f64(k)), add_f64(half_log_two_pi(), stirling_error(k)));
    return sub_f64(deviance, scale);
}
