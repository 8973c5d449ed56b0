//! Tables that cannot be imported.

use super::{postgres, rows};

#[test]
fn a_type_that_redshift_lacks_leaves_its_table_out_and_is_named() {
    let Some(stage) = postgres() else { return };
    stage.server.administer(
        "CREATE TABLE a (id int, payload jsonb); CREATE TABLE b (id uuid); CREATE TABLE c (names varchar(3)[]); \
         CREATE TABLE d (note text); CREATE TABLE e (n numeric); CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE f (m mood); \
         CREATE TABLE g (id int, old int); ALTER TABLE g DROP COLUMN old; CREATE TABLE h ();",
    );
    let done = stage.redwire(&["-c", "IMPORT TABLES FROM sales"]);
    assert_eq!(rows(&done), "sales.public.g,new,1 column\n");
    assert_eq!(
        done.err,
        "IMPORT TABLES\n\
         warning: sales.public.a is left out: column payload has the type jsonb: Redshift has no type JSONB\n\
         warning: sales.public.b is left out: column id has the type uuid: Redshift has no type UUID\n\
         warning: sales.public.c is left out: column names has the type character varying(3)[]: Redshift has no arrays\n\
         warning: sales.public.d is left out: column note has the type text: it has no length\n\
         warning: sales.public.e is left out: column n has the type numeric: it has no length\n\
         warning: sales.public.f is left out: column m has the type mood: type \"mood\" does not exist\n\
         warning: sales.public.h is left out: it has no columns\n\
         notice: read 8 tables: 1 new, 0 changed, 0 the same, 7 left out\n"
    );
}

#[test]
fn a_table_that_is_left_out_is_not_gone() {
    let Some(stage) = postgres() else { return };
    stage.server.administer("CREATE TABLE t (id int)");
    stage.import();
    stage.server.administer("ALTER TABLE t ADD payload json");
    let done = stage.redwire(&["-c", "IMPORT TABLES FROM sales"]);
    assert_eq!(rows(&done), "");
    done.err_has("sales.public.t is left out: column payload has the type json");
    assert_eq!(stage.tables(), "t");
}

#[test]
fn a_name_that_would_be_another_one_here_leaves_its_table_out() {
    let Some(stage) = postgres() else { return };
    stage.server.administer(
        "CREATE TABLE \"Orders\" (id int); CREATE TABLE orders (id int); CREATE TABLE t (id int, \"Id\" int); \
         CREATE SCHEMA \"CRM\"; CREATE TABLE \"CRM\".x (id int); CREATE TABLE \"a\x1b[31m\nb\" (id int); \
         CREATE TABLE \"or\"\"d 'ers;--\" (\"select\" int, \"a'; drop table x\" date); COMMENT ON TABLE orders IS E'\\x1b[2Jhm';",
    );
    let done = stage.redwire(&["-c", "IMPORT TABLES FROM sales"]);
    assert_eq!(
        rows(&done),
        "\"sales.public.\"\"or\"\"\"\"d 'ers;--\"\"\",new,2 columns\nsales.public.orders,new,1 column\n"
    );
    assert!(!done.err.contains('\x1b'), "{}", done.err);
    let done = done
        .err_has("sales.\"CRM\".x is left out: the name of its schema has capital letters, which are small ones here")
        .err_has("sales.public.\"Orders\" is left out: its name has capital letters")
        .err_has("is left out: its name cannot be one here: a name cannot hold the control character U+001B")
        .err_has("sales.public.t is left out: the name of column \"Id\" has capital letters");
    done.err_has("read 6 tables: 2 new, 0 changed, 0 the same, 4 left out");
    let created = stage.redwire(&["-c", "SHOW CREATE TABLE sales.public.\"or\"\"d 'ers;--\""]);
    created.out_has("\"a'; drop table x\" DATE");
    let shown = stage.script("\\format table\nSHOW TABLES LIKE 'orders';\n").status(0);
    assert!(shown.out.contains("hm") && !shown.out.contains('\x1b'), "{}", shown.out);
    assert_eq!(stage.import(), "");
}

#[test]
fn many_that_are_left_out_are_counted() {
    let Some(stage) = postgres() else { return };
    stage
        .server
        .administer("DO $$ BEGIN FOR i IN 1..60 LOOP EXECUTE format('CREATE TABLE t%s (x uuid)', i); END LOOP; END $$");
    let done = stage.redwire(&["-c", "IMPORT TABLES FROM sales"]);
    assert_eq!(done.err.matches("is left out").count(), 50);
    done.err_has("warning: 10 tables more left out").err_has("60 left out");
}
