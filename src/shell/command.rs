//! Parsing of backslash commands.

use std::path::PathBuf;

use super::argument::{Expansion, identifier, line, optional_path, words};
use super::command_table::{self, name_and_argument};
use super::listing::{self, ObjectCommand};
use super::named_query::QueryName;
use super::script_commands::ScriptCommand;
use super::statement_end::RedirectTarget;
use super::{Target, psql};
use crate::diagnostic::Diagnostic;
use crate::error::{CommandError, ErrorKind};
use crate::name::{ConnectionName, Object};
use crate::render::Format;
use crate::sql::keyword::nearest;
use crate::sql::{self, SqlErrorKind};
use crate::sqlstate::AnySqlState;
use crate::warehouse::views::{Activity, LOAD_ERRORS, LOCKS, QUERIES, QUEUES};

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
#[derive(Clone, Debug, PartialEq)]
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
    Output(Option<RedirectTarget>),
    Expect(AnySqlState),
    Objects(ObjectCommand),
    ConnectionInfo,
    /// Changes the password of a user of the warehouse: this one, or the session's own.
    Password(Option<String>),
    Activity(&'static Activity, u32),
    Kill(u32),
    Connect(ConnectionName),
    Disconnect,
    /// A command of scripts.
    InScript(ScriptCommand),
    Guard(Option<bool>),
    ListQueries,
    RunQuery {
        name: QueryName,
        arguments: Vec<String>,
    },
    SaveQuery {
        name: QueryName,
        text: String,
    },
    EditQuery(QueryName),
    DeleteQuery(QueryName),
}

impl Command {
    /// Parses a command, which begins with a backslash and is one line. One that follows a secret
    /// on its line may be the secret's end, and no error repeats it.
    pub fn parse(
        text: &str,
        follows_secret: bool,
        target: &Target,
        expansion: &Expansion<'_>,
    ) -> Result<Self, ErrorKind> {
        let (name, argument) = name_and_argument(text);
        let unknown = || unknown(name, !follows_secret, target);
        // A command that is not in the table would be missing from help and completion.
        if command_table::find(name).is_none() {
            return Err(unknown());
        }
        if let Some(command) = ScriptCommand::parse(text, expansion)? {
            return Ok(Self::InScript(command));
        }
        let word = || optional_word(name, argument, expansion);
        let line = || line(argument, expansion.variables);
        match name {
            "\\?" => without_argument(name, argument, Self::Help),
            "\\q" => without_argument(name, argument, Self::Quit),
            "\\h" => Ok(Self::Syntax(argument.to_owned())),
            "\\tree" => Ok(Self::Tree(line())),
            "\\i" => path(name, argument, expansion).map(Self::Include),
            "\\e" => Ok(Self::Edit(optional_path(argument, expansion)?)),
            "\\n" => run_query(argument, expansion),
            "\\ns" => save_query(argument),
            "\\ne" => query(name, word()?).map(Self::EditQuery),
            "\\nd" => query(name, word()?).map(Self::DeleteQuery),
            "\\x" => expanded(&word()?.unwrap_or_default()).map(Self::Expanded),
            "\\format" => format(word()?).map(Self::Format),
            "\\timing" => switch(name, &word()?.unwrap_or_default()).map(Self::Timing),
            "\\o" => Ok(Self::Output(RedirectTarget::parse(name, argument, expansion)?)),
            "\\expect" => expect(&word()?.unwrap_or_default()),
            "\\connect" | "\\c" => connection(&line()).map(Self::Connect),
            "\\disconnect" => without_argument(name, argument, Self::Disconnect),
            "\\guard" => switch(name, argument).map(Self::Guard),
            "\\conninfo" => without_argument(name, argument, Self::ConnectionInfo),
            "\\password" => Ok(Self::Password(word()?.map(|word| identifier(&word)))),
            "\\ps" => without_argument(name, argument, Self::Activity(&QUERIES, 0)),
            "\\locks" => without_argument(name, argument, Self::Activity(&LOCKS, 0)),
            "\\queue" => without_argument(name, argument, Self::Activity(&QUEUES, 0)),
            "\\errors" => load_errors(word()?),
            "\\kill" => kill(&word()?.unwrap_or_default()),
            "\\sv" | "\\sf" => listing::definition(name, &line()).map(Self::Objects),
            _ => match listing::parse(name, word()?.as_deref()) {
                Some(objects) => objects.map(Self::Objects),
                None => Err(unknown()),
            },
        }
    }
}

