//! What is recorded: typed, versioned, in the past tense.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use storyline_config::{AlertCause, FeedId, Phase, Severity, SinkId, StorylineId};

use crate::{
    AlertId, AlertKind, Certainty, DeliveryDigest, DeliveryId, DevelopmentId, Evidence, FactKey, FeedTrouble,
    ItemId, Relation, Report, Seq, StorageCode,
};

/// An event with its place in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its place: dense, from 1.
    pub seq: Seq,
    /// When it was recorded; never falls from one event to the next.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Something that happened. In JSON `kind` names the variant in `snake_case`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
#[allow(missing_docs, reason = "the fields of one kind are explained by its own sentence and by their types")]
pub enum Event {
    /// A storyline is followed from now on, or under a changed definition.
    StorylineDefined {
        storyline: StorylineId,
        title: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<StorylineId>,
        /// Hash of the definition, so that a reload tells a change from none.
        definition: String,
    },
    /// A storyline is no longer followed; its alerts close.
    StorylineRetired { storyline: StorylineId },
    /// Something new was reported, or an earlier report denied or corrected.
    DevelopmentReported {
        storyline: StorylineId,
        development: DevelopmentId,
        /// `new`, `denial` or `correction`.
        relation: Relation,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disputes: Option<DevelopmentId>,
        report: Report,
        evidence: Evidence,
    },
    /// Another report says what a development already says.
    DevelopmentCorroborated {
        storyline: StorylineId,
        development: DevelopmentId,
        report: Report,
        evidence: Evidence,
    },
    /// Enough origins, or the party itself, stand behind a development.
    DevelopmentConfirmed {
        storyline: StorylineId,
        development: DevelopmentId,
        origins: Vec<String>,
        /// The party whose own act it is, where its word alone confirmed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_party: Option<String>,
    },
    /// A development was denied or corrected by another.
    DevelopmentDisputed { storyline: StorylineId, development: DevelopmentId, by: DevelopmentId },
    /// A report that changes nothing: a copy, an update, background.
    ReportNoted {
        storyline: StorylineId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        development: Option<DevelopmentId>,
        /// `copy`, `update` or `background`.
        relation: Relation,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        copy_of: Option<ItemId>,
        report: Report,
        evidence: Evidence,
    },
    /// A storyline entered a phase.
    PhaseEntered {
        storyline: StorylineId,
        development: DevelopmentId,
        from: Phase,
        to: Phase,
        certainty: Certainty,
        /// The words that say so.
        cue: String,
    },
    /// A date, place or participant became known, or surer.
    FactReported {
        storyline: StorylineId,
        development: DevelopmentId,
        key: FactKey,
        value: String,
        certainty: Certainty,
        /// Whether it is no news by itself: the storyline is known by it, it is the day of the report, or it is only surer.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        noted: bool,
    },
    /// Something is to happen by a date.
    ExpectationSet {
        storyline: StorylineId,
        development: DevelopmentId,
        /// The first day it may happen on, where that is not the last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Date>,
        /// The day it is meant for, or the last of them.
        date: Date,
        /// The moment after which it is overdue.
        due: Timestamp,
        /// The words that say so.
        what: String,
    },
    /// What was expected has happened.
    ExpectationMet { storyline: StorylineId, date: Date, by: DevelopmentId },
    /// What was expected will not be, as far as is reported.
    ExpectationDropped { storyline: StorylineId, date: Date, by: DevelopmentId },
    /// The date passed, and nothing says that it happened.
    ExpectationMissed { storyline: StorylineId, date: Date, what: String },
    /// Much more is written about a storyline than is usual for it.
    StorylineSurged { storyline: StorylineId, last_24h: u32, usual: u32 },
    /// Nothing is written any more about a storyline that had a habit.
    StorylineQuieted { storyline: StorylineId, usual: u32 },

