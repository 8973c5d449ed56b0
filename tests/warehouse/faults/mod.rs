//! Servers that do not keep to the protocol: at each step of a session each fault is a clear error,
//! in bounded time and memory.

mod opening;
mod query;

use std::time::{Duration, Instant};

use redwire::diagnostic::Diagnostic;
use redwire::warehouse::{ProtocolError, Stage, WarehouseError};

use super::adversary::{Act, Adversary, header, message};
use super::open;
use super::recorder::run;
use crate::support::postgres::User;

const USER: User = User {
    name: "etl_user",
    password: "s3cret-p4ss",
    method: "password",
};

/// A guard against hanging.
const SOON: Duration = Duration::from_mins(1);

fn password_request() -> Vec<u8> {
    message(b'R', b"\0\0\0\x03")
}

fn let_in() -> Vec<u8> {
    message(b'R', b"\0\0\0\0")
}

fn ready() -> Vec<u8> {
    message(b'Z', b"I")
}

fn columns() -> Vec<u8> {
    message(b'T', b"\0\x01id\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0")
}

fn row() -> Vec<u8> {
    message(b'D', b"\0\x01\0\0\0\x011")
}

fn error() -> Vec<u8> {
    message(b'E', b"SERROR\0C42601\0Mno\0\0")
}

/// The steps of a session: what was said before, and what has no place after it.
fn steps() -> Vec<(&'static str, Stage, Vec<Act>, Vec<u8>)> {
    let begin = vec![Act::HearFirst];
    let asked = [begin.clone(), vec![Act::Send(password_request()), Act::Hear]].concat();
    let inside = [asked.clone(), vec![Act::Send(let_in())]].concat();
    let queried = [inside.clone(), vec![Act::Send(ready()), Act::Hear]].concat();
    let in_result = [queried.clone(), vec![Act::Send(columns())]].concat();
    let in_rows = [in_result.clone(), vec![Act::Send(row())]].concat();
    let failed = [queried.clone(), vec![Act::Send(error())]].concat();
    vec![
        ("after the first message", Stage::Login, begin, ready()),
        ("after the password", Stage::Login, asked, password_request()),
        ("after the login", Stage::Login, inside, password_request()),
        ("after the query", Stage::Query, queried, row()),
        ("before the rows", Stage::Query, in_result, columns()),
        ("among the rows", Stage::Query, in_rows, ready()),
        ("after an error", Stage::Query, failed, row()),
    ]
}

/// Plays the script and has a session opened and used; what it failed with, and how long that took.
#[track_caller]
fn play(step: &str, script: Vec<Act>, options: &str) -> WarehouseError {
    let adversary = Adversary::playing(script);
    let begin = Instant::now();
    let error = match open(&adversary.url(options), USER) {
        Err(error) => error,
        Ok((mut session, _)) => {
            let (_, outcome) = run(&mut session, "SELECT id FROM t");
            assert!(session.is_lost(), "{step}");
            outcome.expect_err("a fault")
        }
    };
    assert!(begin.elapsed() < SOON, "{step}: {error:?}");
    assert!(!format!("{error:?} {error} {:?}", error.hint()).contains(USER.password));
    error
}

/// Limits that a busy machine does not reach.
const LONG: [&str; 2] = ["?ssl=false&loginTimeout=20", "?ssl=false&socketTimeout=20"];

/// Limits that are to be reached.
const SHORT: [&str; 2] = ["?ssl=false&loginTimeout=0.5", "?ssl=false&socketTimeout=1"];

/// At every step the fault, and the check of what it led to.
fn at_each_step(fault: impl Fn(&[u8]) -> Vec<Act>, check: impl Fn(&WarehouseError) -> bool) {
    at_each_step_within(LONG, fault, check);
}

/// The limits are one for the steps of the login and one for those of a query.
fn at_each_step_within(
    [login, query]: [&str; 2],
    fault: impl Fn(&[u8]) -> Vec<Act>,
    check: impl Fn(&WarehouseError) -> bool,
) {
    for (step, stage, mut script, misplaced) in steps() {
        script.extend(fault(&misplaced));
        let error = play(step, script, if stage == Stage::Login { login } else { query });
        assert!(check(&error), "{step}: {error:?}");
        assert_eq!(error.stage(), stage, "{step}: {error:?}");
    }
}

fn is_fault(error: &WarehouseError, check: impl Fn(&ProtocolError) -> bool) -> bool {
    matches!(error, WarehouseError::Protocol { error: fault, .. } if check(fault))
        && error.sqlstate().code() == "08P01"
}

#[test]
fn silence_ends_with_its_limit() {
    at_each_step_within(
        SHORT,
        |_| vec![Act::Silence],
        |error| matches!(error, WarehouseError::TimedOut { .. } | WarehouseError::Silent { .. }),
    );
}

#[test]
fn silence_in_the_middle_of_a_message_ends_with_its_limit() {
    at_each_step_within(
        SHORT,
        |_| vec![Act::Send(b"N\0\0".to_vec()), Act::Silence],
        |error| matches!(error, WarehouseError::TimedOut { .. } | WarehouseError::Silent { .. }),
    );
}

