//! The hint in grey behind the cursor: the words that may follow.

use super::bare_word::{BareWord, bare_word};
use super::completer::{begins, in_case_of};
use crate::render::is_hidden;
use crate::shell::Target;
use crate::sign::STARS;
use crate::sql::expectation::{CompletionPlace, Expectation, expected_at};
use crate::sql::grammar::NameOf;
use crate::sql::option::{OptionSpec, OptionType};
use crate::sql::splitter::{PieceKind, Splitter};

/// The hint behind a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hint {
    /// The text that is shown.
    pub text: String,
    /// True if the right arrow inserts it; false for a choice or a placeholder.
    pub is_inserted: bool,
}

impl rustyline::hint::Hint for Hint {
    fn display(&self) -> &str {
        &self.text
    }

    fn completion(&self) -> Option<&str> {
        self.is_inserted.then_some(&self.text)
    }
}

impl Hint {
    fn to_add(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_inserted: true }
    }

    fn shown_only(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_inserted: false }
    }
}

/// The maximum number of choices in a hint.
const MAX_CHOICES: usize = 4;

/// The hint for `quit` inside an unfinished statement.
const HOW_TO_QUIT: &str = "  Ctrl-C drops the statement, then \\q quits";

/// True if the last of several lines is a word that quits if it is typed alone.
fn ends_in_quit_word(text: &str) -> bool {
    let last = text.rsplit_once('\n').map(|(_, last)| last);
    last.and_then(bare_word) == Some(BareWord::Quit)
}

/// The hint for a line to the target, while something is being typed.
pub(super) fn hint(line: &str, target: &Target) -> Option<Hint> {
    let part = Splitter::parts(line, target.dialect()).pop().filter(|part| !part.complete)?;
    let text = &line[part.range];
    if ends_in_quit_word(text) {
        return Some(Hint::shown_only(HOW_TO_QUIT));
    }
    match (part.kind, target) {
        (PieceKind::Command, target) => command(text, target),
        (PieceKind::Statement, Target::Catalog) => statement(text),
        // The grammar of a warehouse's statements is unknown.
        (PieceKind::Statement, Target::Warehouse { .. }) => None,
    }
}

/// The rest of the line of the newest entry that begins with the typed text. Entries without their
/// secrets are not suggested, nor such as a terminal would not show as they are.
pub(super) fn suggestion<E: AsRef<str>>(
    typed: &str,
    mut newest_first: impl Iterator<Item = E>,
) -> Option<Hint> {
    if typed.trim().is_empty() {
        return None;
    }
    let rest = |entry: E| {
        let entry = entry.as_ref();
        let rest = entry.strip_prefix(typed)?.lines().next()?;
        let is_shown = !rest.is_empty() && !rest.contains(is_hidden) && !entry.contains(STARS);
        is_shown.then(|| Hint::to_add(rest))
    };
    newest_first.find_map(rest)
}

/// The first word of a hint, with the blanks before it.
pub(super) fn first_word(hint: &str) -> &str {
    let start = hint.len() - hint.trim_start().len();
    let end = hint[start..].find(char::is_whitespace).map_or(hint.len(), |end| start + end);
    &hint[..end]
}

fn command(text: &str, target: &Target) -> Option<Hint> {
    let name = text.trim_end();
    if name.len() < text.len() {
        let command = target.command(name)?;
        return Some(Hint::shown_only(command.argument)).filter(|hint| !hint.text.is_empty());
    }
    let mut begun = target.commands().filter(|command| command.name.starts_with(text));
    let command = begun.next().filter(|_| begun.next().is_none() && text.len() > 1)?;
    let rest = &command.name[text.len()..];
    (!rest.is_empty()).then(|| Hint::to_add(rest))
}

fn statement(text: &str) -> Option<Hint> {
    let place = expected_at(text);
    if place.query().is_some() {
        return None;
    }
    let typed = &text[place.start..];
    if text.ends_with('.') {
        // The next part of a name follows, and the text already shows which one.
        None
    } else if typed.is_empty() {
        next(text, &place)
    } else {
        rest_of_word(text, typed, &place)
    }
}

/// The rest of the only word that begins with the typed text.
fn rest_of_word(text: &str, typed: &str, place: &CompletionPlace) -> Option<Hint> {
    let words = place.expectations.iter().flat_map(|expectation| expectation.words());
    let mut begun = words.filter(|word| begins(word, typed));
    let word = begun.next().filter(|_| begun.next().is_none())?;
    let rest = &word[typed.len()..];
    (!rest.is_empty()).then(|| Hint::to_add(in_case_of(text, typed, rest)))
}

