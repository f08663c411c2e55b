// Self-test of native i64 and u64. Dispatched by anygpu-runtime's selftest.rs.

@group(0) @binding(0) var<storage, read> operands: array<i64>;           // a, b an operand; b is not 0
@group(0) @binding(1) var<storage, read_write> results: array<i64>;      // RESULTS an operand
@group(0) @binding(2) var<uniform> params: array<vec4<u32>, 64>;         // [count, ...]

const RESULTS = 8u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x >= params[0].x { return; }
    let a = operands[id.x * 2u];
    let b = operands[id.x * 2u + 1u];
    let shift = u32(b & 63li);
    let at = id.x * RESULTS;
    results[at] = a + b;
    results[at + 1u] = a - b;
    results[at + 2u] = a * b;
    results[at + 3u] = i64(u64(a) / u64(b));
    results[at + 4u] = a << shift;
    results[at + 5u] = a >> shift;
    results[at + 6u] = i64(u64(a) >> shift);
    results[at + 7u] = select(0li, 1li, a < b) | select(0li, 2li, u64(a) < u64(b)) | select(0li, 4li, a == b);
}
