//! What is recorded: typed, versioned, in the past tense.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use storyline_config::{AlertCause, FeedId, Phase, Severity, SinkId, StorylineId};

use crate::{AlertId, DeliveryId, DevelopmentId, ItemId, Seq};

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
    },
    /// Something is to happen by a date.
    ExpectationSet {
        storyline: StorylineId,
        development: DevelopmentId,
        /// The day it is meant for.
        date: Date,
        /// The moment after which it is overdue.
        due: Timestamp,
        /// The words that say so.
        what: String,
    },
    /// What was expected has happened.
    ExpectationMet { storyline: StorylineId, date: Date, by: DevelopmentId },
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
    /// A feed moved for good, and its new address was adopted.
    FeedMoved { feed: FeedId, url: String },
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
        /// `first_run`, `stop`, `late`, `backfill`, `storm`, `snooze` or `below_rule`.
        reason: String,
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

/// An item cited as evidence, with what memory needs to compare others with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The item.
    pub item: ItemId,
    /// The name its sender gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The feed that carried it.
    pub feed: FeedId,
    /// Where it was published.
    pub outlet: String,
    /// Who it really comes from: an owner family, or the agency it credits.
    pub origin: String,
    /// Whether so much of it is taken from elsewhere that it counts as half an origin.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub half: bool,
    /// Whether it is a party's word about its own act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaks_for: Option<String>,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its headline.
    pub title: String,
    /// Its text, as far as it is kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Its language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The date it states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// The time it counts from.
    pub effective: Timestamp,
    /// Whether it came too late to be told of.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
}

/// How an item relates to what a storyline already knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// It reports something nobody had.
    New,
    /// It says again what is known, in its own words.
    Corroboration,
    /// It is the text of an earlier report.
    Copy,
    /// It is a small edit of itself.
    Update,
    /// It explains, recalls or comments.
    Background,
    /// It denies what was reported.
    Denial,
    /// It corrects what was reported.
    Correction,
}

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

/// Why a decision was taken, small enough to be stored with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The version of thresholds, tables and patterns that decided.
    pub rules: u32,
    /// Which facets were touched, by what and where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facets: Vec<FacetTouched>,
    /// The nearest development, where one was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Nearest>,
    /// The share of word triples it has in common with the report it copies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copied: Option<f64>,
    /// Who it comes from, and how that is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub origin: String,
    /// What decided, in words.
    pub why: String,
    /// Dates its words name, resolved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<DateMention>,
}

/// A facet with what touched it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetTouched {
    /// Its place among the storyline's facets, from 0.
    pub facet: usize,
    /// What touched it; empty where it is missing.
    pub touched: Vec<Touch>,
}

/// One alias found in an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// The alias, as it is written in the definition.
    pub alias: String,
    /// `title`, `text`, `category`, `url` or `about`.
    pub field: String,
    /// The word it begins at, from 0.
    pub at: usize,
}

/// The development an item comes nearest to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Nearest {
    /// The development.
    pub development: DevelopmentId,
    /// How near, decayed by time; 0 and up.
    pub score: f64,
    /// From where on it is the same.
    pub threshold: f64,
}

/// A date expression and the day it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateMention {
    /// The words.
    pub text: String,
    /// The day, or the range `from/to`; none where it is vague.
    pub value: Option<String>,
}
