//! The stand-in for the AWS endpoints, asked by clients that are not redwire: boto3, and AWS's
//! Python driver, which also logs in.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde_json::{Value, json};

use crate::standin::StandIn;
use crate::standin::aws::{
    ACCOUNT, ANALYST, Aws, DENIED, ETL, EXPIRED, Identity, REGION, SSO_PROFILE, scenario,
    write_sso_token,
};
use crate::support::postgres::{User, Wire};
use crate::support::python::python;

const ROLE: &str = "arn:aws:iam::123456789012:role/reader";

#[test]
fn boto3_gets_credentials_of_a_cluster() {
    let Some(aws) = Aws::start(&scenario(5439)) else {
        return;
    };
    let call = |identity, region, arguments| {
        call("redshift", "get_cluster_credentials", identity, region, arguments)
    };
    let wanted = json!({ "DbUser": "etl", "DbName": "dev", "ClusterIdentifier": "sales" });
    let wrong = Identity { secret_key: "wrong", ..ETL };
    let foreign = Identity {
        session_token: ANALYST.session_token,
        ..EXPIRED
    };
    let seen = boto3(
        &aws,
        &[
            call(ETL, REGION, with(&wanted, json!({ "DurationSeconds": 3600 }))),
            call(
                ANALYST,
                REGION,
                with(&wanted, json!({ "AutoCreate": true, "DbGroups": ["a", "b"] })),
            ),
            call(wrong, REGION, wanted.clone()),
            call(ETL, "nowhere", wanted.clone()),
            call(foreign, REGION, wanted.clone()),
            call(EXPIRED, REGION, wanted.clone()),
            call(DENIED, REGION, wanted.clone()),
            call(ETL, "us-east-1", wanted.clone()),
            call(ETL, REGION, with(&wanted, json!({ "ClusterIdentifier": "Sales" }))),
            call(ETL, REGION, with(&wanted, json!({ "DurationSeconds": 60 }))),
            call(ETL, REGION, with(&wanted, json!({ "DbGroups": ["Upper"] }))),
            call(ETL, REGION, with(&wanted, json!({ "DbUser": "a/b" }))),
        ],
    );
    for (seen, user) in seen.iter().zip(["IAM:etl", "IAMA:etl"]) {
        assert_eq!(seen["DbUser"], user, "{seen}");
        let password = seen["DbPassword"].as_str().expect("a password");
        assert!(password.contains('/') && password.ends_with("=="), "{password}");
    }
    assert_ne!(seen[0]["DbPassword"], seen[1]["DbPassword"]);
    let errors: Vec<_> = seen[2..].iter().map(|seen| (&seen["Code"], &seen["Status"])).collect();
    let expected = [
        ("SignatureDoesNotMatch", 403),
        ("SignatureDoesNotMatch", 403),
        ("InvalidClientTokenId", 403),
        ("ExpiredToken", 403),
        ("AccessDenied", 403),
        ("ClusterNotFound", 404),
        ("ClusterNotFound", 404),
        ("InvalidParameterValue", 400),
        ("InvalidParameterValue", 400),
        ("InvalidParameterValue", 400),
    ];
    let expected = expected.map(|(code, status)| (json!(code), json!(status)));
    assert_eq!(errors, expected.iter().map(|(code, status)| (code, status)).collect::<Vec<_>>());
    let valid_region = "Credential should be scoped to a valid region, not 'nowhere'. ";
    assert_eq!(seen[3]["Message"], valid_region);
    let denied = "User: arn:aws:iam::123456789012:user/denied is not authorized to perform: \
                  redshift:GetClusterCredentials on resource: \
                  arn:aws:redshift:eu-west-1:123456789012:dbuser:sales/etl \
                  because no identity-based policy allows the redshift:GetClusterCredentials action";
    assert_eq!(seen[6]["Message"], denied);
    assert_eq!(seen[8]["Message"], "Cluster Sales not found.");
    let requests = aws.requests();
    let parameters = json!({
        "DbUser": "etl", "DbName": "dev", "ClusterIdentifier": "sales", "AutoCreate": "true",
        "DbGroups.DbGroup.1": "a", "DbGroups.DbGroup.2": "b",
    });
    let expected = json!({
        "service": "redshift", "action": "GetClusterCredentials", "region": REGION,
        "access_key": ANALYST.access_key, "parameters": parameters, "outcome": "ok",
    });
    assert_eq!(requests[1], expected);
}

