//! A server's texts without secrets: servers quote the text that they do not understand, and one
//! may repeat the password of the login.

use secrecy::{ExposeSecret, SecretString};

use super::{ProtocolError, ServerMessage, WarehouseError};
use crate::sign::{STARS, is_in_word};
use crate::sql::mask::Echo;

/// A message as it arrived. Only [`MessageMask::message`] makes one of it that can be shown.
#[derive(Debug, PartialEq)]
pub(super) struct RawMessage(pub(super) Box<ServerMessage>);

/// A shorter password is replaced only as a whole word, since it may be a part of any other.
const MIN_PASSWORD_BYTES: usize = 4;

/// So much of a password's beginning counts as the password: servers truncate what they quote.
const MIN_BEGINNING_BYTES: usize = 16;

/// The severities of PostgreSQL (documentation, "Error and Notice Message Fields").
const SEVERITIES: [&str; 8] =
    ["ERROR", "FATAL", "PANIC", "WARNING", "NOTICE", "DEBUG", "INFO", "LOG"];

/// Hides the password of the login, and the secrets of one statement.
#[derive(Clone, Copy)]
pub(super) struct MessageMask<'a> {
    password: &'a SecretString,
    echo: &'a Echo<'a>,
}

impl<'a> MessageMask<'a> {
    pub fn new(password: &'a SecretString, echo: &'a Echo<'a>) -> Self {
        Self { password, echo }
    }

    /// The message without secrets in any field. A severity and a code of PostgreSQL's stay, since
    /// decisions depend on them.
    pub fn message(self, RawMessage(raw): RawMessage) -> Box<ServerMessage> {
        let optional = |text: Option<String>| text.map(|text| self.text(&text));
        let in_sql = |text: String| self.echo.without_secrets_in_sql(&self.without_password(&text));
        Box::new(ServerMessage {
            severity: if SEVERITIES.contains(&raw.severity.as_str()) {
                raw.severity
            } else {
                self.text(&raw.severity)
            },
            code: if is_sqlstate(&raw.code) {
                self.without_password(&raw.code)
            } else {
                self.text(&raw.code)
            },
            message: self.text(&raw.message),
            detail: optional(raw.detail),
            hint: optional(raw.hint),
            position: raw.position,
            context: raw.context.map(in_sql),
            internal_query: raw.internal_query.map(in_sql),
            routine: optional(raw.routine),
        })
    }

    /// The error without secrets in the server's texts that it quotes.
    pub fn error(self, mut error: WarehouseError) -> WarehouseError {
        if let WarehouseError::Protocol {
            error:
                ProtocolError::Unproven { cause: text } | ProtocolError::Challenge { cause: text },
            ..
        } = &mut error
        {
            *text = self.text(text);
        }
        error
    }

    fn text(self, said: &str) -> String {
        self.echo.without_secrets(&self.without_password(said))
    }

    /// The text with stars in place of the password.
    pub fn without_password(self, said: &str) -> String {
        let password = self.password.expose_secret();
        let is_word = password.len() < MIN_PASSWORD_BYTES;
        let mut quiet = String::with_capacity(said.len());
        let mut at = 0;
        while let Some(next) = said[at..].chars().next() {
            let end = password_at(&said[at..], password).map(|length| at + length).filter(|end| {
                let is_alone =
                    !said[..at].ends_with(is_in_word) && !said[*end..].starts_with(is_in_word);
                is_alone || !is_word
            });
            if let Some(end) = end {
                quiet.push_str(STARS);
                at = end;
            } else {
                quiet.push(next);
                at += next.len_utf8();
            }
        }
        quiet
    }
}

/// The length of the password at the start of the text, in any letter case, and with its quotes and
/// backslashes doubled or escaped. None if something else is there.
fn password_at(text: &str, password: &str) -> Option<usize> {
    form_at(text, password, true).or_else(|| form_at(text, password, false))
}