/// True if statements go to another target after the command.
pub(super) fn changes_target(line: &str) -> bool {
    ["\\connect", "\\c", "\\disconnect"].contains(&name_and_argument(line).0)
}

/// The longest name of a command in psql, `\crosstabview`.
const LONGEST_NAME: usize = 12;

fn wrong(message: impl Into<String>) -> ErrorKind {
    CommandError::new(message).into()
}

/// The error about an unknown command. It names a word alone: anything may have been typed after a
/// backslash, a secret too.
fn unknown(name: &str, may_name: bool, target: &Target) -> ErrorKind {
    let nearest = || nearest(name, target.commands().map(|command| command.name));
    let replacement = psql::replacement_for(name, target);
    let hint = match replacement {
        Some(instead) => instead.to_owned(),
        None => nearest().map_or_else(
            || "\\? lists the commands".to_owned(),
            |meant| format!("did you mean {meant}?"),
        ),
    };
    let letters = name.trim_start_matches('\\').trim_end_matches('+');
    let is_word = (1..=LONGEST_NAME).contains(&letters.len())
        && letters.bytes().all(|byte| byte.is_ascii_alphabetic());
    let message = if may_name && (is_word || replacement.is_some()) {
        format!("invalid command {name}")
    } else {
        "invalid command".to_owned()
    };
    CommandError::new(message).with_hint(hint).into()
}

fn without_argument(name: &str, argument: &str, command: Command) -> Result<Command, ErrorKind> {
    if argument.is_empty() {
        Ok(command)
    } else {
        Err(wrong(format!("{name} takes no argument")))
    }
}

fn connection(argument: &str) -> Result<ConnectionName, ErrorKind> {
    match sql::parse_connection_or_table(argument).map(|name| name.value) {
        Ok(Object::Connection(name)) => Ok(name),
        Ok(Object::Table(_) | Object::Job(_)) => Err(not_a_connection()),
        Err(error) if matches!(*error.kind, SqlErrorKind::Expected { hint: None, .. }) => {
            Err(not_a_connection())
        }
        Err(error) => {
            let (message, hint) = (error.to_string(), error.hint());
            Err(ErrorKind::Command(CommandError { hint, ..CommandError::new(message) }))
        }
    }
}

fn not_a_connection() -> ErrorKind {
    let error = CommandError::new("\\connect takes the name of a connection");
    error.with_hint("\\connect NAME; SHOW CONNECTIONS lists the names").into()
}

fn path(name: &str, argument: &str, expansion: &Expansion<'_>) -> Result<PathBuf, ErrorKind> {
    optional_path(argument, expansion)?.ok_or_else(|| missing(name))
}

fn run_query(argument: &str, expansion: &Expansion<'_>) -> Result<Command, ErrorKind> {
    let mut words = words(argument, expansion)?.into_iter().map(|word| word.text);
    let Some(name) = words.next() else {
        return Ok(Command::ListQueries);
    };
    Ok(Command::RunQuery {
        name: QueryName::new(&name)?,
        arguments: words.collect(),
    })
}

fn save_query(argument: &str) -> Result<Command, ErrorKind> {
    let Some((name, text)) = argument.split_once(char::is_whitespace) else {
        return Err(missing("\\ns"));
    };
    Ok(Command::SaveQuery {
        name: QueryName::new(name)?,
        text: text.trim().to_owned(),
    })
}

fn query(command: &str, name: Option<String>) -> Result<QueryName, ErrorKind> {
    Ok(QueryName::new(&name.ok_or_else(|| missing(command))?)?)
}

fn missing(command: &str) -> ErrorKind {
    wrong(format!("{command}: missing required argument"))
}

/// An argument of at most one word.
fn optional_word(
    name: &str,
    argument: &str,
    expansion: &Expansion<'_>,
) -> Result<Option<String>, ErrorKind> {
    let mut words = words(argument, expansion)?.into_iter();
    let first = words.next().map(|word| word.text);
    match words.next() {
        Some(_) => Err(wrong(format!("{name} takes one argument"))),
        None => Ok(first),
    }
}

fn format(word: Option<String>) -> Result<Option<Format>, ErrorKind> {
    let format = word.map(|word| word.to_ascii_lowercase().parse()).transpose();
    format.map_err(|error: &str| wrong(error))
}

fn expanded(argument: &str) -> Result<Expanded, ErrorKind> {
    match argument.to_ascii_lowercase().as_str() {
        "" => Ok(Expanded::Toggle),
        "on" => Ok(Expanded::On),
        "off" => Ok(Expanded::Off),
        "auto" => Ok(Expanded::Auto),
        _ => Err(wrong("\\x takes on, off or auto")),
    }
}

