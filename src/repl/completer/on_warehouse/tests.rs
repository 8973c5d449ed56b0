use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::super::{Entry, Names, complete};
use super::*;
use crate::executor::{ForeignKey, NameRange, NameScope};
use crate::name::ConnectionName;
use crate::shell::Target;

/// A warehouse's names, and two connections.
struct SmallWarehouse(WarehouseNames, Uses);

impl Names for SmallWarehouse {
    fn catalog(&mut self, scope: NameScope<'_>, prefix: &str) -> NameRange {
        let all: &[&str] = match scope {
            NameScope::Connections => &["sales", "sales_eu"],
            NameScope::Schemas(_) | NameScope::Tables(..) | NameScope::Jobs => &[],
        };
        let names = all.iter().filter(|name| name.starts_with(prefix));
        NameRange {
            first: names.map(|name| (*name).to_owned()).collect(),
            last: None,
        }
    }

    fn warehouse(&mut self) -> Arc<WarehouseNames> {
        Arc::new(self.0.clone())
    }

    fn variables(&mut self) -> Vec<String> {
        vec!["day".to_owned()]
    }

    fn uses(&mut self) -> Rc<Uses> {
        Rc::new(self.1.clone())
    }

    fn entries(&mut self, _folder: &Path) -> Vec<Entry> {
        Vec::new()
    }
}

/// A small warehouse.
fn names() -> WarehouseNames {
    let mut names = WarehouseNames::default();
    names.set_search_path(vec!["etl".to_owned(), "public".to_owned()]);
    for (schema, table, columns) in [
        ("public", "orders", "id customer_id total At"),
        ("public", "order items", "order_id n"),
        ("public", "customers", "id name tag"),
        ("crm", "people", "id first_name"),
        ("crm", "Odd", "X"),
        ("pg_catalog", "pg_class", "oid relname"),
        ("pg_catalog", "stl_query", "query userid"),
        ("information_schema", "tables", "table_name"),
    ] {
        names.add_table(schema, table).unwrap();
        for column in columns.split(' ') {
            names.add_column(schema, table, column).unwrap();
        }
    }
    names.add_schema("empty").unwrap();
    names.add_function("public", "f_double").unwrap();
    names.add_function("public", "Odd function").unwrap();
    names.add_function("crm", "f_of_crm").unwrap();
    for (table, columns, referenced) in [
        ("order items", ["order_id"].as_slice(), ["id"].as_slice()),
        ("customers", &["id", "tag"], &["customer_id", "total"]),
    ] {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let key = ForeignKey {
            columns: owned(columns),
            schema: "public".to_owned(),
            table: "orders".to_owned(),
            referenced: owned(referenced),
        };
        names.add_key("public", table, key).unwrap();
    }
    names
}

/// The candidates at the mark `|`, and the text that they replace.
fn offered(text: &str) -> (String, Vec<String>) {
    offered_after(&[], text)
}

/// The same after these statements.
fn offered_after(history: &[&str], text: &str) -> (String, Vec<String>) {
    let cursor = text.find('|').unwrap();
    let text = text.replacen('|', "", 1);
    let target = Target::Warehouse {
        connection: ConnectionName::new("sales").unwrap(),
        backslash_escapes: true,
    };
    let mut uses = Uses::default();
    for statement in history {
        uses.count(statement, target.dialect());
    }
    let completion = complete(&text, cursor, &target, &mut SmallWarehouse(names(), uses));
    let replaced = text[completion.start..cursor].to_owned();
    let candidates = completion.candidates.into_iter();
    (replaced, candidates.map(|candidate| candidate.text).collect())
}

fn completed(text: &str) -> Vec<String> {
    offered(text).1
}

#[track_caller]
fn assert_offered(text: &str, expected: &[&str]) {
    assert_eq!(completed(text), expected, "{text}");
}

const TABLES: [&str; 6] = ["customers", "\"order items\"", "orders", "crm.", "empty.", "public."];

