//! The begin of a session: TLS, who the client is, and what the server says of itself.

use std::fmt::Write as _;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

use md5::Md5;
use rustls::ServerConfig;
use sha2::{Digest, Sha256};

use super::message::{Message, Report, strings};
use super::refusal::{is_parameter, refuse_float_digits, unrecognised_parameter};
use super::rewrite::{SERVER_VERSION, pg_parameter};
use super::stream::Stream;
use super::{Account, Backend, Isolation, Method, temporary_login};

const SSL_REQUEST: u32 = 80_877_103;
const GSS_REQUEST: u32 = 80_877_104;
const CANCEL_REQUEST: u32 = 80_877_102;
const PROTOCOL: u32 = 3 << 16;

/// Parameters that AWS's drivers send to Redshift and that PostgreSQL does not know.
const DRIVER_PARAMETERS: &[&str] = &[
    "client_protocol_version",
    "driver_version",
    "os_version",
    "driver_discovery_version",
    "plugin_name",
    "idp_type",
    "provider_name",
];

/// Parameters that the backend reports and Redshift does not.
const NOT_REPORTED: &[&str] = &[
    "standard_conforming_strings",
    "server_version",
    "server_encoding",
    "client_encoding",
    "IntervalStyle",
    "default_transaction_read_only",
    "in_hot_standby",
];

/// The options of every session at the backend.
const BACKEND_OPTIONS: &str = "-c standard_conforming_strings=off -c escape_string_warning=off";

/// A session that has begun.
pub struct Begun {
    /// The client's end.
    pub client: Stream,
    /// The backend's end.
    pub backend: UnixStream,
}

/// Takes a client to where it may ask. None where the connection is over: it was a cancel, or the
/// client was refused.
pub fn begin(
    mut client: Stream,
    tls: Option<&Arc<ServerConfig>>,
    accounts: &[Account],
    backend: &Backend,
) -> io::Result<Option<Begun>> {
    let startup = loop {
        let Some(first) = Message::read_first(&mut client)? else {
            return Ok(None);
        };
        match (first.number_at(0), tls) {
            (Some(SSL_REQUEST), Some(tls)) if !client.is_encrypted() => {
                io::Write::write_all(&mut client, b"S")?;
                client = client.into_tls(tls);
            }
            (Some(SSL_REQUEST | GSS_REQUEST), _) => io::Write::write_all(&mut client, b"N")?,
            (Some(CANCEL_REQUEST), _) => {
                first.write(&mut backend.connect()?)?;
                return Ok(None);
            }
            _ => break first,
        }
    };
    match log_in(&mut client, &startup, accounts, backend)? {
        Ok(backend) => Ok(Some(Begun { client, backend })),
        Err(refusal) => {
            refusal.message(b'E').write(&mut client)?;
            client.close();
            Ok(None)
        }
    }
}

