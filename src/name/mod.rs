//! Checked names of objects in the catalog.
//!
//! Owns the rules for folding, limits and printing, which are Redshift's (AWS documentation, "Names
//! and identifiers"). Knows no statements: a name arrives here without its quotes.

mod path;

pub use path::TablePath;

use std::fmt;
use std::sync::LazyLock;

use crate::diagnostic::{Diagnosis, Diagnostic, display_message};
use crate::sign::shown;
use crate::sqlstate::SqlState;

/// The maximum length of a name in bytes of UTF-8 (AWS documentation, "Names and identifiers").
pub const MAX_NAME_BYTES: usize = 127;

/// Words that cannot be a bare name, in lower case and sorted: those that are reserved in
/// `PostgreSQL` (documentation, appendix C), on which Redshift is built, and `if`, which would make
/// a clause ambiguous.
static RESERVED: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("reserved.txt").lines().collect());

/// A violation of the rules for names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameError {
    /// An empty name.
    Empty,
    /// More than [`MAX_NAME_BYTES`].
    TooLong {
        /// The length of the name in UTF-8.
        bytes: usize,
    },
    /// The name contains a control character (Unicode class Cc).
    ControlCharacter {
        /// The first such character.
        character: char,
    },
    /// The name is `system`, which is reserved for the catalog.
    System,
}

impl Diagnostic for NameError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Empty => SqlState::SyntaxError
                .error("a name cannot be empty")
                .hint("write a name between the quotes"),
            Self::TooLong { bytes } => SqlState::ProgramLimitExceeded
                .error(format!("the name has {bytes} bytes, the limit is {MAX_NAME_BYTES}"))
                .hint("letters outside of ASCII count as two to four bytes"),
            Self::ControlCharacter { character } => {
                let code = u32::from(*character);
                SqlState::SyntaxError
                    .error(format!("a name cannot hold the control character U+{code:04X}"))
                    .hint("take it out, or retype the name")
            }
            Self::System => SqlState::SyntaxError
                .error("the name system is kept for the catalog's own tables")
                .hint("choose another name"),
        }
    }
}

display_message!(NameError);

/// The name of a schema, table or column: folded to lower case, 1 to 127 bytes, no control
/// characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// Checks and folds a bare word or the text between quotes.
    ///
    /// # Errors
    /// The text breaks a rule for names.
    pub fn new(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.len() > MAX_NAME_BYTES {
            return Err(NameError::TooLong { bytes: text.len() });
        }
        if let Some(character) = text.chars().find(|c| c.is_control()) {
            return Err(NameError::ControlCharacter { character });
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The folded name, without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Prints the name as SQL, quoted if necessary.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Identifier(&self.0).fmt(f)
    }
}

/// The name of an object that has a single name in the catalog; `system` is reserved for the
/// catalog itself.
macro_rules! catalog_name {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Name);

        impl $name {
            /// Checks and folds a bare word or the text between quotes.
            ///
            /// # Errors
            /// The text breaks a rule for names, or is `system`.
            pub fn new(text: &str) -> Result<Self, NameError> {
                let name = Name::new(text)?;
                if name.as_str() == "system" {
                    return Err(NameError::System);
                }
                Ok(Self(name))
            }

            /// The folded name, without quotes.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        /// Prints the name as SQL, quoted if necessary.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

catalog_name! {
    /// The name of a connection: a [`Name`] other than `system`.
    ConnectionName
}

catalog_name! {
    /// The name of a job: a [`Name`] other than `system`.
    JobName
}

/// The name of a table in a warehouse: `connection.schema.table`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableName {
    /// The connection to the warehouse.
    pub connection: ConnectionName,
    /// The schema in the warehouse.
    pub schema: Name,
    /// The unqualified name.
    pub table: Name,
}

/// Prints the three parts as SQL, with points between them.
impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.connection, self.schema, self.table)
    }
}

/// An object in the catalog, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Object {
    /// A connection.
    Connection(ConnectionName),
    /// The definition of a table.
    Table(TableName),
    /// A job.
    Job(JobName),
}

