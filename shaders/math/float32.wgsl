// float32 functions above the arithmetic: comparisons, signs, rounding to integers, selection.
//
// All of this file is exact. Bits decide wherever a device may answer differently: built-in min, max, sign,
// floor and round differ between drivers on NaN, -0 and subnormal numbers, and `a != a` is false for NaN on
// some (it becomes OpFOrdNotEqual). Arithmetic goes through add_f32, sub_f32, mul_f32 and div_f32 only.

// --- signs and classes -------------------------------------------------------------------------------------

fn neg_f32(a: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(a) ^ 0x80000000u);
}

fn abs_f32(a: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(a) & 0x7fffffffu);
}

fn copysign_f32(a: f32, b: f32) -> f32 {
    return bitcast<f32>((bitcast<u32>(a) & 0x7fffffffu) | (bitcast<u32>(b) & 0x80000000u));
}

fn signbit_f32(a: f32) -> bool {
    return (bitcast<u32>(a) & 0x80000000u) != 0u;
}

fn isnan_f32(a: f32) -> bool {
    return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

fn isinf_f32(a: f32) -> bool {
    return (bitcast<u32>(a) & 0x7fffffffu) == 0x7f800000u;
}

fn isfinite_f32(a: f32) -> bool {
    return (bitcast<u32>(a) & 0x7fffffffu) < 0x7f800000u;
}

fn nonzero_f32(a: f32) -> bool {
    return (bitcast<u32>(a) & 0x7fffffffu) != 0u;
}

// -1, 0 or 1; NaN for NaN. numpy.sign(-0.0) is 0.0.
fn sign_f32(a: f32) -> f32 {
    let bits = bitcast<u32>(a);
    let abs_bits = bits & 0x7fffffffu;
    var result = select((bits & 0x80000000u) | 0x3f800000u, 0u, abs_bits == 0u);
    result = select(result, bits, abs_bits > 0x7f800000u);
    return bitcast<f32>(result);
}

// --- comparisons (eq, lt, le stand beside the arithmetic) -----------------------------------------------------

fn ne_f32(a: f32, b: f32) -> bool {
    return !eq_f32(a, b);
}

fn gt_f32(a: f32, b: f32) -> bool {
    return lt_f32(b, a);
}

fn ge_f32(a: f32, b: f32) -> bool {
    return le_f32(b, a);
}

// numpy.minimum and maximum: a NaN on either side is the result, the first operand's before the second's.
fn minimum_f32(a: f32, b: f32) -> f32 {
    return select(b, a, le_f32(a, b) || isnan_f32(a));
}

fn maximum_f32(a: f32, b: f32) -> f32 {
    return select(b, a, le_f32(b, a) || isnan_f32(a));
}

// numpy.fmin and fmax: a NaN loses against a number.
fn fmin_f32(a: f32, b: f32) -> f32 {
    return select(b, a, le_f32(a, b) || isnan_f32(b));
}

fn fmax_f32(a: f32, b: f32) -> f32 {
    return select(b, a, le_f32(b, a) || isnan_f32(b));
}

// --- rounding to integers --------------------------------------------------------------------------------------

// Clears the fraction bits; the sign stays, so that trunc(-0.5) is -0.
fn trunc_f32(a: f32) -> f32 {
    let bits = bitcast<u32>(a);
    let exponent = (bits >> 23u) & 255u;
    let fraction_mask = 0x007fffffu >> (min(max(exponent, 127u), 150u) - 127u);
    let cleared = select(bits & ~fraction_mask, bits & 0x80000000u, exponent < 127u);
    return bitcast<f32>(select(cleared, bits, exponent >= 150u));
}

// The truncated magnitude, and one more when a fraction was cut off on the far side of zero.
fn floor_f32(a: f32) -> f32 {
    let bits = bitcast<u32>(a);
    let truncated = bitcast<u32>(trunc_f32(a));
    let away = bits > 0x80000000u && truncated != bits;
    let stepped = bitcast<u32>(add_f32(bitcast<f32>(truncated & 0x7fffffffu), 1.0f)) | 0x80000000u;
    return bitcast<f32>(select(truncated, stepped, away));
}

fn ceil_f32(a: f32) -> f32 {
    let bits = bitcast<u32>(a);
    let truncated = bitcast<u32>(trunc_f32(a));
    let away = bits < 0x80000000u && truncated != bits;
    let stepped = bitcast<u32>(add_f32(bitcast<f32>(truncated), 1.0f));
    return bitcast<f32>(select(truncated, stepped, away));
}

// Half to even, by the addition's own rounding at 2^23, where float32 numbers are the integers.
fn rint_f32(a: f32) -> f32 {
    let bits = bitcast<u32>(a);
    let abs_bits = bits & 0x7fffffffu;
    let shifted = add_f32(bitcast<f32>(abs_bits), 8388608.0f);
    let rounded = bitcast<u32>(sub_f32(shifted, 8388608.0f));
    return bitcast<f32>(select(rounded | (bits & 0x80000000u), bits, abs_bits >= 0x4b000000u));
}

// --- pieces of the functions in float32_*.wgsl ---------------------------------------------------------------------

// a * b + c with both roundings. Never `fma`: it is not fused on every device, so its results would differ.
fn multiply_add_f32(a: f32, b: f32, c: f32) -> f32 {
    return add_f32(mul_f32(a, b), c);
}

// The upper 12 bits of the significand. Products of two such heads, and of a head with the 12 bits that are
// left, are exact (Dekker, "A floating-point technique for extending the available precision", 1971).
fn head_f32(a: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(a) & 0xfffff000u);
}

