//! The guard: what the catalog's jobs and foreign keys use is not removed from the warehouse.

use super::{Stage, postgres};
use crate::support::postgres::Database;

/// Tables, and a job that reads `crm.people` and writes `public.totals`.
fn stage() -> Option<Stage<Database>> {
    let stage = postgres("")?;
    stage.server.administer(
        "CREATE SCHEMA crm; CREATE TABLE crm.people (id int); CREATE TABLE crm.other (id int); \
         CREATE TABLE public.totals (id int); CREATE TABLE crm.totals (id int); \
         INSERT INTO crm.people VALUES (1); GRANT USAGE, CREATE ON SCHEMA crm, public TO PUBLIC; \
         GRANT ALL ON ALL TABLES IN SCHEMA crm, public TO PUBLIC",
    );
    let job = "CREATE JOB load AS INSERT INTO sales.public.totals SELECT id FROM sales.crm.people";
    stage.redwire(&["-c", job]).run().status(0);
    Some(stage)
}

/// The batch ends a failed transaction before it drops.
const FAILED: &str = "BEGIN;\nSELECT 1/0;\nROLLBACK \\; DROP TABLE crm.people";

#[test]
fn what_jobs_use_stays() {
    let Some(stage) = stage() else { return };
    for (text, place) in [
        ("DROP TABLE crm.people", "crm.people"),
        (
            "/* x */ drop table IF EXISTS crm.other, CRM.\"people\" cascade",
            "CRM.\"people\"",
        ),
        ("DROP SCHEMA crm CASCADE", "crm"),
        ("TRUNCATE crm.people", "crm.people"),
        ("TRUNCATE TABLE totals", "totals"),
        ("ALTER TABLE crm.people RENAME TO persons", "crm.people"),
        ("ALTER TABLE crm.people RENAME id TO n", "crm.people"),
        ("ALTER TABLE crm.people ADD a int, DROP COLUMN id", "crm.people"),
        ("SELECT 1 \\; DROP TABLE crm.people", "crm.people"),
        ("BEGIN;\nDROP TABLE crm.people", "crm.people"),
        ("SET search_path TO crm;\nDROP TABLE people", "people"),
        ("SET search_path TO crm \\; DROP TABLE people", "people"),
        (FAILED, "crm.people"),
    ] {
        let run = stage.connect(&["--on-error", "continue"]).stdin(format!("{text};\n")).run();
        let done = run.status(1);
        let marks = "^".repeat(place.len());
        done.err_has("2BP01")
            .err_has("because other objects depend on it")
            .err_has("load")
            .err_has(&marks);
    }
    assert_eq!(stage.server.administer("SELECT count(*) FROM crm.people"), "1");
    let done = stage
        .connect(&["--format", "json", "-c", "DROP TABLE crm.people"])
        .run()
        .status(1);
    done.err_has("\"sqlstate\": \"2BP01\"")
        .err_has("\"usages\": [{\"usage\": \"job\", \"name\": \"load\", \"via\": \"source\"}]");
}

#[test]
fn everything_else_is_sent() {
    let Some(stage) = stage() else { return };
    let script = "CREATE TEMP TABLE people (id int);\nDROP TABLE people;\n\
         CREATE TEMP TABLE totals (id int);\nTRUNCATE totals;\nDROP TABLE pg_temp.totals;\n\
         SET search_path TO crm;\nTRUNCATE totals;\nDROP TABLE IF EXISTS nosuch;\n\
         SELECT 'DROP TABLE crm.people';\nALTER TABLE people ADD CONSTRAINT c CHECK (id > 0);\n";
    let done = stage.connect(&[]).stdin(script).run();
    done.status(1).err_has("must be owner of table people");
}

#[test]
fn the_guard_can_be_turned_off_for_a_session() {
    let Some(stage) = stage() else { return };
    let script = "\\guard\n\\guard off\nTRUNCATE crm.people;\n\\guard on\nTRUNCATE crm.people;\n";
    let done = stage.connect(&[]).stdin(script).run().status(1);
    done.err_has("the guard is on")
        .err_has("the guard is off")
        .err_has("TRUNCATE TABLE")
        .err_has("2BP01");
    stage
        .connect(&["-c", "\\guard maybe"])
        .run()
        .status(1)
        .err_has("\\guard takes on or off");
    stage.redwire(&["-c", "\\guard"]).run().status(1).err_has("\\connect NAME");
}
