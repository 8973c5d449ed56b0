//! Messages of the server: cut out of the stream, checked, and read in place.

mod body;
mod inbox;
mod message;
mod rows;

pub(super) use body::Body;
pub(super) use inbox::{Header, Inbox};
pub(super) use message::Message;
pub(super) use rows::deliver_rows;
