//! The arithmetic self-test that runs when a device is opened.
//!
//! Drivers contract, reassociate, flush and round as they please, and differ from version to version, so nothing about
//! floats is believed: a few kernels run over a thousand known bit patterns, and the results are compared with IEEE
//! 754's, computed here. What is not exact is emulated. The verdict is kept on disk for this adapter and driver.

use anygpu_core::Result;
use anygpu_kernels::shaders::{Division, Float32Arithmetic, LibraryConfig, library};

use crate::bindings::{Access, Binding};
use crate::cache::EntryName;
use crate::device::Gpu;
use crate::failure;
use crate::pipeline::KernelSource;

/// What f32 does, through one of the two ways to write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Float32Verdict {
    /// `+ - *`, `a*b+c`, two_sum, comparisons, `abs`, negation and conversions of normal numbers.
    pub(crate) exact: bool,
    /// The same with subnormal operands or results.
    pub(crate) subnormals: bool,
    pub(crate) division: bool,
    pub(crate) sqrt: bool,
    pub(crate) fma_fused: bool,
    /// Division and square root corrected by `fma`; tried where the device's own are not exact.
    pub(crate) fused_division: bool,
}

/// What the self-test found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Verdict {
    pub(crate) f32: Float32Verdict,
    pub(crate) f32_guarded: Float32Verdict,
    /// With integer code for subnormal numbers; tried where the device flushes them.
    pub(crate) f32_flushing: Float32Verdict,
    pub(crate) f64_exact: bool,
    pub(crate) f64_division: bool,
    /// Whether f64 `fma` rounds once.
    pub(crate) f64_fma: bool,
    pub(crate) i64_exact: bool,
}

const FLOAT32: &str = include_str!("../../../shaders/selftest/float32.wgsl");
const FLOAT64: &str = include_str!("../../../shaders/selftest/float64.wgsl");
const INT64: &str = include_str!("../../../shaders/selftest/int64.wgsl");

/// Operands of a test.
const COUNT: usize = 1024;

/// Runs the tests that the device's features allow, or takes the verdict of an earlier run on the same driver.
///
/// `flushing` tries the arithmetic for devices that flush subnormal numbers even where nothing calls for it.
pub(crate) fn run(gpu: &Gpu, passthrough: bool, flushing: bool) -> Result<Verdict> {
    let info = gpu.info();
    let features = format!("{:?} {passthrough} {flushing} {}", gpu.wgpu_device().features(), gpu.compiler().describe());
    let (native, guarded) = (Float32Kernels::new(Float32Arithmetic::Native)?, Float32Kernels::new(Float32Arithmetic::Guarded)?);
    let whole = Float32Kernels::new(Float32Arithmetic::Flushing)?;
    let name = EntryName::new(
        "selftest",
        &[
            info.name.as_bytes(),
            info.backend.as_bytes(),
            info.driver.as_bytes(),
            info.driver_info.as_bytes(),
            features.as_bytes(),
            [&native.device, &native.fused, &guarded.device, &guarded.fused, &whole.device, &whole.fused, FLOAT64, INT64]
                .concat()
                .as_bytes(),
        ],
    );
    if let Some(verdict) = gpu.compiler().disk.read(&name).and_then(|bytes| Verdict::from_bytes(&bytes)) {
        return Ok(verdict);
    }
    let features = gpu.wgpu_device().features();
    let mut verdict = Verdict::default();
    if passthrough {
        verdict.f32 = native.run(gpu, "selftest f32")?;
    }
    if !verdict.f32.exact {
        verdict.f32_guarded = guarded.run(gpu, "selftest f32 guarded")?;
    }
    let kept = if verdict.f32.exact { verdict.f32.subnormals } else { verdict.f32_guarded.subnormals };
    if flushing || !kept {
        verdict.f32_flushing = whole.run(gpu, "selftest f32 flushing")?;
    }
    if passthrough && features.contains(wgpu::Features::SHADER_F64) {
        // A driver that advertises f64 and cannot compile it is no reason to refuse the device.
        (verdict.f64_exact, verdict.f64_division, verdict.f64_fma) = float64(gpu).unwrap_or_default();
    }
    if features.contains(wgpu::Features::SHADER_INT64) {
        verdict.i64_exact = int64(gpu).unwrap_or_default();
    }
    gpu.compiler().disk.write(&name, &verdict.to_bytes());
    Ok(verdict)
}

