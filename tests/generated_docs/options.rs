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
        "In any order, as `NAME = value`, separated by white space or a comma. ALTER changes any \
         of them; RESET puts one that is not required back to its default. [The \
         guide](guide.md#passwords) says where a password is read.",
    );
    let rows = CONNECTION_OPTIONS.iter().map(|option| {
        let default = option.default.unwrap_or_default();
        [
            code(option.name),
            value_of(option),
            match (option.is_always_required(), option.required) {
                (true, _) => "required",
                (false, true) => "required with a password",
                (false, false) => default,
            }
            .to_owned(),
            option.help.to_owned(),
        ]
    });
    page.table(["option", "value", "default", "meaning"], rows);
}

fn write_table(page: &mut Page) {
    page.heading(2, "Options of a table");
    page.paragraph("Among the clauses behind the columns.");
    page.table(OPTIONAL_COLUMNS, optional(TABLE_OPTIONS));
}

fn write_job(page: &mut Page) {
    page.heading(2, "Options of a job");
    page.paragraph("Between the name and AS, in any order.");
    let (unused, used): (Vec<&OptionSpec>, Vec<&OptionSpec>) =
        JOB_OPTIONS.iter().copied().partition(|option| option.unused);
    page.table(OPTIONAL_COLUMNS, optional(&used));
    page.paragraph(
        "These options of Upsolver are kept and printed back; a notice says that they have no \
         effect:",
    );
    let rows = unused.iter().map(|option| {
        [
            code(option.name),
            value_of(option),
            yes_or_no(option.mutable),
            option.help.to_owned(),
        ]
    });
    page.table(["option", "value", "ALTER", "meaning in Upsolver"], rows);
}

/// The header of a table of options that are not required.
const OPTIONAL_COLUMNS: [&str; 5] = ["option", "value", "default", "ALTER", "meaning"];

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

fn value_of(option: &OptionSpec) -> String {
    match option.kind {
        OptionType::Text => "a string".to_owned(),
        OptionType::NonEmptyText => "a string that is not empty".to_owned(),
        OptionType::Url => "a [Redshift JDBC URL](#connection-urls)".to_owned(),
        OptionType::Password => {
            "`PROMPT`, `ENV 'NAME'`, `FILE 'path'`, `COMMAND 'program args'` or a string".to_owned()
        }
        OptionType::Integer { minimum, maximum } => {
            format!("{minimum} to {maximum}")
        }
        OptionType::Boolean
        | OptionType::Interval
        | OptionType::Moment { .. }
        | OptionType::Word { .. }
        | OptionType::Choice { .. }
        | OptionType::TextOrName
        | OptionType::List => option.kind.words().to_owned(),
    }
}
