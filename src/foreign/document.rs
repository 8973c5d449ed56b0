//! The content of a YAML or JSON file: texts, lists and maps. Texts may be secret, so `Debug` does
//! not show them.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

/// A node of a document. Numbers and booleans are texts, as they are written.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Null,
    Text(SecretString),
    List(Vec<Self>),
    /// The keys in their order; no two are equal.
    Map(Vec<(String, Self)>),
}

impl Node {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The text of a key; None if the key is missing, or its value is no text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Self::as_text)
    }

    /// The node as a text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.expose_secret()),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The entries of a map; none of another node.
    pub fn entries(&self) -> &[(String, Self)] {
        match self {
            Self::Map(entries) => entries,
            Self::Null | Self::Text(_) | Self::List(_) => &[],
        }
    }

    /// The values of a map by their keys.
    pub fn settings(&self) -> BTreeMap<&str, &Self> {
        self.entries().iter().map(|(name, value)| (name.as_str(), value)).collect()
    }

    /// True for the text `true`.
    pub fn is_true(&self, key: &str) -> bool {
        self.text(key).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }
}

impl From<serde_json::Value> for Node {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Text(value.to_string().into()),
            Value::Number(number) => Self::Text(number.to_string().into()),
            Value::String(text) => Self::Text(text.into()),
            Value::Array(values) => Self::List(values.into_iter().map(Self::from).collect()),
            Value::Object(values) => {
                let entries = values.into_iter().map(|(name, value)| (name, Self::from(value)));
                Self::Map(entries.collect())
            }
        }
    }
}
