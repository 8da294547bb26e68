//! What a person would notice of the log: nothing lost, nothing torn, nothing silent.

mod damage;
mod kill;

use std::{collections::BTreeMap, path::Path};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::{Event, SeenItem};

/// An event whose text is as long as is asked.
fn recorded(seq: u64, bytes: usize) -> Recorded {
    let at = jiff::Timestamp::from_second(1_739_500_000 + i64::try_from(seq).unwrap()).unwrap();
    Recorded { seq: Seq(seq), at, event: Event::RecordLost { detail: format!("{seq} ").repeat(bytes / 4) } }
}

fn events(seqs: std::ops::RangeInclusive<u64>) -> Vec<Recorded> {
    seqs.map(|seq| recorded(seq, usize::try_from(seq * 37 % 900).unwrap())).collect()
}

fn open(dir: &Path) -> Opened {
    Log::open(dir).unwrap()
}

/// A log of so many events in commits of five, closed cleanly.
fn closed(count: u64) -> TempDir {
    let dir = TempDir::new().unwrap();
    let mut log = open(dir.path()).log;
    for commit in events(1..=count).chunks(5) {
        log.commit(commit, &[]).unwrap();
    }
    log.close().unwrap();
    dir
}

fn all(log: &Log) -> Vec<Recorded> {
    log.reader().read_after(Seq(0), usize::MAX).unwrap()
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(dir).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_committed_reads_back_in_any_batching(
        batches in prop::collection::vec(prop::collection::vec(0_usize..12_000, 0..9), 1..9),
        page in 1_usize..20,
        closing in any::<bool>(),
    ) {
        let dir = TempDir::new().unwrap();
        let mut expected = Vec::new();
        for batch in &batches {
            // Each batch in a run of its own: reopening anywhere changes nothing.
            let mut log = open(dir.path()).log;
            let first = expected.len() as u64 + 1;
            let batch: Vec<_> = (first..).zip(batch).map(|(seq, bytes)| recorded(seq, *bytes)).collect();
            log.commit(&batch, &[]).unwrap();
            expected.extend(batch);
            if closing {
                log.close().unwrap();
            }
        }
        let log = open(dir.path()).log;
        let reader = log.reader();
        prop_assert_eq!(reader.head(), Seq(expected.len() as u64));
        let mut read = Vec::new();
        loop {
            let events = reader.read_after(Seq(read.len() as u64), page).unwrap();
            if events.is_empty() {
                break;
            }
            prop_assert!(events.len() == page || read.len() + events.len() == expected.len());
            read.extend(events);
        }
        prop_assert_eq!(read, expected);
    }
}

#[test]
fn a_long_event_is_split_and_reads_back() {
    let dir = TempDir::new().unwrap();
    let written = vec![recorded(1, 30), recorded(2, 3_000_000), recorded(3, 4_100), recorded(4, 30)];
    let mut log = open(dir.path()).log;
    log.commit(&written, &[]).unwrap();
    assert_eq!(all(&log), written);
    assert_eq!(log.reader().get(Seq(3)).unwrap().as_ref(), written.get(2));
    log.shared
        .with(|database| {
            for it in &database.events {
                let (key, value) = it.unwrap();
                assert!(key.len() <= storyline_config::limit::KEY_BYTES_MAX);
                assert!(value.len() <= storyline_config::limit::VALUE_BYTES_MAX);
            }
            Ok(())
        })
        .unwrap();
    let too_long = [recorded(5, 9_000_000)];
    assert!(matches!(log.commit(&too_long, &[]), Err(StoreError::TooLarge { seq: Seq(5), .. })));
    log.commit(&[recorded(5, 10)], &[]).unwrap();
}

#[test]
fn a_commit_may_be_larger_than_a_transaction() {
    let dir = TempDir::new().unwrap();
    let many: Vec<_> = (1..=6).map(|seq| recorded(seq, 1_500_000)).collect();
    open(dir.path()).log.commit(&many, &[]).unwrap();
    assert_eq!(all(&open(dir.path()).log), many);
}

