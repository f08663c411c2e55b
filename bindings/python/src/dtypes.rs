//! dtypes are NumPy's own objects.

use anygpu::DType;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

struct Table {
    dtypes: Vec<Py<PyAny>>,
    dtype_class: Py<PyAny>,
}

static TABLE: PyOnceLock<Table> = PyOnceLock::new();

fn table(py: Python<'_>) -> PyResult<&Table> {
    TABLE.get_or_try_init(py, || {
        let class = py.import("numpy")?.getattr("dtype")?;
        let dtypes = DType::ALL.iter().map(|d| Ok(class.call1((d.name(),))?.unbind())).collect::<PyResult<Vec<_>>>()?;
        Ok(Table { dtypes, dtype_class: class.unbind() })
    })
}

/// The `numpy.dtype` of a dtype.
pub(crate) fn to_numpy(py: Python<'_>, dtype: DType) -> PyResult<Py<PyAny>> {
    Ok(table(py)?.dtypes[dtype as usize].clone_ref(py))
}

/// The dtype that `object` (a `numpy.dtype`, a scalar type, a name, `float`, ..) means.
///
/// # Errors
/// `TypeError` for object, string, datetime, structured and long double dtypes.
pub(crate) fn from_py(object: &Bound<'_, PyAny>) -> PyResult<DType> {
    let py = object.py();
    let table = table(py)?;
    if let Some(k) = table.dtypes.iter().position(|d| d.is(object)) {
        return Ok(DType::ALL[k]);
    }
    let dtype = table.dtype_class.bind(py).call1((object,))?;
    if let Some(k) = table.dtypes.iter().position(|d| d.is(&dtype)) {
        return Ok(DType::ALL[k]);
    }
    for (k, known) in table.dtypes.iter().enumerate() {
        // Other objects for the same type: `longlong` beside `int64`, another byte order.
        if dtype.getattr("kind")?.eq(known.bind(py).getattr("kind")?)?
            && dtype.getattr("itemsize")?.eq(known.bind(py).getattr("itemsize")?)?
        {
            return Ok(DType::ALL[k]);
        }
    }
    let names: Vec<&str> = DType::ALL.iter().map(|d| d.name()).collect();
    Err(PyTypeError::new_err(format!("dtype {dtype} has no form on the GPU; the dtypes are {}", names.join(", "))))
}

/// [`from_py`] of an optional argument.
pub(crate) fn optional(object: Option<&Bound<'_, PyAny>>) -> PyResult<Option<DType>> {
    object.filter(|o| !o.is_none()).map(from_py).transpose()
}
