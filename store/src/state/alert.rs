//! Where alerts and their deliveries stand.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use storyline_config::{AlertCause, Severity, SinkId, StorylineId};

use crate::{AlertId, AlertKind, DeliveryDigest, DeliveryId, DevelopmentId, Seq};

/// An alert in its latest stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Its name for life.
    pub id: AlertId,
    /// The `alert_raised` of the latest stage.
    pub seq: Seq,
    /// When that was recorded.
    pub at: Timestamp,
    /// The change it is about.
    pub kind: AlertKind,
    /// The storyline that changed.
    pub storyline: Option<StorylineId>,
    /// The development it is about.
    pub development: Option<DevelopmentId>,
    /// Everything the latest stage changed.
    pub changes: Vec<AlertCause>,
    /// What it says in short.
    pub headline: String,
    /// The sentence people read.
    pub text: String,
    /// How much it matters.
    pub severity: Severity,
    /// Where it stands.
    pub state: AlertState,
    /// Why nobody was told of it on its own, where nobody was.
    pub suppressed: Option<String>,
    /// The deliveries of all its stages, oldest first.
    pub deliveries: Vec<DeliveryId>,
    /// Until when its further stages are held.
    #[serde(default)]
    pub snoozed_until: Option<Timestamp>,
}

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// It was raised.
    Open,
    /// It was held back; a digest or nothing tells of it.
    Suppressed,
    /// A person has seen it.
    Acknowledged,
    /// Its storyline is no longer followed.
    Closed,
}

/// A message for a sink.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its name.
    pub id: DeliveryId,
    /// The event that planned it.
    pub seq: Seq,
    /// When that was recorded.
    pub at: Timestamp,
    /// Where it goes.
    pub sink: SinkId,
    /// The alert it tells of; none for a digest.
    pub alert: Option<AlertId>,
    /// The storyline whose order it keeps.
    pub storyline: Option<StorylineId>,
    /// Why it gathers several, if it does.
    pub digest: Option<DeliveryDigest>,
    /// Where it stands.
    pub state: DeliveryState,
    /// Attempts that were begun.
    pub attempts: u32,
    /// When it may be tried again.
    pub retry_at: Option<Timestamp>,
    /// When a person last wanted it sent again.
    #[serde(default)]
    pub requeued_at: Option<Timestamp>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// The bytes to send; empty once it is done.
    pub body: String,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is to be sent, or an attempt is in hand.
    Planned,
    /// An attempt failed; another follows.
    Failing,
    /// The sink took it.
    Done,
    /// The sink will not take it.
    Dead,
    /// The sink asked never to be called again.
    Held,
}

impl Delivery {
    /// The moment its age counts from, after which it is given up.
    pub fn since(&self) -> Timestamp {
        self.requeued_at.unwrap_or(self.at)
    }
}

impl DeliveryState {
    /// Whether it is still to be made.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Planned | Self::Failing)
    }
}

/// An alert a sink will hear of in a digest that is not closed yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathered {
    /// Who will hear of it.
    pub sink: SinkId,
    /// The alert.
    pub alert: AlertId,
    /// The change it is about.
    pub kind: AlertKind,
    /// The storyline that changed.
    pub storyline: Option<StorylineId>,
    /// What it says in short.
    pub headline: String,
    /// Why it is gathered.
    pub digest: DeliveryDigest,
    /// The digest is closed then at the earliest.
    pub not_before: Timestamp,
    /// The event that gathered it.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
}

/// What the log tells of a sink.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SinkState {
    /// How many messages were planned for it, and when: the last two days.
    pub planned: BTreeMap<Timestamp, u32>,
    /// Whether it had its digest of a first run under the configuration in force.
    pub first_run_told: bool,
    /// When it last had the digest of a return after a long stop.
    pub stop_told: Option<Timestamp>,
    /// Alerts gathered for its digests that are too many to be kept, by why they were gathered: the digest can only count
    /// them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub gathered_more: BTreeMap<DeliveryDigest, u64>,
    /// Since when it takes nothing; none while it is well.
    pub failing: Option<SinkFailing>,
}

/// An episode in which a sink takes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SinkFailing {
    /// The event it began with.
    pub seq: Seq,
    /// When that was recorded.
    pub since: Timestamp,
    /// Whether people were told of it.
    pub told: bool,
}
