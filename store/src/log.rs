//! The log: events on stable storage, in order.
//!
//! # Promises
//!
//! * [`commit`](Log::commit) returns once its events, and the feed records with them, would survive a power cut.
//! * A commit is whole or absent.
//! * Nothing is written after a write or a sync failed, until [`reopen`](Log::reopen) has read the log back.
//! * What was acknowledged is never missing unnoticed.

pub(crate) mod checked;
pub(crate) mod open;

use std::{path::PathBuf, sync::Arc};

use storyline_config::{
    FeedId,
    limit::{COMMIT_BYTES_MAX, UNSYNCED_BYTES_MAX},
};

pub use open::Opened;

use crate::{
    FeedRecord, Recorded, Seq, StorageCode, StoreError,
    database::{Changes, Database},
    failpoint::failpoint,
    feed_parts::{Change, Kept},
    head::{Head, Reach},
    lock::Lock,
    pack::pack,
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
    /// Bytes written since the last sync.
    unsynced: usize,
    /// How large the database was when it was opened.
    opened_bytes: u64,
    /// None where the directory cannot be written and nobody ever took it.
    _lock: Option<Lock>,
}

/// What is committed.
#[derive(Debug, Default)]
struct Commit {
    /// Keys and values of its events, in order.
    puts: Vec<(Vec<u8>, Vec<u8>)>,
    feeds: Vec<Change>,
    /// How far the log reaches with it.
    reach: Reach,
}

impl Log {
    /// The last event on stable storage; 0 for none.
    pub fn head(&self) -> Seq {
        self.reach.seq
    }

    /// Brings events, and the records of the feeds they came from, to stable storage.
    ///
    /// However large, it is there whole or not at all.
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
        let reach = entries.last().map_or(self.reach, |it| Reach { seq: it.last, crc: it.crc });
        let puts = entries.into_iter().flat_map(|it| it.puts).collect();
        let commit = Commit { puts, feeds: self.changes(feeds)?, reach };
        self.latching(|log| log.write(commit, true))
    }

    /// Notes how far feeds are read, without a sync of its own: a crash may cost what came after the last
    /// [`settle`](Self::settle) or commit.
    ///
    /// # Errors
    ///
    /// As for [`commit`](Self::commit).
    pub fn save_feeds(&mut self, feeds: &[(FeedId, &FeedRecord)]) -> Result<(), StoreError> {
        self.ready()?;
        let commit = Commit { puts: Vec::new(), feeds: self.changes(feeds)?, reach: self.reach };
        self.latching(|log| log.write(commit, false))
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

    /// Writes a commit; durable before it returns where it is asked to be.
    fn write(&mut self, commit: Commit, durable: bool) -> Result<(), StoreError> {
        if commit.puts.is_empty() && commit.feeds.is_empty() {
            return Ok(());
        }
        let unsynced = self.unsynced + commit.bytes();
        // What is not synced stays within a segment of the engine's.
        let much = unsynced > UNSYNCED_BYTES_MAX;
        let durable = durable || much;
        self.shared.with(|database| {
            failpoint("commit.begun");
            if much && self.unsynced > 0 {
                database.flush()?;
                database.sync()?;
                failpoint("commit.cleared");
            }
            commit.apply(database)?;
            failpoint("commit.applied");
            if durable {
                database.flush()?;
                failpoint("commit.flushed");
                database.sync()?;
                failpoint("commit.synced");
            }
            Ok(())
        })?;
        self.unsynced = if durable { 0 } else { unsynced };
        for change in commit.feeds {
            self.feeds.wrote(change);
        }
        if commit.reach != self.reach {
            self.head.as_mut().map_or(Ok(()), |it| it.write(commit.reach))?;
            failpoint("commit.told");
            self.reach = commit.reach;
            self.shared.durable(commit.reach.seq);
        }
        Ok(())
    }
}

impl Commit {
    fn bytes(&self) -> usize {
        let puts: usize = self.puts.iter().map(|(key, value)| key.len() + value.len()).sum();
        puts + self.feeds.iter().map(Change::bytes).sum::<usize>()
    }

    /// Applies it so that it is whole or absent.
    ///
    /// Events alone need no transaction: every value but the last one, or the parts of the last event, says that more follow. Where feed records go
    /// with more events than a transaction takes, the last value goes with the records, the others before.
    fn apply(&self, database: &Database) -> Result<(), StoreError> {
        if self.feeds.is_empty() {
            put(database, &self.puts)?;
            return database.tell(META_HEAD, &meta_head(self.reach));
        }
        let together = match self.puts.split_last() {
            Some((last, before)) if self.bytes() > COMMIT_BYTES_MAX => {
                put(database, before)?;
                database.flush()?;
                database.sync()?;
                failpoint("commit.before");
                std::slice::from_ref(last)
            }
            _ => &self.puts,
        };
        let mut changes = Changes::default();
        for (key, value) in together {
            changes.events.insert(key.as_slice(), value.as_slice());
        }
        for change in &self.feeds {
            change.put(&mut changes.feeds);
        }
        if !together.is_empty() {
            changes.meta.insert(META_HEAD, meta_head(self.reach).as_slice());
        }
        database.apply(&changes)
    }
}

/// Puts values one after the other, with a sync between where they are many.
fn put(database: &Database, puts: &[(Vec<u8>, Vec<u8>)]) -> Result<(), StoreError> {
    let mut unsynced = 0;
    for (key, value) in puts {
        if unsynced > UNSYNCED_BYTES_MAX {
            database.flush()?;
            database.sync()?;
            failpoint("commit.part");
            unsynced = 0;
        }
        database.put(key, value)?;
        failpoint("commit.put");
        unsynced += value.len();
    }
    Ok(())
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
