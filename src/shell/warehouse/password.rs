//! `\password`: a new password for a user of the warehouse, whose server gets its hash alone.

use postgres_protocol::password::md5;
use secrecy::ExposeSecret;

use super::list::{Objects, texts};
use super::{Confirmation, StatementError};
use crate::definition::PasswordKeeper;
use crate::error::{CommandError, Error, ErrorKind, PasswordError};
use crate::executor::Notice;
use crate::shell::{Flow, Input, Shell};
use crate::sql::mask::Echo;
use crate::warehouse::quote_identifier;

impl Shell {
    /// Asks for the new password of a user, or of the session's own user, and changes it.
    pub(in crate::shell) fn change_password(&mut self, user: Option<&str>, input: &Input) -> Flow {
        self.output.flush_error();
        self.ask_warehouse(input, |objects| objects.change_password(user))
    }
}

impl Objects<'_> {
    /// Redshift and PostgreSQL take the hash of a password in its place (AWS documentation, CREATE
    /// USER), so that no log of theirs has the password itself.
    fn change_password(&mut self, user: Option<&str>) -> Result<(), StatementError> {
        let own = self.collect("SELECT current_user", texts)?;
        let own = own.into_iter().flatten().flatten().next().unwrap_or_default();
        let user = user.unwrap_or(&own);
        let password = self.executor.new_password(user).map_err(|error| {
            let asked =
                !matches!(error.kind(), ErrorKind::Password(PasswordError::NoTerminal { .. }));
            if asked {
                return error;
            }
            Error::new(CommandError::new("\\password asks at a terminal, and there is none"))
        })?;
        let hash = md5(password.expose_secret().as_bytes(), user);
        let sql = format!("ALTER USER {} PASSWORD '{hash}'", quote_identifier(user));
        let echo = Echo::new(&sql, false);
        self.warehouse.run(self.executor, self.output, &echo, Confirmation::Given)?;
        let open = self.warehouse.ready(self.executor, self.output)?;
        if user == own && open.destination().keeper == PasswordKeeper::Store {
            let connection = open.destination().name.shown();
            self.output.notice(&Notice::new(format!(
                "redwire still keeps the old password: \\disconnect, then ALTER \
                 CONNECTION {connection} SET PASSWORD = PROMPT; keeps the new one"
            )));
        }
        Ok(())
    }
}