#[test]
fn a_close_is_told_as_such() {
    for (step, stage, script, _) in steps() {
        let error = play(step, [script, vec![Act::Close]].concat(), "?ssl=false");
        if step == "after an error" {
            assert_eq!(error.sqlstate().code(), "42601", "{step}: {error:?}");
        } else {
            assert_eq!(error, WarehouseError::Closed { stage }, "{step}");
        }
    }
}

#[test]
fn a_close_in_the_middle_of_a_message_is_told_as_such() {
    at_each_step(
        |_| vec![Act::Send(b"N\0\0\0\x20SNOTICE\0".to_vec()), Act::Close],
        |error| matches!(error, WarehouseError::Closed { .. } | WarehouseError::Server { .. }),
    );
}

#[test]
fn garbage_is_no_message() {
    for garbage in [
        &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
        b"SSH-2.0-OpenSSH\r\n",
        b"\0\0\0\0\0\0\0\0",
        &[0xff; 64],
    ] {
        at_each_step(
            |_| vec![Act::Send(garbage.to_vec()), Act::Silence],
            |error| {
                is_fault(error, |fault| {
                    matches!(
                        fault,
                        ProtocolError::UnknownMessage { .. } | ProtocolError::TooLong { .. }
                    )
                })
            },
        );
    }
}

#[test]
fn absurd_lengths_are_refused_before_anything_is_waited_for() {
    for length in [i32::MIN, -1, 0, 3] {
        at_each_step(
            |_| vec![Act::Send(header(b'N', length)), Act::Silence],
            |error| is_fault(error, |fault| matches!(fault, ProtocolError::BadLength { .. })),
        );
    }
    for tag in *b"TCSZRI" {
        at_each_step(
            |_| vec![Act::Send(header(tag, 1024 * 1024 + 1)), Act::Silence],
            |error| is_fault(error, |fault| matches!(fault, ProtocolError::TooLong { .. })),
        );
    }
    for length in [128 * 1024 * 1024 + 1, i32::MAX] {
        at_each_step(
            |_| vec![Act::Send(header(b'N', length)), Act::Silence],
            |error| is_fault(error, |fault| matches!(fault, ProtocolError::TooLong { .. })),
        );
    }
}

#[test]
fn a_message_where_it_has_no_place_is_refused() {
    at_each_step(
        |misplaced| vec![Act::Send(misplaced.to_vec()), Act::Silence],
        |error| is_fault(error, |fault| matches!(fault, ProtocolError::OutOfOrder { .. })),
    );
}

#[test]
fn answers_to_what_was_never_asked_are_refused() {
    for tag in *b"123ntVsW" {
        at_each_step(
            |_| vec![Act::Send(message(tag, b"")), Act::Silence],
            |error| is_fault(error, |fault| *fault == ProtocolError::OutOfOrder { tag }),
        );
    }
}

#[test]
fn contents_that_do_not_fit_are_refused() {
    for bytes in [
        message(b'Z', b""),
        message(b'Z', b"?"),
        message(b'S', b"name without value\0"),
        message(b'K', b"\0\0\0\x01"),
        message(b'E', b"Mwithout end"),
        message(b'N', b"Mwithout end"),
        message(b'R', b"\0"),
        message(b'T', b"\x7f\xffid\0"),
        message(b'T', b"\xff\xff"),
        message(b'C', b"tag"),
    ] {
        at_each_step(
            |_| vec![Act::Send(bytes.clone()), Act::Silence],
            |error| is_fault(error, |fault| matches!(fault, ProtocolError::Malformed { .. })),
        );
    }
}

#[test]
fn rows_that_do_not_fit_their_columns_are_refused() {
    for body in [
        &b"\0\x02\0\0\0\x011"[..],
        b"\x7f\xff",
        b"\0\x01\0\0\0\x7f1",
        b"\0\x01\xff\xff\xff\xfe",
        b"",
    ] {
        let (step, _, mut script, _) = steps().swap_remove(4);
        script.extend([Act::Send(message(b'D', body)), Act::Silence]);
        let error = play(step, script, "?ssl=false");
        let tag = b'D';
        assert!(
            is_fault(&error, |fault| *fault == ProtocolError::Malformed { tag }),
            "{error:?}"
        );
    }
}

#[test]
fn a_server_that_talks_without_end_before_it_is_ready_is_left() {
    let notice = message(b'N', &[&b"SNOTICE\0M"[..], &[b'x'; 4_000], b"\0\0"].concat());
    let setting = message(b'S', &[&b"name\0"[..], &[b'x'; 4_000], b"\0"].concat());
    for (place, flood) in [(0, &notice), (1, &notice), (2, &notice), (2, &setting)] {
        let (step, _, mut script, _) = steps().swap_remove(place);
        script.push(Act::Flood(flood.clone()));
        let error = play(step, script, "?ssl=false");
        assert!(is_fault(&error, |fault| *fault == ProtocolError::Endless), "{error:?}");
    }
}
