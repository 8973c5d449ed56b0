//! dbt's `profiles.yml`: profiles with outputs (dbt documentation, "Connection profiles", "Redshift
//! setup", "Postgres setup"; the keys are those of `RedshiftCredentials` and `PostgresCredentials`
//! in dbt-labs/dbt-adapters).

use super::document::Node;
use super::template::render;
use super::{
    ForeignConnection, ForeignLogin, MalformedFile, NO_USER, POSTGRES_PORT, VariableLookup, login,
    login_by, yaml,
};
use crate::definition::{LoginOption, LoginOptions};
use crate::url::{AwsHost, DEFAULT_PORT, ForeignParameters, LoginScheme};

/// Keys that steer dbt and not its connection.
const OF_DBT: [&str; 8] = [
    "type",
    "method",
    "schema",
    "threads",
    "retries",
    "autocommit",
    "ra3_node",
    "target",
];

/// The outputs of all profiles, each named after its profile and itself.
pub(super) fn read(
    text: &str,
    variables: VariableLookup<'_>,
) -> Result<Vec<ForeignConnection>, MalformedFile> {
    let document = yaml::parse(text)?;
    if !matches!(document, Node::Map(_)) {
        return Err(MalformedFile { problem: "has no profiles", place: None });
    }
    let mut found = Vec::new();
    // `config` holds settings of dbt itself.
    for (profile, content) in document.entries().iter().filter(|(name, _)| name != "config") {
        let outputs = content.get("outputs").map(Node::entries).unwrap_or_default();
        if outputs.is_empty() {
            let login = Err("it has no outputs".to_owned());
            found.push(ForeignConnection { name: profile.clone(), login });
        }
        found.extend(outputs.iter().map(|(output, settings)| ForeignConnection {
            name: format!("{profile}_{output}"),
            login: read_output(settings, variables),
        }));
    }
    Ok(found)
}

fn read_output(output: &Node, variables: VariableLookup<'_>) -> Result<ForeignLogin, String> {
    let rendered = |key: &str| output.text(key).map(|text| render(text, variables)).transpose();
    let kind = rendered("type")?.unwrap_or_default();
    let is_redshift = kind == "redshift";
    if !is_redshift && kind != "postgres" {
        return Err(other_type(&kind));
    }
    let method = rendered("method")?.unwrap_or_default();
    let is_iam = ["iam", "iam_role"].contains(&method.as_str());
    if !is_iam && !["", "database"].contains(&method.as_str()) {
        return Err("its method is none of database, iam and iam_role".to_owned());
    }
    for [key, other] in [["dbname", "database"], ["pass", "password"]] {
        if output.get(key).is_some() && output.get(other).is_some() {
            return Err(format!("it has both {key} and {other}"));
        }
    }
    let mut parameters = ForeignParameters::default();
    for (key, value) in output.settings() {
        match value {
            _ if OF_DBT.contains(&key) => {}
            Node::Null => {}
            Node::Text(_) => {
                let value = rendered(key)?.unwrap_or_default();
                // dbt's documentation writes so what is not set, and YAML reads a text.
                if value == "None" && !["pass", "password"].contains(&key) {
                    continue;
                }
                let value = if is_redshift && key == "sslmode" {
                    sslmode(&value)
                } else {
                    &value
                };
                parameters.set(key, value.to_owned());
            }
            Node::List(_) | Node::Map(_) => {
                parameters.others.insert(key.to_owned(), String::new());
            }
        }
    }
    if is_iam {
        return iam_login(output, parameters, method == "iam");
    }
    login(parameters, if is_redshift { DEFAULT_PORT } else { POSTGRES_PORT })
}

