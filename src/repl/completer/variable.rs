//! Names of variables: behind a colon, and as arguments of commands.

use super::{Candidate, Completion, Names, begins};
use crate::shell::Target;
use crate::sql::splitter::{Dialect, PieceKind};
use crate::sql::variable::unfinished_reference;

/// Completes the reference to a variable that the text before the cursor ends in; None if there is
/// none, or no variable for it.
pub(super) fn complete(
    before: &str,
    behind: &str,
    kind: PieceKind,
    target: &Target,
    names: &mut dyn Names,
) -> Option<Completion> {
    let dialect = match kind {
        PieceKind::Command => Dialect::Catalog,
        PieceKind::Statement => target.dialect(),
    };
    let (start, close) = unfinished_reference(before, dialect)?;
    let close = if behind.starts_with(close) { "" } else { close };
    let candidates = candidates(&before[start..], close, names);
    (!candidates.is_empty()).then_some(Completion { start, candidates })
}

/// The variables that begin with the typed text.
pub(super) fn candidates(typed: &str, after: &str, names: &mut dyn Names) -> Vec<Candidate> {
    let known = names.variables().into_iter().filter(|name| begins(name, typed));
    known.map(|name| Candidate::new(format!("{name}{after}"), name)).collect()
}
