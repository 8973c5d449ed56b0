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

/// The tables of a schema whose names have this prefix.
fn tables(db: &Db, connection: &str, schema: &str, prefix: &str) -> Vec<String> {
    db.names(NameScope::Tables(connection, schema), prefix, 10).unwrap().first
}

#[test]
fn tables_are_found_by_how_their_names_begin() {
    let db = catalog();
    assert_eq!(tables(&db, "a", "public", ""), ["order_items", "orders"]);
    assert_eq!(tables(&db, "a", "public", "orders"), ["orders"]);
    assert_eq!(tables(&db, "two words", "s", "a\""), ["a\"b"]);
    for (connection, schema, prefix) in
        [("c", "public", ""), ("a", "x", ""), ("a", "public", "x"), ("a", "", "orders")]
    {
        assert!(tables(&db, connection, schema, prefix).is_empty());
    }
}

#[test]
fn a_range_has_its_first_names_and_its_last() {
    let db = catalog();
    let range = db.names(NameScope::Jobs, "load", 1).unwrap();
    assert_eq!(
        (range.first, range.last),
        (vec!["load_a".to_owned()], Some("load_b".to_owned()))
    );
    let range = db.names(NameScope::Jobs, "m", 1).unwrap();
    assert_eq!((range.first, range.last), (vec!["merge".to_owned()], None));
    let range = db.names(NameScope::Connections, "", 1).unwrap();
    assert_eq!((range.first, range.last), (vec!["a".to_owned()], Some("two words".to_owned())));
}

#[test]
fn names_are_found_by_letters_in_their_order() {
    let db = catalog();
    let names = |scope, letters, limit| db.names_with_letters(scope, letters, limit).unwrap();
    assert_eq!(names(NameScope::Jobs, "lda", 9), ["load_a"]);
    assert_eq!(names(NameScope::Jobs, "ad_", 1), ["load_a"]);
    assert_eq!(names(NameScope::Jobs, "e", 9), ["merge"]);
    assert_eq!(names(NameScope::Schemas("a"), "t", 9), ["other"]);
    for letters in ["*", "?", "[", "l%a", "l*a"] {
        assert!(names(NameScope::Jobs, letters, 9).is_empty(), "{letters}");
    }
}

#[test]
fn names_come_from_the_indexes_in_their_order() {
    let db = catalog();
    for scope in [
        NameScope::Connections,
        NameScope::Schemas("a"),
        NameScope::Tables("a", "public"),
        NameScope::Jobs,
    ] {
        for order in ["ASC", "DESC"] {
            let steps = plan(&db, &sorted_names(scope, order));
            let is_by_index =
                |step: &String| step.starts_with("SEARCH") && step.contains("USING COVERING INDEX");
            assert!(steps.iter().all(is_by_index), "{scope:?} {order}: {steps:?}");
        }
    }
}

#[test]
fn the_schemas_of_a_connection_come_each_once() {
    let db = catalog();
    let range = |connection: &str, prefix: &str, limit: usize| {
        db.names(NameScope::Schemas(connection), prefix, limit).unwrap()
    };
    let names =
        |connection: &str, prefix: &str, limit: usize| range(connection, prefix, limit).first;
    assert_eq!(names("a", "", 9), ["other", "public"]);
    assert_eq!(names("a", "p", 9), ["public"]);
    assert_eq!(names("a", "", 1), ["other"]);
    assert_eq!(range("a", "", 1).last.as_deref(), Some("public"));
    assert_eq!(range("a", "", 2).last, None);
    assert_eq!(range("b", "", 1).last, None);
    assert!(names("a", "q", 9).is_empty() && names("nobody", "", 9).is_empty());
}
