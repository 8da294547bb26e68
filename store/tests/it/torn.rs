//! A commit is there whole or not at all, for whoever reads the log, however large it is and wherever it was cut off.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
};

use storyline_store::{
    Event, Log, Opened, Reader, Recorded, Seq, StoreError, backup, repair, restore, segment, verify,
};
use tempfile::TempDir;

use crate::{
    child::{command, wish},
    sample::{all, check, closed, commit_alone, copy, event, events, feed, folder, record},
};

const TEST: &str = "torn::what_is_left_of_a_commit_that_was_cut_off_is_seen_by_nobody";
/// Events of a commit that is cut off: several times what is written between two syncs.
const CUT_EVENTS: u64 = 90;
/// Long events that together are more than a transaction takes.
const LARGE_EVENTS: u64 = 14;
const NOW: jiff::Timestamp = jiff::Timestamp::constant(1_739_529_600, 0);

/// A log of seven events; of a commit after them only the first values reached the disk.
pub(crate) fn cut_off(dir: &Path) {
    closed(dir, 7);
    let output = command(TEST, "cut", dir).env("STORYLINE_ABORT_AT", "commit.part:2").output().unwrap();
    assert!(output.status.signal().is_some(), "{output:?}");
    let bytes = fs::read(dir.join("log/db")).unwrap();
    assert!(holds(&bytes, &event(9)) && !holds(&bytes, &event(7 + CUT_EVENTS)), "a part of it is there");
}

/// The same in a folder of its own, where this build can be ended within a commit.
fn cut_off_somewhere() -> Option<(TempDir, PathBuf)> {
    if cfg!(not(debug_assertions)) {
        eprintln!("skipped: a build without debug assertions cannot be ended within a commit");
        return None;
    }
    let folder = folder();
    let dir = folder.path().join("data");
    cut_off(&dir);
    Some((folder, dir))
}

fn holds(bytes: &[u8], recorded: &Recorded) -> bool {
    let Event::RecordLost { detail } = &recorded.event else { return false };
    bytes.windows(detail.len()).any(|it| it == detail.as_bytes())
}

#[test]
fn what_is_left_of_a_commit_that_was_cut_off_is_seen_by_nobody() {
    if let Some((_, dir)) = wish() {
        return commit_alone(&mut Log::open(&dir).unwrap().log, CUT_EVENTS);
    }
    let Some((folder, dir)) = cut_off_somewhere() else { return };
    let place = |name: &str| {
        let to = folder.path().join(name);
        copy(&dir, &to);
        to
    };

    assert_eq!(Reader::beside(&dir).unwrap().read_after(Seq(0), 99).unwrap(), events(1..=7));
    let log = Log::open_read_only(&place("read")).unwrap();
    assert_eq!((log.head(), all(&log)), (Seq(7), events(1..=7)));
    let verified = verify(&dir).unwrap();
    assert!(verified.ok && verified.head == Seq(7), "{verified:?}");

    let damaged = place("damaged");
    let mut bytes = fs::read(damaged.join("log/db")).unwrap();
    // The engine's file begins with what it needs to open at all.
    bytes.get_mut(..600).unwrap().fill(0);
    fs::write(damaged.join("log/db"), bytes).unwrap();
    let repaired = repair(&damaged, NOW).unwrap();
    assert_eq!(Log::open(&damaged).unwrap().log.head(), Seq(7), "{repaired:?}");

    let opened = Log::open(&dir).unwrap();
    assert_eq!((opened.log.head(), opened.unclean), (Seq(7), true));
    let to = folder.path().join("backup");
    assert_eq!(backup(&opened.log.reader(), &opened.feeds, &to).unwrap(), Seq(7));
    assert_eq!(segment::save(&opened.log.reader(), &dir).unwrap(), Seq(7));
    drop(opened);
    assert_eq!(restore(&to, &place("restored"), None, NOW).unwrap().head, Seq(7));
    assert_eq!(check(&dir, 7, "opened again"), 7);
}

#[test]
fn what_comes_in_the_place_of_a_commit_that_was_cut_off_is_what_everyone_reads() {
    let Some((_folder, dir)) = cut_off_somewhere() else { return };
    let other = |seq: u64| {
        let event = Event::RecordLost { detail: format!("another {seq}") };
        Recorded { event, ..crate::sample::event(seq) }
    };
    let mut log = Log::open(&dir).unwrap().log;
    let mut expected = events(1..=7);
    // Fewer than were cut off, so that those would lead further.
    expected.extend((8..=12).map(other));
    log.commit(&expected[7..9], &[]).unwrap();
    log.commit(&expected[9..], &[(feed(), &record(12))]).unwrap();
    assert_eq!(Reader::beside(&dir).unwrap().read_after(Seq(0), 999).unwrap(), expected);
    drop(log);
    let Opened { log, feeds, .. } = Log::open(&dir).unwrap();
    assert_eq!((all(&log), feeds), (expected.clone(), BTreeMap::from([(feed(), record(12))])));
    log.close().unwrap();
    assert!(verify(&dir).unwrap().ok);
    fs::remove_file(dir.join("HEAD")).unwrap();
    assert_eq!(Reader::beside(&dir).unwrap().read_after(Seq(0), 999).unwrap(), expected, "without HEAD");
}

