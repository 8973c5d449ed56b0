//! What can be wrong with a type.

use crate::diagnostic::{Diagnosis, Diagnostic};
use crate::sqlstate::SqlState as S;

/// Why a text is no type of Redshift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeError {
    /// A word that no database has as a type.
    Unknown {
        /// The word as written.
        word: String,
        /// The type that it may have been meant to be.
        nearest: Option<&'static str>,
        /// The types that there are.
        known: Vec<&'static str>,
    },
    /// A type of another database.
    Lacking {
        /// The type.
        name: &'static str,
        /// What to write in its place.
        instead: &'static str,
    },
    /// `INTEGER[]`.
    Array,
    /// A number in the parentheses that is too small or too large.
    OutOfRange {
        /// What the number is, with the type: `the length of VARCHAR`.
        what: &'static str,
        /// The smallest number.
        minimum: u32,
        /// The largest number.
        maximum: u32,
        /// The type with the largest number.
        most: String,
    },
    /// Parentheses behind a type that has none.
    NoParameters {
        /// The type.
        name: &'static str,
    },
    /// A word behind ENCODE that is no encoding.
    UnknownEncoding {
        /// The encoding that it may have been meant to be.
        nearest: Option<&'static str>,
        /// The encodings that there are.
        known: &'static [&'static str],
    },
}

impl Diagnostic for TypeError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Unknown { word, nearest, known } => S::UndefinedObject
                .error(format!("type \"{word}\" does not exist"))
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
