//! DBeaver's `data-sources.json`: its map `connections` (`DataSourceSerializerModern.java` in
//! dbeaver/dbeaver). Passwords, and in newer versions users, are in another file, encrypted.

use super::document::Node;
use super::{
    ForeignConnection, ForeignLogin, MalformedFile, POSTGRES_PORT, TUNNEL, login, redwire_name,
};
use crate::definition::ConnectionKind;
use crate::name::Identifier;
use crate::url::{DEFAULT_PORT, Endpoint, ForeignParameters, LoginScheme};

/// The connections of the file.
pub(super) fn read(text: &str) -> Result<Vec<ForeignConnection>, MalformedFile> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| MalformedFile {
        problem: "is not JSON",
        place: Some((error.line(), Some(error.column()))),
    })?;
    let document = Node::from(value);
    let connections = document.get("connections");
    let connections = connections.ok_or(MalformedFile {
        problem: "has no connections",
        place: None,
    })?;
    let read = |(id, content): &(String, Node)| {
        let name = content.text("name").unwrap_or(id);
        ForeignConnection {
            name: name.to_owned(),
            login: read_connection(name, content),
        }
    };
    Ok(connections.entries().iter().map(read).collect())
}

fn read_connection(name: &str, content: &Node) -> Result<ForeignLogin, String> {
    let driver = content.text("driver").unwrap_or_default();
    let is_redshift = driver.contains("redshift");
    if !is_redshift && driver != "postgres-jdbc" {
        return Err("its driver is neither that of Redshift nor that of PostgreSQL".to_owned());
    }
    let configuration = content.get("configuration").unwrap_or(&Node::Null);
    let authentication = configuration.text("auth-model").unwrap_or("native");
    let is_iam_url = configuration
        .text("url")
        .is_some_and(|url| url.starts_with("jdbc:redshift:iam:"));
    if is_iam_url || authentication.contains("iam") {
        return Err(IAM.to_owned());
    }
    if !["native", "postgres_pgpass"].contains(&authentication) {
        return Err("it does not log in with a password".to_owned());
    }
    let handler = |name: &str| {
        let handler = configuration.get("handlers").and_then(|handlers| handlers.get(name));
        handler.filter(|handler| handler.is_true("enabled"))
    };
    if handler("ssh_tunnel").is_some() {
        return Err(TUNNEL.to_owned());
    }
    let mut parameters = parameters(configuration)?;
    if let Some(properties) = handler("postgre_ssl").and_then(|ssl| ssl.get("properties")) {
        for (name, key) in [("sslMode", "sslmode"), ("ssl.ca.cert", "sslrootcert")] {
            parameters.set(key, properties.text(name).unwrap_or_default().to_owned());
        }
    }
    let default_port = if is_redshift { DEFAULT_PORT } else { POSTGRES_PORT };
    if parameters.user.is_none() {
        return Err(without_user(name, &parameters, default_port));
    }
    login(parameters, default_port)
}

/// The reason for a login whose settings are in the encrypted file.
const IAM: &str = "it logs in through AWS IAM, and DBeaver keeps the settings encrypted";

/// The reason for a connection whose user is in the encrypted file, with the statement that creates
/// it.
fn without_user(name: &str, parameters: &ForeignParameters, default_port: u16) -> String {
    let url = parameters.to_url(LoginScheme::Password, Some(default_port)).map(|(url, _)| url);
    match url.filter(|url| Endpoint::parse(url).is_ok()) {
        None => "it names no user".to_owned(),
        Some(url) => format!(
            "DBeaver keeps its user encrypted: {} {} CONNECTION_STRING = '{url}' USER_NAME = 'user' \
             PASSWORD = PROMPT",
            ConnectionKind::Redshift.create(),
            Identifier(&redwire_name(name)).shown(),
        ),
    }
}

