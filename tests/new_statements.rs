//! A new statement, option or format is known wherever it has to be.
//!
//! Each macro lists the variants of an enum in a match without a `_` arm, so that one more does not
//! compile until it stands here; and then the tests want it everywhere.

use std::collections::BTreeSet;

use redwire::render::Format;
use redwire::sql::expectation::{Expectation, expected_at};
use redwire::sql::grammar::{statements, statements_named};
use redwire::sql::keyword::known;
use redwire::sql::option::{CONNECTION_OPTIONS, JOB_OPTIONS, OptionSpec, TABLE_OPTIONS};
use redwire::sql::{Statement, parse};

use crate::support::home::Home;

macro_rules! statement_variants {
    ($($variant:ident),* $(,)?) => {
        const STATEMENTS: &[&str] = &[$(stringify!($variant)),*];

        fn variant(statement: &Statement) -> &'static str {
            match statement {
                $(Statement::$variant(_) => stringify!($variant)),*
            }
        }
    };
}

statement_variants!(
    CreateConnection,
    AlterConnection,
    DropConnection,
    CreateTable,
    AlterTable,
    DropTable,
    CreateJob,
    AlterJob,
    DropJob,
    RunJob,
    RewindJob,
    TestJob,
    Pause,
    Export,
    Show,
    Test,
    ImportTables,
    ImportConnections,
    Query,
    Transaction,
);

macro_rules! format_variants {
    ($($variant:ident),* $(,)?) => {
        const FORMATS: &[Format] = &[$(Format::$variant),*];

        fn listed(format: Format) -> bool {
            match format {
                $(Format::$variant => FORMATS.contains(&format)),*
            }
        }
    };
}

format_variants!(Table, Vertical, Markdown, Unaligned, Csv, Tsv, Json, Jsonl);

#[test]
fn every_statement_has_a_row_in_the_grammar() {
    let examples = statements().flat_map(|statement| statement.examples);
    let found: BTreeSet<&str> =
        examples.map(|example| variant(&parse(example).expect(example))).collect();
    assert_eq!(found, STATEMENTS.iter().copied().collect());
}

#[test]
fn every_row_of_the_grammar_is_in_help_completion_and_the_known_words() {
    let first_words = expected_at("").expectations;
    for statement in statements() {
        let words: Vec<&str> = statement.name.split(' ').collect();
        assert!(!statement.examples.is_empty(), "{}", statement.name);
        assert!(!statement.synopsis().is_empty() && !statement.summary.is_empty());
        assert!(
            statements_named(statement.name)
                .iter()
                .any(|found| found.name == statement.name),
            "\\h {}",
            statement.name
        );
        let is_offered = |expected: &Expectation| expected.words() == [words[0]];
        assert!(first_words.iter().any(is_offered), "{} is not completed", statement.name);
        for word in words {
            assert_eq!(known(word), Some(word), "{}", statement.name);
        }
    }
}

#[test]
fn every_option_is_a_known_word_and_stands_in_a_statement() {
    for option in [CONNECTION_OPTIONS, TABLE_OPTIONS, JOB_OPTIONS].concat() {
        assert_eq!(known(option.name), Some(option.name));
        let is_in = statements().any(|statement| statement.options().contains(&option));
        assert!(is_in, "{} stands in no statement", option.name);
    }
}

/// The parser takes an option by its row, the statement keeps it in a field: an option without a
/// field would be lost in silence.
#[test]
fn every_option_of_a_connection_is_kept_by_the_statement() {
    let create = "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' \
                  PASSWORD = PROMPT";
    for option in CONNECTION_OPTIONS {
        let setting = format!("{} = {}", option.name, option.example);
        let text = if create.contains(option.name) {
            create.to_owned()
        } else {
            format!("{create} {setting}")
        };
        let kept = parse(&text).expect(&text).to_string();
        assert!(kept.contains(&format!("{} = ", option.name)), "{text} became {kept}");
        let text = format!("ALTER REDSHIFT CONNECTION c SET {setting}");
        let kept = parse(&text).expect(&text).to_string();
        assert!(kept.contains(&format!("{} = ", option.name)), "{text} became {kept}");
    }
}

/// CREATE, and ALTER with SET and RESET, of a table and of a job: an option that one of them drops
/// would be lost in silence.
#[test]
fn every_option_of_a_table_and_of_a_job_is_kept_by_the_catalog() {
    let home = Home::new();
    let connection = "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' \
                      USER_NAME = 'u' PASSWORD = 'p';";
    home.script(connection).run().status(0);
    for (object, head, body, options) in [
        ("TABLE c.s.t", "(a INTEGER)", "", TABLE_OPTIONS),
        ("JOB j", "", "AS INSERT INTO c.s.other SELECT 1", JOB_OPTIONS),
    ] {
        let show = format!("SHOW CREATE {object};");
        for option in options {
            let (name, setting) = (option.name, setting_besides_the_default(option));
            let create = format!("CREATE {object} {head} {setting} {body};");
            home.script(&format!("{create} {show}")).run().status(0).out_has(&setting);
            if option.mutable {
                let reset = format!("ALTER {object} RESET {name}; {show}");
                let shown = home.script(&reset).run().status(0).nowhere(name);
                assert!(shown.out.contains(&format!("CREATE {object}")), "{shown:?}");
                let set = format!("ALTER {object} SET {setting}; {show}");
                home.script(&set).run().status(0).out_has(&setting);
            }
            home.script(&format!("DROP {object};")).run().status(0);
        }
    }
}

/// The catalog does not store an option that is set to its default.
fn setting_besides_the_default(option: &OptionSpec) -> String {
    let is_other = |value: &&str| option.default_value() != Some(value);
    let mut values = std::iter::once(option.example).chain(option.kind.value_words());
    format!("{} = {}", option.name, values.find(is_other).expect("another value"))
}

#[test]
fn every_format_can_be_named() {
    assert!(Format::ALL.iter().all(|format| listed(*format)));
    for format in FORMATS {
        assert!(Format::ALL.contains(format), "{format}");
        assert_eq!(format.word().parse::<Format>().ok(), Some(*format));
    }
}
