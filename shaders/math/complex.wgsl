// complex64 and complex128: NumPy's arithmetic, comparison and order; complex64 also sqrt, exp and log.
//
// Included by every kernel library; written over the real functions, so that strict and emulated variants apply. Sums,
// quotients (Smith's method), order and sign are NumPy's loops (numpy/_core/src/umath/loops.c.src) bit for bit. Products are
// the plain formula, each product and sum rounded. NumPy's array loop fuses one product of each pair where the CPU
// has FMA (loops_arithm_fp.dispatch.c.src, npyv_muladdsub) and its scalars do not: there z * conj(z) has an imaginary
// part of rounding errors. Here it is real on every device, as with NumPy's scalars.

fn make_c64(re: f32, im: f32) -> vec2<f32> { return vec2<f32>(re, im); }
fn real_c64(a: vec2<f32>) -> f32 { return a.x; }
fn imag_c64(a: vec2<f32>) -> f32 { return a.y; }

// --- c64 -------------------------------------------------------------------------------------------------

fn add_c64(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    return make_c64(add_f32(real_c64(a), real_c64(b)), add_f32(imag_c64(a), imag_c64(b)));
}

fn sub_c64(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    return make_c64(sub_f32(real_c64(a), real_c64(b)), sub_f32(imag_c64(a), imag_c64(b)));
}

fn mul_c64(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let re = sub_f32(mul_f32(real_c64(a), real_c64(b)), mul_f32(imag_c64(a), imag_c64(b)));
    let im = add_f32(mul_f32(real_c64(a), imag_c64(b)), mul_f32(imag_c64(a), real_c64(b)));
    return make_c64(re, im);
}

// Smith's method (CACM 5, 1962), in the order of NumPy's loop.
fn div_c64(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let br = real_c64(b);
    let bi = imag_c64(b);
    let ar = real_c64(a);
    let ai = imag_c64(a);
    if (ge_f32(abs_f32(br), abs_f32(bi))) {
        if (!nonzero_f32(br) && !nonzero_f32(bi)) {
            return make_c64(div_f32(ar, abs_f32(br)), div_f32(ai, abs_f32(br)));
        }
        let ratio = div_f32(bi, br);
        let scale = div_f32(cast_bool_f32(true), add_f32(br, mul_f32(bi, ratio)));
        return make_c64(mul_f32(add_f32(ar, mul_f32(ai, ratio)), scale), mul_f32(sub_f32(ai, mul_f32(ar, ratio)), scale));
    }
    let ratio = div_f32(br, bi);
    let scale = div_f32(cast_bool_f32(true), add_f32(bi, mul_f32(br, ratio)));
    return make_c64(mul_f32(add_f32(mul_f32(ar, ratio), ai), scale), mul_f32(sub_f32(mul_f32(ai, ratio), ar), scale));
}

fn neg_c64(a: vec2<f32>) -> vec2<f32> { return make_c64(neg_f32(real_c64(a)), neg_f32(imag_c64(a))); }
fn conj_c64(a: vec2<f32>) -> vec2<f32> { return make_c64(real_c64(a), neg_f32(imag_c64(a))); }
fn nonzero_c64(a: vec2<f32>) -> bool { return nonzero_f32(real_c64(a)) || nonzero_f32(imag_c64(a)); }
fn isnan_c64(a: vec2<f32>) -> bool { return isnan_f32(real_c64(a)) || isnan_f32(imag_c64(a)); }
fn isinf_c64(a: vec2<f32>) -> bool { return isinf_f32(real_c64(a)) || isinf_f32(imag_c64(a)); }
fn isfinite_c64(a: vec2<f32>) -> bool { return isfinite_f32(real_c64(a)) && isfinite_f32(imag_c64(a)); }
fn abs_c64(a: vec2<f32>) -> f32 { return hypot_f32(real_c64(a), imag_c64(a)); }

fn sign_moderate_c64(re: f32, im: f32) -> vec2<f32> {
    let size = hypot_f32(re, im);
    return make_c64(div_f32(re, size), div_f32(im, size));
}

