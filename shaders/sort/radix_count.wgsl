// How often each of 256 digits occurs in each tile of each row: the first of the three launches of a radix pass.
//
// The generator declares `alias Key`, `digit_of`, b0 (keys) and b1 (counts: 256 for a tile, tile after tile, row after row).
// SERIAL: a tile is one invocation's, which counts in b1 itself (software devices run an invocation as a loop on a core). Else a tile of
// TILE keys is a workgroup's, which counts in workgroup memory; four sets of counters there, so that equal digits meet less often.
//
// Parameter words: 1 keys of a row, 2 keys of a tile, 3 tiles of a row, 4 tiles in all, 8 the first element in b0.

#if SERIAL
@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let unit = (group.y * groups.x + group.x) * 8u + local;
    if (unit >= params[1].x) { return; }
    let row = unit / params[0].w;
    let begin = (unit - row * params[0].w) * params[0].z;
    let end = min(begin + params[0].z, params[0].y);
    let source = params[2].x + row * params[0].y;
    let counts = unit * 256u;
    for (var d = 0u; d < 256u; d += 1u) { b1[counts + d] = 0u; }
    for (var at = begin; at < end; at += 1u) {
        let d = counts + digit_of(b0[source + at]);
        b1[d] = b1[d] + 1u;
    }
}
#else
var<workgroup> counters: array<atomic<u32>, 1024>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let unit = group.y * groups.x + group.x;
    let row = unit / params[0].w;
    let begin = (unit - row * params[0].w) * ${TILE}u + local;
    let n = params[0].y;
    let source = params[2].x + row * n;
    // The last row of the grid may have workgroups too many.
    let exists = unit < params[1].x;
    for (var k = local; k < 1024u; k += 256u) { atomicStore(&counters[k], 0u); }
    workgroupBarrier();
    if (exists) {
        let own_counters = (local >> 6u) * 256u;
#unroll I ${COUNTED}
        let key${I} = b0[source + min(begin + ${I}u * 256u, n - 1u)];
#endunroll
#unroll I ${COUNTED}
        if (begin + ${I}u * 256u < n) { atomicAdd(&counters[own_counters + digit_of(key${I})], 1u); }
#endunroll
    }
    workgroupBarrier();
    if (exists) {
        b1[unit * 256u + local] = atomicLoad(&counters[local]) + atomicLoad(&counters[local + 256u])
            + atomicLoad(&counters[local + 512u]) + atomicLoad(&counters[local + 768u]);
    }
}
#endif
