//! The rules for colours: NO_COLOR (no-color.org), CLICOLOR and CLICOLOR_FORCE
//! (bixense.com/clicolors), FORCE_COLOR (force-color.org). If they disagree, NO_COLOR wins.

use std::ffi::OsString;

use clap::{ColorChoice, ValueEnum};

use crate::cli::ColorArg;
use crate::host::Host;

/// The use of colours that the environment asks for, with the variable.
pub(super) fn of_environment(host: &Host) -> Option<(&'static str, ColorArg)> {
    let is_zero = |name: &str| host.variable(name).is_some_and(|value| value == "0");
    let is_on = |name: &str| host.variable(name).is_some() && !is_zero(name);
    if host.variable("NO_COLOR").is_some() {
        Some(("NO_COLOR", ColorArg::Never))
    } else if is_on("CLICOLOR_FORCE") {
        Some(("CLICOLOR_FORCE", ColorArg::Always))
    } else if host.variable("FORCE_COLOR").is_some() {
        Some(("FORCE_COLOR", ColorArg::Always))
    } else if is_zero("CLICOLOR") {
        Some(("CLICOLOR", ColorArg::Never))
    } else {
        None
    }
}

/// The use of colours in help and in errors about the command line, which may be invalid.
pub(super) fn of_help(arguments: &[OsString], host: &Host) -> ColorChoice {
    let words = arguments.iter().take_while(|argument| *argument != "--");
    let words: Vec<&str> = words.filter_map(|argument| argument.to_str()).collect();
    let given = words.iter().enumerate().find_map(|(index, word)| match *word {
        "--color" => words.get(index + 1).copied(),
        word => word.strip_prefix("--color="),
    });
    let given = given.and_then(|word| ColorArg::from_str(word, false).ok());
    match given.or(of_environment(host).map(|(_, color)| color)) {
        Some(ColorArg::Always) => ColorChoice::Always,
        Some(ColorArg::Never) => ColorChoice::Never,
        Some(ColorArg::Auto) | None => ColorChoice::Auto,
    }
}

/// True if there are colours.
pub(super) fn is_wanted(color: ColorArg, host: &Host) -> bool {
    match color {
        ColorArg::Always => true,
        ColorArg::Never => false,
        ColorArg::Auto => {
            let is_dumb = host.variable("TERM").is_some_and(|term| term == "dumb");
            host.terminals.stdout && !is_dumb
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_asks_for_colours_or_forbids_them() {
        use ColorArg::{Always, Never};
        for (variables, color) in [
            (&[][..], None),
            (&[("NO_COLOR", "")], None),
            (&[("NO_COLOR", "0")], Some(Never)),
            (&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], Some(Never)),
            (&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], Some(Never)),
            (&[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0")], Some(Always)),
            (&[("CLICOLOR_FORCE", "0")], None),
            (&[("FORCE_COLOR", "0")], Some(Always)),
            (&[("FORCE_COLOR", "")], None),
            (&[("CLICOLOR", "1")], None),
            (&[("CLICOLOR", "0")], Some(Never)),
        ] {
            let host = Host::default().with_variables(variables);
            assert_eq!(of_environment(&host).map(|(_, color)| color), color, "{variables:?}");
        }
    }

    #[test]
    fn without_a_wish_colours_need_a_terminal_that_has_them() {
        for (terminal, variables, expected) in [
            (true, &[][..], true),
            (false, &[], false),
            (true, &[("TERM", "dumb")], false),
            (true, &[("TERM", "xterm")], true),
        ] {
            let mut host = Host::default().with_variables(variables);
            host.terminals.stdout = terminal;
            assert_eq!(is_wanted(ColorArg::Auto, &host), expected, "{variables:?}");
            assert!(is_wanted(ColorArg::Always, &host) && !is_wanted(ColorArg::Never, &host));
        }
    }
}
