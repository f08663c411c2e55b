// Significands of binary64 in integer words: shifts, sums, products, roots, rounding and packing.
//
// All exact float64 code stands on these, whether the device has float64 (then bits_lo_f64 and bits_hi_f64 give the
// words) or not. Words are u32, lowest first. WGSL has neither a high half of a product nor shifts by 32 or more, so
// both are built here, in straight-line code: lanes of a GPU meet all cases at once.
//
// A normalised significand is a vec2<u32> with its leading one at bit 63; its value is significand / 2^63 *
// 2^(exponent - 1023), and bit 0 is sticky (set when anything nonzero lies below). A 53-bit significand is the one
// stored: leading one at bit 52, missing for subnormal numbers.

const F64_SIGN = 0x80000000u;
const F64_INFINITY = 0x7ff00000u;
const F64_IMPLICIT = 0x00100000u;

// --- words of a float64 -----------------------------------------------------------------------------------

fn words_of_f64(a: F64) -> vec2<u32> {
    return vec2<u32>(bits_lo_f64(a), bits_hi_f64(a));
}

fn f64_of_words(a: vec2<u32>) -> F64 {
    return make_f64(a.x, a.y);
}

// --- significands on two words -----------------------------------------------------------------------------

fn sig64_add(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
}

fn sig64_sub(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return vec2<u32>(a.x - b.x, a.y - b.y - select(0u, 1u, a.x < b.x));
}

fn sig64_lt(a: vec2<u32>, b: vec2<u32>) -> bool {
    return a.y < b.y || (a.y == b.y && a.x < b.x);
}

// 64 for zero.
fn sig64_clz(a: vec2<u32>) -> u32 {
    return select(countLeadingZeros(a.y), 32u + countLeadingZeros(a.x), a.y == 0u);
}

// a << n for n in 0..=63. WGSL shifts must stay below 32.
fn sig64_shl(a: vec2<u32>, n: u32) -> vec2<u32> {
    let m = n & 31u;
    let low = a.x << m;
    let high = (a.y << m) | ((a.x >> 1u) >> (31u - m));
    return select(vec2<u32>(low, high), vec2<u32>(0u, low), n >= 32u);
}

// a >> n for n in 0..=63.
fn sig64_shr(a: vec2<u32>, n: u32) -> vec2<u32> {
    let m = n & 31u;
    let high = a.y >> m;
    let low = (a.x >> m) | ((a.y << 1u) << (31u - m));
    return select(vec2<u32>(low, high), vec2<u32>(high, 0u), n >= 32u);
}

// a >> n for n in 0..=63, with bit 0 set when a one is shifted out.
fn sig64_shr_sticky(a: vec2<u32>, n: u32) -> vec2<u32> {
    let m = n & 31u;
    let large = n >= 32u;
    let high = a.y >> m;
    let low = (a.x >> m) | ((a.y << 1u) << (31u - m));
    let mask = (1u << m) - 1u;
    let lost = select(a.x & mask, a.x | (a.y & mask), large);
    let sticky = select(0u, 1u, lost != 0u);
    return vec2<u32>(select(low, high, large) | sticky, select(high, 0u, large));
}

// a * b exactly, from 16-bit halves: WGSL has no high half of a product.
fn mul32_wide(a: u32, b: u32) -> vec2<u32> {
    let a0 = a & 0xffffu;
    let a1 = a >> 16u;
    let b0 = b & 0xffffu;
    let b1 = b >> 16u;
    let low = a0 * b0;
    // At most (2^16 - 1)^2 + 2 * (2^16 - 1) = 2^32 - 1 each time.
    let middle = a1 * b0 + (low >> 16u);
    let cross = a0 * b1 + (middle & 0xffffu);
    return vec2<u32>((low & 0xffffu) | (cross << 16u), a1 * b1 + (middle >> 16u) + (cross >> 16u));
}

// High word of a * b.
fn mul32_high(a: u32, b: u32) -> u32 {
    return mul32_wide(a, b).y;
}

// The 53-bit significand of a finite number, leading one at bit 52 unless subnormal or zero.
fn sig53_of_words(a: vec2<u32>) -> vec2<u32> {
    let high = a.y & 0x7fffffffu;
    return vec2<u32>(a.x, (high & 0x000fffffu) | select(F64_IMPLICIT, 0u, high < F64_IMPLICIT));
}

