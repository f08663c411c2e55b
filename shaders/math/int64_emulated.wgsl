// i64 and u64 on vec2<u32> (x = low word, y = high word), for devices without 64-bit integers.
//
// Included there; int64_native.wgsl defines the same names on the native types. Both types are two's complement words, so
// sums, products and bit operations are shared. Rules are integer.wgsl's: wrapping, x / 0 = 0, INT_MIN / -1 = INT_MIN,
// shift counts outside 0..63 give 0 or the sign. Division follows H. S. Warren, Hacker's Delight, 2nd edition, 9-4
// (divlu: 64 by 32 bits in two 16-bit digits) and 9-5 (udivdi3: 64 by 64 bits from one such step).

alias I64 = vec2<u32>;
alias U64 = vec2<u32>;

const I64_ZERO: vec2<u32> = vec2<u32>(0u, 0u);

// --- words ---------------------------------------------------------------------------------------------------

fn make_u64(lo: u32, hi: u32) -> U64 { return vec2<u32>(lo, hi); }
fn make_i64(lo: u32, hi: u32) -> I64 { return vec2<u32>(lo, hi); }
fn lo_u64(a: U64) -> u32 { return a.x; }
fn hi_u64(a: U64) -> u32 { return a.y; }
fn lo_i64(a: I64) -> u32 { return a.x; }
fn hi_i64(a: I64) -> u32 { return a.y; }

// --- u64 arithmetic ------------------------------------------------------------------------------------------

fn add_u64(a: U64, b: U64) -> U64 {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
}

fn sub_u64(a: U64, b: U64) -> U64 { return vec2<u32>(a.x - b.x, a.y - b.y - select(0u, 1u, a.x < b.x)); }

fn mul_u64(a: U64, b: U64) -> U64 {
    let low = wide_product_u32(a.x, b.x);
    return vec2<u32>(low.x, low.y + a.x * b.y + a.y * b.x);
}

fn neg_u64(a: U64) -> U64 { return vec2<u32>(0u - a.x, ~a.y + select(0u, 1u, a.x == 0u)); }
fn abs_u64(a: U64) -> U64 { return a; }
fn sign_u64(a: U64) -> U64 { return vec2<u32>(select(0u, 1u, nonzero_u64(a)), 0u); }

// (high * 2^32 + low) / divisor for high < divisor: quotient and remainder.
fn divide_wide_u32(high: u32, low: u32, divisor: u32) -> vec2<u32> {
    let shift = countLeadingZeros(divisor);
    let d = divisor << shift;
    let d1 = d >> 16u;
    let d0 = d & 0xffffu;
    // The dividend moves with the divisor; low >> 32 must be 0.
    let n2 = (high << shift) | select(low >> ((32u - shift) & 31u), 0u, shift == 0u);
    let n10 = low << shift;
    let first = divide_digit_u32(n2, n10 >> 16u, d1, d0);
    let n1 = (n2 << 16u) + (n10 >> 16u) - first * d;
    let second = divide_digit_u32(n1, n10 & 0xffffu, d1, d0);
    let rest = (n1 << 16u) + (n10 & 0xffffu) - second * d;
    return vec2<u32>((first << 16u) + second, rest >> shift);
}

// One 16-bit digit of the quotient (n * 2^16 + next) / (d1 * 2^16 + d0), d1 with its top bit set. The estimate n / d1 is at
// most two too large (Knuth, TAOCP 4.3.1, theorem B).
fn divide_digit_u32(n: u32, next: u32, d1: u32, d0: u32) -> u32 {
    var q = n / d1;
    var rest = n - q * d1;
    for (var i = 0u; i < 2u; i++) {
        let high = q >= 0x10000u || (rest < 0x10000u && q * d0 > ((rest << 16u) | next));
        let adjust = high && rest < 0x10000u;
        q = select(q, q - 1u, adjust);
        rest = select(rest, rest + d1, adjust);
    }
    return q;
}

fn floor_divide_u64(a: U64, b: U64) -> U64 {
    if (b.y == 0u) {
        let high = floor_divide_u32(a.y, b.x);
        if (a.y == 0u || b.x == 0u) { return vec2<u32>(floor_divide_u32(a.x, b.x), 0u); }
        return vec2<u32>(divide_wide_u32(a.y - high * b.x, a.x, b.x).x, high);
    }
    // Halve the dividend so that its high word is below the normalised divisor's; the quotient is at most one off.
    let shift = countLeadingZeros(b.y);
    let top = select((b.y << shift) | (b.x >> ((32u - shift) & 31u)), b.y, shift == 0u);
    let estimate = divide_wide_u32(a.y >> 1u, (a.y << 31u) | (a.x >> 1u), top).x >> (31u - shift);
    let q = vec2<u32>(select(estimate - 1u, 0u, estimate == 0u), 0u);
    let rest = sub_u64(a, mul_u64(q, b));
    return vec2<u32>(q.x + select(0u, 1u, ge_u64(rest, b)), 0u);
}

