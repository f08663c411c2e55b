//! The runtime on whatever adapter there is; in CI that is a software device.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anygpu_core::{Error, ErrorKind, Result};
use anygpu_runtime::{Access, Binding, Buffer, CacheLocation, Gpu, GpuOptions, Kernel, KernelSource, Selector, adapters, grid};

fn options() -> GpuOptions {
    GpuOptions { cache: CacheLocation::Off, ..GpuOptions::from_env().unwrap() }
}

fn open() -> Gpu {
    Gpu::open(&options()).unwrap()
}

const PREAMBLE: &str = "
    @group(0) @binding(0) var<storage, read> a: array<u32>;
    @group(0) @binding(1) var<storage, read_write> b: array<u32>;
    @group(0) @binding(2) var<uniform> params: array<vec4<u32>, 64>;
    @compute @workgroup_size(64)
    fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
            @builtin(local_invocation_index) local: u32) {
        let i = ((group.z * groups.y + group.y) * groups.x + group.x) * 64u + local;
        if i >= params[0].x { return; }";

/// A kernel `b[i] = expression of a[i]` with `params[0] = (count, p, ..)`.
fn map_kernel(gpu: &Gpu, expression: &str) -> Kernel {
    gpu.kernel(expression.as_bytes(), &|| {
        Ok(KernelSource {
            label: expression.to_owned(),
            wgsl: format!("{PREAMBLE} b[i] = {expression}; }}"),
            bindings: [Access::Read, Access::ReadWrite].into_iter().collect(),
            trusted: true,
        })
    })
    .unwrap()
}

fn buffer_of(gpu: &Gpu, words: &[u32]) -> Buffer {
    let buffer = gpu.alloc(size_of_val(words) as u64).unwrap();
    gpu.upload(&buffer, 0, bytemuck::cast_slice(words)).unwrap();
    buffer
}

fn words_of(gpu: &Gpu, buffer: &Buffer) -> Vec<u32> {
    let mut words = vec![0; buffer.size() as usize / 4];
    gpu.download(buffer, 0, bytemuck::cast_slice_mut(&mut words)).unwrap();
    words
}

fn run(gpu: &Gpu, kernel: &Kernel, a: &Buffer, b: &Buffer, p: u32) -> Result<()> {
    let count = (b.size() / 4) as u32;
    gpu.dispatch(kernel, &[Binding::whole(a), Binding::whole(b)], &[count, p], grid(u64::from(count).div_ceil(64)))
}

fn pattern(bytes: usize) -> Vec<u8> {
    (0..bytes as u64).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect()
}

fn cache_folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("anygpu-test-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

#[test]
fn adapters_are_listed_best_first_and_found_by_index_and_name() {
    let list = adapters();
    assert!(list.windows(2).all(|pair| pair[0].device_type <= pair[1].device_type));
    assert!(list.iter().enumerate().all(|(i, info)| info.index == i));
    let by_name = Gpu::open(&GpuOptions { selector: Selector::Name(list[0].name.to_uppercase()), ..options() }).unwrap();
    assert_eq!(by_name.info().name, list[0].name);
    for selector in [Selector::Index(99), Selector::Name("no such device".into())] {
        let error = Gpu::open(&GpuOptions { selector, ..options() }).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoDevice);
        assert!(error.to_string().contains(&list[0].name), "{error}");
    }
}

#[test]
fn the_device_says_what_it_computes_exactly() {
    let gpu = open();
    let capabilities = gpu.capabilities();
    assert!(capabilities.f32_exact, "{capabilities}");
    assert!(capabilities.to_string().contains("float64"), "{capabilities}");
}

#[test]
fn dispatches_run_in_the_order_recorded() {
    let gpu = open();
    let twice_plus = map_kernel(&gpu, "a[i] * 2u + params[0].y");
    let mut x = buffer_of(&gpu, &[1; 100]);
    let mut expected = 1_u32;
    for p in 0..1000 {
        let y = gpu.alloc(400).unwrap();
        run(&gpu, &twice_plus, &x, &y, p).unwrap();
        expected = expected.wrapping_mul(2).wrapping_add(p);
        x = y;
    }
    assert_eq!(words_of(&gpu, &x), vec![expected; 100]);
}

#[test]
fn uploads_copies_clears_and_dispatches_keep_their_order() {
    let gpu = open();
    let add = map_kernel(&gpu, "a[i] + params[0].y");
    let (x, y, z) = (buffer_of(&gpu, &[1; 64]), gpu.alloc(256).unwrap(), gpu.alloc(256).unwrap());
    run(&gpu, &add, &x, &y, 10).unwrap(); // y = 11
    gpu.upload(&x, 0, bytemuck::cast_slice(&[5_u32; 64])).unwrap(); // after the read of 1
    run(&gpu, &add, &x, &z, 100).unwrap(); // z = 105
    gpu.copy(&y, 0, &x, 128, 128).unwrap(); // second half of x = 11
    gpu.fill_zero(&y, 0, 128).unwrap(); // first half of y = 0
    gpu.upload(&x, 0, &[7, 0, 0, 0]).unwrap();
    let mut expected = vec![5; 32];
    expected.extend([11; 32]);
    expected[0] = 7;
    assert_eq!(words_of(&gpu, &x), expected);
    assert_eq!(words_of(&gpu, &y), [[0; 32], [11; 32]].concat());
    assert_eq!(words_of(&gpu, &z), vec![105; 64]);
}

#[test]
fn ten_thousand_dispatches_share_passes_submits_and_bind_groups() {
    let gpu = open();
    let add = map_kernel(&gpu, "a[i] + 1u");
    let mut x = buffer_of(&gpu, &[0; 64]);
    gpu.synchronize().unwrap();
    let before = gpu.counters();
    for _ in 0..10_000 {
        let y = gpu.alloc(256).unwrap();
        run(&gpu, &add, &x, &y, 0).unwrap();
        x = y;
    }
    gpu.synchronize().unwrap();
    let after = gpu.counters();
    assert_eq!(after.dispatches - before.dispatches, 10_000);
    assert!(after.submits - before.submits <= 60, "{after:?}");
    assert!(after.passes - before.passes <= 240, "{after:?}");
    assert!(after.bind_groups - before.bind_groups <= 4, "{after:?}");
    assert!(gpu.memory().driver_allocations <= 8, "{:?}", gpu.memory());
    assert_eq!(words_of(&gpu, &x), vec![10_000; 64]);
}

#[test]
fn parameters_of_every_length_arrive() {
    let gpu = open();
    let last = map_kernel(&gpu, "params[params[0].y / 4u][params[0].y % 4u]");
    let x = buffer_of(&gpu, &[0; 64]);
    let outputs: Vec<_> = (0..600)
        .map(|i| {
            let words = 2 + i % 255;
            let mut params = vec![0x1000_0000 + i as u32; words];
            params[..2].copy_from_slice(&[64, words as u32 - 1]);
            let out = gpu.alloc(256).unwrap();
            gpu.dispatch(&last, &[Binding::whole(&x), Binding::whole(&out)], &params, [1, 1, 1]).unwrap();
            (out, *params.last().unwrap())
        })
        .collect();
    for (out, expected) in outputs {
        assert_eq!(words_of(&gpu, &out)[0], expected);
    }
}

#[test]
fn bytes_of_any_length_and_offset_come_back() {
    let gpu = open();
    for bytes in [1, 3, 4, 5, 255, 4096, 65_537, (256 << 10) + 1, (1 << 20) - 1, (1 << 20) + 3, (40 << 20) + 7] {
        let data = pattern(bytes);
        let buffer = gpu.alloc(bytes as u64 + 8).unwrap();
        gpu.upload(&buffer, 4, &data).unwrap();
        for (skip, short) in [(0, 0), (1, 0), (0, 1), (bytes / 2, 0), (bytes / 3, bytes / 3)] {
            let part = skip..bytes.saturating_sub(short).max(skip);
            let mut out = vec![0xee; part.len()];
            gpu.download(&buffer, 4 + skip as u64, &mut out).unwrap();
            assert!(out == data[part.clone()], "{bytes} bytes, {part:?}");
            let mapped = gpu.download_mapped(&buffer, 4 + skip as u64, part.len() as u64).unwrap();
            assert!(mapped[..] == data[part], "{bytes} bytes, mapped");
        }
    }
}

#[test]
fn many_uploads_in_one_batch_outlast_the_staging_ring() {
    let gpu = open();
    let buffers: Vec<_> = (0..200_u32)
        .map(|i| {
            let size = 1000 * (i as usize % 7 + 1) * if i % 50 == 0 { 300 } else { 1 };
            (buffer_of(&gpu, &vec![i; size]), i)
        })
        .collect();
    for (buffer, i) in &buffers {
        assert!(words_of(&gpu, buffer).iter().all(|word| word == i));
    }
}

#[test]
fn mapped_bytes_stay_while_the_device_goes_on_and_outlive_the_handle() {
    let gpu = open();
    let x = buffer_of(&gpu, &[1, 2, 3]);
    let first = gpu.download_mapped(&x, 0, 12).unwrap();
    gpu.upload(&x, 0, bytemuck::cast_slice(&[9_u32; 3])).unwrap();
    let second = gpu.download_mapped(&x, 4, 4).unwrap();
    drop((gpu, x));
    assert_eq!(first[..], bytemuck::cast_slice::<u32, u8>(&[1, 2, 3])[..]);
    assert_eq!(second[..], 9_u32.to_ne_bytes());
}

#[test]
fn a_grid_covers_more_than_65535_workgroups() {
    for n in [0, 1, 65_535, 65_536, 1 << 20, (1 << 26) + 1, 1 << 40] {
        let [x, y, z] = grid(n);
        assert!(x.max(y).max(z) <= 65_535);
        assert!(u64::from(x) * u64::from(y) * u64::from(z) >= n, "{n}");
        assert!(n == 0 || u64::from(x) * u64::from(y) * u64::from(z) <= n + n / 1000 + 65_536, "{n}");
    }
    let gpu = open();
    let index = map_kernel(&gpu, "i + a[0]");
    let count = 65_536 * 64 + 100;
    let (x, y) = (buffer_of(&gpu, &[3]), gpu.alloc(count * 4).unwrap());
    run(&gpu, &index, &x, &y, 0).unwrap();
    assert!(words_of(&gpu, &y).iter().enumerate().all(|(i, word)| *word == i as u32 + 3));
}

#[test]
fn dropped_buffers_are_reused_and_trim_returns_them() {
    let gpu = open();
    let id = gpu.alloc(1000).unwrap().id();
    assert_eq!(gpu.alloc(900).unwrap().id(), id);
    let stats = gpu.memory();
    assert!(stats.cached > 0 && stats.reused >= 1, "{stats:?}");
    let x = buffer_of(&gpu, &[4; 10]);
    gpu.trim().unwrap();
    let stats = gpu.memory();
    assert_eq!((stats.cached, stats.staging, stats.buffers), (0, 0, 1), "{stats:?}");
    assert_eq!(words_of(&gpu, &x), [4; 10]);
}

fn out_of_memory(result: Result<Buffer>) -> (u64, u64, Option<u64>, Option<u64>) {
    match result {
        Err(Error::OutOfMemory { requested, in_use, free, limit, .. }) => (requested, in_use, free, limit),
        other => panic!("expected OutOfMemory, got {other:?}"),
    }
}

#[test]
fn the_memory_limit_holds_and_the_device_goes_on() {
    let gpu = Gpu::open(&GpuOptions { memory_limit: Some(1 << 20), ..options() }).unwrap();
    let a = gpu.alloc(600 << 10).unwrap();
    let (requested, in_use, free, limit) = out_of_memory(gpu.alloc(500 << 10));
    assert_eq!((requested, in_use, limit), (500 << 10, a.capacity(), Some(1 << 20)));
    assert_eq!(free, Some((1 << 20) - a.capacity()));
    assert_eq!(gpu.check_fits(500 << 10).unwrap_err().kind(), ErrorKind::OutOfMemory);
    gpu.check_fits(300 << 10).unwrap();
    drop(a);
    // The free list is over the limit for another class, and is returned first.
    let b = gpu.alloc(900 << 10).unwrap();
    assert_eq!(gpu.memory().in_use, b.capacity());
    drop(b);
    gpu.set_memory_limit(None);
    let c = gpu.alloc(4 << 20).unwrap();
    gpu.upload(&c, 0, &pattern(4 << 20)).unwrap();
}

#[test]
fn a_request_over_the_largest_buffer_is_out_of_memory_and_not_validation() {
    let gpu = Gpu::open(&GpuOptions { default_limits: true, ..options() }).unwrap();
    assert_eq!(gpu.limits().max_buffer_size, wgpu::Limits::default().max_buffer_size);
    out_of_memory(gpu.alloc(gpu.max_alloc() + 1));
    let largest = gpu.alloc(gpu.max_alloc()).unwrap();
    gpu.upload(&largest, gpu.max_alloc() - 4, &[1, 2, 3, 4]).unwrap();
    let mut out = [0; 4];
    gpu.download(&largest, gpu.max_alloc() - 4, &mut out).unwrap();
    assert_eq!(out, [1, 2, 3, 4]);
}

#[test]
fn default_limits_and_checks_and_emulation_are_options() {
    for (default_limits, checked) in [(true, false), (false, true), (true, true)] {
        let gpu = Gpu::open(&GpuOptions { default_limits, checked, ..options() }).unwrap();
        let capabilities = gpu.capabilities();
        assert_eq!((capabilities.checked, capabilities.default_limits), (checked, default_limits));
        if default_limits {
            assert!(!capabilities.passthrough && !capabilities.native_f64() && !capabilities.native_i64());
            assert!(gpu.wgpu_device().features().is_empty());
        }
        assert!(capabilities.f32_exact, "{capabilities}");
        let square = map_kernel(&gpu, "a[i] * a[i]");
        let (x, y) = (buffer_of(&gpu, &[3; 1000]), gpu.alloc(4000).unwrap());
        run(&gpu, &square, &x, &y, 0).unwrap();
        assert_eq!(words_of(&gpu, &y), [9; 1000]);
    }
    let gpu = Gpu::open(&GpuOptions { emulate_f64: true, emulate_i64: true, ..options() }).unwrap();
    assert!(!gpu.capabilities().native_f64() && !gpu.capabilities().native_i64());
}

#[test]
fn an_untrusted_kernel_stays_in_bounds_and_ends() {
    let gpu = open();
    let wgsl = format!(
        "{PREAMBLE} b[i + 100000u] = a[i + 4000000000u]; var j = 0u; loop {{ j = j ^ 1u; if j > 1u {{ break; }} if i == 0u {{ break; }} if params[0].y == 0u {{ break; }} }} }}"
    );
    let kernel = gpu
        .kernel(b"wild", &|| {
            Ok(KernelSource {
                label: "wild".into(),
                wgsl: wgsl.clone(),
                bindings: [Access::Read, Access::ReadWrite].into_iter().collect(),
                trusted: false,
            })
        })
        .unwrap();
    let (x, y) = (buffer_of(&gpu, &[1; 64]), buffer_of(&gpu, &[2; 64]));
    run(&gpu, &kernel, &x, &y, 0).unwrap();
    gpu.synchronize().unwrap();
    assert_eq!(words_of(&gpu, &x), [1; 64]);
}

#[test]
fn a_kernel_that_does_not_compile_is_a_shader_error() {
    for default_limits in [false, true] {
        let gpu = Gpu::open(&GpuOptions { default_limits, ..options() }).unwrap();
        for (wgsl, trusted) in [
            ("fn main( {", true),
            ("@compute @workgroup_size(1) fn other() {}", false),
            ("@compute @workgroup_size(1) fn main() { let x: u32 = 1.5f; }", false),
            ("@compute @workgroup_size(100000) fn main() {}", false),
        ] {
            let source = KernelSource { label: "broken".into(), wgsl: wgsl.into(), bindings: Default::default(), trusted };
            let error = gpu.kernel(wgsl.as_bytes(), &|| Ok(source.clone())).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Shader, "{error}");
            assert!(error.to_string().contains("broken"), "{error}");
        }
        // The failure of one kernel is nobody else's.
        let x = buffer_of(&gpu, &[5; 8]);
        assert_eq!(words_of(&gpu, &x), [5; 8]);
    }
}

