// One pass of a discrete Fourier transform along one axis: transforms of L points, L a factor of the length N, in workgroup memory.
//
// Stockham's autosort algorithm on two levels (Van Loan, "Computational Frameworks for the Fast Fourier Transform", 1992,
// sections 1.7 and 3.2; the step from one pass to the next as in Govindaraju, Lloyd, Dotsenko, Smith and Manferdelli, "High
// performance discrete Fourier transforms on graphics processors", 2008). A row of N points is J = N / L columns: column j is the points
// j, j + J, .. A workgroup loads a tile of `width` columns, multiplies point p of column j by the root of unity
// exp(-2 pi i (j mod S) p / (S L)), S the product of the passes before, transforms each column in stages of one radix each, and stores
// point p at (j - j mod S) L + j mod S + p S. After the pass with S L = N the spectrum is in order; no pass transposes.
//
// The sign of the exponent is always minus: an inverse transform exchanges real and imaginary parts on its way in and out.
//
// COMPACT leaves out the butterflies of radices above 2, which the definition then stands in for: where float64 is emulated, each sum and
// product is a hundred lines of code, and all that text would take seconds to compile.
//
// Dispatched by: anygpu's fft.rs. The generator declares: Complex, Real, make, real, imag, add, sub, mul, scaled (by a Real), the
// constants of the butterflies, `load0` (elements), `load1` (roots of unity), `store2` (results) and, with WEIGHTS, `load3`.
// Parameter words (see `fft.rs` in anygpu-kernels): 1 columns of all rows, 2 L, 3 log2 of width; 4 stages, 5 S, 6 flags, 7 J;
// 8 rows that lie side by side, 9 to 12 first element and strides of points, rows side by side, further rows of the input,
// 13 points given; 14 to 17 the same of the output, 18 points wanted; 19 points that the input hook counts from the end;
// 20 first root of order L, 21 first fine root, 22 first coarse root, 23 log2 of the fine roots; 24 to 25 scale; 26 and 27 first weight of
// the input and of the output; 28 and 29 log2 of the invocations along points in loads and stores; 30 fine roots a step of the pass,
// 31 fine roots a step of the input hook; 32 on: radices.

const TILE = ${TILE}u;
const WORKGROUP = ${WORKGROUP}u;
const WORKGROUP_BITS = ${WORKGROUP_BITS}u;

const SWAP_INPUT = 1u;
const SWAP_OUTPUT = 2u;
const SWAP_WEIGHTED = 4u;
const SCALE = 8u;
const LOAD_ALONG_POINTS = 16u;
const STORE_ALONG_POINTS = 32u;
const WEIGH_INPUT = 64u;
const WEIGH_OUTPUT = 128u;

// Two tiles, point by point, the columns of a point side by side: a stage reads one and writes the other.
var<workgroup> tile: array<Complex, ${TILES}>;

fn has(flag: u32) -> bool { return (params[1].z & flag) != 0u; }
fn conjugate(a: Complex) -> Complex { return make(real(a), negative(imag(a))); }
fn swapped(a: Complex) -> Complex { return make(imag(a), real(a)); }
fn times_minus_i(a: Complex) -> Complex { return make(imag(a), negative(real(a))); }

// exp(-2 pi i k / L).
fn root(k: u32) -> Complex { return load1(params[5].x + k); }

// exp(-2 pi i e / M), M the number of points that the fine roots divide the circle into: a coarse root by a fine one, or,
// where the fine ones are all, that one.
fn fine_root(e: u32) -> Complex {
    let bits = params[5].w;
    let fine = load1(params[5].y + (e & ((1u << bits) - 1u)));
    if (params[5].z == 0u) { return fine; }
    return mul(load1(params[5].z + (e >> bits)), fine);
}

// A column of the pass, by its number among those of all rows.
struct Column {
    // Which of its row.
    j: u32,
    // First elements of its row.
    input: u32,
    output: u32,
}

fn locate(number: u32) -> Column {
    let beside = params[2].x;
    let across = params[1].w;
    let rest = number / beside;
    let lane = number - rest * beside;
    let row = rest / across;
    return Column(rest - row * across, params[2].y + lane * params[2].w + row * params[3].x, params[3].z + lane * params[4].x + row * params[4].y);
}

