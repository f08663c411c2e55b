// What the templates complex*.wgsl ask of the two precisions of their parts, beside the real functions: constants, exact pieces of
// floats, and cosine and sine in one call.

// --- float32 -------------------------------------------------------------------------------------------------

fn make_c64(re: f32, im: f32) -> vec2<f32> { return vec2<f32>(re, im); }
fn real_c64(a: vec2<f32>) -> f32 { return a.x; }
fn imag_c64(a: vec2<f32>) -> f32 { return a.y; }

// -a and |a| of results. NVIDIA's driver takes a sign bit that is turned or cleared in a float's bits for its own negation or absolute
// value, and those flush subnormal numbers. It does not where the mask is not a constant.
fn opposite_f32(a: f32) -> f32 { return bitcast<f32>(bitcast<u32>(a) ^ (0x80000000u ^ guard())); }
fn magnitude_f32(a: f32) -> f32 { return bitcast<f32>(bitcast<u32>(a) & (0x7fffffffu ^ guard())); }

// A literal of the templates.
fn number_f32(a: f32) -> f32 { return a; }

fn nan_f32() -> f32 {
    var bits = 0x7fc00000u;
    return bitcast<f32>(bits);
}

fn infinite_f32() -> f32 {
    var bits = 0x7f800000u;
    return bitcast<f32>(bits);
}

fn half_pi_f32() -> f32 { return 0x1.921fb6p+0f; }
fn pi_f32() -> vec2<f32> { return vec2<f32>(0x1.921fb6p+1f, -0x1.777a5cp-24f); }
fn ln2_f32() -> vec2<f32> { return vec2<f32>(0x1.62e430p-1f, -0x1.05c610p-29f); }
fn log2_e_f32() -> f32 { return 0x1.715476p+0f; }
fn log10_e_f32() -> f32 { return 0x1.bcb7b2p-2f; }

// Below which |z| the first term of an odd series is all of it, as a power of two.
fn tiny_exponent_f32() -> i32 { return -13i; }
// From which |z| on 1 is nothing beside it.
fn huge_exponent_f32() -> i32 { return 25i; }

// e^x is finite up to the first; the second is twice an integer whose power of e, the third, is nearly a float, and as far
// below the sum of the two e^x overflows even when multiplied by the smallest number.
fn exp_limits_f32() -> vec2<f32> { return vec2<f32>(88.0f, 104.0f); }
fn exp_step_f32() -> f32 { return 0x1.039966p+75f; }
// The same for 2^x.
fn exp2_limits_f32() -> vec2<f32> { return vec2<f32>(127.0f, 150.0f); }
fn exp2_step_f32() -> f32 { return 0x1p+75f; }

// The exponent n of |a| = 2^n m, 1 <= m < 2; something below -126 for subnormal numbers and 0, 128 for infinity and NaN.
fn exponent_f32(a: f32) -> i32 { return i32((bitcast<u32>(a) >> 23u) & 255u) - 127i; }

// An even power of two that brings numbers of this size, finite and not 0, to where squares are normal numbers; 0 for most.
fn moved_by_f32(size: f32) -> i32 {
    let n = exponent_f32(size);
    return select(select(0i, 80i, n < -63i), -4i, n >= 125i && n < 128i);
}

// a * 2^n for any finite a: subnormal operands become integers first, because a device may flush them.
fn scale_part_f32(a: f32, n: i32) -> f32 {
    let bits = bitcast<u32>(a);
    let magnitude = bits & 0x7fffffffu;
    let subnormal = magnitude < 0x00800000u;
    let significand = bitcast<u32>(f32(select(0u, magnitude, subnormal))) | (bits & 0x80000000u);
    let scaled = scale_f32(bitcast<f32>(select(bits, significand, subnormal)), select(n, n - 149i, subnormal));
    return select(scaled, a, magnitude == 0u || magnitude >= 0x7f800000u);
}

// a * b - product, exactly, for product = a * b rounded, while nothing overflows or falls below 2^-126 (Dekker 1971).
fn product_error_f32(a: f32, b: f32, product: f32) -> f32 {
    let a_head = head_f32(a);
    let b_head = head_f32(b);
    let a_tail = sub_f32(a, a_head);
    let b_tail = sub_f32(b, b_head);
    let crossed = add_f32(sub_f32(mul_f32(a_head, b_head), product), mul_f32(a_head, b_tail));
    return add_f32(add_f32(crossed, mul_f32(a_tail, b_head)), mul_f32(a_tail, b_tail));
}

