//! Inclusive scans along the rows of contiguous arrays.

use crate::access::{self, Access, Native64};
use crate::error::KernelError;
use crate::expr::{self, Op, register};
use crate::map::{BindingSpec, write_bindings};
use crate::permutations::Template;
use crate::preprocess::{Define, Defines};
use anygpu_core::DType;
use naga::valid::Capabilities;
use smallvec::SmallVec;
use std::fmt::Write;

/// Elements of a row that a workgroup scans.
pub const CHUNK: usize = 1024;

/// The template; its header lists the parameter words.
pub static SCAN: Template = Template {
    name: "scan",
    text: include_str!("../../../shaders/scan/scan.wgsl"),
    defines: || [true, false].map(defines).into(),
    capabilities: Capabilities::empty(),
};

fn defines(totals: bool) -> Defines {
    Defines::new().with("TOTALS", Define::Bool(totals))
}

/// Everything that decides the text of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScanKernel {
    /// An associative operation of two operands, whose result has their dtype.
    pub op: Op,
    /// Any dtype but bool.
    pub dtype: DType,
    /// Whether each chunk is folded into one value, or scanned.
    pub totals: bool,
}

impl ScanKernel {
    /// A byte string equal exactly for equal kernels.
    pub fn key(&self) -> Vec<u8> {
        vec![b's', self.op as u8, self.dtype as u8, u8::from(self.totals)]
    }

    /// The bindings: elements, totals of the chunks (left out where they are the result), results.
    pub fn bindings(&self) -> SmallVec<[BindingSpec; 8]> {
        let read = BindingSpec { dtype: self.dtype, access: Access::Gather, scattered: false, written: false };
        let written = BindingSpec { scattered: true, written: true, ..read };
        if self.totals { [read, written].into_iter().collect() } else { [read, read, written].into_iter().collect() }
    }

    /// The kernel's WGSL, to be linked with the shader library.
    ///
    /// # Errors
    /// A template that does not expand (a defect of this crate).
    pub fn wgsl(&self, native: Native64) -> Result<String, KernelError> {
        let mut out = String::with_capacity(4096);
        let bindings = self.bindings();
        write_bindings(&mut out, &bindings, native);
        access::write_load_one(&mut out, 0, 0, self.dtype, native, false);
        if !self.totals {
            access::write_load_one(&mut out, 1, 1, self.dtype, native, false);
        }
        access::write_store_one(&mut out, 2, bindings.len() - 1, self.dtype);
        let joined = expr::call(self.op, self.dtype, self.dtype, &["a".to_owned(), "b".to_owned()]);
        let _ = writeln!(out, "alias Acc = {};\nfn combine(a: Acc, b: Acc) -> Acc {{ return {joined}; }}", register(self.dtype));
        out.push_str(&SCAN.expand(&defines(self.totals))?.source);
        Ok(out)
    }
}
