//! Errors of AWS, each with its fix.

use serde_json::json;

use super::{CLUSTER, Cloud, SELECT};
use crate::standin::aws::{DENIED, ETL, EXPIRED, Identity, SSO_PROFILE, write_sso_token};
use crate::support::home::Done;

fn connect_as(cloud: &Cloud, identity: Identity) -> Done {
    let mut run = cloud.without_keys(&SELECT);
    for (name, value) in identity.environment() {
        run = run.env(name, value);
    }
    run.run()
}

#[test]
fn an_identity_that_aws_refuses_is_told_apart() {
    let Some(mut cloud) = Cloud::with(CLUSTER) else { return };
    cloud
        .without_keys(&SELECT)
        .run()
        .status(1)
        .err_has("28000")
        .err_has("no AWS credentials found")
        .err_has("aws sso login");
    // An instance that gives out no metadata is one without credentials.
    cloud.aws.change(&json!({ "instance": null }));
    cloud
        .without_keys(&SELECT)
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.aws.endpoint())
        .env("AWS_EC2_METADATA_DISABLED", "false")
        .run()
        .status(1)
        .err_has("no AWS credentials found")
        .err_has("looked in the environment");
    connect_as(&cloud, DENIED)
        .status(1)
        .err_has("AWS denies redshift:GetClusterCredentials")
        .err_has("a policy of arn:aws:iam::123456789012:user/denied must allow")
        .err_has("arn:aws:redshift:eu-west-1:123456789012:dbuser:sales/etl");
    connect_as(&cloud, EXPIRED)
        .status(1)
        .err_has("the AWS credentials have expired");
    let wrong = Identity { secret_key: "wrong/secret+key", ..ETL };
    connect_as(&cloud, wrong)
        .status(1)
        .err_has("AWS does not accept the access key")
        .nowhere("wrong/secret+key");
    let unknown = Identity {
        access_key: "AKIANOBODYNOBODY0001",
        ..ETL
    };
    connect_as(&cloud, unknown)
        .status(1)
        .err_has("AWS does not accept the access key");
}

#[test]
fn a_profile_that_does_not_exist_suggests_the_nearest() {
    let Some(cloud) = Cloud::with(&format!("{CLUSTER} AWS_PROFILE = 'analitics'")) else {
        return;
    };
    std::fs::write(cloud.aws.file("config"), "[profile analytics]\nregion = eu-west-1\n")
        .expect("a file");
    let done = cloud.without_keys(&SELECT).run().status(1);
    done.err_has("AWS profile \"analitics\" does not exist")
        .err_has("did you mean analytics?");
    cloud
        .redwire(&["-c", "ALTER REDSHIFT CONNECTION c SET AWS_PROFILE = 'analytics'"])
        .run()
        .status(0);
    let done = cloud.without_keys(&SELECT).run().status(1);
    done.err_has("AWS profile \"analytics\" has no credentials");
}

#[test]
fn an_sso_session_that_has_expired_names_the_login() {
    let Some(cloud) = Cloud::with(&format!("{CLUSTER} AWS_PROFILE = 'sso'")) else {
        return;
    };
    std::fs::write(cloud.aws.file("config"), SSO_PROFILE).expect("a file");
    let done = cloud.without_keys(&SELECT).run().status(1);
    done.err_has("SSO").err_has("aws sso login --profile sso");
    write_sso_token(cloud.home.path(), "old-token", "old-refresh-token", "2020-01-01T00:00:00Z");
    let done = cloud.without_keys(&SELECT).run().status(1);
    done.err_has("the AWS SSO session has expired")
        .err_has("aws sso login --profile sso");
}

#[test]
fn a_role_that_is_refused_names_its_trust_policy() {
    let role = "AWS_ROLE = 'arn:aws:iam::123456789012:role/reader'";
    let Some(cloud) = Cloud::with(&format!("{CLUSTER} {role}")) else {
        return;
    };
    let done = cloud.redwire(&SELECT).run().status(1);
    done.err_has("could not assume role \"arn:aws:iam::123456789012:role/reader\"")
        .err_has("trust policy");
}

#[test]
fn a_cluster_or_workgroup_that_is_not_found_says_where_it_was_looked_for() {
    let Some(cloud) = Cloud::start() else { return };
    for (options, words, fix) in [
        (
            "USER_NAME = 'etl' CLUSTER = 'sale' AWS_REGION = 'eu-west-1'",
            "no such cluster in region eu-west-1",
            "write WORKGROUP",
        ),
        (
            "WORKGROUP = 'defaul' AWS_REGION = 'eu-west-1'",
            "no such workgroup in region eu-west-1",
            "write CLUSTER",
        ),
        (
            "USER_NAME = 'etl' CLUSTER = 'sales' AWS_REGION = 'us-east-1'",
            "no such cluster in region us-east-1",
            "AWS_REGION",
        ),
    ] {
        let create = cloud.create(options).replace("CREATE", "CREATE OR REPLACE");
        cloud.redwire(&["-c", &create]).run().status(0);
        cloud.redwire(&SELECT).run().status(1).err_has(words).err_has(fix);
    }
}

