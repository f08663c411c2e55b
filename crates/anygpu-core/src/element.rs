//! The Rust types that are elements of arrays, and safe views of them as bytes.

use crate::{DType, Error, Result};
use half::f16;
use num_complex::Complex;

mod sealed {
    pub trait Sealed {}
}

/// A Rust type with the same bytes as a [`DType`]: `bool`, `u8..u64`, `i8..i64`, [`struct@half::f16`], `f32`, `f64`, `Complex<f32>`,
/// `Complex<f64>`. Sealed: the list is the whole list.
pub trait Element: sealed::Sealed + bytemuck::NoUninit + PartialEq + std::fmt::Debug + Default + Send + Sync {
    /// The dtype with this representation.
    const DTYPE: DType;

    /// Copies bytes (in host order, any alignment) into values; see [`vec_from_bytes`].
    fn vec_from_bytes(bytes: &[u8]) -> Result<Vec<Self>>;
}

/// The bytes of `values`, without a copy.
///
/// ```
/// assert_eq!(anygpu_core::bytes_of_slice(&[true, false]), &[1, 0]);
/// ```
pub fn bytes_of_slice<T: Element>(values: &[T]) -> &[u8] {
    bytemuck::cast_slice(values)
}

/// The values that `bytes` hold, copied; `bytes` may have any alignment. For `bool`, every non-zero byte is `true`.
///
/// # Errors
/// [`Error::Value`] if the length is not a multiple of the element size.
///
/// ```
/// assert_eq!(anygpu_core::vec_from_bytes::<u16>(&7u16.to_ne_bytes())?, vec![7]);
/// # Ok::<(), anygpu_core::Error>(())
/// ```
pub fn vec_from_bytes<T: Element>(bytes: &[u8]) -> Result<Vec<T>> {
    T::vec_from_bytes(bytes)
}

macro_rules! elements {
    ($($ty:ty => $dtype:ident),*) => {$(
        impl sealed::Sealed for $ty {}
        impl Element for $ty {
            const DTYPE: DType = DType::$dtype;

            fn vec_from_bytes(bytes: &[u8]) -> Result<Vec<Self>> {
                if !bytes.len().is_multiple_of(size_of::<Self>()) {
                    return Err(Error::Value(format!(
                        "buffer of {} bytes does not hold a whole number of {} elements of {} bytes",
                        bytes.len(), DType::$dtype, size_of::<Self>()
                    )));
                }
                Ok(bytemuck::pod_collect_to_vec(bytes))
            }
        }
    )*};
}

elements!(u8 => U8, u16 => U16, u32 => U32, u64 => U64, i8 => I8, i16 => I16, i32 => I32, i64 => I64,
    f16 => F16, f32 => F32, f64 => F64, Complex<f32> => C64, Complex<f64> => C128);

impl sealed::Sealed for bool {}
impl Element for bool {
    const DTYPE: DType = DType::Bool;

    fn vec_from_bytes(bytes: &[u8]) -> Result<Vec<Self>> {
        Ok(bytes.iter().map(|&byte| byte != 0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<T: Element>(values: &[T]) {
        assert_eq!(size_of::<T>(), T::DTYPE.itemsize());
        let bytes = bytes_of_slice(values);
        assert_eq!(vec_from_bytes::<T>(bytes).unwrap(), values);
        // Unaligned input must do as well.
        let mut shifted = vec![0u8];
        shifted.extend_from_slice(bytes);
        assert_eq!(vec_from_bytes::<T>(&shifted[1..]).unwrap(), values);
        if size_of::<T>() > 1 {
            assert!(vec_from_bytes::<T>(&shifted).is_err());
        }
    }

    #[test]
    fn every_element_type_round_trips_through_bytes() {
        round_trip(&[true, false]);
        round_trip(&[1u8, 255]);
        round_trip(&[1u16, u16::MAX]);
        round_trip(&[1u32, u32::MAX]);
        round_trip(&[1u64, u64::MAX]);
        round_trip(&[-1i8, i8::MIN]);
        round_trip(&[-1i16, i16::MIN]);
        round_trip(&[-1i32, i32::MIN]);
        round_trip(&[-1i64, i64::MIN]);
        round_trip(&[f16::from_f32(1.5)]);
        round_trip(&[1.5f32, -0.0]);
        round_trip(&[1.5f64, f64::INFINITY]);
        round_trip(&[Complex::new(1.0f32, -2.0)]);
        round_trip(&[Complex::new(1.0f64, -2.0)]);
    }

    #[test]
    fn any_nonzero_byte_is_true() {
        assert_eq!(vec_from_bytes::<bool>(&[0, 1, 2, 255]).unwrap(), [false, true, true, true]);
    }
}
