//! How a transform of a length is done: its factors, and tables of roots of unity on the device.

use crate::array::Array;
use crate::device::Device;
use crate::storage::Storage;
use anygpu_core::{DType, Result};
use anygpu_kernels::fft::{is_compact, tile_points};
use smallvec::SmallVec;
use std::f64::consts::{FRAC_1_SQRT_2, PI};
use std::sync::Arc;

/// The largest prime whose transform is computed from the definition, inside a pass; lengths with larger ones go through [`Chirp`].
const LARGEST_PRIME: usize = 61;

/// Columns of a tile at least in a transform of several passes, so that neighbouring invocations access neighbouring elements.
const NARROWEST: usize = 4;

/// Roots of unity of a longer circle are products of a coarse one and a fine one.
const DIRECT_ROOTS: usize = 1 << 15;

/// Bytes of tables that a device keeps, and their number.
const KEPT_BYTES: u64 = 256 << 20;
const KEPT_PLANS: usize = 64;

/// A pass: transforms of `length` points, `before` the product of the passes before it.
pub(crate) struct Pass {
    pub(crate) length: usize,
    pub(crate) before: usize,
    pub(crate) radices: SmallVec<[u32; 12]>,
    /// Its first root of order `length` in the tables.
    pub(crate) roots: u32,
}

/// A transform of `n` points as a series of passes.
pub(crate) struct Plan {
    pub(crate) n: usize,
    /// The number of points that the fine roots divide the circle into, a multiple of `n`.
    pub(crate) circle: usize,
    pub(crate) passes: SmallVec<[Pass; 4]>,
    pub(crate) tables: Storage,
    /// Roots in the tables.
    pub(crate) count: usize,
    pub(crate) fine: u32,
    pub(crate) fine_bits: u32,
    /// 0 where the fine roots are all.
    pub(crate) coarse: u32,
}

impl Plan {
    fn new(device: &Device, n: usize, circle: usize, dtype: DType, primes: &[usize]) -> Result<Plan> {
        let mut roots: Vec<(f64, f64)> = Vec::new();
        let mut passes: SmallVec<[Pass; 4]> = SmallVec::new();
        let mut before = 1;
        for length in pass_lengths(n, primes, tile_points(dtype)) {
            let at = match passes.iter().find(|p| p.length == length) {
                Some(same) => same.roots,
                None => {
                    let at = roots.len() as u32;
                    roots.extend((0..length).map(|k| root_of_unity(k as u64, length as u64)));
                    at
                }
            };
            passes.push(Pass { length, before, radices: radices(length, is_compact(dtype, device.native())), roots: at });
            before *= length;
        }
        let fine = roots.len() as u32;
        let (mut fine_bits, mut coarse) = (0, 0);
        if passes.len() > 1 || circle > n {
            let bits = circle.next_power_of_two().trailing_zeros();
            fine_bits = if circle <= DIRECT_ROOTS { bits } else { bits.div_ceil(2) };
            roots.extend((0..circle.min(1 << fine_bits)).map(|k| root_of_unity(k as u64, circle as u64)));
            if fine_bits < bits {
                coarse = roots.len() as u32;
                roots.extend((0..circle.div_ceil(1 << fine_bits)).map(|k| root_of_unity((k << fine_bits) as u64, circle as u64)));
            }
        }
        let tables = upload(device, &roots, dtype)?.base().compute()?;
        Ok(Plan { n, circle, passes, tables, count: roots.len(), fine, fine_bits, coarse })
    }
}

/// What makes a transform of any length `n` a convolution, so one of a smooth length (L. I. Bluestein, "A linear filtering approach to the computation
/// of discrete Fourier transform", 1970): with c[k] = exp(-i pi k^2 / n), X[k] = c[k] times the sum of x[j] c[j] conj(c[k - j]).
pub(crate) struct Chirp {
    pub(crate) plan: Arc<Plan>,
    /// The `n` numbers c, then the transform of conj(c), wrapped around `plan.n` points, over `plan.n`.
    pub(crate) weights: Storage,
}

impl Chirp {
    fn new(device: &Device, n: usize, dtype: DType) -> Result<Chirp> {
        let m = smooth_length(2 * n - 1);
        let plan = match Plans::recipe(device, m, m, dtype)? {
            Recipe::Passes(plan) => plan,
            Recipe::Chirp(chirp) => chirp.plan.clone(),
        };
        // k^2 modulo 2 n keeps the angle exact.
        let chirp = |k: usize| root_of_unity((k as u128 * k as u128 % (2 * n as u128)) as u64, 2 * n as u64);
        let mut values: Vec<(f64, f64)> = (0..n).map(chirp).collect();
        values.resize(n + m, (0.0, 0.0));
        let shrink = 1.0 / m as f64;
        for k in 0..n {
            let (re, im) = values[k];
            values[n + k] = (re * shrink, -im * shrink);
            values[n + (m - k) % m] = values[n + k];
        }
        let weights = upload(device, &values, dtype)?;
        let kernel = weights.index(&[anygpu_core::IndexItem::Slice { start: Some(n as isize), stop: None, step: None }])?;
        let transformed = kernel.transform(super::Transform::Forward, m, 0, 1.0)?;
        kernel.assign((&transformed).into())?;
        Ok(Chirp { plan, weights: weights.base().compute()? })
    }
}

