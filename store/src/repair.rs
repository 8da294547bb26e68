//! Bringing a damaged log back.
//!
//! The database is never mended in place: every event that can be found is
//! written into a new one, and the damaged one is put aside. Events are looked
//! for in the database's file and in the segments saved beside it. A lost event
//! keeps its number as `record_lost`; nothing is renumbered.

use std::{collections::BTreeMap, path::Path};

use jiff::Timestamp;
use serde::Serialize;
use storyline_config::FeedId;

use crate::{
    Event, FeedRecord, Log, Recorded, Seq, StoreError, aside,
    aside::Scratch,
    carve::{Carved, carve},
    database::{self, Database},
    durable,
    failpoint::failpoint,
    feed_parts,
    fill::Filling,
    head::{self, Found, Reach},
    lock::{Lock, not_writable},
    log::open::log_dir,
    segment, sum, swap, verify, walk,
};

/// What a repair brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// Events that stood where they belong.
    pub kept: u64,
    /// Events that were found elsewhere.
    pub restored: u64,
    /// The first and the last of each row of events that were not found.
    pub missing: Vec<(Seq, Seq)>,
}

/// Brings back what can be found of a damaged log. The original goes to `<data_dir>.damaged-<UTC>`; a log that is whole
/// is left as it is.
///
/// Where the newest events stood elsewhere, how far feeds are read is not known any more: their next visit counts as
/// their first.
///
/// # Errors
///
/// [`StoreError::InUse`], [`StoreError::NotWritable`], [`StoreError::TooNew`], and [`StoreError::Full`] where no new
/// database fits: nothing was changed then.
pub fn repair(data_dir: &Path, now: Timestamp) -> Result<Repaired, StoreError> {
    let _lock = Lock::take(data_dir)?;
    // A repair that was interrupted in its last step is done once that is.
    swap::finish(data_dir)?;
    let verified = verify::checked(data_dir)?;
    if verified.ok {
        return Ok(Repaired { kept: verified.head.0, restored: 0, missing: Vec::new() });
    }
    let log_dir = log_dir(data_dir);
    aside::recover(data_dir, &log_dir)?;
    let file = log_dir.join(database::FILE);
    let standing = if file.exists() { standing(data_dir, &log_dir)? } else { Standing::default() };
    let head = match head::read(data_dir)? {
        Found::Reach(reach) => Some(reach),
        // What a clean stop's checksum vouches for says itself how far it reaches.
        Found::Missing | Found::Unreadable if standing.reach.seq > Seq(0) => {
            sum::matches(data_dir, &log_dir)?.then_some(standing.reach)
        }
        Found::Missing | Found::Unreadable => None,
    };
    let mut files = segment::files(data_dir)?;
    files.extend(file.exists().then_some(file));
    let carved = carve(&files, head)?;
    failpoint("repair.carved");
    let repaired = build(data_dir, &standing, &carved, now)?;
    failpoint("repair.built");
    swap::exchange(data_dir, "damaged", now).map_err(|source| not_writable(data_dir, source))?;
    Ok(repaired)
}

/// What the engine still gives.
#[derive(Debug, Default)]
struct Standing {
    reach: Reach,
    feeds: BTreeMap<FeedId, FeedRecord>,
}

fn standing(data_dir: &Path, log_dir: &Path) -> Result<Standing, StoreError> {
    let scratch = Scratch::of(data_dir, log_dir)?;
    let Ok(database) = Database::open(&scratch.dir) else { return Ok(Standing::default()) };
    let reach = walk::check(&database.events, Reach::default()).unwrap_or_else(|it| it.whole);
    let feeds = feed_parts::load(&database.feeds).map(|it| it.0).unwrap_or_default();
    database.shut();
    Ok(Standing { reach, feeds })
}

fn build(
    data_dir: &Path,
    standing: &Standing,
    carved: &Carved,
    now: Timestamp,
) -> Result<Repaired, StoreError> {
    let dir = swap::building(data_dir).map_err(|source| not_writable(data_dir, source))?;
    let built = fill(&dir, standing, carved, now);
    if built.is_err() {
        // What did not fit must not keep the room it took.
        durable::remove(&dir)?;
    }
    built
}

