// binary16 in float32 registers: rounding, packing and unpacking, in integer code only.
//
// Included by every kernel library. An f16 value lives in a register as the f32 of the same value; after each operation
// round_f16 rounds it to nearest, ties to even, keeping subnormals and turning 65520 and more into infinity (IEEE 754-2019,
// 3.6 and 4.3.1). The WGSL specification lets pack2x16float round either way and flush, so it is not used. A NaN keeps the
// top of its payload, or gets payload 1 where that is 0, as npy_floatbits_to_halfbits does: so a NaN that was unpacked and
// is only moved keeps its bits.

// The 16 bits of x rounded to binary16, in the low half.
fn pack_f16(x: f32) -> u32 {
    let bits = bitcast<u32>(x);
    let sign = (bits >> 16u) & 0x8000u;
    let magnitude = bits & 0x7fffffffu;
    // Normal results: rebias the exponent by 112 and round off 13 bits; a carry runs into the exponent, up to infinity.
    let normal = (magnitude - 0x38000000u + 0x0fffu + ((magnitude >> 13u) & 1u)) >> 13u;
    // Subnormal results are multiples of 2^-24: drop 126 - exponent bits of the significand; 25 or more leave zero.
    let drop = min(126u - min(magnitude >> 23u, 112u), 25u);
    let significand = (magnitude & 0x007fffffu) | 0x00800000u;
    let kept = significand >> drop;
    let subnormal = (significand + (1u << (drop - 1u)) - 1u + (kept & 1u)) >> drop;
    var result = select(normal, subnormal, magnitude < 0x38800000u);
    result = min(result, 0x7c00u);
    // From 2^16 on, so that `normal` cannot wrap to something small.
    result = select(result, 0x7c00u, magnitude >= 0x47800000u);
    let payload = (magnitude >> 13u) & 0x03ffu;
    result = select(result, 0x7c00u | max(payload, 1u), magnitude > 0x7f800000u);
    return sign | result;
}

// The f32 of the binary16 in the low half of bits; bits above are ignored.
fn unpack_f16(bits: u32) -> f32 {
    let sign = (bits & 0x8000u) << 16u;
    let magnitude = bits & 0x7fffu;
    let normal = (magnitude << 13u) + 0x38000000u;
    // A subnormal is magnitude * 2^-24: with its leading one at bit 23 the exponent field is 134 - leading zeros.
    let zeros = countLeadingZeros(magnitude | 1u);
    let subnormal = (((magnitude << (zeros - 8u)) & 0x007fffffu) | ((134u - zeros) << 23u));
    var result = select(normal, subnormal, magnitude < 0x0400u);
    result = select(result, 0u, magnitude == 0u);
    result = select(result, 0x7f800000u | (magnitude << 13u), magnitude >= 0x7c00u);
    return bitcast<f32>(sign | result);
}

// x rounded to the nearest binary16.
fn round_f16(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let magnitude = bits & 0x7fffffffu;
    let normal = magnitude >= 0x38800000u && magnitude < 0x477ff000u;
    if (normal) {
        return bitcast<f32>((bits + 0x0fffu + ((bits >> 13u) & 1u)) & 0xffffe000u);
    }
    return unpack_f16(pack_f16(x));
}

// NumPy's loops of float16 take the first of two equal numbers, those of wider floats the second: zeros differ in sign.
fn minimum_f16(a: f32, b: f32) -> f32 { return select(b, a, le_f32(a, b) || isnan_f32(a)); }
fn maximum_f16(a: f32, b: f32) -> f32 { return select(b, a, le_f32(b, a) || isnan_f32(a)); }
fn fmin_f16(a: f32, b: f32) -> f32 { return select(b, a, le_f32(a, b) || isnan_f32(b)); }
fn fmax_f16(a: f32, b: f32) -> f32 { return select(b, a, le_f32(b, a) || isnan_f32(b)); }
