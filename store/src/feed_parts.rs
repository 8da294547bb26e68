//! Feed records as the database's values.
//!
//! A record is kept in parts, so that no value grows past its limit, and only
//! the parts that changed are written:
//!
//! ```text
//! key     hash of the feed's id 16 · 'r' · part 2      or   · 's' · first item's id 8   (big endian)
//! value   "SLF1" · crc over key and body 4 · body
//! ```
//!
//! `r` parts put together are JSON: the feed's id, its record and how many `s`
//! parts there are. An `s` part is a run of seen items; where a run ends is
//! decided by its ids alone, so that one item more changes one run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sled::{Batch, Tree};
use storyline_config::{FeedId, limit::VALUE_BYTES_MAX};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::{FeedRecord, Seen, SeenItem, StoreError, database::guarded};

const MAGIC: [u8; 4] = *b"SLF1";
const HEAD_BYTES: usize = 8;
/// Items in one run; 28 bytes each.
const RUN_ITEMS_MAX: usize = 128;
/// One id in so many ends a run.
const RUN_ITEMS_MEAN: u64 = 48;

type Parts = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Serialize)]
struct Written<'a> {
    feed: &'a FeedId,
    runs: usize,
    record: &'a FeedRecord,
}

#[derive(Deserialize)]
struct Read {
    feed: FeedId,
    runs: usize,
    record: FeedRecord,
}

/// What is on disk of every feed: its parts by key, with a hash of each.
#[derive(Debug, Default)]
pub(crate) struct Kept(BTreeMap<FeedId, BTreeMap<Vec<u8>, u64>>);

/// What a feed's record changes on disk.
#[derive(Debug)]
pub(crate) struct Change {
    feed: FeedId,
    puts: Parts,
    removes: Vec<Vec<u8>>,
    after: BTreeMap<Vec<u8>, u64>,
}

impl Change {
    pub(crate) fn bytes(&self) -> usize {
        self.puts.iter().map(|(key, value)| key.len() + value.len()).sum()
    }

    pub(crate) fn put(&self, batch: &mut Batch) {
        for key in &self.removes {
            batch.remove(key.as_slice());
        }
        for (key, value) in &self.puts {
            batch.insert(key.as_slice(), value.as_slice());
        }
    }
}

impl Kept {
    /// What has to be written for a record.
    pub(crate) fn change(&self, feed: &FeedId, record: &FeedRecord) -> Result<Change, StoreError> {
        let mut puts = parts(feed, record)?;
        let after: BTreeMap<_, _> = puts.iter().map(|(key, value)| (key.clone(), xxh3_64(value))).collect();
        let before = self.0.get(feed);
        puts.retain(|key, _| before.and_then(|it| it.get(key)) != after.get(key));
        let removes = before.into_iter().flat_map(BTreeMap::keys).filter(|key| !after.contains_key(*key));
        let removes = removes.cloned().collect();
        Ok(Change { feed: feed.clone(), puts, removes, after })
    }

    /// Notes that a change was written.
    pub(crate) fn wrote(&mut self, change: Change) {
        self.0.insert(change.feed, change.after);
    }
}

fn parts(feed: &FeedId, record: &FeedRecord) -> Result<Parts, StoreError> {
    let name = xxh3_128(feed.as_str().as_bytes()).to_be_bytes();
    let mut parts = Parts::new();
    let mut put = |place: &[u8], body: &[u8]| {
        let key = [&name[..], place].concat();
        let value = [&MAGIC[..], &checksum(&key, body).to_le_bytes(), body].concat();
        parts.insert(key, value);
    };
    let runs = runs(&record.seen);
    let json =
        serde_json::to_vec(&Written { feed, runs: runs.len(), record }).map_err(std::io::Error::from)?;
    for (part, body) in (0..=u16::MAX).zip(json.chunks(VALUE_BYTES_MAX - HEAD_BYTES)) {
        put(&[&b"r"[..], &part.to_be_bytes()].concat(), body);
    }
    for run in runs {
        let first = run.0.keys().next().copied().unwrap_or_default();
        put(&[&b"s"[..], &first.to_be_bytes()].concat(), &run.encode());
    }
    Ok(parts)
}

fn runs(seen: &Seen) -> Vec<Seen> {
    let mut runs = Vec::new();
    let mut run = BTreeMap::<u64, SeenItem>::new();
    for (id, it) in &seen.0 {
        run.insert(*id, *it);
        if run.len() == RUN_ITEMS_MAX || xxh3_64(&id.to_le_bytes()).is_multiple_of(RUN_ITEMS_MEAN) {
            runs.push(Seen(std::mem::take(&mut run)));
        }
    }
    if !run.is_empty() {
        runs.push(Seen(run));
    }
    runs
}

fn checksum(key: &[u8], body: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(key), body)
}

/// Reads every feed's record. What does not fit is an error in words.
pub(crate) fn load(feeds: &Tree) -> Result<(BTreeMap<FeedId, FeedRecord>, Kept), StoreError> {
    let mut records = BTreeMap::new();
    let mut kept = Kept::default();
    let mut iter = feeds.iter();
    let mut one = Partial::default();
    while let Some((key, value)) = guarded(|| iter.next().transpose())? {
        if !one.takes(&key) {
            one.finish(&mut records, &mut kept)?;
            one = Partial::default();
        }
        one.add(&key, &value)?;
    }
    one.finish(&mut records, &mut kept)?;
    Ok((records, kept))
}

/// A record whose parts are being put together.
#[derive(Default)]
struct Partial {
    hashes: BTreeMap<Vec<u8>, u64>,
    json: Vec<u8>,
    seen: Seen,
    runs: usize,
}

impl Partial {
    fn takes(&self, key: &[u8]) -> bool {
        self.hashes.keys().next().is_none_or(|it| it.get(..16) == key.get(..16))
    }

    fn add(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let body =
            body(key, value).ok_or_else(|| damaged("a part of a feed's record is not what was written"))?;
        self.hashes.insert(key.to_vec(), xxh3_64(value));
        if key.get(16) == Some(&b's') {
            self.seen.0.append(&mut Seen::decode(body).0);
            self.runs += 1;
        } else {
            self.json.extend_from_slice(body);
        }
        Ok(())
    }

    fn finish(self, records: &mut BTreeMap<FeedId, FeedRecord>, kept: &mut Kept) -> Result<(), StoreError> {
        if self.hashes.is_empty() {
            return Ok(());
        }
        let Read { feed, runs, mut record } = serde_json::from_slice(&self.json)
            .map_err(|error| damaged(&format!("a feed's record: {error}")))?;
        if runs != self.runs {
            return Err(damaged(&format!("the record of feed {feed} lost a part")));
        }
        record.seen = self.seen;
        kept.0.insert(feed.clone(), self.hashes);
        records.insert(feed, record);
        Ok(())
    }
}

fn body<'a>(key: &[u8], value: &'a [u8]) -> Option<&'a [u8]> {
    let (crc, body) = value.strip_prefix(&MAGIC)?.split_first_chunk()?;
    (checksum(key, body) == u32::from_le_bytes(*crc)).then_some(body)
}

fn damaged(detail: &str) -> StoreError {
    std::io::Error::other(detail.to_owned()).into()
}
