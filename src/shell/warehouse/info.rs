//! `\conninfo`: the session in psql's words, and what redwire knows of the server besides.

use super::{StatementError, Warehouse};
use crate::error::Error;
use crate::executor::Executor;
use crate::render::one_line;
use crate::shell::{Flow, Input, Output, Shell};

impl Shell {
    /// Shows where the session leads.
    pub(in crate::shell) fn show_connection(&mut self, input: &Input) -> Flow {
        let Some(warehouse) = &mut self.warehouse else {
            return Flow::Go;
        };
        let told = warehouse.connection_info(&mut self.executor, &mut self.output);
        let shown = match told {
            Ok(text) => self.output.text(&text).map_err(StatementError::Output),
            Err(error) => Err(error.into()),
        };
        self.settle_command(shown, input)
    }
}

impl Warehouse {
    fn connection_info(
        &mut self,
        executor: &mut Executor,
        output: &mut Output,
    ) -> Result<String, Error> {
        let open = self.ready(executor, output)?;
        let destination = open.destination().clone();
        let endpoint = &destination.endpoint;
        let slot = open.slot();
        let session = open.session();
        let address = session.peer().ip().to_string();
        let at = if endpoint.host == address {
            format!("host \"{address}\"")
        } else {
            format!("host \"{}\" (address \"{address}\")", endpoint.host)
        };
        let mut lines = vec![format!(
            "You are connected to database \"{}\" as user \"{}\" on {at} at port \"{}\".",
            endpoint.database,
            destination.user.as_deref().unwrap_or_default(),
            endpoint.port
        )];
        lines.push(match session.tls() {
            Some((version, cipher)) => {
                format!("SSL connection (protocol: {version}, cipher: {cipher}, compression: off)")
            }
            None => "No SSL: the connection is not encrypted.".to_owned(),
        });
        let version = session.parameter("server_version").unwrap_or("unknown");
        let process = session.process().map_or_else(String::new, |pid| format!(", process {pid}"));
        lines.push(format!("Server version {version}{process}."));
        if endpoint.options.read_only {
            lines.push("The session is read only.".to_owned());
        }
        if let (Some(limit), Some(slot)) = (destination.limit, slot) {
            lines
                .push(format!("Slot {slot} of {limit}, which all sessions of this machine share."));
        }
        let text: Vec<_> = lines.iter().map(|line| one_line(line)).collect();
        Ok(format!("{}\n", text.join("\n")))
    }
}
