use naga::valid::Capabilities;

use super::*;
use crate::lower::{LowerOptions, lower_to_spirv};

const SINGLE: &str = "
    @group(0) @binding(0) var<storage, read_write> data: array<f32>;
    @compute @workgroup_size(1)
    fn main(@builtin(global_invocation_id) id: vec3<u32>) {
        let a = data[id.x];
        let b = data[id.x + 1u];
        let v = vec2<f32>(a, b) * a;
        let m = mat2x2<f32>(v, v) * v;
        data[id.x] = select(-a, (a + b) * (a - b) / b % a, a != b) + dot(v, m) + max(a, b);
    }";

const DOUBLE: &str = "
    @group(0) @binding(0) var<storage, read_write> data: array<f64>;
    @compute @workgroup_size(1)
    fn main(@builtin(global_invocation_id) id: vec3<u32>) { data[id.x] = data[id.x] * data[id.x] + f64(id.x); }";

const INTEGER: &str = "
    @group(0) @binding(0) var<storage, read_write> data: array<u32>;
    @compute @workgroup_size(1)
    fn main(@builtin(global_invocation_id) id: vec3<u32>) { data[id.x] = firstLeadingBit(data[id.x]); }";

fn lower(wgsl: &str, version: (u8, u8), float_controls: FloatControls) -> Vec<u32> {
    let options = LowerOptions { checked: false, float_controls, spirv_version: version };
    lower_to_spirv(wgsl, "main", &options, Capabilities::FLOAT64).unwrap()
}

/// The operands of every instruction with this opcode.
fn all(words: &[u32], opcode: u16) -> Vec<Vec<u32>> {
    instructions(words).filter(|i| i.opcode == opcode).map(|i| i.operands.to_vec()).collect()
}

fn capabilities(words: &[u32]) -> Vec<u32> {
    all(words, op::CAPABILITY).concat()
}

/// (mode, width) of every float-control execution mode.
fn modes(words: &[u32]) -> Vec<(u32, u32)> {
    all(words, op::EXECUTION_MODE).iter().filter(|o| o[1] >= 4459).map(|o| (o[1], o[2])).collect()
}

#[test]
fn every_float_result_is_decorated_once() {
    let words = lower(SINGLE, (1, 3), FloatControls::default());
    let glsl = all(&words, op::EXT_INST_IMPORT)[0][0];
    let mut results: Vec<u32> = instructions(&words).filter(|i| is_float_arithmetic(i, Some(glsl))).map(|i| i.operands[1]).collect();
    let mut decorated: Vec<u32> =
        all(&words, op::DECORATE).iter().filter(|operands| operands[1..] == [NO_CONTRACTION]).map(|operands| operands[0]).collect();
    results.sort_unstable();
    decorated.sort_unstable();
    assert_eq!(results, decorated);
    for opcode in [
        op::F_NEGATE,
        op::F_ADD,
        op::F_SUB,
        op::F_MUL,
        op::F_DIV,
        op::F_REM,
        op::VECTOR_TIMES_SCALAR,
        op::MATRIX_TIMES_VECTOR,
        op::DOT,
        op::EXT_INST,
    ] {
        assert!(!all(&words, opcode).is_empty(), "the kernel has no opcode {opcode}");
    }
}

#[test]
fn not_equal_is_true_for_nan() {
    let words = lower(SINGLE, (1, 3), FloatControls::default());
    assert_eq!(all(&words, op::F_ORD_NOT_EQUAL).len(), 0);
    assert_eq!(all(&words, op::F_UNORD_NOT_EQUAL).len(), 1);
}

