//! `\gdesc`: the columns of a statement's result, without running it.

use super::list::{Objects, texts};
use super::{StatementError, check, located};
use crate::error::Error;
use crate::executor::{Answer, Outcome};
use crate::shell::{Flow, Input, Shell};
use crate::sql::mask::Echo;
use crate::sql::splitter::Piece;
use crate::sql::variable::Interpolated;
use crate::value::{ResultSet, Value};

/// The words of psql.
const NO_RESULT: &str = "The command has no result, or the result has no columns.\n";

impl Shell {
    /// Shows the columns of the result that a statement would have.
    pub(in crate::shell) fn describe_result(
        &mut self,
        piece: &Piece<'_>,
        sent: &Interpolated,
        input: &Input,
    ) -> Flow {
        let dialect = self.target().dialect();
        let single_transaction = self.options.single_transaction;
        let described = self.check_place("\\gdesc").map_err(Error::new);
        let described = described
            .and_then(|()| check(&sent.text, dialect, input, single_transaction))
            .map_err(StatementError::Failed)
            .and_then(|()| self.columns_of_result(piece, sent))
            .map_err(|error| error.map(|error| error.map_span(&|span| sent.typed(span))));
        let flow = match described {
            Ok(columns) if columns.rows.is_empty() => self.show_no_columns(),
            Ok(columns) => {
                self.variables.state_success(columns.rows.len() as u64);
                let answer = Some(Answer::Rows(columns));
                self.settle(Ok(Outcome { answer, ..Outcome::default() }), piece, input)
            }
            Err(StatementError::Failed(error)) => {
                self.variables.state_error(&error);
                self.settle(Err(error), piece, input)
            }
            Err(StatementError::Output(error)) => self.output_failed(&error),
        };
        self.after_lost_session(flow, input)
    }

    /// Says that there are no columns, of a command or because there is no statement.
    pub(in crate::shell) fn show_no_columns(&mut self) -> Flow {
        self.variables.state_success(0);
        let written = self.output.print_as_result(NO_RESULT);
        self.flow_after(written)
    }

    fn columns_of_result(
        &mut self,
        piece: &Piece<'_>,
        sent: &Interpolated,
    ) -> Result<ResultSet, StatementError> {
        let mut columns = ResultSet::with_columns(["Column", "Type"]);
        if let Some(warehouse) = &mut self.warehouse {
            let mut objects = Objects {
                warehouse,
                executor: &mut self.executor,
                output: &mut self.output,
            };
            let echo = Echo::new(&sent.text, piece.follows_secret);
            columns.rows = objects.columns_of_result(&echo)?;
        }
        Ok(columns)
    }
}

impl Objects<'_> {
    /// The names and the types. The server names the types, all in one row: Redshift has no VALUES
    /// in FROM, as psql would ask.
    fn columns_of_result(&mut self, echo: &Echo<'_>) -> Result<Vec<Vec<Value>>, StatementError> {
        let open = self.warehouse.ready(self.executor, self.output)?;
        let orderly = self.executor.signals().defer();
        let described = open.session().describe(echo, &self.executor.cancel());
        drop(orderly);
        let columns = described.map_err(|error| located(error, echo.statement()))?;
        if columns.is_empty() {
            return Ok(Vec::new());
        }
        let types = columns.iter().map(|column| {
            format!("pg_catalog.format_type({}, {})", column.type_oid, column.type_modifier)
        });
        let sql = format!("SELECT {}", types.collect::<Vec<_>>().join(", "));
        let types = self.collect(&sql, texts)?.into_iter().flatten().map(Value::optional_text);
        let names = columns.into_iter().map(|column| Value::Text(column.name.into()));
        Ok(names.zip(types).map(|(name, data_type)| vec![name, data_type]).collect())
    }
}