// z / |z|, 0 for 0; an infinite part wins, two of them give NaN (NumPy 2). Where |z| overflows NumPy 2.4 takes the imaginary
// part for infinite and returns +-1j; here it is z / |z| still.
fn sign_c64(a: vec2<f32>) -> vec2<f32> {
    let re = real_c64(a);
    let im = imag_c64(a);
    let size = abs_c64(a);
    let re_inf = isinf_f32(re);
    let im_inf = isinf_f32(im);
    if (isnan_f32(size) || (re_inf && im_inf)) { return make_c64(nan_part_c64(), nan_part_c64()); }
    if (re_inf) { return make_c64(sign_f32(re), 0.0f); }
    if (im_inf) { return make_c64(0.0f, sign_f32(im)); }
    if (!nonzero_f32(size)) { return make_c64(0.0f, 0.0f); }
    if (isinf_f32(size)) { return sign_moderate_c64(mul_f32(re, 0.25f), mul_f32(im, 0.25f)); }
    return sign_moderate_c64(re, im);
}

fn eq_c64(a: vec2<f32>, b: vec2<f32>) -> bool { return eq_f32(real_c64(a), real_c64(b)) && eq_f32(imag_c64(a), imag_c64(b)); }
fn ne_c64(a: vec2<f32>, b: vec2<f32>) -> bool { return !eq_c64(a, b); }

// Lexicographic, with NumPy's treatment of NaN in either part (CLT and its kin in loops.c.src).
fn lt_c64(a: vec2<f32>, b: vec2<f32>) -> bool {
    let clean = !isnan_f32(imag_c64(a)) && !isnan_f32(imag_c64(b));
    return (lt_f32(real_c64(a), real_c64(b)) && clean) || (eq_f32(real_c64(a), real_c64(b)) && lt_f32(imag_c64(a), imag_c64(b)));
}

fn le_c64(a: vec2<f32>, b: vec2<f32>) -> bool {
    let clean = !isnan_f32(imag_c64(a)) && !isnan_f32(imag_c64(b));
    return (lt_f32(real_c64(a), real_c64(b)) && clean) || (eq_f32(real_c64(a), real_c64(b)) && le_f32(imag_c64(a), imag_c64(b)));
}

