//! Connection strings of other tools, turned into a Redshift JDBC URL: libpq's URIs and its
//! `keyword=value` form (PostgreSQL documentation, "Connection Strings"), SQLAlchemy's URLs, and
//! JDBC URLs with a login in them.

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::LoginScheme;
use super::encoding::{percent_encoded, percent_encoded_value};
use super::lookup::find;
use super::option::{Class, UrlSetting};
use super::part::escaped_byte;
use super::settings::SslMode;

/// The parameters of a connection as other tools write them.
#[derive(Clone, Debug, Default)]
pub struct ForeignParameters {
    /// A host name or an address without brackets.
    pub host: Option<String>,
    /// The port.
    pub port: Option<String>,
    /// The database, not encoded.
    pub database: Option<String>,
    /// The user who logs in.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<SecretString>,
    /// The values of the other parameters by their names in lower case, which are words of libpq or
    /// of the JDBC driver.
    pub others: BTreeMap<String, String>,
}

/// The schemes that are known, each up to its `://`. SQLAlchemy writes the driver behind a `+`.
const SCHEMES: [&str; 5] =
    ["postgresql", "postgres", "redshift", "jdbc:postgresql", "jdbc:redshift"];

/// The keywords of libpq's `keyword=value` form that may stand in a text that is taken for one.
const KEYWORDS: [&str; 16] = [
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "sslmode",
    "sslrootcert",
    "connect_timeout",
    "application_name",
    "options",
    "keepalives",
    "keepalives_idle",
    "client_encoding",
    "target_session_attrs",
    "gssencmode",
];

/// The parameters of AWS's Python driver (redshift_connector 2.1.15, `connect`) for a login through
/// AWS, and their options here.
const AWS_OPTIONS: [(&str, &str); 5] = [
    ("db_user", "USER_NAME"),
    ("cluster_identifier", "CLUSTER"),
    ("serverless_work_group", "WORKGROUP"),
    ("profile", "AWS_PROFILE"),
    ("region", "AWS_REGION"),
];

