#!/usr/bin/env bash
# Everything that `make test` runs, in the order in which failures are cheapest to find; the time of each step at the end.
# Names of steps as arguments run only those: scripts/test.sh pytest notebook
set -uo pipefail
cd "$(dirname "$0")/.."

names=() seconds=() begun=$SECONDS wanted=" $* "
summary() {
    local status=$? i
    printf '\n%-34s %8s\n' step seconds
    for i in "${!names[@]}"; do printf '%-34s %8s\n' "${names[$i]}" "${seconds[$i]}"; done
    printf '%-34s %8s\n' total "$((SECONDS - begun))"
    [ "$status" -eq 0 ] && echo "all steps passed" || echo "FAILED in: ${current:-start}"
    exit "$status"
}
trap summary EXIT

# step NAME COMMAND...: runs the command, remembers its time, ends everything where it fails.
step() {
    current=$1
    shift
    case "$wanted" in "  " | *" ${current%%:*} "*) ;; *) return 0 ;; esac
    printf '\n==> %s\n' "$current"
    local start=$SECONDS
    "$@"
    local status=$?
    names+=("$current")
    seconds+=("$((SECONDS - start))")
    [ "$status" -eq 0 ] || exit "$status"
}

# PyO3's build script looks at these; the same values for every step keep cargo from building it again between them
# (maturin sets them itself).
python=$PWD/.venv/bin/python
export PYO3_PYTHON=$python PYO3_BUILD_EXTENSION_MODULE=1
[ -x "$python" ] && PYO3_ENVIRONMENT_SIGNATURE=$("$python" -c 'import struct, sys; print("%s-%d.%d-%dbit" % (sys.implementation.name, *sys.version_info[:2], 8 * struct.calcsize("P")))') && export PYO3_ENVIRONMENT_SIGNATURE

# The extension module finds Python's symbols in the interpreter that loads it; a test executable of it would have none.
crates=(--workspace --exclude anygpu-python)
if cargo nextest --version >/dev/null 2>&1; then rust_tests=(cargo nextest run --no-fail-fast "${crates[@]}"); else rust_tests=(cargo test --no-fail-fast --lib --bins --tests --examples "${crates[@]}"); fi
gpu_crates=(-p anygpu -p anygpu-runtime)
if cargo nextest --version >/dev/null 2>&1; then gpu_tests=(cargo nextest run --no-fail-fast "${gpu_crates[@]}"); else gpu_tests=(cargo test --no-fail-fast --lib --tests "${gpu_crates[@]}"); fi
pytest=("$python" -m pytest tests/python -q)
# Two files at a time: a software driver compiles a kernel on one core. What measures runs alone.
together=("${pytest[@]}" -n 2 --dist loadfile -m "not alone")

# Shader checks guard addresses. What computes other values at the same addresses compiles long with them and finds nothing more.
same_addresses=()
for file in accuracy casts complex_functions differences einsum elementwise every_function fft float64_functions float_functions functions histograms kernel_properties linalg nan_statistics order_statistics random random_counts random_distributions representation special_functions special_values transfers ufunc_objects; do same_addresses+=(--ignore "tests/python/test_$file.py"); done

# Arithmetic for devices that flush subnormal numbers: the files that look at those.
flushing=(tests/python/test_elementwise.py tests/python/test_special_values.py tests/python/test_functions.py)

step fmt cargo fmt --all --check
step clippy cargo clippy --workspace --all-targets -- -D warnings
step rust:native "${rust_tests[@]}"
step rust:default-limits env ANYGPU_LIMITS=default "${gpu_tests[@]}"
step rust:checked env ANYGPU_CHECKED=1 "${gpu_tests[@]}"
step doctests cargo test --doc "${crates[@]}"
step rustdoc env RUSTDOCFLAGS="-D warnings" cargo doc --no-deps "${crates[@]}"
step binding "$python" -m maturin develop --quiet --manifest-path bindings/python/Cargo.toml
step oracle env ANYGPU_TEST_TARGET=numpy "${pytest[@]}" --no-header -p no:cacheprovider
step pytest:native "${together[@]}"
step pytest:alone "${pytest[@]}" -m alone
# Factorisations of emulated complex128 take minutes to compile on a software driver; those of the other dtypes are the same templates.
step pytest:emulated env ANYGPU_EMULATE=f64,i64 ANYGPU_LIMITS=default "${together[@]}" -k "not (test_linalg and complex128)"
step pytest:flushing env ANYGPU_EMULATE=f32 "$python" -m pytest -q -n 2 --dist loadfile -k "float32 or complex64 or subnormal" "${flushing[@]}"
step pytest:checked env ANYGPU_CHECKED=1 "${together[@]}" "${same_addresses[@]}"
step examples "$python" examples/quickstart.py
step notebook:arrays "$python" scripts/run_notebook.py examples/notebooks/01_numpy_to_gpu.ipynb
step notebook:kernels "$python" scripts/run_notebook.py examples/notebooks/02_custom_kernels.ipynb
step bench "$python" benches/python/bench.py --quick --size-log2 16 --repeats 2 --json build/bench-smoke.json
