//! `\d`, `\dt`, `\dn` and `\l`: what a warehouse has.

use super::{Trouble, Warehouse};
use crate::error::{Error, ErrorKind, ImportError};
use crate::name::Identifier;
use crate::shell::{Flow, Input, Shell, Target};
use crate::sql::mask::Echo;
use crate::warehouse::views::{Listing, Views};
use crate::warehouse::{WarehouseError, quote_literal};

fn not_there(schema: Option<&str>, table: &str) -> ErrorKind {
    let parts = schema.into_iter().chain([table]);
    let quoted: Vec<String> = parts.map(|part| Identifier(part).to_string()).collect();
    ErrorKind::Import(ImportError::NoSuchTable { table: quoted.join(".") })
}

impl Shell {
    /// Shows what the warehouse has of something.
    pub(in crate::shell) fn list(&mut self, listing: &Listing, input: &Input) -> Flow {
        let asked = self.find_views().and_then(|views| {
            let conforming =
                matches!(self.target(), Target::Warehouse { backslash_escapes: false, .. });
            let sql = listing.sql(views, |text| quote_literal(text, conforming));
            match listing {
                Listing::Databases | Listing::Schemas | Listing::Tables(_) => {
                    self.ask_warehouse(&sql)
                }
                Listing::Columns(schema, table) => {
                    match self.ask_for_rows(&Echo::new(&sql, false), true)? {
                        0 => Err(Error::new(not_there(schema.as_deref(), table)).into()),
                        _ => Ok(()),
                    }
                }
            }
        });
        let flow = match asked {
            Ok(()) => Flow::Go,
            Err(Trouble::Failed(error)) => self.fail_command(Error::new(error.kind().clone())),
            Err(Trouble::Output(error)) => self.output_failed(&error),
        };
        self.after_lost_session(flow, input)
    }

    fn find_views(&mut self) -> Result<Views, Trouble> {
        let Some(mut warehouse) = self.warehouse.take() else {
            return Ok(Views::PostgreSql);
        };
        let found = self.find_views_of(&mut warehouse);
        self.warehouse = Some(warehouse);
        found
    }

    fn find_views_of(&mut self, warehouse: &mut Warehouse) -> Result<Views, Trouble> {
        if let Some(views) = warehouse.views {
            return Ok(views);
        }
        self.make_ready(warehouse)?;
        let _orderly = self.executor.signals().defer();
        let asked = match &mut warehouse.open {
            Some(open) => Views::of(open.session(), &self.executor.cancel()),
            None => Err(WarehouseError::Gone),
        };
        let views = asked.map_err(Error::new)?;
        Ok(*warehouse.views.insert(views))
    }
}
