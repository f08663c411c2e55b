// Exchanges rows of matrices, one pair after the other, as LU with partial pivoting recorded them (LAPACK's laswp).
//
// One invocation follows one column through all exchanges.
// Dispatched by: anygpu's linalg/lu.rs.
// The generator declares the arithmetic of linalg.rs and the bindings b0 (matrices) and b1 (pivots).
// Parameter words: 1 columns, 2 matrices, 3 first row to exchange, 4 end of those, 5 first element, 6 to 8 strides of matrices, rows, columns; 9 first
// pivot, 10 pivots of a matrix.

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let g = group.y * groups.x + group.x;
    let tiles = (params[0].y + 255u) / 256u;
    let unit = g / tiles;
    let column = (g - unit * tiles) * 256u + local;
    if (unit >= params[0].z || column >= params[0].y) { return; }
    let first = params[1].y + unit * params[1].z + column * params[2].x;
    for (var j = params[0].w; j < params[1].x; j += 1u) {
        let p = b1[params[2].y + unit * params[2].z + j];
        if (p != j) {
            let a = load0(first + j * params[1].w);
            store0(first + j * params[1].w, load0(first + p * params[1].w));
            store0(first + p * params[1].w, a);
        }
    }
}
