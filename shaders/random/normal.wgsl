// Exponential and normal variates, by inversion and by G. E. P. Box, M. E. Muller, "A Note on the Generation of Random Normal Deviates",
// Ann. Math. Statist. 29, 1958.
//
// E = -log u of a u of 64 bits. sqrt(2 E) is the distance of a point that is normal in the plane, and a second number its angle; the
// first coordinate is the result. The angle is an eighth of a turn and two bits, which swap and negate the coordinates.
// float64 stays in the integers of float64_scaled.wgsl until the end, and is rounded once.

// -log((2 k + 1) / 2^64): neither 0 nor above 45.
fn exponential_scaled64(words: vec2<u32>) -> Scaled64 {
    let reduced = reduce_log64(normal_scaled64(words | vec2<u32>(1u, 0u), 0i, false));
    return neg_scaled64(log_sum64(reduced.power, F64_LN2, log_series64(reduced)));
}

fn exponential_of_block_f64(block: vec4<u32>) -> F64 {
    return f64_of_words(words_of_scaled64(exponential_scaled64(block.xy)));
}

// The angle as a fraction of pi/4, never 0, below the bits for sign (31) and coordinate (30).
fn normal_of_block_f64(block: vec4<u32>) -> F64 {
    let e = exponential_scaled64(block.xy);
    let distance = sqrt_scaled64(Scaled64(e.significand, e.exponent + 1i, false));
    let fraction = normal_scaled64(vec2<u32>((block.z << 2u) | 1u, (block.w << 2u) | (block.z >> 30u)), 0i, false);
    let angle = mul_scaled64(fraction, Scaled64(vec2<u32>(0x2168c235u, 0xc90fdaa2u), 0i, false));
    let wave = wave_fixed64(angle.significand, angle.exponent, (block.w & 0x40000000u) != 0u);
    let result = mul_scaled64(distance, wave);
    return f64_of_words(words_of_scaled64(Scaled64(result.significand, result.exponent, (block.w >> 31u) != 0u)));
}

fn exponential_of_block_f32(block: vec4<u32>) -> f32 {
    let u = mul_f32(cast_u64_f32(make_u64(block.x | 1u, block.y)), 0x1p-64f);
    return sub_f32(0.0f, log_f32(u));
}

fn normal_of_block_f32(block: vec4<u32>) -> f32 {
    let e = exponential_of_block_f32(block);
    let distance = sqrt_f32(add_f32(e, e));
    let angle = mul_f32(f32((block.z >> 8u) | 1u), 0x1.921fb6p-25f);
    let wave = bitcast<f32>(sin_quadrant_f32(QuarterTurnF32(angle, 0.0f, 0u), block.w >> 30u));
    return mul_f32(distance, wave);
}

fn random_exponential_f64(index: I64, key: U64, start: U64, component: u32) -> F64 {
    return exponential_of_block_f64(random_block(substream(index, key, start, component), 0u, 0u));
}

fn random_exponential_f32(index: I64, key: U64, start: U64, component: u32) -> f32 {
    return exponential_of_block_f32(random_block(substream(index, key, start, component), 0u, 0u));
}

fn random_normal_f64(index: I64, key: U64, start: U64, component: u32) -> F64 {
    return normal_of_block_f64(random_block(substream(index, key, start, component), 0u, 0u));
}

fn random_normal_f32(index: I64, key: U64, start: U64, component: u32) -> f32 {
    return normal_of_block_f32(random_block(substream(index, key, start, component), 0u, 0u));
}
