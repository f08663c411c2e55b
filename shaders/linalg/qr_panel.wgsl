// QR decompositions of panels of a few columns by Householder reflections, in place: R above the diagonal, the reflections' vectors below.
//
// One workgroup takes one panel, where it lies in memory. Reflection j is I - tau v v^H with v_j = 1; it makes column j real and zero below the
// diagonal (LAPACK's larfg; H^H is what is applied, as geqr2 does). The workgroup's 256 invocations are 32 columns by 8 rows.
// Dispatched by: anygpu's linalg/qr.rs at the leaves of its recursion.
// The generator declares the arithmetic of linalg.rs and the bindings b0 (matrices) and b1 (tau).
// Parameter words: 1 rows of the panel, 2 its columns, 3 matrices, 4 first element, 5 stride of matrices, 6 stride of rows, 7 first tau,
// 8 taus of a matrix.

var<workgroup> partial: array<Acc, 256>;
var<workgroup> lengths: array<Real, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let unit = group.y * groups.x + group.x;
    if (unit >= params[0].w) { return; }
    let rows = params[0].y;
    let columns = params[0].z;
    let first = params[1].x + unit * params[1].y;
    let stride = params[1].z;
    let taus = params[1].w + unit * params[2].x;
    let lane = local % 32u;
    let band = local / 32u;
    for (var j = 0u; j < min(rows, columns); j += 1u) {
        // The largest element below the diagonal first: squares of numbers scaled by it neither overflow nor vanish.
        var largest: Real;
        for (var i = j + 1u + local; i < rows; i += 256u) { largest = larger(largest, magnitude(load0(first + i * stride + j))); }
        lengths[local] = largest;
        workgroupBarrier();
        for (var reach = 128u; reach > 0u; reach /= 2u) {
            if (local < reach) { lengths[local] = larger(lengths[local], lengths[local + reach]); }
            workgroupBarrier();
        }
        let alpha = load0(first + j * stride + j);
        // The reciprocal of a subnormal number would be infinite.
        let scale = larger(larger(lengths[0], magnitude(alpha)), smallest_normal());
        let down = inverse(scale);
        let below = lengths[0];
        workgroupBarrier();
        var squares: Real;
        for (var i = j + 1u + local; i < rows; i += 256u) {
            squares = joined(squares, squared(scaled(load0(first + i * stride + j), down)));
        }
        lengths[local] = squares;
        workgroupBarrier();
        for (var reach = 128u; reach > 0u; reach /= 2u) {
            if (local < reach) { lengths[local] = joined(lengths[local], lengths[local + reach]); }
            workgroupBarrier();
        }
        // beta = -sign(re(alpha)) |x|; tau = (beta - alpha) / beta; v = x / (alpha - beta).
        var tau: Acc;
        var to_vector: Acc;
        var beta: Acc = alpha;
        let reflects = !vanishes(below) || imaginary(alpha);
        if (reflects) {
            let head = scaled(alpha, down);
            var size = root(joined(lengths[0], squared(head)));
            if (!negative(real_part(alpha))) { size = opposite(size); }
            tau = scaled(difference(of_real(size), head), inverse(size));
            to_vector = quotient(of_real(down), difference(head, of_real(size)));
            beta = scaled(of_real(size), scale);
        }
        workgroupBarrier();
        for (var i = j + 1u + local; i < rows; i += 256u) {
            let at = first + i * stride + j;
            if (reflects) { store0(at, product(load0(at), to_vector)); }
        }
        if (local == 0u) {
            store1(taus + j, tau);
            store0(first + j * stride + j, beta);
        }
        storageBarrier();
        workgroupBarrier();
        // Columns to the right: c -= v conj(tau) (v^H c).
        for (var begin = j + 1u; begin < columns; begin += 32u) {
            let c = begin + lane;
            var sum: Acc;
            if (c < columns) {
                if (band == 0u) { sum = load0(first + j * stride + c); }
                for (var i = j + 1u + band; i < rows; i += 8u) {
                    sum = plus_product(sum, conjugated(load0(first + i * stride + j)), load0(first + i * stride + c));
                }
            }
            partial[local] = sum;
            workgroupBarrier();
            for (var reach = 4u; reach > 0u; reach /= 2u) {
                if (band < reach) { partial[local] = total(partial[local], partial[local + reach * 32u]); }
                workgroupBarrier();
            }
            let weight = product(conjugated(tau), partial[lane]);
            if (c < columns && reflects) {
                if (band == 0u) { store0(first + j * stride + c, difference(load0(first + j * stride + c), weight)); }
                for (var i = j + 1u + band; i < rows; i += 8u) {
                    let at = first + i * stride + c;
                    store0(at, less_product(load0(at), load0(first + i * stride + j), weight));
                }
            }
            storageBarrier();
            workgroupBarrier();
        }
    }
}