// Exponent field, 1 for subnormal numbers and zero, whose significands lack the leading one.
fn exponent53_of_words(a: vec2<u32>) -> i32 {
    return max(i32((a.y >> 20u) & 0x7ffu), 1i);
}

// A number's significand with the leading one at bit 63, if it is not subnormal.
fn sig64_of_words(a: vec2<u32>) -> vec2<u32> {
    return vec2<u32>(a.x << 11u, 0x80000000u | ((a.y & 0x000fffffu) << 11u) | (a.x >> 21u));
}

// Integer part (z) and fraction in units of 2^-64 (x, y), cut, of significand / 2^63 * 2^exponent, exponent < 32.
fn fixed96_of_sig64(significand: vec2<u32>, exponent: i32) -> vec3<u32> {
    let left = u32(clamp(exponent + 1i, 0i, 31i));
    let integer = select(significand.y >> (32u - max(left, 1u)), 0u, left == 0u);
    let right = u32(clamp(-1i - exponent, 0i, 64i));
    let fraction = select(sig64_shr(sig64_shl(significand, left), right & 63u), vec2<u32>(0u, 0u), right == 64u);
    return vec3<u32>(fraction, integer);
}

// --- packing -----------------------------------------------------------------------------------------------

// Rounds and packs; exponent >= 1, and 1 if the leading one is missing. Overflow gives infinity.
fn round_normal_words(sign: u32, exponent: u32, significand: vec2<u32>) -> vec2<u32> {
    let kept_low = (significand.y << 21u) | (significand.x >> 11u);
    // One when the 11 bits below are more than half, or half with an odd last bit.
    let up = ((significand.x & 0x7ffu) + 0x3ffu + (kept_low & 1u)) >> 11u;
    let low = kept_low + up;
    // The leading one, and a carry out of the fraction, each add one to the exponent field.
    let high = (significand.y >> 11u) + ((exponent - 1u) << 20u) + select(0u, 1u, low < up);
    let overflow = high >= F64_INFINITY;
    return vec2<u32>(select(low, 0u, overflow), sign | select(high, F64_INFINITY, overflow));
}

// Rounds and packs for any exponent from -2^30 to 4095; leading one at bit 63 unless exponent is 1.
fn round_pack_words(sign: u32, exponent: i32, significand: vec2<u32>) -> vec2<u32> {
    var shifted = significand;
    if (exponent < 1i) {
        shifted = sig64_shr_sticky(significand, u32(min(1i - exponent, 63i)));
    }
    return round_normal_words(sign, u32(max(exponent, 1i)), shifted);
}

// --- products ----------------------------------------------------------------------------------------------

// A product in 14-bit limbs: column i is worth 2^(14i). The carries above a column's 14 bits have been added to the
// next column already, and are to be masked off. Sixteen multiply-adds, and no sum leaves 32 bits.
struct Sig53Product {
    c0: u32, c1: u32, c2: u32, c3: u32, c4: u32, c5: u32, c6: u32,
}

// (8a)(8b) for a, b < 2^53, 112 bits.
fn sig53_mul(a: vec2<u32>, b: vec2<u32>) -> Sig53Product {
    let a0 = (a.x << 3u) & 0x3fffu;
    let a1 = (a.x >> 11u) & 0x3fffu;
    let a2 = ((a.x >> 25u) | (a.y << 7u)) & 0x3fffu;
    let a3 = a.y >> 7u;
    let b0 = (b.x << 3u) & 0x3fffu;
    let b1 = (b.x >> 11u) & 0x3fffu;
    let b2 = ((b.x >> 25u) | (b.y << 7u)) & 0x3fffu;
    let b3 = b.y >> 7u;
    let c0 = a0 * b0;
    let c1 = a0 * b1 + a1 * b0 + (c0 >> 14u);
    let c2 = a0 * b2 + a1 * b1 + a2 * b0 + (c1 >> 14u);
    let c3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + (c2 >> 14u);
    let c4 = a1 * b3 + a2 * b2 + a3 * b1 + (c3 >> 14u);
    let c5 = a2 * b3 + a3 * b2 + (c4 >> 14u);
    let c6 = a3 * b3 + (c5 >> 14u);
    return Sig53Product(c0, c1, c2, c3, c4, c5, c6);
}

// --- 128 bits ----------------------------------------------------------------------------------------------

