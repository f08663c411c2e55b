// float64 sin, cos and tan, in fixed point (float64_exponential.wgsl says why).
//
// Reduction by Payne and Hanek ("Radian reduction for trigonometric functions", SIGNUM Newsletter 18, 1983) for every
// |x| >= pi/4, in integers: of 2/pi only those 192 bits are multiplied that can matter to x 2/pi modulo 4. No float64
// comes nearer than 2^-62 to a multiple of pi/2 (Muller, "Elementary Functions", 2016, ch. 11), so 120 bits of
// the fraction are enough, and the reduced argument keeps 62 bits whatever its size. One polynomial serves both
// functions, with the coefficients of the one that is wanted: 1 - z (c1 - z (c2 - ...)), z = r^2, interpolated at Chebyshev
// nodes, error 2^-72.
// Errors: sin 0.51, cos 0.51, tan 0.52 ULP for every argument.

// 2/pi in units of 2^-32, ..., after 64 bits of zeros for arguments near 1. Single constants, because an array that is indexed by
// a variable is copied into every invocation's memory (a kernel then took lavapipe a minute to compile).
const F64_TWO_OVER_PI_0 = vec4<u32>(0x00000000u, 0x00000000u, 0xa2f9836eu, 0x4e441529u);
const F64_TWO_OVER_PI_1 = vec4<u32>(0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u);
const F64_TWO_OVER_PI_2 = vec4<u32>(0xfe5163abu, 0xdebbc561u, 0xb7246e3au, 0x424dd2e0u);
const F64_TWO_OVER_PI_3 = vec4<u32>(0x06492eeau, 0x09d1921cu, 0xfe1deb1cu, 0xb129a73eu);
const F64_TWO_OVER_PI_4 = vec4<u32>(0xe88235f5u, 0x2ebb4484u, 0xe99c7026u, 0xb45f7e41u);
const F64_TWO_OVER_PI_5 = vec4<u32>(0x3991d639u, 0x835339f4u, 0x9c845f8bu, 0xbdf9283bu);
const F64_TWO_OVER_PI_6 = vec4<u32>(0x1ff897ffu, 0xde05980fu, 0xef2f118bu, 0x5a0a6d1fu);
const F64_TWO_OVER_PI_7 = vec4<u32>(0x6d367ecfu, 0x27cb09b7u, 0x4f463f66u, 0x9e5fea2du);
const F64_TWO_OVER_PI_8 = vec4<u32>(0x7527bac7u, 0xebe5f17bu, 0x3d0739f7u, 0x8a5292eau);
const F64_TWO_OVER_PI_9 = vec4<u32>(0x6bfb5fb1u, 0x1f8d5d08u, 0x56033046u, 0xfc7b6babu);

// |x| = n pi/2 +- r with r <= pi/4.
struct Quadrant64 {
    // r = significand / 2^64 * 2^exponent, normalised (or 0)
    significand: vec2<u32>,
    exponent: i32,
    // n modulo 4
    count: u32,
    negative: bool,
}

// The words index .. index + 7 of 2/pi, index <= 32, highest bits first: each step drops the half that is not wanted.
struct TwoOverPiWindow {
    upper: vec4<u32>,
    lower: vec4<u32>,
}

fn two_over_pi_window(index: u32) -> TwoOverPiWindow {
    let by_16 = (index & 16u) != 0u;
    let a0 = select(F64_TWO_OVER_PI_0, F64_TWO_OVER_PI_4, by_16);
    let a1 = select(F64_TWO_OVER_PI_1, F64_TWO_OVER_PI_5, by_16);
    let a2 = select(F64_TWO_OVER_PI_2, F64_TWO_OVER_PI_6, by_16);
    let a3 = select(F64_TWO_OVER_PI_3, F64_TWO_OVER_PI_7, by_16);
    let a4 = select(F64_TWO_OVER_PI_4, F64_TWO_OVER_PI_8, by_16);
    let a5 = select(F64_TWO_OVER_PI_5, F64_TWO_OVER_PI_9, by_16);
    let by_8 = (index & 8u) != 0u;
    let b0 = select(a0, a2, by_8);
    let b1 = select(a1, a3, by_8);
    let b2 = select(a2, a4, by_8);
    let b3 = select(a3, a5, by_8);
    let by_4 = (index & 4u) != 0u;
    let by_32 = index == 32u;
    let c0 = select(select(b0, b1, by_4), F64_TWO_OVER_PI_8, by_32);
    let c1 = select(select(b1, b2, by_4), F64_TWO_OVER_PI_9, by_32);
    let c2 = select(b2, b3, by_4);
    let by_2 = (index & 2u) != 0u;
    let d0 = select(c0, vec4<u32>(c0.zw, c1.xy), by_2);
    let d1 = select(c1, vec4<u32>(c1.zw, c2.xy), by_2);
    let last = select(c2.x, c2.z, by_2);
    let by_1 = (index & 1u) != 0u;
    return TwoOverPiWindow(select(d0, vec4<u32>(d0.yzw, d1.x), by_1), select(d1, vec4<u32>(d1.yzw, last), by_1));
}

