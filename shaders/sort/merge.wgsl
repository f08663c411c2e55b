// Merges neighbouring sorted runs of keys, each key with its position: one pass of a merge sort.
//
// Merge path (Odeh, Green, Mwassi, Shmueli and Birk, "Merge path - parallel merging made simple", 2012): an invocation finds
// by bisection which elements of the two runs its four results come from, and merges those. Of equal keys the one of the
// first run goes first, so that the order is stable.
//
// The generator declares `alias Key`, `less`, b0 and b1 (keys and positions), b2 and b3 (the same, merged).
// Parameter words: 1 keys of a row, 2 workgroups of a row, 3 length of a run, 4 to 7 the first element in each binding,
// 8 workgroups in all.

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let g = group.y * groups.x + group.x;
    let n = params[0].y;
    let run = params[0].w;
    if (g >= params[2].x) { return; }
    let row = g / params[0].z;
    let first = (g - row * params[0].z) * 1024u + local * 4u;
    if (first >= n) { return; }

    // The runs a and b that the results come from, as positions in the row.
    let a_begin = first - first % (2u * run);
    let a_length = min(run, n - a_begin);
    let b_begin = a_begin + a_length;
    let b_length = min(run, n - b_begin);
    let before = first - a_begin;
    let at = params[1].x + row * n;
    let a_at = at + a_begin;
    let b_at = at + b_begin;

    // How many of the results before these come from a.
    var low = select(0u, before - b_length, before > b_length);
    var high = min(before, a_length);
    while (low < high) {
        let middle = (low + high) / 2u;
        if (less(b0[b_at + before - 1u - middle], b0[a_at + middle])) { high = middle; } else { low = middle + 1u; }
    }
    var i = low;
    var j = before - low;
    let positions = params[1].y + row * n;
    let to_keys = params[1].z + row * n;
    let to_positions = params[1].w + row * n;
    let count = min(4u, n - first);
    for (var k = 0u; k < count; k += 1u) {
        var take_a = j >= b_length;
        if (i < a_length && j < b_length) { take_a = !less(b0[b_at + j], b0[a_at + i]); }
        let source = select(b_begin + j, a_begin + i, take_a);
        b2[to_keys + first + k] = b0[at + source];
        b3[to_positions + first + k] = b1[positions + source];
        if (take_a) { i += 1u; } else { j += 1u; }
    }
}
