//! Decompositions on the host: stacks of matrices are read, decomposed by `anygpu-linalg` in float64 or complex128, and the results uploaded.
//!
//! Every function here waits for the device. The transfers are counted as all transfers are ([`crate::Counters`]). Matrices of a stack are shared out among
//! the processor's cores.

use crate::array::Array;
use crate::device::Device;
use anygpu_core::{Complex, DType, Element, Error, Result};
use anygpu_linalg::{self as dense, Field};
use std::sync::atomic::{AtomicBool, Ordering};

type C128 = Complex<f64>;

/// Elements as the host computes with them.
trait HostElement: Field + Element {
    fn read(a: &Array) -> Result<Vec<Self>>;
    fn write(device: &Device, values: &[Self], shape: &[usize], dtype: DType) -> Result<Array>;
}

impl HostElement for f64 {
    fn read(a: &Array) -> Result<Vec<f64>> {
        if a.dtype() == DType::F64 { a.to_vec() } else { Ok(a.to_vec::<f32>()?.into_iter().map(f64::from).collect()) }
    }

    fn write(device: &Device, values: &[f64], shape: &[usize], dtype: DType) -> Result<Array> {
        if dtype == DType::F64 {
            return device.array(values, shape);
        }
        device.array(&values.iter().map(|x| *x as f32).collect::<Vec<_>>(), shape)
    }
}

impl HostElement for C128 {
    fn read(a: &Array) -> Result<Vec<C128>> {
        match a.dtype() {
            DType::C128 => a.to_vec(),
            DType::C64 => Ok(a.to_vec::<Complex<f32>>()?.into_iter().map(|z| Complex::new(z.re.into(), z.im.into())).collect()),
            _ => Ok(f64::read(a)?.into_iter().map(|x| Complex::new(x, 0.0)).collect()),
        }
    }

    fn write(device: &Device, values: &[C128], shape: &[usize], dtype: DType) -> Result<Array> {
        if dtype == DType::C128 {
            return device.array(values, shape);
        }
        device.array(&values.iter().map(|z| Complex::new(z.re as f32, z.im as f32)).collect::<Vec<_>>(), shape)
    }
}

/// The dtype of absolute values.
fn real(dtype: DType) -> DType {
    match dtype {
        DType::C64 => DType::F32,
        DType::C128 => DType::F64,
        dtype => dtype,
    }
}

fn complex(dtype: DType) -> DType {
    if real(dtype) == DType::F32 { DType::C64 } else { DType::C128 }
}

/// Calls `$function::<T>` with the element type that `$array` is computed in.
macro_rules! by_dtype {
    ($array:expr, $function:ident($($argument:expr),*)) => {
        match $array.dtype() {
            DType::F32 | DType::F64 => $function::<f64>($($argument),*),
            DType::C64 | DType::C128 => $function::<C128>($($argument),*),
            dtype => Err(Error::Type(format!("{}: array type {dtype} is unsupported in linalg", stringify!($function)))),
        }
    };
}

/// A stack of matrices: its leading dimensions, rows and columns.
fn sides(a: &Array) -> Result<(&[usize], usize, usize)> {
    match a.shape() {
        [stack @ .., rows, columns] => Ok((stack, *rows, *columns)),
        _ => Err(Error::Value("a matrix or a stack of matrices is needed".into())),
    }
}

fn shape(stack: &[usize], core: &[usize]) -> Vec<usize> {
    stack.iter().chain(core).copied().collect()
}

