//! SQL that means something else on Redshift.

use super::{ask, start};

#[test]
fn a_backslash_escapes_in_every_string() {
    let Some(standin) = start() else {
        return;
    };
    assert_eq!(ask(&standin, &[r"SELECT 'a\'b\\c'"]).as_deref(), Ok(r"a'b\c"));
    assert_eq!(ask(&standin, &[r"SELECT length('\\')"]).as_deref(), Ok("1"));
    // A client that does not double the backslash lets this one out of its string.
    assert_eq!(ask(&standin, &[r"SELECT '\'' || ', 2 --'"]).as_deref(), Ok("', 2 --"));
}

#[test]
fn names_in_quotes_are_folded() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &[r#"CREATE TABLE "MyTable" ("MyColumn" int)"#]).expect("a table");
    assert_eq!(ask(&standin, &["SELECT mycolumn FROM mytable"]).as_deref(), Ok(""));
    let sql = "SELECT tablename, \"column\" FROM pg_table_def WHERE schemaname = 'public'";
    assert_eq!(ask(&standin, &[sql]).as_deref(), Ok("mytable|mycolumn"));
}

#[test]
fn a_name_may_have_127_bytes() {
    let Some(standin) = start() else {
        return;
    };
    let (long, longer) = ("n".repeat(127), "N".repeat(140));
    ask(&standin, &[&format!("CREATE TABLE {longer} (a_{} int)", "x".repeat(100))])
        .expect("a table");
    let said = ask(&standin, &["SELECT table_name FROM svv_tables WHERE table_schema = 'public'"]);
    assert_eq!(said.as_deref(), Ok(long.as_str()));
    let sql = format!(
        "SELECT count(*) FROM svv_columns WHERE table_name = '{long}' AND ordinal_position = 1"
    );
    assert_eq!(ask(&standin, &[&sql]).as_deref(), Ok("1"));
    let near = format!("SELECT * FROM {}", "n".repeat(126));
    let said = ask(&standin, &[&near]).expect_err("it is another name");
    assert!(
        said.contains(&format!("relation \"{}\" does not exist", "n".repeat(126))),
        "{said}"
    );
    let both = ask(&standin, &[r"\pset tuples_only off", &format!("SELECT * FROM \"{long}\"")])
        .expect("it is there");
    assert!(both.contains(&format!("a_{}", "x".repeat(100))), "{both}");
}

#[test]
fn truncate_commits() {
    let Some(standin) = start() else {
        return;
    };
    ask(
        &standin,
        &["CREATE TABLE t (a int)", "CREATE TABLE u (a int)", "INSERT INTO u VALUES (1)"],
    )
    .expect("tables");
    let said = ask(&standin, &["BEGIN", "INSERT INTO t VALUES (1)", "TRUNCATE u", "SELECT 'next'"]);
    assert_eq!(said.as_deref(), Ok("BEGIN\nINSERT 0 1\nTRUNCATE TABLE\nnext"));
    assert_eq!(
        ask(&standin, &["SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM u)"]).as_deref(),
        Ok("1|0")
    );
    // Also where all is one text, and where there is no transaction in progress.
    ask(
        &standin,
        &["BEGIN; INSERT INTO t VALUES (2); TRUNCATE u; TRUNCATE u", "TRUNCATE u"],
    )
    .expect("it truncates");
    assert_eq!(ask(&standin, &["SELECT count(*) FROM t"]).as_deref(), Ok("2"));
}

#[test]
fn keys_are_kept_and_not_enforced() {
    let Some(standin) = start() else {
        return;
    };
    let tables = [
        "CREATE TABLE p (id int PRIMARY KEY, u int UNIQUE)",
        "CREATE TABLE c (p_id int REFERENCES p (id))",
        "INSERT INTO p VALUES (1, 1), (1, 1)",
        "INSERT INTO c VALUES (7)",
    ];
    ask(&standin, &tables).expect("nothing is enforced");
    let sql = "SELECT table_name, constraint_type FROM information_schema.table_constraints
        WHERE table_schema = 'public' AND constraint_type <> 'CHECK' ORDER BY 1, 2";
    let said = ask(&standin, &[sql]);
    assert_eq!(said.as_deref(), Ok("c|FOREIGN KEY\np|PRIMARY KEY\np|UNIQUE"));
}
