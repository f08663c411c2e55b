// float32 arithmetic that survives a compiler which contracts and reassociates.
//
// Each result is XORed with `guard()`, a zero the kernel loads at run time. The compiler cannot prove it is
// zero, so it cannot see through the result: no product can be fused into a sum, no `(a + b) - a` simplified.
// `arrayLength() >> 31` does not serve as the zero: drivers know its range and fold it. Costs one integer
// operation a result. What it cannot give back are subnormal numbers on devices that flush them: functions
// that need those build them from integers, and the comparisons here are integer code for the same reason.
// `float32_native.wgsl` defines the same names for back ends whose SPIR-V is patched.

fn add_f32(a: f32, b: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(a + b) ^ guard());
}

fn sub_f32(a: f32, b: f32) -> f32 {
    // The subtrahend is hidden, too: lavapipe folds `a - a` to 0 for infinities and NaN. By a sum, not by
    // XOR: b is mostly a guarded result already, and the two XORs would cancel and lay it open (lavapipe then
    // folded 1 - (1 - b) to b).
    let hidden = bitcast<f32>(bitcast<u32>(b) + guard());
    return bitcast<f32>(bitcast<u32>(a - hidden) ^ guard());
}

fn mul_f32(a: f32, b: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(a * b) ^ guard());
}

// a / b, sqrt(a), 1 / a and 1 / sqrt(a) with the few ULP of error that the device has. Only a start for
// code that measures the remainder itself; operands and results are normal numbers there.
fn quotient_estimate_f32(a: f32, b: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(a / b) ^ guard());
}

fn sqrt_estimate_f32(a: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(sqrt(a)) ^ guard());
}

fn reciprocal_estimate_f32(a: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(1.0f / a) ^ guard());
}

fn inverse_sqrt_estimate_f32(a: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(inverseSqrt(a)) ^ guard());
}

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
