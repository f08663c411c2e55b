//! Sorting and searching of keys: unsigned integers of 32 or 64 bits, which every dtype is mapped to in its order.

use crate::error::KernelError;
use crate::family::Family;
use crate::permutations::Template;
use crate::preprocess::{Define, Defines};
use naga::valid::Capabilities;

/// Keys of a row that one workgroup sorts before runs are merged.
pub const BLOCK: usize = 512;
/// Results of one workgroup of [`SortKernel::Merge`].
pub const MERGED: usize = 1024;

/// The templates; their headers list the parameter words.
pub static BLOCK_SORT: Template = Template {
    name: "block",
    text: include_str!("../../../shaders/sort/block.wgsl"),
    defines: || vec![Defines::new()],
    capabilities: Capabilities::empty(),
};
/// Merges neighbouring runs.
pub static MERGE: Template = Template {
    name: "merge",
    text: include_str!("../../../shaders/sort/merge.wgsl"),
    defines: || vec![Defines::new()],
    capabilities: Capabilities::empty(),
};
/// Places keys among sorted ones.
pub static SEARCH: Template = Template {
    name: "search",
    text: include_str!("../../../shaders/sort/search.wgsl"),
    defines: || [true, false].map(side).into(),
    capabilities: Capabilities::empty(),
};

fn side(left: bool) -> Defines {
    Defines::new().with("LEFT", Define::Bool(left))
}

/// A kernel of this family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortKernel {
    /// Keys to sorted keys and positions, in blocks.
    Block,
    /// Keys and positions to the same, merged.
    Merge,
    /// Sorted keys and keys to places.
    Search {
        /// Before equal ones.
        left: bool,
    },
}

impl SortKernel {
    /// Every kernel.
    pub const ALL: [SortKernel; 4] =
        [SortKernel::Block, SortKernel::Merge, SortKernel::Search { left: true }, SortKernel::Search { left: false }];

    /// A byte string equal exactly for equal kernels.
    pub fn key(self, wide: bool) -> Vec<u8> {
        let kind = match self {
            SortKernel::Block => 0,
            SortKernel::Merge => 1,
            SortKernel::Search { left } => 2 + u8::from(left),
        };
        vec![Family::Sort as u8, kind, u8::from(wide)]
    }

    /// Which bindings are written.
    pub fn written(self) -> &'static [bool] {
        match self {
            SortKernel::Block => &[false, true, true],
            SortKernel::Merge => &[false, false, true, true],
            SortKernel::Search { .. } => &[false, false, true],
        }
    }

    /// The kernel's WGSL for keys of 32 bits, or of 64 (`wide`), to be linked with the shader library.
    ///
    /// # Errors
    /// A template that does not expand (a defect of this crate).
    pub fn wgsl(self, wide: bool) -> Result<String, KernelError> {
        let (template, defines, keys): (_, _, &[bool]) = match self {
            SortKernel::Block => (&BLOCK_SORT, Defines::new(), &[true, true, false]),
            SortKernel::Merge => (&MERGE, Defines::new(), &[true, false, true, false]),
            SortKernel::Search { left } => (&SEARCH, side(left), &[true, true, false]),
        };
        let mut out = String::with_capacity(4096);
        for (i, (is_key, written)) in keys.iter().zip(self.written()).enumerate() {
            let ty = if *is_key { "Key" } else { "u32" };
            let mode = if *written { "read_write" } else { "read" };
            out.push_str(&format!("@group(0) @binding({i}) var<storage, {mode}> b{i}: array<{ty}>;\n"));
        }
        out.push_str(&format!("@group(0) @binding({}) var<uniform> params: array<vec4<u32>, 64>;\n", keys.len()));
        // A wide key is its two words, the low one first, whether or not the device has 64-bit integers.
        out.push_str(if wide {
            "alias Key = vec2<u32>;
fn last_key() -> Key { return vec2<u32>(0xffffffffu, 0xffffffffu); }
fn less(a: Key, b: Key) -> bool { return a.y < b.y || (a.y == b.y && a.x < b.x); }
"
        } else {
            "alias Key = u32;
fn last_key() -> Key { return 0xffffffffu; }
fn less(a: Key, b: Key) -> bool { return a < b; }
"
        });
        out.push_str(&template.expand(&defines)?.source);
        Ok(out)
    }
}