// The words of a product of significands, lowest first.
fn sig53_product_words(p: Sig53Product) -> vec4<u32> {
    return vec4<u32>((p.c0 & 0x3fffu) | ((p.c1 & 0x3fffu) << 14u) | (p.c2 << 28u),
        ((p.c2 >> 4u) & 0x3ffu) | ((p.c3 & 0x3fffu) << 10u) | (p.c4 << 24u),
        ((p.c4 >> 8u) & 0x3fu) | ((p.c5 & 0x3fffu) << 6u) | (p.c6 << 20u),
        p.c6 >> 12u);
}

fn sig128_add(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
    let low = sig64_add(a.xy, b.xy);
    let carry = select(0u, 1u, sig64_lt(low, a.xy));
    return vec4<u32>(low, sig64_add(sig64_add(a.zw, b.zw), vec2<u32>(carry, 0u)));
}

fn sig128_sub(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
    let borrow = select(0u, 1u, sig64_lt(a.xy, b.xy));
    return vec4<u32>(sig64_sub(a.xy, b.xy), sig64_sub(sig64_sub(a.zw, b.zw), vec2<u32>(borrow, 0u)));
}

fn sig128_lt(a: vec4<u32>, b: vec4<u32>) -> bool {
    return sig64_lt(a.zw, b.zw) || (a.z == b.z && a.w == b.w && sig64_lt(a.xy, b.xy));
}

fn sig128_clz(a: vec4<u32>) -> u32 {
    return select(sig64_clz(a.zw), 64u + sig64_clz(a.xy), (a.z | a.w) == 0u);
}

// a << n for n in 0..=127.
fn sig128_shl(a: vec4<u32>, n: u32) -> vec4<u32> {
    var v = select(a, vec4<u32>(0u, 0u, a.x, a.y), (n & 64u) != 0u);
    v = select(v, vec4<u32>(0u, v.x, v.y, v.z), (n & 32u) != 0u);
    let m = vec4<u32>(n & 31u);
    return (v << m) | ((vec4<u32>(0u, v.x, v.y, v.z) >> vec4<u32>(1u)) >> (vec4<u32>(31u) - m));
}

// a >> n for n in 0..=127, with bit 0 set when a one is shifted out.
fn sig128_shr_sticky(a: vec4<u32>, n: u32) -> vec4<u32> {
    var lost = select(0u, a.x | a.y, (n & 64u) != 0u);
    var v = select(a, vec4<u32>(a.z, a.w, 0u, 0u), (n & 64u) != 0u);
    lost |= select(0u, v.x, (n & 32u) != 0u);
    v = select(v, vec4<u32>(v.y, v.z, v.w, 0u), (n & 32u) != 0u);
    let m = vec4<u32>(n & 31u);
    lost |= v.x & ((1u << m.x) - 1u);
    v = (v >> m) | ((vec4<u32>(v.y, v.z, v.w, 0u) << vec4<u32>(1u)) << (vec4<u32>(31u) - m));
    return v | vec4<u32>(select(0u, 1u, lost != 0u), 0u, 0u, 0u);
}

// The top 64 bits of a * b, less than 3 too small: with a and b fractions of 2^64, their product.
fn fixed64_mul(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let cross = sig64_add(vec2<u32>(mul32_high(a.y, b.x), 0u), vec2<u32>(mul32_high(a.x, b.y), 0u));
    return sig64_add(mul32_wide(a.y, b.y), cross);
}

// --- quotients ---------------------------------------------------------------------------------------------

// Not more than 2^63 / (top + 1), and less than 14 * 2^32 / top below 2^63 / top; top >= 2^31. Sixteen bits from
// an integer division, then a Newton step: 1/d = s / (1 - e) with e = 1 - d s, cut to s (1 + e).
fn sig32_reciprocal(top: u32) -> u32 {
    let seed = 0xffffffffu / ((top >> 16u) + 1u);
    let error = 0u - (top >> 2u) * seed;
    return (seed << 15u) + (((seed >> 1u) * (error >> 16u)) >> 14u) - 8u;
}

// Quotient (x) and remainder (y = low, z = high) of remainder * 2^count / divisor, for remainder < divisor,
// 2^61 <= divisor < 2^62 and count <= 27; reciprocal is sig32_reciprocal of the divisor's top 32 bits.
fn sig62_quotient(remainder: vec2<u32>, count: u32, divisor: vec2<u32>, reciprocal: u32) -> vec3<u32> {
    // In units of 2^-31 the estimate is less than 16 too small: 14 from the reciprocal, one each from cutting
    // the remainder and the product. So the digit is right or one too small.
    let top = (remainder.y << 2u) | (remainder.x >> 30u);
    let estimate = mul32_high(top, reciprocal) >> (31u - count);
    let product = mul32_wide(estimate, divisor.x);
    let left = sig64_sub(sig64_shl(remainder, count),
        vec2<u32>(product.x, product.y + estimate * divisor.y));
    let less = sig64_sub(left, divisor);
    let fits = (less.y >> 31u) == 0u;
    return vec3<u32>(estimate + select(0u, 1u, fits), select(left, less, fits));
}

