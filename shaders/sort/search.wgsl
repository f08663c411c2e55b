// Where keys belong among sorted ones: the number of sorted keys less than each (LEFT), or not greater.
//
// The generator declares `alias Key`, `less`, b0 (sorted keys), b1 (keys to place) and b2 (their places).
// Parameter words: 1 sorted keys, 2 keys to place, 4 to 6 the first element in each binding.

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let g = (group.y * groups.x + group.x) * 256u + local;
    if (g >= params[0].z) { return; }
    let key = b1[params[1].y + g];
    var low = 0u;
    var high = params[0].y;
    while (low < high) {
        let middle = low + (high - low) / 2u;
        let sorted = b0[params[1].x + middle];
#if LEFT
        let before = less(sorted, key);
#else
        let before = !less(key, sorted);
#endif
        if (before) { low = middle + 1u; } else { high = middle; }
    }
    b2[params[1].z + g] = low;
}
