//! What to watch.
//!
//! A [`Config`] is what a person wrote, checked and typed: feeds, storylines,
//! the packs of actors and places they lean on, and the sinks alerts go to.
//! Input is strict: an unknown key is a mistake, not a wish, and every
//! [`Finding`] names its file, line and column and how to mend it.

mod address;
mod config;
mod describe;
mod feed;
mod finding;
mod fingerprint;
mod id;
pub mod limit;
mod load;
mod mail;
mod pace;
mod sink;
mod starter;
mod storyline;

pub use address::{Address, is_loopback};
pub use config::{Alerts, Config, Daemon, Network, Poll, Storm};
pub use describe::{Description, FeedDescription, SinkDescription, StorylineDescription};
pub use feed::{Baseline, Feed, Role, Source};
pub use finding::{Finding, FindingSeverity, Findings};
pub use id::{FeedId, IdError, SinkId, StorylineId};
pub use load::{Loaded, Location, Warnings, Written, WrittenAlias, WrittenFacet, locate};
pub use mail::{Mail, MailTls, Mailbox};
pub use pace::{Digest, QuietHours};
pub use sink::{Rate, Retry, Service, Sink, SinkKind};
pub use storyline::{AlertCause, AlertRule, Alias, Confirm, Facet, Facets, Pack, Phase, Severity, Storyline};
