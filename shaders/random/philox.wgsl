// Philox 4x32-10: a block of 128 random bits from a counter of 128 bits and a key of 64.
//
// J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC11, 2011, section 3.3. The four
// words of the counter are here:
//
//   0, 1   position of the element in its generator's stream, low word first
//   2      attempt of a rejection loop, 0 elsewhere
//   3      part of the draw: four for each component, which a caller numbers who draws several variates for one element
//
// So an element's bits depend on its key and position alone: not on how a draw is cut into launches, not on the device.

struct Substream {
    position: vec2<u32>,
    component: u32,
    key: vec2<u32>,
    // Always 0, and no compiler knows it: see varying_f64.
    zero: u32,
}

// Attempts of a rejection loop at most. The loops accept a third of the time or more, so that reaching it has a probability below
// 10^-180; what it does is end loops whose parameters are no numbers.
const RANDOM_ATTEMPTS = 1024u;

fn philox4x32(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
    var c = counter;
    var k = key;
    for (var round = 0u; round < 10u; round += 1u) {
        let a = philox_product(0xd2511f53u, c.x);
        let b = philox_product(0xcd9e8d57u, c.z);
        c = vec4<u32>(b.y ^ c.y ^ k.x, b.x, a.y ^ c.w ^ k.y, a.x);
        k += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
    }
    return c;
}

fn substream(index: I64, key: U64, start: U64, component: u32) -> Substream {
    let position = add_u64(start, cast_i64_u64(index));
    let key_words = vec2<u32>(lo_u64(key), hi_u64(key));
    return Substream(vec2<u32>(lo_u64(position), hi_u64(position)), component, key_words, hi_i64(index) >> 31u);
}

// A parameter that looks different in every invocation. Mesa's software driver follows each condition down to its operands to see
// whether it depends on the launch's parameters alone (nir_inline_uniforms.c), and visits what is used twice twice: a logarithm of such a
// parameter took it hours.
fn varying_f64(a: F64, s: Substream) -> F64 { return f64_of_words(words_of_f64(a) ^ vec2<u32>(s.zero, s.zero)); }
fn varying_f32(a: f32, s: Substream) -> f32 { return bitcast<f32>(bitcast<u32>(a) ^ s.zero); }
fn varying_i64(a: I64, s: Substream) -> I64 { return bit_xor_i64(a, make_i64(s.zero, s.zero)); }

fn random_block(s: Substream, attempt: u32, part: u32) -> vec4<u32> {
    return philox4x32(vec4<u32>(s.position, attempt, s.component + part), s.key);
}

// One half of a block.
fn random_bits_u64(index: I64, key: U64, start: U64, component: u32, attempt: u32, half: u32) -> U64 {
    let block = random_block(substream(index, key, start, component), attempt, 0u);
    let words = select(block.xy, block.zw, half != 0u);
    return make_u64(words.x, words.y);
}
