// The float64 functions where no native ones are chosen: those in fixed point, which every device has.

fn exp_f64(a: F64) -> F64 { return exp_fixed_f64(a); }
fn exp2_f64(a: F64) -> F64 { return exp2_fixed_f64(a); }
fn exp10_f64(a: F64) -> F64 { return exp10_fixed_f64(a); }
fn expm1_f64(a: F64) -> F64 { return expm1_fixed_f64(a); }
fn log_f64(a: F64) -> F64 { return log_fixed_f64(a); }
fn log2_f64(a: F64) -> F64 { return log2_fixed_f64(a); }
fn log10_f64(a: F64) -> F64 { return log10_fixed_f64(a); }
fn log1p_f64(a: F64) -> F64 { return log1p_fixed_f64(a); }
fn sin_f64(a: F64) -> F64 { return sin_fixed_f64(a); }
fn cos_f64(a: F64) -> F64 { return cos_fixed_f64(a); }
fn tan_f64(a: F64) -> F64 { return tan_fixed_f64(a); }
fn sinh_f64(a: F64) -> F64 { return sinh_fixed_f64(a); }
fn cosh_f64(a: F64) -> F64 { return cosh_fixed_f64(a); }
fn tanh_f64(a: F64) -> F64 { return tanh_fixed_f64(a); }
fn pow_f64(a: F64, b: F64) -> F64 { return pow_fixed_f64(a, b); }
