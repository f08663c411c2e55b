//! Inclusive scans along the rows of contiguous arrays.

use crate::access::{self, Access, Native64};
use crate::error::KernelError;
use crate::expr::{self, Op, register};
use crate::family::Family;
use crate::map::{BindingSpec, write_bindings};
use crate::permutations::{Template, product};
use crate::preprocess::{Define, Defines};
use anygpu_core::DType;
use naga::valid::Capabilities;
use smallvec::SmallVec;
use std::fmt::Write;

/// Elements that a workgroup scans with one quad an invocation.
pub const ROUND: usize = 1024;
/// Rows that a workgroup scans where they are short.
pub const SHORT_ROWS: usize = 64;

/// The templates; their headers list the parameter words.
pub static SCAN: Template = Template {
    name: "scan",
    text: include_str!("../../../shaders/scan/scan.wgsl"),
    defines: || {
        let switch: &[Define] = &[Define::Bool(false), Define::Bool(true)];
        let mut sets = product(&[("TOTALS", switch), ("ALIGNED", switch), ("ROUNDS", &[1.into(), 2.into(), 4.into()])]);
        sets.retain(|set| set.get("ALIGNED") == Some(Define::Bool(true)) || set.get("ROUNDS") == Some(1.into()));
        sets
    },
    capabilities: Capabilities::empty(),
};
/// Short rows.
pub static SHORT_SCAN: Template = Template {
    name: "short_rows",
    text: include_str!("../../../shaders/scan/short_rows.wgsl"),
    defines: || vec![Defines::new()],
    capabilities: Capabilities::empty(),
};

/// What a launch makes of each chunk of a row, or of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Its total.
    Total,
    /// Its scan, behind the totals of the chunks before.
    Scan,
    /// The scan of a short row.
    ShortRow,
}

/// Everything that decides the text of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScanKernel {
    /// An associative operation of two operands, whose result has their dtype.
    pub op: Op,
    /// The dtype of the elements, cast when they are loaded.
    pub from: DType,
    /// Any dtype but bool.
    pub dtype: DType,
    /// What is made.
    pub part: Part,
    /// Whether every row begins at a quad of its binding, and whole quads may be stored.
    pub aligned: bool,
    /// Quads of an invocation ([`rounds`]).
    pub rounds: usize,
}

/// Quads of an invocation for rows of `n` elements: as few as hold a row, as many as have room in WebGPU's 16 KiB of workgroup memory. One where
/// elements are loaded singly: four of those with all checks take drivers half a minute to compile.
pub fn rounds(dtype: DType, n: usize, aligned: bool) -> usize {
    let most = match dtype.itemsize() {
        _ if !aligned => 1,
        16.. => 2,
        _ => 4,
    };
    n.div_ceil(ROUND).next_power_of_two().min(most)
}

impl ScanKernel {
    /// A byte string equal exactly for equal kernels.
    pub fn key(&self) -> Vec<u8> {
        vec![
            Family::Scan as u8,
            self.op as u8,
            self.from as u8,
            self.dtype as u8,
            self.part as u8,
            u8::from(self.aligned),
            self.rounds as u8,
        ]
    }

    /// The bindings: elements, totals of the chunks ([`Part::Scan`] only), results.
    pub fn bindings(&self) -> SmallVec<[BindingSpec; 8]> {
        let access = if self.aligned { Access::Vector } else { Access::Gather };
        let elements = BindingSpec { dtype: self.from, access, scattered: false, written: false };
        let totals = BindingSpec { dtype: self.dtype, access: Access::Gather, scattered: false, written: false };
        let scattered = BindingSpec { scattered: true, written: true, ..totals };
        let dense = BindingSpec { access, scattered: !self.aligned, ..scattered };
        match self.part {
            Part::Total => [elements, scattered].into_iter().collect(),
            Part::Scan => [elements, totals, dense].into_iter().collect(),
            Part::ShortRow => [elements, scattered].into_iter().collect(),
        }
    }

    /// The kernel's WGSL, to be linked with the shader library.
    ///
    /// # Errors
    /// A template that does not expand (a defect of this crate).
    pub fn wgsl(&self, native: Native64) -> Result<String, KernelError> {
        let mut out = String::with_capacity(8192);
        let bindings = self.bindings();
        let result = bindings.len() - 1;
        write_bindings(&mut out, &bindings, native);
        if self.aligned {
            access::write_load_quad(&mut out, 0, 0, self.from, native, false);
        } else {
            access::write_load_one(&mut out, 0, 0, self.from, native, false);
        }
        if self.part == Part::Scan {
            access::write_load_one(&mut out, 1, 1, self.dtype, native, false);
        }
        if bindings[result].scattered {
            access::write_store_one(&mut out, 2, result, self.dtype);
        } else {
            access::write_store_quad(&mut out, 2, result, self.dtype, native, false);
        }
        let cast = if self.from == self.dtype { "x".to_owned() } else { expr::call(Op::Cast, self.dtype, self.from, &["x".to_owned()]) };
        let joined = expr::call(self.op, self.dtype, self.dtype, &["a".to_owned(), "b".to_owned()]);
        let (element, acc) = (register(self.from), register(self.dtype));
        // naga tells arrays of a type from arrays of its alias.
        for (name, ty) in [("element", element), ("acc", acc)] {
            let _ = writeln!(
                out,
                "fn {name}_quad(a: {ty}, b: {ty}, c: {ty}, d: {ty}) -> array<{ty}, 4> {{ return array<{ty}, 4>(a, b, c, d); }}"
            );
        }
        let _ = writeln!(
            out,
            "alias Acc = {acc};\nfn to_acc(x: {element}) -> Acc {{ return {cast}; }}\nfn combine(a: Acc, b: Acc) -> Acc {{ return {joined}; }}"
        );
        let template = if self.part == Part::ShortRow { SHORT_SCAN.expand(&Defines::new()) } else { SCAN.expand(&self.defines()) };
        out.push_str(&template?.source);
        Ok(out)
    }

    fn defines(&self) -> Defines {
        Defines::new().with("TOTALS", self.part == Part::Total).with("ALIGNED", self.aligned).with("ROUNDS", self.rounds as u32)
    }
}
