//! Operands of elementwise operations: arrays, and numbers with or without a dtype.

use crate::array::Array;
use crate::device::Device;
use anygpu_core::{DType, Error, Result, Scalar, ScalarKind};
use smallvec::SmallVec;

/// An operand of an elementwise operation.
///
/// A scalar is *weak*, as a Python number is in NumPy 2 (NEP 50): it takes the dtype of the arrays it meets.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// An array.
    Array(&'a Array),
    /// A number without a dtype.
    Scalar(Scalar),
    /// A number with a dtype, as NumPy's scalars are: it promotes as an array of that dtype does.
    Typed(Scalar, DType),
}

impl<'a> Value<'a> {
    /// The dtype of an array, or of a number that has one.
    pub fn dtype(&self) -> Option<DType> {
        match self {
            Value::Array(a) => Some(a.dtype()),
            Value::Typed(_, dtype) => Some(*dtype),
            Value::Scalar(_) => None,
        }
    }

    /// The dtype, if it is one of integers; a Python integer of 64 bits has int64 among other numbers.
    pub(crate) fn integer_dtype(&self) -> Option<DType> {
        match self {
            Value::Scalar(Scalar::Int(value)) if i64::try_from(*value).is_ok() => Some(DType::I64),
            _ => self.dtype().filter(|d| d.is_integer()),
        }
    }

    pub(crate) fn is_integer_number(&self) -> bool {
        matches!(self, Value::Scalar(Scalar::Int(_) | Scalar::BigInt(_)))
    }

    /// A Python `float` or `complex` with its dtype: converted to another one, it loses what an array would lose. An `int` has to fit even so.
    pub(crate) fn cast_as_arrays_are(self) -> Value<'a> {
        match self {
            Value::Scalar(number @ (Scalar::Float(_) | Scalar::Complex(..))) => Value::Typed(number, number.kind().default_dtype()),
            other => other,
        }
    }

    /// 0 or 1 in place of a Python integer. NumPy refuses those beyond 64 bits.
    pub(crate) fn truth_of_integer(self) -> Result<Value<'a>> {
        match self {
            Value::Scalar(Scalar::Int(value)) if i64::try_from(value).is_ok() => Ok(Value::Scalar(Scalar::Int(i128::from(value != 0)))),
            Value::Scalar(Scalar::Int(_) | Scalar::BigInt(_)) => {
                Err(Error::Overflow("Python int too large to convert to C long".to_owned()))
            }
            other => Ok(other),
        }
    }

    /// The value as an array; numbers become zero-dimensional ones.
    pub(crate) fn to_array(self, device: &Device) -> Result<Array> {
        match self {
            Value::Array(a) => Ok(a.clone()),
            Value::Scalar(s) => Array::full(device, &[], s, s.kind().default_dtype()),
            Value::Typed(s, dtype) => Array::full(device, &[], s, dtype),
        }
    }
}

impl<'a> From<&'a Array> for Value<'a> {
    fn from(a: &'a Array) -> Value<'a> {
        Value::Array(a)
    }
}

macro_rules! scalar_values {
    ($($ty:ty => $variant:ident as $as:ty),*) => {$(
        impl From<$ty> for Value<'_> {
            fn from(x: $ty) -> Self {
                Value::Scalar(Scalar::$variant(x as $as))
            }
        }
    )*};
}
scalar_values!(bool => Bool as bool, i32 => Int as i128, i64 => Int as i128, u32 => Int as i128, u64 => Int as i128, usize => Int as i128, f32 => Float as f64, f64 => Float as f64);

pub(crate) fn dtypes_of(operands: &[Value<'_>]) -> (SmallVec<[DType; 3]>, SmallVec<[ScalarKind; 3]>) {
    let (mut dtypes, mut weak) = (SmallVec::new(), SmallVec::new());
    for operand in operands {
        match operand {
            Value::Array(a) => dtypes.push(a.dtype()),
            Value::Scalar(s) => weak.push(s.kind()),
            Value::Typed(_, d) => dtypes.push(*d),
        }
    }
    (dtypes, weak)
}

pub(crate) fn common_device(name: &str, operands: &[Value<'_>]) -> Result<Device> {
    let mut found: Option<&Device> = None;
    for operand in operands {
        if let Value::Array(a) = operand {
            match found {
                Some(d) if !d.is_same(a.device()) => {
                    return Err(Error::Value(format!(
                        "{name}: operands are on different devices, {d:?} and {:?}; move one with asarray(x, device=...)",
                        a.device()
                    )));
                }
                _ => found = Some(a.device()),
            }
        }
    }
    match found {
        Some(d) => Ok(d.clone()),
        None => Device::default_device(),
    }
}
