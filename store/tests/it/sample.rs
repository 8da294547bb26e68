//! Events and feed records whose content follows from their number alone.

use std::{collections::BTreeMap, fs, path::Path};

use jiff::Timestamp;
use storyline_config::FeedId;
use storyline_store::{Event, FeedRecord, Log, Opened, Recorded, Seq};
use tempfile::TempDir;

/// A directory in memory where there is such a place: what is ended here is a process, not a machine.
pub(crate) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory).unwrap() } else { TempDir::new().unwrap() }
}

/// Copies a directory with all in it: a killed process's files are what that is at that moment.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The event of that number: now short, now longer than one value.
pub(crate) fn event(seq: u64) -> Recorded {
    let at = Timestamp::from_second(1_739_500_000 + i64::try_from(seq).unwrap()).unwrap();
    let repeats = usize::try_from(seq * 7_919 % 6_000).unwrap() / 4;
    Recorded { seq: Seq(seq), at, event: Event::RecordLost { detail: format!("{seq} ").repeat(repeats) } }
}

/// The events of these numbers.
pub(crate) fn events(seqs: std::ops::RangeInclusive<u64>) -> Vec<Recorded> {
    seqs.map(event).collect()
}

/// The feed whose record is written with every commit.
pub(crate) fn feed() -> FeedId {
    "wire".parse().unwrap()
}

/// Its record once so many events came from it.
pub(crate) fn record(seq: u64) -> FeedRecord {
    let mut record = FeedRecord::default();
    record.schedule.items = u32::try_from(seq).unwrap();
    record
}

/// Commits the next events, and the feed's record with them.
pub(crate) fn commit(log: &mut Log, count: u64) {
    let first = log.head().0 + 1;
    let last = first + count - 1;
    log.commit(&events(first..=last), &[(feed(), &record(last))]).unwrap();
}

/// Commits the next events alone: value after value, without a transaction.
pub(crate) fn commit_alone(log: &mut Log, count: u64) {
    let first = log.head().0 + 1;
    log.commit(&events(first..=first + count - 1), &[]).unwrap();
}

/// A log of so many events in commits of three, closed cleanly.
pub(crate) fn closed(dir: &Path, count: u64) {
    let mut log = Log::open(dir).unwrap().log;
    while log.head().0 < count {
        let next = (count - log.head().0).min(3);
        commit(&mut log, next);
    }
    log.close().unwrap();
}

/// Everything in the log.
pub(crate) fn all(log: &Log) -> Vec<Recorded> {
    log.reader().read_after(Seq(0), usize::MAX).unwrap()
}

/// Opens a log as a start does and sees that it ends where one of these commits does, with the feed's record as of the
/// event that is named beside it.
pub(crate) fn check_ends(dir: &Path, at_least: u64, ends: &[(u64, u64)], what: &str) -> u64 {
    let Opened { log, feeds, .. } = Log::open(dir).unwrap_or_else(|error| panic!("{what}: {error:?}"));
    let head = log.head().0;
    assert!(head >= at_least, "{what}: acknowledged {at_least}, found {head}");
    assert!(all(&log) == events(1..=head), "{what}: not what was written");
    let Some((_, of)) = ends.iter().find(|it| it.0 == head) else {
        panic!("{what}: {head} is within a commit");
    };
    let expected = if *of == 0 { BTreeMap::new() } else { BTreeMap::from([(feed(), record(*of))]) };
    assert_eq!(feeds, expected, "{what}: the feed's record is of another moment");
    head
}

/// Opens a log as a start does and sees that it is whole: dense, as written, and the feed's record as of its last event.
pub(crate) fn check(dir: &Path, at_least: u64, what: &str) -> u64 {
    let Opened { log, feeds, .. } = Log::open(dir).unwrap_or_else(|error| panic!("{what}: {error:?}"));
    let head = log.head().0;
    assert!(head >= at_least, "{what}: acknowledged {at_least}, found {head}");
    assert!(all(&log) == events(1..=head), "{what}: not what was written");
    let expected = if head == 0 { BTreeMap::new() } else { BTreeMap::from([(feed(), record(head))]) };
    assert_eq!(feeds, expected, "{what}: the feed's record is of another moment");
    head
}
