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
//! [`Poller`] only do.

mod asks;
pub mod domain;
mod doors;
mod errand;
pub mod fetch;
pub mod guard;
mod live;
pub mod manners;
mod pending;
mod poller;
pub mod sitemap;
pub mod source;
#[cfg(test)]
mod tests;
pub mod turns;
mod visit;

pub use asks::{Handle, HeldFeed, NotPolled, Polled};
pub use doors::{Child, Doors, NotTold, Raw, Reading, Told};
pub use live::{Live, understand};
pub use manners::{FeedState, Overlap};
pub use poller::Poller;
pub use visit::{Answer, Failure, Hints, Hop, Outcome, Page, Visit};
