//! The endpoint of a connection: the checked content of its URL.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use super::DEFAULT_PORT;
use super::address::{self, Authority, scheme, split_options};
use super::aws_host::AwsHost;
use super::correction::{corrections, login_through_aws};
use super::encoding::{percent_encoded, percent_encoded_value};
use super::error::{UrlError, UrlErrorKind};
use super::leak::refusal;
use super::lookup::nearest;
use super::part::UrlPart;
use super::read;
use super::settings::{IgnoredOption, Options, SslMode};

/// A Redshift database and the options of its sessions. Contains no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The way in which the user logs in.
    pub scheme: LoginScheme,
    /// A host name or an address; an IPv6 address has no brackets. Empty while only the cluster is
    /// known.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The database, decoded.
    pub database: String,
    /// The options in effect.
    pub options: Options,
    /// The options without an effect, in their order.
    pub ignored: Vec<IgnoredOption>,
    /// The cluster or workgroup, and its region, that the address names.
    pub aws: AwsHost,
}

/// The way in which a URL's user logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginScheme {
    /// `jdbc:redshift://`: with a password.
    Password,
    /// `jdbc:redshift:iam://`: with credentials that AWS gives.
    Iam,
}

impl Endpoint {
    /// Parses a URL; the error has the URL that is probably meant.
    pub fn parse(url: &str) -> Result<Self, UrlError> {
        Self::read(url).map_err(|error| UrlError {
            corrected: login_through_aws(url)
                .into_iter()
                .chain(corrections(url))
                .find(|corrected| Self::read(&corrected.url).is_ok()),
            ..error
        })
    }

    /// Secrets are looked for first, so that no other error can point behind one.
    fn read(url: &str) -> Result<Self, UrlError> {
        let (scheme, start) = scheme(url)?;
        if let Some(refusal) = refusal(url) {
            return Err(refusal);
        }
        let text = url.trim_end();
        if text.len() < url.len() {
            return Err(UrlError::new(UrlErrorKind::WhiteSpace, text.len()..url.len()));
        }
        let (address, option_part) = split_options(UrlPart { text, start: 0 }.skip(start))?;
        let (authority, database) = address::read(address, scheme)?;
        let (options, ignored) = read::read(option_part)?;
        let verifies = matches!(options.sslmode, SslMode::VerifyCa | SslMode::VerifyFull);
        if scheme == LoginScheme::Iam && !verifies {
            return Err(option_part.error(UrlErrorKind::IamWithoutTls));
        }
        let (host, port, aws) = match authority {
            Authority::Host { host, port } => {
                let aws = AwsHost::read(&host);
                (host, port, aws)
            }
            Authority::Cluster { cluster, region } => {
                (String::new(), DEFAULT_PORT, AwsHost::Cluster { cluster, region })
            }
        };
        Ok(Self {
            scheme,
            host,
            port,
            database,
            options,
            ignored,
            aws,
        })
    }

    /// The host as lists show it: `cluster:region` where the URL names only those.
    pub fn shown_host(&self) -> String {
        match &self.aws {
            AwsHost::Cluster { cluster, region } if self.host.is_empty() => {
                format!("{cluster}:{region}")
            }
            _ => self.host.clone(),
        }
    }

    /// True if the host is this machine, judged by its name alone (RFC 6761, 6.3).
    pub fn is_loopback(&self) -> bool {
        if let Ok(address) = self.host.parse::<IpAddr>() {
            return address.to_canonical().is_loopback();
        }
        let name = self.host.trim_end_matches('.').to_ascii_lowercase();
        name == "localhost" || name.ends_with(".localhost")
    }

