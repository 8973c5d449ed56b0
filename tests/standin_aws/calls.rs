//! The signed calls: their answers, and the refusals of wrong ones.

use serde_json::{Value, json};

use super::{ROLE, boto3, call, run, with};
use crate::standin::aws::{ANALYST, Aws, DENIED, ETL, EXPIRED, Identity, REGION, scenario};

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
