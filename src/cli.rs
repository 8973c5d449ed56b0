//! The command line, as clap reads it; nothing else.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{
    Arg, ArgAction, Args, Command, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint,
};

use crate::exec::EnvTemplate;
use crate::render::Format;
use crate::script::OnError;
use crate::secret::{StoreKind, VaultRecipient, vault_recipient};

/// A SQL shell that keeps Amazon Redshift connections, and the tables and jobs that depend on them.
///
/// Without -c and -f: a prompt when standard input is a terminal, else a script from standard
/// input.
#[derive(Debug, Parser)]
#[command(name = "redwire", version, max_term_width = 100, override_usage = USAGE, after_help = AFTER_HELP)]
pub struct Cli {
    /// Run on the warehouse of this connection, as connect does
    pub name: Option<String>,

    /// The script.
    #[command(flatten)]
    pub script: ScriptArgs,

    /// Options that every command takes.
    #[command(flatten)]
    pub common: Common,

    /// The command.
    #[command(subcommand)]
    pub subcommand: Option<Sub>,
}

/// The parts of a script, and its options.
#[derive(Args, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct ScriptArgs {
    /// Run statements, then exit; all -c and -f are one script, in their order
    // A statement may begin with a comment, and so with a hyphen.
    #[arg(short = 'c', long = "command", value_name = "STATEMENTS", action = ArgAction::Append, allow_hyphen_values = true)]
    pub command: Vec<String>,

    /// Run a script, then exit; - is standard input
    #[arg(short = 'f', long = "file", value_name = "FILE", action = ArgAction::Append, value_hint = ValueHint::FilePath)]
    pub file: Vec<PathBuf>,

    /// Show each statement on standard error before it runs, without secrets
    #[arg(short = 'a', long, overrides_with = "echo")]
    pub echo: bool,

    /// Set a variable, which statements name as :NAME, :'NAME' or :"NAME"
    #[arg(short = 'v', long = "variable", alias = "set", value_name = "NAME=VALUE", action = ArgAction::Append, value_parser = assignment)]
    pub variable: Vec<(String, String)>,

    /// Stop after a statement that failed, or continue
    #[arg(long, value_name = "ACTION", default_value = "stop")]
    pub on_error: OnError,

    /// Run the whole script as one transaction
    #[arg(short = '1', long, overrides_with = "single_transaction")]
    pub single_transaction: bool,

    /// Start the prompt without config.toml
    #[arg(short = 'X', long, overrides_with = "no_config")]
    pub no_config: bool,

    /// Confirm the statements of a script that PROTECTION = CONFIRM holds back
    #[arg(short = 'y', long, overrides_with = "yes")]
    pub yes: bool,

    /// Send nothing to a warehouse that writes
    #[arg(long, overrides_with = "read_only")]
    pub read_only: bool,
}

