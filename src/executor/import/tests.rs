use super::found::{
    ServerColumn, ServerConstraint, ServerDistStyle, ServerTable, Storage, Types, name_of,
};
use super::keep::definition;
use crate::definition::{TableColumn, TableDefinition};
use crate::executor::plan::table_differences;
use crate::name::{Name, TableName};
use crate::sql::{Encoding, Statement, parse};

/// A column from a server that reports storage.
fn column(number: i32, text: &str) -> ServerColumn {
    let (name, data_type) = text.split_once(' ').unwrap();
    ServerColumn {
        name: Name::new(name).unwrap(),
        number,
        data_type: data_type.parse().unwrap(),
        is_nullable: true,
        default: None,
        comment: None,
        storage: Some(Storage {
            encoding: Encoding::named("az64").unwrap(),
            is_dist_key: false,
            sort_place: 0,
        }),
    }
}

fn table(columns: &[&str]) -> ServerTable {
    ServerTable {
        columns: (1..).zip(columns).map(|(number, text)| column(number, text)).collect(),
        ..ServerTable::default()
    }
}

fn server_constraint(name: &str, text: &str) -> ServerConstraint {
    ServerConstraint {
        name: name.to_owned(),
        text: text.to_owned(),
        references: None,
    }
}

/// A table from a server that does not report storage, such as PostgreSQL.
fn plain_table(columns: &[&str]) -> ServerTable {
    let mut found = table(columns);
    for column in &mut found.columns {
        column.storage = None;
    }
    found
}

fn sorted(found: &mut ServerTable, places: &[i32]) {
    for (column, place) in found.columns.iter_mut().zip(places) {
        column.storage.as_mut().unwrap().sort_place = *place;
    }
}

fn spread(found: &mut ServerTable, style: Option<ServerDistStyle>, key: Option<usize>) {
    found.dist_style = style;
    if let Some(key) = key {
        found.columns[key].storage.as_mut().unwrap().is_dist_key = true;
    }
}

/// The definition that CREATE TABLE records.
fn created(rest: &str) -> TableDefinition {
    let Statement::CreateTable(create) = parse(&format!("CREATE TABLE c.s.t {rest}")).unwrap()
    else {
        panic!("another statement")
    };
    create.definition
}

fn name() -> TableName {
    created("()").name
}