#[test]
fn words_begin_a_statement_in_the_letter_case_that_is_typed() {
    assert_offered("SEL|", &["SELECT "]);
    assert_offered("unl|", &["unload "]);
    assert_offered(
        "create |",
        &[
            "database ",
            "external ",
            "function ",
            "group ",
            "library ",
            "materialized ",
            "model ",
            "or ",
            "procedure ",
            "role ",
            "schema ",
            "table ",
            "temp ",
            "temporary ",
            "user ",
            "view ",
        ],
    );
    assert_offered("CREATE OR |", &["REPLACE "]);
    assert_offered("SELECT 1; TRUNC|", &["TRUNCATE "]);
    assert_offered("SELECT id FROM orders WH|", &["WHEN ", "WHERE "]);
    assert_offered("SELECT id FROM orders GROUP |", &["BY "]);
    assert_offered("select id from orders left |", &["join ", "outer "]);
    assert_offered("SELECT id FROM orders |", &[]);
    assert!(completed("|").contains(&"SELECT ".to_owned()));
}

#[test]
fn tables_of_the_search_path_stand_bare_and_others_behind_their_schema() {
    for text in [
        "SELECT * FROM |",
        "SELECT * FROM orders o JOIN |",
        "SELECT * FROM orders, |",
        "SELECT * FROM crm.people AS p JOIN orders o ON p.id = o.id, |",
        "SELECT (SELECT max(id) FROM |",
        "INSERT INTO |",
        "DELETE FROM |",
        "EXPLAIN SELECT 1 FROM |",
        "MERGE INTO orders USING |",
        "UNLOAD ('x') TO 'y'; SELECT * FROM |",
        "SELECT 1 FROM a WHERE x IN (SELECT id FROM |)",
        "WITH a AS (SELECT 1) SELECT * FROM (SELECT 1) s, |",
    ] {
        let found = completed(text);
        let found: Vec<&String> = found.iter().filter(|name| *name != "a").collect();
        assert_eq!(found, TABLES, "{text}");
    }
    for text in [
        "UPDATE |",
        "COPY |",
        "LOCK TABLE orders, |",
        "DROP VIEW IF EXISTS |",
        "GRANT SELECT ON |",
    ] {
        assert_offered(text, &TABLES);
    }
    for text in ["DROP TABLE |", "TRUNCATE |", "ANALYZE |", "VACUUM |"] {
        let found = completed(text);
        assert!(TABLES.iter().all(|table| found.contains(&(*table).to_owned())), "{text}");
    }
    assert_offered("SELECT * FROM CRM.|", &["\"Odd\"", "people"]);
    assert_offered("SELECT * FROM crm.PE|", &["people"]);
    assert_offered("SELECT * FROM \"crm\".\"o|", &["\"Odd\""]);
    assert_offered("SELECT * FROM missing.|", &[]);
}

#[test]
fn system_names_are_offered_once_they_are_begun() {
    assert_offered("SELECT * FROM stl|", &["stl_query"]);
    assert_offered("SELECT * FROM pg_c|", &["pg_class", "pg_catalog."]);
    assert_offered("SELECT * FROM infor|", &["information_schema."]);
    assert_offered("SELECT u| FROM stl_query", &["userid"]);
}

#[test]
fn columns_are_those_of_the_tables_that_the_whole_statement_names() {
    assert_offered("SELECT | FROM orders", &["id", "customer_id", "total", "\"At\""]);
    assert_offered("SELECT id, cus| FROM orders", &["customer_id"]);
    assert_offered("SELECT count(| FROM crm.people", &["id", "first_name"]);
    assert_offered("SELECT * FROM crm.people WHERE |", &["id", "first_name"]);
    assert_offered(
        "SELECT * FROM orders o JOIN customers c ON 1 = |",
        &["id", "customer_id", "total", "\"At\"", "name", "\"tag\""],
    );
    for text in [
        "SELECT 1 FROM orders WHERE id = 1 AND tot|",
        "SELECT 1 FROM orders ORDER BY id, tot|",
        "UPDATE orders SET tot|",
        "UPDATE orders SET id = 1, tot|",
        "DELETE FROM orders WHERE tot|",
        "SELECT extract(year FROM tot|) FROM orders",
        "SELECT 1 FROM (SELECT * FROM orders) s WHERE tot|",
        "ALTER TABLE orders DROP COLUMN tot|",
        "SELECT CASE WHEN tot| FROM orders",
        "INSERT INTO orders SELECT tot| FROM orders",
    ] {
        assert_eq!(completed(text).first().map(String::as_str), Some("total"), "{text}");
    }
    assert_offered("SELECT 1 FROM orders; SELECT tot| ; SELECT 1 FROM orders", &[]);
    assert_offered("SELECT na| FROM missing", &[]);
}