/// Options that every command takes.
#[derive(Args, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Common {
    /// The catalog's file [env: REDWIRE_CATALOG] [default: redwire/catalog.db in the platform's
    /// data folder]
    #[arg(long, value_name = "PATH", global = true, value_hint = ValueHint::FilePath)]
    pub catalog: Option<PathBuf>,

    /// Keep passwords in this store [env: REDWIRE_SECRET_STORE] [default: keyring]
    #[arg(long, value_name = "STORE", global = true, value_parser = store_parser())]
    pub secret_store: Option<StoreKind>,

    /// Keep everything in memory and leave nothing behind
    #[arg(long, global = true, conflicts_with_all = ["catalog", "secret_store"], overrides_with = "ephemeral")]
    pub ephemeral: bool,

    /// Write results in this format
    #[arg(long, value_name = "FORMAT", global = true, default_value = "table", value_parser = format_parser())]
    pub format: Format,

    /// Write values with a separator between them, without escapes: \format unaligned
    #[arg(
        short = 'A',
        long = "no-align",
        global = true,
        conflicts_with = "format",
        overrides_with = "no_align"
    )]
    pub no_align: bool,

    /// Write rows alone, without headings and count
    #[arg(short = 't', long, global = true, overrides_with = "tuples_only")]
    pub tuples_only: bool,

    /// Write no headings
    #[arg(long, global = true, overrides_with = "no_header")]
    pub no_header: bool,

    /// The separator of values with --no-align
    #[arg(
        short = 'F',
        long,
        value_name = "TEXT",
        global = true,
        default_value = "|",
        allow_hyphen_values = true
    )]
    pub field_separator: String,

    /// The separator of rows with --no-align; a line break if not given
    #[arg(
        short = 'R',
        long,
        value_name = "TEXT",
        global = true,
        allow_hyphen_values = true
    )]
    pub record_separator: Option<String>,

    /// Run on a copy of the catalog: ask for no password and keep nothing
    #[arg(long, global = true, overrides_with = "dry_run")]
    pub dry_run: bool,

    /// Wait this long for a slot, such as 30s or 2m; 0 is not at all
    #[arg(long, value_name = "DURATION", global = true, default_value = "1m", value_parser = time_to_wait)]
    pub wait: Duration,

    /// Show long results without a pager
    #[arg(long, global = true, overrides_with = "no_pager")]
    pub no_pager: bool,

    /// Colours on the terminal; auto follows NO_COLOR, CLICOLOR, FORCE_COLOR and TERM
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    pub color: ColorArg,

    /// Leave command tags and notices out
    #[arg(short = 'q', long, global = true, overrides_with = "quiet")]
    pub quiet: bool,

    /// Tell on standard error what redwire opens and does; twice: each step to a server too
    #[arg(long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Sub {
    /// List the connections, or describe one
    Show {
        /// The connection to describe
        name: Option<String>,
    },
    /// A SQL shell on the warehouse of a connection: a prompt or a script
    Connect {
        /// The connection
        name: String,

        /// The script that runs on it.
        #[command(flatten)]
        script: ScriptArgs,
    },
    /// Show the differences between the catalog and a file of CREATE statements
    Plan {
        /// The file; - is standard input
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,

        /// End with status 4 if something differs
        #[arg(long)]
        exit_code: bool,

        /// Show what the file lacks as something to drop
        #[arg(long)]
        prune: bool,
    },
    /// Make the catalog equal to a file of CREATE statements, in one transaction
    Apply {
        /// The file; - is standard input
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,

        /// Drop what the file lacks
        #[arg(long)]
        prune: bool,
    },
    /// Run what is due of jobs, each window once
    Run {
        /// The jobs; without names every job with a RUN_INTERVAL
        #[arg(id = "job", value_name = "NAME")]
        names: Vec<String>,

        /// Stay, and run each job when it is due
        #[arg(long)]
        watch: bool,

        /// Write metrics to this file, for the node exporter
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        metrics: Option<PathBuf>,
    },
    /// Run a program with a connection in its environment, in a slot
    #[command(override_usage = "redwire exec [OPTIONS] <NAME> [-- <CMD> [ARG]...]", after_help = AFTER_HELP_OF_EXEC)]
    Exec {
        /// The connection
        name: String,

        /// Hold this many slots: as many as it opens sessions at once
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=MAX_SLOTS))]
        slots: u32,

        /// Set this variable too: {url} or {host} and the like stand for parts of the connection
        #[arg(long, value_name = "NAME=TEMPLATE", action = ArgAction::Append)]
        env: Vec<EnvTemplate>,

        /// The program and its arguments; without it the user's shell
        // The id is not that of -c, whose positions on the command line are read.
        #[arg(id = "cmd", value_name = "CMD", trailing_var_arg = true)]
        command: Vec<OsString>,
    },
    /// Show the settings of the prompt, and where each is from
    Config,
    /// Change the encryption of the vault
    Vault {
        /// The command.
        #[command(subcommand)]
        command: VaultSub,
    },
    /// Print the manual page, in the language of man(7)
    Man,
    /// Print the completion script of a shell
    Completions {
        /// The shell
        shell: ShellArg,
    },
}

/// The commands of the vault.
#[derive(Debug, Subcommand)]
pub enum VaultSub {
    /// Encrypt the vault anew: as an option says, else to the identities of
    /// REDWIRE_VAULT_IDENTITY_FILE, else with a passphrase
    Rekey {
        /// Encrypt to this recipient, age1 and so on; more than one may be given
        #[arg(long, value_name = "RECIPIENT", group = "owner", value_parser = vault_recipient)]
        recipient: Vec<VaultRecipient>,

        /// Encrypt to the identities in this file
        #[arg(long, value_name = "FILE", group = "owner", value_hint = ValueHint::FilePath)]
        identity: Option<PathBuf>,

        /// Encrypt with a passphrase, which is asked for twice
        #[arg(long, group = "owner")]
        passphrase: bool,

        /// Encrypt with a passphrase, the first line of this file
        #[arg(long, value_name = "FILE", group = "owner", value_hint = ValueHint::FilePath)]
        passphrase_file: Option<PathBuf>,
    },
}

/// The use of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorArg {
    /// On a terminal that has them, unless NO_COLOR is set
    Auto,
    /// Also where no terminal is
    Always,
    /// Nowhere
    Never,
}

/// A shell that completion scripts exist for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShellArg {
    /// For ~/.local/share/bash-completion/completions/redwire, or to be sourced
    Bash,
    /// For a file _redwire in a folder of $fpath
    Zsh,
    /// For ~/.config/fish/completions/redwire.fish
    Fish,
    /// For $PROFILE: redwire completions powershell | Out-String | Invoke-Expression
    Powershell,
    /// For rc.elv: eval (redwire completions elvish | slurp)
    Elvish,
}

