//! Parsing of backslash commands.

use std::path::PathBuf;

use super::command_table::{COMMANDS, Workplace, name_and_argument};
use super::psql;
use super::warehouse::listing;
use crate::diagnostic::Diagnostic;
use crate::error::{CommandError, ErrorKind};
use crate::name::{ConnectionName, Object};
use crate::render::Format;
use crate::sql::keyword::nearest;
use crate::sql::token::undouble;
use crate::sql::{self, SqlErrorKind};
use crate::sqlstate::AnySqlState;
use crate::warehouse::views::Listing;

/// The argument of `\x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expanded {
    On,
    Off,
    Auto,
    /// Switches to the other state.
    Toggle,
}

/// A parsed command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Help,
    Syntax(String),
    Tree(String),
    Quit,
    Include(PathBuf),
    Edit(Option<PathBuf>),
    Expanded(Expanded),
    Format(Option<Format>),
    Timing(Option<bool>),
    Output(Option<PathBuf>),
    Expect(AnySqlState),
    List(Listing),
    Connect(ConnectionName),
    Disconnect,
}

impl Command {
    /// The targets on which the command works.
    pub fn place(&self) -> Workplace {
        match self {
            Self::Tree(_) => Workplace::Catalog,
            Self::List(_) | Self::Disconnect => Workplace::Warehouse,
            Self::Help
            | Self::Syntax(_)
            | Self::Quit
            | Self::Include(_)
            | Self::Edit(_)
            | Self::Expanded(_)
            | Self::Format(_)
            | Self::Timing(_)
            | Self::Output(_)
            | Self::Expect(_)
            | Self::Connect(_) => Workplace::Everywhere,
        }
    }

    /// Parses a command, which begins with a backslash and is one line.
    pub fn parse(line: &str) -> Result<Self, ErrorKind> {
        let (name, argument) = name_and_argument(line);
        // A command that is not in the table would be missing from help and completion.
        if !COMMANDS.iter().any(|command| command.name == name) {
            return Err(unknown(name));
        }
        match name {
            "\\?" => without_argument(name, argument, Self::Help),
            "\\q" => without_argument(name, argument, Self::Quit),
            "\\h" => Ok(Self::Syntax(argument.to_owned())),
            "\\tree" => Ok(Self::Tree(argument.to_owned())),
            "\\i" => path(name, argument).map(Self::Include),
            "\\e" => Ok(Self::Edit(optional_path(argument))),
            "\\x" => expanded(argument).map(Self::Expanded),
            "\\format" if argument.is_empty() => Ok(Self::Format(None)),
            "\\format" => argument
                .parse()
                .map(|format| Self::Format(Some(format)))
                .map_err(|error: &str| wrong(error.to_owned(), None)),
            "\\timing" => switch(name, argument).map(Self::Timing),
            "\\o" => Ok(Self::Output(optional_path(argument))),
            "\\expect" => expect(argument),
            "\\connect" | "\\c" => connection(argument).map(Self::Connect),
            "\\disconnect" => without_argument(name, argument, Self::Disconnect),
            "\\l" => without_argument(name, argument, Self::List(Listing::Databases)),
            "\\dn" => without_argument(name, argument, Self::List(Listing::Schemas)),
            "\\dt" => listing::tables(argument).map(Self::List),
            "\\d" => listing::columns(argument).map(Self::List),
            _ => Err(unknown(name)),
        }
    }
}

/// True if statements go to another target after the command.
pub(super) fn changes_target(line: &str) -> bool {
    ["\\connect", "\\c", "\\disconnect"].contains(&name_and_argument(line).0)
}

fn wrong(message: String, hint: Option<String>) -> ErrorKind {
    ErrorKind::Command(CommandError { message, hint })
}

/// The message does not repeat the name, which may be anything typed after a backslash.
fn unknown(name: &str) -> ErrorKind {
    if let Some(instead) = psql::replacement_for(name) {
        return wrong("invalid command".to_owned(), Some(instead.to_owned()));
    }
    let meant = nearest(name, COMMANDS.iter().map(|command| command.name));
    let hint = meant.map_or_else(
        || "\\? lists the commands".to_owned(),
        |meant| format!("did you mean {meant}?"),
    );
    wrong("invalid command".to_owned(), Some(hint))
}

fn without_argument(name: &str, argument: &str, command: Command) -> Result<Command, ErrorKind> {
    if argument.is_empty() {
        Ok(command)
    } else {
        Err(wrong(format!("{name} takes no argument"), None))
    }
}

fn connection(argument: &str) -> Result<ConnectionName, ErrorKind> {
    match sql::parse_connection_or_table(argument).map(|name| name.value) {
        Ok(Object::Connection(name)) => Ok(name),
        Ok(Object::Table(_) | Object::Job(_)) => Err(not_a_connection()),
        Err(error) if matches!(*error.kind, SqlErrorKind::Expected { .. }) => {
            Err(not_a_connection())
        }
        Err(error) => Err(wrong(error.to_string(), error.hint())),
    }
}