/// What is left where the last value of a commit is gone looks like one that was cut off, and only `HEAD` tells them apart.
#[test]
fn without_head_the_rest_of_a_commit_whose_last_value_is_damaged_is_kept_and_the_loss_is_told() {
    for (close, garble) in [(true, false), (false, false), (true, true), (false, true)] {
        let what = format!("closed: {close}, HEAD garbled: {garble}");
        let folder = folder();
        let dir = folder.path().join("data");
        let mut log = Log::open(&dir).unwrap().log;
        let short = |seq| {
            let detail = format!("{seq} ").repeat(100);
            Recorded { event: Event::RecordLost { detail }, ..event(seq) }
        };
        let written: Vec<_> = (1..=200).map(short).collect();
        log.commit(&written, &[]).unwrap();
        if close {
            log.close().unwrap();
        } else {
            drop(log);
        }
        if garble {
            fs::write(dir.join("HEAD"), "what").unwrap();
        } else {
            fs::remove_file(dir.join("HEAD")).unwrap();
        }
        let mut bytes = fs::read(dir.join("log/db")).unwrap();
        let last = bytes.windows(4).rposition(|it| it == b"SLE1").unwrap();
        bytes[last..last + 512].fill(0);
        fs::write(dir.join("log/db"), bytes).unwrap();

        let refused = Log::open(&dir).unwrap_err();
        assert!(matches!(refused, StoreError::Damaged { .. }), "{what}: {refused:?}");
        let verified = verify(&dir).unwrap();
        let told = verified.damaged.iter().find_map(|it| it.from.zip(it.to));
        let (from, to) = told.unwrap_or_else(|| panic!("{what}: {verified:?}"));
        assert!(!verified.ok && from == to && (180..200).contains(&from.0), "{what}: {verified:?}");
        let repaired = repair(&dir, NOW).unwrap();
        assert_eq!(repaired.missing, [(from, to)], "{what}");
        assert_eq!(repaired.kept + repaired.restored, from.0 - 1, "{what}: {repaired:?}");
        let mut found = all(&Log::open(&dir).unwrap().log);
        assert!(
            matches!(found.pop(), Some(it) if it.seq == from && it.event != short(from.0).event),
            "{what}"
        );
        assert!(found[..] == written[..found.len()] && found.len() as u64 == from.0 - 1, "{what}");
    }
}

/// What the engine gives up begins at the damage; without `HEAD` nothing says that there was more, but the file itself.
#[test]
fn without_head_what_the_engine_gives_up_after_a_damaged_value_is_not_called_whole() {
    let folder = folder();
    let dir = folder.path().join("data");
    let mut log = Log::open(&dir).unwrap().log;
    (0..20).for_each(|_| commit_alone(&mut log, 1));
    drop(log);
    fs::remove_file(dir.join("HEAD")).unwrap();
    let mut bytes = fs::read(dir.join("log/db")).unwrap();
    let Event::RecordLost { detail } = event(12).event else { panic!() };
    // The engine's older pages hold it, too.
    while let Some(at) = bytes.windows(detail.len()).position(|it| it == detail.as_bytes()) {
        bytes[at] ^= 1;
    }
    fs::write(dir.join("log/db"), bytes).unwrap();
    let verified = verify(&dir).unwrap();
    let lost = verified.damaged.iter().filter_map(|it| it.from.zip(it.to));
    assert_eq!(lost.collect::<Vec<_>>(), [(Seq(12), Seq(12))], "{verified:?}");
    let repaired = repair(&dir, NOW).unwrap();
    assert_eq!((repaired.kept + repaired.restored, repaired.missing), (19, vec![(Seq(12), Seq(12))]));
}

fn long(seq: u64) -> Recorded {
    Recorded { event: Event::RecordLost { detail: format!("{seq} ").repeat(150_000) }, ..event(seq) }
}

/// Commits events that are more than a transaction takes, with a feed's record.
pub(crate) fn large_commit(log: &mut Log) {
    let events: Vec<_> = (1..=LARGE_EVENTS).map(long).collect();
    log.commit(&events, &[(feed(), &record(LARGE_EVENTS))]).unwrap();
}

/// All of it is there, the feed's record included, or nothing.
pub(crate) fn large(dir: &Path, acknowledged: u64, what: &str) {
    let Opened { log, feeds, .. } = Log::open(dir).unwrap_or_else(|error| panic!("{what}: {error:?}"));
    let (head, found) = (log.head().0, all(&log));
    assert!(head >= acknowledged, "{what}: acknowledged {acknowledged}, found {head}");
    if head == 0 {
        assert!(found.is_empty() && feeds.values().all(|it| *it == record(0)), "{what}");
    } else {
        assert_eq!(head, LARGE_EVENTS, "{what}");
        assert!(found.iter().zip(1..).all(|(it, seq)| *it == long(seq)), "{what}");
        assert_eq!(feeds, BTreeMap::from([(feed(), record(LARGE_EVENTS))]), "{what}");
    }
    let mut log = log;
    log.commit(&[event(head + 1)], &[]).unwrap();
    drop(log);
    assert_eq!(Log::open(dir).unwrap().log.head(), Seq(head + 1), "{what}");
}
