// What needs both native i64/u64 and native f64: the bits of an f64, and casts between the three.
//
// Included where the device has both; cast64_emulated_native.wgsl defines the same names for native f64 without 64-bit
// integers. naga 30 accepts bitcast between u64 and f64 (OpBitcast), though not between either and vec2<u32>.

// --- bits of an f64 ------------------------------------------------------------------------------------------

fn make_f64(lo: u32, hi: u32) -> F64 { return bitcast<f64>((u64(hi) << 32u) | u64(lo)); }
fn bits_lo_f64(a: F64) -> u32 { return u32(bitcast<u64>(a) & 0xfffffffflu); }
fn bits_hi_f64(a: F64) -> u32 { return u32(bitcast<u64>(a) >> 32u); }

// --- casts (rules: cast.wgsl) --------------------------------------------------------------------------------

// Two exact parts and one sum, so that the rounding is the sum's, to nearest even; drivers lower conversions from
// 64-bit integers in ways of their own.
fn cast_i64_f64(a: I64) -> F64 { return cast_i32_f64(bitcast<i32>(hi_i64(a))) * 4294967296.0lf + cast_u32_f64(lo_i64(a)); }
fn cast_u64_f64(a: U64) -> F64 { return cast_u32_f64(hi_u64(a)) * 4294967296.0lf + cast_u32_f64(lo_u64(a)); }

fn cast_f64_i64(a: F64) -> I64 {
    let fits = a >= -0x1p63lf && a < 0x1p63lf;
    return select(make_i64(0u, 0x80000000u), i64(select(0.0lf, a, fits)), fits);
}

fn cast_f64_u64(a: F64) -> U64 {
    let large = a >= 0x1p63lf;
    let fits = large && a < 0x1p64lf;
    return select(u64(cast_f64_i64(a)), u64(select(0.0lf, a, fits)), large);
}
