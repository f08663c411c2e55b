//! `anygpu.Device`, and what is known of adapters.

use crate::errors::enter;
use anygpu::{Device, Selector};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

/// A GPU, or a software adapter.
///
/// ``Device()`` is the default device: the one `ANYGPU_ADAPTER` names, or the best one found. ``Device(1)`` and ``Device("Radeon")`` open
/// the adapter of that index, or with that in its name, as `anygpu.adapters()` lists them.
#[pyclass(name = "Device", module = "anygpu", frozen, eq)]
#[derive(PartialEq)]
pub(crate) struct PyDevice(pub(crate) Device);

#[pymethods]
impl PyDevice {
    #[new]
    #[pyo3(signature = (adapter = None, /))]
    fn new(py: Python<'_>, adapter: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let Some(adapter) = adapter.filter(|a| !a.is_none()) else {
            return Ok(PyDevice(enter(py, Device::default_device)?));
        };
        if let Ok(device) = adapter.cast::<PyDevice>() {
            return Ok(PyDevice(device.get().0.clone()));
        }
        let selector = if let Ok(index) = adapter.extract::<usize>() {
            Selector::Index(index)
        } else if let Ok(name) = adapter.extract::<String>() {
            Selector::Name(name)
        } else {
            return Err(PyTypeError::new_err(format!("Device: expected an adapter's index or part of its name, got {adapter}")));
        };
        Ok(PyDevice(enter(py, || Device::select(selector))?))
    }

    /// The index under which `anygpu.adapters()` lists the device: `anygpu.cuda.Device(id)` is this one.
    #[getter]
    fn id<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("anygpu.cuda.devices")?.call_method1("_number_of", (slf,))
    }

    /// CuPy's name for making a device the current one, which is an error for any but the default device.
    #[pyo3(name = "use")]
    fn make_current<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Self>> {
        slf.py().import("anygpu.cuda.devices")?.getattr("Device")?.call1((Self::id(slf)?,))?.call_method0("use")?;
        Ok(slf.clone())
    }

    fn __enter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Self>> {
        Self::make_current(slf)
    }

    #[pyo3(signature = (*exception))]
    fn __exit__(&self, exception: &Bound<'_, PyTuple>) -> bool {
        let _ = exception;
        false
    }

    /// The adapter's name as its driver reports it.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// The graphics API the device is driven through: "Vulkan", "Metal", "Dx12".
    #[getter]
    fn backend(&self) -> String {
        self.0.info().backend.to_string()
    }

    /// The driver's name and version.
    #[getter]
    fn driver(&self) -> String {
        let info = self.0.info();
        format!("{} {}", info.driver, info.driver_info).trim().to_owned()
    }

    /// "discrete", "integrated", "virtual", "software" or "other".
    #[getter]
    fn kind(&self) -> String {
        self.0.info().device_type.to_string()
    }

    /// What is native, patched or emulated: a printable report.
    #[getter]
    fn capabilities(&self) -> String {
        self.0.capabilities().to_string()
    }

    /// Whether `ANYGPU_CHECKED` is on.
    #[getter]
    fn is_checked(&self) -> bool {
        self.0.capabilities().checked
    }

    /// The smallest and the largest number of lanes of a subgroup; None where kernels have no subgroup operations.
    #[getter]
    fn subgroup_sizes(&self) -> Option<(u32, u32)> {
        self.0.capabilities().subgroups.map(|[least, most]| (least, most))
    }

    /// Whether kernels have atomic operations on 64-bit numbers.
    #[getter]
    fn int64_atomics(&self) -> bool {
        self.0.capabilities().int64_atomics
    }

    /// What one kernel may have: `block_dim` threads along each axis and `threads_per_block` in all, `shared_memory` bytes, and `binding_bytes` of one array.
    #[getter]
    fn limits<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let limits = self.0.gpu().limits();
        let d = PyDict::new(py);
        d.set_item("threads_per_block", limits.max_compute_invocations_per_workgroup)?;
        d.set_item(
            "block_dim",
            (limits.max_compute_workgroup_size_x, limits.max_compute_workgroup_size_y, limits.max_compute_workgroup_size_z),
        )?;
        d.set_item("shared_memory", limits.max_compute_workgroup_storage_size)?;
        d.set_item("binding_bytes", limits.max_storage_buffer_binding_size)?;
        Ok(d)
    }

    /// The WGSL functions of float32 and of float64 that multiply and add with one rounding; None where there is none.
    #[getter]
    fn fma_functions(&self) -> (Option<&'static str>, Option<&'static str>) {
        let device = self.0.capabilities();
        let emulated = (!device.native_f64()).then_some("fma_f64");
        (device.fma_fused.then_some("fma"), if device.fma_f64 && device.native_f64() { Some("fma") } else { emulated })
    }

    /// What the self-test at device start finds wrong with the float32 arithmetic of this driver, for bug reports.
    fn self_test(&self, py: Python<'_>) -> PyResult<String> {
        enter(py, || self.0.gpu().self_test_report())
    }

    /// Bytes: `in_use` by arrays and at `peak`, `cached` for reuse, the `limit` set, the device's `total` and `free` (None where unknown).
    fn memory_info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let m = self.0.memory();
        let d = PyDict::new(py);
        d.set_item("in_use", m.in_use)?;
        d.set_item("peak", m.peak)?;
        d.set_item("cached", m.cached)?;
        d.set_item("limit", m.limit)?;
        d.set_item("total", m.device_total)?;
        d.set_item("free", m.device_free)?;
        Ok(d)
    }

    /// Gives the memory that the pool holds for reuse back to the driver.
    fn free_all_blocks(&self, py: Python<'_>) -> PyResult<()> {
        enter(py, || self.0.gpu().trim())
    }

    /// Sets the most bytes that arrays may take on this device; None for no limit of one's own.
    #[pyo3(signature = (limit))]
    fn set_memory_limit(&self, limit: Option<u64>) {
        self.0.gpu().set_memory_limit(limit);
    }

    /// Counts since the device was opened: dispatches, submits, transfers and their bytes, kernels compiled.
    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let c = self.0.gpu().counters();
        let d = PyDict::new(py);
        let named = [
            ("submits", c.submits),
            ("dispatches", c.dispatches),
            ("passes", c.passes),
            ("copies", c.copies),
            ("waits", c.waits),
            ("uploads", c.uploads),
            ("upload_bytes", c.upload_bytes),
            ("downloads", c.downloads),
            ("download_bytes", c.download_bytes),
            ("bind_groups", c.bind_groups),
            ("pipelines", c.pipelines),
            ("kernel_hits", c.kernel_hits),
            ("disk_hits", c.disk_hits),
        ];
        for (name, value) in named {
            d.set_item(name, value)?;
        }
        Ok(d)
    }

    /// Waits until everything recorded so far has run.
    fn synchronize(&self, py: Python<'_>) -> PyResult<()> {
        enter(py, || self.0.synchronize())
    }

    /// Turns fusion of elementwise operations on or off; returns what it was.
    fn set_fusion(&self, on: bool) -> bool {
        self.0.set_fusion(on)
    }

    fn __hash__(&self) -> u64 {
        std::ptr::from_ref(self.0.gpu().info()) as u64
    }

    fn __repr__(&self) -> String {
        let info = self.0.info();
        format!("<Device {} ({}, {})>", info.name, info.backend, info.device_type)
    }

    fn __str__(&self) -> String {
        format!("{} ({})", self.0.name(), self.0.info().backend)
    }
}

