// Self-test of native f64, as float32.wgsl is of f32. Dispatched by anygpu-runtime's selftest.rs.

@group(0) @binding(0) var<storage, read> operands: array<f64>;           // a, b, c an operand
@group(0) @binding(1) var<storage, read_write> results: array<f64>;      // RESULTS an operand
@group(0) @binding(2) var<storage, read_write> comparisons: array<u32>;
@group(0) @binding(3) var<uniform> params: array<vec4<u32>, 64>;         // [count, ...]

const RESULTS = 10u;

fn two_sum_error(a: f64, b: f64) -> f64 {
    let s = a + b;
    let b1 = s - a;
    let a1 = s - b1;
    return (a - a1) + (b - b1);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x >= params[0].x { return; }
    let a = operands[id.x * 3u];
    let b = operands[id.x * 3u + 1u];
    let c = operands[id.x * 3u + 2u];
    let at = id.x * RESULTS;
    results[at] = a + b;
    results[at + 1u] = a - b;
    results[at + 2u] = a * b;
    results[at + 3u] = a * b + c;
    results[at + 4u] = two_sum_error(a, b);
    results[at + 5u] = a / b;
    results[at + 6u] = sqrt(a);
    results[at + 7u] = a - a;
    results[at + 8u] = fma(a, b, c);
    results[at + 9u] = fma(a, b, -(a * b));
    comparisons[id.x] = select(0u, 1u, a < b) | select(0u, 2u, a <= b) | select(0u, 4u, a == b) | select(0u, 8u, a > b)
        | select(0u, 16u, a >= b);
}
