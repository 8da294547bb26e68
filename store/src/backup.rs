//! A second log, and making one current again.

use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    io,
    os::unix::fs::PermissionsExt,
    path::Path,
};

use jiff::Timestamp;
use serde::Serialize;
use storyline_config::FeedId;

use crate::{
    FeedRecord, Log, Opened, Reader, Seq, StoreError, aside, copy, database, durable,
    failpoint::failpoint,
    fill::{Filling, batches},
    lock::{self, Lock, not_writable},
    log::open::log_dir,
    swap,
};

const SOURCE: &str = "restore.source";

/// What was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// The last event there is now.
    pub head: Seq,
}

/// Writes a data directory with every event up to now, reads it back, and says the last event; only its owner reads it. It
/// is there whole or not at all, whenever this is interrupted: where it is not there, the next backup into it begins anew.
///
/// The feed records must be of a moment at which the log reached no further than now: an event that a record knows of
/// must not be absent.
///
/// # Errors
///
/// [`StoreError::NotEmpty`] where there is anything already; [`StoreError::NotWritable`], [`StoreError::Full`];
/// [`StoreError::Damaged`] where it does not read back.
pub fn backup(reader: &Reader, feeds: &BTreeMap<FeedId, FeedRecord>, to: &Path) -> Result<Seq, StoreError> {
    let writable = |source| not_writable(to, source);
    if !is_free(to).map_err(writable)? {
        return Err(StoreError::NotEmpty { path: to.to_owned() });
    }
    durable::create_dir(to).map_err(writable)?;
    let _lock = Lock::take(to)?;
    let building = swap::building(to).map_err(writable)?;
    let written = write(reader, feeds, &building).inspect_err(|_| {
        // What did not fit must not keep the room it took.
        let _ = durable::remove(&building);
    })?;
    failpoint("backup.verified");
    swap::settle(to).map_err(writable)?;
    only_for_owner(to)?;
    Ok(written)
}

/// Whether a backup may be written there: nothing is, but for the remains of a backup that was interrupted.
///
/// # Errors
///
/// Those of listing the directory.
pub fn is_free(dir: &Path) -> io::Result<bool> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let name = entry?.file_name();
        if !aside::is_leftover(&name.to_string_lossy()) && name != lock::FILE {
            return Ok(false);
        }
    }
    Ok(true)
}

fn write(reader: &Reader, feeds: &BTreeMap<FeedId, FeedRecord>, building: &Path) -> Result<Seq, StoreError> {
    let head = reader.head();
    let mut log = Log::open(building)?.log;
    fill(reader, head, feeds, &mut log)?;
    log.close()?;
    failpoint("backup.copied");
    // The engine reads all of it again from the file it wrote.
    let log = Log::open(building)?.log;
    let verified = log.reader().verify()?;
    if !verified.ok || verified.head != head {
        let detail = verified.damaged.first().map_or_else(String::new, |it| it.what.clone());
        return Err(StoreError::Damaged { detail, copy: building.to_owned() });
    }
    log.close()?;
    Ok(head)
}

fn fill(
    reader: &Reader,
    to: Seq,
    feeds: &BTreeMap<FeedId, FeedRecord>,
    log: &mut Log,
) -> Result<(), StoreError> {
    let mut filling = Filling::new(log);
    for batch in batches(reader, to) {
        for it in batch? {
            filling.push(it)?;
        }
    }
    filling.flush()?;
    for (feed, record) in feeds {
        log.save_feeds(&[(feed.clone(), record)])?;
    }
    Ok(())
}

fn only_for_owner(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            only_for_owner(&entry.path())?;
        } else {
            fs::set_permissions(entry.path(), Permissions::from_mode(0o600))?;
        }
    }
    fs::set_permissions(dir, Permissions::from_mode(0o700))
}

/// Makes a backup current, up to an event where one is named. The log there was goes to `<data_dir>.replaced-<UTC>`; the
/// backup is only read.
///
/// # Errors
///
/// [`StoreError::InUse`], [`StoreError::NotWritable`], [`StoreError::Full`]; [`StoreError::NoLog`] where there is no
/// backup, [`StoreError::BadBackup`] where it is damaged, [`StoreError::NotReached`] where it does not reach the event
/// named. Nothing was changed then.
pub fn restore(
    from: &Path,
    data_dir: &Path,
    to: Option<Seq>,
    now: Timestamp,
) -> Result<Restored, StoreError> {
    // A backup that was interrupted once it was whole is still to be put in its place there; each part is where it is.
    if !log_dir(&swap::holder(from, "log")).join(database::FILE).exists() {
        return Err(StoreError::NoLog { path: from.to_owned() });
    }
    let writable = |source| not_writable(data_dir, source);
    durable::create_dir(data_dir).map_err(writable)?;
    let _lock = Lock::take(data_dir)?;
    aside::recover(data_dir, &log_dir(data_dir)).and_then(|()| swap::finish(data_dir)).map_err(writable)?;
    let source = data_dir.join(SOURCE);
    let restored = take(from, &source).and_then(|opened| build(opened, data_dir, to));
    durable::remove(&source)?;
    let head = restored.map_err(|error| of_backup(error, from))?;
    failpoint("restore.built");
    if swap::anything(data_dir) {
        swap::exchange(data_dir, "replaced", now).map_err(writable)?;
    } else {
        swap::settle(data_dir).map_err(writable)?;
    }
    Ok(Restored { head })
}