fn reduce_quadrant64(words: vec2<u32>) -> Quadrant64 {
    let exponent = i32((words.y >> 20u) & 0x7ffu) - 1023i;
    // pi/4 is 0x3fe921fb54442d18 and a little more.
    let magnitude = vec2<u32>(words.x, words.y & 0x7fffffffu);
    if (sig64_lt(magnitude, vec2<u32>(0x54442d19u, 0x3fe921fbu))) {
        let lead = sig64_clz(sig53_of_words(words));
        return Quadrant64(sig64_shl(sig53_of_words(words), lead & 63u),
            exponent53_of_words(words) - 1011i - i32(lead), 0u, false);
    }

    // x = significand * 2^(exponent - 52). Bits of 2/pi up to number exponent - 54 give multiples of 4, so the
    // window starts behind them; its last bit then gives units of 2^-190.
    let significand = sig53_of_words(words);
    let offset = u32(clamp(exponent + 10i, 0i, 1033i));
    let window = two_over_pi_window(offset >> 5u);
    // The window's words from bit offset & 31 on.
    let left = vec4<u32>(offset & 31u);
    let right = vec4<u32>(31u) - left;
    let one = vec4<u32>(1u);
    let high_words = (window.upper << left) | ((vec4<u32>(window.upper.yzw, window.lower.x) >> one) >> right);
    let low_words = (window.lower << left) | ((vec4<u32>(window.lower.yzw, 0u) >> one) >> right);
    let w5 = high_words.x;
    let w4 = high_words.y;
    let w3 = high_words.z;
    let w2 = high_words.w;
    let w1 = low_words.x;
    let w0 = low_words.y;
    // significand * window modulo 2^192, without the lowest word: a sum of 2^-158 is lost.
    let p1 = sig64_add(mul32_wide(significand.x, w1), vec2<u32>(mul32_high(significand.x, w0), 0u));
    let p3 = mul32_wide(significand.x, w3);
    let low = vec4<u32>(p1, p3);
    let q0 = mul32_wide(significand.y, w0);
    let q2 = mul32_wide(significand.y, w2);
    let p2 = mul32_wide(significand.x, w2);
    let p4 = mul32_wide(significand.x, w4);
    // words 1..4, with the carry into word 5
    var sum = sig128_add(low, vec4<u32>(q0, q2));
    var top = select(0u, 1u, sig128_lt(sum, low));
    let second = vec4<u32>(0u, p2, p4.x);
    sum = sig128_add(sum, second);
    top += select(0u, 1u, sig128_lt(sum, second));
    let q1 = mul32_wide(significand.y, w1);
    let q3 = mul32_wide(significand.y, w3);
    let third = vec4<u32>(0u, q1, q3.x);
    sum = sig128_add(sum, third);
    top += select(0u, 1u, sig128_lt(sum, third));
    top += p4.y + q3.y + significand.x * w5 + significand.y * w4;

    // Two integer bits, then the fraction; the nearer multiple of pi/2 is wanted.
    let fraction = vec4<u32>((sum.y << 2u) | (sum.x >> 30u), (sum.z << 2u) | (sum.y >> 30u),
        (sum.w << 2u) | (sum.z >> 30u), (top << 2u) | (sum.w >> 30u));
    let negative = (fraction.w >> 31u) != 0u;
    let nearest = select(fraction, ~fraction, negative);
    let lead = sig128_clz(nearest);
    let turned = fixed64_mul(sig128_shl(nearest, lead & 127u).zw, vec2<u32>(0x2168c235u, 0xc90fdaa2u));
    let turned_lead = countLeadingZeros(turned.y);
    return Quadrant64(sig64_shl(turned, turned_lead), 1i - i32(lead) - i32(turned_lead),
        (top >> 30u) + select(0u, 1u, negative), negative);
}