fn fill(dir: &Path, standing: &Standing, carved: &Carved, now: Timestamp) -> Result<Repaired, StoreError> {
    let mut log = Log::open(dir)?.log;
    let mut filler = Filler { log: Filling::new(&mut log), at: None, missing: Vec::new() };
    for events in carved.events(Seq(0)) {
        // A value that proved itself whole and still cannot be read is as lost as one that is not there.
        let Ok(events) = events else { continue };
        for it in events {
            filler.lose_before(it.seq)?;
            filler.push(it)?;
        }
    }
    filler.at = filler.at.or(Some(now));
    filler.lose_before(carved.reach().seq.next())?;
    filler.log.flush()?;
    let missing = filler.missing;
    // How far a feed is read is known only where nothing after it was lost to the engine.
    if standing.reach.seq == log.head() {
        for (feed, record) in &standing.feeds {
            log.commit(&[], &[(feed.clone(), record)])?;
        }
    }
    let lost: u64 = missing.iter().map(|(from, to)| to.0 - from.0 + 1).sum();
    let whole = log.head().0 - lost;
    log.close()?;
    let kept = standing.reach.seq.0.min(whole);
    Ok(Repaired { kept, restored: whole - kept, missing })
}

/// Fills a new log, each event at its own number.
struct Filler<'a> {
    log: Filling<'a>,
    /// The time of the last event; none before the first.
    at: Option<Timestamp>,
    missing: Vec<(Seq, Seq)>,
}