#[test]
fn new_users_and_groups_need_a_policy() {
    let mut scenario = scenario(5439);
    scenario["identities"][0]["denied"] =
        json!(["redshift:CreateClusterUser", "redshift:JoinGroup"]);
    let Some(aws) = Aws::start(&scenario) else {
        return;
    };
    let call = |more| {
        let wanted = json!({ "DbUser": "etl", "ClusterIdentifier": "sales" });
        call("redshift", "get_cluster_credentials", ETL, REGION, with(&wanted, more))
    };
    let seen = boto3(
        &aws,
        &[
            call(json!({})),
            call(json!({ "AutoCreate": true })),
            call(json!({ "DbGroups": ["loaders"] })),
        ],
    );
    assert_eq!(seen[0]["DbUser"], "IAM:etl");
    for (seen, action, resource) in [
        (&seen[1], "redshift:CreateClusterUser", "dbuser:sales/etl"),
        (&seen[2], "redshift:JoinGroup", "dbgroup:sales/loaders"),
    ] {
        let message = seen["Message"].as_str().expect("a message");
        let denied = format!(
            "not authorized to perform: {action} on resource: \
             arn:aws:redshift:eu-west-1:123456789012:{resource} "
        );
        assert!(message.contains(&denied), "{message}");
    }
}

#[test]
fn boto3_makes_each_other_signed_call() {
    let Some(aws) = Aws::start(&scenario(5439)) else {
        return;
    };
    let call =
        |service, name, identity, arguments| call(service, name, identity, REGION, arguments);
    let serverless = |name, identity, workgroup| {
        call("redshift-serverless", name, identity, json!({ "workgroupName": workgroup }))
    };
    let role = json!({ "RoleArn": ROLE, "RoleSessionName": "redwire" });
    let wrong = Identity { secret_key: "wrong", ..ETL };
    let seen = boto3(
        &aws,
        &[
            call("redshift", "describe_clusters", ETL, json!({ "ClusterIdentifier": "sales" })),
            call(
                "redshift",
                "get_cluster_credentials_with_iam",
                ANALYST,
                json!({ "ClusterIdentifier": "sales" }),
            ),
            serverless("get_credentials", ETL, "default"),
            serverless("get_workgroup", ETL, "default"),
            call("sts", "get_caller_identity", ANALYST, json!({})),
            call("sts", "assume_role", ETL, with(&role, json!({ "ExternalId": "redwire" }))),
            call(
                "secretsmanager",
                "get_secret_value",
                ETL,
                json!({ "SecretId": "prod/sales/etl" }),
            ),
            serverless("get_credentials", ETL, "nobody"),
            serverless("get_credentials", wrong, "default"),
            serverless("get_credentials", EXPIRED, "default"),
            serverless("get_credentials", DENIED, "default"),
            call("sts", "assume_role", ETL, role.clone()),
            call("sts", "assume_role", ANALYST, with(&role, json!({ "ExternalId": "redwire" }))),
            call("secretsmanager", "get_secret_value", ETL, json!({ "SecretId": "nobody" })),
            call(
                "secretsmanager",
                "get_secret_value",
                DENIED,
                json!({ "SecretId": "prod/sales/etl" }),
            ),
        ],
    );
    let endpoint = json!({ "Address": "localhost", "Port": 5439 });
    assert_eq!(seen[0]["Clusters"][0]["Endpoint"], endpoint);
    assert_eq!(seen[1]["DbUser"], "IAMR:analyst");
    assert_eq!(seen[2]["dbUser"], "IAM:etl");
    assert_eq!(seen[3]["workgroup"]["endpoint"]["port"], 5439);
    assert_eq!(seen[4]["Arn"], ANALYST.arn);
    let session = "arn:aws:sts::123456789012:assumed-role/reader/redwire";
    assert_eq!(seen[5]["AssumedRoleUser"]["Arn"], session);
    assert_eq!(seen[6]["SecretString"], "{}");
    let errors: Vec<_> = seen[7..].iter().map(|seen| seen["Code"].clone()).collect();
    let expected = [
        "ResourceNotFoundException",
        "InvalidSignatureException",
        "ExpiredTokenException",
        "AccessDeniedException",
        "AccessDenied",
        "AccessDenied",
        "ResourceNotFoundException",
        "AccessDeniedException",
    ];
    assert_eq!(errors, expected);
    assert_eq!(seen[7]["Message"], "Serverless workgroup nobody not found.");
}

#[test]
fn moto_answers_as_the_standin_does() {
    let Some(aws) = Aws::start(&scenario(5439)) else {
        return;
    };
    let credentials =
        |arguments| call("redshift", "get_cluster_credentials", ETL, REGION, arguments);
    let secret = |id| {
        let arguments = json!({ "SecretId": id });
        call("secretsmanager", "get_secret_value", ETL, REGION, arguments)
    };
    let role = json!({ "RoleArn": ROLE, "RoleSessionName": "redwire", "ExternalId": "redwire" });
    let wanted = json!({ "DbUser": "etl", "ClusterIdentifier": "sales" });
    let calls = json!([
        credentials(wanted.clone()),
        credentials(with(&wanted, json!({ "AutoCreate": true }))),
        call("sts", "get_caller_identity", ETL, REGION, json!({})),
        call("sts", "assume_role", ETL, REGION, role),
        secret("prod/sales/etl"),
        credentials(with(&wanted, json!({ "ClusterIdentifier": "nobody" }))),
        secret("nobody"),
    ]);
    let ours = run(&aws, "aws_requests.py", &calls, &[]);
    // moto takes the calls to AWS's own endpoints.
    let mut theirs =
        run(&aws, "aws_moto.py", &calls, &[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")]);
    // AWS has it where a policy was sent.
    theirs[3].as_object_mut().expect("an object").remove("PackedPolicySize");
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(shape(ours), shape(theirs));
    }
    for (call, name) in [(0, "DbUser"), (1, "DbUser"), (4, "SecretString")] {
        assert_eq!(ours[call][name], theirs[call][name]);
    }
    for call in [5, 6] {
        for name in ["Code", "Message"] {
            assert_eq!(ours[call][name], theirs[call][name]);
        }
    }
}

/// The same value with nothing in it but names and types.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), shape(value))).collect()
        }
        Value::Array(values) => values.iter().map(shape).collect(),
        Value::String(_) => json!("a string"),
        Value::Number(_) => json!("a number"),
        Value::Bool(_) => json!("a boolean"),
        Value::Null => Value::Null,
    }
}

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

