//! The text of the prompt, and the keys of its editor: what a user sets in config.toml.

use std::fmt;
use std::str::FromStr;

/// The keys of the line editor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keys {
    /// Those of Emacs.
    #[default]
    Emacs,
    /// Those of vi.
    Vi,
}

impl Keys {
    /// The name in config.toml.
    pub fn word(self) -> &'static str {
        match self {
            Self::Emacs => "emacs",
            Self::Vi => "vi",
        }
    }
}

impl FromStr for Keys {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::Emacs, Self::Vi].into_iter().find(|keys| keys.word() == word).ok_or(())
    }
}

/// The text of the prompt with its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptTemplate(String);

/// The values of the fields.
#[derive(Clone, Debug)]
pub(super) struct PromptValues {
    /// The connection, or redwire.
    pub target: String,
    /// `*` in a transaction, `!` in one that failed.
    pub transaction: &'static str,
}

/// Gives the value of a field.
type Field = fn(&PromptValues) -> &str;

/// The fields, as the template has them.
const FIELDS: [(&str, Field); 2] = [
    ("{target}", |values| &values.target),
    ("{transaction}", |values| values.transaction),
];

impl PromptTemplate {
    pub(super) fn fill(&self, values: &PromptValues) -> String {
        let mut text = String::new();
        let mut rest = self.0.as_str();
        while let Some(brace) = rest.find('{') {
            text.push_str(&rest[..brace]);
            rest = &rest[brace..];
            let field =
                FIELDS.iter().find_map(|(name, value)| Some((value, rest.strip_prefix(name)?)));
            let Some((value, behind)) = field else { break };
            text.push_str(value(values));
            rest = behind;
        }
        text + rest
    }
}

impl Default for PromptTemplate {
    fn default() -> Self {
        Self("{target}{transaction}> ".to_owned())
    }
}

impl fmt::Display for PromptTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PromptTemplate {
    type Err = ();

    /// A brace begins a field, and control characters would confuse the editor.
    fn from_str(text: &str) -> Result<Self, ()> {
        let is_field = |(at, _)| FIELDS.iter().any(|(name, _)| text[at..].starts_with(name));
        if text.match_indices('{').all(is_field) && !text.contains(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_has_fields_and_no_control_characters() {
        let values = PromptValues {
            target: "{transaction}".to_owned(),
            transaction: "*",
        };
        for (template, filled) in [
            ("{target}{transaction}> ", "{transaction}*> "),
            ("at {target} }", "at {transaction} }"),
            ("", ""),
        ] {
            assert_eq!(template.parse::<PromptTemplate>().unwrap().fill(&values), filled);
        }
        for wrong in ["{", "{user}", "a\nb", "\u{1b}[31m"] {
            assert!(wrong.parse::<PromptTemplate>().is_err(), "{wrong:?}");
        }
    }
}
