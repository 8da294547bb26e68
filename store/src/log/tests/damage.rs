//! A damaged log is as it was, or says that it is damaged: never silent, never a panic.

use std::{fs, path::PathBuf};

use super::*;
use crate::StorageCode;

fn db(dir: &TempDir) -> PathBuf {
    dir.path().join("log/db")
}

/// A log that was killed rather than closed: a copy of an open one's files.
fn killed(count: u64) -> TempDir {
    let dir = TempDir::new().unwrap();
    let copy = TempDir::new().unwrap();
    let mut log = open(dir.path()).log;
    for commit in events(1..=count).chunks(3) {
        log.commit(commit, &[]).unwrap();
    }
    crate::copy::loosely(dir.path(), copy.path()).unwrap();
    copy
}

fn flip(path: &Path, bit: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[bit / 8] ^= 1 << (bit % 8);
    fs::write(path, bytes).unwrap();
}

/// Opens a log after damage: every event is there, or the damage is told and the files are as they were.
fn check(dir: &TempDir, expected: &[Recorded], what: &str) -> bool {
    let before = fs::read(db(dir)).unwrap_or_default();
    match Log::open(dir.path()) {
        Ok(opened) => match opened.log.reader().read_after(Seq(0), usize::MAX) {
            Ok(found) => {
                assert!(found == expected, "{what}: silent loss, {} of {}", found.len(), expected.len());
                true
            }
            Err(StoreError::Corrupt { .. } | StoreError::Io(_)) => false,
            Err(error) => panic!("{what}: {error}"),
        },
        Err(StoreError::Damaged { copy, .. }) => {
            assert_eq!(fs::read(copy.join("db")).unwrap_or_default(), before, "{what}: the file changed");
            false
        }
        Err(error) => panic!("{what}: {error}"),
    }
}

/// Flips bits all over a file, one at a time, each in a fresh copy; says how many were told of.
fn check_flips(original: &TempDir, name: &str, count: u64, bits: usize) -> usize {
    let expected = events(1..=count);
    // Past the end of what is written there is nothing to damage.
    let written = fs::read(original.path().join(name)).unwrap();
    let written = written.iter().rposition(|it| *it != 0).unwrap_or_default() + 1;
    let mut told = 0;
    for nth in 0..bits {
        let bit = nth * written * 8 / bits + nth % 8;
        let dir = TempDir::new().unwrap();
        crate::copy::loosely(original.path(), dir.path()).unwrap();
        flip(&dir.path().join(name), bit.min(written * 8 - 1));
        told += usize::from(!check(&dir, &expected, &format!("{name} bit {bit}")));
    }
    told
}

#[test]
fn a_flipped_bit_after_a_clean_stop_is_told_or_without_effect() {
    let dir = closed(20);
    assert!(check_flips(&dir, "log/db", 20, 40) > 20);
    check_flips(&dir, "HEAD", 20, 8);
    check_flips(&dir, "log.sum", 20, 8);
    assert_eq!(check_flips(&dir, "log/conf", 20, 6), 0);
}

#[test]
fn a_flipped_bit_after_a_kill_is_told_or_without_effect() {
    let dir = killed(20);
    assert!(check_flips(&dir, "log/db", 20, 40) > 20);
    check_flips(&dir, "HEAD", 20, 8);
}

#[test]
fn sectors_of_zeros_or_garbage_are_told_or_without_effect() {
    for original in [closed(60), killed(60)] {
        let whole = fs::read(db(&original)).unwrap();
        let written = whole.iter().rposition(|it| *it != 0).unwrap();
        for nth in 0..8 {
            for (bytes, fill) in [(512, 0_u8), (4_096, 0x5a)] {
                let at = written * nth / 8 / bytes * bytes;
                let mut hit = whole.clone();
                hit[at..at + bytes].fill(fill);
                let dir = TempDir::new().unwrap();
                crate::copy::loosely(original.path(), dir.path()).unwrap();
                fs::write(db(&dir), hit).unwrap();
                check(&dir, &events(1..=60), &format!("{bytes} bytes of {fill} at {at}"));
            }
        }
    }
}

#[test]
fn a_damaged_snapshot_of_the_engines_is_without_effect() {
    let dir = closed(20);
    drop(open(dir.path()));
    let names = names(&dir.path().join("log"));
    let snap = names.iter().find(|it| it.starts_with("snap.")).unwrap();
    assert_eq!(check_flips(&dir, &format!("log/{snap}"), 20, 6), 0);
}

#[test]
fn damage_that_is_undone_is_gone() {
    let dir = closed(20);
    flip(&db(&dir), 8 * 700);
    assert!(!check(&dir, &events(1..=20), "flipped"));
    assert!(!check(&dir, &events(1..=20), "still flipped"));
    flip(&db(&dir), 8 * 700);
    assert!(!open(dir.path()).unclean, "as the clean stop left it");
}