#[test]
fn a_user_that_the_database_lacks_is_told_how_to_be_made() {
    let Some(cloud) = Cloud::with(&CLUSTER.replace("'etl'", "'nobody'")) else {
        return;
    };
    let done = cloud.redwire(&SELECT).run().status(1);
    done.err_has("does not exist").err_has("AUTO_CREATE_USER = TRUE");
}

#[test]
fn what_may_pass_ends_with_status_3_after_three_tries() {
    let Some(mut cloud) = Cloud::with(CLUSTER) else { return };
    cloud.aws.inject("GetClusterCredentials", "throttle", 2);
    cloud.redwire(&SELECT).run().status(0).out_has("42");
    cloud.aws.inject("GetClusterCredentials", "throttle", 3);
    cloud
        .redwire(&SELECT)
        .run()
        .status(3)
        .err_has("08001")
        .err_has("AWS cannot answer GetClusterCredentials now");
    cloud.aws.inject("GetClusterCredentials", "proxy", 3);
    cloud
        .redwire(&SELECT)
        .run()
        .status(3)
        .err_has("answers 502, not as AWS does")
        .err_has("proxy");
    cloud.aws.inject("GetClusterCredentials", "close", 2);
    cloud.redwire(&SELECT).run().status(0).out_has("42");
    cloud.aws.inject("GetClusterCredentials", "close", 3);
    cloud.redwire(&SELECT).run().status(3).err_has("was lost");
    for (endpoint, host) in [
        ("http://127.0.0.1:1", "127.0.0.1"),
        ("https://no-such-region.invalid", "no-such-region.invalid"),
    ] {
        let done = cloud.redwire(&SELECT).env("AWS_ENDPOINT_URL", endpoint).run();
        done.status(3)
            .err_has(&format!("could not reach AWS at \"{host}\""))
            .err_has("check AWS_REGION");
    }
    let create = cloud.create("WORKGROUP = 'default' AWS_REGION = 'eu-west-1'");
    cloud
        .redwire(&["-c", &create.replace("CREATE", "CREATE OR REPLACE")])
        .run()
        .status(0);
    cloud.aws.inject("GetCredentials", "unavailable", 3);
    let done = cloud.redwire(&SELECT).run().status(3);
    done.err_has("AWS cannot answer GetCredentials now");
}

#[test]
fn a_clock_that_is_off_is_told() {
    let Some(mut cloud) = Cloud::with(CLUSTER) else { return };
    cloud.aws.change(&json!({ "clock": 3600 }));
    let done = cloud.redwire(&SELECT).run().status(1);
    done.err_has("the clock of this machine is 60 minutes behind");
    // The role is not what is wrong.
    let role = "SET AWS_ROLE = 'arn:aws:iam::123456789012:role/reader', EXTERNAL_ID = 'redwire'";
    cloud
        .redwire(&["-c", &format!("ALTER REDSHIFT CONNECTION c {role}")])
        .run()
        .status(0);
    let done = cloud.redwire(&SELECT).run().status(1);
    done.err_has("the clock of this machine is 60 minutes behind");
}

#[test]
fn credentials_do_not_cross_the_network_without_tls() {
    let Some(cloud) = Cloud::with(CLUSTER) else { return };
    let endpoint = "http://u:s3cret@aws.example.com";
    let done = cloud.redwire(&SELECT).env("AWS_ENDPOINT_URL", endpoint).run();
    done.status(3)
        .err_has("would send credentials without TLS")
        .err_has("https://")
        .nowhere("s3cret");
}

#[test]
fn a_proxy_is_not_asked_for_this_machine() {
    let Some(cloud) = Cloud::with(CLUSTER) else { return };
    for variable in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"] {
        let run = cloud.redwire(&SELECT).env(variable, "http://127.0.0.1:1");
        run.run().status(0).out_has("42");
    }
}

#[test]
fn a_question_that_hangs_ends_with_the_limit_of_the_login() {
    let Some(mut cloud) = Cloud::start() else { return };
    let create = cloud.create(CLUSTER).replace("?sslroot", "?loginTimeout=1&sslroot");
    cloud.redwire(&["-c", &create]).run().status(0);
    cloud.aws.inject("GetClusterCredentials", "hang", 1);
    let done = cloud.redwire(&SELECT).run().status(3);
    done.err_has("AWS did not answer within 1 s").err_has("loginTimeout");
}