#[test]
fn a_qualifier_chooses_among_the_tables() {
    assert_offered(
        "SELECT o.| FROM orders o, customers c",
        &["id", "customer_id", "total", "\"At\""],
    );
    assert_offered("SELECT C.n| FROM orders o, customers AS c", &["name"]);
    assert_offered("SELECT customers.| FROM customers", &["id", "name", "\"tag\""]);
    assert_offered("SELECT people.| FROM crm.people", &["id", "first_name"]);
    assert_offered("SELECT crm.people.f| FROM crm.people", &["first_name"]);
    assert_offered("SELECT customers.n|", &["name"]);
    assert_offered(
        "SELECT cu| FROM customers cu",
        &[
            "cu.",
            "cume_dist(",
            "current_database(",
            "current_schema(",
            "current_schemas(",
            "current_session_arn(",
            "current_setting(",
            "current_aws_account",
            "current_date",
            "current_namespace",
            "current_timestamp",
            "current_user",
            "current_user_id",
        ],
    );
    assert_offered("SELECT id, cust| FROM customers", &["customers."]);
    assert_offered("SELECT \"odd name\".| FROM customers \"odd name\"", &["id", "name", "\"tag\""]);
    assert_offered("SELECT x.| FROM orders o", &[]);
    assert_eq!(offered("SELECT o.to| FROM orders o").0, "to");
}

#[test]
fn a_list_behind_a_target_has_its_columns() {
    assert_offered("INSERT INTO customers (|", &["id", "name", "\"tag\""]);
    assert_offered("INSERT INTO crm.people (id, |) SELECT id FROM orders", &["id", "first_name"]);
    assert_offered("COPY customers (n|", &["name"]);
    assert_offered("INSERT INTO customers VALUES (|", &[]);
}

#[test]
fn queries_of_with_are_tables_too() {
    assert_offered(
        "WITH recent AS (SELECT * FROM orders), top (a) AS (SELECT 1) SELECT * FROM rec|",
        &["recent"],
    );
    let found =
        completed("WITH recent AS (SELECT * FROM orders), last (a) AS (SELECT 1) SELECT * FROM |");
    assert!(
        found.contains(&"recent".to_owned()) && found.contains(&"last".to_owned()),
        "{found:?}"
    );
}

#[test]
fn queries_in_parentheses_and_of_with_have_columns() {
    for (text, expected) in [
        (
            "SELECT s.| FROM (SELECT id, total AS amount, count(*) FROM orders) s",
            "id amount count",
        ),
        (
            "SELECT s.| FROM (SELECT o.*, 1 AS n FROM orders o) AS s",
            "id customer_id total \"At\" n",
        ),
        ("SELECT s.| FROM (SELECT 1, 2) s (one, two)", "one two"),
        (
            "WITH a AS (SELECT id, sum(total) spent FROM orders) SELECT a.| FROM a",
            "id spent",
        ),
        ("WITH a (x, y) AS (SELECT 1, 2), b AS (SELECT x FROM a) SELECT b.| FROM b", "x"),
        ("WITH RECURSIVE r AS (SELECT id FROM r) SELECT q.| FROM r q", "id"),
        ("WITH RECURSIVE r AS (SELECT * FROM r) SELECT q.| FROM r q", ""),
        ("SELECT s.| FROM (SELECT CASE WHEN id THEN 1 END, id::int FROM orders) s", ""),
    ] {
        assert_eq!(completed(text).join(" "), expected, "{text}");
    }
    let inner = "SELECT (SELECT | FROM customers) FROM orders";
    assert_offered(inner, &["id", "name", "\"tag\"", "customer_id", "total", "\"At\""]);
}

