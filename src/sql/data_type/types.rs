//! The table of types: their names and limits (AWS documentation, "Data types").

use std::fmt::Write as _;

use super::DataType;

/// A type with its names and limits.
#[derive(Debug)]
pub struct TypeSpec {
    /// The name, in upper case.
    pub name: &'static str,
    /// The other names.
    pub aliases: &'static [&'static str],
    /// The parameters behind the name, such as `(n)`, or nothing.
    pub parameters: &'static str,
    /// The limits, in words.
    pub limits: &'static str,
    pub(super) form: Form,
}

/// The syntax of a type.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// The name alone.
    Plain(DataType),
    /// An optional length in parentheses.
    Length {
        make: fn(u32) -> DataType,
        /// The length in errors, before "is out of range".
        what: &'static str,
        default: u32,
        maximum: u32,
        /// True if MAX is allowed for the maximum.
        takes_max: bool,
    },
    /// Precision and scale.
    Decimal,
    /// An optional precision in bits, which chooses the type.
    Float,
    /// An optional precision, which is not kept: each value has microseconds. Then the type, or the
    /// other one behind WITH TIME ZONE.
    Moment {
        plain: DataType,
        with_zone: DataType,
    },
    /// The fields behind INTERVAL; those that end in SECOND take a number of fractional digits.
    Interval,
}

/// The maximum precision of a DECIMAL, and the one without parentheses.
pub(super) const MAX_PRECISION: u32 = 38;
pub(super) const DEFAULT_PRECISION: u32 = 18;
/// The maximum scale of a DECIMAL.
pub(super) const MAX_SCALE: u32 = 37;
/// The maximum number of bits of a FLOAT, and of one that is a REAL (PostgreSQL documentation,
/// "Floating-Point Types").
pub(super) const MAX_FLOAT_BITS: u32 = 53;
pub(super) const MAX_REAL_BITS: u32 = 24;
/// The maximum number of fractional digits of an interval's seconds, and the one without
/// parentheses.
pub(super) const MAX_FRACTION_DIGITS: u32 = 6;
pub(super) const DEFAULT_FRACTION_DIGITS: u32 = 6;

const fn plain(
    name: &'static str,
    aliases: &'static [&'static str],
    limits: &'static str,
    data_type: DataType,
) -> TypeSpec {
    TypeSpec {
        name,
        aliases,
        parameters: "",
        limits,
        form: Form::Plain(data_type),
    }
}

const fn moment(
    name: &'static str,
    aliases: &'static [&'static str],
    plain: DataType,
    with_zone: DataType,
) -> TypeSpec {
    TypeSpec {
        name,
        aliases,
        parameters: "(p)",
        limits: "microseconds, whatever p is",
        form: Form::Moment { plain, with_zone },
    }
}

