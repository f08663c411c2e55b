// Inclusive scan along rows of contiguous arrays: r[k] = r[k-1] combined with x[k].
//
// Reduce, then scan (Sengupta, Harris, Zhang and Owens, "Scan primitives for GPU computing", 2007): a launch with
// TOTALS folds each chunk of 1,024 elements of a row; the totals are scanned by the same two kernels; a launch without
// scans each chunk, beginning with the total of those before. No workgroup waits for another. The order of the
// operands is kept and the shape of the tree depends on the sizes alone, so results are the same on every run.
//
// The host declares b0 (elements), b1 (totals, scanned), b2 (results), `load0`, `load1`, `store2` for single elements,
// `alias Acc`, and `combine`.
// Parameter words: 1 elements of a row, 2 chunks of a row, 3 workgroups, 4 to 6 the first element in each binding.

const CHUNK = 1024u;

var<workgroup> tree: array<Acc, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let g = group.y * groups.x + group.x;
    let n = params[0].y;
    let chunks = params[0].z;
    // The last row of the grid may have workgroups too many; they compute the last chunk again and store nothing.
    let unit = min(g, params[0].w - 1u);
    let row = unit / chunks;
    let chunk = unit - row * chunks;
    let begin = chunk * CHUNK + local * 4u;

    // Elements past the end repeat the last one. Only results past the end, which are not stored, depend on them.
    let at = params[1].x + row * n;
    let v0 = load0(at + min(begin, n - 1u));
    let v1 = combine(v0, load0(at + min(begin + 1u, n - 1u)));
    let v2 = combine(v1, load0(at + min(begin + 2u, n - 1u)));
    let v3 = combine(v2, load0(at + min(begin + 3u, n - 1u)));

    // Hillis and Steele, "Data parallel algorithms", 1986.
    var total = v3;
    tree[local] = total;
    workgroupBarrier();
#unroll LEVEL 8
    if (local >= (1u << ${LEVEL}u)) { total = combine(tree[local - (1u << ${LEVEL}u)], total); }
    workgroupBarrier();
    tree[local] = total;
    workgroupBarrier();
#endunroll
#if TOTALS
    if (local == 255u && g == unit) { store2(params[1].z + unit, total); }
#else
    if (g != unit) { return; }
    var prefix: Acc;
    if (local > 0u) { prefix = tree[local - 1u]; }
    if (chunk > 0u) {
        let before = load1(params[1].y + unit - 1u);
        if (local > 0u) { prefix = combine(before, prefix); } else { prefix = before; }
    }
    let first = local == 0u && chunk == 0u;
    let out = params[1].z + row * n + begin;
    if (begin < n) { if (first) { store2(out, v0); } else { store2(out, combine(prefix, v0)); } }
    if (begin + 1u < n) { if (first) { store2(out + 1u, v1); } else { store2(out + 1u, combine(prefix, v1)); } }
    if (begin + 2u < n) { if (first) { store2(out + 2u, v2); } else { store2(out + 2u, combine(prefix, v2)); } }
    if (begin + 3u < n) { if (first) { store2(out + 3u, v3); } else { store2(out + 3u, combine(prefix, v3)); } }
#endif
}
