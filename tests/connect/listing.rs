//! `\\d` and the other commands that show the objects of a warehouse.

use super::{Stage, postgres, standin};
use crate::standin::StandIn;
use crate::support::certificates::SERVER_NAME;
use crate::support::postgres::{DIGEST_USER, Database, TRUSTED_USER, Wire, succeeded};

/// Objects of every kind that both servers and psql know.
const OBJECTS: &str = "CREATE SCHEMA crm; CREATE SCHEMA \"Odd.One\"; \
     CREATE TABLE crm.orders (id int PRIMARY KEY, at date NOT NULL DEFAULT '2026-01-30', total \
     numeric(10, 2) CHECK (total > 0)); \
     CREATE TABLE crm.\"Order$Lines\" (n int REFERENCES crm.orders, text varchar(20) UNIQUE); \
     CREATE TABLE crm.people (id int GENERATED ALWAYS AS IDENTITY, twice int GENERATED ALWAYS AS \
     (2) STORED); \
     CREATE VIEW crm.big_orders AS SELECT id FROM crm.orders WHERE total > 100; \
     CREATE MATERIALIZED VIEW crm.sums AS SELECT 1 AS n; \
     CREATE TABLE \"Odd.One\".\"it's [a] t\\ble\" (n int); \
     CREATE TABLE public.orders (n int); CREATE TABLE public.ordnance (n int); CREATE TABLE \
     public.ax (n int); \
     CREATE FUNCTION crm.double(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n'; \
     CREATE FUNCTION public.half(n int, x text DEFAULT '') RETURNS int LANGUAGE sql AS 'SELECT n \
     / 2'; \
     CREATE PROCEDURE public.load() LANGUAGE sql AS 'SELECT 1'; \
     COMMENT ON TABLE crm.orders IS 'remark'; COMMENT ON COLUMN crm.orders.at IS 'the day'; GRANT \
     USAGE ON SCHEMA crm TO PUBLIC";

/// The answer in CSV, with headings in small letters as redwire has them.
fn of_psql(stage: &Stage<Database>, command: &str) -> String {
    let mut psql = stage.server.psql(TRUSTED_USER);
    let output = psql.args(["--csv", "-c", command]).output().expect("psql runs");
    let out = format!("{}\n", succeeded(&output));
    // redwire shows no TOAST tables.
    let rows = out.lines().filter(|line| !line.contains(",TOAST table,"));
    let mut rows = rows.map(|line| format!("{line}\n"));
    let head = rows.next().unwrap_or_default().to_lowercase();
    format!("{head}{}", rows.collect::<String>())
}

fn of_redwire(stage: &Stage<Database>, command: &str) -> String {
    let out = stage.connect(&["--format", "csv", "-c", command]).run().status(0).out;
    // An empty text is in quotes, and NULL is not; psql writes both as nothing.
    out.replace(",\"\"", ",")
}

#[test]
fn a_list_is_that_of_psql() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer(OBJECTS);
    for command in [
        "\\dt",
        "\\dm crm.*",
        "\\dtv crm.*",
        "\\dtvm *.*o*",
        "\\dn",
        "\\dn crm",
        "\\dn pg_*",
        "\\dnS",
        "\\df",
        "\\df crm.*",
        "\\df half",
        "\\dfS crm.d*",
        "\\du",
        "\\du trusted*",
        "\\dvS pg_user",
        "\\dt pg_catalog.pg_cl*",
        "\\dtS pg_class",
    ] {
        assert_eq!(of_redwire(&stage, command), of_psql(&stage, command), "{command}");
    }
}

