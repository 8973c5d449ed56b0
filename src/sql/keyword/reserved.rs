//! The names that need quotes on a warehouse (Amazon Redshift Database Developer Guide, "Reserved
//! words"; `PostgreSQL` documentation, appendix C).

use crate::name::{Identifier, is_reserved};

/// Words that cannot be a bare name on Redshift or PostgreSQL, beside those of [`is_reserved`]: in
/// lower case and sorted.
const RESERVED: &[&str] = &[
    "aes128",
    "aes256",
    "allowoverwrite",
    "asymmetric",
    "authorization",
    "az64",
    "backup",
    "binary",
    "blanksasnull",
    "bytedict",
    "bzip2",
    "collation",
    "concurrently",
    "credentials",
    "cross",
    "current_catalog",
    "current_role",
    "current_schema",
    "current_user_id",
    "deflate",
    "defrag",
    "delta",
    "delta32k",
    "disable",
    "emptyasnull",
    "enable",
    "encode",
    "encrypt",
    "encryption",
    "explicit",
    "fetch",
    "freeze",
    "full",
    "globaldict256",
    "globaldict64k",
    "gzip",
    "identity",
    "ignore",
    "ilike",
    "inner",
    "interval",
    "isnull",
    "join",
    "language",
    "lateral",
    "left",
    "lun",
    "luns",
    "lzo",
    "lzop",
    "minus",
    "mostly16",
    "mostly32",
    "mostly8",
    "natural",
    "notnull",
    "nulls",
    "offline",
    "oid",
    "open",
    "outer",
    "overlaps",
    "parallel",
    "partition",
    "percent",
    "permissions",
    "pivot",
    "qualify",
    "raw",
    "readratio",
    "recover",
    "rejectlog",
    "resort",
    "respect",
    "restore",
    "returning",
    "right",
    "similar",
    "snapshot",
    "symmetric",
    "sysdate",
    "system",
    "tablesample",
    "tag",
    "tdes",
    "text255",
    "text32k",
    "timestamp",
    "top",
    "truncatecolumns",
    "unnest",
    "unpivot",
    "variadic",
    "verbose",
    "wallet",
    "window",
    "without",
];

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
    RESERVED.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_sorted() {
        assert!(RESERVED.is_sorted());
    }

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