impl ForeignParameters {
    /// Reads a URI. None if the text is none, or if it is in doubt what is its password: one with a
    /// mark of URLs in it is to be percent-encoded.
    pub fn from_uri(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        if !SCHEMES.contains(&scheme.split('+').next()?) {
            return None;
        }
        let end = rest.find(['/', '?', ';', '#']).unwrap_or(rest.len());
        let (authority, behind) = rest.split_at(end);
        let (login, address) = authority.split_once('@').unwrap_or(("", authority));
        if address.contains('@') || behind.contains(['@', '#']) {
            return None;
        }
        let (path, options) = match behind.find(['?', ';']) {
            Some(at) => (&behind[..at], &behind[at + 1..]),
            None => (behind, ""),
        };
        let (host, port) = host_and_port(address)?;
        let (user, password) = match login.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (login, None),
        };
        let password = match password {
            Some(password) => filled(decoded(password)?),
            None => None,
        };
        let mut parameters = Self {
            host: filled(decoded(host)?),
            port: port.map(str::to_owned),
            database: filled(decoded(path.trim_start_matches('/'))?),
            user: filled(decoded(user)?),
            password: password.map(Into::into),
            others: BTreeMap::new(),
        };
        for option in options.split(['&', ';']).filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=')?;
            parameters.set(&decoded(name)?, decoded(value)?);
        }
        Some(parameters)
    }

    /// Reads libpq's `keyword=value` form, with its quotes and backslashes.
    pub fn from_keywords(text: &str) -> Option<Self> {
        let mut parameters = Self::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (name, value) = rest.split_once('=')?;
            let name = name.trim().to_ascii_lowercase();
            if !KEYWORDS.contains(&name.as_str()) {
                return None;
            }
            let (value, behind) = keyword_value(value.trim_start())?;
            parameters.set(&name, value);
            rest = behind.trim_start();
        }
        parameters.host.is_some().then_some(parameters)
    }

    /// Sets a parameter by its name, in place of an earlier value; an empty one counts as none.
    pub fn set(&mut self, name: &str, value: String) {
        let Some(value) = filled(value) else { return };
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "host" => self.host = Some(value),
            "port" => self.port = Some(value),
            "dbname" | "database" => self.database = Some(value),
            "user" | "uid" | "username" => self.user = Some(value),
            "password" | "pwd" | "pass" => self.password = Some(value.into()),
            _ => {
                self.others.insert(name, value);
            }
        }
    }

    /// The options of a connection, as SQL, that AWS's Python driver has in these parameters; None
    /// if they ask for no login through AWS.
    pub fn aws_options(&self) -> Option<Vec<String>> {
        let is_true = |value: &String| value.eq_ignore_ascii_case("true");
        self.others.get("iam").filter(|value| is_true(value))?;
        let written = AWS_OPTIONS.iter().filter_map(|(name, option)| {
            let value = self.others.get(*name).filter(|value| is_plain_word(value))?;
            Some(format!("{option} = '{value}'"))
        });
        let creates_user = self.others.get("auto_create").is_some_and(is_true);
        let create = creates_user.then(|| "AUTO_CREATE_USER = TRUE".to_owned());
        Some(written.chain(create).collect())
    }

    /// The Redshift JDBC URL, without user and password, and the names of the parameters that have
    /// no equal in it. None without host and database.
    pub fn to_url(
        &self,
        scheme: LoginScheme,
        default_port: Option<u16>,
    ) -> Option<(String, Vec<String>)> {
        let host = self.host.as_deref()?;
        let (open, close) = if host.contains(':') { ("[", "]") } else { ("", "") };
        let port = self.port.clone().or(default_port.map(|port| port.to_string()));
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let database = percent_encoded(self.database.as_deref()?);
        let scheme = match scheme {
            LoginScheme::Password => "jdbc:redshift:",
            LoginScheme::Iam => "jdbc:redshift:iam:",
        };
        let mut url = format!("{scheme}//{open}{host}{close}{port}/{database}");
        let mut left = Vec::new();
        let mut mark = '?';
        for (name, value) in &self.others {
            match jdbc_option(name, value) {
                Some((name, value)) => {
                    url.extend([
                        mark.to_string().as_str(),
                        name,
                        "=",
                        &percent_encoded_value(&value),
                    ]);
                    mark = '&';
                }
                None => left.push(name.clone()),
            }
        }
        Some((url, left))
    }
}

/// True for a value without quotes, blanks and the marks of URLs.
fn is_plain_word(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.@+".contains(&byte))
}

fn filled(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// The option of a JDBC URL with the same effect. libpq's `allow` and `prefer`, which may use no
/// TLS, have none.
fn jdbc_option(name: &str, value: &str) -> Option<(&'static str, String)> {
    let option = match name {
        "application_name" => Some("ApplicationName"),
        "connect_timeout" => Some("connectTimeout"),
        "keepalives" => {
            let is_on = value != "0";
            return Some(("tcpKeepAlive", is_on.to_string()));
        }
        "search_path" => Some("currentSchema"),
        "sslrootcert" if value == "system" => None,
        name => find(name).and_then(|option| match option.class {
            Class::Used(UrlSetting::SslMode) => {
                let is_known = SslMode::ALL.iter().any(|mode| mode.as_str() == value);
                is_known.then_some("sslmode")
            }
            Class::Used(_) => Some(option.name),
            Class::Ignored | Class::Refused | Class::Secret | Class::UserName | Class::Iam(_) => {
                None
            }
        }),
    };
    option.map(|name| (name, value.to_owned()))
}

fn host_and_port(address: &str) -> Option<(&str, Option<&str>)> {
    let (host, port) = match address.strip_prefix('[') {
        Some(address) => {
            let (host, behind) = address.split_once(']')?;
            (host, behind.strip_prefix(':').or(behind.is_empty().then_some("")))
        }
        None => match address.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, Some("")),
        },
    };
    match port? {
        "" => Some((host, None)),
        port if port.bytes().all(|byte| byte.is_ascii_digit()) => Some((host, Some(port))),
        _ => None,
    }
}