#[test]
fn a_pattern_matches_what_it_matches_in_psql() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer(OBJECTS);
    let database = stage.server.name().to_owned();
    let patterns = [
        "*",
        "ord*",
        "ORD*",
        "orders",
        "\"orders\"",
        "\"Orders\"",
        "crm.*",
        "CRM.ord*",
        "*.orders",
        "*.ord*",
        "crm.\"Order$Lines\"",
        "crm.Order$*",
        "crm.\"Order\"*",
        "\"Odd.One\".*",
        "\"Odd.One\".it*",
        "*.*[]*",
        "*.\"it's [a] t\\ble\"",
        "*.it\"'\"s*",
        "o?ders",
        "a?",
        "ax|orders",
        "[ao]*",
        "o.*",
        "cr?.*",
        "*.*",
        "(ax|orders)",
        "ord+e*",
        "\"\"",
        "\"a\"\"b\"",
        "*\"\"*",
        "$*",
        "crm.orders$",
        "^orders",
        "ordn.*",
    ];
    let qualified = format!("{database}.crm.orders");
    for pattern in patterns.into_iter().chain([qualified.as_str()]) {
        let command = format!("\\dtv {pattern}");
        let run = stage.connect(&["--format", "csv", "-c", &command]).run();
        let mut psql = stage.server.psql(TRUSTED_USER);
        let output = psql.args(["--csv", "-c", &command]).output().expect("psql runs");
        let said = String::from_utf8_lossy(&output.stderr);
        if said.is_empty() {
            assert_eq!(of_redwire(&stage, &command), of_psql(&stage, &command), "{pattern}");
        } else {
            let said = said.trim().trim_start_matches("ERROR:  ").to_owned();
            run.status(1).err_has(said.lines().next().unwrap_or_default());
        }
    }
    for pattern in ["a.b.c.d", "other.crm.orders"] {
        let command = format!("\\d {pattern}");
        let mut psql = stage.server.psql(TRUSTED_USER);
        let output = psql.args(["-c", &command]).output().expect("psql runs");
        let said = String::from_utf8_lossy(&output.stderr);
        stage.connect(&["-c", &command]).run().status(1).err_has(said.trim());
    }
}

#[test]
fn a_table_is_described_with_its_keys() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer(OBJECTS);
    let done = stage.connect(&["-c", "\\d crm.orders"]).run().status(0);
    assert_eq!(
        done.out,
        "Table \"crm.orders\"\n\
         ┌────────┬───────────────┬──────────┬────────────────────┐\n\
         │ column │ type          │ nullable │ default            │\n\
         ╞════════╪═══════════════╪══════════╪════════════════════╡\n\
         │ id     │ integer       │ not null │                    │\n\
         │ at     │ date          │ not null │ '2026-01-30'::date │\n\
         │ total  │ numeric(10,2) │          │                    │\n\
         └────────┴───────────────┴──────────┴────────────────────┘\n\
         (3 rows)\n\
         Primary key:\n\
         \x20   \"orders_pkey\" PRIMARY KEY (id)\n\
         Check constraints:\n\
         \x20   \"orders_total_check\" CHECK ((total > (0)::numeric))\n\
         Referenced by:\n\
         \x20   TABLE \"crm.Order$Lines\" CONSTRAINT \"Order$Lines_n_fkey\" FOREIGN KEY (n) \
         REFERENCES crm.orders(id)\n"
    );
    let out = |command: &str| of_redwire(&stage, command);
    assert_eq!(
        out("\\d+ crm.orders"),
        "schema,table,column,type,nullable,default,description\n\
         crm,orders,id,integer,not null,,\n\
         crm,orders,at,date,not null,'2026-01-30'::date,the day\n\
         crm,orders,total,\"numeric(10,2)\",,,\n"
    );
    assert!(out("\\d crm.people").contains(",twice,integer,,generated always as (2) stored\n"));
    let done = stage.connect(&["-c", "\\d+ crm.b*"]).run().status(0);
    done.out_has("View \"crm.big_orders\"")
        .out_has("View definition:\n SELECT orders.id\n");
    let both = stage.connect(&["-c", "\\d *.orders"]).run().status(0);
    both.out_has("Table \"crm.orders\"").out_has("\n\nTable \"public.orders\"\n");
    let missing = stage.connect(&["-c", "\\d nosuch"]).run().status(1);
    missing.err_has("42P01").err_has("Did not find any relation named \"nosuch\".");
    stage.redwire(&["-c", "\\dt"]).run().status(1).err_has("\\connect NAME");
}

#[test]
fn details_and_privileges_are_shown() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer(OBJECTS);
    stage
        .server
        .administer("GRANT SELECT ON crm.orders TO PUBLIC; GRANT USAGE ON SCHEMA crm TO PUBLIC");
    let out = |command: &str| of_redwire(&stage, command);
    assert!(
        out("\\dt+ crm.orders")
            .starts_with("schema,name,type,owner,size,description\ncrm,orders,table,")
    );
    assert!(out("\\dt+ crm.orders").ends_with(",remark\n"));
    assert!(out("\\dp crm.orders").contains("=r/"), "{}", out("\\dp crm.orders"));
    assert_eq!(out("\\z crm.orders"), out("\\dp crm.orders"));
    assert!(out("\\dn+ crm").contains("=U/"));
    assert!(out("\\l+").contains(stage.server.name()));
    assert!(out("\\df+ crm.*").starts_with(
        "schema,name,result data type,argument data \
         types,type,owner,language\ncrm,double,integer,n integer,func,"
    ));
    assert!(out("\\dg").starts_with("group name,member\n"));
    stage
        .connect(&["-c", "\\dm"])
        .run()
        .status(0)
        .err_has("Did not find any relations.");
}

