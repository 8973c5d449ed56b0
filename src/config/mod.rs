//! Turns flags, environment and config.toml into one configuration.
//!
//! Reads the environment, the file and the terminal through the `Host` alone.

mod color;
mod file;
mod masked;
mod settings;
mod task;
mod version;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};

use crate::catalog::Location;
use crate::cli::{self, Cli, ColorArg, ScriptArgs, Sub};
use crate::diagnostic::ExitStatus;
use crate::executor::Mode;
use crate::host::Host;
use crate::log::LogLevel;
use crate::render::{Format, Style};
use crate::script::OnError;
use crate::secret::StoreKind;
use crate::shell::Variables;
use crate::sign::has_sign;
pub use file::SettingsFileError;
use masked::masked;
pub use settings::{PromptSettings, SETTINGS, SettingSpec, SourcedSettings};
use task::task;
pub use task::{Task, command_like};

/// The configuration of a run.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Config {
    /// The task of the run.
    pub task: Task,
    /// The catalog.
    pub location: Location,
    /// True if the user named the catalog.
    pub names_catalog: bool,
    /// The store of new passwords.
    pub store: StoreKind,
    /// The file of the prompt's history; None to keep none.
    pub history: Option<PathBuf>,
    /// The history of earlier versions of redwire.
    pub old_history: Option<PathBuf>,
    /// The settings of the prompt.
    pub settings: SourcedSettings,
    /// The file of settings; None without a configuration folder.
    pub settings_file: Option<PathBuf>,
    /// The reaction of a script to an error.
    pub on_error: OnError,
    /// Shows a script as it runs.
    pub echo: bool,
    /// Runs a script as one transaction.
    pub single_transaction: bool,
    /// The variables of the script or the prompt.
    pub variables: Variables,
    /// Sends statements without the confirmation that PROTECTION asks for.
    pub yes: bool,
    /// Opens sessions that only read.
    pub read_only: bool,
    /// Real, or a dry run, which keeps no change.
    pub mode: Mode,
    /// The style of results.
    pub style: Style,
    /// The style of errors and notices.
    pub error_style: Style,
    /// Shows colours on the terminal.
    pub color: bool,
    /// Leaves tags and notices out.
    pub quiet: bool,
    /// The events to log on standard error.
    pub log: LogLevel,
    /// The time that a session waits for a slot.
    pub patience: Duration,
}

/// The command line or the environment is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// An error of clap, or the help or version that was asked for.
    #[error(transparent)]
    Arguments(#[from] clap::Error),
    /// A variable of the environment has an invalid value.
    #[error("invalid value for {variable}: {expected}")]
    Variable {
        /// The variable.
        variable: &'static str,
        /// The valid values.
        expected: String,
    },
    /// The file of settings cannot be used.
    #[error(transparent)]
    SettingsFile(#[from] SettingsFileError),
    /// There is no folder for the catalog.
    #[error(
        "there is no home folder for the catalog: name a file with --catalog, or use --ephemeral"
    )]
    NoDataFolder,
}

