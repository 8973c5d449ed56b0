//! IMPORT CONNECTIONS as a process: the files of other tools as those tools write them.

use std::os::unix::fs::PermissionsExt;

use super::{FORMAT, rows};
use crate::standin::StandIn;
use crate::support::home::{Done, Home, Run};
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::postgres::{DIGEST_USER, Wire};

const SHOW: &str = "SELECT name, host, port, database, user_name, password \
                    FROM system.information_schema.connections ORDER BY name";

fn redwire(home: &Home, arguments: &[&str]) -> Run {
    let run = home.redwire(STORE).args(FORMAT).args(arguments);
    run.env(PASSPHRASE.0, PASSPHRASE.1)
}

/// Runs statements that must succeed.
#[track_caller]
fn run(home: &Home, statements: &str) -> Done {
    redwire(home, &["-c", statements]).run().status(0)
}

fn private(home: &Home, name: &str, content: &str) {
    let path = home.write(name, content);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("its mode");
}

#[test]
fn a_connection_of_dbt_logs_in_with_its_password() {
    let Some(standin) = StandIn::start(Wire::Plain) else {
        return;
    };
    let url = standin.url("", "");
    let (port, database) = url
        .rsplit_once(':')
        .and_then(|(_, end)| end.split_once('/'))
        .expect("port and database");
    let home = Home::with_light_vault();
    let password = DIGEST_USER.password.replace('\'', "''");
    let (user, host) = (DIGEST_USER.name, "127.0.0.1");
    home.write(
        "profiles.yml",
        format!(
            "
jaffle_shop:
  target: dev
  outputs:
    dev:
      type: redshift
      host: {host}
      port: {port}
      user: {user}
      password: '{password}'
      dbname: {database}
      schema: analytics
      threads: 4
      sslmode: disable
      keepalives_idle: 240
"
        ),
    );
    let import = "IMPORT CONNECTIONS FROM DBT 'profiles.yml'";
    let trial = redwire(&home, &["--dry-run", "-c", import]).run().status(0);
    assert_eq!(rows(&run(&home, SHOW)), "");
    let done = redwire(&home, &["--verbose", "-c", import]).run().status(0);
    assert_eq!(done.out, trial.out);
    assert_eq!(
        rows(&done),
        format!(
            "jaffle_shop_dev,{host}:{port}/{database},{user},new,not taken over: keepalives_idle\n"
        )
    );
    let done = done.nowhere(DIGEST_USER.password);
    done.err_has("read 1 connection from profiles.yml: 1 new, 0 the same, 0 differ, 0 left out");
    assert_eq!(
        rows(&run(&home, SHOW)),
        format!("jaffle_shop_dev,{host},{port},{database},{user},vault\n")
    );
    let connect = ["connect", "jaffle_shop_dev", "-c", "SELECT current_user"];
    redwire(&home, &connect).run().status(0).out_has(user);
    let again = run(&home, import);
    assert!(rows(&again).contains(",same,"), "{again:?}");
    again.err_has("Operation resulted in no change");
}

