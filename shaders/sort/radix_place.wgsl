// Moves each key of a row behind the keys with smaller digits and the earlier ones with its own: the last launch of a radix pass, stable.
//
// Satish, Harris and Garland, "Designing efficient sorting algorithms for manycore GPUs", 2009. b1 holds where in the row each tile's keys
// with each digit begin (radix_offsets.wgsl); what is left is to number the equal digits of a tile in order. RANKING says how:
// serial: a tile is one invocation's, which counts in b1 itself (software devices).
// subgroups: a tile is a workgroup's; a subgroup of SUBGROUP invocations finds equal digits by ballots, and counts them in its own counters
//   in workgroup memory. The keys are put in order there first, so that neighbouring invocations write to neighbouring places.
// portable: a tile is a workgroup's, which goes through it 256 keys at a time; the equal digits of those are bits of a mask in workgroup memory.
//
// The generator declares `alias Key`, `digit_of`, b0 (keys), b1 and what it is asked for of: `from_positions`, positions of the keys (POSITIONS
// without IMPLIED; IMPLIED: they are 0, 1, ...), `to_keys` (KEYS), `to_positions` (POSITIONS).
// Parameter words: 1 keys of a row, 2 keys of a tile, 3 tiles of a row, 4 tiles in all, 5 and 6 for `digit_of`, 8 to 11 the first element of keys, positions, and those
// written.

#if RANKING == serial
@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let unit = (group.y * groups.x + group.x) * 8u + local;
    if (unit >= params[1].x) { return; }
    let row = unit / params[0].w;
    let begin = (unit - row * params[0].w) * params[0].z;
    let end = min(begin + params[0].z, params[0].y);
    let first = row * params[0].y;
    let places = unit * 256u;
    for (var at = begin; at < end; at += 1u) {
        let key = b0[params[2].x + first + at];
        let d = places + digit_of(key);
        let place = b1[d];
        b1[d] = place + 1u;
#if KEYS
        to_keys[params[2].z + first + place] = key;
#endif
#if POSITIONS
#if IMPLIED
        to_positions[params[2].w + first + place] = at;
#else
        to_positions[params[2].w + first + place] = from_positions[params[2].y + first + at];
#endif
#endif
    }
}
#elif RANKING == portable
// Which of the 256 invocations have a digit, eight words for each.
var<workgroup> masks: array<atomic<u32>, 2048>;
// Where the next key with a digit goes.
var<workgroup> places: array<u32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let unit = group.y * groups.x + group.x;
    let row = unit / params[0].w;
    let begin = (unit - row * params[0].w) * ${TILE}u;
    let n = params[0].y;
    let first = row * n;
    let exists = unit < params[1].x;
    if (exists) { places[local] = b1[unit * 256u + local]; }
    for (var k = local; k < 2048u; k += 256u) { atomicStore(&masks[k], 0u); }
    workgroupBarrier();
    let word = local >> 5u;
    let bit = 1u << (local & 31u);
    for (var k = 0u; k < ${TILE}u; k += 256u) {
        let at = begin + k + local;
        let present = exists && at < n;
        var key: Key;
        var d = 0u;
        if (present) {
            key = b0[params[2].x + first + at];
            d = digit_of(key);
            atomicOr(&masks[d * 8u + word], bit);
        }
        workgroupBarrier();
        var place = 0u;
        var is_last = false;
        if (present) {
            place = places[d];
            is_last = true;
            for (var w = 0u; w < 8u; w += 1u) {
                let mask = atomicLoad(&masks[d * 8u + w]);
                if (w < word) { place += countOneBits(mask); }
                if (w == word) {
                    place += countOneBits(mask & (bit - 1u));
                    is_last = is_last && (mask & ~(bit | (bit - 1u))) == 0u;
                }
                if (w > word) { is_last = is_last && mask == 0u; }
            }
#if KEYS
            to_keys[params[2].z + first + place] = key;
#endif
#if POSITIONS
#if IMPLIED
            to_positions[params[2].w + first + place] = at;
#else
            to_positions[params[2].w + first + place] = from_positions[params[2].y + first + at];
#endif
#endif
        }
        workgroupBarrier();
        if (is_last) {
            places[d] = place + 1u;
            for (var w = 0u; w < 8u; w += 1u) { atomicStore(&masks[d * 8u + w], 0u); }
        }
        workgroupBarrier();
    }
}
#else
const SUBGROUP = ${SUBGROUP}u;
const WORKGROUP = ${WORKGROUP}u;
// Digits that an invocation looks after.
const OWN = 256u / WORKGROUP;

