// Self-test of f32: every operation that the function library takes from the device, over known bit patterns.
// The host computes the same in IEEE 754 and compares bits. Linked with the library in the form under test and
// dispatched by anygpu-runtime's selftest.rs.

@group(0) @binding(0) var<storage, read> operands: array<vec4<u32>>;     // bits of a, b, c; an integer
@group(0) @binding(1) var<storage, read_write> results: array<u32>;      // RESULTS words an operand
@group(0) @binding(2) var<uniform> params: array<vec4<u32>, 64>;         // [count, 0, ...]

const RESULTS = 16u;

fn guard() -> u32 { return params[0].y; }

// Knuth's error of a + b: exactly 0 wherever the compiler reassociates.
fn two_sum_error(a: f32, b: f32) -> f32 {
    let s = add_full_f32(a, b);
    let b1 = sub_full_f32(s, a);
    let a1 = sub_full_f32(s, b1);
    return add_full_f32(sub_full_f32(a, a1), sub_full_f32(b, b1));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x >= params[0].x { return; }
    let o = operands[id.x];
    let a = bitcast<f32>(o.x);
    let b = bitcast<f32>(o.y);
    let c = bitcast<f32>(o.z);
    let at = id.x * RESULTS;
    results[at] = bitcast<u32>(add_full_f32(a, b));
    results[at + 1u] = bitcast<u32>(sub_full_f32(a, b));
    results[at + 2u] = bitcast<u32>(mul_full_f32(a, b));
    results[at + 3u] = bitcast<u32>(add_full_f32(mul_full_f32(a, b), c));
    results[at + 4u] = bitcast<u32>(two_sum_error(a, b));
    results[at + 5u] = select(0u, 1u, lt_f32(a, b)) | select(0u, 2u, le_f32(a, b)) | select(0u, 4u, eq_f32(a, b))
        | select(0u, 8u, gt_f32(a, b)) | select(0u, 16u, ge_f32(a, b));
    results[at + 6u] = bitcast<u32>(abs_f32(a));
    results[at + 7u] = bitcast<u32>(neg_f32(a));
    results[at + 8u] = bitcast<u32>(f32(bitcast<i32>(o.w)));
    results[at + 9u] = bitcast<u32>(f32(o.w));
    results[at + 10u] = bitcast<u32>(div_f32(a, b));
    results[at + 11u] = bitcast<u32>(sqrt_f32(a));
    results[at + 12u] = bitcast<u32>(fma(a, b, c));
    // Compilers fold these two, which are NaN for infinities, NaN, and the quotient of zeros.
    results[at + 13u] = bitcast<u32>(sub_full_f32(a, a));
    results[at + 14u] = bitcast<u32>(div_f32(a, a));
    results[at + 15u] = bitcast<u32>(add_full_f32(a, neg_f32(a)));
}