// Point k of the row whose first element is `row`.
fn fetch(row: u32, k: u32) -> Complex {
    let stride = params[2].z;
    let given = params[3].y;
#if INPUT == complex
    let v = load0(row + min(k, given - 1u) * stride);
    return select(Complex(), v, k < given);
#elif INPUT == real
    let v = load0(row + min(k, given - 1u) * stride);
    return make(select(Real(), v, k < given), Real());
#elif INPUT == half
    // The first half of a spectrum whose other half is its conjugate. What has no partner is real.
    let n = params[4].w;
    if (k >= n) { return Complex(); }
    let mirrored = 2u * k > n;
    let at = select(k, n - k, mirrored);
    if (at >= given) { return Complex(); }
    let v = load0(row + at * stride);
    if (at == 0u || 2u * at == n) { return make(real(v), Real()); }
    if (mirrored) { return conjugate(v); }
    return v;
#elif INPUT == pairs
    // Two real points as one complex one.
    var re = Real();
    var im = Real();
    if (2u * k < given) { re = load0(row + 2u * k * stride); }
    if (2u * k + 1u < given) { im = load0(row + (2u * k + 1u) * stride); }
    return make(re, im);
#elif INPUT == spectrum_of_pairs
    // From the transform Z of h pairs the spectrum of the 2 h points:
    // (Z[k] + conj Z[h - k]) / 2 - i w^k (Z[k] - conj Z[h - k]) / 2, w = exp(-2 pi i / (2 h)).
    let h = params[4].w;
    let z = load0(row + select(k, 0u, k == h) * stride);
    let y = conjugate(load0(row + select(h - k, 0u, k == 0u) * stride));
    let turned = times_minus_i(mul(fine_root(k * params[7].w), sub(z, y)));
    return scaled(add(add(z, y), turned), half_constant());
#else
    // The other way: from the h + 1 points of a half spectrum X what transforms to pairs of points, with its parts exchanged:
    // (X[k] + conj X[h - k]) + i w^-k (X[k] - conj X[h - k]).
    let h = params[4].w;
    var x = Complex();
    var y = Complex();
    if (k < given) { x = load0(row + k * stride); }
    if (h - k < given) { y = conjugate(load0(row + (h - k) * stride)); }
    if (k == 0u) {
        x = make(real(x), Real());
        y = make(real(y), Real());
    }
    return add(swapped(add(x, y)), mul(fine_root(k * params[7].w), conjugate(sub(x, y))));
#endif
}

// Stores point k of a row.
fn put(row: u32, k: u32, value: Complex) {
    let stride = params[3].w;
    let wanted = params[4].z;
#if OUTPUT == complex
    if (k < wanted) { store2(row + k * stride, value); }
#elif OUTPUT == real
    if (k < wanted) { store2(row + k * stride, real(value)); }
#else
    if (2u * k < wanted) { store2(row + 2u * k * stride, real(value)); }
    if (2u * k + 1u < wanted) { store2(row + (2u * k + 1u) * stride, imag(value)); }
#endif
}

// Where element i of the tiles lies: rows of as many elements as there are banks are permuted, each otherwise, so that elements a
// power of two apart do not share a bank.
fn spot(i: u32) -> u32 { return i ^ ((i >> ${ROW_BITS}u) & ((1u << ${ROW_BITS}u) - 1u)); }
fn taken(i: u32) -> Complex { return tile[spot(i)]; }
fn place(i: u32, value: Complex) { tile[spot(i)] = value; }

// The point of a column, and the column of a tile, that an invocation begins with, where 2^lanes invocations are side by side along
// points, and either the points or the columns come first.
fn first_of(local: u32, lanes: u32, along_points: bool) -> vec2<u32> {
    let others = WORKGROUP_BITS - lanes;
    let points_first = vec2<u32>(local & ((1u << lanes) - 1u), local >> lanes);
    let columns_first = vec2<u32>(local >> others, local & ((1u << others) - 1u));
    return select(columns_first, points_first, along_points);
}

// Puts point k of the row, number p of its column, into the tile.
fn load_point(value: Complex, k: u32, p: u32, t: u32, step: u32) {
    var v = value;
    if (has(SWAP_INPUT)) { v = swapped(v); }
#if WEIGHTS
    if (has(WEIGH_INPUT) && k < params[4].w) { v = mul(v, load3(params[6].z + k)); }
#endif
    if (params[1].y > 1u) { v = mul(v, fine_root(step * p)); }
    place((p << params[0].w) + t, v);
}

