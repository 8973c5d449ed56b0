//! `redwire exec`: runs another program with a connection in its environment, while slots of the
//! connection are held.
//!
//! The program replaces redwire: the process keeps its id, its streams, its terminal and its slots,
//! so that nobody has to pass on signals and the exit status. The decision record exec.md gives the
//! reasons. Knows no statements, and never touches the process: [`Host::replace_process`] does.

mod certificates;
mod environment;
mod notice;
mod program;

use std::ffi::OsString;
use std::process::Command;

use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::error::Error;
use crate::executor::{Executor, Mode};
use crate::host::Host;
use crate::name::ConnectionName;
use crate::shell::Output;
use crate::warehouse::slots::Purpose;
use environment::Variables;
pub(crate) use program::may_run;

/// The program to run and the connection for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The connection's name as given.
    pub name: String,
    /// The number of slots that are held while the program runs.
    pub slots: u32,
    pub program: OsString,
    pub arguments: Vec<OsString>,
}

/// Runs the program and returns the exit status.
pub fn run(executor: Executor, mut output: Output, order: &Order, host: &Host) -> i32 {
    match start(executor, &mut output, order, host) {
        Ok(status) => status,
        Err(error) => {
            output.error(&error);
            own_status(&error) as i32
        }
    }
}

/// The exit status of an error of redwire itself, which should not be one that the program uses.
pub fn own_status(error: &Error) -> ExitStatus {
    match error.exit_status() {
        status @ (ExitStatus::ProgramNotFound
        | ExitStatus::ProgramUnusable
        | ExitStatus::Interrupted) => status,
        ExitStatus::Done
        | ExitStatus::Failed
        | ExitStatus::Unusable
        | ExitStatus::NoConnection
        | ExitStatus::Different
        | ExitStatus::NotStarted => ExitStatus::NotStarted,
    }
}

fn start(
    mut executor: Executor,
    output: &mut Output,
    order: &Order,
    host: &Host,
) -> Result<i32, Error> {
    program::check(&order.program, (host.environment)("PATH").as_deref())?;
    let name = ConnectionName::new(&order.name).map_err(Error::new)?;
    let destination = executor.destination(&name, None)?;
    let certificates = certificates::file_for(&destination.endpoint, host)?;
    let variables = Variables::new(&destination, certificates.as_deref());
    if let Some(notice) = notice::ignored_settings_notice(&destination.endpoint) {
        output.notice(&notice);
    }
    let purpose = Purpose::exec(&order.program);
    if executor.mode() == Mode::DryRun {
        destination.wanted(order.slots, &purpose).check()?;
        executor.check_password(&name, None)?;
        output.notice(&notice::would_run(order, &destination, &variables));
        output.flush_error();
        return Ok(ExitStatus::Done as i32);
    }
    let credentials = executor.credentials(&name, None)?;
    let mut notify = |notice| output.notice_at_once(&notice);
    let destination = &credentials.destination;
    let wanted = destination.wanted(order.slots, &purpose);
    let claim = executor.take_slots(&wanted, &destination.endpoint, &mut notify);
    let mut claim = claim.map_err(|error| destination.opening_error(error))?;
    // SQLite closes the catalog before the other program starts.
    drop(executor);
    let mut command = Command::new(&order.program);
    command.args(&order.arguments);
    variables.give_to(&mut command, &credentials.password);
    // Wiped from memory; only the program's environment still has it.
    drop(credentials);
    output.flush_error();
    let lent = claim.lend().map_err(Error::new)?;
    let ran = (host.replace_process)(&mut command);
    drop(lent);
    ran.map_err(|error| Error::new(program::failure(&order.program, &error)))
}
