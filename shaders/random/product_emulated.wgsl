// Products of u32, low word first, without 64-bit integers.

fn philox_product(a: u32, b: u32) -> vec2<u32> {
    return mul32_wide(a, b);
}
