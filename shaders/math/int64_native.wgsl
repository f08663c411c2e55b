// i64 and u64 as the shading language's own types (SHADER_INT64: Vulkan, Direct3D 12, Metal).
//
// Included where the device has them; int64_emulated.wgsl defines the same names on vec2<u32>. The rules are integer.wgsl's:
// wrapping, x / 0 = 0, INT_MIN / -1 = INT_MIN, shift counts outside 0..63 give 0 or the sign. Signed sums and products are
// formed as u64, because signed overflow is undefined in Metal's C++. Changes of sign are written i64(), u64(): naga 30's HLSL
// writer drops a 64-bit bitcast and leaves the old type, which would compare and shift by the wrong rule. It refuses
// bitcast between 64-bit integers and vec2<u32>, so words go in and out by shifts.

alias I64 = i64;
alias U64 = u64;

// --- words ---------------------------------------------------------------------------------------------------

fn make_u64(lo: u32, hi: u32) -> U64 { return (u64(hi) << 32u) | u64(lo); }
fn make_i64(lo: u32, hi: u32) -> I64 { return i64(make_u64(lo, hi)); }
fn lo_u64(a: U64) -> u32 { return u32(a & 0xfffffffflu); }
fn hi_u64(a: U64) -> u32 { return u32(a >> 32u); }
fn lo_i64(a: I64) -> u32 { return lo_u64(u64(a)); }
fn hi_i64(a: I64) -> u32 { return hi_u64(u64(a)); }

// --- i64 arithmetic ------------------------------------------------------------------------------------------

fn add_i64(a: I64, b: I64) -> I64 { return i64(u64(a) + u64(b)); }
fn sub_i64(a: I64, b: I64) -> I64 { return i64(u64(a) - u64(b)); }
fn mul_i64(a: I64, b: I64) -> I64 { return i64(u64(a) * u64(b)); }
fn neg_i64(a: I64) -> I64 { return i64(0lu - u64(a)); }
fn abs_i64(a: I64) -> I64 { return select(a, neg_i64(a), a < 0li); }
fn sign_i64(a: I64) -> I64 { return select(0li, 1li, a > 0li) - select(0li, 1li, a < 0li); }

// a / b rounded toward zero; 0 for b = 0 and a wrapped negation for b = -1.
fn truncated_quotient_i64(a: I64, b: I64) -> I64 {
    let special = b == 0li || b == -1li;
    let quotient = a / select(b, 1li, special);
    return select(quotient, select(0li, neg_i64(a), b == -1li), special);
}

fn floor_divide_i64(a: I64, b: I64) -> I64 {
    let quotient = truncated_quotient_i64(a, b);
    let rest = sub_i64(a, mul_i64(quotient, b));
    return quotient - select(0li, 1li, rest != 0li && (rest ^ b) < 0li && b != 0li);
}

fn remainder_i64(a: I64, b: I64) -> I64 {
    let rest = fmod_i64(a, b);
    return rest + select(0li, b, rest != 0li && (rest ^ b) < 0li);
}

fn fmod_i64(a: I64, b: I64) -> I64 {
    return select(sub_i64(a, mul_i64(truncated_quotient_i64(a, b), b)), 0li, b == 0li);
}

fn pow_i64(a: I64, b: I64) -> I64 { return i64(pow_u64(u64(a), u64(b))); }
fn gcd_i64(a: I64, b: I64) -> I64 { return i64(gcd_u64(u64(abs_i64(a)), u64(abs_i64(b)))); }
fn lcm_i64(a: I64, b: I64) -> I64 { return i64(lcm_u64(u64(abs_i64(a)), u64(abs_i64(b)))); }

fn minimum_i64(a: I64, b: I64) -> I64 { return select(b, a, a < b); }
fn maximum_i64(a: I64, b: I64) -> I64 { return select(b, a, a > b); }
fn fmin_i64(a: I64, b: I64) -> I64 { return minimum_i64(a, b); }
fn fmax_i64(a: I64, b: I64) -> I64 { return maximum_i64(a, b); }

// --- u64 arithmetic ------------------------------------------------------------------------------------------

fn add_u64(a: U64, b: U64) -> U64 { return a + b; }
fn sub_u64(a: U64, b: U64) -> U64 { return a - b; }
fn mul_u64(a: U64, b: U64) -> U64 { return a * b; }
fn neg_u64(a: U64) -> U64 { return 0lu - a; }
fn abs_u64(a: U64) -> U64 { return a; }
fn sign_u64(a: U64) -> U64 { return select(0lu, 1lu, a != 0lu); }
fn floor_divide_u64(a: U64, b: U64) -> U64 { return select(a / select(b, 1lu, b == 0lu), 0lu, b == 0lu); }
fn remainder_u64(a: U64, b: U64) -> U64 { return select(a % select(b, 1lu, b == 0lu), 0lu, b == 0lu); }
fn fmod_u64(a: U64, b: U64) -> U64 { return remainder_u64(a, b); }

