// float64 sinpi, cospi, sinc, deg2rad and rad2deg.
//
// x = n/2 +- r with r <= 1/4 is exact: the bits of x that are worth less than 2. Then pi r on 64 bits, and the polynomial of sin
// and cos (float64_trigonometric.wgsl). sinc is the quotient of sin(pi x) and pi x before either is rounded.
// Errors: sinpi 0.51, cospi 0.51, sinc 0.51 ULP; deg2rad and rad2deg are NumPy's correctly rounded products.

// pi |x| = n pi/2 +- r
fn reduce_half_turn64(words: vec2<u32>) -> Quadrant64 {
    let x = scaled64_of_words(words);
    let small = x.exponent < -1i;
    // 2 |x| modulo 4 in units of 2^-62.
    let left = sig64_shl(x.significand, u32(clamp(x.exponent - 1i, 0i, 63i)));
    let right = sig64_shr(left, u32(clamp(1i - x.exponent, 0i, 63i)));
    let doubled = select(right, vec2<u32>(0u, 0u), small || x.exponent > 64i);
    let fraction = sig64_shl(doubled, 2u);
    let negative = (fraction.y >> 31u) != 0u;
    let nearest = normal_scaled64(select(fraction, sig64_sub(vec2<u32>(0u, 0u), fraction), negative), 0i, false);
    let significand = select(nearest.significand, x.significand, small);
    let exponent = select(nearest.exponent, x.exponent + 1i, small);
    let r = mul_scaled64(Scaled64(significand, exponent, false), Scaled64(vec2<u32>(0x2168c235u, 0xc90fdaa2u), 1i, false));
    return Quadrant64(r.significand, r.exponent, (doubled.y >> 30u) + select(0u, 1u, negative), negative);
}

fn sinpi_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    return turned_wave_f64(words, reduce_half_turn64(words), 0u);
}

fn cospi_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    return turned_wave_f64(words, reduce_half_turn64(words), 1u);
}

// 1 at 0; NaN where the rounded pi x overflows, as in NumPy.
fn sinc_f64(a: F64) -> F64 {
    let words = vec2<u32>(bits_lo_f64(a), bits_hi_f64(a) & 0x7fffffffu);
    let wave = turned_wave64(words, reduce_half_turn64(words), 0u);
    let angle = mul_scaled64(scaled64_of_words(words), Scaled64(vec2<u32>(0x2168c235u, 0xc90fdaa2u), 2i, false));
    var result = words_of_scaled64(div_scaled64(wave, angle));
    result = select(result, vec2<u32>(0u, 0x3ff00000u), (words.y | words.x) == 0u);
    let overflows = words.y > 0x7fd45f30u || (words.y == 0x7fd45f30u && words.x >= 0x6dc9c883u);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), overflows));
}

// x * (pi / 180)
fn deg2rad_f64(a: F64) -> F64 {
    return mul_f64(a, make_f64(0xa2529d39u, 0x3f91df46u));
}

// x * (180 / pi)
fn rad2deg_f64(a: F64) -> F64 {
    return mul_f64(a, make_f64(0x1a63c1f8u, 0x404ca5dcu));
}