fn remainder_u64(a: U64, b: U64) -> U64 {
    return select(sub_u64(a, mul_u64(floor_divide_u64(a, b), b)), I64_ZERO, !nonzero_u64(b));
}

fn fmod_u64(a: U64, b: U64) -> U64 { return remainder_u64(a, b); }

fn pow_u64(a: U64, b: U64) -> U64 {
    var result = vec2<u32>(1u, 0u);
    var square = a;
    for (var n = b; nonzero_u64(n); n = vec2<u32>((n.x >> 1u) | (n.y << 31u), n.y >> 1u)) {
        result = select(result, mul_u64(result, square), (n.x & 1u) != 0u);
        square = mul_u64(square, square);
    }
    return result;
}

fn gcd_u64(a: U64, b: U64) -> U64 {
    var x = a;
    var y = b;
    while (nonzero_u64(x)) {
        let rest = remainder_u64(y, x);
        y = x;
        x = rest;
    }
    return y;
}

fn lcm_u64(a: U64, b: U64) -> U64 { return mul_u64(floor_divide_u64(a, gcd_u64(a, b)), b); }

fn minimum_u64(a: U64, b: U64) -> U64 { return select(b, a, lt_u64(a, b)); }
fn maximum_u64(a: U64, b: U64) -> U64 { return select(b, a, lt_u64(b, a)); }
fn fmin_u64(a: U64, b: U64) -> U64 { return minimum_u64(a, b); }
fn fmax_u64(a: U64, b: U64) -> U64 { return maximum_u64(a, b); }

// --- i64 arithmetic ------------------------------------------------------------------------------------------

fn add_i64(a: I64, b: I64) -> I64 { return add_u64(a, b); }
fn sub_i64(a: I64, b: I64) -> I64 { return sub_u64(a, b); }
fn mul_i64(a: I64, b: I64) -> I64 { return mul_u64(a, b); }
fn neg_i64(a: I64) -> I64 { return neg_u64(a); }
fn abs_i64(a: I64) -> I64 { return select(a, neg_u64(a), signbit_i64(a)); }

fn sign_i64(a: I64) -> I64 {
    let mask = 0u - (a.y >> 31u);
    return vec2<u32>(mask | select(0u, 1u, nonzero_i64(a)), mask);
}

// a / b rounded toward zero; 0 for b = 0. INT_MIN / -1 is |INT_MIN| = 2^63, which reads as INT_MIN.
fn truncated_quotient_i64(a: I64, b: I64) -> I64 {
    let quotient = floor_divide_u64(abs_i64(a), abs_i64(b));
    return select(quotient, neg_u64(quotient), ((a.y ^ b.y) >> 31u) != 0u);
}

fn floor_divide_i64(a: I64, b: I64) -> I64 {
    let quotient = truncated_quotient_i64(a, b);
    let rest = sub_u64(a, mul_u64(quotient, b));
    let down = nonzero_i64(rest) && ((rest.y ^ b.y) >> 31u) != 0u && nonzero_i64(b);
    return select(quotient, sub_u64(quotient, vec2<u32>(1u, 0u)), down);
}

fn remainder_i64(a: I64, b: I64) -> I64 {
    let rest = fmod_i64(a, b);
    return select(rest, add_u64(rest, b), nonzero_i64(rest) && ((rest.y ^ b.y) >> 31u) != 0u);
}

fn fmod_i64(a: I64, b: I64) -> I64 {
    return select(sub_u64(a, mul_u64(truncated_quotient_i64(a, b), b)), I64_ZERO, !nonzero_i64(b));
}

fn pow_i64(a: I64, b: I64) -> I64 { return pow_u64(a, b); }
fn gcd_i64(a: I64, b: I64) -> I64 { return gcd_u64(abs_i64(a), abs_i64(b)); }
fn lcm_i64(a: I64, b: I64) -> I64 { return lcm_u64(abs_i64(a), abs_i64(b)); }

fn minimum_i64(a: I64, b: I64) -> I64 { return select(b, a, lt_i64(a, b)); }
fn maximum_i64(a: I64, b: I64) -> I64 { return select(b, a, lt_i64(b, a)); }
fn fmin_i64(a: I64, b: I64) -> I64 { return minimum_i64(a, b); }
fn fmax_i64(a: I64, b: I64) -> I64 { return maximum_i64(a, b); }

