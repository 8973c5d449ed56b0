//! The statements, the options of a connection, and how text is read.

use super::page::{Page, code};
use crate::name::MAX_NAME_BYTES;
use crate::sql::grammar::{FAMILIES, StatementSyntax};
use crate::sql::option::{CONNECTION_OPTIONS, OptionSpec, OptionType};
use crate::sql::{MAX_NESTING, MAX_STATEMENT_BYTES};

pub(super) fn write(page: &mut Page) {
    page.heading(2, "Statements");
    page.paragraph(
        "Brackets mark what may be left out, `|` what to choose from, braces what belongs together, dots what may come \
         again. Keywords may be in any letter case.",
    );
    for statement in FAMILIES.iter().flat_map(|family| family.statements) {
        page.heading(3, statement.name);
        page.code("text", &statement.synopsis());
        page.paragraph(statement.summary);
        page.code("sql", &example(statement));
    }
    write_options(page);
    write_lexical_rules(page);
}

/// The example as it runs after those of the statements before it.
fn example(statement: &StatementSyntax) -> String {
    let examples = statement.examples.join(";\n");
    match statement.name {
        "BEGIN" => format!("{examples};\nROLLBACK;"),
        "COMMIT" | "ROLLBACK" => format!("BEGIN;\n{examples};"),
        _ => format!("{examples};"),
    }
}

fn write_options(page: &mut Page) {
    page.heading(2, "Options of a connection");
    page.paragraph(
        "They stand in any order, as `NAME = value`, separated by white space; a comma between two is allowed. ALTER \
         changes any of them; RESET puts one that is not required back to its default.",
    );
    let rows = CONNECTION_OPTIONS.iter().map(|option| {
        [
            code(option.name),
            value_of(option),
            if option.required { "yes" } else { "no" }.to_owned(),
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

const SOURCES: [[&str; 2]; 4] = [
    [
        "`PASSWORD = PROMPT`",
        "from the terminal; nothing that is typed is shown. Also while a script runs from a file",
    ],
    [
        "`PASSWORD = ENV 'NAME'`",
        "from the environment variable `NAME` of redwire",
    ],
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
        OptionType::Integer { minimum, maximum } => format!("a whole number, {minimum} to {maximum}"),
        OptionType::Boolean
        | OptionType::Interval
        | OptionType::Moment { .. }
        | OptionType::TextOrName
        | OptionType::List => option.kind.words().to_owned(),
    }
}

fn write_lexical_rules(page: &mut Page) {
    page.heading(2, "How text is read");
    let size = MAX_STATEMENT_BYTES / 1024 / 1024;
    let rows = [
        [
            "name",
            &format!(
                "letters, digits, `_` and `$`, not a digit or `$` first; or anything in double quotes, where `\"\"` is one \
             quote. ASCII letters become lower case, in quotes too: `Sales`, `\"sales\"` and `SALES` are one name. 1 to \
             {MAX_NAME_BYTES} bytes of UTF-8, no control characters; `system` is taken. Reserved words such as `if` or \
             `table` need the quotes"
            ),
        ],
        [
            "string",
            "`'…'`, in which `''` is one quote. A backslash is an ordinary character; line breaks are allowed",
        ],
        [
            "comment",
            "`-- to the end of the line` and `/* … */`, which may be nested",
        ],
        [
            "end of a statement",
            "`;`. The last statement of a `-c` may do without. At the end of standard input or of a \
            file one without `;` runs if a line break follows it, and is refused otherwise: the input was cut short",
        ],
        [
            "encoding",
            "UTF-8. A byte-order mark is passed over, CRLF is a line break, a NUL is refused",
        ],
        [
            "limits",
            &format!("{size} MiB for a statement, {MAX_NESTING} levels of parentheses or comments"),
        ],
    ];
    page.table(["thing", "rule"], rows.map(|row| row.map(str::to_owned)));
}