/// How a length is done.
#[derive(Clone)]
pub(crate) enum Recipe {
    Passes(Arc<Plan>),
    Chirp(Arc<Chirp>),
}

/// (points, circle, dtype).
type Key = (usize, usize, DType);

/// The recipes of a device, the one used last at the end.
#[derive(Default)]
pub(crate) struct Plans(Vec<(Key, Recipe, u64)>);

impl Plans {
    /// The recipe for `n` points with roots of unity of order `circle`.
    pub(crate) fn recipe(device: &Device, n: usize, circle: usize, dtype: DType) -> Result<Recipe> {
        let key = (n, circle, dtype);
        if let Some(found) = device.plans().lock().find(key) {
            return Ok(found);
        }
        // Two threads may prepare the same one; the second wins.
        let recipe = match primes(n) {
            Some(primes) => Recipe::Passes(Arc::new(Plan::new(device, n, circle, dtype, &primes)?)),
            None => Recipe::Chirp(Arc::new(Chirp::new(device, n, dtype)?)),
        };
        let bytes = match &recipe {
            Recipe::Passes(plan) => plan.tables.bytes(),
            Recipe::Chirp(chirp) => chirp.weights.bytes(),
        };
        device.plans().lock().keep(key, recipe.clone(), bytes);
        Ok(recipe)
    }

    fn find(&mut self, key: Key) -> Option<Recipe> {
        let at = self.0.iter().position(|(k, _, _)| *k == key)?;
        let found = self.0.remove(at);
        let recipe = found.1.clone();
        self.0.push(found);
        Some(recipe)
    }

    fn keep(&mut self, key: Key, recipe: Recipe, bytes: u64) {
        self.0.retain(|(k, _, _)| *k != key);
        self.0.push((key, recipe, bytes));
        while self.0.len() > 1 && (self.0.len() > KEPT_PLANS || self.0.iter().map(|(_, _, b)| b).sum::<u64>() > KEPT_BYTES) {
            self.0.remove(0);
        }
    }
}

/// Whether a length is a product of primes that passes transform.
pub(crate) fn is_smooth(n: usize) -> bool {
    primes(n).is_some()
}

/// The prime factors of `n`, largest first, if none is above [`LARGEST_PRIME`].
fn primes(mut n: usize) -> Option<SmallVec<[usize; 32]>> {
    let mut found = SmallVec::new();
    let mut p = 2;
    while n > 1 && p <= LARGEST_PRIME {
        while n.is_multiple_of(p) {
            found.push(p);
            n /= p;
        }
        p += 1;
    }
    found.reverse();
    (n == 1).then_some(found)
}

/// The smallest length of at least `least` points, a power of two but for one small odd factor.
fn smooth_length(least: usize) -> usize {
    let candidate = |odd: usize| odd * least.div_ceil(odd).next_power_of_two();
    [1, 3, 5, 9, 15].map(candidate).into_iter().min().unwrap_or(least.next_power_of_two())
}

/// The lengths of the passes: as few as tiles allow, as equal as the factors allow.
fn pass_lengths(n: usize, primes: &[usize], tile: usize) -> SmallVec<[usize; 4]> {
    if n <= tile {
        return SmallVec::from_elem(n, 1);
    }
    for count in 2..primes.len() {
        // Largest factor first, each to the smallest product so far.
        let mut lengths: SmallVec<[usize; 4]> = SmallVec::from_elem(1, count);
        for p in primes {
            if let Some(smallest) = lengths.iter_mut().min() {
                *smallest *= p;
            }
        }
        if lengths.iter().all(|length| *length <= tile / NARROWEST) {
            lengths.sort_unstable_by(|a, b| b.cmp(a));
            return lengths;
        }
    }
    SmallVec::from_slice(primes)
}

/// The radices of the stages of a pass; `compact` kernels have no butterflies of 4 and 8.
fn radices(length: usize, compact: bool) -> SmallVec<[u32; 12]> {
    let twos = length.trailing_zeros() as usize;
    let (eights, fours, two) = match (compact, twos % 3) {
        (true, _) => (0, 0, twos),
        (_, 0) => (twos / 3, 0, 0),
        // 4 * 4 rather than 8 * 2.
        (_, 1) if twos > 1 => (twos / 3 - 1, 2, 0),
        (_, 1) => (0, 0, 1),
        (_, _) => (twos / 3, 1, 0),
    };
    let mut all: SmallVec<[u32; 12]> = SmallVec::new();
    for (radix, times) in [(8, eights), (4, fours), (2, two)] {
        all.extend(std::iter::repeat_n(radix, times));
    }
    let odd = primes(length >> twos).unwrap_or_default();
    all.extend(odd.iter().rev().map(|p| *p as u32));
    all
}

