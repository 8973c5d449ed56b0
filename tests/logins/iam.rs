//! Logins through AWS IAM that succeed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use super::{CLUSTER, Cloud, SELECT};
use crate::standin::aws::ETL;
use crate::support::terminal::{Terminal, files_with};

const IDENTITY: &str = "CLUSTER = 'sales' AWS_REGION = 'eu-west-1'";
const WORKGROUP: &str = "WORKGROUP = 'default' AWS_REGION = 'eu-west-1'";

#[test]
fn each_call_opens_a_session_as_the_user_whom_aws_names() {
    let Some(cloud) = Cloud::start() else { return };
    for (options, action) in [
        (CLUSTER, "GetClusterCredentials"),
        (IDENTITY, "GetClusterCredentialsWithIAM"),
        (WORKGROUP, "GetCredentials"),
    ] {
        let create = cloud.create(options).replace("CREATE", "CREATE OR REPLACE");
        cloud.redwire(&["-c", &create]).run().status(0);
        cloud.redwire(&SELECT).run().status(0).out_has("42");
        assert_eq!(cloud.actions().last().expect("a call"), action, "{options}");
    }
    let requests = cloud.aws.requests();
    assert!(requests.iter().all(|request| request["outcome"] == json!("ok")), "{requests:?}");
    // Nothing that AWS gave is kept.
    let given: Vec<Value> = std::fs::read_to_string(cloud.aws.logins())
        .expect("the logins")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(given.len(), 3);
    for login in given {
        let password = login["password"].as_str().expect("a text");
        assert_eq!(files_with(cloud.home.path(), password), Vec::<std::path::PathBuf>::new());
    }
}

#[test]
fn groups_and_the_wish_for_a_new_user_reach_aws() {
    let options = format!("{CLUSTER} AUTO_CREATE_USER = TRUE DB_GROUPS = ('Readers', 'etl')");
    let options = options.replace("'etl' CLUSTER", "'newcomer' CLUSTER");
    let Some(cloud) = Cloud::with(&options) else { return };
    cloud.redwire(&SELECT).run().status(0);
    let requests = cloud.aws.requests();
    let parameters = &requests[0]["parameters"];
    assert_eq!(parameters["AutoCreate"], "true");
    assert_eq!(parameters["DbGroups.DbGroup.1"], "readers");
    assert_eq!(parameters["DbGroups.DbGroup.2"], "etl");
}

#[test]
fn credentials_are_fetched_once_while_they_are_valid() {
    let Some(mut cloud) = Cloud::with(CLUSTER) else { return };
    let twice = ["-c", "TEST CONNECTION c; TEST CONNECTION c"];
    cloud.redwire(&twice).run().status(0);
    assert_eq!(cloud.count("GetClusterCredentials"), 1);
    // Those that end within a minute are not used again.
    cloud.aws.change(&json!({ "password_validity": 50 }));
    cloud.redwire(&twice).run().status(0);
    assert_eq!(cloud.count("GetClusterCredentials"), 3);
}

#[test]
fn two_connections_to_a_cluster_share_credentials_but_not_an_address() {
    let Some(cloud) = Cloud::with(CLUSTER) else { return };
    let url = cloud.url().replace("redshift:", "redshift:iam:");
    let host = format!("localhost:{}", cloud.warehouse.port());
    let url = url.replace(&host, "sales:eu-west-1");
    let create =
        format!("CREATE REDSHIFT CONNECTION d CONNECTION_STRING = '{url}' USER_NAME = 'etl'");
    cloud.redwire(&["-c", &create]).run().status(0);
    let all = "TEST CONNECTION c; TEST CONNECTION d; TEST CONNECTION c";
    cloud.redwire(&["-c", all]).run().status(0);
}

#[test]
fn a_refusal_of_credentials_that_were_just_fetched_is_the_answer() {
    let Some(mut cloud) = Cloud::with(CLUSTER) else { return };
    cloud.aws.inject("GetClusterCredentials", "stale", 1);
    cloud
        .redwire(&SELECT)
        .run()
        .status(1)
        .err_has("IAM Authentication token has expired");
    assert_eq!(cloud.count("GetClusterCredentials"), 1);
}

