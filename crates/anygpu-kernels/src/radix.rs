//! The passes of a stable radix sort, eight bits each, from the least significant on (Knuth, "The Art of Computer Programming", vol. 3, 5.2.5).
//!
//! Elements are moved as they are, words of 32 or 64 bits; where they belong is found from their bits when a digit is needed ([`Order`]), so
//! that equal elements with different bits (the two zeros, NaNs) keep theirs. A pass is three launches: [`RadixKernel::Count`] the digits of
//! each tile, [`RadixKernel::Offsets`] where each tile's keys with each digit go, [`RadixKernel::Place`] them there. No workgroup waits for
//! another, which WebGPU does not promise to end.

use crate::error::KernelError;
use crate::family::Family;
use crate::permutations::Template;
use crate::preprocess::{Define, Defines};
use naga::valid::Capabilities;

/// Digits of a pass.
pub const DIGITS: usize = 256;
/// Workgroup memory that [`Ranking::Subgroups`] takes, in bytes.
pub const SUBGROUPS_STORAGE: u32 = 26 * 1024;
/// Invocations of a workgroup that are a tile each, under [`Ranking::Serial`].
pub const SERIAL_WORKGROUP: usize = 8;

/// The templates; their headers list the parameter words.
pub static COUNT: Template = Template {
    name: "radix_count",
    text: include_str!("../../../shaders/sort/radix_count.wgsl"),
    defines: || rankings().map(|(ranking, wide)| ranking.defines(wide)).collect(),
    capabilities: Capabilities::empty(),
};
/// Places of the digits.
pub static OFFSETS: Template = Template {
    name: "radix_offsets",
    text: include_str!("../../../shaders/sort/radix_offsets.wgsl"),
    defines: || [Step::Whole, Step::Fold, Step::Spread].map(Step::defines).into(),
    capabilities: Capabilities::empty(),
};
/// Keys to their places.
pub static PLACE: Template = Template {
    name: "radix_place",
    text: include_str!("../../../shaders/sort/radix_place.wgsl"),
    defines: || rankings().flat_map(|(ranking, wide)| Moves::ALL.map(|moves| moves.defines(ranking.defines(wide)))).collect(),
    capabilities: Capabilities::SUBGROUP,
};

fn rankings() -> impl Iterator<Item = (Ranking, bool)> {
    Ranking::ALL.into_iter().flat_map(|ranking| [(ranking, false), (ranking, true)])
}

/// `float_order(u32) -> u32` of the bits of a float32.
macro_rules! float_order {
    () => {
        "fn float_order(bits: u32) -> u32 {
    let magnitude = bits & 0x7fffffffu;
    let turned = select(bits | 0x80000000u, ~bits, bits > 0x80000000u);
    return select(turned, 0xffffffffu, magnitude > 0x7f800000u);
}
"
    };
}
/// How the bits of an element give its order, as an unsigned number that is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// Integers of at most 32 bits in one word. The parameters hold what turns their sign.
    Integer,
    /// float32: the two zeros equal, NaN last.
    Float,
    /// 64-bit integers, in two words.
    WideInteger,
    /// float64.
    WideFloat,
    /// complex64: by real, then by imaginary part; those with NaN last.
    Complex,
}

impl Order {
    /// Every order.
    pub const ALL: [Order; 5] = [Order::Integer, Order::Float, Order::WideInteger, Order::WideFloat, Order::Complex];

    /// Whether an element is two words.
    pub fn is_wide(self) -> bool {
        matches!(self, Order::WideInteger | Order::WideFloat | Order::Complex)
    }

    /// `alias Key`, and `order_of(Key) -> Key`, whose results, compared as unsigned numbers, have the elements' order.
    fn wgsl(self) -> &'static str {
        match self {
            Order::Integer => "alias Key = u32;\nfn order_of(key: Key) -> Key { return key ^ params[1].z; }\n",
            Order::Float => concat!("alias Key = u32;\n", float_order!(), "fn order_of(key: Key) -> Key { return float_order(key); }\n"),
            Order::WideInteger => {
                "alias Key = vec2<u32>;\nfn order_of(key: Key) -> Key { return vec2<u32>(key.x, key.y ^ params[1].z); }\n"
            }
            Order::WideFloat => {
                "alias Key = vec2<u32>;
fn order_of(key: Key) -> Key {
    let magnitude = key.y & 0x7fffffffu;
    if (magnitude > 0x7ff00000u || (magnitude == 0x7ff00000u && key.x != 0u)) { return vec2<u32>(0xffffffffu, 0xffffffffu); }
    if (magnitude == 0u && key.x == 0u) { return vec2<u32>(0u, 0x80000000u); }
    if (key.y >= 0x80000000u) { return ~key; }
    return vec2<u32>(key.x, key.y | 0x80000000u);
}
"
            }
            // The largest numbers stand for both parts, the real one, the imaginary one being NaN: no number's order is near.
            Order::Complex => {
                concat!(
                    "alias Key = vec2<u32>;\n",
                    float_order!(),
                    "fn order_of(key: Key) -> Key {
    let re = float_order(key.x);
    let im = float_order(key.y);
    if (re == 0xffffffffu) { return vec2<u32>(im, select(0xfffffffeu, 0xffffffffu, im == 0xffffffffu)); }
    if (im == 0xffffffffu) { return vec2<u32>(re, 0xfffffffdu); }
    return vec2<u32>(im, re);
}
"
                )
            }
        }
    }
}

