//! The suggested fix for each error of a test.

use crate::definition::{ConnectionKind, PasswordKeeper};
use crate::diagnostic::Diagnostic;
use crate::error::{ErrorKind, PasswordError};
use crate::name::ConnectionName;
use crate::sql::StringLiteral;
use crate::url::{Endpoint, SslMode};
use crate::warehouse::slots::SlotError;
use crate::warehouse::{Stage, TlsError, WarehouseError};

/// The form of a fix.
#[derive(Clone, Copy, Debug)]
pub(in crate::executor) enum Wording<'a> {
    /// A statement that alters the connection.
    Alter(&'a ConnectionName),
    /// A part of the statement with WITH TEST, which keeps nothing.
    Statement {
        /// True if the password was asked for: the fix must not suggest to ask for it.
        was_asked: bool,
    },
}

impl Wording<'_> {
    pub fn set(self, option: &str) -> String {
        match self {
            Self::Alter(name) => {
                format!("{} {} SET {option}", ConnectionKind::Redshift.alter(), name.shown())
            }
            Self::Statement { .. } => format!("write {option}"),
        }
    }

    /// The text that sets another password.
    fn set_password(self) -> String {
        match self {
            Self::Statement { was_asked: true } => {
                "run the statement again and answer with the right password, or check USER_NAME"
                    .to_owned()
            }
            Self::Alter(_) | Self::Statement { was_asked: false } => self.set("PASSWORD = PROMPT"),
        }
    }
}

/// The fix for an error of a connection with this URL. If the right value cannot be known, it names
/// the wrong one.
pub(in crate::executor) fn fix_for(
    failure: &ErrorKind,
    url: &str,
    keeper: &PasswordKeeper,
    wording: Wording<'_>,
) -> Option<String> {
    match failure {
        ErrorKind::Warehouse(error) => fix_for_session(error, url, keeper, wording),
        ErrorKind::Password(PasswordError::NotStored { .. }) => {
            Some(wording.set("PASSWORD = PROMPT"))
        }
        ErrorKind::Slot(SlotError::NoneFree { .. }) => Some(match wording {
            Wording::Alter(name) => {
                format!(
                    "end one of them, which SHOW SESSIONS OF CONNECTION {} lists, or wait for longer \
                     with --wait",
                    name.shown()
                )
            }
            Wording::Statement { .. } => {
                "end one of them, which SHOW SESSIONS lists, or wait for longer with --wait"
                    .to_owned()
            }
        }),
        other => other.hint(),
    }
}

fn fix_for_session(
    error: &WarehouseError,
    url: &str,
    keeper: &PasswordKeeper,
    wording: Wording<'_>,
) -> Option<String> {
    let of_url = |value: Option<String>| {
        let literal = value.map(|url| format!("CONNECTION_STRING = {}", StringLiteral(&url)));
        literal.map(|option| wording.set(&option)).or_else(|| error.hint())
    };
    match error {
        WarehouseError::Server { stage: Stage::Login, message } if message.is_of_access_rules() => {
            Some(fix_for_rules(url).to_owned())
        }
        WarehouseError::Server { stage: Stage::Login, message }
            if matches!(message.code.as_str(), "28P01" | "28000") =>
        {
            Some(fix_for_password(keeper, wording))
        }
        WarehouseError::Server { stage: Stage::Login, message }
            if message.code == "42704" && *keeper == PasswordKeeper::Iam =>
        {
            Some(format!("{} lets AWS make the user", wording.set("AUTO_CREATE_USER = TRUE")))
        }
        WarehouseError::Server { stage: Stage::Login, message } if message.code == "3D000" => {
            Some("correct the database in CONNECTION_STRING; it stands after the /".to_owned())
        }
        // Elsewhere no name is proposed: those of the certificate are chosen by the other side.
        WarehouseError::Tls { error: TlsError::Name { .. }, .. } if is_loopback(url) => {
            of_url(without_name_check(url))
        }
        WarehouseError::TlsRefused if is_loopback(url) => {
            of_url(with_sslmode(url, "disable", SslMode::Disable))
        }
        other => other.hint(),
    }
}

