use super::*;
use crate::catalog::fixture::{db, job, plan, table};

fn catalog() -> Db {
    let db = db();
    for name in [
        "a.public.orders",
        "a.public.order_items",
        "a.other.orders",
        "b.public.copy",
        "two words.s.Odd Name",
        "two words.s.a\"b",
    ] {
        table(&db, name);
    }
    for name in ["load_a", "load_b", "merge"] {
        job(&db, name, &["a.public.orders"]);
    }
    db
}

fn printed(names: &[TableName]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn tables(db: &Db, prefix: &str, expected: &[&str]) {
    let range = db.table_names(prefix, 10).unwrap();
    assert_eq!(printed(&range.first), expected, "{prefix}");
    assert_eq!(range.last, None, "{prefix}");
}

#[test]
fn tables_are_found_by_how_their_names_begin() {
    let db = catalog();
    let of_a = ["a.other.orders", "a.public.order_items", "a.public.orders"];
    for prefix in ["a", "A", "a.", "\"a", "\"a\"", "\"A\" . "] {
        tables(&db, prefix, &of_a);
    }
    for prefix in ["a.p", "a.public", "a.\"public\".", "A.PUBLIC.OR"] {
        tables(&db, prefix, &of_a[1..]);
    }
    tables(&db, "a.public.orders", &of_a[2..]);
    tables(&db, "\"two words\".s.\"a\"\"", &["\"two words\".s.\"a\"\"b\""]);
    for prefix in ["c", "a.x", "a.public.orders.x", "a..orders", "ab"] {
        tables(&db, prefix, &[]);
    }
}

#[test]
fn a_range_has_its_first_names_and_its_last() {
    let db = catalog();
    let range = db.table_names("", 2).unwrap();
    assert_eq!(printed(&range.first), ["a.other.orders", "a.public.order_items"]);
    assert_eq!(range.last.unwrap().to_string(), "\"two words\".s.\"odd name\"");
    let range = db.job_names("load", 1).unwrap();
    assert_eq!(
        (range.first, range.last),
        (vec!["load_a".to_owned()], Some("load_b".to_owned()))
    );
    let range = db.job_names("m", 1).unwrap();
    assert_eq!((range.first, range.last), (vec!["merge".to_owned()], None));
}

#[test]
fn names_come_from_the_indexes_in_their_order() {
    let db = catalog();
    let columns = ["c.name", "t.schema_name", "t.name"];
    for whole in 0..columns.len() {
        for order in ["ASC", "DESC"] {
            let select = format!("SELECT c.name, t.schema_name, t.name {FROM_TABLES}");
            let steps = plan(&db, &range_query(&select, &columns, whole, order));
            let is_by_index =
                |step: &String| step.starts_with("SEARCH") && step.contains("USING COVERING INDEX");
            assert!(steps.iter().all(is_by_index), "{whole} {order}: {steps:?}");
        }
    }
}

#[test]
fn the_schemas_of_a_connection_come_each_once() {
    let db = catalog();
    let names = |connection: &str, prefix: &str, limit: usize| {
        db.schema_names(connection, prefix, limit).unwrap().first
    };
    assert_eq!(names("a", "", 9), ["other", "public"]);
    assert_eq!(names("a", "p", 9), ["public"]);
    assert_eq!(names("a", "", 1), ["other"]);
    assert_eq!(db.schema_names("a", "", 1).unwrap().last.as_deref(), Some("public"));
    assert_eq!(db.schema_names("a", "", 2).unwrap().last, None);
    assert_eq!(db.schema_names("b", "", 1).unwrap().last, None);
    assert!(names("a", "q", 9).is_empty() && names("nobody", "", 9).is_empty());
}
