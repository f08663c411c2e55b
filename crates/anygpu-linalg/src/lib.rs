//! Decompositions of dense matrices in host memory: what `anygpu` computes on the processor.
//!
//! The algorithms are faer's (<https://codeberg.org/sarah-quinones/faer>). Everything is computed in float64 or complex128: narrower matrices are
//! widened by the caller, so that there are two instances of each algorithm instead of four and float32 loses nothing. Matrices are slices in row-major
//! order. This crate knows nothing of devices and dtypes; it is one of its own so that faer is compiled once.
//!
//! ```
//! let (u, s, vh) = anygpu_linalg::svd(&[3.0, 0.0, 0.0, 4.0], 2, 2, false).unwrap();
//! assert!((s[0] - 4.0).abs() < 1e-15 && (s[1] - 3.0).abs() < 1e-15);
//! # let _ = (u, vh);
//! ```

use faer::traits::ComplexField;
use faer::{Mat, MatMut, MatRef, Side};
use num_complex::Complex;

/// An element: `f64` or `Complex<f64>`.
pub trait Field: ComplexField<Real = f64> + Copy + Send + Sync {
    /// The number as a complex one.
    fn complex(self) -> Complex<f64>;
    /// The real number `x` as an element.
    fn of_real(x: f64) -> Self;
}

impl Field for f64 {
    fn complex(self) -> Complex<f64> {
        Complex::new(self, 0.0)
    }

    fn of_real(x: f64) -> f64 {
        x
    }
}

impl Field for Complex<f64> {
    fn complex(self) -> Complex<f64> {
        self
    }

    fn of_real(x: f64) -> Complex<f64> {
        Complex::new(x, 0.0)
    }
}

fn view<T>(a: &[T], rows: usize, columns: usize) -> MatRef<'_, T> {
    MatRef::from_row_major_slice(a, rows, columns)
}

fn row_major<T: Field>(a: MatRef<'_, T>) -> Vec<T> {
    let (rows, columns) = a.shape();
    let mut values = vec![T::of_real(0.0); rows * columns];
    MatMut::from_row_major_slice_mut(&mut values, rows, columns).copy_from(a);
    values
}

fn conj<T: Field>(x: T) -> T {
    T::conj_impl(&x)
}

/// The matrix times a power of two that keeps squares of its elements far from overflow and underflow, and that power's inverse; `None` if an element is
/// not finite. LAPACK's drivers scale so, too.
fn scaled<T: Field>(a: &[T], rows: usize, columns: usize) -> Option<(Mat<T>, f64)> {
    let largest = a.iter().map(|x| x.complex()).map(|z| z.re.abs().max(z.im.abs()));
    let largest = largest.fold(0.0, |m: f64, x| {
        if x.is_nan() {
            x
        } else if m.is_nan() {
            m
        } else {
            m.max(x)
        }
    });
    if !largest.is_finite() {
        return None;
    }
    let mut matrix = view(a, rows, columns).to_owned();
    let exponent = largest.log2();
    if largest == 0.0 || exponent.abs() < 400.0 {
        return Some((matrix, 1.0));
    }
    // In two steps: the power itself may be out of range.
    let half = (-exponent / 2.0).floor();
    let factor = half.exp2();
    for column in matrix.col_iter_mut() {
        for x in column.iter_mut() {
            *x = T::mul_real_impl(&T::mul_real_impl(x, &factor), &factor);
        }
    }
    Some((matrix, (-2.0 * half).exp2()))
}

fn nan<T: Field>(count: usize) -> Vec<T> {
    vec![T::of_real(f64::NAN); count]
}

/// Left singular vectors, singular values in descending order, right singular vectors as rows, of a matrix: `a = u * diag(s) * vh`. `full` asks for square
/// `u` and `vh`. `None` if an element is not finite or the iteration does not converge.
pub fn svd<T: Field>(a: &[T], rows: usize, columns: usize, full: bool) -> Option<(Vec<T>, Vec<f64>, Vec<T>)> {
    let (matrix, scale) = scaled(a, rows, columns)?;
    let found = if full { matrix.svd() } else { matrix.thin_svd() }.ok()?;
    let values = found.S().column_vector().iter().map(|s| T::real_part_impl(s) * scale).collect();
    Some((row_major(found.U()), values, row_major(found.V().adjoint().to_owned().as_ref())))
}

/// Singular values in descending order. `None` as for [`svd`].
pub fn singular_values<T: Field>(a: &[T], rows: usize, columns: usize) -> Option<Vec<f64>> {
    let (matrix, scale) = scaled(a, rows, columns)?;
    Some(matrix.singular_values().ok()?.into_iter().map(|s| s * scale).collect())
}

