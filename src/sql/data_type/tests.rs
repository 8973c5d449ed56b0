//! Parsing, printing and refusing types.

use super::*;
use crate::sql::error::{SqlErrorKind, TypeError};

fn read(text: &str) -> String {
    let found: DataType = text.parse().unwrap();
    let printed = found.to_string();
    assert_eq!(printed.parse::<DataType>().unwrap(), found, "{text}");
    printed
}

/// The error of the text, and the part of the text that it is about.
fn error_of(text: &str) -> (TypeError, &str) {
    let error = text.parse::<DataType>().unwrap_err();
    match *error.kind {
        SqlErrorKind::Type(kind) => (kind, &text[error.span]),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn every_name_and_alias_reads_as_its_canonical_type() {
    for (written, canonical) in [
        ("smallint", "SMALLINT"),
        ("INT2", "SMALLINT"),
        ("int", "INTEGER"),
        ("Int4", "INTEGER"),
        ("BIGINT", "BIGINT"),
        ("int8", "BIGINT"),
        ("decimal", "DECIMAL(18, 0)"),
        ("numeric(5)", "DECIMAL(5, 0)"),
        ("NUMERIC ( 38 , 37 )", "DECIMAL(38, 37)"),
        ("real", "REAL"),
        ("float4", "REAL"),
        ("double /* of */ precision", "DOUBLE PRECISION"),
        ("float8", "DOUBLE PRECISION"),
        ("float", "DOUBLE PRECISION"),
        ("float(24)", "REAL"),
        ("float(25)", "DOUBLE PRECISION"),
        ("bool", "BOOLEAN"),
        ("char", "CHAR(1)"),
        ("character(4096)", "CHAR(4096)"),
        ("nchar(3)", "CHAR(3)"),
        ("char(max)", "CHAR(4096)"),
        ("bpchar", "CHAR(256)"),
        ("varchar", "VARCHAR(256)"),
        ("varchar(max)", "VARCHAR(65535)"),
        ("character varying(10)", "VARCHAR(10)"),
        ("nvarchar(10)", "VARCHAR(10)"),
        ("text", "VARCHAR(256)"),
        ("date", "DATE"),
        ("time", "TIME"),
        ("time without time zone", "TIME"),
        ("time with time zone", "TIMETZ"),
        ("timestamp", "TIMESTAMP"),
        ("timestamp\nwithout time zone", "TIMESTAMP"),
        ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ"),
        ("timestamptz", "TIMESTAMPTZ"),
        ("interval year to month", "INTERVAL YEAR TO MONTH"),
        ("interval day to second", "INTERVAL DAY TO SECOND"),
        ("interval day to second (6)", "INTERVAL DAY TO SECOND"),
        ("interval day to second(0)", "INTERVAL DAY TO SECOND(0)"),
        ("interval year", "INTERVAL YEAR"),
        ("interval month", "INTERVAL MONTH"),
        ("interval day", "INTERVAL DAY"),
        ("interval hour", "INTERVAL HOUR"),
        ("interval minute", "INTERVAL MINUTE"),
        ("interval second (3)", "INTERVAL SECOND(3)"),
        ("interval day to hour", "INTERVAL DAY TO HOUR"),
        ("interval day to minute", "INTERVAL DAY TO MINUTE"),
        ("interval hour to minute", "INTERVAL HOUR TO MINUTE"),
        ("interval hour to second", "INTERVAL HOUR TO SECOND"),
        ("interval minute to second(1)", "INTERVAL MINUTE TO SECOND(1)"),
        ("dec(18,2)", "DECIMAL(18, 2)"),
        ("datetime", "TIMESTAMP"),
        ("timestamp(3)", "TIMESTAMP"),
        ("timestamp (0) without time zone", "TIMESTAMP"),
        ("timestamp(6) with time zone", "TIMESTAMPTZ"),
        ("timestamptz(3)", "TIMESTAMPTZ"),
        ("time(3)", "TIME"),
        ("time(3) with time zone", "TIMETZ"),
        ("national character(3)", "CHAR(3)"),
        ("national char varying(9)", "VARCHAR(9)"),
        ("national character varying(9)", "VARCHAR(9)"),
        ("super", "SUPER"),
        ("varbyte", "VARBYTE(64000)"),
        ("varbinary(16777216)", "VARBYTE(16777216)"),
        ("binary varying(1)", "VARBYTE(1)"),
        ("hllsketch", "HLLSKETCH"),
        ("geometry", "GEOMETRY"),
        ("geography", "GEOGRAPHY"),
    ] {
        assert_eq!(read(written), canonical, "{written}");
    }
}

#[test]
fn every_listed_type_and_alias_can_be_read() {
    for spec in TYPES {
        for name in std::iter::once(&spec.name).chain(spec.aliases) {
            read(name);
        }
    }
}

#[test]
fn no_type_is_both_there_and_lacking() {
    for (name, _) in LACKING.iter() {
        assert!(matches!(error_of(name).0, TypeError::Lacking { .. }), "{name}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_type_or_an_error(text in "\\PC{0,20}|(VARCHAR|DECIMAL|INTERVAL|TIME|[ (),0-9'\"/*-]){0,8}") {
        if let Ok(found) = text.parse::<DataType>() {
            proptest::prop_assert_eq!(found.to_string().parse::<DataType>().unwrap(), found);
        }
    }
}

// Errors.

#[test]
fn a_length_out_of_range_is_told_with_its_limits() {
    for (text, part, minimum, maximum) in [
        ("VARCHAR(70000)", "70000", 1, 65535),
        ("VARCHAR(0)", "0", 1, 65535),
        ("VARCHAR(-1)", "-1", 1, 65535),
        ("VARCHAR(99999999999999999999)", "99999999999999999999", 1, 65535),
        ("CHAR(5000)", "5000", 1, 4096),
        ("DECIMAL(39, 0)", "39", 1, 38),
        ("DECIMAL(0)", "0", 1, 38),
        ("DECIMAL(5, 6)", "6", 0, 5),
        ("DECIMAL(38, 38)", "38", 0, 37),
        ("VARBYTE(16777217)", "16777217", 1, 16_777_216),
        ("FLOAT(54)", "54", 1, 53),
        ("INTERVAL DAY TO SECOND(7)", "7", 0, 6),
    ] {
        let (error, found) = error_of(text);
        assert_eq!(found, part, "{text}");
        match error {
            TypeError::OutOfRange { minimum: least, maximum: most, .. } => {
                assert_eq!((least, most), (minimum, maximum), "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn a_type_that_redshift_lacks_is_told_with_one_that_it_has() {
    for (text, instead) in [
        ("json", "SUPER"),
        ("JSONB", "SUPER"),
        ("uuid", "CHAR(36)"),
        ("bytea", "VARBYTE"),
        ("bit varying(3)", "BOOLEAN, or VARBYTE for several"),
        ("enum('a', 'b')", "VARCHAR"),
        ("struct<a int>", "SUPER"),
        ("double", "DOUBLE PRECISION"),
        ("interval", "INTERVAL YEAR TO MONTH or INTERVAL DAY TO SECOND"),
    ] {
        match error_of(text).0 {
            TypeError::Lacking { instead: found, .. } => assert_eq!(found, instead, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    assert_eq!(error_of("int[]"), (TypeError::Array, "int[]"));
    assert_eq!(error_of("varchar(3) [4][]"), (TypeError::Array, "varchar(3) [4][]"));
    assert_eq!(error_of("int array[4]"), (TypeError::Array, "int array[4]"));
}

#[test]
fn an_unknown_word_is_told_with_the_nearest_type() {
    let unknown = |word: &str, nearest| TypeError::Unknown {
        word: word.to_owned(),
        nearest,
        known: TYPES.iter().map(|spec| spec.name).collect(),
    };
    assert_eq!(error_of("varcahr(3)"), (unknown("varcahr", Some("VARCHAR")), "varcahr"));
    assert_eq!(error_of("bigit"), (unknown("bigit", Some("BIGINT")), "bigit"));
    assert_eq!(error_of("zzz"), (unknown("zzz", None), "zzz"));
}

#[test]
fn a_type_without_a_length_takes_none() {
    assert_eq!(error_of("INT(11)"), (TypeError::NoParameters { name: "INTEGER" }, "(11)"));
    assert_eq!(error_of("TEXT(5)"), (TypeError::NoParameters { name: "TEXT" }, "(5)"));
    for text in [
        "VARCHAR()",
        "VARCHAR(x)",
        "VARCHAR(1",
        "DECIMAL(1,)",
        "VARBYTE(MAX)",
        "",
        "'int'",
    ] {
        assert!(text.parse::<DataType>().is_err(), "{text}");
    }
}
