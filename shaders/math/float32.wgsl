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

// numpy.minimum and maximum: a NaN on either side is the result, the first operand's before the second's. Of two
// equal zeros the second operand's sign stays, as in NumPy's x86 code.
fn minimum_f32(a: f32, b: f32) -> f32 {
    return select(b, a, lt_f32(a, b) || isnan_f32(a));
}

fn maximum_f32(a: f32, b: f32) -> f32 {
    return select(b, a, lt_f32(b, a) || isnan_f32(a));
}

// numpy.fmin and fmax: a NaN loses against a number.
fn fmin_f32(a: f32, b: f32) -> f32 {
    return select(b, a, lt_f32(a, b) || isnan_f32(b));
}

fn fmax_f32(a: f32, b: f32) -> f32 {
    return select(b, a, lt_f32(b, a) || isnan_f32(b));
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
    let exponent = i32((bits >> 23u) & 255u) + n;
    var scaled = bits + (u32(n) << 23u);
    // One comparison for both ends, which are rare.
    if (u32(exponent - 1i) >= 254u) {
        let significand = (bits & 0x007fffffu) | 0x00800000u;
        let shift = u32(clamp(1i - exponent, 1i, 25i));
        let even = (significand >> shift) & 1u;
        let subnormal = (significand + (1u << (shift - 1u)) - 1u + even) >> shift;
        scaled = (bits & 0x80000000u) | select(subnormal, 0x7f800000u, exponent > 0i);
    }
    return bitcast<f32>(scaled);
}

// An integer below 2^22 in magnitude as a float: conversions run at a quarter of the rate of additions or less.
fn small_integer_f32(n: i32) -> f32 {
    return sub_f32(bitcast<f32>(n + 0x4b400000i), 12582912.0f);
}

// Pairs: an unevaluated sum x + y of a number and a much smaller one.

// a + b and its rounding error, for |a| >= |b| or a = 0 (Dekker 1971).
fn fast_two_sum_f32(a: f32, b: f32) -> vec2<f32> {
    let sum = add_f32(a, b);
    return vec2<f32>(sum, sub_f32(b, sub_f32(sum, a)));
}

// a + b and its rounding error for any a, b (Knuth, "The Art of Computer Programming" 2, 4.2.2).
fn two_sum_f32(a: f32, b: f32) -> vec2<f32> {
    let sum = add_f32(a, b);
    let b_share = sub_f32(sum, a);
    let a_share = sub_f32(sum, b_share);
    return vec2<f32>(sum, add_f32(sub_f32(a, a_share), sub_f32(b, b_share)));
}

// a^2: the head's square, exact, and the rest to 24 bits.
fn square_pair_f32(a: f32) -> vec2<f32> {
    let head = head_f32(a);
    let tail = sub_f32(a, head);
    return vec2<f32>(mul_f32(head, head), mul_f32(tail, add_f32(a, head)));
}

// a / b as a 12-bit head and a tail: an estimate's head, and its exact remainder over b. 2^-33 relative.
fn quotient_pair_f32(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let reciprocal = reciprocal_estimate_f32(b.x);
    let head = head_f32(mul_f32(a.x, reciprocal));
    let b_head = head_f32(b.x);
    let b_tail = add_f32(sub_f32(b.x, b_head), b.y);
    let remainder = sub_f32(sub_f32(a.x, mul_f32(head, b_head)), mul_f32(head, b_tail));
    return vec2<f32>(head, mul_f32(add_f32(remainder, a.y), reciprocal));
}

// sqrt(a) as a 12-bit head h and a tail (a - h^2) / (h + sqrt(a)), for normal positive a. 2^-33 relative.
fn sqrt_pair_f32(a: vec2<f32>) -> vec2<f32> {
    let root = mul_f32(a.x, inverse_sqrt_estimate_f32(a.x));
    let head = head_f32(root);
    let remainder = add_f32(sub_f32(a.x, mul_f32(head, head)), a.y);
    return vec2<f32>(head, mul_f32(remainder, reciprocal_estimate_f32(add_f32(head, root))));
}

// --- remainders --------------------------------------------------------------------------------------------------

// a = quotient * b + rest for magnitudes.
struct DivisionF32 {
    // The rest as float32 bits, exact.
    rest: u32,
    // Modulo 2^32; all of it where `complete` is set: it lies below 2^21 then.
    quotient: u32,
    complete: bool,
}

