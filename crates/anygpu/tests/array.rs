//! The crate as a Rust program uses it; what NumPy decides is tested from Python.

use anygpu::{Complex, DType, Device, Error, IndexItem, Norm, Scalar, Ufunc};

fn gpu() -> Device {
    Device::default_device().expect("the tests need a Vulkan, Metal or Direct3D 12 adapter; Mesa's lavapipe will do")
}

#[test]
fn operators_fuse_and_give_exact_results() -> anygpu::Result<()> {
    let values: Vec<f32> = (0..1000).map(|i| i as f32 * 0.37).collect();
    let x = gpu().array(&values, &[10, 100])?;
    let y = (&x * 2.0 + 1.0) / 3.0;
    let expected: Vec<f32> = values.iter().map(|v| (v * 2.0 + 1.0) / 3.0).collect();
    assert_eq!(y.to_vec::<f32>()?, expected);
    Ok(())
}

#[test]
fn views_share_memory_and_in_place_writes_show_through() -> anygpu::Result<()> {
    let x = gpu().array(&[1_i64, 2, 3, 4, 5, 6], &[2, 3])?;
    let reversed = IndexItem::Slice { start: None, stop: None, step: Some(-1) };
    let row = x.index(&[IndexItem::Int(1), reversed])?;
    row.update(Ufunc::Multiply, Some(10_i64.into()))?;
    assert_eq!(row.to_vec::<i64>()?, [60, 50, 40]);
    assert_eq!(x.to_vec::<i64>()?, [1, 2, 3, 40, 50, 60]);
    Ok(())
}

#[test]
fn reductions_follow_axes() -> anygpu::Result<()> {
    let x = gpu().arange(Scalar::Int(0), Scalar::Int(24), Scalar::Int(1), DType::I32)?.reshape(&[2, 3, 4])?;
    assert_eq!(x.sum(Some(&[0, 2]), false)?.to_vec::<i64>()?, [60, 92, 124]);
    assert_eq!(x.argmax(Some(1), false)?.to_vec::<i64>()?, [2; 8]);
    assert_eq!(x.max(None, false)?.item()?, Scalar::Int(23));
    Ok(())
}

#[test]
fn an_operation_reads_what_was_there_when_it_was_recorded() -> anygpu::Result<()> {
    let x = gpu().full(&[5], Scalar::Float(1.0), DType::F64)?;
    let before = &x + 1.0;
    x.assign(7.0.into())?;
    assert_eq!(before.to_vec::<f64>()?, [2.0; 5]);
    assert_eq!(x.to_vec::<f64>()?, [7.0; 5]);
    Ok(())
}

#[test]
fn matrix_products_of_stacks() -> anygpu::Result<()> {
    let a = gpu().array(&(0..12).map(f64::from).collect::<Vec<_>>(), &[2, 2, 3])?;
    let product = a.matmul(&a.transpose(Some(&[0, 2, 1]))?)?;
    assert_eq!(product.to_vec::<f64>()?, [5.0, 14.0, 14.0, 50.0, 149.0, 212.0, 212.0, 302.0]);
    Ok(())
}

#[test]
fn errors_name_what_was_given() {
    let x = gpu().zeros(&[2, 3], DType::F32).unwrap();
    let y = gpu().zeros(&[4], DType::F32).unwrap();
    let error = Ufunc::Add.call(&[(&x).into(), (&y).into()]).unwrap_err();
    assert!(error.to_string().contains("(2,3) (4,)"), "{error}");
    assert!(matches!(x.to_vec::<f64>(), Err(Error::Type(_))));
    assert!(matches!(gpu().zeros(&[1 << 40], DType::F64), Err(Error::OutOfMemory { .. })));
}

#[test]
fn fourier_transforms_and_their_inverses() -> anygpu::Result<()> {
    let waves: Vec<f64> = (0..60).map(|i| (std::f64::consts::TAU * 7.0 * f64::from(i % 30) / 30.0).cos()).collect();
    let x = gpu().array(&waves, &[2, 30])?;
    let spectrum = x.rfft(None, 1, Norm::Forward)?.to_vec::<Complex<f64>>()?;
    assert_eq!(spectrum.len(), 32);
    for (k, z) in spectrum.iter().enumerate() {
        let expected = if k % 16 == 7 { 0.5 } else { 0.0 };
        assert!((z.re - expected).abs() < 1e-15 && z.im.abs() < 1e-15, "{k}: {z:?}");
    }
    let back = x.fft(None, 0, Norm::Ortho)?.ifft(None, 0, Norm::Ortho)?.to_vec::<Complex<f64>>()?;
    assert!(back.iter().zip(&waves).all(|(z, w)| (z.re - w).abs() < 1e-15 && z.im == 0.0));
    assert!(matches!(x.fft(Some(0), -1, Norm::Backward), Err(Error::Value(_))));
    assert!(matches!(x.fft(None, 2, Norm::Backward), Err(Error::Axis { .. })));
    Ok(())
}
