//! `redwire exec`: runs another program with a connection in its environment, while slots of the
//! connection are held.
//!
//! The program replaces redwire: the process keeps its id, its streams, its terminal and its slots,
//! so that nobody has to pass on signals and the exit status. The decision record exec.md gives the
//! reasons. Knows no statements, and never touches the process: [`Host::replace_process`] does.

mod certificates;
mod environment;
mod program;
mod template;

use std::ffi::{OsStr, OsString};
use std::process::Command;

use crate::definition::Protection;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::error::{Error, ProgramError};
use crate::executor::{Destination, Executor, LoggedIn, Mode, Notice};
use crate::host::Host;
use crate::name::ConnectionName;
use crate::shell::Output;
use crate::sign::shown;
use crate::warehouse::slots::{Claim, Purpose};
use crate::warehouse::{Cancel, Tunnel};
use environment::ProgramVariables;
pub(crate) use program::may_run;
pub use template::EnvTemplate;
use template::TemplateValues;

/// The program to run and the connection for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecRequest {
    /// The connection's name as given.
    pub name: String,
    /// The number of slots that are held while the program runs.
    pub slots: u32,
    /// None for the user's shell.
    pub program: Option<OsString>,
    pub arguments: Vec<OsString>,
    /// Variables besides those that each program gets.
    pub templates: Vec<EnvTemplate>,
}

/// Runs the program and returns the exit status.
pub fn run(executor: Executor, mut output: Output, request: &ExecRequest, host: &Host) -> i32 {
    match start(executor, &mut output, request, host) {
        Ok(status) => status,
        Err(error) => {
            output.error(&error);
            own_status(&error) as i32
        }
    }
}

/// The exit status of an error of redwire itself, which should not be one that the program uses.
fn own_status(error: &Error) -> ExitStatus {
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
    request: &ExecRequest,
    host: &Host,
) -> Result<i32, Error> {
    let program = request.program.clone().unwrap_or_else(|| program::user_shell(host));
    program::check(&program, (host.environment)("PATH").as_deref())?;
    let name = ConnectionName::new(&request.name).map_err(Error::new)?;
    let destination = executor.destination(&name)?;
    check_writes_are_allowed(&destination)?;
    let certificates = certificates::file_for(&destination.endpoint, host)?;
    for notice in ignored_settings_notices(&destination) {
        output.notice(&notice);
    }
    let purpose = Purpose::exec(&program);
    if executor.mode() == Mode::DryRun {
        destination.wanted(request.slots, &purpose).check()?;
        executor.check_password(&name)?;
        let variables =
            ProgramVariables::new(&destination, &program, certificates.as_deref(), None);
        output.notice(&would_run(request, &program, &destination, &variables));
        output.flush_error();
        return Ok(ExitStatus::Done as i32);
    }
    let way = OpenWay::open(&mut executor, output, &name, request.slots, &purpose)?;
    // SQLite closes the catalog before the other program starts.
    drop(executor);
    let mut command = Command::new(&program);
    command.args(&request.arguments);
    way.give_to(&mut command, request, certificates.as_deref(), output);
    way.hand_over(command, output, host)
}

/// The slots, the login and the tunnel that a program gets.
struct OpenWay {
    claim: Claim,
    /// The destination with the user who logs in.
    destination: Destination,
    login: LoggedIn,
    tunnel: Option<Tunnel>,
}

impl OpenWay {
    fn open(
        executor: &mut Executor,
        output: &mut Output,
        name: &ConnectionName,
        slots: u32,
        purpose: &Purpose,
    ) -> Result<Self, Error> {
        let credentials = executor.credentials(name)?;
        let destination = &credentials.destination;
        let mut notify = |notice| output.notice_at_once(&notice);
        let wanted = destination.wanted(slots, purpose);
        let claim = executor
            .take_slots(&wanted, destination, &mut notify)
            .map_err(|error| destination.opening_error(error))?;
        let login = credentials
            .log_in_for_program(&executor.cancel())
            .map_err(|error| destination.opening_error(error))?;
        let destination = destination.of_user(&login);
        let tunnel = open_tunnel(&destination, &executor.cancel())?;
        Ok(Self { claim, destination, login, tunnel })
    }

