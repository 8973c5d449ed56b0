//! `pg_service.conf`: sections `[service]` with lines `keyword=value`, `#` before a comment; of two
//! equal sections or keywords the first counts (PostgreSQL documentation, "The Connection Service
//! File"; libpq's `parseServiceFile`).

use std::collections::{BTreeMap, HashSet};

use super::{ForeignConnection, MalformedFile, POSTGRES_PORT, login};
use crate::url::ForeignParameters;

/// The services of the file.
pub(super) fn read(text: &str) -> Result<Vec<ForeignConnection>, MalformedFile> {
    let mut services: Vec<(&str, BTreeMap<&str, &str>)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            services.push((name.split(']').next().unwrap_or(name), BTreeMap::new()));
            continue;
        }
        let (keyword, value) = line.split_once('=').ok_or(MalformedFile {
            problem: "is no file of services",
            place: Some((index + 1, None)),
        })?;
        // libpq ignores what stands before the first section.
        if let Some((_, settings)) = services.last_mut() {
            settings.entry(keyword).or_insert(value);
        }
    }
    let mut names = HashSet::new();
    let found = services.into_iter().map(|(name, settings)| ForeignConnection {
        name: name.to_owned(),
        login: if names.insert(name) {
            login(parameters(&settings), POSTGRES_PORT)
        } else {
            Err("an earlier service has the same name".to_owned())
        },
    });
    Ok(found.collect())
}

/// libpq connects to `hostaddr` and verifies `host`; a database that is not named is the user's.
fn parameters(settings: &BTreeMap<&str, &str>) -> ForeignParameters {
    let mut parameters = ForeignParameters::default();
    for (keyword, value) in settings {
        parameters.set(keyword, (*value).to_owned());
    }
    if parameters.host.is_none() {
        parameters.host = parameters.others.remove("hostaddr");
    }
    if parameters.database.is_none() {
        parameters.database.clone_from(&parameters.user);
    }
    parameters
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    /// The shape of PostgreSQL's `pg_service.conf.sample`.
    const FILE: &str = "
# Services
[sales]
host=sales.example.com
port=5439
user=etl
dbname=dev
password=a;b#c = d
sslmode=verify-ca
keepalives_idle=30

[marts]
hostaddr=10.0.0.1
user=bi
host=marts
host=other
";

    #[test]
    fn a_section_is_a_connection() {
        let found = read(FILE).unwrap();
        let login = found[0].login.as_ref().unwrap();
        assert_eq!(found[0].name, "sales");
        assert_eq!(login.url, "jdbc:redshift://sales.example.com:5439/dev?sslmode=verify-ca");
        assert_eq!(login.password.as_ref().unwrap().expose_secret(), "a;b#c = d");
        assert_eq!(login.notes, ["not taken over: keepalives_idle"]);
        let login = found[1].login.as_ref().unwrap();
        assert_eq!(login.url, "jdbc:redshift://marts:5432/bi");
        assert_eq!(login.notes, ["not taken over: hostaddr"]);
        assert!(login.password.is_none());
    }

    #[test]
    fn a_service_without_a_login_is_left_out() {
        let text = "[a]\nuser=u\n[b]\nhost=/tmp\nuser=u\n[c]\nhost=h\ndbname=d\n[c]\nhost=x\n\
                    [d]\nhost=a,b\nuser=u\n[e]\nhost=h\nuser=u\nport=S3cret\n";
        let reasons: Vec<_> =
            read(text).unwrap().into_iter().map(|found| found.login.unwrap_err()).collect();
        assert_eq!(
            reasons,
            [
                "it names no host",
                "its host is a Unix socket",
                "it names no user",
                "an earlier service has the same name",
                "a connection has one host",
                "the port is not a number from 1 to 65535"
            ]
        );
    }

    #[test]
    fn a_line_that_is_no_setting_is_an_error_without_its_text() {
        let error = read("[a]\nS3cret\n").unwrap_err();
        assert_eq!(error.to_string(), "is no file of services: line 2");
    }
}
