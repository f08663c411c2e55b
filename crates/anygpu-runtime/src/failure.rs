//! Errors of the device turned into [`anygpu_core::Error`] values.
//!
//! wgpu reports trouble in four ways: a `Result`, an error scope, the uncaptured-error callback and the device-lost
//! callback; and `Device::poll` still panics when the device is gone (wgpu 30, `handle_error_fatal`). [`Health`] is
//! where the two callbacks leave what they heard, [`scoped`] reads error scopes, and [`guarded`] turns the panics that
//! are left into values, so that nothing unwinds out of this crate.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anygpu_core::{Error, Result};
use parking_lot::Mutex;

pub(crate) fn runtime(message: impl Into<String>) -> Error {
    Error::Runtime(message.into())
}

pub(crate) fn shader(message: impl Into<String>) -> Error {
    Error::Shader(message.into())
}

pub(crate) fn no_device(message: impl Into<String>) -> Error {
    Error::NoDevice(message.into())
}

pub(crate) fn value(message: impl Into<String>) -> Error {
    Error::Value(message.into())
}

/// What the device's callbacks have reported so far.
#[derive(Debug, Default)]
pub(crate) struct Health {
    lost: AtomicBool,
    lost_reason: Mutex<Option<String>>,
    failed: AtomicBool,
    failure: Mutex<Option<String>>,
}

impl Health {
    /// Installs the callbacks on `device`. The device keeps the health alive, not the other way round.
    pub(crate) fn watch(device: &wgpu::Device) -> Arc<Self> {
        let health = Arc::new(Self::default());
        let lost = Arc::clone(&health);
        device.set_device_lost_callback(move |reason, message| {
            lost.set_lost(if message.is_empty() { format!("{reason:?}") } else { message });
        });
        let failed = Arc::clone(&health);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| failed.set_failure(&error)));
        health
    }

    pub(crate) fn set_lost(&self, reason: String) {
        self.lost_reason.lock().get_or_insert(reason);
        self.lost.store(true, Ordering::Release);
    }

    /// Keeps the first failure: what follows it is usually its consequence.
    fn set_failure(&self, error: &wgpu::Error) {
        self.failure.lock().get_or_insert_with(|| error.to_string());
        self.failed.store(true, Ordering::Release);
    }

    pub(crate) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    fn lost_error(&self) -> Error {
        let reason = self.lost_reason.lock().clone().unwrap_or_default();
        Error::DeviceLost(format!("the device was lost ({reason}): the arrays on it are gone; open a new device to go on"))
    }

    /// Whether an error that no scope caught waits to be reported.
    pub(crate) fn has_failure(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// `Err` once the device is lost, and once (then cleared) after an error that no scope caught.
    #[inline]
    pub(crate) fn check(&self) -> Result<()> {
        if self.lost.load(Ordering::Acquire) {
            return Err(self.lost_error());
        }
        if self.failed.load(Ordering::Acquire) {
            return self.take_failure();
        }
        Ok(())
    }

    #[cold]
    fn take_failure(&self) -> Result<()> {
        self.failed.store(false, Ordering::Release);
        match self.failure.lock().take() {
            Some(message) => Err(runtime(format!("the device refused recorded work, whose results are undefined: {message}"))),
            None => Ok(()),
        }
    }
}

/// Runs `f`, which calls into wgpu, and turns a panic into `Error::DeviceLost` (if the device is) or `Error::Runtime`.
///
/// Needed around `poll`, `submit` and pipeline creation: the first two panic where wgpu-core reports a lost device to
/// a function without a `Result`; the last runs naga and the driver's compiler over source that may be a user's.
pub(crate) fn guarded<T>(health: &Health, what: &str, f: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|payload| {
        let message = panic_message(&*payload);
        // wgpu's text for the fatal case is "Error in Device::poll: ... Parent device is lost".
        if health.is_lost() || message.contains("lost") {
            health.set_lost(message);
            return health.lost_error();
        }
        runtime(format!("{what} failed inside the graphics library: {message}"))
    })
}

fn panic_message(payload: &(dyn std::any::Any + Send)) -> String {
    payload
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| payload.downcast_ref::<&str>().map(|s| (*s).to_owned()))
        .unwrap_or_else(|| "unknown panic".to_owned())
}

/// The first error that `f` raised under scopes for all three kinds, beside its value.
///
/// Scopes are thread-local in wgpu, so other threads' errors do not show here. With wgpu-core the futures of `pop` are
/// ready at once.
pub(crate) fn scoped<T>(device: &wgpu::Device, f: impl FnOnce() -> T) -> (T, Option<wgpu::Error>) {
    let memory = device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
    let internal = device.push_error_scope(wgpu::ErrorFilter::Internal);
    let validation = device.push_error_scope(wgpu::ErrorFilter::Validation);
    let value = f();
    let validation = pollster::block_on(validation.pop());
    let internal = pollster::block_on(internal.pop());
    let memory = pollster::block_on(memory.pop());
    (value, memory.or(internal).or(validation))
}
