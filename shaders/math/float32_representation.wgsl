// float32 and float16 functions of the representation: nextafter, spacing, ldexp, frexp, modf, heaviside, and the correctly
// rounded reciprocal and reciprocal square root. Integer code; all but the last two are exact.
//
// NumPy's results, special values included (npymath/ieee754.c.src, halffloat.cpp, and the C library under them). A float16 stands
// in an f32 register, as in half.wgsl; its functions step in float16's own format.

// The sign stays with the 1, so that no compiler sees a constant numerator: 1 / a may be a poorer instruction.
fn reciprocal_f32(a: f32) -> f32 {
    let one = bitcast<f32>((bitcast<u32>(a) & 0x80000000u) | 0x3f800000u);
    return div_f32(one, abs_f32(a));
}

// 1 / sqrt(a) cut to 25 bits from a 31-bit estimate that is never too large, and compared with the exact value by its square
// modulo 2^64 (float64_root.wgsl has the method). Correctly rounded.
fn rsqrt_f32(a: f32) -> f32 {
    let bits = bitcast<u32>(a);
    let abs_bits = bits & 0x7fffffffu;
    let subnormal = abs_bits < 0x00800000u;
    let shift = select(0u, (countLeadingZeros(abs_bits) - 8u) & 31u, subnormal);
    let significand = select((abs_bits & 0x007fffffu) | 0x00800000u, abs_bits << shift, subnormal);
    let exponent = max(i32(abs_bits >> 23u), 1i) - i32(shift) - 127i;
    // a = x 4^half with x in [1, 4), in units of 2^-23.
    let odd = u32(exponent) & 1u;
    let half = exponent >> 1u;
    let x = significand << odd;
    // floor(2^25 / sqrt x) or one more; x root^2 is 2^73 and a little more or less.
    let root = (sig32_root_reciprocal(x << 7u) >> 6u) + 1u;
    let square = mul32_wide(root, root);
    let high = mul32_high(square.x, x) + square.y * x;
    let cut = select(root - 1u, root, (high >> 31u) != 0u);
    // 24 bits and one to round; a tie cannot happen. A power of 4 is 1 here.
    let one = x == 0x00800000u;
    let rounded = select((cut + 1u) >> 1u, 0x01000000u, one);
    var result = rounded + (u32(125i - half) << 23u);
    result = select(result, 0u, abs_bits == 0x7f800000u);
    result = select(result, 0x7fc00000u, bits > 0x80000000u);
    result = select(result, (bits & 0x80000000u) | 0x7f800000u, abs_bits == 0u);
    return bitcast<f32>(select(result, 0x7fc00000u, abs_bits > 0x7f800000u));
}

// The neighbour of a on b's side; b itself where they are equal.
fn nextafter_f32(a: f32, b: f32) -> f32 {
    let bits = bitcast<u32>(a);
    let outward = lt_f32(a, b) != signbit_f32(a);
    var result = select(bits - 1u, bits + 1u, outward);
    result = select(result, (bitcast<u32>(b) & 0x80000000u) | 1u, !nonzero_f32(a));
    result = select(result, bitcast<u32>(b), eq_f32(a, b));
    return bitcast<f32>(select(result, 0x7fc00000u, isnan_f32(a) || isnan_f32(b)));
}

// Here NumPy gives a itself where they are equal: the zeros differ.
fn nextafter_f16(a: f32, b: f32) -> f32 {
    let bits = pack_f16(a);
    let outward = lt_f32(a, b) != signbit_f32(a);
    var result = select(bits - 1u, bits + 1u, outward);
    result = select(result, (pack_f16(b) & 0x8000u) | 1u, !nonzero_f32(a));
    result = select(result, bits, eq_f32(a, b));
    return unpack_f16(select(result, 0x7e00u, isnan_f32(a) || isnan_f32(b)));
}