/// exp(-2 pi i k / n) within 0.6 ULP: an eighth of the circle, the angle in two parts, and the exact mirror images.
fn root_of_unity(k: u64, n: u64) -> (f64, f64) {
    let (k, n) = (k as u128 % n as u128, n as u128);
    let octant = (8 * k / n) as u32;
    // The angle from the nearest quarter turn is pi / 4 * (rest / n).
    let rest = if octant.is_multiple_of(2) { 8 * k - octant as u128 * n } else { (octant as u128 + 1) * n - 8 * k };
    let (s, c) = small_angle(rest as f64, n as f64);
    let (c, s) = if octant.div_ceil(2).is_multiple_of(2) { (c, s) } else { (s, c) };
    // Quadrant signs of the cosine and of minus the sine.
    match octant / 2 {
        0 => (c, -s),
        1 => (-c, -s),
        2 => (-c, s),
        _ => (c, s),
    }
}

/// Sine and cosine of pi / 4 * (rest / n) for integers 0 <= rest <= n.
fn small_angle(rest: f64, n: f64) -> (f64, f64) {
    // pi / 4 = QUARTER + QUARTER_TAIL; the quotient and its remainder, exact by the fused product.
    const QUARTER: f64 = PI / 4.0;
    const QUARTER_TAIL: f64 = 3.061_616_997_868_383e-17;
    if rest == n {
        return (FRAC_1_SQRT_2, FRAC_1_SQRT_2);
    }
    let ratio = rest / n;
    let ratio_tail = (-ratio).mul_add(n, rest) / n;
    let angle = ratio * QUARTER;
    let tail = ratio.mul_add(QUARTER, -angle) + ratio * QUARTER_TAIL + ratio_tail * QUARTER;
    let (s, c) = angle.sin_cos();
    (tail.mul_add(c, s), (-tail).mul_add(s, c))
}

/// Complex numbers as an array on the device.
fn upload(device: &Device, values: &[(f64, f64)], dtype: DType) -> Result<Array> {
    let bytes: Vec<u8> = if dtype == DType::C64 {
        values.iter().flat_map(|(re, im)| [*re as f32, *im as f32]).flat_map(f32::to_le_bytes).collect()
    } else {
        values.iter().flat_map(|(re, im)| [*re, *im]).flat_map(f64::to_le_bytes).collect()
    };
    Array::from_bytes(device, &bytes, &[values.len()], dtype)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_multiply_to_the_length_and_fit_tiles() {
        for n in (1..5000).chain([65536, 100_000, 1 << 20, 3 << 19, 61 * 61 * 61, 59 * 61 * 53 * 47, 1 << 27]) {
            let Some(primes) = primes(n) else { continue };
            for tile in [512, 1024] {
                let lengths = pass_lengths(n, &primes, tile);
                assert_eq!(lengths.iter().product::<usize>(), n, "{n} {lengths:?}");
                assert!(lengths.iter().all(|length| *length <= tile), "{n} {lengths:?}");
                for length in lengths {
                    assert_eq!(radices(length, true).iter().product::<u32>() as usize, length);
                    assert_eq!(radices(length, false).iter().product::<u32>() as usize, length);
                    assert!(radices(length, false).len() <= 12);
                }
            }
        }
        assert_eq!(pass_lengths(1 << 20, &primes(1 << 20).unwrap(), 1024).as_slice(), [128, 128, 64]);
        assert_eq!(radices(1024, false).as_slice(), [8, 8, 4, 4]);
        assert_eq!(radices(360, false).as_slice(), [8, 3, 3, 5]);
    }

    #[test]
    fn roots_of_unity_lie_on_the_circle_and_mirror_exactly() {
        assert_eq!(root_of_unity(0, 7), (1.0, -0.0));
        assert_eq!(root_of_unity(1, 4), (0.0, -1.0));
        assert_eq!(root_of_unity(1, 8), (FRAC_1_SQRT_2, -FRAC_1_SQRT_2));
        for n in [3u64, 5, 8, 100, 1009, 1 << 40] {
            for k in (0..n.min(2000)).map(|k| k * (n / n.min(2000))) {
                let (re, im) = root_of_unity(k, n);
                assert!((re * re + im * im - 1.0).abs() < 4e-16, "{k} {n}");
                let (re_back, im_back) = root_of_unity(n - k, n);
                assert_eq!((re, -im), (re_back, im_back), "{k} {n}");
                let angle = 2.0 * PI * k as f64 / n as f64;
                assert!((re - angle.cos()).abs() < 2e-15 && (im + angle.sin()).abs() < 2e-15, "{k} {n}");
            }
        }
    }

    #[test]
    fn smooth_lengths_hold_what_was_asked() {
        for least in 1..3000 {
            let m = smooth_length(least);
            assert!(m >= least && m < 2 * least.max(2) && is_smooth(m), "{least} {m}");
        }
    }
}
