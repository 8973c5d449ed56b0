//! sling's `env.yaml`: its map `connections` (sling documentation, "Environment", "Redshift"; the
//! keys are those of `core/dbio/connection/connection.go` in slingdata-io/sling-cli).

use super::dbt::other_type;
use super::document::Node;
use super::template::not_set;
use super::{
    ForeignConnection, ForeignLogin, MalformedFile, POSTGRES_PORT, TUNNEL, VariableLookup, login,
    yaml,
};
use crate::url::{DEFAULT_PORT, ForeignParameters};

/// Keys that steer sling and not its connection.
const OF_SLING: [&str; 4] = ["type", "url", "name", "schema"];

/// The connections of the file.
pub(super) fn read(
    text: &str,
    variables: VariableLookup<'_>,
) -> Result<Vec<ForeignConnection>, MalformedFile> {
    let document = yaml::parse(text)?;
    let connections = document.get("connections");
    let connections = connections.ok_or(MalformedFile {
        problem: "has no connections",
        place: None,
    })?;
    let read = |(name, settings): &(String, Node)| ForeignConnection {
        name: name.clone(),
        login: read_connection(settings, variables),
    };
    Ok(connections.entries().iter().map(read).collect())
}

fn read_connection(settings: &Node, variables: VariableLookup<'_>) -> Result<ForeignLogin, String> {
    let expanded = |key: &str| settings.text(key).map(|text| expand(text, variables)).transpose();
    let url = expanded("url")?.filter(|url| !url.is_empty());
    let scheme = url.as_deref().and_then(|url| url.split("://").next()).map(str::to_owned);
    let kind = expanded("type")?.or(scheme).unwrap_or_default().to_lowercase();
    let is_redshift = kind == "redshift";
    if !is_redshift && kind != "postgres" && kind != "postgresql" {
        return Err(other_type(&kind));
    }
    if settings.text("ssh_tunnel").is_some_and(|tunnel| !tunnel.is_empty()) {
        return Err(TUNNEL.to_owned());
    }
    let mut parameters = match &url {
        Some(url) => ForeignParameters::from_uri(url)
            .ok_or("its url is none of Redshift or PostgreSQL, or not percent-encoded")?,
        None => ForeignParameters::default(),
    };
    for key in settings.settings().into_keys() {
        // The credentials of a bucket are sling's own.
        if OF_SLING.contains(&key) || key.starts_with("aws_") {
            continue;
        }
        if let Some(value) = expanded(key)? {
            parameters.set(key, value);
        }
    }
    login(parameters, if is_redshift { DEFAULT_PORT } else { POSTGRES_PORT })
}

/// The text with its variables filled in: `${NAME}` anywhere, `$NAME` alone. sling takes a text
/// that begins with `$` and names no variable as it is.
fn expand(text: &str, variables: VariableLookup<'_>) -> Result<String, String> {
    if let Some(name) = text.strip_prefix('$').filter(|name| !name.starts_with('{')) {
        return Ok(variables(name).unwrap_or_else(|| text.to_owned()));
    }
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        let Some((name, after)) = behind.split_once('}') else {
            break;
        };
        expanded.push_str(before);
        expanded.push_str(&variables(name).ok_or_else(|| not_set(name))?);
        rest = after;
    }
    expanded.push_str(rest);
    Ok(expanded)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    /// The shape of the examples in sling's documentation.
    const FILE: &str = "
connections:
  REDSHIFT:
    type: redshift
    host: sales.example.com
    user: etl
    password: $PASSWORD
    database: dev
    schema: public
    aws_bucket: my-bucket
    aws_secret_access_key: S3cret
    role: r
  BY_URL:
    url: redshift://etl:pa%2Fss@${HOST}:5440/dev?sslmode=require
  PG:
    type: postgres
    host: h
    username: u
    dbname: d
    password: pa$$
  TUNNEL: {type: redshift, host: h, user: u, database: d, ssh_tunnel: 'ssh://u:S3cret@b:22'}
  LAKE: {type: s3, bucket: b}
  UNSET: {type: redshift, host: '${NONE}', user: u, database: d}
variables: {}
";

    fn login_of(name: &str) -> Result<ForeignLogin, String> {
        let variables = |name: &str| match name {
            "PASSWORD" => Some("s3cret".to_owned()),
            "HOST" => Some("h.example.com".to_owned()),
            _ => None,
        };
        let found = read(FILE, &variables).unwrap();
        found.into_iter().find(|found| found.name == name).unwrap().login
    }

    #[test]
    fn a_connection_has_keys_or_a_url() {
        for (name, url, password) in [
            ("REDSHIFT", "jdbc:redshift://sales.example.com:5439/dev", "s3cret"),
            ("BY_URL", "jdbc:redshift://h.example.com:5440/dev?sslmode=require", "pa/ss"),
            ("PG", "jdbc:redshift://h:5432/d", "pa$$"),
        ] {
            let login = login_of(name).unwrap();
            assert_eq!(login.url, url);
            assert_eq!(login.password.unwrap().expose_secret(), password);
        }
        assert_eq!(login_of("REDSHIFT").unwrap().notes, ["not taken over: role"]);
    }

    #[test]
    fn what_is_left_out_has_a_reason() {
        for (name, reason) in [
            ("TUNNEL", TUNNEL),
            ("LAKE", "its type is neither redshift nor postgres"),
            ("UNSET", "environment variable NONE is not set"),
        ] {
            assert_eq!(login_of(name).unwrap_err(), reason);
        }
        assert_eq!(read("a: b", &|_| None).unwrap_err().to_string(), "has no connections");
    }
}