    /// The first readable visit of a feed; what it carried is known, not news.
    FeedBaselined { feed: FeedId, items: u32 },
    /// A feed cannot be read.
    FeedFailed { feed: FeedId, trouble: FeedTrouble, error: String },
    /// A feed answers as a challenge page.
    FeedBlocked { feed: FeedId, error: String },
    /// A feed says that it is gone.
    FeedGone { feed: FeedId, error: String },
    /// A feed has brought nothing for longer than its habit.
    FeedSilent { feed: FeedId, since: Timestamp },
    /// The clock of a feed's server differs from ours by so many seconds, more than zero if it is ahead; zero once they
    /// agree again.
    FeedSkewed { feed: FeedId, seconds: i64 },
    /// A feed moved for good, and its new address was adopted.
    FeedMoved { feed: FeedId, url: String },
    /// A feed is no longer configured; whatever was wrong with it is nobody's trouble any more.
    FeedRetired { feed: FeedId },
    /// A feed can be read again, or speaks again.
    FeedRecovered { feed: FeedId },

    /// An alert entered a stage that people are told of.
    AlertRaised {
        alert: AlertId,
        /// The change it is about.
        #[serde(rename = "alert_kind")]
        kind: AlertKind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        storyline: Option<StorylineId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        development: Option<DevelopmentId>,
        /// Everything this stage changes; `kind` is the strongest.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changes: Vec<AlertCause>,
        headline: String,
        severity: Severity,
        /// The sentence people read.
        text: String,
    },
    /// An alert that people are not told of on its own, and why.
    AlertSuppressed {
        alert: AlertId,
        #[serde(rename = "alert_kind")]
        kind: AlertKind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        storyline: Option<StorylineId>,
        headline: String,
        /// `first_run`, `stop`, `late`, `backfill`, `storm`, `snooze`, `below_rule`, `not_on`, `dropped`, or
        /// `network` for a feed that cannot be reached because nothing can.
        reason: String,
        /// What that means here, as a sentence: what is waited for, and until when.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        detail: String,
    },
    /// A sink will hear of an alert together with others, in a digest.
    AlertGathered {
        sink: SinkId,
        alert: AlertId,
        #[serde(rename = "alert_kind")]
        kind: AlertKind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        storyline: Option<StorylineId>,
        headline: String,
        /// Why it is gathered.
        digest: DeliveryDigest,
        /// The digest is closed then at the earliest.
        not_before: Timestamp,
    },
    /// A person has seen an alert.
    AlertAcknowledged { alert: AlertId, by: String },
    /// A storyline's alerts are held until a time.
    AlertSnoozed { storyline: StorylineId, until: Timestamp, by: String },
    /// The further stages of one alert are held until a time.
    AlertHeld {
        alert: AlertId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        storyline: Option<StorylineId>,
        until: Timestamp,
        by: String,
    },
    /// A message for a sink, with the very bytes it will carry at every attempt.
    DeliveryPlanned {
        delivery: DeliveryId,
        sink: SinkId,
        /// The alert it tells of; none for a digest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alert: Option<AlertId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        storyline: Option<StorylineId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<DeliveryDigest>,
        /// The JSON document to send.
        body: String,
    },
    /// A message is about to be sent; durable before it is.
    DeliveryAttempted { delivery: DeliveryId, attempt: u32 },
    /// The sink took it.
    DeliveryDone { delivery: DeliveryId, attempt: u32 },
    /// The sink did not take it; it will be tried again.
    DeliveryFailed { delivery: DeliveryId, attempt: u32, error: String, retry_at: Timestamp },
    /// The sink will not take it; it is not tried again by itself.
    DeliveryDead { delivery: DeliveryId, error: String },
    /// A person wants a dead delivery sent again; its time begins anew.
    DeliveryRequeued { delivery: DeliveryId, by: String },
    /// A sink is no longer configured; what was still to be sent to it is dead, and what was gathered for it forgotten.
    SinkRetired { sink: SinkId },
    /// A sink asked never to be called again; its deliveries are held until a reload.
    SinkDisabled { sink: SinkId, error: String },

    /// Nothing can be written.
    StorageDegraded { code: StorageCode, detail: String },
    /// Writing goes on.
    StorageRestored {},
    /// An event was lost to damage; its number stays.
    RecordLost { detail: String },
    /// A configuration is in force from here on.
    ConfigurationLoaded { feeds: u32, storylines: u32, sinks: u32, hash: String },
    /// An outlet is left out from here on.
    OutletMuted { outlet: String, by: String },
    /// A person said that a development does not belong.
    DevelopmentDropped { storyline: StorylineId, development: DevelopmentId, by: String },

    /// A kind this version does not know; kept as it was written.
    #[serde(untagged)]
    Unknown(serde_json::Map<String, serde_json::Value>),
}
