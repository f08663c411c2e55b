//! The parameters of a kernel template: names with an integer, a switch or a word.

use std::collections::BTreeMap;
use std::fmt;

/// The value of a template parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Define {
    /// A number: a tile size, a workgroup size.
    Integer(i64),
    /// A switch.
    Bool(bool),
    /// A word to compare with: a dtype, an operation.
    Name(&'static str),
}

macro_rules! define_from_integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Define {
            fn from(value: $integer) -> Self {
                Define::Integer(i64::from(value))
            }
        }
    )*};
}
define_from_integer!(i32, u32, i64);

impl From<bool> for Define {
    fn from(value: bool) -> Self {
        Define::Bool(value)
    }
}

impl From<&'static str> for Define {
    fn from(value: &'static str) -> Self {
        Define::Name(value)
    }
}

impl fmt::Display for Define {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Define::Integer(value) => value.fmt(f),
            Define::Bool(value) => value.fmt(f),
            Define::Name(value) => value.fmt(f),
        }
    }
}

/// The parameters of one expansion; prints as `TILE=4,TYPE=f32`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Defines(BTreeMap<&'static str, Define>);

impl Defines {
    /// No parameters.
    pub fn new() -> Self {
        Defines::default()
    }

    /// These parameters and `name`, which replaces an earlier value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Define>) -> Self {
        self.0.insert(name, value.into());
        self
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<Define> {
        self.0.get(name).copied()
    }
}

impl fmt::Display for Defines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.0.iter().enumerate() {
            write!(f, "{}{name}={value}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}
