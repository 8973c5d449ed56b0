//! CREATE TABLE and ALTER TABLE: printed statements read back, and each mistake has its own error
//! at its place.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::definition::{
    Collation, Constraint, ConstraintKind, DistStyle, Identity, SortKey, SortStyle, TableColumn,
    TableDefinition,
};
use crate::diagnostic::Diagnostic;
use crate::name::{ConnectionName, Name, TableName};
use crate::sql::data_type::ENCODINGS;
use crate::sql::error::{AlterTableError, IdentityError, TextError};
use crate::sql::{
    DataType, Key, MAX_COLUMNS, OptionError, SqlErrorKind, Statement, TableError, parse,
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
    assert_eq!(&text[create.connection_span], "\"My Conn\"");
    assert_eq!(&text[create.name_span], "\"My Conn\" . s.t");
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
            DataType::Interval { fields: "YEAR TO MONTH", digits: 6 },
            DataType::Interval { fields: "HOUR", digits: 6 },
        ]),
        decimal,
        (1_u32..=4096).prop_map(DataType::Char),
        (1_u32..=65535).prop_map(DataType::VarChar),
        (1_u32..=16_777_216).prop_map(DataType::VarByte),
        (0_u32..=6).prop_map(|digits| DataType::Interval { fields: "DAY TO SECOND", digits }),
    ]
}

/// The attributes of a column that are independent of its keys.
fn columns(name: Name) -> impl Strategy<Value = TableColumn> {
    const DEFAULTS: [&str; 7] =
        ["5", "'it''s'", "getdate()", "(a + (2)) :: int", "NULL", "-1", "NOT true"];
    let default = proptest::option::of(select(&DEFAULTS[..]));
    let identity = proptest::option::of((any::<bool>(), any::<i64>(), 1_i64..9));
    let collation =
        proptest::option::of(select(vec![Collation::CaseSensitive, Collation::CaseInsensitive]));
    let encoding = proptest::option::of(select(ENCODINGS));
    let comment = proptest::option::of("\\PC{0,10}");
    (data_types(), any::<bool>(), default, identity, collation, (encoding, comment)).prop_map(
        move |(data_type, is_nullable, default, identity, collation, (encoding, comment))| {
            let is_number = matches!(data_type, DataType::Integer | DataType::BigInt);
            let identity = identity.filter(|_| is_number);
            let default = default.filter(|_| identity.is_none());
            let collation = collation.filter(|_| data_type.has_strings());
            TableColumn {
                name: name.clone(),
                data_type: data_type.to_string(),
                is_nullable: is_nullable && identity.is_none(),
                default: default.map(str::to_owned),
                identity: identity.map(|(by_default, seed, step)| Identity {
                    by_default,
                    seed,
                    step,
                }),
                encoding: encoding.map(str::to_owned),
                collation,
                comment,
            }
        },
    )
}

fn table_of(connection: &str, schema: &str, table: &str) -> TableName {
    TableName {
        connection: ConnectionName::new(connection).unwrap(),
        schema: name(schema),
        table: name(table),
    }
}

fn constraints(names: Vec<Name>) -> impl Strategy<Value = Vec<Constraint>> {
    let key = |names: Vec<Name>| subsequence(names.clone(), 1..=names.len());
    let given = proptest::option::of("[a-z]{1,9}").prop_map(|text| text.map(|text| name(&text)));
    let foreign = (key(names.clone()), any::<bool>(), "[a-z]{1,3}").prop_map(
        |(columns, lists_columns, table)| Constraint {
            name: None,
            kind: ConstraintKind::ForeignKey {
                table: table_of("c", "Other Schema", &table),
                columns: if lists_columns { columns.clone() } else { Vec::new() },
            },
            columns,
        },
    );
    let of_kind = |kind: ConstraintKind, columns, name| Constraint { name, kind, columns };
    (proptest::option::of(key(names.clone())), key(names), given, vec(foreign, 0..3)).prop_map(
        move |(primary, unique, name, foreign)| {
            let primary = primary.map(|columns| of_kind(ConstraintKind::PrimaryKey, columns, None));
            let unique = of_kind(ConstraintKind::Unique, unique, name);
            primary.into_iter().chain([unique]).chain(foreign).collect()
        },
    )
}

