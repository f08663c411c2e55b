//! Bounds checks and windows for kernels that users wrote, put into naga's IR.
//!
//! naga offers `Restrict`, which lets a store past the end overwrite the last element, and `ReadZeroSkipWrite`, which writes no atomics and exists
//! for SPIR-V only as far as we are concerned (wgpu chooses for the other back ends). So the checks are made here, before any back end: a load out of
//! bounds gives zero, a store or an atomic out of bounds does nothing. Where a whole struct, matrix or array is loaded (WGSL cannot select those),
//! its first element is loaded instead.
//!
//! The same pass gives every buffer its *window*: the kernel's element 0 may stand anywhere in the binding, and `arrayLength` is the number of
//! elements the array has, whatever the binding is rounded up to. Offset and length come from the parameters ([`crate::user`] lays them out).

use naga::valid::{FunctionInfo, ModuleInfo};
use naga::{
    AddressSpace, Arena, ArraySize, AtomicFunction, BinaryOperator, Block, Expression, FastHashMap, Function, GlobalVariable, Handle,
    Literal, LocalVariable, Module, ScalarKind, Span, Statement, SwitchCase, Type, TypeInner, UniqueArena,
};

use crate::error::KernelError;

/// Where the pass finds things in the parameters.
pub(crate) struct Windows {
    /// The uniform variable of parameters: member 0 is an array of `vec4<u32>`.
    pub(crate) params: Handle<GlobalVariable>,
    /// The member of the parameters that stands for each uniform variable of the user's.
    pub(crate) uniforms: FastHashMap<Handle<GlobalVariable>, u32>,
    /// The number of each storage buffer: words `2 * number` and `2 * number + 1` are its window's first element and length.
    pub(crate) buffers: FastHashMap<Handle<GlobalVariable>, u32>,
}

/// Rewrites every function of `module`; `info` is what the validator found out about it.
pub(crate) fn guard(module: &mut Module, info: &ModuleInfo, windows: &Windows) -> Result<(), KernelError> {
    let mut types = std::mem::take(&mut module.types);
    let handles: Vec<_> = module.functions.iter().map(|(handle, _)| handle).collect();
    for handle in handles {
        let new = rewrite(&module.functions[handle], &info[handle], &mut types, &module.global_variables, windows)?;
        module.functions[handle] = new;
    }
    for index in 0..module.entry_points.len() {
        let old = &module.entry_points[index].function;
        let new = rewrite(old, info.get_entry_point(index), &mut types, &module.global_variables, windows)?;
        module.entry_points[index].function = new;
    }
    module.types = types;
    Ok(())
}

struct Rewriter<'a> {
    old: &'a Function,
    info: &'a FunctionInfo,
    types: &'a mut UniqueArena<Type>,
    globals: &'a Arena<GlobalVariable>,
    windows: &'a Windows,
    new: Arena<Expression>,
    /// Which of the new expressions exist from the function's start, without being emitted.
    pre_emitted: Vec<bool>,
    locals: Arena<LocalVariable>,
    /// What each old expression became.
    map: Vec<Handle<Expression>>,
    /// For each old expression that points into memory: the condition under which it is in bounds.
    conditions: Vec<Option<Handle<Expression>>>,
    /// The new expressions made for each old one.
    made: Vec<(u32, u32)>,
    /// First element and length of each buffer, loaded at the start of the function.
    loaded: FastHashMap<Handle<GlobalVariable>, (Handle<Expression>, Handle<Expression>)>,
    uniforms: FastHashMap<Handle<GlobalVariable>, Handle<Expression>>,
    /// The pointers that atomics with a result go through.
    atomics: FastHashMap<Handle<Expression>, Handle<Expression>>,
    /// For guarded atomics: the variable that holds the result, and the new result expression.
    results: FastHashMap<Handle<Expression>, (Handle<Expression>, Handle<Expression>)>,
}

