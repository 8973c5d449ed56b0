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
