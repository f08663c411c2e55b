//! Kernels of indexed assignment.

use crate::access::{Access, Native64};
use crate::error::KernelError;
use crate::map::BindingSpec;
use crate::permutations::Template;
use crate::preprocess::Defines;
use anygpu_core::DType;
use naga::valid::Capabilities;
use smallvec::SmallVec;

/// Which of several writers of an element comes last; the template's header lists the parameter words.
pub static LAST_WRITER: Template = Template {
    name: "last_writer",
    text: include_str!("../../../shaders/indexing/last_writer.wgsl"),
    defines: || vec![Defines::new()],
    capabilities: Capabilities::empty(),
};

/// The bindings of [`LAST_WRITER`]: positions, writers.
pub fn last_writer_bindings() -> SmallVec<[BindingSpec; 8]> {
    let positions = BindingSpec { dtype: DType::I64, access: Access::Gather, scattered: false, written: false };
    let writers = BindingSpec { dtype: DType::U32, access: Access::Gather, scattered: true, written: true };
    [positions, writers].into_iter().collect()
}

/// The WGSL of [`LAST_WRITER`], to be linked with the shader library.
///
/// # Errors
/// A template that does not expand (a defect of this crate).
pub fn last_writer_wgsl(_native: Native64) -> Result<String, KernelError> {
    // The positions are read as words whether or not the device has 64-bit integers.
    let declarations = "@group(0) @binding(0) var<storage, read> b0: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read_write> b1: array<atomic<u32>>;
@group(0) @binding(2) var<uniform> params: array<vec4<u32>, 64>;
";
    Ok(format!("{declarations}{}", LAST_WRITER.expand(&Defines::new())?.source))
}
