//! Names that follow from what they name, so that pure code can make them.

use std::{fmt, num::ParseIntError, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use storyline_config::{FeedId, SinkId, StorylineId};
use xxhash_rust::xxh3::Xxh3;

/// An event's place in the log: 1 for the first, no gaps, printed `#42`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The place after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl FromStr for Seq {
    type Err = ParseIntError;
    /// Reads `#42` or `42`.
    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.strip_prefix('#').unwrap_or(text).parse().map(Self)
    }
}

/// Hashes parts so that no two lists of parts run together.
fn hash(kind: &str, parts: &[&str]) -> u64 {
    let mut hasher = Xxh3::new();
    for part in std::iter::once(&kind).chain(parts) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.digest()
}

macro_rules! hashed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{:016x}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;
            fn from_str(text: &str) -> Result<Self, ParseIntError> {
                u64::from_str_radix(text.strip_prefix($prefix).unwrap_or(text), 16).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|_| de::Error::custom(concat!("expected ", $prefix, " and 16 hex digits")))
            }
        }
    };
}

hashed_id!(
    /// Names an item: the feed with its guid, link or text.
    ItemId, "i-"
);
hashed_id!(
    /// Names a development: the storyline with the item that first reported it.
    DevelopmentId, "d-"
);
hashed_id!(
    /// Names an alert for life: its development, or its cause.
    AlertId, "a-"
);
hashed_id!(
    /// Names one delivery of one stage of an alert to one sink.
    DeliveryId, "m-"
);

impl ItemId {
    /// The item a feed carries under `key`: its guid, else its link, else its text.
    pub fn of(feed: &FeedId, key: &str) -> Self {
        Self(hash("item", &[feed.as_str(), key]))
    }
}

impl DevelopmentId {
    /// The development an item was the first to report.
    pub fn of(storyline: &StorylineId, first: ItemId) -> Self {
        Self(hash("development", &[storyline.as_str(), &first.to_string()]))
    }
}

impl AlertId {
    /// The alert about a development.
    pub fn of_development(development: DevelopmentId) -> Self {
        Self(hash("alert", &[&development.to_string()]))
    }

    /// The alert about something that is no development, named by its kind and subject.
    pub fn of_cause(kind: &str, subject: &str, cause: Seq) -> Self {
        Self(hash("alert", &[kind, subject, &cause.to_string()]))
    }
}

impl DeliveryId {
    /// The delivery of an alert's stage (the seq of its `alert_raised`) to a sink.
    pub fn of(alert: AlertId, stage: Seq, sink: &SinkId) -> Self {
        Self(hash("delivery", &[&alert.to_string(), &stage.to_string(), sink.as_str()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(hash("item", &["ab", "c"]), hash("item", &["a", "bc"]));
    }

    #[test]
    fn an_id_reads_what_it_writes() {
        let id = ItemId(0x1f);
        assert_eq!(id.to_string(), "i-000000000000001f");
        assert_eq!(id.to_string().parse(), Ok(id));
    }
}
