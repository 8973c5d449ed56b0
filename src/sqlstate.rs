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
    ConnectionNotMade = "08001", "unable to establish a session";
    ConnectionLost = "08006", "connection failure: a session was lost";
    ProtocolViolation = "08P01", "protocol violation by the server";
    SyntaxError = "42601", "syntax error";
    DuplicateObject = "42710", "duplicate connection, job or constraint";
    DuplicateTable = "42P07", "duplicate table";
    DuplicateColumn = "42701", "duplicate column";
    UndefinedObject = "42704", "undefined connection, job or constraint";
    UndefinedColumn = "42703", "undefined column";
    UndefinedFunction = "42883", "undefined function";
    InvalidForeignKey = "42830", "invalid foreign key";
    UndefinedTable = "42P01", "undefined table";
    DependentObjectsStillExist = "2BP01", "dependent objects still exist";
    InvalidDefinition = "42P16", "invalid table definition";
    InvalidParameterValue = "22023", "invalid value of an option";
    CharacterNotInRepertoire = "22021", "input that is not UTF-8, or holds a NUL";
    ProgramLimitExceeded = "54000", "program limit exceeded: too long or too deep";
    ActiveTransaction = "25001", "a transaction is already in progress";
    NoActiveTransaction = "25P01", "no transaction is in progress";
    FailedTransaction = "25P02", "the transaction is aborted";
    ReadOnly = "25006", "the catalog or the connection is read-only";
    ObjectInUse = "55P03", "the catalog or a ledger is busy";
    DiskFull = "53100", "disk full";
    TooManyConnections = "53300", "too many connections: no slot is free";
    InvalidAuthorization = "28000", "invalid authorization: the server refuses the user";
    InvalidPassword = "28P01", "invalid password: missing or wrong";
    SystemError = "58000", "system error: the secret store is out of reach";
    DuplicateFile = "58P02", "duplicate file";
    IoError = "58030", "I/O error: a file could not be read or written";
    UndefinedSchema = "3F000", "undefined schema";
    UndefinedDatabase = "3D000", "undefined database";
    QueryCanceled = "57014", "query canceled";
    NotSupported = "0A000", "feature not supported";
    UnexpectedOutcome = "P0004", "the statement did not fail as \\expect announced";
    TruncatedString = "22001", "a value is too long for its column";
    GeneratedAlways = "428C9", "a value for a column that is GENERATED ALWAYS";
    InvalidColumnReference = "42P10", "a MERGE does not insert its key";
    NotNullViolation = "23502", "null value in a column that takes none";
    CardinalityViolation = "21000", "a MERGE meets a row twice";
    WrongObjectType = "42809", "wrong kind of object: a view in place of a table";
    NotInPrerequisiteState = "55000", "the job is not in a state to run, or a statement is not confirmed";
    JobInUse = "55006", "the job is being run by another process";
    InternalError = "XX000", "internal error: a damaged catalog, or a bug of redwire";
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