/// The changes that an import makes to the definition; asserts that a second import makes none.
fn changes(kept: &TableDefinition, found: &ServerTable) -> Vec<String> {
    found.check().unwrap();
    let wanted = definition(&name(), found, Some(kept));
    assert_eq!(
        definition(&name(), found, Some(&wanted)),
        wanted,
        "the second import changes something"
    );
    let differences = table_differences(kept, &wanted);
    differences.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn assert_same(rest: &str, found: &ServerTable) {
    assert_eq!(changes(&created(rest), found), Vec::<String>::new(), "{rest}");
}

#[test]
fn a_new_table_is_recorded_as_the_server_has_it() {
    let mut found = table(&["id bigint", "at date", "n numeric(5,2)"]);
    found.columns[0].is_nullable = false;
    found.constraints = vec![server_constraint("t_pkey", "PRIMARY KEY (id)")];
    found.comment = Some("orders".to_owned());
    sorted(&mut found, &[0, 1, 2]);
    spread(&mut found, Some(ServerDistStyle::Key), Some(0));
    let recorded = definition(&name(), &found, None);
    let expected = created(
        "(id BIGINT NOT NULL ENCODE az64, at DATE ENCODE az64, n DECIMAL(5, 2) ENCODE az64, PRIMARY KEY (id)) \
         DISTKEY (id) SORTKEY (at, n) COMMENT = 'orders'",
    );
    assert_eq!(recorded, expected);
    assert_eq!(changes(&recorded, &found), Vec::<String>::new());
}

#[test]
fn a_property_that_a_statement_leaves_open_is_no_difference() {
    let mut found = table(&["id bigint", "at date"]);
    spread(&mut found, Some(ServerDistStyle::Auto), None);
    for rest in [
        "(id bigint, at date)",
        "(id bigint ENCODE auto, at date ENCODE az64) DISTSTYLE AUTO",
        "(id bigint, at date) COMMENT = 'kept here only'",
    ] {
        assert_same(rest, &found);
    }
    // The key is the warehouse's own choice.
    found.columns[0].storage.as_mut().unwrap().is_dist_key = true;
    assert_same("(id bigint, at date)", &found);
}

#[test]
fn an_explicit_style_is_the_same_however_it_is_written() {
    let mut found = table(&["id bigint", "at date"]);
    sorted(&mut found, &[1, 2]);
    spread(&mut found, Some(ServerDistStyle::Key), Some(0));
    assert_same(
        "(id bigint, at date) DISTSTYLE KEY DISTKEY (id) COMPOUND SORTKEY (id, at)",
        &found,
    );
    assert_same("(id bigint DISTKEY, at date) SORTKEY (id, at)", &found);
    // A user who may not see the style still sees the key.
    found.dist_style = None;
    assert_same("(id bigint DISTKEY, at date) DISTSTYLE AUTO SORTKEY (id, at)", &found);
    let mut found = table(&["id bigint", "at date"]);
    sorted(&mut found, &[1, -2]);
    spread(&mut found, Some(ServerDistStyle::All), None);
    assert_same("(id bigint, at date) DISTSTYLE ALL INTERLEAVED SORTKEY (id, at)", &found);
}

#[test]
fn properties_that_the_server_does_not_report_stay() {
    assert_same(
        "(id bigint ENCODE zstd, at date) DISTSTYLE KEY DISTKEY (id) INTERLEAVED SORTKEY (at, id)",
        &plain_table(&["id bigint", "at date"]),
    );
    let kept = created("(id bigint, at date) DISTSTYLE KEY DISTKEY (id) SORTKEY (id)");
    assert_eq!(
        changes(&kept, &plain_table(&["at date"])),
        [
            "column id: BIGINT -> none",
            "DISTSTYLE: KEY -> none",
            "DISTKEY: id -> none",
            "SORTKEY: (id) -> none"
        ]
    );
}

#[test]
fn differences_are_listed() {
    let mut found = table(&["id bigint", "price numeric(12,2)", "region varchar(20)"]);
    found.columns[0].is_nullable = false;
    found.comment = Some("new".to_owned());
    sorted(&mut found, &[0, 0, 1]);
    spread(&mut found, Some(ServerDistStyle::Even), None);
    let kept = created(
        "(id bigint NOT NULL, price numeric(10,2) ENCODE zstd, PRIMARY KEY (id)) DISTKEY (id) COMMENT = 'old'",
    );
    assert_eq!(
        changes(&kept, &found),
        [
            "column price: DECIMAL(10, 2) ENCODE zstd -> DECIMAL(12, 2) ENCODE az64",
            "column region: none -> VARCHAR(20) ENCODE az64",
            "PRIMARY KEY: (id) -> none",
            "DISTSTYLE: none -> EVEN",
            "DISTKEY: id -> none",
            "SORTKEY: none -> (region)",
            "COMMENT: 'old' -> 'new'",
        ]
    );
}

#[test]
fn the_columns_of_a_primary_key_are_not_null() {
    let mut found = table(&["a int", "b int"]);
    found.constraints = vec![server_constraint("t_pkey", "PRIMARY KEY (b, a)")];
    let recorded = definition(&name(), &found, None);
    assert_eq!(recorded.primary_key(), [Name::new("b").unwrap(), Name::new("a").unwrap()]);
    assert!(recorded.columns.iter().all(|column: &TableColumn| !column.is_nullable));
}

#[test]
fn constraints_and_defaults_are_recorded_and_do_not_flap() {
    let mut found = table(&["id bigint", "a int", "at timestamp", "n varchar(9)"]);
    found.constraints = vec![
        server_constraint("t_pkey", "PRIMARY KEY (id)"),
        server_constraint("one", "UNIQUE (a, n)"),
        ServerConstraint {
            references: Some((Name::new("lake").unwrap(), Name::new("events").unwrap())),
            ..server_constraint(
                "t_a_fkey",
                "FOREIGN KEY (a) REFERENCES events(id) ON DELETE CASCADE",
            )
        },
        server_constraint("odd", "EXCLUDE USING gist (a WITH &&)"),
    ];
    for (column, default) in found.columns.iter_mut().zip([
        Some("\"identity\"(100123, 0, '1,2'::text)"),
        Some("default_identity(1, 0, '-1,1'::text)"),
        Some("getdate()"),
        Some("'x'::character varying"),
    ]) {
        column.default = default.map(str::to_owned);
    }
    found.columns[3].comment = Some("a note".to_owned());
    let recorded = definition(&name(), &found, None);
    let expected = created(
        "(id BIGINT IDENTITY(1, 2) ENCODE az64, \
         a INT GENERATED BY DEFAULT AS IDENTITY(-1, 1) ENCODE az64, \
         at TIMESTAMP DEFAULT getdate() ENCODE az64, \
         n VARCHAR(9) DEFAULT 'x'::character varying ENCODE az64 COMMENT 'a note', \
         PRIMARY KEY (id), CONSTRAINT one UNIQUE (a, n), FOREIGN KEY (a) REFERENCES lake.events (id))",
    );
    assert_eq!(recorded, expected);
    assert_eq!(changes(&recorded, &found), Vec::<String>::new());
    assert_same(
        "(id BIGINT IDENTITY(1, 2), a INT GENERATED BY DEFAULT AS IDENTITY(-1, 1), \
         at TIMESTAMP DEFAULT (GETDATE()), n VARCHAR(9) DEFAULT 'x' COLLATE CI COMMENT 'a note', FOREIGN KEY (a) REFERENCES lake.events, \
         UNIQUE (a, n), CONSTRAINT t_pkey PRIMARY KEY (id)) BACKUP NO SORTKEY AUTO ENCODE AUTO",
        &found,
    );
}

#[test]
fn properties_that_no_view_has_are_kept_and_fit_what_changes() {
    let mut found = table(&["a varchar(5)", "b bigint", "c date"]);
    spread(&mut found, Some(ServerDistStyle::Auto), None);
    let kept = created("(a VARCHAR(5) COLLATE CI, b VARCHAR(5) COLLATE CI) BACKUP NO ENCODE AUTO");
    let recorded = definition(&name(), &found, Some(&kept));
    let expected = created("(a VARCHAR(5) COLLATE CI, b BIGINT, c DATE) BACKUP NO ENCODE AUTO");
    assert_eq!(recorded, expected);
    assert_eq!(changes(&recorded, &found), Vec::<String>::new());
}

// Tables that are left out.

#[test]
fn a_table_that_no_statement_could_make_is_left_out() {
    let with = |columns: &[&str], change: fn(&mut ServerTable)| {
        let mut found = table(columns);
        change(&mut found);
        found.check().unwrap_err()
    };
    assert_eq!(with(&[], |_| {}), "it has no columns");
    assert_eq!(with(&["a int", "a int"], |_| {}), "column \"a\" specified more than once");
    assert_eq!(
        with(&["a super"], |found| sorted(found, &[1])),
        "column a is a key, which SUPER cannot be"
    );
    assert_eq!(
        with(&["a int", "b int"], |found| sorted(found, &[1, 1])),
        "its sort key has too many or repeated columns"
    );
    assert_eq!(
        with(&["a int", "b int"], |found| {
            spread(found, None, Some(0));
            spread(found, None, Some(1));
        }),
        "it has several distribution keys"
    );
}

#[test]
fn a_type_is_what_the_server_calls_it_or_it_is_none() {
    let mut types = Types::default();
    for (written, read) in [
        ("character varying(256)", "VARCHAR(256)"),
        ("character(1)", "CHAR(1)"),
        ("numeric(18,2)", "DECIMAL(18, 2)"),
        ("timestamp without time zone", "TIMESTAMP"),
        ("timestamp(3) without time zone", "TIMESTAMP"),
        ("time with time zone", "TIMETZ"),
        ("double precision", "DOUBLE PRECISION"),
        ("binary varying(64000)", "VARBYTE(64000)"),
        ("super", "SUPER"),
    ] {
        assert_eq!(types.read(written).unwrap().to_string(), read);
    }
    for (written, reason) in [
        ("text", "it has no length"),
        ("numeric", "it has no length"),
        ("character varying", "it has no length"),
        ("uuid", "Redshift has no type UUID"),
        ("integer[]", "Redshift has no arrays"),
        ("character varying(70000)", "the length of VARCHAR must be between 1 and 65535"),
    ] {
        assert_eq!(types.read(written).unwrap_err(), reason);
        assert_eq!(types.read(written).unwrap_err(), reason, "the second time");
    }
    for written in ["\"char\"", "name", "public.mood", "", "int4range"] {
        assert!(types.read(written).is_err(), "{written}");
    }
}

#[test]
fn a_name_that_would_be_another_one_here_is_none() {
    assert_eq!(name_of("or\"ders é").unwrap().as_str(), "or\"ders é");
    for (text, reason) in [
        ("Orders", "has capital letters, which are small ones here"),
        ("a\u{fffd}", "is not UTF-8"),
        ("a\nb", "cannot be one here: a name cannot hold the control character U+000A"),
        ("", "cannot be one here: a name cannot be empty"),
    ] {
        assert_eq!(name_of(text).unwrap_err(), reason);
    }
}
