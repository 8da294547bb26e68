//! Where things stand: a fold of the log, and nothing else.
//!
//! [`State::apply`] is total: it refuses no event and asks nothing but its
//! arguments, so the same log gives the same state on every machine. Parts
//! are shared, so that handing a state to readers copies only what changed.

mod alert;
mod apply;
mod apply_alerts;
mod development;
mod health;
mod storyline;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub use alert::{Alert, AlertState, Delivery, DeliveryState, Gathered, SinkFailing, SinkState};
pub use development::{Development, DevelopmentOrigin, ReportRef, Said};
pub use health::{FeedHealth, FeedTroubleKind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
pub use storyline::{Expectation, ExpectationState, Fact, Heat, LeftOut, StorylineState, Trend};
use storyline_config::{FeedId, SinkId, StorylineId};

use crate::{AlertId, DeliveryId, Seq};

/// Where things stand after an event.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The last event applied.
    pub seq: Seq,
    /// When it was recorded.
    pub at: Option<Timestamp>,
    /// The storylines that are or were followed.
    pub storylines: BTreeMap<StorylineId, Arc<StorylineState>>,
    /// The last alerts, and those with deliveries still to be made.
    pub alerts: BTreeMap<AlertId, Arc<Alert>>,
    /// The deliveries of those alerts, and digests still to be made.
    pub deliveries: BTreeMap<DeliveryId, Arc<Delivery>>,
    /// Alerts that sinks will hear of in digests that are not closed yet, oldest first.
    pub gathered: Arc<Vec<Gathered>>,
    /// Alerts that wait until their storyline's rule lets them out, and since when.
    pub waiting: Arc<BTreeMap<AlertId, Timestamp>>,
    /// How many alerts were raised, and when: the last ten minutes.
    pub raised: Arc<BTreeMap<Timestamp, u32>>,
    /// What the log tells of sinks.
    pub sinks: BTreeMap<SinkId, Arc<SinkState>>,
    /// What is wrong with feeds; a feed that is well has no entry.
    pub feeds: Arc<BTreeMap<FeedId, FeedHealth>>,
    /// Sinks that asked never to be called again, with their words.
    pub disabled: Arc<BTreeMap<SinkId, String>>,
    /// Outlets that are left out.
    pub muted: Arc<BTreeSet<String>>,
    /// The hash of the configuration in force.
    pub configuration: Option<String>,
    /// Why the log could not be written, until it could again.
    pub storage: Option<String>,
    /// The newest alert that is no longer kept, by the place of its latest stage; 0 where every one is.
    pub alerts_forgotten: Seq,
    /// Whether old alerts are kept too, for whoever looks back.
    #[serde(skip)]
    keeps_all_alerts: bool,
}

impl State {
    /// A state before the first event that will keep every alert there was, not only the last ones.
    pub fn with_all_alerts() -> Self {
        Self { keeps_all_alerts: true, ..Self::default() }
    }
}
