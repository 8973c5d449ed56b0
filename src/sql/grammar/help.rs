//! The parts of `\h` beside the syntax of a statement.

use std::fmt::Write as _;

use super::{CATALOG_TABLES, statements};
use crate::name::Identifier;
use crate::sql::option::OptionSpec;

/// The options of a statement as a text of several lines: name, type, default, meaning.
pub fn option_help(options: &[&OptionSpec]) -> String {
    let mut text = String::new();
    for option in options {
        let need = if option.is_always_required() {
            "required".to_owned()
        } else if option.required {
            "required with a password".to_owned()
        } else {
            format!("default: {}", option.default.unwrap_or("none"))
        };
        let fixed = if option.mutable { "" } else { "; ALTER cannot change it" };
        let unused = if option.unused {
            "no effect here; in Upsolver: "
        } else {
            ""
        };
        let (name, kind, help) = (option.name, option.kind.words(), option.help);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {name:<27} {unused}{help} ({kind}; {need}{fixed})");
    }
    text
}

/// All statements as a text of several lines: name, effect.
pub fn statement_list() -> String {
    let mut text = String::new();
    for statement in statements() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {:<26}  {}", statement.name, statement.summary);
    }
    text
}

/// The catalog's tables as a text: each with its columns, as they are written in a SELECT.
pub fn table_help() -> String {
    let mut text = String::new();
    for table in CATALOG_TABLES {
        // Writing to a String cannot fail.
        let columns: Vec<String> =
            table.columns.iter().map(|column| Identifier(column).to_string()).collect();
        let _ = writeln!(text, "  {} ({})", table.name, columns.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::option::JOB_OPTIONS;

    #[test]
    fn an_option_without_effect_says_so() {
        let text = option_help(JOB_OPTIONS);
        assert!(
            text.contains("COMPUTE_CLUSTER             no effect here; in Upsolver: the cluster (")
        );
        assert!(text.contains("RUN_INTERVAL                how often the job runs ("));
    }

    #[test]
    fn a_column_that_is_a_reserved_word_is_quoted() {
        assert!(
            table_help()
                .contains("(catalog, schema, \"table\", name, ordinal, data_type, is_nullable)")
        );
    }
}
