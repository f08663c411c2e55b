//! The Python extension module `anygpu._anygpu`: every `#[pyclass]`, the conversions between Python and the `anygpu` crate, and nothing that computes.
//!
//! The Python package beside it (`bindings/python/python/anygpu`) gives these primitives NumPy's names and signatures.

mod convert;
mod device;
mod dtypes;
mod errors;
mod functions;
mod methods;
mod ndarray;
mod operators;

use pyo3::prelude::*;

#[pymodule]
fn _anygpu(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add_class::<ndarray::PyNdArray>()?;
    m.add_class::<device::PyDevice>()?;
    m.add_class::<functions::PyUfunc>()?;
    errors::register(m)?;
    functions::register_ufuncs(m)?;
    m.add_function(wrap_pyfunction!(device::adapters, m)?)?;
    m.add_function(wrap_pyfunction!(functions::from_object, m)?)?;
    m.add_function(wrap_pyfunction!(functions::filled, m)?)?;
    m.add_function(wrap_pyfunction!(functions::unset, m)?)?;
    m.add_function(wrap_pyfunction!(functions::range, m)?)?;
    m.add_function(wrap_pyfunction!(functions::spaced, m)?)?;
    m.add_function(wrap_pyfunction!(functions::diagonal_ones, m)?)?;
    m.add_function(wrap_pyfunction!(functions::choose, m)?)?;
    m.add_function(wrap_pyfunction!(functions::join, m)?)?;
    m.add_function(wrap_pyfunction!(functions::pile, m)?)?;
    // Drivers do not survive a fork: a child is told so instead of hanging in one.
    let mark = wrap_pyfunction!(mark_forked, m)?;
    let os = m.py().import("os")?;
    if os.hasattr("register_at_fork")? {
        let hooks = pyo3::types::PyDict::new(m.py());
        hooks.set_item("after_in_child", mark)?;
        os.call_method("register_at_fork", (), Some(&hooks))?;
    }
    Ok(())
}

#[pyfunction]
fn mark_forked() {
    anygpu::mark_forked();
}
