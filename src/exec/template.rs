//! `--env NAME=TEMPLATE`: variables for programs that read the connection from one URL, or under
//! names of their own.

use std::net::SocketAddr;
use std::process::Command;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};

use crate::sql::keyword::nearest;
use crate::url::{Endpoint, percent_encoded};

/// A variable whose value has parts of the connection in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvTemplate {
    name: String,
    parts: Vec<TemplatePart>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum TemplatePart {
    Text(String),
    Field(TemplateField),
}

/// A part of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TemplateField {
    Url,
    JdbcUrl,
    Host,
    Port,
    Database,
    User,
    Password,
    SslMode,
    SslRootCert,
}

/// The names of the fields, as templates have them in braces.
const FIELDS: [(&str, TemplateField); 9] = [
    ("url", TemplateField::Url),
    ("jdbc_url", TemplateField::JdbcUrl),
    ("host", TemplateField::Host),
    ("port", TemplateField::Port),
    ("database", TemplateField::Database),
    ("user", TemplateField::User),
    ("password", TemplateField::Password),
    ("sslmode", TemplateField::SslMode),
    ("sslrootcert", TemplateField::SslRootCert),
];

/// A text that is no template. It may have a password in it, so no error repeats it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// There is no name, or one that shells do not take.
    #[error("a variable is written NAME=TEMPLATE, with a name of letters, digits and _")]
    Name,
    /// A brace stands alone.
    #[error("a {{ begins a part of the connection, such as {{host}}; {{{{ is a brace")]
    Brace,
    /// A field that does not exist.
    #[error(
        "there is no such part of the connection{}: {{url}}, {{jdbc_url}}, {{host}}, {{port}}, \
         {{database}}, {{user}}, {{password}}, {{sslmode}} and {{sslrootcert}} exist",
        meant.map_or_else(String::new, |meant| format!("; did you mean {{{meant}}}"))
    )]
    Field {
        /// The field that is probably meant.
        meant: Option<&'static str>,
    },
}

impl FromStr for EnvTemplate {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let (name, template) = text.split_once('=').ok_or(TemplateError::Name)?;
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_name {
            return Err(TemplateError::Name);
        }
        Ok(Self {
            name: name.to_owned(),
            parts: parts(template)?,
        })
    }
}

/// The parts of a template, in which a doubled brace is one brace.
fn parts(template: &str) -> Result<Vec<TemplatePart>, TemplateError> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((brace, behind)) =
            ["{{", "}}"].iter().find_map(|two| Some((&two[..1], rest.strip_prefix(two)?)))
        {
            text.push_str(brace);
            rest = behind;
            continue;
        }
        let inside = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let (name, behind) = inside.ok_or(TemplateError::Brace)?;
        parts.extend((!text.is_empty()).then(|| TemplatePart::Text(std::mem::take(&mut text))));
        parts.push(TemplatePart::Field(field(name)?));
        rest = behind;
    }
    text.push_str(rest);
    parts.extend((!text.is_empty()).then_some(TemplatePart::Text(text)));
    Ok(parts)
}

fn field(name: &str) -> Result<TemplateField, TemplateError> {
    let found = FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| *field);
    found.ok_or_else(|| TemplateError::Field {
        meant: nearest(name, FIELDS.iter().map(|(known, _)| *known)),
    })
}

/// The connection as the program gets it.
pub(super) struct TemplateValues<'a> {
    pub endpoint: &'a Endpoint,
    pub user: Option<&'a str>,
    pub certificates: Option<&'a str>,
    /// The near end of the tunnel to the warehouse.
    pub tunnel: Option<SocketAddr>,
    pub password: &'a SecretString,
}

impl EnvTemplate {
    /// The name of the variable.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Adds the variable to the environment of the program.
    pub(super) fn give_to(&self, command: &mut Command, values: &TemplateValues<'_>) {
        command.env(&self.name, self.value(values).expose_secret());
    }

    /// A value inside a longer text is percent-encoded: that text is nearly always a URL.
    fn value(&self, values: &TemplateValues<'_>) -> SecretString {
        if let [TemplatePart::Field(field)] = self.parts.as_slice() {
            return values.plain(*field);
        }
        let mut value = String::new();
        for part in &self.parts {
            match part {
                TemplatePart::Text(text) => value.push_str(text),
                TemplatePart::Field(field @ (TemplateField::Url | TemplateField::JdbcUrl)) => {
                    value.push_str(values.plain(*field).expose_secret());
                }
                TemplatePart::Field(field) => {
                    value.push_str(&percent_encoded(values.plain(*field).expose_secret()));
                }
            }
        }
        value.into()
    }
}

