// Complex square root, exponentials, logarithms and powers (a template, see complex.wgsl).
//
// Zeros, infinities and NaN: C17 annex G, and where that leaves a choice what NumPy gives with glibc; for exp2, expm1,
// log1p, log2 and log10, which C does not have, NumPy's own formulas (funcs.inc.src) over those.

// The half plane formula (W. Kahan, Branch cuts for complex elementary functions, 1987): no cancellation, and the
// operand is moved by an even power of two to where neither |z| nor its half overflows or loses bits.
fn sqrt_C(a: C) -> C {
    let re = real_C(a);
    let im = imag_C(a);
    let zero = number_R(0.0f);
    if (isinf_R(im)) { return make_C(infinite_R(), im); }
    if (isinf_R(re)) {
        let rest = select(zero, im, isnan_R(im));
        if (signbit_R(re)) { return make_C(abs_R(rest), copysign_R(infinite_R(), im)); }
        return make_C(re, copysign_R(rest, im));
    }
    if (isnan_C(a)) { return make_C(nan_R(), nan_R()); }
    if (!nonzero_C(a)) { return make_C(zero, im); }
    let n = moved_by_R(maximum_R(abs_R(re), abs_R(im)));
    let x = abs_R(scale_part_R(re, n));
    let y = abs_R(scale_part_R(im, n));
    let root = sqrt_R(mul_R(add_R(hypot_R(x, y), x), number_R(0.5f)));
    let large = scale_part_R(root, -n / 2i);
    // With the moved operands both factors are normal numbers.
    let small = scale_part_R(div_R(y, mul_R(root, number_R(2.0f))), -n / 2i);
    if (signbit_R(re)) { return make_C(small, copysign_R(large, im)); }
    return make_C(large, copysign_R(small, im));
}

// a * scale * step^2 for step a power (of e or 2) that the caller took out of scale, so that only the result overflows.
fn grow_C(a: C, scale: R, step: R) -> C {
    return make_C(grow_R(real_C(a), scale, step), grow_R(imag_C(a), scale, step));
}

// Zeros stay, beside an infinite scale too.
fn grow_R(a: R, scale: R, step: R) -> R {
    return select(a, mul_R(mul_R(mul_R(a, step), scale), step), nonzero_R(a));
}

// weight e^x a, weight 1 or 1/2. Where e^x alone overflows, a may still bring it back.
fn exp_times_C(weight: R, x: R, a: C) -> C {
    let limits = exp_limits_R();
    let large = lt_R(real_C(limits), x);
    let scale = mul_R(weight, exp_R(select(x, sub_R(x, imag_C(limits)), large)));
    return grow_C(a, scale, select(number_R(1.0f), exp_step_R(), large));
}

fn exp_C(a: C) -> C {
    let re = real_C(a);
    let im = imag_C(a);
    if (isinf_R(re) && !isfinite_R(im)) {
        if (signbit_R(re)) { return make_C(number_R(0.0f), copysign_R(number_R(0.0f), im)); }
        return make_C(re, nan_R());
    }
    return exp_times_C(number_R(1.0f), re, circle_R(im));
}

// The angle im log(2) is carried with its rounding error as long as that is small (|im| up to 2^17 or 2^46).
fn exp2_C(a: C) -> C {
    let re = real_C(a);
    let im = imag_C(a);
    let ln2 = ln2_R();
    let angle = mul_R(im, real_C(ln2));
    if (isinf_R(re) && !isfinite_R(im)) {
        return make_C(select(re, number_R(0.0f), signbit_R(re)), select(nan_R(), copysign_R(number_R(0.0f), im), signbit_R(re)));
    }
    let lost = add_R(product_error_R(im, real_C(ln2), angle), mul_R(im, imag_C(ln2)));
    let turn = select(number_R(0.0f), lost, lt_R(abs_R(lost), number_R(0x1p-8f)));
    let circle = circle_R(angle);
    let cosine = sub_R(real_C(circle), mul_R(imag_C(circle), turn));
    let sine = select(im, add_R(imag_C(circle), mul_R(real_C(circle), turn)), nonzero_R(im));
    let limits = exp2_limits_R();
    let large = lt_R(real_C(limits), re);
    let scale = exp2_R(select(re, sub_R(re, imag_C(limits)), large));
    return grow_C(make_C(cosine, sine), scale, select(number_R(1.0f), exp2_step_R(), large));
}

