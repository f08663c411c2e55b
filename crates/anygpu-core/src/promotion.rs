//! Which dtype the result of an operation has: NumPy 2's promotion (NEP 50), and which casts NumPy allows.
//!
//! <https://numpy.org/neps/nep-0050-scalar-promotion.html>. The test compares every pair, every triple and every pair with every set
//! of Python scalars against a table written by NumPy itself.

use crate::{DType, Kind, ScalarKind};

/// `PROMOTED[a][b]`, indexed by discriminant: the smallest dtype both cast to safely.
#[rustfmt::skip]
const PROMOTED: [[DType; 14]; 14] = {
    use DType::*;
    [
        // Bool U8    U16   U32   U64   I8    I16   I32   I64   F16   F32   F64   C64   C128
        [Bool, U8,   U16,  U32,  U64,  I8,   I16,  I32,  I64,  F16,  F32,  F64,  C64,  C128], // Bool
        [U8,   U8,   U16,  U32,  U64,  I16,  I16,  I32,  I64,  F16,  F32,  F64,  C64,  C128], // U8
        [U16,  U16,  U16,  U32,  U64,  I32,  I32,  I32,  I64,  F32,  F32,  F64,  C64,  C128], // U16
        [U32,  U32,  U32,  U32,  U64,  I64,  I64,  I64,  I64,  F64,  F64,  F64,  C128, C128], // U32
        [U64,  U64,  U64,  U64,  U64,  F64,  F64,  F64,  F64,  F64,  F64,  F64,  C128, C128], // U64
        [I8,   I16,  I32,  I64,  F64,  I8,   I16,  I32,  I64,  F16,  F32,  F64,  C64,  C128], // I8
        [I16,  I16,  I32,  I64,  F64,  I16,  I16,  I32,  I64,  F32,  F32,  F64,  C64,  C128], // I16
        [I32,  I32,  I32,  I64,  F64,  I32,  I32,  I32,  I64,  F64,  F64,  F64,  C128, C128], // I32
        [I64,  I64,  I64,  I64,  F64,  I64,  I64,  I64,  I64,  F64,  F64,  F64,  C128, C128], // I64
        [F16,  F16,  F32,  F64,  F64,  F16,  F32,  F64,  F64,  F16,  F32,  F64,  C64,  C128], // F16
        [F32,  F32,  F32,  F64,  F64,  F32,  F32,  F64,  F64,  F32,  F32,  F64,  C64,  C128], // F32
        [F64,  F64,  F64,  F64,  F64,  F64,  F64,  F64,  F64,  F64,  F64,  F64,  C128, C128], // F64
        [C64,  C64,  C64,  C128, C128, C64,  C64,  C128, C128, C64,  C64,  C128, C64,  C128], // C64
        [C128, C128, C128, C128, C128, C128, C128, C128, C128, C128, C128, C128, C128, C128], // C128
    ]
};

/// `numpy.promote_types`: the smallest dtype to which both may be cast safely (`uint64` with a signed integer: float64).
///
/// ```
/// use anygpu_core::{DType, promote_types};
/// assert_eq!(promote_types(DType::I8, DType::U8), DType::I16);
/// assert_eq!(promote_types(DType::I64, DType::F32), DType::F64);
/// ```
pub const fn promote_types(a: DType, b: DType) -> DType {
    PROMOTED[a as usize][b as usize]
}

/// `numpy.result_type` of arrays (or NumPy scalars) of `dtypes` together with Python scalars of the kinds `weak`.
///
/// A Python scalar only raises the kind, never the size: `float32 + 1.0` is float32, `int8 + 1` is int8; but `int8 + 1.0` is
/// float64 and `bool + 1` is int64. Python scalars alone give bool, int64, float64 or complex128.
///
/// Nothing at all (an error in NumPy) gives float64, the default dtype.
///
/// ```
/// use anygpu_core::{DType, ScalarKind, result_type};
/// assert_eq!(result_type(&[DType::F32], &[ScalarKind::Complex]), DType::C64);
/// assert_eq!(result_type(&[DType::I16, DType::U16, DType::F32], &[]), DType::F32);
/// ```
pub fn result_type(dtypes: &[DType], weak: &[ScalarKind]) -> DType {
    let scalar = weak.iter().copied().max();
    match (promote_all(dtypes), scalar) {
        (Some(dtype), None) => dtype,
        (Some(dtype), Some(kind)) => with_python_scalar(dtype, kind),
        (None, Some(kind)) => kind.default_dtype(),
        (None, None) => DType::F64,
    }
}

/// Promotion of many is not a fold of [`promote_types`], which is not associative: `int16, uint16, float32` is float32 although
/// `int16, uint16` is int32 and `int32, float32` is float64. NumPy promotes each with the most general one first
/// (`PyArray_PromoteDTypeSequence`), which is what starting from the inexact dtypes comes to.
fn promote_all(dtypes: &[DType]) -> Option<DType> {
    let inexact = dtypes.iter().copied().filter(|d| d.is_inexact()).reduce(promote_types);
    match inexact {
        None => dtypes.iter().copied().reduce(promote_types),
        Some(general) => dtypes.iter().map(|&d| promote_types(general, d)).reduce(promote_types),
    }
}

fn with_python_scalar(dtype: DType, scalar: ScalarKind) -> DType {
    match scalar {
        ScalarKind::Bool => dtype,
        ScalarKind::Int if dtype == DType::Bool => DType::I64,
        ScalarKind::Int => dtype,
        ScalarKind::Float if dtype.is_inexact() => dtype,
        ScalarKind::Float => DType::F64,
        ScalarKind::Complex => dtype.complex(),
    }
}

/// How much a cast may lose: NumPy's `casting` argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Casting {
    /// `"no"`: the same dtype.
    No,
    /// `"equiv"`: at most the byte order differs; here the same as `No`.
    Equiv,
    /// `"safe"`: every value is kept (NumPy counts int64 to float64 as safe).
    Safe,
    /// `"same_kind"`: safe, or to a smaller dtype of the same or a later kind (`float64` to `float32`, `int64` to `float16`).
    SameKind,
    /// `"unsafe"`: anything.
    Unsafe,
}

impl Casting {
    /// All of them, strictest first.
    pub const ALL: [Casting; 5] = [Self::No, Self::Equiv, Self::Safe, Self::SameKind, Self::Unsafe];

    /// NumPy's word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Equiv => "equiv",
            Self::Safe => "safe",
            Self::SameKind => "same_kind",
            Self::Unsafe => "unsafe",
        }
    }

    /// The casting of a [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|casting| casting.name() == name)
    }
}

/// `numpy.can_cast`: may values of dtype `from` be cast to `to` under `casting`?
///
/// ```
/// use anygpu_core::{Casting, DType, can_cast};
/// assert!(can_cast(DType::F64, DType::F32, Casting::SameKind));
/// assert!(!can_cast(DType::I64, DType::U64, Casting::SameKind));
/// ```
pub fn can_cast(from: DType, to: DType, casting: Casting) -> bool {
    let safe = promote_types(from, to) == to;
    match casting {
        Casting::No | Casting::Equiv => from == to,
        Casting::Safe => safe,
        Casting::SameKind => safe || (from.kind() <= to.kind() && to.kind() > Kind::Bool),
        Casting::Unsafe => true,
    }
}