fn definitions() -> impl Strategy<Value = TableDefinition> {
    let columns = names().prop_flat_map(|names| {
        let count = names.len();
        let columns: Vec<_> = names.iter().cloned().map(columns).collect();
        (
            Just(names.clone()),
            columns,
            constraints(names.clone()),
            subsequence(names, 0..=count.min(8)),
        )
    });
    let rest = (any::<bool>(), 0_usize..3, proptest::option::of("\\PC{0,10}"), any::<bool>());
    (columns, rest, proptest::option::of(any::<bool>())).prop_map(
        |((names, mut columns, constraints, sort_key), (by_key, style, comment, auto), backup)| {
            let style = [None, Some(SortStyle::Compound), Some(SortStyle::Interleaved)][style];
            let mut definition = TableDefinition {
                constraints,
                backup,
                dist_style: Some(if by_key { DistStyle::Key } else { DistStyle::Even }),
                dist_key: by_key.then(|| names[0].clone()),
                sort_key: if sort_key.is_empty() {
                    auto.then_some(SortKey::Auto)
                } else {
                    Some(SortKey::Columns(style, sort_key))
                },
                encode_auto: auto,
                comment,
                ..TableDefinition::new(table_of("c", "My Schema", names[0].as_str()))
            };
            for column in &mut columns {
                column.is_nullable &= !definition.primary_key().contains(&column.name);
            }
            definition.columns = columns;
            definition
        },
    )
}

proptest! {
    #[test]
    fn every_definition_prints_and_reads_back(definition in definitions()) {
        let printed = definition.to_string();
        let Statement::CreateTable(read) = parse(&printed).unwrap() else {
            panic!("another statement")
        };
        prop_assert_eq!(read.to_string(), printed);
        prop_assert_eq!(read.definition, definition);
    }

    #[test]
    fn any_text_is_a_table_or_an_error(
        words in vec(select(&["(", ")", ",", "a", "b", "int", "NULL", "NOT", "PRIMARY KEY", "DISTKEY", "SORTKEY",
            "COMMENT", "=", "'x'", "ENCODE", "raw", "DISTSTYLE", "KEY", "INTERLEAVED", "[", "]", "DEFAULT", "UNIQUE",
            "REFERENCES", "CONSTRAINT", "FOREIGN KEY", "IDENTITY(1, 1)", "BACKUP", "NO", "LIKE", "AUTO"][..]), 0..14)
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
        (
            "(a int COLLATE ci)",
            "int",
            TableError::TypeOfCollation { data_type: "INTEGER".to_owned() },
        ),
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
        ("() COMMENT = 'a' COMMENT = 'b'", "COMMENT", "COMMENT"),
    ] {
        let text = format!("CREATE TABLE c.s.t {rest}");
        let expected = SqlErrorKind::Option(OptionError::Duplicate(what));
        assert_eq!(error_of(&text), (expected, part), "{rest}");
    }
    let (error, part) = table_fault("CREATE TABLE c.s.t (a int NOT NULL NULL)");
    assert_eq!((error, part), (TableError::NullAndNotNull, "NULL"));
    for (rest, expected) in [
        ("(a decimal(5, 0) IDENTITY(1, 1))", TableError::Identity(IdentityError::Type)),
        (
            "(a varchar(9) GENERATED BY DEFAULT AS IDENTITY(1, 1))",
            TableError::Identity(IdentityError::Type),
        ),
        (
            "(a int DEFAULT 5 IDENTITY(1, 1))",
            TableError::Identity(IdentityError::WithDefault),
        ),
    ] {
        assert_eq!(table_fault(&format!("CREATE TABLE c.s.t {rest}")).0, expected, "{rest}");
    }
    let (error, part) = table_fault("CREATE TABLE c.s.t (a int NULL IDENTITY(1, 1))");
    assert_eq!((error, part), (TableError::NullAndNotNull, "NULL"));
}

