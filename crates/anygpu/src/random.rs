//! Random numbers.
//!
//! A draw is an elementwise operation like any other: it is recorded, and fuses with what is computed from it. (Draws by rejection do not: they
//! take so long that a pass over memory does not count, and one kernel for all uses compiles once.) Its operands are the position of
//! each element, a [`Stream`], and the parameters of the distribution, which broadcast. The bits of an element depend on the stream's key and the
//! element's position alone (`shaders/random/philox.wgsl`), so that a draw of 1000 numbers is one of 400 and one of 600 behind it, on every device.

use crate::array::Array;
use crate::device::Device;
use crate::graph::{self, Operand, Recipe, cast_bytes, scalar_bytes};
use crate::value::Value;
use anygpu_core::{DType, Error, Layout, Result, Scalar};
use anygpu_kernels::expr::Op;
use smallvec::SmallVec;

/// Where a draw's numbers come from: the counter-based generator Philox 4x32-10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The generator's key.
    pub key: u64,
    /// Position of the draw's first element.
    pub start: u64,
    /// The fourth counter word. A draw uses this and the next three, so that variates of one element differ by multiples of four.
    pub component: u32,
}

macro_rules! draws {
    ($($(#[$doc:meta])* $name:ident $text:literal $op:ident;)*) => {
        /// A distribution.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Draw { $($(#[$doc])* $name,)* }

        impl Draw {
            /// The distribution of a name.
            pub fn from_name(name: &str) -> Option<Draw> {
                match name { $($text => Some(Draw::$name),)* _ => None }
            }

            fn op(self) -> Op {
                match self { $(Draw::$name => Op::$op,)* }
            }
        }
    };
}

draws! {
    /// 64 bits of a block, `uint64`; parameters: the third counter word, and which half of the block (0 or 1).
    Bits "bits" RandomBits;
    /// Uniform in [0, 1), `float32` or `float64`.
    Uniform "uniform" RandomUniform;
    /// Uniform in (0, 1), `float32` or `float64`.
    OpenUniform "open_uniform" RandomOpenUniform;
    /// Uniform integers modulo 2^64, `uint64`; parameters: the lowest, and the largest distance from it.
    Integers "integers" RandomIntegers;
    /// Exponential of scale 1, `float32` or `float64`.
    Exponential "exponential" RandomExponential;
    /// Normal of mean 0 and variance 1, `float32` or `float64`.
    Normal "normal" RandomNormal;
    /// Gamma of scale 1, `float32` or `float64`; parameter: the shape.
    Gamma "gamma" RandomGamma;
    /// Logarithm of a gamma variate of scale 1, `float32` or `float64`; parameter: the shape.
    LogGamma "log_gamma" RandomLogGamma;
    /// Poisson, `int64`; parameter: the mean.
    Poisson "poisson" RandomPoisson;
    /// Binomial, `int64`; parameters: trials, probability.
    Binomial "binomial" RandomBinomial;
    /// Hypergeometric, `int64`; parameters: good, bad, sample.
    Hypergeometric "hypergeometric" RandomHypergeometric;
    /// Von Mises around 0, `float64`; parameter: the concentration.
    VonMises "vonmises" RandomVonMises;
    /// Zipf, `int64`; parameter: the exponent.
    Zipf "zipf" RandomZipf;
}

impl Draw {
    /// The dtype that the distribution computes in to give `dtype`.
    fn compute_dtype(self, dtype: DType) -> Result<DType> {
        let compute = match self {
            Draw::Bits | Draw::Integers => DType::U64,
            Draw::Poisson | Draw::Binomial | Draw::Hypergeometric | Draw::Zipf | Draw::VonMises => DType::F64,
            _ => dtype,
        };
        if self.op().result(compute) != dtype || !matches!(compute, DType::U64 | DType::F64 | DType::F32) {
            return Err(Error::Type(format!("Unsupported dtype {dtype} for a draw of {self:?}")));
        }
        Ok(compute)
    }
}

impl Device {
    /// Records a draw of `shape` and `dtype`; the parameters are broadcast and converted.
    ///
    /// Elements are counted in C order, or have the given positions (`int64`, broadcast as well).
    ///
    /// # Errors
    /// A dtype that the distribution does not have, a number of parameters that is not the distribution's, parameters that do not broadcast to
    /// `shape`, no memory. The parameters' values are not looked at: where they mean nothing, the numbers mean nothing.
    pub fn draw(
        &self,
        draw: Draw,
        stream: Stream,
        positions: Option<&Array>,
        shape: &[usize],
        dtype: DType,
        parameters: &[Value<'_>],
    ) -> Result<Array> {
        let (op, compute) = (draw.op(), draw.compute_dtype(dtype)?);
        if 4 + parameters.len() != op.arity() {
            return Err(Error::Type(format!("a draw of {draw:?} takes {} parameters, {} given", op.arity() - 4, parameters.len())));
        }
        self.check_defined(op, compute, DType::I64)?;
        let layout = Layout::contiguous_checked(shape, 16)?;
        let number = |value: i128, dtype: DType| Ok(Operand::Scalar(scalar_bytes(Scalar::Int(value), dtype)?, dtype));
        let array = |a: &Array, convert: DType| {
            if !self.is_same(a.device()) {
                return Err(Error::Value(format!(
                    "a draw on {self:?} has parameters on {:?}; move them with asarray(x, device=...)",
                    a.device()
                )));
            }
            Ok(Operand::Array { base: a.base().clone(), layout: a.layout().broadcast_to(&layout.shape)?, convert })
        };
        let mut operands: SmallVec<[Operand; 3]> = SmallVec::new();
        operands.push(match positions {
            Some(p) => array(p, DType::I64)?,
            None => {
                let base = graph::record(self, Recipe::Index, DType::I64, &layout, false)?;
                Operand::Array { base, layout: layout.clone(), convert: DType::I64 }
            }
        });
        operands.push(number(i128::from(stream.key), DType::U64)?);
        operands.push(number(i128::from(stream.start), DType::U64)?);
        operands.push(number(i128::from(stream.component), DType::U32)?);
        for (k, parameter) in parameters.iter().enumerate() {
            let dtype = op.operand(4 + k, compute);
            operands.push(match parameter {
                Value::Array(a) => array(a, dtype)?,
                Value::Scalar(s) => Operand::Scalar(scalar_bytes(*s, dtype)?, dtype),
                Value::Typed(s, _) => Operand::Scalar(cast_bytes(*s, dtype), dtype),
            });
        }
        let base = graph::record(self, Recipe::Apply(op, compute, operands), dtype, &layout, true)?;
        if op.stands_alone() {
            base.compute()?;
        }
        Ok(Array::from_base(base, layout))
    }

    /// Raises a `ValueError` with a message at the next synchronisation if any element of `wrong` is nonzero.
    ///
    /// # Errors
    /// No memory for the flag.
    pub fn refuse_later(&self, wrong: &Array, message: String) -> Result<()> {
        let flag = wrong.any(None, false)?;
        self.add_check(flag, Error::Value(message));
        Ok(())
    }
}
