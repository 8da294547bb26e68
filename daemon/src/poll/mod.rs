//! Visits feeds, politely and safely.
//!
//! ```text
//! turns: who is next? -> fetch (guarded, by hand) -> read -> Visit -> writer
//!   ^                                                                   |
//!   `------------------- Schedule, by the rules of manners -------------'
//! ```
//!
//! The writer owns what is known of a feed; the poller only keeps the
//! schedules it was given back. [`manners`] and [`turns`] decide, and are
//! functions of their arguments; [`fetch`], [`source`] and the loop in
//! [`poller`] only do.

//pub mod fetch;
pub mod guard;
pub mod manners;
pub mod turns;
mod visit;

pub use manners::{FeedState, Overlap};
pub use visit::{Answer, Failure, Hints, Hop, Outcome, Page, Visit};
