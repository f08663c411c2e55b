//! Radix sort of rows that exceed a workgroup: passes of eight bits, each three launches ([`anygpu_kernels::radix`]).
//!
//! Memory: beside the input, two buffers of its size (what a pass reads and what it writes), two of four bytes an element where positions are
//! wanted, and a kilobyte for every tile of some thousand elements. Types of one and two bytes are sorted as words of four.

use crate::array::Array;
use crate::device::Device;
use crate::launch::grid;
use crate::sort::whole;
use anygpu_core::{DType, Error, IndexItem, Result};
use anygpu_kernels::radix::{DIGITS, Moves, Order, Positions, RadixKernel, Ranking, SERIAL_WORKGROUP, SUBGROUPS_STORAGE, Step};
use anygpu_runtime::{Access, Binding, KernelSource};
use smallvec::SmallVec;
use std::ops::Range;
use std::sync::OnceLock;

/// Bits of a pass.
const BITS: u32 = 8;
/// Tiles of a row whose places one workgroup finds.
const FEW_TILES: usize = 64;

/// How a dtype is sorted.
struct Scheme {
    /// The dtype whose words the passes move.
    words: DType,
    order: Order,
    /// What turns the sign of integers.
    flip: u32,
    /// The bits that tell elements apart.
    bits: Range<u32>,
}

impl Scheme {
    /// None for complex128, which exceeds two words.
    fn of(dtype: DType) -> Option<Scheme> {
        let (words, order, flip, bits) = match dtype {
            DType::Bool | DType::U8 => (DType::U32, Order::Integer, 0, 0..8),
            DType::I8 => (DType::U32, Order::Integer, 1 << 7, 0..8),
            DType::U16 => (DType::U32, Order::Integer, 0, 0..16),
            DType::I16 => (DType::U32, Order::Integer, 1 << 15, 0..16),
            DType::U32 => (dtype, Order::Integer, 0, 0..32),
            DType::I32 => (dtype, Order::Integer, 1 << 31, 0..32),
            DType::U64 => (dtype, Order::WideInteger, 0, 0..64),
            DType::I64 => (dtype, Order::WideInteger, 1 << 31, 0..64),
            // A float16 has no more than its first 19 bits of a float32.
            DType::F16 => (DType::F32, Order::Float, 0, 8..32),
            DType::F32 => (dtype, Order::Float, 0, 0..32),
            DType::F64 => (dtype, Order::WideFloat, 0, 0..64),
            DType::C64 => (dtype, Order::Complex, 0, 0..64),
            DType::C128 => return None,
        };
        Some(Scheme { words, order, flip, bits })
    }
}

/// What a sort is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The elements in order.
    Elements,
    /// The positions that sort them, uint32.
    Positions,
}

/// Whether software runs an invocation as a loop on a core of the host.
pub(crate) fn is_serial(device: &Device) -> bool {
    ranking(device) == Ranking::Serial
}

fn ranking(device: &Device) -> Ranking {
    static FORCED: OnceLock<Option<String>> = OnceLock::new();
    let forced = FORCED.get_or_init(|| std::env::var("ANYGPU_SORT").ok());
    let capabilities = device.capabilities();
    let subgroups = match capabilities.subgroups {
        Some([min, max])
            if min == max
                && matches!(min, 8 | 16 | 32)
                && device.gpu().limits().max_compute_workgroup_storage_size >= SUBGROUPS_STORAGE =>
        {
            Ranking::Subgroups(min)
        }
        _ => Ranking::Portable,
    };
    match forced.as_deref() {
        Some("serial") => Ranking::Serial,
        Some("portable") => Ranking::Portable,
        Some("subgroups") => subgroups,
        _ if device.is_software() => Ranking::Serial,
        _ => subgroups,
    }
}

/// Sorts the last axis of a contiguous array, stably; None where its dtype has no words to sort by.
pub(crate) fn sort_rows(rows: &Array, wanted: Wanted) -> Result<Option<Array>> {
    let Some(scheme) = Scheme::of(rows.dtype()) else {
        return Ok(None);
    };
    let device = rows.device();
    let words = rows.astype(scheme.words)?.contiguous()?;
    let n = words.shape()[words.ndim() - 1];
    let count = words.size() / n;
    let tiling = Tiling::new(ranking(device), scheme.order, n);
    let row_bytes = (n * scheme.words.itemsize()).max(tiling.tiles * DIGITS * 4);
    let most = (device.max_binding_bytes() as usize - 4096) / row_bytes;
    if most == 0 || u32::try_from(n).is_err() {
        return Err(Error::NotImplemented(format!("sorting rows of {n} elements: they exceed one binding of this device")));
    }
    let dtype = if wanted == Wanted::Positions { DType::U32 } else { scheme.words };
    let flat = words.reshape(&[count as isize, n as isize])?;
    let sorted = if count <= most {
        sort_piece(&flat, &scheme, tiling, wanted)?
    } else {
        let result = Array::empty(device, flat.shape(), dtype)?;
        for row in (0..count).step_by(most) {
            let end = (row + most).min(count);
            let part = |x: &Array| x.index(&[IndexItem::Slice { start: Some(row as isize), stop: Some(end as isize), step: None }]);
            // A part of its own starts at the beginning of a buffer.
            let piece = sort_piece(&part(&flat)?.copy()?, &scheme, tiling, wanted)?;
            part(&result)?.assign((&piece).into())?;
        }
        result
    };
    let shape: SmallVec<[isize; 6]> = rows.shape().iter().map(|n| *n as isize).collect();
    let sorted = sorted.reshape(&shape)?;
    Ok(Some(if wanted == Wanted::Elements { sorted.astype(rows.dtype())? } else { sorted }))
}

