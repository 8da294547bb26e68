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
mod run;
mod seen;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod wish;

pub use self::core::{Core, Judged, Past, Staged, Tally};
pub use handle::{
    Answer, Command, DeliveryNews, Handle, Ingested, Message, Occasion, Refused, StorageTrouble, View,
    Visited,
};
pub use run::{Keep, Running, start};