fn format_parser() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.iter().map(|format| format.word()))
        .try_map(|word| word.parse::<Format>())
}

fn store_parser() -> impl TypedValueParser<Value = StoreKind> {
    PossibleValuesParser::new(StoreKind::ALL.iter().map(|kind| kind.word()))
        .try_map(|word| word.parse::<StoreKind>())
}

/// The maximum limit of a connection.
const MAX_SLOTS: i64 = 2_000;

const AFTER_HELP_OF_EXEC: &str = "Exit status: that of the program; 125 redwire could not start \
                                  it, 126 it was found and cannot be run, 127 it was not found, \
                                  130 interrupted before it ran.";

const USAGE: &str = "redwire [OPTIONS] [NAME]\n       redwire [OPTIONS] <COMMAND>";

const AFTER_HELP: &str = "Exit status: 0 all done; 1 a statement failed; 2 the command line, a \
                          file or the catalog is unusable; 3 a connection could not be made or was \
                          lost, no slot came free, or a job runs elsewhere; 4 plan --exit-code \
                          found a difference; 130 interrupted. exec ends as its program does; 125, \
                          126 and 127 are its own.";

/// The options of all commands that a command does not use: its help does not list them.
const UNUSED: &[(&str, &[&str])] = &[
    ("show", &["secret_store", "dry_run", "wait", "no_pager"]),
    ("connect", &["dry_run"]),
    ("plan", &["dry_run", "wait", "no_pager"]),
    ("apply", &["no_pager"]),
    ("run", &["no_pager"]),
    (
        "exec",
        &[
            "no_align",
            "tuples_only",
            "no_header",
            "field_separator",
            "record_separator",
            "dry_run",
            "no_pager",
        ],
    ),
    (
        "config",
        &["catalog", "secret_store", "ephemeral", "dry_run", "wait", "quiet", "verbose"],
    ),
    (
        "vault",
        &[
            "secret_store",
            "ephemeral",
            "format",
            "no_align",
            "tuples_only",
            "no_header",
            "field_separator",
            "record_separator",
            "dry_run",
            "wait",
            "no_pager",
        ],
    ),
    ("man", ALL),
    ("completions", ALL),
];

/// Every option of all commands.
const ALL: &[&str] = &[
    "catalog",
    "secret_store",
    "ephemeral",
    "format",
    "no_align",
    "tuples_only",
    "no_header",
    "field_separator",
    "record_separator",
    "dry_run",
    "wait",
    "no_pager",
    "color",
    "quiet",
    "verbose",
];

/// Examples of each command, and of redwire itself, whose name is empty.
pub const EXAMPLES: &[(&str, &[&str])] = &[
    ("", &["redwire", "redwire sales", "redwire --ephemeral -c 'SHOW CONNECTIONS'"]),
    ("show", &["redwire show", "redwire show sales --format json"]),
    (
        "connect",
        &[
            "redwire connect sales",
            "redwire connect sales --format csv -c 'SELECT 1' > one.csv",
            "redwire connect sales -1 -f load.sql",
        ],
    ),
    (
        "plan",
        &["redwire plan catalog.sql", "redwire plan --exit-code --prune catalog.sql"],
    ),
    ("apply", &["redwire apply catalog.sql", "redwire --dry-run apply catalog.sql"]),
    (
        "run",
        &[
            "redwire run",
            "redwire run load_daily",
            "redwire run --watch --metrics redwire.prom",
        ],
    ),
    (
        "exec",
        &[
            "redwire exec sales -- psql",
            "redwire exec sales --slots 4 -- dbt run --threads 4",
        ],
    ),
    ("config", &["redwire config", "redwire config --format json"]),
    (
        "vault",
        &[
            "redwire vault rekey --passphrase",
            "redwire vault rekey --identity ~/.config/redwire/identity",
        ],
    ),
    ("man", &["redwire man | man -l -"]),
    (
        "completions",
        &["redwire completions fish > ~/.config/fish/completions/redwire.fish"],
    ),
];

/// The command line: each command's help lists the options that it uses, and examples.
pub fn command() -> Command {
    let command = Cli::command();
    let global: Vec<Arg> = command
        .get_arguments()
        .filter(|option| option.is_global_set())
        .cloned()
        .collect();
    let mut command = with_examples(command, examples_of(""));
    for (name, unused) in UNUSED {
        let hidden = global.iter().filter(|option| unused.contains(&option.get_id().as_str()));
        let hidden: Vec<Arg> = hidden.map(|option| option.clone().hide(true)).collect();
        // A command that is changed goes to the end: the table has their order.
        command = command.mut_subcommand(*name, |sub| {
            let (sub, examples) = (sub.args(hidden), examples_of(name));
            if sub.has_subcommands() {
                sub.mut_subcommands(|inner| with_examples(inner, examples))
            } else {
                with_examples(sub, examples)
            }
        });
    }
    command
}

