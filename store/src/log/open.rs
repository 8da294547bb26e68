//! Opening the log, and closing it so that the next opening is quick.
//!
//! ```text
//! lock → remains of what was interrupted → HEAD → log.sum fits?  yes → open
//!                                                                no  → set a copy aside → open → check all
//!                                                                      → whole: drop the copy
//!                                                                      → not: put it back, Damaged
//! ```

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use storyline_config::{
    FeedId,
    limit::{CLEAN_COPY_BYTES, LOG_SNAPSHOT_BYTES, REOPEN_ROOM_BYTES},
};

use super::{
    Log,
    checked::{Checked, damaged, known, open_clean, open_unclean},
};
use crate::{
    FeedRecord, Reader, Seq, StorageCode, StoreError, aside,
    carve::{Carved, carve},
    database::{self, Database},
    durable,
    failpoint::failpoint,
    feed_parts::Kept,
    head::{self, Found, Head, Reach},
    lock::{Lock, not_writable},
    reader::{Shared, Source},
    segment, sum, swap,
};

const LOG_DIR: &str = "log";

/// A log that was opened, and what was found in it besides the events.
#[derive(Debug)]
pub struct Opened {
    /// The log.
    pub log: Log,
    /// How far every feed is read.
    pub feeds: BTreeMap<FeedId, FeedRecord>,
    /// Whether it was not closed cleanly; every event was checked then.
    pub unclean: bool,
}

impl Log {
    /// Opens the log in a data directory, or begins one.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] names who has it; [`StoreError::NotWritable`]; [`StoreError::TooNew`];
    /// [`StoreError::Damaged`] where something acknowledged is missing: the database is as it was found then;
    /// [`StoreError::Full`] where there is no room for the copy to be set aside. After the last two it can still be
    /// [read](Self::open_read_only).
    pub fn open(data_dir: &Path) -> Result<Opened, StoreError> {
        durable::create_dir(data_dir).map_err(|source| not_writable(data_dir, source))?;
        let lock = Lock::take(data_dir)?;
        failpoint("open.locked");
        let log_dir = log_dir(data_dir);
        let writable = |source| not_writable(data_dir, source);
        // A newer version's is refused before anything is touched.
        head::read(data_dir)?;
        aside::recover(data_dir, &log_dir).and_then(|()| swap::finish(data_dir)).map_err(writable)?;
        failpoint("open.recovered");
        let exists = log_dir.join(database::FILE).exists();
        let clean = exists && sum::matches(data_dir, &log_dir)?;
        let reach =
            known(head::read(data_dir)?, exists, clean).map_err(|detail| damaged(&log_dir, detail))?;
        let unclean = exists && !clean;
        if reach.is_none() {
            Head::create(data_dir, Reach::default()).map_err(writable)?;
        }
        let reach = reach.unwrap_or_default();
        let opened = if unclean {
            open_unclean(data_dir, &log_dir, reach)
        } else {
            open_closed(data_dir, &log_dir, reach)
        };
        let checked = match opened {
            Err(StoreError::Damaged { .. }) if reach.seq == Seq(0) && is_blank(data_dir)? => {
                tracing::warn!("the log was never begun to the end; beginning it again");
                durable::remove(&log_dir)?;
                open_closed(data_dir, &log_dir, reach)
            }
            opened => opened,
        }?;
        let Checked { database, reach, feeds, kept } = checked;
        failpoint("open.checked");
        let head = Head::create(data_dir, reach).map_err(writable)?;
        failpoint("open.headed");
        let opened_bytes = database.bytes();
        let shared = Arc::new(Shared::new(Source::Open(database), reach.seq));
        let data_dir = data_dir.to_owned();
        let log = Self {
            data_dir,
            shared,
            reach,
            head: Some(head),
            feeds: kept,
            latched: None,
            unsynced: 0,
            opened_bytes,
            _lock: Some(lock),
        };
        Ok(Opened { log, feeds, unclean })
    }

