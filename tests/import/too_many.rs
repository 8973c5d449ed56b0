//! A warehouse with more tables than any has.

use super::Stage;
use crate::support::postgres::TRUSTED_USER;
use crate::warehouse::adversary::{Act, Adversary, message};

/// The most that are read.
const LIMIT: u32 = 200_000;

/// A row of these texts, or the names of the columns with the type TEXT.
fn fields(tag: u8, texts: &[&str]) -> Vec<u8> {
    let mut body = u16::try_from(texts.len()).expect("few").to_be_bytes().to_vec();
    for text in texts {
        if tag == b'T' {
            body.extend(text.as_bytes());
            body.extend(b"\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0");
        } else {
            body.extend(u32::try_from(text.len()).expect("short").to_be_bytes());
            body.extend(text.as_bytes());
        }
    }
    message(tag, &body)
}

/// Ends an answer inside of a transaction.
fn end() -> Vec<u8> {
    [message(b'C', b"SELECT\0"), message(b'Z', b"T")].concat()
}

/// The answers of a server with that many tables, up to the query for tables.
fn answers(tables: u32) -> Vec<Act> {
    let mut names = fields(b'T', &["nspname", "relname", "description"]);
    for table in 0..tables {
        names.extend(fields(b'D', &["public", &format!("t{table}"), ""]));
    }
    let views = [fields(b'T', &["count"]), fields(b'D', &["0"]), end()].concat();
    let login = [message(b'R', b"\0\0\0\0"), message(b'Z', b"I")].concat();
    let mut acts = vec![Act::HearFirst, Act::Send(login)];
    for answer in [end(), views, [names, end()].concat()] {
        acts.extend([Act::Hear, Act::Send(answer)]);
    }
    acts
}

#[test]
fn more_tables_than_a_warehouse_can_have_end_the_import_and_change_nothing() {
    let server = Adversary::playing([answers(LIMIT + 1), vec![Act::Silence]].concat());
    let url = server.url("?ssl=false");
    let stage = Stage::new(server, &url, TRUSTED_USER);
    let done = stage.script("IMPORT TABLES FROM sales;").status(1);
    done.err_has("54000").err_has("LIKE");
    assert_eq!(stage.tables(), "");
}

#[test]
fn as_many_tables_as_a_warehouse_can_have_are_read() {
    let mut acts = answers(LIMIT);
    // Columns, their properties, and constraints: there are none.
    for names in [&["a"; 6][..], &["a"; 8], &["a"; 6]] {
        acts.extend([Act::Hear, Act::Send([fields(b'T', names), end()].concat())]);
    }
    acts.extend([Act::Hear, Act::Send(end()), Act::Silence]);
    let server = Adversary::playing(acts);
    let url = server.url("?ssl=false");
    let stage = Stage::new(server, &url, TRUSTED_USER);
    // None has a column, as the user may see none.
    let done = stage.script("IMPORT TABLES FROM sales;").status(0);
    done.err_has(&format!("read {LIMIT} tables: 0 new, 0 changed, 0 the same, {LIMIT} left out"));
}