#[test]
fn a_long_run_fetches_credentials_when_they_end_or_are_refused() {
    let Some(mut cloud) = Cloud::with(CLUSTER) else { return };
    cloud.warehouse.database().administer(
        "CREATE SCHEMA s; GRANT ALL ON SCHEMA s TO everybody; \
         CREATE TABLE s.source AS SELECT 1 AS id; GRANT ALL ON s.source TO everybody",
    );
    let create = |cloud: &Cloud, name: &str| {
        let job = format!(
            "CREATE JOB {name} RUN_INTERVAL = 1 HOUR START_FROM = TIMESTAMP '2026-01-01' \
             END_AT = TIMESTAMP '2026-01-01 01:00' \
             AS INSERT INTO c.s.{name} SELECT o.id FROM c.s.source o"
        );
        cloud.redwire(&["-c", &job]).run().status(0);
    };
    create(&cloud, "first");
    cloud.aws.change(&json!({ "password_validity": 30 }));
    let mut command = cloud.home.interruptible();
    command.args(["run", "--watch"]).envs(cloud.aws.environment());
    command.envs(ETL.environment()).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut watch = Watch(command.spawn().expect("redwire starts"));
    let mut lines = BufReader::new(watch.0.stdout.take().expect("its output")).lines();
    let mut loads = |name: &str| {
        let line = lines.next().expect("a line").expect("text");
        assert!(line.contains(&format!(" {name}: loaded ")), "{line}");
    };
    loads("first");
    // Credentials that end within a minute are not used again.
    create(&cloud, "second");
    loads("second");
    assert_eq!(cloud.count("GetClusterCredentials"), 2);
    cloud.aws.change(&json!({ "password_validity": 900 }));
    create(&cloud, "third");
    loads("third");
    create(&cloud, "fourth");
    loads("fourth");
    assert_eq!(cloud.count("GetClusterCredentials"), 3);
    // The server knows none of them any more.
    std::fs::write(cloud.aws.logins(), "").expect("the logins");
    create(&cloud, "fifth");
    loads("fifth");
    assert_eq!(cloud.count("GetClusterCredentials"), 4);
}

/// A test that failed leaves no process behind.
struct Watch(Child);

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_query_of_a_killed_session_is_cancelled_at_the_address_that_its_login_found() {
    let Some(cloud) = Cloud::start() else { return };
    create_by_name(&cloud);
    let sleepers = "SELECT count(*) FROM pg_stat_activity \
                    WHERE wait_event = 'PgSleep' AND datname = current_database()";
    let database = cloud.warehouse.database();
    let mut command = cloud.home.interruptible();
    command.args(["connect", "c", "-c", "SELECT pg_sleep(600)"]);
    command.envs(cloud.aws.environment()).envs(ETL.environment());
    let mut child = command.stdin(Stdio::null()).spawn().expect("redwire starts");
    while database.administer(sleepers) != "1" {}
    child.kill().expect("it is ours to kill");
    child.wait().expect("its end");
    cloud.redwire(&SELECT).run().status(0);
    assert_eq!(database.administer(sleepers), "0");
}

/// A connection whose URL has the cluster's name in place of an address.
fn create_by_name(cloud: &Cloud) {
    let url = format!(
        "jdbc:redshift:iam://sales:eu-west-1/{}?sslrootcert={}",
        cloud.warehouse.database().name(),
        cloud.warehouse.authority().display()
    );
    let create =
        format!("CREATE REDSHIFT CONNECTION c CONNECTION_STRING = '{url}' USER_NAME = 'etl'");
    cloud.redwire(&["-c", &create]).run().status(0);
}

