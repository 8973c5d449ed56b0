//! The manual page: the command line as clap describes it, the tables of the reference, files and
//! examples.

use std::io;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use super::command_line::{COMMAND_OF_PROGRAM, VARIABLES, name, own_options, subcommands};
use super::errors::exit_statuses;
use redwire::cli;

/// Has no date, so that the page is the same whenever it is made; clap_mangen would move the next
/// argument into the date's place.
const TITLE: &str = concat!(
    ".TH REDWIRE 1 \"\" \"redwire ",
    env!("CARGO_PKG_VERSION"),
    "\" \"User Commands\"\n"
);

/// A term and its description.
type Term = (&'static str, &'static str);

const FILES: &[Term] = &[
    (
        "~/.local/share/redwire/catalog.db",
        "The catalog: definitions of connections, tables and jobs. No password is in it. The folder is redwire \
         in $XDG_DATA_HOME where that is set, and in the data folder of the user on other platforms.",
    ),
    (
        "CATALOG.secrets",
        "Beside the catalog: a journal of the passwords that are being stored or deleted, by their ids, so that a crash \
         leaves none behind. No password is in it.",
    ),
    (
        "CATALOG.vault",
        "Beside the catalog: the passwords that are kept in the vault, encrypted.",
    ),
    (
        "~/.config/redwire/config.toml",
        "The settings of the prompt. No password is in it. The folder is redwire in \
         $XDG_CONFIG_HOME where that is set.",
    ),
    (
        "~/.local/state/redwire/history",
        "The history of the prompt, with every password masked; beside it in connection-history that of each warehouse.",
    ),
];

/// Purposes and command lines.
pub const EXAMPLES: &[Term] = &[
    (
        "Try a statement, and leave nothing behind:",
        "redwire --ephemeral -c 'SHOW CONNECTIONS'",
    ),
    (
        "Run a script as a whole or not at all, on a machine without a keyring:",
        "redwire --secret-store vault --single-transaction -f connections.sql",
    ),
    ("See one connection, as JSON:", "redwire show sales --format json"),
    (
        "See what a statement would do, and leave the catalog as it is:",
        "redwire --dry-run -c 'DROP CONNECTION sales'",
    ),
    (
        "Keep the catalog as a script, without passwords:",
        "redwire -c \"EXPORT CATALOG TO 'catalog.sql'\"",
    ),
    (
        "See what would have to change for the catalog to be what a script says:",
        "REDWIRE_PASSWORD_SALES=x redwire --secret-store vault plan catalog.sql",
    ),
    (
        "Ask the catalog in SQL:",
        "redwire --format csv -c 'SELECT name FROM system.information_schema.connections' > names.csv",
    ),
    (
        "Have fish complete redwire's command lines:",
        "redwire completions fish > ~/.config/fish/completions/redwire.fish",
    ),
];

/// The page, in the language of man(7).
pub fn page() -> io::Result<String> {
    let mut command = cli::command();
    command.build();
    let usage = usage(&command);
    let man = Man::new(command.clone().override_usage(usage));
    let mut page = TITLE.as_bytes().to_vec();
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    for section in [commands(&command), exit_status(), environment(), files(), examples()] {
        section.to_writer(&mut page)?;
    }
    String::from_utf8(page).map_err(io::Error::other)
}

/// One line for redwire itself and for each of its commands.
fn usage(command: &Command) -> String {
    let mut usage = "redwire [OPTIONS] [NAME]".to_owned();
    for sub in subcommands(command) {
        let line = sub.clone().render_usage().to_string();
        usage.push('\n');
        usage.push_str(line.trim_start_matches("Usage: "));
    }
    usage
}

fn commands(command: &Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["COMMANDS"]);
    for sub in subcommands(command) {
        let mut header = vec![bold(name(sub))];
        for positional in sub.get_positionals() {
            let text = if positional.is_trailing_var_arg_set() {
                COMMAND_OF_PROGRAM.to_owned()
            } else {
                positional.to_string()
            };
            header.extend([roman(" "), italic(text)]);
        }
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        roff.control("TP", []).text(header).text([roman(format!("{about}."))]);
        add_own_options(&mut roff, sub);
        add_values(&mut roff, sub);
    }
    roff
}

fn add_own_options(roff: &mut Roff, command: &Command) {
    let options: Vec<_> = own_options(command).collect();
    if options.is_empty() {
        return;
    }
    roff.control("RS", []);
    for option in options {
        let name = format!("--{}", option.get_long().unwrap_or_default());
        let help = option.get_help().map(ToString::to_string).unwrap_or_default();
        roff.control("TP", []).text([bold(name)]).text([roman(format!("{help}."))]);
    }
    roff.control("RE", []);
}

/// Lists the values of the command's own argument, if it has a fixed set.
fn add_values(roff: &mut Roff, command: &Command) {
    let values: Vec<_> =
        command.get_positionals().flat_map(clap::Arg::get_possible_values).collect();
    if values.is_empty() {
        return;
    }
    roff.control("RS", []);
    for value in values {
        let help = value.get_help().map(ToString::to_string).unwrap_or_default();
        roff.control("TP", []).text([bold(value.get_name())]).text([roman(help)]);
    }
    roff.control("RE", []);
}

fn exit_status() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (status, meaning) in exit_statuses() {
        add_term(&mut roff, &status.to_string(), meaning);
    }
    roff
}

fn environment() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["ENVIRONMENT"]);
    for (name, meaning) in VARIABLES {
        add_term(&mut roff, name, meaning);
    }
    roff
}

fn files() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["FILES"]);
    for (path, meaning) in FILES {
        add_term(&mut roff, path, meaning);
    }
    roff
}

/// A term and its meaning, with what stands in backticks in bold.
fn add_term(roff: &mut Roff, term: &str, meaning: &str) {
    let inlines: Vec<Inline> = meaning
        .split('`')
        .enumerate()
        .map(|(index, text)| if index % 2 == 0 { roman(text) } else { bold(text) })
        .collect();
    roff.control("TP", []).text([bold(term)]).text(inlines);
}

fn examples() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"])
        .text([roman("Each of these runs in a shell as it stands.")]);
    for (what, command) in EXAMPLES {
        roff.control("PP", []).text([roman(*what)]);
        roff.control("PP", []).control("RS", ["4"]).control("nf", []);
        roff.text([roman(*command)]);
        roff.control("fi", []).control("RE", []);
    }
    roff
}
