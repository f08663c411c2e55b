//! Python scalars: numbers with a kind but no dtype ("weak" in NEP 50), and what they become in one.

use crate::{DType, Error, Kind, Result};
use half::f16;
use num_complex::Complex;
use smallvec::SmallVec;

/// The bytes of one element, in host order.
pub type ScalarBytes = SmallVec<[u8; 16]>;

/// A Python `bool`, `int`, `float` or `complex`.
///
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar {
    /// `bool`.
    Bool(bool),
    /// `int`.
    Int(i128),
    /// `int` beyond 128 bits, as the nearest float64: it fits no integer dtype.
    BigInt(f64),
    /// `float`.
    Float(f64),
    /// `complex`: real and imaginary part.
    Complex(f64, f64),
}

/// The kind of a Python scalar, in promotion order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScalarKind {
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `float`.
    Float,
    /// `complex`.
    Complex,
}

impl ScalarKind {
    /// All of them, in promotion order.
    pub const ALL: [ScalarKind; 4] = [Self::Bool, Self::Int, Self::Float, Self::Complex];

    /// The name of Python's type.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::Complex => "complex",
        }
    }

    /// The dtype of an array made from such a scalar alone: bool, int64, float64, complex128.
    pub const fn default_dtype(self) -> DType {
        match self {
            Self::Bool => DType::Bool,
            Self::Int => DType::I64,
            Self::Float => DType::F64,
            Self::Complex => DType::C128,
        }
    }
}

impl Scalar {
    /// The kind of this scalar.
    pub const fn kind(self) -> ScalarKind {
        match self {
            Self::Bool(_) => ScalarKind::Bool,
            Self::Int(_) | Self::BigInt(_) => ScalarKind::Int,
            Self::Float(_) => ScalarKind::Float,
            Self::Complex(..) => ScalarKind::Complex,
        }
    }

    /// Python's `bool(self)`.
    pub fn is_nonzero(self) -> bool {
        match self {
            Self::Bool(value) => value,
            Self::Int(value) => value != 0,
            Self::Float(value) | Self::BigInt(value) => value != 0.0,
            Self::Complex(re, im) => re != 0.0 || im != 0.0,
        }
    }

    /// The value as `numpy.asarray(self, dtype)` and a weak operand of dtype `dtype` hold it.
    ///
    /// Integers become floats through float64, as in NumPy: for float32 and float16 that rounds twice. Floats truncate to
    /// integers.
    ///
    /// # Errors
    /// [`Error::Overflow`] "Python integer 300 out of bounds for uint8", or for an infinity to an integer dtype;
    /// [`Error::Value`] for NaN to an integer dtype; [`Error::Type`] for complex to a real dtype other than bool.
    ///
    /// ```
    /// use anygpu_core::{DType, Scalar};
    /// assert_eq!(Scalar::Int(-2).to_bytes(DType::I8)?.as_slice(), &[254]);
    /// let error = Scalar::Int(300).to_bytes(DType::U8).unwrap_err();
    /// assert_eq!(error.to_string(), "Python integer 300 out of bounds for uint8");
    /// # Ok::<(), anygpu_core::Error>(())
    /// ```
    pub fn to_bytes(self, dtype: DType) -> Result<ScalarBytes> {
        match (dtype.kind(), self) {
            (Kind::Unsigned | Kind::Signed, value) => Ok(integer_bytes(value.to_python_int(dtype)?, dtype)),
            (Kind::Float, Self::Complex(..)) => Err(Error::type_error("float() argument must be a string or a real number, not 'complex'")),
            (Kind::Float | Kind::Complex, Self::Int(value)) => Ok(Self::Float(value as f64).cast_to_bytes(dtype)),
            (_, value) => Ok(value.cast_to_bytes(dtype)),
        }
    }