/// The length of the password in one form: with or without a character before each special one.
fn form_at(text: &str, password: &str, is_escaped: bool) -> Option<usize> {
    let mut rest = text;
    for (at, expected) in password.char_indices() {
        let is_special = matches!(expected, '\'' | '"' | '\\');
        let unescaped = match rest.strip_prefix(['\'', '"', '\\']) {
            Some(behind) if is_special && is_escaped => behind,
            Some(_) | None => rest,
        };
        match unescaped.chars().next().filter(|next| next.eq_ignore_ascii_case(&expected)) {
            Some(next) => rest = &unescaped[next.len_utf8()..],
            None if at >= MIN_BEGINNING_BYTES => break,
            None => return None,
        }
    }
    let length = text.len() - rest.len();
    (length > 0).then_some(length)
}

/// True if the text has the form of an SQLSTATE.
fn is_sqlstate(code: &str) -> bool {
    code.len() == 5 && code.bytes().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_fields(said: &str) -> RawMessage {
        let said = || said.to_owned();
        RawMessage(Box::new(ServerMessage {
            severity: said(),
            code: said(),
            message: said(),
            detail: Some(said()),
            hint: Some(said()),
            position: Some(1),
            context: Some(said()),
            internal_query: Some(said()),
            routine: Some(said()),
        }))
    }

    fn masked(password: &str, statement: &str, said: &str) -> String {
        let (password, echo) = (SecretString::from(password), Echo::new(statement, false));
        format!("{:?}", MessageMask::new(&password, &echo).message(all_fields(said)))
    }

    #[test]
    fn no_field_of_a_message_keeps_a_secret_of_the_statement() {
        let said = "syntax error at or near \"Hunter2xq\"";
        let quiet = masked("", "CREATE USER u PASSWORD 'Hunter2xq'", said);
        assert!(!quiet.contains("Hunter2"), "{quiet}");
        assert_eq!(quiet.matches("syntax error at or near \\\"***\\\"").count(), 8, "{quiet}");
        let same = masked("", "CREATE USER u CREATEDB", said);
        assert_eq!(same, format!("{:?}", all_fields(said).0));
    }

    #[test]
    fn no_field_of_a_message_keeps_the_password_of_the_login() {
        for (password, said, expected) in [
            ("Zq7vKx2jw", "got Zq7vKx2jw", "got ***"),
            ("Zq7vKx2jw", "got xzq7vkx2jwx", "got x***x"),
            ("it's \\ \"x", "got it's \\ \"x", "got ***"),
            ("it's \\ \"x", "got it''s \\\\ \"\"x", "got ***"),
            ("it's \\ \"x", "got it\\'s \\\\ \\\"x", "got ***"),
            ("пароль 密碼 🔑", "got пароль 密碼 🔑", "got ***"),
            ("''", "got '' or ''''", "got *** or ***"),
            ("ab", "got ab, cab and ab", "got ***, cab and ***"),
            ("0123456789abcdefghijk", "got 0123456789abcdefgh", "got ***"),
            ("0123456789abcdefghijk", "got 0123456789", "got 0123456789"),
            ("", "got nothing", "got nothing"),
        ] {
            let quiet = masked(password, "SELECT 1", said);
            assert_eq!(quiet, format!("{:?}", all_fields(expected).0), "{password}");
        }
    }

    #[test]
    fn a_severity_and_a_code_of_postgresql_stay() {
        let (password, echo) =
            (SecretString::from("p"), Echo::new("CREATE USER u PASSWORD 'FATAL57P01'", false));
        let mut raw = all_fields("x");
        "FATAL".clone_into(&mut raw.0.severity);
        "57P01".clone_into(&mut raw.0.code);
        let quiet = MessageMask::new(&password, &echo).message(raw);
        assert_eq!((quiet.severity.as_str(), quiet.code.as_str()), ("FATAL", "57P01"));
    }

    #[test]
    fn texts_of_the_server_in_a_violation_of_the_protocol_are_masked() {
        let (password, echo) = (SecretString::from("Zq7vKx2jw"), Echo::new("", false));
        let text = || "e=Zq7vKx2jw".to_owned();
        let stage = super::super::Stage::Login;
        for error in [
            WarehouseError::Protocol {
                stage,
                error: ProtocolError::Unproven { cause: text() },
            },
            WarehouseError::Protocol {
                stage,
                error: ProtocolError::Challenge { cause: text() },
            },
        ] {
            let quiet = format!("{:?}", MessageMask::new(&password, &echo).error(error));
            assert!(quiet.contains("e=***"), "{quiet}");
        }
    }
}
