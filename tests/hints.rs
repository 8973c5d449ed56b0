//! The hints of the golden files: each that is a statement or a command works where it stands.

use std::path::Path;

use redwire::sql::splitter::{Dialect, PieceKind, Splitter};

use crate::bad_input;
use crate::support::home::Home;

/// The golden files whose scripts need nothing but a catalog.
const SCRIPTS: [&str; 15] = [
    "alter",
    "bad_input",
    "create",
    "drop",
    "job_errors",
    "jobs",
    "renames",
    "runs",
    "schedules",
    "select",
    "show",
    "table_errors",
    "tables",
    "transactions",
    "usages",
];

/// The words with which a statement in a hint begins.
const STARTS: [&str; 11] = [
    "\\",
    "ALTER ",
    "BEGIN",
    "COMMIT",
    "CREATE ",
    "DESCRIBE ",
    "DROP ",
    "ROLLBACK",
    "SELECT ",
    "SHOW ",
    "TEST ",
];

/// The text behind a statement in a hint.
const ENDS: [&str; 15] = [
    " lists", " ends", " opens", " removes", " shows", " changes", " first", " goes", " takes",
    " and ", " or ", " before", ", ", ": ", "; ",
];

/// The part of a hint that a user types; None if there is none.
pub fn typed(hint: &str) -> Option<String> {
    if hint.contains("; -- or") {
        return Some(hint.to_owned());
    }
    let begins = |at: usize| at == 0 || hint[..at].ends_with(' ');
    let starts = STARTS.iter().flat_map(|start| hint.match_indices(start));
    let start = starts.map(|(at, _)| at).filter(|at| begins(*at)).min()?;
    let rest = &hint[start..];
    let end = ENDS.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
    let text = &rest[..end];
    let text = text.strip_suffix('?').filter(|text| *text != "\\").unwrap_or(text);
    if text.contains(['…', '(']) || ["\\connect NAME", "\\expect"].contains(&text) {
        return None;
    }
    let end = if text.starts_with('\\') { "\n" } else { ";\n" };
    Some(format!("{text}{end}"))
}

/// The script up to its statement of this number.
fn up_to(script: &str, number: usize) -> String {
    let mut splitter = Splitter::new(Dialect::Catalog);
    splitter.push(script);
    let (mut text, mut count) = (String::new(), 0);
    while count < number {
        let Some(piece) = splitter.next_piece() else { break };
        let (piece, kind) = match piece {
            Ok(piece) => (piece.text.to_owned(), piece.kind),
            Err(broken) => (broken.text.to_owned(), PieceKind::Statement),
        };
        count += usize::from(kind == PieceKind::Statement);
        text.extend([&piece, "\n"]);
    }
    text
}

/// A home as the golden script of this name has it at its beginning.
fn home_of(name: &str) -> Home {
    if name != "bad_input" && name != "table_errors" {
        return Home::new();
    }
    let home = bad_input::home_with_connection();
    if name == "table_errors" {
        let tables = "CREATE TABLE was.public.orders (a int); CREATE TABLE was.public.copy ();";
        home.redwire(ARGUMENTS).args(["-c", tables]).run().status(0);
    }
    home
}

const ARGUMENTS: [&str; 4] = ["--secret-store", "memory", "--catalog", "catalog.db"];

#[test]
fn a_hint_that_is_a_statement_works_where_it_stands() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut count = 0;
    for name in SCRIPTS {
        let read = |end| std::fs::read_to_string(folder.join(format!("{name}.{end}"))).unwrap();
        let (script, said) = (read("sql"), read("out"));
        let mut tried = Vec::new();
        let lines: Vec<&str> = said.lines().collect();
        for pair in lines.windows(2) {
            let Some(text) = pair[0].strip_prefix("hint: ").and_then(typed) else {
                continue;
            };
            let Some((_, number)) = pair[1].rsplit_once("statement ") else {
                continue;
            };
            if tried.contains(&text) {
                continue;
            }
            let home = home_of(name);
            home.write("before.sql", up_to(&script, number.parse().unwrap()));
            home.write("hint.sql", &text);
            let script = ["--on-error", "continue", "-f", "before.sql", "-f", "hint.sql"];
            let done = home.redwire(ARGUMENTS.iter().chain(&script)).run();
            // The beginning of a statement, or one that waits for the end of a failed transaction.
            let is_expected = ["syntax error at end of input", "25P02"]
                .iter()
                .any(|reason| done.err.contains(reason));
            let failed = done.err.contains("at hint.sql:") && !is_expected;
            assert!(!failed, "{name}, statement {number}: {text}{}", done.err);
            tried.push(text);
            count += 1;
        }
    }
    assert!(count > 30, "{count} hints were found");
}
