use super::*;
use crate::diagnostic::Diagnostic;
use crate::warehouse::Stage;

const USER: &str = "etl_user";

fn password() -> SecretString {
    SecretString::from("Mypassword1")
}

fn private(password: &SecretString) -> Authenticator<'_> {
    Authenticator::new(USER, password, true, None)
}

fn bytes(answer: Result<Reply, WarehouseError>) -> Vec<u8> {
    match answer {
        Ok(Reply::Send(bytes)) => bytes.to_vec(),
        Ok(Reply::Wait | Reply::In(_)) => panic!("nothing is sent"),
        Err(error) => panic!("{error}"),
    }
}

fn failure(answer: Result<Reply, WarehouseError>) -> WarehouseError {
    match answer {
        Ok(_) => panic!("a failure was expected"),
        Err(error) => error,
    }
}

fn is_in(answer: Result<Reply, WarehouseError>) -> LoginMethod {
    match answer {
        Ok(Reply::In(method)) => method,
        Ok(_) => panic!("the user is not in"),
        Err(error) => panic!("{error}"),
    }
}

const NOT_IN_ORDER: WarehouseError = WarehouseError::Protocol {
    stage: Stage::Login,
    error: ProtocolError::OutOfOrder { tag: b'R' },
};

#[test]
fn a_server_may_ask_for_nothing() {
    assert_eq!(is_in(private(&password()).answer(0, b"")), LoginMethod::Trust);
}

#[test]
fn the_password_itself_goes_only_where_nobody_reads_it() {
    let password = password();
    let mut login = private(&password);
    assert_eq!(bytes(login.answer(3, b"")), b"p\0\0\0\x10Mypassword1\0");
    assert_eq!(is_in(login.answer(0, b"")), LoginMethod::ClearText);
    let mut login = Authenticator::new(USER, &password, false, None);
    assert_eq!(failure(login.answer(3, b"")), WarehouseError::ClearTextRefused);
}

#[test]
fn md5_is_salted_with_the_user() {
    let (user, password) = ("md5_user", SecretString::from("password"));
    let mut login = Authenticator::new(user, &password, false, None);
    let answer = bytes(login.answer(5, &[0x2a, 0x3d, 0x8f, 0xe0]));
    assert_eq!(answer, b"p\0\0\0\x28md562af4dd09bbb41884907a838a3233294\0");
    assert_eq!(is_in(login.answer(0, b"")), LoginMethod::Md5);
}

#[test]
fn the_digest_answers_the_challenge() {
    let password = password();
    let mut login = private(&password);
    let answer = bytes(login.answer(13, b"\0\0\0\0\0\0\0\x04salt\0\0\0\x05nonce"));
    assert!(answer.starts_with(b"d\0\0\0\x39\0\0\0\x20"), "{answer:?}");
    assert_eq!(is_in(login.answer(0, b"")), LoginMethod::Digest);
}

#[test]
fn a_second_request_for_the_password_is_not_answered() {
    let password = password();
    let requests: [(i32, &[u8]); 4] = [
        (3, b""),
        (5, b"salt"),
        (10, b"SCRAM-SHA-256\0\0"),
        (13, b"\0\0\0\0\0\0\0\0\0\0\0\0"),
    ];
    for (first, rest) in requests {
        for (second, again) in requests {
            let mut login = private(&password);
            bytes(login.answer(first, rest));
            assert_eq!(failure(login.answer(second, again)), NOT_IN_ORDER, "{first}, {second}");
        }
    }
}

#[test]
fn a_step_of_scram_before_its_beginning_is_out_of_order() {
    for code in [11, 12] {
        assert_eq!(failure(private(&password()).answer(code, b"")), NOT_IN_ORDER);
    }
}

#[test]
fn a_server_that_skips_its_proof_does_not_get_in() {
    let password = password();
    let mut login = private(&password);
    bytes(login.answer(10, b"SCRAM-SHA-256\0\0"));
    let error = failure(login.answer(0, b""));
    let WarehouseError::Protocol { error, .. } = error else {
        panic!("{error:?}")
    };
    assert!(matches!(error, ProtocolError::Unproven { .. }), "{error:?}");
}