impl TemplateValues<'_> {
    fn plain(&self, field: TemplateField) -> SecretString {
        let endpoint = self.endpoint;
        let text = match field {
            TemplateField::Url => self.url(),
            TemplateField::JdbcUrl => self.jdbc_url(),
            TemplateField::Host => {
                self.tunnel.map_or_else(|| endpoint.host.clone(), |near| near.ip().to_string())
            }
            TemplateField::Port => self.port(),
            TemplateField::Database => endpoint.database.clone(),
            TemplateField::User => self.user.unwrap_or_default().to_owned(),
            TemplateField::Password => return self.password.clone(),
            TemplateField::SslMode => endpoint.options.sslmode.as_str().to_owned(),
            TemplateField::SslRootCert => self.certificates.unwrap_or_default().to_owned(),
        };
        text.into()
    }

    fn port(&self) -> String {
        self.tunnel.map_or(self.endpoint.port, |near| near.port()).to_string()
    }

    /// A URI of libpq (PostgreSQL documentation, "Connection URIs"). Through a tunnel libpq takes
    /// the address from `hostaddr`, and verifies the host.
    fn url(&self) -> String {
        let endpoint = self.endpoint;
        let user = percent_encoded(self.user.unwrap_or_default());
        let password = percent_encoded(self.password.expose_secret());
        let (host, port) = (endpoint.host_in_url(), self.port());
        let database = percent_encoded(&endpoint.database);
        let mode = endpoint.options.sslmode.as_str();
        let certificates = self
            .certificates
            .map_or_else(String::new, |path| format!("&sslrootcert={}", percent_encoded(path)));
        let address =
            self.tunnel.map_or_else(String::new, |near| format!("&hostaddr={}", near.ip()));
        format!(
            "postgresql://{user}:{password}@{host}:{port}/{database}?sslmode={mode}{certificates}{address}"
        )
    }

    /// The URL for JDBC, which takes user and password beside it.
    fn jdbc_url(&self) -> String {
        let mut endpoint = self.endpoint.clone();
        if let Some(near) = self.tunnel {
            endpoint.host = near.ip().to_string();
            endpoint.port = near.port();
        }
        endpoint.to_jdbc_url()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(template: &str, tunnel: Option<&str>) -> String {
        let endpoint =
            Endpoint::parse("jdbc:redshift://h.example.com/d%20b?readOnly=false").unwrap();
        let password = SecretString::from("a/b+c@=");
        let values = TemplateValues {
            endpoint: &endpoint,
            user: Some("IAM:é"),
            certificates: Some("/ca x.pem"),
            tunnel: tunnel.map(|near| near.parse().unwrap()),
            password: &password,
        };
        let template: EnvTemplate = format!("X={template}").parse().unwrap();
        template.value(&values).expose_secret().to_owned()
    }

    #[test]
    fn a_value_is_encoded_inside_a_longer_text() {
        for (template, expected) in [
            ("{user}", "IAM:é"),
            ("{password}", "a/b+c@="),
            ("{host}:{port}", "h.example.com:5439"),
            (
                "redshift+psycopg2://{user}:{password}@{host}:{port}/{database}",
                "redshift+psycopg2://IAM%3A%C3%A9:a%2Fb%2Bc%40%3D@h.example.com:5439/d%20b",
            ),
            ("{{{port}}}", "{5439}"),
            ("plain", "plain"),
            ("", ""),
            (
                "{url}",
                "postgresql://IAM%3A%C3%A9:a%2Fb%2Bc%40%3D@h.example.com:5439/d%20b\
                 ?sslmode=verify-full&sslrootcert=%2Fca%20x.pem",
            ),
            (
                "{jdbc_url}&user={user}",
                "jdbc:redshift://h.example.com:5439/d%20b?sslmode=verify-full&connectTimeout=10\
                 &tcpKeepAlive=true&readOnly=false&user=IAM%3A%C3%A9",
            ),
        ] {
            assert_eq!(value(template, None), expected, "{template}");
        }
    }

    #[test]
    fn through_a_tunnel_the_near_end_is_the_host() {
        let near = Some("127.0.0.1:4000");
        assert_eq!(value("{host}:{port}", near), "127.0.0.1:4000");
        assert!(
            value("{jdbc_url}", near).starts_with("jdbc:redshift://127.0.0.1:4000/d%20b?"),
            "{}",
            value("{jdbc_url}", near)
        );
        let url = value("{url}", near);
        assert!(
            url.contains("@h.example.com:4000/") && url.ends_with("&hostaddr=127.0.0.1"),
            "{url}"
        );
    }

    #[test]
    fn an_error_names_no_text_of_the_template() {
        for (text, said) in [
            ("X", "NAME=TEMPLATE"),
            ("=hunter2", "NAME=TEMPLATE"),
            ("a-b=hunter2", "NAME=TEMPLATE"),
            ("X={hunter2}", "there is no such part"),
            ("X={hots}", "did you mean {host}"),
            ("X={host", "a { begins"),
            ("X=hunter2}", "a { begins"),
        ] {
            let error = text.parse::<EnvTemplate>().unwrap_err().to_string();
            assert!(error.contains(said) && !error.contains("hunter2"), "{text}: {error}");
        }
    }
}