    /// Opens the log, or where it is damaged, has no room or is on a read-only file system opens it for [reading alone](Self::open_read_only) and says
    /// why; how far feeds are read is not known then.
    ///
    /// # Errors
    ///
    /// As for [`open`](Self::open), where it cannot be read either.
    pub fn open_somehow(data_dir: &Path) -> Result<(Opened, Option<StoreError>), StoreError> {
        let error = match Self::open(data_dir) {
            Ok(opened) => return Ok((opened, None)),
            Err(error @ (StoreError::Damaged { .. } | StoreError::Full(_))) => error,
            Err(error) if error.is_read_only() => error,
            Err(error) => return Err(error),
        };
        let mut log = Self::open_read_only(data_dir)?;
        log.latched = Some(error.code());
        Ok((Opened { log, feeds: BTreeMap::new(), unclean: true }, Some(error)))
    }

    /// Opens the log for reading alone, without its engine and without a copy: where the disk is full or the log
    /// damaged. What cannot be found reads as `record_lost`. It takes events once [`reopen`](Self::reopen) succeeds.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`], [`StoreError::TooNew`], and [`StoreError::Io`] where it cannot even be read.
    pub fn open_read_only(data_dir: &Path) -> Result<Self, StoreError> {
        let lock = match Lock::take(data_dir) {
            Ok(lock) => Some(lock),
            Err(error @ StoreError::InUse { .. }) => return Err(error),
            // Nothing can be written, not even our pid.
            Err(_) => Lock::borrow(data_dir)?,
        };
        let carved = carved(data_dir)?;
        let reach = carved.reach();
        let shared = Arc::new(Shared::new(Source::Carved(carved), reach.seq));
        let data_dir = data_dir.to_owned();
        let (feeds, latched) = (Kept::default(), Some(StorageCode::Damaged));
        Ok(Self {
            data_dir,
            shared,
            reach,
            head: None,
            feeds,
            latched,
            unsynced: 0,
            opened_bytes: 0,
            _lock: lock,
        })
    }

    /// Reads the log back after a write failed, and takes events again.
    ///
    /// Events of the failed commit may have been kept, whole: where [`head`](Self::head) moved, apply what is after
    /// the last event you know, and take the feed records from here. Until it succeeds, readers go on reading.
    ///
    /// # Errors
    ///
    /// As for [`open`](Self::open); the log takes nothing then.
    pub fn reopen(&mut self) -> Result<BTreeMap<FeedId, FeedRecord>, StoreError> {
        self.latched = self.latched.or(Some(StorageCode::Io));
        let log_dir = log_dir(&self.data_dir);
        aside::recover(&self.data_dir, &log_dir)?;
        durable::try_room(&self.data_dir, REOPEN_ROOM_BYTES)?;
        failpoint("reopen.room");
        if log_dir.join(database::FILE).exists() {
            // Nothing is written any more, so the copy is one moment's; where it does not fit, readers keep theirs.
            aside::set_aside(&self.data_dir, &log_dir)?;
            self.shared.swap(Source::Closed);
            failpoint("reopen.closed");
            // Pages of a sync that failed may be clean in memory and absent from the disk: go on with the copy, which
            // is known to be there.
            aside::put_back(&self.data_dir, &log_dir)?;
        }
        let reopened = self.reopened(&log_dir);
        if reopened.is_err() {
            self.shared.swap(carved(&self.data_dir).map_or(Source::Closed, Source::Carved));
        }
        reopened
    }

    fn reopened(&mut self, log_dir: &Path) -> Result<BTreeMap<FeedId, FeedRecord>, StoreError> {
        let exists = log_dir.join(database::FILE).exists();
        let reach = match known(head::read(&self.data_dir)?, exists, false) {
            Ok(reach) => reach.filter(|it| it.seq > self.reach.seq).unwrap_or(self.reach),
            Err(detail) => return Err(damaged(log_dir, detail)),
        };
        let checked = open_unclean(&self.data_dir, log_dir, reach)?;
        failpoint("reopen.checked");
        self.head = Some(Head::create(&self.data_dir, checked.reach)?);
        self.opened_bytes = checked.database.bytes();
        self.reach = checked.reach;
        self.feeds = checked.kept;
        self.shared.swap(Source::Open(checked.database));
        self.shared.durable(checked.reach.seq);
        (self.latched, self.unsynced) = (None, 0);
        Ok(checked.feeds)
    }