/// The text with its `%XX` as bytes of UTF-8.
fn decoded(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let byte = match bytes[at] {
            b'%' => escaped_byte(&bytes[at..])?,
            byte => byte,
        };
        at += if bytes[at] == b'%' { 3 } else { 1 };
        decoded.push(byte);
    }
    String::from_utf8(decoded).ok()
}

/// A value up to its closing quote or the next white space, and the text behind it.
fn keyword_value(text: &str) -> Option<(String, &str)> {
    let (text, quoted) = match text.strip_prefix('\'') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => value.push(characters.next()?.1),
            '\'' if quoted => {
                let behind = &text[at + 1..];
                let ends = behind.is_empty() || behind.starts_with(char::is_whitespace);
                return ends.then_some((value, behind));
            }
            c if c.is_whitespace() && !quoted => return Some((value, &text[at..])),
            c => value.push(c),
        }
    }
    (!quoted).then_some((value, ""))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn url(parameters: Option<ForeignParameters>) -> Option<String> {
        parameters?.to_url(LoginScheme::Password, None).map(|(url, _)| url)
    }

    fn login(text: &str) -> (String, String) {
        let parameters = ForeignParameters::from_uri(text).unwrap();
        let password = parameters.password.map(|password| password.expose_secret().to_owned());
        (parameters.user.unwrap_or_default(), password.unwrap_or_default())
    }

    #[test]
    fn a_uri_becomes_a_jdbc_url_without_its_login() {
        for (text, expected) in [
            ("postgresql://etl:p@h:5439/dev", "jdbc:redshift://h:5439/dev"),
            ("Postgres://h/dev", "jdbc:redshift://h/dev"),
            ("redshift+redshift_connector://etl@h/my%20db", "jdbc:redshift://h/my%20db"),
            (
                "redshift+psycopg2://u:p@h:5439/dev?sslmode=verify-ca&connect_timeout=5",
                "jdbc:redshift://h:5439/dev?connectTimeout=5&sslmode=verify-ca",
            ),
            ("jdbc:redshift://[::1]:1/dev?user=u&password=p", "jdbc:redshift://[::1]:1/dev"),
            ("jdbc:postgresql://h/dev?ssl=true&gsslib=x", "jdbc:redshift://h/dev?ssl=true"),
            ("postgres://h/dev?sslmode=prefer", "jdbc:redshift://h/dev"),
        ] {
            assert_eq!(url(ForeignParameters::from_uri(text)).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(login("redshift://e%40x:p%2Fw%3A@h/dev"), ("e@x".into(), "p/w:".into()));
        assert_eq!(login("redshift://h/dev?user=u&password=p"), ("u".into(), "p".into()));
    }

    #[test]
    fn a_uri_whose_password_is_in_doubt_is_not_read() {
        for text in [
            "postgres://u:S3/cret@h/dev",
            "postgres://u:S3?cret@h/dev",
            "postgres://u:S3#cret@h/dev",
            "postgres://u:S3@cret@h/dev",
            "postgres://u:S3cret/dev",
            "postgres://u:S3%zz@h/dev",
            "postgres://h/dev?password=S3@cret",
            "mysql://u:S3cret@h/dev",
            "u:S3cret@h/dev",
        ] {
            let read = ForeignParameters::from_uri(text);
            assert!(url(read).is_none_or(|url| !url.contains("S3")), "{text}");
        }
    }

    #[test]
    fn keywords_become_a_jdbc_url() {
        for (text, expected) in [
            ("host=h port=5439 dbname=dev user=u password='it''s'", None),
            (
                "host=h port = 5439 dbname='my db' user=u password='it\\'s x'",
                Some("jdbc:redshift://h:5439/my%20db"),
            ),
            (
                "dbname=dev host=h sslrootcert=/a/b.pem application_name=x\\ y",
                Some("jdbc:redshift://h/dev?ApplicationName=x%20y&sslrootcert=/a/b.pem"),
            ),
            ("host=h dbname=dev password=my secret", None),
            ("dbname=dev", None),
            ("host=h dbname=dev et=x", None),
            ("host='h", None),
        ] {
            let read = ForeignParameters::from_keywords(text);
            assert_eq!(url(read).as_deref(), expected, "{text}");
        }
    }
}
