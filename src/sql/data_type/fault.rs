//! What can be wrong with a type.

use crate::sqlstate::SqlState;

/// Why a text is no type of Redshift.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypeFault {
    /// A word that no database has as a type.
    #[error("there is no type {word}")]
    Unknown {
        /// The word as written.
        word: String,
        /// The type that it may have been meant to be.
        nearest: Option<&'static str>,
    },
    /// A type of another database.
    #[error("Redshift has no type {name}")]
    Lacking {
        /// The type.
        name: &'static str,
        /// What to write in its place.
        instead: &'static str,
    },
    /// `INTEGER[]`.
    #[error("Redshift has no arrays")]
    Array,
    /// A number in the parentheses that is too small or too large.
    #[error("{what} is out of range: it takes {minimum} to {maximum}")]
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
    #[error("{name} takes nothing in parentheses")]
    NoParameters {
        /// The type.
        name: &'static str,
    },
    /// A word behind ENCODE that is no encoding.
    #[error("there is no encoding of that name")]
    UnknownEncoding {
        /// The encoding that it may have been meant to be.
        nearest: Option<&'static str>,
    },
}

impl TypeFault {
    /// The SQLSTATE of the failure.
    pub fn sqlstate(&self) -> SqlState {
        match self {
            Self::Unknown { .. } => SqlState::UndefinedObject,
            Self::Lacking { .. } | Self::Array => SqlState::NotSupported,
            Self::OutOfRange { .. } | Self::UnknownEncoding { .. } => {
                SqlState::InvalidParameterValue
            }
            Self::NoParameters { .. } => SqlState::SyntaxError,
        }
    }

    /// What to type.
    pub fn hint(&self) -> String {
        match self {
            Self::Unknown { nearest: Some(nearest), .. }
            | Self::UnknownEncoding { nearest: Some(nearest) } => {
                format!("did you mean {nearest}?")
            }
            Self::Unknown { nearest: None, .. } => {
                let names: Vec<&str> = super::TYPES.iter().map(|spec| spec.name).collect();
                format!("the types are: {}", names.join(", "))
            }
            Self::UnknownEncoding { nearest: None } => {
                format!("the encodings are: {}", super::ENCODINGS.join(", "))
            }
            Self::Lacking { instead, .. } => format!("write {instead}"),
            Self::Array => "write SUPER".to_owned(),
            Self::OutOfRange { most, .. } => format!("write {most} for the most it takes"),
            Self::NoParameters { name } => format!("write {name} alone"),
        }
    }
}
