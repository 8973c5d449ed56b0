//! The command line, the environment and the exit statuses.

use clap::{Arg, ArgAction, Command};

use super::errors;
use super::page::{Page, code, codes};
use redwire::cli;
use redwire::config::SETTINGS;

/// Variables of the environment and their meanings.
pub(super) const VARIABLES: &[(&str, &str)] = &[
    ("REDWIRE_CATALOG", "the catalog's file; `--catalog` wins"),
    ("REDWIRE_SECRET_STORE", "`keyring`, `vault` or `memory`; `--secret-store` wins"),
    ("REDWIRE_VAULT_PASSPHRASE", "the passphrase of the vault"),
    (
        "REDWIRE_VAULT_PASSPHRASE_FILE",
        "a file whose first line is the passphrase; REDWIRE_VAULT_PASSPHRASE wins",
    ),
    (
        "REDWIRE_VAULT_IDENTITY_FILE",
        "a file of `age-keygen` that opens the vault; no passphrase is used then",
    ),
    (
        "SSL_CERT_FILE",
        "the certificates for the program of `exec`, before the system's; the URL's sslrootcert \
         wins",
    ),
    (
        "XDG_DATA_HOME",
        "on Linux, the folder of `redwire/catalog.db`; else `~/.local/share`",
    ),
    ("XDG_CONFIG_HOME", "the folder of `redwire/config.toml`; else `~/.config`"),
    ("XDG_STATE_HOME", "the folder of `redwire/history`; else `~/.local/state`"),
    (
        "REDWIRE_LOG",
        "`info` logs as `--verbose` does, `debug` as it does when given twice, `off` nothing",
    ),
    ("NO_COLOR", "set to anything: no colours; `--color always` wins"),
    (
        "CLICOLOR_FORCE, FORCE_COLOR",
        "colours also where no terminal is; NO_COLOR wins, and CLICOLOR_FORCE=0 has no effect",
    ),
    ("CLICOLOR", "`0`: no colours"),
    ("TERM", "`dumb`: no colours; `--color always` wins"),
    (
        "PAGER",
        "the program for long results at the prompt; else `less -FRSX`, or `less` if LESS is set",
    ),
    ("VISUAL, EDITOR", "the program that `\\e` opens; else `vi`"),
];

/// Stands for the command line of another program, which ends one of redwire.
pub(super) const COMMAND_OF_PROGRAM: &str = "-- CMD [ARG]...";

pub(super) fn write(page: &mut Page) {
    let mut command = cli::command();
    command.build();
    page.heading(2, "Command line");
    page.paragraph(
        "Without `-c` and `-f` there is a prompt if standard input is a terminal, else standard \
         input is the script.",
    );
    page.table(
        ["option", "meaning"],
        options(&command).map(|option| [call(option), meaning(option)]),
    );
    write_subcommands(page, &command);
    page.heading(3, "Environment");
    page.paragraph(
        "A variable that is set to nothing counts as not set; an empty PAGER means no pager.",
    );
    let rows = VARIABLES
        .iter()
        .map(|(name, meaning)| [codes(name.split(", ")), (*meaning).to_owned()]);
    page.table(["variable", "meaning"], rows);
    write_settings(page);
    page.heading(3, "Exit status");
    errors::write_statuses(page);
}

fn write_settings(page: &mut Page) {
    page.heading(3, "Settings");
    page.paragraph(
        "Keys of `config.toml` in the folder `redwire` of your configuration folder. They hold at \
         the prompt.",
    );
    let rows = SETTINGS.iter().map(|setting| {
        let default = setting.default();
        [
            code(setting.name),
            setting.values.to_owned(),
            code(&default),
            setting.help.to_owned(),
        ]
    });
    page.table(["setting", "value", "default", "meaning"], rows);
}

/// The commands that do something, without clap's `help`: those of a command that has some stand in
/// its place.
pub(super) fn subcommands(command: &Command) -> Vec<&Command> {
    let known = command.get_subcommands().filter(|sub| sub.get_name() != "help");
    known
        .flat_map(|sub| {
            if sub.has_subcommands() {
                subcommands(sub)
            } else {
                vec![sub]
            }
        })
        .collect()
}

