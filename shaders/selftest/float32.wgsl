// Self-test of f32: every operation that the function library takes from the device, over known bit patterns.
// The host computes the same in IEEE 754 and compares bits. Dispatched by anygpu-runtime's selftest.rs, with
// float32_native.wgsl or float32_guarded.wgsl before it.

@group(0) @binding(0) var<storage, read> operands: array<vec4<u32>>;     // bits of a, b, c; an integer
@group(0) @binding(1) var<storage, read_write> results: array<u32>;      // RESULTS words an operand
@group(0) @binding(2) var<uniform> params: array<vec4<u32>, 64>;         // [count, 0, ...]

const RESULTS = 16u;

// Knuth's error of a + b: exactly 0 wherever the compiler reassociates.
fn two_sum_error(a: f32, b: f32) -> f32 {
    let s = plus(a, b);
    let b1 = minus(s, a);
    let a1 = minus(s, b1);
    return plus(minus(a, a1), minus(b, b1));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x >= params[0].x { return; }
    let o = operands[id.x];
    let a = bitcast<f32>(o.x);
    let b = bitcast<f32>(o.y);
    let c = bitcast<f32>(o.z);
    let at = id.x * RESULTS;
    results[at] = bitcast<u32>(plus(a, b));
    results[at + 1u] = bitcast<u32>(minus(a, b));
    results[at + 2u] = bitcast<u32>(times(a, b));
    results[at + 3u] = bitcast<u32>(plus(times(a, b), c));
    results[at + 4u] = bitcast<u32>(two_sum_error(a, b));
    results[at + 5u] = select(0u, 1u, a < b) | select(0u, 2u, a <= b) | select(0u, 4u, a == b) | select(0u, 8u, a > b)
        | select(0u, 16u, a >= b);
    results[at + 6u] = bitcast<u32>(abs(a));
    results[at + 7u] = bitcast<u32>(-a);
    results[at + 8u] = bitcast<u32>(f32(bitcast<i32>(o.w)));
    results[at + 9u] = bitcast<u32>(f32(o.w));
    results[at + 10u] = bitcast<u32>(a / b);
    results[at + 11u] = bitcast<u32>(sqrt(a));
    results[at + 12u] = bitcast<u32>(fma(a, b, c));
    results[at + 13u] = bitcast<u32>(minus(a, a));
    results[at + 14u] = select(0u, 1u, a != a);
    results[at + 15u] = bitcast<u32>(a / a);
}
