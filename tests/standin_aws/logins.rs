//! Logins with the passwords that were given out.

use serde_json::{Value, json};

use super::{run, with};
use crate::standin::StandIn;
use crate::standin::aws::{ANALYST, Aws, ETL, Identity, REGION, scenario};
use crate::support::postgres::{User, Wire};

#[test]
fn the_python_driver_logs_in_by_iam() {
    let Some(standin) = StandIn::start(Wire::Tls) else {
        return;
    };
    let Some(mut aws) = Aws::start(&scenario(standin.port())) else {
        return;
    };
    standin.take_logins_of(&aws);
    aws.inject("GetClusterCredentialsWithIAM", "stale", 1);
    let cluster = json!({ "cluster_identifier": "sales", "db_user": "etl" });
    let seen = driver(
        &aws,
        &standin,
        &[
            (ETL, cluster.clone()),
            (ETL, json!({ "is_serverless": true, "serverless_work_group": "default" })),
            (ANALYST, json!({ "is_serverless": true, "serverless_work_group": "default" })),
            (ETL, with(&cluster, json!({ "db_user": "nobody" }))),
            (ETL, with(&cluster, json!({ "db_user": "newcomer", "auto_create": true }))),
            (ANALYST, with(&cluster, json!({ "group_federation": true }))),
            (ANALYST, with(&cluster, json!({ "group_federation": true }))),
        ],
    );
    let users: Vec<_> = seen.iter().map(|seen| seen["user"].as_str()).collect();
    let expected = [
        Some("etl"),
        Some("IAM:etl"),
        Some("IAMR:analyst"),
        None,
        Some("newcomer"),
        None,
        Some("IAMR:analyst"),
    ];
    assert_eq!(users, expected, "{seen:?}");
    assert_eq!(seen[3]["error"]["M"], "user \"IAM:nobody\" does not exist");
    assert_eq!(seen[3]["error"]["C"], "42704");
    assert_eq!(seen[5]["error"]["M"], "IAM Authentication token has expired");
    assert_eq!(seen[5]["error"]["C"], "28000");
}

#[test]
fn a_temporary_password_needs_tls() {
    let Some(standin) = StandIn::start(Wire::Tls) else {
        return;
    };
    let Some(aws) = Aws::start(&scenario(standin.port())) else {
        return;
    };
    standin.take_logins_of(&aws);
    let login = json!({
        "user": "IAM:etl", "password": "a/b==", "expires": 4e9, "database_user": "etl",
        "has_user": true,
    });
    std::fs::write(aws.logins(), format!("{login}\n")).expect("the file");
    let said = |mode, password| {
        let user = User { name: "IAM:etl", password, method: "md5" };
        let mut psql = standin.psql(user);
        let psql = psql.env("PGSSLMODE", mode).args(["-Atc", "SELECT current_user"]);
        let output = psql.output().expect("psql runs");
        [output.stdout, output.stderr].map(|said| String::from_utf8(said).expect("UTF-8"))
    };
    assert_eq!(said("require", "a/b=="), ["etl\n", ""]);
    for (mode, password, expected) in [
        (
            "disable",
            "a/b==",
            "FATAL:  password authentication failed for user \"IAM:etl\"",
        ),
        ("require", "wrong", "FATAL:  IAM authentication failed for user \"IAM:etl\""),
    ] {
        let [_, refusal] = said(mode, password);
        assert!(refusal.contains(expected), "{refusal}");
    }
}

/// The sessions of AWS's driver by the keys of these identities.
fn driver(aws: &Aws, standin: &StandIn, logins: &[(Identity, Value)]) -> Vec<Value> {
    let options = logins.iter().map(|(identity, options)| {
        let common = json!({
            "database": standin.database().name(), "region": REGION, "sslmode": "verify-full",
            "access_key_id": identity.access_key, "secret_access_key": identity.secret_key,
            "session_token": identity.session_token,
        });
        with(&common, options.clone())
    });
    let authority = standin.authority().to_str().expect("UTF-8").to_owned();
    run(aws, "driver_iam.py", &options.collect(), &[("SSL_CERT_FILE", &authority)])
}
