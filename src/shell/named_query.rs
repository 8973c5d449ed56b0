//! Named queries: `.sql` files in the configuration folder, in which `$1`, `$2` and so on stand for
//! arguments.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{CommandError, ErrorKind, FileError};
use crate::private_file;
use crate::sql::mask::mask;
use crate::sql::splitter::Dialect;
use crate::sql::token::{TokenKind, tokens_of};
use crate::value::{ResultSet, Value};
use crate::warehouse::quote_literal;

/// The longest name.
const MAX_NAME: usize = 64;

/// The name of a query, which is a file name on every system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QueryName(String);

impl QueryName {
    pub fn new(name: &str) -> Result<Self, CommandError> {
        let is_in_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if (1..=MAX_NAME).contains(&name.len()) && name.chars().all(is_in_name) {
            return Ok(Self(name.to_owned()));
        }
        Err(CommandError::new(
            "the name of a query has letters, digits, _ and -, at most 64 of them",
        ))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The file of the query.
    pub fn file(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.sql", self.0))
    }
}

/// The names of the queries in the folder, sorted; none if there is no folder.
pub(super) fn names(folder: &Path) -> Vec<QueryName> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<QueryName> = entries
        .filter_map(|entry| QueryName::new(entry.file_name().to_str()?.strip_suffix(".sql")?).ok())
        .collect();
    names.sort_by(|one, other| one.0.cmp(&other.0));
    names
}

/// A row for each query: its name and its text.
pub(super) fn list(folder: &Path) -> Result<ResultSet, ErrorKind> {
    let mut rows = ResultSet::with_columns(["name", "query"]);
    for name in names(folder) {
        let text = read(folder, &name)?;
        rows.rows.push(vec![name.as_str().into(), Value::from(text.trim_end())]);
    }
    Ok(rows)
}

/// The text of a query.
pub(super) fn read(folder: &Path, name: &QueryName) -> Result<String, ErrorKind> {
    let path = name.file(folder);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(missing(name)),
        Err(error) => Err(FileError::read(&path, &error).into()),
    }
}

fn missing(name: &QueryName) -> ErrorKind {
    let error = CommandError::new(format!("query {} does not exist", name.as_str()));
    error.with_hint("\\n lists the queries, \\ns NAME QUERY saves one").into()
}

/// Saves a query in place of one with the same name. A secret would stand in the file for good.
pub(super) fn save(folder: &Path, name: &QueryName, text: &str) -> Result<(), ErrorKind> {
    if mask(text, false).text != text {
        let error = CommandError::new("the query may have a secret in it, so it was not saved");
        return Err(error.with_hint("write $1 in its place").into());
    }
    let path = name.file(folder);
    let written = private_file::create_folder(folder).and_then(|()| {
        let mut options = private_file::options();
        let file = private_file::open(options.write(true).create(true).truncate(true), &path);
        file?.write_all(format!("{text}\n").as_bytes())
    });
    Ok(written.map_err(|error| FileError::write(&path, &error))?)
}

/// Deletes a query.
pub(super) fn delete(folder: &Path, name: &QueryName) -> Result<(), ErrorKind> {
    let path = name.file(folder);
    match std::fs::remove_file(&path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(missing(name)),
        Err(error) => Err(FileError::write(&path, &error).into()),
    }
}

/// The text with each `$1` outside of strings and comments as a literal, so that an argument is a
/// value and never SQL.
pub(super) fn with_arguments(
    text: &str,
    arguments: &[String],
    dialect: Dialect,
) -> Result<String, CommandError> {
    let backslash_is_plain = match dialect {
        Dialect::Catalog => true,
        Dialect::Warehouse { backslash_escapes } => !backslash_escapes,
    };
    let (mut filled, mut copied, mut highest) = (String::new(), 0, 0);
    for token in tokens_of(text, dialect) {
        let behind = &text[token.span.end..];
        let digits = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if token.kind != TokenKind::Symbol('$') || digits == 0 {
            continue;
        }
        // A number that is too large for a machine has no argument either.
        let number = behind[..digits].parse::<usize>().unwrap_or(usize::MAX);
        let argument = number.checked_sub(1).and_then(|index| arguments.get(index));
        let Some(argument) = argument else {
            return Err(CommandError::new(format!("the query needs ${number}")));
        };
        highest = highest.max(number);
        filled.push_str(&text[copied..token.span.start]);
        filled.push_str(&quote_literal(argument, backslash_is_plain));
        copied = token.span.end + digits;
    }
    if highest < arguments.len() {
        return Err(CommandError::new(format!("the query has no ${}", highest + 1)));
    }
    Ok(filled + &text[copied..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, arguments: &[&str]) -> Result<String, String> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let dialect = Dialect::Warehouse { backslash_escapes: true };
        with_arguments(text, &arguments, dialect).map_err(|error| error.message)
    }

    #[test]
    fn an_argument_is_a_literal_and_never_sql() {
        for (text, arguments, expected) in [
            ("SELECT 1", &[][..], Ok("SELECT 1")),
            ("a = $1 AND b = $2 OR c = $1", &["x", "2"], Ok("a = 'x' AND b = '2' OR c = 'x'")),
            ("a = $1", &["'; DROP TABLE t; --\\"], Ok("a = '''; DROP TABLE t; --\\\\'")),
            ("'$1' \"$1\" $$ $1 $$ -- $1\n$1", &["x"], Ok("'$1' \"$1\" $$ $1 $$ -- $1\n'x'")),
            ("$2", &["$1", "$1"], Ok("'$1'")),
            ("$10", &["1"; 10], Ok("'1'")),
            ("a = $1", &[], Err("the query needs $1")),
            ("a = $0", &["x"], Err("the query needs $0")),
            ("a = $1", &["x", "y"], Err("the query has no $2")),
            ("SELECT 1", &["x"], Err("the query has no $1")),
        ] {
            let expected = expected.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(filled(text, arguments), expected, "{text}");
        }
    }

    #[test]
    fn queries_are_saved_listed_and_deleted() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("new");
        let name = |name: &str| QueryName::new(name).unwrap();
        assert!(list(&folder).unwrap().rows.is_empty());
        save(&folder, &name("b"), "SELECT 1").unwrap();
        save(&folder, &name("b"), "SELECT 2").unwrap();
        save(&folder, &name("a-1"), "SELECT 3").unwrap();
        std::fs::write(folder.join("not a name.sql"), "").unwrap();
        let rows = list(&folder).unwrap().rows;
        let expected = [["a-1", "SELECT 3"], ["b", "SELECT 2"]].map(|row| row.map(Value::from));
        assert_eq!(rows, expected);
        assert!(save(&folder, &name("s"), "CREATE USER u PASSWORD 's3cret'").is_err());
        delete(&folder, &name("b")).unwrap();
        assert!(delete(&folder, &name("b")).is_err() && read(&folder, &name("b")).is_err());
        assert!(!folder.join("s.sql").exists());
        for wrong in ["", "../a", "a b", "é", "a.sql"] {
            assert!(QueryName::new(wrong).is_err(), "{wrong}");
        }
    }
}