/// The hint for the next word.
fn next(text: &str, place: &CompletionPlace) -> Option<Hint> {
    let mut choices = Vec::new();
    for expectation in &place.expectations {
        let choice = match expectation {
            // WITH TEST follows all options.
            Expectation::Word(_) if required_is_missing(place) => continue,
            Expectation::Word(word) => in_case_of(text, "", word),
            Expectation::Name(of) | Expectation::NewName(of) => name(*of).to_owned(),
            Expectation::Sign(sign) => sign.to_string(),
            Expectation::Value(option) => value(option),
            Expectation::Unit => in_case_of(text, "", "MINUTES"),
            Expectation::DataType => "type".to_owned(),
            Expectation::Encoding => "encoding".to_owned(),
            Expectation::File => "'file'".to_owned(),
            Expectation::Text(what) | Expectation::Expression(what) => (*what).to_owned(),
            // The first missing option represents all of them.
            Expectation::Option(option) if Some(option.name) == first_option(place) => {
                in_case_of(text, "", option.name)
            }
            Expectation::End if !required_is_missing(place) => ";".to_owned(),
            Expectation::Option(_) | Expectation::Query(_) | Expectation::End => continue,
        };
        if !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    if choices.len() > MAX_CHOICES {
        choices.truncate(MAX_CHOICES);
        choices.push("…".to_owned());
    }
    let is_word =
        matches!(
            place.expectations[..],
            [Expectation::Word(_)
                | Expectation::Sign('=')
                | Expectation::Option(_)
                | Expectation::End]
        );
    let blank = if text.ends_with(char::is_whitespace) || choices == [";"] {
        ""
    } else {
        " "
    };
    match choices.as_slice() {
        [] => None,
        [only] if is_word => Some(Hint::to_add(format!("{blank}{only}"))),
        several => Some(Hint::shown_only(format!("{blank}{}", several.join(" | ")))),
    }
}

fn first_option(place: &CompletionPlace) -> Option<&'static str> {
    place.expectations.iter().find_map(|expectation| {
        let Expectation::Option(option) = expectation else {
            return None;
        };
        Some(option.name)
    })
}

/// True if an option that CREATE requires is missing; ALTER offers SET beside its options.
fn required_is_missing(place: &CompletionPlace) -> bool {
    let is_alter = place.expectations.contains(&Expectation::Word("SET"));
    let is_required = |expectation: &Expectation| matches!(expectation, Expectation::Option(option) if option.required);
    !is_alter && place.expectations.iter().any(is_required)
}

/// The placeholder for a name. A table's name is expected part by part.
fn name(of: NameOf) -> &'static str {
    match of {
        NameOf::Connection | NameOf::Job => "name",
        NameOf::Schema => "schema",
        NameOf::Table => "connection.schema.table",
        NameOf::Column => "column",
    }
}

