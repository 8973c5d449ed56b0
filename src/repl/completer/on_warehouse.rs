//! At the prompt of a warehouse: backslash commands.

use super::{Completion, Names, command};
use crate::shell::Target;
use crate::sql::splitter::PieceKind;

/// `before` is the statement or command up to the cursor.
pub(super) fn complete(kind: PieceKind, before: &str, target: &Target, names: &mut dyn Names) -> Completion {
    match kind {
        PieceKind::Command => command::complete(before, target, names),
        // redwire's own statements do not run there.
        PieceKind::Statement => Completion::default(),
    }
}
