//! The password's part in a login: the server's requests and the replies to them.

use bytes::BytesMut;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{
    ChannelBinding, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, ScramSha256,
};
use postgres_protocol::message::frontend;
use secrecy::{ExposeSecret, SecretString};
use zeroize::{Zeroize, Zeroizing};

use super::binding::end_point;
use super::digest::{Challenge, client_nonce};
use super::method::{LoginMethod, unsupported};
use super::protocol;
use crate::warehouse::wire::Body;
use crate::warehouse::{ProtocolError, WarehouseError};

/// Answers the server's authentication requests. It answers one method only: a server that asks
/// again with another method may be after the password.
pub(super) struct Authenticator<'a> {
    user: &'a str,
    password: &'a SecretString,
    is_private: bool,
    certificate: Option<&'a [u8]>,
    state: LoginState,
}

/// The progress of the login.
enum LoginState {
    /// No request yet.
    Start,
    /// The reply was sent, and the server has nothing to prove.
    Answered(LoginMethod),
    /// SCRAM: the nonce was sent.
    ScramBegun {
        scram: Box<ScramSha256>,
        bound: bool,
    },
    /// SCRAM: the proof was sent, and the server must send its own.
    ScramProved {
        scram: Box<ScramSha256>,
        bound: bool,
    },
    /// A reply failed.
    Failed,
}

/// The reaction to a request.
pub(super) enum Reply {
    /// Sends these bytes.
    Send(Zeroizing<Vec<u8>>),
    /// Sends nothing and waits for the server.
    Wait,
    /// The user is logged in.
    In(LoginMethod),
}

impl<'a> Authenticator<'a> {
    /// `is_private`: nobody on the way can read the messages. `certificate` is the server's.
    pub fn new(
        user: &'a str,
        password: &'a SecretString,
        is_private: bool,
        certificate: Option<&'a [u8]>,
    ) -> Self {
        Self {
            user,
            password,
            is_private,
            certificate,
            state: LoginState::Start,
        }
    }

    /// Answers a request of the server.
    pub fn answer(&mut self, code: i32, rest: &[u8]) -> Result<Reply, WarehouseError> {
        match (code, std::mem::replace(&mut self.state, LoginState::Failed)) {
            (0, LoginState::Start) => Ok(Reply::In(LoginMethod::Trust)),
            (0, LoginState::Answered(method)) => Ok(Reply::In(method)),
            (0, _) => Err(unproven("it lets the user in before its proof")),
            (3, LoginState::Start) => self.clear_text(),
            (5, LoginState::Start) => self.md5(rest),
            (10, LoginState::Start) => self.begin_scram(rest),
            (11, LoginState::ScramBegun { scram, bound }) => self.prove_scram(scram, bound, rest),
            (12, LoginState::ScramProved { scram, bound }) => {
                self.finish_scram(*scram, bound, rest)
            }
            (13, LoginState::Start) => self.digest(rest),
            (3 | 5 | 10..=13, _) => Err(protocol(ProtocolError::OutOfOrder { tag: b'R' })),
            (code, _) => Err(WarehouseError::UnsupportedLogin { method: unsupported(code) }),
        }
    }