    /// Closes the log and leaves a checksum, so that the next opening need not check it all.
    ///
    /// # Errors
    ///
    /// Where it fails, nothing acknowledged is lost; the next opening checks everything.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.ready()?;
        let bytes = self.shared.with(|database| {
            database.flush()?;
            database.sync()?;
            Ok(database.bytes())
        })?;
        failpoint("close.synced");
        self.head = Some(Head::create(&self.data_dir, self.reach)?);
        failpoint("close.headed");
        self.shared.swap(Source::Closed);
        failpoint("close.shut");
        let log_dir = log_dir(&self.data_dir);
        if bytes.saturating_sub(self.opened_bytes) > LOG_SNAPSHOT_BYTES {
            // sled takes stock of its file only when it opens: better now than at the next start.
            Database::open(&log_dir)?.shut();
        }
        // The engine writes once more when it is closed: what the checksum vouches for is to be on the disk first.
        File::open(log_dir.join(database::FILE))?.sync_all()?;
        Ok(sum::write(&self.data_dir, &log_dir)?)
    }

    /// Something to read the log with, at any time and from any thread.
    pub fn reader(&self) -> Reader {
        Reader { shared: Arc::clone(&self.shared) }
    }
}

/// Opens a database that is new or was left clean.
///
/// To the engine a read that fails is the end of its file, and it rewrites what follows. So where a copy costs little one is
/// set aside here too, though nothing is known to be wrong.
fn open_closed(data_dir: &Path, log_dir: &Path, reach: Reach) -> Result<Checked, StoreError> {
    let bytes = log_dir.join(database::FILE).metadata().map_or(0, |it| it.len());
    let guard = (1..=CLEAN_COPY_BYTES).contains(&bytes);
    if guard {
        match aside::set_aside(data_dir, log_dir) {
            Err(error) if StoreError::is_full(&error) => return open_unguarded(data_dir, log_dir, reach),
            other => other?,
        }
    }
    match open_unguarded(data_dir, log_dir, reach) {
        Ok(checked) if guard => aside::drop_copy(data_dir).map(|()| checked).map_err(StoreError::from),
        Err(error) if guard => aside::put_back(data_dir, log_dir).map_err(StoreError::from).and(Err(error)),
        done => done,
    }
}

fn open_unguarded(data_dir: &Path, log_dir: &Path, reach: Reach) -> Result<Checked, StoreError> {
    sum::remove(data_dir)?;
    failpoint("open.unsealed");
    open_clean(log_dir, reach)
}

/// Whether no event was ever written: what is damaged then holds nothing.
fn is_blank(data_dir: &Path) -> Result<bool, StoreError> {
    let carved = carved(data_dir)?;
    Ok(carved.blank && carved.reach().seq == Seq(0))
}

impl Reader {
    /// Reads the log in a data directory from its files alone, also while a daemon has it open; what is recorded later
    /// is not seen, and what cannot be found reads as `record_lost`. Nothing is changed or locked.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`] where the files cannot be read, [`StoreError::TooNew`].
    pub fn beside(data_dir: &Path) -> Result<Self, StoreError> {
        let carved = carved(data_dir)?;
        let reach = carved.reach();
        Ok(Self { shared: Arc::new(Shared::new(Source::Carved(carved), reach.seq)) })
    }
}

pub(crate) fn log_dir(data_dir: &Path) -> PathBuf {
    data_dir.join(LOG_DIR)
}

/// What the files give without their engine.
fn carved(data_dir: &Path) -> Result<Carved, StoreError> {
    let head = match head::read(data_dir)? {
        Found::Reach(reach) => Some(reach),
        Found::Missing | Found::Unreadable => None,
    };
    let mut files = segment::files(data_dir)?;
    let file = aside::untouched(data_dir, &log_dir(data_dir)).join(database::FILE);
    files.extend(file.exists().then_some(file));
    Ok(carve(&files, head)?)
}