/// How the equal digits of a tile are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ranking {
    /// One invocation a tile: software devices.
    Serial,
    /// By masks in workgroup memory: any device.
    Portable,
    /// By ballots, on devices whose subgroups all have this many invocations: 8, 16 or 32.
    Subgroups(u32),
}

impl Ranking {
    /// Every ranking.
    pub const ALL: [Ranking; 5] =
        [Ranking::Serial, Ranking::Portable, Ranking::Subgroups(8), Ranking::Subgroups(16), Ranking::Subgroups(32)];

    /// Keys of a tile, or [`None`] where the launch decides.
    pub fn tile(self, wide: bool) -> Option<usize> {
        match self {
            Ranking::Serial => None,
            Ranking::Portable => Some(2048),
            Ranking::Subgroups(size) => Some(8 * size as usize * items(wide)),
        }
    }

    fn code(self) -> u8 {
        match self {
            Ranking::Serial => 0,
            Ranking::Portable => 1,
            Ranking::Subgroups(size) => size as u8,
        }
    }

    fn defines(self, wide: bool) -> Defines {
        let name = match self {
            Ranking::Serial => "serial",
            Ranking::Portable => "portable",
            Ranking::Subgroups(_) => "subgroups",
        };
        let tile = self.tile(wide).unwrap_or_default() as u32;
        let size = if let Ranking::Subgroups(size) = self { size } else { 0 };
        let items = if size > 0 { items(wide) as u32 } else { tile / 256 };
        Defines::new()
            .with("RANKING", Define::Name(name))
            .with("SERIAL", self == Ranking::Serial)
            .with("TILE", tile)
            .with("ITEMS", items)
            .with("COUNTED", tile / 256)
            .with("SUBGROUP", size)
            .with("WORKGROUP", 8 * size)
    }
}

/// Keys of an invocation under [`Ranking::Subgroups`]: a tile of wide ones is as large in bytes.
fn items(wide: bool) -> usize {
    if wide { 8 } else { 16 }
}

/// What a pass moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moves {
    /// The keys are written.
    pub keys: bool,
    /// The positions are written.
    pub positions: Option<Positions>,
}

/// Where a pass has positions from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Positions {
    /// It is the first pass: those of the keys.
    Own,
    /// The pass before.
    Carried,
}

impl Moves {
    /// Every combination that sorts need.
    pub const ALL: [Moves; 5] = [
        Moves { keys: true, positions: None },
        Moves { keys: true, positions: Some(Positions::Own) },
        Moves { keys: true, positions: Some(Positions::Carried) },
        Moves { keys: false, positions: Some(Positions::Own) },
        Moves { keys: false, positions: Some(Positions::Carried) },
    ];

    fn defines(self, defines: Defines) -> Defines {
        defines.with("KEYS", self.keys).with("POSITIONS", self.positions.is_some()).with("IMPLIED", self.positions == Some(Positions::Own))
    }
}

/// Which part of the way from counts to places a launch goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// All of it, a workgroup a row.
    Whole,
    /// Counts of blocks of tiles.
    Fold,
    /// From the places of blocks to those of tiles.
    Spread,
}

impl Step {
    fn defines(self) -> Defines {
        let name = match self {
            Step::Whole => "whole",
            Step::Fold => "fold",
            Step::Spread => "spread",
        };
        Defines::new().with("STEP", Define::Name(name))
    }
}

/// A kernel of this family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RadixKernel {
    /// Keys to counts.
    Count(Order, Ranking),
    /// Counts to places.
    Offsets(Step),
    /// Keys, places and positions to keys and positions.
    Place(Order, Ranking, Moves),
}

