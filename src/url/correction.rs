//! The URL that is probably meant by a text that is none.

use super::error::CorrectedUrl;
use super::leak::holds_secret;
use super::scheme;
use super::{ForeignParameters, LoginScheme, MAX_URL_BYTES};

/// URLs that may be meant by one that is refused, the nearest first.
pub(super) fn corrections(url: &str) -> impl Iterator<Item = CorrectedUrl> {
    let had_login = holds_secret(url);
    let corrected = move |url| CorrectedUrl { url, options: Vec::new(), had_login };
    texts(url).into_iter().map(corrected)
}

/// The URL and the options that a URL for redshift_connector with `iam=true` stands for.
pub(super) fn login_through_aws(url: &str) -> Option<CorrectedUrl> {
    let short = Some(url).filter(|url| url.len() <= MAX_URL_BYTES)?;
    let parameters = ForeignParameters::from_uri(short.trim())?;
    let options = parameters.aws_options()?;
    let (url, _) = parameters.to_url(LoginScheme::Iam, None)?;
    Some(CorrectedUrl { url, options, had_login: true })
}

/// The texts of [`corrections`]. Of a URL in which something may be secret only host, port,
/// database and options with known values are in them.
fn texts(url: &str) -> Vec<String> {
    if url.len() > MAX_URL_BYTES {
        return Vec::new();
    }
    let url = url.trim();
    let foreign =
        ForeignParameters::from_uri(url).or_else(|| ForeignParameters::from_keywords(url));
    let foreign = foreign
        .and_then(|parameters| parameters.to_url(LoginScheme::Password, None))
        .map(|(url, _)| url);
    if holds_secret(url) {
        return foreign.into_iter().collect();
    }
    let is_of_driver = url
        .get(..scheme::DRIVER.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(scheme::DRIVER));
    let foreign = foreign.filter(|_| !is_of_driver);
    let rest = without_scheme(url);
    let mut meant = vec![rest.to_owned()];
    meant.extend(with_port_before_database(rest));
    meant.extend(with_brackets(rest));
    if !rest.contains('/') {
        let options = rest.find(['?', ';']).unwrap_or(rest.len());
        meant.push(format!("{}/dev{}", &rest[..options], &rest[options..]));
    }
    let meant = meant.into_iter().map(|rest| format!("{}{rest}", scheme::PASSWORD));
    foreign.into_iter().chain(meant).collect()
}

/// The text behind its scheme, which is in any letter case, has too many or too few slashes, or is
/// that of another tool.
fn without_scheme(url: &str) -> &str {
    const SCHEMES: [&str; 6] =
        ["jdbc:", "redshift:", "postgresql:", "postgres:", "https:", "http:"];
    let mut rest = url;
    while let Some(scheme) = SCHEMES.iter().find(|scheme| {
        rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    }) {
        rest = &rest[scheme.len()..];
    }
    rest.trim_start_matches('/')
}

/// `host/database:port` with the port behind the host.
fn with_port_before_database(rest: &str) -> Option<String> {
    let options = rest.find(['?', ';']).unwrap_or(rest.len());
    let (address, options) = rest.split_at(options);
    let (host, database) = address.split_once('/')?;
    let (database, port) = database.rsplit_once(':')?;
    (!host.contains(':')).then(|| format!("{host}:{port}/{database}{options}"))
}

/// An IPv6 address, perhaps with a port, in its brackets.
fn with_brackets(rest: &str) -> Option<String> {
    let (authority, database) = rest.split_once('/')?;
    let is_address = |text: &str| text.parse::<std::net::Ipv6Addr>().is_ok();
    let (address, port) = match authority.rsplit_once(':') {
        Some((address, port)) if port.len() == 4 && is_address(address) => {
            (address, format!(":{port}"))
        }
        _ => (authority, String::new()),
    };
    is_address(address).then(|| format!("[{address}]{port}/{database}"))
}

#[cfg(test)]
mod tests {
    use super::super::Endpoint;
    use crate::diagnostic::Diagnostic;

    fn hint(url: &str) -> String {
        Endpoint::parse(url).unwrap_err().hint().unwrap_or_default()
    }