/// Host, port and database, or those of the URL if that is what DBeaver uses.
fn parameters(configuration: &Node) -> Result<ForeignParameters, String> {
    let text = |key: &str| configuration.text(key).unwrap_or_default();
    let by_url = text("configurationType") == "URL" || text("host").is_empty();
    let mut parameters = if by_url && !text("url").is_empty() {
        ForeignParameters::from_uri(text("url"))
            .ok_or("its url is none of Redshift or PostgreSQL")?
    } else {
        let mut parameters = ForeignParameters::default();
        for key in ["host", "port", "database"] {
            parameters.set(key, text(key).to_owned());
        }
        parameters
    };
    for key in ["user", "password"] {
        parameters.set(key, text(key).to_owned());
    }
    let properties = configuration.get("properties").map(Node::entries).unwrap_or_default();
    for (name, value) in properties {
        parameters.set(name, value.as_text().unwrap_or_default().to_owned());
    }
    Ok(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shape that DBeaver writes.
    const FILE: &str = r#"{
	"folders": {},
	"connections": {
		"postgresql-1-redshift": {
			"provider": "postgresql", "driver": "postgres-redshift-jdbc",
			"name": "Sales (EU)", "save-password": true,
			"configuration": {
				"host": "sales.example.com", "port": "5439", "database": "dev", "user": "etl",
				"url": "jdbc:redshift://sales.example.com:5439/dev",
				"configurationType": "MANUAL", "type": "dev", "auth-model": "native",
				"properties": {"connectTimeout": "20", "gsslib": "x"},
				"handlers": {
					"postgre_ssl": {
						"type": "CONFIG", "enabled": true,
						"properties": {"sslMode": "verify-ca", "ssl.ca.cert": "/a/ca.pem"}
					},
					"ssh_tunnel": {"type": "TUNNEL", "enabled": false}
				}
			}
		},
		"postgres-jdbc-2": {
			"provider": "postgresql", "driver": "postgres-jdbc", "name": "By URL",
			"configuration": {
				"url": "jdbc:postgresql://h/d?ssl=true", "configurationType": "URL", "user": "u"
			}
		},
		"postgres-jdbc-3": {
			"provider": "postgresql", "driver": "postgres-jdbc", "name": "No user",
			"configuration": {"host": "h", "port": "5432", "database": "d", "auth-model": "native"}
		},
		"postgres-jdbc-4": {
			"provider": "postgresql", "driver": "postgres-jdbc", "name": "Tunnel",
			"configuration": {
				"host": "h", "database": "d", "user": "u",
				"handlers": {"ssh_tunnel": {"enabled": true, "properties": {"host": "S3cret"}}}
			}
		},
		"mysql8-5": {
			"provider": "mysql", "driver": "mysql8", "name": "Shop", "configuration": {"host": "h"}
		},
		"postgresql-6-redshift": {
			"driver": "postgres-redshift-jdbc", "name": "By IAM",
			"configuration": {"host": "h", "database": "d", "user": "u", "auth-model": "redshift_iam"}
		}
	}
}"#;

    fn login_of(name: &str) -> Result<ForeignLogin, String> {
        let found = read(FILE).unwrap();
        found.into_iter().find(|found| found.name == name).unwrap().login
    }

    #[test]
    fn a_connection_has_host_and_database_or_a_url() {
        let login = login_of("Sales (EU)").unwrap();
        assert_eq!(
            login.url,
            "jdbc:redshift://sales.example.com:5439/dev?connectTimeout=20&sslmode=verify-ca\
             &sslrootcert=/a/ca.pem"
        );
        assert_eq!((login.user.as_deref(), login.password.is_none()), (Some("etl"), true));
        assert_eq!(login.notes, ["not taken over: gsslib"]);
        assert_eq!(login_of("By URL").unwrap().url, "jdbc:redshift://h:5432/d?ssl=true");
    }

    #[test]
    fn what_is_left_out_has_a_reason() {
        for (name, reason) in [
            (
                "No user",
                "DBeaver keeps its user encrypted: CREATE REDSHIFT CONNECTION no_user \
                 CONNECTION_STRING = 'jdbc:redshift://h:5432/d' USER_NAME = 'user' PASSWORD = PROMPT",
            ),
            ("Tunnel", TUNNEL),
            ("Shop", "its driver is neither that of Redshift nor that of PostgreSQL"),
            ("By IAM", IAM),
        ] {
            assert_eq!(login_of(name).unwrap_err(), reason);
        }
        let error = read("{\"connections\": S3cret}").unwrap_err();
        assert_eq!(error.to_string(), "is not JSON: line 1, column 17");
        assert_eq!(read("[]").unwrap_err().to_string(), "has no connections");
    }
}
