//! Elementwise operations on `anygpu.ndarray`: Python's operators, forward, reflected and in place, and the methods beside them.
#![allow(unsafe_op_in_unsafe_fn, reason = "PyO3's expansion inside a macro_rules macro loses its own allowance")]

use crate::convert;
use crate::errors::{enter, to_py};
use crate::ndarray::out::store_result;
use crate::ndarray::{Object, PyNdArray};
use anygpu::{Array, Scalar, Ufunc};
use pyo3::IntoPyObjectExt;
use pyo3::basic::CompareOp;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// What an operator answers to an operand that is nothing we know: text is an error, as for NumPy; other types may have an operator of their own.
pub(super) fn unknown_operand(py: Python<'_>, ufunc: &str, this: &Array, other: &Bound<'_, PyAny>, swapped: bool) -> PyResult<Py<PyAny>> {
    if !convert::is_text(other) {
        return Ok(py.NotImplemented());
    }
    let this = Bound::new(py, PyNdArray::from(this.clone()))?.into_any();
    let inputs = if swapped { [other.clone(), this] } else { [this, other.clone()] };
    Err(convert::no_loop(py, ufunc, &inputs))
}

/// `ufunc(a, b)`, or NotImplemented where the other operand is nothing we know.
fn binary(py: Python<'_>, ufunc: Ufunc, this: &PyNdArray, other: &Bound<'_, PyAny>, swapped: bool) -> PyResult<Py<PyAny>> {
    let Some(operand) = convert::operand(other, Some(&this.array))? else {
        return unknown_operand(py, ufunc.name(), &this.array, other, swapped);
    };
    let (a, b) = (anygpu::Value::Array(&this.array), operand.value());
    let operands = if swapped { [b, a] } else { [a, b] };
    PyNdArray::from(enter(py, || ufunc.call(&operands))?).into_py_any(py)
}

fn update(py: Python<'_>, ufunc: Ufunc, this: &PyNdArray, other: &Bound<'_, PyAny>) -> PyResult<()> {
    let Some(operand) = convert::operand(other, Some(&this.array))? else {
        unknown_operand(py, ufunc.name(), &this.array, other, false)?;
        return Err(PyTypeError::new_err(format!(
            "unsupported operand type(s) for {}: 'anygpu.ndarray' and {}",
            ufunc.name(),
            other.get_type()
        )));
    };
    let operand = operand.value();
    enter(py, || this.array.update(ufunc, Some(operand)))
}

fn unary(py: Python<'_>, ufunc: Ufunc, this: &PyNdArray) -> PyResult<PyNdArray> {
    enter(py, || ufunc.call(&[(&this.array).into()])).map(PyNdArray::from)
}