fn pow_u64(a: U64, b: U64) -> U64 {
    var result = 1lu;
    var square = a;
    for (var n = b; n != 0lu; n = n >> 1u) {
        result = select(result, result * square, (n & 1lu) != 0lu);
        square = square * square;
    }
    return result;
}

fn gcd_u64(a: U64, b: U64) -> U64 {
    var x = a;
    var y = b;
    while (x != 0lu) {
        let rest = remainder_u64(y, x);
        y = x;
        x = rest;
    }
    return y;
}

fn lcm_u64(a: U64, b: U64) -> U64 { return floor_divide_u64(a, gcd_u64(a, b)) * b; }

fn minimum_u64(a: U64, b: U64) -> U64 { return select(b, a, a < b); }
fn maximum_u64(a: U64, b: U64) -> U64 { return select(b, a, a > b); }
fn fmin_u64(a: U64, b: U64) -> U64 { return minimum_u64(a, b); }
fn fmax_u64(a: U64, b: U64) -> U64 { return maximum_u64(a, b); }

// --- bits and shifts -----------------------------------------------------------------------------------------

fn bit_and_i64(a: I64, b: I64) -> I64 { return a & b; }
fn bit_or_i64(a: I64, b: I64) -> I64 { return a | b; }
fn bit_xor_i64(a: I64, b: I64) -> I64 { return a ^ b; }
fn bit_not_i64(a: I64) -> I64 { return ~a; }
fn bit_and_u64(a: U64, b: U64) -> U64 { return a & b; }
fn bit_or_u64(a: U64, b: U64) -> U64 { return a | b; }
fn bit_xor_u64(a: U64, b: U64) -> U64 { return a ^ b; }
fn bit_not_u64(a: U64) -> U64 { return ~a; }

// By words: the built-in is defined for 32 bits only in SPIR-V for Vulkan (OpBitCount).
fn bit_count_u64(a: U64) -> u32 { return countOneBits(lo_u64(a)) + countOneBits(hi_u64(a)); }
fn bit_count_i64(a: I64) -> u32 { return bit_count_u64(u64(abs_i64(a))); }

fn shift_left_u64(a: U64, b: U64) -> U64 { return select(0lu, a << (lo_u64(b) & 63u), b < 64lu); }
fn shift_right_u64(a: U64, b: U64) -> U64 { return select(0lu, a >> (lo_u64(b) & 63u), b < 64lu); }

// A negative count reads as a huge unsigned one.
fn shift_left_i64(a: I64, b: I64) -> I64 { return i64(shift_left_u64(u64(a), u64(b))); }

fn shift_right_i64(a: I64, b: I64) -> I64 {
    let count = select(63u, lo_i64(b), u64(b) < 64lu);
    return a >> count;
}

// --- comparisons and predicates ------------------------------------------------------------------------------

fn eq_i64(a: I64, b: I64) -> bool { return a == b; }
fn ne_i64(a: I64, b: I64) -> bool { return a != b; }
fn lt_i64(a: I64, b: I64) -> bool { return a < b; }
fn le_i64(a: I64, b: I64) -> bool { return a <= b; }
fn gt_i64(a: I64, b: I64) -> bool { return a > b; }
fn ge_i64(a: I64, b: I64) -> bool { return a >= b; }
fn nonzero_i64(a: I64) -> bool { return a != 0li; }
fn isnan_i64(a: I64) -> bool { return false; }
fn isinf_i64(a: I64) -> bool { return false; }
fn isfinite_i64(a: I64) -> bool { return true; }
fn signbit_i64(a: I64) -> bool { return a < 0li; }

fn eq_u64(a: U64, b: U64) -> bool { return a == b; }
fn ne_u64(a: U64, b: U64) -> bool { return a != b; }
fn lt_u64(a: U64, b: U64) -> bool { return a < b; }
fn le_u64(a: U64, b: U64) -> bool { return a <= b; }
fn gt_u64(a: U64, b: U64) -> bool { return a > b; }
fn ge_u64(a: U64, b: U64) -> bool { return a >= b; }
fn nonzero_u64(a: U64) -> bool { return a != 0lu; }
fn isnan_u64(a: U64) -> bool { return false; }
fn isinf_u64(a: U64) -> bool { return false; }
fn isfinite_u64(a: U64) -> bool { return true; }
fn signbit_u64(a: U64) -> bool { return false; }
