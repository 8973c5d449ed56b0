//! The names of a warehouse, for completion: when they are fetched, and what the user has changed
//! since.
//!
//! They are fetched when a session is opened at a prompt, and again behind a statement that changes
//! them. Where that does not work, a Tab wishes for another try, and the try is made before the
//! next line is read: a Tab waits for nothing, and asks no secret store.

use std::sync::Arc;

use super::Warehouse;
use super::statement::NameChange;
use crate::executor::{Credentials, Executor, NameFetch, TransactionState, WarehouseNames, free};
use crate::shell::Shell;
use crate::warehouse::views::names::search_path;

/// What is known of the names of a warehouse.
pub(super) struct KnownNames {
    names: Arc<WarehouseNames>,
    fetch: Option<NameFetch>,
    /// True if they are missing, or out of date.
    is_wanted: bool,
    /// True if it is time for another try.
    is_asked: bool,
    /// The search path that the user has set in the session.
    path: Option<Vec<String>>,
}

impl Default for KnownNames {
    fn default() -> Self {
        Self {
            names: Arc::default(),
            fetch: None,
            is_wanted: true,
            is_asked: false,
            path: None,
        }
    }
}

impl KnownNames {
    /// Fetches names for a session that was opened, if some are missing.
    pub fn begin(&mut self, executor: &mut Executor, credentials: Credentials) {
        // What was set in another session is not set in this one.
        self.is_wanted |= self.path.take().is_some();
        self.receive();
        if self.is_wanted && self.fetch.is_none() {
            let fetch = executor.fetch_names(credentials);
            self.start(fetch);
        }
    }

    /// They are to be fetched again.
    pub fn want(&mut self) {
        self.is_wanted = true;
        self.is_asked = true;
    }

    fn start(&mut self, fetch: Option<NameFetch>) {
        self.is_asked = false;
        self.is_wanted = fetch.is_none();
        self.fetch = fetch;
    }

    /// Takes what the fetch has brought.
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
            self.is_wanted |= self.names.is_empty();
        }
    }

    fn set_path(&mut self, path: Vec<String>) {
        Arc::make_mut(&mut self.names).set_search_path(path.clone());
        self.path = Some(path);
    }
}

impl Warehouse {
    /// Fetches the names again where that is wished for.
    fn fetch_names(&mut self, executor: &mut Executor) {
        self.names.receive();
        // Nobody else sees what an open transaction has changed.
        if self.completes
            && self.names.is_wanted
            && self.names.is_asked
            && self.names.fetch.is_none()
            && self.transaction() == TransactionState::None
        {
            let fetch = executor.fetch_names_of(&self.name);
            self.names.start(fetch);
        }
    }

    /// Notes what a statement that has run means for the names.
    pub fn note_names(&mut self, text: &str) {
        match NameChange::of(text) {
            Some(NameChange::Names) => self.names.want(),
            Some(NameChange::SearchPath(path)) => {
                let user = self.open.as_ref().map_or("", |open| &open.destination().user);
                let path = search_path(path, user);
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
    /// Fetches the names of the warehouse again where that is wished for. The prompt calls it
    /// before it reads a line.
    pub fn fetch_names(&mut self) {
        if let Some(warehouse) = &mut self.warehouse {
            warehouse.fetch_names(&mut self.executor);
        }
    }

    /// The names of the warehouse that is connected, as far as they have come; where some are
    /// missing, this is the wish for them.
    pub fn warehouse_names(&mut self) -> Arc<WarehouseNames> {
        let Some(warehouse) = &mut self.warehouse else {
            return Arc::default();
        };
        let names = &mut warehouse.names;
        names.receive();
        names.is_asked |= names.is_wanted;
        Arc::clone(&names.names)
    }
}