#[test]
fn a_join_is_offered_its_conditions() {
    let found = completed("SELECT * FROM orders o JOIN customers c ON |");
    assert_eq!(
        found[..3],
        ["o.customer_id = c.id AND o.total = c.\"tag\"", "o.customer_id = c.id", "id"]
    );
    let found = completed("SELECT * FROM \"order items\" i, public.orders JOIN customers c ON |");
    assert_eq!(found[0], "orders.customer_id = c.id AND orders.total = c.\"tag\"");
    let found = completed("SELECT * FROM \"order items\" JOIN orders o ON |");
    assert_eq!(found[0], "\"order items\".order_id = o.id");
    let found =
        completed("WITH orders AS (SELECT 1 n) SELECT 1 FROM customers c JOIN orders o ON |");
    assert!(!found[0].contains(" = "), "{found:?}");
    let found = completed("SELECT * FROM orders a JOIN orders b ON |");
    assert_eq!(
        found[..3],
        ["a.customer_id = b.customer_id", "a.total = b.total", "a.\"At\" = b.\"At\""]
    );
    let found = completed("SELECT * FROM orders o JOIN customers c ON o.|");
    assert_eq!(
        found[..3],
        ["customer_id = c.id AND o.total = c.\"tag\"", "customer_id = c.id", "id"]
    );
    let found = completed("SELECT * FROM orders o JOIN customers c ON c.i|");
    assert_eq!(
        found,
        ["id = o.customer_id AND c.\"tag\" = o.total", "id = o.customer_id", "id"]
    );
    assert_offered(
        "SELECT * FROM orders o JOIN customers ON o.cu|",
        &[
            "customer_id = customers.id AND o.total = customers.\"tag\"",
            "customer_id = customers.id",
            "customer_id",
        ],
    );
    assert_offered("SELECT * FROM orders o JOIN customers c ON x.|", &[]);
    let found = completed("SELECT * FROM customers c, orders o JOIN \"order items\" i ON o.|");
    let conditions: Vec<&String> = found.iter().filter(|text| text.contains('=')).collect();
    assert_eq!(conditions, ["id = i.order_id"]);
}

#[test]
fn what_is_compared_ends_alike_and_order_by_names_what_is_selected() {
    let found = completed("SELECT 1 FROM orders, \"order items\" WHERE order_id = |");
    assert_eq!(found[..3], ["order_id", "customer_id", "id"]);
    assert_offered(
        "SELECT sum(total) AS revenue FROM orders ORDER BY rev|",
        &["revenue", "reverse("],
    );
    assert_offered("SELECT sum(total) AS revenue, reven| FROM orders", &[]);
}

#[test]
fn functions_and_types_stand_at_their_places() {
    assert_offered(
        "SELECT json_s| FROM orders",
        &["json_serialize(", "json_serialize_to_varbyte(", "json_size("],
    );
    assert_offered("SELECT JSON_SI|(id) FROM orders", &["JSON_SIZE"]);
    assert_offered("SELECT F_| FROM orders", &["f_double("]);
    assert_offered("SELECT f_|(id) FROM orders", &["f_double"]);
    assert_offered("SELECT \"odd f| FROM orders", &["\"Odd function\"("]);
    assert_offered("SELECT crm.f| FROM orders", &["f_of_crm("]);
    assert_offered("SELECT public.o|", &["\"order items\"", "orders", "\"Odd function\"("]);
    for text in [
        "SELECT id::var| FROM orders",
        "SELECT cast(id AS var| FROM orders",
        "CREATE TABLE t (id var|",
        "CREATE TABLE t (id int, name var|",
        "ALTER TABLE orders ADD COLUMN x var|",
        "ALTER TABLE orders ALTER COLUMN id TYPE var|",
    ] {
        let found = completed(text);
        assert!(found.contains(&"varchar".to_owned()), "{text}: {found:?}");
    }
    assert_offered("CREATE TABLE t (PRIMARY var|", &[]);
}

#[test]
fn names_that_only_contain_the_letters_come_when_none_begins_so() {
    assert_offered("SELECT * FROM item|", &["\"order items\""]);
    assert_offered("SELECT * FROM peo|", &["crm.people"]);
    assert_offered("SELECT cid| FROM orders", &["customer_id"]);
    assert_offered("SELECT * FROM xyz|", &[]);
}

#[test]
fn names_that_were_used_most_come_first() {
    let history = ["SELECT total FROM orders WHERE id = 1", "SELECT total FROM orders"];
    let found = offered_after(&history, "SELECT | FROM orders").1;
    assert_eq!(found, ["total", "id", "customer_id", "\"At\""]);
    let found = offered_after(&history, "SELECT id FROM orders WH|").1;
    assert_eq!(found, ["WHERE ", "WHEN "]);
    assert_eq!(offered_after(&history, "SELECT * FROM |").1[0], "orders");
}

#[test]
fn new_tables_have_known_schemas_and_schemas_have_places_of_their_own() {
    assert_offered("CREATE VIEW |", &["crm.", "empty.", "public."]);
    assert_offered("CREATE TABLE c|", &["crm."]);
    assert_offered("CREATE TABLE crm.|", &[]);
    assert_offered("DROP SCHEMA e|", &["empty"]);
    assert_offered("SET search_path TO |", &["crm", "empty", "public"]);
    assert_offered("set search_path = crm, p|", &["pg_catalog", "public"]);
    assert_offered("GRANT USAGE ON SCHEMA |", &["crm", "empty", "public"]);
    assert_offered("CREATE TABLE t (id int, |", &[]);
}

