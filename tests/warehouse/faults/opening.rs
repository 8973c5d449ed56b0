//! Faults before the user is in: TLS and ways of logging in.

use redwire::diagnostic::Diagnostic;
use redwire::warehouse::{ProtocolError, Stage, TlsError, WarehouseError};

use super::{USER, play};
use crate::warehouse::adversary::{Act, Adversary, message};
use crate::warehouse::refusal;

#[test]
fn the_answer_to_the_request_for_tls_is_yes_or_no() {
    let hear = |acts: &[Act]| [&[Act::HearFirst][..], acts].concat();
    let send = |bytes: &[u8]| Act::Send(bytes.to_vec());
    let stage = Stage::Tls;
    for (script, check) in [
        (hear(&[send(b"N"), Act::Silence]), None),
        (hear(&[send(b"HTTP/1.1 400\r\n"), Act::Silence]), Some(b'H')),
        (hear(&[send(b"\0"), Act::Silence]), Some(0)),
    ] {
        let error = play("tls", script, "?loginTimeout=2");
        let expected = match check {
            None => WarehouseError::TlsRefused,
            Some(answer) => WarehouseError::Protocol {
                stage,
                error: ProtocolError::TlsAnswer { answer },
            },
        };
        assert_eq!(error, expected);
    }
    let full = hear(&[send(b"E"), Act::Silence]);
    assert_eq!(play("tls", full, "?loginTimeout=2"), WarehouseError::NoProcess);
    for acts in [&[Act::Close][..], &[send(b"S"), Act::Close]] {
        let error = play("tls", hear(acts), "?loginTimeout=2");
        assert_eq!(error, WarehouseError::Closed { stage });
        assert!(error.to_string().ends_with("during the SSL negotiation"), "{error}");
    }
    for acts in [
        &[Act::Silence][..],
        &[send(b"S"), Act::Silence],
        &[send(b"S\x16\x03\x03"), Act::Silence],
    ] {
        let error = play("tls", hear(acts), "?loginTimeout=0.3");
        assert!(matches!(error, WarehouseError::TimedOut { stage: Stage::Tls, .. }), "{error:?}");
    }
}

#[test]
fn bytes_that_are_not_tls_after_a_yes_are_an_error_of_their_own() {
    for bytes in [&b"SHTTP/1.1 400 Bad Request\r\n\r\n"[..], b"SR\0\0\0\x08\0\0\0\0Z\0\0\0\x05I"] {
        let script = vec![Act::HearFirst, Act::Send(bytes.to_vec()), Act::Silence];
        let error = play("tls", script, "?loginTimeout=2");
        let WarehouseError::Tls { error: fault, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!(fault, TlsError::NotTls);
    }
}

#[test]
fn ways_of_logging_in_that_redwire_lacks_are_refused_by_name() {
    for (code, name) in [(7, "GSSAPI"), (9, "SSPI"), (14, "identity token"), (77, "the code 77")] {
        let request = message(b'R', &[0, 0, 0, code]);
        let adversary = Adversary::playing(vec![Act::HearFirst, Act::Send(request), Act::Silence]);
        let error = refusal(&adversary.url("?ssl=false"), USER);
        assert!(error.to_string().contains(name), "{error}");
        assert_eq!((error.sqlstate().code(), error.stage()), ("0A000", Stage::Login));
    }
}
