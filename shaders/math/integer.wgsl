// i32, u32 and bool: arithmetic, division, bits, shifts, comparisons, as NumPy defines them.
//
// Included by every kernel library. Narrower integers live in these registers; the writer brings results back into
// range with wrap_* (cast.wgsl). Results wrap modulo 2^32. What WGSL leaves to the device, or where naga's own checks are
// turned off, is decided here: division by zero gives 0 and INT_MIN / -1 gives INT_MIN, as in NumPy's loops
// (numpy/_core/src/umath/loops_arithmetic.dispatch.c.src); a shift count outside 0..31 gives 0, or the sign for a right
// shift (npy_lshift, npy_rshift in npymath/npy_math_internal.h.src). Remainders are computed as a - q * b, because
// SPIR-V's OpSRem is undefined for negative operands in Vulkan without maintenance8.

const I32_MIN: i32 = i32(-2147483648);

// --- i32 arithmetic ------------------------------------------------------------------------------------------

fn add_i32(a: i32, b: i32) -> i32 { return a + b; }
fn sub_i32(a: i32, b: i32) -> i32 { return a - b; }
fn mul_i32(a: i32, b: i32) -> i32 { return a * b; }

// Through u32: the negation of INT_MIN overflows in the signed type.
fn neg_i32(a: i32) -> i32 { return bitcast<i32>(0u - bitcast<u32>(a)); }
fn abs_i32(a: i32) -> i32 { return select(a, neg_i32(a), a < 0i); }
fn sign_i32(a: i32) -> i32 { return select(0i, 1i, a > 0i) - select(0i, 1i, a < 0i); }

// a / b rounded toward zero; 0 for b = 0, and a wrapped negation for b = -1, where INT_MIN / -1 would trap on some CPUs.
fn truncated_quotient_i32(a: i32, b: i32) -> i32 {
    let special = b == 0i || b == -1i;
    let quotient = a / select(b, 1i, special);
    return select(quotient, select(0i, neg_i32(a), b == -1i), special);
}

fn floor_divide_i32(a: i32, b: i32) -> i32 {
    let quotient = truncated_quotient_i32(a, b);
    let rest = a - quotient * b;
    return quotient - select(0i, 1i, rest != 0i && (rest ^ b) < 0i && b != 0i);
}

fn remainder_i32(a: i32, b: i32) -> i32 {
    let rest = fmod_i32(a, b);
    return rest + select(0i, b, rest != 0i && (rest ^ b) < 0i);
}

fn fmod_i32(a: i32, b: i32) -> i32 {
    return select(a - truncated_quotient_i32(a, b) * b, 0i, b == 0i);
}

// C's (int)(1.0 / a) on x86-64: 0 has no reciprocal and gives INT_MIN, which narrower types see as 0.
fn reciprocal_i32(a: i32) -> i32 {
    return select(select(0i, a, a == 1i || a == -1i), I32_MIN, a == 0i);
}

// a ** b by squaring, wrapping. Negative exponents are refused before a kernel is made.
fn pow_i32(a: i32, b: i32) -> i32 {
    return bitcast<i32>(pow_u32(bitcast<u32>(a), bitcast<u32>(b)));
}

fn gcd_i32(a: i32, b: i32) -> i32 {
    return bitcast<i32>(gcd_u32(bitcast<u32>(abs_i32(a)), bitcast<u32>(abs_i32(b))));
}

fn lcm_i32(a: i32, b: i32) -> i32 {
    return bitcast<i32>(lcm_u32(bitcast<u32>(abs_i32(a)), bitcast<u32>(abs_i32(b))));
}

fn minimum_i32(a: i32, b: i32) -> i32 { return select(b, a, a < b); }
fn maximum_i32(a: i32, b: i32) -> i32 { return select(b, a, a > b); }
fn fmin_i32(a: i32, b: i32) -> i32 { return minimum_i32(a, b); }
fn fmax_i32(a: i32, b: i32) -> i32 { return maximum_i32(a, b); }

// --- u32 arithmetic ------------------------------------------------------------------------------------------

fn add_u32(a: u32, b: u32) -> u32 { return a + b; }
fn sub_u32(a: u32, b: u32) -> u32 { return a - b; }
fn mul_u32(a: u32, b: u32) -> u32 { return a * b; }
fn neg_u32(a: u32) -> u32 { return 0u - a; }
fn abs_u32(a: u32) -> u32 { return a; }
fn sign_u32(a: u32) -> u32 { return select(0u, 1u, a != 0u); }

