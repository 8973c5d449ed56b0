//! `\d`, `\dt`, `\dn` and `\l`: the objects of a warehouse.

use super::{StatementError, Warehouse};
use crate::error::{CommandError, Error, ErrorKind, ImportError};
use crate::executor::Executor;
use crate::name::Identifier;
use crate::shell::{Flow, Input, Output, Shell};
use crate::sql::mask::Echo;
use crate::warehouse::quote_literal;
use crate::warehouse::views::{Listing, Views};

fn not_there(schema: Option<&str>, table: &str) -> ErrorKind {
    let parts = schema.into_iter().chain([table]);
    let quoted: Vec<String> = parts.map(|part| Identifier(part).to_string()).collect();
    ErrorKind::Import(ImportError::NoSuchTable { table: quoted.join(".") })
}

/// The words of psql.
fn not_found(name: &str) -> ErrorKind {
    let error = CommandError::new(format!("Did not find any relation named \"{name}\"."));
    error.with_hint("\\dt lists the tables and views, \\dn the schemas").into()
}

impl Shell {
    /// Shows a listing of the warehouse's objects.
    pub(in crate::shell) fn list(&mut self, listing: &Listing, input: &Input) -> Flow {
        let Some(warehouse) = &mut self.warehouse else {
            return Flow::Go;
        };
        let flow = match warehouse.list(&mut self.executor, &mut self.output, listing) {
            Ok(()) => Flow::Go,
            Err(StatementError::Failed(error)) => {
                self.fail_command(Error::new(error.kind().clone()))
            }
            Err(StatementError::Output(error)) => self.output_failed(&error),
        };
        self.after_lost_session(flow, input)
    }
}

impl Warehouse {
    fn list(
        &mut self,
        executor: &mut Executor,
        output: &mut Output,
        listing: &Listing,
    ) -> Result<(), StatementError> {
        let views = self.find_views(executor, output)?;
        let sql = listing.sql(views, |text| quote_literal(text, !self.backslash_escapes));
        let missing = match listing {
            Listing::Databases | Listing::Schemas | Listing::Tables(None) => None,
            Listing::Tables(Some(name)) => Some(not_found(name)),
            Listing::Columns(schema, table) => Some(not_there(schema.as_deref(), table)),
        };
        let count = self.ask(executor, output, &Echo::new(&sql, false), missing.is_some())?;
        match missing {
            Some(missing) if count == 0 => Err(Error::new(missing).into()),
            Some(_) | None => Ok(()),
        }
    }

    fn find_views(&mut self, executor: &mut Executor, output: &mut Output) -> Result<Views, Error> {
        if let Some(views) = self.views {
            return Ok(views);
        }
        let open = self.ready(executor, output)?;
        let _orderly = executor.signals().defer();
        let views = Views::detect(open.session(), &executor.cancel()).map_err(Error::new)?;
        Ok(*self.views.insert(views))
    }
}
