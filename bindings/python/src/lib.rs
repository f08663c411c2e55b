//! The Python extension module `anygpu._anygpu`: every `#[pyclass]`, the conversions between Python and the `anygpu` crate, and nothing that computes.
//!
//! The Python package beside it (`bindings/python/python/anygpu`) gives these primitives NumPy's names and signatures.

mod convert;
mod device;
mod dtypes;
mod errors;
mod fourier;
mod functions;
mod generated;
mod kernel;
mod linalg;
mod ndarray;
mod random;

use pyo3::prelude::*;

#[pymodule]
fn _anygpu(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add_class::<ndarray::PyNdArray>()?;
    m.add_class::<ndarray::PyArrayIterator>()?;
    m.add_class::<device::PyDevice>()?;
    m.add_class::<functions::PyUfunc>()?;
    errors::register(m)?;
    functions::register_ufuncs(m)?;
    linalg::register(m)?;
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
    generated::register(m)?;
    kernel::register(m)?;
    m.add_function(wrap_pyfunction!(fourier::transform, m)?)?;
    m.add_function(wrap_pyfunction!(random::draw, m)?)?;
    m.add_function(wrap_pyfunction!(random::refuse_later, m)?)?;
    anygpu::set_interrupt(Some(std::sync::Arc::new(errors::check_signals)));
    let save = wrap_pyfunction!(save_caches, m)?;
    m.py().import("atexit")?.call_method1("register", (save,))?;
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

/// Compiled kernels go to the disk cache when the interpreter exits: nothing is dropped then.
#[pyfunction]
fn save_caches(py: Python<'_>) {
    py.detach(anygpu::save_caches);
}

#[pyfunction]
fn mark_forked() {
    anygpu::mark_forked();
}