    /// `int(self)`, checked against the range of an integer dtype.
    fn to_python_int(self, dtype: DType) -> Result<i128> {
        let out_of_bounds = |value: String| Error::Overflow(format!("Python integer {value} out of bounds for {dtype}"));
        let value = match self {
            Self::Bool(value) => value as i128,
            Self::Int(value) => value,
            Self::BigInt(value) => return Err(out_of_bounds(format!("{value:e}"))),
            Self::Float(value) if value.is_nan() => {
                return Err(Error::value_error("cannot convert float NaN to integer"));
            }
            Self::Float(value) if value.is_infinite() => {
                return Err(Error::overflow_error("cannot convert float infinity to integer"));
            }
            Self::Float(value) if value.abs() >= 2f64.powi(64) => {
                return Err(out_of_bounds(format!("{value:.0}")));
            }
            Self::Float(value) => value as i128,
            Self::Complex(..) => {
                return Err(Error::type_error("int() argument must be a string, a bytes-like object or a real number, not 'complex'"));
            }
        };
        if dtype.min_value() <= Some(value) && Some(value) <= dtype.max_value() { Ok(value) } else { Err(out_of_bounds(value.to_string())) }
    }

    /// The value as `numpy.asarray(self).astype(dtype)` holds it: a C cast, which never fails.
    ///
    /// Integers wrap. Floats to integers truncate; where the value does not fit, the result is what NumPy on x86-64 gives: the
    /// dtype's minimum for int32 and int64, the low bits of the int32 conversion for 8 and 16 bits, the low bits of the int64
    /// conversion for uint32. Complex to real drops the imaginary part.
    ///
    /// ```
    /// use anygpu_core::{DType, Scalar};
    /// assert_eq!(Scalar::Int(300).cast_to_bytes(DType::U8).as_slice(), &[44]);
    /// assert_eq!(Scalar::Float(-1.5).cast_to_bytes(DType::U8).as_slice(), &[255]);
    /// ```
    pub fn cast_to_bytes(self, dtype: DType) -> ScalarBytes {
        let (re, im) = match self {
            Self::Bool(value) => (value as u8 as f64, 0.0),
            Self::Int(value) => (value as f64, 0.0),
            Self::Float(value) | Self::BigInt(value) => (value, 0.0),
            Self::Complex(re, im) => (re, im),
        };
        // One rounding for an integer, not two by way of float64.
        let re32 = if let Self::Int(value) = self { value as f32 } else { re as f32 };
        match dtype {
            DType::Bool => {
                let truth = match self {
                    Self::Bool(value) => value,
                    Self::Int(value) => value != 0,
                    Self::Float(_) | Self::BigInt(_) | Self::Complex(..) => re != 0.0 || im != 0.0,
                };
                ScalarBytes::from_slice(&[truth as u8])
            }
            DType::F16 => ScalarBytes::from_slice(&f16_from_f64(re).to_ne_bytes()),
            DType::F32 => ScalarBytes::from_slice(&re32.to_ne_bytes()),
            DType::F64 => ScalarBytes::from_slice(&re.to_ne_bytes()),
            DType::C64 => ScalarBytes::from_slice(bytemuck::bytes_of(&Complex::new(re32, im as f32))),
            DType::C128 => ScalarBytes::from_slice(bytemuck::bytes_of(&Complex::new(re, im))),
            integer => {
                let value = match self {
                    Self::Bool(value) => value as i128,
                    Self::Int(value) => value,
                    Self::Float(_) | Self::BigInt(_) | Self::Complex(..) => integer_from_f64(re, integer),
                };
                integer_bytes(value, integer)
            }
        }
    }

