//! The statements of a run as a script, for a dry run.

use std::fmt::Write as _;

use super::engine::JobSession;
use super::statements::Claim;
use super::{RunError, Window};

impl JobSession<'_> {
    /// The statements of the window's run. Types of columns are those of a stage without rows.
    pub fn script(&mut self, window: Window) -> Result<String, RunError> {
        let columns = self.positions(window)?;
        let mut before: Vec<String> = std::mem::take(&mut self.unmade);
        let (mapped, made) = match self.planned.take() {
            Some(mapped) => (mapped, Vec::new()),
            None => {
                if self.statements.mapping().is_some() {
                    self.ask_of_user(&self.statements.empty_stage(window, columns.as_deref()))?;
                }
                let plan = self.plan_target()?;
                (plan.mapped, plan.statements)
            }
        };
        before.push(self.stage_statements(window, columns.as_deref()).sql);
        let claim = Claim { window, run_id: "RUN", staged: 0 };
        let (write, _) = self.statements.write(&self.ledger, claim, &mapped);
        let writes = [self.ledger.lock(), write.sql];
        let mut script = String::new();
        for statement in before.into_iter().chain(made).chain(writes) {
            let _ = writeln!(script, "{statement};");
        }
        self.planned = Some(mapped);
        Ok(script)
    }
}
