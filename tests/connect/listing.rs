//! `\\l`, `\\dn`, `\\dt` and `\\d`.

use super::{postgres, standin};

#[test]
fn postgresqls_views_serve_where_redshifts_are_missing() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer(
        "CREATE SCHEMA crm; CREATE TABLE crm.\"it's\" (id int NOT NULL, name varchar(20) DEFAULT 'x'); CREATE VIEW crm.v AS SELECT 1 AS n; \
         COMMENT ON TABLE crm.\"it's\" IS 'remark'",
    );
    let out =
        |command: &str| stage.connect(&["--format", "csv", "-c", command]).run().status(0).out;
    assert_eq!(out("\\dn").lines().filter(|line| line.starts_with("crm,")).count(), 1);
    assert_eq!(
        out("\\dt crm"),
        "schema,name,type,remarks\ncrm,it's,table,remark\ncrm,v,view,\n"
    );
    assert!(out("\\dt").contains("crm,it's,table,remark"));
    assert_eq!(out("\\dt V"), "schema,name,type,remarks\ncrm,v,view,\n");
    let temporary = "CREATE TEMP TABLE mine (n int);\n\\dt mine\n\\dt\n";
    let done = stage.connect(&["--format", "csv"]).stdin(temporary).run().status(0);
    assert_eq!(done.out.matches(",mine,table,").count(), 2, "{done:?}");
    let missing = stage.connect(&["-c", "\\dt nosuch"]).run().status(1);
    missing.err_has("Did not find any relation named \"nosuch\".");
    assert_eq!(
        out("\\d crm.\"it's\""),
        "schema,column,type,nullable,default,remarks\ncrm,id,integer,NO,,\ncrm,name,character varying(20),YES,'x'::character varying,\n"
    );
    assert!(out("\\l").contains(stage.server.name()));
    stage
        .connect(&["-c", "\\d"])
        .run()
        .status(1)
        .err_has("takes the name of a table");
    stage.redwire(&["-c", "\\dt"]).run().status(1).err_has("\\connect NAME");
}

#[test]
fn redshifts_views_tell_of_keys_and_encodings() {
    let Some(stage) = standin() else { return };
    let script = "CREATE TABLE sales (id int NOT NULL, at date) DISTKEY (id) SORTKEY (at);\n\\d Sales\n\\dt public\n\\dn\n\\l\n";
    let done = stage.connect(&["--format", "csv"]).stdin(script).run().status(0);
    let done = done.out_has(
        "schema,column,type,nullable,default,encoding,distkey,sortkey,remarks\npublic,id,integer,NO,,az64,t,0,\n",
    );
    let done = done.out_has("public,at,date,YES,,none,f,1,\n").out_has("public,sales,table,");
    done.out_has("name,owner,type\n").out_has("local");
}

#[test]
fn a_listing_inside_a_transaction_leaves_it_open() {
    let Some(stage) = postgres("") else { return };
    let script = "BEGIN;\nCREATE TABLE t (n int);\n\\d t\nCOMMIT;\n";
    stage
        .connect(&[])
        .stdin(script)
        .run()
        .status(0)
        .out_has("integer")
        .err_has("COMMIT");
}
