//! Checked names of objects in the catalog.
//!
//! Owns the rules for folding, limits and printing, which are Redshift's (AWS documentation, "Names
//! and identifiers"). Knows no statements: a name arrives here without its quotes.

mod path;

pub use path::TablePath;

use std::fmt;
use std::sync::LazyLock;

use crate::diagnostic::{Diagnosis, Diagnostic, display_message};
use crate::sign::{STARS, shown};
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

/// The forms in which a name is printed. There is no `Display`: whoever prints a name says if it
/// goes into a statement, which must have it unchanged, or into a message, which hides secrets.
macro_rules! printed {
    ($name:ident) => {
        impl $name {
            /// The name in a statement: SQL, quoted if necessary.
            pub fn sql(&self) -> Identifier<'_> {
                Identifier(self.as_str())
            }

            /// The name in a message: `"orders"`.
            pub fn quoted(&self) -> String {
                self.sql().quoted()
            }

            /// The name as a word of SQL in a message.
            pub fn shown(&self) -> String {
                self.sql().shown()
            }
        }
    };
}

printed!(Name);

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

        printed!($name);
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

impl TableName {
    /// The name in a statement: SQL, with points between the parts.
    pub fn sql(&self) -> String {
        format!("{}.{}.{}", self.connection.sql(), self.schema.sql(), self.table.sql())
    }

    /// The name as SQL in a message.
    pub fn shown(&self) -> String {
        shown_sql(&self.sql()).to_owned()
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

    /// The name in a statement: SQL.
    pub fn sql(&self) -> String {
        match self {
            Self::Connection(name) => name.sql().to_string(),
            Self::Table(name) => name.sql(),
            Self::Job(name) => name.sql().to_string(),
        }
    }

    /// The name as SQL in a message.
    pub fn shown(&self) -> String {
        shown_sql(&self.sql()).to_owned()
    }

    /// The kind and the name as SQL: `table my_redshift.public.orders`.
    pub fn kind_and_sql(&self) -> String {
        format!("{} {}", self.kind(), self.sql())
    }

    /// The kind and the name as SQL in a message.
    pub fn kind_and_shown(&self) -> String {
        format!("{} {}", self.kind(), self.shown())
    }

    /// The object in a message: `table "my_redshift.public.orders"`.
    pub fn in_message(&self) -> String {
        let name = match self {
            Self::Connection(name) => name.as_str().to_owned(),
            Self::Table(TableName { connection, schema, table }) => {
                [connection.as_str(), schema.as_str(), table.as_str()].join(".")
            }
            Self::Job(name) => name.as_str().to_owned(),
        };
        format!("{} {}", self.kind(), Identifier(&name).quoted())
    }
}

/// The name of an object in the catalog.
pub trait ObjectName: Clone {
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

/// Any text as an SQL identifier; `Display` prints it for a statement, quoted if necessary.
#[derive(Clone, Copy, Debug)]
pub struct Identifier<'a>(pub &'a str);

impl Identifier<'_> {
    /// The name in a message: `"orders"`.
    pub fn quoted(self) -> String {
        format!("\"{}\"", shown(self.0))
    }

    /// The name as a word of SQL in a message.
    pub fn shown(self) -> String {
        if shown(self.0) == self.0 {
            self.to_string()
        } else {
            STARS.to_owned()
        }
    }
}

/// A name as SQL, as a message shows it. The quotes around it are not a part of it, those in it are.
pub fn shown_sql(sql: &str) -> &str {
    let name = sql.replace("\"\"", "'").replace('"', "");
    if shown(&name) == name { sql } else { STARS }
}

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
    c.is_ascii_alphabetic() || c == '_' || is_multibyte_letter(c)
}

/// True if the character may follow in a bare name.
pub fn continues_bare_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '#') || is_multibyte_letter(c)
}

/// Redshift takes each character outside of ASCII in a bare name (AWS documentation, "Names and
/// identifiers"). White space and the quotes and dashes of a word processor are mistakes, though.
fn is_multibyte_letter(c: char) -> bool {
    const PUNCTUATION: std::ops::RangeInclusive<char> = '\u{2000}'..='\u{206f}';
    !c.is_ascii() && !c.is_whitespace() && !c.is_control() && !PUNCTUATION.contains(&c)
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
            assert_eq!(ConnectionName::new(text).unwrap().sql().to_string(), printed);
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
