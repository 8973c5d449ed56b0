//! The stand-in for the AWS endpoints, which is aws.py.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::python::python;

/// The account of everything in [`scenario`].
pub const ACCOUNT: &str = "123456789012";

/// The region of the cluster, the workgroup and the secret in [`scenario`].
pub const REGION: &str = "eu-west-1";

/// The profile `sso`, for the configuration file.
pub const SSO_PROFILE: &str = "[profile sso]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = analyst
region = eu-west-1
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
sso_registration_scopes = sso:account:access
";

/// The file of the home where AWS's clients keep the token of that session: its name is the SHA-1
/// of `corp`.
const SSO_CACHE: &str = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

/// An identity of [`scenario`].
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    /// The access key.
    pub access_key: &'static str,
    /// The secret key.
    pub secret_key: &'static str,
    /// The session token of temporary credentials.
    pub session_token: Option<&'static str>,
    /// The ARN.
    pub arn: &'static str,
}

/// A user who may do everything.
pub const ETL: Identity = Identity {
    access_key: "AKIAETLETLETLETLETL1",
    secret_key: "etl/secret+key",
    session_token: None,
    arn: "arn:aws:iam::123456789012:user/etl",
};

/// A session of a role, which may do everything.
pub const ANALYST: Identity = Identity {
    access_key: "ASIAANALYSTANALYST01",
    secret_key: "analyst/secret+key",
    session_token: Some("analyst/token+=="),
    arn: "arn:aws:sts::123456789012:assumed-role/analyst/laptop",
};

/// A user who may get neither credentials nor secrets.
pub const DENIED: Identity = Identity {
    access_key: "AKIADENIEDDENIED0001",
    secret_key: "denied/secret+key",
    session_token: None,
    arn: "arn:aws:iam::123456789012:user/denied",
};

/// A session of a role that is over.
pub const EXPIRED: Identity = Identity {
    access_key: "ASIAEXPIREDEXPIRED01",
    secret_key: "expired/secret+key",
    session_token: Some("expired/token+=="),
    arn: "arn:aws:sts::123456789012:assumed-role/analyst/yesterday",
};

impl Identity {
    /// The variables of the environment that have its keys.
    pub fn environment(self) -> Vec<(&'static str, &'static str)> {
        let mut variables = vec![
            ("AWS_ACCESS_KEY_ID", self.access_key),
            ("AWS_SECRET_ACCESS_KEY", self.secret_key),
        ];
        variables.extend(self.session_token.map(|token| ("AWS_SESSION_TOKEN", token)));
        variables
    }

    fn in_scenario(self) -> Value {
        json!({
            "access_key": self.access_key, "secret_key": self.secret_key,
            "session_token": self.session_token, "arn": self.arn,
        })
    }
}

/// The identities above, the cluster `sales` with the database user `etl`, the workgroup `default`,
/// both at this port of localhost, the secret `prod/sales/etl` and the role `reader`, which the
/// user etl may assume with the external id `redwire`, and whoever has the web identity
/// `web-identity`. The SSO portal, the container (`container-token`) and the instance give out keys
/// of the roles `analyst`, `task` and `machine`.
pub fn scenario(port: u16) -> Value {
    let mut denied = DENIED.in_scenario();
    denied["denied"] = json!([
        "redshift:GetClusterCredentials",
        "redshift:GetClusterCredentialsWithIAM",
        "redshift:DescribeClusters",
        "redshift-serverless:GetCredentials",
        "redshift-serverless:GetWorkgroup",
        "secretsmanager:GetSecretValue",
    ]);
    let mut expired = EXPIRED.in_scenario();
    expired["expires"] = json!(0);
    let here = json!({ "region": REGION, "account": ACCOUNT, "host": "localhost", "port": port });
    let with = |members: Value| {
        let mut all = here.clone();
        all.as_object_mut()
            .expect("an object")
            .extend(members.as_object().expect("an object").clone());
        all
    };
    json!({
        "identities": [ETL.in_scenario(), ANALYST.in_scenario(), denied, expired],
        "clusters": [with(json!({ "id": "sales", "users": ["etl"] }))],
        "workgroups": [with(json!({ "name": "default" }))],
        "secrets": [with(json!({
            "name": "prod/sales/etl",
            "arn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/sales/etl-AbCdEf",
            "SecretString": "{}",
        }))],
        "roles": [{
            "arn": "arn:aws:iam::123456789012:role/reader",
            "external_id": "redwire",
            "trusted": [ETL.arn],
            "web_identity": "web-identity",
        }],
        "sso": [{
            "token": "portal-token", "refresh_token": "refresh-token",
            "account": ACCOUNT, "role": "analyst",
        }],
        "container": {
            "token": "container-token", "role": "arn:aws:iam::123456789012:role/task",
        },
        "instance": { "region": REGION, "role": "arn:aws:iam::123456789012:role/machine" },
    })
}

