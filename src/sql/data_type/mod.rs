//! Redshift's types of columns (AWS documentation, "Data types").
//!
//! [`TYPES`] is the table of them, [`LACKING`] that of types of other databases; the parser and the
//! reference read both.

mod encoding;
mod lacking;
mod parse;
mod types;

use std::fmt;

pub(super) use encoding::encoding;
pub use encoding::{ENCODINGS, Encoding};
pub use lacking::LACKING;
pub(super) use parse::data_type;
pub use types::{TYPES, TypeSpec, type_help};

use types::DEFAULT_FRACTION_DIGITS;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataType {
    /// 2 bytes.
    SmallInt,
    /// 4 bytes.
    Integer,
    /// 8 bytes.
    BigInt,
    /// A number with decimal digits.
    Decimal {
        /// The number of all digits: 1 to 38.
        precision: u32,
        /// The number of fractional digits: up to 37, and at most `precision`.
        scale: u32,
    },
    /// A floating-point number of 4 bytes.
    Real,
    /// A floating-point number of 8 bytes.
    DoublePrecision,
    /// TRUE or FALSE.
    Boolean,
    /// A string of exactly this many bytes: 1 to 4096.
    Char(u32),
    /// A string of up to this many bytes of UTF-8: 1 to 65535.
    VarChar(u32),
    /// A day.
    Date,
    /// A time of day, in microseconds.
    Time,
    /// A time of day with a time zone.
    TimeTz,
    /// A timestamp without a time zone, in microseconds.
    Timestamp,
    /// A timestamp with a time zone.
    TimestampTz,
    /// An interval.
    Interval {
        /// The words behind INTERVAL, such as `YEAR TO MONTH`.
        fields: &'static str,
        /// The number of fractional digits of its seconds: 0 to 6.
        digits: u32,
    },
    /// Any value of JSON, up to 16 MB.
    Super,
    /// Up to this many bytes: 1 to 16,777,216.
    VarByte(u32),
    /// A HyperLogLog sketch.
    HllSketch,
    /// A shape on a plane.
    Geometry,
    /// A shape on the globe.
    Geography,
}

impl DataType {
    /// True if a column of the type can be a distribution or sort key (AWS documentation, "SUPER
    /// type", "Querying spatial data" and "HyperLogLog functions", under limitations).
    pub fn can_be_key(self) -> bool {
        !matches!(self, Self::Super | Self::HllSketch | Self::Geometry | Self::Geography)
    }

    /// True if COLLATE may stand behind the type.
    pub fn has_strings(self) -> bool {
        matches!(self, Self::Char(_) | Self::VarChar(_) | Self::Super)
    }
}

/// Prints the canonical name: upper case, with the length.
impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Decimal { precision, scale } => {
                return write!(f, "DECIMAL({precision}, {scale})");
            }
            Self::Char(length) => return write!(f, "CHAR({length})"),
            Self::VarChar(length) => return write!(f, "VARCHAR({length})"),
            Self::VarByte(length) => return write!(f, "VARBYTE({length})"),
            Self::Interval { fields, digits: DEFAULT_FRACTION_DIGITS } => {
                return write!(f, "INTERVAL {fields}");
            }
            Self::Interval { fields, digits } => return write!(f, "INTERVAL {fields}({digits})"),
            Self::SmallInt => "SMALLINT",
            Self::Integer => "INTEGER",
            Self::BigInt => "BIGINT",
            Self::Real => "REAL",
            Self::DoublePrecision => "DOUBLE PRECISION",
            Self::Boolean => "BOOLEAN",
            Self::Date => "DATE",
            Self::Time => "TIME",
            Self::TimeTz => "TIMETZ",
            Self::Timestamp => "TIMESTAMP",
            Self::TimestampTz => "TIMESTAMPTZ",
            Self::Super => "SUPER",
            Self::HllSketch => "HLLSKETCH",
            Self::Geometry => "GEOMETRY",
            Self::Geography => "GEOGRAPHY",
        };
        f.write_str(name)
    }
}

#[cfg(test)]
mod tests;
