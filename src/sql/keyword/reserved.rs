//! The names that need quotes on a warehouse (Amazon Redshift Database Developer Guide, "Reserved
//! words"; `PostgreSQL` documentation, appendix C).

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::name::{Identifier, is_reserved};

/// Words that cannot stand as a bare name on Redshift or PostgreSQL, beside those of
/// [`is_reserved`]: in lower case.
static RESERVED: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("reserved.txt").lines().collect());

/// The name in a statement, quoted if necessary.
pub fn written(name: &str) -> String {
    let bare = Identifier(name).to_string();
    if is_word_of_its_own(name) {
        format!("\"{name}\"")
    } else {
        bare
    }
}

/// Returns true for a word that is not a name without quotes on a warehouse, in any letter case.
pub fn is_reserved_on_warehouse(word: &str) -> bool {
    is_reserved(word) || is_word_of_its_own(&word.to_ascii_lowercase())
}

fn is_word_of_its_own(word: &str) -> bool {
    RESERVED.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_where_it_needs_it() {
        for (name, expected) in [
            ("orders", "orders"),
            ("order", "\"order\""),
            ("tag", "\"tag\""),
            ("Orders", "\"Orders\""),
            ("a\"b", "\"a\"\"b\""),
            ("1a", "\"1a\""),
            ("é", "\"é\""),
        ] {
            assert_eq!(written(name), expected);
        }
    }
}
