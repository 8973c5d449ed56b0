//! The views of Redshift.

use super::{ask, start};

#[test]
fn distribution_and_sort_keys_are_in_the_views() {
    let Some(standin) = start() else {
        return;
    };
    let tables = [
        "CREATE TABLE IF NOT EXISTS public.sales (
            id bigint IDENTITY(1, 1) NOT NULL,
            at timestamp ENCODE raw,
            note varchar ENCODE zstd,
            price decimal,
            PRIMARY KEY (id)
        ) BACKUP NO DISTSTYLE KEY DISTKEY (id) COMPOUND SORTKEY (at, id)",
        "CREATE TABLE small (a int DISTKEY SORTKEY, b text, c varchar(max))",
        "CREATE TABLE same (LIKE sales)",
        "CREATE TABLE made DISTSTYLE ALL SORTKEY (a) AS SELECT 1 AS a",
        "INSERT INTO sales (note) VALUES ('it''s')",
    ];
    ask(&standin, &tables).expect("tables");
    let columns =
        "SELECT tablename, \"column\", type, trim(encoding), distkey, sortkey, \"notnull\"
        FROM pg_table_def WHERE schemaname = 'public' ORDER BY tablename DESC, \"column\"";
    let expected = "\
small|a|integer|none|t|1|f
small|b|character varying(256)|lzo|f|0|f
small|c|character varying(65535)|lzo|f|0|f
same|at|timestamp without time zone|none|f|1|f
same|id|bigint|none|t|2|t
same|note|character varying(256)|zstd|f|0|f
same|price|numeric(18,0)|az64|f|0|f
sales|at|timestamp without time zone|none|f|1|f
sales|id|bigint|none|t|2|t
sales|note|character varying(256)|zstd|f|0|f
sales|price|numeric(18,0)|az64|f|0|f
made|a|integer|az64|f|0|f";
    assert_eq!(ask(&standin, &[columns]).as_deref(), Ok(expected));
    let wide = "SELECT column_name, data_type, encoding, distkey, sortkey FROM svv_redshift_columns
        WHERE schema_name = 'public' AND table_name = 'small' AND column_name = 'a'";
    assert_eq!(ask(&standin, &[wide]).as_deref(), Ok("a|integer|none|t|1"));
}

#[test]
fn the_style_of_a_table_is_in_pg_class_info() {
    let Some(standin) = start() else {
        return;
    };
    let tables = [
        "CREATE TABLE a_even (a int) DISTSTYLE EVEN",
        "CREATE TABLE b_key (a int DISTKEY)",
        "CREATE TABLE c_all (a int) DISTSTYLE ALL",
        "CREATE TABLE d_auto (a int)",
    ];
    ask(&standin, &tables).expect("tables");
    // As in AWS's documentation of the view.
    let styles = "SELECT trim(relname) AS tablename, reldiststyle, releffectivediststyle FROM pg_class_info a
        LEFT JOIN pg_namespace b ON a.relnamespace = b.oid WHERE b.nspname = 'public' AND relkind = 'r' ORDER BY 1";
    let expected = "a_even|0|0\nb_key|1|1\nc_all|8|8\nd_auto|9|10";
    assert_eq!(ask(&standin, &[styles]).as_deref(), Ok(expected));
}

#[test]
fn the_views_have_what_a_shell_asks_for() {
    let Some(standin) = start() else {
        return;
    };
    ask(
        &standin,
        &[
            "CREATE TABLE t (a int)",
            "CREATE VIEW v AS SELECT a FROM t",
            "COMMENT ON TABLE t IS 'x'",
            "CREATE SCHEMA own",
        ],
    )
    .expect("a table, a view and a schema");
    for (sql, expected) in [
        (
            "SELECT schema_name, schema_type FROM svv_redshift_schemas WHERE schema_name !~ 'pg_|info' ORDER BY 1",
            "own|local\npublic|local",
        ),
        (
            "SELECT table_name, table_type, remarks FROM svv_redshift_tables WHERE schema_name = 'public' ORDER BY 1",
            "t|TABLE|x\nv|VIEW|",
        ),
        (
            "SELECT table_name, table_type, remarks FROM pg_catalog.svv_tables WHERE table_schema = 'public' ORDER BY 1",
            "t|BASE TABLE|x\nv|VIEW|",
        ),
        (
            "SELECT table_name, data_type, numeric_precision FROM svv_columns WHERE table_schema = 'public' ORDER BY 1",
            "t|integer|32\nv|integer|32",
        ),
        (
            "SELECT count(*) FROM svv_redshift_databases WHERE database_name = current_database()",
            "1",
        ),
        (
            "SELECT u.usename = current_user FROM svv_all_schemas s LEFT JOIN pg_user u ON u.usesysid = s.schema_owner \
             WHERE s.schema_name = 'own'",
            "t",
        ),
        ("SELECT count(*) FROM svv_external_schemas", "0"),
        ("SELECT count(*) FROM svv_all_columns WHERE schema_name = 'public'", "2"),
        ("SELECT count(*) FROM svv_all_tables WHERE schema_name = 'public'", "2"),
    ] {
        assert_eq!(ask(&standin, &[sql]).as_deref(), Ok(expected), "{sql}");
    }
}

#[test]
fn only_a_superuser_sees_table_info_and_only_of_tables_with_rows() {
    let Some(standin) = start() else {
        return;
    };
    ask(
        &standin,
        &["CREATE TABLE t (a int) DISTSTYLE EVEN SORTKEY (a)", "CREATE TABLE u (a int)"],
    )
    .expect("tables");
    let info = "SELECT \"table\", diststyle, sortkey1, tbl_rows FROM svv_table_info";
    let said = ask(&standin, &[info]).expect_err("it is no superuser");
    assert!(said.contains("42501: permission denied"), "{said}");
    assert_eq!(standin.database().administer(info), "");
    ask(&standin, &["INSERT INTO t VALUES (1), (2)", "INSERT INTO u VALUES (1)"]).expect("rows");
    let said = standin.database().administer(&format!("{info} ORDER BY 1"));
    assert_eq!(said, "t|EVEN|a|2\nu|AUTO(ALL)|AUTO(SORTKEY)|1");
}

#[test]
fn the_holder_of_a_lock_is_in_svv_transactions() {
    let Some(standin) = start() else {
        return;
    };
    let holders = "SELECT txn_owner, pid = pg_backend_pid(), lockable_object_type, granted
        FROM svv_transactions WHERE relation = 't'::regclass::oid::int OR relation IS NULL ORDER BY 3";
    let said = ask(
        &standin,
        &["CREATE TABLE t (a int)", "\\set QUIET on", "BEGIN", "LOCK t", holders],
    );
    let expected = "CREATE TABLE\nmd5_user|t|relation|t\nmd5_user|t|transactionid|t";
    assert_eq!(said.as_deref(), Ok(expected));
}