#[test]
fn nothing_is_offered_inside_of_strings_and_comments() {
    for text in [
        "SELECT 'a FROM |",
        "SELECT 'it\\'s FROM |",
        "SELECT E'it\\'s FROM |",
        "SELECT $$a' FROM |",
        "SELECT $x$ $$ FROM |",
        "SELECT /* FROM |",
        "SELECT -- FROM |",
        "SELECT 12|",
        "COPY orders FROM |",
        "REVOKE SELECT ON orders FROM |",
        "SELECT 1 IS DISTINCT FROM |",
    ] {
        assert_offered(text, &[]);
    }
    assert_offered("SELECT 'it\\'s' FROM CR|", &["crm."]);
    assert_offered("SELECT $$ ' $$, id FROM CR|", &["crm."]);
}

#[test]
fn names_with_control_characters_are_not_offered() {
    let mut names = names();
    names.add_table("public", "evil\u{202e}").unwrap();
    let dialect = Dialect::Warehouse { backslash_escapes: true };
    let text = "SELECT * FROM evi";
    assert!(
        super::complete(text, text.len(), dialect, &names, &Uses::default())
            .candidates
            .is_empty()
    );
}

#[test]
fn no_place_in_a_text_makes_it_panic() {
    for text in [
        "WITH ä AS (SELECT $$é$$, E'ü\\'' FROM \"ß\".o x, crm.people AS \"ö\" WHERE x.| = (((, ); UPDATE .. SET = ,",
        "INSERT INTO ((( . AS FROM JOIN , , ON IF NOT EXISTS ; \u{feff} , . \"",
    ] {
        for (cursor, _) in text.char_indices() {
            for escapes in [true, false] {
                let dialect = Dialect::Warehouse { backslash_escapes: escapes };
                super::complete(text, cursor, dialect, &names(), &Uses::default());
            }
        }
    }
}

#[test]
fn a_large_warehouse_and_a_long_statement_answer_at_once() {
    let mut names = WarehouseNames::default();
    names.set_search_path(vec!["s0".to_owned()]);
    for number in 0..100_000 {
        let (schema, table) = (format!("s{}", number % 2), format!("table_{number}"));
        names.add_table(&schema, &table).unwrap();
        for column in 0..10 {
            names.add_column(&schema, &table, &format!("column_{column}")).unwrap();
        }
    }
    let dialect = Dialect::Warehouse { backslash_escapes: true };
    let long = format!("SELECT {} FROM table_10 WHERE ", vec!["n"; 20_000].join(", "));
    for (text, least) in [
        (long.as_str(), 10),
        ("SELECT * FROM ", 1_000),
        ("SELECT * FROM table_99", 100),
        ("SELECT * FROM s1.", 1_000),
        ("SELECT 1 FROM table_10 a, table_20 b WHERE ", 10),
    ] {
        let found = super::complete(text, text.len(), dialect, &names, &Uses::default())
            .candidates
            .len();
        assert!(found >= least, "{text}: {found}");
    }
}

#[test]
fn variables_are_completed_behind_their_colon() {
    assert_offered("SELECT 1 FROM orders WHERE id > :'d|", &["day'"]);
    assert_offered("SELECT :|", &["day"]);
    assert_offered("\\d :|", &["day"]);
    assert_offered("SELECT $$:d|", &[]);
    assert!(!completed("SELECT id::d|").contains(&"day".to_owned()));
}

#[test]
fn commands_take_tables_schemas_and_connections() {
    assert_offered("\\d ord|", &["\"order items\"", "orders"]);
    assert_offered("\\d crm.|", &["\"Odd\"", "people"]);
    assert_offered("\\d \"order|", &["\"order items\"", "\"orders\""]);
    assert_offered("\\dt+ ord|", &["\"order items\"", "orders"]);
    assert_offered("\\dn |", &["crm", "empty", "public"]);
    assert_offered("\\dn+ CR|", &["crm"]);
    assert_offered("\\connect |", &["sales", "sales_eu"]);
    assert_offered("\\d a b|", &[]);
    assert_offered("\\discon|", &["\\disconnect"]);
}
