// Complex hyperbolic and trigonometric functions (a template, see complex.wgsl).
//
// sin z = i sinh(-iz), cos z = cosh(iz), tan z = -i tanh(iz), as C17 annex G defines them. Zeros, infinities and NaN: annex G, and
// where that leaves a choice what NumPy gives with glibc.

fn times_i_C(a: C) -> C { return make_C(opposite_R(imag_C(a)), real_C(a)); }
fn over_i_C(a: C) -> C { return make_C(imag_C(a), opposite_R(real_C(a))); }

// sinh(x + iy) = sinh x cos y + i cosh x sin y, or cosh(x + iy) = cosh x cos y + i sinh x sin y; beyond the overflow of e^x
// both sinh |x| and cosh x are e^|x| / 2.
fn hyperbolic_C(a: C, even: bool) -> C {
    let x = real_C(a);
    let y = imag_C(a);
    let size = abs_R(x);
    if (!isfinite_R(y)) {
        let own = select(nan_R(), select(x, number_R(0.0f), even), !nonzero_R(x));
        if (even) { return make_C(select(nan_R(), size, isinf_R(x)), own); }
        return make_C(select(own, size, isinf_R(x)), nan_R());
    }
    let circle = circle_R(y);
    var result: C;
    if (lt_R(real_C(exp_limits_R()), size)) {
        result = exp_times_C(number_R(0.5f), size, circle);
    } else {
        let sine = sinh_R(size);
        let cosine = cosh_R(size);
        result = make_C(mul_R(select(sine, cosine, even), real_C(circle)), mul_R(select(cosine, sine, even), imag_C(circle)));
    }
    let re = real_C(result);
    let im = select(y, imag_C(result), nonzero_R(y));
    let flip = signbit_R(x) && !isnan_R(x);
    return make_C(select(re, opposite_R(re), flip && !even), select(im, opposite_R(im), flip && even));
}

fn sinh_C(a: C) -> C { return hyperbolic_C(a, false); }
fn cosh_C(a: C) -> C { return hyperbolic_C(a, true); }
fn sin_C(a: C) -> C { return times_i_C(sinh_C(over_i_C(a))); }
fn cos_C(a: C) -> C { return cosh_C(times_i_C(a)); }

// (sinh x cosh x + i sin y cos y) / (sinh^2 x + cos^2 y): sums of one sign. From |x| = 22 on sinh^2 is e^(2|x|) / 4 and all of it.
fn tanh_C(a: C) -> C {
    let x = real_C(a);
    let y = imag_C(a);
    let size = abs_R(x);
    let one = number_R(1.0f);
    let circle = circle_R(y);
    if (!isfinite_R(y)) {
        if (isinf_R(x)) { return make_C(copysign_R(one, x), copysign_R(number_R(0.0f), y)); }
        return make_C(select(x, nan_R(), nonzero_R(x)), nan_R());
    }
    if (isnan_R(x)) { return make_C(x, select(y, x, nonzero_R(y))); }
    let product = mul_R(imag_C(circle), real_C(circle));
    if (lt_R(number_R(22.0f), size)) {
        let decay = mul_R(exp_R(mul_R(size, number_R(-2.0f))), number_R(4.0f));
        return make_C(copysign_R(one, x), mul_R(product, decay));
    }
    let sine = sinh_R(x);
    let cosine = real_C(circle);
    let sine_square = mul_R(sine, sine);
    let cosine_square = mul_R(cosine, cosine);
    // Near a pole of the tangent the errors of the sum would count twice.
    let swap = lt_R(sine_square, cosine_square);
    let larger = select(sine_square, cosine_square, swap);
    let smaller = select(cosine_square, sine_square, swap);
    let sum = add_R(larger, smaller);
    let lost = add_R(product_error_R(sine, sine, sine_square), product_error_R(cosine, cosine, cosine_square));
    let squares = add_R(sum, add_R(lost, sub_R(smaller, sub_R(sum, larger))));
    return make_C(div_R(mul_R(sine, cosh_R(x)), squares), div_R(product, squares));
}

fn tan_C(a: C) -> C { return over_i_C(tanh_C(times_i_C(a))); }

// sin(pi z) / (pi z), from sin and cos of half turns, so that integers are zeros; pi |y| is carried with its rounding error. The
// quotient is good as a whole and not in each part.
fn sinc_C(a: C) -> C {
    let x = real_C(a);
    let y = imag_C(a);
    let one = number_R(1.0f);
    if (!isfinite_C(a)) { return make_C(nan_R(), nan_R()); }
    let pi = real_C(pi_R());
    if (exponent_R(x) < tiny_exponent_R() && exponent_R(y) < tiny_exponent_R()) {
        // 1 - (pi z)^2 / 6
        let im = mul_R(mul_R(mul_R(x, y), pi), mul_R(pi, number_R(-0x1.555556p-2f)));
        return make_C(one, select(number_R(0.0f), im, nonzero_R(im)));
    }
    let cosine = cospi_R(x);
    let sine = sinpi_R(x);
    // Beyond 2^10 all overflows.
    let distance = minimum_R(abs_R(y), number_R(0x1p10f));
    let size = mul_R(distance, pi);
    let lost = add_R(product_error_R(distance, pi, size), mul_R(distance, imag_C(pi_R())));
    let flipped = select(cosine, opposite_R(cosine), signbit_R(y));
    let divisor = make_C(mul_R(x, pi), mul_R(y, pi));
    if (lt_R(real_C(exp_limits_R()), size)) {
        let weight = mul_R(number_R(0.5f), add_R(one, lost));
        return exp_times_C(weight, size, div_C(make_C(sine, flipped), divisor));
    }
    let odd = sinh_R(size);
    let even = cosh_R(size);
    return div_C(make_C(mul_R(sine, add_R(even, mul_R(odd, lost))), mul_R(flipped, add_R(odd, mul_R(even, lost)))), divisor);
}