fn load_tile(local: u32, first: u32) {
    let columns = params[0].y;
    let length = params[0].z;
    let shift = params[0].w;
    let across = params[1].w;
    let lanes = params[7].x;
    let begin = first_of(local, lanes, has(LOAD_ALONG_POINTS));
    for (var t = begin.y; t < (1u << shift); t += WORKGROUP >> lanes) {
        let column = locate(min(first + t, columns - 1u));
        let step = (column.j % params[1].y) * params[7].z;
#if READ_AHEAD
        // Four reads on their way at a time. Those past the end repeat the last point.
        for (var p = begin.x; p < length; p += 4u << lanes) {
#unroll Q 4
            let p${Q} = p + (${Q}u << lanes);
            let k${Q} = column.j + min(p${Q}, length - 1u) * across;
            let v${Q} = fetch(column.input, k${Q});
#endunroll
#unroll Q 4
            if (p${Q} < length) { load_point(v${Q}, k${Q}, p${Q}, t, step); }
#endunroll
        }
#else
        for (var p = begin.x; p < length; p += 1u << lanes) {
            let k = column.j + p * across;
            load_point(fetch(column.input, k), k, p, t, step);
        }
#endif
    }
}

fn store_tile(local: u32, first: u32, from_tile: u32) {
    let columns = params[0].y;
    let length = params[0].z;
    let shift = params[0].w;
    let before = params[1].y;
    let lanes = params[7].y;
    let begin = first_of(local, lanes, has(STORE_ALONG_POINTS));
    for (var t = begin.y; t < (1u << shift) && first + t < columns; t += WORKGROUP >> lanes) {
        let column = locate(first + t);
        let within = column.j % before;
        let start = (column.j - within) * length + within;
        for (var p = begin.x; p < length; p += 1u << lanes) {
            let k = start + p * before;
            var v = taken(from_tile + (p << shift) + t);
            if (has(SWAP_OUTPUT)) { v = swapped(v); }
#if WEIGHTS
            if (has(WEIGH_OUTPUT) && k < params[4].z) { v = mul(v, load3(params[6].w + k)); }
            if (has(SWAP_WEIGHTED)) { v = swapped(v); }
#endif
            if (has(SCALE)) { v = scaled(v, scale()); }
            put(column.output, k, v);
        }
    }
}

// One butterfly of a stage: where its inputs and outputs lie, and the root by which input q is multiplied q times.
struct Butterfly {
    input: u32,
    apart: u32,
    output: u32,
    spacing: u32,
    step: u32,
}

fn butterfly(b: u32, radix: u32, count: u32, done: u32, step: u32, from_tile: u32) -> Butterfly {
    let shift = params[0].w;
    let j = b >> shift;
    let k = j % done;
    let at = (((j - k) * radix + k) << shift) + (b & ((1u << shift) - 1u));
    return Butterfly(from_tile + b, count, TILE - from_tile + at, done << shift, k * step);
}

fn stage2(b: Butterfly) {
    let v0 = taken(b.input);
    let v1 = mul(taken(b.input + b.apart), root(b.step));
    place(b.output, add(v0, v1));
    place(b.output + b.spacing, sub(v0, v1));
}

#if !COMPACT
fn stage3(b: Butterfly) {
    let v0 = taken(b.input);
    let v1 = mul(taken(b.input + b.apart), root(b.step));
    let v2 = mul(taken(b.input + 2u * b.apart), root(2u * b.step));
    let sum = add(v1, v2);
    let middle = sub(v0, scaled(sum, half_constant()));
    let turned = times_minus_i(scaled(sub(v1, v2), sine_of_third()));
    place(b.output, add(v0, sum));
    place(b.output + b.spacing, add(middle, turned));
    place(b.output + 2u * b.spacing, sub(middle, turned));
}

fn fourth(v0: Complex, v1: Complex, v2: Complex, v3: Complex) -> array<Complex, 4> {
    let a0 = add(v0, v2);
    let a1 = sub(v0, v2);
    let a2 = add(v1, v3);
    let a3 = times_minus_i(sub(v1, v3));
    return array<Complex, 4>(add(a0, a2), add(a1, a3), sub(a0, a2), sub(a1, a3));
}

fn stage4(b: Butterfly) {
    let v0 = taken(b.input);
    let v1 = mul(taken(b.input + b.apart), root(b.step));
    let v2 = mul(taken(b.input + 2u * b.apart), root(2u * b.step));
    let v3 = mul(taken(b.input + 3u * b.apart), root(3u * b.step));
    let y = fourth(v0, v1, v2, v3);
    place(b.output, y[0]);
    place(b.output + b.spacing, y[1]);
    place(b.output + 2u * b.spacing, y[2]);
    place(b.output + 3u * b.spacing, y[3]);
}