fn log_in(
    client: &mut Stream,
    startup: &Message,
    accounts: &[Account],
    backend: &Backend,
) -> io::Result<Result<UnixStream, Report>> {
    if startup.number_at(0) != Some(PROTOCOL) {
        return Ok(Err(Report::new("FATAL", "0A000", "unsupported frontend protocol")));
    }
    let parameters = startup.strings_from(4);
    let parameters: Vec<(&str, &str)> = parameters
        .chunks_exact(2)
        .map(|pair| (pair[0].as_str(), pair[1].as_str()))
        .collect();
    let get =
        |name: &str| parameters.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
    if let Some(refusal) = parameters.iter().find_map(|(name, value)| refuse_parameter(name, value))
    {
        return Ok(Err(refusal));
    }
    let user = get("user").unwrap_or_default();
    let database_user = match backend.logins.get() {
        Some(logins) if temporary_login::is_temporary(user) => {
            authenticate_temporarily(client, user, logins)?
        }
        _ => authenticate(client, user, accounts)?
            .then(|| user.to_owned())
            .ok_or_else(|| wrong_password(user)),
    };
    let database_user = match database_user {
        Ok(database_user) => database_user,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let startup = backend_startup(&parameters, &database_user, backend.isolation);
    let mut backend = backend.connect()?;
    startup.write(&mut backend)?;
    let reported = match await_ready(&mut backend)? {
        Ok(reported) => reported,
        Err(refusal) => return Ok(Err(refusal)),
    };
    greet(client, &parameters, &reported)?;
    Ok(Ok(backend))
}

fn refuse_parameter(name: &str, value: &str) -> Option<Report> {
    if !is_parameter(name) {
        return Some(unrecognised_parameter("FATAL", name));
    }
    if name == "options" && value.contains("standard_conforming_strings") {
        return Some(unrecognised_parameter("FATAL", "standard_conforming_strings"));
    }
    (name == "extra_float_digits")
        .then(|| refuse_float_digits("FATAL", value))
        .flatten()
}

fn authenticate(client: &mut Stream, user: &str, accounts: &[Account]) -> io::Result<bool> {
    // A user who is not there is asked as others are.
    let account = accounts.iter().find(|account| account.user.name == user);
    let password = account.map_or("", |account| account.user.password);
    let is_right = match account.map_or(Method::Md5, |account| account.method) {
        Method::Clear => {
            ask(client, 3, &[])?.is_some_and(|answer| answer.body == strings(&[password]))
        }
        Method::Md5 => {
            let salt: [u8; 4] = random();
            let inner = hex(&Md5::digest(format!("{password}{user}")));
            let outer = hex(&Md5::digest([inner.as_bytes(), &salt].concat()));
            ask(client, 5, &salt)?
                .is_some_and(|answer| answer.body == strings(&[&format!("md5{outer}")]))
        }
        Method::Digest => {
            let (salt, nonce): ([u8; 32], [u8; 32]) = (random(), random());
            let question = [&0_u32.to_be_bytes()[..], &sized(&salt), &sized(&nonce)].concat();
            let answer = ask(client, 13, &question)?.filter(|answer| answer.tag == b'd');
            answer.is_some_and(|answer| is_digest(&answer.body, password, &salt, &nonce))
        }
        Method::Token => {
            ask(client, 14, &[])?.is_some_and(|answer| answer.body == password.as_bytes())
        }
    };
    Ok(is_right && account.is_some())
}

/// Takes a temporary password. Without TLS nobody is let in by one.
fn authenticate_temporarily(
    client: &mut Stream,
    user: &str,
    logins: &Path,
) -> io::Result<Result<String, Report>> {
    if !client.is_encrypted() {
        ask(client, 5, &random::<4>())?;
        return Ok(Err(wrong_password(user)));
    }
    let password = ask(client, 3, &[])?.and_then(|answer| answer.strings_from(0).pop());
    Ok(temporary_login::find(logins, user, &password.unwrap_or_default()))
}

fn wrong_password(user: &str) -> Report {
    let message = format!("password authentication failed for user \"{user}\"");
    Report::new("FATAL", "28000", &message).with(b'R', "auth_failed")
}

fn ask(client: &mut Stream, code: u32, question: &[u8]) -> io::Result<Option<Message>> {
    Message::new(b'R', [&code.to_be_bytes()[..], question].concat()).write(client)?;
    Message::read(client)
}

/// True if the body has SHA256( SHA256(password ‖ salt) ‖ server nonce ‖ client nonce ) and the
/// client nonce.
pub fn is_digest(body: &[u8], password: &str, salt: &[u8], nonce: &[u8]) -> bool {
    let Some((digest, rest)) = take_sized(body) else {
        return false;
    };
    let Some((client_nonce, rest)) = take_sized(rest) else {
        return false;
    };
    let inner = Sha256::digest([password.as_bytes(), salt].concat());
    let outer = Sha256::digest([&inner[..], nonce, client_nonce].concat());
    rest.is_empty() && digest == &outer[..]
}

fn take_sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u32::from_be_bytes(*length) as usize)
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("a short text");
    [&length.to_be_bytes()[..], bytes].concat()
}

fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("text takes text");
        text
    })
}

