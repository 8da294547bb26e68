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

mod about;
mod archive;
mod aside;
mod backup;
mod carve;
mod codec;
mod copy;
mod database;
mod disk_use;
mod durable;
mod error;
mod event;
mod export;
mod failpoint;
mod feed_parts;
mod feed_record;
mod fill;
mod head;
mod id;
mod item;
mod kind;
mod lock;
mod log;
mod pack;
mod reader;
mod repair;
mod report;
pub mod segment;
pub mod snapshot;
mod state;
mod sum;
mod swap;
mod verify;
mod walk;
mod word;

pub use archive::Archive;
pub use backup::{Restored, backup, is_free, restore};
pub use codec::{from_json, to_json};
pub use disk_use::{DiskUse, disk_use};
pub use error::StoreError;
pub use event::{Event, Recorded};
pub use export::{export, import};
pub use failpoint::failpoint;
pub use feed_record::{FeedRecord, Hold, Moving, Schedule, Seen, SeenItem, Validators};
pub use id::{AlertId, DeliveryId, DevelopmentId, ItemId, Seq};
pub use item::{DateFlag, Item};
pub use log::{Log, Opened};
pub use reader::Reader;
pub use repair::{Repaired, repair};
pub use report::{DateMention, Evidence, FacetTouched, Nearest, Relation, Report, Touch};
pub use state::{
    Alert, AlertState, Delivery, DeliveryState, Development, DevelopmentOrigin, Expectation,
    ExpectationState, Fact, FeedHealth, FeedTroubleKind, Gathered, Heat, LeftOut, ReportRef, Said,
    SinkFailing, SinkState, State, StorylineState, Trend,
};
pub use verify::{Damage, Verified, verify};
pub use word::{AlertKind, Certainty, DeliveryDigest, DevelopmentState, FactKey, FeedTrouble, StorageCode};
