// float32 arithmetic as plain operators, for back ends where the SPIR-V is patched.
//
// Every other float32 function calls these and never writes `a + b` itself, so that one file decides how
// strict IEEE 754 arithmetic is obtained. Here the shader's SPIR-V carries NoContraction on each operation
// and the execution modes DenormPreserve 32 and SignedZeroInfNanPreserve 32; without them drivers fuse,
// reassociate and flush (a Knuth two_sum of random numbers came out wrong 93 % of the time).
// `float32_guarded.wgsl` defines the same names for back ends that cannot be patched.

fn add_f32(a: f32, b: f32) -> f32 {
    return a + b;
}

fn sub_f32(a: f32, b: f32) -> f32 {
    return a - b;
}

fn mul_f32(a: f32, b: f32) -> f32 {
    return a * b;
}

// a / b, sqrt(a), 1 / a and 1 / sqrt(a) with the few ULP of error that the device has. Only a start for
// code that measures the remainder itself; operands and results are normal numbers there.
fn quotient_estimate_f32(a: f32, b: f32) -> f32 {
    return a / b;
}

fn sqrt_estimate_f32(a: f32) -> f32 {
    return sqrt(a);
}

fn reciprocal_estimate_f32(a: f32) -> f32 {
    return 1.0f / a;
}

fn inverse_sqrt_estimate_f32(a: f32) -> f32 {
    return inverseSqrt(a);
}

// Comparisons by the bits: NVIDIA's driver (580.159) compares subnormal numbers as zeros even where DenormPreserve keeps them.
// The bits as a signed integer that orders like the number: -0 and +0 both become 0.
fn order_key_f32(a: f32) -> i32 {
    let bits = bitcast<i32>(a);
    return select(bits, bitcast<i32>(0x80000000u) - bits, bits < 0i);
}

fn is_ordered_f32(a: f32, b: f32) -> bool {
    return max(bitcast<u32>(a) & 0x7fffffffu, bitcast<u32>(b) & 0x7fffffffu) <= 0x7f800000u;
}

fn eq_f32(a: f32, b: f32) -> bool {
    return is_ordered_f32(a, b) && order_key_f32(a) == order_key_f32(b);
}

fn lt_f32(a: f32, b: f32) -> bool {
    return is_ordered_f32(a, b) && order_key_f32(a) < order_key_f32(b);
}

fn le_f32(a: f32, b: f32) -> bool {
    return is_ordered_f32(a, b) && order_key_f32(a) <= order_key_f32(b);
}
