// Products of u32, low word first, on native 64-bit integers: one instruction on most devices.

fn philox_product(a: u32, b: u32) -> vec2<u32> {
    let product = u64(a) * u64(b);
    return vec2<u32>(a * b, u32(product >> 32u));
}
