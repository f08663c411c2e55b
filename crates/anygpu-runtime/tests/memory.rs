//! What the process itself takes: one test, so that nothing else runs beside the measurements.

use anygpu_core::{Error, ErrorKind};
use anygpu_runtime::{CacheLocation, DeviceType, Gpu, GpuOptions};

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

fn round_trip(gpu: &Gpu) {
    let buffer = gpu.alloc(1000).unwrap();
    gpu.upload(&buffer, 0, &[42; 1000]).unwrap();
    let mut out = [0; 1000];
    gpu.download(&buffer, 0, &mut out).unwrap();
    assert_eq!(out, [42; 1000]);
}

#[test]
fn running_out_of_memory_costs_nothing_and_the_device_goes_on() {
    let gpu = Gpu::open(&GpuOptions { cache: CacheLocation::Off, ..GpuOptions::from_env().unwrap() }).unwrap();
    round_trip(&gpu);

    let (memory, before) = (gpu.memory(), resident());
    for _ in 0..50 {
        let bytes = 100_000 * 100_000 * 8;
        for error in [gpu.alloc(bytes).unwrap_err(), gpu.check_fits(bytes).unwrap_err(), gpu.alloc(u64::MAX).unwrap_err()] {
            assert!(matches!(error, Error::OutOfMemory { requested, .. } if requested >= bytes), "{error}");
        }
        round_trip(&gpu);
    }
    assert_eq!(gpu.memory().driver_allocations, memory.driver_allocations);
    assert!(resident() < before + (4 << 20), "{before} -> {}", resident());

    if gpu.info().device_type != DeviceType::Cpu {
        return;
    }
    // On a software device the memory is the host's. Nothing is written here, so nothing becomes resident: only
    // counting can stop this before the host is overcommitted.
    for _ in 0..3 {
        let mut held = Vec::new();
        let error = loop {
            match gpu.alloc(gpu.max_alloc().min(1 << 30)) {
                Ok(buffer) => held.push(buffer),
                Err(error) => break error,
            }
            assert!(held.len() < 4096);
        };
        assert_eq!(error.kind(), ErrorKind::OutOfMemory, "{error}");
        drop(held);
        round_trip(&gpu);
    }
    gpu.trim().unwrap();
    assert!(resident() < before + (64 << 20), "{before} -> {}", resident());
}
