//! The expression IR: a typed, topologically ordered list of scalar operations.
//!
//! An [`Expr`] says what one *element* of a result is, in terms of the elements of its inputs, of scalars handed over at launch, and of its own
//! position. It knows nothing of shapes: how elements are found in memory is the business of the kernel around it ([`crate::map`],
//! [`crate::reduce`]), so that the same expression is the body of an elementwise kernel, the prologue of a reduction, or the epilogue of a matmul.

mod op;
mod wgsl;

use crate::access::Native64;
use anygpu_core::DType;
use op::Weight;
use smallvec::SmallVec;

pub use op::{MAX_ARITY, Op};
pub use wgsl::{call, cast, register, register_suffix};

/// One node of an expression. Operands are indices of earlier nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// The element of input `n`, in its dtype.
    Input(u8),
    /// Scalar `n` of the launch, in its dtype.
    Scalar(u8),
    /// The position of the element in the result, in C order, as `int64`.
    Index,
    /// An operation with its compute dtype; unused operands are zero.
    Apply(Op, DType, [u16; MAX_ARITY]),
    /// The element of input `n`, a *table*, at the position that an `int64` node gives. It lies within the table: nothing checks it.
    Take(u8, u16),
}

/// A typed expression over inputs and scalars, with one or more results.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Expr {
    /// Dtypes of the inputs.
    pub inputs: SmallVec<[DType; 8]>,
    /// Dtypes of the scalars.
    pub scalars: SmallVec<[DType; 8]>,
    /// Nodes with the dtype of their value, operands before users.
    pub nodes: Vec<(Node, DType)>,
    /// The nodes whose values are the results.
    pub results: SmallVec<[u16; 2]>,
}

impl Expr {
    /// The expression that hands its one input on unchanged.
    pub fn identity(dtype: DType) -> Expr {
        let mut e = Expr::default();
        let x = e.input(dtype);
        e.results.push(x);
        e
    }

    /// Adds an input and returns its node.
    pub fn input(&mut self, dtype: DType) -> u16 {
        self.inputs.push(dtype);
        self.push(Node::Input((self.inputs.len() - 1) as u8), dtype)
    }

    /// Adds a scalar parameter and returns its node.
    pub fn scalar(&mut self, dtype: DType) -> u16 {
        self.scalars.push(dtype);
        self.push(Node::Scalar((self.scalars.len() - 1) as u8), dtype)
    }

    /// Adds an operation on earlier nodes and returns its node.
    pub fn apply(&mut self, op: Op, compute: DType, operands: &[u16]) -> u16 {
        let mut args = [0; MAX_ARITY];
        args[..operands.len()].copy_from_slice(operands);
        self.push(Node::Apply(op, compute, args), op.result(compute))
    }

    /// Adds an input that is read at computed positions; returns its number, for [`Expr::take`].
    pub fn table(&mut self, dtype: DType) -> u8 {
        self.inputs.push(dtype);
        (self.inputs.len() - 1) as u8
    }

    /// Adds the element of a table at the position that a node gives.
    pub fn take(&mut self, table: u8, position: u16) -> u16 {
        self.push(Node::Take(table, position), self.inputs[table as usize])
    }

    /// Whether input `i` is read at computed positions.
    pub fn is_table(&self, i: usize) -> bool {
        self.nodes.iter().any(|(n, _)| matches!(n, Node::Take(t, _) if *t as usize == i))
    }

    /// Adds a node.
    pub fn push(&mut self, node: Node, dtype: DType) -> u16 {
        self.nodes.push((node, dtype));
        (self.nodes.len() - 1) as u16
    }

    /// Whether any node asks for the element's position.
    pub fn uses_index(&self) -> bool {
        self.nodes.iter().any(|(n, _)| *n == Node::Index)
    }

    /// Whether the expression is so much code that four copies of it would take drivers seconds to compile: functions of 64-bit floats and of
    /// complex numbers, and loops. Where it is not, copies are twice as fast as a loop (sin of float64 on an H100).
    pub fn is_heavy(&self, native: Native64) -> bool {
        self.nodes.iter().any(|(node, _)| match node {
            Node::Apply(op, dtype, _) => match op.weight() {
                Weight::Short => false,
                Weight::Long => matches!(dtype, DType::F64 | DType::C64 | DType::C128),
                Weight::NativeShort => matches!(dtype, DType::C64 | DType::C128) || *dtype == DType::F64 && !native.functions,
                Weight::Rejection => true,
            },
            _ => false,
        })
    }

    /// Whether a scalar comes to a long function, perhaps through others. Its conditions may then depend on the launch's parameters alone.
    pub(crate) fn computes_with_scalars(&self) -> bool {
        let mut uniform = Vec::with_capacity(self.nodes.len());
        let mut found = false;
        for (node, _) in &self.nodes {
            uniform.push(match node {
                Node::Scalar(_) => true,
                Node::Apply(op, dtype, operands) => {
                    let given = &operands[..op.arity()];
                    let is_long = op.weight() != Weight::Short || matches!(dtype, DType::F64 | DType::C64 | DType::C128);
                    found |= is_long && given.iter().any(|o| uniform[usize::from(*o)]);
                    given.iter().all(|o| uniform[usize::from(*o)])
                }
                Node::Input(_) | Node::Index | Node::Take(..) => false,
            });
        }
        found
    }

    /// Appends a compact description that is equal exactly for equal expressions: the kernel cache's key.
    pub fn write_key(&self, key: &mut Vec<u8>) {
        key.push(self.inputs.len() as u8);
        key.extend(self.inputs.iter().map(|d| *d as u8));
        key.push(self.scalars.len() as u8);
        key.extend(self.scalars.iter().map(|d| *d as u8));
        for (node, dtype) in &self.nodes {
            match node {
                Node::Input(i) => key.extend([0, *i]),
                Node::Scalar(i) => key.extend([1, *i]),
                Node::Index => key.push(2),
                Node::Take(table, position) => {
                    key.extend([254, *table]);
                    key.extend(position.to_le_bytes());
                }
                Node::Apply(op, compute, args) => {
                    key.extend([3 + *op as u8, *compute as u8]);
                    for a in &args[..op.arity()] {
                        key.extend(a.to_le_bytes());
                    }
                }
            }
            key.push(*dtype as u8);
        }
        key.push(255);
        for r in &self.results {
            key.extend(r.to_le_bytes());
        }
    }
}
