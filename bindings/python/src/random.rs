//! Draws of random numbers.

use crate::convert::{self, Operand};
use crate::device;
use crate::dtypes;
use crate::errors::enter;
use crate::ndarray::PyNdArray;
use anygpu::{Draw, Stream, Value};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use smallvec::SmallVec;

/// An array of variates of the distribution `name`. `stream`: the key, the position of the first element, and the fourth counter word;
/// `positions`: those of the elements, counted from there, in C order for None.
#[pyfunction]
#[pyo3(signature = (name, stream, shape, dtype, parameters, positions = None, device = None))]
pub(crate) fn draw(
    name: &str,
    stream: (u64, u64, u32),
    shape: &Bound<'_, PyAny>,
    dtype: &Bound<'_, PyAny>,
    parameters: &Bound<'_, PyAny>,
    positions: Option<&Bound<'_, PyNdArray>>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyNdArray> {
    let py = shape.py();
    let draw = Draw::from_name(name).ok_or_else(|| PyValueError::new_err(format!("no distribution is named {name:?}")))?;
    let (key, start, component) = stream;
    let stream = Stream { key, start, component };
    let (shape, dtype) = (convert::shape(shape)?, dtypes::from_py(dtype)?);
    let mut operands: SmallVec<[Operand<'_>; 3]> = SmallVec::new();
    for parameter in parameters.try_iter()? {
        let parameter = parameter?;
        operands.push(
            convert::operand(&parameter, None)?
                .ok_or_else(|| PyTypeError::new_err(format!("{name}: {} cannot be a parameter", parameter.get_type())))?,
        );
    }
    let values: SmallVec<[Value<'_>; 3]> = operands.iter().map(Operand::value).collect();
    let positions = positions.map(|p| p.get().array.clone());
    let mut near = positions.iter().chain(values.iter().filter_map(|v| match v {
        Value::Array(a) => Some(*a),
        _ => None,
    }));
    let target = match (near.next(), device) {
        (Some(array), _) => array.device().clone(),
        (None, device) => device::optional(py, device)?,
    };
    enter(py, || target.draw(draw, stream, positions.as_ref(), &shape, dtype, &values)).map(Into::into)
}

/// Raises a `ValueError` at the next synchronisation if any element of `wrong` is nonzero.
#[pyfunction]
pub(crate) fn refuse_later(py: Python<'_>, wrong: &Bound<'_, PyNdArray>, message: String) -> PyResult<()> {
    let array = wrong.get().array.clone();
    enter(py, || array.device().refuse_later(&array, message))
}