/// How rows are cut into tiles.
#[derive(Clone, Copy)]
struct Tiling {
    ranking: Ranking,
    /// Keys of a tile.
    tile: usize,
    /// Tiles of a row.
    tiles: usize,
}

impl Tiling {
    fn new(ranking: Ranking, order: Order, n: usize) -> Tiling {
        // Under serial ranking: tiles enough for all cores and lanes, few enough for 256 counters each to cost little.
        let tile = ranking.tile(order.is_wide()).unwrap_or_else(|| n.div_ceil(128).max(2048));
        Tiling { ranking, tile, tiles: n.div_ceil(tile) }
    }

    /// Workgroups for a number of tiles.
    fn groups(&self, units: usize) -> usize {
        if self.ranking == Ranking::Serial { units.div_ceil(SERIAL_WORKGROUP) } else { units }
    }
}

/// Sorts rows that fit a binding.
fn sort_piece(words: &Array, scheme: &Scheme, tiling: Tiling, wanted: Wanted) -> Result<Array> {
    let device = words.device();
    let (rows, n) = (words.shape()[0], words.shape()[1]);
    let units = rows * tiling.tiles;
    let counts = Array::empty(device, &[units * DIGITS], DType::U32)?;
    let fresh = |dtype| Array::empty(device, words.shape(), dtype);
    let mut keys = words.clone();
    let mut positions: Option<Array> = None;
    let params = |shift: u32| vec![0, n as u32, tiling.tile as u32, tiling.tiles as u32, units as u32, shift, scheme.flip, 0, 0, 0, 0, 0];
    let groups = tiling.groups(units);
    for shift in scheme.bits.clone().step_by(BITS as usize) {
        let is_last = shift + BITS >= scheme.bits.end;
        dispatch(RadixKernel::Count(scheme.order, tiling.ranking), &[&keys, &counts], params(shift), &[8, 7], groups)?;
        places(&counts, rows, tiling)?;
        let moves = match wanted {
            Wanted::Elements => Moves { keys: true, positions: None },
            Wanted::Positions => {
                Moves { keys: !is_last, positions: Some(if positions.is_some() { Positions::Carried } else { Positions::Own }) }
            }
        };
        let to_keys = if moves.keys { Some(fresh(scheme.words)?) } else { None };
        let to_positions = if moves.positions.is_some() { Some(fresh(DType::U32)?) } else { None };
        let mut arrays: SmallVec<[&Array; 5]> = SmallVec::from_slice(&[&keys, &counts]);
        let mut firsts: SmallVec<[usize; 5]> = SmallVec::from_slice(&[8, 7]);
        for (array, word) in [(&positions, 9), (&to_keys, 10), (&to_positions, 11)] {
            if let Some(array) = array {
                arrays.push(array);
                firsts.push(word);
            }
        }
        dispatch(RadixKernel::Place(scheme.order, tiling.ranking, moves), &arrays, params(shift), &firsts, groups)?;
        drop(arrays);
        if let Some(moved) = to_keys {
            keys = moved;
        }
        positions = to_positions;
    }
    Ok(positions.unwrap_or(keys))
}

/// Turns the counts of each tile into its places in the row.
fn places(counts: &Array, rows: usize, tiling: Tiling) -> Result<()> {
    let offsets = |step, arrays: &[&Array], tiles: usize, block: usize, groups: usize| {
        let params = vec![0, tiles as u32, block as u32, tiles.div_ceil(block) as u32, groups as u32, 0, 0, 0];
        dispatch(RadixKernel::Offsets(step), arrays, params, &[6, 7], groups)
    };
    let tiles = tiling.tiles;
    if tiles <= FEW_TILES || tiling.ranking == Ranking::Serial {
        return offsets(Step::Whole, &[counts], tiles, tiles, rows);
    }
    let block = tiles.isqrt();
    let blocks = tiles.div_ceil(block);
    let sums = Array::empty(counts.device(), &[rows * blocks * DIGITS], DType::U32)?;
    offsets(Step::Fold, &[counts, &sums], tiles, block, rows * blocks)?;
    offsets(Step::Whole, &[&sums], blocks, blocks, rows)?;
    offsets(Step::Spread, &[counts, &sums], tiles, block, rows * blocks)
}

/// Dispatches a kernel over whole contiguous arrays; the number of each one's first element in its binding goes to the parameter word `firsts` has.
fn dispatch(kernel: RadixKernel, arrays: &[&Array], mut params: Vec<u32>, firsts: &[usize], groups: usize) -> Result<()> {
    let device = arrays[0].device();
    let _graph = device.graph().lock();
    let compiled = device.gpu().kernel(&kernel.key(), &|| {
        let wgsl = kernel.wgsl().map_err(|e| Error::Shader(e.to_string()))?;
        Ok(KernelSource {
            label: "radix".to_owned(),
            wgsl: device.gpu().library().link(&wgsl).map_err(|e| Error::Shader(e.to_string()))?,
            bindings: kernel.written().iter().map(|w| if *w { Access::ReadWrite } else { Access::Read }).collect(),
            trusted: true,
        })
    })?;
    let storages = arrays.iter().map(|a| a.base().compute()).collect::<Result<SmallVec<[_; 5]>>>()?;
    let mut buffers: SmallVec<[Binding<'_>; 5]> = SmallVec::new();
    for ((a, storage), word) in arrays.iter().zip(&storages).zip(firsts) {
        let (byte, at) = whole(a)?;
        params[*word] = at;
        buffers.push(storage.window(byte, byte + a.nbytes() as u64 - 1)?.binding);
    }
    device.gpu().dispatch(&compiled, &buffers, &params, grid(groups as u64))
}
