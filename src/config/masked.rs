//! Masks possible secrets in the errors of clap.

use clap::error::{ContextKind, ContextValue};

use crate::render::Format;

/// clap repeats an unknown argument, which may be a whole statement; only a plain word is shown.
pub(super) fn masked(mut error: clap::Error) -> clap::Error {
    if let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg)
        && let Some(format) = named_format(argument)
    {
        let tip = format!("a format stands behind --format: --format {format}");
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
        return error;
    }
    for kind in [
        ContextKind::InvalidSubcommand,
        ContextKind::InvalidArg,
        ContextKind::InvalidValue,
    ] {
        if let Some(ContextValue::String(argument)) = error.get(kind)
            && !is_plain_word(argument)
            && !(kind == ContextKind::InvalidValue && is_number(argument))
        {
            error.insert(kind, ContextValue::String(MASKED_ARGUMENT.to_owned()));
            // The value of an option is no statement.
            if kind != ContextKind::InvalidValue {
                let tip = "statements stand behind -c: redwire -c 'STATEMENTS'";
                error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
            }
        }
    }
    error
}

/// The format in an option of its own, such as psql's `--csv`.
fn named_format(argument: &str) -> Option<Format> {
    argument.strip_prefix("--")?.parse().ok()
}

/// Replaces an argument that may hold a secret.
const MASKED_ARGUMENT: &str = "***";

/// True for a word like an option or a subcommand, or the placeholder of a value.
fn is_plain_word(argument: &str) -> bool {
    let word = argument.split(" <").next().unwrap_or(argument);
    word.bytes()
        .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'<' | b'>' | b'_'))
}

/// True for a number with or without a unit, as options take them.
fn is_number(argument: &str) -> bool {
    const MAX_DIGITS: usize = 10;
    let unit = argument
        .trim_start_matches('-')
        .trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = argument.len() - unit.len();
    (1..=MAX_DIGITS).contains(&digits) && matches!(unit, "" | "s" | "m" | "h" | "ms" | "d")
}
