//! Errors of the options of a login, each with the statement that works.

use super::plan::{BrokenRule, RuleProblem};
use crate::catalog::Definition;
use crate::definition::LoginOption;
use crate::error::{ErrorKind, LoginError};
use crate::sql::option::{OptionSpec, PASSWORD, USER_NAME};
use crate::sql::{AlterConnection, Change, CreateConnection, OptionError, SqlErrorKind};
use crate::url::move_options;

/// The statement whose options a hint corrects.
#[derive(Clone, Copy)]
pub(in crate::executor) enum Fixes<'a> {
    Create(&'a CreateConnection),
    Alter(&'a AlterConnection),
    /// None: the options are those of the catalog.
    Stored,
}

impl Fixes<'_> {
    /// The statement with the options of AWS's drivers in their places; None if there are none.
    pub fn with_moved_options(self, url: &str) -> Option<String> {
        match self {
            Self::Create(create) => {
                let moved = move_options(url)?;
                let mut create = create.clone();
                create.options.connection_string = moved.url;
                create.options.user_name = moved.user_name;
                create.options.password = None;
                for (option, value) in moved.options {
                    create.options.login.set(option, Some(value));
                }
                Some(one_line(&create))
            }
            Self::Alter(alter) => {
                let moved = move_options(url)?;
                let mut alter = alter.clone();
                alter.changes.connection_string = Some(moved.url);
                if let Some(user) = moved.user_name {
                    alter.changes.user_name = Some(Change::Set(user));
                }
                alter.changes.password = None;
                for (option, value) in moved.options {
                    set_login(&mut alter, option, Change::Set(value));
                }
                Some(alter.to_string())
            }
            Self::Stored => None,
        }
    }
}

impl BrokenRule {
    /// The error, with the statement that mends it.
    pub fn error(self, definition: &Definition, fixes: Fixes<'_>) -> ErrorKind {
        let Self { option, problem } = self;
        let OptionSpec { name, example, .. } = option;
        match problem {
            RuleProblem::Missing(None) if definition.keeper.is_store() => {
                SqlErrorKind::from(OptionError::Missing { option: name, example }).into()
            }
            RuleProblem::Missing(reason) => {
                let fix = match fixes {
                    Fixes::Create(_) => format!("add {name} = {example}"),
                    Fixes::Alter(_) => format!("add SET {name} = {example}"),
                    Fixes::Stored => alter(definition, &format!("SET {name} = {example}")),
                };
                LoginError::Missing { option: name, reason, fix }.into()
            }
            RuleProblem::Refused(reason) => {
                let fix = match fixes {
                    Fixes::Create(create) => one_line(&without(create, option)),
                    Fixes::Alter(alter) => reset(alter, option),
                    Fixes::Stored => alter(definition, &format!("RESET {name}")),
                };
                LoginError::Refused { option: name, reason, fix }.into()
            }
            RuleProblem::Invalid(reason) => {
                LoginError::Invalid { option: name, reason, example }.into()
            }
        }
    }
}

/// The statement with the option reset, which a connection without it takes too.
fn reset(alter: &AlterConnection, option: &OptionSpec) -> String {
    if option.name == PASSWORD.name {
        return format!("leave {} out", option.name);
    }
    let mut alter = alter.clone();
    if option.name == USER_NAME.name {
        alter.changes.user_name = Some(Change::Reset);
    }
    for login in LoginOption::ALL {
        if login.spec().name == option.name {
            set_login(&mut alter, login, Change::Reset);
        }
    }
    alter.to_string()
}

fn set_login(alter: &mut AlterConnection, option: LoginOption, change: Change<String>) {
    let login = &mut alter.changes.login;
    login.retain(|(other, _)| *other != option);
    login.push((option, change));
}

/// A hint has one line. A line break in a value stays: it is part of a string.
fn one_line(create: &CreateConnection) -> String {
    create.to_string().replace("\n    ", " ")
}

fn alter(definition: &Definition, action: &str) -> String {
    format!("{} {} {action}", definition.kind.alter(), definition.name.shown())
}

/// The statement without an option.
fn without(create: &CreateConnection, option: &OptionSpec) -> CreateConnection {
    let mut create = create.clone();
    let options = &mut create.options;
    if option.name == USER_NAME.name {
        options.user_name = None;
    }
    if option.name == PASSWORD.name {
        options.password = None;
    }
    for login in LoginOption::ALL {
        if login.spec().name == option.name {
            options.login.set(login, None);
        }
    }
    create
}