fn examples_of(name: &str) -> &'static [&'static str] {
    EXAMPLES
        .iter()
        .find(|(command, _)| *command == name)
        .map_or(&[], |(_, examples)| *examples)
}

/// The command with examples behind its help.
fn with_examples(command: Command, examples: &[&str]) -> Command {
    if examples.is_empty() {
        return command;
    }
    let mut text = String::from("Examples:");
    for example in examples {
        text.extend(["\n  ", example]);
    }
    if let Some(after) = command.get_after_help() {
        text.extend(["\n\n", &after.to_string()]);
    }
    command.after_help(text)
}

/// Reads `NAME=VALUE`.
fn assignment(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => Err("a variable is written NAME=VALUE; --verbose has no short form"),
    }
}

/// Reads a DURATION in whole seconds: `30s`, `2m`, `1m30s`, `1h`, or `0` for no wait.
fn time_to_wait(text: &str) -> Result<Duration, &'static str> {
    const UNITS: [(char, u64); 3] = [('h', 3_600), ('m', 60), ('s', 1)];
    const LONGEST: Duration = Duration::from_hours(24);
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let mut rest = text;
    let mut seconds: u64 = 0;
    for (unit, length) in UNITS {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits > 0
            && let Some(after) = rest[digits..].strip_prefix(unit)
        {
            // So many digits that they are no number are too many in any unit.
            let number: u64 = rest[..digits].parse().unwrap_or(u64::MAX);
            seconds = seconds.saturating_add(number.saturating_mul(length));
            rest = after;
        }
    }
    if text.is_empty() || !rest.is_empty() {
        let is_number = !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit());
        return Err(if is_number { NO_UNIT } else { NOT_A_TIME });
    }
    let wait = Duration::from_secs(seconds);
    if wait <= LONGEST { Ok(wait) } else { Err(TOO_LONG) }
}

const NO_UNIT: &str = "a time needs its unit, as in 30s or 2m";
const NOT_A_TIME: &str = "a time is written like 30s, 2m, 1m30s or 0";
const TOO_LONG: &str = "a time to wait is at most 24h";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(text: &str) -> Result<u64, &'static str> {
        time_to_wait(text).map(|wait| wait.as_secs())
    }

    #[test]
    fn the_table_of_unused_options_names_options_that_exist() {
        let command = Cli::command();
        let global = command.get_arguments().filter(|option| option.is_global_set());
        let global: Vec<&str> = global.map(|option| option.get_id().as_str()).collect();
        assert_eq!(ALL, global);
        for (name, unused) in UNUSED {
            assert!(unused.iter().all(|option| ALL.contains(option)), "{name}");
        }
    }

    #[test]
    fn a_switch_may_be_given_twice() {
        for option in Cli::command().get_arguments() {
            if let (ArgAction::SetTrue, Some(long)) = (option.get_action(), option.get_long()) {
                let switch = format!("--{long}");
                let parsed = Cli::try_parse_from(["redwire", &switch, &switch]);
                assert!(parsed.is_ok(), "{switch}");
            }
        }
    }

    #[test]
    fn a_time_is_numbers_with_units() {
        for (text, expected) in [
            ("0", 0),
            ("0s", 0),
            ("30s", 30),
            ("90s", 90),
            ("2m", 120),
            ("1m30s", 90),
            ("1h", 3_600),
            ("1h1m1s", 3_661),
            ("24h", 86_400),
            ("007s", 7),
        ] {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_number_alone_lacks_its_unit() {
        for text in ["30", "1m30", "00"] {
            assert_eq!(seconds(text), Err(NO_UNIT), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_time() {
        for text in [
            "", " 1s", "1s ", "s", "-1s", "+1s", "1.5m", "30s1m", "1m1m", "1d", "1S", "ten", "٣s",
            "1µs",
        ] {
            assert_eq!(seconds(text), Err(NOT_A_TIME), "{text}");
        }
    }

    #[test]
    fn nobody_waits_for_more_than_a_day() {
        for text in [
            "24h1s",
            "25h",
            "99999999999h",
            "99999999999999999999999s",
            "1h18446744073709551615s",
        ] {
            assert_eq!(seconds(text), Err(TOO_LONG), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_more_than_a_day(text in ".{0,12}") {
            prop_assert!(seconds(&text).is_ok_and(|seconds| seconds <= 86_400) || seconds(&text).is_err());
        }
    }
}
