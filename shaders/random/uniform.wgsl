// Uniform floats and integers.
//
// Floats take as many bits as they hold: k / 2^53 and k / 2^24, in [0, 1). The open forms take one bit less, (2 k + 1) / 2^53 and
// (2 k + 1) / 2^24: neither 0 nor 1, and symmetric around 1/2.

fn unit_f64(words: vec2<u32>) -> F64 {
    let bits = make_u64((words.y << 21u) | (words.x >> 11u), words.y >> 11u);
    return mul_f64(cast_u64_f64(bits), make_f64(0u, 0x3ca00000u));
}

fn open_unit_f64(words: vec2<u32>) -> F64 {
    let bits = make_u64((words.y << 21u) | (words.x >> 11u) | 1u, words.y >> 11u);
    return mul_f64(cast_u64_f64(bits), make_f64(0u, 0x3ca00000u));
}

fn unit_f32(words: vec2<u32>) -> f32 {
    return mul_f32(f32(words.x >> 8u), 0x1p-24f);
}

fn open_unit_f32(words: vec2<u32>) -> f32 {
    return mul_f32(f32((words.x >> 8u) | 1u), 0x1p-24f);
}

fn random_uniform_f64(index: I64, key: U64, start: U64, component: u32) -> F64 {
    return unit_f64(random_block(substream(index, key, start, component), 0u, 0u).xy);
}

fn random_uniform_f32(index: I64, key: U64, start: U64, component: u32) -> f32 {
    return unit_f32(random_block(substream(index, key, start, component), 0u, 0u).xy);
}

fn random_open_uniform_f64(index: I64, key: U64, start: U64, component: u32) -> F64 {
    return open_unit_f64(random_block(substream(index, key, start, component), 0u, 0u).xy);
}

fn random_open_uniform_f32(index: I64, key: U64, start: U64, component: u32) -> f32 {
    return open_unit_f32(random_block(substream(index, key, start, component), 0u, 0u).xy);
}

// a * b exactly, lowest word first.
fn product128(a: vec2<u32>, b: vec2<u32>) -> vec4<u32> {
    let high = vec4<u32>(philox_product(a.x, b.x), philox_product(a.y, b.y));
    let one = philox_product(a.x, b.y);
    let other = philox_product(a.y, b.x);
    return sig128_add(sig128_add(high, vec4<u32>(0u, one, 0u)), vec4<u32>(0u, other, 0u));
}

// low + an integer from 0 to span, modulo 2^64: the high half of n times 64 random bits, n = span + 1. A product whose low half is
// below 2^64 mod n is refused, so that every integer is as likely (D. Lemire, "Fast Random Integer Generation in an Interval", ACM
// TOMACS 29, 2019). n = 2^64 takes the bits as they are.
fn random_integers_u64(index: I64, key: U64, start: U64, component: u32, low: U64, span: U64) -> U64 {
    let s = substream(index, key, start, component);
    let n = add_u64(span, make_u64(1u, 0u));
    let words = vec2<u32>(lo_u64(n), hi_u64(n));
    var block = random_block(s, 0u, 0u);
    if ((words.x | words.y) == 0u) {
        return add_u64(low, make_u64(block.x, block.y));
    }
    var product = product128(block.xy, words);
    if (lt_u64(make_u64(product.x, product.y), n)) {
        let refused = remainder_u64(neg_u64(n), n);
        for (var attempt = 1u; attempt < RANDOM_ATTEMPTS && lt_u64(make_u64(product.x, product.y), refused); attempt += 1u) {
            block = random_block(s, attempt, 0u);
            product = product128(block.xy, words);
        }
    }
    return add_u64(low, make_u64(product.z, product.w));
}
