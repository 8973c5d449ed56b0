//! IMPORT TABLES.

use super::target::Target;

on_postgres![types_keys_and_comments_are_recorded_once];

on_redshift![
    types_keys_and_comments_are_recorded_once,
    the_storage_of_a_table_is_recorded_once
];

/// The output of a statement of redwire as CSV.
fn csv(target: &Target, statement: &str) -> String {
    let run = target.redwire(&["--format", "csv", "-c", statement]).run();
    run.status(0).out
}

fn import(target: &Target) -> String {
    csv(target, &format!("IMPORT TABLES FROM live.{}", target.schema()))
}

fn types_keys_and_comments_are_recorded_once(target: &Target) {
    let schema = target.schema();
    target.csv(&format!(
        "CREATE TABLE {schema}.told (name varchar(20), id bigint NOT NULL, price numeric(8, 2), at timestamp, ok boolean, \
         PRIMARY KEY (id));\nCOMMENT ON TABLE {schema}.told IS 'it is told';\n\
         CREATE VIEW {schema}.seen AS SELECT id FROM {schema}.told"
    ));
    assert_eq!(
        import(target),
        format!("table,verdict,differs\nlive.{schema}.told,new,5 columns\n")
    );
    assert_eq!(
        csv(
            target,
            "SELECT name, data_type, is_nullable FROM system.information_schema.columns ORDER BY ordinal"
        ),
        "name,data_type,is_nullable\nname,VARCHAR(20),YES\nid,BIGINT,NO\nprice,\"DECIMAL(8, 2)\",YES\nat,TIMESTAMP,YES\n\
         ok,BOOLEAN,YES\n"
    );
    let created = csv(target, &format!("SHOW CREATE TABLE live.{schema}.told"));
    assert!(
        created.contains("PRIMARY KEY (id)") && created.contains("COMMENT = 'it is told'"),
        "{created}"
    );
    assert_eq!(import(target), "table,verdict,differs\n");
    target.csv(&format!("ALTER TABLE {schema}.told ADD COLUMN region varchar(9)"));
    assert!(import(target).contains("told,changed,column region: none -> VARCHAR(9)"));
}

fn the_storage_of_a_table_is_recorded_once(target: &Target) {
    let schema = target.schema();
    for rest in [
        "by_key (a bigint NOT NULL, b varchar(9) ENCODE zstd) DISTKEY (a) SORTKEY (a)",
        "evenly (a int, b int) DISTSTYLE EVEN INTERLEAVED SORTKEY (a, b)",
        "everywhere (a int) DISTSTYLE ALL",
        "left_open (a int)",
    ] {
        target.csv(&format!("CREATE TABLE {schema}.{rest}"));
    }
    assert_eq!(import(target).lines().count(), 5);
    for (table, parts) in [
        ("by_key", &["b VARCHAR(9) ENCODE zstd", "DISTKEY (a)", "SORTKEY (a)"][..]),
        ("evenly", &["DISTSTYLE EVEN", "INTERLEAVED SORTKEY (a, b)"]),
        ("everywhere", &["DISTSTYLE ALL"]),
    ] {
        let created = csv(target, &format!("SHOW CREATE TABLE live.{schema}.{table}"));
        assert!(parts.iter().all(|part| created.contains(part)), "{created}");
    }
    let open = csv(target, &format!("SHOW CREATE TABLE live.{schema}.left_open"));
    assert!(!open.contains("DIST"), "{open}");
    assert_eq!(import(target), "table,verdict,differs\n");
}
