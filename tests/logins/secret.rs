//! Passwords in AWS Secrets Manager.

use serde_json::{Value, json};

use super::Cloud;
use crate::standin::aws::{ACCOUNT, DENIED, REGION};
use crate::support::postgres::DIGEST_USER as USER;

const SELECT: [&str; 4] = ["connect", "s", "-c", "SELECT current_user AS who"];

fn secret(content: &Value) -> Value {
    json!({ "secrets": [{
        "name": "prod/sales/etl",
        "arn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/sales/etl-AbCdEf",
        "region": REGION, "account": ACCOUNT,
        "SecretString": match content {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        },
    }] })
}

fn with(options: &str) -> Option<Cloud> {
    let cloud = Cloud::start()?;
    let url = cloud.url();
    let create = format!("CREATE REDSHIFT CONNECTION s CONNECTION_STRING = '{url}' {options}");
    cloud.redwire(&["-c", &create]).run().status(0);
    Some(cloud)
}

#[test]
fn user_and_password_are_read_at_each_login() {
    let Some(mut cloud) = with("AWS_SECRET = 'prod/sales/etl' AWS_REGION = 'eu-west-1'") else {
        return;
    };
    let login = json!({ "username": USER.name, "password": USER.password, "engine": "redshift" });
    cloud.aws.change(&secret(&login));
    cloud.redwire(&SELECT).run().status(0).out_has(USER.name);
    assert_eq!(cloud.actions(), ["GetSecretValue"]);
    let rows = cloud.redwire(&["--format", "csv", "-c", "TEST CONNECTION s"]).run().status(0);
    rows.out_has("AWS secret prod/sales/etl").nowhere(USER.password);
    cloud
        .redwire(&["--format", "csv", "-c", "SHOW CONNECTIONS"])
        .run()
        .out_has("secrets manager");
    // A rotation may happen between the question and the login, so it is asked once more.
    cloud
        .aws
        .change(&secret(&json!({ "username": USER.name, "password": "rotated away" })));
    let before = cloud.count("GetSecretValue");
    let done = cloud.redwire(&SELECT).run().status(1);
    done.err_has("password authentication failed").nowhere("rotated away");
    assert_eq!(cloud.count("GetSecretValue") - before, 2);
}

#[test]
fn the_arn_names_the_region() {
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/sales/etl-AbCdEf";
    let Some(mut cloud) = with(&format!("USER_NAME = '{}' AWS_SECRET = '{arn}'", USER.name)) else {
        return;
    };
    cloud.aws.change(&secret(&json!({ "password": USER.password })));
    cloud.redwire(&SELECT).run().status(0).out_has(USER.name);
    assert_eq!(cloud.aws.requests()[0]["region"], REGION);
}

#[test]
fn a_secret_that_is_no_login_is_told_how_it_must_look() {
    let Some(mut cloud) = with("AWS_SECRET = 'prod/sales/etl' AWS_REGION = 'eu-west-1'") else {
        return;
    };
    for (content, words) in [
        (json!("t0psecret"), "is not JSON"),
        (json!({ "username": "u", "passwort": "t0psecret" }), "has no \"password\""),
        (json!({ "password": "t0psecret" }), "has no \"username\""),
    ] {
        cloud.aws.change(&secret(&content));
        let done = cloud.redwire(&SELECT).run().status(1);
        done.err_has("28P01").err_has(words).nowhere("t0psecret");
    }
    let alter = "ALTER REDSHIFT CONNECTION s SET AWS_REGION = 'us-east-1'";
    cloud.redwire(&["-c", alter]).run().status(0);
    cloud
        .redwire(&SELECT)
        .run()
        .status(1)
        .err_has("no such secret in region us-east-1");
    let mut run = cloud.without_keys(&SELECT);
    for (name, value) in DENIED.environment() {
        run = run.env(name, value);
    }
    run.run().status(1).err_has("AWS denies secretsmanager:GetSecretValue");
}