#[test]
fn arguments_that_do_not_fit_are_refused_before_anything_is_recorded() {
    let gpu = open();
    let other = open();
    let add = map_kernel(&gpu, "a[i] + 1u");
    let (x, y) = (buffer_of(&gpu, &[1; 128]), buffer_of(&gpu, &[0; 128]));
    let foreign = buffer_of(&other, &[0; 128]);
    let (a, b) = (Binding::whole(&x), Binding::whole(&y));
    let before = gpu.counters();
    let refused: [(&[Binding<'_>], &[u32], [u32; 3]); 9] = [
        (&[a], &[1], [1, 1, 1]),
        (&[a, a], &[1], [1, 1, 1]),
        (&[a, Binding::whole(&foreign)], &[1], [1, 1, 1]),
        (&[a, Binding { offset: 4, ..b }], &[1], [1, 1, 1]),
        (&[a, Binding { size: 0, ..b }], &[1], [1, 1, 1]),
        (&[a, Binding { size: 6, ..b }], &[1], [1, 1, 1]),
        (&[a, Binding { size: 1 << 20, ..b }], &[1], [1, 1, 1]),
        (&[a, b], &[0; 257], [1, 1, 1]),
        (&[a, b], &[1], [70_000, 1, 1]),
    ];
    for (bindings, params, groups) in refused {
        let error = gpu.dispatch(&add, bindings, params, groups).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Runtime, "{error}");
    }
    for result in [
        gpu.upload(&x, 2, &[0; 4]),
        gpu.upload(&x, 1 << 20, &[0; 4]),
        gpu.upload(&foreign, 0, &[0; 4]),
        gpu.copy(&x, 0, &y, 0, 1 << 20),
        gpu.copy(&x, 0, &x, 64, 32),
        gpu.copy(&x, 2, &y, 0, 4),
        gpu.fill_zero(&x, 0, 6),
        gpu.download(&x, u64::MAX - 2, &mut [0; 8]),
    ] {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Runtime);
    }
    assert_eq!(gpu.counters().dispatches, before.dispatches);
    assert_eq!(words_of(&gpu, &y), [0; 128]);
}

