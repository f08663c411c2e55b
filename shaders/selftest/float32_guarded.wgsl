// f32 arithmetic that cannot be contracted or reassociated: every result passes through an XOR with a zero that the
// compiler does not know. The subtrahend does too: `a - a` is folded to 0, also for infinities and NaN.

fn guarded(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ params[0].y); }
fn plus(a: f32, b: f32) -> f32 { return guarded(a + b); }
fn minus(a: f32, b: f32) -> f32 { return guarded(a - guarded(b)); }
fn times(a: f32, b: f32) -> f32 { return guarded(a * b); }