#[test]
fn calls_go_wrong_on_demand() {
    let Some(mut aws) = Aws::start(&scenario(5439)) else {
        return;
    };
    let faults = ["throttle", "unavailable", "expired", "proxy", "close"];
    for fault in faults {
        aws.inject("GetCallerIdentity", fault, 1);
    }
    let call = json!({ "service": "sts", "call": "get_caller_identity" });
    let seen = run(&aws, "aws_requests.py", &json!(vec![call.clone(); 6]), &ETL.environment());
    let codes: Vec<_> = seen.iter().map(|seen| seen["Code"].as_str()).collect();
    let expected = [
        Some("Throttling"),
        Some("InternalFailure"),
        Some("ExpiredToken"),
        Some("502"),
        Some("ConnectionClosedError"),
        None,
    ];
    assert_eq!(codes, expected, "{seen:?}");
}

#[test]
fn the_clock_of_aws_may_be_another() {
    let Some(mut aws) = Aws::start(&scenario(5439)) else {
        return;
    };
    let mut ask = |clock: i64| {
        aws.change(&json!({ "clock": clock }));
        let call = json!([{ "service": "sts", "call": "get_caller_identity" }]);
        let seen = run(&aws, "aws_requests.py", &call, &ETL.environment()).remove(0);
        let date = seen["Date"].as_str().map(|date| rfc2822::parse(date).expect("a date"));
        let ahead = date.map(|date| date.timestamp() > Timestamp::now());
        (
            seen["Code"].clone(),
            seen["Message"].as_str().unwrap_or_default().to_owned(),
            ahead,
        )
    };
    let (code, message, is_ahead) = ask(3600);
    assert_eq!((code, is_ahead), (json!("SignatureDoesNotMatch"), Some(true)));
    assert!(message.starts_with("Signature expired: "), "{message}");
    assert!(message.ends_with(" - 5 min.)"), "{message}");
    let (code, message, is_ahead) = ask(-3600);
    assert_eq!((code, is_ahead), (json!("SignatureDoesNotMatch"), Some(false)));
    assert!(message.starts_with("Signature not yet current: "), "{message}");
    assert_eq!(ask(200).0, Value::Null);
}

#[test]
fn a_call_may_never_be_answered() {
    let Some(mut aws) = Aws::start(&scenario(5439)) else {
        return;
    };
    aws.inject("*", "hang", 1);
    assert_eq!(said_to(&aws, "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"), "");
    assert_eq!(aws.requests()[0]["outcome"], "hang");
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

/// The whole answer to a request, after which the client only listens.
fn said_to(aws: &Aws, request: &str) -> String {
    let address = aws.endpoint().replace("http://", "");
    let mut socket = TcpStream::connect(address).expect("it listens");
    socket.write_all(request.as_bytes()).expect("it reads");
    socket.shutdown(Shutdown::Write).expect("it is open");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("it is closed");
    answer
}

fn with(members: &Value, more: Value) -> Value {
    let mut all = members.clone();
    let Value::Object(more) = more else {
        panic!("{more} is no object")
    };
    all.as_object_mut().expect("an object").extend(more);
    all
}

fn call(service: &str, name: &str, identity: Identity, region: &str, arguments: Value) -> Value {
    let mut call = json!({
        "service": service, "call": name, "region": region,
        "keys": {
            "access_key": identity.access_key, "secret_key": identity.secret_key,
            "session_token": identity.session_token,
        },
    });
    call["arguments"] = arguments;
    call
}

/// The answers that boto3 gets to these calls, or the errors.
fn boto3(aws: &Aws, calls: &[Value]) -> Vec<Value> {
    run(aws, "aws_requests.py", &json!(calls), &[])
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

fn run(aws: &Aws, script: &str, argument: &Value, environment: &[(&str, &str)]) -> Vec<Value> {
    let mut python = python().expect("the stand-in runs by it");
    python
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/standin").join(script))
        .arg(argument.to_string())
        .envs(aws.environment())
        .envs(environment.iter().copied());
    let output = python.output().expect("Python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}
