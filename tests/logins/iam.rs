//! Logins through AWS IAM.

use serde_json::json;

use super::Cloud;

const CLUSTER: &str = "USER_NAME = 'etl' CLUSTER = 'sales' AWS_REGION = 'eu-west-1'";
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
        let done = cloud.redwire(&["connect", "c", "-c", "SELECT 40 + 2 AS answer"]).run();
        done.status(0).out_has("42");
        assert_eq!(cloud.actions().last().unwrap(), action, "{options}");
    }
    let requests = cloud.aws.requests();
    assert!(requests.iter().all(|request| request["outcome"] == json!("ok")), "{requests:?}");
}