impl Verdict {
    fn flags(&mut self) -> [&mut bool; 22] {
        let Self { f32: a, f32_guarded: b, f32_flushing: c, f64_exact, f64_division, f64_fma, i64_exact } = self;
        [
            &mut a.exact,
            &mut a.subnormals,
            &mut a.division,
            &mut a.sqrt,
            &mut a.fma_fused,
            &mut a.fused_division,
            &mut b.exact,
            &mut b.subnormals,
            &mut b.division,
            &mut b.sqrt,
            &mut b.fma_fused,
            &mut b.fused_division,
            &mut c.exact,
            &mut c.subnormals,
            &mut c.division,
            &mut c.sqrt,
            &mut c.fma_fused,
            &mut c.fused_division,
            f64_exact,
            f64_division,
            f64_fma,
            i64_exact,
        ]
    }

    fn to_bytes(mut self) -> Vec<u8> {
        self.flags().iter().map(|flag| u8::from(**flag)).collect()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut verdict = Self::default();
        let flags = verdict.flags();
        if bytes.len() != flags.len() || bytes.iter().any(|b| *b > 1) {
            return None;
        }
        for (flag, byte) in flags.into_iter().zip(bytes) {
            *flag = *byte == 1;
        }
        Some(verdict)
    }
}

/// Runs a self-test kernel: one input, and outputs of the given sizes in bytes.
fn execute(gpu: &Gpu, label: &str, wgsl: String, input: &[u8], outputs: &[usize]) -> Result<Vec<Vec<u8>>> {
    let bindings = std::iter::once(Access::Read).chain(outputs.iter().map(|_| Access::ReadWrite)).collect();
    // Trusted, so that what is tested is what anygpu's own kernels get.
    let source = KernelSource { label: label.to_owned(), wgsl, bindings, trusted: true };
    let kernel = gpu.kernel(label.as_bytes(), &|| Ok(source.clone()))?;
    let operands = gpu.alloc(input.len() as u64)?;
    gpu.upload(&operands, 0, input)?;
    let results = outputs.iter().map(|bytes| gpu.alloc(*bytes as u64)).collect::<Result<Vec<_>>>()?;
    let mut buffers = vec![Binding::whole(&operands)];
    buffers.extend(results.iter().map(Binding::whole));
    gpu.dispatch(&kernel, &buffers, &[COUNT as u32, 0], [COUNT.div_ceil(64) as u32, 1, 1])?;
    let mut read = Vec::new();
    for (buffer, bytes) in results.iter().zip(outputs) {
        let mut out = vec![0; *bytes];
        gpu.download(buffer, 0, &mut out)?;
        read.push(out);
    }
    Ok(read)
}

/// Marsaglia's xorshift64: the patterns are the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// Zeros, ones, the edges of the subnormal and the normal range, infinities, NaN, and numbers whose sums and products
/// are near a rounding boundary.
const EDGES_F32: [u32; 24] = [
    0x0000_0000,
    0x8000_0000,
    0x3f80_0000,
    0xbf80_0000,
    0x0000_0001,
    0x8000_0001,
    0x007f_ffff,
    0x0080_0000,
    0x0001_16c2,
    0x7f7f_ffff,
    0xff7f_ffff,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0000,
    0x3f80_0001,
    0x3f7f_ffff,
    0x4049_0fdb,
    0x4040_0000,
    0x3eaa_aaab,
    0x4b80_0001,
    0x5f00_0000,
    0x1f80_0000,
    0x2080_0003,
    0x3dcc_cccd,
];