// --- bits and shifts -----------------------------------------------------------------------------------------

fn bit_and_i64(a: I64, b: I64) -> I64 { return a & b; }
fn bit_or_i64(a: I64, b: I64) -> I64 { return a | b; }
fn bit_xor_i64(a: I64, b: I64) -> I64 { return a ^ b; }
fn bit_not_i64(a: I64) -> I64 { return ~a; }
fn bit_and_u64(a: U64, b: U64) -> U64 { return a & b; }
fn bit_or_u64(a: U64, b: U64) -> U64 { return a | b; }
fn bit_xor_u64(a: U64, b: U64) -> U64 { return a ^ b; }
fn bit_not_u64(a: U64) -> U64 { return ~a; }

fn bit_count_u64(a: U64) -> u32 { return countOneBits(a.x) + countOneBits(a.y); }
fn bit_count_i64(a: I64) -> u32 { return bit_count_u64(abs_i64(a)); }

fn shift_left_u64(a: U64, b: U64) -> U64 {
    let count = b.x & 31u;
    let carried = select(a.x >> ((32u - count) & 31u), 0u, count == 0u);
    let within = vec2<u32>(a.x << count, (a.y << count) | carried);
    let result = select(within, vec2<u32>(0u, a.x << count), (b.x & 32u) != 0u);
    return select(I64_ZERO, result, b.y == 0u && b.x < 64u);
}

fn shift_right_u64(a: U64, b: U64) -> U64 {
    let count = b.x & 31u;
    let carried = select(a.y << ((32u - count) & 31u), 0u, count == 0u);
    let within = vec2<u32>((a.x >> count) | carried, a.y >> count);
    let result = select(within, vec2<u32>(a.y >> count, 0u), (b.x & 32u) != 0u);
    return select(I64_ZERO, result, b.y == 0u && b.x < 64u);
}

// A negative count reads as a huge unsigned one.
fn shift_left_i64(a: I64, b: I64) -> I64 { return shift_left_u64(a, b); }

// Shifting the complement of a negative number brings in ones.
fn shift_right_i64(a: I64, b: I64) -> I64 {
    let mask = vec2<u32>(0u - (a.y >> 31u));
    return shift_right_u64(a ^ mask, b) ^ mask;
}

// --- comparisons and predicates ------------------------------------------------------------------------------

fn eq_u64(a: U64, b: U64) -> bool { return a.x == b.x && a.y == b.y; }
fn ne_u64(a: U64, b: U64) -> bool { return a.x != b.x || a.y != b.y; }
fn lt_u64(a: U64, b: U64) -> bool { return a.y < b.y || (a.y == b.y && a.x < b.x); }
fn le_u64(a: U64, b: U64) -> bool { return a.y < b.y || (a.y == b.y && a.x <= b.x); }
fn gt_u64(a: U64, b: U64) -> bool { return lt_u64(b, a); }
fn ge_u64(a: U64, b: U64) -> bool { return le_u64(b, a); }
fn nonzero_u64(a: U64) -> bool { return (a.x | a.y) != 0u; }
fn isnan_u64(a: U64) -> bool { return false; }
fn isinf_u64(a: U64) -> bool { return false; }
fn isfinite_u64(a: U64) -> bool { return true; }
fn signbit_u64(a: U64) -> bool { return false; }

fn eq_i64(a: I64, b: I64) -> bool { return a.x == b.x && a.y == b.y; }
fn ne_i64(a: I64, b: I64) -> bool { return a.x != b.x || a.y != b.y; }

fn lt_i64(a: I64, b: I64) -> bool {
    return bitcast<i32>(a.y) < bitcast<i32>(b.y) || (a.y == b.y && a.x < b.x);
}

fn le_i64(a: I64, b: I64) -> bool {
    return bitcast<i32>(a.y) < bitcast<i32>(b.y) || (a.y == b.y && a.x <= b.x);
}

fn gt_i64(a: I64, b: I64) -> bool { return lt_i64(b, a); }
fn ge_i64(a: I64, b: I64) -> bool { return le_i64(b, a); }
fn nonzero_i64(a: I64) -> bool { return (a.x | a.y) != 0u; }
fn isnan_i64(a: I64) -> bool { return false; }
fn isinf_i64(a: I64) -> bool { return false; }
fn isfinite_i64(a: I64) -> bool { return true; }
fn signbit_i64(a: I64) -> bool { return (a.y >> 31u) != 0u; }
