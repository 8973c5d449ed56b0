//! CREATE TABLE and ALTER TABLE: printed statements read back, and each mistake has its own error
//! at its place.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::diagnostic::Diagnostic;
use crate::name::{ConnectionName, Name, TableName};
use crate::sql::data_type::{ENCODINGS, Encoding};
use crate::sql::error::TextError;
use crate::sql::{
    ColumnDefinition, CreateTable, DataType, DistStyle, Key, MAX_COLUMNS, OptionError, SortKey,
    SortStyle, SqlErrorKind, Statement, TableError, parse,
};
use crate::sqlstate::SqlState;

/// Asserts that the printed statement reads back and prints the same; returns it.
fn round_trip(text: &str) -> String {
    let printed = parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}")).to_string();
    assert_eq!(parse(&printed).unwrap().to_string(), printed);
    printed
}

/// The error of the text, and the part of the text that it is about.
fn error_of(text: &str) -> (SqlErrorKind, &str) {
    let error = parse(text).unwrap_err();
    (*error.kind, &text[error.span])
}

fn table_fault(text: &str) -> (TableError, &str) {
    match error_of(text) {
        (SqlErrorKind::Table(error), part) => (error, part),
        other => panic!("{text}: {other:?}"),
    }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

#[test]
fn a_table_prints_one_column_a_line() {
    let text = "create table if not exists My_Conn.public.\"Odd Orders\" (ID int8 not null encode AZ64, -- the key
        \"Select\" varchar(max) null, created timestamp with time zone, amount numeric(10,2) DISTKEY encode raw
        , primary key (id, Created)) comment = 'it''s' interleaved sortkey (created, id) diststyle key;";
    assert_eq!(
        round_trip(text),
        "CREATE TABLE IF NOT EXISTS my_conn.public.\"odd orders\" (\n    id BIGINT NOT NULL ENCODE az64,\n    \
         \"select\" VARCHAR(65535),\n    created TIMESTAMPTZ NOT NULL,\n    amount DECIMAL(10, 2) ENCODE raw,\n    \
         PRIMARY KEY (id, created)\n)\n    DISTSTYLE KEY\n    DISTKEY (amount)\n    \
         INTERLEAVED SORTKEY (created, id)\n    COMMENT = 'it''s'"
    );
}

#[test]
fn a_table_without_columns_leaves_them_to_its_job() {
    assert_eq!(round_trip("CREATE TABLE c.s.t ( )"), "CREATE TABLE c.s.t ()");
    assert_eq!(
        round_trip("CREATE TABLE c.s.t () COMMENT = '' DISTSTYLE ALL"),
        "CREATE TABLE c.s.t ()\n    DISTSTYLE ALL\n    COMMENT = ''"
    );
}

#[test]
fn a_key_at_a_column_is_the_same_as_at_the_table() {
    assert_eq!(
        round_trip("CREATE TABLE c.s.t (a int PRIMARY KEY DISTKEY SORTKEY, b int)"),
        round_trip(
            "CREATE TABLE c.s.t (a int not null, PRIMARY KEY (A), b int) SORTKEY (a) DISTKEY (\"A\")"
        )
    );
}

#[test]
fn the_place_of_the_connection_is_known() {
    let text = "CREATE TABLE \"My Conn\" . s.t ()";
    let Statement::CreateTable(create) = parse(text).unwrap() else {
        panic!("another statement")
    };
    assert_eq!(&text[create.connection_span.unwrap()], "\"My Conn\"");
    assert_eq!(&text[create.name_span.unwrap()], "\"My Conn\" . s.t");
}

#[test]
fn alter_sets_resets_and_renames() {
    assert_eq!(
        round_trip("alter table C.s.T set comment = 'x' rename to \"New one\""),
        "ALTER TABLE c.s.t SET COMMENT = 'x' RENAME TO \"new one\""
    );
    assert_eq!(round_trip("ALTER TABLE c.s.t RESET COMMENT"), "ALTER TABLE c.s.t RESET COMMENT");
}

