// Correctly rounded float32 division and square root on devices whose `fma` rounds once (found out by the self-test).
//
// A fused multiply-add gives the remainder of an approximate quotient or root exactly, so that one correction after
// another rounds correctly: Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor",
// IBM J. Res. Dev. 34, 1990, theorems 1 and 2; Cornea, Harrison and Tang, "Scientific Computing on Itanium-based
// Systems", 2002, ch. 8. That holds while no step leaves the normal range, where devices flush; operands near its ends,
// zeros, infinities and NaN go to the integer code.
// Error: 0.5 ULP (correctly rounded).

fn div_f32(a: f32, b: f32) -> f32 {
    let a_field = i32((bitcast<u32>(a) >> 23u) & 255u);
    let b_field = i32((bitcast<u32>(b) >> 23u) & 255u);
    // The remainder of a quotient of 24 bits ends 48 bits below the leading bit of a.
    let usual = u32(a_field - 51i) < 203u && u32(b_field - 2i) < 250u && u32(a_field - b_field + 124i) < 249u;
    if (!usual) { return integer_div_f32(a, b); }
    let one = cast_bool_f32(true);
    let estimate = reciprocal_estimate_f32(b);
    let reciprocal = fma(fma(-b, estimate, one), estimate, estimate);
    let first = mul_f32(a, reciprocal);
    let quotient = fma(fma(-b, first, a), reciprocal, first);
    return fma(fma(-b, quotient, a), reciprocal, quotient);
}

fn sqrt_f32(a: f32) -> f32 {
    // The sign bit makes negative operands unusual.
    if (u32(i32(bitcast<u32>(a) >> 23u) - 51i) >= 203u) { return integer_sqrt_f32(a); }
    let inverse = inverse_sqrt_estimate_f32(a);
    let half = mul_f32(inverse, 0.5f);
    let first = mul_f32(a, inverse);
    let error = fma(-half, first, 0.5f);
    let root = fma(first, error, first);
    return fma(fma(-root, root, a), fma(half, error, half), root);
}
