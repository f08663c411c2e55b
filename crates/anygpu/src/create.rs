//! Arrays from numbers: NumPy's creation functions beside those of [`Array`] itself.

use crate::array::Array;
use crate::device::Device;
use crate::elementwise::where_;
use crate::ufunc::Ufunc;
use crate::value::Value;
use anygpu_core::{DType, Element, Error, Result, Scalar, bytes_of_slice};

impl Device {
    /// An array from values in C order.
    ///
    /// # Errors
    /// A number of values that is not `shape`'s, no memory.
    pub fn array<T: Element>(&self, values: &[T], shape: &[usize]) -> Result<Array> {
        Array::from_bytes(self, bytes_of_slice(values), shape, T::DTYPE)
    }

    /// An array of zeros.
    pub fn zeros(&self, shape: &[usize], dtype: DType) -> Result<Array> {
        Array::zeros(self, shape, dtype)
    }

    /// An array of ones.
    pub fn ones(&self, shape: &[usize], dtype: DType) -> Result<Array> {
        Array::full(self, shape, Scalar::Int(1), dtype)
    }

    /// An array of one value.
    pub fn full(&self, shape: &[usize], value: Scalar, dtype: DType) -> Result<Array> {
        Array::full(self, shape, value, dtype)
    }

    /// `start`, `start + step`, .. below `stop`, in `dtype`; the numbers are those of `numpy.arange`: `start + i * delta` with `delta` the difference of the
    /// first two elements as the dtype holds them.
    ///
    /// # Errors
    /// A step of zero, a length that overflows, a dtype that has no order.
    pub fn arange(&self, start: Scalar, stop: Scalar, step: Scalar, dtype: DType) -> Result<Array> {
        let complex = |x: &Scalar| matches!(x, Scalar::Complex(..));
        if !dtype.is_complex() && [start, stop, step].iter().any(complex) {
            return Err(Error::Type(format!("arange: must be real number, not complex, for dtype {dtype}")));
        }
        let length = arange_length(start, stop, step)?;
        self.sequence(start, step, length, dtype)
    }

    /// `length` numbers from `start` by `step`, as NumPy fills a range.
    fn sequence(&self, start: Scalar, step: Scalar, length: usize, dtype: DType) -> Result<Array> {
        if dtype == DType::Bool && length > 2 {
            return Err(Error::Type("arange() is only supported for booleans when the result has at most length 2.".into()));
        }
        let positions = Array::positions(self, &[length])?;
        if dtype == DType::Bool {
            let (first, second) = (start.is_nonzero(), add(start, step).is_nonzero());
            return where_(&positions.astype(DType::Bool)?, Value::Scalar(Scalar::Bool(second)), Value::Scalar(Scalar::Bool(first)));
        }
        // NumPy stores the first two elements in the dtype and continues from their difference in the dtype's arithmetic (float16: in float32).
        let wide = if dtype == DType::F16 { DType::F32 } else { dtype };
        let first = stored(start, dtype)?;
        let second = stored(add(start, step), dtype)?;
        let delta = subtract(second, first, wide)?;
        let (first, delta) = (wrapped(first, wide), wrapped(delta, wide));
        let index = positions.astype(wide)?;
        let scaled = Ufunc::Multiply.call(&[(&index).into(), Value::Scalar(delta)])?;
        let values = Ufunc::Add.call(&[(&scaled).into(), Value::Scalar(first)])?;
        if wide == dtype { Ok(values) } else { values.astype(dtype) }
    }

    /// `num` evenly spaced numbers from `start` to `stop`, the last included where `endpoint` is set, as `numpy.linspace` computes them in float64.
    pub fn linspace(&self, start: f64, stop: f64, num: usize, endpoint: bool, dtype: DType) -> Result<Array> {
        let divisions = if endpoint { num.saturating_sub(1) } else { num };
        let delta = stop - start;
        let index = Array::positions(self, &[num])?.astype(DType::F64)?;
        let scaled = if divisions > 0 {
            let step = delta / divisions as f64;
            if step == 0.0 {
                let fraction = Ufunc::Divide.call(&[(&index).into(), Value::Scalar(Scalar::Float(divisions as f64))])?;
                Ufunc::Multiply.call(&[(&fraction).into(), Value::Scalar(Scalar::Float(delta))])?
            } else {
                Ufunc::Multiply.call(&[(&index).into(), Value::Scalar(Scalar::Float(step))])?
            }
        } else {
            Ufunc::Multiply.call(&[(&index).into(), Value::Scalar(Scalar::Float(delta))])?
        };
        let mut values = Ufunc::Add.call(&[(&scaled).into(), Value::Scalar(Scalar::Float(start))])?;
        if endpoint && num > 1 {
            let last = Ufunc::Equal.call(&[(&index).into(), Value::Scalar(Scalar::Float((num - 1) as f64))])?;
            values = where_(&last, Value::Scalar(Scalar::Float(stop)), (&values).into())?;
        }
        match dtype {
            DType::F64 => Ok(values),
            d if d.is_integer() => Ufunc::Floor.call(&[(&values).into()])?.astype(d),
            d => values.astype(d),
        }
    }