impl Config {
    /// Reads the arguments, the program's name first.
    pub fn new(arguments: &[OsString], host: &Host) -> Result<Self, ConfigError> {
        let matches = matches(arguments, host)?;
        let cli = Cli::from_arg_matches(&matches)?;
        check_name(&cli).map_err(|error| masked(error, arguments))?;
        let location = location_of(cli.common.ephemeral, cli.common.catalog.as_ref(), host)?;
        let in_folder = |folder: &Option<PathBuf>, name: &str| {
            folder.as_ref().map(|folder| folder.join("redwire").join(name))
        };
        let task = task(&cli, &matches, host);
        let settings_file = in_folder(&host.config_folder, "config.toml");
        let read = settings_file.as_deref().filter(|_| has_settings(&task) && !skips_file(&cli));
        let settings = settings(&cli, &matches, read, host)?;
        let color = color::is_wanted(settings.settings.color, host);
        let format = if cli.common.no_align {
            Format::Unaligned
        } else {
            settings.settings.format
        };
        let style = Style {
            vertical_when_wide: task.is_prompt() && format == Format::Table,
            has_headings: !cli.common.no_header,
            has_types: settings.settings.types,
            tuples_only: cli.common.tuples_only,
            field_separator: cli.common.field_separator.clone(),
            record_separator: cli.common.record_separator.clone().unwrap_or_else(|| "\n".into()),
            null: settings.settings.null.as_str().into(),
            color,
            ..Style::plain(format)
        };
        let is_kept = |mode| location != Location::Memory && mode == Mode::Real;
        let mode = if cli.common.dry_run { Mode::DryRun } else { Mode::Real };
        check_script(&cli)?;
        check_transaction(&cli, &task)?;
        Ok(Self {
            task,
            store: store(&cli, &location, host)?,
            variables: variables(&cli)?,
            history: in_folder(&host.state_folder, "history").filter(|_| is_kept(mode)),
            old_history: in_folder(&host.data_folder, "history").filter(|_| is_kept(mode)),
            mode,
            names_catalog: cli.common.catalog.is_some() || host.variable(CATALOG).is_some(),
            location,
            on_error: on_error(&cli),
            echo: is_echoed(&cli),
            single_transaction: is_single_transaction(&cli),
            yes: scripts(&cli).any(|script| script.yes),
            read_only: scripts(&cli).any(|script| script.read_only),
            style,
            error_style: Style {
                color: color && host.terminals.stderr
                    || settings.settings.color == ColorArg::Always,
                ..Style::plain(format)
            },
            color,
            quiet: cli.common.quiet,
            log: log_level(cli.common.verbose, host)?,
            patience: cli.common.wait,
            settings,
            settings_file,
        })
    }
}

fn matches(arguments: &[OsString], host: &Host) -> Result<ArgMatches, clap::Error> {
    let read = |command: clap::Command| {
        command.color(color::of_help(arguments, host)).try_get_matches_from(arguments)
    };
    read(Cli::command()).map_err(|error| match error.kind() {
        // Only help needs the whole command line, which takes longer to build.
        ErrorKind::DisplayHelp => read(cli::command()).err().unwrap_or(error),
        ErrorKind::DisplayVersion if version::is_verbose(arguments) => {
            read(Cli::command().version(version::text())).err().unwrap_or(error)
        }
        _ => masked(error, arguments),
    })
}

/// True if the task reads config.toml. What a script writes does not depend on who runs it.
fn has_settings(task: &Task) -> bool {
    task.is_prompt() || *task == Task::Settings
}

fn skips_file(cli: &Cli) -> bool {
    scripts(cli).any(|script| script.no_config)
}