#[test]
fn views_and_functions_show_their_statements() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer(OBJECTS);
    for command in [
        "\\sv crm.big_orders",
        "\\sf crm.double",
        "\\sf public.load",
        "\\sf half(int, text)",
    ] {
        let mut psql = stage.server.psql(TRUSTED_USER);
        let output = psql.args(["-c", command]).output().expect("psql runs");
        let done = stage.connect(&["-c", command]).run().status(0);
        assert_eq!(done.out.trim_end().trim_end_matches(';'), succeeded(&output), "{command}");
    }
    for (command, words) in [
        ("\\sv crm.orders", "\"crm.orders\" is not a view"),
        ("\\sv nosuch", "relation \"nosuch\" does not exist"),
        ("\\sf nosuch", "function \"nosuch\" does not exist"),
        ("\\sv", "view name is required"),
    ] {
        stage.connect(&["-c", command]).run().status(1).err_has(words);
    }
}

#[test]
fn the_session_is_shown_in_psqls_words() {
    let Some(stage) = postgres("") else { return };
    let mut psql = stage.server.psql(TRUSTED_USER);
    let output = psql.env("PGHOST", "127.0.0.1").args(["-c", "\\conninfo"]).output();
    let done = stage.connect(&["-c", "\\conninfo"]).run().status(0);
    done.out_has(&succeeded(&output.expect("psql runs")))
        .out_has("Server version 15");
    let Some(stage) = postgres("MAX_CONCURRENT_CONNECTIONS = 3") else {
        return;
    };
    let done = stage.connect(&["-c", "\\conninfo"]).run().status(0);
    done.out_has("Slot 1 of 3, which all sessions of this machine share.");
}

#[test]
fn a_session_under_tls_shows_its_version_and_cipher() {
    let Some(server) = StandIn::start(Wire::Tls) else {
        return;
    };
    let authority = format!("?sslrootcert={}", server.authority().display());
    let url = server.url(SERVER_NAME, &authority);
    let stage = Stage::new(server, &url, DIGEST_USER, "");
    let done = stage.connect(&["-c", "\\conninfo"]).run().status(0);
    done.out_has(
        "SSL connection (protocol: TLSv1.3, cipher: TLS_AES_256_GCM_SHA384, compression: off)",
    )
    .out_has("(address \"127.0.0.1\")");
}

#[test]
fn a_temporary_table_is_listed_in_its_own_schema() {
    let Some(stage) = postgres("") else { return };
    let temporary = "CREATE TEMP TABLE mine (n int);\n\\dt mine\n\\dt\n";
    let done = stage.connect(&["--format", "csv"]).stdin(temporary).run().status(0);
    assert_eq!(done.out.matches(",mine,table,").count(), 2, "{done:?}");
}

#[test]
fn redshifts_views_tell_of_keys_and_encodings() {
    let Some(stage) = standin() else { return };
    let script = "CREATE TABLE sales (id int NOT NULL, at date, PRIMARY KEY (id)) DISTKEY (id) \
         SORTKEY (at);\n\
                  INSERT INTO sales VALUES (1, NULL);\nCREATE TABLE empty (n int);\n\
                  \\d Sales\n\\dt public.*\n\\dn\n\\l\n\\du\n\\dg\n";
    let done = stage.connect(&["--format", "csv"]).stdin(script).run().status(0);
    let done = done
        .out_has("schema,table,column,type,nullable,default,encoding,distkey,sortkey\n")
        .out_has("public,sales,id,integer,not null,,az64,t,0\n")
        .out_has("public,sales,at,date,\"\",,none,f,1\n")
        .out_has("public,sales,table,")
        .out_has("name,owner,type\n")
        .out_has("role name,attributes,valid until\n");
    done.out_has("local");
    let table = stage.connect(&["-c", "\\d sales"]).run().status(0);
    table
        .out_has("Primary key:\n    \"sales_pkey\" PRIMARY KEY (id)\n")
        .out_has("Distribution style: KEY\n");
    let denied = stage.connect(&["--format", "csv", "-c", "\\dt+ sales"]).run().status(0);
    denied.out_has(",,,,,\n").err_has("GRANT SELECT ON svv_table_info TO");
    stage.server.database().administer("GRANT SELECT ON svv_table_info TO PUBLIC");
    let allowed = stage.connect(&["--format", "csv", "-c", "\\dt+"]).run().status(0);
    allowed
        .out_has("schema,name,type,owner,description,size,rows,skew,unsorted,stats off\n")
        .out_has(",1 MB,1,,0.00,100.00\n")
        .out_has("public,empty,table,");
}

