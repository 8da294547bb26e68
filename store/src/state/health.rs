//! What is wrong with feeds, as the log tells it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Seq;

/// What is wrong with a feed, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedHealth {
    /// The kind of trouble.
    pub trouble: FeedTroubleKind,
    /// Since when.
    pub since: Timestamp,
    /// What was said of it.
    pub error: Option<String>,
    /// Whether it failed because nobody answered, which may be our own network's fault.
    #[serde(default)]
    pub unreachable: bool,
    /// The event the trouble began with.
    #[serde(default)]
    pub seq: Seq,
    /// Whether people were told of it.
    #[serde(default)]
    pub told: bool,
    /// When it was last covered by what was told of the network, which tells nobody that the feed itself is dead.
    #[serde(default)]
    pub covered: Option<Timestamp>,
}

/// The kind of a feed's trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedTroubleKind {
    /// It cannot be read.
    Failing,
    /// It answers as a challenge page.
    Blocked,
    /// It says that it is gone.
    Gone,
    /// It is silent beyond its habit.
    Silent,
}