#[test]
fn modes_are_for_declared_and_wanted_widths() {
    assert_eq!(modes(&lower(SINGLE, (1, 3), FloatControls::ALL)), [(4459, 32), (4461, 32), (4462, 32)]);
    let double = lower(DOUBLE, (1, 3), FloatControls::ALL);
    assert!(modes(&double).contains(&(4459, 64)) && !modes(&double).contains(&(4459, 16)));
    assert!(modes(&lower(INTEGER, (1, 3), FloatControls::ALL)).is_empty());
    let some =
        FloatControls { denorm_preserve: [false, true, false], signed_zero_inf_nan: [true, false, true], ..FloatControls::default() };
    let words = lower(SINGLE, (1, 3), some);
    assert_eq!(modes(&words), [(4459, 32)]);
    let found = capabilities(&words);
    assert!(found.contains(&4464) && !found.contains(&4466) && !found.contains(&4467), "{found:?}");
}

#[test]
fn extension_is_named_before_1_4_only() {
    let name = string_words(FLOAT_CONTROLS_EXTENSION);
    assert!(all(&lower(SINGLE, (1, 3), FloatControls::ALL), op::EXTENSION).contains(&name));
    assert!(!all(&lower(SINGLE, (1, 5), FloatControls::ALL), op::EXTENSION).contains(&name));
    assert!(!all(&lower(SINGLE, (1, 3), FloatControls::default()), op::EXTENSION).contains(&name));
    assert!(!all(&lower(INTEGER, (1, 3), FloatControls::ALL), op::EXTENSION).contains(&name));
}

#[test]
fn sections_stay_in_order() {
    for wgsl in [SINGLE, DOUBLE, INTEGER] {
        for version in [(1, 3), (1, 6)] {
            let words = lower(wgsl, version, FloatControls::ALL);
            let sections: Vec<Section> = instructions(&words).map(|i| Section::of(i.opcode)).collect();
            assert!(sections.is_sorted(), "{sections:?}");
            let entry = all(&words, op::ENTRY_POINT)[0][1];
            assert!(all(&words, op::EXECUTION_MODE).iter().all(|operands| operands[0] == entry));
        }
    }
}

#[test]
fn only_additions_and_not_equal_differ() {
    let strict = lower(SINGLE, (1, 3), FloatControls::ALL);
    let checked = crate::lower::parse_and_validate(SINGLE, Capabilities::empty()).unwrap();
    let options = naga::back::spv::Options {
        lang_version: (1, 3),
        flags: naga::back::spv::WriterFlags::empty(),
        bounds_check_policies: crate::lower::bounds_checks(false),
        force_loop_bounding: false,
        emit_int_div_checks: false,
        zero_initialize_workgroup_memory: naga::back::spv::ZeroInitializeWorkgroupMemoryMode::None,
        ..Default::default()
    };
    let plain = naga::back::spv::write_vec(&checked.module, &checked.info, &options, None).unwrap();
    let body = |words: &[u32]| -> Vec<(u16, Vec<u32>)> {
        instructions(words).filter(|i| Section::of(i.opcode) == Section::Body).map(|i| (i.opcode, i.operands.to_vec())).collect()
    };
    let (strict_body, plain_body) = (body(&strict), body(&plain));
    assert_eq!(strict_body.len(), plain_body.len());
    let mut changed = 0;
    for ((new, new_operands), (old, old_operands)) in strict_body.iter().zip(&plain_body) {
        assert_eq!(new_operands, old_operands);
        if new != old {
            assert_eq!((*old, *new), (op::F_ORD_NOT_EQUAL, op::F_UNORD_NOT_EQUAL));
            changed += 1;
        }
    }
    assert_eq!(changed, 1);
    assert_eq!(strict[..HEADER_WORDS], plain[..HEADER_WORDS]);
}

#[test]
fn patching_twice_changes_nothing() {
    let once = lower(SINGLE, (1, 3), FloatControls::ALL);
    assert_eq!(make_strict(&once, &FloatControls::ALL).unwrap(), once);
}

#[test]
fn what_is_not_spirv_is_refused() {
    for words in [&[][..], &[1, 2, 3, 4, 5], &[MAGIC, 0x10300, 0, 1, 0, 0], &[MAGIC, 0x10300, 0, 1, 0, 9 << 16 | 17]] {
        assert!(matches!(make_strict(words, &FloatControls::ALL), Err(KernelError::Write { .. })), "{words:?}");
    }
}