fn backend_startup(parameters: &[(&str, &str)], user: &str, isolation: Isolation) -> Message {
    let mut body = PROTOCOL.to_be_bytes().to_vec();
    let level = match isolation {
        Isolation::Snapshot => r"repeatable\ read",
        Isolation::Serializable => "serializable",
    };
    let mut options = format!("{BACKEND_OPTIONS} -c default_transaction_isolation={level}");
    for (name, value) in parameters {
        if *name == "options" {
            options = format!("{options} {value}");
        } else if !DRIVER_PARAMETERS.contains(name) && *name != "client_encoding" {
            let value = match *name {
                "database" => value.to_ascii_lowercase(),
                "user" => user.to_owned(),
                _ => (*value).to_owned(),
            };
            body.extend(strings(&[&pg_parameter(name), &value]));
        }
    }
    body.extend(strings(&["client_encoding", "UTF8", "options", &options, ""]));
    Message::new(0, body)
}

/// The backend's messages until it is ready: its parameters and the key for a cancel.
fn await_ready(backend: &mut UnixStream) -> io::Result<Result<Vec<Message>, Report>> {
    let mut reported = Vec::new();
    loop {
        let message = Message::read(backend)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        match message.tag {
            b'E' => return Ok(Err(plain(Report::parse(&message)))),
            b'S' | b'K' => reported.push(message),
            b'Z' => return Ok(Ok(reported)),
            _ => {}
        }
    }
}

fn greet(client: &mut Stream, parameters: &[(&str, &str)], reported: &[Message]) -> io::Result<()> {
    let get =
        |name: &str| parameters.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
    let mut messages = vec![Message::new(b'R', 0_u32.to_be_bytes())];
    let encoding = get("client_encoding").map_or("UNICODE", |_| "UTF8");
    for (name, value) in [
        ("client_encoding", encoding),
        ("case_sensitive", "on"),
        ("server_encoding", "UNICODE"),
        ("server_version", SERVER_VERSION),
        ("timezone_abbreviations", "Default"),
        ("padb_version", "1.0.122914"),
        ("padb_revision", "0000000000"),
        ("max_numeric_precision", "38"),
        ("max_varchar_size", "65535"),
        ("datashare_enabled", "off"),
    ] {
        messages.push(status(name, value));
    }
    if get("client_protocol_version").is_some() {
        messages.push(status("server_protocol_version", "0"));
    }
    for message in reported {
        messages.extend(report(message));
    }
    messages.push(Message::new(b'Z', *b"I"));
    let bytes: Vec<u8> = messages.iter().flat_map(Message::bytes).collect();
    io::Write::write_all(client, &bytes)
}

fn status(name: &str, value: &str) -> Message {
    Message::new(b'S', strings(&[name, value]))
}

/// The client's version of a parameter that the backend reports; None if Redshift does not report
/// it.
pub fn report(message: &Message) -> Option<Message> {
    if message.tag != b'S' {
        return Some(Message::new(message.tag, message.body.clone()));
    }
    let pair = message.strings_from(0);
    let (name, value) = (pair.first()?.as_str(), pair.get(1)?.as_str());
    match name {
        "DateStyle" => Some(status("datestyle", value)),
        "application_name" if value.is_empty() => Some(status(name, "unset")),
        _ => (!NOT_REPORTED.contains(&name)).then(|| status(name, value)),
    }
}

/// A report without the fields that PostgreSQL 8.0 did not have.
pub fn plain(report: Report) -> Report {
    report.without(b"Vstcdn")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_the_one_of_the_drivers() {
        let salt: Vec<u8> = (0..32).collect();
        let nonce: Vec<u8> = (0xf0..=0xff).collect();
        let digest = "e0848f0110890393ff93b941900954dcba576dfec037957e37407c667b21971f";
        let digest: Vec<u8> = (0..32)
            .map(|place| u8::from_str_radix(&digest[2 * place..2 * place + 2], 16).expect("hex"))
            .collect();
        let body = [sized(&digest), sized(b"1700000000000")].concat();
        assert!(is_digest(&body, "Mypassword1", &salt, &nonce));
        assert!(!is_digest(&body, "Mypassword2", &salt, &nonce));
        assert!(!is_digest(&body[..40], "Mypassword1", &salt, &nonce));
    }
}
