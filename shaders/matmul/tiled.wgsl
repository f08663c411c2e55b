// C = A B for one matrix of a batch a z-slice of the grid, any dtype, any strides.
//
// Algorithm: the macro-tile of TILE x TILE results belongs to a workgroup of 16 x 16 invocations; K is walked in steps of STEP, whose slices of A
// and B are staged in workgroup memory; each invocation keeps a micro-tile of 4 x 4 results in registers (the loop nest of Goto and van de Geijn, ACM TOMS 34,
// 2008, with workgroup memory in the place of the cache).
// Dispatched by: anygpu's matmul, for every dtype but the float32 shapes that tile_f32.wgsl serves.
// The generator declares: Acc, load0(at), load1(at), store2(at, value), mul_add(acc, a, b), and the bindings.

const TILE: u32 = 64u;
const STEP: u32 = ${STEP}u;

var<workgroup> tile_a: array<Acc, ${STAGED}>;
var<workgroup> tile_b: array<Acc, ${STAGED}>;

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let m = params[0].y;
    let n = params[0].z;
    let k_total = params[0].w;
    let batch = group.z + params[1].x;
    let a_base = params[1].y + batch * params[3].x;
    let b_base = params[1].z + batch * params[3].y;
    let c_base = params[1].w + batch * params[3].z;
    let a_row = params[2].x;
    let a_k = params[2].y;
    let b_k = params[2].z;
    let b_col = params[2].w;
    let row0 = group.y * TILE;
    let col0 = group.x * TILE;
    let flat = local.y * 16u + local.x;
    var acc: array<array<Acc, 4>, 4>;
    for (var k0 = 0u; k0 < k_total; k0 += STEP) {
        for (var i = flat; i < TILE * STEP; i += 256u) {
#if A_K_FAST
            let ak = i % STEP;
            let ar = i / STEP;
#else
            let ak = i / TILE;
            let ar = i % TILE;
#endif
            var a = Acc();
            if (row0 + ar < m && k0 + ak < k_total) {
                a = load0(a_base + (row0 + ar) * a_row + (k0 + ak) * a_k);
            }
            tile_a[ak * TILE + ar] = a;
#if B_K_FAST
            let bk = i % STEP;
            let bc = i / STEP;
#else
            let bk = i / TILE;
            let bc = i % TILE;
#endif
            var b = Acc();
            if (col0 + bc < n && k0 + bk < k_total) {
                b = load1(b_base + (k0 + bk) * b_k + (col0 + bc) * b_col);
            }
            tile_b[bk * TILE + bc] = b;
        }
        workgroupBarrier();
        let steps = min(STEP, k_total - k0);
        for (var k = 0u; k < steps; k += 1u) {
            let a0 = tile_a[k * TILE + local.y];
            let a1 = tile_a[k * TILE + local.y + 16u];
            let a2 = tile_a[k * TILE + local.y + 32u];
            let a3 = tile_a[k * TILE + local.y + 48u];
#unroll J 4
            let b${J} = tile_b[k * TILE + local.x + ${J}u * 16u];
            acc[0][${J}] = mul_add(acc[0][${J}], a0, b${J});
            acc[1][${J}] = mul_add(acc[1][${J}], a1, b${J});
            acc[2][${J}] = mul_add(acc[2][${J}], a2, b${J});
            acc[3][${J}] = mul_add(acc[3][${J}], a3, b${J});
#endunroll
        }
        workgroupBarrier();
    }
#unroll I 4
    {
        let row = row0 + local.y + ${I}u * 16u;
        if (row < m) {
            for (var j = 0u; j < 4u; j += 1u) {
                let col = col0 + local.x + j * 16u;
                if (col < n) {
                    store2(c_base + row * n + col, acc[${I}][j]);
                }
            }
        }
    }
#endunroll
}