    #[test]
    fn the_hint_is_the_users_own_url_as_it_is_meant() {
        for (url, meant) in [
            ("h.example.com:5439/dev", "h.example.com:5439/dev"),
            ("redshift://h.example.com/dev?ssl=true", "h.example.com/dev?ssl=true"),
            ("jdbc:postgresql://h:5439/dev", "h:5439/dev"),
            ("JDBC:Redshift://h/dev", "h/dev"),
            ("jdbc:redshift:h/dev", "h/dev"),
            ("jdbc:redshift:///h/dev", "h/dev"),
            (" jdbc:redshift://h/dev ", "h/dev"),
            ("jdbc:redshift://h/dev:5439", "h:5439/dev"),
            ("h/dev:5440?ssl=true", "h:5440/dev?ssl=true"),
            ("jdbc:redshift://::1:5439/dev", "[::1]:5439/dev"),
            ("jdbc:redshift://fe80::1/dev", "[fe80::1]/dev"),
            ("redshift+redshift_connector://h:5439/dev", "h:5439/dev"),
            ("redshift+psycopg2://h/dev?sslmode=prefer", "h/dev"),
            ("postgresql://h/dev?connect_timeout=5", "h/dev?connectTimeout=5"),
            (
                "host=h port=5439 dbname='my db' sslmode=require",
                "h:5439/my%20db?sslmode=require",
            ),
        ] {
            assert_eq!(hint(url), format!("did you mean jdbc:redshift://{meant}?"), "{url}");
        }
    }

    #[test]
    fn a_database_that_is_missing_is_an_example() {
        let hint = hint("jdbc:redshift://h:5439?ssl=true");
        assert!(hint.contains("add /dev"), "{hint}");
        assert!(hint.ends_with(": jdbc:redshift://h:5439/dev?ssl=true"), "{hint}");
    }

    #[test]
    fn a_login_is_taken_out_of_a_url() {
        for (url, meant) in [
            ("postgres://etl:S3cret@h/dev", "h/dev"),
            (
                "postgresql://etl:S3cret@h:5439/dev?sslmode=require",
                "h:5439/dev?sslmode=require",
            ),
            ("redshift://etl@h/dev", "h/dev"),
            ("redshift+psycopg2://etl:S3%40cret@h/dev", "h/dev"),
            ("jdbc:redshift://etl:S3cret@h/dev", "h/dev"),
            ("jdbc:redshift://h/dev?user=etl&password=S3cret&ssl=true", "h/dev?ssl=true"),
            ("host=h dbname=dev user=etl password='S3 cret'", "h/dev"),
        ] {
            let hint = hint(url);
            let start = format!("write jdbc:redshift://{meant}; USER_NAME and PASSWORD");
            assert!(hint.starts_with(&start), "{url}: {hint}");
        }
    }

    #[test]
    fn a_login_through_aws_of_the_python_driver_becomes_options() {
        for (url, meant) in [
            (
                "redshift+redshift_connector://h.example.com:5439/dev?iam=true&db_user=etl&\
                 cluster_identifier=sales&region=eu-west-1&profile=prod&auto_create=True",
                "'jdbc:redshift:iam://h.example.com:5439/dev' USER_NAME = 'etl' CLUSTER = 'sales' \
                 AWS_PROFILE = 'prod' AWS_REGION = 'eu-west-1' AUTO_CREATE_USER = TRUE",
            ),
            (
                "redshift+redshift_connector://h/dev?iam=True&secret_access_key=S3cret&sslmode=verify-ca",
                "'jdbc:redshift:iam://h/dev?sslmode=verify-ca'",
            ),
        ] {
            assert_eq!(hint(url), format!("write CONNECTION_STRING = {meant}"), "{url}");
        }
        assert!(!hint("redshift+redshift_connector://h/dev?iam=false").contains("iam"));
    }

    #[test]
    fn a_secret_in_a_url_is_never_written_back() {
        for url in [
            "postgres://user:S3cret@h/dev",
            "postgres://user:S3/cret@h/dev",
            "postgres://user:S3@cret@h/dev",
            "postgres://user:S3cret",
            "h:5439/dev?password=S3cret",
            "host=h dbname=dev password=my S3cret",
            "host=h dbname=dev password=my application_name=x S3cret=y",
            "jdbc:redshift://h/dev:5439?pwd=S3cret",
            "jdbc:redshift://h/dev?pwd=my&S3cret=x",
            " jdbc:redshift://h/dev?user=S3cret",
        ] {
            let error = Endpoint::parse(url).unwrap_err();
            assert!(!format!("{error:?} {:?}", error.hint()).contains("S3"), "{error:?}");
        }
    }

    #[test]
    fn what_no_correction_mends_keeps_its_own_hint() {
        for url in ["jdbc:redshift://a,b/dev", "jdbc:redshift://<host>/dev", "", "nonsense here"] {
            assert!(!hint(url).contains("did you mean"), "{url}: {}", hint(url));
        }
    }
}