fn rewrite(
    old: &Function,
    info: &FunctionInfo,
    types: &mut UniqueArena<Type>,
    globals: &Arena<GlobalVariable>,
    windows: &Windows,
) -> Result<Function, KernelError> {
    let mut atomics = FastHashMap::default();
    find_atomics(&old.body, &mut atomics);
    let mut rewriter = Rewriter {
        old,
        info,
        types,
        globals,
        windows,
        new: Arena::new(),
        pre_emitted: Vec::new(),
        locals: old.local_variables.clone(),
        map: Vec::with_capacity(old.expressions.len()),
        conditions: vec![None; old.expressions.len()],
        made: Vec::with_capacity(old.expressions.len()),
        loaded: FastHashMap::default(),
        uniforms: FastHashMap::default(),
        atomics,
        results: FastHashMap::default(),
    };
    let prologue = rewriter.prologue();
    for (handle, expression) in old.expressions.iter() {
        let first = rewriter.new.len() as u32;
        let new = rewriter.expression(handle, expression)?;
        rewriter.map.push(new);
        rewriter.made.push((first, rewriter.new.len() as u32));
    }
    for (_, variable) in rewriter.locals.iter_mut() {
        // The variables made here have no initial value.
        variable.init = variable.init.map(|init| rewriter.map[init.index()]);
    }
    let mut body = Block::new();
    rewriter.emit(&mut body, prologue);
    rewriter.block(&old.body, &mut body)?;
    let named = old.named_expressions.iter().map(|(handle, name)| (rewriter.map[handle.index()], name.clone())).collect();
    Ok(Function { expressions: rewriter.new, local_variables: rewriter.locals, body, named_expressions: named, ..old.clone() })
}

/// Collects `result -> pointer` of every atomic statement.
fn find_atomics(block: &Block, found: &mut FastHashMap<Handle<Expression>, Handle<Expression>>) {
    for statement in block.iter() {
        match statement {
            Statement::Atomic { pointer, result: Some(result), .. } => drop(found.insert(*result, *pointer)),
            Statement::Block(inner) => find_atomics(inner, found),
            Statement::If { accept, reject, .. } => {
                find_atomics(accept, found);
                find_atomics(reject, found);
            }
            Statement::Switch { cases, .. } => cases.iter().for_each(|case| find_atomics(&case.body, found)),
            Statement::Loop { body, continuing, .. } => {
                find_atomics(body, found);
                find_atomics(continuing, found);
            }
            _ => {}
        }
    }
}

