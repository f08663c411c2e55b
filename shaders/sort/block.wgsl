// Sorts each block of 512 keys of a row, each with its position in the row, in workgroup memory.
//
// Bitonic network (Batcher, "Sorting networks and their applications", 1968) over (key, position): no two are equal, so
// the order is stable. Runs of 512 go to merge.wgsl.
//
// The generator declares `alias Key`, `last_key`, `less`, b0 (keys), b1 (sorted keys) and b2 (their positions).
// Parameter words: 1 keys of a row, 2 blocks of a row, 3 blocks in all, 4 to 6 the first element in each binding.

const BLOCK = 512u;

var<workgroup> keys: array<Key, 512>;
var<workgroup> positions: array<u32, 512>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let g = group.y * groups.x + group.x;
    let n = params[0].y;
    let blocks = params[0].z;
    let unit = min(g, params[0].w - 1u);
    let row = unit / blocks;
    let begin = (unit - row * blocks) * BLOCK;
    for (var k = local; k < BLOCK; k += 256u) {
        let at = begin + k;
        // What lies past the end of the row sorts behind every key of it.
        var key = last_key();
        if (at < n) { key = b0[params[1].x + row * n + at]; }
        keys[k] = key;
        positions[k] = select(0xffffffffu, at, at < n);
    }
    for (var size = 2u; size <= BLOCK; size *= 2u) {
        for (var distance = size / 2u; distance > 0u; distance /= 2u) {
            workgroupBarrier();
            let a = 2u * distance * (local / distance) + local % distance;
            let b = a + distance;
            let key_a = keys[a];
            let key_b = keys[b];
            let b_first = less(key_b, key_a) || (!less(key_a, key_b) && positions[b] < positions[a]);
            if (b_first == ((a & size) == 0u)) {
                keys[a] = key_b;
                keys[b] = key_a;
                let position = positions[a];
                positions[a] = positions[b];
                positions[b] = position;
            }
        }
    }
    workgroupBarrier();
    if (g != unit) { return; }
    for (var k = local; k < BLOCK; k += 256u) {
        let at = begin + k;
        if (at < n) {
            b1[params[1].y + row * n + at] = keys[k];
            b2[params[1].z + row * n + at] = positions[k];
        }
    }
}