// a / b in units of 2^-62, cut, for a < b and 2^61 <= b < 2^62.
fn sig62_div(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let reciprocal = sig32_reciprocal((b.y << 2u) | (b.x >> 30u));
    let first = sig62_quotient(a, 27u, b, reciprocal);
    let second = sig62_quotient(first.yz, 27u, b, reciprocal);
    let third = sig62_quotient(second.yz, 8u, b, reciprocal);
    return vec2<u32>((second.x << 8u) | third.x, (first.x << 3u) | (second.x >> 24u));
}

// --- square roots ------------------------------------------------------------------------------------------

// Not more than 2^31 / sqrt(x) with x = (top + 1) / 2^30 in [1, 4), and less than 4.3 below 2^31 / sqrt(top / 2^30).
// A cubic fitted for relative error (0.7 %), a Newton step in 16 bits, and one of third order:
// 1/sqrt(x) = y / sqrt(1 - s) with s = 1 - x y^2, cut to y (1 + s/2 + 3 s^2/8).
fn sig32_root_reciprocal(top: u32) -> u32 {
    let x = bitcast<i32>(top >> 16u);
    var y = 6379i + ((-624i * x) >> 14u);
    y = -24211i + ((y * x) >> 14u);
    y = 50993i + ((y * x) >> 14u);
    let s16 = 0x20000000i - ((y * y) >> 15u) * x;
    y = min(((y << 15u) + ((y * (s16 >> 9u)) >> 6u)) >> 15u, 32767i);
    let square = bitcast<u32>(y * y) << 2u;
    let s = 0x40000000i - bitcast<i32>(mul32_high(top, square));
    let s_top = s >> 10u;
    let linear = (y * (s >> 3u) + ((y * (s & 7i)) >> 3u)) >> 12u;
    let quadratic = (bitcast<u32>(y) * bitcast<u32>((s_top * s_top * 3i) >> 3u)) >> 24u;
    return bitcast<u32>((y << 16u) + linear) + quadratic - 2u;
}

// floor(sqrt(n)) << 10, with bit 0 set if n is no square; n = high * 2^54 + low, 2^52 <= high < 2^54, low < 2^54.
fn sqrt108(high: vec2<u32>, low: vec2<u32>) -> vec2<u32> {
    let top = (high.y << 10u) | (high.x >> 22u);
    let reciprocal = sig32_root_reciprocal(top);
    // First digit: root of the high part, right or one too small. The remainder needs its low word only.
    var first = mul32_high(top, reciprocal) >> 3u;
    var rest = high.x - first * first;
    let more = rest > 2u * first;
    rest -= select(0u, 2u * first + 1u, more);
    first += select(0u, 1u, more);
    // Second digit: rest / (2 first) with 1 / sqrt(high) for 1 / first, which never gives too much: Newton's step from
    // the reciprocal root stays below the root. At most two too small.
    let next = (low.y << 5u) | (low.x >> 27u);
    let second = mul32_high((rest << 4u) | (next >> 23u), reciprocal) >> 3u;
    let step = (rest << 27u) + next - 2u * first * second;
    let left = vec2<u32>((step << 27u) | (low.x & 0x07ffffffu), step >> 5u);
    var remainder = sig64_sub(left, mul32_wide(second, second));
    var root = sig64_add(vec2<u32>(first << 27u, first >> 5u), vec2<u32>(second, 0u));
    for (var i = 0u; i < 2u; i++) {
        // (root + 1)^2 = root^2 + 2 root + 1
        let less = sig64_sub(remainder, vec2<u32>((root.x << 1u) | 1u, (root.y << 1u) | (root.x >> 31u)));
        let fits = (less.y >> 31u) == 0u;
        remainder = select(remainder, less, fits);
        root = sig64_add(root, vec2<u32>(select(0u, 1u, fits), 0u));
    }
    let sticky = select(0u, 1u, (remainder.x | remainder.y) != 0u);
    return vec2<u32>((root.x << 10u) | sticky, (root.y << 10u) | (root.x >> 22u));
}
