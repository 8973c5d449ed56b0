//! The places where a client finds its keys.

use serde_json::json;

use super::{ROLE, boto3, call, run, said_to, with};
use crate::standin::aws::{ACCOUNT, Aws, ETL, REGION, SSO_PROFILE, scenario, write_sso_token};

#[test]
fn boto3_finds_keys_in_each_place() {
    let Some(aws) = Aws::start(&scenario(5439)) else {
        return;
    };
    let home = aws.file("");
    let file = |name| aws.file(name).to_str().expect("UTF-8").to_owned();
    let refreshed = aws.file("refreshed");
    write_sso_token(&home, "portal-token", "refresh-token", "2099-01-01T00:00:00Z");
    write_sso_token(&refreshed, "old-token", "refresh-token", "2020-01-01T00:00:00Z");
    let web_identity = format!(
        "[profile web]\nrole_arn = {ROLE}\nrole_session_name = redwire\n\
         web_identity_token_file = {}\n",
        file("web-identity")
    );
    std::fs::write(aws.file("web-identity"), "web-identity").expect("a file");
    std::fs::write(aws.file("config"), format!("{SSO_PROFILE}{web_identity}")).expect("a file");
    let chain = |place| with(&json!({ "service": "sts", "call": "get_caller_identity" }), place);
    let seen = run(
        &aws,
        "aws_requests.py",
        &json!([
            chain(json!({ "profile": "sso" })),
            chain(json!({ "profile": "sso", "environment": { "HOME": file("refreshed") } })),
            chain(json!({ "profile": "web" })),
            chain(json!({ "environment": {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": format!("{}/container", aws.endpoint()),
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "container-token",
            } })),
            chain(json!({ "environment": {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": null,
                "AWS_EC2_METADATA_DISABLED": "false",
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": aws.endpoint(),
            } })),
        ]),
        &[("HOME", &file(""))],
    );
    let arns: Vec<_> = seen.iter().map(|seen| seen["Arn"].as_str()).collect();
    let arn = |session| format!("arn:aws:sts::123456789012:assumed-role/{session}");
    let analyst = arn("AWSReservedSSO_analyst_0123456789abcdef/someone");
    let expected = [
        analyst.clone(),
        analyst,
        arn("reader/redwire"),
        arn("task/task"),
        arn("machine/i-0123456789abcdef0"),
    ];
    assert_eq!(arns, expected.each_ref().map(|arn| Some(arn.as_str())), "{seen:?}");
}

#[test]
fn keys_are_refused_without_the_right_token() {
    let Some(aws) = Aws::start(&scenario(5439)) else {
        return;
    };
    let role = |token, account, role| {
        let arguments = json!({ "accessToken": token, "accountId": account, "roleName": role });
        call("sso", "get_role_credentials", ETL, REGION, arguments)
    };
    let token = json!({
        "clientId": "client", "clientSecret": "secret", "grantType": "refresh_token",
        "refreshToken": "wrong",
    });
    let web_identity = json!({
        "RoleArn": ROLE, "RoleSessionName": "redwire", "WebIdentityToken": "wrong",
    });
    let web_identity = |more| {
        let arguments = with(&web_identity, more);
        call("sts", "assume_role_with_web_identity", ETL, REGION, arguments)
    };
    let right = json!({ "WebIdentityToken": "web-identity" });
    let seen = boto3(
        &aws,
        &[
            role("portal-token", ACCOUNT, "analyst"),
            web_identity(right.clone()),
            role("wrong", ACCOUNT, "analyst"),
            role("portal-token", ACCOUNT, "other"),
            call("sso-oidc", "create_token", ETL, REGION, token),
            web_identity(json!({})),
            web_identity(json!({ "RoleArn": "arn:aws:iam::123456789012:role/another" })),
            // A parameter that the stand-in does not know.
            web_identity(with(&right, json!({ "ProviderId": "www.example.com" }))),
        ],
    );
    assert!(seen[0]["roleCredentials"]["sessionToken"].is_string(), "{}", seen[0]);
    assert!(seen[1]["Credentials"]["SessionToken"].is_string(), "{}", seen[1]);
    let errors: Vec<_> = seen[2..].iter().map(|seen| (&seen["Code"], &seen["Status"])).collect();
    let expected = [
        ("UnauthorizedException", 401),
        ("ForbiddenException", 403),
        ("InvalidGrantException", 400),
        ("InvalidIdentityToken", 400),
        ("AccessDenied", 403),
        ("InvalidParameterValue", 400),
    ];
    let expected = expected.map(|(code, status)| (json!(code), json!(status)));
    assert_eq!(errors, expected.iter().map(|(code, status)| (code, status)).collect::<Vec<_>>());
}

#[test]
fn metadata_of_an_instance_needs_a_token() {
    let Some(aws) = Aws::start(&scenario(5439)) else {
        return;
    };
    let ttl = "X-aws-ec2-metadata-token-ttl-seconds: 60";
    let said = said_to(&aws, &format!("PUT /latest/api/token HTTP/1.0\r\n{ttl}\r\n\r\n"));
    assert!(said.contains(" 200 OK") && said.contains(ttl), "{said}");
    let said = said_to(&aws, "GET /latest/meta-data/placement/region HTTP/1.0\r\n\r\n");
    assert!(said.contains(" 401 Unauthorized"), "{said}");
}