/// A login through AWS (`RedshiftConnectMethodFactory` in dbt-adapters): `iam` as the database
/// user, `iam_role` as the identity. A workgroup has only the second.
fn iam_login(
    output: &Node,
    mut parameters: ForeignParameters,
    names_user: bool,
) -> Result<ForeignLogin, String> {
    if ["access_key_id", "secret_access_key"]
        .iter()
        .any(|key| output.text(key).is_some())
    {
        return Err("it has keys of AWS, which belong in a profile of AWS".to_owned());
    }
    let mut take = |key: &str| parameters.others.remove(key).filter(|value| !value.is_empty());
    let mut options = LoginOptions::default();
    options.set(LoginOption::AwsProfile, take("iam_profile"));
    let (cluster, region) = (take("cluster_id"), take("region"));
    let auto_create = take("autocreate").filter(|value| value.eq_ignore_ascii_case("true"));
    parameters.others.remove("db_groups");
    parameters.password = None;
    let user = parameters.user.take().filter(|_| names_user);
    let mut login = login_by(LoginScheme::Iam, parameters, DEFAULT_PORT)?;
    let aws = login.endpoint.aws.clone();
    options.set(LoginOption::AwsRegion, region.filter(|region| aws.region() != Some(region)));
    let is_named =
        |name: &String| matches!(&aws, AwsHost::Cluster { cluster, .. } if cluster == name);
    let is_workgroup = cluster.is_none() && matches!(aws, AwsHost::Workgroup { .. });
    options.set(LoginOption::Cluster, cluster.filter(|name| !is_named(name)));
    if !is_workgroup && names_user {
        options.set(LoginOption::AutoCreateUser, auto_create.map(|_| "true".to_owned()));
        options.set(LoginOption::DbGroups, groups(output));
        login.user = Some(user.ok_or(NO_USER)?);
    } else if user.is_some() || auto_create.is_some() || groups(output).is_some() {
        login.notes.push("user and groups follow from the identity of AWS".to_owned());
    }
    login.options = options;
    Ok(login)
}

/// The database groups that the session joins, separated by commas.
fn groups(output: &Node) -> Option<String> {
    let Some(Node::List(groups)) = output.get("db_groups") else {
        return None;
    };
    let groups: Vec<&str> = groups.iter().filter_map(Node::as_text).collect();
    (!groups.is_empty()).then(|| groups.join(","))
}

/// The mode that dbt-redshift gives to AWS's driver in place of the one in the file
/// (`SSL_MODE_TRANSLATION`).
fn sslmode(mode: &str) -> &str {
    match mode {
        "allow" | "prefer" | "require" => "verify-ca",
        mode => mode,
    }
}