// Exact long division of the significands, up to 8 bits of quotient a step. Both finite, b not 0.
fn divide_magnitudes_f32(a_abs: u32, b_abs: u32) -> DivisionF32 {
    var a_significand = (a_abs & 0x007fffffu) | 0x00800000u;
    var b_significand = (b_abs & 0x007fffffu) | 0x00800000u;
    var a_exponent = i32(a_abs >> 23u);
    var b_exponent = i32(b_abs >> 23u);
    if (a_abs < 0x00800000u || b_abs < 0x00800000u) {
        let a_shift = select(0u, (countLeadingZeros(a_abs) - 8u) & 31u, a_abs < 0x00800000u);
        let b_shift = select(0u, (countLeadingZeros(b_abs) - 8u) & 31u, b_abs < 0x00800000u);
        a_significand = select(a_significand, a_abs << a_shift, a_abs < 0x00800000u);
        b_significand = select(b_significand, b_abs << b_shift, b_abs < 0x00800000u);
        a_exponent = max(a_exponent, 1i) - i32(a_shift);
        b_exponent = max(b_exponent, 1i) - i32(b_shift);
    }
    let steps = a_exponent - b_exponent;
    if (a_abs < b_abs) {
        return DivisionF32(a_abs, 0u, true);
    }
    // Both significands have 24 bits: the first digit is 0 or 1.
    let first = a_significand >= b_significand;
    var rest = select(a_significand, a_significand - b_significand, first);
    var quotient = select(0u, 1u, first);
    let reciprocal = reciprocal_estimate_f32(f32(b_significand));
    var left = steps;
    while (left > 0i) {
        let bits = u32(min(left, 8i));
        let dividend = rest << bits;
        // At most one off either way: the estimate is good to 2^-20, the digit below 2^8.
        var digit = u32(mul_f32(f32(dividend), reciprocal));
        rest = dividend - digit * b_significand;
        let high = bitcast<i32>(rest) < 0i;
        rest = select(rest, rest + b_significand, high);
        digit = select(digit, digit - 1u, high);
        let low = rest >= b_significand;
        rest = select(rest, rest - b_significand, low);
        digit = select(digit, digit + 1u, low);
        quotient = (quotient << bits) + digit;
        left = left - i32(bits);
    }
    // rest * 2^(b_exponent - 150) as bits. A subnormal result is exact: it only shifts.
    let float_bits = bitcast<u32>(f32(rest));
    let exponent = i32(float_bits >> 23u) + b_exponent - 150i;
    var bits = float_bits + (u32(b_exponent - 150i) << 23u);
    if (exponent <= 0i) {
        bits = ((float_bits & 0x007fffffu) | 0x00800000u) >> u32(min(1i - exponent, 31i));
    }
    return DivisionF32(select(bits, 0u, rest == 0u), quotient, steps <= 20i);
}

// C's fmod: the sign of a; NaN for an infinite a or a zero b; a itself for an infinite b.
fn fmod_f32(a: f32, b: f32) -> f32 {
    let a_bits = bitcast<u32>(a);
    let a_abs = a_bits & 0x7fffffffu;
    let b_abs = bitcast<u32>(b) & 0x7fffffffu;
    if (max(a_abs, b_abs) < 0x7f800000u && b_abs != 0u) {
        return bitcast<f32>(divide_magnitudes_f32(a_abs, b_abs).rest | (a_bits & 0x80000000u));
    }
    var bits = a_bits;
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
    let moved = select(rest_bits, bitcast<u32>(add_full_f32(rest, b)), opposite && !isnan_f32(rest));
    let signed_zero = b_bits & 0x80000000u;
    return bitcast<f32>(select(moved, signed_zero, zero));
}

// numpy.floor_divide. Its definition (npy_divmod) is (a - fmod(a, b)) / b less one where the remainder was moved,
// snapped to the nearest integer. Below 2^21 the snapping undoes every rounding error, so that the integer
// quotient is the result; beyond, and for zeros and infinities, the definition is followed to the letter.
fn floor_divide_f32(a: f32, b: f32) -> f32 {
    let a_bits = bitcast<u32>(a);
    let b_bits = bitcast<u32>(b);
    let a_abs = a_bits & 0x7fffffffu;
    let b_abs = b_bits & 0x7fffffffu;
    let sign = (a_bits ^ b_bits) & 0x80000000u;
    // The rest of a zero or infinite operand, as fmod gives it.
    var rest_bits = select(a_bits, 0x7fc00000u, a_abs >= 0x7f800000u || b_abs == 0u || b_abs > 0x7f800000u);
    if (max(a_abs, b_abs) < 0x7f800000u && b_abs != 0u) {
        let division = divide_magnitudes_f32(a_abs, b_abs);
        if (division.complete) {
            let down = select(0u, 1u, sign != 0u && division.rest != 0u);
            return bitcast<f32>(bitcast<u32>(f32(division.quotient + down)) | sign);
        }
        rest_bits = division.rest | (a_bits & 0x80000000u);
    }
    return floor_divide_long_f32(a, b, bitcast<f32>(rest_bits));
}

fn floor_divide_long_f32(a: f32, b: f32, rest: f32) -> f32 {
    let rest_bits = bitcast<u32>(rest);
    let b_bits = bitcast<u32>(b);
    let b_zero = (b_bits & 0x7fffffffu) == 0u;
    let zero = (rest_bits & 0x7fffffffu) == 0u;
    let opposite = ((rest_bits ^ b_bits) & 0x80000000u) != 0u;
    // One division serves both a / b for a zero b and the quotient less the remainder.
    let dividend = bitcast<f32>(select(bitcast<u32>(sub_full_f32(a, rest)), bitcast<u32>(a), b_zero));
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
