//! The identities that call AWS: profiles, roles, SSO, web identity, containers, instances.

use crate::standin::aws::{DENIED, ETL, SSO_PROFILE, write_sso_token};

use super::{CLUSTER, Cloud, SELECT};

fn profile(name: &str) -> String {
    format!(
        "[profile {name}]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        ETL.access_key, ETL.secret_key
    )
}

fn write_config(cloud: &Cloud, text: &str) {
    std::fs::write(cloud.aws.file("config"), text).expect("a file");
}

#[test]
fn a_profile_wins_over_keys_in_the_environment() {
    let Some(cloud) = Cloud::with(&format!("{CLUSTER} AWS_PROFILE = 'analytics'")) else {
        return;
    };
    write_config(&cloud, &profile("analytics"));
    let mut run = cloud.without_keys(&SELECT);
    for (name, value) in DENIED.environment() {
        run = run.env(name, value);
    }
    run.run().status(0).out_has("42");
    assert_eq!(cloud.last_key(), ETL.access_key);
}

#[test]
fn without_a_profile_the_environment_chooses() {
    let Some(cloud) = Cloud::with(CLUSTER) else { return };
    write_config(&cloud, &profile("analytics"));
    cloud.without_keys(&SELECT).env("AWS_PROFILE", "analytics").run().status(0);
    assert_eq!(cloud.last_key(), ETL.access_key);
}

#[test]
fn a_role_is_assumed_with_its_external_id() {
    let role = "AWS_ROLE = 'arn:aws:iam::123456789012:role/reader'";
    let Some(cloud) = Cloud::with(&format!("{CLUSTER} {role} EXTERNAL_ID = 'redwire'")) else {
        return;
    };
    cloud.redwire(&SELECT).run().status(0).out_has("42");
    assert_eq!(cloud.actions(), ["AssumeRole", "GetClusterCredentials"]);
    assert!(cloud.last_key().starts_with("ASIA"), "{}", cloud.last_key());
    // A test finds the identity once for both of its questions.
    cloud.redwire(&["-c", "TEST CONNECTION c"]).run().status(0);
    let test = ["AssumeRole", "GetCallerIdentity", "GetClusterCredentials"];
    assert_eq!(cloud.actions()[2..], test);
}

#[test]
fn an_sso_session_gives_keys() {
    let Some(cloud) = Cloud::with(&format!("{CLUSTER} AWS_PROFILE = 'sso'")) else {
        return;
    };
    write_config(&cloud, SSO_PROFILE);
    write_sso_token(cloud.home.path(), "portal-token", "refresh-token", "2099-01-01T00:00:00Z");
    cloud.without_keys(&SELECT).run().status(0).out_has("42");
}

#[test]
fn a_machine_gives_keys() {
    let Some(cloud) = Cloud::with(CLUSTER) else { return };
    let endpoint = cloud.aws.endpoint();
    cloud
        .without_keys(&SELECT)
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{endpoint}/container"))
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token")
        .run()
        .status(0);
    cloud
        .without_keys(&SELECT)
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &endpoint)
        .env("AWS_EC2_METADATA_DISABLED", "false")
        .run()
        .status(0);
    let token = cloud.home.write("token", "web-identity");
    cloud
        .without_keys(&SELECT)
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", token)
        .env("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/reader")
        .env("AWS_ROLE_SESSION_NAME", "redwire")
        .env("AWS_REGION", "eu-west-1")
        .run()
        .status(0);
    assert_eq!(cloud.count("GetClusterCredentials"), 3);
}

/// A profile may start a program, which must not see how the vault is opened.
#[test]
fn a_program_of_a_profile_gets_no_secret() {
    let Some(cloud) = Cloud::with(&format!("{CLUSTER} AWS_PROFILE = 'vended'")) else {
        return;
    };
    let seen = cloud.home.file("seen");
    let keys = format!(
        "{{\"Version\": 1, \"AccessKeyId\": \"{}\", \"SecretAccessKey\": \"{}\"}}",
        ETL.access_key, ETL.secret_key
    );
    let keys = cloud.home.write("keys.json", keys);
    let command = format!("env > {}; cat {}", seen.display(), keys.display());
    write_config(&cloud, &format!("[profile vended]\ncredential_process = {command}\n"));
    let run = cloud.without_keys(&SELECT).env("REDWIRE_VAULT_PASSPHRASE", "open sesame");
    run.run().status(0).out_has("42");
    let seen = std::fs::read_to_string(seen).expect("the program's environment");
    assert!(seen.contains("HOME=") && !seen.contains("open sesame"), "{seen}");
    // The path of a profile may begin at the home folder.
    let text = std::fs::read_to_string(cloud.aws.file("config")).expect("the profiles");
    cloud.home.write("profiles", text);
    let run = cloud.without_keys(&SELECT).env("REDWIRE_VAULT_PASSPHRASE", "open sesame");
    run.env("AWS_CONFIG_FILE", "~/profiles").run().status(0);
    // A space of the shell's words is as the profile has it.
    cloud.without_keys(&SELECT).run().status(0);
}