/// Puts values of commits into a log that is closed, as a crash might leave them: so many of each commit's.
fn leave(dir: &Path, commits: &[(&[Recorded], usize)]) {
    let database = Database::open(&dir.join("log")).unwrap();
    let mut crc = crate::walk::last(&database.events).unwrap().crc;
    for (events, values) in commits {
        let entries = pack(events, crc).unwrap();
        crc = entries.last().unwrap().crc;
        for (key, value) in entries.iter().flat_map(|it| &it.puts).take(*values) {
            database.put(key, value).unwrap();
        }
    }
    database.flush().unwrap();
    database.shut();
}

#[test]
fn of_a_commit_that_was_cut_off_nothing_is_left_however_much_of_it_was_there() {
    let commit = [recorded(4, 3_000), recorded(5, 20_000), recorded(6, 9)];
    let entries = pack(&commit, 0).unwrap();
    let values: usize = entries.iter().map(|it| it.puts.len()).sum();
    for left in 0..=values {
        let dir = TempDir::new().unwrap();
        open(dir.path()).log.commit(&events(1..=3), &[]).unwrap();
        leave(dir.path(), &[(&commit, left)]);
        let mut log = open(dir.path()).log;
        // All but the note of how far the log reaches: it is whole.
        let expected = if left == values { 6 } else { 3 };
        assert_eq!(log.head(), Seq(expected), "{left} of {values} values");
        log.commit(&[recorded(expected + 1, 50)], &[]).unwrap();
        log.close().unwrap();
        let opened = open(dir.path());
        assert_eq!((opened.log.head(), opened.unclean), (Seq(expected + 1), false));
    }
}

#[test]
fn more_than_one_commit_beyond_what_the_log_says_of_itself_is_damage() {
    let dir = TempDir::new().unwrap();
    open(dir.path()).log.commit(&events(1..=3), &[]).unwrap();
    leave(dir.path(), &[(&events(4..=5), 9), (&events(6..=6), 9)]);
    assert!(matches!(Log::open(dir.path()), Err(StoreError::Damaged { .. })));
}

#[test]
fn events_that_do_not_follow_are_refused_and_change_nothing() {
    let dir = TempDir::new().unwrap();
    let mut log = open(dir.path()).log;
    let refused = |log: &mut Log, seqs: &[u64]| {
        let commit: Vec<_> = seqs.iter().map(|seq| recorded(*seq, 9)).collect();
        assert!(matches!(log.commit(&commit, &[]), Err(StoreError::OutOfOrder { .. })), "{seqs:?}");
    };
    refused(&mut log, &[2]);
    refused(&mut log, &[1, 3]);
    log.commit(&events(1..=2), &[]).unwrap();
    refused(&mut log, &[2]);
    assert_eq!(all(&log), events(1..=2));
}

#[test]
fn a_second_opener_is_told_the_pid_of_the_first() {
    let dir = TempDir::new().unwrap();
    let first = open(dir.path());
    let error = Log::open(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::InUse { pid } if pid == std::process::id()), "{error}");
    drop(first);
    open(dir.path());
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(Log::open(&file.join("data")), Err(StoreError::NotWritable { .. })));
}

