//! Compression encodings of columns (AWS documentation, "Compression encodings").

use std::fmt;

use crate::sql::error::TypeError;
use crate::sql::keyword::nearest;
use crate::sql::lexical::{Parsed, expect, fail, word};

/// The encodings, in lower case and sorted.
pub static ENCODINGS: &[&str] = &[
    "auto",
    "az64",
    "bytedict",
    "delta",
    "delta32k",
    "lzo",
    "mostly16",
    "mostly32",
    "mostly8",
    "raw",
    "runlength",
    "text255",
    "text32k",
    "zstd",
];

/// A compression encoding; the word in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(&'static str);

impl Encoding {
    /// The encoding with this name, in any letter case. `none` is RAW: Redshift's views show it so
    /// (AWS documentation, "PG_TABLE_DEF").
    pub fn named(name: &str) -> Option<Self> {
        let name = if name.eq_ignore_ascii_case("none") { "raw" } else { name };
        let known = |known: &&&str| known.eq_ignore_ascii_case(name);
        ENCODINGS.iter().find(known).map(|known| Self(known))
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The encoding behind ENCODE.
pub(in crate::sql) fn encoding(input: &str) -> Parsed<'_, Encoding> {
    let (rest, written) = expect("an encoding, such as az64", word)(input)?;
    match Encoding::named(written) {
        Some(encoding) => Ok((rest, encoding)),
        None => {
            let nearest = nearest(written, ENCODINGS.iter().copied());
            fail(input, TypeError::UnknownEncoding { nearest, known: ENCODINGS })
        }
    }
}