const EDGES_F64: [u64; 16] = [
    0,
    1 << 63,
    0x3ff0_0000_0000_0000,
    0xbff0_0000_0000_0001,
    1,
    0x000f_ffff_ffff_ffff,
    0x0010_0000_0000_0000,
    0x7fef_ffff_ffff_ffff,
    0x7ff0_0000_0000_0000,
    0xfff0_0000_0000_0000,
    0x7ff8_0000_0000_0000,
    0x3fef_ffff_ffff_ffff,
    0x4009_21fb_5444_2d18,
    0x3fd5_5555_5555_5555,
    0x4340_0000_0000_0001,
    0x3fb9_9999_9999_999a,
];

fn operands_f32() -> Vec<[u32; 4]> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut operands = Vec::with_capacity(COUNT);
    for a in EDGES_F32 {
        for b in EDGES_F32 {
            let c = EDGES_F32[(random.next() % 24) as usize];
            operands.push([a, b, c, random.next() as u32]);
        }
    }
    while operands.len() < COUNT {
        // Exponents close together, where sums and products meet in the last bits.
        let mut near = |spread: u64| {
            let bits = random.next();
            let exponent = 127 - spread / 2 + (bits >> 40) % spread;
            (bits as u32 & 0x807f_ffff) | (exponent as u32) << 23
        };
        let (a, b, c) = (near(24), near(24), near(24));
        operands.push([a, b, c, random.next() as u32]);
    }
    operands
}

/// Same bits, or both NaN: IEEE 754 leaves the payload open.
fn same_f32(got: u32, expected: f32) -> bool {
    got == expected.to_bits() || (f32::from_bits(got).is_nan() && expected.is_nan())
}

fn comparisons<T: PartialOrd>(a: T, b: T) -> u32 {
    u32::from(a < b) | u32::from(a <= b) << 1 | u32::from(a == b) << 2 | u32::from(a > b) << 3 | u32::from(a >= b) << 4
}

/// The test linked with the library as kernels will be.
fn float32_kernel(float32: Float32Arithmetic, division: Division) -> Result<String> {
    let config = LibraryConfig { float32, division, ..LibraryConfig::default() };
    library(config).link(FLOAT32).map_err(|e| failure::shader(format!("the self-test: {e}")))
}

/// The test of f32 in one form of arithmetic.
struct Float32Kernels {
    /// With the device's own division and square root.
    device: String,
    /// With those corrected by `fma`.
    fused: String,
}

impl Float32Kernels {
    fn new(form: Float32Arithmetic) -> Result<Self> {
        Ok(Self { device: float32_kernel(form, Division::Native)?, fused: float32_kernel(form, Division::Fused)? })
    }

    fn run(self, gpu: &Gpu, label: &str) -> Result<Float32Verdict> {
        let mut verdict = float32(gpu, label, self.device)?;
        if verdict.fma_fused && !(verdict.division && verdict.sqrt) {
            let fused = float32(gpu, &format!("{label} fused"), self.fused)?;
            verdict.fused_division = fused.division && fused.sqrt;
        }
        Ok(verdict)
    }
}

fn float32(gpu: &Gpu, label: &str, wgsl: String) -> Result<Float32Verdict> {
    const RESULTS: usize = 16;
    let operands = operands_f32();
    let out = execute(gpu, label, wgsl, bytemuck::cast_slice(&operands), &[COUNT * RESULTS * 4])?;
    let words: &[[u32; RESULTS]] = bytemuck::cast_slice(&out[0]);
    Ok(judge_f32(&operands, words))
}

/// Written as functions, since `x - x` and `x / x` look like mistakes.
fn sub<T: std::ops::Sub<Output = T>>(a: T, b: T) -> T {
    a - b
}

fn self_quotient(a: f32) -> f32 {
    if a == 0.0 || !a.is_finite() { f32::NAN } else { 1.0 }
}

