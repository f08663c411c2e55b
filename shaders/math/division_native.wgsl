// float32 division and square root as the device does them, for devices whose own are correctly rounded
// (found out by the self-test at start). `division_exact.wgsl` defines the same names for all others.

fn div_f32(a: f32, b: f32) -> f32 {
    return quotient_estimate_f32(a, b);
}

fn sqrt_f32(a: f32) -> f32 {
    return sqrt_estimate_f32(a);
}
