// X of T X = B for triangular blocks T, in place of B.
//
// A workgroup solves for 32 columns of B at a time, kept in workgroup memory with T: as soon as a row of X is known, its products are taken
// from the rows that are left.
// Dispatched by: anygpu's linalg/triangular.rs at the leaves of its recursion.
// The generator declares the arithmetic of linalg.rs and the bindings b0 (T) and b1 (B, then X).
// Parameter words: 1 side of T, 2 columns of B, 3 matrices, 4 to 7 T: first element, strides of matrices, rows, columns; 8 to 11 B: the same;
// 12 whether T is lower triangular, 13 whether its diagonal counts as ones.

const SIDE = ${SIDE}u;
const SQUARE = SIDE * SIDE;
const TILE = SIDE * 32u;

var<workgroup> triangle: array<Acc, SQUARE>;
var<workgroup> tile: array<Acc, TILE>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let g = group.y * groups.x + group.x;
    let n = params[0].y;
    let columns = params[0].z;
    let tiles = (columns + 31u) / 32u;
    let unit = min(g, tiles * params[0].w - 1u);
    let batch = unit / tiles;
    let t_first = params[1].x + batch * params[1].y;
    let b_first = params[2].x + batch * params[2].y;
    let lower = params[3].x != 0u;
    let ones = params[3].y != 0u;
    // 32 columns side by side, eight rows at a time.
    let lane = local % 32u;
    let first_row = local / 32u;
    let column = (unit - batch * tiles) * 32u + lane;
    let inside = column < columns && g == unit;
    for (var k = local; k < n * n; k += 256u) {
        let i = k / n;
        let j = k - i * n;
        triangle[i * SIDE + j] = load0(t_first + i * params[1].z + j * params[1].w);
    }
    for (var i = first_row; i < n; i += 8u) {
        tile[i * 32u + lane] = load1(b_first + i * params[2].z + min(column, columns - 1u) * params[2].w);
    }
    for (var step = 0u; step < n; step += 1u) {
        let j = select(n - 1u - step, step, lower);
        workgroupBarrier();
        var x = tile[j * 32u + lane];
        if (!ones) { x = quotient(x, triangle[j * SIDE + j]); }
        if (inside && first_row == j % 8u) { store1(b_first + j * params[2].z + column * params[2].w, x); }
        for (var i = first_row; i < n; i += 8u) {
            if (select(i < j, j < i, lower)) {
                tile[i * 32u + lane] = less_product(tile[i * 32u + lane], triangle[i * SIDE + j], x);
            }
        }
    }
}