    fn secret(&self) -> &'a [u8] {
        self.password.expose_secret().as_bytes()
    }

    fn clear_text(&mut self) -> Result<Reply, WarehouseError> {
        if !self.is_private {
            return Err(WarehouseError::ClearTextRefused);
        }
        self.state = LoginState::Answered(LoginMethod::ClearText);
        password_message(self.secret())
    }

    fn md5(&mut self, rest: &[u8]) -> Result<Reply, WarehouseError> {
        let salt = <[u8; 4]>::try_from(rest).map_err(|_| malformed())?;
        self.state = LoginState::Answered(LoginMethod::Md5);
        let sum = Zeroizing::new(md5_hash(self.user.as_bytes(), self.secret(), salt));
        password_message(sum.as_bytes())
    }

    fn digest(&mut self, rest: &[u8]) -> Result<Reply, WarehouseError> {
        let challenge = Challenge::read(rest).map_err(protocol)?;
        self.state = LoginState::Answered(LoginMethod::Digest);
        let message = challenge.answer(self.secret(), client_nonce().as_bytes());
        Ok(Reply::Send(Zeroizing::new(message)))
    }

    fn begin_scram(&mut self, rest: &[u8]) -> Result<Reply, WarehouseError> {
        let offered = mechanisms(rest).ok_or_else(malformed)?;
        let offers = |mechanism| offered.iter().any(|offer| offer == mechanism);
        let binding = self.certificate.and_then(end_point);
        let (mechanism, binding) = match binding {
            Some(sum) if offers(SCRAM_SHA_256_PLUS) => {
                (SCRAM_SHA_256_PLUS, ChannelBinding::tls_server_end_point(sum))
            }
            // Says that channel binding was possible: a server that did offer it then knows that
            // somebody removed the offer.
            Some(_) if offers(SCRAM_SHA_256) => (SCRAM_SHA_256, ChannelBinding::unrequested()),
            None if offers(SCRAM_SHA_256) => (SCRAM_SHA_256, ChannelBinding::unsupported()),
            _ => {
                let method = format!("SASL {}", offered.join(", "));
                return Err(WarehouseError::UnsupportedLogin { method });
            }
        };
        let bound = mechanism == SCRAM_SHA_256_PLUS;
        let scram = Box::new(ScramSha256::new(self.secret(), binding));
        let mut message = BytesMut::new();
        let written = frontend::sasl_initial_response(mechanism, scram.message(), &mut message);
        self.state = LoginState::ScramBegun { scram, bound };
        sent(&written, message)
    }

    fn prove_scram(
        &mut self,
        mut scram: Box<ScramSha256>,
        bound: bool,
        rest: &[u8],
    ) -> Result<Reply, WarehouseError> {
        scram
            .update(rest)
            .map_err(|error| protocol(ProtocolError::Challenge { cause: error.to_string() }))?;
        let mut message = BytesMut::new();
        let written = frontend::sasl_response(scram.message(), &mut message);
        self.state = LoginState::ScramProved { scram, bound };
        sent(&written, message)
    }

    fn finish_scram(
        &mut self,
        mut scram: ScramSha256,
        bound: bool,
        rest: &[u8],
    ) -> Result<Reply, WarehouseError> {
        scram.finish(rest).map_err(|error| unproven(&error.to_string()))?;
        self.state = LoginState::Answered(LoginMethod::Scram { bound });
        Ok(Reply::Wait)
    }
}

/// The mechanisms that the server offers: a list of texts that ends with an empty one.
fn mechanisms(rest: &[u8]) -> Option<Vec<String>> {
    let mut body = Body::new(rest);
    let mut offered = Vec::new();
    loop {
        let mechanism = body.text()?;
        if mechanism.is_empty() {
            return body.is_empty().then_some(offered);
        }
        offered.push(mechanism.into_owned());
    }
}

/// The buffer is allocated for the whole message, so that no part of the password stays in a
/// smaller buffer.
fn password_message(password: &[u8]) -> Result<Reply, WarehouseError> {
    let mut message = BytesMut::with_capacity(password.len() + 16);
    let written = frontend::password_message(password, &mut message);
    sent(&written, message)
}

/// Writing a message fails only if a text contains a NUL.
fn sent(written: &std::io::Result<()>, mut message: BytesMut) -> Result<Reply, WarehouseError> {
    let bytes = Zeroizing::new(message.to_vec());
    message.as_mut().zeroize();
    match written {
        Ok(()) => Ok(Reply::Send(bytes)),
        Err(_) => Err(WarehouseError::Nul { what: "the password" }),
    }
}

fn malformed() -> WarehouseError {
    protocol(ProtocolError::Malformed { tag: b'R' })
}

fn unproven(cause: &str) -> WarehouseError {
    let cause = cause.to_owned();
    protocol(ProtocolError::Unproven { cause })
}

#[cfg(test)]
mod tests;