#[test]
fn a_server_with_another_nonce_is_not_believed() {
    let password = password();
    let mut login = private(&password);
    bytes(login.answer(10, b"SCRAM-SHA-256\0\0"));
    let error = failure(login.answer(11, b"r=other,s=c2FsdA==,i=4096"));
    assert_eq!(
        error.cause().unwrap(),
        "its challenge of SCRAM cannot be answered: invalid nonce"
    );
}

/// The client's nonce in what begins SCRAM. It may have an `r=` of its own.
fn nonce_of(begin: &[u8]) -> String {
    let text = String::from_utf8_lossy(begin);
    text.split_once("r=").unwrap().1.to_owned()
}

#[test]
fn a_server_cannot_have_the_password_hashed_for_hours() {
    let password = password();
    for iterations in [1_000_000_u32, 1 << 31] {
        let mut login = private(&password);
        let nonce = nonce_of(&bytes(login.answer(10, b"SCRAM-SHA-256\0\0")));
        let challenge = format!("r={nonce}and-mine,s=c2FsdA==,i={iterations}");
        let error = failure(login.answer(11, challenge.as_bytes()));
        assert!(error.cause().unwrap().contains("iteration count"), "{error:?}");
    }
}

#[test]
fn a_server_with_a_wrong_proof_is_not_believed() {
    let password = password();
    let mut login = private(&password);
    let nonce = nonce_of(&bytes(login.answer(10, b"SCRAM-SHA-256\0\0")));
    let challenge = format!("r={nonce}and-mine,s=c2FsdA==,i=4096");
    bytes(login.answer(11, challenge.as_bytes()));
    let error = failure(login.answer(12, b"v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    assert!(
        error.cause().unwrap().starts_with("it does not prove that it knows"),
        "{error:?}"
    );
}

#[test]
fn scram_is_bound_to_tls_where_both_can() {
    let key = rcgen::KeyPair::generate().unwrap();
    let parameters = rcgen::CertificateParams::new(vec!["h".to_owned()]).unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    let both = b"SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0";
    let (plus, plain) = (&both[..], &both[19..]);
    for (certificate, offered, mechanism, flag) in [
        (
            Some(&certificate.der()[..]),
            plus,
            "SCRAM-SHA-256-PLUS",
            "p=tls-server-end-point,,",
        ),
        (Some(&certificate.der()[..]), plain, "SCRAM-SHA-256", "y,,"),
        (None, plus, "SCRAM-SHA-256", "n,,"),
    ] {
        let password = password();
        let mut login = Authenticator::new(USER, &password, true, certificate);
        let answer = bytes(login.answer(10, offered));
        let expected = format!("{mechanism}\0");
        assert!(answer[5..].starts_with(expected.as_bytes()), "{mechanism}");
        assert!(answer[5 + expected.len() + 4..].starts_with(flag.as_bytes()), "{mechanism}");
    }
}

#[test]
fn other_ways_are_refused_by_name() {
    for (code, name) in [
        (2, "Kerberos V5 (code 2)"),
        (6, "SCM credentials (code 6)"),
        (7, "GSSAPI (code 7)"),
        (8, "GSSAPI or SSPI (code 8)"),
        (9, "SSPI (code 9)"),
        (14, "identity token (code 14)"),
        (99, "of the code 99"),
        (-1, "of the code -1"),
    ] {
        let error = failure(private(&password()).answer(code, b""));
        let message = error.to_string();
        assert!(message == format!("authentication method {name} not supported"), "{message}");
        assert_eq!(error.sqlstate().code(), "0A000");
    }
}

#[test]
fn sasl_without_scram_is_refused_by_name() {
    let error = failure(private(&password()).answer(10, b"OAUTHBEARER\0PLAIN\0\0"));
    assert!(error.to_string().contains("SASL OAUTHBEARER, PLAIN not supported"), "{error}");
}

#[test]
fn requests_that_do_not_fit_are_malformed() {
    for (code, rest) in [
        (5, &b"sal"[..]),
        (5, b"salty"),
        (10, b"SCRAM-SHA-256"),
        (10, b"S\0\0x"),
        (13, b""),
    ] {
        assert_eq!(
            failure(private(&password()).answer(code, rest)),
            malformed(),
            "{code} {rest:?}"
        );
    }
}

#[test]
fn a_password_with_a_nul_is_not_sent() {
    let password = SecretString::from("my\0word");
    let error = failure(private(&password).answer(3, b""));
    assert_eq!(error, WarehouseError::Nul { what: "the password" });
}
