// Cholesky factors of blocks on the diagonal, in place: the lower triangle of each becomes L of A = L L^H.
//
// One workgroup factors one block in workgroup memory, column after column (right-looking). The strict upper triangle is left as it is.
// Dispatched by: anygpu's linalg/cholesky.rs at the leaves of its recursion.
// The generator declares the arithmetic of linalg.rs and the bindings b0 (matrices) and b1 (a flag a matrix: set where it is not positive definite).
// Parameter words: 1 side of the block, 2 matrices, 3 stride of rows, 4 first element, 5 stride of matrices, 6 first flag.

const SIDE = ${SIDE}u;
const SQUARE = SIDE * SIDE;

var<workgroup> tile: array<Acc, SQUARE>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let g = group.y * groups.x + group.x;
    let n = params[0].y;
    // The last row of the grid may have workgroups too many; they factor the last block again and store nothing.
    let unit = min(g, params[0].z - 1u);
    let stride = params[0].w;
    let first = params[1].x + unit * params[1].y;
    for (var k = local; k < n * n; k += 256u) {
        let i = k / n;
        let j = k - i * n;
        tile[i * SIDE + j] = load0(first + i * stride + j);
    }
    var bad = false;
    for (var j = 0u; j < n; j += 1u) {
        workgroupBarrier();
        let pivot = real_part(tile[j * SIDE + j]);
        // Everyone has the pivot before it is overwritten.
        workgroupBarrier();
        bad = bad || not_positive(pivot);
        let diagonal = root(pivot);
        let reciprocal = inverse(diagonal);
        let row = j + local;
        if (local == 0u) {
            tile[j * SIDE + j] = of_real(diagonal);
        } else if (row < n) {
            tile[row * SIDE + j] = scaled(tile[row * SIDE + j], reciprocal);
        }
        workgroupBarrier();
        let rest = n - j - 1u;
        for (var k = local; k < rest * rest; k += 256u) {
            let i = j + 1u + k / rest;
            let c = j + 1u + k % rest;
            if (c <= i) {
                tile[i * SIDE + c] = less_product(tile[i * SIDE + c], tile[i * SIDE + j], conjugated(tile[c * SIDE + j]));
            }
        }
    }
    workgroupBarrier();
    if (g != unit) { return; }
    for (var k = local; k < n * n; k += 256u) {
        let i = k / n;
        let j = k - i * n;
        if (j <= i) { store0(first + i * stride + j, tile[i * SIDE + j]); }
    }
    if (bad && local == 0u) { b1[params[1].z + unit] = 1u; }
}