// The distance to the neighbour of larger magnitude, with the sign of a; infinite for the largest number.
fn spacing_f32(a: f32) -> f32 {
    let bits = bitcast<u32>(a);
    let abs_bits = bits & 0x7fffffffu;
    let field = abs_bits >> 23u;
    // 2^(field - 150), subnormal up to field 23.
    var result = select(1u << ((max(field, 1u) - 1u) & 31u), (field - 23u) << 23u, field > 23u);
    result = select(result, 0x7f800000u, abs_bits == 0x7f7fffffu);
    result |= select(0u, bits & 0x80000000u, abs_bits != 0u);
    return bitcast<f32>(select(result, 0x7fc00000u, abs_bits >= 0x7f800000u));
}

// numpy.spacing of a float16 is the distance to the next larger number: never negative, and half as much for the
// negative powers of 2.
fn spacing_f16(a: f32) -> f32 {
    let bits = pack_f16(a);
    let abs_bits = bits & 0x7fffu;
    // Down to the larger neighbour of a negative number.
    let field = (abs_bits - select(0u, 1u, bits > 0x8000u)) >> 10u;
    var result = select(1u << ((max(field, 1u) - 1u) & 31u), (field - 10u) << 10u, field > 10u);
    result = select(result, 0x7c00u, bits == 0x7bffu);
    return unpack_f16(select(result, 0x7e00u, abs_bits >= 0x7c00u));
}

// 0 below zero, 1 above, b at zero.
fn heaviside_f32(a: f32, b: f32) -> f32 {
    let step = select(0x3f800000u, 0u, signbit_f32(a));
    let result = select(bitcast<u32>(b), step, nonzero_f32(a));
    return bitcast<f32>(select(result, 0x7fc00000u, isnan_f32(a)));
}

// The mantissa's bits, from 1/2 to 1, of a number that is neither 0, infinite nor NaN, and its exponent.
struct MantissaF32 {
    bits: u32,
    exponent: i32,
}

fn split_f32(a: f32) -> MantissaF32 {
    let bits = bitcast<u32>(a);
    let abs_bits = bits & 0x7fffffffu;
    let shift = select(0u, (countLeadingZeros(abs_bits) - 8u) & 31u, abs_bits < 0x00800000u);
    let fraction = (abs_bits << shift) & 0x007fffffu;
    return MantissaF32((bits & 0x80000000u) | 0x3f000000u | fraction, max(i32(abs_bits >> 23u), 1i) - i32(shift) - 126i);
}

// Zeros, infinities and NaN.
fn is_special_f32(a: f32) -> bool {
    return !nonzero_f32(a) || !isfinite_f32(a);
}

// a 2^n, rounded once where the result is subnormal.
fn ldexp_f32(a: f32, n: i32) -> f32 {
    let parts = split_f32(a);
    let result = scale_f32(bitcast<f32>(parts.bits), parts.exponent + clamp(n, -1000i, 1000i));
    return bitcast<f32>(select(bitcast<u32>(result), bitcast<u32>(a), is_special_f32(a)));
}

// a = mantissa 2^exponent; zeros, infinities and NaN are their own mantissas, with the exponent 0.
fn frexp_mantissa_f32(a: f32) -> f32 {
    return bitcast<f32>(select(split_f32(a).bits, bitcast<u32>(a), is_special_f32(a)));
}

fn frexp_exponent_f32(a: f32) -> i32 {
    return select(split_f32(a).exponent, 0i, is_special_f32(a));
}

// The part of a behind the point, with a's sign: +-0 for integers and infinities.
fn modf_fraction_f32(a: f32) -> f32 {
    let bits = bitcast<u32>(a);
    let abs_bits = bits & 0x7fffffffu;
    let exponent = i32(abs_bits >> 23u) - 127i;
    // The significand without its integer bits, its leading one brought back to bit 23.
    let rest = (((abs_bits & 0x007fffffu) | 0x00800000u) << u32(clamp(exponent, 0i, 31i))) & 0x007fffffu;
    let lead = countLeadingZeros(rest | 1u) - 8u;
    let normal = ((rest << (lead & 31u)) & 0x007fffffu) | ((127u - lead) << 23u);
    var result = select(select(normal, 0u, rest == 0u || exponent >= 23i), abs_bits, exponent < 0i);
    result = select(result, abs_bits, abs_bits > 0x7f800000u);
    return bitcast<f32>(result | (bits & 0x80000000u));
}