/// The fix for a user or a password that the server refuses.
fn fix_for_password(keeper: &PasswordKeeper, wording: Wording<'_>) -> String {
    match keeper {
        PasswordKeeper::Store => wording.set_password(),
        PasswordKeeper::Command(command) => {
            format!("check what \"{command}\" prints: the password of USER_NAME")
        }
        PasswordKeeper::SecretsManager => {
            "check user and password in the secret of AWS_SECRET: rotating it sets both".to_owned()
        }
        PasswordKeeper::Iam => {
            "check that host and CLUSTER or WORKGROUP belong together, and the groups of the user"
                .to_owned()
        }
    }
}

/// The fix for a server without a pg_hba.conf entry for this user.
fn fix_for_rules(url: &str) -> &'static str {
    if Endpoint::parse(url).is_ok_and(|endpoint| endpoint.options.sslmode == SslMode::Disable) {
        "take sslmode and ssl out of CONNECTION_STRING if the server wants TLS; else check USER_NAME"
    } else {
        "check USER_NAME and the database in CONNECTION_STRING: no pg_hba.conf entry allows this user to connect to this database"
    }
}

fn is_loopback(url: &str) -> bool {
    Endpoint::parse(url).is_ok_and(|endpoint| endpoint.is_loopback())
}

/// The URL without the check of the host name, for a tunnel: the certificate is for the server at
/// its other end.
fn without_name_check(url: &str) -> Option<String> {
    with_sslmode(url, "verify-ca", SslMode::VerifyCa)
}

/// The URL with another `sslmode`. None if it has an option for TLS already: the user must say
/// which one decides.
fn with_sslmode(url: &str, word: &str, mode: SslMode) -> Option<String> {
    let lower = url.to_ascii_lowercase();
    if lower.contains("ssl=") || lower.contains("sslmode=") {
        return None;
    }
    let sign = match (url.contains('?'), url.contains(';')) {
        (_, true) => ';',
        (true, false) => '&',
        (false, false) => '?',
    };
    let new = format!("{url}{sign}sslmode={word}");
    let is_right = Endpoint::parse(&new).is_ok_and(|endpoint| endpoint.options.sslmode == mode);
    is_right.then_some(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_fault(url: &str) -> String {
        let host = Endpoint::parse(url).unwrap().host;
        let error = TlsError::Name {
            presented: vec!["*.example.com".to_owned(), "db.example.com".to_owned()],
        };
        let failure = ErrorKind::Warehouse(WarehouseError::Tls { error, host });
        let name = ConnectionName::new("my sales").unwrap();
        fix_for(&failure, url, &PasswordKeeper::Store, Wording::Alter(&name)).unwrap()
    }

    #[test]
    fn a_tunnel_that_fails_the_name_check_verifies_the_authority_alone() {
        for (url, new) in [
            (
                "jdbc:redshift://localhost:5439/dev",
                "jdbc:redshift://localhost:5439/dev?sslmode=verify-ca",
            ),
            (
                "jdbc:redshift://127.0.0.1/d?readOnly=true",
                "jdbc:redshift://127.0.0.1/d?readOnly=true&sslmode=verify-ca",
            ),
            (
                "jdbc:redshift://127.0.0.1/d;readOnly=true",
                "jdbc:redshift://127.0.0.1/d;readOnly=true;sslmode=verify-ca",
            ),
        ] {
            let expected =
                format!("ALTER REDSHIFT CONNECTION \"my sales\" SET CONNECTION_STRING = '{new}'");
            assert_eq!(name_fault(url), expected);
        }
        // Of two modes neither is chosen.
        assert!(
            name_fault("jdbc:redshift://localhost/d?sslmode=verify-full")
                .contains("through a tunnel")
        );
    }

    #[test]
    fn no_fix_proposes_a_name_that_the_other_side_chose() {
        for url in [
            "jdbc:redshift://10.0.0.1:5439/dev",
            "jdbc:redshift://redshift/redshift",
            "jdbc:redshift://localhost:5439/dev",
            "jdbc:redshift://localhost/d?sslmode=verify-full",
        ] {
            let fix = name_fault(url);
            assert!(!fix.contains("example.com"), "{fix}");
        }
        assert!(name_fault("jdbc:redshift://10.0.0.1/d").contains("the cluster's endpoint"));
    }

    #[test]
    fn with_test_suggests_a_fix_of_the_statement_itself() {
        let failure = ErrorKind::Password(PasswordError::NotStored {
            name: ConnectionName::new("c").unwrap(),
        });
        let fix =
            fix_for(&failure, "", &PasswordKeeper::Store, Wording::Statement { was_asked: false });
        assert_eq!(fix.as_deref(), Some("write PASSWORD = PROMPT"));
    }
}
