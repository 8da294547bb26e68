//! Opening the log, and closing it so that the next opening is quick.
//!
//! ```text
//! lock → remains of an interrupted opening → HEAD → log.sum fits?  yes → open
//!                                                                  no  → set a copy aside → open → check all
//!                                                                        → whole: drop the copy
//!                                                                        → not: put it back, Damaged
//! ```

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use storyline_config::FeedId;

use super::Log;
use crate::{
    FeedRecord, Seq, StoreError, aside,
    codec::Fields,
    database::{self, Database, guarded},
    durable,
    feed_parts::{self, Kept},
    head::{self, Found, Head, Reach},
    lock::{Lock, not_writable},
    reader::Shared,
    sum, swap, walk,
};

pub(super) const META_HEAD: &[u8] = b"head";
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

/// A database that has proven to be what was written.
struct Checked {
    database: Database,
    reach: Reach,
    feeds: BTreeMap<FeedId, FeedRecord>,
    kept: Kept,
}

impl Log {
    /// Opens the log in a data directory, or begins one.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] names who has it; [`StoreError::NotWritable`]; [`StoreError::TooNew`];
    /// [`StoreError::Damaged`] where something acknowledged is missing: the database is as it was found then;
    /// [`StoreError::Full`] where the copy to be set aside does not fit.
    pub fn open(data_dir: &Path) -> Result<Opened, StoreError> {
        durable::create_dir(data_dir).map_err(|source| not_writable(data_dir, source))?;
        let lock = Lock::take(data_dir)?;
        let log_dir = log_dir(data_dir);
        let writable = |source| not_writable(data_dir, source);
        head::read(data_dir)?;
        aside::recover(data_dir, &log_dir).and_then(|()| swap::finish(data_dir)).map_err(writable)?;
        let reach = head::read(data_dir)?;
        let exists = log_dir.join(database::FILE).exists();
        let clean = exists && sum::matches(data_dir, &log_dir)?;
        let reach = known(reach, exists, clean).map_err(|detail| damaged(&log_dir, detail))?;
        let unclean = exists && !clean;
        let checked = match (reach, unclean) {
            (Some(reach), true) => open_unclean(data_dir, &log_dir, reach)?,
            (reach, _) => {
                if reach.is_none() {
                    Head::create(data_dir, Reach::default()).map_err(writable)?;
                }
                sum::remove(data_dir)?;
                open_clean(&log_dir, reach.unwrap_or_default())?
            }
        };
        let Checked { database, reach, feeds, kept } = checked;
        let head = Head::create(data_dir, reach)?;
        let shared = Arc::new(Shared::new(database, reach.seq));
        let data_dir = data_dir.to_owned();
        let log = Self { data_dir, shared, reach, head, feeds: kept, latched: false, _lock: lock };
        Ok(Opened { log, feeds, unclean })
    }

    /// Reads the log back after a write failed, and takes events again.
    ///
    /// Events of the failed commit may have been kept, whole: where [`head`](Self::head) moved, apply what is after
    /// the last event you know, and take the feed records from here. Until it succeeds, readers go on reading what
    /// they can.
    ///
    /// # Errors
    ///
    /// As for [`open`](Self::open); the log takes nothing then.
    pub fn reopen(&mut self) -> Result<BTreeMap<FeedId, FeedRecord>, StoreError> {
        self.latched = true;
        let log_dir = log_dir(&self.data_dir);
        if log_dir.join(database::FILE).exists() {
            // Nothing is written any more, so the copy is one moment's; where it does not fit, readers keep theirs.
            aside::set_aside(&self.data_dir, &log_dir)?;
        }
        self.shared.swap(None);
        // Pages of a sync that failed may be clean in memory and absent from the disk: go on with the copy, which is
        // known to be there.
        aside::put_back(&self.data_dir, &log_dir)?;
        let checked = open_unclean(&self.data_dir, &log_dir, self.reach)?;
        self.head = Head::create(&self.data_dir, checked.reach)?;
        self.reach = checked.reach;
        self.feeds = checked.kept;
        self.shared.swap(Some(checked.database));
        self.shared.durable(checked.reach.seq);
        self.latched = false;
        Ok(checked.feeds)
    }

    /// Closes the log and leaves a checksum, so that the next opening need not check it all.
    ///
    /// # Errors
    ///
    /// Where it fails, nothing acknowledged is lost; the next opening checks everything.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.ready()?;
        self.shared.with(|database| {
            database.flush()?;
            database.sync()
        })?;
        self.head = Head::create(&self.data_dir, self.reach)?;
        self.shared.swap(None);
        let log_dir = log_dir(&self.data_dir);
        Ok(sum::write(&self.data_dir, &log_dir)?)
    }
}

pub(crate) fn log_dir(data_dir: &Path) -> PathBuf {
    data_dir.join(LOG_DIR)
}

