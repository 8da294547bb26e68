//! The one that thinks and records.
//!
//! Plain blocking code on its own thread, fed by a bounded queue. It thinks
//! (pure: detect, then plan), then commits once, and only then shows and
//! answers. It never waits on a network.

mod core;
mod handle;
mod hearing;
mod misses;
mod recall;
mod reply;
mod run;
mod seen;
mod settle;
mod snapshotting;
mod staged;
#[cfg(test)]
mod tests;
mod trouble;
mod wish;

pub use self::core::{Core, Judged, Tally};
pub use handle::{
    Answer, Command, DeliveryNews, Handle, Ingested, Message, Occasion, Refused, StorageTrouble, View,
    Visited,
};
pub use recall::{Past, Standing, keep, snapshots};
pub use run::{Keep, Running, start};
pub use staged::{Part, Staged};