#[test]
fn a_log_cut_short_is_damaged() {
    for (what, dir) in [("closed", closed(200)), ("killed", killed(200))] {
        let expected = events(1..=200);
        let written = fs::read(db(&dir)).unwrap();
        let end = written.iter().rposition(|it| *it != 0).unwrap();
        for bytes in [end - 300, end / 2, 1_000, 0] {
            fs::write(db(&dir), &written[..bytes]).unwrap();
            assert!(!check(&dir, &expected, &format!("{what} cut at {bytes}")));
        }
        fs::remove_file(db(&dir)).unwrap();
        assert!(!check(&dir, &expected, &format!("{what} removed")));
        fs::write(db(&dir), &written).unwrap();
        assert!(check(&dir, &expected, what));
    }
}

#[test]
fn a_damaged_log_can_still_be_read() {
    let dir = closed(60);
    let bytes = fs::read(db(&dir)).unwrap();
    let end = bytes.iter().rposition(|it| *it != 0).unwrap();
    fs::write(db(&dir), &bytes[..end * 2 / 3]).unwrap();
    assert!(!check(&dir, &events(1..=60), "cut"));
    let (opened, why) = Log::open_somehow(dir.path()).unwrap();
    assert!(matches!(why, Some(StoreError::Damaged { .. })));
    let mut log = opened.log;
    let reader = log.reader();
    let check_reading = || {
        let found = reader.read_after(Seq(0), 1_000).unwrap();
        assert_eq!(found.len(), 60);
        let lost = found.iter().zip(&events(1..=60)).skip_while(|(found, it)| found == it).count();
        assert!((1..50).contains(&lost), "{lost}");
        assert_eq!(reader.read_after(Seq(50), 7).unwrap(), found[50..57]);
    };
    check_reading();
    assert!(matches!(
        log.commit(&events(61..=61), &[]),
        Err(StoreError::Latched { code: StorageCode::Damaged })
    ));
    assert!(matches!(log.reopen(), Err(StoreError::Damaged { .. })));
    check_reading();
    fs::write(db(&dir), &bytes).unwrap();
    log.reopen().unwrap();
    log.commit(&events(61..=61), &[]).unwrap();
    assert_eq!(reader.read_after(Seq(0), 1_000).unwrap(), events(1..=61));
}

#[test]
fn a_log_without_head_is_damaged() {
    let dir = killed(20);
    fs::remove_file(dir.path().join("HEAD")).unwrap();
    assert!(!check(&dir, &events(1..=20), "no HEAD"));
}

#[test]
fn a_torn_tail_that_was_never_acknowledged_is_no_damage() {
    let dir = killed(20);
    let mut bytes = fs::read(db(&dir)).unwrap();
    let end = bytes.iter().rposition(|it| *it != 0).unwrap() + 1;
    bytes.truncate(end);
    // The first bytes of a commit that the kill cut off.
    bytes.extend((0..500_u32).map(|it| u8::try_from(it * 7 % 251).unwrap()));
    fs::write(db(&dir), bytes).unwrap();
    assert!(check(&dir, &events(1..=20), "torn"));
    let mut log = open(dir.path()).log;
    log.commit(&events(21..=30), &[]).unwrap();
    assert_eq!(all(&log), events(1..=30));
}

#[test]
fn an_interrupted_opening_begins_again_from_the_copy() {
    let dir = killed(20);
    let log_dir = dir.path().join("log");
    crate::aside::set_aside(dir.path(), &log_dir).unwrap();
    // The engine had begun to rewrite the original when the power went.
    fs::write(db(&dir), b"half rewritten").unwrap();
    for left in ["log.copying", "next.building", "restore.source", "log.scratch-7"] {
        fs::create_dir(dir.path().join(left)).unwrap();
    }
    assert_eq!(all(&open(dir.path()).log), events(1..=20));
    assert_eq!(names(dir.path()), ["HEAD", "lock", "log"]);
}

#[test]
fn a_stray_snapshot_of_the_engines_does_not_stop_it() {
    let dir = killed(20);
    fs::write(dir.path().join("log/snap.0000000000000001.generating"), b"?").unwrap();
    assert!(check(&dir, &events(1..=20), "stray"));
}

#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let dir = closed(3);
    let mut slot = [0_u8; 64];
    slot[..8].copy_from_slice(b"SLHD\x03\0\0\0");
    let crc = crc32c::crc32c(&slot[..60]);
    slot[60..].copy_from_slice(&crc.to_le_bytes());
    fs::write(dir.path().join("HEAD"), slot).unwrap();
    let before = fs::read(db(&dir)).unwrap();
    assert!(matches!(Log::open(dir.path()), Err(StoreError::TooNew { found: 3, known: 2, .. })));
    assert_eq!(fs::read(db(&dir)).unwrap(), before);
    assert_eq!(names(dir.path()), ["HEAD", "lock", "log", "log.sum"]);
}
