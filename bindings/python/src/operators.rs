//! Python's binary operators on `anygpu.ndarray`: forward, reflected and in place.
#![allow(unsafe_op_in_unsafe_fn, reason = "PyO3's expansion inside a macro_rules macro loses its own allowance")]

use crate::ndarray::{PyNdArray, binary, update};
use anygpu::Ufunc;
use pyo3::prelude::*;

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
