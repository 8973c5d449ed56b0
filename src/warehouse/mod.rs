//! Open sessions on a warehouse: login, queries, cancelling, the limit of sessions ([`slots`]), and
//! the server's objects ([`views`]).
//!
//! A client of the PostgreSQL protocol 3.0 with Amazon Redshift's additions, blocking and without
//! an async runtime; the decision record client.md gives the reasons. Knows endpoints and secrets,
//! but neither catalog nor screen. The server's errors and notices leave this module masked and not
//! escaped: the code that shows them must do that.

mod cancel;
mod deadline;
mod error;
mod login;
mod message_mask;
mod parameters;
mod protocol_error;
mod quote;
mod server_message;
mod session;
mod sink;
pub mod slots;
mod stage;
mod transport;
mod tunnel;
pub mod views;
mod wire;

pub use cancel::{Cancel, SessionMark, cancel_sessions};
pub use error::WarehouseError;
pub use login::{LoginMethod, SessionRequest};
pub use protocol_error::ProtocolError;
pub use quote::{quote_identifier, quote_literal};
pub use server_message::ServerMessage;
pub use session::{Session, TransactionStatus};
pub use sink::{ResultColumn, ResultSink};
pub(crate) use stage::STEPS;
pub use stage::{CompletedStage, Stage};
pub use transport::{TlsError, check_authorities};
pub use tunnel::Tunnel;