// sin(r) or cos(r) of r = significand / 2^64 * 2^exponent.
fn wave_fixed64(r: vec2<u32>, exponent: i32, cosine: bool) -> Scaled64 {
    let z = sig64_shr(fixed64_mul(r, r), u32(clamp(-2i * exponent, 0i, 63i)));
    var tail = select(0x000d73e3u, 0x00c9c9eau, cosine) - mul32_high(z.y, select(0x00000c92u, 0x0000d585u, cosine));
    tail = select(0x0b0922feu, 0x8f76c699u, cosine) - mul32_high(z.y, tail);
    var p = vec2<u32>(tail << 4u, tail >> 28u);
    p = sig64_sub(select(vec2<u32>(0x99159f9du, 0x0000006bu), vec2<u32>(0x93edd9fbu, 0x0000049fu), cosine), fixed64_mul(z, p));
    p = sig64_sub(select(vec2<u32>(0xc74aad86u, 0x00002e3bu), vec2<u32>(0x01a0195au, 0x0001a01au), cosine), fixed64_mul(z, p));
    p = sig64_sub(select(vec2<u32>(0x0d00d00cu, 0x000d00d0u), vec2<u32>(0x5b05b04eu, 0x005b05b0u), cosine), fixed64_mul(z, p));
    p = sig64_sub(select(vec2<u32>(0x22222222u, 0x02222222u), vec2<u32>(0xaaaaaaaau, 0x0aaaaaaau), cosine), fixed64_mul(z, p));
    p = sig64_sub(select(vec2<u32>(0xaaaaaaabu, 0x2aaaaaaau), vec2<u32>(0x00000000u, 0x80000000u), cosine), fixed64_mul(z, p));
    // In units of 2^-63, since 1 itself occurs.
    p = sig64_sub(vec2<u32>(0u, 0x80000000u), sig64_shr(fixed64_mul(z, p), 1u));
    if (cosine) {
        return normal_scaled64(p, 1i, false);
    }
    return normal_scaled64(fixed64_mul(r, p), exponent + 1i, false);
}

// The sine of the reduced number after `turn` (0 or 1) more quarter turns. A zero has the sign that IEEE 754-2019, 9.2.1 gives
// the functions of half turns: x's for the sine, + for the cosine.
fn turned_wave64(words: vec2<u32>, r: Quadrant64, turn: u32) -> Scaled64 {
    let count = r.count + turn;
    let cosine = (count & 1u) != 0u;
    let wave = wave_fixed64(r.significand, r.exponent, cosine);
    // sin is odd and cos even in x and in r.
    let sign = select(words.y >> 31u, 0u, turn == 1u);
    let flips = ((count >> 1u) & 1u) ^ select(0u, 1u, r.negative && !cosine);
    let zero = (wave.significand.x | wave.significand.y) == 0u;
    return Scaled64(wave.significand, wave.exponent, (sign ^ select(flips, 0u, zero)) != 0u);
}

// NaN for infinities.
fn turned_wave_f64(words: vec2<u32>, r: Quadrant64, turn: u32) -> F64 {
    let result = words_of_scaled64(turned_wave64(words, r, turn));
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), (words.y & 0x7fffffffu) >= F64_INFINITY));
}

fn sin_fixed_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    return turned_wave_f64(words, reduce_quadrant64(words), 0u);
}

fn cos_fixed_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    return turned_wave_f64(words, reduce_quadrant64(words), 1u);
}

// sin(r) / cos(r), or -cos(r) / sin(r) in the odd quadrants.
fn tan_fixed_f64(a: F64) -> F64 {
    let words = words_of_f64(a);
    let magnitude = words.y & 0x7fffffffu;
    let r = reduce_quadrant64(words);
    let odd = (r.count & 1u) != 0u;
    let above = wave_fixed64(r.significand, r.exponent, odd);
    let below = wave_fixed64(r.significand, r.exponent, !odd);
    let quotient = div_scaled64(above, below);
    let negative = (words.y >> 31u) ^ select(0u, 1u, r.negative != odd);
    var result = words_of_scaled64(Scaled64(quotient.significand, quotient.exponent, negative != 0u));
    result = select(result, words, (magnitude | words.x) == 0u);
    return f64_of_words(select(result, vec2<u32>(0u, 0x7ff80000u), magnitude >= F64_INFINITY));
}
