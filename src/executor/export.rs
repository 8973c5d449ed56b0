//! EXPORT CATALOG: a script that recreates the catalog, without secrets.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::catalog_handle::CatalogHandle;
use super::show::{connection, job, terminated};
use super::{Answer, Mode, Notice, Outcome, counted};
use crate::access;
use crate::catalog::Contents;
use crate::definition::PasswordKeeper;
use crate::error::{Error, FileError};
use crate::private_file;
use crate::sql::setting::PasswordSource;
use crate::sql::{Export, Spanned};

/// The first line of the script.
const HEAD: &str = "-- A catalog of redwire. Passwords are not in it: a new connection reads its own from the variable that it names.\n";

/// Creates files; a dry run only checks that it could.
pub(super) struct FileCreator {
    pub mode: Mode,
    /// The files that a dry run would have created.
    pub would_exist: HashSet<PathBuf>,
}

impl FileCreator {
    pub fn export(
        &mut self,
        catalog: &mut CatalogHandle,
        export: &Export,
    ) -> Result<Outcome, Error> {
        let contents = catalog.reader()?.contents()?;
        let script = script_of(&contents);
        match &export.file {
            None => Ok(Outcome {
                answer: Some(Answer::Sql(script)),
                ..Outcome::default()
            }),
            Some(file) => {
                self.write_new_file(file, &script)?;
                let mut outcome = Outcome::done("EXPORT CATALOG");
                outcome.notices.push(Notice::new(counts_of(&contents)));
                Ok(outcome)
            }
        }
    }

    fn write_new_file(&mut self, file: &Spanned<String>, text: &str) -> Result<(), Error> {
        let path = Path::new(&file.value);
        let written = match self.mode {
            Mode::Real => write_new(path, text),
            Mode::DryRun => access::may_create_new(path).and_then(|()| self.check_new_file(path)),
        };
        written.map_err(|error| {
            let path = file.value.clone();
            let failure = match error.kind() {
                ErrorKind::AlreadyExists => FileError::Exists { path },
                _ => FileError::Write { path, cause: error.to_string() },
            };
            Error::at(failure, file.span.clone())
        })
    }

    /// In a dry run a file that an earlier statement would have created exists for the later ones.
    fn check_new_file(&mut self, path: &Path) -> io::Result<()> {
        if self.would_exist.insert(path.to_owned()) {
            Ok(())
        } else {
            Err(ErrorKind::AlreadyExists.into())
        }
    }
}

/// Creates a file with mode 0600, which must not exist; removes it again if it cannot be written
/// completely.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = private_file::options().write(true).create_new(true).open(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        // The first error is reported.
        let _ = fs::remove_file(path);
    }
    written
}

/// `2 connections, 1 table and 0 jobs`
fn counts_of(contents: &Contents) -> String {
    format!(
        "{}, {} and {}",
        counted(&contents.connections.len(), "connection"),
        counted(&contents.tables.len(), "table"),
        counted(&contents.jobs.len(), "job")
    )
}

/// Connections, then tables, then jobs, each kind in the order of names, so that everything comes
/// after what it needs.
fn script_of(contents: &Contents) -> String {
    let mut script = HEAD.to_owned();
    let names = contents.connections.iter().map(|found| found.definition.name.as_str());
    for (found, variable) in contents.connections.iter().zip(variables(names)) {
        let mut create = connection::statement_of(found);
        if found.definition.keeper == PasswordKeeper::Store {
            create.options.password = Some(PasswordSource::Variable(variable));
        }
        add_statement(&mut script, create.to_string());
    }
    for found in &contents.tables {
        add_statement(&mut script, found.definition.to_string());
    }
    for found in &contents.jobs {
        add_statement(&mut script, job::statement_of(found));
    }
    script
}

fn add_statement(script: &mut String, statement: String) {
    // Writing to a String cannot fail.
    let _ = writeln!(script, "\n{}", terminated(statement));
}

/// A name of an environment variable for the password of each connection: the connection's name in
/// capital letters, with `_` for everything except ASCII letters and digits. Further connections
/// with the same result get a number; a name that already has this form comes first.
fn variables<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let written = |name: &str| {
        let letters = name.chars().map(|c| match c {
            c if c.is_ascii_alphanumeric() => c.to_ascii_uppercase(),
            _ => '_',
        });
        format!("REDWIRE_PASSWORD_{}", letters.collect::<String>())
    };
    let all: BTreeSet<String> = names.clone().map(written).collect();
    let mut taken = BTreeSet::new();
    let mut variable_of = |name: &str| {
        let written = written(name);
        let mut variable = written.clone();
        let mut number = 1_u64;
        while taken.contains(&variable) || (number > 1 && all.contains(&variable)) {
            number += 1;
            variable = format!("{written}_{number}");
        }
        taken.insert(variable.clone());
        variable
    };
    names.map(&mut variable_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_connection_has_a_variable_of_its_own() {
        let names = ["a b", "a-b", "a.b", "a_b_2", "a_b_4", "é", "ü"];
        let expected = ["A_B", "A_B_3", "A_B_5", "A_B_2", "A_B_4", "_", "__2"];
        let expected = expected.map(|end| format!("REDWIRE_PASSWORD_{end}"));
        assert_eq!(variables(names.into_iter()), expected);
    }

    #[test]
    fn a_name_is_written_in_capital_letters() {
        assert_eq!(variables(["my_redshift$1"].into_iter()), ["REDWIRE_PASSWORD_MY_REDSHIFT_1"]);
    }
}
