// float64 pow, in fused multiply-adds of native doubles (float64_native_exponential.wgsl says where).
//
// x^y = e^(y log x). A power's exponent reaches 745, so the logarithm is a pair of doubles with an error of 2^-66: s, s^2, s^3 and 2/3 of
// s^3 are pairs (float64_native_logarithm.wgsl has the series), and only what follows, s^5 P(s^2), is in doubles. Bases that are
// not positive and finite, and exponents that are not finite, take a branch. Cases: C17 F.10.4.4.
// Error: 0.69 ULP; 0.82 where the result is subnormal, which is rounded twice.

// log a as a sum of two doubles, for a > 0 and finite.
fn log_pair_f64(a: F64) -> vec2<f64> {
    let x = log_argument_f64(a);
    let f = x.m - 1.0lf;
    let below = 2.0lf + f;
    let quotient = quotient_pair_f64(f, 0.0lf, below, (2.0lf - below) + f);
    let s = quotient.x;
    let s_low = quotient.y;
    let z = s * s;
    let z_low = fma(s, s, -z) + (s + s) * s_low;
    var p = 0x1.e032e4d8436a1p-4lf;
    p = fma(p, z, 0x1.df7c5bc7c7563p-4lf);
    p = fma(p, z, 0x1.1118c9ee5b8a4p-3lf);
    p = fma(p, z, 0x1.3b1395c881220p-3lf);
    p = fma(p, z, 0x1.745d177aad02ap-3lf);
    p = fma(p, z, 0x1.c71c71c6ea871p-3lf);
    p = fma(p, z, 0x1.2492492492522p-2lf);
    p = fma(p, z, 0x1.999999999999ap-2lf);
    // 2/3 + z p
    let factor = fma(z, p, 0x1.5555555555555p-1lf);
    let factor_low = fma(z, p, 0x1.5555555555555p-1lf - factor) + fma(z_low, p, 0x1.5555555555555p-55lf);
    let cube = s * z;
    let cube_low = fma(s, z, -cube) + fma(s, z_low, s_low * z);
    let third = cube * factor;
    let third_low = fma(cube, factor, -third) + fma(cube, factor_low, cube_low * factor);

    let whole = x.k * 0x1.62e42fefa3800p-1lf;
    let twice = s + s;
    let leading = whole + twice;
    let leading_low = (whole - leading) + twice;
    let sum = leading + third;
    let sum_low = (leading - sum) + third;
    let low = sum_low + (leading_low + (third_low + fma(x.k, 0x1.ef35793c76730p-45lf, s_low + s_low)));
    let high = sum + low;
    return vec2<f64>(high, (sum - high) + low);
}

// |a|^b = result, where a is not positive and finite or b is not finite.
fn pow_special_f64(a: F64, b: F64, result: F64) -> F64 {
    let size = abs(a);
    let whole = rint_f64(b) == b;
    let half = b * 0.5lf;
    let odd = whole && !(rint_f64(half) == half);
    let falls = b < 0.0lf;
    var power = result;
    power = select(power, select(0.0lf, infinity_f64(), falls), size == 0.0lf);
    power = select(power, select(infinity_f64(), 0.0lf, falls), size == infinity_f64());
    // An infinite exponent counts as even.
    let limit = select(0.0lf, infinity_f64(), (size > 1.0lf) != falls);
    power = select(power, select(limit, 1.0lf, size == 1.0lf), abs(b) == infinity_f64());
    power = select(power, -power, signbit_f64(a) && odd);
    power = select(power, nan_f64(), a < 0.0lf && size < infinity_f64() && !whole);
    power = select(power, a + b, isnan_f64(a) || isnan_f64(b));
    return select(power, 1.0lf, b == 0.0lf || a == 1.0lf);
}

fn pow_f64(a: F64, b: F64) -> F64 {
    let log_a = log_pair_f64(abs(a));
    let product = b * log_a.x;
    let product_low = fma(b, log_a.x, -product) + b * log_a.y;
    // Where 2^k has long overflowed or vanished.
    let extreme = abs(product) > 800.0lf;
    let x = between_f64(product, -800.0lf, 800.0lf);
    let result = exp_of_argument_f64(exp_argument_f64(x, select(product_low, 0.0lf, extreme)));
    let ordinary = bits_hi_f64(a) - 0x00100000u < 0x7fe00000u && (bits_hi_f64(b) & 0x7fffffffu) < F64_INFINITY;
    if (ordinary) { return result; }
    return pow_special_f64(a, b, result);
}