impl Object {
    /// The kind of object in one word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Connection(_) => "connection",
            Self::Table(_) => "table",
            Self::Job(_) => "job",
        }
    }

    /// The name as SQL.
    pub fn name(&self) -> String {
        match self {
            Self::Connection(name) => name.to_string(),
            Self::Table(name) => name.to_string(),
            Self::Job(name) => name.to_string(),
        }
    }
}

impl Object {
    /// The object as a message names it: `table "my_redshift.public.orders"`.
    pub fn in_message(&self) -> String {
        let name = match self {
            Self::Connection(name) => name.as_str().to_owned(),
            Self::Table(TableName { connection, schema, table }) => {
                [connection.as_str(), schema.as_str(), table.as_str()].join(".")
            }
            Self::Job(name) => name.as_str().to_owned(),
        };
        format!("{} \"{}\"", self.kind(), shown(&name))
    }
}

/// Prints the kind and the name: `table my_redshift.public.orders`.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.name())
    }
}

/// The name of an object in the catalog.
pub trait ObjectName: Clone + fmt::Display {
    /// The keyword before the name in a statement.
    const KEYWORD: &'static str;

    /// The object with this name.
    fn object(self) -> Object;
}

impl ObjectName for ConnectionName {
    const KEYWORD: &'static str = "CONNECTION";

    fn object(self) -> Object {
        Object::Connection(self)
    }
}

impl ObjectName for TableName {
    const KEYWORD: &'static str = "TABLE";

    fn object(self) -> Object {
        Object::Table(self)
    }
}

impl ObjectName for JobName {
    const KEYWORD: &'static str = "JOB";

    fn object(self) -> Object {
        Object::Job(self)
    }
}

/// Prints any text as an SQL identifier, quoted if necessary.
#[derive(Clone, Copy, Debug)]
pub struct Identifier<'a>(pub &'a str);

impl fmt::Display for Identifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if reads_back_bare(self.0) {
            f.write_str(self.0)
        } else {
            write!(f, "\"{}\"", self.0.replace('"', "\"\""))
        }
    }
}

/// True if the word is reserved, in any letter case: such a name must be quoted.
pub fn is_reserved(word: &str) -> bool {
    let folded = || word.bytes().map(|byte| byte.to_ascii_lowercase());
    RESERVED.binary_search_by(|reserved| reserved.bytes().cmp(folded())).is_ok()
}

/// True if a bare name may begin with the character.
pub fn starts_bare_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// True if the character may follow in a bare name.
pub fn continues_bare_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '#')
}

/// Names outside of ASCII are quoted: not every other program takes them bare.
fn reads_back_bare(name: &str) -> bool {
    let is_plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '_' | '$');
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(is_plain)
        && !is_reserved(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_letter_case_are_one() {
        assert_eq!(ConnectionName::new("My_Conn"), ConnectionName::new("MY_CONN"));
        assert_eq!(ConnectionName::new("my_conn").unwrap().as_str(), "my_conn");
    }

    #[test]
    fn only_ascii_letters_are_folded() {
        assert_eq!(ConnectionName::new("ÄB").unwrap().as_str(), "Äb");
    }

    #[test]
    fn the_reserved_words_are_sorted() {
        assert!(RESERVED.is_sorted());
    }

    #[test]
    fn a_name_prints_bare_only_where_it_reads_back_bare() {
        for (text, printed) in [
            ("a$1", "a$1"),
            ("if", "\"if\""),
            ("1a", "\"1a\""),
            ("a b", "\"a b\""),
            ("a\"b", "\"a\"\"b\""),
            ("é", "\"é\""),
        ] {
            assert_eq!(ConnectionName::new(text).unwrap().to_string(), printed);
        }
    }

    #[test]
    fn a_name_has_1_to_127_bytes_of_utf8() {
        assert_eq!(ConnectionName::new(""), Err(NameError::Empty));
        assert!(ConnectionName::new(&"a".repeat(127)).is_ok());
        assert_eq!(ConnectionName::new(&"é".repeat(64)), Err(NameError::TooLong { bytes: 128 }));
    }

    #[test]
    fn a_name_holds_no_control_characters() {
        for text in ["a\0", "a\nb", "\u{85}"] {
            assert!(
                matches!(ConnectionName::new(text), Err(NameError::ControlCharacter { .. })),
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_name_system_is_kept() {
        assert_eq!(ConnectionName::new("SYSTEM"), Err(NameError::System));
    }
}
