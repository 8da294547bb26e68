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
    FeedRecord, Log, Opened, Reader, Seq, StoreError, aside, durable,
    lock::{Lock, not_writable},
    log::open::log_dir,
    swap,
};

/// Events written at one time.
const BATCH: usize = 1_000;
const SOURCE: &str = "restore.source";

/// What was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// The last event there is now.
    pub head: Seq,
}

/// Writes a data directory with every event up to now, and says the last; only its owner reads it.
///
/// The feed records must be of a moment at which the log reached no further than now: an event that a record knows of
/// must not be absent.
///
/// # Errors
///
/// [`StoreError::NotEmpty`] where there is a log already; [`StoreError::NotWritable`], [`StoreError::Full`].
pub fn backup(reader: &Reader, feeds: &BTreeMap<FeedId, FeedRecord>, to: &Path) -> Result<Seq, StoreError> {
    if log_dir(to).exists() {
        return Err(StoreError::NotEmpty { path: to.to_owned() });
    }
    let head = reader.head();
    let mut log = Log::open(to)?.log;
    copy(reader, head, feeds, &mut log)?;
    log.close()?;
    only_for_owner(to)?;
    Ok(head)
}

fn copy(
    reader: &Reader,
    to: Seq,
    feeds: &BTreeMap<FeedId, FeedRecord>,
    log: &mut Log,
) -> Result<(), StoreError> {
    while log.head() < to {
        let batch = usize::try_from(to.0 - log.head().0).unwrap_or(BATCH).min(BATCH);
        log.commit(&reader.read_after(log.head(), batch)?, &[])?;
    }
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
/// [`StoreError::InUse`], [`StoreError::NotWritable`], [`StoreError::Full`]; [`StoreError::Damaged`] where the backup
/// is; [`StoreError::Corrupt`] where it does not reach the event named. Nothing was changed then.
pub fn restore(
    from: &Path,
    data_dir: &Path,
    to: Option<Seq>,
    now: Timestamp,
) -> Result<Restored, StoreError> {
    let writable = |source| not_writable(data_dir, source);
    durable::create_dir(data_dir).map_err(writable)?;
    let _lock = Lock::take(data_dir)?;
    aside::recover(data_dir, &log_dir(data_dir)).and_then(|()| swap::finish(data_dir)).map_err(writable)?;
    let source = data_dir.join(SOURCE);
    let restored = build(from, &source, data_dir, to);
    durable::remove(&source)?;
    let head = restored?;
    if log_dir(data_dir).exists() || data_dir.join("HEAD").exists() {
        swap::exchange(data_dir, "replaced", now).map_err(writable)?;
    } else {
        swap::place(data_dir, Path::new("")).map_err(writable)?;
    }
    Ok(Restored { head })
}

fn build(from: &Path, source: &Path, data_dir: &Path, to: Option<Seq>) -> Result<Seq, StoreError> {
    durable::remove(source)?;
    durable::create_dir(source)?;
    aside::copy_dir(&log_dir(from), &log_dir(source))?;
    for name in ["HEAD", "log.sum"] {
        if from.join(name).exists() {
            fs::copy(from.join(name), source.join(name))?;
        }
    }
    let Opened { log, mut feeds, .. } = Log::open(source)?;
    let head = to.unwrap_or(log.head());
    if head > log.head() {
        return Err(StoreError::Corrupt { seq: head, detail: format!("the backup ends at {}", log.head()) });
    }
    // What a feed was seen to carry after that event is to be judged again.
    for record in feeds.values_mut() {
        record.seen.0.retain(|_, it| it.seq.is_none_or(|seq| seq <= head));
    }
    let mut next = Log::open(&swap::building(data_dir)?)?.log;
    copy(&log.reader(), head, &feeds, &mut next)?;
    next.close()?;
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

        assert!(matches!(restore(&to, &data_dir, Some(Seq(31)), NOW), Err(StoreError::Corrupt { .. })));
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