#[test]
fn compiled_kernels_come_back_from_disk_even_after_corruption() {
    let folder = cache_folder("round-trip");
    let options = GpuOptions { cache: CacheLocation::Folder(folder.clone()), ..options() };
    let triple = |gpu: &Gpu| {
        let kernel = map_kernel(gpu, "a[i] * 3u");
        let (x, y) = (buffer_of(gpu, &[7; 64]), gpu.alloc(256).unwrap());
        run(gpu, &kernel, &x, &y, 0).unwrap();
        assert_eq!(words_of(gpu, &y), [21; 64]);
        gpu.save_cache();
        gpu.counters().disk_hits
    };
    let cold = Gpu::open(&options).unwrap();
    let strict = cold.capabilities().passthrough;
    let capabilities = cold.capabilities().clone();
    assert_eq!(triple(&cold), 0);
    drop(cold);
    let files = || std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    assert!(!files().is_empty());
    let warm = Gpu::open(&options).unwrap();
    assert_eq!(*warm.capabilities(), capabilities);
    assert!(triple(&warm) > u64::from(strict), "the verdict and the kernel come from disk");
    drop(warm);
    for path in files() {
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x55;
        std::fs::write(&path, bytes).unwrap();
    }
    let corrupted = Gpu::open(&options).unwrap();
    assert_eq!(*corrupted.capabilities(), capabilities);
    triple(&corrupted);
    drop(corrupted);
    assert!(triple(&Gpu::open(&options).unwrap()) > 0, "the files were written again");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn work_that_the_device_refuses_is_reported_and_the_device_goes_on() {
    let gpu = open();
    let add = map_kernel(&gpu, "a[i] + 1u");
    let (x, y) = (buffer_of(&gpu, &[1; 64]), gpu.alloc(256).unwrap());
    gpu.synchronize().unwrap();
    // What no caller of this crate does: it makes the whole batch invalid.
    x.wgpu().destroy();
    let refused = run(&gpu, &add, &x, &y, 0).and_then(|()| gpu.synchronize());
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Runtime);
    assert!(!gpu.is_lost());
    std::mem::forget(x);
    for round in 0..100 {
        let (x, y) = (buffer_of(&gpu, &[round; 64]), gpu.alloc(256).unwrap());
        run(&gpu, &add, &x, &y, 0).unwrap();
        assert_eq!(words_of(&gpu, &y), [round + 1; 64]);
    }
}

