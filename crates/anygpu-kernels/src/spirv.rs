//! Makes a SPIR-V module's floating point strict, word by word.
//!
//! naga 30 leaves out three things without which drivers change results, and gets one wrong:
//! * `NoContraction` on every float result, or `a * b + c` becomes a fused multiply-add (SPIR-V specification, 3.20);
//! * the execution modes of `SPV_KHR_float_controls`: `SignedZeroInfNanPreserve`, or `x - x` is folded to 0 for NaN;
//!   `DenormPreserve`, or subnormals are flushed to zero; `RoundingModeRTE`;
//! * WGSL `a != b` on floats, written as `OpFOrdNotEqual`, which is false for NaN; it becomes `OpFUnordNotEqual`.
//!
//! A module is a header of five words and then instructions, `word count << 16 | opcode` first, in sections of a fixed
//! order (specification, 2.4). New instructions go to the end of their section; nothing is renumbered.

use crate::error::KernelError;

/// The float-control execution modes to ask for, by width: index 0, 1, 2 is 16, 32, 64 bits.
///
/// A mode is emitted only for a width that the module declares. The device must report each of them
/// (`VkPhysicalDeviceFloatControlsProperties`), and where it reports `denormBehaviorIndependence` or
/// `roundingModeIndependence` other than `ALL`, widths must agree as it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FloatControls {
    /// NaN, infinities and the sign of zero are what IEEE 754 says.
    pub signed_zero_inf_nan: [bool; 3],
    /// Subnormals are neither flushed on input nor on output.
    pub denorm_preserve: [bool; 3],
    /// Results are rounded to nearest, ties to even.
    pub rounding_rte: [bool; 3],
}

impl FloatControls {
    /// Everything, for a device that reports everything.
    pub const ALL: FloatControls = FloatControls { signed_zero_inf_nan: [true; 3], denorm_preserve: [true; 3], rounding_rte: [true; 3] };
}

/// Opcodes, from the SPIR-V specification, section 3.42.
mod op {
    pub(super) const EXTENSION: u16 = 10;
    pub(super) const EXT_INST_IMPORT: u16 = 11;
    pub(super) const EXT_INST: u16 = 12;
    pub(super) const MEMORY_MODEL: u16 = 14;
    pub(super) const ENTRY_POINT: u16 = 15;
    pub(super) const EXECUTION_MODE: u16 = 16;
    pub(super) const CAPABILITY: u16 = 17;
    pub(super) const TYPE_FLOAT: u16 = 22;
    pub(super) const DECORATE: u16 = 71;
    pub(super) const F_NEGATE: u16 = 127;
    pub(super) const F_ADD: u16 = 129;
    pub(super) const F_SUB: u16 = 131;
    pub(super) const F_MUL: u16 = 133;
    pub(super) const F_DIV: u16 = 136;
    pub(super) const F_REM: u16 = 140;
    pub(super) const F_MOD: u16 = 141;
    pub(super) const VECTOR_TIMES_SCALAR: u16 = 142;
    pub(super) const MATRIX_TIMES_SCALAR: u16 = 143;
    pub(super) const VECTOR_TIMES_MATRIX: u16 = 144;
    pub(super) const MATRIX_TIMES_VECTOR: u16 = 145;
    pub(super) const MATRIX_TIMES_MATRIX: u16 = 146;
    pub(super) const OUTER_PRODUCT: u16 = 147;
    pub(super) const DOT: u16 = 148;
    pub(super) const F_ORD_NOT_EQUAL: u16 = 182;
    pub(super) const F_UNORD_NOT_EQUAL: u16 = 183;
    pub(super) const EXECUTION_MODE_ID: u16 = 331;
}

/// `OpDecorate`'s `NoContraction`.
const NO_CONTRACTION: u32 = 42;
const FLOAT_CONTROLS_EXTENSION: &str = "SPV_KHR_float_controls";
/// `SPV_KHR_float_controls` is part of SPIR-V from 1.4 on.
const VERSION_1_4: u32 = 0x0001_0400;
const HEADER_WORDS: usize = 5;
const MAGIC: u32 = 0x0723_0203;

/// The sections of a module's logical layout that instructions are added to, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    Capabilities,
    Extensions,
    /// `OpExtInstImport`, `OpMemoryModel`, `OpEntryPoint`.
    Interface,
    ExecutionModes,
    /// `OpString`, `OpSource`, `OpName`, ...
    Debug,
    Annotations,
    /// Types, constants, variables, functions.
    Body,
}

