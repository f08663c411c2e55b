// From the counts of the digits in each tile to where in the row a tile's keys with a digit begin: the second step of a radix pass.
//
// STEP == whole: one workgroup a row goes through its tiles, an invocation a digit. Rows of many tiles take three launches, over blocks of
// tiles: fold (the counts of each block), whole (of the blocks), spread (what stands before a block is added to its tiles).
//
// b0 holds the counts, 256 for a tile, and gets the places (fold leaves them); fold and spread have b1, the same for blocks.
// Parameter words: 1 tiles of a row, 2 tiles of a block, 3 blocks of a row, 4 workgroups.

#if STEP == whole
var<workgroup> sums: array<u32, 256>;
#endif

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let g = group.y * groups.x + group.x;
    let exists = g < params[1].x;
    let tiles = params[0].y;
#if STEP == whole
    let begin = g * tiles * 256u + local;
    let count = select(0u, tiles, exists);
    var total = 0u;
#else
    let blocks = params[0].w;
    let row = g / blocks;
    let block = g - row * blocks;
    let first = block * params[0].z;
    let begin = (row * tiles + first) * 256u + local;
    let count = select(0u, min(params[0].z, tiles - first), exists);
    var total = 0u;
#endif
    // Loads stand together, eight at a time: their latencies overlap.
#if STEP == spread
    if (exists) { total = b1[g * 256u + local]; }
#else
    for (var k = 0u; k < count; k += 8u) {
#unroll I 8
        let count${I} = b0[begin + min(k + ${I}u, count - 1u) * 256u];
#endunroll
#unroll I 8
        total += select(0u, count${I}, k + ${I}u < count);
#endunroll
    }
#endif
#if STEP == fold
    if (exists) { b1[g * 256u + local] = total; }
#else
#if STEP == whole
    // The keys with smaller digits stand before.
    let own = total;
    sums[local] = total;
    workgroupBarrier();
#unroll LEVEL 8
    if (local >= (1u << ${LEVEL}u)) { total += sums[local - (1u << ${LEVEL}u)]; }
    workgroupBarrier();
    sums[local] = total;
    workgroupBarrier();
#endunroll
    total -= own;
#endif
    for (var k = 0u; k < count; k += 8u) {
#unroll I 8
        let count${I} = b0[begin + min(k + ${I}u, count - 1u) * 256u];
#endunroll
#unroll I 8
        if (k + ${I}u < count) {
            b0[begin + (k + ${I}u) * 256u] = total;
            total += count${I};
        }
#endunroll
    }
#endif
}