// a * 2^n for a normal a, correctly rounded into the subnormal range by integer code; to infinity above.
fn scale_f32(a: f32, n: i32) -> f32 {
    let bits = bitcast<u32>(a);
    let sign = bits & 0x80000000u;
    let exponent = i32((bits >> 23u) & 255u) + n;
    var scaled = bits + (u32(n) << 23u);
    if (exponent <= 0i) {
        let significand = (bits & 0x007fffffu) | 0x00800000u;
        let shift = u32(min(1i - exponent, 25i));
        let even = (significand >> shift) & 1u;
        scaled = sign | ((significand + (1u << (shift - 1u)) - 1u + even) >> shift);
    }
    return bitcast<f32>(select(scaled, sign | 0x7f800000u, exponent >= 255i));
}

// --- remainders --------------------------------------------------------------------------------------------------

// The remainder of the magnitudes, exact: long division of the significands, 8 bits of quotient a step.
// Both finite, b not 0. Takes and returns bits without a sign.
fn fmod_magnitude_f32(a_abs: u32, b_abs: u32) -> u32 {
    let a_shift = select(0u, (countLeadingZeros(a_abs) - 8u) & 31u, a_abs < 0x00800000u);
    let b_shift = select(0u, (countLeadingZeros(b_abs) - 8u) & 31u, b_abs < 0x00800000u);
    let a_significand = select((a_abs & 0x007fffffu) | 0x00800000u, a_abs << a_shift, a_abs < 0x00800000u);
    let b_significand = select((b_abs & 0x007fffffu) | 0x00800000u, b_abs << b_shift, b_abs < 0x00800000u);
    let b_exponent = max(i32(b_abs >> 23u), 1i) - i32(b_shift);
    var steps = max(i32(a_abs >> 23u), 1i) - i32(a_shift) - b_exponent;
    // Never zero where it counts; a divisor of 0 is undefined on devices even when its result is not used.
    let divisor = max(b_significand, 1u);
    var rest = a_significand % divisor;
    while (steps > 0i && rest != 0u) {
        let bits = u32(min(steps, 8i));
        rest = (rest << bits) % divisor;
        steps = steps - i32(bits);
    }
    // rest * 2^(b_exponent - 150) as float32 bits; exact, so that subnormal results only shift.
    let shift = countLeadingZeros(rest) - 8u;
    let exponent = b_exponent - i32(shift);
    let normal = ((rest << (shift & 31u)) & 0x007fffffu) | (u32(max(exponent, 1i)) << 23u);
    let subnormal_shift = i32(shift) + min(exponent, 0i) - 1i;
    let subnormal = select(rest << u32(max(subnormal_shift, 0i)), rest >> u32(max(-subnormal_shift, 0i)), subnormal_shift < 0i);
    let bits = select(subnormal, normal, exponent >= 1i);
    return select(select(bits, 0u, rest == 0u), a_abs, a_abs < b_abs);
}

