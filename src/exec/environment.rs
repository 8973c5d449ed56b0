//! The environment of the program: the variables of libpq (PostgreSQL documentation, "Environment
//! Variables"), and similar ones for programs with their own.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use secrecy::{ExposeSecret, SecretString};

use crate::executor::Destination;
use crate::host::SECRET_VARIABLES;

/// The variables that hold the password.
const PASSWORDS: [&str; 2] = ["PGPASSWORD", "REDSHIFT_PASSWORD"];

/// Variables of libpq that would select another server or user: the program does not inherit them.
/// PGSSLROOTCERT is among them because with it sslmode=require would verify after all, PGGSSENCMODE
/// because Kerberos encryption replaces TLS, and two others because they fit other servers only.
const TAKEN_OUT: [&str; 12] = [
    "PGGSSENCMODE",
    "PGHOSTADDR",
    "PGPASSFILE",
    "PGREQUIRESSL",
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGSSLCERT",
    "PGSSLCERTMODE",
    "PGSSLKEY",
    "PGSSLNEGOTIATION",
    "PGSSLROOTCERT",
    "PGTARGETSESSIONATTRS",
];

/// The variables of programs that do not read PGSSLROOTCERT: those on OpenSSL, and node.
const OWN_AUTHORITIES: [&str; 2] = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"];

/// Variables with their values, without the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProgramVariables(Vec<(&'static str, String)>);

impl ProgramVariables {
    /// Adds the end of the credentials' validity: `2026-01-31T10:00:00Z`.
    pub fn expire(&mut self, at: &str) {
        self.0.push(("REDSHIFT_CREDENTIALS_EXPIRE", at.to_owned()));
    }

    /// The variables for the destination; `certificates` is the file of authorities to trust, if
    /// one is needed.
    ///
    /// The near end of a tunnel goes into PGHOSTADDR: libpq connects to it, and verifies the name in
    /// PGHOST. Programs with variables of their own have no such pair.
    pub fn new(
        destination: &Destination,
        program: &OsStr,
        certificates: Option<&str>,
        tunnel: Option<SocketAddr>,
    ) -> Self {
        let (endpoint, options) = (&destination.endpoint, &destination.endpoint.options);
        let application = options.application_name.clone();
        let application = application.unwrap_or_else(|| application_name(program));
        let mut variables = Vec::new();
        let address = tunnel.map(|near| near.ip().to_string());
        let port = tunnel.map_or(endpoint.port, |near| near.port()).to_string();
        variables.extend([
            ("PGHOST", endpoint.host.clone()),
            ("REDSHIFT_HOST", address.clone().unwrap_or_else(|| endpoint.host.clone())),
            ("PGPORT", port.clone()),
            ("REDSHIFT_PORT", port),
            ("PGDATABASE", endpoint.database.clone()),
            ("REDSHIFT_DATABASE", endpoint.database.clone()),
        ]);
        variables.extend(address.map(|address| ("PGHOSTADDR", address)));
        if let Some(user) = &destination.user {
            variables.extend([("PGUSER", user.clone()), ("REDSHIFT_USER", user.clone())]);
        }
        variables.push(("PGSSLMODE", options.sslmode.as_str().to_owned()));
        variables.push(("PGAPPNAME", application));
        variables.push(("REDWIRE_CONNECTION", destination.name.as_str().to_owned()));
        if let Some(path) = certificates {
            variables.push(("PGSSLROOTCERT", path.to_owned()));
            if options.sslrootcert.is_some() {
                variables.extend(OWN_AUTHORITIES.map(|name| (name, path.to_owned())));
            }
        }
        if let Some(limit) = options.login_timeout {
            // Both limit the whole login; libpq counts whole seconds, and 0 means no limit.
            variables.push(("PGCONNECT_TIMEOUT", limit.as_secs_f64().ceil().max(1.0).to_string()));
        }
        variables.sort_unstable();
        Self(variables)
    }

    /// Names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Adds the variables and the password to the program's environment, and removes those that
    /// would override them or that lead to passwords of other connections.
    pub fn give_to(&self, command: &mut Command, password: &SecretString) {
        for name in TAKEN_OUT.iter().chain(&SECRET_VARIABLES) {
            command.env_remove(name);
        }
        command.envs(self.iter());
        for name in PASSWORDS {
            command.env(name, password.expose_secret());
        }
    }
}