var<workgroup> staged: array<Key, ${TILE}>;
var<workgroup> counters: array<atomic<u32>, 2048>;
// What takes a digit's places in the tile to those in the row.
var<workgroup> shifts: array<u32, 256>;
var<workgroup> partial: array<u32, 8>;

// The invocations of the subgroup whose digit is the same.
fn peers(d: u32) -> u32 {
    var same = 0xffffffffu >> (32u - SUBGROUP);
#unroll B 8
    let bit${B} = (d >> ${B}u) & 1u;
    same &= subgroupBallot(bit${B} == 1u).x ^ (bit${B} - 1u);
#endunroll
    return same;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(subgroup_id) subgroup: u32, @builtin(subgroup_invocation_id) lane: u32) {
    let g = group.y * groups.x + group.x;
    let exists = g < params[1].x;
    let unit = min(g, params[1].x - 1u);
    let row = unit / params[0].w;
    let begin = (unit - row * params[0].w) * ${TILE}u;
    let n = params[0].y;
    let count = min(${TILE}u, n - begin);
    let source = row * n + begin;
    let row_begin = row * n;
    // How subgroups number the invocations of a workgroup is up to the device: this is our own number.
    let me = subgroup * SUBGROUP + lane;
    for (var k = me; k < 2048u; k += WORKGROUP) { atomicStore(&counters[k], 0u); }
    workgroupBarrier();

    // A subgroup's keys stand together, so that numbers in the subgroup, then the subgroups' own order, give the order of the row.
    let first = subgroup * SUBGROUP * ${ITEMS}u + lane;
    let own_counters = subgroup * 256u;
    let before = (1u << lane) - 1u;
#unroll I ${ITEMS}
    let key${I} = b0[params[2].x + source + min(first + ${I}u * SUBGROUP, count - 1u)];
#endunroll
#unroll I ${ITEMS}
    // What lies past the end of the row goes behind every key of the tile.
    let digit${I} = select(255u, digit_of(key${I}), first + ${I}u * SUBGROUP < count);
    let peers${I} = peers(digit${I});
    let leader${I} = firstTrailingBit(peers${I});
    var rank${I} = 0u;
    if (lane == leader${I}) { rank${I} = atomicAdd(&counters[own_counters + digit${I}], countOneBits(peers${I})); }
    rank${I} = subgroupShuffle(rank${I}, leader${I}) + countOneBits(peers${I} & before);
#endunroll
    workgroupBarrier();

    // Where in the tile each subgroup's keys with a digit begin.
    var own = 0u;
    for (var q = 0u; q < OWN; q += 1u) {
#unroll S 8
        own += atomicLoad(&counters[${S}u * 256u + me * OWN + q]);
#endunroll
    }
    let inclusive = subgroupInclusiveAdd(own);
    if (lane == SUBGROUP - 1u) { partial[subgroup] = inclusive; }
    workgroupBarrier();
    var start = inclusive - own;
#unroll S 8
    start += select(0u, partial[${S}], ${S}u < subgroup);
#endunroll
    for (var q = 0u; q < OWN; q += 1u) {
        let d = me * OWN + q;
        shifts[d] = b1[unit * 256u + d] - start;
#unroll S 8
        let count${S} = atomicLoad(&counters[${S}u * 256u + d]);
        atomicStore(&counters[${S}u * 256u + d], start);
        start += count${S};
#endunroll
    }
    workgroupBarrier();

#unroll I ${ITEMS}
    let place${I} = atomicLoad(&counters[own_counters + digit${I}]) + rank${I};
    staged[place${I}] = key${I};
#endunroll
    workgroupBarrier();
#unroll I ${ITEMS}
    let sorted${I} = staged[me + ${I}u * WORKGROUP];
    let goes${I} = row_begin + me + ${I}u * WORKGROUP + shifts[digit_of(sorted${I})];
#if KEYS
    if (exists && me + ${I}u * WORKGROUP < count) { to_keys[params[2].z + goes${I}] = sorted${I}; }
#endif
#endunroll
#if POSITIONS
#unroll I ${ITEMS}
#if IMPLIED
    let position${I} = begin + first + ${I}u * SUBGROUP;
#else
    let position${I} = from_positions[params[2].y + source + min(first + ${I}u * SUBGROUP, count - 1u)];
#endif
#endunroll
    workgroupBarrier();
#unroll I ${ITEMS}
    staged[place${I}] = as_key(position${I});
#endunroll
    workgroupBarrier();
#unroll I ${ITEMS}
    if (exists && me + ${I}u * WORKGROUP < count) { to_positions[params[2].w + goes${I}] = position_of(staged[me + ${I}u * WORKGROUP]); }
#endunroll
#endif
}
#endif