// cos(x) + i sin(x).
fn circle_f32(x: f32) -> vec2<f32> {
    let bits = bitcast<u32>(x);
    let abs_bits = bits & 0x7fffffffu;
    let reduced = reduce_quarter_turn_f32(x);
    var cosine = sin_quadrant_f32(reduced, reduced.quadrant + 1u);
    var sine = sin_quadrant_f32(reduced, reduced.quadrant);
    sine = select(sine, bits, abs_bits < 0x39800000u);
    sine = select(sine, 0x7fc00000u, abs_bits >= 0x7f800000u);
    cosine = select(cosine, 0x7fc00000u, abs_bits >= 0x7f800000u);
    return vec2<f32>(bitcast<f32>(cosine), bitcast<f32>(sine));
}

// --- float64 -------------------------------------------------------------------------------------------------

fn opposite_f64(a: F64) -> F64 { return neg_f64(a); }
fn magnitude_f64(a: F64) -> F64 { return abs_f64(a); }
fn number_f64(a: f32) -> F64 { return cast_f32_f64(a); }
fn infinite_f64() -> F64 { return make_f64(0u, 0x7ff00000u); }

fn half_pi_f64() -> F64 { return make_f64(0x54442d18u, 0x3ff921fbu); }
fn pi_f64() -> C128 { return make_c128(make_f64(0x54442d18u, 0x400921fbu), make_f64(0x33145c07u, 0x3ca1a626u)); }
fn ln2_f64() -> C128 { return make_c128(make_f64(0xfefa39efu, 0x3fe62e42u), make_f64(0x3b39803fu, 0x3c7abc9eu)); }
fn log2_e_f64() -> F64 { return make_f64(0x652b82feu, 0x3ff71547u); }
fn log10_e_f64() -> F64 { return make_f64(0x1526e50eu, 0x3fdbcb7bu); }
fn tiny_exponent_f64() -> i32 { return -27i; }
fn huge_exponent_f64() -> i32 { return 54i; }
fn exp_limits_f64() -> C128 { return make_c128(make_f64(0x00000000u, 0x40862800u), make_f64(0x00000000u, 0x4087b000u)); }
fn exp_step_f64() -> F64 { return make_f64(0xeeeb8cfau, 0x621b804bu); }
fn exp2_limits_f64() -> C128 { return make_c128(make_f64(0x00000000u, 0x408ff800u), make_f64(0x00000000u, 0x4090e000u)); }
fn exp2_step_f64() -> F64 { return make_f64(0x00000000u, 0x61b00000u); }

fn exponent_f64(a: F64) -> i32 { return i32((bits_hi_f64(a) >> 20u) & 0x7ffu) - 1023i; }

fn moved_by_f64(size: F64) -> i32 {
    let n = exponent_f64(size);
    return select(select(0i, 600i, n < -450i), -4i, n >= 1021i && n < 1024i);
}

// a * 2^n for any a, rounded once.
fn scale_part_f64(a: F64, n: i32) -> F64 {
    let words = words_of_f64(a);
    let magnitude = words.y & 0x7fffffffu;
    let lead = sig64_clz(sig53_of_words(words));
    let exponent = exponent53_of_words(words) + 11i - i32(lead) + n;
    let scaled = round_pack_words(words.y & F64_SIGN, exponent, sig64_shl(sig53_of_words(words), lead & 63u));
    return f64_of_words(select(scaled, words, (magnitude | words.x) == 0u || magnitude >= F64_INFINITY));
}

// product_error_f64 stands with the float64 arithmetic: natively from products of halves, emulated from fma_f64.

// cos(x) + i sin(x): one reduction, and one polynomial that is run twice.
fn circle_f64(x: F64) -> C128 {
    let words = words_of_f64(x);
    let r = reduce_quadrant64(words);
    var cosine = x;
    var sine = x;
    for (var turn = 0u; turn < 2u; turn++) {
        cosine = turned_wave_f64(words, r, turn);
        if (turn == 0u) { sine = cosine; }
    }
    return make_c128(cosine, sine);
}
