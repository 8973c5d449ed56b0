//! The target of statements, and everything that depends on it: the dialect, the commands, the
//! masking.

use super::Shell;
use super::command_table::{self, COMMANDS, CommandSpec, Workplace};
use crate::definition::TerminalColor;
use crate::executor::TransactionState;
use crate::name::ConnectionName;
use crate::render::one_line;
use crate::sql::splitter::Dialect;

/// The target of statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The catalog, for redwire's own statements.
    Catalog,
    /// A warehouse, which receives statements unchanged.
    Warehouse {
        /// The connection.
        connection: ConnectionName,
        /// True if a backslash is an escape in ordinary strings of the server.
        backslash_escapes: bool,
    },
}

impl Target {
    /// A warehouse with standard-conforming strings.
    #[cfg(test)]
    pub(crate) fn warehouse_of_tests() -> Self {
        Self::Warehouse {
            connection: ConnectionName::new("sales").unwrap(),
            backslash_escapes: false,
        }
    }

    /// The dialect of its statements.
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Catalog => Dialect::Catalog,
            Self::Warehouse { backslash_escapes, .. } => {
                Dialect::Warehouse { backslash_escapes: *backslash_escapes }
            }
        }
    }

    /// True if a backslash is an escape in its literals.
    pub(super) fn backslash_escapes(&self) -> bool {
        match self {
            Self::Catalog => false,
            Self::Warehouse { backslash_escapes, .. } => *backslash_escapes,
        }
    }

    /// The target's name in the prompt, in printable characters.
    pub fn label(&self) -> String {
        match self {
            Self::Catalog => "redwire".to_owned(),
            Self::Warehouse { connection, .. } => one_line(connection.as_str()).into_owned(),
        }
    }

    /// The backslash commands that work on it.
    pub fn commands(&self) -> impl Iterator<Item = &'static CommandSpec> + use<> {
        let elsewhere = self.elsewhere();
        COMMANDS.iter().filter(move |command| command.place != elsewhere)
    }

    /// The backslash command with this name, if it works on the target.
    pub fn command(&self, name: &str) -> Option<&'static CommandSpec> {
        command_table::find(name).filter(|command| self.has(command.place))
    }

    /// True if this is one of the targets of the place.
    pub(super) fn has(&self, place: Workplace) -> bool {
        place != self.elsewhere()
    }

    fn elsewhere(&self) -> Workplace {
        match self {
            Self::Catalog => Workplace::Warehouse,
            Self::Warehouse { .. } => Workplace::Catalog,
        }
    }
}

impl Shell {
    /// The current target.
    pub fn target(&self) -> Target {
        match &self.warehouse {
            Some(warehouse) => warehouse.target(),
            None => Target::Catalog,
        }
    }

    /// The colour of the connected warehouse.
    pub fn color(&self) -> Option<TerminalColor> {
        self.warehouse.as_ref().and_then(|warehouse| warehouse.color)
    }

    /// The state of the target's transaction.
    pub fn transaction(&mut self) -> TransactionState {
        match &mut self.warehouse {
            Some(warehouse) => warehouse.transaction(),
            None => self.executor.transaction(),
        }
    }
}
