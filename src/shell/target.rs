//! Where statements go, and all that follows from it: how text is cut, which commands there are,
//! what may be a secret.

use super::Shell;
use super::command_table::{COMMANDS, CommandSpec, Workplace};
use crate::executor::TransactionState;
use crate::name::ConnectionName;
use crate::render::one_line;
use crate::sql;
use crate::sql::splitter::Dialect;

/// Where statements go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To the catalog: they are redwire's own.
    Catalog,
    /// To a warehouse, as they stand.
    Warehouse {
        /// The connection that leads there.
        connection: ConnectionName,
        /// True if a backslash escapes in each of the server's strings.
        backslash_escapes: bool,
    },
}

impl Target {
    /// A warehouse whose strings have no escapes.
    #[cfg(test)]
    pub(crate) fn warehouse_of_tests() -> Self {
        Self::Warehouse {
            connection: ConnectionName::new("sales").unwrap(),
            backslash_escapes: false,
        }
    }

    /// How a text for it is cut.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Catalog => Dialect::Catalog,
            Self::Warehouse { backslash_escapes, .. } => {
                Dialect::Warehouse { backslash_escapes: *backslash_escapes }
            }
        }
    }

    /// What a prompt calls it, in printable characters.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Catalog => "redwire".to_owned(),
            Self::Warehouse { connection, .. } => one_line(connection.as_str()).into_owned(),
        }
    }

    /// The backslash commands that work there.
    pub fn commands(&self) -> impl Iterator<Item = &'static CommandSpec> + use<> {
        let elsewhere = match self {
            Self::Catalog => Workplace::Warehouse,
            Self::Warehouse { .. } => Workplace::Catalog,
        };
        COMMANDS.iter().filter(move |command| command.place != elsewhere)
    }

    /// True if the text is a statement that redwire has and no warehouse does.
    pub(super) fn takes_for_own(&self, text: &str) -> bool {
        matches!(self, Self::Warehouse { .. })
            && sql::parse(text).is_ok_and(|statement| statement.is_redwires_own())
    }
}

impl Shell {
    /// Where statements go now.
    pub fn target(&self) -> Target {
        match &self.warehouse {
            Some(warehouse) => warehouse.target(),
            None => Target::Catalog,
        }
    }

    /// Whether a transaction is open there, or has failed.
    pub fn transaction(&mut self) -> TransactionState {
        match &mut self.warehouse {
            Some(warehouse) => warehouse.transaction(),
            None => self.executor.transaction(),
        }
    }
}
