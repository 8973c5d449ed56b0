//! The parts of a URL before its options: scheme, host, port and database.

use std::net::Ipv6Addr;

use super::aws_host::{is_cluster_name, is_region};
use super::error::{UrlError, UrlErrorKind};
use super::part::UrlPart;
use super::{DEFAULT_PORT, LoginScheme, MAX_URL_BYTES, scheme};

/// The maximum length of a host name (RFC 1035, 2.3.4).
const MAX_HOST_BYTES: usize = 253;

/// The host and port, or the cluster, before the database.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Authority {
    /// `host[:port]`
    Host { host: String, port: u16 },
    /// `cluster:region`
    Cluster { cluster: String, region: String },
}

/// Reads the scheme and the length of what comes before the address.
pub(super) fn scheme(url: &str) -> Result<(LoginScheme, usize), UrlError> {
    if url.len() > MAX_URL_BYTES {
        return Err(UrlError::new(UrlErrorKind::TooLong, 0..url.len()));
    }
    if !url.starts_with(scheme::DRIVER) {
        return Err(not_redshift(url));
    }
    let schemes = [(scheme::PASSWORD, LoginScheme::Password), (scheme::IAM, LoginScheme::Iam)];
    match schemes.into_iter().find(|(start, _)| url.starts_with(start)) {
        Some((start, scheme)) => Ok((scheme, start.len())),
        None => Err(UrlError::new(UrlErrorKind::NotRedshift, 0..scheme::DRIVER.len())),
    }
}

fn not_redshift(url: &str) -> UrlError {
    let trimmed = url.trim_start();
    if trimmed.len() < url.len() {
        return UrlError::new(UrlErrorKind::WhiteSpace, 0..url.len() - trimmed.len());
    }
    match url.get(..scheme::DRIVER.len()) {
        Some(start) if start.eq_ignore_ascii_case(scheme::DRIVER) => {
            UrlError::new(UrlErrorKind::UpperCase, 0..scheme::DRIVER.len())
        }
        _ => UrlError::missing_at(UrlErrorKind::NotRedshift, 0),
    }
}

/// Splits the text behind `//` into address and options.
pub(super) fn split_options(text: UrlPart<'_>) -> Result<(UrlPart<'_>, UrlPart<'_>), UrlError> {
    let Some((address, options)) = text.split_once(b'?') else {
        return Ok(text.split_once(b';').unwrap_or((text, text.skip(text.text.len()))));
    };
    if let Some((_, semicolon)) = address.find_mark(|byte| byte == b';') {
        return Err(UrlError::new(UrlErrorKind::BothSeparators, semicolon));
    }
    if let Some((_, question_mark)) = options.find_mark(|byte| byte == b'?') {
        return Err(UrlError::new(UrlErrorKind::SecondQuestionMark, question_mark));
    }
    Ok((address, options))
}

/// Reads `host[:port]/database`, and for logins through AWS also `cluster:region/database`.
pub(super) fn read(
    address: UrlPart<'_>,
    scheme: LoginScheme,
) -> Result<(Authority, String), UrlError> {
    if let Some((_, mark)) = address.find_mark(|byte| matches!(byte, b'<' | b'>' | b'{' | b'}')) {
        return Err(UrlError::new(UrlErrorKind::Placeholder, mark));
    }
    let missing = || UrlError::missing_at(UrlErrorKind::DatabaseMissing, address.end());
    let (authority, database) = address.split_once(b'/').ok_or_else(missing)?;
    let cluster = match scheme {
        LoginScheme::Iam => cluster_and_region(authority),
        LoginScheme::Password => None,
    };
    let authority = match cluster {
        Some((cluster, region)) => Authority::Cluster {
            cluster: cluster.to_owned(),
            region: region.to_owned(),
        },
        None => {
            let (host, port) = host_and_port(authority)?;
            Authority::Host { host: host.to_owned(), port }
        }
    };
    Ok((authority, read_database(database)?))
}

fn cluster_and_region(authority: UrlPart<'_>) -> Option<(&str, &str)> {
    let (cluster, region) = authority.text.split_once(':')?;
    (is_cluster_name(cluster) && is_region(region)).then_some((cluster, region))
}

fn host_and_port(authority: UrlPart<'_>) -> Result<(&str, u16), UrlError> {
    if let Some((_, comma)) = authority.find_mark(|byte| byte == b',') {
        return Err(UrlError::new(UrlErrorKind::SeveralHosts, comma));
    }
    if authority.text.starts_with('[') {
        return address_and_port(authority);
    }
    let (host, port) = match authority.split_once(b':') {
        Some((host, port)) if port.text.contains(':') => {
            return Err(authority_of_colons(host, authority));
        }
        Some((host, port)) => (host, read_port(port)?),
        None => (authority, DEFAULT_PORT),
    };
    check_host_name(host)?;
    Ok((host.text, port))
}

