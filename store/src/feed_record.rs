//! How far a feed is read: what only the schedule needs, and what was seen.
//!
//! It is kept in the log's database beside the events, written in the same
//! transaction as the events of the page it belongs to, and is no event
//! itself: losing it costs a visit, never news.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{FeedTrouble, Seq};

/// How far a feed is read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FeedRecord {
    /// When it was and will be visited, and how.
    pub schedule: Schedule,
    /// The languages its last items seemed to be in that name none, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tongues: Vec<String>,
    /// What it was seen to carry.
    #[serde(skip)]
    pub seen: Seen,
}

/// When a feed was and will be visited, and how.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Schedule {
    /// The configured address this belongs to; another one starts afresh.
    pub url: String,
    /// Where it moved for good, once that is believed.
    pub adopted: Option<String>,
    /// A permanent redirect that is not believed yet.
    pub moving: Option<Moving>,
    /// The validators of each address of the chain.
    pub validators: BTreeMap<String, Validators>,
    /// When the whole document last came.
    pub last_full: Option<Timestamp>,
    /// The start of the last attempt.
    pub last_visit: Option<Timestamp>,
    /// The last visit that brought something new.
    pub last_change: Option<Timestamp>,
    /// The earliest next attempt, pauses included.
    pub next_visit: Option<Timestamp>,
    /// Until when Retry-After or a pause forbids a visit, and why.
    pub held: Option<Hold>,
    /// Until when what was read counts as fresh: max-age, Expires, ttl and sy.
    pub fresh_until: Option<Timestamp>,
    /// The interval that the document itself asked for when it was last read, in seconds.
    pub asked_seconds: Option<u64>,
    /// The hours of the day (UTC, bit 0 for midnight) in which it says that nothing new comes.
    pub skip_hours: u32,
    /// The days of the week (bit 0 for Monday) on which it says that nothing new comes.
    pub skip_days: u8,
    /// Our own adaptive interval in seconds.
    pub interval_seconds: Option<u64>,
    /// Failures since the last readable visit.
    pub failures: u32,
    /// When they began.
    pub failing_since: Option<Timestamp>,
    /// What went wrong last; none after a visit that worked.
    pub error: Option<String>,
    /// The kind of what went wrong last.
    pub trouble: Option<FeedTrouble>,
    /// Answers of 410 in a row, and the first of them.
    pub gone: u32,
    /// When the first of them came.
    pub gone_since: Option<Timestamp>,
    /// Whether the last answer was a challenge page.
    pub blocked: bool,
    /// Whether a readable visit has set the baseline.
    pub baselined: bool,
    /// By how much its server's clock is ahead of ours (negative: behind), in seconds, where that is worth a word.
    pub skew_seconds: Option<i64>,
    /// Whether it is silent beyond its habit.
    pub silent: bool,
    /// Visits that brought something new.
    pub changes: u32,
    /// The longest recent time between two of them, in seconds.
    pub habit_seconds: Option<u64>,
    /// Items of the last readable visit.
    pub items: u32,
    /// The effective time of the oldest item the feed was known to carry when it was last read.
    pub oldest: Option<Timestamp>,
    /// Hash of the last body, so that the same bytes with another validator are no change.
    pub body_hash: Option<u64>,
}

/// What a server wants to hear again with the next question, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validators {
    /// The `ETag` header, its bytes read as Latin-1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The `Last-Modified` header, its bytes read as Latin-1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

/// A permanent redirect that is not believed yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moving {
    /// Where it points.
    pub to: String,
    /// Since when.
    pub since: Timestamp,
    /// Visits that found a feed there.
    pub visits: u32,
}

/// Why a feed may not be visited yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Until when.
    pub until: Timestamp,
    /// `retry_after` or `pause`.
    pub why: String,
    /// The registrable domain that is paused with it; none where only the feed is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
}

/// What a feed was seen to carry: 8 bytes of an item's id to what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen(pub BTreeMap<u64, SeenItem>);

/// What came of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenItem {
    /// Hash of its content.
    pub content: u64,
    /// The last event its first judgement recorded; none if it moved nothing.
    pub seq: Option<Seq>,
    /// How many events that were.
    pub events: u16,
    /// The day (since 1970) the feed last carried it.
    pub day: u16,
}

const ITEM_BYTES: usize = 8 + 8 + 8 + 2 + 2;

impl Seen {
    /// Writes it out: for each item id, content, seq (0 for none), events, day; little endian.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * ITEM_BYTES);
        for (id, it) in &self.0 {
            bytes.extend_from_slice(&id.to_le_bytes());
            bytes.extend_from_slice(&it.content.to_le_bytes());
            bytes.extend_from_slice(&it.seq.unwrap_or_default().0.to_le_bytes());
            bytes.extend_from_slice(&it.events.to_le_bytes());
            bytes.extend_from_slice(&it.day.to_le_bytes());
        }
        bytes
    }

    /// Reads what [`encode`](Self::encode) wrote; a torn last item is left out.
    pub fn decode(bytes: &[u8]) -> Self {
        Self(bytes.chunks_exact(ITEM_BYTES).filter_map(decode_item).collect())
    }
}

fn decode_item(bytes: &[u8]) -> Option<(u64, SeenItem)> {
    let (id, rest) = bytes.split_first_chunk()?;
    let (content, rest) = rest.split_first_chunk()?;
    let (seq, rest) = rest.split_first_chunk()?;
    let (events, rest) = rest.split_first_chunk()?;
    let (day, _) = rest.split_first_chunk()?;
    let seq = Some(Seq(u64::from_le_bytes(*seq))).filter(|it| it.0 > 0);
    let it = SeenItem {
        content: u64::from_le_bytes(*content),
        seq,
        events: u16::from_le_bytes(*events),
        day: u16::from_le_bytes(*day),
    };
    Some((u64::from_le_bytes(*id), it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_reads_back_as_written() {
        let one = SeenItem { content: 7, seq: Some(Seq(3)), events: 2, day: 20_132 };
        let none = SeenItem { content: 9, seq: None, events: 0, day: 20_133 };
        let seen = Seen(BTreeMap::from([(1, one), (u64::MAX, none)]));
        assert_eq!(Seen::decode(&seen.encode()), seen);
    }
}