fn floor_divide_u32(a: u32, b: u32) -> u32 {
    return select(a / select(b, 1u, b == 0u), 0u, b == 0u);
}

fn remainder_u32(a: u32, b: u32) -> u32 {
    return select(a % select(b, 1u, b == 0u), 0u, b == 0u);
}

fn fmod_u32(a: u32, b: u32) -> u32 { return remainder_u32(a, b); }

// 0 gives 0, as in NumPy.
fn reciprocal_u32(a: u32) -> u32 { return select(0u, 1u, a == 1u); }

fn pow_u32(a: u32, b: u32) -> u32 {
    var result = 1u;
    var square = a;
    for (var n = b; n != 0u; n >>= 1u) {
        result = select(result, result * square, (n & 1u) != 0u);
        square = square * square;
    }
    return result;
}

// Euclid's algorithm, as npy_gcd; gcd(0, 0) is 0.
fn gcd_u32(a: u32, b: u32) -> u32 {
    var x = a;
    var y = b;
    while (x != 0u) {
        let rest = remainder_u32(y, x);
        y = x;
        x = rest;
    }
    return y;
}

fn lcm_u32(a: u32, b: u32) -> u32 { return floor_divide_u32(a, gcd_u32(a, b)) * b; }

fn minimum_u32(a: u32, b: u32) -> u32 { return select(b, a, a < b); }
fn maximum_u32(a: u32, b: u32) -> u32 { return select(b, a, a > b); }
fn fmin_u32(a: u32, b: u32) -> u32 { return minimum_u32(a, b); }
fn fmax_u32(a: u32, b: u32) -> u32 { return maximum_u32(a, b); }

// The 64-bit product, low word first. WGSL has no such operation; four 16-bit products (Knuth, TAOCP 4.3.1, M).
fn wide_product_u32(a: u32, b: u32) -> vec2<u32> {
    let a0 = a & 0xffffu;
    let a1 = a >> 16u;
    let b0 = b & 0xffffu;
    let b1 = b >> 16u;
    let low = a0 * b0;
    let middle = a1 * b0 + (low >> 16u);
    let cross = a0 * b1 + (middle & 0xffffu);
    return vec2<u32>((cross << 16u) | (low & 0xffffu), a1 * b1 + (middle >> 16u) + (cross >> 16u));
}

// --- bits and shifts -----------------------------------------------------------------------------------------

fn bit_and_i32(a: i32, b: i32) -> i32 { return a & b; }
fn bit_or_i32(a: i32, b: i32) -> i32 { return a | b; }
fn bit_xor_i32(a: i32, b: i32) -> i32 { return a ^ b; }
fn bit_not_i32(a: i32) -> i32 { return ~a; }
fn bit_and_u32(a: u32, b: u32) -> u32 { return a & b; }
fn bit_or_u32(a: u32, b: u32) -> u32 { return a | b; }
fn bit_xor_u32(a: u32, b: u32) -> u32 { return a ^ b; }
fn bit_not_u32(a: u32) -> u32 { return ~a; }

// numpy.bitwise_count: the ones of |a|.
fn bit_count_i32(a: i32) -> u32 { return countOneBits(bitcast<u32>(abs_i32(a))); }
fn bit_count_u32(a: u32) -> u32 { return countOneBits(a); }

fn shift_left_u32(a: u32, b: u32) -> u32 { return select(0u, a << (b & 31u), b < 32u); }
fn shift_right_u32(a: u32, b: u32) -> u32 { return select(0u, a >> (b & 31u), b < 32u); }

// A negative count reads as a huge unsigned one.
fn shift_left_i32(a: i32, b: i32) -> i32 {
    return bitcast<i32>(shift_left_u32(bitcast<u32>(a), bitcast<u32>(b)));
}

fn shift_right_i32(a: i32, b: i32) -> i32 { return a >> min(bitcast<u32>(b), 31u); }

// --- comparisons and predicates ------------------------------------------------------------------------------