/// A running stand-in. Dropping it ends its process.
pub struct Aws {
    program: Child,
    output: BufReader<ChildStdout>,
    port: u16,
    folder: TempDir,
}

impl Aws {
    /// Starts one with this scenario. None where this machine lacks botocore: then it says so, and
    /// panics where CI=true.
    pub fn start(scenario: &Value) -> Option<Self> {
        let folder = TempDir::with_prefix("redwire-aws-").expect("a folder");
        let mut program = python()?
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/standin/aws.py"))
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python runs");
        let output = BufReader::new(program.stdout.take().expect("a pipe"));
        let mut aws = Self { program, output, port: 0, folder };
        aws.port = aws.send(scenario);
        Some(aws)
    }

    /// Replaces members of the scenario: `{"clock": 3600}` is an hour ahead,
    /// `{"password_validity": 0}` gives out passwords that have expired.
    pub fn change(&mut self, members: &Value) {
        self.send(members);
    }

    /// Lets the next calls of an action (`*` for any) go wrong: `throttle`, `unavailable`,
    /// `expired`, `proxy` (HTML with status 502), `hang`, `close`, or `stale` (a password that the
    /// server does not take any more).
    pub fn inject(&mut self, action: &str, fault: &str, times: u32) {
        self.send(&json!({ "inject": { "action": action, "fault": fault, "times": times } }));
    }

    fn send(&mut self, members: &Value) -> u16 {
        let input = self.program.stdin.as_mut().expect("a pipe");
        writeln!(input, "{members}").expect("it reads");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it answers");
        line.trim().parse().expect("its port")
    }

    /// The URL of all its endpoints.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A file of its folder; `config` and `credentials` are those of the environment.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The variables by which a program asks it and nobody else.
    pub fn environment(&self) -> [(&'static str, String); 4] {
        let path = |name| self.file(name).to_str().expect("UTF-8").to_owned();
        [
            ("AWS_ENDPOINT_URL", self.endpoint()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_CONFIG_FILE", path("config")),
            ("AWS_SHARED_CREDENTIALS_FILE", path("credentials")),
        ]
    }

    /// The calls that came, in their order: service, action, region, `access_key`, parameters and
    /// outcome (`ok`, an error's code or a fault).
    pub fn requests(&self) -> Vec<Value> {
        lines(&self.file("requests.jsonl"))
    }

    /// The file with the passwords that it gave out.
    pub fn logins(&self) -> PathBuf {
        self.file("logins.jsonl")
    }
}

impl Drop for Aws {
    fn drop(&mut self) {
        // It ends with its input, which this closes.
        let _ = self.program.wait();
    }
}

/// Writes what `aws sso login` leaves in a home: a token of the portal that expires then (in RFC
/// 3339), and one to refresh it.
pub fn write_sso_token(home: &Path, token: &str, refresh_token: &str, expires: &str) {
    let file = home.join(SSO_CACHE);
    let content = json!({
        "startUrl": "https://corp.awsapps.com/start", "region": REGION,
        "accessToken": token, "expiresAt": expires, "refreshToken": refresh_token,
        "clientId": "client", "clientSecret": "client secret",
        "registrationExpiresAt": "2099-01-01T00:00:00Z",
    });
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(file, content.to_string()).expect("a file");
}

/// The objects of a file of JSON lines, which may not be there yet.
pub fn lines(file: &Path) -> Vec<Value> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => panic!("{}: {error}", file.display()),
    };
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}
