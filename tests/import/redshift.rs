//! Facts that only Redshift reports: the storage of tables.

use super::{rows, standin};
use crate::standin::StandIn;
use crate::support::postgres::{MD5_USER, succeeded};

fn ask(server: &StandIn, statement: &str) {
    succeeded(&server.psql(MD5_USER).args(["-c", statement]).output().expect("psql runs"));
}

const SHARED: &str = "GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC";

#[test]
fn keys_encodings_and_styles_are_recorded_and_do_not_flap() {
    let Some(stage) = standin() else { return };
    for statement in [
        "CREATE TABLE orders (id bigint NOT NULL, at timestamp ENCODE raw, note varchar(9) ENCODE zstd, PRIMARY KEY (id)) \
         DISTSTYLE KEY DISTKEY (id) COMPOUND SORTKEY (at, id)",
        "CREATE TABLE spread (a int, b date) DISTSTYLE EVEN INTERLEAVED SORTKEY (a, b)",
        "CREATE TABLE copied (a int ENCODE lzo) DISTSTYLE ALL",
        "CREATE TABLE plain (a int)",
        "CREATE TABLE mv_tbl__totals__0 (a int)",
        SHARED,
    ] {
        ask(&stage.server, statement);
    }
    assert_eq!(
        stage.import(),
        "sales.public.copied,new,1 column\nsales.public.orders,new,3 columns\nsales.public.plain,new,1 column\n\
         sales.public.spread,new,2 columns\n"
    );
    let created =
        |name: &str| stage.redwire(&["-c", &format!("SHOW CREATE TABLE sales.public.{name}")]).out;
    assert_eq!(
        created("orders"),
        "CREATE TABLE sales.public.orders (\n    id BIGINT NOT NULL ENCODE raw,\n    at TIMESTAMP ENCODE raw,\n    \
         note VARCHAR(9) ENCODE zstd,\n    PRIMARY KEY (id)\n)\n    DISTKEY (id)\n    SORTKEY (at, id);\n"
    );
    assert!(created("spread").ends_with("\n    DISTSTYLE EVEN\n    INTERLEAVED SORTKEY (a, b);\n"));
    assert!(created("copied").ends_with("(\n    a INTEGER ENCODE lzo\n)\n    DISTSTYLE ALL;\n"));
    assert!(created("plain").ends_with("(\n    a INTEGER ENCODE az64\n);\n"));
    assert_eq!(stage.import(), "");
}

#[test]
fn a_definition_that_leaves_the_choice_to_the_warehouse_is_no_difference() {
    let Some(stage) = standin() else { return };
    for statement in [
        "CREATE TABLE orders (id bigint NOT NULL, note varchar(9), PRIMARY KEY (id)) DISTKEY (id) SORTKEY (id)",
        "CREATE TABLE plain (a int)",
        SHARED,
    ] {
        ask(&stage.server, statement);
    }
    let script = "CREATE TABLE sales.public.orders (id bigint, note varchar(9) ENCODE auto, PRIMARY KEY (id)) DISTSTYLE KEY \
                  DISTKEY (id) COMPOUND SORTKEY (id) COMMENT = 'known here only';\n\
                  CREATE TABLE sales.public.plain (a int) DISTSTYLE AUTO;\nIMPORT TABLES FROM sales;\n";
    let done = stage.script(script).status(0);
    assert_eq!(rows(&done), "");
    done.err_has("read 2 tables: 0 new, 0 changed, 2 the same");
}

#[test]
fn a_change_of_how_a_table_is_stored_is_told() {
    let Some(stage) = standin() else { return };
    ask(&stage.server, "CREATE TABLE t (a int ENCODE zstd, b int) SORTKEY (b)");
    ask(&stage.server, SHARED);
    let script = "CREATE TABLE sales.public.t (a int ENCODE lzo) DISTSTYLE EVEN;\nIMPORT TABLES FROM sales;\n";
    assert_eq!(
        rows(&stage.script(script).status(0)),
        "sales.public.t,changed,\"column a: INTEGER ENCODE lzo -> INTEGER ENCODE zstd, column b: none -> INTEGER ENCODE raw, \
         DISTSTYLE: EVEN -> none, SORTKEY: none -> (b)\"\n"
    );
}

#[test]
fn a_table_that_the_user_may_not_read_has_columns() {
    let Some(stage) = standin() else { return };
    let database = stage.server.database();
    database.administer("CREATE TABLE public.closed (id int NOT NULL)");
    assert_eq!(stage.import(), "sales.public.closed,new,1 column\n");
    let created = stage.redwire(&["-c", "SHOW CREATE TABLE sales.public.closed"]).out;
    assert!(created.contains("id INTEGER NOT NULL\n"), "{created}");
    assert_eq!(stage.import(), "");
}
