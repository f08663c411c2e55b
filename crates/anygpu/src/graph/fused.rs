//! Deferred bases walked into one expression.

use super::{Base, Operand, Recipe, ScalarBytes, fuses};
use anygpu_core::{DType, Error, Layout, Result};
use anygpu_kernels::expr::{Expr, Node, Op};
use smallvec::SmallVec;
use std::sync::Arc;

/// One array that a fused expression reads.
pub(crate) struct Leaf {
    pub(crate) base: Arc<Base>,
    pub(crate) layout: Layout,
}

/// A fused expression and what it reads.
#[derive(Default)]
pub(crate) struct Fused {
    pub(crate) expr: Expr,
    pub(crate) leaves: SmallVec<[Leaf; 8]>,
    pub(crate) scalars: SmallVec<[(ScalarBytes, DType); 8]>,
    /// Deferred bases that became nodes, in topological order.
    pub(crate) members: SmallVec<[(Arc<Base>, u16); 8]>,
}

impl Fused {
    /// Adds what `base` (deferred, of dense layout `layout`) computes; returns its node.
    pub(crate) fn add(&mut self, base: &Arc<Base>) -> Result<u16> {
        if let Some((_, node)) = self.members.iter().find(|(b, _)| Arc::ptr_eq(b, base)) {
            return Ok(*node);
        }
        let Some((recipe, layout)) = base.recipe() else {
            return Err(Error::Runtime("an array was computed while an expression over it was being fused".into()));
        };
        let node = match recipe {
            Recipe::Constant(bytes) => self.scalar(bytes, base.dtype),
            Recipe::Index => {
                let node = self.expr.push(Node::Index, DType::I64);
                debug_assert_eq!(base.dtype, DType::I64);
                node
            }
            Recipe::Apply(op, compute, operands) => {
                let mut nodes: SmallVec<[u16; 3]> = SmallVec::new();
                for operand in &operands {
                    nodes.push(self.operand(operand, &layout)?);
                }
                self.expr.apply(op, compute, &nodes)
            }
        };
        self.members.push((base.clone(), node));
        Ok(node)
    }

    /// Adds one operand of an operation whose result has layout `result`.
    pub(crate) fn operand(&mut self, operand: &Operand, result: &Layout) -> Result<u16> {
        match operand {
            Operand::Scalar(bytes, dtype) => Ok(self.scalar(*bytes, *dtype)),
            Operand::Array { base, layout, convert } => {
                let node = match base.deferred_strides() {
                    Some((strides, _)) if fuses(base, layout, &strides, result) => self.add(base)?,
                    Some(_) => {
                        base.compute()?;
                        self.leaf(base, layout)?
                    }
                    None => self.leaf(base, layout)?,
                };
                Ok(if *convert == base.dtype { node } else { self.expr.apply(Op::Cast, *convert, &[node]) })
            }
        }
    }

    /// Adds an array in memory.
    pub(crate) fn leaf(&mut self, base: &Arc<Base>, layout: &Layout) -> Result<u16> {
        for (i, leaf) in self.leaves.iter().enumerate() {
            if Arc::ptr_eq(&leaf.base, base) && leaf.layout == *layout {
                let node = self.expr.nodes.iter().position(|(n, _)| *n == Node::Input(i as u8));
                return Ok(node.unwrap_or_default() as u16);
            }
        }
        self.leaves.push(Leaf { base: base.clone(), layout: layout.clone() });
        Ok(self.expr.input(base.dtype))
    }

    fn scalar(&mut self, bytes: ScalarBytes, dtype: DType) -> u16 {
        self.scalars.push((bytes, dtype));
        self.expr.scalar(dtype)
    }
}
