//! What happened, and where things stand.
//!
//! The log is the only truth. Events are appended in the past tense, are never
//! edited and never deleted; [`State`] is what you get by applying them in
//! order, and may be thrown away and rebuilt at any moment.
//!
//! # Promises
//!
//! * A commit is whole or absent.
//! * Sequence numbers start at 1 and have no gaps.
//! * What was acknowledged is on stable storage.
//! * Whatever a released version wrote, every later version reads.

mod event;
mod feed_record;
mod id;
mod item;
mod state;

pub use event::{
    AlertKind, Certainty, DateMention, DeliveryDigest, DevelopmentState, Event, Evidence, FacetTouched,
    FactKey, FeedTrouble, Nearest, Recorded, Relation, Report, StorageCode, Touch,
};
pub use feed_record::{FeedRecord, Hold, Moving, Schedule, Seen, SeenItem, Validators};
pub use id::{AlertId, DeliveryId, DevelopmentId, ItemId, Seq};
pub use item::{DateFlag, Item};
pub use state::{
    Alert, AlertState, Delivery, DeliveryState, Development, DevelopmentOrigin, Expectation,
    ExpectationState, Fact, FeedHealth, FeedTroubleKind, Gathered, Heat, ReportRef, State, StorylineState,
    Trend,
};
