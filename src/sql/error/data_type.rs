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
            Self::Unknown { word, nearest, known } => {
                Diagnosis::new(S::UndefinedObject, format!("there is no type {word}"))
                    .did_you_mean(*nearest, format!("the types are: {}", known.join(", ")))
            }
            Self::Lacking { name, instead } => {
                Diagnosis::new(S::NotSupported, format!("Redshift has no type {name}"))
                    .hint(format!("write {instead}"))
            }
            Self::Array => {
                Diagnosis::new(S::NotSupported, "Redshift has no arrays").hint("write SUPER")
            }
            Self::OutOfRange { what, minimum, maximum, most } => Diagnosis::new(
                S::InvalidParameterValue,
                format!("{what} is out of range: it takes {minimum} to {maximum}"),
            )
            .hint(format!("write {most} for the most it takes")),
            Self::NoParameters { name } => {
                Diagnosis::new(S::SyntaxError, format!("{name} takes nothing in parentheses"))
                    .hint(format!("write {name} alone"))
            }
            Self::UnknownEncoding { nearest, known } => {
                let names = known.join(", ");
                Diagnosis::new(S::InvalidParameterValue, "there is no encoding of that name")
                    .did_you_mean(*nearest, format!("the encodings are: {names}"))
            }
        }
    }
}