/// The settings: flags beat the environment, the environment beats the file.
fn settings(
    cli: &Cli,
    matches: &ArgMatches,
    file: Option<&Path>,
    host: &Host,
) -> Result<SourcedSettings, ConfigError> {
    let mut settings = SourcedSettings::default();
    if let Some(path) = file {
        match (host.read_file)(path) {
            Ok(text) => settings.read_file(path, &text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(cause) => {
                let path = path.to_owned();
                return Err(SettingsFileError::Unreadable { path, cause }.into());
            }
        }
    }
    if let Some((variable, color)) = color::of_environment(host) {
        settings.change("color", variable, |settings| settings.color = color);
    }
    let pager = (host.environment)("PAGER");
    if pager.is_some_and(|pager| pager.to_string_lossy().trim().is_empty()) {
        settings.change("pager", "PAGER", |settings| settings.pager = false);
    }
    let is_given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    if is_given("format") {
        settings.change("format", "--format", |settings| settings.format = cli.common.format);
    }
    if cli.common.no_pager {
        settings.change("pager", "--no-pager", |settings| settings.pager = false);
    }
    if is_given("color") {
        settings.change("color", "--color", |settings| settings.color = cli.common.color);
    }
    Ok(settings)
}

/// The events to log: as the flags say, or else the environment.
fn log_level(verbose: u8, host: &Host) -> Result<LogLevel, ConfigError> {
    match (verbose, host.variable(LOG)) {
        (0, None) => Ok(LogLevel::Off),
        (0, Some(word)) => {
            word.to_string_lossy().parse().map_err(|expected: &str| ConfigError::Variable {
                variable: LOG,
                expected: expected.to_owned(),
            })
        }
        (1, _) => Ok(LogLevel::Info),
        (2.., _) => Ok(LogLevel::Debug),
    }
}

/// The exit status after an invalid command line or environment. For `exec` it is one that its
/// program is unlikely to use.
pub fn status_of_refusal(arguments: &[OsString]) -> ExitStatus {
    let matches = Cli::command().ignore_errors(true).try_get_matches_from(arguments);
    match matches.as_ref().map(ArgMatches::subcommand_name) {
        Ok(Some("exec")) => ExitStatus::NotStarted,
        _ => ExitStatus::Unusable,
    }
}

/// A word alone is the name of a connection, unless it is one that people mean otherwise.
fn check_name(cli: &Cli) -> Result<(), clap::Error> {
    let Some(name) = &cli.name else {
        return Ok(());
    };
    let is_script = Path::new(name).extension().is_some_and(|end| end == "sql");
    if cli.subcommand.is_none()
        && !is_script
        && !name.contains(char::is_whitespace)
        && !has_sign(name)
    {
        return Ok(());
    }
    let mut error = clap::Error::new(ErrorKind::UnknownArgument).with_cmd(&Cli::command());
    error.insert(ContextKind::InvalidArg, ContextValue::String(name.clone()));
    Err(error)
}

fn wrong(message: &str) -> Result<(), ConfigError> {
    Err(ConfigError::Arguments(
        Cli::command().error(ErrorKind::ArgumentConflict, message),
    ))
}

/// A command has no script, and would ignore -c and -f.
fn check_script(cli: &Cli) -> Result<(), ConfigError> {
    if cli.subcommand.is_some() && !(cli.script.command.is_empty() && cli.script.file.is_empty()) {
        return wrong(
            "-c and -f cannot be used with a command; those of connect stand behind the connection's name",
        );
    }
    let has_script = matches!(cli.subcommand, None | Some(Sub::Connect { .. }));
    let sets_variables = scripts(cli).any(|script| !script.variable.is_empty());
    if !has_script && sets_variables {
        return wrong("--variable is for scripts and the prompt: this command has neither");
    }
    let has_options = on_error(cli) == OnError::Continue
        || scripts(cli).any(|script| {
            script.single_transaction || script.echo || script.yes || script.read_only
        });
    if !has_script && has_options {
        return wrong(
            "--echo, --on-error, --single-transaction, --yes and --read-only are for scripts: this \
             command runs none",
        );
    }
    if (cli.common.dry_run || cli.common.ephemeral)
        && matches!(cli.subcommand, Some(Sub::Run { watch: true, .. }))
    {
        return wrong(
            "--watch cannot be used with --dry-run and --ephemeral: it runs the jobs of a catalog that is kept",
        );
    }
    if (cli.common.dry_run || cli.common.ephemeral)
        && matches!(cli.subcommand, Some(Sub::Vault { .. }))
    {
        return wrong(
            "vault cannot be used with --dry-run and --ephemeral: it changes a file that is kept",
        );
    }
    if cli.common.dry_run
        && (cli.name.is_some() || matches!(cli.subcommand, Some(Sub::Connect { .. })))
    {
        return wrong(
            "--dry-run cannot be used with connect: what runs on a warehouse cannot be tried on a copy",
        );
    }
    Ok(())
}

/// The scripts of the command line: connect takes options of its script before its name too.
fn scripts(cli: &Cli) -> impl Iterator<Item = &ScriptArgs> {
    let of_connect = if let Some(Sub::Connect { script, .. }) = &cli.subcommand {
        Some(script)
    } else {
        None
    };
    [&cli.script].into_iter().chain(of_connect)
}

fn on_error(cli: &Cli) -> OnError {
    let mut reactions = scripts(cli).map(|script| script.on_error);
    reactions
        .find(|reaction| *reaction == OnError::Continue)
        .unwrap_or(OnError::Stop)
}

fn is_echoed(cli: &Cli) -> bool {
    scripts(cli).any(|script| script.echo)
}

fn is_single_transaction(cli: &Cli) -> bool {
    scripts(cli).any(|script| script.single_transaction)
}

/// The variables that the command line sets.
fn variables(cli: &Cli) -> Result<Variables, ConfigError> {
    let mut variables = Variables::default();
    for (name, value) in scripts(cli).flat_map(|script| &script.variable) {
        if let Err(error) = variables.set(name, value.clone()) {
            let hint = error.hint.map(|hint| format!(": {hint}")).unwrap_or_default();
            wrong(&format!("{}{hint}", error.message))?;
        }
    }
    Ok(variables)
}

fn check_transaction(cli: &Cli, task: &Task) -> Result<(), ConfigError> {
    if !is_single_transaction(cli) {
        return Ok(());
    }
    if on_error(cli) == OnError::Continue {
        return wrong(
            "--single-transaction cannot be used with --on-error continue: after an error nothing of it is kept",
        );
    }
    if task.is_prompt() {
        return wrong("--single-transaction is for scripts: at the prompt write BEGIN and COMMIT");
    }
    Ok(())
}

/// The variable that sets the events to log.
const LOG: &str = "REDWIRE_LOG";

/// The variable that names the catalog.
const CATALOG: &str = "REDWIRE_CATALOG";

/// The catalog: from the command line, or else from the environment, or else the one in the
/// platform's folder.
pub(crate) fn location_of(
    ephemeral: bool,
    named: Option<&PathBuf>,
    host: &Host,
) -> Result<Location, ConfigError> {
    if ephemeral {
        return Ok(Location::Memory);
    }
    let named = named.cloned().or_else(|| host.variable(CATALOG).map(PathBuf::from));
    let default = || {
        host.data_folder
            .as_ref()
            .map(|folder| folder.join("redwire").join("catalog.db"))
    };
    named.or_else(default).map(Location::File).ok_or(ConfigError::NoDataFolder)
}

fn store(cli: &Cli, location: &Location, host: &Host) -> Result<StoreKind, ConfigError> {
    if *location == Location::Memory {
        return Ok(StoreKind::Memory);
    }
    if let Some(store) = cli.common.secret_store {
        return Ok(store);
    }
    let Some(word) = host.variable("REDWIRE_SECRET_STORE") else {
        return Ok(StoreKind::Keyring);
    };
    word.to_string_lossy()
        .parse()
        .map_err(|error: crate::secret::UnknownStoreError| ConfigError::Variable {
            variable: "REDWIRE_SECRET_STORE",
            expected: error.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::ScriptPart;
    use crate::secret::NewVaultOwner;

    fn config(arguments: &[&str], host: &Host) -> Result<Config, ConfigError> {
        let arguments: Vec<OsString> =
            ["redwire"].iter().chain(arguments).map(OsString::from).collect();
        Config::new(&arguments, host)
    }

    fn at_home() -> Host {
        Host {
            data_folder: Some(PathBuf::from("/data")),
            ..Host::default()
        }
    }

    #[test]
    fn the_parts_of_a_script_keep_their_order() {
        let config =
            config(&["-f", "a.sql", "-c", "SHOW CONNECTIONS", "-f", "-"], &at_home()).unwrap();
        let expected = [
            ScriptPart::File("a.sql".into()),
            ScriptPart::Text("SHOW CONNECTIONS".into()),
            ScriptPart::Stdin,
        ];
        assert_eq!(config.task, Task::Script(expected.to_vec()));
    }

    #[test]
    fn a_flag_wins_over_the_environment_and_an_empty_variable_counts_as_none() {
        let host = at_home()
            .with_variables(&[("REDWIRE_CATALOG", "/env.db"), ("REDWIRE_SECRET_STORE", "")]);
        let from_environment = config(&[], &host).unwrap();
        assert_eq!(from_environment.location, Location::File("/env.db".into()));
        assert_eq!(from_environment.store, StoreKind::Keyring);
        let from_flag = config(&["--catalog", "/flag.db"], &host).unwrap();
        assert_eq!(from_flag.location, Location::File("/flag.db".into()));
    }

    #[test]
    fn an_option_of_psql_is_answered_with_the_one_to_type() {
        for (option, tip) in [
            ("-x", "--format vertical"),
            ("--output=f", "> FILE"),
            ("-Pnull=x", "-c '\\pset OPTION VALUE'"),
            ("--csv", "--format csv"),
            ("--dbname=dev", "redwire NAME"),
        ] {
            let error = config(&["sales", option], &at_home()).unwrap_err().to_string();
            assert!(error.contains(tip), "{error}");
        }
    }

    #[test]
    fn nothing_of_an_ephemeral_run_is_kept() {
        let config = config(&["--ephemeral"], &at_home()).unwrap();
        assert_eq!(
            (config.location, config.store, config.history),
            (Location::Memory, StoreKind::Memory, None)
        );
    }

    #[test]
    fn a_store_that_is_not_known_is_an_error() {
        let host = at_home().with_variables(&[("REDWIRE_SECRET_STORE", "wallet")]);
        assert!(matches!(config(&[], &host), Err(ConfigError::Variable { .. })));
    }

    #[test]
    fn connect_has_a_script_of_its_own() {
        let mut host = at_home();
        let task =
            |arguments: &[&str], host: &Host| config(arguments, host).map(|config| config.task);
        let connect = |parts: Vec<ScriptPart>| Task::Connect {
            name: "sales".to_owned(),
            parts,
            is_alone: false,
        };
        let alone = |parts: Vec<ScriptPart>| Task::Connect {
            name: "sales".to_owned(),
            parts,
            is_alone: true,
        };
        let parts = vec![
            ScriptPart::File("a.sql".into()),
            ScriptPart::Text("SELECT 1".into()),
            ScriptPart::Stdin,
        ];
        let arguments = ["connect", "sales", "-f", "a.sql", "-c", "SELECT 1", "-f", "-"];
        assert_eq!(task(&arguments, &host).unwrap(), connect(parts));
        assert_eq!(task(&["connect", "sales"], &host).unwrap(), connect(vec![ScriptPart::Stdin]));
        host.terminals.stdin = true;
        let prompt = task(&["connect", "sales"], &host).unwrap();
        assert!(prompt.is_prompt());
        assert_eq!(prompt, connect(Vec::new()));
        assert!(task(&["connect", "sales", "--single-transaction"], &host).is_err());
        assert_eq!(task(&["sales"], &host).unwrap(), alone(Vec::new()));
        host.terminals.stdin = false;
        let parts = vec![ScriptPart::Text("SELECT 1".into())];
        assert_eq!(task(&["sales", "-c", "SELECT 1"], &host).unwrap(), alone(parts.clone()));
        assert_eq!(task(&["-c", "SELECT 1", "sales"], &host).unwrap(), alone(parts));
        for refused in
            [&["sales", "show"][..], &["sales", "other"], &["x.sql"], &["--dry-run", "x"]]
        {
            assert!(task(refused, &host).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn flags_beat_the_environment_the_environment_beats_the_file() {
        let at_prompt = |file: fn(&Path) -> std::io::Result<String>| {
            let mut host = Host {
                config_folder: Some(PathBuf::from("/config")),
                read_file: file,
                ..at_home()
            };
            host.terminals = crate::host::Terminals { stdin: true, stdout: true, stderr: true };
            host
        };
        let host = at_prompt(|path| {
            assert_eq!(path, Path::new("/config/redwire/config.toml"));
            Ok("format = 'csv'\ncolor = 'always'\npager = true".to_owned())
        });
        let settings =
            |arguments: &[&str], host: &Host| config(arguments, host).unwrap().settings.settings;
        let held = settings(&[], &host);
        assert_eq!((held.format, held.color), (Format::Csv, ColorArg::Always));
        let host = host.with_variables(&[("NO_COLOR", "1"), ("PAGER", " ")]);
        let held = settings(&["config", "--format", "json"], &host);
        assert_eq!((held.format, held.color), (Format::Json, ColorArg::Never));
        assert!(!held.pager);
        assert_eq!(settings(&["--color", "auto"], &host).color, ColorArg::Auto);
        for without in [&["-X"][..], &["-c", ""], &["show"], &["connect", "sales", "--no-config"]] {
            assert_eq!(settings(without, &host).format, Format::Table, "{without:?}");
        }
        let broken = at_prompt(|_| Ok("formt = 'csv'".to_owned()));
        assert!(config(&[], &broken).is_err() && config(&["show"], &broken).is_ok());
        let unreadable = at_prompt(|_| Err(std::io::ErrorKind::PermissionDenied.into()));
        let error = config(&["config"], &unreadable).unwrap_err().to_string();
        assert!(
            error.starts_with("could not read file /config/redwire/config.toml: "),
            "{error}"
        );
    }

    #[test]
    fn a_command_has_no_script() {
        assert!(config(&["-c", "SHOW CONNECTIONS", "show"], &at_home()).is_err());
        assert!(config(&["-f", "a.sql", "completions", "zsh"], &at_home()).is_err());
    }

    #[test]
    fn options_of_scripts_need_a_script() {
        for refused in [
            &["plan", "--on-error", "continue", "a.sql"][..],
            &["--on-error", "continue", "plan", "a.sql"],
            &["apply", "--single-transaction", "a.sql"],
            &["--single-transaction", "show"],
        ] {
            assert!(config(refused, &at_home()).is_err(), "{refused:?}");
        }
        for taken in [
            &["--on-error", "continue", "connect", "sales"][..],
            &["connect", "sales", "--on-error", "continue"],
            &["-c", "SELECT 1", "--on-error", "continue"],
        ] {
            assert_eq!(config(taken, &at_home()).unwrap().on_error, OnError::Continue, "{taken:?}");
        }
    }

    #[test]
    fn a_statement_out_of_place_is_not_repeated() {
        for arguments in [
            &["CREATE REDSHIFT CONNECTION c PASSWORD = 's3cret'"][..],
            &["show", "a", "PASSWORD 's3cret'"],
        ] {
            let error = config(arguments, &at_home()).unwrap_err().to_string();
            assert!(!error.contains("s3cret") && error.contains("-c"), "{error}");
        }
        let error = config(&["--format", "password 's3cret'"], &at_home()).unwrap_err().to_string();
        assert!(!error.contains("s3cret") && error.contains("--format"), "{error}");
    }

    #[test]
    fn a_passphrase_or_an_identity_out_of_place_is_not_repeated() {
        let rekey = ["vault", "rekey"];
        for wrong in [
            &["--passphrase", "correct horse battery"][..],
            &["--passphrase", "horse.sql"],
            &["--passphrase=horse"],
            &["--passphrase-file", "x", "horse"],
            &["AGE-SECRET-KEY-1HORSE"],
            &["--recipient", "AGE-SECRET-KEY-1HORSE"],
        ] {
            let arguments: Vec<&str> = rekey.iter().chain(wrong).copied().collect();
            let error = config(&arguments, &at_home()).unwrap_err().to_string();
            assert!(!error.to_lowercase().contains("horse"), "{wrong:?}: {error}");
        }
    }

    #[test]
    fn a_vault_is_rekeyed_for_whom_the_options_or_the_environment_say() {
        let task = |options: &[&str], host: &Host| {
            let arguments: Vec<&str> = ["vault", "rekey"].iter().chain(options).copied().collect();
            config(&arguments, host).map(|config| config.task)
        };
        let owner = |options: &[&str], host: &Host| match task(options, host) {
            Ok(Task::Rekey(owner)) => owner,
            other => panic!("{other:?}"),
        };
        let home = at_home();
        let with_identity =
            at_home().with_variables(&[("REDWIRE_VAULT_IDENTITY_FILE", "/identity")]);
        let passphrase =
            |file: Option<&str>| NewVaultOwner::Passphrase { file: file.map(PathBuf::from) };
        assert_eq!(owner(&[], &home), passphrase(None));
        assert_eq!(owner(&[], &with_identity), NewVaultOwner::Identity("/identity".into()));
        for host in [&home, &with_identity] {
            assert_eq!(owner(&["--passphrase"], host), passphrase(None));
            assert_eq!(owner(&["--passphrase-file", "p"], host), passphrase(Some("p")));
            assert_eq!(owner(&["--identity", "i"], host), NewVaultOwner::Identity("i".into()));
        }
        let [one, other] = RECIPIENTS;
        let two = &["--recipient", one, "--recipient", other];
        let recipients = RECIPIENTS.map(|text| crate::secret::vault_recipient(text).unwrap());
        assert_eq!(owner(two, &with_identity), NewVaultOwner::Recipients(recipients.into()));
        for both in [
            &["--passphrase", "--passphrase-file", "p"][..],
            &["--identity", "i", "--passphrase"],
            &["--identity", "i", "--identity", "j"],
            &["--identity", "i", "--recipient", one],
            &["--recipient", "age1"],
            &["--dry-run"],
            &["--ephemeral"],
        ] {
            assert!(task(both, &home).is_err(), "{both:?}");
        }
    }

    /// Of nobody.
    const RECIPIENTS: [&str; 2] = [
        "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa",
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj",
    ];

    #[test]
    fn one_transaction_has_psqls_short_option() {
        for arguments in [&["-1", "-f", "a.sql"][..], &["connect", "sales", "-1f", "a.sql"]] {
            assert!(config(arguments, &at_home()).unwrap().single_transaction, "{arguments:?}");
        }
    }

    #[test]
    fn one_transaction_and_going_on_after_errors_exclude_each_other() {
        assert!(
            config(&["--single-transaction", "--on-error", "continue", "-c", ""], &at_home())
                .is_err()
        );
    }
}
