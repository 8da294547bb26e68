//! What is to be committed, in parts that each hold on their own (pure).
//!
//! A commit is whole or absent however large it is, but nobody is answered before it is there. So what is much becomes
//! several, and any of them may be the last one the disk takes: a part ends only where an item is judged to its end, and
//! has with it what its feed was seen to carry up to there. What comes after it is then fetched and judged again, and
//! nothing before it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::Arc,
};

use storyline_config::{FeedId, limit::COMMIT_BYTES_MAX};
use storyline_store::{FeedRecord, Item, Recorded};

/// Bytes after which a part ends with the next item; the rest of a transaction is for that item and for the feeds' records.
const PART_BYTES: usize = COMMIT_BYTES_MAX / 4;

/// Bytes of an item that a feed was seen to carry, in its record.
const SEEN_BYTES: usize = 32;

/// What is committed together.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// The events, in order.
    pub events: Vec<Recorded>,
    /// The feeds whose record changed.
    pub feeds: Vec<(FeedId, Arc<FeedRecord>)>,
    /// The items that were judged, whatever came of it; for the archive.
    pub items: Vec<Item>,
}

/// What is to be committed.
#[derive(Debug, Default)]
pub struct Staged {
    /// Its parts, in order; one unless they are large.
    pub parts: Vec<Part>,
    /// Whether somebody was promised that the feeds' records are durable, events or not.
    pub promised: bool,
}

impl Part {
    fn is_empty(&self) -> bool {
        self.events.is_empty() && self.feeds.is_empty() && self.items.is_empty()
    }
}

impl Staged {
    /// The events of all parts, in order.
    pub fn into_events(self) -> impl Iterator<Item = Recorded> {
        self.parts.into_iter().flat_map(|it| it.events)
    }

    /// The items that were judged, in order.
    #[cfg(test)]
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.parts.iter().flat_map(|it| &it.items)
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

/// What is staged so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Staging {
    closed: Vec<Part>,
    events: Vec<Recorded>,
    touched: BTreeSet<FeedId>,
    heard: Vec<Item>,
    bytes: usize,
}

impl Staging {
    /// Stages an event.
    pub(super) fn push(&mut self, recorded: Recorded) {
        let mut size = Size(0);
        // What cannot be written as JSON is refused by the log, and has no size.
        let _ = serde_json::to_writer(&mut size, &recorded);
        self.bytes += size.0;
        self.events.push(recorded);
    }

    /// Stages a feed's record, in which so many items were seen.
    pub(super) fn touch(&mut self, feed: FeedId, seen: usize) {
        if self.touched.insert(feed) {
            self.bytes += seen * SEEN_BYTES;
        }
    }

    /// Stages an item for the archive.
    pub(super) fn hear(&mut self, item: Item) {
        self.heard.push(item);
    }

    /// Events of the part in hand.
    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// Those of them from the `first` on.
    pub(super) fn from(&self, first: usize) -> &[Recorded] {
        self.events.get(first..).unwrap_or_default()
    }

    /// Whether the part in hand is to end here.
    pub(super) fn is_large(&self) -> bool {
        self.bytes >= PART_BYTES
    }

    /// Ends the part in hand; `feeds` are the records as they stand.
    pub(super) fn close(&mut self, feeds: &BTreeMap<FeedId, Arc<FeedRecord>>) {
        let touched = std::mem::take(&mut self.touched).into_iter();
        let part = Part {
            events: std::mem::take(&mut self.events),
            feeds: touched.filter_map(|id| feeds.get(&id).cloned().map(|it| (id, it))).collect(),
            items: std::mem::take(&mut self.heard),
        };
        self.bytes = 0;
        if !part.is_empty() {
            self.closed.push(part);
        }
    }

    /// Hands all parts over.
    pub(super) fn take(&mut self, feeds: &BTreeMap<FeedId, Arc<FeedRecord>>) -> Vec<Part> {
        self.close(feeds);
        std::mem::take(&mut self.closed)
    }
}

/// Counts what is written.
struct Size(usize);

impl io::Write for Size {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
