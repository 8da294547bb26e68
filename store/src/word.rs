//! The words events are told in: how sure, what about, what kind of trouble.

use serde::{Deserialize, Serialize};

/// How sure a development is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum DevelopmentState {
    /// One origin says so.
    #[default]
    Provisional,
    /// Enough origins, or the party itself, say so.
    Confirmed,
    /// It was denied or corrected.
    Disputed,
}

/// How sure a fact or a phase is, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// The party concerned says that it is not so.
    Denied,
    /// One party says so.
    Claimed,
    /// Somebody wants it so.
    Proposed,
    /// It is likely, expected or probable.
    Probable,
    /// It is reported.
    Reported,
    /// Enough origins, or the party itself, say so.
    Confirmed,
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKey {
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A place, by its pack's name.
    Place,
    /// A person or party, by its pack's name.
    Participant,
}

/// What an alert is about: a storyline's change, or the daemon's own health.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A development was denied or corrected.
    Disputed,
    /// A storyline entered a phase.
    Phase,
    /// A fact became known or changed.
    Fact,
    /// A development was confirmed.
    Confirmed,
    /// A development nobody had reported.
    New,
    /// What was expected did not come.
    Overdue,
    /// Much more is written.
    Surge,
    /// Nothing is written any more.
    Quiet,
    /// A source died or went silent.
    Feed,
    /// A sink fails.
    Sink,
    /// The log cannot be written, or can again.
    Storage,
}

/// Why alerts were gathered into one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryDigest {
    /// The first visits of feeds.
    FirstRun,
    /// The return after a long stop.
    Stop,
    /// The sink's own digest interval.
    Window,
    /// More than the sink's rate.
    Rate,
    /// More than the storm guard lets through.
    Storm,
    /// The sink's quiet hours.
    Quiet,
}

impl DeliveryDigest {
    /// Whether a digest for this reason tells of what was gathered for that one.
    ///
    /// What had become due while a sink was left in peace is told at its end in one message.
    pub fn tells_of(self, gathered: Self) -> bool {
        match gathered {
            Self::FirstRun | Self::Stop => self == gathered,
            Self::Window | Self::Rate | Self::Storm | Self::Quiet => self == gathered || self == Self::Quiet,
        }
    }
}

/// Why a feed cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedTrouble {
    /// The server did not answer in time, or not at all.
    Network,
    /// The server answered with a status that is no success.
    Status,
    /// The document is a web page.
    Html,
    /// The document is empty.
    Empty,
    /// The document cannot be understood.
    Unreadable,
    /// The document is larger than it may be.
    TooLarge,
    /// The address may not be reached.
    Refused,
}

/// Why nothing can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageCode {
    /// No room.
    Full,
    /// The disk failed.
    Io,
    /// The log is damaged.
    Damaged,
}
