//! dbt's `profiles.yml`: profiles with outputs (dbt documentation, "Connection profiles", "Redshift
//! setup", "Postgres setup"; the keys are those of `RedshiftCredentials` and `PostgresCredentials`
//! in dbt-labs/dbt-adapters).

use super::document::Node;
use super::template::render;
use super::{
    ForeignConnection, ForeignLogin, IAM, MalformedFile, POSTGRES_PORT, VariableLookup, login, yaml,
};
use crate::url::{DEFAULT_PORT, ForeignParameters};

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
    match rendered("method")?.as_deref() {
        None | Some("" | "database") => {}
        Some("iam" | "iam_role") => return Err(IAM.to_owned()),
        Some(_) => return Err("its method is neither database nor iam".to_owned()),
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
    login(parameters, if is_redshift { DEFAULT_PORT } else { POSTGRES_PORT })
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
      role: # none
      ra3_node: true
    prod:
      <<: *dev
      password: 'it''s'
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
        assert_eq!(login.user, "etl");
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
            ("jaffle_shop_iam", IAM),
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
}
