//! Answers on the socket: where things stand, what happened, and why.
//!
//! HTTP/1.1 with JSON, so that `curl --unix-socket` and every language can
//! ask. Nothing here decides or remembers anything: reads look at what the
//! writer has shown ([`View`](crate::writer::View)) or at the log, wishes go
//! through the writer's queue, and whoever wants events follows the log.
//!
//! # Promises
//!
//! * Rubbish from a client is answered with a problem document or its
//!   connection is closed; it never stops the daemon.
//! * A slow reader holds up nobody but itself.
//! * Streams end when the daemon stops.

mod accept;
mod alerts;
mod atom;
mod body;
mod doors;
mod events;
mod explain;
mod feeds;
mod items;
mod json_feed;
mod metrics;
mod moment;
mod openapi;
mod outlet;
mod peer;
mod problem;
mod pull;
mod query;
mod reload;
mod router;
mod socket;
mod stall;
mod status;
mod store;
mod storyline;
mod stream;
mod subject;
mod timeline;
mod wishes;

#[cfg(test)]
pub(crate) mod tests;

pub use accept::{Listener, serve};
pub use doors::{Doors, Folds, Load, Past, PollNow, Shelf, TakeUp};
pub use reload::{NotReloaded, Reloaded, reload};
pub use socket::{Bound, Socket, SocketError};