/// The device of an optional argument: the default one for None.
pub(crate) fn optional(py: Python<'_>, device: Option<&Bound<'_, PyAny>>) -> PyResult<Device> {
    match device.filter(|d| !d.is_none()) {
        None => enter(py, Device::default_device),
        Some(d) => match d.cast::<PyDevice>() {
            Ok(d) => Ok(d.get().0.clone()),
            Err(_) => Err(PyTypeError::new_err(format!(
                "device: expected an anygpu.Device or None, got {d}; open one with anygpu.Device(index_or_name)"
            ))),
        },
    }
}

/// The adapters of this machine, best first as `Device()` chooses: a list of dicts with name, backend, driver, kind.
#[pyfunction]
pub(crate) fn adapters(py: Python<'_>) -> PyResult<Vec<Py<PyDict>>> {
    let found = py.detach(anygpu::adapters);
    found
        .iter()
        .map(|a| {
            let d = PyDict::new(py);
            d.set_item("index", a.index)?;
            d.set_item("name", &a.name)?;
            d.set_item("backend", a.backend.to_string())?;
            d.set_item("driver", format!("{} {}", a.driver, a.driver_info).trim())?;
            d.set_item("kind", a.device_type.to_string())?;
            Ok(d.unbind())
        })
        .collect()
}
