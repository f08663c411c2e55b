// Casts among bool, i32, u32, i64, u64, f32 and c64, and wrap_* into the narrower integers.
//
// Included by every kernel library; casts from and to f64 stand with their representation (float64_*, cast64_*). The
// rules are those of NumPy's array loops on x86-64, found by running them (NumPy 2.4.6, AVX2):
//   integer to integer    the low bits;
//   real to complex       imaginary part 0; complex to real drops the imaginary part;
//   float to i32, i64     truncation; NaN and out of range give INT_MIN (CVTTPS2DQ, CVTTSS2SI);
//   float to u64          below 2^63 as to i64; from there to 2^64 exact; above, and infinity, 0;
//   float to u32          the low word of the i64 conversion, as compilers emit it and as NumPy's scalar code does (strided
//                         operands, the last few elements, float16). NumPy's vector code for contiguous arrays differs
//                         outside [-2^31, 2^32), so that its answer there depends on where an element stands;
//   float to 8 and 16 bits  the low bits of the i32 conversion: compose cast_f32_i32 and wrap_*.
// 64-bit integers are taken apart and put together as words, so both int64_native.wgsl and int64_emulated.wgsl serve.
// No conversion instruction meets a value it is not defined for: drivers differ there.
//
// What becomes a float passes `guard()`, a zero that is loaded at run time: compilers know integers that are zero for every
// operand (x - x, x ^ x, x < x, an imaginary part that is not there) and would take 0.0 * y for 0.0 and y + 0.0 for y, which are
// NumPy's results neither for infinite y nor for -0.0 (Mesa's nir_opt_algebraic does).

// --- wrapping ------------------------------------------------------------------------------------------------

fn wrap_u8(a: u32) -> u32 { return a & 0xffu; }
fn wrap_u16(a: u32) -> u32 { return a & 0xffffu; }
fn wrap_i8(a: i32) -> i32 { return (a << 24u) >> 24u; }
fn wrap_i16(a: i32) -> i32 { return (a << 16u) >> 16u; }

fn no_imaginary() -> f32 { return bitcast<f32>(guard()); }

// --- bool and 32-bit integers --------------------------------------------------------------------------------

fn cast_bool_i32(a: bool) -> i32 { return select(0i, 1i, a); }
fn cast_bool_u32(a: bool) -> u32 { return select(0u, 1u, a); }
fn cast_bool_i64(a: bool) -> I64 { return make_i64(select(0u, 1u, a), 0u); }
fn cast_bool_u64(a: bool) -> U64 { return make_u64(select(0u, 1u, a), 0u); }
fn cast_bool_f32(a: bool) -> f32 { return bitcast<f32>(select(0u, 0x3f800000u, a) ^ guard()); }
fn cast_bool_c64(a: bool) -> vec2<f32> { return vec2<f32>(cast_bool_f32(a), no_imaginary()); }

fn cast_i32_bool(a: i32) -> bool { return a != 0i; }
fn cast_i32_u32(a: i32) -> u32 { return bitcast<u32>(a); }
fn cast_i32_i64(a: i32) -> I64 { return make_i64(bitcast<u32>(a), bitcast<u32>(a >> 31u)); }
fn cast_i32_u64(a: i32) -> U64 { return make_u64(bitcast<u32>(a), bitcast<u32>(a >> 31u)); }
fn cast_i32_f32(a: i32) -> f32 { return f32(bitcast<i32>(bitcast<u32>(a) ^ guard())); }
fn cast_i32_c64(a: i32) -> vec2<f32> { return vec2<f32>(cast_i32_f32(a), no_imaginary()); }

fn cast_u32_bool(a: u32) -> bool { return a != 0u; }
fn cast_u32_i32(a: u32) -> i32 { return bitcast<i32>(a); }
fn cast_u32_i64(a: u32) -> I64 { return make_i64(a, 0u); }
fn cast_u32_u64(a: u32) -> U64 { return make_u64(a, 0u); }
fn cast_u32_f32(a: u32) -> f32 { return f32(a ^ guard()); }
fn cast_u32_c64(a: u32) -> vec2<f32> { return vec2<f32>(cast_u32_f32(a), no_imaginary()); }

// --- 64-bit integers -----------------------------------------------------------------------------------------

fn cast_i64_bool(a: I64) -> bool { return nonzero_i64(a); }
fn cast_i64_i32(a: I64) -> i32 { return bitcast<i32>(lo_i64(a)); }
fn cast_i64_u32(a: I64) -> u32 { return lo_i64(a); }
fn cast_i64_u64(a: I64) -> U64 { return make_u64(lo_i64(a), hi_i64(a)); }
fn cast_i64_c64(a: I64) -> vec2<f32> { return vec2<f32>(cast_i64_f32(a), no_imaginary()); }

