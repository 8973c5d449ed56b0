//! Behaviour that only Redshift has, as the stand-in imitates it.

use serde_json::Value;

use super::target::Target;
use crate::standin_rules::{REFUSALS, is_refused_with};

macro_rules! scenarios {
    ($($name:ident),* $(,)?) => {
        on_redshift![$($name),*];
    };
}

scenarios![
    it_is_known_as_redshift,
    a_backslash_escapes_in_every_string,
    names_in_quotes_are_folded,
    a_name_may_have_127_bytes,
    statements_that_redshift_lacks_are_refused,
    truncate_commits,
    keys_are_not_enforced,
    keys_of_a_table_are_listed,
];

fn it_is_known_as_redshift(target: &Target) {
    let version = target.csv("SELECT version() AS v");
    assert!(
        version.contains("PostgreSQL 8.0.2 ") && version.contains(" Redshift "),
        "{version}"
    );
    let test = ["--format", "jsonl", "-c", "TEST CONNECTION live"];
    let done = target.redwire(&test).run().status(0);
    assert!(!done.out.contains("not Redshift"), "{done:?}");
}

fn a_backslash_escapes_in_every_string(target: &Target) {
    assert_eq!(target.csv(r"SELECT 'a\'b;\\c' AS s"), "s\na'b;\\c\n");
}

fn names_in_quotes_are_folded(target: &Target) {
    let schema = target.schema();
    let script = format!(
        "CREATE TABLE {schema}.\"MyTable\" (\"MyColumn\" int);\nSELECT mycolumn FROM {schema}.mytable"
    );
    assert_eq!(target.csv(&script), "mycolumn\n");
}

fn a_name_may_have_127_bytes(target: &Target) {
    let name = format!("{}.{}", target.schema(), "n".repeat(127));
    let script = format!("CREATE TABLE {name}x (a int);\nSELECT count(*) AS c FROM {name}");
    assert_eq!(target.csv(&script), "c\n0\n");
}

fn statements_that_redshift_lacks_are_refused(target: &Target) {
    let refused = REFUSALS.iter().filter_map(|(sql, expected)| {
        let table = "CREATE TEMP TABLE t (a int, b int)";
        let arguments = ["--format", "json", "-c", table, "-c", sql];
        let done = target.connect(&arguments).run().status(1);
        let said = said_of(&done.err);
        (!is_refused_with(&said, expected))
            .then(|| format!("{sql}\n  expected {expected}\n  said     {said}"))
    });
    let wrong: Vec<_> = refused.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The error as psql would begin it.
fn said_of(err: &str) -> String {
    let objects = err.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let error = objects.into_iter().find_map(|object| object.get("error").cloned());
    let text =
        |name: &str| error.as_ref().and_then(|error| error[name].as_str()).unwrap_or_default();
    format!("ERROR:  {}: {}", text("sqlstate"), text("message"))
}

fn truncate_commits(target: &Target) {
    let (t, u) = (format!("{}.t", target.schema()), format!("{}.u", target.schema()));
    let script = format!(
        "CREATE TABLE {t} (a int);\nCREATE TABLE {u} (a int);\nBEGIN;\nINSERT INTO {t} VALUES (1);\nTRUNCATE {u};\n\
         ROLLBACK;\n"
    );
    target.connect(&[]).stdin(script).run().status(1).err_has("25P01");
    assert_eq!(target.csv(&format!("SELECT count(*) AS n FROM {t}")), "n\n1\n");
}

fn keys_are_not_enforced(target: &Target) {
    let t = format!("{}.t", target.schema());
    let script = format!(
        "CREATE TABLE {t} (a int PRIMARY KEY);\nINSERT INTO {t} VALUES (1), (1);\nSELECT count(*) AS n FROM {t}"
    );
    assert_eq!(target.csv(&script), "n\n2\n");
}

fn keys_of_a_table_are_listed(target: &Target) {
    let schema = target.schema();
    let script = format!(
        "CREATE TABLE {schema}.keyed (a bigint NOT NULL, b varchar ENCODE zstd) DISTKEY (a) SORTKEY (a);\n\\d {schema}.keyed\n"
    );
    let done = target.connect(&["--format", "csv"]).stdin(script).run().status(0);
    done.out_has(&format!("{schema},keyed,a,bigint,not null,,none,t,1"))
        .out_has(&format!("{schema},keyed,b,character varying(256),\"\",,zstd,f,0"));
}
