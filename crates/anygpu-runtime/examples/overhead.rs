//! What a dispatch, a scalar read and a transfer cost: `cargo run --release -p anygpu-runtime --example overhead`
//! (with the argument `dispatch`, no transfers).

use std::time::Instant;

use anygpu_core::Result;
use anygpu_runtime::{Access, Binding, Gpu, GpuOptions, KernelSource};

const ADD: &str = "
    @group(0) @binding(0) var<storage, read> a: array<f32>;
    @group(0) @binding(1) var<storage, read_write> b: array<f32>;
    @group(0) @binding(2) var<uniform> params: array<vec4<u32>, 64>;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
        if id.x < params[0].x { b[id.x] = a[id.x] + 1.0; }
    }";
const ELEMENTS: u32 = 1000;

fn main() -> Result<()> {
    let start = Instant::now();
    let gpu = Gpu::open(&GpuOptions::from_env()?)?;
    println!("{}\n{}\nopened in {:.1} ms", gpu.info(), gpu.capabilities(), start.elapsed().as_secs_f64() * 1e3);
    let kernel = gpu.kernel(b"add", &|| {
        Ok(KernelSource {
            label: "add".into(),
            wgsl: ADD.into(),
            bindings: [Access::Read, Access::ReadWrite].into_iter().collect(),
            trusted: true,
        })
    })?;
    let mut x = gpu.alloc(u64::from(ELEMENTS) * 4)?;
    gpu.upload(&x, 0, &vec![0; ELEMENTS as usize * 4])?;
    for dispatches in [1_000, 10_000, 10_000] {
        gpu.synchronize()?;
        let start = Instant::now();
        for _ in 0..dispatches {
            // As an array library does it: a new result each time, the operand dropped.
            let y = gpu.alloc(u64::from(ELEMENTS) * 4)?;
            gpu.dispatch(&kernel, &[Binding::whole(&x), Binding::whole(&y)], &[ELEMENTS], [16, 1, 1])?;
            x = y;
        }
        let recorded = start.elapsed();
        gpu.synchronize()?;
        let each = |t: std::time::Duration| t.as_secs_f64() * 1e6 / f64::from(dispatches);
        println!("{dispatches} dependent adds: {:.2} us recording, {:.2} us in all, each", each(recorded), each(start.elapsed()));
    }
    let mut times: Vec<_> = (0..500)
        .map(|_| {
            let start = Instant::now();
            let mut out = [0; 4];
            gpu.download(&x, 0, &mut out).map(|()| (start.elapsed(), f32::from_ne_bytes(out)))
        })
        .collect::<Result<_>>()?;
    times.sort_by_key(|(time, _)| *time);
    println!("scalar read: median {:.1} us, fastest {:.1} us (value {})", us(times[250].0), us(times[0].0), times[0].1);
    let mut times: Vec<_> = (0..200)
        .map(|_| {
            let start = Instant::now();
            let y = gpu.alloc(u64::from(ELEMENTS) * 4)?;
            gpu.dispatch(&kernel, &[Binding::whole(&x), Binding::whole(&y)], &[ELEMENTS], [16, 1, 1])?;
            let mut out = [0; 4];
            gpu.download(&y, 0, &mut out)?;
            Ok(start.elapsed())
        })
        .collect::<Result<_>>()?;
    times.sort();
    println!("dispatch and read: median {:.1} us", us(times[100]));
    if std::env::args().nth(1).as_deref() != Some("dispatch") {
        transfers(&gpu, 256 << 20)?;
    }
    println!("{:?}", gpu.counters());
    println!("{:?}", gpu.memory());
    Ok(())
}

fn us(time: std::time::Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn transfers(gpu: &Gpu, bytes: u64) -> Result<()> {
    let data = vec![7_u8; bytes as usize];
    let mut out = vec![1_u8; bytes as usize];
    let buffer = gpu.alloc(bytes)?;
    for round in ["first", "again", "again"] {
        let rate = |start: Instant| bytes as f64 / start.elapsed().as_secs_f64() / 1e9;
        let start = Instant::now();
        gpu.upload(&buffer, 0, &data)?;
        let returned = rate(start);
        gpu.synchronize()?;
        let up = rate(start);
        let start = Instant::now();
        gpu.download(&buffer, 0, &mut out)?;
        let down = rate(start);
        let start = Instant::now();
        let mapped = gpu.download_mapped(&buffer, 0, bytes)?;
        let handed_out = rate(start);
        println!(
            "{} MiB {round}: upload {up:.2} GB/s (returned after {returned:.2}), download {down:.2}, mapped {handed_out:.2}",
            bytes >> 20
        );
        assert!(out == data && mapped[..] == data[..]);
    }
    Ok(())
}
