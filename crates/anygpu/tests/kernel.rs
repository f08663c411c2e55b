//! Kernels that a Rust program writes in WGSL.

use anygpu::{Argument, DType, Device, ErrorKind, IndexItem, Kernel, Scalar};

fn gpu() -> Device {
    Device::default_device().expect("the tests need a Vulkan, Metal or Direct3D 12 adapter; Mesa's lavapipe will do")
}

const AXPY: &str = "
    struct Factors { a: f32, n: u32 }
    var<storage, read> x: array<f32>;
    var<uniform> p: Factors;
    var<storage, read_write> y: array<f32>;
    @compute @workgroup_size(8) fn axpy(@builtin(global_invocation_id) id: vec3<u32>) {
        if id.x < p.n { y[id.x] += p.a * x[id.x]; }
    }";

#[test]
fn arguments_are_reflected_and_a_launch_is_in_order() -> anygpu::Result<()> {
    let gpu = gpu();
    let axpy = Kernel::from_wgsl(&gpu, AXPY, None)?;
    assert_eq!((axpy.name(), axpy.workgroup_size()), ("axpy", [8, 1, 1]));
    let arguments = axpy.arguments();
    assert_eq!(
        arguments.iter().map(|a| (a.name.as_str(), a.array, a.written)).collect::<Vec<_>>(),
        [("x", true, false), ("p", false, false), ("y", true, true)]
    );
    let x = gpu.arange(Scalar::Int(0), Scalar::Int(10), Scalar::Int(1), DType::F32)?;
    let y = gpu.full(&[10], Scalar::Float(1.0), DType::F32)?;
    let before = &y + 1.0;
    let factors = [Scalar::Float(2.0), Scalar::Int(9)];
    axpy.launch([2, 1, 1], &[Argument::Array(&(&x * 3.0)), Argument::Members(&factors), Argument::Array(&y)])?;
    assert_eq!(before.to_vec::<f32>()?, [2.0; 10]);
    assert_eq!(y.to_vec::<f32>()?, [1.0, 7.0, 13.0, 19.0, 25.0, 31.0, 37.0, 43.0, 49.0, 1.0]);
    Ok(())
}

#[test]
fn out_of_bounds_reads_are_zero_and_writes_are_dropped() -> anygpu::Result<()> {
    let gpu = gpu();
    let text = "
        var<storage, read> x: array<i32>;
        var<storage, read_write> y: array<i32>;
        @compute @workgroup_size(4) fn f(@builtin(global_invocation_id) id: vec3<u32>) { y[id.x - 2u] = x[id.x] + i32(arrayLength(&x)); }";
    let kernel = Kernel::from_wgsl(&gpu, text, None)?;
    let base = gpu.full(&[12], Scalar::Int(9), DType::I32)?;
    let slice = |start, stop| IndexItem::Slice { start: Some(start), stop: Some(stop), step: None };
    let (x, y) = (gpu.array(&[1, 2, 3_i32], &[3])?, base.index(&[slice(4, 8)])?);
    kernel.launch([4, 1, 1], &[Argument::Array(&x), Argument::Array(&y)])?;
    assert_eq!(base.to_vec::<i32>()?, [9, 9, 9, 9, 6, 3, 3, 3, 9, 9, 9, 9]);
    // A reversed view is copied, and copied back.
    let reversed = IndexItem::Slice { start: None, stop: None, step: Some(-1) };
    kernel.launch([1, 1, 1], &[Argument::Array(&x.index(&[reversed])?), Argument::Array(&y.index(&[reversed])?)])?;
    assert_eq!(y.to_vec::<i32>()?, [6, 3, 3, 4]);
    Ok(())
}

#[test]
fn errors_are_values() -> anygpu::Result<()> {
    let gpu = gpu();
    let kernel = Kernel::from_wgsl(&gpu, AXPY, Some("axpy"))?;
    let x = gpu.zeros(&[4], DType::F32)?;
    let wide = gpu.zeros(&[4], DType::F64)?;
    let factors = Argument::Members(&[Scalar::Float(2.0), Scalar::Int(9)]);
    for (groups, arguments, kind) in [
        ([1, 1, 1], vec![Argument::Array(&x)], ErrorKind::Type),
        ([1, 1, 1], vec![Argument::Array(&wide), factors, Argument::Array(&x)], ErrorKind::Type),
        ([1, 1, 1], vec![Argument::Array(&x), Argument::Scalar(Scalar::Int(1)), Argument::Array(&x)], ErrorKind::Type),
        ([70_000, 1, 1], vec![Argument::Array(&x), factors, Argument::Array(&wide.astype(DType::F32)?)], ErrorKind::Value),
    ] {
        assert_eq!(kernel.launch(groups, &arguments).unwrap_err().kind(), kind);
    }
    for wrong in ["fn f( {", "fn f() {}", "@compute @workgroup_size(1) fn f() { var big: array<f32, 1000000>; big[0] = 1.0; }"] {
        assert_eq!(Kernel::from_wgsl(&gpu, wrong, None).unwrap_err().kind(), ErrorKind::Shader);
    }
    Ok(())
}