/// What each float32 operation of the self-test got wrong, for the patched and the guarded form: for bug reports.
pub(crate) fn report(gpu: &Gpu, passthrough: bool) -> Result<String> {
    const NAMES: [&str; 12] =
        ["a + b", "a - b", "a * b", "a * b + c", "error of a + b", "comparisons", "|a|", "-a", "f32(i32)", "f32(u32)", "a - a", "a + -a"];
    const WORDS: [usize; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15];
    let mut text = String::new();
    for (form, name) in [
        (Float32Arithmetic::Native, "patched"),
        (Float32Arithmetic::Guarded, "guarded"),
        (Float32Arithmetic::Flushing, "guarded, with integer code for subnormal numbers"),
    ] {
        if form == Float32Arithmetic::Native && !passthrough {
            continue;
        }
        let operands = operands_f32();
        let out = execute(
            gpu,
            &format!("selftest report {name}"),
            float32_kernel(form, Division::Native)?,
            bytemuck::cast_slice(&operands),
            &[COUNT * 64],
        )?;
        let results: &[[u32; 16]] = bytemuck::cast_slice(&out[0]);
        for (operation, word) in NAMES.iter().zip(WORDS) {
            let wrong: Vec<_> = operands.iter().zip(results).filter(|(o, got)| !is_exact(o, got, word)).collect();
            if let Some((o, got)) = wrong.first() {
                let (n, got) = (wrong.len(), got[word]);
                text += &format!(
                    "{name}: {operation} wrong for {n} of {COUNT}; first a={:08x} b={:08x} c={:08x} i={:08x} gave {got:08x}\n",
                    o[0], o[1], o[2], o[3]
                );
            }
        }
    }
    Ok(if text.is_empty() { "every float32 operation is exact\n".to_owned() } else { text })
}

/// The words that IEEE 754 wants for the operands: `(word of the results, value)`.
fn expected_f32([a_bits, b_bits, c_bits, integer]: &[u32; 4]) -> [(usize, f32); 11] {
    let (a, b, c) = (f32::from_bits(*a_bits), f32::from_bits(*b_bits), f32::from_bits(*c_bits));
    let sum = a + b;
    let b1 = sum - a;
    let a1 = sum - b1;
    [
        (0, sum),
        (1, a - b),
        (2, a * b),
        (3, a * b + c),
        (4, (a - a1) + (b - b1)),
        (6, f32::from_bits(a_bits & 0x7fff_ffff)),
        (7, f32::from_bits(a_bits ^ 0x8000_0000)),
        (8, *integer as i32 as f32),
        (9, *integer as f32),
        (13, sub(a, a)),
        (15, a + -a),
    ]
}

fn is_exact(operands: &[u32; 4], got: &[u32; 16], word: usize) -> bool {
    let comparison = comparisons(f32::from_bits(operands[0]), f32::from_bits(operands[1]));
    let floats = expected_f32(operands);
    match floats.iter().find(|(w, _)| *w == word) {
        Some((_, expected)) => same_f32(got[word], *expected),
        None => got[word] == comparison,
    }
}

/// Compares the words that a device returned with IEEE 754's.
fn judge_f32(operands: &[[u32; 4]], results: &[[u32; 16]]) -> Float32Verdict {
    let mut verdict = Float32Verdict { exact: true, subnormals: true, division: true, sqrt: true, fma_fused: true, fused_division: false };
    for (operand, got) in operands.iter().zip(results) {
        let [a, b, c] = [0, 1, 2].map(|k| f32::from_bits(operand[k]));
        let floats = expected_f32(operand);
        let (sum, error) = (floats[0].1, floats[4].1);
        let exact = floats.iter().all(|(i, expected)| same_f32(got[*i], *expected)) && got[5] == comparisons(a, b);
        let finite = a.is_finite() && b.is_finite() && c.is_finite();
        let involved = finite && [a, b, c, sum, a - b, a * b, a * b + c, error].into_iter().any(f32::is_subnormal);
        if involved {
            verdict.subnormals &= exact;
        } else {
            verdict.exact &= exact;
        }
        verdict.division &= same_f32(got[10], a / b) && same_f32(got[14], self_quotient(a));
        verdict.sqrt &= same_f32(got[11], a.sqrt());
        // Devices flush around a fused multiply-add even where they keep subnormals elsewhere; nothing of ours takes it there.
        let fused = a.mul_add(b, c);
        verdict.fma_fused &= same_f32(got[12], fused) || [a, b, c, fused].into_iter().any(f32::is_subnormal);
    }
    verdict
}