#[test]
fn a_url_of_cluster_and_region_asks_for_the_address() {
    let Some(cloud) = Cloud::start() else { return };
    create_by_name(&cloud);
    let database = cloud.warehouse.database().name();
    cloud.redwire(&SELECT).run().status(0).out_has("42");
    assert_eq!(cloud.actions(), ["DescribeClusters", "GetClusterCredentials"]);
    let shown = cloud.redwire(&["--format", "csv", "-c", "SHOW CONNECTIONS"]).run();
    shown.status(0).out_has(&format!("sales:eu-west-1/{database}")).out_has("iam");
}

#[test]
fn the_test_names_identity_and_credentials() {
    let Some(cloud) = Cloud::with(CLUSTER) else { return };
    let done = cloud.redwire(&["--format", "json", "-c", "TEST CONNECTION c"]).run().status(0);
    let rows: Vec<Value> = serde_json::from_str(&done.out).expect("JSON");
    let stages: Vec<&str> = rows.iter().filter_map(|row| row["stage"].as_str()).collect();
    let expected = [
        "url",
        "identity",
        "credentials",
        "slot",
        "dns",
        "tcp",
        "tls",
        "login",
        "query",
        "limit",
    ];
    assert_eq!(stages, expected);
    let detail = |row: usize| rows[row]["detail"].as_str().unwrap_or_default();
    assert_eq!(detail(1), "default chain: arn:aws:iam::123456789012:user/etl");
    assert!(detail(2).starts_with("IAM:etl until 20"), "{}", detail(2));
    assert!(detail(2).ends_with(", by GetClusterCredentials in eu-west-1"), "{}", detail(2));
}

#[test]
fn a_program_gets_credentials_for_an_hour() {
    let Some(cloud) = Cloud::with(CLUSTER) else { return };
    let script = "echo $PGUSER $REDSHIFT_USER $REDSHIFT_CREDENTIALS_EXPIRE; \
                  test -n \"$PGPASSWORD\" && env | grep -c AWS_SECRET_ACCESS_KEY";
    let done = cloud.redwire(&["exec", "c", "--", "sh", "-c", script]).run();
    let done = done.status(0).out_has("IAM:etl IAM:etl 20").err_has("until 20");
    assert!(done.out.ends_with("\n1\n"), "{done:?}");
    let requests = cloud.aws.requests();
    assert_eq!(requests[0]["parameters"]["DurationSeconds"], "3600");
    // A dry run asks nobody.
    cloud.redwire(&["--dry-run", "exec", "c", "--", "true"]).run().status(0);
    assert_eq!(cloud.aws.requests().len(), requests.len());
}

#[test]
fn a_definition_is_complete_without_a_password() {
    let options = "AWS_PROFILE = 'analytics' AWS_ROLE = 'arn:aws:iam::123456789012:role/reader' \
                   EXTERNAL_ID = 'redwire' AWS_REGION = 'eu-west-1' CLUSTER = 'sales' \
                   AUTO_CREATE_USER = TRUE DB_GROUPS = ('a', 'b') COMMENT = 'marts'";
    let Some(cloud) = Cloud::with(&format!("USER_NAME = 'etl' {options}")) else {
        return;
    };
    let shown = cloud.redwire(&["-c", "SHOW CREATE CONNECTION c"]).run().status(0);
    for line in shown.out.lines().skip(2) {
        let line = line.trim().trim_end_matches(';');
        assert!(line.starts_with("USER_NAME") || options.contains(line), "{line} in {shown:?}");
    }
    assert_eq!(shown.out.lines().count(), 2 + 9, "{shown:?}");
    assert!(!shown.out.contains("PASSWORD"), "{shown:?}");
    cloud.redwire(&["-c", "EXPORT CATALOG TO 'all.sql'"]).run().status(0);
    cloud.redwire(&["plan", "--exit-code", "all.sql"]).run().status(0);
    cloud.redwire(&["-c", "DROP CONNECTION c"]).run().status(0);
    cloud.redwire(&["apply", "all.sql"]).run().status(0);
    let again = cloud.redwire(&["-c", "SHOW CREATE CONNECTION c"]).run().status(0);
    assert_eq!(again.out, shown.out);
    let select = "SELECT password, aws_profile, db_groups, auto_create_user \
                  FROM system.information_schema.connections";
    let row = cloud.redwire(&["--format", "csv", "-c", select]).run().status(0);
    row.out_has("iam,analytics,\"a,b\",true");
    assert_eq!(cloud.aws.requests().len(), 0);
}

