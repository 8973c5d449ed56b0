//! Connections in the files of other tools: text to a list of connections. Pure; errors and notes
//! repeat nothing of the file but names and endpoints.

mod dbeaver;
mod dbt;
mod document;
mod location;
mod pg_service;
mod pgpass;
mod sling;
mod template;
mod yaml;

use std::fmt;

use secrecy::SecretString;

use crate::definition::{ForeignTool, LoginOptions};
use crate::url::{Endpoint, ForeignParameters, LoginScheme};

pub(crate) use location::candidates;

/// A connection that a file describes.
#[derive(Debug)]
pub(crate) struct ForeignConnection {
    /// The tool's own name for it.
    pub name: String,
    /// Its login, or the reason why it is left out.
    pub login: Result<ForeignLogin, String>,
}

/// The login of a connection in another tool.
#[derive(Debug)]
pub(crate) struct ForeignLogin {
    /// The Redshift JDBC URL.
    pub url: String,
    /// The endpoint that the URL describes.
    pub endpoint: Endpoint,
    /// The user who logs in; None if AWS names one.
    pub user: Option<String>,
    /// The options of a login through AWS.
    pub options: LoginOptions,
    /// None if the file has no password.
    pub password: Option<SecretString>,
    /// Remarks, such as the names of parameters that are not taken over.
    pub notes: Vec<String>,
}

/// A file that is not in the format of its tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MalformedFile {
    /// A predicate: `is not YAML`.
    pub problem: &'static str,
    /// The line and the column, from 1; None if the whole file is meant.
    pub place: Option<(usize, Option<usize>)>,
}

impl fmt::Display for MalformedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.problem)?;
        match self.place {
            Some((line, Some(column))) => write!(f, ": line {line}, column {column}"),
            Some((line, None)) => write!(f, ": line {line}"),
            None => Ok(()),
        }
    }
}

/// Looks up a variable of the environment.
pub(crate) type VariableLookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads the connections in a file, in its order.
pub(crate) fn read(
    tool: ForeignTool,
    text: &str,
    variables: VariableLookup<'_>,
) -> Result<Vec<ForeignConnection>, MalformedFile> {
    match tool {
        ForeignTool::Dbt => dbt::read(text, variables),
        ForeignTool::PgPass => Ok(pgpass::read(text)),
        ForeignTool::PgService => pg_service::read(text),
        ForeignTool::DBeaver => dbeaver::read(text),
        ForeignTool::Sling => sling::read(text, variables),
    }
}

/// A name of redwire that needs no quotes, made of the tool's own name: letters, digits and single
/// underscores, of which one stands before a digit at the start.
pub(crate) fn redwire_name(name: &str) -> String {
    let mut made = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_alphanumeric() {
            made.push(c.to_ascii_lowercase());
        } else if !made.ends_with('_') {
            made.push('_');
        }
    }
    let made = made.trim_matches('_');
    let is_digit = made.starts_with(|c: char| c.is_numeric());
    format!("{}{made}", if is_digit { "_" } else { "" })
}

/// The port of PostgreSQL, which libpq and tools on top of it assume.
const POSTGRES_PORT: u16 = 5432;

/// The reason for a host that is reached through a tunnel of the tool.
const TUNNEL: &str = "it goes through an SSH tunnel, which redwire does not open";

/// The login with these parameters, or the reason why there is none.
fn login(parameters: ForeignParameters, default_port: u16) -> Result<ForeignLogin, String> {
    let login = login_by(LoginScheme::Password, parameters, default_port)?;
    match login.user {
        Some(_) => Ok(login),
        None => Err(NO_USER.to_owned()),
    }
}

/// The reason for a login that nobody can make.
const NO_USER: &str = "it names no user";

/// The login with these parameters, whose user may follow from elsewhere.
fn login_by(
    scheme: LoginScheme,
    parameters: ForeignParameters,
    default_port: u16,
) -> Result<ForeignLogin, String> {
    match parameters.host.as_deref() {
        None => return Err("it names no host".to_owned()),
        Some(host) if host.starts_with('/') => {
            return Err("its host is a Unix socket".to_owned());
        }
        Some(_) => {}
    }
    let (url, left) = parameters
        .to_url(scheme, Some(default_port))
        .ok_or("it names no database".to_owned())?;
    let endpoint = Endpoint::parse(&url).map_err(|error| error.to_string())?;
    let mut notes = Vec::new();
    if !left.is_empty() {
        notes.push(format!("not taken over: {}", left.join(", ")));
    }
    notes.extend(endpoint.tls_warning());
    notes.extend(endpoint.notices());
    Ok(ForeignLogin {
        url,
        endpoint,
        user: parameters.user,
        options: LoginOptions::default(),
        password: parameters.password,
        notes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_of_letters_digits_and_underscores() {
        for (name, made) in [
            ("Sales", "sales"),
            ("Prod (EU)", "prod_eu"),
            ("jaffle-shop_dev", "jaffle_shop_dev"),
            ("127.0.0.1 dev", "_127_0_0_1_dev"),
            ("Größe", "größe"),
            ("***", ""),
        ] {
            assert_eq!(redwire_name(name), made);
        }
    }
}