/// Views of Redshift that the stand-in does not have.
const MORE_VIEWS: &str = "SET allow_system_table_mods = on; \
     CREATE VIEW pg_catalog.pg_proc_info AS SELECT oid AS prooid, p.* FROM pg_proc p; \
     CREATE VIEW pg_catalog.svv_mv_info AS SELECT current_database()::char(128) AS database_name, \
     'public'::char(128) AS schema_name, 'etl'::char(128) AS user_name, 'sums'::char(128) AS name, \
     'f'::char AS is_stale, 1 AS state, 't'::char AS autorefresh, 't'::char AS autorewrite; \
     CREATE VIEW pg_catalog.svv_external_columns AS SELECT 'lake'::text AS schemaname, \
     'events'::text AS tablename, \
     'at'::text AS columnname, 'date'::text AS external_type, 1 AS columnnum, 1 AS part_key; \
     CREATE VIEW pg_catalog.svv_relation_privileges AS SELECT 'public'::text AS namespace_name, \
     'sales'::text AS relation_name, 'SELECT'::text AS privilege_type, 7 AS identity_id, \
     'etl'::text AS identity_name, \
     'user'::text AS identity_type, false AS admin_option; \
     GRANT SELECT ON pg_catalog.pg_proc_info, pg_catalog.svv_mv_info, \
     pg_catalog.svv_external_columns TO PUBLIC; \
     CREATE FUNCTION public.f_double(n int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 2 * n'";

#[test]
fn what_only_redshift_has_comes_from_its_views() {
    let Some(stage) = standin() else { return };
    stage.server.database().administer(MORE_VIEWS);
    let out =
        |command: &str| stage.connect(&["--format", "csv", "-c", command]).run().status(0).out;
    assert_eq!(
        out("\\dm"),
        "schema,name,type,owner,stale,state,autorefresh\npublic,sums,materialized view,etl,f,1,t\n"
    );
    assert_eq!(
        out("\\d lake.e*"),
        "schema,table,column,type,key\nlake,events,at,date,partition key\n"
    );
    assert!(out("\\df f_*").contains("public,f_double,integer,integer,func\n"));
    assert_eq!(
        out("\\sf f_double"),
        "CREATE OR REPLACE FUNCTION \"public\".\"f_double\" (n integer)\nRETURNS \
         integer\nIMMUTABLE\n\
         AS $$SELECT 2 * n$$ LANGUAGE sql\n"
    );
    let denied = stage.connect(&["-c", "\\dp"]).run().status(1);
    denied.err_has("42501").err_has("GRANT ROLE sys:monitor");
}

#[test]
fn the_table_behind_a_materialized_view_is_a_system_table() {
    let Some(stage) = standin() else { return };
    let create = "CREATE TABLE mv_tbl__totals__0 (n int);\nCREATE TABLE mv_tables (n int);\n";
    stage.connect(&["-f", "-"]).stdin(create).run().status(0);
    let out = |command: &str| stage.connect(&["-At", "-c", command]).run().status(0).out;
    assert!(!out("\\dt").contains("mv_tbl__") && out("\\dt").contains("mv_tables"));
    assert!(out("\\dtS mv*").contains("mv_tbl__totals__0"));
}

#[test]
fn a_listing_inside_a_transaction_leaves_it_open() {
    let Some(stage) = standin() else { return };
    let script = "BEGIN;\nCREATE TABLE t (n int);\n\\d t\n\\dt+\nCOMMIT;\n";
    stage
        .connect(&[])
        .stdin(script)
        .run()
        .status(0)
        .out_has("integer")
        .err_has("COMMIT");
}