macro_rules! operators {
    ($($forward:ident $reflected:ident $inplace:ident $ufunc:ident;)*) => {
        #[pymethods]
        impl PyNdArray {
            $(
                fn $forward(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
                    binary(py, Ufunc::$ufunc, self, other, false)
                }

                fn $reflected(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
                    binary(py, Ufunc::$ufunc, self, other, true)
                }

                fn $inplace(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<()> {
                    update(py, Ufunc::$ufunc, self, other)
                }
            )*
        }
    };
}

operators! {
    __add__ __radd__ __iadd__ Add;
    __sub__ __rsub__ __isub__ Subtract;
    __mul__ __rmul__ __imul__ Multiply;
    __truediv__ __rtruediv__ __itruediv__ Divide;
    __floordiv__ __rfloordiv__ __ifloordiv__ FloorDivide;
    __mod__ __rmod__ __imod__ Remainder;
    __and__ __rand__ __iand__ BitwiseAnd;
    __or__ __ror__ __ior__ BitwiseOr;
    __xor__ __rxor__ __ixor__ BitwiseXor;
    __lshift__ __rlshift__ __ilshift__ LeftShift;
    __rshift__ __rrshift__ __irshift__ RightShift;
}

#[pymethods]
impl PyNdArray {
    fn __pow__(&self, py: Python<'_>, other: &Bound<'_, PyAny>, modulo: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        if !modulo.is_none() {
            return Ok(py.NotImplemented());
        }
        match self.easy_power(other)? {
            Some(result) => result.into_py_any(py),
            None => binary(py, Ufunc::Power, self, other, false),
        }
    }

    fn __rpow__(&self, py: Python<'_>, other: &Bound<'_, PyAny>, modulo: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        if !modulo.is_none() {
            return Ok(py.NotImplemented());
        }
        binary(py, Ufunc::Power, self, other, true)
    }

    fn __ipow__(&self, py: Python<'_>, other: &Bound<'_, PyAny>, _modulo: &Bound<'_, PyAny>) -> PyResult<()> {
        match self.easy_power(other)? {
            Some(result) if self.array.dtype() == result.array.dtype() => self.array.assign((&result.array).into()).map_err(to_py),
            _ => update(py, Ufunc::Power, self, other),
        }
    }

    fn __divmod__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.divmod(py, other, false)
    }

    fn __rdivmod__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.divmod(py, other, true)
    }

    fn __neg__(&self, py: Python<'_>) -> PyResult<PyNdArray> {
        unary(py, Ufunc::Negative, self)
    }

    fn __pos__(&self, py: Python<'_>) -> PyResult<PyNdArray> {
        unary(py, Ufunc::Positive, self)
    }

    fn __abs__(&self, py: Python<'_>) -> PyResult<PyNdArray> {
        unary(py, Ufunc::Absolute, self)
    }

    fn __invert__(&self, py: Python<'_>) -> PyResult<PyNdArray> {
        unary(py, Ufunc::Invert, self)
    }

    pub(super) fn __richcmp__(&self, py: Python<'_>, other: &Bound<'_, PyAny>, op: CompareOp) -> PyResult<Py<PyAny>> {
        let ufunc = match op {
            CompareOp::Lt => Ufunc::Less,
            CompareOp::Le => Ufunc::LessEqual,
            CompareOp::Eq => Ufunc::Equal,
            CompareOp::Ne => Ufunc::NotEqual,
            CompareOp::Gt => Ufunc::Greater,
            CompareOp::Ge => Ufunc::GreaterEqual,
        };
        if convert::is_no_number(other) && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            let unequal = Scalar::Bool(matches!(op, CompareOp::Ne));
            let result = enter(py, || self.array.full_like(unequal, anygpu::DType::Bool))?;
            return PyNdArray::from(result).into_py_any(py);
        }
        binary(py, ufunc, self, other, false)
    }

    /// Elements limited to `[min, max]`.
    #[pyo3(signature = (min = None, max = None, out = None))]
    fn clip(&self, py: Python<'_>, min: Object<'_, '_>, max: Object<'_, '_>, out: Object<'_, '_>) -> PyResult<Py<PyNdArray>> {
        let mut result = self.array.clone();
        let dtype = result.dtype();
        for (bound, ufunc) in [(min, Ufunc::Maximum), (max, Ufunc::Minimum)] {
            let Some(bound) = bound.filter(|b| !b.is_none()) else {
                continue;
            };
            let operand = convert::operand(bound, Some(&self.array))?
                .ok_or_else(|| pyo3::exceptions::PyTypeError::new_err("clip: a bound is no number and no array"))?;
            // A bound that no element can pass limits nothing.
            let idle = match operand.value() {
                _ if dtype == anygpu::DType::Bool => false,
                anygpu::Value::Scalar(Scalar::Int(v)) if ufunc == Ufunc::Maximum => Some(v) < dtype.min_value(),
                anygpu::Value::Scalar(Scalar::Int(v)) => dtype.max_value().is_some_and(|m| v > m),
                _ => false,
            };
            if !idle {
                result = ufunc.call(&[(&result).into(), operand.value()]).map_err(to_py)?;
            }
        }
        if result.shares_base(&self.array) && out.is_none_or(|o| o.is_none()) {
            result = result.copy_keeping_order().map_err(to_py)?;
        }
        store_result(py, "clip", result.into(), out)
    }

    /// Complex conjugate; the array itself where it is real.
    fn conj(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        if !slf.get().array.dtype().is_complex() {
            return Ok(slf);
        }
        let result = Ufunc::Conjugate.call(&[(&slf.get().array).into()]).map_err(to_py)?;
        Bound::new(slf.py(), PyNdArray::from(result))
    }

    /// Complex conjugate; the array itself where it is real.
    fn conjugate(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        PyNdArray::conj(slf)
    }
}

impl PyNdArray {
    /// The powers that NumPy takes a shorter and exact way to: 2, and for floats 0, 1, -1 and a half; of complex numbers -1 only as an int.
    fn easy_power(&self, exponent: &Bound<'_, PyAny>) -> PyResult<Option<PyNdArray>> {
        let Some(s) = convert::number(exponent)? else { return Ok(None) };
        let x = &self.array;
        let float = x.dtype().is_inexact();
        let result = match s {
            Scalar::Int(2) => Ufunc::Square.call(&[x.into()]),
            Scalar::Float(2.0) if float => Ufunc::Square.call(&[x.into()]),
            Scalar::Float(0.5) if float => Ufunc::Sqrt.call(&[x.into()]),
            Scalar::Int(0) | Scalar::Float(0.0) if float => x.full_like(Scalar::Int(1), x.dtype()),
            Scalar::Int(1) | Scalar::Float(1.0) if float => Ufunc::Positive.call(&[x.into()]),
            Scalar::Int(-1) if x.dtype().is_complex() => Ufunc::Reciprocal.call(&[x.into()]),
            Scalar::Int(-1) | Scalar::Float(-1.0) if float && !x.dtype().is_complex() => {
                Ufunc::Divide.call(&[anygpu::Value::Scalar(Scalar::Float(1.0)), x.into()])
            }
            _ => return Ok(None),
        };
        result.map(|a| Some(a.into())).map_err(to_py)
    }

    fn divmod(&self, py: Python<'_>, other: &Bound<'_, PyAny>, swapped: bool) -> PyResult<Py<PyAny>> {
        let quotient = binary(py, Ufunc::FloorDivide, self, other, swapped)?;
        if quotient.is(py.NotImplemented()) {
            return Ok(quotient);
        }
        (quotient, binary(py, Ufunc::Remainder, self, other, swapped)?).into_py_any(py)
    }
}
