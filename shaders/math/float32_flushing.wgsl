// float32 sums, differences and products over the full range on devices that take subnormal numbers for zeros, and make their
// results zeros: the device's own wherever no subnormal number can be involved, integer code beside it for the rest.

// x * 2^64 for |x| < 2^60: a normal number, or zero. A subnormal number is its bits, counted in 2^-149.
fn raised_f32(a: f32) -> f32 {
    let bits = bitcast<u32>(a);
    let magnitude = bits & 0x7fffffffu;
    let counted = bitcast<u32>(mul_f32(f32(magnitude), 0x1p-85f));
    let raised = select(magnitude + (64u << 23u), counted, magnitude < 0x00800000u);
    return bitcast<f32>(raised | (bits & 0x80000000u));
}

// x / 2^64 for a multiple of 2^-85: nothing is lost.
fn lowered_f32(a: f32) -> f32 {
    let bits = bitcast<u32>(a);
    let magnitude = bits & 0x7fffffffu;
    // Below 2^-62 the result is subnormal.
    let subnormal = magnitude < 0x20800000u;
    let counted = u32(mul_f32(bitcast<f32>(select(0u, magnitude, subnormal)), 0x1p+85f));
    return bitcast<f32>(select(magnitude - (64u << 23u), counted, subnormal) | (bits & 0x80000000u));
}

// From 2^-100 on a subnormal operand is less than a quarter of the other's last place, and a sum that is not 0 is normal. Below,
// the sum is taken 2^64 times larger; it is exact where the result is subnormal, since all is a multiple of 2^-149.
fn add_full_f32(a: f32, b: f32) -> f32 {
    let larger = max(bitcast<u32>(a) & 0x7fffffffu, bitcast<u32>(b) & 0x7fffffffu);
    if (larger - 1u < 0x0d800000u - 1u) {
        return lowered_f32(add_f32(raised_f32(a), raised_f32(b)));
    }
    return add_f32(a, b);
}

fn sub_full_f32(a: f32, b: f32) -> f32 {
    return add_full_f32(a, neg_f32(b));
}

// The device's product serves where it and both factors are normal, or one is zero.
fn mul_full_f32(a: f32, b: f32) -> f32 {
    let product = mul_f32(a, b);
    let a_magnitude = bitcast<u32>(a) & 0x7fffffffu;
    let b_magnitude = bitcast<u32>(b) & 0x7fffffffu;
    let smaller = min(a_magnitude, b_magnitude);
    let small = smaller < 0x00800000u || (bitcast<u32>(product) & 0x7fffffffu) < 0x01000000u;
    if (small && smaller != 0u) {
        let larger = max(a_magnitude, b_magnitude);
        let sign = (bitcast<u32>(a) ^ bitcast<u32>(b)) & 0x80000000u;
        // An infinity or NaN stays what it is; to the device the other factor may be a zero.
        return bitcast<f32>(select(small_product_f32(a_magnitude, b_magnitude), larger, larger >= 0x7f800000u) | sign);
    }
    return product;
}

// The bits of the product of two positive finite numbers, given by theirs, if it is below 8.
fn small_product_f32(a: u32, b: u32) -> u32 {
    let a_shift = select(0u, (countLeadingZeros(a) - 8u) & 31u, a < 0x00800000u);
    let b_shift = select(0u, (countLeadingZeros(b) - 8u) & 31u, b < 0x00800000u);
    let a_exponent = max(i32(a >> 23u), 1i) - i32(a_shift);
    let b_exponent = max(i32(b >> 23u), 1i) - i32(b_shift);
    let product = mul32_wide(((a << a_shift) & 0x007fffffu) | 0x00800000u, ((b << b_shift) & 0x007fffffu) | 0x00800000u);
    // 47 or 48 bits, of which 29 or 30 are kept; the last one says whether anything is behind it.
    let top = (product.y << 14u) | (product.x >> 18u) | select(0u, 1u, (product.x & 0x3ffffu) != 0u);
    let carry = product.y >> 15u;
    let exponent = a_exponent + b_exponent - 127i + i32(carry);
    let drop = u32(clamp(5i + i32(carry) + max(1i - exponent, 0i), 5i, 31i));
    let rounded = (top + (1u << (drop - 1u)) - 1u + ((top >> drop) & 1u)) >> drop;
    return rounded + (u32(max(exponent, 1i) - 1i) << 23u);
}
