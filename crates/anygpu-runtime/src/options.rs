//! How a device is opened: [`GpuOptions`] and the environment variables that set them.

use std::path::PathBuf;

use anygpu_core::Result;
use anygpu_kernels::shaders::Float64Functions;

use crate::adapter::Selector;
use crate::failure;

/// Settings of [`Gpu::open`](crate::Gpu::open).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GpuOptions {
    /// Which adapter (`ANYGPU_ADAPTER`: an index or a part of a name).
    pub selector: Selector,
    /// Ask for WebGPU's default limits and no optional feature (`ANYGPU_LIMITS=default`).
    pub default_limits: bool,
    /// Keep every shader check on, for anygpu's own kernels too (`ANYGPU_CHECKED=1`).
    pub checked: bool,
    /// Write float32 arithmetic as on a device that takes no SPIR-V and flushes subnormal numbers (`ANYGPU_EMULATE=f32`); float64 is emulated then.
    pub emulate_f32: bool,
    /// Compute float64 in integer code even where the device has it (`ANYGPU_EMULATE=f64`).
    pub emulate_f64: bool,
    /// Compute int64 on pairs of u32 even where the device has it (`ANYGPU_EMULATE=i64`).
    pub emulate_i64: bool,
    /// How exp, log, sin, pow and their kin are computed in float64 (`ANYGPU_FLOAT64_FUNCTIONS=native` or `fixed`); `None` leaves it to the
    /// kind of device. Native ones also need native float64 and int64 and an exact fused multiply-add.
    pub float64_functions: Option<Float64Functions>,
    /// Bytes of device memory that arrays may take (`ANYGPU_MEMORY_LIMIT`: bytes, or `512MiB`, `4GiB`, `2GB`).
    pub memory_limit: Option<u64>,
    /// Where compiled kernels are kept between processes.
    pub cache: CacheLocation,
}

/// Where compiled kernels are kept between processes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum CacheLocation {
    /// `anygpu` in the platform's cache folder.
    #[default]
    Platform,
    /// This folder (`ANYGPU_CACHE_DIR`).
    Folder(PathBuf),
    /// Nowhere (`ANYGPU_CACHE=0`).
    Off,
}

impl Default for GpuOptions {
    fn default() -> Self {
        Self {
            selector: Selector::Default,
            default_limits: false,
            checked: false,
            emulate_f32: false,
            emulate_f64: false,
            emulate_i64: false,
            float64_functions: None,
            memory_limit: None,
            cache: CacheLocation::Platform,
        }
    }
}

impl GpuOptions {
    /// Reads the environment variables named at the fields.
    ///
    /// # Errors
    /// `Error::Value` names a variable whose value is none of the accepted ones.
    pub fn from_env() -> Result<Self> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let set = |name: &str| lookup(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let mut options = Self::default();
        if let Some(text) = set("ANYGPU_ADAPTER") {
            options.selector = Selector::parse(&text);
        }
        if let Some(text) = set("ANYGPU_LIMITS") {
            options.default_limits = match text.as_str() {
                "default" => true,
                "adapter" => false,
                _ => return Err(refuse("ANYGPU_LIMITS", &text, "`default` or `adapter`")),
            };
        }
        options.checked = flag(&set, "ANYGPU_CHECKED", false)?;
        if let Some(text) = set("ANYGPU_EMULATE") {
            for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
                match part {
                    "f32" => options.emulate_f32 = true,
                    "f64" => options.emulate_f64 = true,
                    "i64" => options.emulate_i64 = true,
                    _ => return Err(refuse("ANYGPU_EMULATE", &text, "`f32`, `f64`, `i64` or several with commas")),
                }
            }
        }
        if let Some(text) = set("ANYGPU_FLOAT64_FUNCTIONS") {
            options.float64_functions = match text.as_str() {
                "native" => Some(Float64Functions::Native),
                "fixed" => Some(Float64Functions::FixedPoint),
                _ => return Err(refuse("ANYGPU_FLOAT64_FUNCTIONS", &text, "`native` or `fixed`")),
            };
        }
        if let Some(text) = set("ANYGPU_MEMORY_LIMIT") {
            let bytes = parse_bytes(&text)
                .ok_or_else(|| refuse("ANYGPU_MEMORY_LIMIT", &text, "a number of bytes, or one with KiB, MiB, GiB, KB, MB, GB"))?;
            options.memory_limit = Some(bytes);
        }
        if let Some(folder) = set("ANYGPU_CACHE_DIR") {
            options.cache = CacheLocation::Folder(folder.into());
        }
        if !flag(&set, "ANYGPU_CACHE", true)? {
            options.cache = CacheLocation::Off;
        }
        Ok(options)
    }
}