impl Section {
    fn of(opcode: u16) -> Section {
        match opcode {
            op::CAPABILITY => Section::Capabilities,
            op::EXTENSION => Section::Extensions,
            op::EXT_INST_IMPORT | op::MEMORY_MODEL | op::ENTRY_POINT => Section::Interface,
            op::EXECUTION_MODE | op::EXECUTION_MODE_ID => Section::ExecutionModes,
            // OpSourceContinued, OpSource, OpSourceExtension, OpName, OpMemberName, OpString, OpModuleProcessed
            2..=7 | 330 => Section::Debug,
            // OpDecorate ... OpGroupMemberDecorate, OpDecorateId, OpDecorateString, OpMemberDecorateString
            71..=75 | 332 | 5632 | 5633 => Section::Annotations,
            _ => Section::Body,
        }
    }
}

/// One instruction of a module.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instruction<'a> {
    /// Where its first word stands in the module.
    pub(crate) offset: usize,
    pub(crate) opcode: u16,
    pub(crate) operands: &'a [u32],
}

/// The instructions of a module; stops at one whose length is impossible.
pub(crate) fn instructions(words: &[u32]) -> impl Iterator<Item = Instruction<'_>> {
    let mut offset = HEADER_WORDS;
    std::iter::from_fn(move || {
        let &first = words.get(offset)?;
        let operands = words.get(offset + 1..offset + (first >> 16) as usize)?;
        let instruction = Instruction { offset, opcode: first as u16, operands };
        offset += 1 + operands.len();
        Some(instruction)
    })
}

/// True for an instruction whose result a driver may contract or simplify if it is not told otherwise.
fn is_float_arithmetic(instruction: &Instruction<'_>, glsl: Option<u32>) -> bool {
    match instruction.opcode {
        op::F_NEGATE | op::F_ADD | op::F_SUB | op::F_MUL | op::F_DIV | op::F_REM | op::F_MOD => true,
        op::VECTOR_TIMES_SCALAR | op::MATRIX_TIMES_SCALAR | op::VECTOR_TIMES_MATRIX => true,
        op::MATRIX_TIMES_VECTOR | op::MATRIX_TIMES_MATRIX | op::OUTER_PRODUCT | op::DOT => true,
        // Result type, result, set, ...
        op::EXT_INST => instruction.operands.get(2).copied() == glsl && glsl.is_some(),
        _ => false,
    }
}

/// `words` with every float operation decorated `NoContraction`, `!=` on floats true for NaN, and the execution modes of
/// `controls` for the float widths that the module declares.
///
/// Doing it twice changes nothing more.
///
/// # Errors
/// [`KernelError::Write`] if `words` is not a SPIR-V module of the host's byte order.
pub fn make_strict(words: &[u32], controls: &FloatControls) -> Result<Vec<u32>, KernelError> {
    let survey = Survey::of(words)?;
    let mut additions = Additions::default();
    for &result in &survey.float_results {
        additions.annotations.extend(encode(op::DECORATE, &[result, NO_CONTRACTION]));
    }
    additions.ask_for(controls, &survey);

    let mut output = Vec::with_capacity(words.len() + additions.length());
    output.extend_from_slice(&words[..HEADER_WORDS]);
    let mut pending = additions.in_order().into_iter().peekable();
    for instruction in instructions(words) {
        let section = Section::of(instruction.opcode);
        while let Some((_, addition)) = pending.next_if(|(end_of, _)| section > *end_of) {
            output.extend_from_slice(addition);
        }
        let end = instruction.offset + 1 + instruction.operands.len();
        if instruction.opcode == op::F_ORD_NOT_EQUAL {
            output.extend(encode(op::F_UNORD_NOT_EQUAL, instruction.operands));
        } else {
            output.extend_from_slice(&words[instruction.offset..end]);
        }
    }
    Ok(output)
}

/// What of a module decides on the additions.
#[derive(Default)]
struct Survey {
    version: u32,
    capabilities: Vec<u32>,
    has_extension: bool,
    entry_points: Vec<u32>,
    /// The operands of the float-control modes that are there already.
    modes: Vec<[u32; 3]>,
    /// The declared float widths: 16, 32, 64 bits.
    widths: [bool; 3],
    /// Results to decorate; those decorated already are left out.
    float_results: Vec<u32>,
}