#[test]
fn everything_that_redshift_takes_is_kept() {
    for (rest, printed) in [
        ("(a int DEFAULT 5)", "(\n    a INTEGER DEFAULT 5\n)"),
        (
            "(a timestamp default getdate() not null encode raw)",
            "(\n    a TIMESTAMP DEFAULT getdate() NOT NULL ENCODE raw\n)",
        ),
        ("(a int DEFAULT NULL NULL)", "(\n    a INTEGER DEFAULT NULL\n)"),
        (
            "(a varchar(9) DEFAULT 'a,)b' /* it */ || -- and\n 'c' UNIQUE)",
            "(\n    a VARCHAR(9) DEFAULT 'a,)b' || 'c',\n    UNIQUE (a)\n)",
        ),
        ("(a int DEFAULT f(1, (2)))", "(\n    a INTEGER DEFAULT f(1, (2))\n)"),
        ("(a bigint identity ( 0,1 ))", "(\n    a BIGINT IDENTITY(0, 1) NOT NULL\n)"),
        (
            "(a bigint identity(1, 1) not null encode none)",
            "(\n    a BIGINT IDENTITY(1, 1) NOT NULL ENCODE raw\n)",
        ),
        (
            "(a int default case when b is not null then 1 else 2 end not null)",
            "(\n    a INTEGER DEFAULT case when b is not null then 1 else 2 end NOT NULL\n)",
        ),
        (
            "(exclude int, हिन्दी int, preis_€ int, \u{1f600} int, cafe\u{301} int)",
            "(\n    exclude INTEGER,\n    \"हिन्दी\" INTEGER,\n    \"preis_€\" INTEGER,\n    \
             \"\u{1f600}\" INTEGER,\n    \"cafe\u{301}\" INTEGER\n)",
        ),
        (
            "(a int generated by default as identity(-1, -2))",
            "(\n    a INTEGER GENERATED BY DEFAULT AS IDENTITY(-1, -2) NOT NULL\n)",
        ),
        (
            "(a text collate ci, b text COLLATE case_sensitive)",
            "(\n    a VARCHAR(256) COLLATE CASE_INSENSITIVE,\n    b VARCHAR(256) COLLATE CASE_SENSITIVE\n)",
        ),
        (
            "(a int references U (b), constraint fk foreign key (a) references c.x.y)",
            "(\n    a INTEGER,\n    FOREIGN KEY (a) REFERENCES s.u (b),\n    \
             CONSTRAINT fk FOREIGN KEY (a) REFERENCES x.y\n)",
        ),
        (
            "(a int constraint \"The key\" primary key, b int constraint n not null)",
            "(\n    a INTEGER NOT NULL,\n    b INTEGER NOT NULL,\n    CONSTRAINT \"the key\" PRIMARY KEY (a)\n)",
        ),
        ("(a int comment 'it''s')", "(\n    a INTEGER COMMENT = 'it''s'\n)"),
        (
            "(a int) BACKUP no SORTKEY AUTO ENCODE AUTO",
            "(\n    a INTEGER\n)\n    BACKUP NO\n    SORTKEY AUTO\n    ENCODE AUTO",
        ),
        (
            "(PLAN INT, PLAN#1 NUMERIC(15,0), größe int, Ärger int)",
            "(\n    plan INTEGER,\n    \"plan#1\" DECIMAL(15, 0),\n    \"größe\" INTEGER,\n    \"Ärger\" INTEGER\n)",
        ),
        (
            "(a int, like other including defaults, b int, LIKE x.y)",
            "(\n    a INTEGER,\n    LIKE c.s.other INCLUDING DEFAULTS,\n    b INTEGER,\n    LIKE c.x.y\n)",
        ),
    ] {
        assert_eq!(
            round_trip(&format!("CREATE TABLE c.s.t {rest}")),
            format!("CREATE TABLE c.s.t {printed}")
        );
    }
}