fn switch(name: &str, argument: &str) -> Result<Option<bool>, ErrorKind> {
    match argument.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "on" => Ok(Some(true)),
        "off" => Ok(Some(false)),
        _ => Err(wrong(format!("{name} takes on or off"))),
    }
}

/// The number of load errors that `\errors` shows by itself.
const LOAD_ERRORS_SHOWN: u32 = 10;

fn load_errors(argument: Option<String>) -> Result<Command, ErrorKind> {
    let limit = argument.map_or(Ok(LOAD_ERRORS_SHOWN), |number| number.parse());
    let limit = limit.map_err(|_| wrong("\\errors takes a number of errors"))?;
    Ok(Command::Activity(&LOAD_ERRORS, limit))
}

fn kill(argument: &str) -> Result<Command, ErrorKind> {
    argument.parse().map(Command::Kill).map_err(|_| {
        let error = CommandError::new("\\kill takes the number of a process");
        error
            .with_hint("\\kill PID; \\ps lists the queries with their processes")
            .into()
    })
}

fn expect(argument: &str) -> Result<Command, ErrorKind> {
    AnySqlState::new(argument).map(Command::Expect).ok_or_else(not_a_state)
}

/// The argument of `\expect` is not an SQLSTATE, or is one that cannot occur on this target.
pub(super) fn not_a_state() -> ErrorKind {
    let error = CommandError::new("\\expect needs a SQLSTATE that redwire reports");
    error
        .with_hint("docs/errors.md lists the states; 42710 stands for a name that exists")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::child::Children;
    use crate::shell::condition::ConditionCommand;
    use crate::shell::variables::Variables;

    fn parse_for(line: &str, follows_secret: bool, target: &Target) -> Result<Command, ErrorKind> {
        let variables = Variables::default();
        let children = Children::default();
        let expansion = Expansion {
            variables: &variables,
            children: &children,
        };
        Command::parse(line, follows_secret, target, &expansion)
    }

    fn parse(line: &str) -> Result<Command, ErrorKind> {
        parse_for(line, false, &Target::warehouse_of_tests())
    }

    #[test]
    fn every_command_of_the_table_is_read() {
        // A condition is carried out even where commands are skipped.
        let is_condition = |name: &str| ConditionCommand::named(name).is_some();
        for command in command_table::COMMANDS.iter().filter(|it| !is_condition(it.name)) {
            let argument = match command.name {
                "\\i" | "\\ir" | "\\o" | "\\w" => "x.sql",
                "\\unset" | "\\prompt" => "a",
                "\\getenv" | "\\setenv" => "a b",
                "\\expect" => "2BP01",
                "\\format" => "csv",
                "\\sv" | "\\sf" => "public.sales",
                "\\kill" => "7",
                "\\ns" => "a SELECT 1",
                "\\ne" | "\\nd" => "a",
                "\\connect" | "\\c" => "sales",
                _ => "",
            };
            assert!(parse(&format!("{} {argument}", command.name)).is_ok(), "{}", command.name);
        }
    }

    #[test]
    fn letters_of_either_case_switch() {
        for (line, command) in [
            ("\\x ON", Command::Expanded(Expanded::On)),
            ("\\x Auto", Command::Expanded(Expanded::Auto)),
            ("\\timing OFF", Command::Timing(Some(false))),
            ("\\format CSV", Command::Format(Some(Format::Csv))),
        ] {
            assert_eq!(parse(line), Ok(command), "{line}");
        }
    }

    #[test]
    fn results_go_to_a_file_or_a_program() {
        let program = |line: &str| Some(RedirectTarget::Program(line.to_owned()));
        assert_eq!(parse("\\o |cat > 'x y'"), Ok(Command::Output(program("cat > 'x y'"))));
        assert_eq!(parse("\\o '|cat'"), Ok(Command::Output(program("cat"))));
        let file = RedirectTarget::File("a b".into());
        assert_eq!(parse("\\o 'a b'"), Ok(Command::Output(Some(file))));
        assert!(parse("\\o a b").is_err());
    }

    #[test]
    fn a_path_may_be_quoted() {
        assert_eq!(parse("\\i 'it''s here.sql'"), Ok(Command::Include("it's here.sql".into())));
        assert_eq!(parse("\\i a b.sql "), Ok(Command::Include("a b.sql".into())));
    }

    #[test]
    fn a_semicolon_behind_a_command_is_no_part_of_it() {
        for line in ["\\q;", "\\q ;", "\\q ; ", "\\q;;"] {
            assert_eq!(parse(line), Ok(Command::Quit), "{line}");
        }
        assert_eq!(parse("\\timing;"), Ok(Command::Timing(None)));
        assert_eq!(parse("\\x auto ; "), Ok(Command::Expanded(Expanded::Auto)));
        assert!(matches!(parse("\\dt;"), Ok(Command::Objects(_))));
        assert_eq!(
            parse("\\i 'a;b;'"),
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
            ("\\di;", "\\d NAME"),
            ("\\ds+", "\\d NAME"),
            ("\\lo_import hunter2", "COPY"),
        ] {
            let Err(ErrorKind::Command(CommandError { message, hint, .. })) = parse(line) else {
                panic!("{line} was read")
            };
            let hint = hint.unwrap_or_default();
            assert!(hint.contains(expected) && !hint.contains("did you mean"), "{line}: {hint}");
            assert!(!message.contains("hunter2") && !hint.contains("hunter2"));
        }
    }

    /// The commands that `\?` of psql 15 lists.
    const OF_PSQL: &str = "copyright crosstabview errverbose g gdesc gexec gset gx q watch ? h e ef \
        ev p r s w copy echo i ir o qecho warn if elif else endif d da dA dAc dAf dAo dAp db dc \
        dconfig dC dd dD ddp dE des det deu dew df dF dFd dFp dFt dg di dl dL dm dn do dO dp dP drds \
        dRp dRs ds dt dT du dv dx dX dy l sf sv z lo_export lo_import lo_list lo_unlink a C f H pset \
        t T x c connect conninfo encoding password ! cd getenv setenv timing prompt set unset";

    #[test]
    fn each_command_of_psql_is_there_or_has_a_replacement() {
        let target = Target::warehouse_of_tests();
        for name in OF_PSQL.split_ascii_whitespace().map(|name| format!("\\{name}")) {
            let is_ours = command_table::find(&name).is_some();
            assert!(is_ours || psql::replacement_for(&name, &target).is_some(), "{name}");
        }
    }

    #[test]
    fn each_replacement_can_be_typed_where_it_is_shown() {
        for target in [Target::Catalog, Target::warehouse_of_tests()] {
            for name in psql::names() {
                let hint = psql::replacement_for(name, &target).unwrap();
                let mut words = hint.split([' ', ',', ':', ';']).filter(|w| w.starts_with('\\'));
                let is_command = |word: &str| {
                    let ends_statement = ["\\g", "\\gx"].contains(&word);
                    ends_statement || target.commands().any(|command| command.name == word)
                };
                assert!(words.all(is_command), "{name}: {hint}");
                let start = ["SELECT ", "ALTER "].iter().find_map(|word| hint.find(word));
                if let Some(statement) = start.map(|start| &hint[start..])
                    && let Some((statement, _)) = statement.split_once(';')
                    && target == Target::Catalog
                {
                    sql::parse(statement).unwrap();
                }
            }
        }
    }

    #[test]
    fn at_the_catalog_no_replacement_is_for_a_warehouse() {
        let catalog = Target::Catalog;
        for line in ["\\di", "\\dT", "\\dx+", "\\list"] {
            let hint = parse_for(line, false, &catalog).unwrap_err().hint().unwrap();
            assert!(hint.ends_with("\\connect NAME goes to one"), "{line}: {hint}");
        }
    }

    #[test]
    fn an_unknown_command_suggests_the_nearest() {
        let Err(ErrorKind::Command(CommandError { message, hint, .. })) = parse("\\timng") else {
            panic!("it was read")
        };
        assert_eq!(message, "invalid command \\timng");
        assert_eq!(hint.unwrap(), "did you mean \\timing?");
    }

    #[test]
    fn an_unknown_command_is_named_if_it_is_a_word() {
        for (line, message) in [
            ("\\foo bar", "invalid command \\foo"),
            ("\\foo+;", "invalid command \\foo+"),
            ("\\lo_list", "invalid command \\lo_list"),
            ("\\Hunter2 x", "invalid command"),
            ("\\correcthorsebattery", "invalid command"),
            ("\\a=b", "invalid command"),
            ("\\ x", "invalid command"),
            ("\\größe", "invalid command"),
        ] {
            assert_eq!(parse(line).unwrap_err().to_string(), message, "{line}");
        }
        let after_secret = parse_for("\\foo", true, &Target::Catalog).unwrap_err();
        assert_eq!(after_secret.to_string(), "invalid command");
    }
}
