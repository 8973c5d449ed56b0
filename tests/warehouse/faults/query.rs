//! Unusual messages of a server while a query runs.

use std::time::Instant;

use redwire::diagnostic::Diagnostic;
use redwire::warehouse::{Cancel, Stage, WarehouseError};

use super::{SOON, USER, columns, let_in, password_request, play, ready, row, steps};
use crate::warehouse::adversary::{Act, Adversary, message};
use crate::warehouse::open;
use crate::warehouse::recorder::{Recorder, run};

#[test]
fn an_error_of_the_server_without_fields_is_still_one() {
    let script = vec![Act::HearFirst, Act::Send(message(b'E', b"\0")), Act::Close];
    let error = play("login", script, "?ssl=false");
    assert!(matches!(error, WarehouseError::Server { .. }), "{error:?}");
    assert_eq!(error.sqlstate().code(), "XX000");
}

#[test]
fn notices_and_settings_may_come_at_any_time() {
    let chat = [
        message(b'N', b"SNOTICE\0Mhello\0\0"),
        message(b'A', b"\0\0\0\x01channel\0payload\0"),
    ]
    .concat();
    let setting = message(b'S', b"name\0value\0");
    let script = vec![
        Act::HearFirst,
        Act::Send([chat.clone(), password_request()].concat()),
        Act::Hear,
        Act::Send([chat.clone(), let_in(), setting.clone(), chat.clone(), ready()].concat()),
        Act::Hear,
        Act::Send(
            [columns(), chat, row(), setting, row(), message(b'C', b"SELECT 2\0"), ready()]
                .concat(),
        ),
        Act::Silence,
    ];
    let adversary = Adversary::playing(script);
    let (mut session, _) = open(&adversary.url("?ssl=false"), USER).expect("a session");
    assert_eq!(session.login_notices().len(), 3);
    assert_eq!(session.parameter("name"), Some("value"));
    let (recorder, outcome): (Recorder, _) = run(&mut session, "SELECT id FROM t");
    assert_eq!(outcome, Ok(()));
    assert_eq!((recorder.rows.len(), recorder.notices.len()), (2, 1));
}

#[test]
fn a_server_that_ends_the_session_need_not_close_it() {
    let (step, _, mut script, _) = steps().swap_remove(5);
    let farewell = message(b'E', b"SFATAL\0C57P01\0Mterminating connection\0\0");
    script.extend([Act::Send(farewell), Act::Silence]);
    let error = play(step, script, "?ssl=false&socketTimeout=20");
    assert!(matches!(error, WarehouseError::Server { .. }), "{error:?}");
    assert_eq!(error.sqlstate().code(), "57P01");
}

#[test]
fn a_wish_to_end_a_query_counts_more_than_the_silence_that_follows() {
    let cancel = Cancel::default();
    let (_, _, mut script, _) = steps().swap_remove(3);
    script.extend([Act::Interrupt(cancel.clone()), Act::Silence]);
    let adversary = Adversary::playing(script);
    let (mut session, _) =
        open(&adversary.url("?ssl=false&socketTimeout=1"), USER).expect("a session");
    let outcome = session.query("SELECT 1", &mut Recorder::default(), None, &cancel);
    assert_eq!(outcome, Err(WarehouseError::Cancelled { stage: Stage::Query }));
}

#[test]
fn a_server_that_does_not_read_is_given_up_after_the_limit() {
    let (_, _, mut script, _) = steps().swap_remove(2);
    script.extend([Act::Send(ready()), Act::Silence]);
    let adversary = Adversary::playing(script);
    let (mut session, _) =
        open(&adversary.url("?ssl=false&socketTimeout=1"), USER).expect("a session");
    let statement = format!("SELECT '{}'", "x".repeat(60_000_000));
    let begin = Instant::now();
    let error = run(&mut session, &statement).1.expect_err("a limit");
    assert!(matches!(error, WarehouseError::Silent { .. }), "{error:?}");
    assert!(begin.elapsed() < SOON && session.is_lost());
}

#[test]
fn a_user_who_goes_on_wishing_for_the_end_of_a_query_gives_the_session_up() {
    let cancel = Cancel::default();
    let (_, _, mut script, _) = steps().swap_remove(3);
    script.push(Act::InterruptWithoutEnd(cancel.clone()));
    let adversary = Adversary::playing(script);
    let (mut session, _) = open(&adversary.url("?ssl=false"), USER).expect("a session");
    let begin = Instant::now();
    let outcome = session.query("SELECT 1", &mut Recorder::default(), None, &cancel);
    assert_eq!(outcome, Err(WarehouseError::Cancelled { stage: Stage::Query }));
    assert!(begin.elapsed() < SOON && session.is_lost());
    assert!(cancel.is_set(), "whoever runs a script stops at it");
}

#[test]
fn a_second_wish_to_end_a_query_that_follows_at_once_changes_nothing() {
    let cancel = Cancel::default();
    let cancelled = message(b'E', b"SERROR\0C57014\0Mcancelled\0\0");
    let (_, _, mut script, _) = steps().swap_remove(3);
    script.extend([
        Act::Interrupt(cancel.clone()),
        Act::InterruptAgain(cancel.clone()),
        Act::Send([cancelled, ready()].concat()),
        Act::Silence,
    ]);
    let adversary = Adversary::playing(script);
    let (mut session, _) = open(&adversary.url("?ssl=false"), USER).expect("a session");
    let outcome = session.query("SELECT 1", &mut Recorder::default(), None, &cancel);
    assert_eq!(outcome, Err(WarehouseError::Cancelled { stage: Stage::Query }));
    assert!(!session.is_lost());
}

#[test]
fn the_fields_of_a_server_message_are_kept_up_to_a_limit() {
    let words = [&b"SERROR\0C42601\0M"[..], &vec![0xff; 60_000_000], b"\0Hh\0\0"].concat();
    let (_, _, mut script, _) = steps().swap_remove(3);
    script.extend([Act::Send([message(b'E', &words), ready()].concat()), Act::Silence]);
    let adversary = Adversary::playing(script);
    let (mut session, _) = open(&adversary.url("?ssl=false"), USER).expect("a session");
    let WarehouseError::Server { message, .. } =
        run(&mut session, "SELECT 1").1.expect_err("an error")
    else {
        panic!("no words of the server");
    };
    assert!(message.message.len() < 4 * 1024 * 1024, "{}", message.message.len());
    assert!(message.message.ends_with('…'));
    assert_eq!(message.hint.as_deref(), Some("h"));
    assert!(!session.is_lost());
}
