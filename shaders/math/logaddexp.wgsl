// logaddexp and logaddexp2 of float64 and float32, in fixed point (float64_exponential.wgsl says why).
//
// log(e^a + e^b) = max(a, b) + log(1 + e^-|a - b|), each step on 64 bits; |a - b| is exact to 2^-63 of itself. Where the two terms
// cancel (the result is 0 on a curve through (-log 2, -log 2)) an absolute error below 2^-60 is left, far less than the 2^-54 of
// a computation in float64. float32 takes the same way, so that its results are right near that curve, too.
// Errors: float64 0.55 ULP where the result is above 1/16 or above both operands' magnitudes; float32 0.50 ULP.

// Base 2 or e.
fn log_add_scaled64(a: Scaled64, b: Scaled64, binary: bool) -> Scaled64 {
    let difference = add_scaled64(a, neg_scaled64(b));
    let fixed = fixed96_of_sig64(difference.significand, min(difference.exponent, 10i) - 1i);
    // e^-|a - b| = series / 2^62 * 2^-k, by exp_fixed64's or exp2_fixed64's reduction.
    let natural = reduce_exp64(true, fixed);
    let turned = sig64_sub(vec2<u32>(0u, 0u), fixed.xy);
    let t = select(natural.yz, fixed64_mul(turned, F64_LN2), binary);
    let k = select(natural.x, fixed.z + select(0u, 1u, (fixed.x | fixed.y) != 0u), binary);
    let ratio = normal_scaled64(exp_series_fixed64(t), 2i - i32(k), false);
    // Nothing is left of it from 1024 on.
    let far = difference.exponent > 10i;
    let term = log1p_scaled64(Scaled64(select(ratio.significand, vec2<u32>(0u, 0u), far), select(ratio.exponent, F64_ZERO_EXPONENT, far), false));
    let scaled = mul_scaled64(term, Scaled64(vec2<u32>(0x5c17f0bcu, 0xb8aa3b29u), 1i, false));
    let equal = (difference.significand.x | difference.significand.y) == 0u;
    let one = SCALED64_ONE;
    var significand = select(term.significand, scaled.significand, binary);
    significand = select(significand, one.significand, binary && equal);
    var exponent = select(term.exponent, scaled.exponent, binary);
    exponent = select(exponent, one.exponent, binary && equal);
    let larger = Scaled64(select(a.significand, b.significand, difference.negative), select(a.exponent, b.exponent, difference.negative),
        select(a.negative, b.negative, difference.negative));
    let sum = add_scaled64(larger, Scaled64(significand, exponent, false));
    // A zero is +0: the second term is never -0.
    return Scaled64(sum.significand, sum.exponent, sum.negative && (sum.significand.x | sum.significand.y) != 0u);
}

// --- float64 -------------------------------------------------------------------------------------------------

fn log_add_f64(a: F64, b: F64, binary: bool) -> F64 {
    // An infinity on either side: the larger operand (zeros as +0, as in NumPy's sum), or NaN.
    if (!isfinite_f64(a) || !isfinite_f64(b)) {
        let larger = maximum_f64(a, b);
        return select(make_f64(0u, 0u), larger, nonzero_f64(larger));
    }
    return f64_of_words(words_of_scaled64(log_add_scaled64(scaled64_of_words(words_of_f64(a)), scaled64_of_words(words_of_f64(b)), binary)));
}

fn logaddexp_f64(a: F64, b: F64) -> F64 {
    return log_add_f64(a, b, false);
}

fn logaddexp2_f64(a: F64, b: F64) -> F64 {
    return log_add_f64(a, b, true);
}

// --- float32 -------------------------------------------------------------------------------------------------

// A finite number.
fn scaled64_of_f32(a: f32) -> Scaled64 {
    let bits = bitcast<u32>(a);
    let field = (bits >> 23u) & 255u;
    let significand = (bits & 0x007fffffu) | select(0u, 0x00800000u, field != 0u);
    return normal_scaled64(vec2<u32>(0u, significand << 8u), i32(max(field, 1u)) - 126i, (bits >> 31u) != 0u);
}

// Rounded to nearest, ties to even.
fn f32_of_scaled64(a: Scaled64) -> f32 {
    let field = clamp(a.exponent + 126i, -30i, 255i);
    // 28 bits, the last one sticky.
    let top = (a.significand.y >> 4u) | select(0u, 1u, ((a.significand.y & 15u) | a.significand.x) != 0u);
    let drop = u32(clamp(5i - field, 4i, 30i));
    let rounded = (top + (1u << (drop - 1u)) - 1u + ((top >> drop) & 1u)) >> drop;
    // The leading one adds one to the exponent field; so does a carry.
    let bits = min(rounded + (u32(max(field, 1i) - 1i) << 23u), 0x7f800000u);
    return bitcast<f32>(bits | select(0u, 0x80000000u, a.negative));
}

fn log_add_f32(a: f32, b: f32, binary: bool) -> f32 {
    if (!isfinite_f32(a) || !isfinite_f32(b)) {
        let larger = maximum_f32(a, b);
        return select(0.0f, larger, nonzero_f32(larger));
    }
    return f32_of_scaled64(log_add_scaled64(scaled64_of_f32(a), scaled64_of_f32(b), binary));
}

fn logaddexp_f32(a: f32, b: f32) -> f32 {
    return log_add_f32(a, b, false);
}

fn logaddexp2_f32(a: f32, b: f32) -> f32 {
    return log_add_f32(a, b, true);
}
