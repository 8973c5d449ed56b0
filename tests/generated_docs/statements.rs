//! The statements, and how text is read.

use super::page::Page;
use super::{options, types};
use redwire::name::MAX_NAME_BYTES;
use redwire::sql::grammar::{FAMILIES, StatementSyntax};
use redwire::sql::{MAX_NESTING, MAX_STATEMENT_BYTES};

pub(super) fn write(page: &mut Page) {
    page.heading(2, "Statements");
    page.paragraph(
        "Brackets mark what may be left out, `|` what to choose from, braces what belongs together, dots what may come \
         again. Keywords may be in any letter case.",
    );
    for family in FAMILIES {
        page.heading(3, family.title);
        page.paragraph(family.about);
        for statement in family.statements {
            page.heading(4, statement.name);
            page.code("text", &statement.synopsis());
            page.paragraph(statement.summary);
            let language = if opens_sessions(statement) { "text" } else { "sql" };
            page.code(language, &example(statement));
            if let Some((_, more)) = MORE.iter().find(|(name, _)| *name == statement.name) {
                page.paragraph(more);
            }
        }
    }
    options::write(page);
    types::write(page);
    write_lexical_rules(page);
}

/// Remarks that follow the summary of a statement.
const MORE: &[(&str, &str)] = &[
    (
        "CREATE REDSHIFT CONNECTION",
        "[Its options](#options-of-a-connection), and [what a URL may be](#connection-urls).",
    ),
    (
        "TEST CONNECTION",
        "The stages are url, secret, slot, dns, tcp, tls, login, query (what the server is) and limit (how many sessions it \
         allows). A test ends at the first stage that fails, the rest of its rows are `skipped`, and the next connection is \
         tested. The rows come on standard output also where a connection fails; the statement then fails with the SQLSTATE \
         of the first one. The exit status is 3 where a connection cannot be made, and 1 for a password that is wrong or \
         missing. A server that is not Redshift is a warning. The test takes a slot, for which it waits as `--wait` says. \
         With `--dry-run` nothing is opened. CREATE and ALTER … WITH TEST open the connection as it would be, and keep nothing \
         where that fails.",
    ),
    (
        "CREATE TABLE",
        "[The types](#data-types), and [its options](#options-of-a-table). A table has at most 1,600 columns; names are \
         folded as Redshift folds them. DISTSTYLE KEY needs a DISTKEY, of which there is one at most. DISTKEY and SORTKEY \
         stand behind a column or among the clauses.",
    ),
    (
        "IMPORT TABLES",
        "The columns of the answer are table, verdict (`new`, `changed` or `gone`) and differs; tables that are the same are \
         counted in a notice. A table that is gone stays in the catalog. A table with something in it that redwire has no word \
         for is left out, and a warning names it. The session takes a slot, for which it waits as `--wait` says. The exit \
         status is 3 where the connection cannot be made or is lost; then nothing is changed. With `--dry-run` nothing is \
         read. [The guide](guide.md#importing-tables) says what is read and what is kept.",
    ),
    (
        "CREATE JOB",
        "[Its options](#options-of-a-job). The query is checked as Redshift would read it; every table in it is written with \
         three parts, and all of them are on the connection of the target. Jobs are defined, checked, listed, altered and \
         dropped here; running them comes with a later version, so there is no RUN in the language yet.",
    ),
];

/// True for statements that need a server: their examples cannot run everywhere.
fn opens_sessions(statement: &StatementSyntax) -> bool {
    statement.name.starts_with("TEST ") || statement.name == "IMPORT TABLES"
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
        ["comment", "`-- to the end of the line` and `/* … */`, which may be nested"],
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