/// The types of Redshift.
pub static TYPES: &[TypeSpec] = &[
    plain("SMALLINT", &["INT2"], "2 bytes: -32768 to 32767", DataType::SmallInt),
    plain(
        "INTEGER",
        &["INT", "INT4"],
        "4 bytes: -2147483648 to 2147483647",
        DataType::Integer,
    ),
    plain(
        "BIGINT",
        &["INT8"],
        "8 bytes: -9223372036854775808 to 9223372036854775807",
        DataType::BigInt,
    ),
    TypeSpec {
        name: "DECIMAL",
        aliases: &["NUMERIC", "DEC"],
        parameters: "(p, s)",
        limits: "p 1 to 38, default 18; s 0 to 37 and at most p, default 0",
        form: Form::Decimal,
    },
    plain("REAL", &["FLOAT4"], "4 bytes: 6 digits", DataType::Real),
    plain("DOUBLE PRECISION", &["FLOAT8"], "8 bytes: 15 digits", DataType::DoublePrecision),
    TypeSpec {
        name: "FLOAT",
        aliases: &[],
        parameters: "(p)",
        limits: "p to 24 is REAL; p to 53, or none, is DOUBLE PRECISION",
        form: Form::Float,
    },
    plain("BOOLEAN", &["BOOL"], "TRUE or FALSE", DataType::Boolean),
    TypeSpec {
        name: "CHAR",
        aliases: &["CHARACTER", "NCHAR", "NATIONAL CHARACTER", "NATIONAL CHAR"],
        parameters: "(n)",
        limits: "n 1 to 4096 or MAX, default 1; characters of one byte",
        form: Form::Length {
            make: DataType::Char,
            what: "the length of CHAR",
            default: 1,
            maximum: 4096,
            takes_max: true,
        },
    },
    plain("BPCHAR", &[], "CHAR(256)", DataType::Char(256)),
    TypeSpec {
        name: "VARCHAR",
        aliases: &[
            "CHARACTER VARYING",
            "CHAR VARYING",
            "NVARCHAR",
            "NCHAR VARYING",
            "NATIONAL CHARACTER VARYING",
            "NATIONAL CHAR VARYING",
        ],
        parameters: "(n)",
        limits: "n 1 to 65535 or MAX, default 256",
        form: Form::Length {
            make: DataType::VarChar,
            what: "the length of VARCHAR",
            default: 256,
            maximum: 65_535,
            takes_max: true,
        },
    },
    plain("TEXT", &[], "VARCHAR(256)", DataType::VarChar(256)),
    plain("DATE", &[], "days", DataType::Date),
    moment("TIME", &["TIME WITHOUT TIME ZONE"], DataType::Time, DataType::TimeTz),
    moment("TIMETZ", &["TIME WITH TIME ZONE"], DataType::TimeTz, DataType::TimeTz),
    moment(
        "TIMESTAMP",
        &["TIMESTAMP WITHOUT TIME ZONE", "DATETIME"],
        DataType::Timestamp,
        DataType::TimestampTz,
    ),
    moment(
        "TIMESTAMPTZ",
        &["TIMESTAMP WITH TIME ZONE"],
        DataType::TimestampTz,
        DataType::TimestampTz,
    ),
    TypeSpec {
        name: "INTERVAL YEAR TO MONTH",
        aliases: &["INTERVAL YEAR", "INTERVAL MONTH"],
        parameters: "",
        limits: "months; each name is a type of its own",
        form: Form::Interval,
    },
    TypeSpec {
        name: "INTERVAL DAY TO SECOND",
        aliases: &[
            "INTERVAL DAY",
            "INTERVAL HOUR",
            "INTERVAL MINUTE",
            "INTERVAL SECOND",
            "INTERVAL DAY TO HOUR",
            "INTERVAL DAY TO MINUTE",
            "INTERVAL HOUR TO MINUTE",
            "INTERVAL HOUR TO SECOND",
            "INTERVAL MINUTE TO SECOND",
        ],
        parameters: "(p)",
        limits: "p 0 to 6 digits of the seconds, default 6; each name is a type of its own",
        form: Form::Interval,
    },
    plain("SUPER", &[], "16 MB", DataType::Super),
    TypeSpec {
        name: "VARBYTE",
        aliases: &["VARBINARY", "BINARY VARYING"],
        parameters: "(n)",
        limits: "n 1 to 16777216 bytes, default 64000",
        form: Form::Length {
            make: DataType::VarByte,
            what: "the length of VARBYTE",
            default: 64_000,
            maximum: 16_777_216,
            takes_max: false,
        },
    },
    plain("HLLSKETCH", &[], "a HyperLogLog sketch", DataType::HllSketch),
    plain("GEOMETRY", &[], "1 MB", DataType::Geometry),
    plain("GEOGRAPHY", &[], "1 MB", DataType::Geography),
];

/// The types of columns as a text: each with its other names and its limit.
pub fn type_help() -> String {
    let mut text = String::new();
    for spec in TYPES {
        let name = format!("{}{}", spec.name, spec.parameters);
        let aliases = match spec.aliases {
            [] => String::new(),
            aliases => format!("; also {}", aliases.join(", ")),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {name:<27} {}{aliases}", spec.limits);
    }
    text
}