/// The reason for a type of another database; a text that is no word is not repeated.
pub(super) fn other_type(kind: &str) -> String {
    let is_word = !kind.is_empty()
        && kind.len() < 32
        && kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_word {
        format!("its type is {kind}")
    } else {
        "its type is neither redshift nor postgres".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    /// The shape of the examples in dbt's documentation.
    const FILE: &str = "
config:
  send_anonymous_usage_stats: false
jaffle_shop:
  target: dev
  outputs:
    dev: &dev
      type: redshift
      host: \"{{ env_var('DBT_HOST') }}\"
      user: \"{{ env_var('DBT_USER', 'etl') }}\"
      password: \"{{ env_var('DBT_ENV_SECRET_PASSWORD') }}\"
      port: 5439
      dbname: analytics
      schema: dbt_etl
      threads: 4
      keepalives_idle: 240
      connect_timeout: 30
      sslmode: prefer
      role: None
      ra3_node: true
    prod:
      <<: *dev
      password: 'it''s'
      connect_timeout: None
      dbname: prod
    iam:
      type: redshift
      method: iam
      cluster_id: sales
    broken:
      <<: *dev
      host: \"{{ env_var('UNSET') }}\"
local:
  outputs:
    dev:
      type: postgres
      host: localhost
      user: me
      pass: p
      database: me
    duck: {type: redshift, host: first}
    duck: {type: duckdb, path: x.db}
    both: {type: redshift, host: h, user: u, pass: a, password: b}
empty: {}
";

    fn found() -> Vec<ForeignConnection> {
        let variables = |name: &str| match name {
            "DBT_HOST" => Some("sales.example.com".to_owned()),
            "DBT_ENV_SECRET_PASSWORD" => Some("s3cret".to_owned()),
            _ => None,
        };
        read(FILE, &variables).unwrap()
    }

    fn login_of(name: &str) -> Result<ForeignLogin, String> {
        found().into_iter().find(|found| found.name == name).unwrap().login
    }

    #[test]
    fn an_output_is_a_connection() {
        let login = login_of("jaffle_shop_dev").unwrap();
        assert_eq!(
            login.url,
            "jdbc:redshift://sales.example.com:5439/analytics?connectTimeout=30&sslmode=verify-ca"
        );
        assert_eq!(login.user.as_deref(), Some("etl"));
        assert_eq!(login.password.unwrap().expose_secret(), "s3cret");
        assert_eq!(login.notes, ["not taken over: keepalives_idle"]);
        let login = login_of("local_dev").unwrap();
        assert_eq!(login.url, "jdbc:redshift://localhost:5432/me");
    }

    #[test]
    fn a_key_of_its_own_counts_more_than_a_merged_one() {
        let login = login_of("jaffle_shop_prod").unwrap();
        assert!(login.url.contains("/prod?"), "{}", login.url);
        assert_eq!(login.password.unwrap().expose_secret(), "it's");
    }

    #[test]
    fn what_is_left_out_has_a_reason() {
        for (name, reason) in [
            ("jaffle_shop_iam", "it names no host"),
            ("jaffle_shop_broken", "environment variable UNSET is not set"),
            ("local_duck", "its type is duckdb"),
            ("local_both", "it has both pass and password"),
            ("empty", "it has no outputs"),
        ] {
            assert_eq!(login_of(name).unwrap_err(), reason);
        }
        assert_eq!(other_type("S3 cret"), "its type is neither redshift nor postgres");
        assert_eq!(read("- a", &|_| None).unwrap_err().to_string(), "has no profiles");
    }

    /// The URL, the user, the options and the notes of a login through AWS.
    fn iam(settings: &str) -> Result<(String, Option<String>, String, String), String> {
        let text = format!("p: {{outputs: {{o: {{type: redshift, dbname: d, {settings}}}}}}}");
        let found = read(&text, &|_| None).unwrap().remove(0).login?;
        let options: Vec<String> = found
            .options
            .iter()
            .map(|(option, value)| format!("{}={value}", option.column()))
            .collect();
        Ok((found.url, found.user, options.join(" "), found.notes.join("; ")))
    }

    #[test]
    fn a_login_through_aws_has_its_options() {
        let host = "sales.abc123.eu-west-1.redshift.amazonaws.com";
        let settings = format!(
            "method: iam, host: {host}, port: 5439, user: etl, password: p, cluster_id: sales, \
             region: eu-west-1, iam_profile: analytics, autocreate: true, db_groups: [a, b]"
        );
        let (url, user, options, notes) = iam(&settings).unwrap();
        assert_eq!(url, format!("jdbc:redshift:iam://{host}:5439/d"));
        assert_eq!((user.as_deref(), notes.as_str()), (Some("etl"), ""));
        assert_eq!(options, "aws_profile=analytics auto_create_user=true db_groups=a,b");
        let tunnel = "host: 127.0.0.1, cluster_id: sales, region: eu-west-1, user: etl";
        let (_, user, options, notes) = iam(&format!("method: iam_role, {tunnel}")).unwrap();
        assert_eq!((user, options.as_str()), (None, "aws_region=eu-west-1 cluster=sales"));
        assert_eq!(notes, "");
    }

    #[test]
    fn a_workgroup_has_the_user_of_the_identity() {
        let host = "default.123456789012.eu-west-1.redshift-serverless.amazonaws.com";
        let (_, user, options, notes) =
            iam(&format!("method: iam, host: {host}, user: etl")).unwrap();
        assert_eq!((user, options.as_str()), (None, ""));
        assert_eq!(notes, "user and groups follow from the identity of AWS");
    }

    #[test]
    fn a_login_through_aws_with_keys_or_without_tls_is_left_out() {
        let host = "host: sales.abc123.eu-west-1.redshift.amazonaws.com";
        let keys = "it has keys of AWS, which belong in a profile of AWS";
        assert_eq!(
            iam(&format!("method: iam, {host}, user: u, access_key_id: A, secret_access_key: S")),
            Err(keys.to_owned())
        );
        assert_eq!(iam(&format!("method: iam, {host}")), Err(NO_USER.to_owned()));
        assert!(iam(&format!("method: iam, {host}, user: u, sslmode: disable")).is_err());
    }
}