fn authority_of_colons(host: UrlPart<'_>, authority: UrlPart<'_>) -> UrlError {
    let is_hexadecimal = host.text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hexadecimal {
        authority.error(UrlErrorKind::Ipv6NeedsBrackets)
    } else {
        authority.skip(host.text.len() + 1).error(UrlErrorKind::PortInvalid)
    }
}

fn address_and_port(authority: UrlPart<'_>) -> Result<(&str, u16), UrlError> {
    let (address, rest) = authority
        .skip(1)
        .split_once(b']')
        .ok_or_else(|| authority.error(UrlErrorKind::Ipv6Invalid))?;
    check_address(address)?;
    let port = match rest.text.as_bytes().first() {
        None => DEFAULT_PORT,
        Some(b':') => read_port(rest.skip(1))?,
        Some(_) => return Err(rest.error(UrlErrorKind::PortInvalid)),
    };
    Ok((address.text, port))
}

fn check_address(address: UrlPart<'_>) -> Result<(), UrlError> {
    if address.text.parse::<Ipv6Addr>().is_ok() {
        return Ok(());
    }
    Err(address.error(if !address.text.contains(':') {
        UrlErrorKind::Placeholder
    } else if address.text.contains('%') {
        UrlErrorKind::Ipv6Zone
    } else {
        UrlErrorKind::Ipv6Invalid
    }))
}

fn check_host_name(host: UrlPart<'_>) -> Result<(), UrlError> {
    if host.text.is_empty() {
        return Err(host.error(UrlErrorKind::HostMissing));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_name = host.text.bytes().all(allowed)
        && !host.text.starts_with(['.', '-'])
        && !host.text.contains("..");
    if !is_name || host.text.len() > MAX_HOST_BYTES {
        return Err(host.error(UrlErrorKind::HostInvalid));
    }
    Ok(())
}

/// A decimal number; leading zeros are allowed, as in the driver.
fn read_port(port: UrlPart<'_>) -> Result<u16, UrlError> {
    let is_plain = port.text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if is_plain { port.text.parse().unwrap_or(0) } else { 0 };
    if number == 0 {
        return Err(port.error(UrlErrorKind::PortInvalid));
    }
    Ok(number)
}

fn read_database(database: UrlPart<'_>) -> Result<String, UrlError> {
    if database.text.is_empty() {
        return Err(database.error(UrlErrorKind::DatabaseMissing));
    }
    if let Some((mark, span)) =
        database.find_mark(|byte| matches!(byte, b'/' | b'#' | b'&' | b'=' | b'+' | b','))
    {
        return Err(UrlError::new(UrlErrorKind::DatabaseMark(mark), span));
    }
    let port = database.text.rsplit_once(':').map(|(name, port)| (name.len(), port));
    if let Some((at, port)) = port
        && !port.is_empty()
        && port.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Err(database.skip(at).error(UrlErrorKind::PortBehindDatabase));
    }
    database.decode()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<(Authority, String), UrlErrorKind> {
        read(UrlPart { text, start: 0 }, LoginScheme::Password).map_err(|error| error.kind)
    }

    #[test]
    fn an_address_is_host_port_and_database() {
        for (text, host, port, database) in [
            ("h/dev", "h", 5439, "dev"),
            ("my_host:05439/dev", "my_host", 5439, "dev"),
            ("[::1]:65535/my%20db", "::1", 65535, "my db"),
            ("[::ffff:127.0.0.1]/dev", "::ffff:127.0.0.1", 5439, "dev"),
        ] {
            let authority = Authority::Host { host: host.to_owned(), port };
            assert_eq!(read_text(text), Ok((authority, database.to_owned())));
        }
    }

    #[test]
    fn each_mistake_in_an_address_has_its_own_message() {
        for (text, kind) in [
            ("h:5439", UrlErrorKind::DatabaseMissing),
            ("h:5439/", UrlErrorKind::DatabaseMissing),
            (":5439/dev", UrlErrorKind::HostMissing),
            ("h:/dev", UrlErrorKind::PortInvalid),
            ("h:65536/dev", UrlErrorKind::PortInvalid),
            ("user:a:b/dev", UrlErrorKind::PortInvalid),
            ("::1:5439/dev", UrlErrorKind::Ipv6NeedsBrackets),
            ("[::1/dev", UrlErrorKind::Ipv6Invalid),
            ("[fe80::1%25eth0]:5439/dev", UrlErrorKind::Ipv6Zone),
            ("a,b/dev", UrlErrorKind::SeveralHosts),
            ("münchen/dev", UrlErrorKind::HostInvalid),
            ("<host_name>:<port>/<database>", UrlErrorKind::Placeholder),
            ("{host}/dev", UrlErrorKind::Placeholder),
            ("[Host]:[Port]/[Database]", UrlErrorKind::Placeholder),
            ("h/a+b", UrlErrorKind::DatabaseMark('+')),
            ("h/dev:5439", UrlErrorKind::PortBehindDatabase),
        ] {
            assert_eq!(read_text(text), Err(kind), "{text}");
        }
    }
}
