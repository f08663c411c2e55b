// Inclusive scan along rows of contiguous arrays: r[k] = r[k-1] combined with x[k].
//
// Reduce, then scan (Sengupta, Harris, Zhang and Owens, "Scan primitives for GPU computing", 2007): a launch with
// TOTALS folds each chunk of a row; the totals are scanned by the same two kernels; a launch without
// scans each chunk, beginning with the total of those before. No workgroup waits for another. The order of the
// operands is kept and the shape of the tree depends on the sizes alone, so results are the same on every run.
//
// A chunk is ROUNDS times 256 quads, which neighbouring invocations read and write side by side. In workgroup memory the quads' totals are
// scanned in runs of ROUNDS, those runs' totals in 16 groups of 16, and what stands before each group is folded: four barriers, and no value
// is the result of more than some forty operations on a chunk's elements.
//
// The host declares b0 (elements), b1 (totals, scanned), b2 (results), `quad0` and `store_quad2` where rows begin at quads (ALIGNED), else
// `load0` and `store2` for single elements, `load1`, `to_acc` from an element to `alias Acc`, `combine`, `element_quad` and `acc_quad`, and `store2` with TOTALS.
// Parameter words: 1 elements of a row, 2 chunks of a row, 3 workgroups, 4 to 6 the first element in each binding.

const QUADS = ${ROUNDS}u * 256u;

// Of each quad, then of its run of ROUNDS quads up to it.
var<workgroup> quads: array<Acc, QUADS>;
// Of each run, then of its group up to it.
var<workgroup> runs: array<Acc, 256>;
// What stands before each group.
var<workgroup> groups_before: array<Acc, 16>;

#if !TOTALS
// What stands before a quad, and whether anything does.
struct Before { value: Acc, some: bool }

fn before_quad(q: u32, later_chunk: bool) -> Before {
    let run = q / ${ROUNDS}u;
    let group = run / 16u;
    var before: Before;
    before.some = later_chunk || group > 0u;
    if (before.some) { before.value = groups_before[group]; }
    if (run % 16u > 0u) {
        if (before.some) { before.value = combine(before.value, runs[run - 1u]); } else { before.value = runs[run - 1u]; }
        before.some = true;
    }
    if (q % ${ROUNDS}u > 0u) {
        if (before.some) { before.value = combine(before.value, quads[q - 1u]); } else { before.value = quads[q - 1u]; }
        before.some = true;
    }
    return before;
}
#endif

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let g = group.y * groups.x + group.x;
    let n = params[0].y;
    let chunks = params[0].z;
    // The last row of the grid may have workgroups too many; they compute the last chunk again and store nothing.
    let unit = min(g, params[0].w - 1u);
    let row = unit / chunks;
    let chunk = unit - row * chunks;
    let begin = (chunk * QUADS + local) * 4u;

    // Past the end of the row stands something, which only results past the end depend on.
    let at = params[1].x + row * n;
#unroll R ${ROUNDS}
#if ALIGNED
    let x${R} = quad0(at + min(begin + ${R}u * 1024u, (n - 1u) & ~3u));
#else
    let x${R} = element_quad(load0(at + min(begin + ${R}u * 1024u, n - 1u)), load0(at + min(begin + ${R}u * 1024u + 1u, n - 1u)),
        load0(at + min(begin + ${R}u * 1024u + 2u, n - 1u)), load0(at + min(begin + ${R}u * 1024u + 3u, n - 1u)));
#endif
#endunroll
#unroll R ${ROUNDS}
    let v${R}_0 = to_acc(x${R}[0]);
    let v${R}_1 = combine(v${R}_0, to_acc(x${R}[1]));
    let v${R}_2 = combine(v${R}_1, to_acc(x${R}[2]));
    let v${R}_3 = combine(v${R}_2, to_acc(x${R}[3]));
    quads[local + ${R}u * 256u] = v${R}_3;
#endunroll
    workgroupBarrier();

    var total = quads[local * ${ROUNDS}u];
    for (var k = 1u; k < ${ROUNDS}u; k += 1u) {
        total = combine(total, quads[local * ${ROUNDS}u + k]);
        quads[local * ${ROUNDS}u + k] = total;
    }
    runs[local] = total;
    workgroupBarrier();
    if (local < 16u) {
        total = runs[local * 16u];
        for (var k = 1u; k < 16u; k += 1u) {
            total = combine(total, runs[local * 16u + k]);
            runs[local * 16u + k] = total;
        }
    }
    workgroupBarrier();
#if TOTALS
    if (local == 0u && g == unit) {
        total = runs[15];
        for (var k = 31u; k < 256u; k += 16u) { total = combine(total, runs[k]); }
        store2(params[1].z + unit, total);
    }
#else
    if (local < 16u) {
        var k = 15u;
        if (chunk > 0u) {
            total = load1(params[1].y + unit - 1u);
        } else if (local > 0u) {
            total = runs[15];
            k = 31u;
        }
        for (; k < local * 16u; k += 16u) { total = combine(total, runs[k]); }
        groups_before[local] = total;
    }
    workgroupBarrier();
    if (g != unit) { return; }
    let out = params[1].z + row * n;
#unroll R ${ROUNDS}
    if (begin + ${R}u * 1024u < n) {
        let before = before_quad(local + ${R}u * 256u, chunk > 0u);
        var r0 = v${R}_0;
        var r1 = v${R}_1;
        var r2 = v${R}_2;
        var r3 = v${R}_3;
        if (before.some) {
            r0 = combine(before.value, r0);
            r1 = combine(before.value, r1);
            r2 = combine(before.value, r2);
            r3 = combine(before.value, r3);
        }
        let first = begin + ${R}u * 1024u;
#if ALIGNED
        store_quad2(out + first, acc_quad(r0, r1, r2, r3));
#else
        store2(out + first, r0);
        if (first + 1u < n) { store2(out + first + 1u, r1); }
        if (first + 2u < n) { store2(out + first + 2u, r2); }
        if (first + 3u < n) { store2(out + first + 3u, r3); }
#endif
    }
#endunroll
#endif
}