    /// Adds the variables to the program's environment.
    fn give_to(
        &self,
        command: &mut Command,
        request: &ExecRequest,
        certificates: Option<&str>,
        output: &mut Output,
    ) {
        let near = self.tunnel.as_ref().map(Tunnel::address);
        let program = command.get_program().to_owned();
        let mut variables = ProgramVariables::new(&self.destination, &program, certificates, near);
        if let Some(expires) = self.login.expires {
            let at = expires.to_string();
            variables.expire(&at);
            output.notice(&Notice::new(format!(
                "the password that AWS gave is good for new sessions until {at}; open ones stay"
            )));
        }
        variables.give_to(command, &self.login.password);
        let values = TemplateValues {
            endpoint: &self.destination.endpoint,
            user: self.destination.user.as_deref(),
            certificates,
            tunnel: near,
            password: &self.login.password,
        };
        for template in &request.templates {
            template.give_to(command, &values);
        }
    }

    /// Replaces this process with the command, which holds the slots and the tunnel. Returns only
    /// on failure.
    fn hand_over(
        mut self,
        mut command: Command,
        output: &mut Output,
        host: &Host,
    ) -> Result<i32, Error> {
        // Wiped from memory; only the program's environment still has it.
        drop(self.login);
        output.flush_error();
        let lent = self.claim.lend().map_err(Error::new)?;
        let lent_tunnel = self.tunnel.as_ref().map(Tunnel::lend).transpose().map_err(Error::new)?;
        let ran = (host.replace_process)(&mut command);
        drop((lent, lent_tunnel));
        ran.map_err(|error| Error::new(program::failure(command.get_program(), &error)))
    }
}

/// The tunnel of a connection with SSH_TUNNEL, which ends with the program.
fn open_tunnel(destination: &Destination, cancel: &Cancel) -> Result<Option<Tunnel>, Error> {
    let Some(through) = &destination.tunnel else {
        return Ok(None);
    };
    let tunnel = Tunnel::open(through, &destination.endpoint, cancel);
    tunnel.map(Some).map_err(|error| destination.opening_error(Error::new(error)))
}

/// The notice of a dry run about the real one. Arguments of the program may be secrets: only their
/// number is shown.
fn would_run(
    request: &ExecRequest,
    program: &OsStr,
    destination: &Destination,
    variables: &ProgramVariables,
) -> Notice {
    let arguments = match request.arguments.len() {
        0 => String::new(),
        1 => " with 1 argument".to_owned(),
        count => format!(" with {count} arguments"),
    };
    let slots = match request.slots {
        1 => "a slot".to_owned(),
        count => format!("{count} slots"),
    };
    let tunnel = destination.tunnel.as_ref().map_or(String::new(), |through| {
        format!(", by a port of an SSH tunnel through {through}")
    });
    let variables = variables.iter().map(|(name, value)| format!("{name}={value}"));
    // A template may have a secret in it.
    let templates = request.templates.iter().map(|template| template.name().to_owned());
    let listed: Vec<String> = variables.chain(templates).collect();
    Notice::new(format!(
        "would run {}{arguments}, holding {slots} of {}, with the stored password and {}{tunnel}",
        shown(&program.to_string_lossy()),
        destination.name.shown(),
        listed.join(" ")
    ))
}

/// Refuses a connection with readOnly: the program opens its own session, and whatever makes that
/// one read-only, the program could undo.
fn check_writes_are_allowed(destination: &Destination) -> Result<(), Error> {
    if destination.endpoint.options.read_only {
        let connection = destination.name.shown();
        return Err(Error::new(ProgramError::ReadOnly { connection }));
    }
    Ok(())
}

/// Notices about settings of the connection that no variable can express.
fn ignored_settings_notices(destination: &Destination) -> Vec<Notice> {
    let options = &destination.endpoint.options;
    let names: Vec<&str> = [
        ("currentSchema", options.current_schema.is_some()),
        ("queryGroup", options.query_group.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, is_set)| is_set.then_some(name))
    .collect();
    let mut notices = Vec::new();
    if !names.is_empty() {
        let names = names.join(", ");
        notices.push(Notice::new(format!(
            "{names} of the URL has no effect on what the program opens"
        )));
    }
    if destination.protection == Protection::Confirm {
        notices.push(Notice::warning(
            "PROTECTION = CONFIRM asks nothing about what the program sends",
        ));
    }
    notices
}