fn gt_c64(a: vec2<f32>, b: vec2<f32>) -> bool { return lt_c64(b, a); }
fn ge_c64(a: vec2<f32>, b: vec2<f32>) -> bool { return le_c64(b, a); }
fn minimum_c64(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> { return select(b, a, isnan_c64(a) || (le_c64(a, b) && !isnan_c64(b))); }
fn maximum_c64(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> { return select(b, a, isnan_c64(a) || (ge_c64(a, b) && !isnan_c64(b))); }
fn fmin_c64(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> { return select(b, a, isnan_c64(b) || le_c64(a, b)); }
fn fmax_c64(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> { return select(b, a, isnan_c64(b) || ge_c64(a, b)); }

// NumPy's rint rounds both parts.
fn rint_c64(a: vec2<f32>) -> vec2<f32> { return make_c64(rint_f32(a.x), rint_f32(a.y)); }
fn rint_c128(a: C128) -> C128 { return make_c128(rint_f64(real_c128(a)), rint_f64(imag_c128(a))); }

// --- c64 functions (C17 annex G for zeros, infinities and NaN) --------------------------------------------

fn nan_part_c64() -> f32 {
    var bits = 0x7fc00000u;
    return bitcast<f32>(bits);
}

fn infinite_part_c64() -> f32 {
    var bits = 0x7f800000u;
    return bitcast<f32>(bits);
}

// a * 2^n for any finite a: subnormal operands become integers first, because a device may flush them.
fn scale_part_c64(a: f32, n: i32) -> f32 {
    let bits = bitcast<u32>(a);
    let magnitude = bits & 0x7fffffffu;
    let subnormal = magnitude < 0x00800000u;
    let significand = bitcast<u32>(f32(select(0u, magnitude, subnormal))) | (bits & 0x80000000u);
    let scaled = scale_f32(bitcast<f32>(select(bits, significand, subnormal)), select(n, n - 149i, subnormal));
    return select(scaled, a, magnitude == 0u);
}

// The half plane formula (W. Kahan, Branch cuts for complex elementary functions, 1987): no cancellation, and the
// operand is moved by an even power of two to where neither |z| nor its half overflows or loses bits.
fn sqrt_c64(a: vec2<f32>) -> vec2<f32> {
    let re = real_c64(a);
    let im = imag_c64(a);
    if (isinf_f32(im)) { return make_c64(infinite_part_c64(), im); }
    if (isinf_f32(re)) {
        let rest = select(0.0f, im, isnan_f32(im));
        if (signbit_f32(re)) { return make_c64(abs_f32(rest), copysign_f32(infinite_part_c64(), im)); }
        return make_c64(re, copysign_f32(rest, im));
    }
    if (isnan_f32(re) || isnan_f32(im)) { return make_c64(nan_part_c64(), nan_part_c64()); }
    if (!nonzero_f32(re) && !nonzero_f32(im)) { return make_c64(0.0f, im); }
    let largest = max(bitcast<u32>(re) & 0x7fffffffu, bitcast<u32>(im) & 0x7fffffffu);
    let moved_by = select(select(0i, 80i, largest < 0x20000000u), -4i, largest >= 0x7e000000u);
    let x = scale_part_c64(re, moved_by);
    let y = scale_part_c64(im, moved_by);
    let size = hypot_f32(x, y);
    let half = mul_f32(add_f32(size, abs_f32(x)), 0.5f);
    let large = scale_part_c64(sqrt_f32(half), -moved_by / 2i);
    // im / (2 large), with the moved operands: both factors are normal numbers.
    let small = scale_part_c64(div_f32(abs_f32(y), mul_f32(sqrt_f32(half), 2.0f)), -moved_by / 2i);
    if (signbit_f32(re)) { return make_c64(small, copysign_f32(large, im)); }
    return make_c64(large, copysign_f32(small, im));
}

fn exp_c64(a: vec2<f32>) -> vec2<f32> {
    let re = real_c64(a);
    let im = imag_c64(a);
    if (!nonzero_f32(im)) { return make_c64(exp_f32(re), im); }
    let circle = make_c64(cos_f32(im), sin_f32(im));
    if (isinf_f32(re)) {
        if (signbit_f32(re)) {
            if (!isfinite_f32(im)) { return make_c64(0.0f, copysign_f32(0.0f, im)); }
            return make_c64(copysign_f32(0.0f, circle.x), copysign_f32(0.0f, circle.y));
        }
        if (!isfinite_f32(im)) { return make_c64(re, nan_part_c64()); }
        return make_c64(copysign_f32(re, circle.x), copysign_f32(re, circle.y));
    }
    // Where exp(re) alone overflows, cos or sin may still bring it back: take e^104 out, exactly in the argument, and
    // give it back in two factors.
    let large = lt_f32(88.0f, re);
    let scale = exp_f32(select(re, sub_f32(re, 104.0f), large));
    let e52 = select(1.0f, 0x1.039966p+75f, large);
    let x = mul_f32(mul_f32(mul_f32(circle.x, e52), scale), e52);
    return make_c64(x, mul_f32(mul_f32(mul_f32(circle.y, e52), scale), e52));
}

fn accumulate_c64(sum: vec2<f32>, term: f32) -> vec2<f32> {
    let next = two_sum_f32(sum.x, term);
    return vec2<f32>(next.x, add_f32(sum.y, next.y));
}

// log|z| + i arg z. Near |z| = 1 the logarithm is that of 1 + (|z|^2 - 1), the difference formed from exact squares.
fn log_c64(a: vec2<f32>) -> vec2<f32> {
    let re = real_c64(a);
    let im = imag_c64(a);
    let angle = atan2_f32(im, re);
    let size = hypot_f32(re, im);
    if (lt_f32(0.5f, size) && lt_f32(size, 2.0f)) {
        let swap = lt_f32(abs_f32(re), abs_f32(im));
        let larger = select(re, im, swap);
        let smaller = select(im, re, swap);
        let larger_head = head_f32(larger);
        let smaller_head = head_f32(smaller);
        let larger_tail = sub_f32(larger, larger_head);
        let smaller_tail = sub_f32(smaller, smaller_head);
        // Products of 12-bit pieces are exact; the sum is carried as a pair.
        var sum = two_sum_f32(mul_f32(larger_head, larger_head), -1.0f);
        sum = accumulate_c64(sum, mul_f32(smaller_head, smaller_head));
        sum = accumulate_c64(sum, mul_f32(mul_f32(larger_head, larger_tail), 2.0f));
        sum = accumulate_c64(sum, mul_f32(mul_f32(smaller_head, smaller_tail), 2.0f));
        sum = accumulate_c64(sum, mul_f32(larger_tail, larger_tail));
        sum = accumulate_c64(sum, mul_f32(smaller_tail, smaller_tail));
        return make_c64(mul_f32(log1p_f32(add_f32(sum.x, sum.y)), 0.5f), angle);
    }
    // |z| itself may overflow, and a subnormal |z| has few bits.
    let largest = max(bitcast<u32>(re) & 0x7fffffffu, bitcast<u32>(im) & 0x7fffffffu);
    let moved_by = select(select(0i, 80i, largest < 0x20000000u), -4i, largest >= 0x7e000000u);
    if (moved_by == 0i || largest == 0u || largest >= 0x7f800000u) { return make_c64(log_f32(size), angle); }
    let moved = log_f32(hypot_f32(scale_part_c64(re, moved_by), scale_part_c64(im, moved_by)));
    return make_c64(sub_f32(moved, mul_f32(f32(moved_by), 0x1.62e430p-1f)), angle);
}

// --- c128 ------------------------------------------------------------------------------------------------

fn add_c128(a: C128, b: C128) -> C128 {
    return make_c128(add_f64(real_c128(a), real_c128(b)), add_f64(imag_c128(a), imag_c128(b)));
}

fn sub_c128(a: C128, b: C128) -> C128 {
    return make_c128(sub_f64(real_c128(a), real_c128(b)), sub_f64(imag_c128(a), imag_c128(b)));
}

fn mul_c128(a: C128, b: C128) -> C128 {
    let re = sub_f64(mul_f64(real_c128(a), real_c128(b)), mul_f64(imag_c128(a), imag_c128(b)));
    let im = add_f64(mul_f64(real_c128(a), imag_c128(b)), mul_f64(imag_c128(a), real_c128(b)));
    return make_c128(re, im);
}

// Smith's method (CACM 5, 1962), in the order of NumPy's loop.
fn div_c128(a: C128, b: C128) -> C128 {
    let br = real_c128(b);
    let bi = imag_c128(b);
    let ar = real_c128(a);
    let ai = imag_c128(a);
    if (ge_f64(abs_f64(br), abs_f64(bi))) {
        if (!nonzero_f64(br) && !nonzero_f64(bi)) {
            return make_c128(div_f64(ar, abs_f64(br)), div_f64(ai, abs_f64(br)));
        }
        let ratio = div_f64(bi, br);
        let scale = div_f64(cast_bool_f64(true), add_f64(br, mul_f64(bi, ratio)));
        return make_c128(mul_f64(add_f64(ar, mul_f64(ai, ratio)), scale), mul_f64(sub_f64(ai, mul_f64(ar, ratio)), scale));
    }
    let ratio = div_f64(br, bi);
    let scale = div_f64(cast_bool_f64(true), add_f64(bi, mul_f64(br, ratio)));
    return make_c128(mul_f64(add_f64(mul_f64(ar, ratio), ai), scale), mul_f64(sub_f64(mul_f64(ai, ratio), ar), scale));
}

fn neg_c128(a: C128) -> C128 { return make_c128(neg_f64(real_c128(a)), neg_f64(imag_c128(a))); }
fn conj_c128(a: C128) -> C128 { return make_c128(real_c128(a), neg_f64(imag_c128(a))); }
fn nonzero_c128(a: C128) -> bool { return nonzero_f64(real_c128(a)) || nonzero_f64(imag_c128(a)); }
fn isnan_c128(a: C128) -> bool { return isnan_f64(real_c128(a)) || isnan_f64(imag_c128(a)); }
fn isinf_c128(a: C128) -> bool { return isinf_f64(real_c128(a)) || isinf_f64(imag_c128(a)); }
fn isfinite_c128(a: C128) -> bool { return isfinite_f64(real_c128(a)) && isfinite_f64(imag_c128(a)); }
fn abs_c128(a: C128) -> F64 { return hypot_f64(real_c128(a), imag_c128(a)); }

fn sign_moderate_c128(re: F64, im: F64) -> C128 {
    let size = hypot_f64(re, im);
    return make_c128(div_f64(re, size), div_f64(im, size));
}

fn sign_c128(a: C128) -> C128 {
    let zero = make_f64(0u, 0u);
    let re = real_c128(a);
    let im = imag_c128(a);
    let size = abs_c128(a);
    let re_inf = isinf_f64(re);
    let im_inf = isinf_f64(im);
    if (isnan_f64(size) || (re_inf && im_inf)) { return make_c128(nan_f64(), nan_f64()); }
    if (re_inf) { return make_c128(sign_f64(re), zero); }
    if (im_inf) { return make_c128(zero, sign_f64(im)); }
    if (!nonzero_f64(size)) { return make_c128(zero, zero); }
    let quarter = make_f64(0u, 0x3fd00000u);
    if (isinf_f64(size)) { return sign_moderate_c128(mul_f64(re, quarter), mul_f64(im, quarter)); }
    return sign_moderate_c128(re, im);
}

fn eq_c128(a: C128, b: C128) -> bool { return eq_f64(real_c128(a), real_c128(b)) && eq_f64(imag_c128(a), imag_c128(b)); }
fn ne_c128(a: C128, b: C128) -> bool { return !eq_c128(a, b); }

// Lexicographic, with NumPy's treatment of NaN in either part (CLT and its kin in loops.c.src).
fn lt_c128(a: C128, b: C128) -> bool {
    let clean = !isnan_f64(imag_c128(a)) && !isnan_f64(imag_c128(b));
    return (lt_f64(real_c128(a), real_c128(b)) && clean) || (eq_f64(real_c128(a), real_c128(b)) && lt_f64(imag_c128(a), imag_c128(b)));
}

fn le_c128(a: C128, b: C128) -> bool {
    let clean = !isnan_f64(imag_c128(a)) && !isnan_f64(imag_c128(b));
    return (lt_f64(real_c128(a), real_c128(b)) && clean) || (eq_f64(real_c128(a), real_c128(b)) && le_f64(imag_c128(a), imag_c128(b)));
}

fn gt_c128(a: C128, b: C128) -> bool { return lt_c128(b, a); }
fn ge_c128(a: C128, b: C128) -> bool { return le_c128(b, a); }
fn minimum_c128(a: C128, b: C128) -> C128 { return select(b, a, isnan_c128(a) || (le_c128(a, b) && !isnan_c128(b))); }
fn maximum_c128(a: C128, b: C128) -> C128 { return select(b, a, isnan_c128(a) || (ge_c128(a, b) && !isnan_c128(b))); }
fn fmin_c128(a: C128, b: C128) -> C128 { return select(b, a, isnan_c128(b) || le_c128(a, b)); }
fn fmax_c128(a: C128, b: C128) -> C128 { return select(b, a, isnan_c128(b) || ge_c128(a, b)); }

// --- complex128 and the other types ------------------------------------------------------------------------

fn cast_c64_c128(a: vec2<f32>) -> C128 { return make_c128(cast_f32_f64(a.x), cast_f32_f64(a.y)); }
fn cast_c128_c64(a: C128) -> vec2<f32> { return vec2<f32>(cast_f64_f32(real_c128(a)), cast_f64_f32(imag_c128(a))); }
fn cast_bool_c128(a: bool) -> C128 { return make_c128(cast_bool_f64(a), make_f64(0u, 0u)); }
fn cast_c128_bool(a: C128) -> bool { return nonzero_c128(a); }
fn cast_i32_c128(a: i32) -> C128 { return make_c128(cast_i32_f64(a), make_f64(0u, 0u)); }
fn cast_c128_i32(a: C128) -> i32 { return cast_f64_i32(real_c128(a)); }
fn cast_u32_c128(a: u32) -> C128 { return make_c128(cast_u32_f64(a), make_f64(0u, 0u)); }
fn cast_c128_u32(a: C128) -> u32 { return cast_f64_u32(real_c128(a)); }
fn cast_i64_c128(a: I64) -> C128 { return make_c128(cast_i64_f64(a), make_f64(0u, 0u)); }
fn cast_c128_i64(a: C128) -> I64 { return cast_f64_i64(real_c128(a)); }
fn cast_u64_c128(a: U64) -> C128 { return make_c128(cast_u64_f64(a), make_f64(0u, 0u)); }
fn cast_c128_u64(a: C128) -> U64 { return cast_f64_u64(real_c128(a)); }
fn cast_f32_c128(a: f32) -> C128 { return make_c128(cast_f32_f64(a), make_f64(0u, 0u)); }
fn cast_c128_f32(a: C128) -> f32 { return cast_f64_f32(real_c128(a)); }
fn cast_f64_c128(a: F64) -> C128 { return make_c128(a, make_f64(0u, 0u)); }
fn cast_c128_f64(a: C128) -> F64 { return real_c128(a); }
