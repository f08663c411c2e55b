// LU with partial pivoting of panels of a few columns, in place: multipliers of L below the diagonal, U above.
//
// One workgroup takes one panel, where it lies in memory: for each column it finds the first element of largest size (as LAPACK's getf2), exchanges
// rows within the panel, and takes the column's products from the columns to its right, looking for the next pivot meanwhile.
// Dispatched by: anygpu's linalg/lu.rs at the leaves of its recursion.
// The generator declares the arithmetic of linalg.rs and the bindings b0 (matrices), b1 (the row
// that each row was exchanged with) and b2 (a flag a matrix: set where a pivot is zero).
// Parameter words: 1 rows of the panel, 2 its columns, 3 matrices, 4 first element, 5 stride of matrices, 6 stride of rows, 7 first pivot,
// 8 pivots of a matrix, 9 the panel's first row in its matrix, 10 first flag.

const SIDE = ${SIDE}u;
const NOWHERE = 0xffffffffu;

var<workgroup> sizes: array<Real, 256>;
var<workgroup> places: array<u32, 256>;
var<workgroup> pivot_row: array<Acc, ${SIDE}>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let unit = group.y * groups.x + group.x;
    if (unit >= params[0].w) { return; }
    let rows = params[0].y;
    let columns = params[0].z;
    let first = params[1].x + unit * params[1].y;
    let stride = params[1].z;
    var none: Real;
    var size = none;
    var place = NOWHERE;
    for (var i = local; i < rows; i += 256u) {
        let candidate = magnitude(load0(first + i * stride));
        if (place == NOWHERE || greater(candidate, size)) {
            size = candidate;
            place = i;
        }
    }
    for (var j = 0u; j < min(rows, columns); j += 1u) {
        sizes[local] = size;
        places[local] = place;
        workgroupBarrier();
        for (var reach = 128u; reach > 0u; reach /= 2u) {
            if (local < reach) {
                let a = sizes[local];
                let b = sizes[local + reach];
                let other = places[local + reach];
                if (other != NOWHERE && (places[local] == NOWHERE || greater(b, a) || (!greater(a, b) && other < places[local]))) {
                    sizes[local] = b;
                    places[local] = other;
                }
            }
            workgroupBarrier();
        }
        let p = places[0];
        let chosen_row = first + p * stride;
        let upper_row = first + j * stride;
        if (local < columns) {
            let chosen = load0(chosen_row + local);
            pivot_row[local] = chosen;
            if (p != j) {
                store0(chosen_row + local, load0(upper_row + local));
                store0(upper_row + local, chosen);
            }
        }
        storageBarrier();
        workgroupBarrier();
        let pivot = pivot_row[j];
        let zero = vanishes(magnitude(pivot));
        if (local == 0u) {
            b1[params[1].w + unit * params[2].x + params[2].y + j] = params[2].y + p;
            if (zero) { b2[params[2].z + unit] = 1u; }
        }
        size = none;
        place = NOWHERE;
        for (var i = j + 1u + local; i < rows; i += 256u) {
            let row = first + i * stride;
            var multiplier = load0(row + j);
            if (!zero) {
                multiplier = quotient(multiplier, pivot);
                store0(row + j, multiplier);
            }
            for (var c = j + 1u; c < columns; c += 1u) {
                let rest = less_product(load0(row + c), multiplier, pivot_row[c]);
                store0(row + c, rest);
                if (c == j + 1u) {
                    let candidate = magnitude(rest);
                    if (place == NOWHERE || greater(candidate, size)) {
                        size = candidate;
                        place = i;
                    }
                }
            }
        }
        storageBarrier();
        workgroupBarrier();
    }
}