/// A damaged backup is no damage to the log there is.
fn of_backup(error: StoreError, from: &Path) -> StoreError {
    let detail = match error {
        StoreError::Damaged { detail, .. } => detail,
        StoreError::Corrupt { .. } => error.to_string(),
        other => return other,
    };
    StoreError::BadBackup { path: from.to_owned(), detail }
}

/// Opens a copy of the backup, so that the backup itself stays as it is.
fn take(from: &Path, source: &Path) -> Result<Opened, StoreError> {
    durable::remove(source)?;
    durable::create_dir(source)?;
    copy::loosely(&log_dir(&swap::holder(from, "log")), &log_dir(source))?;
    for name in ["HEAD", "log.sum"] {
        let part = swap::holder(from, name).join(name);
        if part.exists() {
            fs::copy(part, source.join(name))?;
        }
    }
    failpoint("restore.copied");
    Log::open(source)
}

fn build(opened: Opened, data_dir: &Path, to: Option<Seq>) -> Result<Seq, StoreError> {
    let Opened { log, mut feeds, .. } = opened;
    let head = to.unwrap_or(log.head());
    if head > log.head() {
        return Err(StoreError::NotReached { seq: head, head: log.head() });
    }
    // What a feed was seen to carry after that event is to be judged again.
    for record in feeds.values_mut() {
        record.seen.0.retain(|_, it| it.seq.is_none_or(|seq| seq <= head));
    }
    let building = swap::building(data_dir)?;
    let filled = || -> Result<(), StoreError> {
        let mut next = Log::open(&building)?.log;
        fill(&log.reader(), head, &feeds, &mut next)?;
        next.close()
    };
    filled().inspect_err(|_| {
        let _ = durable::remove(&building);
    })?;
    Ok(head)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::{Event, Recorded, SeenItem};

    const NOW: Timestamp = Timestamp::constant(1_739_529_600, 0);

    fn recorded(seq: u64) -> Recorded {
        let at = Timestamp::from_second(1_739_000_000 + i64::try_from(seq).unwrap()).unwrap();
        Recorded { seq: Seq(seq), at, event: Event::RecordLost { detail: "x".repeat(300) } }
    }

    fn events(to: u64) -> Vec<Recorded> {
        (1..=to).map(recorded).collect()
    }

    fn filled(data_dir: &Path, to: u64) -> (Log, BTreeMap<FeedId, FeedRecord>) {
        let mut log = Log::open(data_dir).unwrap().log;
        let mut record = FeedRecord::default();
        record.seen.0 =
            (1..=to).map(|it| (it, SeenItem { content: 0, seq: Some(Seq(it)), events: 1, day: 1 })).collect();
        let feed: FeedId = "a".parse().unwrap();
        log.commit(&events(to), &[(feed.clone(), &record)]).unwrap();
        (log, BTreeMap::from([(feed, record)]))
    }

    #[test]
    fn a_backup_made_while_the_log_is_open_restores_to_any_event() {
        let dir = TempDir::new().unwrap();
        let (data_dir, to) = (dir.path().join("data"), dir.path().join("backup"));
        let (mut log, feeds) = filled(&data_dir, 30);
        assert_eq!(backup(&log.reader(), &feeds, &to).unwrap(), Seq(30));
        assert_eq!(to.join("log/db").metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(matches!(backup(&log.reader(), &feeds, &to), Err(StoreError::NotEmpty { .. })));
        log.commit(&[recorded(31)], &[]).unwrap();
        assert!(matches!(restore(&to, &data_dir, None, NOW), Err(StoreError::InUse { .. })));
        log.close().unwrap();

        assert!(matches!(
            restore(&to, &data_dir, Some(Seq(31)), NOW),
            Err(StoreError::NotReached { head: Seq(30), .. })
        ));
        assert_eq!(restore(&to, &data_dir, Some(Seq(12)), NOW).unwrap(), Restored { head: Seq(12) });
        let opened = Log::open(&data_dir).unwrap();
        assert_eq!(opened.log.reader().read_after(Seq(0), 99).unwrap(), events(12));
        assert_eq!(opened.feeds.values().next().unwrap().seen.0.len(), 12);
        drop(opened);
        let replaced = Log::open(&dir.path().join("data.replaced-20250214T104000Z")).unwrap();
        assert_eq!(replaced.log.head(), Seq(31), "what was there is still there");
    }

    #[test]
    fn a_backup_restores_where_nothing_is() {
        let dir = TempDir::new().unwrap();
        let (to, data_dir) = (dir.path().join("backup"), dir.path().join("data"));
        filled(&to, 5).0.close().unwrap();
        let before = fs::read(to.join("log/db")).unwrap();
        assert_eq!(restore(&to, &data_dir, None, NOW).unwrap().head, Seq(5));
        assert_eq!(Log::open(&data_dir).unwrap().log.reader().read_after(Seq(0), 99).unwrap(), events(5));
        assert_eq!(fs::read(to.join("log/db")).unwrap(), before, "the backup is only read");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }
}
