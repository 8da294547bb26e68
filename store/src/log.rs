//! The log: events on stable storage, in order.
//!
//! # Promises
//!
//! * [`commit`](Log::commit) returns once its events, and the feed records with them, would survive a power cut.
//! * A commit is whole or absent, as far as it fits [`COMMIT_BYTES_MAX`].
//! * Nothing is written after a write or a sync failed, until [`reopen`](Log::reopen) has read the log back.
//! * What was acknowledged is never missing unnoticed.

pub(crate) mod checked;
pub(crate) mod open;

use std::{path::PathBuf, sync::Arc};

use storyline_config::{FeedId, limit::COMMIT_BYTES_MAX};

pub use open::Opened;

use crate::{
    FeedRecord, Recorded, Seq, StorageCode, StoreError,
    database::{Changes, Database},
    failpoint::failpoint,
    feed_parts::{Change, Kept},
    head::{Head, Reach},
    lock::Lock,
    pack::{Entry, pack},
    reader::{Shared, Source},
};

const META_HEAD: &[u8] = b"head";

/// The log, open for its one writer.
#[derive(Debug)]
pub struct Log {
    data_dir: PathBuf,
    shared: Arc<Shared>,
    /// What is on stable storage.
    reach: Reach,
    /// None where it was opened for reading alone.
    head: Option<Head>,
    feeds: Kept,
    /// What it takes no more events for.
    latched: Option<StorageCode>,
    /// How large the database was when it was opened.
    opened_bytes: u64,
    /// None where the directory cannot be written and nobody ever took it.
    _lock: Option<Lock>,
}

/// What one transaction takes.
#[derive(Debug, Default)]
struct Group {
    entries: Vec<Entry>,
    feeds: Vec<Change>,
    bytes: usize,
}

impl Log {
    /// The last event on stable storage; 0 for none.
    pub fn head(&self) -> Seq {
        self.reach.seq
    }

    /// Brings events, and the records of the feeds they came from, to stable storage.
    ///
    /// What is larger than [`COMMIT_BYTES_MAX`] becomes several transactions, the feed records in the last.
    ///
    /// # Errors
    ///
    /// [`StoreError::OutOfOrder`] where they do not follow the last event, [`StoreError::TooLarge`] and
    /// [`StoreError::Corrupt`] where one cannot be written: nothing was changed. After any other error nothing is
    /// acknowledged, and nothing more is written until [`reopen`](Self::reopen) succeeds.
    pub fn commit(
        &mut self,
        recorded: &[Recorded],
        feeds: &[(FeedId, &FeedRecord)],
    ) -> Result<(), StoreError> {
        self.ready()?;
        self.follows(recorded)?;
        let entries = pack(recorded, self.reach.crc)?;
        for group in groups(entries, self.changes(feeds)?) {
            self.latching(|log| log.write(group, true))?;
        }
        Ok(())
    }

    /// Notes how far feeds are read, without a sync of its own: a crash may cost what came after the last
    /// [`settle`](Self::settle) or commit.
    ///
    /// # Errors
    ///
    /// As for [`commit`](Self::commit).
    pub fn save_feeds(&mut self, feeds: &[(FeedId, &FeedRecord)]) -> Result<(), StoreError> {
        self.ready()?;
        for group in groups(Vec::new(), self.changes(feeds)?) {
            self.latching(|log| log.write(group, false))?;
        }
        Ok(())
    }

    /// Hands what was saved to the operating system, so that it survives the process; call it every second.
    ///
    /// # Errors
    ///
    /// As for [`commit`](Self::commit).
    pub fn settle(&mut self) -> Result<(), StoreError> {
        self.ready()?;
        self.latching(|log| {
            log.shared.with(Database::flush)?;
            Ok(log.head.as_mut().map_or(Ok(()), Head::sync)?)
        })
    }

    fn ready(&self) -> Result<(), StoreError> {
        match self.latched {
            Some(code) => Err(StoreError::Latched { code }),
            None => Ok(()),
        }
    }

    /// Takes nothing more once something failed.
    fn latching(&mut self, run: impl FnOnce(&mut Self) -> Result<(), StoreError>) -> Result<(), StoreError> {
        // Should it panic, it stays so.
        self.latched = Some(StorageCode::Io);
        let done = run(self);
        self.latched = done.as_ref().err().map(StoreError::code);
        done
    }

    fn follows(&self, recorded: &[Recorded]) -> Result<(), StoreError> {
        let mut expected = self.reach.seq.next();
        for it in recorded {
            if it.seq != expected {
                return Err(StoreError::OutOfOrder { expected, found: it.seq });
            }
            expected = expected.next();
        }
        Ok(())
    }

    fn changes(&self, feeds: &[(FeedId, &FeedRecord)]) -> Result<Vec<Change>, StoreError> {
        feeds.iter().map(|(feed, record)| self.feeds.change(feed, record)).collect()
    }

    /// Writes one transaction; durable before it returns where it is asked to be.
    fn write(&mut self, group: Group, durable: bool) -> Result<(), StoreError> {
        let reach = group.entries.last().map_or(self.reach, |it| Reach { seq: it.last, crc: it.crc });
        let changes = group.changes(reach);
        self.shared.with(|database| {
            failpoint("commit.begun");
            database.apply(&changes)?;
            failpoint("commit.applied");
            if durable {
                database.flush()?;
                failpoint("commit.flushed");
                database.sync()?;
                failpoint("commit.synced");
            }
            Ok(())
        })?;
        for change in group.feeds {
            self.feeds.wrote(change);
        }
        if reach != self.reach {
            self.head.as_mut().map_or(Ok(()), |it| it.write(reach))?;
            failpoint("commit.told");
            self.reach = reach;
            self.shared.durable(reach.seq);
        }
        Ok(())
    }
}

impl Group {
    fn changes(&self, reach: Reach) -> Changes {
        let mut changes = Changes::default();
        for (key, value) in self.entries.iter().flat_map(|it| &it.puts) {
            changes.events.insert(key.as_slice(), value.as_slice());
        }
        for change in &self.feeds {
            change.put(&mut changes.feeds);
        }
        if !self.entries.is_empty() {
            changes.meta.insert(META_HEAD, meta_head(reach).as_slice());
        }
        changes
    }
}

/// Splits what is to be written so that each transaction fits; events first, feed records last.
fn groups(entries: Vec<Entry>, feeds: Vec<Change>) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut group = Group::default();
    for entry in entries {
        make_room(&mut groups, &mut group, entry.bytes());
        group.entries.push(entry);
    }
    for change in feeds {
        make_room(&mut groups, &mut group, change.bytes());
        group.feeds.push(change);
    }
    if !group.is_empty() {
        groups.push(group);
    }
    groups
}

fn make_room(groups: &mut Vec<Group>, group: &mut Group, bytes: usize) {
    if group.bytes + bytes > COMMIT_BYTES_MAX && !group.is_empty() {
        groups.push(std::mem::take(group));
    }
    group.bytes += bytes;
}

impl Group {
    fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.feeds.is_empty()
    }
}

fn meta_head(reach: Reach) -> [u8; 12] {
    let mut bytes = [0; 12];
    let (seq, crc) = bytes.split_at_mut(8);
    seq.copy_from_slice(&reach.seq.0.to_le_bytes());
    crc.copy_from_slice(&reach.crc.to_le_bytes());
    bytes
}

impl Drop for Log {
    fn drop(&mut self) {
        self.shared.swap(Source::Closed);
    }
}

#[cfg(test)]
mod tests;
