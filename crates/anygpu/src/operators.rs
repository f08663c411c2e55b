//! Rust's operators on arrays.
//!
//! They panic where `ndarray`'s do (shapes that do not broadcast) and where memory runs out; [`Ufunc::call`] and the methods
//! of [`Array`] return `Result`s instead.

use crate::array::Array;
use crate::ufunc::Ufunc;
use crate::value::Value;
use std::ops;

macro_rules! binary {
    ($trait:ident $method:ident $ufunc:ident) => {
        impl<'a, V: Into<Value<'a>>> ops::$trait<V> for &Array {
            type Output = Array;

            #[track_caller]
            fn $method(self, other: V) -> Array {
                evaluate(Ufunc::$ufunc, &[self.into(), other.into()])
            }
        }

        impl<'a, V: Into<Value<'a>>> ops::$trait<V> for Array {
            type Output = Array;

            #[track_caller]
            fn $method(self, other: V) -> Array {
                evaluate(Ufunc::$ufunc, &[(&self).into(), other.into()])
            }
        }
    };
}

binary!(Add add Add);
binary!(Sub sub Subtract);
binary!(Mul mul Multiply);
binary!(Div div Divide);
binary!(Rem rem Remainder);
binary!(BitAnd bitand BitwiseAnd);
binary!(BitOr bitor BitwiseOr);
binary!(BitXor bitxor BitwiseXor);
binary!(Shl shl LeftShift);
binary!(Shr shr RightShift);

impl ops::Neg for &Array {
    type Output = Array;

    #[track_caller]
    fn neg(self) -> Array {
        evaluate(Ufunc::Negative, &[self.into()])
    }
}

impl ops::Not for &Array {
    type Output = Array;

    #[track_caller]
    fn not(self) -> Array {
        evaluate(Ufunc::Invert, &[self.into()])
    }
}

#[track_caller]
fn evaluate(ufunc: Ufunc, operands: &[Value<'_>]) -> Array {
    match ufunc.call(operands) {
        Ok(result) => result,
        Err(error) => panic!("{}: {error}", ufunc.name()),
    }
}
