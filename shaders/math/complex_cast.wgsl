// complex128 from and to the other types; complex64 stands in cast.wgsl.

fn cast_c64_c128(a: vec2<f32>) -> C128 { return make_c128(cast_f32_f64(a.x), cast_f32_f64(a.y)); }
fn cast_c128_c64(a: C128) -> vec2<f32> { return vec2<f32>(cast_f64_f32(real_c128(a)), cast_f64_f32(imag_c128(a))); }
fn cast_bool_c128(a: bool) -> C128 { return make_c128(cast_bool_f64(a), make_f64(guard(), 0u)); }
fn cast_c128_bool(a: C128) -> bool { return nonzero_c128(a); }
fn cast_i32_c128(a: i32) -> C128 { return make_c128(cast_i32_f64(a), make_f64(guard(), 0u)); }
fn cast_c128_i32(a: C128) -> i32 { return cast_f64_i32(real_c128(a)); }
fn cast_u32_c128(a: u32) -> C128 { return make_c128(cast_u32_f64(a), make_f64(guard(), 0u)); }
fn cast_c128_u32(a: C128) -> u32 { return cast_f64_u32(real_c128(a)); }
fn cast_i64_c128(a: I64) -> C128 { return make_c128(cast_i64_f64(a), make_f64(guard(), 0u)); }
fn cast_c128_i64(a: C128) -> I64 { return cast_f64_i64(real_c128(a)); }
fn cast_u64_c128(a: U64) -> C128 { return make_c128(cast_u64_f64(a), make_f64(guard(), 0u)); }
fn cast_c128_u64(a: C128) -> U64 { return cast_f64_u64(real_c128(a)); }
fn cast_f32_c128(a: f32) -> C128 { return make_c128(cast_f32_f64(a), make_f64(guard(), 0u)); }
fn cast_c128_f32(a: C128) -> f32 { return cast_f64_f32(real_c128(a)); }
fn cast_f64_c128(a: F64) -> C128 { return make_c128(a, make_f64(guard(), 0u)); }
fn cast_c128_f64(a: C128) -> F64 { return real_c128(a); }