/// One result of every matrix, in order; false beside them if a function gave `None`, which leaves `filler`.
fn each<R: Clone + Send>(count: usize, filler: R, function: impl Fn(usize) -> Option<R> + Sync) -> (Vec<R>, bool) {
    let mut results = vec![filler; count];
    let fine = AtomicBool::new(true);
    let run = |first: usize, part: &mut [R]| {
        for (k, slot) in part.iter_mut().enumerate() {
            match function(first + k) {
                Some(result) => *slot = result,
                None => fine.store(false, Ordering::Relaxed),
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(count / 4);
    if threads < 2 {
        run(0, &mut results);
    } else {
        let share = count.div_ceil(threads);
        std::thread::scope(|scope| {
            for (k, part) in results.chunks_mut(share).enumerate() {
                let run = &run;
                scope.spawn(move || run(k * share, part));
            }
        });
    }
    (results, fine.into_inner())
}

/// Left singular vectors, singular values, right singular vectors as rows; with `full` square matrices of vectors. False beside them if an element is not
/// finite or the iteration of a matrix does not converge: its results are NaN.
pub fn svd(a: &Array, full: bool) -> Result<(Array, Array, Array, bool)> {
    by_dtype!(a, svd_of(a, full))
}

fn svd_of<T: HostElement>(a: &Array, full: bool) -> Result<(Array, Array, Array, bool)> {
    let (stack, m, n) = sides(a)?;
    let k = m.min(n);
    let (left, right) = if full { (m, n) } else { (k, k) };
    let count = stack.iter().product();
    let values = T::read(a)?;
    let nan = T::of_real(f64::NAN);
    let filler = (vec![nan; m * left], vec![f64::NAN; k], vec![nan; right * n]);
    let (found, fine) = each(count, filler, |i| {
        if k == 0 {
            return Some((identity(m, left), Vec::new(), identity(right, n)));
        }
        dense::svd(&values[i * m * n..][..m * n], m, n, full)
    });
    let (device, dtype) = (a.device(), a.dtype());
    let u: Vec<T> = found.iter().flat_map(|f| &f.0).copied().collect();
    let s: Vec<f64> = found.iter().flat_map(|f| &f.1).copied().collect();
    let vh: Vec<T> = found.iter().flat_map(|f| &f.2).copied().collect();
    Ok((
        T::write(device, &u, &shape(stack, &[m, left]), dtype)?,
        f64::write(device, &s, &shape(stack, &[k]), real(dtype))?,
        T::write(device, &vh, &shape(stack, &[right, n]), dtype)?,
        fine,
    ))
}

fn identity<T: Field>(rows: usize, columns: usize) -> Vec<T> {
    (0..rows * columns).map(|k| T::of_real(if k / columns == k % columns { 1.0 } else { 0.0 })).collect()
}

/// Singular values in descending order, and whether all were found.
pub fn singular_values(a: &Array) -> Result<(Array, bool)> {
    by_dtype!(a, singular_values_of(a))
}

fn singular_values_of<T: HostElement>(a: &Array) -> Result<(Array, bool)> {
    let (stack, m, n) = sides(a)?;
    let k = m.min(n);
    let values = T::read(a)?;
    let (found, fine) = each(stack.iter().product(), vec![f64::NAN; k], |i| {
        if k == 0 { Some(Vec::new()) } else { dense::singular_values(&values[i * m * n..][..m * n], m, n) }
    });
    Ok((f64::write(a.device(), &found.concat(), &shape(stack, &[k]), real(a.dtype()))?, fine))
}

/// Eigenvalues in ascending order and eigenvectors as columns of Hermitian matrices, of which one triangle is read; whether all were found. The vectors are
/// an empty array unless asked for.
pub fn eigh(a: &Array, lower: bool, vectors: bool) -> Result<(Array, Array, bool)> {
    by_dtype!(a, eigh_of(a, lower, vectors))
}

fn eigh_of<T: HostElement>(a: &Array, lower: bool, vectors: bool) -> Result<(Array, Array, bool)> {
    let (stack, n, _) = sides(a)?;
    let values = T::read(a)?;
    let columns = if vectors { n } else { 0 };
    let filler = (vec![f64::NAN; n], vec![T::of_real(f64::NAN); n * columns]);
    let (found, fine) = each(stack.iter().product(), filler, |i| {
        if n == 0 { Some((Vec::new(), Vec::new())) } else { dense::eigh(&values[i * n * n..][..n * n], n, lower, vectors) }
    });
    let w: Vec<f64> = found.iter().flat_map(|f| &f.0).copied().collect();
    let v: Vec<T> = found.iter().flat_map(|f| &f.1).copied().collect();
    let (device, dtype) = (a.device(), a.dtype());
    Ok((f64::write(device, &w, &shape(stack, &[n]), real(dtype))?, T::write(device, &v, &shape(stack, &[n, columns]), dtype)?, fine))
}

/// Eigenvalues and eigenvectors as columns of square matrices; whether all were found. Both are real where all eigenvalues of a real stack are. The vectors
/// are an empty array unless asked for.
pub fn eig(a: &Array, vectors: bool) -> Result<(Array, Array, bool)> {
    by_dtype!(a, eig_of(a, vectors))
}

fn eig_of<T: HostElement>(a: &Array, vectors: bool) -> Result<(Array, Array, bool)> {
    let (stack, n, _) = sides(a)?;
    let values = T::read(a)?;
    let columns = if vectors { n } else { 0 };
    let nan = C128::new(f64::NAN, 0.0);
    let (found, fine) = each(stack.iter().product(), (vec![nan; n], vec![nan; n * columns]), |i| {
        if n == 0 { Some((Vec::new(), Vec::new())) } else { dense::eig(&values[i * n * n..][..n * n], n, vectors) }
    });
    let w: Vec<C128> = found.iter().flat_map(|f| &f.0).copied().collect();
    let v: Vec<C128> = found.iter().flat_map(|f| &f.1).copied().collect();
    let (w_shape, v_shape) = (shape(stack, &[n]), shape(stack, &[n, columns]));
    let (device, dtype) = (a.device(), a.dtype());
    if dtype == real(dtype) && w.iter().all(|z| z.im == 0.0) {
        let parts = |values: &[C128]| values.iter().map(|z| z.re).collect::<Vec<_>>();
        return Ok((f64::write(device, &parts(&w), &w_shape, dtype)?, f64::write(device, &parts(&v), &v_shape, dtype)?, fine));
    }
    Ok((C128::write(device, &w, &w_shape, complex(dtype))?, C128::write(device, &v, &v_shape, complex(dtype))?, fine))
}
