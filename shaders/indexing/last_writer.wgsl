// Which of several writers of one element comes last: for position p[i], writer[p[i]] = max(writer[p[i]], i + 1).
//
// An assignment through integer arrays with repeated positions keeps the last value, as NumPy's does; the value is taken
// in a second launch, from the writer found here. The maximum makes the outcome independent of the order of execution.
// Negative positions write nothing.
//
// b0 holds the positions, int64 as its two words; b1 the writers of elements `first` and on.
// Parameter words: 1 positions here, 2 the first one's number, 3 and 4 `first` (low, high word), 5 writers here.

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let i = (group.y * groups.x + group.x) * 256u + local;
    if (i >= params[0].y) { return; }
    let p = b0[params[1].z + i];
    let borrow = select(0u, 1u, p.x < params[0].w);
    let offset = vec2<u32>(p.x - params[0].w, p.y - params[1].x - borrow);
    if ((p.y >> 31u) == 0u && offset.y == 0u && offset.x < params[1].y) {
        atomicMax(&b1[offset.x], params[0].z + i + 1u);
    }
}
