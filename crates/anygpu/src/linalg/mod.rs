//! Decompositions of matrices, and what is solved by them.
//!
//! Cholesky, LU and QR run on the device: recursions over halves of the columns, whose leaves are kernels for blocks of 32 columns (`shaders/linalg/`) and
//! whose rest is matrix products. Singular values and eigenvalues are computed on the [`host`].

mod blocks;
mod cholesky;
pub mod host;
mod lu;
mod qr;
mod triangular;

pub use cholesky::cholesky;
pub use lu::{Lu, lu};
pub use qr::{Qr, qr};
pub use triangular::solve_triangular;
