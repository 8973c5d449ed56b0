//! A server that repeats the password of the login in each field of its errors and notices.

use std::ops::ControlFlow;
use std::sync::Arc;

use redwire::diagnostic::Diagnostic;
use redwire::url::Endpoint;
use redwire::warehouse::views::names::fetch;
use redwire::warehouse::{
    Cancel, ResultSink, ServerMessage, Session, SessionRequest, WarehouseError,
};
use secrecy::SecretString;

use crate::masking::{SECRET, leaks};
use crate::support::home::Home;
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::warehouse::adversary::{Act, Adversary, message};

/// Another secret, which only the words of a message tell.
const OTHER: &str = "Wy8nLs3pb";

/// The fields that redwire reads (PostgreSQL documentation, "Error and Notice Message Fields").
const FIELDS: &[u8] = b"SVCMDHWqR";

/// An error or notice with the text in these fields, and harmless ones in the others.
fn with_fields(tag: u8, fields: &[u8], text: &str) -> Vec<u8> {
    let severity = if tag == b'E' { "FATAL" } else { "WARNING" };
    let usual = [(b'S', severity), (b'C', "28P01"), (b'M', "m")];
    let usual = usual.into_iter().filter(|(name, _)| !fields.contains(name));
    let mut body = Vec::new();
    for (name, text) in usual.chain(fields.iter().map(|name| (*name, text))) {
        body.push(name);
        body.extend(text.as_bytes());
        body.push(0);
    }
    body.push(0);
    message(tag, &body)
}

/// The texts of a server that repeats the password.
fn texts() -> [String; 3] {
    [
        SECRET.to_owned(),
        format!("got <{SECRET}>"),
        format!("the url has pwd='{OTHER}'"),
    ]
}

/// The moment of the message.
#[derive(Clone, Copy, Debug)]
enum Moment {
    LoginError,
    LoginNotice,
    QueryError,
    QueryNotice,
}

const MOMENTS: [Moment; 4] =
    [Moment::LoginError, Moment::LoginNotice, Moment::QueryError, Moment::QueryNotice];

/// A server that reads the password in clear text and says this at that moment.
fn server(moment: Moment, fields: &[u8], text: &str) -> Adversary {
    let notice = with_fields(b'N', fields, text);
    let error = with_fields(b'E', fields, text);
    let welcome = [message(b'R', b"\0\0\0\0"), message(b'Z', b"I")].concat();
    let fatal = with_fields(b'E', b"", "");
    let done = [message(b'C', b"SELECT 0\0"), message(b'Z', b"I")].concat();
    let (at_login, at_query) = match moment {
        Moment::LoginError => (error, None),
        Moment::LoginNotice => ([notice, welcome].concat(), Some(fatal)),
        Moment::QueryError => (welcome, Some(error)),
        Moment::QueryNotice => (welcome, Some([notice, done].concat())),
    };
    let mut script = vec![
        Act::HearFirst,
        Act::Send(message(b'R', &3_i32.to_be_bytes())),
        Act::Hear,
        Act::Send(at_login),
    ];
    if let Some(at_query) = at_query {
        script.extend([Act::Hear, Act::Send(at_query)]);
    }
    script.push(Act::Close);
    Adversary::playing(script)
}

#[track_caller]
fn assert_quiet(shown: &str, case: &str) {
    assert!(!leaks(shown) && !shown.contains(OTHER), "{case}\n{shown}");
}

/// Each message at each moment.
fn for_each_message(check: impl Fn(&Adversary, &str)) {
    for moment in MOMENTS {
        for field in FIELDS {
            for text in texts() {
                let case = format!("{moment:?} {} {text}", char::from(*field));
                check(&server(moment, &[*field], &text), &case);
            }
        }
    }
}

/// Keeps the notices of a query.
struct Notices(Vec<ServerMessage>);

impl ResultSink for Notices {
    fn row(&mut self, _cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, notice: &ServerMessage) {
        self.0.push(notice.clone());
    }
}

#[test]
fn the_names_for_tab_are_fetched_without_a_word_of_the_password() {
    let server = server(Moment::QueryError, FIELDS, SECRET);
    let endpoint = Endpoint::parse(&server.url("?ssl=false")).expect("a URL");
    let password = Arc::new(SecretString::from(SECRET));
    let login = SessionRequest {
        endpoint: &endpoint,
        tunnel: None,
        user: "etl",
        password: &password,
    };
    let cancel = Cancel::default();
    let mut session = Session::open(&login, &mut |_| {}, &cancel).expect("a session");
    let error = fetch(&mut session, "etl", &cancel, &mut |_| {}).expect_err("an error");
    assert_quiet(&format!("{error:?} {error}"), "");
}

#[test]
fn no_field_of_a_message_leaves_the_session_with_the_password() {
    for_each_message(|server, case| {
        let endpoint = Endpoint::parse(&server.url("?ssl=false")).expect("a URL");
        let login = SessionRequest {
            endpoint: &endpoint,
            tunnel: None,
            user: "etl",
            password: &Arc::new(SecretString::from(SECRET)),
        };
        let mut notices = Notices(Vec::new());
        let cancel = Cancel::default();
        let run = || -> Result<Vec<ServerMessage>, WarehouseError> {
            let mut session = Session::open(&login, &mut |_| {}, &cancel)?;
            notices.0.extend_from_slice(session.login_notices());
            session.query("SELECT 1", &mut notices, None, &cancel)?;
            Ok(Vec::new())
        };
        let error = { run }().err();
        let said =
            format!("{error:?} {:?} {:?}", error.as_ref().map(Diagnostic::diagnosis), notices.0);
        assert_quiet(&said, case);
        assert!(said.contains("***"), "{case}\n{said}");
    });
}

/// The ways to a session: arguments and standard input.
const WAYS: &[(&[&str], &str)] = &[
    (&["connect", "sales", "-c", "SELECT 1"], ""),
    (&["--verbose", "--format", "json", "connect", "sales", "-c", "SELECT 1"], ""),
    (&[], "\\connect sales\nSELECT 1;\n"),
    (&[], "\\connect sales\n\\d orders\n"),
    (&["-c", "TEST CONNECTION sales"], ""),
    (&["--format", "json", "-c", "TEST CONNECTION sales"], ""),
    (
        &["--verbose", "-c", "ALTER REDSHIFT CONNECTION sales SET COMMENT = 'x' WITH TEST"],
        "",
    ),
    (&["--verbose", "-c", "IMPORT TABLES FROM sales"], ""),
    (&["--format", "csv", "-c", "IMPORT TABLES FROM sales"], ""),
];

#[test]
fn a_repeated_password_is_shown_on_no_way_to_a_session() {
    let home = Home::with_light_vault();
    for (arguments, input) in WAYS {
        for moment in MOMENTS {
            let server = server(moment, FIELDS, &format!("got <{SECRET}>"));
            let create = format!(
                "CREATE OR REPLACE REDSHIFT CONNECTION sales CONNECTION_STRING = '{}' \
                 USER_NAME = 'etl' PASSWORD = '{SECRET}'",
                server.url("?ssl=false")
            );
            let run = |arguments: &[&str]| {
                let run = home.redwire(STORE).args(arguments);
                run.env(PASSPHRASE.0, PASSPHRASE.1).stdin(*input).run()
            };
            run(&["-c", &create]).status(0);
            let done = run(arguments);
            let (shown, case) = (done.out + &done.err, format!("{arguments:?} {moment:?}"));
            assert_quiet(&shown, &case);
            assert!(
                !matches!(moment, Moment::LoginError) || shown.contains("got <***>"),
                "{shown}"
            );
        }
    }
}