#[test]
fn features_that_are_not_kept_are_named() {
    for (text, what, part) in [
        ("CREATE TABLE c.s.t (a int CHECK (a > 1))", "CHECK", "CHECK"),
        ("CREATE TABLE c.s.t (a int, CHECK (a > 1))", "CHECK", "CHECK"),
        ("CREATE TABLE c.s.t (a int, CONSTRAINT k CHECK (a > 1))", "CHECK", "CHECK"),
        ("CREATE TABLE c.s.t (a int CONSTRAINT k CHECK (a > 1))", "CHECK", "CHECK"),
        ("ALTER TABLE c.s.t ADD CHECK (a > 1)", "CHECK", "CHECK"),
        ("ALTER TABLE c.s.t ADD CONSTRAINT k CHECK (a > 1)", "CHECK", "CHECK"),
        ("CREATE TABLE c.s.t (EXCLUDE USING gist (a))", "EXCLUDE", "EXCLUDE"),
        ("CREATE TABLE c.s.t (a int) ON COMMIT DROP", "ON COMMIT", "ON"),
        ("CREATE TABLE c.s.t ENCODE AUTO AS SELECT 1", "CREATE TABLE AS", "ENCODE"),
        ("CREATE TABLE c.s.#t (a int)", "a temporary table", "#"),
        ("CREATE TABLE #t (a int)", "a temporary table", "#"),
        ("CREATE GLOBAL TEMP TABLE t (a int)", "a temporary table", "GLOBAL"),
        ("CREATE UNLOGGED TABLE c.s.t (a int)", "UNLOGGED", "UNLOGGED"),
        ("CREATE TABLE c.s.t (a int REFERENCES b ON DELETE CASCADE)", "ON DELETE", "ON"),
        (
            "CREATE TABLE c.s.t (a int GENERATED ALWAYS AS IDENTITY)",
            "GENERATED ALWAYS",
            "GENERATED",
        ),
        ("CREATE TABLE c.s.t (a int) PARTITION BY a", "PARTITION BY", "PARTITION"),
        ("CREATE TABLE c.s.t AS SELECT 1", "CREATE TABLE AS", "AS"),
        ("CREATE TABLE c.s.t (a, b) AS SELECT 1", "CREATE TABLE AS", "("),
        ("CREATE TABLE c.s.t (a) DISTSTYLE EVEN AS (SELECT 1)", "CREATE TABLE AS", "("),
        (
            "CREATE TABLE c.s.t DISTSTYLE AUTO SORTKEY (a) AS SELECT a FROM c.s.u",
            "CREATE TABLE AS",
            "DISTSTYLE",
        ),
        ("CREATE TABLE c.s.t BACKUP NO AS SELECT 1", "CREATE TABLE AS", "BACKUP"),
        ("CREATE TABLE c.s.t (a int) AS SELECT 1", "CREATE TABLE AS", "AS"),
        ("CREATE TEMP TABLE c.s.t (a int)", "a temporary table", "TEMP"),
        ("CREATE LOCAL TEMPORARY TABLE t (a int)", "a temporary table", "LOCAL"),
        ("CREATE OR REPLACE TABLE c.s.t (a int)", "OR REPLACE of a table", "OR"),
        ("CREATE EXTERNAL TABLE t (a int)", "an external table", "EXTERNAL"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(&text[error.span.clone()], part, "{text}");
        let is_meant = |error: &TableError| matches!(error, TableError::NotKept { what: found, .. } if *found == what);
        assert!(matches!(&*error.kind, SqlErrorKind::Table(error) if is_meant(error)), "{text}");
        assert_eq!(error.sqlstate(), SqlState::NotSupported);
    }
}

#[test]
fn independent_errors_come_together_in_the_order_of_their_places() {
    for (rest, parts) in [
        (
            "(a inte, b int CHECK (b > 1), c int ENCODE ztd, b int, d)",
            vec!["inte", "CHECK", "ztd", ")"],
        ),
        ("(a inte, b int) DISTKEY (a) SORTKEY (z, b)", vec!["inte", "z"]),
        (
            "(a int, a int, PRIMARY KEY (x), FOREIGN KEY (a, y) REFERENCES u) DISTSTYLE KEY",
            vec!["a", "x", "y", "KEY"],
        ),
        (
            "(a int DEFAULT, b int IDENTITY(1), c super DISTKEY) FOO",
            vec![",", ")", "DISTKEY", "FOO"],
        ),
        (
            "(a int NULL, b int NULL, PRIMARY KEY (a)) COMMENT = 5 SORTKEY (q)",
            vec!["NULL", "5", "q"],
        ),
        (
            "(a int) DISTSTYLE evn BACKUP maybe FOO (SORTKEY) ENCODE zstd SORTKEY (z)",
            vec!["evn", "maybe", "zstd", "z"],
        ),
        ("(a int) INTERLEAVED SORTKEY (a,) DISTKEY a", vec![")", "a"]),
        (
            "(a int identity, b int generated by default as identity, c int identity(+1, 1))",
            vec![",", ",", "+"],
        ),
        ("(a int) DISTSTYLE al AS SELECT a BACKUP FROM c.s.u", vec!["al", "FROM"]),
        ("(a int) DISTKEY (a) AS SELECT a BACKUP FROM c.s.u", vec!["AS"]),
        ("(a inte, b inte) DISTKEY (a) SORTKEY (z)", vec!["inte", "inte", "z"]),
    ] {
        let text = format!("CREATE TABLE c.s.t {rest}");
        let error = parse(&text).unwrap_err();
        let spans =
            std::iter::once(&error.span).chain(error.others.iter().map(|other| &other.span));
        assert_eq!(spans.map(|span| &text[span.clone()]).collect::<Vec<_>>(), parts, "{rest}");
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
        ("CREATE TABLE c.s.t (a int,)", "the name of a column, or a constraint", "\")\""),
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
fn each_change_of_a_definition_is_read_and_printed() {
    for (change, printed) in [
        (
            "add column b int default 5 encode raw not null",
            "ADD COLUMN b INTEGER DEFAULT 5 NOT NULL ENCODE raw",
        ),
        (
            "ADD b varchar(9) collate ci",
            "ADD COLUMN b VARCHAR(9) COLLATE CASE_INSENSITIVE",
        ),
        ("ADD UNIQUE (a)", "ADD UNIQUE (a)"),
        (
            "add constraint k foreign key (a) references u",
            "ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES s.u",
        ),
        ("DROP b", "DROP COLUMN b"),
        ("drop column b restrict", "DROP COLUMN b"),
        ("DROP COLUMN b CASCADE", "DROP COLUMN b CASCADE"),
        ("DROP CONSTRAINT k cascade", "DROP CONSTRAINT k CASCADE"),
        ("RENAME COLUMN a TO \"B c\"", "RENAME COLUMN a TO \"b c\""),
        ("RENAME a TO b", "RENAME COLUMN a TO b"),
        ("ALTER COLUMN a TYPE varchar(20)", "ALTER COLUMN a TYPE VARCHAR(20)"),
        (
            "ALTER a ENCODE ZSTD, ALTER COLUMN b ENCODE raw",
            "ALTER COLUMN a ENCODE zstd, ALTER COLUMN b ENCODE raw",
        ),
        ("ALTER DISTKEY a", "ALTER DISTSTYLE KEY DISTKEY a"),
        ("ALTER DISTSTYLE KEY DISTKEY a", "ALTER DISTSTYLE KEY DISTKEY a"),
        ("ALTER DISTSTYLE ALL", "ALTER DISTSTYLE ALL"),
        ("ALTER COMPOUND SORTKEY (a, b)", "ALTER COMPOUND SORTKEY (a, b)"),
        ("ALTER SORTKEY AUTO", "ALTER SORTKEY AUTO"),
        ("ALTER SORTKEY NONE", "ALTER SORTKEY NONE"),
        ("ALTER ENCODE AUTO", "ALTER ENCODE AUTO"),
    ] {
        assert_eq!(
            round_trip(&format!("ALTER TABLE c.s.t {change}")),
            format!("ALTER TABLE c.s.t {printed}")
        );
    }
}

/// The definition of the first statement after the changes of the second, as the clauses behind the
/// name, or the error.
fn altered(rest: &str, change: &str) -> Result<String, SqlErrorKind> {
    let Statement::CreateTable(create) = parse(&format!("CREATE TABLE c.s.t {rest}")).unwrap()
    else {
        panic!("another statement")
    };
    let Statement::AlterTable(alter) = parse(&format!("ALTER TABLE c.s.t {change}")).unwrap()
    else {
        panic!("another statement")
    };
    let super::TableChange::Definition(changes) = alter.change else {
        panic!("not a change of the definition")
    };
    let mut definition = create.definition;
    for change in changes {
        change.value.apply(&mut definition)?;
    }
    let text = definition.to_string().replace("\n    ", " ").replace('\n', "");
    Ok(text.replacen("CREATE TABLE c.s.t ", "", 1))
}

#[test]
fn a_change_follows_the_column_everywhere() {
    let table = "(a int, b varchar(5) ENCODE zstd, UNIQUE (b), FOREIGN KEY (a) REFERENCES t (b)) DISTKEY (a) SORTKEY (b)";
    for (change, expected) in [
        (
            "ADD COLUMN c int",
            "( a INTEGER, b VARCHAR(5) ENCODE zstd, c INTEGER, UNIQUE (b), FOREIGN KEY (a) REFERENCES s.t (b)) DISTKEY (a) SORTKEY (b)",
        ),
        (
            "RENAME b TO x",
            "( a INTEGER, x VARCHAR(5) ENCODE zstd, UNIQUE (x), FOREIGN KEY (a) REFERENCES s.t (x)) DISTKEY (a) SORTKEY (x)",
        ),
        (
            "RENAME a TO x",
            "( x INTEGER, b VARCHAR(5) ENCODE zstd, UNIQUE (b), FOREIGN KEY (x) REFERENCES s.t (b)) DISTKEY (x) SORTKEY (b)",
        ),
        ("ALTER SORTKEY NONE, DROP COLUMN b", "( a INTEGER) DISTKEY (a)"),
        (
            "DROP CONSTRAINT t_b_key",
            "( a INTEGER, b VARCHAR(5) ENCODE zstd, FOREIGN KEY (a) REFERENCES s.t (b)) DISTKEY (a) SORTKEY (b)",
        ),
        (
            "ALTER b TYPE varchar(9), ALTER ENCODE AUTO, ALTER DISTSTYLE EVEN",
            "( a INTEGER, b VARCHAR(9), UNIQUE (b), FOREIGN KEY (a) REFERENCES s.t (b)) DISTSTYLE EVEN SORTKEY (b) ENCODE AUTO",
        ),
    ] {
        assert_eq!(altered(table, change).as_deref(), Ok(expected), "{change}");
    }
    for (change, error) in [
        (
            "DROP COLUMN a",
            AlterTableError::ColumnOfKey { key: Key::Distribution, name: name("a") }.into(),
        ),
        (
            "DROP COLUMN b",
            AlterTableError::ColumnOfKey { key: Key::Sort, name: name("b") }.into(),
        ),
        ("RENAME a TO b", TableError::ColumnTwice { name: name("b") }.into()),
        ("ADD b int", TableError::ColumnTwice { name: name("b") }.into()),
        (
            "ALTER a TYPE bigint",
            AlterTableError::TypeNotAltered { data_type: "INTEGER".to_owned() }.into(),
        ),
        (
            "ALTER z ENCODE raw",
            AlterTableError::UnknownColumn { name: name("z"), nearest: None }.into(),
        ),
        (
            "DROP CONSTRAINT t_b_ky",
            AlterTableError::NoSuchConstraint {
                name: name("t_b_ky"),
                nearest: Some("t_b_key".to_owned()),
            }
            .into(),
        ),
    ] {
        assert_eq!(altered(table, change), Err(error), "{change}");
    }
}

#[test]
fn all_errors_of_an_alter_come_together() {
    let text =
        "ALTER TABLE c.s.t ADD a inte, DROP, ADD b char(9) UNIQUE, DROP z, ALTER a TYPE (b, c) x";
    let error = parse(text).unwrap_err();
    let spans = std::iter::once(&error.span).chain(error.others.iter().map(|other| &other.span));
    let places: Vec<_> = spans.map(|span| &text[span.clone()]).collect();
    assert_eq!(places, ["inte", ",", "b", "("]);
}

#[test]
fn alter_names_what_it_can_do() {
    for text in [
        "ALTER TABLE c.s.t APPEND FROM x",
        "ALTER TABLE c.s.t OWNER TO me",
        "ALTER TABLE c.s.t ROW LEVEL SECURITY ON",
        "ALTER TABLE c.s.t SET TABLE PROPERTIES ('numRows' = '5')",
        "ALTER TABLE c.s.t SET FILE FORMAT parquet",
        "ALTER TABLE c.s.t ADD IF NOT EXISTS PARTITION (a = 'x') LOCATION 's3://b/k'",
        "ALTER TABLE c.s.t DROP PARTITION (a = 'x')",
    ] {
        assert_eq!(error_of(text).0, AlterTableError::NotAltered.into(), "{text}");
    }
    assert_eq!(
        error_of("ALTER TABLE c.s.t ADD b int DISTKEY").0,
        AlterTableError::AddedWithKey.into()
    );
    let (kind, part) = error_of("ALTER TABLE c.s.t RENAME TO c.s.other SET COMMENT = 'x'");
    assert_eq!(part, "c.s.other");
    assert!(
        matches!(kind, SqlErrorKind::Expected { found, .. } if found.to_string() == "a name with points")
    );
}
