use super::*;
use crate::catalog::fixture::{connection, db, job, plan, table};
use crate::catalog::job::LINK_REFERENCES;

/// Each usage as `kind name: via, via`.
fn lines(usages: &[Usage]) -> Vec<String> {
    let line = |usage: &Usage| format!("{} {}: {}", usage.kind, usage.name, usage.via.join(", "));
    usages.iter().map(line).collect()
}

/// Two connections with tables and jobs; the identities of the connections and of two tables.
fn catalog() -> (Db, [i64; 2], [i64; 2]) {
    let db = db();
    let orders = table(&db, "one.public.orders");
    let items = table(&db, "one.public.items");
    table(&db, "two.public.orders");
    job(&db, "load", &["one.public.orders", "one.public.raw", "one.public.items"]);
    job(&db, "merge it", &["one.public.items", "one.public.items"]);
    job(&db, "elsewhere", &["two.public.orders"]);
    let ids = [connection(&db, "one"), connection(&db, "two")];
    (db, ids, [orders, items])
}

#[test]
fn a_connection_lists_tables_and_jobs_with_their_ties() {
    let (db, [one, two], _) = catalog();
    assert_eq!(
        lines(&db.usages_of(&[ObjectId::Connection(one)]).unwrap()),
        [
            "table one.public.items: connection",
            "table one.public.orders: connection",
            "job \"merge it\": target, source, table one.public.items",
            "job load: target, source, table one.public.items, table one.public.orders",
        ]
    );
    let both = db.usages_of(&[ObjectId::Connection(two), ObjectId::Connection(one)]).unwrap();
    assert_eq!(both.len(), 6);
    assert!(db.usages_of(&[]).unwrap().is_empty());
}

#[test]
fn a_table_lists_the_jobs_that_name_it() {
    let (db, _, [orders, items]) = catalog();
    assert_eq!(
        lines(&db.usages_of(&[ObjectId::Table(items)]).unwrap()),
        ["job \"merge it\": target, source", "job load: source"]
    );
    assert_eq!(
        lines(&db.usages_of(&[ObjectId::Table(orders), ObjectId::Table(items)]).unwrap()),
        ["job \"merge it\": target, source", "job load: target, source"]
    );
}

#[test]
fn dependents_go_before_what_they_depend_on() {
    let (db, [one, two], [_, items]) = catalog();
    let dropped = db.delete_dependents(&[ObjectId::Table(items)]).unwrap();
    assert_eq!(dropped.len(), 2);
    db.delete(ObjectId::Table(items)).unwrap();
    let dropped = db.delete_dependents(&[ObjectId::Connection(one)]).unwrap();
    assert_eq!(lines(&dropped), ["table one.public.orders: connection"]);
    db.delete(ObjectId::Connection(one)).unwrap();
    assert_eq!(db.usages_of(&[ObjectId::Connection(two)]).unwrap().len(), 2);
}

#[test]
fn writers_are_counted() {
    let (db, [one, two], _) = catalog();
    assert_eq!(db.count_writers(one).unwrap(), (2, 2));
    assert_eq!(db.count_writers(two).unwrap(), (1, 1));
}

#[test]
fn usages_are_found_by_indexes_and_not_by_looking_at_everything() {
    let (db, ..) = catalog();
    for sql in [TABLES_OF_CONNECTION, JOBS_OF_CONNECTION, JOBS_OF_TABLE] {
        let steps = plan(&db, sql);
        assert!(steps.iter().all(|step| step.starts_with("SEARCH")), "{sql}: {steps:?}");
    }
    // The queries of the foreign keys before a delete, and the search for references by name.
    for sql in [
        "SELECT 1 FROM job_reference WHERE connection_id = 1",
        "SELECT 1 FROM job_reference WHERE warehouse_table_id = 1",
        "SELECT 1 FROM warehouse_table WHERE connection_id = 1",
        LINK_REFERENCES,
    ] {
        let steps = plan(&db, sql);
        let is_search = |step: &String| !step.starts_with("SCAN") && !step.contains("B-TREE");
        assert!(steps.iter().all(is_search), "{sql}: {steps:?}");
    }
}

#[test]
fn a_table_in_a_warehouse_is_used_through_every_connection_that_leads_there() {
    let (db, [one, _], _) = catalog();
    job(&db, "reads raw", &["two.public.late", "two.crm.raw"]);
    let used = |schema: Option<&str>, table: Option<&str>, database: Option<&str>| {
        let object = WarehouseObject {
            database: database.map(str::to_owned),
            schema: schema.map(str::to_owned),
            table: table.map(str::to_owned),
        };
        lines(&db.usages_in_warehouse(one, &[object]).unwrap())
    };
    assert_eq!(
        used(Some("public"), Some("orders"), None),
        ["job elsewhere: target", "job load: target"]
    );
    // The catalog lacks this table, and the job names it.
    assert_eq!(used(Some("public"), Some("raw"), Some("dev")), ["job load: source"]);
    assert_eq!(used(Some("crm"), None, None), ["job \"reads raw\": source, table two.crm.raw"]);
    assert_eq!(used(None, Some("raw"), None).len(), 2);
    assert_eq!(used(None, None, None).len(), 4);
    assert!(used(None, None, Some("another")).is_empty());
    assert!(used(Some("public"), Some("unknown"), None).is_empty());
}