/// Whether arithmetic, division with square root, and `fma` are exact.
fn float64(gpu: &Gpu) -> Result<(bool, bool, bool)> {
    const RESULTS: usize = 10;
    let mut random = Random(0x0123_4567_89ab_cdef);
    let mut operands: Vec<[f64; 3]> = Vec::with_capacity(COUNT);
    for a in EDGES_F64 {
        for b in EDGES_F64 {
            let c = EDGES_F64[(random.next() % 16) as usize];
            operands.push([a, b, c].map(f64::from_bits));
        }
    }
    while operands.len() < COUNT {
        operands.push([(); 3].map(|()| {
            let bits = random.next();
            let exponent = 1023 - 26 + (random.next() % 53);
            f64::from_bits((bits & 0x800f_ffff_ffff_ffff) | exponent << 52)
        }));
    }
    let input: &[u8] = bytemuck::cast_slice(&operands);
    let out = execute(gpu, "selftest f64", FLOAT64.to_owned(), input, &[COUNT * RESULTS * 8, COUNT * 4])?;
    let results: Vec<[u64; RESULTS]> = bytemuck::pod_collect_to_vec(&out[0]);
    let compared: Vec<u32> = bytemuck::pod_collect_to_vec(&out[1]);
    let same = |got: u64, expected: f64| got == expected.to_bits() || (f64::from_bits(got).is_nan() && expected.is_nan());
    let (mut exact, mut division, mut fma) = (true, true, true);
    for (([a, b, c], got), compared) in operands.iter().zip(&results).zip(compared) {
        let sum = a + b;
        let b1 = sum - a;
        let a1 = sum - b1;
        let floats = [(0, sum), (1, a - b), (2, a * b), (3, a * b + c), (4, (a - a1) + (b - b1)), (7, sub(*a, *a))];
        exact &= floats.into_iter().all(|(i, expected)| same(got[i], expected)) && compared == comparisons(a, b);
        division &= same(got[5], a / b) && same(got[6], a.sqrt());
        // The second is what a product loses in rounding; nothing of ours takes subnormal numbers there.
        for (i, expected, involved) in [(8, a.mul_add(*b, *c), *c), (9, a.mul_add(*b, -(a * b)), a * b)] {
            fma &= same(got[i], expected) || [*a, *b, involved, expected].into_iter().any(f64::is_subnormal);
        }
    }
    Ok((exact, division, fma))
}

fn int64(gpu: &Gpu) -> Result<bool> {
    const RESULTS: usize = 8;
    let mut random = Random(0xfedc_ba98_7654_3210);
    let operands: Vec<[i64; 2]> = (0..COUNT)
        .map(|i| {
            let (a, b) = (random.next(), random.next());
            // A quarter with small divisors, a quarter with b = a.
            match i % 4 {
                0 => [a as i64, (b % 1000 + 1) as i64],
                1 => [a as i64, a as i64],
                _ => [a as i64, (b | 1) as i64],
            }
        })
        .collect();
    let input: &[u8] = bytemuck::cast_slice(&operands);
    let out = execute(gpu, "selftest i64", INT64.to_owned(), input, &[COUNT * RESULTS * 8])?;
    let results: Vec<[i64; RESULTS]> = bytemuck::pod_collect_to_vec(&out[0]);
    Ok(operands.iter().zip(&results).all(|([a, b], got)| {
        let shift = (*b & 63) as u32;
        let compared = i64::from(a < b) | i64::from((*a as u64) < *b as u64) << 1 | i64::from(a == b) << 2;
        *got == [
            a.wrapping_add(*b),
            a.wrapping_sub(*b),
            a.wrapping_mul(*b),
            (*a as u64 / *b as u64) as i64,
            a << shift,
            a >> shift,
            (*a as u64 >> shift) as i64,
            compared,
        ]
    }))
}
