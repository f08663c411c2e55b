// C = A B in float32: A and B in row-major order with rows aligned to four elements.
//
// Algorithm: macro-tile 128 x 128, K-step 16, micro-tile 8 x 8 an invocation as two by two blocks of 4 x 4. The next step's slices are fetched into registers while the
// present one, in workgroup memory (16 KiB, WebGPU's default limit), is multiplied. A is stored transposed, so that both operands are read as
// vectors along the results. Products are fused into the sums where the device fuses: matmul promises accuracy, not the bits of one order.
// Dispatched by: anygpu's matmul, for large float32 matrices on GPUs.
// Parameters: as in tiled.wgsl; b0 and b1 are bound as vec4<f32>, strides counted in elements.

const TILE: u32 = 128u;
const STEP: u32 = 16u;

var<workgroup> tile_a: array<f32, 2048>;
var<workgroup> tile_b: array<vec4<f32>, 512>;

fn fetch_a(base: u32, row: u32, k: u32, m: u32, k_total: u32, stride: u32) -> vec4<f32> {
    if (row < m && k < k_total) {
        return b0[(base + row * stride + k) >> 2u];
    }
    return vec4<f32>();
}

fn fetch_b(base: u32, k: u32, col: u32, n: u32, k_total: u32, stride: u32) -> vec4<f32> {
    if (k < k_total && col < n) {
        return b1[(base + k * stride + col) >> 2u];
    }
    return vec4<f32>();
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let m = params[0].y;
    let n = params[0].z;
    let k_total = params[0].w;
    let batch = group.z + params[1].x;
    let a_base = params[1].y + batch * params[3].x;
    let b_base = params[1].z + batch * params[3].y;
    let c_base = params[1].w + batch * params[3].z;
    let a_stride = params[2].x;
    let b_stride = params[2].z;
    let row0 = group.y * TILE;
    let col0 = group.x * TILE;
    // Invocations of a subgroup take consecutive rows of A: their transposed stores then fall into different banks.
    let a_row = local % 128u;
    let a_quad = local / 128u;
    let b_quad = local % 32u;
    let b_row = local / 32u;
    let tx = local % 16u;
    let ty = local / 16u;
#unroll I 8
    var lo${I} = vec4<f32>();
    var hi${I} = vec4<f32>();
#endunroll
    var next_a0 = fetch_a(a_base, row0 + a_row, a_quad * 4u, m, k_total, a_stride);
    var next_a1 = fetch_a(a_base, row0 + a_row, a_quad * 4u + 8u, m, k_total, a_stride);
    var next_b0 = fetch_b(b_base, b_row, col0 + b_quad * 4u, n, k_total, b_stride);
    var next_b1 = fetch_b(b_base, b_row + 8u, col0 + b_quad * 4u, n, k_total, b_stride);
    for (var k0 = 0u; k0 < k_total; k0 += STEP) {
#unroll C 4
        tile_a[(a_quad * 4u + ${C}u) * TILE + a_row] = next_a0[${C}];
        tile_a[(a_quad * 4u + 8u + ${C}u) * TILE + a_row] = next_a1[${C}];
#endunroll
        tile_b[b_row * 32u + b_quad] = next_b0;
        tile_b[(b_row + 8u) * 32u + b_quad] = next_b1;
        workgroupBarrier();
        let k1 = k0 + STEP;
        next_a0 = fetch_a(a_base, row0 + a_row, k1 + a_quad * 4u, m, k_total, a_stride);
        next_a1 = fetch_a(a_base, row0 + a_row, k1 + a_quad * 4u + 8u, m, k_total, a_stride);
        next_b0 = fetch_b(b_base, k1 + b_row, col0 + b_quad * 4u, n, k_total, b_stride);
        next_b1 = fetch_b(b_base, k1 + b_row + 8u, col0 + b_quad * 4u, n, k_total, b_stride);
#unroll K 16
        {
            let y0 = tile_b[${K}u * 32u + tx];
            let y1 = tile_b[${K}u * 32u + tx + 16u];
            let at = ${K}u * TILE + ty * 4u;
            let x0 = tile_a[at];
            let x1 = tile_a[at + 1u];
            let x2 = tile_a[at + 2u];
            let x3 = tile_a[at + 3u];
            let x4 = tile_a[at + 64u];
            let x5 = tile_a[at + 65u];
            let x6 = tile_a[at + 66u];
            let x7 = tile_a[at + 67u];
            lo0 = fma(vec4<f32>(x0), y0, lo0);
            hi0 = fma(vec4<f32>(x0), y1, hi0);
            lo1 = fma(vec4<f32>(x1), y0, lo1);
            hi1 = fma(vec4<f32>(x1), y1, hi1);
            lo2 = fma(vec4<f32>(x2), y0, lo2);
            hi2 = fma(vec4<f32>(x2), y1, hi2);
            lo3 = fma(vec4<f32>(x3), y0, lo3);
            hi3 = fma(vec4<f32>(x3), y1, hi3);
            lo4 = fma(vec4<f32>(x4), y0, lo4);
            hi4 = fma(vec4<f32>(x4), y1, hi4);
            lo5 = fma(vec4<f32>(x5), y0, lo5);
            hi5 = fma(vec4<f32>(x5), y1, hi5);
            lo6 = fma(vec4<f32>(x6), y0, lo6);
            hi6 = fma(vec4<f32>(x6), y1, hi6);
            lo7 = fma(vec4<f32>(x7), y0, lo7);
            hi7 = fma(vec4<f32>(x7), y1, hi7);
        }
#endunroll
        workgroupBarrier();
    }
#unroll I 8
    {
        let row = row0 + ty * 4u + (${I}u / 4u) * 64u + ${I}u % 4u;
        if (row < m) {
            for (var j = 0u; j < 4u; j += 1u) {
                let col = col0 + tx * 4u + j;
                if (col < n) {
                    b2[c_base + row * n + col] = lo${I}[j];
                }
                if (col + 64u < n) {
                    b2[c_base + row * n + col + 64u] = hi${I}[j];
                }
            }
        }
    }
#endunroll
}
