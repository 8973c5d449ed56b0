//! The names of a warehouse for completion: the time of each fetch, and the changes by the user
//! since.
//!
//! Names are fetched when a session is opened at the prompt, and again after a statement that
//! changes them. If a fetch fails, a Tab asks for another one, which starts before the next line is
//! read: so a Tab never waits and never opens the secret store.

use std::sync::Arc;

use super::Warehouse;
use super::statement::NameChange;
use crate::executor::{Credentials, Executor, NameFetch, TransactionState, WarehouseNames, free};
use crate::shell::Shell;
use crate::warehouse::views::names::search_path;

/// The names of a warehouse known so far.
#[derive(Default)]
pub(super) struct KnownNames {
    names: Arc<WarehouseNames>,
    fetch: Option<NameFetch>,
    /// False if names are missing or out of date.
    is_current: bool,
    /// True if another fetch is due.
    is_asked: bool,
    /// The search path that the user has set in the session.
    path: Option<Vec<String>>,
}

impl KnownNames {
    /// Starts a fetch for a newly opened session, if names are missing.
    pub fn begin(&mut self, executor: &mut Executor, credentials: Credentials) {
        // Settings of another session do not apply to this one.
        self.is_current &= self.path.take().is_none();
        self.receive();
        if !self.is_current && self.fetch.is_none() {
            let fetch = executor.fetch_names(credentials);
            self.start(fetch);
        }
    }

    /// Marks the names as out of date.
    pub fn want(&mut self) {
        self.is_current = false;
        self.is_asked = true;
    }

    fn start(&mut self, fetch: Option<NameFetch>) {
        self.is_asked = false;
        self.is_current = fetch.is_some();
        self.fetch = fetch;
    }

    /// Takes over the names fetched so far.
    fn receive(&mut self) {
        let Some(fetch) = &mut self.fetch else { return };
        let newest = fetch.names();
        let is_over = fetch.is_over();
        if let Some(mut names) = newest {
            if let Some(path) = &self.path {
                names.set_search_path(path.clone());
            }
            free(std::mem::replace(&mut self.names, Arc::new(names)));
        }
        if is_over {
            self.fetch = None;
            self.is_current &= !self.names.is_empty();
        }
    }

    fn set_path(&mut self, path: Vec<String>) {
        Arc::make_mut(&mut self.names).set_search_path(path.clone());
        self.path = Some(path);
    }
}

impl Warehouse {
    /// Starts another fetch if one is due.
    fn fetch_names(&mut self, executor: &mut Executor) {
        self.names.receive();
        // Changes in an open transaction are not visible to another session.
        if self.completes
            && !self.names.is_current
            && self.names.is_asked
            && self.names.fetch.is_none()
            && self.transaction() == TransactionState::None
        {
            let fetch = executor.fetch_names_of(&self.name);
            self.names.start(fetch);
        }
    }

    /// Updates the state of the names after a statement.
    pub fn note_names(&mut self, text: &str) {
        match NameChange::from_text(text) {
            Some(NameChange::Names) => self.names.want(),
            Some(NameChange::SearchPath(path)) => {
                let user = self.open.as_ref().and_then(|open| open.destination().user.as_deref());
                let path = search_path(path, user.unwrap_or_default());
                self.names.set_path(path);
            }
            Some(NameChange::DefaultSearchPath) => {
                self.names.path = None;
                self.names.want();
            }
            None => {}
        }
    }
}

impl Shell {
    /// Starts another fetch if one is due. The prompt calls this before it reads a line.
    pub fn fetch_names(&mut self) {
        if let Some(warehouse) = &mut self.warehouse {
            warehouse.fetch_names(&mut self.executor);
        }
    }

    /// The names of the connected warehouse fetched so far; if some are missing, another fetch
    /// becomes due.
    pub fn warehouse_names(&mut self) -> Arc<WarehouseNames> {
        let Some(warehouse) = &mut self.warehouse else {
            return Arc::default();
        };
        let names = &mut warehouse.names;
        names.receive();
        names.is_asked |= !names.is_current;
        Arc::clone(&names.names)
    }
}