impl RadixKernel {
    /// Every kernel.
    pub fn all() -> impl Iterator<Item = RadixKernel> {
        let steps = [Step::Whole, Step::Fold, Step::Spread].map(RadixKernel::Offsets);
        let sorts = Order::ALL.into_iter().flat_map(|order| Ranking::ALL.map(|ranking| (order, ranking)));
        steps.into_iter().chain(sorts.flat_map(|(order, ranking)| {
            let places = Moves::ALL.map(|moves| RadixKernel::Place(order, ranking, moves));
            places.into_iter().chain([RadixKernel::Count(order, ranking)])
        }))
    }

    /// What naga has to accept for it beyond WebGPU.
    pub fn capabilities(self) -> Capabilities {
        match self {
            RadixKernel::Place(_, Ranking::Subgroups(_), _) => Capabilities::SUBGROUP,
            _ => Capabilities::empty(),
        }
    }

    /// A byte string equal exactly for equal kernels.
    pub fn key(self) -> Vec<u8> {
        match self {
            RadixKernel::Count(order, ranking) => vec![Family::Radix as u8, 0, order as u8, ranking.code()],
            RadixKernel::Offsets(step) => vec![Family::Radix as u8, 1, step as u8],
            RadixKernel::Place(order, ranking, moves) => {
                let positions = moves.positions.map_or(0, |p| 1 + p as u8);
                vec![Family::Radix as u8, 2, order as u8, ranking.code(), u8::from(moves.keys), positions]
            }
        }
    }

    /// The bindings: name, whether its elements are keys, whether it is written.
    fn bindings(self) -> Vec<(&'static str, bool, bool)> {
        match self {
            RadixKernel::Count(..) => vec![("b0", true, false), ("b1", false, true)],
            RadixKernel::Offsets(Step::Whole) => vec![("b0", false, true)],
            RadixKernel::Offsets(Step::Fold) => vec![("b0", false, false), ("b1", false, true)],
            RadixKernel::Offsets(Step::Spread) => vec![("b0", false, true), ("b1", false, false)],
            RadixKernel::Place(_, ranking, moves) => {
                let mut bindings = vec![("b0", true, false), ("b1", false, ranking == Ranking::Serial)];
                if moves.positions == Some(Positions::Carried) {
                    bindings.push(("from_positions", false, false));
                }
                if moves.keys {
                    bindings.push(("to_keys", true, true));
                }
                if moves.positions.is_some() {
                    bindings.push(("to_positions", false, true));
                }
                bindings
            }
        }
    }

    /// Which bindings are written.
    pub fn written(self) -> Vec<bool> {
        self.bindings().iter().map(|(_, _, written)| *written).collect()
    }

    /// The kernel's WGSL, to be linked with the shader library.
    ///
    /// # Errors
    /// A template that does not expand (a defect of this crate).
    pub fn wgsl(self) -> Result<String, KernelError> {
        let (order, expanded) = match self {
            RadixKernel::Count(order, ranking) => {
                let defines = ranking.defines(order.is_wide());
                (Some(order), COUNT.expand(&defines)?)
            }
            RadixKernel::Offsets(step) => (None, OFFSETS.expand(&step.defines())?),
            RadixKernel::Place(order, ranking, moves) => {
                let defines = moves.defines(ranking.defines(order.is_wide()));
                (Some(order), PLACE.expand(&defines)?)
            }
        };
        let mut out = String::with_capacity(8192);
        let bindings = self.bindings();
        for (i, (name, is_key, written)) in bindings.iter().enumerate() {
            let ty = if *is_key { "Key" } else { "u32" };
            let mode = if *written { "read_write" } else { "read" };
            out.push_str(&format!("@group(0) @binding({i}) var<storage, {mode}> {name}: array<{ty}>;\n"));
        }
        out.push_str(&format!("@group(0) @binding({}) var<uniform> params: array<vec4<u32>, 64>;\n", bindings.len()));
        if let Some(order) = order {
            out.push_str(order.wgsl());
            out.push_str(if order.is_wide() {
                "fn digit_of(key: Key) -> u32 {
    let order = order_of(key);
    return (select(order.x, order.y, params[1].y >= 32u) >> (params[1].y & 31u)) & 255u;
}
fn as_key(position: u32) -> Key { return vec2<u32>(position, 0u); }
fn position_of(key: Key) -> u32 { return key.x; }
"
            } else {
                "fn digit_of(key: Key) -> u32 { return (order_of(key) >> params[1].y) & 255u; }
fn as_key(position: u32) -> Key { return position; }
fn position_of(key: Key) -> u32 { return key; }
"
            });
        }
        out.push_str(&expanded.source);
        Ok(out)
    }
}
