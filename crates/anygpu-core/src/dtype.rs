//! The fourteen element types: NumPy's, stored exactly as NumPy stores them.

use std::fmt;

/// The type of an array's elements.
///
/// The order is NumPy's kind order (bool, unsigned, signed, float, complex), then size.
///
/// ```
/// use anygpu_core::DType;
/// assert_eq!(DType::from_name("float32"), Some(DType::F32));
/// assert_eq!((DType::C64.itemsize(), DType::C64.real()), (8, DType::F32));
/// assert_eq!(DType::I16.to_string(), "int16");
/// ```
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DType {
    /// `bool`: one byte, 0 or 1.
    Bool,
    /// `uint8`.
    U8,
    /// `uint16`.
    U16,
    /// `uint32`.
    U32,
    /// `uint64`.
    U64,
    /// `int8`.
    I8,
    /// `int16`.
    I16,
    /// `int32`.
    I32,
    /// `int64`.
    I64,
    /// `float16`, IEEE binary16.
    F16,
    /// `float32`, IEEE binary32.
    F32,
    /// `float64`, IEEE binary64.
    F64,
    /// `complex64`: two `float32`, real part first.
    C64,
    /// `complex128`: two `float64`, real part first.
    C128,
}

/// What kind of number a [`DType`] holds, in NumPy's casting order (`b < u < i < f < c`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `bool`.
    Bool,
    /// Unsigned integers.
    Unsigned,
    /// Signed integers.
    Signed,
    /// Real floating-point numbers.
    Float,
    /// Complex floating-point numbers.
    Complex,
}

impl DType {
    /// Every dtype; `DType::ALL[d as usize] == d`.
    pub const ALL: [DType; 14] = [
        DType::Bool,
        DType::U8,
        DType::U16,
        DType::U32,
        DType::U64,
        DType::I8,
        DType::I16,
        DType::I32,
        DType::I64,
        DType::F16,
        DType::F32,
        DType::F64,
        DType::C64,
        DType::C128,
    ];

    /// Bytes an element takes.
    pub const fn itemsize(self) -> usize {
        match self {
            Self::Bool | Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 | Self::F16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 | Self::C64 => 8,
            Self::C128 => 16,
        }
    }

    /// Bits an element takes, `8 * itemsize` (8 for bool).
    pub const fn bits(self) -> u32 {
        8 * self.itemsize() as u32
    }

    /// NumPy's name: `"float32"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::U8 => "uint8",
            Self::U16 => "uint16",
            Self::U32 => "uint32",
            Self::U64 => "uint64",
            Self::I8 => "int8",
            Self::I16 => "int16",
            Self::I32 => "int32",
            Self::I64 => "int64",
            Self::F16 => "float16",
            Self::F32 => "float32",
            Self::F64 => "float64",
            Self::C64 => "complex64",
            Self::C128 => "complex128",
        }
    }

    /// The short name that kernels use: `"f32"`, `"c64"` (complex64), `"bool"`.
    pub const fn short(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F16 => "f16",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::C64 => "c64",
            Self::C128 => "c128",
        }
    }

    /// The dtype of a [`name`](Self::name); `None` for any other text.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dtype| dtype.name() == name)
    }

    /// The dtype of a [`short`](Self::short) name; `None` for any other text.
    pub fn from_short(short: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dtype| dtype.short() == short)
    }

    /// What kind of number this is.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Bool => Kind::Bool,
            Self::U8 | Self::U16 | Self::U32 | Self::U64 => Kind::Unsigned,
            Self::I8 | Self::I16 | Self::I32 | Self::I64 => Kind::Signed,
            Self::F16 | Self::F32 | Self::F64 => Kind::Float,
            Self::C64 | Self::C128 => Kind::Complex,
        }
    }

    /// Signed or unsigned integer; bool is not.
    pub const fn is_integer(self) -> bool {
        matches!(self.kind(), Kind::Unsigned | Kind::Signed)
    }

    /// Signed integer.
    pub const fn is_signed_integer(self) -> bool {
        matches!(self.kind(), Kind::Signed)
    }

    /// Unsigned integer; bool is not.
    pub const fn is_unsigned_integer(self) -> bool {
        matches!(self.kind(), Kind::Unsigned)
    }

    /// Real floating point.
    pub const fn is_float(self) -> bool {
        matches!(self.kind(), Kind::Float)
    }

    /// Complex floating point.
    pub const fn is_complex(self) -> bool {
        matches!(self.kind(), Kind::Complex)
    }

    /// Real or complex floating point.
    pub const fn is_inexact(self) -> bool {
        self.is_float() || self.is_complex()
    }

    /// The dtype of the real part: `complex64 -> float32`, `complex128 -> float64`, itself otherwise.
    pub const fn real(self) -> Self {
        match self {
            Self::C64 => Self::F32,
            Self::C128 => Self::F64,
            other => other,
        }
    }

    /// The complex dtype a value of this dtype becomes: `float16, float32 -> complex64`; float64, integers and bool ->
    /// complex128; itself where already complex.
    pub const fn complex(self) -> Self {
        match self {
            Self::F16 | Self::F32 | Self::C64 => Self::C64,
            _ => Self::C128,
        }
    }

    /// The least value of an integer dtype (0 for bool); `None` for floating point.
    pub const fn min_value(self) -> Option<i128> {
        match self.kind() {
            Kind::Bool | Kind::Unsigned => Some(0),
            Kind::Signed => Some(-(1i128 << (self.bits() - 1))),
            Kind::Float | Kind::Complex => None,
        }
    }

    /// The greatest value of an integer dtype (1 for bool); `None` for floating point.
    pub const fn max_value(self) -> Option<i128> {
        match self.kind() {
            Kind::Bool => Some(1),
            Kind::Unsigned => Some((1i128 << self.bits()) - 1),
            Kind::Signed => Some((1i128 << (self.bits() - 1)) - 1),
            Kind::Float | Kind::Complex => None,
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_indexed_by_discriminant_and_names_round_trip() {
        for (i, dtype) in DType::ALL.into_iter().enumerate() {
            assert_eq!(dtype as usize, i);
            assert_eq!(DType::from_name(dtype.name()), Some(dtype));
            assert_eq!(DType::from_short(dtype.short()), Some(dtype));
        }
        assert_eq!(DType::from_name("float128"), None);
    }

    #[test]
    fn integer_ranges_are_the_types_own() {
        assert_eq!(DType::I64.min_value(), Some(i64::MIN as i128));
        assert_eq!(DType::I64.max_value(), Some(i64::MAX as i128));
        assert_eq!(DType::U64.max_value(), Some(u64::MAX as i128));
        assert_eq!((DType::I8.min_value(), DType::U8.max_value()), (Some(-128), Some(255)));
        assert_eq!(DType::F32.max_value(), None);
    }
}
