//! `.pgpass`: lines of `host:port:database:user:password`, in which a backslash escapes `:` and
//! itself, `*` fits anything, and the first line that fits counts (PostgreSQL documentation, "The
//! Password File"; libpq's `passwordFromFile`).

use std::collections::HashSet;
use std::net::IpAddr;

use super::{ForeignConnection, ForeignLogin, POSTGRES_PORT, login};
use crate::url::ForeignParameters;

/// The connection of each line, named after its host, database and user.
pub(super) fn read(text: &str) -> Vec<ForeignConnection> {
    let mut seen = HashSet::new();
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(index, line)| connection(index + 1, line, &mut seen)).collect()
}

fn connection(number: usize, line: &str, seen: &mut HashSet<[String; 4]>) -> ForeignConnection {
    let fields = fields(line);
    let Some([host, port, database, user, password]) = fields.first_chunk() else {
        return ForeignConnection {
            name: format!("line {number}"),
            login: Err("it has fewer than five fields".to_owned()),
        };
    };
    let key = [host, port, database, user].map(Clone::clone);
    let name = if key.iter().any(|field| field == "*") {
        format!("line {number}")
    } else {
        [short(host), database, user].join(" ")
    };
    let login = if seen.insert(key) {
        login_of(host, port, database, user, password)
    } else {
        Err("an earlier line is for the same login".to_owned())
    };
    ForeignConnection { name, login }
}

/// The first label of a host name; an address as a whole.
fn short(host: &str) -> &str {
    match host.parse::<IpAddr>() {
        Ok(_) => host,
        Err(_) => host.split('.').next().unwrap_or(host),
    }
}

fn login_of(
    host: &str,
    port: &str,
    database: &str,
    user: &str,
    password: &str,
) -> Result<ForeignLogin, String> {
    for (value, what) in [(host, "host"), (port, "port"), (database, "database"), (user, "user")] {
        if value == "*" {
            return Err(format!("it is for any {what}"));
        }
    }
    let mut parameters = ForeignParameters::default();
    for (name, value) in [
        ("host", host),
        ("port", port),
        ("dbname", database),
        ("user", user),
        ("password", password),
    ] {
        parameters.set(name, value.to_owned());
    }
    login(parameters, POSTGRES_PORT)
}

/// The fields of a line without their escapes. libpq ignores what stands behind the fifth.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match c {
            ':' => fields.push(String::new()),
            c => {
                let escaped = if c == '\\' { characters.next() } else { None };
                if let Some(field) = fields.last_mut() {
                    field.push(escaped.unwrap_or(c));
                }
            }
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_line_is_a_connection_named_after_host_database_and_user() {
        let found = read("sales.abc.redshift.amazonaws.com:5439:dev:etl:p\\:w\\\\d:rest\n");
        assert_eq!(found[0].name, "sales dev etl");
        let login = found[0].login.as_ref().unwrap();
        assert_eq!(login.url, "jdbc:redshift://sales.abc.redshift.amazonaws.com:5439/dev");
        assert_eq!(login.user.as_deref(), Some("etl"));
        assert_eq!(login.password.as_ref().unwrap().expose_secret(), "p:w\\d");
    }

    #[test]
    fn a_host_may_be_an_address() {
        let found = read("\\:\\:1:5439:my db:u:p\n127.0.0.1:1:dev:u:p\r\n");
        assert_eq!(found[0].login.as_ref().unwrap().url, "jdbc:redshift://[::1]:5439/my%20db");
        assert_eq!(found[0].name, "::1 my db u");
        assert_eq!(found[1].name, "127.0.0.1 dev u");
        assert_eq!(
            found[1].login.as_ref().unwrap().password.as_ref().unwrap().expose_secret(),
            "p"
        );
    }

    #[test]
    fn a_line_that_names_no_login_is_left_out() {
        let reasons = |text: &str| {
            let found = read(text);
            found.into_iter().map(|found| found.login.unwrap_err()).collect::<Vec<_>>()
        };
        assert_eq!(
            reasons("# a comment\n\n*:5439:dev:u:p\nh:*:dev:u:p\nh:1:*:u:p\nh:1:dev:*:p\n:1:d:u:p"),
            [
                "it is for any host",
                "it is for any port",
                "it is for any database",
                "it is for any user",
                "it names no host"
            ]
        );
        assert_eq!(read("*:*:*:u:p")[0].name, "line 1");
        let found = read("h:5439:dev:S3cret\nh:1:d:u:p\nh:1:d:u:q");
        assert_eq!(found[0].name, "line 1");
        assert_eq!(found[0].login.as_ref().unwrap_err(), "it has fewer than five fields");
        assert_eq!(found[2].login.as_ref().unwrap_err(), "an earlier line is for the same login");
    }
}