/// The name behind `redwire`.
pub(super) fn name(command: &Command) -> &str {
    let name = command.get_bin_name().unwrap_or_default();
    name.strip_prefix("redwire ").unwrap_or(name)
}

fn options(command: &Command) -> impl Iterator<Item = &Arg> {
    command
        .get_arguments()
        .filter(|argument| !argument.is_positional() && !argument.is_hide_set())
}

/// `-c`, `--command STATEMENTS`
fn call(option: &Arg) -> String {
    let value = option
        .get_action()
        .takes_values()
        .then(|| option.get_value_names())
        .flatten()
        .and_then(<[_]>::first);
    let long = option.get_long().map(|long| match value {
        Some(value) => format!("--{long} {value}"),
        None => format!("--{long}"),
    });
    let short = option.get_short().map(|short| format!("-{short}"));
    codes(short.into_iter().chain(long))
}

fn meaning(option: &Arg) -> String {
    let help = option.get_help().map(ToString::to_string).unwrap_or_default();
    // clap's own remark on the other form of help.
    let mut text = help.split(" (see ").next().unwrap_or_default().to_owned();
    // A switch has values too, true and false, which nobody types.
    if option.get_action().takes_values() {
        let values = option.get_possible_values();
        if !values.is_empty() {
            let names = values.iter().map(clap::builder::PossibleValue::get_name);
            text = format!("{text}; one of {}", codes(names));
        }
        let defaults: Vec<_> = option
            .get_default_values()
            .iter()
            .map(|value| value.to_string_lossy())
            .collect();
        if !defaults.is_empty() {
            text = format!("{text}; default {}", codes(defaults));
        }
    }
    text
}

fn write_subcommands(page: &mut Page, command: &Command) {
    let about = |sub: &Command| sub.get_about().map(ToString::to_string).unwrap_or_default();
    let rows = subcommands(command).into_iter().map(|sub| {
        let (own, of_program): (Vec<&Arg>, Vec<&Arg>) =
            sub.get_positionals().partition(|argument| !argument.is_trailing_var_arg_set());
        let switches = own_options(sub).map(|option| {
            let call = call(option);
            // The long name says more, and one is enough.
            let long = call.rsplit("`, `").next().unwrap_or(&call);
            format!("[{}]", long.trim_matches('`'))
        });
        let program = of_program.iter().map(|_| COMMAND_OF_PROGRAM.to_owned());
        let words: Vec<String> =
            own.into_iter().map(argument).chain(switches).chain(program).collect();
        let call = format!("redwire {} {}", name(sub), words.join(" "));
        [code(call.trim_end()), format!("{}{}", about(sub), meanings(sub, command))]
    });
    page.heading(3, "Subcommands");
    page.paragraph(
        "A subcommand takes the options from `--catalog` on; those before it are for scripts and \
         the prompt. `connect` has these behind the connection's name.",
    );
    page.table(["subcommand", "what it does"], rows);
}

/// The options of a subcommand that no other one has.
pub(super) fn own_options(command: &Command) -> impl Iterator<Item = &Arg> {
    options(command).filter(|option| !option.is_global_set() && option.get_id() != "help")
}

/// The subcommand's own options, to follow its description; without those of redwire itself.
fn meanings(command: &Command, redwire: &Command) -> String {
    let mut text = String::new();
    let is_known =
        |option: &&Arg| options(redwire).any(|known| known.get_long() == option.get_long());
    for option in own_options(command).filter(|option| !is_known(option)) {
        text.extend([". ", &call(option), ": ", &lower_first(&meaning(option))]);
    }
    text
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// `NAME`, in brackets where it may be left out, or the values to choose from.
fn argument(argument: &Arg) -> String {
    let values = argument.get_possible_values();
    if !values.is_empty() {
        let names: Vec<&str> = values.iter().map(clap::builder::PossibleValue::get_name).collect();
        return names.join("|");
    }
    let value = argument.get_value_names().and_then(<[_]>::first);
    let name =
        value.map_or_else(|| argument.get_id().as_str().to_ascii_uppercase(), ToString::to_string);
    if matches!(argument.get_action(), ArgAction::Append) {
        format!("[{name}]...")
    } else if argument.is_required_set() {
        name
    } else {
        format!("[{name}]")
    }
}