fn stage5(b: Butterfly) {
    let v0 = taken(b.input);
    let v1 = mul(taken(b.input + b.apart), root(b.step));
    let v2 = mul(taken(b.input + 2u * b.apart), root(2u * b.step));
    let v3 = mul(taken(b.input + 3u * b.apart), root(3u * b.step));
    let v4 = mul(taken(b.input + 4u * b.apart), root(4u * b.step));
    let near = add(v1, v4);
    let far = add(v2, v3);
    let near_gap = sub(v1, v4);
    let far_gap = sub(v2, v3);
    let a = add(v0, add(scaled(near, cosine_of_fifth()), scaled(far, cosine_of_two_fifths())));
    let c = add(v0, add(scaled(near, cosine_of_two_fifths()), scaled(far, cosine_of_fifth())));
    let s = times_minus_i(add(scaled(near_gap, sine_of_fifth()), scaled(far_gap, sine_of_two_fifths())));
    let u = times_minus_i(sub(scaled(near_gap, sine_of_two_fifths()), scaled(far_gap, sine_of_fifth())));
    place(b.output, add(v0, add(near, far)));
    place(b.output + b.spacing, add(a, s));
    place(b.output + 2u * b.spacing, add(c, u));
    place(b.output + 3u * b.spacing, sub(c, u));
    place(b.output + 4u * b.spacing, sub(a, s));
}

fn stage8(b: Butterfly) {
#unroll Q 8
    let v${Q} = mul(taken(b.input + ${Q}u * b.apart), root(${Q}u * b.step));
#endunroll
    let even = fourth(v0, v2, v4, v6);
    let odd = fourth(v1, v3, v5, v7);
    // The odd ones by the powers of exp(-2 pi i / 8).
    let o1 = scaled(add(odd[1], times_minus_i(odd[1])), root_of_half());
    let o2 = times_minus_i(odd[2]);
    let o3 = scaled(sub(times_minus_i(odd[3]), odd[3]), root_of_half());
    place(b.output, add(even[0], odd[0]));
    place(b.output + b.spacing, add(even[1], o1));
    place(b.output + 2u * b.spacing, add(even[2], o2));
    place(b.output + 3u * b.spacing, add(even[3], o3));
    place(b.output + 4u * b.spacing, sub(even[0], odd[0]));
    place(b.output + 5u * b.spacing, sub(even[1], o1));
    place(b.output + 6u * b.spacing, sub(even[2], o2));
    place(b.output + 7u * b.spacing, sub(even[3], o3));
}
#endif

// One output of a stage of any radix, straight from the definition.
fn stage_direct(b: u32, radix: u32, count: u32, done: u32, step: u32, from_tile: u32) {
    let r = b / count;
    let butterfly = butterfly(b - r * count, radix, count, done, step, from_tile);
    let length = params[0].z;
    let turn = butterfly.step + r * done * step;
    var sum = taken(butterfly.input);
    var exponent = 0u;
    for (var q = 1u; q < radix; q += 1u) {
        exponent += turn;
        exponent -= select(0u, length, exponent >= length);
        sum = add(sum, mul(taken(butterfly.input + q * count), root(exponent)));
    }
    place(butterfly.output + r * butterfly.spacing, sum);
}

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let length = params[0].z;
    let shift = params[0].w;
    let first = (group.y * groups.x + group.x) << shift;
    load_tile(local, first);
    // The stages before have transformed runs of `done` points.
    var done = 1u;
    var from_tile = 0u;
    let stages = params[1].x;
    for (var s = 0u; s < stages; s += 1u) {
        workgroupBarrier();
        let radix = params[8u + (s >> 2u)][s & 3u];
        let count = (length / radix) << shift;
        let step = length / (radix * done);
        switch (radix) {
            case 2u: {
                for (var b = local; b < count; b += WORKGROUP) { stage2(butterfly(b, 2u, count, done, step, from_tile)); }
            }
#if !COMPACT
            case 3u: {
                for (var b = local; b < count; b += WORKGROUP) { stage3(butterfly(b, 3u, count, done, step, from_tile)); }
            }
            case 4u: {
                for (var b = local; b < count; b += WORKGROUP) { stage4(butterfly(b, 4u, count, done, step, from_tile)); }
            }
            case 5u: {
                for (var b = local; b < count; b += WORKGROUP) { stage5(butterfly(b, 5u, count, done, step, from_tile)); }
            }
            case 8u: {
                for (var b = local; b < count; b += WORKGROUP) { stage8(butterfly(b, 8u, count, done, step, from_tile)); }
            }
#endif
            default: {
                for (var b = local; b < count * radix; b += WORKGROUP) { stage_direct(b, radix, count, done, step, from_tile); }
            }
        }
        done *= radix;
        from_tile = TILE - from_tile;
    }
    workgroupBarrier();
    store_tile(local, first, from_tile);
}