// (e^x - 1) cos y - (1 - cos y) + i e^x sin y, with 1 - cos y = sin^2 y / (1 + cos y) where that does not cancel. The real part
// has an absolute error of the size of |z| eps where e^x cos y is near 1, as NumPy's.
fn expm1_C(a: C) -> C {
    let re = real_C(a);
    let im = imag_C(a);
    let one = number_R(1.0f);
    let circle = circle_R(im);
    let cosine = real_C(circle);
    let sine = imag_C(circle);
    let versine = select(sub_R(one, cosine), div_R(mul_R(sine, sine), add_R(one, cosine)), lt_R(number_R(0.0f), cosine));
    return make_C(sub_R(mul_R(expm1_R(re), cosine), versine), mul_R(exp_R(re), sine));
}

// |x|^2 + |y|^2 + linear, summed as in twice the precision: squares as pairs, sums with their rounding errors (Ogita, Rump, Oishi,
// Accurate sum and dot product, 2005, Sum2).
fn sum_of_squares_R(linear: R, x: R, y: R) -> R {
    let x_square = mul_R(x, x);
    let y_square = mul_R(y, y);
    let x_lost = product_error_R(x, x, x_square);
    let y_lost = product_error_R(y, y, y_square);
    var sum = linear;
    var error = number_R(0.0f);
    // A loop, so that it is compiled once.
    for (var i = 0u; i < 4u; i++) {
        let term = select(select(select(y_lost, x_lost, i == 2u), y_square, i == 1u), x_square, i == 0u);
        let next = add_R(sum, term);
        let share = sub_R(next, sum);
        error = add_R(error, add_R(sub_R(sum, sub_R(next, share)), sub_R(term, share)));
        sum = next;
    }
    return add_R(sum, error);
}

// log|a|, given that |a|^2 = 1 + linear + |b|^2. Near |a| = 1 it is half the logarithm of 1 + t = u, t that sum less 1: log u for the
// rounded u, and (t - (u - 1)) / u for what the rounding lost.
fn log_abs_C(a: C, b: C, linear: R) -> R {
    // |a| itself may overflow, and a subnormal |a| has few bits.
    let n = moved_by_R(maximum_R(abs_R(real_C(a)), abs_R(imag_C(a))));
    let size = hypot_R(scale_part_R(real_C(a), n), scale_part_R(imag_C(a), n));
    let near = n == 0i && lt_R(number_R(0.5f), size) && lt_R(size, number_R(2.0f));
    var argument = size;
    var factor = number_R(1.0f);
    var rest = opposite_R(mul_R(number_R(f32(n)), real_C(ln2_R())));
    if (near) {
        let above = sum_of_squares_R(linear, real_C(b), imag_C(b));
        argument = add_R(above, number_R(1.0f));
        factor = number_R(0.5f);
        rest = div_R(sub_R(above, sub_R(argument, number_R(1.0f))), argument);
    }
    return mul_R(add_R(log_R(argument), rest), factor);
}

fn log_C(a: C) -> C {
    return make_C(log_abs_C(a, a, number_R(-1.0f)), atan2_R(imag_C(a), real_C(a)));
}

fn log2_C(a: C) -> C {
    let w = log_C(a);
    return make_C(mul_R(real_C(w), log2_e_R()), mul_R(imag_C(w), log2_e_R()));
}

fn log10_C(a: C) -> C {
    let w = log_C(a);
    return make_C(mul_R(real_C(w), log10_e_R()), mul_R(imag_C(w), log10_e_R()));
}