impl Rewriter<'_> {
    fn push(&mut self, expression: Expression) -> Handle<Expression> {
        self.pre_emitted.push(expression.needs_pre_emit());
        self.new.append(expression, Span::UNDEFINED)
    }

    fn word(&mut self, value: u32) -> Handle<Expression> {
        self.push(Expression::Literal(Literal::U32(value)))
    }

    /// Loads the windows of the buffers, and points to the uniforms, that this function names. Returns the new expressions to emit.
    fn prologue(&mut self) -> (u32, u32) {
        let mut used: Vec<Handle<GlobalVariable>> = Vec::new();
        for (_, expression) in self.old.expressions.iter() {
            if let Expression::GlobalVariable(global) = expression
                && !used.contains(global)
                && (self.windows.buffers.contains_key(global) || self.windows.uniforms.contains_key(global))
            {
                used.push(*global);
            }
        }
        if used.is_empty() {
            return (0, 0);
        }
        let params = self.push(Expression::GlobalVariable(self.windows.params));
        let first = self.new.len() as u32;
        let head = self.push(Expression::AccessIndex { base: params, index: 0 });
        for global in used {
            if let Some(&number) = self.windows.buffers.get(&global) {
                let row = self.push(Expression::AccessIndex { base: head, index: number / 2 });
                let mut words = (0..2).map(|k| {
                    let pointer = self.push(Expression::AccessIndex { base: row, index: number % 2 * 2 + k });
                    self.push(Expression::Load { pointer })
                });
                if let (Some(start), Some(length)) = (words.next(), words.next()) {
                    drop(words);
                    self.loaded.insert(global, (start, length));
                }
            } else if let Some(&member) = self.windows.uniforms.get(&global) {
                let pointer = self.push(Expression::AccessIndex { base: params, index: member });
                self.uniforms.insert(global, pointer);
            }
        }
        (first, self.new.len() as u32)
    }

    fn expression(&mut self, handle: Handle<Expression>, expression: &Expression) -> Result<Handle<Expression>, KernelError> {
        match *expression {
            Expression::GlobalVariable(global) => {
                if let Some(&pointer) = self.uniforms.get(&global) {
                    return Ok(pointer);
                }
                Ok(self.push(Expression::GlobalVariable(global)))
            }
            Expression::ArrayLength(pointer) => match self.global_of(pointer).and_then(|g| self.loaded.get(&g)) {
                Some((_, length)) => Ok(*length),
                None => Err(KernelError::write("guarded IR", "arrayLength of what is no buffer")),
            },
            Expression::Access { base, index } => {
                let limit = self.limit(base);
                let new_index = self.map[index.index()];
                match limit {
                    None => {
                        self.conditions[handle.index()] = self.conditions[base.index()];
                        Ok(self.push(Expression::Access { base: self.map[base.index()], index: new_index }))
                    }
                    Some(limit) => {
                        let signed = self.info[index].ty.inner_with(self.types).scalar_kind() == Some(ScalarKind::Sint);
                        let index = match signed {
                            true => self.push(Expression::As { expr: new_index, kind: ScalarKind::Uint, convert: None }),
                            false => new_index,
                        };
                        Ok(self.guarded_access(handle, base, index, limit))
                    }
                }
            }
            Expression::AccessIndex { base, index } => {
                // Only a runtime-sized array can be too short for a constant index.
                match self.limit(base) {
                    Some(limit @ Limit::Runtime(_)) => {
                        let index = self.word(index);
                        Ok(self.guarded_access(handle, base, index, limit))
                    }
                    _ => {
                        self.conditions[handle.index()] = self.conditions[base.index()];
                        Ok(self.push(Expression::AccessIndex { base: self.map[base.index()], index }))
                    }
                }
            }
            Expression::Load { pointer } => {
                let load = self.push(Expression::Load { pointer: self.map[pointer.index()] });
                let Some(condition) = self.conditions[pointer.index()] else { return Ok(load) };
                let inner = self.info[handle].ty.inner_with(self.types).clone();
                if !matches!(inner, TypeInner::Scalar(_) | TypeInner::Vector { .. }) {
                    return Ok(load);
                }
                let ty = self.types.insert(Type { name: None, inner }, Span::UNDEFINED);
                let zero = self.push(Expression::ZeroValue(ty));
                Ok(self.push(Expression::Select { condition, accept: load, reject: zero }))
            }
            Expression::AtomicResult { ty, .. } => {
                let result = self.push(expression.clone());
                let pointer = self.atomics.get(&handle).copied();
                if pointer.and_then(|p| self.conditions[p.index()]).is_none() {
                    return Ok(result);
                }
                let variable = self.locals.append(LocalVariable { name: None, ty, init: None }, Span::UNDEFINED);
                let pointer = self.push(Expression::LocalVariable(variable));
                let load = self.push(Expression::Load { pointer });
                self.results.insert(handle, (pointer, result));
                Ok(load)
            }
            _ => {
                let copy = self.copied(expression)?;
                Ok(self.push(copy))
            }
        }
    }

    /// `base[index]` with its condition recorded, reading element 0 where it is out of bounds.
    fn guarded_access(
        &mut self,
        handle: Handle<Expression>,
        base: Handle<Expression>,
        index: Handle<Expression>,
        limit: Limit,
    ) -> Handle<Expression> {
        let (length, start) = match limit {
            Limit::Constant(n) => (self.word(n), None),
            Limit::Runtime(global) => match self.loaded.get(&global) {
                // A runtime-sized array at the end of a struct starts where the struct says.
                Some(&(start, length)) => (length, matches!(self.old.expressions[base], Expression::GlobalVariable(_)).then_some(start)),
                None => (self.word(0), None),
            },
        };
        let mut condition = self.push(Expression::Binary { op: BinaryOperator::Less, left: index, right: length });
        let zero = self.word(0);
        let mut safe = self.push(Expression::Select { condition, accept: index, reject: zero });
        if let Some(start) = start {
            safe = self.push(Expression::Binary { op: BinaryOperator::Add, left: safe, right: start });
        }
        if let Some(outer) = self.conditions[base.index()] {
            condition = self.push(Expression::Binary { op: BinaryOperator::LogicalAnd, left: outer, right: condition });
        }
        self.conditions[handle.index()] = Some(condition);
        self.push(Expression::Access { base: self.map[base.index()], index: safe })
    }

    /// The number of elements behind a pointer into shared memory, where an index can be out of bounds.
    fn limit(&self, base: Handle<Expression>) -> Option<Limit> {
        let shared = |space: AddressSpace| matches!(space, AddressSpace::Storage { .. } | AddressSpace::Uniform | AddressSpace::WorkGroup);
        match *self.info[base].ty.inner_with(self.types) {
            TypeInner::Pointer { base: ty, space } if shared(space) => match self.types[ty].inner {
                TypeInner::Array { size: ArraySize::Dynamic, .. } => self.global_of(base).map(Limit::Runtime),
                TypeInner::Array { size: ArraySize::Constant(n), .. } => Some(Limit::Constant(n.get())),
                TypeInner::Vector { size, .. } => Some(Limit::Constant(size as u32)),
                TypeInner::Matrix { columns, .. } => Some(Limit::Constant(columns as u32)),
                _ => None,
            },
            TypeInner::ValuePointer { size: Some(size), space, .. } if shared(space) => Some(Limit::Constant(size as u32)),
            _ => None,
        }
    }

    /// The buffer that a pointer starts from.
    fn global_of(&self, mut pointer: Handle<Expression>) -> Option<Handle<GlobalVariable>> {
        loop {
            match self.old.expressions[pointer] {
                Expression::GlobalVariable(global) => return self.globals.try_get(global).ok().map(|_| global),
                Expression::Access { base, .. } | Expression::AccessIndex { base, .. } => pointer = base,
                _ => return None,
            }
        }
    }

    /// An expression without memory accesses, with new operands.
    fn copied(&self, expression: &Expression) -> Result<Expression, KernelError> {
        let m = |handle: Handle<Expression>| self.map[handle.index()];
        let o = |handle: Option<Handle<Expression>>| handle.map(m);
        Ok(match expression.clone() {
            Expression::Compose { ty, components } => Expression::Compose { ty, components: components.into_iter().map(m).collect() },
            Expression::Splat { size, value } => Expression::Splat { size, value: m(value) },
            Expression::Swizzle { size, vector, pattern } => Expression::Swizzle { size, vector: m(vector), pattern },
            Expression::Unary { op, expr } => Expression::Unary { op, expr: m(expr) },
            Expression::Binary { op, left, right } => Expression::Binary { op, left: m(left), right: m(right) },
            Expression::Select { condition, accept, reject } => {
                Expression::Select { condition: m(condition), accept: m(accept), reject: m(reject) }
            }
            Expression::Relational { fun, argument } => Expression::Relational { fun, argument: m(argument) },
            Expression::Math { fun, arg, arg1, arg2, arg3 } => {
                Expression::Math { fun, arg: m(arg), arg1: o(arg1), arg2: o(arg2), arg3: o(arg3) }
            }
            Expression::As { expr, kind, convert } => Expression::As { expr: m(expr), kind, convert },
            leaf @ (Expression::Literal(_)
            | Expression::Constant(_)
            | Expression::Override(_)
            | Expression::ZeroValue(_)
            | Expression::FunctionArgument(_)
            | Expression::LocalVariable(_)
            | Expression::CallResult(_)
            | Expression::WorkGroupUniformLoadResult { .. }
            | Expression::SubgroupBallotResult
            | Expression::SubgroupOperationResult { .. }) => leaf,
            other => return Err(unsupported(&format!("{other:?}"))),
        })
    }

    /// Emits new expressions, those left out that exist from a function's start.
    fn emit(&self, out: &mut Block, (first, end): (u32, u32)) {
        let mut start = first;
        let flush = |start: u32, end: u32, out: &mut Block| {
            if start < end {
                out.push(Statement::Emit(naga::Range::from_index_range(start..end, &self.new)), Span::UNDEFINED);
            }
        };
        for at in first..end {
            if self.pre_emitted[at as usize] {
                flush(start, at, out);
                start = at + 1;
            }
        }
        flush(start, end, out);
    }

    fn block(&mut self, old: &Block, out: &mut Block) -> Result<(), KernelError> {
        for (statement, span) in old.span_iter() {
            self.statement(statement, *span, out)?;
        }
        Ok(())
    }

    fn inner(&mut self, old: &Block) -> Result<Block, KernelError> {
        let mut block = Block::new();
        self.block(old, &mut block)?;
        Ok(block)
    }

    fn statement(&mut self, statement: &Statement, span: Span, out: &mut Block) -> Result<(), KernelError> {
        let new = match statement {
            Statement::Emit(range) => {
                let old = range.index_range();
                if !old.is_empty() {
                    let (first, last) = (self.made[old.start as usize].0, self.made[old.end as usize - 1].1);
                    self.emit(out, (first, last));
                }
                return Ok(());
            }
            Statement::Store { pointer, value } => {
                let store = Statement::Store { pointer: self.map[pointer.index()], value: self.map[value.index()] };
                match self.conditions[pointer.index()] {
                    None => store,
                    Some(condition) => Statement::If { condition, accept: Block::from_vec(vec![store]), reject: Block::new() },
                }
            }
            Statement::Atomic { pointer, fun, value, result } => {
                let fun = match *fun {
                    AtomicFunction::Exchange { compare } => AtomicFunction::Exchange { compare: compare.map(|c| self.map[c.index()]) },
                    other => other,
                };
                let (new_pointer, value) = (self.map[pointer.index()], self.map[value.index()]);
                let condition = self.conditions[pointer.index()];
                let saved = result.and_then(|r| self.results.get(&r).copied());
                let result = match saved {
                    Some((_, fresh)) => Some(fresh),
                    None => result.map(|r| self.map[r.index()]),
                };
                let atomic = Statement::Atomic { pointer: new_pointer, fun, value, result };
                let Some(condition) = condition else {
                    out.push(atomic, span);
                    return Ok(());
                };
                let mut accept = Block::from_vec(vec![atomic]);
                if let (Some((variable, fresh)), Some(old)) = (saved, *statement_result(statement)) {
                    let Expression::AtomicResult { ty, .. } = self.old.expressions[old] else {
                        return Err(KernelError::write("guarded IR", "an atomic without a result"));
                    };
                    let zero = self.push(Expression::ZeroValue(ty));
                    out.push(Statement::Store { pointer: variable, value: zero }, span);
                    accept.push(Statement::Store { pointer: variable, value: fresh }, span);
                    out.push(Statement::If { condition, accept, reject: Block::new() }, span);
                    let load = self.map[old.index()].index() as u32;
                    self.emit(out, (load, load + 1));
                    return Ok(());
                }
                Statement::If { condition, accept, reject: Block::new() }
            }
            Statement::Block(inner) => Statement::Block(self.inner(inner)?),
            Statement::If { condition, accept, reject } => {
                let (accept, reject) = (self.inner(accept)?, self.inner(reject)?);
                Statement::If { condition: self.map[condition.index()], accept, reject }
            }
            Statement::Switch { selector, cases } => {
                let mut new_cases = Vec::with_capacity(cases.len());
                for case in cases {
                    new_cases.push(SwitchCase { value: case.value, body: self.inner(&case.body)?, fall_through: case.fall_through });
                }
                Statement::Switch { selector: self.map[selector.index()], cases: new_cases }
            }
            Statement::Loop { body, continuing, break_if } => {
                let (body, continuing) = (self.inner(body)?, self.inner(continuing)?);
                Statement::Loop { body, continuing, break_if: break_if.map(|b| self.map[b.index()]) }
            }
            Statement::Return { value } => Statement::Return { value: value.map(|v| self.map[v.index()]) },
            Statement::WorkGroupUniformLoad { pointer, result } => {
                Statement::WorkGroupUniformLoad { pointer: self.map[pointer.index()], result: self.map[result.index()] }
            }
            Statement::Call { function, arguments, result } => Statement::Call {
                function: *function,
                arguments: arguments.iter().map(|a| self.map[a.index()]).collect(),
                result: result.map(|r| self.map[r.index()]),
            },
            Statement::SubgroupBallot { result, predicate } => {
                Statement::SubgroupBallot { result: self.map[result.index()], predicate: predicate.map(|p| self.map[p.index()]) }
            }
            Statement::SubgroupGather { mode, argument, result } => Statement::SubgroupGather {
                mode: self.gather_mode(*mode),
                argument: self.map[argument.index()],
                result: self.map[result.index()],
            },
            Statement::SubgroupCollectiveOperation { op, collective_op, argument, result } => Statement::SubgroupCollectiveOperation {
                op: *op,
                collective_op: *collective_op,
                argument: self.map[argument.index()],
                result: self.map[result.index()],
            },
            simple @ (Statement::Break
            | Statement::Continue
            | Statement::Kill
            | Statement::ControlBarrier(_)
            | Statement::MemoryBarrier(_)) => simple.clone(),
            other => return Err(unsupported(&format!("{other:?}"))),
        };
        out.push(new, span);
        Ok(())
    }

    fn gather_mode(&self, mode: naga::GatherMode) -> naga::GatherMode {
        use naga::GatherMode as G;
        let m = |handle: Handle<Expression>| self.map[handle.index()];
        match mode {
            G::Broadcast(i) => G::Broadcast(m(i)),
            G::Shuffle(i) => G::Shuffle(m(i)),
            G::ShuffleDown(i) => G::ShuffleDown(m(i)),
            G::ShuffleUp(i) => G::ShuffleUp(m(i)),
            G::ShuffleXor(i) => G::ShuffleXor(m(i)),
            G::QuadBroadcast(i) => G::QuadBroadcast(m(i)),
            fixed @ (G::BroadcastFirst | G::QuadSwap(_)) => fixed,
        }
    }
}

fn statement_result(statement: &Statement) -> &Option<Handle<Expression>> {
    match statement {
        Statement::Atomic { result, .. } => result,
        _ => &None,
    }
}

fn unsupported(what: &str) -> KernelError {
    let name = what.split([' ', '(', '{']).next().unwrap_or(what);
    KernelError::Validate(format!(
        "{name}: textures, ray queries, cooperative matrices and derivatives have no place in a kernel on arrays"
    ))
}

/// How many elements there are.
#[derive(Clone, Copy)]
enum Limit {
    Constant(u32),
    /// What the parameters say of this buffer.
    Runtime(Handle<GlobalVariable>),
}