fn not_a_connection() -> ErrorKind {
    wrong(
        "\\connect takes the name of a connection".to_owned(),
        Some("\\connect NAME; SHOW CONNECTIONS lists the names".to_owned()),
    )
}

/// A path, verbatim or in single quotes, inside which a doubled quote is one quote.
fn optional_path(argument: &str) -> Option<PathBuf> {
    let quoted = argument.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    match quoted {
        Some(inside) => Some(PathBuf::from(undouble(inside, '\'').as_ref())),
        None if argument.is_empty() => None,
        None => Some(PathBuf::from(argument)),
    }
}

fn path(name: &str, argument: &str) -> Result<PathBuf, ErrorKind> {
    optional_path(argument).ok_or_else(|| wrong(format!("{name}: missing required argument"), None))
}

fn expanded(argument: &str) -> Result<Expanded, ErrorKind> {
    match argument {
        "" => Ok(Expanded::Toggle),
        "on" => Ok(Expanded::On),
        "off" => Ok(Expanded::Off),
        "auto" => Ok(Expanded::Auto),
        _ => Err(wrong("\\x takes on, off or auto".to_owned(), None)),
    }
}

fn switch(name: &str, argument: &str) -> Result<Option<bool>, ErrorKind> {
    match argument {
        "" => Ok(None),
        "on" => Ok(Some(true)),
        "off" => Ok(Some(false)),
        _ => Err(wrong(format!("{name} takes on or off"), None)),
    }
}

fn expect(argument: &str) -> Result<Command, ErrorKind> {
    AnySqlState::new(argument).map(Command::Expect).ok_or_else(not_a_state)
}

/// The argument of `\expect` is not an SQLSTATE, or is one that cannot occur on this target.
pub(super) fn not_a_state() -> ErrorKind {
    let hint = "docs/errors.md lists the states; 42710 stands for a name that exists".to_owned();
    wrong("\\expect needs a SQLSTATE that redwire reports".to_owned(), Some(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_of_the_table_is_read() {
        for command in COMMANDS {
            let argument = match command.name {
                "\\i" | "\\o" => "x.sql",
                "\\expect" => "2BP01",
                "\\format" => "csv",
                "\\d" => "public.sales",
                "\\connect" | "\\c" => "sales",
                _ => "",
            };
            assert!(
                Command::parse(&format!("{} {argument}", command.name)).is_ok(),
                "{}",
                command.name
            );
        }
    }

    #[test]
    fn a_path_may_be_quoted() {
        assert_eq!(
            Command::parse("\\i 'it''s here.sql'"),
            Ok(Command::Include("it's here.sql".into()))
        );
        assert_eq!(Command::parse("\\i a b.sql "), Ok(Command::Include("a b.sql".into())));
    }

    #[test]
    fn a_semicolon_behind_a_command_is_no_part_of_it() {
        for line in ["\\q;", "\\q ;", "\\q ; ", "\\q;;"] {
            assert_eq!(Command::parse(line), Ok(Command::Quit), "{line}");
        }
        assert_eq!(Command::parse("\\timing;"), Ok(Command::Timing(None)));
        assert_eq!(Command::parse("\\x auto ; "), Ok(Command::Expanded(Expanded::Auto)));
        assert_eq!(Command::parse("\\dt;"), Ok(Command::List(Listing::Tables(None))));
        assert_eq!(
            Command::parse("\\i 'a;b;'"),
            Ok(Command::Include("a;b;".into())),
            "what is quoted stays"
        );
        assert!(
            changes_target("\\disconnect;")
                && changes_target("\\c sales")
                && !changes_target("\\dt;")
        );
    }

    #[test]
    fn commands_of_psql_alone_name_their_replacement() {
        for (line, expected) in [
            ("\\copy t from 'a.csv'", "COPY"),
            ("\\du;", "pg_user"),
            ("\\dv", "\\dt"),
            ("\\pset format csv", "\\format"),
            ("\\d+ sales", "\\d TABLE"),
            ("\\dt+", "\\dt"),
            ("\\set a 'hunter2'", "variables"),
        ] {
            let Err(ErrorKind::Command(CommandError { message, hint })) = Command::parse(line)
            else {
                panic!("{line} was read")
            };
            let hint = hint.unwrap_or_default();
            assert!(hint.contains(expected) && !hint.contains("did you mean"), "{line}: {hint}");
            assert!(!message.contains("hunter2") && !hint.contains("hunter2"));
        }
    }

    #[test]
    fn an_unknown_command_suggests_the_nearest() {
        let Err(ErrorKind::Command(CommandError { message, hint })) = Command::parse("\\timng")
        else {
            panic!("it was read")
        };
        assert_eq!(message, "invalid command");
        assert_eq!(hint.unwrap(), "did you mean \\timing?");
    }
}
