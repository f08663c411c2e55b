// f64 as the shading language's own type (SHADER_F64: Vulkan only, so the SPIR-V is always patched strict).
//
// Included where the device has it; float64_emulated.wgsl defines the same names on vec2<u32>. `+ - *` are the device's,
// which are correctly rounded; quotient and square root are not on every driver (Mesa may lower them to a reciprocal and
// Newton steps, nir_lower_double_ops.c), so the device's result is corrected by its exact remainder. Rounding
// to integers is arithmetic and not GLSL.std.450's, so -0 and NaN come out alike everywhere. Bits are reached through
// bits_lo_f64, bits_hi_f64 and make_f64, which stand in cast64_<int64>_native.wgsl. Every function here relies on
// NoContraction, SignedZeroInfNanPreserve and DenormPreserve for 64 bits.

alias F64 = f64;
alias C128 = vec2<f64>;

// --- arithmetic ----------------------------------------------------------------------------------------------

fn add_f64(a: F64, b: F64) -> F64 { return a + b; }
fn sub_f64(a: F64, b: F64) -> F64 { return a - b; }
fn mul_f64(a: F64, b: F64) -> F64 { return a * b; }
fn neg_f64(a: F64) -> F64 { return -a; }
fn abs_f64(a: F64) -> F64 { return abs(a); }

fn nan_f64() -> F64 {
    var bits = 0x7fc00000u;
    return f64(bitcast<f32>(bits));
}

fn infinity_f64() -> F64 {
    var bits = 0x7f800000u;
    return f64(bitcast<f32>(bits));
}

fn copysign_f64(a: F64, b: F64) -> F64 { return select(a, -a, signbit_f64(a) != signbit_f64(b)); }

fn exponent_field_f64(a: F64) -> u32 { return (bits_hi_f64(a) >> 20u) & 0x7ffu; }

// 2^n for n in -1022..1023.
fn power_of_two_f64(n: i32) -> F64 { return make_f64(0u, bitcast<u32>(n + 1023i) << 20u); }

// a * 2^n for |n| <= 3000. A subnormal result of an a near 1 is rounded once, in the last product.
fn scale_f64(a: F64, n: i32) -> F64 {
    let first = clamp(n, -1000i, 1000i);
    let second = clamp(n - first, -1000i, 1000i);
    let third = clamp(n - first - second, -1000i, 1000i);
    return a * power_of_two_f64(third) * power_of_two_f64(second) * power_of_two_f64(first);
}

// a * b - product for product = a * b rounded, exactly, while nothing overflows or falls below 2^-1022 (T. J. Dekker, A
// floating-point technique for extending the available precision, 1971).
fn product_error_f64(a: F64, b: F64, product: F64) -> F64 {
    let a_shifted = a * 134217729.0lf;
    let a_high = a_shifted - (a_shifted - a);
    let a_low = a - a_high;
    let b_shifted = b * 134217729.0lf;
    let b_high = b_shifted - (b_shifted - b);
    let b_low = b - b_high;
    return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
}

// a - q * b, exact if q is within an ULP of a / b.
fn quotient_rest_f64(a: F64, b: F64, q: F64) -> F64 {
    let product = q * b;
    return (a - product) - product_error_f64(q, b, product);
}

// a / b correctly rounded, for |a| and |b| within 2^-400 and 2^400.
fn moderate_quotient_f64(a: F64, b: F64) -> F64 {
    let start = a / b;
    // One step brings any start that is good to 30 bits or so within an ULP; then the remainder decides exactly.
    // A tie between two doubles cannot happen.
    let q = start + quotient_rest_f64(a, b, start) / b;
    let rest = quotient_rest_f64(a, b, q);
    let high = bits_hi_f64(q);
    let spacing = make_f64(0u, (high & 0x7ff00000u) - (52u << 20u));
    // Below a power of two the spacing toward zero is half.
    let is_power = (high & 0x000fffffu) == 0u && bits_lo_f64(q) == 0u;
    let inward = select(spacing, spacing * 0.5lf, is_power);
    let quotient_sign = select(1.0lf, -1.0lf, q < 0.0lf);
    // How far the true quotient lies outward from q, times |b|.
    let outward_rest = select(rest, -rest, a < 0.0lf);
    let b_abs = abs(b);
    let up = outward_rest > b_abs * (spacing * 0.5lf);
    let down = outward_rest < -b_abs * (inward * 0.5lf);
    return q + quotient_sign * select(select(0.0lf, -inward, down), spacing, up);
}