fn names() -> impl Strategy<Value = Vec<Name>> {
    vec("[^\\p{Cc}]{1,12}|[a-z]{1,3}|select|primary", 1..12).prop_map(|texts| {
        let mut names: Vec<Name> = texts.iter().filter_map(|text| Name::new(text).ok()).collect();
        names.sort();
        names.dedup();
        names
    })
}

fn data_types() -> impl Strategy<Value = DataType> {
    let decimal = (1_u32..=38).prop_flat_map(|precision| {
        (0..=precision.min(37)).prop_map(move |scale| DataType::Decimal { precision, scale })
    });
    prop_oneof![
        select(vec![
            DataType::SmallInt,
            DataType::Integer,
            DataType::BigInt,
            DataType::Real,
            DataType::DoublePrecision,
            DataType::Boolean,
            DataType::Date,
            DataType::Time,
            DataType::TimeTz,
            DataType::Timestamp,
            DataType::TimestampTz,
            DataType::IntervalYearToMonth,
        ]),
        decimal,
        (1_u32..=4096).prop_map(DataType::Char),
        (1_u32..=65535).prop_map(DataType::VarChar),
        (1_u32..=16_777_216).prop_map(DataType::VarByte),
        (0_u32..=6).prop_map(DataType::IntervalDayToSecond),
    ]
}

fn tables() -> impl Strategy<Value = CreateTable> {
    let columns = names().prop_flat_map(|names| {
        let count = names.len();
        let kinds =
            vec((data_types(), any::<bool>(), proptest::option::of(select(ENCODINGS))), count);
        (
            Just(names.clone()),
            kinds,
            subsequence(names.clone(), 0..=count),
            subsequence(names, 0..=count.min(8)),
        )
    });
    let rest = (any::<bool>(), any::<bool>(), 0_usize..3, proptest::option::of("\\PC{0,10}"));
    (columns, rest).prop_map(
        |((names, kinds, primary_key, sort_key), (exists, by_key, style, comment))| {
            let columns = names.iter().zip(kinds).map(|(name, (data_type, not_null, encoding))| {
                ColumnDefinition {
                    name: name.clone(),
                    data_type,
                    not_null: not_null || primary_key.contains(name),
                    encoding: encoding.and_then(Encoding::named),
                }
            });
            let style = [None, Some(SortStyle::Compound), Some(SortStyle::Interleaved)][style];
            CreateTable {
                if_not_exists: exists,
                name: TableName {
                    connection: ConnectionName::new("c").unwrap(),
                    schema: name("My Schema"),
                    table: names[0].clone(),
                },
                name_span: None,
                connection_span: None,
                columns: columns.collect(),
                primary_key,
                dist_style: Some(if by_key { DistStyle::Key } else { DistStyle::Even }),
                dist_key: by_key.then(|| names[0].clone()),
                sort_key: (!sort_key.is_empty()).then_some(SortKey { style, columns: sort_key }),
                comment,
            }
        },
    )
}

proptest! {
    #[test]
    fn every_definition_prints_and_reads_back(table in tables()) {
        let printed = table.to_string();
        let Statement::CreateTable(read) = parse(&printed).unwrap() else {
            panic!("another statement")
        };
        prop_assert_eq!(read.to_string(), printed);
        prop_assert_eq!(
            (read.columns, read.primary_key, read.dist_style, read.dist_key, read.sort_key, read.comment),
            (table.columns, table.primary_key, table.dist_style, table.dist_key, table.sort_key, table.comment)
        );
    }

    #[test]
    fn any_text_is_a_table_or_an_error(
        words in vec(select(&["(", ")", ",", "a", "b", "int", "NULL", "NOT", "PRIMARY KEY", "DISTKEY", "SORTKEY",
            "COMMENT", "=", "'x'", "ENCODE", "raw", "DISTSTYLE", "KEY", "INTERLEAVED", "[", "]"][..]), 0..12)
    ) {
        let text = format!("CREATE TABLE c.s.t ({}", words.join(" "));
        match parse(&text) {
            Ok(statement) => {
                let printed = statement.to_string();
                prop_assert_eq!(parse(&printed).unwrap().to_string(), printed);
            }
            Err(error) => prop_assert!(text.is_char_boundary(error.span.start) && error.span.end <= text.len()),
        }
    }
}