#[test]
fn only_its_owner_enters_a_new_data_directory() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TempDir::new().unwrap();
    let data_dir = dir.path().join("a/data");
    open(&data_dir);
    assert_eq!(data_dir.metadata().unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_clean_stop_leaves_a_checksum_and_an_opening_takes_it() {
    let dir = closed(7);
    assert_eq!(names(dir.path()), ["HEAD", "lock", "log", "log.sum"]);
    let opened = open(dir.path());
    assert!(!opened.unclean);
    assert_eq!(names(dir.path()), ["HEAD", "lock", "log"]);
    drop(opened);
    let opened = open(dir.path());
    assert!(opened.unclean, "no clean stop");
    assert_eq!(names(dir.path()), ["HEAD", "lock", "log"], "the copy set aside is gone");
}

#[test]
fn feed_records_read_back_with_what_was_seen() {
    let dir = TempDir::new().unwrap();
    let seen_item =
        |id: u64| SeenItem { content: id * 3, seq: (id % 5 == 1).then_some(Seq(id)), events: 1, day: 9 };
    let mut record = FeedRecord::default();
    record.schedule.error = Some("e".repeat(9_000));
    let feed = |name: &str| -> FeedId { name.parse().unwrap() };
    let mut expected = BTreeMap::new();
    for items in [0_u64, 1, 300, 4_000, 10] {
        record.seen.0 =
            (0..items).map(|id| (id.wrapping_mul(0x9e37_79b9_7f4a_7c15), seen_item(id))).collect();
        let mut opened = open(dir.path());
        assert_eq!(opened.feeds, expected);
        let next = opened.log.head().next();
        opened.log.commit(&[Recorded { seq: next, ..recorded(1, 9) }], &[(feed("a"), &record)]).unwrap();
        opened.log.save_feeds(&[(feed("b"), &record)]).unwrap();
        opened.log.settle().unwrap();
        expected = BTreeMap::from([(feed("a"), record.clone()), (feed("b"), record.clone())]);
    }
    assert_eq!(open(dir.path()).feeds, expected);
}

#[test]
fn one_more_item_rewrites_a_small_part_of_a_feeds_record() {
    let mut record = FeedRecord::default();
    let item = SeenItem { content: 1, seq: None, events: 0, day: 1 };
    record.seen.0 = (0..4_000_u64).map(|id| (xxhash_rust::xxh3::xxh3_64(&id.to_le_bytes()), item)).collect();
    let feed: FeedId = "a".parse().unwrap();
    let mut kept = Kept::default();
    let whole = kept.change(&feed, &record).unwrap();
    assert!(whole.bytes() > 100_000);
    kept.wrote(whole);
    record.seen.0.insert(77, item);
    assert!(kept.change(&feed, &record).unwrap().bytes() < 6_000);
}

#[test]
fn a_time_finds_the_last_event_recorded_by_then() {
    let dir = closed(60);
    let log = open(dir.path()).log;
    let reader = log.reader();
    let check = |second: i64, expected: u64| {
        let time = jiff::Timestamp::from_second(second).unwrap();
        assert_eq!(reader.seq_at(time).unwrap(), Seq(expected), "{second}");
    };
    check(0, 0);
    check(1_739_500_000, 0);
    check(1_739_500_001, 1);
    check(1_739_500_033, 33);
    check(1_739_500_060, 60);
    check(1_900_000_000, 60);
    assert_eq!(reader.get(Seq(0)).unwrap(), None);
    assert_eq!(reader.get(Seq(61)).unwrap(), None);
}

#[test]
fn an_unknown_kind_is_kept_through_the_log() {
    let dir = TempDir::new().unwrap();
    let fields = serde_json::json!({"kind": "moon_landed", "v": 3, "crew": [1, 2]});
    let event = Event::Unknown(fields.as_object().unwrap().clone());
    let it = [Recorded { event, ..recorded(1, 0) }];
    open(dir.path()).log.commit(&it, &[]).unwrap();
    assert_eq!(all(&open(dir.path()).log), it);
}

#[test]
fn readers_outlive_a_reopening_and_see_the_close() {
    let dir = TempDir::new().unwrap();
    let mut log = open(dir.path()).log;
    let reader = log.reader();
    log.commit(&events(1..=9), &[]).unwrap();
    log.latched = Some(StorageCode::Full);
    assert!(matches!(
        log.commit(&events(10..=10), &[]),
        Err(StoreError::Latched { code: StorageCode::Full })
    ));
    log.reopen().unwrap();
    log.commit(&events(10..=12), &[]).unwrap();
    assert_eq!(reader.read_after(Seq(0), 100).unwrap(), events(1..=12));
    log.close().unwrap();
    assert!(matches!(reader.read_after(Seq(0), 100), Err(StoreError::Closed)));
    assert!(!open(dir.path()).unclean);
}