/// The name at the server if the URL has no ApplicationName: the program as the process that
/// redwire has become.
fn application_name(program: &OsStr) -> String {
    let name = Path::new(program).file_name().unwrap_or(program);
    format!("redwire:{}", name.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::definition::{PasswordKeeper, Protection};
    use crate::name::ConnectionName;
    use crate::url::Endpoint;

    fn destination(url: &str) -> Destination {
        Destination {
            connection_id: 1,
            name: ConnectionName::new("sales").unwrap(),
            connection_string: url.to_owned(),
            endpoint: Endpoint::parse(url).unwrap(),
            user: Some("etl".to_owned()),
            tunnel: None,
            keeper: PasswordKeeper::Store,
            limit: None,
            protection: Protection::None,
            color: None,
        }
    }

    fn text(url: &str, certificates: Option<&str>) -> String {
        let variables =
            ProgramVariables::new(&destination(url), "/bin/psql".as_ref(), certificates, None);
        words(&variables)
    }

    fn words(variables: &ProgramVariables) -> String {
        let words: Vec<String> =
            variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
        words.join(" ")
    }

    #[test]
    fn a_destination_has_its_variables() {
        assert_eq!(
            text("jdbc:redshift://[::1]:5740/d%20b?sslmode=disable", None),
            "PGAPPNAME=redwire:psql PGDATABASE=d b PGHOST=::1 PGPORT=5740 PGSSLMODE=disable PGUSER=etl \
             REDSHIFT_DATABASE=d b REDSHIFT_HOST=::1 REDSHIFT_PORT=5740 REDSHIFT_USER=etl REDWIRE_CONNECTION=sales"
        );
        assert_eq!(
            text("jdbc:redshift://h/dev?ApplicationName=dbt&loginTimeout=1.5", Some("/ca.pem")),
            "PGAPPNAME=dbt PGCONNECT_TIMEOUT=2 PGDATABASE=dev PGHOST=h PGPORT=5439 PGSSLMODE=verify-full \
             PGSSLROOTCERT=/ca.pem PGUSER=etl REDSHIFT_DATABASE=dev REDSHIFT_HOST=h REDSHIFT_PORT=5439 REDSHIFT_USER=etl REDWIRE_CONNECTION=sales"
        );
    }

    #[test]
    fn through_a_tunnel_libpq_still_has_the_name_to_verify() {
        let near = "127.0.0.1:40000".parse().unwrap();
        let variables = ProgramVariables::new(
            &destination("jdbc:redshift://h/dev"),
            "psql".as_ref(),
            Some("/ca.pem"),
            Some(near),
        );
        assert_eq!(
            words(&variables),
            "PGAPPNAME=redwire:psql PGDATABASE=dev PGHOST=h PGHOSTADDR=127.0.0.1 PGPORT=40000 \
             PGSSLMODE=verify-full PGSSLROOTCERT=/ca.pem PGUSER=etl REDSHIFT_DATABASE=dev \
             REDSHIFT_HOST=127.0.0.1 REDSHIFT_PORT=40000 REDSHIFT_USER=etl REDWIRE_CONNECTION=sales"
        );
        let mut command = Command::new("x");
        variables.give_to(&mut command, &SecretString::from("s3cret"));
        let mut given = command.get_envs();
        assert!(given.any(|given| given == ("PGHOSTADDR".as_ref(), Some("127.0.0.1".as_ref()))));
    }

    #[test]
    fn variables_that_would_lead_elsewhere_are_removed() {
        let mut command = Command::new("x");
        let password = SecretString::from("s3cret");
        ProgramVariables::new(
            &destination("jdbc:redshift://h/dev"),
            "psql".as_ref(),
            Some("/ca.pem"),
            None,
        )
        .give_to(&mut command, &password);
        let given: BTreeMap<_, _> = command
            .get_envs()
            .map(|(name, value)| (name.to_str().unwrap(), value.and_then(|value| value.to_str())))
            .collect();
        for name in ["PGSERVICE", "PGHOSTADDR", "PGPASSFILE", "REDWIRE_VAULT_PASSPHRASE"] {
            assert_eq!(given[name], None, "{name}");
        }
        assert_eq!(given["PGSSLROOTCERT"], Some("/ca.pem"));
        assert_eq!(
            (given["PGPASSWORD"], given["REDSHIFT_PASSWORD"]),
            (Some("s3cret"), Some("s3cret"))
        );
        assert!(command.get_args().next().is_none());
    }
}
