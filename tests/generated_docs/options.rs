//! The options of connections, tables and jobs.

use super::page::{Page, code};
use redwire::sql::option::{
    CONNECTION_OPTIONS, JOB_OPTIONS, OptionSpec, OptionType, TABLE_OPTIONS,
};

pub(super) fn write(page: &mut Page) {
    write_connection(page);
    write_table(page);
    write_job(page);
}

fn write_connection(page: &mut Page) {
    page.heading(2, "Options of a connection");
    page.paragraph(
        "They stand in any order, as `NAME = value`, separated by white space; a comma between two is allowed. ALTER \
         changes any of them; RESET puts one that is not required back to its default.",
    );
    let rows = CONNECTION_OPTIONS.iter().map(|option| {
        [
            code(option.name),
            value_of(option),
            yes_or_no(option.required),
            option.default.unwrap_or_default().to_owned(),
            option.help.to_owned(),
        ]
    });
    page.table(["option", "value", "required", "default", "what it is"], rows);
    page.paragraph("MAX_CONCURRENT_CONNECTIONS is kept and shown; this version opens no sessions that it could count.");
    page.paragraph("A password comes from one of these:");
    page.table(
        ["source", "where the password is read"],
        SOURCES.map(|row| row.map(str::to_owned)),
    );
    page.paragraph(
        "The source is used when the statement runs, and then forgotten; only the password is kept. At the prompt \
         PASSWORD may be left out of CREATE: then it is asked for. In a script that is an error.",
    );
}

fn write_table(page: &mut Page) {
    page.heading(2, "Options of a table");
    page.paragraph(
        "They stand among the clauses behind the columns, in any order; none is required.",
    );
    page.table(
        ["option", "value", "default", "changed by ALTER", "what it is"],
        optional(TABLE_OPTIONS),
    );
}

fn write_job(page: &mut Page) {
    page.heading(2, "Options of a job");
    page.paragraph(
        "They stand between the name and AS, in any order; none is required. An option of Upsolver that redwire has no \
         use for is kept and printed back, and a notice says so.",
    );
    page.table(
        ["option", "value", "default", "changed by ALTER", "what it is"],
        optional(JOB_OPTIONS),
    );
}

fn optional(options: &[&OptionSpec]) -> impl Iterator<Item = [String; 5]> {
    options.iter().map(|option| {
        [
            code(option.name),
            value_of(option),
            option.default.unwrap_or_default().to_owned(),
            yes_or_no(option.mutable),
            option.help.to_owned(),
        ]
    })
}

fn yes_or_no(is_so: bool) -> String {
    if is_so { "yes" } else { "no" }.to_owned()
}

const SOURCES: [[&str; 2]; 4] = [
    [
        "`PASSWORD = PROMPT`",
        "from the terminal; nothing that is typed is shown. Also while a script runs from a file",
    ],
    ["`PASSWORD = ENV 'NAME'`", "from the environment variable `NAME` of redwire"],
    [
        "`PASSWORD = FILE 'path'`",
        "from the only line of the file; there is a warning where other users can read it",
    ],
    [
        "`PASSWORD = '…'`",
        "from the statement itself; with `-c` a notice says that command lines are public",
    ],
];

fn value_of(option: &OptionSpec) -> String {
    match option.kind {
        OptionType::Text => "a string".to_owned(),
        OptionType::NonEmptyText => "a string that is not empty".to_owned(),
        OptionType::Url => "a string: a [Redshift JDBC URL](#connection-urls)".to_owned(),
        OptionType::Password => "a string, or a source: see below".to_owned(),
        OptionType::Integer { minimum, maximum } => {
            format!("an integer, {minimum} to {maximum}")
        }
        OptionType::Boolean
        | OptionType::Interval
        | OptionType::Moment { .. }
        | OptionType::TextOrName
        | OptionType::List => option.kind.words().to_owned(),
    }
}