#[test]
fn a_lost_device_is_an_error_and_a_new_one_works() {
    let gpu = open();
    let add = map_kernel(&gpu, "a[i] + 1u");
    let (x, y) = (buffer_of(&gpu, &[1; 64]), gpu.alloc(256).unwrap());
    run(&gpu, &add, &x, &y, 0).unwrap();
    gpu.wgpu_device().destroy();
    // Whatever notices first, nothing may panic, and from then on every call says so.
    let _ = run(&gpu, &add, &x, &y, 0);
    let mut out = [0; 4];
    let error = gpu.download(&y, 0, &mut out).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeviceLost, "{error}");
    assert!(gpu.is_lost());
    for result in [
        gpu.alloc(16).map(drop),
        gpu.alloc(1 << 40).map(drop),
        gpu.upload(&x, 0, &[0; 4]),
        run(&gpu, &add, &x, &y, 0),
        gpu.flush(),
        gpu.synchronize(),
        gpu.trim(),
        gpu.kernel(b"new", &|| unreachable!()).map(drop),
    ] {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::DeviceLost);
    }
    let _ = (gpu.memory(), gpu.counters());
    gpu.save_cache();
    drop((x, y, add, gpu));
    let gpu = open();
    assert_eq!(words_of(&gpu, &buffer_of(&gpu, &[8])), [8]);
}

