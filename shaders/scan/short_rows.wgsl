// Inclusive scan along short rows of contiguous arrays, an invocation a row, from its first element to its last.
//
// The host declares b0 (elements), b1 (results), `load0`, `store2` for single elements, `to_acc` from an element to `alias Acc`, and `combine`.
// Parameter words: 1 elements of a row, 2 rows, 4 and 6 the first element in each binding.

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let row = (group.y * groups.x + group.x) * 64u + local;
    if (row >= params[0].z) { return; }
    let n = params[0].y;
    let at = params[1].x + row * n;
    let out = params[1].z + row * n;
    var total = to_acc(load0(at));
    store2(out, total);
    for (var k = 1u; k < n; k += 1u) {
        total = combine(total, to_acc(load0(at + k)));
        store2(out + k, total);
    }
}
