//! `\ps`, `\locks`, `\queue` and `\errors`: what a warehouse does; and `\kill`.

use super::StatementError;
use super::list::{Objects, texts};
use crate::error::{CommandError, Error};
use crate::executor::{Notice, Origin};
use crate::render::one_line;
use crate::shell::{Flow, Input, Shell};
use crate::sqlstate::SqlState;
use crate::warehouse::views::{Activity, ActivityViews, QUERIES};

impl Shell {
    /// Shows what the warehouse does.
    pub(in crate::shell) fn show_activity(
        &mut self,
        activity: &Activity,
        limit: u32,
        input: &Input,
    ) -> Flow {
        self.ask_warehouse(input, |objects| objects.activity(activity, limit))
    }

    /// Cancels the query of a process.
    pub(in crate::shell) fn kill(&mut self, process: u32, input: &Input) -> Flow {
        let asks = input.origin == Origin::Prompt;
        self.ask_warehouse(input, |objects| objects.kill(process, asks))
    }
}

/// The number of characters of a query in the question of `\kill`.
const MAX_SHOWN: usize = 60;

impl Objects<'_> {
    fn activity(&mut self, activity: &Activity, limit: u32) -> Result<(), StatementError> {
        let views = self.activity_views()?;
        let Some(sql) = activity.sql(views, self.own_process()?, limit) else {
            let message = format!("PostgreSQL has nothing that {} could list", activity.command);
            let error = CommandError::new(message).with_state(SqlState::NotSupported);
            return Err(Error::new(error).into());
        };
        self.show(&sql, false).map(drop)
    }

    fn kill(&mut self, process: u32, asks: bool) -> Result<(), StatementError> {
        if asks {
            let query = self.query_of(process)?;
            let question = format!("Cancel the query of process {process}{query}? (y/N) ");
            if !self.executor.confirm(&question)? {
                self.output.notice(&Notice::new("the query was not cancelled"));
                return Ok(());
            }
        }
        let sql = format!("SELECT pg_catalog.pg_cancel_backend({process})");
        let answers = self.collect(&sql, texts)?;
        // Redshift's function returns nothing that says if there was a query.
        let is_refused = answers.first().is_some_and(|row| row.first() == Some(&Some("f".into())));
        if is_refused {
            let message = format!("there is no process {process}");
            let error = CommandError::new(message).with_state(SqlState::UndefinedObject);
            return Err(Error::new(error.with_hint("\\ps lists the queries")).into());
        }
        self.output
            .notice(&Notice::new(format!("asked process {process} to cancel its query")));
        Ok(())
    }

    /// The user and the query of a process, for a question; empty if it runs none.
    fn query_of(&mut self, process: u32) -> Result<String, StatementError> {
        let views = self.activity_views()?;
        let Some(sql) = QUERIES.sql(views, self.own_process()?, 0) else {
            return Ok(String::new());
        };
        let rows = self.collect(&sql, texts)?;
        let process = Some(process.to_string());
        let row = rows.iter().find(|row| row.first() == Some(&process));
        let cell = |name: &str| {
            let index = QUERIES.columns.iter().position(|column| column.name == name)?;
            row?.get(index)?.clone()
        };
        let (Some(user), Some(text)) = (cell("user"), cell("text")) else {
            return Ok(String::new());
        };
        let shown: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown: String = shown.chars().take(MAX_SHOWN).collect();
        Ok(format!(" ({}: {})", one_line(&user), one_line(&shown)))
    }

    /// The session's process; 0, which no process has, if the server does not say.
    fn own_process(&mut self) -> Result<i32, StatementError> {
        let rows = self.collect("SELECT pg_catalog.pg_backend_pid()", texts)?;
        let process = rows.into_iter().flatten().flatten().next();
        Ok(process.and_then(|process| process.parse().ok()).unwrap_or(0))
    }

    fn activity_views(&mut self) -> Result<ActivityViews, Error> {
        if let Some(views) = self.warehouse.activity_views {
            return Ok(views);
        }
        let open = self.warehouse.ready(self.executor, self.output)?;
        let _orderly = self.executor.signals().defer();
        let cancel = self.executor.cancel();
        let views = ActivityViews::detect(open.session(), &cancel).map_err(Error::new)?;
        Ok(*self.warehouse.activity_views.insert(views))
    }
}