fn cast_i64_f32(a: I64) -> f32 {
    let magnitude = cast_i64_u64(abs_i64(a));
    let sign = hi_i64(a) & 0x80000000u;
    return bitcast<f32>(bitcast<u32>(cast_u64_f32(magnitude)) | sign);
}

fn cast_u64_bool(a: U64) -> bool { return nonzero_u64(a); }
fn cast_u64_i32(a: U64) -> i32 { return bitcast<i32>(lo_u64(a)); }
fn cast_u64_u32(a: U64) -> u32 { return lo_u64(a); }
fn cast_u64_i64(a: U64) -> I64 { return make_i64(lo_u64(a), hi_u64(a)); }
fn cast_u64_c64(a: U64) -> vec2<f32> { return vec2<f32>(cast_u64_f32(a), no_imaginary()); }

// The top 32 bits with a sticky bit carry all that rounding to 24 bits needs; one conversion rounds, and the exponent is
// raised by what was shifted out. (A conversion from u64 itself is software on many devices, and its rounding theirs.)
fn cast_u64_f32(a: U64) -> f32 {
    let low = lo_u64(a);
    let high = hi_u64(a);
    let shift = 32u - countLeadingZeros(high);
    let from_high = select(high << ((32u - shift) & 31u), high, shift == 32u);
    let top = select(from_high | (low >> (shift & 31u)), high, shift == 32u);
    let lost = select(low << ((32u - shift) & 31u), low, shift == 32u);
    let sticky = select(0u, 1u, shift != 0u && lost != 0u);
    let rounded = bitcast<u32>(f32(select(top | sticky, low, shift == 0u) ^ guard()));
    return bitcast<f32>(rounded + select(shift << 23u, 0u, rounded == 0u));
}

// --- f32 -----------------------------------------------------------------------------------------------------

fn cast_f32_bool(a: f32) -> bool { return nonzero_f32(a); }
fn cast_f32_c64(a: f32) -> vec2<f32> { return vec2<f32>(a, no_imaginary()); }

// Whether |a| < 2^31; false for NaN. The exponent decides, no comparison a compiler may take for ordered.
fn fits_i32_f32(a: f32) -> bool { return (bitcast<u32>(a) & 0x7fffffffu) < 0x4f000000u; }

fn cast_f32_i32(a: f32) -> i32 {
    let fits = fits_i32_f32(a);
    return select(I32_MIN, i32(select(0.0f, a, fits)), fits);
}

// The words of a as a signed 64-bit integer, -2^63 for NaN and out of range.
fn integer_words_f32(a: f32) -> vec2<u32> {
    let bits = bitcast<u32>(a);
    let exponent = (bits >> 23u) & 0xffu;
    let significand = (bits & 0x007fffffu) | 0x00800000u;
    // The significand times 2^(exponent - 150).
    let left = exponent - 150u;
    let right = min(150u - exponent, 31u);
    let up = vec2<u32>(select(significand << (left & 31u), 0u, left >= 32u),
        select(select(0u, significand >> ((32u - left) & 31u), left != 0u), significand << (left & 31u), left >= 32u));
    let magnitude = select(vec2<u32>(significand >> right, 0u), up, exponent >= 150u);
    let mask = 0u - (bits >> 31u);
    let flipped = magnitude ^ vec2<u32>(mask);
    let low = flipped.x - mask;
    let words = vec2<u32>(low, flipped.y + select(0u, mask & 1u, low == 0u));
    return select(words, vec2<u32>(0u, 0x80000000u), exponent >= 190u);
}

fn cast_f32_i64(a: f32) -> I64 {
    let words = integer_words_f32(a);
    return make_i64(words.x, words.y);
}

fn cast_f32_u64(a: f32) -> U64 {
    let bits = bitcast<u32>(a);
    var words = integer_words_f32(a);
    if (bits >= 0x5f000000u && bits <= 0x7f800000u) {
        words = vec2<u32>(0u, select(0u, (bits << 8u) | 0x80000000u, bits < 0x5f800000u));
    }
    return make_u64(words.x, words.y);
}

// The low word of the 64-bit conversion, as compilers emit it.
fn cast_f32_u32(a: f32) -> u32 { return integer_words_f32(a).x; }

// --- c64 -----------------------------------------------------------------------------------------------------

fn cast_c64_bool(a: vec2<f32>) -> bool { return nonzero_c64(a); }
fn cast_c64_i32(a: vec2<f32>) -> i32 { return cast_f32_i32(a.x); }
fn cast_c64_u32(a: vec2<f32>) -> u32 { return cast_f32_u32(a.x); }
fn cast_c64_i64(a: vec2<f32>) -> I64 { return cast_f32_i64(a.x); }
fn cast_c64_u64(a: vec2<f32>) -> U64 { return cast_f32_u64(a.x); }
fn cast_c64_f32(a: vec2<f32>) -> f32 { return a.x; }