fn eq_i32(a: i32, b: i32) -> bool { return a == b; }
fn ne_i32(a: i32, b: i32) -> bool { return a != b; }
fn lt_i32(a: i32, b: i32) -> bool { return a < b; }
fn le_i32(a: i32, b: i32) -> bool { return a <= b; }
fn gt_i32(a: i32, b: i32) -> bool { return a > b; }
fn ge_i32(a: i32, b: i32) -> bool { return a >= b; }
fn nonzero_i32(a: i32) -> bool { return a != 0i; }
fn isnan_i32(a: i32) -> bool { return false; }
fn isinf_i32(a: i32) -> bool { return false; }
fn isfinite_i32(a: i32) -> bool { return true; }
fn signbit_i32(a: i32) -> bool { return a < 0i; }

fn eq_u32(a: u32, b: u32) -> bool { return a == b; }
fn ne_u32(a: u32, b: u32) -> bool { return a != b; }
fn lt_u32(a: u32, b: u32) -> bool { return a < b; }
fn le_u32(a: u32, b: u32) -> bool { return a <= b; }
fn gt_u32(a: u32, b: u32) -> bool { return a > b; }
fn ge_u32(a: u32, b: u32) -> bool { return a >= b; }
fn nonzero_u32(a: u32) -> bool { return a != 0u; }
fn isnan_u32(a: u32) -> bool { return false; }
fn isinf_u32(a: u32) -> bool { return false; }
fn isfinite_u32(a: u32) -> bool { return true; }
fn signbit_u32(a: u32) -> bool { return false; }

// --- bool ----------------------------------------------------------------------------------------------------
// NumPy adds and takes maxima of bools with `or`, multiplies and takes minima with `and`.

fn and_bool(a: bool, b: bool) -> bool { return a && b; }
fn or_bool(a: bool, b: bool) -> bool { return a || b; }
fn xor_bool(a: bool, b: bool) -> bool { return a != b; }
fn not_bool(a: bool) -> bool { return !a; }
fn bit_and_bool(a: bool, b: bool) -> bool { return a && b; }
fn bit_or_bool(a: bool, b: bool) -> bool { return a || b; }
fn bit_xor_bool(a: bool, b: bool) -> bool { return a != b; }
fn bit_not_bool(a: bool) -> bool { return !a; }
fn add_bool(a: bool, b: bool) -> bool { return a || b; }
fn mul_bool(a: bool, b: bool) -> bool { return a && b; }
fn minimum_bool(a: bool, b: bool) -> bool { return a && b; }
fn maximum_bool(a: bool, b: bool) -> bool { return a || b; }
fn fmin_bool(a: bool, b: bool) -> bool { return a && b; }
fn fmax_bool(a: bool, b: bool) -> bool { return a || b; }
fn abs_bool(a: bool) -> bool { return a; }

fn eq_bool(a: bool, b: bool) -> bool { return a == b; }
fn ne_bool(a: bool, b: bool) -> bool { return a != b; }
fn lt_bool(a: bool, b: bool) -> bool { return !a && b; }
fn le_bool(a: bool, b: bool) -> bool { return !a || b; }
fn gt_bool(a: bool, b: bool) -> bool { return a && !b; }
fn ge_bool(a: bool, b: bool) -> bool { return a || !b; }
fn nonzero_bool(a: bool) -> bool { return a; }
fn isnan_bool(a: bool) -> bool { return false; }
fn isinf_bool(a: bool) -> bool { return false; }
fn isfinite_bool(a: bool) -> bool { return true; }

// --- reciprocals of 64-bit integers (both forms of int64) ----------------------------------------------------

// C's (int64_t)(1.0 / a) on x86-64, as reciprocal_i32.
fn reciprocal_i64(a: I64) -> I64 {
    let lo = lo_i64(a);
    let hi = hi_i64(a);
    let unit = (lo == 1u && hi == 0u) || (lo == 0xffffffffu && hi == 0xffffffffu);
    return make_i64(select(0u, lo, unit), select(select(0u, hi, unit), 0x80000000u, (lo | hi) == 0u));
}

fn reciprocal_u64(a: U64) -> U64 {
    return make_u64(select(0u, 1u, lo_u64(a) == 1u && hi_u64(a) == 0u), 0u);
}

// The position that an index means in a dimension of n elements, counted from its end where negative; 0xffffffff outside.
fn position_of_index(index: I64, n: u32) -> u32 {
    let low = lo_i64(index);
    let high = hi_i64(index);
    let position = select(low, low + n, high == 0xffffffffu);
    return select(0xffffffffu, position, position < n && (high == 0u || high == 0xffffffffu));
}