    /// The value of one element of `dtype`.
    ///
    /// # Errors
    /// [`Error::Value`] unless `bytes` has the dtype's `itemsize`.
    pub fn from_bytes(dtype: DType, bytes: &[u8]) -> Result<Self> {
        if bytes.len() != dtype.itemsize() {
            return Err(Error::Value(format!("one {dtype} element takes {} bytes, not {}", dtype.itemsize(), bytes.len())));
        }
        fn read<T: bytemuck::AnyBitPattern>(bytes: &[u8]) -> T {
            bytemuck::pod_read_unaligned(bytes)
        }
        Ok(match dtype {
            DType::Bool => Self::Bool(bytes[0] != 0),
            DType::U8 => Self::Int(read::<u8>(bytes).into()),
            DType::U16 => Self::Int(read::<u16>(bytes).into()),
            DType::U32 => Self::Int(read::<u32>(bytes).into()),
            DType::U64 => Self::Int(read::<u64>(bytes).into()),
            DType::I8 => Self::Int(read::<i8>(bytes).into()),
            DType::I16 => Self::Int(read::<i16>(bytes).into()),
            DType::I32 => Self::Int(read::<i32>(bytes).into()),
            DType::I64 => Self::Int(read::<i64>(bytes).into()),
            DType::F16 => Self::Float(read::<f16>(bytes).to_f64()),
            DType::F32 => Self::Float(read::<f32>(bytes).into()),
            DType::F64 => Self::Float(read(bytes)),
            DType::C64 => {
                let value = read::<Complex<f32>>(bytes);
                Self::Complex(value.re.into(), value.im.into())
            }
            DType::C128 => {
                let value = read::<Complex<f64>>(bytes);
                Self::Complex(value.re, value.im)
            }
        })
    }
}

/// The low bytes of `value` in two's complement.
fn integer_bytes(value: i128, dtype: DType) -> ScalarBytes {
    match dtype.itemsize() {
        1 => ScalarBytes::from_slice(&(value as u8).to_ne_bytes()),
        2 => ScalarBytes::from_slice(&(value as u16).to_ne_bytes()),
        4 => ScalarBytes::from_slice(&(value as u32).to_ne_bytes()),
        _ => ScalarBytes::from_slice(&(value as u64).to_ne_bytes()),
    }
}

/// The C cast of a double to an integer as x86-64 compilers do it (`cvttsd2si`), before truncation to the dtype's width.
fn integer_from_f64(value: f64, dtype: DType) -> i128 {
    // The conversions answer "integer indefinite" for NaN and what does not fit.
    let to_i32 = |x: f64| {
        if x > -2147483649.0 && x < 2147483648.0 { x as i32 } else { i32::MIN }
    };
    const TWO_63: f64 = 9223372036854775808.0;
    let to_i64 = |x: f64| {
        if (-TWO_63..TWO_63).contains(&x) { x as i64 } else { i64::MIN }
    };
    match dtype {
        DType::U32 | DType::I64 => to_i64(value).into(),
        // GCC: below 2^63 the signed conversion; above, that of x - 2^63 with the top bit flipped.
        DType::U64 if value >= TWO_63 => i128::from(to_i64(value - TWO_63) ^ i64::MIN),
        DType::U64 => to_i64(value).into(),
        _ => to_i32(value).into(),
    }
}

/// `value` rounded once, to nearest even. `half::f16::from_f64` rounds by way of float32 (F16C) or drops low bits before it rounds, so
/// the float32 in between is rounded to odd here, which makes the second rounding exact
/// (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008).
fn f16_from_f64(value: f64) -> f16 {
    let nearest = value as f32;
    if value.is_nan() || f64::from(nearest) == value {
        return f16::from_f32(nearest);
    }
    let mut bits = nearest.to_bits();
    if f64::from(nearest).abs() > value.abs() {
        bits -= 1;
    }
    f16::from_f32(f32::from_bits(bits | 1))
}

macro_rules! scalar_from {
    ($variant:ident as $wide:ty: $($ty:ty),*) => {$(
        impl From<$ty> for Scalar {
            fn from(value: $ty) -> Self {
                Self::$variant(value as $wide)
            }
        }
    )*};
}

scalar_from!(Bool as bool: bool);
scalar_from!(Int as i128: u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, i128);
scalar_from!(Float as f64: f32, f64);

impl From<f16> for Scalar {
    fn from(value: f16) -> Self {
        Self::Float(value.to_f64())
    }
}

impl From<Complex<f32>> for Scalar {
    fn from(value: Complex<f32>) -> Self {
        Self::Complex(value.re.into(), value.im.into())
    }
}

impl From<Complex<f64>> for Scalar {
    fn from(value: Complex<f64>) -> Self {
        Self::Complex(value.re, value.im)
    }
}
