// float64 sin, cos, tan, in fused multiply-adds of native doubles (float64_native_exponential.wgsl says where).
//
// x = n pi/2 + r, |r| <= pi/4, after Cody and Waite with pi/2 as three doubles for |x| < 2^20: the first fma is exact (r and n pi/2
// share their last bit), and what the second product and the difference lose is kept in r_low. Above, in a branch of its own, the
// integers of float64_trigonometric.wgsl (Payne and Hanek). sin r = r + r^3 S(r^2) and cos r = 1 - r^2/2 + r^4 C(r^2), interpolated at
// Chebyshev nodes, errors 2^-57 and 2^-60; both are computed and one is taken, which costs less than to choose every coefficient. The
// leading sums are exact pairs, and tan divides such pairs.
// Errors: sin 0.62, cos 0.62, tan 0.73 ULP for every argument.

// x = n pi/2 + r + r_low; count is n modulo 4.
struct Turns64 {
    r: F64,
    r_low: F64,
    count: u32,
}

fn large_turns_f64(a: F64) -> Turns64 {
    let words = words_of_f64(a);
    let reduced = reduce_quadrant64(words);
    let scale = power_of_two_f64(clamp(reduced.exponent, -1000i, 0i));
    let high = f64(reduced.significand.y) * 0x1p-32lf;
    let low = f64(reduced.significand.x) * 0x1p-64lf;
    let sum = high + low;
    let negative = (words.y >> 31u) != 0u;
    let sign = select(scale, -scale, negative != reduced.negative);
    // NaN for infinities.
    let r = select(nan_f64(), sum * sign, abs(a) < infinity_f64());
    return Turns64(r, ((high - sum) + low) * sign, select(reduced.count, 0u - reduced.count, negative));
}

fn turns_f64(a: F64) -> Turns64 {
    if (!(abs(a) < 0x1p20lf)) { return large_turns_f64(a); }
    let shifted = fma(a, 0x1.45f306dc9c883p-1lf, DOUBLE_ROUNDER);
    let n = shifted - DOUBLE_ROUNDER;
    let near = fma(-n, 0x1.921fb54442d18p0lf, a);
    let product = n * 0x1.1a62633145c07p-54lf;
    let product_low = fma(n, 0x1.1a62633145c07p-54lf, -product);
    // Either may be the larger one.
    let r = exact_sum_f64(near, -product);
    return Turns64(r.x, r.y - fma(n, -0x1.f1976b7ed8fbcp-110lf, product_low), bits_lo_f64(shifted));
}

// sin(r) and cos(r), each as a leading term and a rest.
struct Waves64 {
    sine: F64,
    sine_low: F64,
    cosine: F64,
    cosine_low: F64,
}

fn waves_f64(r: F64, r_low: F64) -> Waves64 {
    let z = r * r;
    let z_low = fma(r, r, -z);
    var s = -0x1.ab17d1cbf6cbbp-41lf;
    s = fma(s, z, 0x1.61217f07baf40p-33lf);
    s = fma(s, z, -0x1.ae645412c09efp-26lf);
    s = fma(s, z, 0x1.71de3a546092fp-19lf);
    s = fma(s, z, -0x1.a01a01a019938p-13lf);
    s = fma(s, z, 0x1.1111111111110p-7lf);
    // -r^3 / 6 of the exact cube, then the rest of the series.
    let cube = r * z;
    let cube_low = fma(r, z, -cube) + r * z_low;
    let rest = fma(cube * z, s, fma(cube_low, -0x1.5555555555555p-3lf, r_low * fma(z, -0.5lf, 1.0lf)));
    let sine_low = fma(cube, -0x1.5555555555555p-3lf, rest);
    var c = -0x1.907da16179583p-37lf;
    c = fma(c, z, 0x1.1eeb68e66c2eap-29lf);
    c = fma(c, z, -0x1.27e4fa17d757bp-22lf);
    c = fma(c, z, 0x1.a01a019f4eadfp-16lf);
    c = fma(c, z, -0x1.6c16c16c16967p-10lf);
    c = fma(c, z, 0x1.5555555555555p-5lf);
    let half = 0.5lf * z;
    let cosine = 1.0lf - half;
    let cosine_low = ((1.0lf - cosine) - half) + fma(z * z, c, -fma(r, r_low, 0.5lf * z_low));
    return Waves64(r, sine_low, cosine, cosine_low);
}

// The sine after `turn` (0 or 1) more quarter turns.
fn turned_wave_native_f64(x: Turns64, turn: u32) -> F64 {
    let count = x.count + turn;
    let waves = waves_f64(x.r, x.r_low);
    let wave = select(waves.sine + waves.sine_low, waves.cosine + waves.cosine_low, (count & 1u) != 0u);
    return select(wave, -wave, (count & 2u) != 0u);
}

fn sin_f64(a: F64) -> F64 { return select(turned_wave_native_f64(turns_f64(a), 0u), a, abs(a) < 0x1p-28lf); }

fn cos_f64(a: F64) -> F64 { return turned_wave_native_f64(turns_f64(a), 1u); }

// sin(r) / cos(r), or -cos(r) / sin(r) in the odd quadrants.
fn tan_f64(a: F64) -> F64 {
    let x = turns_f64(a);
    let waves = waves_f64(x.r, x.r_low);
    let sine = waves.sine + waves.sine_low;
    let sine_low = (waves.sine - sine) + waves.sine_low;
    let cosine = waves.cosine + waves.cosine_low;
    let cosine_low = (waves.cosine - cosine) + waves.cosine_low;
    let odd = (x.count & 1u) != 0u;
    let quotient = quotient_pair_f64(select(sine, -cosine, odd), select(sine_low, -cosine_low, odd),
        select(cosine, sine, odd), select(cosine_low, sine_low, odd));
    return select(quotient.x + quotient.y, a, abs(a) < 0x1p-28lf);
}