// A finite number other than 0 as significand * 2^exponent, 1 <= |significand| < 2.
struct Normal64 {
    significand: F64,
    exponent: i32,
}

fn normalize_f64(a: F64) -> Normal64 {
    let subnormal = exponent_field_f64(a) == 0u;
    let scaled = select(a, a * 0x1p64lf, subnormal);
    let field = i32(exponent_field_f64(scaled));
    let exponent = field - 1023i;
    let half = exponent / 2i;
    return Normal64(scaled * power_of_two_f64(-half) * power_of_two_f64(half - exponent), exponent - select(0i, 64i, subnormal));
}

fn div_f64(a: F64, b: F64) -> F64 {
    let a_field = exponent_field_f64(a);
    let b_field = exponent_field_f64(b);
    if (a_field - 623u <= 800u && b_field - 623u <= 800u) {
        return moderate_quotient_f64(a, b);
    }
    if (isnan_f64(a) || isnan_f64(b)) { return a + b; }
    let a_is_zero = a == 0.0lf;
    let b_is_zero = b == 0.0lf;
    let negative = signbit_f64(a) != signbit_f64(b);
    let sign = select(1.0lf, -1.0lf, negative);
    if ((a_is_zero && b_is_zero) || (a_field == 0x7ffu && b_field == 0x7ffu)) { return nan_f64(); }
    if (a_field == 0x7ffu || b_is_zero) { return sign * infinity_f64(); }
    if (a_is_zero || b_field == 0x7ffu) { return select(0.0lf, -0.0lf, negative); }
    let numerator = normalize_f64(abs(a));
    let denominator = normalize_f64(abs(b));
    let quotient = moderate_quotient_f64(numerator.significand, denominator.significand);
    let exponent = numerator.exponent - denominator.exponent;
    if (exponent > -1022i || (exponent == -1022i && quotient >= 1.0lf)) { return sign * scale_f64(quotient, exponent); }
    if (exponent < -1077i) { return select(0.0lf, -0.0lf, negative); }
    // The result may be subnormal: round the quotient to a multiple of the spacing there, here and not in the last scaling,
    // because rounding twice is wrong where the first rounding made a tie.
    let rest = quotient_rest_f64(numerator.significand, denominator.significand, quotient);
    let spacing = power_of_two_f64(-1074i - exponent);
    let anchor = spacing * 0x1p52lf;
    var rounded = (quotient + anchor) - anchor;
    let lost = quotient - rounded;
    let tie = abs(lost) == spacing * 0.5lf;
    if (tie && lost > 0.0lf && rest > 0.0lf) { rounded = rounded + spacing; }
    if (tie && lost < 0.0lf && rest < 0.0lf) { rounded = rounded - spacing; }
    return sign * scale_f64(rounded, exponent);
}

fn sqrt_f64(a: F64) -> F64 {
    let field = exponent_field_f64(a);
    if (a == 0.0lf || isnan_f64(a)) { return a; }
    if (a < 0.0lf) { return nan_f64(); }
    if (field == 0x7ffu) { return a; }
    // Room for the exact remainder on both ends; a square root is never subnormal.
    let small = field < 323u;
    let large = field > 1723u;
    let x = a * select(select(1.0lf, 0x1p-600lf, large), 0x1p600lf, small);
    let start = sqrt(x);
    let q = start + quotient_rest_f64(x, start, start) / (start + start);
    let rest = quotient_rest_f64(x, q, q);
    let high = bits_hi_f64(q);
    let spacing = make_f64(0u, (high & 0x7ff00000u) - (52u << 20u));
    let is_power = (high & 0x000fffffu) == 0u && bits_lo_f64(q) == 0u;
    let inward = select(spacing, spacing * 0.5lf, is_power);
    // (q + s/2)^2 = q^2 + q s + s^2/4, and the remainder is a multiple of s^2 (s^2/4 inward of a power of two).
    let step = select(select(0.0lf, -inward, rest <= -(q * inward)), spacing, rest > q * spacing);
    return (q + step) * select(select(1.0lf, 0x1p300lf, large), 0x1p-300lf, small);
}