fn refuse(name: &str, given: &str, expected: &str) -> anygpu_core::Error {
    failure::value(format!("environment variable {name}={given:?}: expected {expected}"))
}

fn flag(set: &dyn Fn(&str) -> Option<String>, name: &str, default: bool) -> Result<bool> {
    match set(name).as_deref() {
        None => Ok(default),
        Some("1" | "true" | "on" | "yes") => Ok(true),
        Some("0" | "false" | "off" | "no") => Ok(false),
        Some(other) => Err(refuse(name, other, "`1` or `0`")),
    }
}

/// Bytes of texts such as `1048576`, `512 MiB`, `1.5GiB`, `2GB` (decimal), in any case.
pub fn parse_bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim() {
        "" | "b" => 1,
        "kib" | "k" => 1 << 10,
        "mib" | "m" => 1 << 20,
        "gib" | "g" => 1 << 30,
        "tib" | "t" => 1 << 40,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        _ => return None,
    };
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(factor);
    }
    let bytes = number.parse::<f64>().ok()? * factor as f64;
    (bytes.is_finite() && bytes < u64::MAX as f64).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<GpuOptions> {
        GpuOptions::from_lookup(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn nothing_set_is_the_default() {
        assert_eq!(read(&[]).unwrap(), GpuOptions::default());
        assert_eq!(read(&[("ANYGPU_CHECKED", "")]).unwrap(), GpuOptions::default());
    }

    #[test]
    fn every_variable_is_read() {
        let options = read(&[
            ("ANYGPU_ADAPTER", "nvidia"),
            ("ANYGPU_LIMITS", "default"),
            ("ANYGPU_CHECKED", "1"),
            ("ANYGPU_EMULATE", "f64, i64"),
            ("ANYGPU_FLOAT64_FUNCTIONS", "native"),
            ("ANYGPU_MEMORY_LIMIT", "4GiB"),
            ("ANYGPU_CACHE_DIR", "/c"),
        ])
        .unwrap();
        assert_eq!(options.selector, Selector::Name("nvidia".to_owned()));
        assert!(options.default_limits && options.checked && options.emulate_f64 && options.emulate_i64);
        assert_eq!(options.float64_functions, Some(Float64Functions::Native));
        assert_eq!(options.memory_limit, Some(4 << 30));
        assert_eq!(options.cache, CacheLocation::Folder("/c".into()));
        assert_eq!(read(&[("ANYGPU_CACHE", "0"), ("ANYGPU_CACHE_DIR", "/c")]).unwrap().cache, CacheLocation::Off);
    }

    #[test]
    fn a_bad_value_names_the_variable() {
        for (name, value) in [
            ("ANYGPU_LIMITS", "low"),
            ("ANYGPU_CHECKED", "maybe"),
            ("ANYGPU_EMULATE", "f128"),
            ("ANYGPU_FLOAT64_FUNCTIONS", "fast"),
            ("ANYGPU_MEMORY_LIMIT", "lots"),
        ] {
            let message = read(&[(name, value)]).unwrap_err().to_string();
            assert!(message.contains(name) && message.contains(value), "{message}");
        }
    }

    #[test]
    fn byte_sizes() {
        for (text, bytes) in [("17", 17), ("2 KiB", 2048), ("1.5gib", 3 << 29), ("2GB", 2_000_000_000)] {
            assert_eq!(parse_bytes(text), Some(bytes), "{text}");
        }
        for text in ["", "GiB", "-1", "1e400", "3 parsecs", "99999999999TiB"] {
            assert_eq!(parse_bytes(text), None, "{text}");
        }
    }
}