    /// The options in effect as names and values of a URL: those with a default always, the others
    /// only if they are set.
    pub fn options_in_force(&self) -> Vec<(&'static str, String)> {
        let options = &self.options;
        let seconds = |limit: Duration| limit.as_secs_f64().to_string();
        let no_limit = || "0".to_owned();
        [
            ("sslmode", Some(options.sslmode.as_str().to_owned())),
            ("sslrootcert", options.sslrootcert.clone()),
            ("loginTimeout", options.login_timeout.map(seconds)),
            ("connectTimeout", Some(options.connect_timeout.map_or_else(no_limit, seconds))),
            ("socketTimeout", options.socket_timeout.map(seconds)),
            ("tcpKeepAlive", Some(options.tcp_keep_alive.to_string())),
            ("ApplicationName", options.application_name.clone()),
            ("currentSchema", options.current_schema.clone()),
            ("queryGroup", options.query_group.clone()),
            ("readOnly", Some(options.read_only.to_string())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }

    /// The JDBC URL of this endpoint for a user with a password, with the options that are set.
    pub fn to_jdbc_url(&self) -> String {
        let host = self.host_in_url();
        let database = percent_encoded(&self.database);
        let options: Vec<String> = self
            .options_in_force()
            .into_iter()
            .map(|(name, value)| format!("{name}={}", percent_encoded_value(&value)))
            .collect();
        format!("jdbc:redshift://{host}:{}/{database}?{}", self.port, options.join("&"))
    }

    /// The host as a URL has it: an IPv6 address in brackets.
    pub fn host_in_url(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        }
    }

    /// Notices about the URL: its options without an effect, with their names as written.
    pub fn notices(&self) -> Vec<String> {
        let unlisted = self.ignored.iter().filter(|option| !option.is_listed).map(unlisted_notice);
        self.ignored_notice().into_iter().chain(unlisted).collect()
    }

    /// A warning about missing protection by TLS; None if the server is verified, or on this
    /// machine.
    pub fn tls_warning(&self) -> Option<String> {
        match self.options.sslmode {
            SslMode::Disable if self.is_loopback() => None,
            SslMode::Disable => Some(format!(
                "TLS is off: whatever goes to {} can be read and changed on its way",
                self.host
            )),
            SslMode::Require if self.options.non_validating_factory => Some(format!(
                "NonValidatingFactory is taken as sslmode=require: {NOTHING_VERIFIED}"
            )),
            SslMode::Require => Some(format!(
                "sslmode=require: {NOTHING_VERIFIED}; the JDBC driver 2.x refuses this mode"
            )),
            SslMode::VerifyCa | SslMode::VerifyFull => None,
        }
    }

    fn ignored_notice(&self) -> Option<String> {
        let listed = self.ignored.iter().filter(|option| option.is_listed);
        let names: Vec<&str> = listed.map(|option| option.name.as_str()).collect();
        match names.as_slice() {
            [] => None,
            [name] => Some(format!("the URL option {name} tunes the JDBC driver and is ignored")),
            names => Some(format!(
                "the URL options {} tune the JDBC driver and are ignored",
                names.join(", ")
            )),
        }
    }
}

const NOTHING_VERIFIED: &str =
    "data is encrypted, but nothing verifies that it goes to the right server";

fn unlisted_notice(option: &IgnoredOption) -> String {
    let name = &option.name;
    match nearest(name) {
        Some(nearest) => format!(
            "the URL option {name} is not known and is ignored; did you mean {}?",
            nearest.name
        ),
        None => format!("the URL option {name} is not known and is ignored"),
    }
}

/// `host:port/database`, with an IPv6 address in brackets; invisible characters in the database's
/// name are escaped.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.is_empty() {
            write!(f, "{}/", self.shown_host())?;
        } else if self.host.contains(':') {
            write!(f, "[{}]:{}/", self.host, self.port)?;
        } else {
            write!(f, "{}:{}/", self.host, self.port)?;
        }
        self.database.chars().try_for_each(|c| {
            if c.is_ascii() && !c.is_ascii_control() {
                write!(f, "{c}")
            } else {
                write!(f, "{}", c.escape_debug())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::url::UrlOptionError;

    fn endpoint(rest: &str) -> Endpoint {
        Endpoint::parse(&format!("jdbc:redshift://{rest}")).expect("a URL")
    }

    #[test]
    fn an_endpoint_prints_as_host_port_and_database() {
        for (rest, printed) in [
            ("h/dev", "h:5439/dev"),
            ("[::1]:5740/db", "[::1]:5740/db"),
            ("h/caf%C3%A9%20'%5C", "h:5439/café '\\"),
            ("h/a%E2%80%AEb", "h:5439/a\\u{202e}b"),
        ] {
            assert_eq!(endpoint(rest).to_string(), printed);
        }
    }

    #[test]
    fn the_options_in_force_are_those_set_and_those_with_a_default() {
        let pairs = |rest| -> String {
            let pairs = endpoint(rest).options_in_force().into_iter();
            pairs
                .flat_map(|(name, value)| [name.to_owned(), "=".to_owned(), value, " ".to_owned()])
                .collect()
        };
        assert_eq!(
            pairs("h/dev"),
            "sslmode=verify-full connectTimeout=10 tcpKeepAlive=true readOnly=false "
        );
        assert_eq!(
            pairs("h/dev?connectTimeout=0&loginTimeout=1.5&queryGroup=etl&ssl=false"),
            "sslmode=disable loginTimeout=1.5 connectTimeout=0 tcpKeepAlive=true queryGroup=etl readOnly=false "
        );
    }

    #[test]
    fn tls_that_is_off_is_warned_about_unless_the_host_is_the_machine_itself() {
        for host in [
            "localhost",
            "LocalHost.",
            "a.localhost",
            "127.1.2.3",
            "[::1]",
            "[::ffff:127.0.0.1]",
        ] {
            assert!(endpoint(&format!("{host}/dev?ssl=false")).tls_warning().is_none(), "{host}");
        }
        assert_eq!(
            endpoint("h/dev?ssl=false").tls_warning().unwrap(),
            "TLS is off: whatever goes to h can be read and changed on its way"
        );
    }

    #[test]
    fn tls_that_verifies_nothing_is_warned_about() {
        let factory = "sslfactory=com.amazon.redshift.ssl.NonValidatingFactory";
        for (option, word) in
            [("sslmode=require", "JDBC driver 2.x"), (factory, "NonValidatingFactory")]
        {
            let warning = endpoint(&format!("h/dev?{option}")).tls_warning().unwrap();
            assert!(warning.contains("nothing verifies") && warning.contains(word), "{warning}");
        }
    }

    #[test]
    fn ignored_options_get_one_notice_and_each_unknown_one_its_own() {
        assert_eq!(
            endpoint("h/dev;DSILogLevel=6;LogPath=/home;AplicationName=x;zzz=1").notices(),
            [
                "the URL options DSILogLevel, LogPath tune the JDBC driver and are ignored",
                "the URL option AplicationName is not known and is ignored; did you mean ApplicationName?",
                "the URL option zzz is not known and is ignored",
            ]
        );
    }

    #[test]
    fn a_secret_is_reported_before_any_other_mistake() {
        for url in [
            "jdbc:redshift://h?PWD=x",
            "jdbc:redshift://h/dev?a=%;PWD=x",
            "jdbc:redshift:iam://cluster:us-west-2/dev?PWD=x",
        ] {
            let error = Endpoint::parse(url).expect_err("a refusal");
            assert!(
                matches!(error.kind, UrlErrorKind::Option(UrlOptionError::Secret { .. })),
                "{url}"
            );
            assert_eq!(&url[error.span], "PWD");
        }
    }

    #[test]
    fn an_iam_url_names_a_host_or_a_cluster_and_its_region() {
        let iam = |rest: &str| Endpoint::parse(&format!("jdbc:redshift:iam://{rest}"));
        let endpoint = iam("sales:us-west-2/dev").unwrap();
        assert_eq!(
            (endpoint.scheme, endpoint.to_string()),
            (LoginScheme::Iam, "sales:us-west-2/dev".to_owned())
        );
        assert_eq!(iam("h.example.com:5439/dev").unwrap().to_string(), "h.example.com:5439/dev");
        for options in ["ssl=false", "sslmode=require", "sslmode=disable"] {
            let error = iam(&format!("h/dev?{options}")).expect_err("a refusal");
            assert_eq!(error.kind, UrlErrorKind::IamWithoutTls, "{options}");
        }
    }
}
