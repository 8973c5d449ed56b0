//! The quality of completion on a warehouse: after three letters of a name, the name is among the
//! first five candidates.
//!
//! In tests/completion, `tables.txt` has a table and its columns on each line, and `queries.sql`
//! statements with marks around 200 names that were drawn by lot: 30 of the TPC-DS queries (as
//! databricks/spark-sql-perf has them, Apache License 2.0), and 12 statements of a web shop.
//! Statements are completed in order, with those before them as the history. `ask_pgcli.py` asks
//! pgcli for the same names.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::super::{Entry, Names, Uses, complete};
use crate::executor::{NameRange, NameScope, WarehouseNames};
use crate::shell::Target;

/// The number of letters that are typed.
const LETTERS: usize = 3;

/// The number of candidates that are looked at.
const FIRST: usize = 5;

/// The least number of names, of 200.
const LEAST: usize = 180;

const QUERIES: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/completion/queries.sql"));

struct Known {
    names: Arc<WarehouseNames>,
    uses: Rc<Uses>,
}

impl Names for Known {
    fn catalog(&mut self, _scope: NameScope<'_>, _prefix: &str) -> NameRange {
        NameRange::default()
    }

    fn warehouse(&mut self) -> Arc<WarehouseNames> {
        Arc::clone(&self.names)
    }

    fn uses(&mut self) -> Rc<Uses> {
        Rc::clone(&self.uses)
    }

    fn entries(&mut self, _folder: &Path) -> Vec<Entry> {
        Vec::new()
    }
}

fn known() -> Known {
    let mut names = WarehouseNames::default();
    names.set_search_path(vec!["public".to_owned()]);
    for line in
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/completion/tables.txt")).lines()
    {
        let (table, columns) = line.split_once(' ').unwrap();
        names.add_table("public", table).unwrap();
        for column in columns.split(' ') {
            names.add_column("public", table, column).unwrap();
        }
    }
    Known {
        names: Arc::new(names),
        uses: Rc::default(),
    }
}

/// The statement up to the third letter of a name and behind the name, and the name.
struct Position {
    before: String,
    behind: String,
    name: String,
}

fn positions(marked: &str) -> Vec<Position> {
    let plain = |text: &str| text.replace(['⟦', '⟧'], "");
    let spots = marked.match_indices('⟦').map(|(start, mark)| {
        let (name, behind) = marked[start + mark.len()..].split_once('⟧').unwrap();
        Position {
            before: plain(&marked[..start]) + &name[..LETTERS],
            behind: plain(behind),
            name: name.to_lowercase(),
        }
    });
    spots.collect()
}

#[test]
fn after_three_letters_the_name_is_among_the_first_candidates() {
    let target = Target::warehouse_of_tests();
    let mut names = known();
    let (mut found, mut missed) = (0, Vec::new());
    for marked in QUERIES.split_inclusive(";\n") {
        for position in positions(marked) {
            let text = format!("{}{}", position.before, position.behind);
            let completion = complete(&text, position.before.len(), &target, &mut names);
            let candidates: Vec<String> =
                completion.candidates.into_iter().map(|candidate| candidate.text).collect();
            let is_name = |text: &String| {
                text.trim_end_matches([' ', '(', '.', ')']).eq_ignore_ascii_case(&position.name)
            };
            if candidates.iter().take(FIRST).any(is_name) {
                found += 1;
            } else {
                let rank = candidates.iter().position(is_name);
                let end = position.before.len();
                let before =
                    &position.before[position.before.floor_char_boundary(end.saturating_sub(40))..];
                missed.push(format!("{} at {rank:?} after {before:?}", position.name));
            }
        }
        Rc::make_mut(&mut names.uses).count(&marked.replace(['⟦', '⟧'], ""), target.dialect());
    }
    assert_eq!(found + missed.len(), 200);
    assert!(found >= LEAST, "{found} of 200:\n{}", missed.join("\n"));
}
