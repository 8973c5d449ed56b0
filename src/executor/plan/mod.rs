//! `plan` and `apply`: the changes that make the catalog equal to a file of definitions.
//!
//! Both use the list of changes that [`diff`] computes. Everything that needs the user or another
//! store comes before the catalog's transaction begins.

mod apply;
mod describe;
mod diff;
mod passwords;

pub use describe::{DefinitionError, Described};
pub(super) use diff::table_differences;

use diff::{DesiredCatalog, PlannedChange};
use passwords::Passwords;

use super::{Answer, Executor, Notice, Outcome};
use crate::catalog::Contents;
use crate::value::{ResultSet, Value};

/// The detail of an object that is dropped only with `--prune`.
const ONLY_WITH_PRUNE: &str = "only with --prune";

/// The treatment of objects that the file does not describe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prune {
    /// They stay.
    No,
    /// They are dropped.
    Yes,
}

/// The comparison of the file with the catalog.
struct Comparison {
    wanted: DesiredCatalog,
    passwords: Passwords,
    changes: Vec<PlannedChange>,
}

impl Executor {
    /// The changes as rows. Changes nothing, asks nobody, and opens the secret store only if the
    /// file gives a password for a connection that has one. A dry run does not open it at all.
    pub fn plan(
        &mut self,
        described: &[Described],
        prune: Prune,
    ) -> Result<Outcome, DefinitionError> {
        let mut outcome = Outcome::default();
        let compared = self.compare(described, prune, &mut outcome)?;
        if compared.changes.is_empty() {
            let text = "nothing to do: the catalog is what the file describes";
            outcome.notices.push(Notice::new(text));
        }
        outcome.answer = Some(Answer::Rows(rows(&compared.changes, prune)));
        Ok(self.marked(outcome))
    }

    fn compare(
        &mut self,
        described: &[Described],
        prune: Prune,
        outcome: &mut Outcome,
    ) -> Result<Comparison, DefinitionError> {
        let contents = self.catalog.reader().and_then(|db| Ok(db.contents()?))?;
        let (wanted, mut all_notices) = describe::wanted(described, &contents)?;
        self.check_connections(described, &wanted, &contents, prune)?;
        let mut passwords = self.read_passwords(described, outcome)?;
        self.compare_passwords(&mut passwords, described, &contents, outcome)?;
        let changes = changes(&wanted, &contents, &passwords);
        for change in &changes {
            outcome.add_notices(all_notices.remove(&change.object).unwrap_or_default());
        }
        Ok(Comparison { wanted, passwords, changes })
    }
}

fn changes(
    wanted: &DesiredCatalog,
    contents: &Contents,
    passwords: &Passwords,
) -> Vec<PlannedChange> {
    diff::diff(wanted, contents, &passwords.differences(contents))
}

fn rows(changes: &[PlannedChange], prune: Prune) -> ResultSet {
    let mut set = ResultSet::with_columns(["action", "object", "differs"]);
    for change in changes {
        let differs = if change.action == diff::PlanAction::Drop && prune == Prune::No {
            ONLY_WITH_PRUNE.into()
        } else if change.differences.is_empty() {
            Value::Null
        } else {
            let differences: Vec<String> =
                change.differences.iter().map(ToString::to_string).collect();
            differences.join(", ").into()
        };
        let row = vec![change.action.word().into(), change.object.to_string().into(), differs];
        set.rows.push(row);
    }
    set
}
