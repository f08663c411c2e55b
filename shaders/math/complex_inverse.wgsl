// Complex inverse trigonometric and hyperbolic functions (a template, see complex.wgsl).
//
// Branch cuts lie where NumPy has them, and the sign of a zero says on which side of one an argument lies. Zeros, infinities and
// NaN: C17 annex G, and where that leaves a choice what NumPy gives with glibc.

// Arcsine or arccosine by the formulas of W. Kahan (Branch cuts for complex elementary functions, 1987) with p = sqrt(1 + z) and
// m = sqrt(1 - z): arccos z = 2 arctan(Re m / Re p) + i arsinh(Im(p* m)), arcsin z = arctan(x / Re(p m)) + i arsinh(Im(m* p)).
// The imaginary parts of p and m have opposite signs, so that every sum in them is one of numbers of one sign.
fn inverse_sine_C(a: C, cosine: bool) -> C {
    let x = real_C(a);
    let y = imag_C(a);
    if (!isfinite_C(a)) {
        if (isinf_C(a)) {
            let angle = atan2_R(select(x, abs_R(y), cosine), select(abs_R(y), x, cosine));
            return make_C(angle, copysign_R(infinite_R(), select(y, opposite_R(y), cosine)));
        }
        return make_C(select(nan_R(), select(x, half_pi_R(), cosine), !nonzero_R(x)), nan_R());
    }
    let n = max(exponent_R(x), exponent_R(y));
    if (n < tiny_exponent_R()) {
        return make_C(select(x, sub_R(half_pi_R(), x), cosine), select(y, opposite_R(y), cosine));
    }
    // Moved away from the overflow of |z|, where 1 does not count: arsinh t = 4 log 2 + arsinh(t / 16) there.
    let moved = n > 100i + huge_exponent_R();
    let re = scale_part_R(x, select(0i, -4i, moved));
    let im = scale_part_R(y, select(0i, -4i, moved));
    // A loop, so that the square root is compiled once.
    var minus = a;
    var plus = a;
    for (var i = 0u; i < 2u; i++) {
        let signed = select(make_C(re, im), make_C(opposite_R(re), opposite_R(im)), i == 0u);
        minus = plus;
        plus = sqrt_C(make_C(add_R(real_C(signed), number_R(1.0f)), imag_C(signed)));
    }
    let crossed = sub_R(mul_R(real_C(minus), imag_C(plus)), mul_R(imag_C(minus), real_C(plus)));
    let area = add_R(asinh_R(crossed), copysign_R(select(number_R(0.0f), mul_R(real_C(ln2_R()), number_R(4.0f)), moved), y));
    let straight = sub_R(mul_R(real_C(minus), real_C(plus)), mul_R(imag_C(minus), imag_C(plus)));
    let angle = atan2_R(select(re, real_C(minus), cosine), select(straight, real_C(plus), cosine));
    return make_C(mul_R(angle, select(number_R(1.0f), number_R(2.0f), cosine)), select(area, opposite_R(area), cosine));
}

fn asin_C(a: C) -> C { return inverse_sine_C(a, false); }
fn acos_C(a: C) -> C { return inverse_sine_C(a, true); }
fn asinh_C(a: C) -> C { return over_i_C(asin_C(times_i_C(a))); }

fn acosh_C(a: C) -> C {
    let w = acos_C(a);
    return make_C(magnitude_R(imag_C(w)), copysign_R(real_C(w), imag_C(a)));
}

// log(1 + 4 |x| / ((|x| - 1)^2 + y^2)) / 4 + i atan2(2 y, (1 - |x|) (1 + |x|) - y^2) / 2 (Kahan 1987; the real part as in FreeBSD's
// s_catrig.c, S. Montgomery-Smith): both denominators keep their bits, one near +-1, the other near the unit circle.
fn atanh_C(a: C) -> C {
    let x = real_C(a);
    let y = imag_C(a);
    let zero = number_R(0.0f);
    let one = number_R(1.0f);
    let beyond = copysign_R(half_pi_R(), y);
    if (!isfinite_C(a)) {
        if (isinf_C(a)) { return make_C(copysign_R(zero, x), select(beyond, y, isnan_R(y))); }
        return make_C(select(x, nan_R(), nonzero_R(x)), select(y, nan_R(), nonzero_R(y) || isnan_R(x)));
    }
    let n = max(exponent_R(x), exponent_R(y));
    if (n < tiny_exponent_R()) { return a; }
    if (n >= huge_exponent_R()) {
        // 1 / z +- i pi/2
        let re = scale_part_R(x, -n);
        let im = scale_part_R(y, -n);
        return make_C(scale_part_R(div_R(re, add_R(mul_R(re, re), mul_R(im, im))), -n), beyond);
    }
    let size = abs_R(x);
    let distance = sub_R(size, one);
    let y_square = mul_R(y, y);
    let ratio = div_R(mul_R(size, number_R(4.0f)), add_R(mul_R(distance, distance), y_square));
    // log(1 + ratio) as in log_abs; so near +-1 that y^2 underflows, -2 log(|y| / 2).
    var argument = add_R(one, ratio);
    var rest = div_R(sub_R(ratio, sub_R(argument, one)), argument);
    let near_pole = !nonzero_R(distance) && exponent_R(y) < -huge_exponent_R();
    argument = select(argument, abs_R(y), near_pole);
    rest = select(rest, opposite_R(real_C(ln2_R())), near_pole);
    let weight = select(number_R(0.25f), number_R(-0.5f), near_pole);
    let re = mul_R(add_R(log_R(argument), rest), weight);
    let across = sub_R(mul_R(sub_R(one, size), add_R(one, size)), y_square);
    let im = mul_R(atan2_R(mul_R(y, number_R(2.0f)), across), number_R(0.5f));
    return make_C(copysign_R(re, x), im);
}

fn atan_C(a: C) -> C { return over_i_C(atanh_C(times_i_C(a))); }