impl Filler<'_> {
    /// Says of every event up to this one that it is lost.
    fn lose_before(&mut self, seq: Seq) -> Result<(), StoreError> {
        let from = self.log.next();
        if from >= seq {
            return Ok(());
        }
        self.missing.push((from, Seq(seq.0 - 1)));
        let at = self.at.unwrap_or(Timestamp::UNIX_EPOCH);
        while self.log.next() < seq {
            let event = Event::RecordLost { detail: "lost to damage".to_owned() };
            self.log.push(Recorded { seq: self.log.next(), at, event })?;
        }
        Ok(())
    }

    fn push(&mut self, recorded: Recorded) -> Result<(), StoreError> {
        if recorded.seq < self.log.next() {
            return Ok(());
        }
        self.at = Some(recorded.at);
        self.log.push(recorded)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use tempfile::TempDir;

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_739_529_600, 0);

    fn recorded(seq: u64) -> Recorded {
        let bytes = if seq.is_multiple_of(13) { 9_000 } else { 250 };
        let at = Timestamp::from_second(1_739_000_000 + i64::try_from(seq).unwrap()).unwrap();
        Recorded {
            seq: Seq(seq),
            at,
            event: Event::FeedFailed {
                feed: "a".parse().unwrap(),
                trouble: crate::FeedTrouble::Network,
                error: format!("{seq} ").repeat(bytes / 5),
            },
        }
    }

    /// A data directory of forty events in commits of four, closed, within a directory of its own.
    fn log() -> (TempDir, PathBuf) {
        let dir = TempDir::new().unwrap();
        let data_dir = dir.path().join("data");
        let mut log = Log::open(&data_dir).unwrap().log;
        for first in (1..40).step_by(4) {
            let events: Vec<_> = (first..first + 4).map(recorded).collect();
            log.commit(&events, &[("a".parse().unwrap(), &FeedRecord::default())]).unwrap();
        }
        log.close().unwrap();
        (dir, data_dir)
    }

    /// Repairs, and checks that what is there then is what was written, but for what is said to be missing.
    fn check(data_dir: &Path) -> Repaired {
        let before = fs::read(data_dir.join("log/db")).unwrap_or_default();
        let repaired = repair(data_dir, NOW).unwrap();
        let aside = data_dir.with_extension("damaged-20250214T104000Z");
        assert_eq!(fs::read(aside.join("log/db")).unwrap_or_default(), before, "the original is put aside");
        let opened = Log::open(data_dir).unwrap();
        assert!(!opened.unclean);
        let found = opened.log.reader().read_after(Seq(0), 1_000).unwrap();
        assert_eq!(found.len(), 40);
        let is_missing = |seq: Seq| repaired.missing.iter().any(|(from, to)| (*from..=*to).contains(&seq));
        for (seq, it) in (1..).zip(&found) {
            assert_eq!(it.seq, Seq(seq));
            if is_missing(it.seq) {
                assert!(matches!(it.event, Event::RecordLost { .. }));
            } else {
                assert_eq!(*it, recorded(seq));
            }
        }
        let lost: u64 = repaired.missing.iter().map(|(from, to)| to.0 - from.0 + 1).sum();
        assert_eq!(repaired.kept + repaired.restored + lost, 40);
        repaired
    }

    #[test]
    fn a_whole_log_is_left_as_it_is() {
        let (dir, data_dir) = log();
        assert_eq!(repair(&data_dir, NOW).unwrap(), Repaired { kept: 40, restored: 0, missing: Vec::new() });
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn one_flipped_bit_costs_at_most_the_event_it_is_in() {
        let mut restored = 0;
        for nth in 1..9 {
            let (_dir, data_dir) = log();
            let db = data_dir.join("log/db");
            let mut bytes = fs::read(&db).unwrap();
            let written = bytes.iter().rposition(|it| *it != 0).unwrap();
            bytes[written * nth / 9] ^= 1 << (nth % 8);
            fs::write(&db, bytes).unwrap();
            let repaired = check(&data_dir);
            let lost: u64 = repaired.missing.iter().map(|(from, to)| to.0 - from.0 + 1).sum();
            assert!(lost <= 1, "{repaired:?}");
            restored += repaired.restored;
        }
        assert!(restored > 0);
    }

    #[test]
    fn a_tail_cut_off_is_said_to_be_missing() {
        let (_dir, data_dir) = log();
        let db = data_dir.join("log/db");
        let bytes = fs::read(&db).unwrap();
        let written = bytes.iter().rposition(|it| *it != 0).unwrap();
        fs::write(&db, &bytes[..written / 2]).unwrap();
        let repaired = check(&data_dir);
        // sled lays pages out as it likes, so the half that is left may miss an earlier event, too.
        assert!(matches!(repaired.missing[..], [.., (Seq(2..), Seq(40))]), "{repaired:?}");
        let missing: u64 = repaired.missing.iter().map(|(from, to)| to.0 - from.0 + 1).sum();
        assert_eq!(repaired.kept + repaired.restored + missing, 40, "each is told of once: {repaired:?}");
    }

    #[test]
    fn what_was_saved_in_segments_comes_back() {
        let (_dir, data_dir) = log();
        let log = Log::open(&data_dir).unwrap().log;
        assert_eq!(segment::save(&log.reader(), &data_dir).unwrap(), Seq(40));
        assert_eq!(segment::save(&log.reader(), &data_dir).unwrap(), Seq(40));
        log.close().unwrap();
        fs::write(data_dir.join("log/db"), b"nothing is left").unwrap();
        assert_eq!(check(&data_dir), Repaired { kept: 0, restored: 40, missing: Vec::new() });
    }

    #[test]
    fn a_segment_fills_the_gaps_of_the_database() {
        let (_dir, data_dir) = log();
        let mut log = Log::open(&data_dir).unwrap().log;
        let reader = log.reader();
        segment::save(&reader, &data_dir).unwrap();
        let more: Vec<_> = (41..=60).map(recorded).collect();
        log.commit(&more, &[]).unwrap();
        log.close().unwrap();
        let db = data_dir.join("log/db");
        let bytes = fs::read(&db).unwrap();
        // All that is left of the database is what came after the segment.
        let cut = bytes.windows(4).rposition(|it| it == b"SLE1").unwrap() - 12_000;
        fs::write(&db, [&vec![0; cut], &bytes[cut..]].concat()).unwrap();
        let repaired = repair(&data_dir, NOW).unwrap();
        assert!(repaired.missing.is_empty() && repaired.restored == 60, "{repaired:?}");
        assert_eq!(Log::open(&data_dir).unwrap().log.reader().read_after(Seq(40), 99).unwrap(), more);
    }

    #[test]
    fn a_database_that_is_gone_leaves_numbers_that_are_lost() {
        let (_dir, data_dir) = log();
        fs::remove_dir_all(data_dir.join("log")).unwrap();
        assert_eq!(check(&data_dir).missing, [(Seq(1), Seq(40))]);
    }

    #[test]
    fn an_interrupted_exchange_is_finished_by_the_next_opening() {
        let (_dir, data_dir) = log();
        let building = swap::building(&data_dir).unwrap();
        let mut next = Log::open(&building).unwrap().log;
        next.commit(&[recorded(1)], &[]).unwrap();
        next.close().unwrap();
        let aside = data_dir.join("aside");
        fs::create_dir(&aside).unwrap();
        fs::write(building.join("aside"), aside.to_str().unwrap()).unwrap();
        fs::rename(&building, data_dir.join("next")).unwrap();
        // The power went after the first step.
        fs::rename(data_dir.join("log"), aside.join("log")).unwrap();
        fs::rename(data_dir.join("next/log"), data_dir.join("log")).unwrap();
        let opened = Log::open(&data_dir).unwrap();
        assert_eq!((opened.log.head(), opened.unclean), (Seq(1), false));
        assert!(!data_dir.join("next").exists());
    }
}
