//! The variables of scripts.

use std::collections::BTreeMap;

use crate::sql::variable::{Reference, ReferenceForm};
use crate::warehouse::{quote_identifier, quote_literal};

/// The variables, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables {
    values: BTreeMap<String, String>,
    /// True if a backslash is an escape in literals of the target.
    pub backslash_escapes: bool,
}

impl Variables {
    /// The value of a variable; None if it is not set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The text that stands in the place of a reference; None if the variable is not set.
    pub fn replacement(&self, reference: &Reference<'_>) -> Option<String> {
        let value = self.get(reference.name);
        match reference.form {
            ReferenceForm::Plain => value.map(str::to_owned),
            ReferenceForm::Literal => {
                value.map(|value| quote_literal(value, !self.backslash_escapes))
            }
            ReferenceForm::Identifier => value.map(quote_identifier),
            ReferenceForm::IsSet => Some(if value.is_some() { "TRUE" } else { "FALSE" }.to_owned()),
        }
    }
}