fn value(option: &OptionSpec) -> String {
    match option.kind {
        OptionType::Integer { minimum, maximum } => format!("{minimum} to {maximum}"),
        OptionType::Password => option.kind.words().replace("a string, ", "'…', "),
        OptionType::Boolean => "TRUE | FALSE".to_owned(),
        OptionType::Word { words } => words.join(" | "),
        OptionType::Choice { texts } => format!("'{}'", texts.join("' | '")),
        OptionType::Text
        | OptionType::NonEmptyText
        | OptionType::Url
        | OptionType::Interval
        | OptionType::Moment { .. }
        | OptionType::TextOrName
        | OptionType::List => option.example.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> Option<String> {
        hint(line, &Target::Catalog).map(|hint| hint.text)
    }

    fn catalog_hint(line: &str) -> Option<Hint> {
        hint(line, &Target::Catalog)
    }

    #[test]
    fn on_a_warehouse_only_its_commands_have_hints() {
        let target = Target::warehouse_of_tests();
        let shown = |line: &str| hint(line, &target).map(|hint| hint.text);
        assert_eq!(shown("CREATE RED"), None);
        assert_eq!(shown("DROP CONNECTION "), None);
        assert_eq!(shown("\\disc").as_deref(), Some("onnect"));
        assert_eq!(shown("\\dt+ ").as_deref(), Some("[PATTERN]"));
        assert_eq!(shown("\\tre"), None);
        assert_eq!(catalog_hint("\\disc"), None);
    }

    #[test]
    fn the_newest_entry_that_begins_so_is_suggested() {
        let entries = [
            "SELECT 1 FROM a;",
            "SELECT 2\nFROM b;",
            "SELECT 2\nFROM older;",
            "ALTER USER u PASSWORD ***;",
            "SELECT '\u{1b}[31m';",
        ];
        for (typed, rest) in [
            ("SEL", Some("ECT 1 FROM a;")),
            ("SELECT 2", None),
            ("SELECT 2\n", Some("FROM b;")),
            ("SELECT 2\nFROM o", Some("lder;")),
            ("SELECT 1 FROM a;", None),
            ("ALTER", None),
            ("SELECT '", None),
            ("", None),
            (" ", None),
        ] {
            let hint = suggestion(typed, entries.iter());
            assert_eq!(hint, rest.map(Hint::to_add), "{typed:?}");
        }
        assert_eq!(first_word(" FROM a"), " FROM");
        assert_eq!(first_word("ECT"), "ECT");
    }

    #[test]
    fn within_a_name_there_is_no_hint() {
        assert_eq!(shown("DROP TABLE ").as_deref(), Some("IF | connection.schema.table"));
        assert_eq!(shown("DROP TABLE c.s."), None);
        assert_eq!(shown("DROP TABLE c.s.t").as_deref(), None);
    }

    #[test]
    fn the_rest_of_a_word_is_shown_once_there_is_one_only() {
        assert_eq!(catalog_hint("cre"), Some(Hint::to_add("ate")));
        assert_eq!(catalog_hint("DESCRIBE CONN"), Some(Hint::to_add("ECTION")));
        assert_eq!(catalog_hint("\\ti"), Some(Hint::to_add("ming")));
        assert_eq!(shown("S"), None);
        assert_eq!(shown("SHOW"), None);
        assert_eq!(shown("SELECT na"), None);
    }

    #[test]
    fn the_next_words_are_named() {
        assert_eq!(shown("DROP ").as_deref(), Some("REDSHIFT | CONNECTION | TABLE | JOB"));
        assert_eq!(shown("drop connection ").as_deref(), Some("if | name"));
        assert_eq!(shown("DROP CONNECTION a ").as_deref(), Some("CASCADE | RESTRICT | ;"));
        assert_eq!(catalog_hint("ALTER REDSHIFT "), Some(Hint::to_add("CONNECTION")));
        assert_eq!(shown("\\x ").as_deref(), Some("[on|off|auto]"));
    }

    #[test]
    fn the_next_option_is_named_and_the_end_once_nothing_is_missing() {
        let create = "CREATE REDSHIFT CONNECTION c";
        assert_eq!(
            shown(&format!("{create} PASSWORD = PROMPT ")).as_deref(),
            Some("CONNECTION_STRING")
        );
        assert_eq!(shown(&format!("{create} USER_NAME")), None);
        assert_eq!(
            shown(&format!("{create} MAX_CONCURRENT_CONNECTIONS = ")).as_deref(),
            Some("1 to 2000")
        );
        let all = "CONNECTION_STRING = 'x' USER_NAME = 'u' PASSWORD = PROMPT";
        assert_eq!(
            shown(&format!("{create} {all} ")).as_deref(),
            Some("MAX_CONCURRENT_CONNECTIONS | WITH | ;")
        );
    }

    #[test]
    fn tables_and_jobs_have_their_hints() {
        for (line, hint) in [
            ("DROP TABLE IF EXISTS ", "connection.schema.table"),
            ("create table a.b.c (id ", "type"),
            ("CREATE TABLE a.b.c (id INT) DISTSTYLE ", "AUTO | EVEN | KEY | ALL"),
            ("CREATE JOB j RUN_INTERVAL = ", "5 MINUTES"),
            ("create job j run_interval = 5 ", "minutes"),
            ("CREATE JOB j ADD_MISSING_COLUMNS = ", "TRUE | FALSE"),
            ("CREATE JOB j END_AT = TIMESTAMP ", "'2026-01-31 10:00:00'"),
            ("CREATE JOB j END_AT = NOW INS", "ERT"),
            ("EXPORT ", "CATALOG"),
            ("EXPORT CATALOG TO ", "'file'"),
        ] {
            assert_eq!(shown(line).as_deref(), Some(hint), "{line}");
        }
        assert_eq!(shown("CREATE JOB j AS INSERT INTO a.b.c SELECT x FROM "), None);
    }

    #[test]
    fn nothing_is_said_where_nothing_is_typed() {
        for line in ["", "SHOW CONNECTIONS;", "-- a", "SELECT 'a", "SELECT a ", "FROB "] {
            assert_eq!(shown(line), None, "{line}");
        }
    }
}
