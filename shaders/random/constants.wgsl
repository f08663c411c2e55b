// Constants in both precisions, for templates.

fn real_f32(a: f32) -> f32 { return a; }
fn real_f64(a: f32) -> F64 { return cast_f32_f64(a); }
fn third_f32() -> f32 { return 0x1.555556p-2f; }
fn third_f64() -> F64 { return make_f64(0x55555555u, 0x3fd55555u); }
