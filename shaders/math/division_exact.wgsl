// float32 division and square root for devices without a fused multiply-add: the integer code for every operand.

fn div_f32(a: f32, b: f32) -> f32 {
    return integer_div_f32(a, b);
}

fn sqrt_f32(a: f32) -> f32 {
    return integer_sqrt_f32(a);
}
