// C = A B without workgroup memory, any dtype, any strides.
//
// Algorithm: each invocation keeps 4 x 4 results in registers and reads A and B where they lie. On a CPU adapter workgroup memory is ordinary
// memory, so that staging tiles costs copies and barriers and gains nothing.
// Dispatched by: anygpu's matmul, on software adapters.
// The generator declares: Acc, load0(at), load1(at), store2(at, value), mul_add(acc, a, b), and the bindings.

@compute @workgroup_size(16, 4)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let m = params[0].y;
    let n = params[0].z;
    let k_total = params[0].w;
    let batch = group.z + params[1].x;
    let c_base = params[1].w + batch * params[3].z;
    let a_k = params[2].y;
    let b_k = params[2].z;
    let row = (group.y * 4u + local.y) * 4u;
    let col = group.x * 64u + local.x;
    if (row >= m || col >= n) {
        return;
    }
    // Rows and columns past the end repeat the last one; their results are not stored.
#unroll I 4
    var a${I} = params[1].y + batch * params[3].x + min(row + ${I}u, m - 1u) * params[2].x;
    var b${I} = params[1].z + batch * params[3].y + min(col + ${I}u * 16u, n - 1u) * params[2].w;
#endunroll
    var acc: array<array<Acc, 4>, 4>;
    for (var k = 0u; k < k_total; k += 1u) {
        let x0 = load0(a0);
        let x1 = load0(a1);
        let x2 = load0(a2);
        let x3 = load0(a3);
#unroll J 4
        let y${J} = load1(b${J});
        acc[0][${J}] = mul_add(acc[0][${J}], x0, y${J});
        acc[1][${J}] = mul_add(acc[1][${J}], x1, y${J});
        acc[2][${J}] = mul_add(acc[2][${J}], x2, y${J});
        acc[3][${J}] = mul_add(acc[3][${J}], x3, y${J});
        a${J} += a_k;
        b${J} += b_k;
#endunroll
    }
#unroll I 4
    if (row + ${I}u < m) {
        for (var j = 0u; j < 4u; j += 1u) {
            if (col + j * 16u < n) {
                store2(c_base + (row + ${I}u) * n + col + j * 16u, acc[${I}][j]);
            }
        }
    }
#endunroll
}