#[test]
fn each_tool_has_its_own_place() {
    let home = Home::with_light_vault();
    for folder in [".dbt", ".sling", "data/DBeaverData/workspace6/General/.dbeaver"] {
        std::fs::create_dir_all(home.file(folder)).expect("a folder");
    }
    home.write(
        ".dbt/profiles.yml",
        "a: {outputs: {dev: {type: redshift, host: h1, user: u, password: p, dbname: d}}}\n",
    );
    private(&home, ".pgpass", "h2:5439:d:u:p\n");
    home.write(".pg_service.conf", "[b]\nhost=h3\nport=5439\nuser=u\ndbname=d\npassword=p\n");
    home.write(
        "data/DBeaverData/workspace6/General/.dbeaver/data-sources.json",
        "{\"connections\": {\"x\": {\"driver\": \"postgres-redshift-jdbc\", \"name\": \"C\", \
         \"configuration\": {\"host\": \"h4\", \"port\": \"5439\", \"database\": \"d\", \"user\": \"u\"}}}}",
    );
    home.write(
        ".sling/env.yaml",
        "connections:\n  E: {url: 'redshift://u:p@h5/d'}\nvariables: {}\n",
    );
    for tool in ["DBT", "PGPASS", "PG_SERVICE", "DBEAVER", "SLING"] {
        let done = run(&home, &format!("IMPORT CONNECTIONS FROM {tool}"));
        assert!(done.out.contains(",new,"), "{done:?}");
    }
    assert_eq!(
        rows(&run(&home, SHOW)),
        "a_dev,h1,5439,d,u,vault\nb,h3,5439,d,u,vault\nc,h4,5439,d,u,missing\n\
         e,h5,5439,d,u,vault\nh2_d_u,h2,5439,d,u,vault\n"
    );
    let connect = redwire(&home, &["connect", "c", "-c", "SELECT 1"]).run();
    connect.err_has("ALTER REDSHIFT CONNECTION c SET PASSWORD = PROMPT");
    run(&home, "ALTER CONNECTION c SET PASSWORD = 'q'");
    assert!(rows(&run(&home, SHOW)).contains("c,h4,5439,d,u,vault\n"));
    run(&home, "DROP CONNECTION a_dev, b, c, e, h2_d_u");
}

#[test]
fn an_existing_connection_is_compared_and_stays() {
    let home = Home::with_light_vault();
    private(&home, "pass", "h:5439:d:u:p\nh:5439:d:other:p\n");
    let import = "IMPORT CONNECTIONS FROM PGPASS 'pass' LIKE 'h_d_u'";
    assert_eq!(rows(&run(&home, import)), "h_d_u,h:5439/d,u,new,\n");
    // The same endpoint in other words.
    run(
        &home,
        "ALTER CONNECTION h_d_u SET CONNECTION_STRING = 'jdbc:redshift://h/d', COMMENT = 'c', \
         MAX_CONCURRENT_CONNECTIONS = 3",
    );
    assert_eq!(rows(&run(&home, import)), "h_d_u,h:5439/d,u,same,\n");
    run(
        &home,
        "ALTER CONNECTION h_d_u SET CONNECTION_STRING = 'jdbc:redshift://g/d' PASSWORD = 'q'",
    );
    assert_eq!(
        rows(&run(&home, import)),
        "h_d_u,h:5439/d,u,differs,CONNECTION_STRING: 'jdbc:redshift://g/d' -> \
         'jdbc:redshift://h:5439/d'; PASSWORD: another one is kept; to take it over: ALTER REDSHIFT \
         CONNECTION h_d_u SET CONNECTION_STRING = 'jdbc:redshift://h:5439/d', PASSWORD = PROMPT\n"
            .replacen("CONNECTION_STRING: ", "\"CONNECTION_STRING: ", 1)
            .replacen("PROMPT\n", "PROMPT\"\n", 1)
    );
    assert!(rows(&run(&home, SHOW)).starts_with("h_d_u,g,"));
    let trial = redwire(&home, &["--dry-run", "-c", import]).run().status(0);
    trial.err_has("passwords were not compared");
}

#[test]
fn two_connections_of_one_name_are_not_both_created() {
    let home = Home::with_light_vault();
    home.write(
        "s.conf",
        "[Sales-EU]\nhost=h\nuser=u\n[sales eu]\nhost=g\nuser=u\n[system]\nhost=h\nuser=u\n",
    );
    let done = run(&home, "IMPORT CONNECTIONS FROM PG_SERVICE 's.conf'");
    assert_eq!(
        rows(&done),
        "sales_eu,h:5432/u,u,new,the file has no password: ALTER REDSHIFT CONNECTION sales_eu SET \
         PASSWORD = PROMPT\nsales_eu,,,left out,an earlier connection of the file has this name\n\
         system,,,left out,the name system is kept for the catalog's own tables\n"
    );
}

