//! The types of columns, as Redshift has them (AWS documentation, "Data types").

use std::fmt;

/// The type of a column, in its canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataType(String);

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a column is compressed (AWS documentation, "Compression encodings"); the word in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(pub(super) &'static str);

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A type as it can be written.
#[derive(Debug)]
pub struct TypeSpec {
    /// Its name, in upper case.
    pub name: &'static str,
    /// Its other names.
    pub aliases: &'static [&'static str],
    /// What may stand behind the name, such as `(n)`; empty where nothing may.
    pub parameters: &'static str,
    /// Its limits, in words.
    pub limits: &'static str,
}

const fn plain(name: &'static str, aliases: &'static [&'static str]) -> TypeSpec {
    TypeSpec {
        name,
        aliases,
        parameters: "",
        limits: "",
    }
}

/// The types of Redshift.
pub static TYPES: &[TypeSpec] = &[
    plain("SMALLINT", &["INT2"]),
    plain("INTEGER", &["INT", "INT4"]),
    plain("BIGINT", &["INT8"]),
    TypeSpec {
        name: "DECIMAL",
        aliases: &["NUMERIC"],
        parameters: "(p, s)",
        limits: "",
    },
    plain("DOUBLE PRECISION", &["FLOAT8"]),
    TypeSpec {
        name: "VARCHAR",
        aliases: &["CHARACTER VARYING", "CHAR VARYING", "NVARCHAR"],
        parameters: "(n)",
        limits: "",
    },
    plain("TIMESTAMP", &["TIMESTAMP WITHOUT TIME ZONE"]),
    plain("TIMESTAMPTZ", &["TIMESTAMP WITH TIME ZONE"]),
];

/// The encodings, in lower case and sorted.
pub static ENCODINGS: &[&str] = &["auto", "az64", "zstd"];