// Errors.

#[test]
fn two_columns_of_one_name_are_an_error_at_the_second() {
    let twice = |text: &str| TableError::ColumnTwice { name: name(text) };
    assert_eq!(table_fault("CREATE TABLE c.s.t (a int, \"A\" int)"), (twice("a"), "\"A\""));
    assert_eq!(table_fault("CREATE TABLE c.s.t (Ab int, c int, aB text)"), (twice("ab"), "aB"));
    assert!(
        parse("CREATE TABLE c.s.t (\"é\" int, \"É\" int)").is_ok(),
        "only ASCII letters are folded"
    );
}

#[test]
fn a_table_has_at_most_1600_columns() {
    let table = |count: usize| {
        let columns: Vec<String> = (1..=count).map(|number| format!("c{number} int")).collect();
        format!("CREATE TABLE c.s.t ({})", columns.join(", "))
    };
    round_trip(&table(1_600));
    assert_eq!(
        table_fault(&table(1_601)),
        (TableError::TooManyColumns { maximum: MAX_COLUMNS }, "c1601")
    );
}

#[test]
fn a_sort_key_has_a_limit_of_its_own() {
    let table = |style: &str, count: usize| {
        let names: Vec<String> = (1..=count).map(|number| format!("c{number}")).collect();
        let columns = names.join(" int, ");
        format!("CREATE TABLE c.s.t ({columns} int) {style} SORTKEY ({})", names.join(", "))
    };
    for (style, maximum, ninth) in
        [("INTERLEAVED", 8, "c9"), ("COMPOUND", 400, "c401"), ("", 400, "c401")]
    {
        round_trip(&table(style, maximum));
        let text = table(style, maximum + 1);
        let error = parse(&text).unwrap_err();
        assert_eq!(error.sqlstate(), SqlState::ProgramLimitExceeded);
        assert_eq!(&text[error.span], ninth);
    }
}

#[test]
fn a_key_must_fit_the_columns() {
    for (rest, part, expected) in [
        (
            "(customer int) SORTKEY (custmer)",
            "custmer",
            TableError::NoSuchColumn {
                key: Key::Sort,
                name: name("custmer"),
                nearest: Some(name("customer")),
            },
        ),
        (
            "(a int, PRIMARY KEY (a, z))",
            "z",
            TableError::NoSuchColumn {
                key: Key::Primary,
                name: name("z"),
                nearest: None,
            },
        ),
        ("() DISTKEY (a)", "a", TableError::NoColumns { key: Key::Distribution }),
        (
            "(a int) SORTKEY (a, A)",
            "A",
            TableError::KeyColumnTwice { key: Key::Sort, name: name("a") },
        ),
        (
            "(a int DISTKEY) DISTKEY (a)",
            "DISTKEY",
            TableError::SecondKey { key: Key::Distribution },
        ),
        (
            "(a int, b int) DISTKEY (a, b)",
            "b",
            TableError::SecondKey { key: Key::Distribution },
        ),
        (
            "(a int SORTKEY, b int SORTKEY)",
            "SORTKEY",
            TableError::SecondKey { key: Key::Sort },
        ),
        (
            "(a int, PRIMARY KEY (a), b int PRIMARY KEY)",
            "PRIMARY",
            TableError::SecondKey { key: Key::Primary },
        ),
        (
            "(a super DISTKEY)",
            "DISTKEY",
            TableError::TypeOfKey {
                key: Key::Distribution,
                data_type: DataType::Super.to_string(),
            },
        ),
        (
            "(a geometry) SORTKEY (a)",
            "a",
            TableError::TypeOfKey {
                key: Key::Sort,
                data_type: DataType::Geometry.to_string(),
            },
        ),
        ("(a int) DISTSTYLE KEY", "KEY", TableError::StyleWithoutKey),
        (
            "(a int DISTKEY) DISTSTYLE even",
            "even",
            TableError::StyleAgainstKey { style: "EVEN" },
        ),
        (
            "(a int DISTKEY) DISTSTYLE ALL",
            "ALL",
            TableError::StyleAgainstKey { style: "ALL" },
        ),
        ("(a int NULL PRIMARY KEY)", "NULL", TableError::NullInPrimaryKey),
        ("(a int NULL, PRIMARY KEY (a))", "NULL", TableError::NullInPrimaryKey),
    ] {
        let text = format!("CREATE TABLE c.s.t {rest}");
        let error = parse(&text).unwrap_err();
        assert_eq!(&text[error.span.clone()], part, "{rest}");
        assert_eq!(*error.kind, SqlErrorKind::Table(expected), "{rest}");
        assert_eq!(error.sqlstate(), SqlState::InvalidDefinition, "{rest}");
    }
}