/// Eigenvalues in ascending order and eigenvectors as columns of a Hermitian matrix, of which the `lower` or the upper triangle is read. The vectors are
/// left out unless asked for. NaN where an element is not finite; `None` if the iteration does not converge.
pub fn eigh<T: Field>(a: &[T], n: usize, lower: bool, vectors: bool) -> Option<(Vec<f64>, Vec<T>)> {
    let mut hermitian = a.to_vec();
    for i in 0..n {
        hermitian[i * n + i] = T::of_real(a[i * n + i].complex().re);
        for j in 0..i {
            let (below, above) = (i * n + j, j * n + i);
            if lower {
                hermitian[above] = conj(a[below]);
            } else {
                hermitian[below] = conj(a[above]);
            }
        }
    }
    let Some((matrix, scale)) = scaled(&hermitian, n, n) else {
        return Some((nan(n), nan(if vectors { n * n } else { 0 })));
    };
    if !vectors {
        let values = matrix.self_adjoint_eigenvalues(Side::Lower).ok()?;
        return Some((values.into_iter().map(|w| w * scale).collect(), Vec::new()));
    }
    let found = matrix.self_adjoint_eigen(Side::Lower).ok()?;
    let values = found.S().column_vector().iter().map(|w| T::real_part_impl(w) * scale).collect();
    Some((values, row_major(found.U())))
}

/// Eigenvalues, and eigenvectors as columns in row-major order.
pub type Eigen = (Vec<Complex<f64>>, Vec<Complex<f64>>);

/// Eigenvalues of a square matrix and eigenvectors of length 1 as columns, left out unless asked for. `None` if an element is not finite or the iteration does not converge.
pub fn eig<T: Field>(a: &[T], n: usize, vectors: bool) -> Option<Eigen> {
    let (matrix, scale) = scaled(a, n, n)?;
    if !vectors {
        let values = matrix.eigenvalues().ok()?;
        return Some((values.into_iter().map(|w| w * scale).collect(), Vec::new()));
    }
    let found = matrix.eigen().ok()?;
    let values = found.S().column_vector().iter().map(|w| w * scale).collect();
    let mut columns = found.U().to_owned();
    for column in columns.col_iter_mut() {
        let length = column.norm_l2();
        if length > 0.0 {
            column.iter_mut().for_each(|x| *x /= length);
        }
    }
    Some((values, row_major(columns.as_ref())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers in (-1, 1) from a linear congruential generator.
    fn numbers(count: usize) -> Vec<f64> {
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        };
        (0..count).map(|_| next()).collect()
    }

    fn product(a: &[f64], b: &[f64], rows: usize, inner: usize, columns: usize) -> Vec<f64> {
        let element = |k: usize| (0..inner).map(|p| a[k / columns * inner + p] * b[p * columns + k % columns]).sum();
        (0..rows * columns).map(element).collect()
    }

    fn close(a: &[f64], b: &[f64]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-12)
    }

    #[test]
    fn svd_rebuilds_the_matrix_at_any_scale() {
        for scale in [1.0, 1e-300, 1e300] {
            let a: Vec<f64> = numbers(15).iter().map(|x| x * scale).collect();
            let (u, s, vh) = svd(&a, 5, 3, false).unwrap();
            let us: Vec<f64> = (0..15).map(|k| u[k] * (s[k % 3] / scale)).collect();
            let unit: Vec<f64> = a.iter().map(|x| x / scale).collect();
            assert!(close(&product(&us, &vh, 5, 3, 3), &unit), "{scale}");
        }
        assert!(svd(&[f64::NAN], 1, 1, true).is_none());
    }

    #[test]
    fn eigenvectors_belong_to_their_values() {
        let a = numbers(16);
        let (w, v) = eig(&a, 4, true).unwrap();
        for j in 0..4 {
            for i in 0..4 {
                let product: Complex<f64> = (0..4).map(|p| v[p * 4 + j] * a[i * 4 + p]).sum();
                assert!((product - w[j] * v[i * 4 + j]).norm() < 1e-12);
            }
        }
        let (w, v) = eigh(&a, 4, true, true).unwrap();
        let lower = |i: usize, j: usize| if i >= j { a[i * 4 + j] } else { a[j * 4 + i] };
        let symmetric: Vec<f64> = (0..16).map(|k| lower(k / 4, k % 4)).collect();
        let scaled: Vec<f64> = (0..16).map(|k| v[k] * w[k % 4]).collect();
        assert!(close(&product(&symmetric, &v, 4, 4, 4), &scaled));
        assert_eq!(eigh(&a, 4, true, false).unwrap().0.len(), 4);
    }
}
