// C -= P for blocks of matrices: the trailing update of a factorisation, P being a matrix product.
//
// Dispatched by: anygpu's linalg/blocks.rs.
// The generator declares the arithmetic of linalg.rs and the bindings b0 (C) and b1 (P, contiguous).
// Parameter words: 1 rows, 2 columns, 3 matrices, 4 to 7 C: first element, strides of matrices, rows, columns; 8 first element of P.

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let g = group.y * groups.x + group.x;
    let rows = params[0].y;
    let columns = params[0].z;
    let tiles = (columns + 255u) / 256u;
    let line = g / tiles;
    let column = (g - line * tiles) * 256u + local;
    let unit = line / rows;
    if (unit >= params[0].w || column >= columns) { return; }
    let at = params[1].x + unit * params[1].y + (line - unit * rows) * params[1].z + column * params[1].w;
    store0(at, difference(load0(at), load1(params[2].x + line * columns + column)));
}
