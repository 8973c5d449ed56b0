//! Open sessions on a warehouse: how they are opened, what is sent and read, how they are
//! cancelled, how many there may be ([`slots`]), and what a server has ([`views`]).
//!
//! A client of the PostgreSQL protocol 3.0 with what Amazon Redshift adds to it, blocking and
//! without a runtime; the decision record client.md says why. Knows endpoints and secrets, and
//! nothing of statements, catalog or screen. Text of the server leaves this module as it came:
//! whoever shows it makes it printable.

mod cancel;
mod deadline;
mod error;
mod login;
mod parameters;
mod protocol_error;
mod quote;
mod server_message;
mod session;
mod sink;
pub mod slots;
mod stage;
mod transport;
pub mod views;
mod wire;

pub use cancel::{Cancel, SessionMark, cancel_sessions};
pub use error::WarehouseError;
pub use login::{LoginMethod, SessionRequest, UnsupportedMethod};
pub use protocol_error::ProtocolError;
pub use quote::{quote_identifier, quote_literal};
pub use server_message::ServerMessage;
pub use session::{Session, TransactionStatus};
pub use sink::{ResultColumn, ResultSink};
pub use stage::{Reached, Stage};
pub use transport::{TlsError, check_authorities};
