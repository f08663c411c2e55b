// Complex numbers: NumPy's arithmetic, comparison, order and rounding.
//
// A template (shaders.rs, COMPLEX): every complex*.wgsl is read twice, once with C and _C standing for the type and the suffix of
// complex64 (vec2<f32>, _c64) and R and _R for those of its parts (f32, _f32), once for complex128 (C128, _c128) and float64
// (F64, _f64). What the two precisions need beside the real functions stands in complex_parts.wgsl, which is no template.
// All is written over the real functions, so that strict and emulated variants apply. Sums, quotients (Smith's method),
// order and sign are NumPy's loops (numpy/_core/src/umath/loops.c.src) bit for bit. Products are the plain formula,
// each product and sum rounded. NumPy's array loop fuses one product of each pair where the CPU has FMA
// (loops_arithm_fp.dispatch.c.src, npyv_muladdsub) and its scalars do not: there z * conj(z) has an imaginary part of
// rounding errors. Here it is real on every device, as with NumPy's scalars.

fn add_C(a: C, b: C) -> C {
    return make_C(add_R(real_C(a), real_C(b)), add_R(imag_C(a), imag_C(b)));
}

fn sub_C(a: C, b: C) -> C {
    return make_C(sub_R(real_C(a), real_C(b)), sub_R(imag_C(a), imag_C(b)));
}

fn mul_C(a: C, b: C) -> C {
    let re = sub_R(mul_R(real_C(a), real_C(b)), mul_R(imag_C(a), imag_C(b)));
    let im = add_R(mul_R(real_C(a), imag_C(b)), mul_R(imag_C(a), real_C(b)));
    return make_C(re, im);
}

// Smith's method (CACM 5, 1962), in the order of NumPy's loop.
fn div_C(a: C, b: C) -> C {
    let br = real_C(b);
    let bi = imag_C(b);
    let ar = real_C(a);
    let ai = imag_C(a);
    if (ge_R(abs_R(br), abs_R(bi))) {
        if (!nonzero_R(br) && !nonzero_R(bi)) {
            return make_C(div_R(ar, abs_R(br)), div_R(ai, abs_R(br)));
        }
        let ratio = div_R(bi, br);
        let scale = div_R(cast_bool_R(true), add_R(br, mul_R(bi, ratio)));
        return make_C(mul_R(add_R(ar, mul_R(ai, ratio)), scale), mul_R(sub_R(ai, mul_R(ar, ratio)), scale));
    }
    let ratio = div_R(br, bi);
    let scale = div_R(cast_bool_R(true), add_R(bi, mul_R(br, ratio)));
    return make_C(mul_R(add_R(mul_R(ar, ratio), ai), scale), mul_R(sub_R(mul_R(ai, ratio), ar), scale));
}

// In the order of NumPy's loop, which divides by the larger part (Smith).
fn reciprocal_C(a: C) -> C {
    let re = real_C(a);
    let im = imag_C(a);
    let one = number_R(1.0f);
    if (le_R(abs_R(im), abs_R(re))) {
        let ratio = div_R(im, re);
        let size = add_R(re, mul_R(im, ratio));
        return make_C(div_R(one, size), div_R(neg_R(ratio), size));
    }
    let ratio = div_R(re, im);
    let size = add_R(mul_R(re, ratio), im);
    return make_C(div_R(ratio, size), div_R(neg_R(one), size));
}

fn neg_C(a: C) -> C { return make_C(neg_R(real_C(a)), neg_R(imag_C(a))); }
fn conj_C(a: C) -> C { return make_C(real_C(a), neg_R(imag_C(a))); }
fn nonzero_C(a: C) -> bool { return nonzero_R(real_C(a)) || nonzero_R(imag_C(a)); }
fn isnan_C(a: C) -> bool { return isnan_R(real_C(a)) || isnan_R(imag_C(a)); }
fn isinf_C(a: C) -> bool { return isinf_R(real_C(a)) || isinf_R(imag_C(a)); }
fn isfinite_C(a: C) -> bool { return isfinite_R(real_C(a)) && isfinite_R(imag_C(a)); }
fn abs_C(a: C) -> R { return hypot_R(real_C(a), imag_C(a)); }

fn sign_moderate_C(re: R, im: R) -> C {
    let size = hypot_R(re, im);
    return make_C(div_R(re, size), div_R(im, size));
}

// z / |z|, 0 for 0; an infinite part wins, two of them give NaN (NumPy 2). Where |z| overflows NumPy 2.4 takes the imaginary
// part for infinite and returns +-1j; here it is z / |z| still.
fn sign_C(a: C) -> C {
    let zero = number_R(0.0f);
    let re = real_C(a);
    let im = imag_C(a);
    let size = abs_C(a);
    let re_inf = isinf_R(re);
    let im_inf = isinf_R(im);
    if (isnan_R(size) || (re_inf && im_inf)) { return make_C(nan_R(), nan_R()); }
    if (re_inf) { return make_C(sign_R(re), zero); }
    if (im_inf) { return make_C(zero, sign_R(im)); }
    if (!nonzero_R(size)) { return make_C(zero, zero); }
    let quarter = number_R(0.25f);
    if (isinf_R(size)) { return sign_moderate_C(mul_R(re, quarter), mul_R(im, quarter)); }
    return sign_moderate_C(re, im);
}

fn eq_C(a: C, b: C) -> bool { return eq_R(real_C(a), real_C(b)) && eq_R(imag_C(a), imag_C(b)); }
fn ne_C(a: C, b: C) -> bool { return !eq_C(a, b); }

// Lexicographic, with NumPy's treatment of NaN in either part (CLT and its kin in loops.c.src).
fn lt_C(a: C, b: C) -> bool {
    let clean = !isnan_R(imag_C(a)) && !isnan_R(imag_C(b));
    return (lt_R(real_C(a), real_C(b)) && clean) || (eq_R(real_C(a), real_C(b)) && lt_R(imag_C(a), imag_C(b)));
}

fn le_C(a: C, b: C) -> bool {
    let clean = !isnan_R(imag_C(a)) && !isnan_R(imag_C(b));
    return (lt_R(real_C(a), real_C(b)) && clean) || (eq_R(real_C(a), real_C(b)) && le_R(imag_C(a), imag_C(b)));
}

fn gt_C(a: C, b: C) -> bool { return lt_C(b, a); }
fn ge_C(a: C, b: C) -> bool { return le_C(b, a); }
fn minimum_C(a: C, b: C) -> C { return select(b, a, isnan_C(a) || (le_C(a, b) && !isnan_C(b))); }
fn maximum_C(a: C, b: C) -> C { return select(b, a, isnan_C(a) || (ge_C(a, b) && !isnan_C(b))); }
fn fmin_C(a: C, b: C) -> C { return select(b, a, isnan_C(b) || le_C(a, b)); }
fn fmax_C(a: C, b: C) -> C { return select(b, a, isnan_C(b) || ge_C(a, b)); }

// NumPy's rint rounds both parts.
fn rint_C(a: C) -> C { return make_C(rint_R(real_C(a)), rint_R(imag_C(a))); }