#[test]
fn alter_changes_the_way_to_log_in() {
    let Some(cloud) = Cloud::start() else { return };
    let url = cloud.url();
    let iam = url.replace("redshift:", "redshift:iam:");
    let memory = |statement: &str| {
        cloud
            .redwire(&["--secret-store", "vault", "-c", statement])
            .env("REDWIRE_VAULT_PASSPHRASE", "vault pass")
            .env("ETL_PASSWORD", "stored pass")
            .run()
    };
    let create = format!(
        "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = '{url}' USER_NAME = 'etl' \
         PASSWORD = ENV 'ETL_PASSWORD'"
    );
    memory(&create).status(0);
    let to_iam = format!(
        "ALTER REDSHIFT CONNECTION c SET CONNECTION_STRING = '{iam}', CLUSTER = 'sales', \
         AWS_REGION = 'eu-west-1'"
    );
    memory(&to_iam).status(0);
    cloud.redwire(&SELECT).run().status(0).out_has("42");
    // The password that the store had is gone, so the way back needs one.
    let back = format!(
        "ALTER REDSHIFT CONNECTION c SET CONNECTION_STRING = '{url}' RESET CLUSTER RESET AWS_REGION"
    );
    memory(&back).status(1).err_has("PASSWORD must be specified");
    memory(&back.replace(" RESET CLUSTER", ", PASSWORD = ENV 'ETL_PASSWORD' RESET CLUSTER"))
        .status(0);
    memory("SHOW CREATE CONNECTION c").status(0).out_has("PASSWORD = PROMPT");
}

#[test]
fn jobs_and_imports_log_in_by_it_too() {
    let Some(mut cloud) = Cloud::with(CLUSTER) else { return };
    cloud.warehouse.database().administer(
        "CREATE SCHEMA s; GRANT ALL ON SCHEMA s TO everybody; \
         CREATE TABLE s.source AS SELECT 1 AS id; GRANT ALL ON s.source TO everybody",
    );
    let job = "CREATE JOB j AS INSERT INTO c.s.target SELECT o.id FROM c.s.source o";
    cloud.redwire(&["-c", job]).run().status(0);
    cloud.redwire(&["-c", "IMPORT TABLES FROM c.s"]).run().status(0);
    // Each session of a long run asks anew, once what was given is about to end.
    cloud.aws.change(&json!({ "password_validity": 30 }));
    let before = cloud.count("GetClusterCredentials");
    cloud.redwire(&["-c", "RUN JOB j; RUN JOB j"]).run().status(0);
    assert_eq!(cloud.count("GetClusterCredentials") - before, 2);
    let loaded = [
        "--format",
        "csv",
        "connect",
        "c",
        "-c",
        "SELECT count(*) > 0 AS loaded FROM s.target",
    ];
    cloud.redwire(&loaded).run().status(0).out_has("t\n");
}

#[test]
fn a_prompt_fetches_names_with_credentials_that_it_has() {
    let Some(cloud) = Cloud::with(CLUSTER) else { return };
    let mut environment: Vec<(&str, String)> = cloud.aws.environment().into();
    environment.extend(ETL.environment().into_iter().map(|(name, value)| (name, value.to_owned())));
    let environment: Vec<(&str, &str)> =
        environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut terminal = Terminal::open_at(&cloud.home, &["connect", "c"], &environment, "c> ");
    terminal.line("SELECT 40 + 2 AS answer;").wait_for("42").wait_for("c> ");
    terminal.end();
    assert_eq!(cloud.count("GetClusterCredentials"), 1);
}