// sqrt(a^2 + b^2): the squares and their sum as pairs of doubles, so that the error stays within 0.5 ULP and a hair.
// Infinity wins over NaN (C17 F.10.4.3).
fn hypot_f64(a: F64, b: F64) -> F64 {
    if (isinf_f64(a) || isinf_f64(b)) { return infinity_f64(); }
    if (isnan_f64(a) || isnan_f64(b)) { return nan_f64(); }
    let swap = abs(a) < abs(b);
    let larger = abs(select(a, b, swap));
    let smaller = abs(select(b, a, swap));
    if (smaller == 0.0lf) { return larger; }
    let normal = normalize_f64(larger);
    let x = normal.significand;
    let y = scale_f64(smaller, -normal.exponent);
    let x_square = x * x;
    let y_square = y * y;
    let high = x_square + y_square;
    // What y^2's own rounding loses matters only while y is near x; far below, the error term underflows harmlessly.
    let low = ((x_square - high) + y_square) + (product_error_f64(x, x, x_square) + product_error_f64(y, y, y_square));
    let root = sqrt_f64(high);
    let rest = quotient_rest_f64(high, root, root) + low;
    return scale_f64(root + rest / (root + root), normal.exponent);
}

// --- division with remainder ---------------------------------------------------------------------------------

// C's fmod: exact, with the sign of a. The significands are reduced 24 bits at a time; q * b and the
// difference are exact because rest and b are multiples of 2^-52 and the rest after rounding q to nearest is below b.
fn fmod_f64(a: F64, b: F64) -> F64 {
    let a_abs = abs(a);
    let b_abs = abs(b);
    if (!(a_abs < infinity_f64()) || isnan_f64(b) || b == 0.0lf) {
        return select(nan_f64(), a + b, isnan_f64(a) || isnan_f64(b));
    }
    if (a_abs < b_abs) { return a; }
    let dividend = normalize_f64(a_abs);
    let divisor = normalize_f64(b_abs);
    var rest = dividend.significand;
    var left = dividend.exponent - divisor.exponent;
    loop {
        let bits = min(left, 24i);
        let shifted = rest * power_of_two_f64(bits);
        let q = rint_f64(shifted / divisor.significand);
        // q has at most 25 bits.
        rest = quotient_rest_f64(shifted, divisor.significand, q);
        left = left - bits;
        if (left == 0i || rest == 0.0lf) { break; }
    }
    rest = select(rest, rest + divisor.significand, rest < 0.0lf);
    let result = scale_f64(rest, divisor.exponent);
    return select(result, -result, signbit_f64(a));
}

// numpy.remainder: npy_divmod in npymath/npy_math_internal.h.src.
fn remainder_f64(a: F64, b: F64) -> F64 {
    let rest = fmod_f64(a, b);
    if (rest == 0.0lf && b != 0.0lf) { return copysign_f64(rest, b); }
    return select(rest, rest + b, rest != 0.0lf && (b < 0.0lf) != (rest < 0.0lf));
}

// numpy.floor_divide, likewise: floor((a - a % b) / b), with its correction of a quotient rounded up to the next integer.
fn floor_divide_f64(a: F64, b: F64) -> F64 {
    if (b == 0.0lf) { return div_f64(a, b); }
    let rest = fmod_f64(a, b);
    var quotient = div_f64(a - rest, b);
    if (rest != 0.0lf && (b < 0.0lf) != (rest < 0.0lf)) { quotient = quotient - 1.0lf; }
    if (quotient == 0.0lf) { return copysign_f64(0.0lf, div_f64(a, b)); }
    let whole = floor_f64(quotient);
    return select(whole, whole + 1.0lf, quotient - whole > 0.5lf);
}

// --- rounding to integers, sign, selection -------------------------------------------------------------------

// To nearest, ties to even: adding 2^52 leaves no room for a fraction.
fn rint_f64(a: F64) -> F64 {
    let magnitude = abs(a);
    let rounded = (magnitude + 0x1p52lf) - 0x1p52lf;
    return copysign_f64(select(magnitude, rounded, magnitude < 0x1p52lf), a);
}

fn floor_f64(a: F64) -> F64 {
    let nearest = rint_f64(a);
    return copysign_f64(select(nearest, nearest - 1.0lf, nearest > a), a);
}

fn ceil_f64(a: F64) -> F64 {
    let nearest = rint_f64(a);
    return copysign_f64(select(nearest, nearest + 1.0lf, nearest < a), a);
}

fn trunc_f64(a: F64) -> F64 { return copysign_f64(floor_f64(abs(a)), a); }

// -1, 0 or 1; NaN for NaN. numpy.sign(-0.0) is 0.0.
fn sign_f64(a: F64) -> F64 {
    let direction = select(0.0lf, 1.0lf, a > 0.0lf) - select(0.0lf, 1.0lf, a < 0.0lf);
    return select(direction, a, isnan_f64(a));
}

// A NaN on either side is the result, the first operand's before the second's.
fn minimum_f64(a: F64, b: F64) -> F64 { return select(b, a, a < b || isnan_f64(a)); }
fn maximum_f64(a: F64, b: F64) -> F64 { return select(b, a, a > b || isnan_f64(a)); }