#[test]
fn an_import_is_a_part_of_the_open_transaction() {
    let home = Home::with_light_vault();
    private(&home, "pass", "h:5439:d:u:p\ng:5439:d:u:p\n");
    let import = "IMPORT CONNECTIONS FROM PGPASS 'pass'";
    let done = run(&home, &format!("BEGIN; {import}; {import}; ROLLBACK"));
    assert!(done.out.contains(",new,") && done.out.contains(",same,"), "{done:?}");
    assert_eq!(rows(&run(&home, SHOW)), "");
    run(&home, &format!("BEGIN; {import}; COMMIT"));
    assert_eq!(rows(&run(&home, SHOW)).lines().count(), 2);
}

#[test]
fn a_file_that_cannot_be_read_is_named_without_its_text() {
    let home = Home::with_light_vault();
    std::fs::create_dir(home.file("folder")).expect("a folder");
    home.write("empty", " \n");
    home.write("latin", b"password: S3cret\xff\n");
    home.write("large", "#".repeat(8 * 1024 * 1024 + 1));
    home.write("bad.yml", "a:\n  password: [S3cret\nb: *S3cret\n");
    home.write("bad.json", "{\"connections\": {\"password\": S3cret}}");
    home.write("bad.conf", "[a]\npassword S3cret\n");
    home.write("open", "h:5439:d:u:S3cret\n");
    std::fs::set_permissions(home.file("open"), std::fs::Permissions::from_mode(0o644))
        .expect("its mode");
    for (source, problem) in [
        ("DBT 'nowhere'", "file \"nowhere\" cannot be read: No such file"),
        ("DBT 'folder'", "file \"folder\" is not a regular file"),
        ("SLING '/dev/zero'", "file \"/dev/zero\" is not a regular file"),
        ("DBT 'empty'", "file \"empty\" is empty"),
        ("DBT 'latin'", "file \"latin\" is not UTF-8"),
        ("PG_SERVICE 'large'", "file \"large\" is larger than 8 MiB"),
        ("DBT 'bad.yml'", "file \"bad.yml\" is not YAML: line 3, column 2"),
        ("DBEAVER 'bad.json'", "file \"bad.json\" is not JSON: line 1, column 30"),
        ("PG_SERVICE 'bad.conf'", "file \"bad.conf\" is no file of services: line 2"),
        (
            "PGPASS 'open'",
            "password file \"open\" has group or world access; permissions should be u=rw",
        ),
        ("SLING", "no file of SLING found"),
    ] {
        let statement = format!("IMPORT CONNECTIONS FROM {source}");
        let done = redwire(&home, &["--verbose", "-c", &statement]).run().status(1);
        done.nowhere("S3cret").err_has("58030").err_has(problem);
    }
    assert!(!home.catalog().exists(), "nothing was created");
}

#[test]
fn a_login_through_aws_is_created_with_its_options() {
    let home = Home::with_light_vault();
    let host = "sales.abc123.eu-west-1.redshift.amazonaws.com";
    home.write(
        "profiles.yml",
        format!(
            "p:\n  outputs:\n    a: {{type: redshift, method: iam, host: {host}, port: 5439, user: etl, \
             dbname: dev, iam_profile: analytics, db_groups: [x, y]}}\n    \
             b: {{type: redshift, method: iam, host: 127.0.0.1, user: etl, dbname: dev}}\n"
        ),
    );
    let import = "IMPORT CONNECTIONS FROM DBT 'profiles.yml'";
    let done = run(&home, import);
    assert!(
        rows(&done).starts_with(&format!("p_a,{host}:5439/dev,etl,new,\np_b,,,left out,")),
        "{done:?}"
    );
    let created = run(&home, "SHOW CREATE CONNECTION p_a");
    let created = created.out_has(&format!("'jdbc:redshift:iam://{host}:5439/dev'"));
    created.out_has("AWS_PROFILE = 'analytics'").out_has("DB_GROUPS = ");
    assert!(rows(&run(&home, import)).contains(",same,"));
    run(&home, "ALTER CONNECTION p_a SET AWS_PROFILE = 'other'");
    let done = run(&home, import);
    done.out_has("ALTER REDSHIFT CONNECTION p_a SET AWS_PROFILE = 'analytics'");
}
