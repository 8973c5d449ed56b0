//! The statements, and how text is read.

use super::page::Page;
use super::{options, types};
use redwire::name::MAX_NAME_BYTES;
use redwire::sql::grammar::{FAMILIES, Item, StatementSyntax};
use redwire::sql::{MAX_NESTING, MAX_STATEMENT_BYTES};

pub(super) fn write(page: &mut Page) {
    page.heading(2, "Statements");
    page.paragraph(
        "Brackets mark what may be left out, `|` a choice, braces what belongs together, dots what \
         may come again. Keywords are taken in any letter case.",
    );
    for family in FAMILIES {
        page.heading(3, family.title);
        page.paragraph(family.about);
        for statement in family.statements {
            page.heading(4, statement.name);
            page.code("text", &statement.synopsis());
            page.paragraph(statement.summary);
            if !statement.items.iter().all(is_plain) {
                let language = if needs_more(statement) { "text" } else { "sql" };
                page.code(language, &format!("{};", statement.examples.join(";\n")));
            }
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
        "[Options](#options-of-a-connection), [URLs](#connection-urls) and [WITH \
         TEST](guide.md#testing).",
    ),
    (
        "IMPORT CONNECTIONS",
        "Without a file the tool's own rule finds it. The columns of the answer are name, endpoint, \
         user_name, verdict (`new`, `same`, `differs` or `left out`) and note. `--dry-run` shows \
         what would come. [The guide](guide.md#connections-from-other-tools) has the files and \
         the names.",
    ),
    (
        "TEST CONNECTION",
        "The stages are url, secret, slot, dns, tcp, tls, login, query (the server's kind) and \
         limit (its sessions). After a stage that fails the rest are `skipped`, and the next \
         connection is tested; the statement fails with the SQLSTATE of the first failure, after \
         its rows. A server that is not Redshift is a warning. The test takes a slot, for which it \
         waits as `--wait` says. `--dry-run` opens nothing. [The guide](guide.md#testing) has WITH \
         TEST and the exit status.",
    ),
    (
        "CREATE TABLE",
        "[Types](#data-types) and [options](#options-of-a-table). A table has at most 1,600 \
         columns. DISTSTYLE KEY needs a DISTKEY, of which there is one at most. DISTKEY and \
         SORTKEY stand behind a column or among the clauses.",
    ),
    (
        "IMPORT TABLES",
        "The columns of the answer are table, verdict (`new`, `changed` or `gone`) and differs; a \
         notice counts the tables that are the same. The session takes a slot, for which it waits \
         as `--wait` says. `--dry-run` reads nothing. [The guide](guide.md#importing-tables) says \
         what is read and what is kept.",
    ),
    (
        "CREATE JOB",
        "[Options](#options-of-a-job). Every table in the query is written with three parts, and one \
         of another database with four: `connection.database.schema.table`. `run_start_time()` and \
         `run_end_time()` are the bounds of the window that runs.",
    ),
    (
        "RUN JOB",
        "The columns of the answer are job, window_start (NULL: from the beginning), window_end, \
         staged (rows of the query), inserted, deleted and took; NULL is a number that the server \
         did not say. UP TO makes one window of all that is missing, and does not wait for \
         RUN_DELAY. Behind a job that fails the others run; the errors of all are shown, those \
         that a repeat does not mend first. RUN JOB cannot stand in a transaction, and takes a slot, for which it waits as `--wait` says. `--dry-run` prints \
         the statements instead. [The guide](guide.md#jobs-that-run) says what a run does.",
    ),
    (
        "REWIND JOB",
        "Rows that later windows wrote stay in the target. The moment is a boundary of the job's \
         windows and over; BEGINNING is START_FROM, with NOW the last full interval.",
    ),
    (
        "TEST JOB",
        "The warehouse EXPLAINs the query of each job, with a window put in, and writes nothing. \
         The columns of the answer are job, result and plan.",
    ),
];

/// True for an item whose syntax says it all: keywords and a name.
fn is_plain(item: &Item) -> bool {
    matches!(item, Item::Word(_) | Item::Name(..))
        || matches!(item, Item::Optional(items) if items.iter().all(is_plain))
        || matches!(item, Item::OneOf(rows) if rows.iter().copied().flatten().all(is_plain))
}

/// True for statements that need a server or a file: their examples cannot run everywhere.
fn needs_more(statement: &StatementSyntax) -> bool {
    statement.name.starts_with("TEST ")
        || ["IMPORT TABLES", "IMPORT CONNECTIONS", "RUN JOB", "REWIND JOB"]
            .contains(&statement.name)
}

fn write_lexical_rules(page: &mut Page) {
    page.heading(2, "How text is read");
    let size = MAX_STATEMENT_BYTES / 1024 / 1024;
    let rows = [
        [
            "name",
            &format!(
                "letters, digits, `_` and `$`, not a digit or `$` first; or anything but control \
                 characters in double quotes, where `\"\"` is one quote. ASCII letters become \
                 lower case, in quotes too. 1 to {MAX_NAME_BYTES} bytes of UTF-8. `system` is \
                 taken; reserved words such as `if` or `table` need the quotes"
            ),
        ],
        [
            "string",
            "`'…'`, in which `''` is one quote and a backslash an ordinary character; line breaks \
             are allowed",
        ],
        ["comment", "`-- to the end of the line` and `/* … */`, which may be nested"],
        [
            "end of a statement",
            "`;`. The last statement may do without, as in `psql`; one that ends inside a quote, a \
             comment or a parenthesis was cut short and is refused",
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
