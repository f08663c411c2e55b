// float32 sums, differences and products over the full range where the device keeps subnormal numbers: its own.
//
// Arithmetic of arrays goes through these; what the library computes inside goes through add_f32, sub_f32 and mul_f32, on numbers
// that are normal by construction. `float32_flushing.wgsl` defines the same names for devices that flush.

fn add_full_f32(a: f32, b: f32) -> f32 { return add_f32(a, b); }
fn sub_full_f32(a: f32, b: f32) -> f32 { return sub_f32(a, b); }
fn mul_full_f32(a: f32, b: f32) -> f32 { return mul_f32(a, b); }