// The other operand where one is NaN.
fn fmin_f64(a: F64, b: F64) -> F64 { return select(b, a, a < b || isnan_f64(b)); }
fn fmax_f64(a: F64, b: F64) -> F64 { return select(b, a, a > b || isnan_f64(b)); }

// --- comparisons and predicates ------------------------------------------------------------------------------

fn eq_f64(a: F64, b: F64) -> bool { return a == b; }
// Not `a != b`: naga writes OpFOrdNotEqual, which is false for NaN, where the SPIR-V is not patched.
fn ne_f64(a: F64, b: F64) -> bool { return !(a == b); }
fn lt_f64(a: F64, b: F64) -> bool { return a < b; }
fn le_f64(a: F64, b: F64) -> bool { return a <= b; }
fn gt_f64(a: F64, b: F64) -> bool { return a > b; }
fn ge_f64(a: F64, b: F64) -> bool { return a >= b; }
fn nonzero_f64(a: F64) -> bool { return !(a == 0.0lf); }
fn isnan_f64(a: F64) -> bool { return isnan_f32(f32(a)); }
fn isinf_f64(a: F64) -> bool { return abs(a) == infinity_f64(); }
fn isfinite_f64(a: F64) -> bool { return abs(a) < infinity_f64(); }
fn signbit_f64(a: F64) -> bool { return (bits_hi_f64(a) >> 31u) != 0u; }

// --- casts (rules: cast.wgsl) --------------------------------------------------------------------------------

fn cast_bool_f64(a: bool) -> F64 { return f64(select(0u, 1u, a) ^ guard()); }
fn cast_i32_f64(a: i32) -> F64 { return f64(bitcast<i32>(bitcast<u32>(a) ^ guard())); }
fn cast_u32_f64(a: u32) -> F64 { return f64(a ^ guard()); }
fn cast_c64_f64(a: vec2<f32>) -> F64 { return cast_f32_f64(a.x); }
fn cast_f64_bool(a: F64) -> bool { return nonzero_f64(a); }
fn cast_f64_c64(a: F64) -> vec2<f32> { return vec2<f32>(cast_f64_f32(a), no_imaginary()); }

// Subnormal f32 operands by their bits: a conversion may flush them as a 32-bit operation.
fn cast_f32_f64(a: f32) -> F64 {
    let bits = bitcast<u32>(a);
    let tiny = f64(bits & 0x007fffffu) * 0x1p-149lf;
    let subnormal = (bits & 0x7f800000u) == 0u;
    return select(f64(a), select(tiny, -tiny, (bits >> 31u) != 0u), subnormal);
}

// Subnormal results as the integer multiple of 2^-149 that they are.
fn cast_f64_f32(a: F64) -> f32 {
    let magnitude = abs(a);
    if (magnitude < 0x1p-126lf) {
        let multiple = u32(rint_f64(magnitude * 0x1p149lf));
        return bitcast<f32>(multiple | (bits_hi_f64(a) & 0x80000000u));
    }
    return f32(a);
}

// To binary16 in one rounding, as NumPy does (npy_double_to_half); through f32 it would be rounded twice. The f32 is rounded
// to odd first: then the second rounding sees on which side of a tie the number lies (S. Boldo, G. Melquiond, 2008).
fn cast_f64_f16(a: F64) -> f32 {
    let nearest = f32(a);
    let bits = bitcast<u32>(nearest);
    let error = abs(a) - abs(f64(nearest));
    let inexact_even = (bits & 1u) == 0u && (error > 0.0lf || error < 0.0lf) && abs(a) < 65536.0lf && abs(a) > 0x1p-30lf;
    let odd = select(bits - 1u, bits + 1u, error > 0.0lf);
    return round_f16(bitcast<f32>(select(bits, odd, inexact_even)));
}

fn cast_f64_i32(a: F64) -> i32 {
    let fits = a > -2147483649.0lf && a < 2147483648.0lf;
    return select(I32_MIN, i32(select(0.0lf, a, fits)), fits);
}

// The low word of the 64-bit conversion (rule: cast.wgsl).
fn cast_f64_u32(a: F64) -> u32 { return lo_i64(cast_f64_i64(a)); }

// --- complex128 as two f64 (arithmetic: complex.wgsl) --------------------------------------------------------

fn make_c128(re: F64, im: F64) -> C128 { return vec2<f64>(re, im); }
fn real_c128(a: C128) -> F64 { return a.x; }
fn imag_c128(a: C128) -> F64 { return a.y; }
