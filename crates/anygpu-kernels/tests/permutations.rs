//! Every form of every structured kernel validates and can be written for every back end; no device is needed.

use anygpu_core::DType;
use anygpu_kernels::KernelError;
use anygpu_kernels::access::Native64;
use anygpu_kernels::expr::Op;
use anygpu_kernels::fft::FftKernel;
use anygpu_kernels::indexing::last_writer_wgsl;
use anygpu_kernels::linalg::LinalgKernel;
use anygpu_kernels::matmul::{MatmulKernel, Variant};
use anygpu_kernels::permutations::{TEMPLATES, validate_everywhere};
use anygpu_kernels::radix::RadixKernel;
use anygpu_kernels::scan::{Part, ScanKernel, rounds};
use anygpu_kernels::shaders::{Float64Functions, LibraryConfig, Sixty4, library};
use anygpu_kernels::sort::SortKernel;

/// The configurations between which every alternative of every library file is used; mixtures add nothing to a
/// kernel's own text.
fn extremes() -> [LibraryConfig; 2] {
    let configs: Vec<LibraryConfig> = LibraryConfig::all().collect();
    [configs[0], configs[configs.len() - 1]]
}

/// Links and validates each of `kernels`, (name, WGSL for a choice of 64-bit types), and lists all that fail.
fn assert_valid_everywhere<F>(kernels: impl IntoIterator<Item = (String, F)>)
where
    F: Fn(Native64) -> Result<String, KernelError>,
{
    let mut failures = Vec::new();
    for (name, wgsl) in kernels {
        for config in extremes() {
            let native = Native64 {
                float: config.float64 == Sixty4::Native,
                int: config.int64 == Sixty4::Native,
                wide_words: config.int64 == Sixty4::Native,
                functions: config.float64_functions == Float64Functions::Native,
            };
            let result = wgsl(native)
                .and_then(|wgsl| library(config).link(&wgsl))
                .and_then(|linked| validate_everywhere(&linked, config.capabilities()));
            if let Err(error) = result {
                failures.push(format!("{name} with {config:?}: {error}"));
            }
        }
    }
    let shown = failures[..failures.len().min(5)].join("\n");
    assert!(failures.is_empty(), "{} kernels fail, the first of them:\n{shown}", failures.len());
}

#[test]
fn every_permutation_expands_and_keeps_no_directive() {
    for template in TEMPLATES {
        let permutations = template.permutations().unwrap();
        assert!(!permutations.is_empty(), "{}", template.name);
        for permutation in permutations {
            let leftover = permutation.source.lines().find(|line| line.trim_start().starts_with('#') || line.contains("${"));
            assert_eq!(leftover, None, "{}", permutation.name);
        }
    }
}

#[test]
fn every_matrix_product_is_valid_everywhere() {
    let mut variants = vec![Variant::Direct];
    for (a_k_fast, b_k_fast) in [(false, false), (false, true), (true, false), (true, true)] {
        variants.push(Variant::Tiled { a_k_fast, b_k_fast });
    }
    let mut kernels = vec![MatmulKernel { variant: Variant::TileF32, dtype: DType::F32 }];
    for dtype in DType::ALL {
        kernels.extend(variants.iter().map(|&variant| MatmulKernel { variant, dtype }));
    }
    assert_valid_everywhere(kernels.into_iter().map(|kernel| {
        let wgsl = move |native| kernel.wgsl(native);
        (format!("{kernel:?}"), wgsl)
    }));
}

#[test]
fn every_scan_is_valid_everywhere() {
    let mut kernels = Vec::new();
    for dtype in DType::ALL.into_iter().filter(|d| *d != DType::Bool) {
        for op in [Op::Add, Op::Multiply, Op::Minimum, Op::Maximum] {
            for part in [Part::Total, Part::Scan, Part::ShortRow] {
                let aligned: &[bool] = if part == Part::ShortRow { &[false] } else { &[false, true] };
                kernels.extend(aligned.iter().map(|&aligned| ScanKernel {
                    op,
                    from: dtype,
                    dtype,
                    part,
                    aligned,
                    rounds: rounds(dtype, 1 << 20, aligned),
                }));
            }
        }
        kernels.push(ScanKernel { op: Op::Add, from: DType::Bool, dtype, part: Part::Scan, aligned: true, rounds: 1 });
    }
    assert_valid_everywhere(kernels.into_iter().map(|kernel| (format!("{kernel:?}"), move |native| kernel.wgsl(native))));
}

#[test]
fn last_writer_is_valid_everywhere() {
    assert_valid_everywhere([("last_writer".to_owned(), last_writer_wgsl)]);
}

#[test]
fn every_sort_is_valid_everywhere() {
    let kernels = SortKernel::ALL.into_iter().flat_map(|kernel| [false, true].map(|wide| (kernel, wide)));
    assert_valid_everywhere(kernels.map(|(kernel, wide)| (format!("{kernel:?} {wide}"), move |_| kernel.wgsl(wide))));
}

#[test]
fn every_radix_pass_is_valid_everywhere() {
    for kernel in RadixKernel::all() {
        let config = extremes()[0];
        let linked = kernel.wgsl().and_then(|wgsl| library(config).link(&wgsl)).unwrap();
        validate_everywhere(&linked, kernel.capabilities()).unwrap_or_else(|error| panic!("{kernel:?}: {error}\n{linked}"));
    }
}

#[test]
fn every_fourier_transform_is_valid_everywhere() {
    let kernels = [DType::C64, DType::C128].into_iter().flat_map(FftKernel::all);
    assert_valid_everywhere(kernels.map(|kernel| (format!("{kernel:?}"), move |native| kernel.wgsl(native))));
}

#[test]
fn every_factorisation_is_valid_everywhere() {
    let dtypes = [DType::F32, DType::F64, DType::C64, DType::C128];
    let kernels = LinalgKernel::ALL.into_iter().flat_map(|kernel| dtypes.map(|dtype| (kernel, dtype)));
    assert_valid_everywhere(kernels.map(|(kernel, dtype)| (format!("{kernel:?} {dtype}"), move |native| kernel.wgsl(dtype, native))));
}