impl Survey {
    fn of(words: &[u32]) -> Result<Self, KernelError> {
        if words.len() < HEADER_WORDS || words[0] != MAGIC {
            let given = words.first().map_or("nothing".to_owned(), |word| format!("{word:#010x}"));
            return Err(KernelError::write("SPIR-V", format!("expected a module starting {MAGIC:#010x}, got {given}")));
        }
        let mut survey = Survey { version: words[1], ..Survey::default() };
        let extension = string_words(FLOAT_CONTROLS_EXTENSION);
        let mut decorated = naga::FastHashSet::default();
        let mut glsl = None;
        let mut end = HEADER_WORDS;
        for instruction in instructions(words) {
            end = instruction.offset + 1 + instruction.operands.len();
            match (instruction.opcode, instruction.operands) {
                (op::CAPABILITY, &[capability, ..]) => survey.capabilities.push(capability),
                (op::EXTENSION, name) => survey.has_extension |= name == extension,
                (op::EXT_INST_IMPORT, &[result, ref name @ ..]) if name == string_words("GLSL.std.450") => {
                    glsl = Some(result);
                }
                (op::ENTRY_POINT, &[_model, function, ..]) => survey.entry_points.push(function),
                (op::EXECUTION_MODE, &[entry, mode, width]) => survey.modes.push([entry, mode, width]),
                (op::DECORATE, &[target, NO_CONTRACTION]) => {
                    decorated.insert(target);
                }
                (op::TYPE_FLOAT, &[_result, width, ..]) => {
                    if let Some(index) = WIDTHS.iter().position(|&known| known == width) {
                        survey.widths[index] = true;
                    }
                }
                // Every one of them has a result type, a result, then its operands.
                (_, &[_type, result, ..]) if is_float_arithmetic(&instruction, glsl) && !decorated.contains(&result) => {
                    survey.float_results.push(result);
                }
                _ => {}
            }
        }
        if end != words.len() {
            return Err(KernelError::write("SPIR-V", format!("the instruction at word {end} has an impossible length")));
        }
        Ok(survey)
    }
}

/// The float widths that controls exist for.
const WIDTHS: [u32; 3] = [16, 32, 64];

/// The instructions to insert, by section.
#[derive(Default)]
struct Additions {
    capabilities: Vec<u32>,
    extensions: Vec<u32>,
    modes: Vec<u32>,
    annotations: Vec<u32>,
}

impl Additions {
    /// Adds capability, extension and execution modes for each control that is asked for and means something here.
    fn ask_for(&mut self, controls: &FloatControls, survey: &Survey) {
        // (execution mode, capability): SPIR-V specification, 3.6 and 3.31.
        let wanted =
            [(controls.denorm_preserve, 4459, 4464), (controls.signed_zero_inf_nan, 4461, 4466), (controls.rounding_rte, 4462, 4467)];
        let mut any = false;
        for (widths, mode, capability) in wanted {
            let widths: Vec<u32> = (0..3).filter(|&i| widths[i] && survey.widths[i]).map(|i| WIDTHS[i]).collect();
            if widths.is_empty() {
                continue;
            }
            any = true;
            if !survey.capabilities.contains(&capability) {
                self.capabilities.extend(encode(op::CAPABILITY, &[capability]));
            }
            for &entry in &survey.entry_points {
                for &width in &widths {
                    let operands = [entry, mode, width];
                    if !survey.modes.contains(&operands) {
                        self.modes.extend(encode(op::EXECUTION_MODE, &operands));
                    }
                }
            }
        }
        if any && survey.version < VERSION_1_4 && !survey.has_extension {
            self.extensions.extend(encode(op::EXTENSION, &string_words(FLOAT_CONTROLS_EXTENSION)));
        }
    }

    /// Each group of instructions with the section that it ends.
    fn in_order(&self) -> [(Section, &[u32]); 4] {
        [
            (Section::Capabilities, &self.capabilities),
            (Section::Extensions, &self.extensions),
            (Section::ExecutionModes, &self.modes),
            (Section::Annotations, &self.annotations),
        ]
    }

    fn length(&self) -> usize {
        self.in_order().iter().map(|(_, words)| words.len()).sum()
    }
}

/// One instruction's words.
fn encode(opcode: u16, operands: &[u32]) -> impl Iterator<Item = u32> {
    let first = (operands.len() as u32 + 1) << 16 | u32::from(opcode);
    std::iter::once(first).chain(operands.iter().copied())
}

/// A literal string: UTF-8, little-endian in words, nul-terminated, nul-padded.
fn string_words(text: &str) -> Vec<u32> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(text.len() / 4 * 4 + 4, 0);
    bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect()
}

#[cfg(test)]
mod tests;