    /// Ones on the `k`-th diagonal of a matrix, zeros elsewhere.
    pub fn eye(&self, rows: usize, columns: usize, k: isize, dtype: DType) -> Result<Array> {
        let shape = |n: usize, axis: isize| Array::positions(self, &[n])?.expand_dims(&[axis]);
        let row = Ufunc::Add.call(&[(&shape(rows, 1)?).into(), Value::Scalar(Scalar::Int(k as i128))])?;
        Ufunc::Equal.call(&[(&row).into(), (&shape(columns, 0)?).into()])?.astype(dtype)
    }
}

/// Number of elements of a range: `ceil((stop - start) / step)`.
fn arange_length(start: Scalar, stop: Scalar, step: Scalar) -> Result<usize> {
    let too_big = || Error::Value("Maximum allowed size exceeded".into());
    if let (Scalar::Int(a), Scalar::Int(b), Scalar::Int(s)) = (start, stop, step) {
        if s == 0 {
            return Err(too_big());
        }
        let span = b.checked_sub(a).ok_or_else(too_big)?;
        let n = if (span > 0) == (s > 0) { (span.unsigned_abs()).div_ceil(s.unsigned_abs()) } else { 0 };
        return usize::try_from(n).ok().filter(|n| *n <= isize::MAX as usize).ok_or_else(too_big);
    }
    let (from, to, by) = (parts(start), parts(stop), parts(step));
    let length = if [start, stop, step].iter().any(|x| matches!(x, Scalar::Complex(..))) {
        // NumPy: as far as both parts of the quotient reach.
        let (x, y) = (to.0 - from.0, to.1 - from.1);
        let norm = by.0 * by.0 + by.1 * by.1;
        let (real, imaginary) = ((x * by.0 + y * by.1) / norm, (y * by.0 - x * by.1) / norm);
        if (real + imaginary).is_nan() { f64::NAN } else { real.min(imaginary).ceil() }
    } else {
        ((to.0 - from.0) / by.0).ceil()
    };
    if length.is_nan() || length > isize::MAX as f64 {
        return Err(if length.is_nan() { Error::Value("arange: cannot compute length".into()) } else { too_big() });
    }
    Ok(length.max(0.0) as usize)
}

fn add(a: Scalar, b: Scalar) -> Scalar {
    match (a, b) {
        (Scalar::Complex(..), _) | (_, Scalar::Complex(..)) => {
            let (x, y) = (parts(a), parts(b));
            Scalar::Complex(x.0 + y.0, x.1 + y.1)
        }
        (Scalar::Float(_), _) | (_, Scalar::Float(_)) => Scalar::Float(parts(a).0 + parts(b).0),
        _ => Scalar::Int(parts_int(a).wrapping_add(parts_int(b))),
    }
}

fn parts(x: Scalar) -> (f64, f64) {
    match x {
        Scalar::Bool(b) => (f64::from(u8::from(b)), 0.0),
        Scalar::Int(i) => (i as f64, 0.0),
        Scalar::Float(x) | Scalar::BigInt(x) => (x, 0.0),
        Scalar::Complex(a, b) => (a, b),
    }
}

fn parts_int(x: Scalar) -> i128 {
    match x {
        Scalar::Bool(b) => i128::from(b),
        Scalar::Int(i) => i,
        Scalar::Float(x) | Scalar::BigInt(x) | Scalar::Complex(x, _) => x as i128,
    }
}

/// The value as an element of `dtype` holds it.
fn stored(x: Scalar, dtype: DType) -> Result<Scalar> {
    Scalar::from_bytes(dtype, &x.cast_to_bytes(dtype))
}

/// `a - b` rounded to `dtype`.
fn subtract(a: Scalar, b: Scalar, dtype: DType) -> Result<Scalar> {
    let difference = match (a, b) {
        (Scalar::Int(x), Scalar::Int(y)) => Scalar::Int(x.wrapping_sub(y)),
        _ => {
            let (x, y) = (parts(a), parts(b));
            if dtype.is_complex() { Scalar::Complex(x.0 - y.0, x.1 - y.1) } else { Scalar::Float(x.0 - y.0) }
        }
    };
    stored(difference, dtype)
}

/// An integer brought into the dtype's range by wrapping, so that it may be a scalar operand.
fn wrapped(x: Scalar, dtype: DType) -> Scalar {
    stored(x, dtype).unwrap_or(x)
}