/// How far the log must reach; none where it is to be begun.
pub(crate) fn known(found: Found, exists: bool, clean: bool) -> Result<Option<Reach>, String> {
    match (found, exists) {
        (Found::Missing, false) => Ok(None),
        // A clean stop's checksum vouches for the database; its last value says how far it reaches.
        (Found::Missing | Found::Unreadable, true) if clean => Ok(Some(Reach::default())),
        (Found::Missing, true) => Err("HEAD is missing".to_owned()),
        (Found::Unreadable, _) => Err("HEAD cannot be read".to_owned()),
        (Found::Reach(reach), false) if reach.seq > Seq(0) => {
            Err(format!("the database is missing, and HEAD says {}", reach.seq))
        }
        (Found::Reach(reach), _) => Ok(Some(reach)),
    }
}

fn damaged(log_dir: &Path, detail: String) -> StoreError {
    StoreError::Damaged { detail, copy: log_dir.to_owned() }
}

/// Opens a database that is new or was left clean: its last value alone is looked at.
fn open_clean(log_dir: &Path, head: Reach) -> Result<Checked, StoreError> {
    let database = Database::open(log_dir)?;
    let found = walk::last(&database.events).and_then(|reach| agreed(&database, reach));
    let reach = match found {
        Ok(reach) if reach == head || head.seq == Seq(0) => reach,
        Ok(reach) => {
            database.shut();
            return Err(damaged(log_dir, format!("it ends at {}, and HEAD says {}", reach.seq, head.seq)));
        }
        Err(error) => {
            database.shut();
            return Err(damaged(log_dir, walk::detail(&error)));
        }
    };
    with_feeds(database, reach).map_err(|detail| damaged(log_dir, detail))
}

/// Opens a database that was not left clean, with a copy set aside until all of it is checked.
fn open_unclean(data_dir: &Path, log_dir: &Path, head: Reach) -> Result<Checked, StoreError> {
    tracing::info!("the log was not closed cleanly; checking it");
    aside::set_aside(data_dir, log_dir)?;
    let checked = match open_checked(log_dir, head) {
        Ok(checked) => checked,
        Err(first) => {
            tracing::warn!(detail = first, "the log does not open as it was left");
            aside::put_back(data_dir, log_dir)?;
            return open_without_snapshot(data_dir, log_dir, head, first);
        }
    };
    aside::drop_copy(data_dir)?;
    sum::remove(data_dir)?;
    Ok(checked)
}

/// sled's own snapshot and settings follow from its file: where they alone are damaged, it does without.
fn open_without_snapshot(
    data_dir: &Path,
    log_dir: &Path,
    head: Reach,
    first: String,
) -> Result<Checked, StoreError> {
    aside::set_aside(data_dir, log_dir)?;
    let opened =
        remove_derived(log_dir).map_err(|error| error.to_string()).and_then(|()| open_checked(log_dir, head));
    let Ok(checked) = opened else {
        aside::put_back(data_dir, log_dir)?;
        return Err(damaged(log_dir, first));
    };
    aside::drop_copy(data_dir)?;
    sum::remove(data_dir)?;
    Ok(checked)
}

fn remove_derived(log_dir: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(log_dir)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == "conf" || name.to_string_lossy().starts_with("snap.") {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn open_checked(log_dir: &Path, head: Reach) -> Result<Checked, String> {
    let database = Database::open(log_dir).map_err(|error| walk::detail(&error))?;
    let reach = walk::check(&database.events, head).map_err(|it| it.detail);
    match reach.and_then(|reach| agreed(&database, reach).map_err(|error| walk::detail(&error))) {
        Ok(reach) => with_feeds(database, reach),
        Err(detail) => {
            database.shut();
            Err(detail)
        }
    }
}

/// What `meta` says must be what the events say: they are written together.
pub(crate) fn agreed(database: &Database, reach: Reach) -> Result<Reach, StoreError> {
    let meta = guarded(|| database.meta.get(META_HEAD))?;
    if meta.as_deref().unwrap_or(&meta_head(Reach::default())) == meta_head(reach) {
        return Ok(reach);
    }
    let says = meta
        .as_deref()
        .and_then(|it| Fields(it).take().ok())
        .map_or(Seq(0), |it| Seq(u64::from_le_bytes(it)));
    Err(io::Error::other(format!("it ends at {}, and was {says} before", reach.seq)).into())
}

fn with_feeds(database: Database, reach: Reach) -> Result<Checked, String> {
    match feed_parts::load(&database.feeds) {
        Ok((feeds, kept)) => Ok(Checked { database, reach, feeds, kept }),
        Err(error) => {
            database.shut();
            Err(walk::detail(&error))
        }
    }
}

pub(super) fn meta_head(reach: Reach) -> [u8; 12] {
    let mut bytes = [0; 12];
    let (seq, crc) = bytes.split_at_mut(8);
    seq.copy_from_slice(&reach.seq.0.to_le_bytes());
    crc.copy_from_slice(&reach.crc.to_le_bytes());
    bytes
}