#[test]
fn a_clause_that_is_given_twice_has_its_own_error() {
    for (rest, what, part) in [
        ("(a int NOT NULL NOT NULL)", "NOT NULL", "NOT"),
        ("(a int NULL NULL)", "NULL", "NULL"),
        ("(a int ENCODE raw ENCODE raw)", "ENCODE", "ENCODE"),
        ("() DISTSTYLE ALL DISTSTYLE ALL", "DISTSTYLE", "DISTSTYLE"),
    ] {
        let text = format!("CREATE TABLE c.s.t {rest}");
        assert_eq!(table_fault(&text), (TableError::GivenTwice { what }, part), "{rest}");
    }
    let (kind, part) = error_of("CREATE TABLE c.s.t () COMMENT = 'a' COMMENT = 'b'");
    assert_eq!(
        (kind, part),
        (SqlErrorKind::Option(OptionError::Duplicate("COMMENT")), "COMMENT")
    );
    let (error, part) = table_fault("CREATE TABLE c.s.t (a int NOT NULL NULL)");
    assert_eq!((error, part), (TableError::NullAndNotNull, "NULL"));
}

#[test]
fn features_that_are_not_kept_are_named() {
    for (text, what, part) in [
        ("CREATE TABLE c.s.t (a int DEFAULT 5)", "DEFAULT", "DEFAULT"),
        ("CREATE TABLE c.s.t (a int IDENTITY(0, 1))", "IDENTITY", "IDENTITY"),
        (
            "CREATE TABLE c.s.t (a int GENERATED BY DEFAULT AS IDENTITY(0, 1))",
            "GENERATED",
            "GENERATED",
        ),
        ("CREATE TABLE c.s.t (a int UNIQUE)", "UNIQUE", "UNIQUE"),
        ("CREATE TABLE c.s.t (a int, UNIQUE (a))", "UNIQUE", "UNIQUE"),
        ("CREATE TABLE c.s.t (a int REFERENCES b)", "REFERENCES", "REFERENCES"),
        (
            "CREATE TABLE c.s.t (a int, foreign key (a) references b)",
            "FOREIGN KEY",
            "foreign",
        ),
        ("CREATE TABLE c.s.t (a int CHECK (a > 1))", "CHECK", "CHECK"),
        ("CREATE TABLE c.s.t (a text COLLATE CASE_SENSITIVE)", "COLLATE", "COLLATE"),
        ("CREATE TABLE c.s.t (LIKE other)", "LIKE", "LIKE"),
        ("CREATE TABLE c.s.t (a int) BACKUP NO", "BACKUP", "BACKUP"),
        ("CREATE TABLE c.s.t (a int) SORTKEY AUTO", "SORTKEY AUTO", "SORTKEY"),
        ("CREATE TABLE c.s.t (a int) ENCODE AUTO", "ENCODE of a table", "ENCODE"),
        ("CREATE TABLE c.s.t AS SELECT 1", "CREATE TABLE AS", "AS"),
        ("CREATE TABLE c.s.t (a, b) AS SELECT 1", "", ","),
        ("CREATE TEMP TABLE c.s.t (a int)", "a temporary table", "TEMP"),
        ("CREATE LOCAL TEMPORARY TABLE t (a int)", "a temporary table", "LOCAL"),
        ("CREATE OR REPLACE TABLE c.s.t (a int)", "OR REPLACE of a table", "OR"),
        ("CREATE EXTERNAL TABLE t (a int)", "an external table", "EXTERNAL"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(&text[error.span.clone()], part, "{text}");
        if !what.is_empty() {
            let is_meant = |error: &TableError| matches!(error, TableError::NotKept { what: found, .. } if *found == what);
            assert!(
                matches!(&*error.kind, SqlErrorKind::Table(error) if is_meant(error)),
                "{text}"
            );
            assert_eq!(error.sqlstate(), SqlState::NotSupported);
        }
    }
}

#[test]
fn a_parenthesis_too_many_or_too_few_is_told_apart() {
    let stray = |text| matches!(error_of(text).0, SqlErrorKind::Text(TextError::StrayParenthesis));
    assert!(stray("CREATE TABLE c.s.t ())"));
    assert!(stray("CREATE TABLE c.s.t )"));
    assert!(stray("CREATE TABLE c.s.t (a int) DISTSTYLE )"));
    let expected = |text| match error_of(text) {
        (SqlErrorKind::Expected { expected, found, .. }, _) => (expected, found.to_string()),
        other => panic!("{other:?}"),
    };
    for (text, wanted, there) in [
        ("CREATE TABLE c.s.t (a int,)", "the name of a column, or PRIMARY KEY", "\")\""),
        ("CREATE TABLE c.s.t (a)", "the type of the column", "\")\""),
        ("CREATE TABLE c.s.t (a varchar()", "a length, or MAX", "\")\""),
        ("CREATE TABLE c.s.t (a NOT NULL)", "the type of the column", "\"NOT\""),
        ("CREATE TABLE c.s.t (a int", "a comma or )", "end of input"),
        ("CREATE TABLE c.s.t (a int, PRIMARY KEY ())", "a name", "\")\""),
        ("CREATE TABLE c.s.t () SORTKEY ()", "a name", "\")\""),
        ("CREATE TABLE c.s.t (a int) DISTKEY", "(", "end of input"),
    ] {
        assert_eq!(expected(text), (wanted.to_owned(), there.to_owned()), "{text}");
    }
}

#[test]
fn a_clause_that_is_unknown_is_told_with_the_nearest() {
    let hint = |text| parse(text).unwrap_err().hint().unwrap();
    assert_eq!(hint("CREATE TABLE c.s.t () DISTYLE ALL"), "did you mean DISTSTYLE?");
    assert_eq!(hint("CREATE TABLE c.s.t () COMENT = 'x'"), "did you mean COMMENT?");
    assert_eq!(hint("CREATE TABLE c.s.t (a int ENCODE ztsd)"), "did you mean zstd?");
}

#[test]
fn alter_names_what_it_can_do() {
    for text in [
        "ALTER TABLE c.s.t ADD COLUMN b int",
        "ALTER TABLE c.s.t DROP COLUMN b",
        "ALTER TABLE c.s.t RENAME COLUMN a TO b",
        "ALTER TABLE c.s.t OWNER TO me",
    ] {
        assert_eq!(table_fault(text).0, TableError::NotAltered, "{text}");
    }
    let (kind, part) = error_of("ALTER TABLE c.s.t RENAME TO c.s.other SET COMMENT = 'x'");
    assert_eq!(part, "c.s.other");
    assert!(
        matches!(kind, SqlErrorKind::Expected { found, .. } if found.to_string() == "a name with points")
    );
}
