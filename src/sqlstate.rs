//! The SQLSTATE codes of redwire's errors.
//!
//! Owns the list and nothing else. The codes are those of the SQL standard and of `PostgreSQL`
//! (documentation, appendix A), used where `PostgreSQL` would use them.

use std::fmt;
use std::str::FromStr;

macro_rules! sqlstates {
    ($($name:ident = $code:literal, $class:literal;)*) => {
        /// A five-character SQLSTATE that redwire can report.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum SqlState {
            $(#[doc = $class] $name,)*
        }

        impl SqlState {
            /// Every code that redwire can report, in the order of the reference page.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The five characters of the code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The meaning of the code, in a few words.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $class,)* }
            }
        }
    };
}

sqlstates! {
    ConnectionNotMade = "08001", "a session could not be opened";
    ConnectionLost = "08006", "a session was lost";
    ProtocolViolation = "08P01", "the server does not keep to the protocol";
    SyntaxError = "42601", "the text is not a statement";
    DuplicateObject = "42710", "a connection or job of that name exists";
    DuplicateTable = "42P07", "a table of that name exists";
    DuplicateColumn = "42701", "a column is there twice";
    UndefinedObject = "42704", "there is no such connection or job";
    UndefinedTable = "42P01", "there is no such table";
    DependentObjectsStillExist = "2BP01", "still in use";
    InvalidDefinition = "42P16", "the definition of a table contradicts itself";
    InvalidParameterValue = "22023", "the value of an option is not allowed";
    CharacterNotInRepertoire = "22021", "the input is not UTF-8, or holds a NUL";
    ProgramLimitExceeded = "54000", "too long or too deep";
    ActiveTransaction = "25001", "a transaction is already open";
    NoActiveTransaction = "25P01", "no transaction is open";
    FailedTransaction = "25P02", "the open transaction has failed";
    ReadOnly = "25006", "the catalog is read-only";
    ObjectInUse = "55P03", "the catalog is busy";
    DiskFull = "53100", "the disk is full";
    TooManyConnections = "53300", "no slot of the connection is free";
    InvalidAuthorization = "28000", "the server does not take the user";
    InvalidPassword = "28P01", "a password is missing or wrong";
    SystemError = "58000", "the secret store is out of reach";
    DuplicateFile = "58P02", "a file is there already";
    IoError = "58030", "a file could not be read or written";
    UndefinedSchema = "3F000", "there is no such schema";
    UndefinedDatabase = "3D000", "there is no such database";
    QueryCanceled = "57014", "cancelled";
    NotSupported = "0A000", "not supported";
    UnexpectedOutcome = "P0004", "the statement did not fail as \\expect announced";
    InternalError = "XX000", "internal: the catalog is damaged, or redwire has a fault";
}

/// Any SQLSTATE: five digits or capital letters. A server has more of them than redwire has names
/// for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AnySqlState([u8; 5]);

impl AnySqlState {
    /// The SQLSTATE with these five characters, in any letter case; None if they are not valid.
    pub fn new(text: &str) -> Option<Self> {
        let bytes: [u8; 5] = text.as_bytes().try_into().ok()?;
        let bytes = bytes.map(|byte| byte.to_ascii_uppercase());
        let fits = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
        bytes.iter().all(fits).then_some(Self(bytes))
    }

    /// The five characters.
    pub fn code(&self) -> &str {
        // They are ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The class: the first two characters.
    pub fn class(&self) -> &str {
        &self.code()[..2]
    }
}

impl From<SqlState> for AnySqlState {
    fn from(state: SqlState) -> Self {
        let mut bytes = [b'0'; 5];
        bytes.copy_from_slice(state.code().as_bytes());
        Self(bytes)
    }
}

impl PartialEq<SqlState> for AnySqlState {
    fn eq(&self, other: &SqlState) -> bool {
        self.code() == other.code()
    }
}

impl fmt::Display for AnySqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for AnySqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text is not the code of any error that redwire reports.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownSqlState;

impl FromStr for SqlState {
    type Err = UnknownSqlState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|state| state.code().eq_ignore_ascii_case(text))
            .ok_or(UnknownSqlState)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_with_a_name_is_a_state() {
        for state in SqlState::ALL {
            assert_eq!(AnySqlState::new(state.code()), Some(AnySqlState::from(*state)));
            assert_eq!(AnySqlState::from(*state), *state);
        }
    }

    #[test]
    fn a_state_is_five_digits_and_letters() {
        assert_eq!(AnySqlState::new("22p02").unwrap().code(), "22P02");
        assert_eq!(AnySqlState::new("57P01").unwrap().class(), "57");
        for text in ["", "2201", "220122", "22-12", "22 12", "é012"] {
            assert_eq!(AnySqlState::new(text), None, "{text}");
        }
    }
}
