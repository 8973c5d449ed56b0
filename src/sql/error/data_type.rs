//! Errors in data types.

use crate::diagnostic::{Diagnosis, Diagnostic};
use crate::name::Identifier;
use crate::sqlstate::SqlState as S;

/// An error in a data type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeError {
    /// A type that no known database has.
    Unknown {
        /// The word as written.
        word: String,
        /// A similar type.
        nearest: Option<&'static str>,
        /// Redshift's types.
        known: Vec<&'static str>,
    },
    /// A type of another database.
    Lacking {
        /// The type.
        name: &'static str,
        /// Redshift's replacement.
        instead: &'static str,
    },
    /// `INTEGER[]`.
    Array,
    /// A length, precision or scale out of range.
    OutOfRange {
        /// The parameter and the type: `the length of VARCHAR`.
        what: &'static str,
        /// The smallest value.
        minimum: u32,
        /// The largest value.
        maximum: u32,
        /// The type with the largest value.
        most: String,
    },
    /// Parentheses behind a type without parameters.
    NoParameters {
        /// The type.
        name: &'static str,
    },
    /// An unknown encoding behind ENCODE.
    UnknownEncoding {
        /// A similar encoding.
        nearest: Option<&'static str>,
        /// Redshift's encodings.
        known: &'static [&'static str],
    },
}

impl Diagnostic for TypeError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Unknown { word, nearest, known } => S::UndefinedObject
                .error(format!("type {} does not exist", Identifier(word).quoted()))
                .did_you_mean(*nearest, format!("the types are: {}", known.join(", "))),
            Self::Lacking { name, instead } => S::NotSupported
                .error(format!("Redshift has no type {name}"))
                .hint(format!("write {instead}")),
            Self::Array => S::NotSupported.error("Redshift has no arrays").hint("write SUPER"),
            Self::OutOfRange { what, minimum, maximum, most } => S::InvalidParameterValue
                .error(format!("{what} must be between {minimum} and {maximum}"))
                .hint(format!("write {most} for the most it takes")),
            Self::NoParameters { name } => S::SyntaxError
                .error(format!("type modifier is not allowed for type \"{name}\""))
                .hint(format!("write {name} alone")),
            Self::UnknownEncoding { nearest, known } => {
                let names = known.join(", ");
                S::InvalidParameterValue
                    .error("encoding not recognized")
                    .did_you_mean(*nearest, format!("the encodings are: {names}"))
            }
        }
    }
}
