// f32 arithmetic as it stands: for devices that were given a strict shader.

fn plus(a: f32, b: f32) -> f32 { return a + b; }
fn minus(a: f32, b: f32) -> f32 { return a - b; }
fn times(a: f32, b: f32) -> f32 { return a * b; }