// log(1 + z); |1 + z|^2 = 1 + 2 x + |z|^2. NumPy takes the logarithm of the rounded |1 + z| and loses small z.
fn log1p_C(a: C) -> C {
    let above = make_C(add_R(real_C(a), number_R(1.0f)), imag_C(a));
    let angle = atan2_R(imag_C(a), real_C(above));
    // NumPy's formula overflows where |1 + z| does.
    if (isinf_R(hypot_R(real_C(above), imag_C(above)))) { return make_C(infinite_R(), angle); }
    return make_C(log_abs_C(above, a, mul_R(real_C(a), number_R(2.0f))), angle);
}

// The product of C17 annex G.5.1: an infinite factor, or an infinite product of parts, makes an infinite product, also where the
// plain formula gives NaN.
fn mul_infinite_C(a: C, b: C) -> C {
    let product = mul_C(a, b);
    if (!(isnan_R(real_C(product)) && isnan_R(imag_C(product)))) { return product; }
    let infinite = isinf_C(a) || isinf_C(b);
    let crossed = make_C(imag_C(b), real_C(b));
    let overflows = isinf_C(mul_parts_C(a, b)) || isinf_C(mul_parts_C(a, crossed));
    if (!infinite && !overflows) { return product; }
    let first = boxed_C(a, isinf_C(b) || !infinite);
    let second = boxed_C(b, isinf_C(a) || !infinite);
    let boxed = mul_C(first, second);
    return make_C(mul_R(infinite_R(), real_C(boxed)), mul_R(infinite_R(), imag_C(boxed)));
}

fn mul_parts_C(a: C, b: C) -> C {
    return make_C(mul_R(real_C(a), real_C(b)), mul_R(imag_C(a), imag_C(b)));
}

// Infinite parts as +-1 and finite ones beside them as 0; of another infinity's factor NaN as 0.
fn boxed_C(a: C, clean: bool) -> C {
    let infinite = isinf_C(a);
    return make_C(boxed_part_R(real_C(a), infinite, clean), boxed_part_R(imag_C(a), infinite, clean));
}

fn boxed_part_R(a: R, infinite: bool, clean: bool) -> R {
    let size = select(number_R(0.0f), number_R(1.0f), isinf_R(a));
    return select(a, copysign_R(size, a), infinite || (clean && isnan_R(a)));
}

// NumPy's power (npy_cpow in npy_math_complex.c.src): 1 for an exponent 0; 0 or NaN for a base 0; products for integer
// exponents below 100, from the low bits up; e^(b log a) for the rest, with an error that grows with |b log a| as there.
fn pow_C(a: C, b: C) -> C {
    let zero = number_R(0.0f);
    let one = number_R(1.0f);
    if (!nonzero_C(b)) { return make_C(one, zero); }
    if (!nonzero_C(a)) {
        if (lt_R(zero, real_C(b))) { return make_C(zero, zero); }
        return make_C(nan_R(), nan_R());
    }
    let exponent = real_C(b);
    if (!nonzero_R(imag_C(b)) && lt_R(abs_R(exponent), number_R(100.0f)) && eq_R(rint_R(exponent), exponent)) {
        let n = cast_R_i32(exponent);
        if (n == 1i) { return a; }
        // 2 and 3 begin with the base, the others with 1: the product with 1 turns an infinity beside a 0 into NaN.
        let short = n == 2i || n == 3i;
        // Known at run time only: compilers fold 0 * x and 0 / x to 0 for every x.
        let unit = make_C(one, abs_R(imag_C(b)));
        var left = select(u32(abs(n)), u32(n - 1i), short);
        var power = a;
        var product = select(unit, a, short);
        while (left != 0u) {
            if ((left & 1u) != 0u) { product = mul_C(product, power); }
            left = left >> 1u;
            if (left != 0u) { power = mul_C(power, power); }
        }
        if (n < 0i) { product = div_C(unit, product); }
        return product;
    }
    return exp_C(mul_infinite_C(b, log_C(a)));
}
