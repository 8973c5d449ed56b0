use super::*;
use crate::catalog::ObjectId;
use crate::catalog::fixture::{connection, db, job, table};
use crate::value::Value;

/// The rows of a SELECT, one line each.
fn select(db: &mut Db, sql: &str) -> Result<Vec<String>, CatalogError> {
    let set = db.query(sql)?;
    let text = |value: &Value| match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.to_string(),
        other => format!("{other:?}"),
    };
    let line = |row: &Vec<Value>| row.iter().map(text).collect::<Vec<_>>().join(" | ");
    Ok(set.rows.iter().map(line).collect())
}

fn catalog() -> Db {
    let db = db();
    table(&db, "one.public.orders");
    table(&db, "one.public.all");
    table(&db, "two words.public.a\"b");
    job(&db, "load", &["one.public.orders", "one.public.raw", "one.public.all"]);
    job(&db, "merge it", &["one.public.all", "one.public.all"]);
    job(&db, "elsewhere", &["two words.public.a\"b"]);
    job(&db, "later", &["one.public.missing"]);
    db
}

#[test]
fn usages_are_those_of_show_usages() {
    let mut db = catalog();
    let found =
        select(&mut db, "SELECT * FROM temp.usages ORDER BY used_kind, used, usage DESC, name")
            .unwrap();
    let mut expected = Vec::new();
    let tables = db.all_tables().unwrap();
    let used = [connection(&db, "two words"), connection(&db, "one")].map(ObjectId::Connection);
    let names = ["\"two words\"".to_owned(), "one".to_owned()];
    let mut objects: Vec<_> =
        used.into_iter().zip(names).map(|pair| ("connection", pair)).collect();
    let mut of_tables: Vec<_> = tables
        .iter()
        .map(|table| ("table", (ObjectId::Table(table.id), table.definition.name.to_string())))
        .collect();
    of_tables.sort_by(|one, other| one.1.1.cmp(&other.1.1));
    objects.extend(of_tables);
    for (kind, (used, name)) in objects {
        for usage in db.usages_of(&[used]).unwrap() {
            let via = usage.via.join(", ");
            expected.push(format!("{kind} | {name} | {} | {} | {via}", usage.kind, usage.name));
        }
    }
    assert_eq!(found, expected);
    assert_eq!(found.len(), 11);
}

#[test]
fn a_job_is_shown_with_its_target_also_where_the_catalog_lacks_that() {
    let mut db = catalog();
    let select = select(
        &mut db,
        "SELECT name, kind, catalog, schema, \"table\" FROM temp.jobs ORDER BY name",
    );
    assert_eq!(
        select.unwrap(),
        [
            "elsewhere | insert | two words | public | a\"b",
            "later | insert | one | public | missing",
            "load | insert | one | public | orders",
            "merge it | insert | one | public | all"
        ]
    );
}

#[test]
fn views_can_be_counted_joined_and_grouped() {
    let mut db = catalog();
    for (sql, expected) in [
        ("SELECT count(*) FROM temp.usages", "11"),
        ("SELECT count(*) FROM temp.tables, temp.jobs", "12"),
        ("SELECT count(*) FROM temp.columns", "0"),
        (
            "SELECT j.name FROM temp.jobs j JOIN temp.tables t ON t.name = j.\"table\" WHERE t.name = 'orders'",
            "load",
        ),
        (
            "WITH u AS (SELECT name, count(*) AS n FROM temp.usages GROUP BY name) SELECT max(n) FROM u",
            "3",
        ),
        (
            "SELECT (SELECT count(*) FROM temp.usages u WHERE u.name = j.name) FROM temp.jobs j WHERE j.name = 'load'",
            "3",
        ),
    ] {
        assert_eq!(select(&mut db, sql).unwrap(), [expected], "{sql}");
    }
}

#[test]
fn no_table_of_the_catalog_can_be_read_beside_the_views() {
    let mut db = catalog();
    let tables: Vec<String> = db
        .collect("SELECT name FROM main.sqlite_schema WHERE type = 'table'", [], |row| row.get(0))
        .unwrap();
    assert!(tables.len() >= 7);
    for table in tables.iter().map(String::as_str).chain(["sqlite_schema", "pragma_table_list"]) {
        for sql in [
            format!("SELECT * FROM {table}"),
            format!("SELECT * FROM main.{table}"),
            format!("SELECT count(*) FROM main.{table}"),
            format!("SELECT t.* FROM temp.jobs JOIN main.{table} t"),
            format!("SELECT t.rowid FROM temp.usages, main.{table} t"),
            format!("WITH usages AS (SELECT * FROM main.{table}) SELECT * FROM usages"),
            format!("WITH {table}_ AS (SELECT count(*) FROM main.{table}) SELECT * FROM {table}_"),
            format!("SELECT (SELECT max(rowid) FROM main.{table}) FROM temp.connections"),
            format!("SELECT name FROM temp.tables UNION ALL SELECT rowid FROM main.{table}"),
        ] {
            select(&mut db, &sql).expect_err(&sql);
        }
    }
}

#[test]
fn the_views_are_there_again_after_a_rollback() {
    let mut db = catalog();
    db.begin().unwrap();
    select(&mut db, "SELECT * FROM temp.usages").unwrap();
    db.rollback().unwrap();
    assert_eq!(select(&mut db, "SELECT count(*) FROM temp.jobs").unwrap(), ["4"]);
}