#[test]
fn a_device_of_the_programs_own_can_be_used() {
    let theirs = open();
    let (device, queue) = (theirs.wgpu_device().clone(), theirs.wgpu_queue().clone());
    let gpu = Gpu::from_wgpu_with(device, queue, &options()).unwrap();
    assert_eq!(words_of(&gpu, &buffer_of(&gpu, &[1, 2, 3])), [1, 2, 3]);
    assert!(gpu.capabilities().f32_exact);
}

#[test]
fn threads_share_a_device() {
    let gpu = open();
    let compiled = Arc::new(AtomicU32::new(0));
    std::thread::scope(|scope| {
        for thread in 0..4_u32 {
            let (gpu, compiled) = (gpu.clone(), Arc::clone(&compiled));
            scope.spawn(move || {
                for round in 0..20_u32 {
                    let kernel = gpu
                        .kernel(b"shared", &|| {
                            compiled.fetch_add(1, Ordering::Relaxed);
                            Ok(KernelSource {
                                label: "shared".into(),
                                wgsl: format!("{PREAMBLE} b[i] = a[i] + params[0].y; }}"),
                                bindings: [Access::Read, Access::ReadWrite].into_iter().collect(),
                                trusted: true,
                            })
                        })
                        .unwrap();
                    let length = 1000 + (thread as usize * 31 + round as usize * 97) % 1000 * if round % 10 == 9 { 2000 } else { 1 };
                    let mut x = buffer_of(&gpu, &vec![thread; length]);
                    for p in 0..20 {
                        let y = gpu.alloc(x.size()).unwrap();
                        run(&gpu, &kernel, &x, &y, p).unwrap();
                        x = y;
                    }
                    assert!(words_of(&gpu, &x).iter().all(|word| *word == thread + 190));
                }
            });
        }
    });
    assert_eq!(compiled.load(Ordering::Relaxed), 1);
}

#[test]
fn a_wait_can_be_interrupted() {
    let gpu = open();
    let spin = gpu
        .kernel(b"spin", &|| {
            Ok(KernelSource {
                label: "spin".into(),
                wgsl: format!("{PREAMBLE} var x = a[0]; for (var j = 0u; j < params[0].y; j++) {{ x = x * 1664525u + j; }} b[i] = x; }}"),
                bindings: [Access::Read, Access::ReadWrite].into_iter().collect(),
                trusted: true,
            })
        })
        .unwrap();
    let (x, y) = (buffer_of(&gpu, &[1]), gpu.alloc(256).unwrap());
    gpu.set_interrupt(Some(Arc::new(|| true)));
    // Doubled until it takes longer than one slice of the wait, on any device.
    let mut steps = 1 << 20;
    let error = loop {
        run(&gpu, &spin, &x, &y, steps).unwrap();
        match gpu.synchronize() {
            Ok(()) if steps < 1 << 31 => steps *= 2,
            Ok(()) => return,
            Err(error) => break error,
        }
    };
    assert!(error.to_string().contains("interrupted"), "{error}");
    gpu.set_interrupt(None);
    gpu.synchronize().unwrap();
    assert_eq!(words_of(&gpu, &x), [1]);
}