// C's fmod: the sign of a; NaN for an infinite a or a zero b; a itself for an infinite b.
fn fmod_f32(a: f32, b: f32) -> f32 {
    let a_bits = bitcast<u32>(a);
    let a_abs = a_bits & 0x7fffffffu;
    let b_abs = bitcast<u32>(b) & 0x7fffffffu;
    var bits = a_bits;
    if (a_abs >= b_abs && a_abs < 0x7f800000u && b_abs != 0u) {
        bits = fmod_magnitude_f32(a_abs, b_abs) | (a_bits & 0x80000000u);
    }
    bits = select(bits, 0x7fc00000u, a_abs == 0x7f800000u || b_abs == 0u);
    bits = select(bits, bitcast<u32>(b), b_abs > 0x7f800000u);
    bits = select(bits, a_bits, a_abs > 0x7f800000u);
    return bitcast<f32>(bits);
}

// numpy.remainder: fmod moved to the sign of b (npy_divmod in NumPy's npymath). A zero takes b's sign.
fn remainder_f32(a: f32, b: f32) -> f32 {
    let rest = fmod_f32(a, b);
    let rest_bits = bitcast<u32>(rest);
    let b_bits = bitcast<u32>(b);
    let zero = (rest_bits & 0x7fffffffu) == 0u;
    let opposite = ((rest_bits ^ b_bits) & 0x80000000u) != 0u;
    let moved = select(rest_bits, bitcast<u32>(add_f32(rest, b)), opposite && !isnan_f32(rest));
    let signed_zero = b_bits & 0x80000000u;
    return bitcast<f32>(select(moved, signed_zero, zero));
}

// numpy.floor_divide: the quotient belonging to numpy.remainder, (a - fmod(a, b)) / b less one where the
// remainder was moved, snapped to the nearest integer; a / b itself when b is zero.
fn floor_divide_f32(a: f32, b: f32) -> f32 {
    let rest = fmod_f32(a, b);
    let rest_bits = bitcast<u32>(rest);
    let b_bits = bitcast<u32>(b);
    let b_zero = (b_bits & 0x7fffffffu) == 0u;
    let zero = (rest_bits & 0x7fffffffu) == 0u;
    let opposite = ((rest_bits ^ b_bits) & 0x80000000u) != 0u;
    // One division serves both a / b (whose sign a zero quotient keeps) and the quotient less the remainder.
    let dividend = bitcast<f32>(select(bitcast<u32>(sub_f32(a, rest)), bitcast<u32>(a), b_zero));
    let exact = div_f32(dividend, b);
    let quotient_bits = select(bitcast<u32>(exact), bitcast<u32>(sub_f32(exact, 1.0f)), opposite && !zero);
    let quotient = bitcast<f32>(quotient_bits);
    let below = floor_f32(quotient);
    let up = lt_f32(0.5f, sub_f32(quotient, below));
    let snapped = select(bitcast<u32>(below), bitcast<u32>(add_f32(below, 1.0f)), up);
    let signed_zero = (bitcast<u32>(a) ^ b_bits) & 0x80000000u;
    var result = select(snapped, signed_zero, (quotient_bits & 0x7fffffffu) == 0u);
    result = select(result, quotient_bits, isnan_f32(quotient));
    return bitcast<f32>(select(result, bitcast<u32>(exact), b_zero));
}
