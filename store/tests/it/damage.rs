//! Damage to a small store, everywhere: it is without effect on what is read, or told, and never silent; and repair brings
//! back every event but those the damage is in.
//!
//! `STORYLINE_TEST_EVERY=1` flips a bit in every 64-byte block of every file and cuts at every byte that is written;
//! otherwise a part of them.

use std::{fs, path::Path, thread};

use jiff::Timestamp;
use storyline_store::{Event, Log, Recorded, Seq, StoreError, repair, segment, verify};
use tempfile::TempDir;

use crate::{
    fault::every,
    sample::{copy, events, folder},
};

const NOW: Timestamp = Timestamp::constant(1_739_529_600, 0);
const COUNT: u64 = 40;
const BLOCK: usize = 64;

/// A store of a few events and their feed's record; with a file of each kind.
fn original(close: bool) -> TempDir {
    let folder = folder();
    let mut log = Log::open(folder.path()).unwrap().log;
    for commit in events(1..=COUNT).chunks(4) {
        log.commit(commit, &[]).unwrap();
    }
    if close {
        log.close().unwrap();
        return folder;
    }
    // A killed process's files are what a copy of them is at that moment.
    let copied = self::folder();
    copy(folder.path(), copied.path());
    copied
}

/// What is written in a file, without the zeros it ends with.
fn written(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|it| *it != 0).map_or(0, |it| it + 1)
}

/// Whether the damage was told; what is read is what was written, or it is told.
fn told(dir: &Path, what: &str) -> bool {
    let verified = match verify(dir) {
        Ok(verified) => verified.ok,
        Err(StoreError::TooNew { .. }) => false,
        Err(error) => panic!("{what}: {error:?}"),
    };
    let read = match Log::open(dir) {
        Ok(opened) => opened.log.reader().read_after(Seq(0), usize::MAX),
        Err(error @ (StoreError::Damaged { .. } | StoreError::TooNew { .. })) => Err(error),
        Err(error) => panic!("{what}: {error:?}"),
    };
    match read {
        Ok(read) => assert!(read == events(1..=COUNT), "{what}: silent"),
        Err(StoreError::Damaged { .. } | StoreError::Corrupt { .. } | StoreError::TooNew { .. }) => {
            assert!(!verified, "{what}: verify found nothing");
            return true;
        }
        Err(error) => panic!("{what}: {error:?}"),
    }
    false
}

/// Repairs; says how many events are lost. The others are as they were written, at their own places.
fn lost(dir: &Path, what: &str) -> u64 {
    let repaired = match repair(dir, NOW) {
        Ok(repaired) => repaired,
        Err(StoreError::TooNew { .. }) => return 0,
        Err(error) => panic!("{what}: {error:?}"),
    };
    let read = Log::open(dir).unwrap().log.reader().read_after(Seq(0), usize::MAX).unwrap();
    assert_eq!(read.len() as u64, COUNT, "{what}");
    let is_lost =
        |it: &Recorded| matches!(&it.event, Event::RecordLost { detail } if detail == "lost to damage");
    for (found, expected) in read.iter().zip(&events(1..=COUNT)) {
        assert!(is_lost(found) || found == expected, "{what}: {}", expected.seq);
    }
    let lost = read.iter().filter(|it| is_lost(it)).count() as u64;
    assert_eq!(lost, repaired.missing.iter().map(|(from, to)| to.0 - from.0 + 1).sum::<u64>(), "{what}");
    lost
}

/// Damages a fresh copy in each way, in several threads; says how many were told of.
fn each(original: &Path, ways: &[(String, usize)], damage: impl Fn(&Path, usize) + Sync) -> usize {
    thread::scope(|scope| {
        let share = ways.len().div_ceil(4).max(1);
        let threads: Vec<_> = ways
            .chunks(share)
            .map(|ways| {
                let damage = &damage;
                scope.spawn(move || {
                    let mut count = 0;
                    for (file, at) in ways {
                        let folder = folder();
                        let dir = folder.path().join("data");
                        copy(original, &dir);
                        damage(&dir.join(file), *at);
                        let what = format!("{file} at {at}");
                        if told(&dir, &what) {
                            count += 1;
                            lost(&dir, &what);
                        }
                    }
                    count
                })
            })
            .collect();
        threads.into_iter().map(|it| it.join().unwrap()).sum()
    })
}

/// Every file of the store, and steps of so many bytes in what is written in it.
fn ways(original: &Path, step: usize) -> Vec<(String, usize)> {
    let mut ways = Vec::new();
    for entry in fs::read_dir(original.join("log")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        ways.push(format!("log/{name}"));
    }
    ways.extend(["HEAD", "log.sum"].map(str::to_owned));
    ways.retain(|it| original.join(it).is_file());
    ways.iter()
        .flat_map(|file| {
            let length = written(&fs::read(original.join(file)).unwrap());
            (0..length).step_by(step).map(move |at| (file.clone(), at))
        })
        .collect()
}

#[test]
fn a_bit_flipped_in_any_block_is_told_or_without_effect() {
    let step = if every() { BLOCK } else { BLOCK * 24 };
    for close in [true, false] {
        let original = original(close);
        let ways = ways(original.path(), step);
        let told = each(original.path(), &ways, |file, at| {
            let mut bytes = fs::read(file).unwrap();
            let at = (at + at / BLOCK % BLOCK).min(bytes.len() - 1);
            bytes[at] ^= 1 << (at / BLOCK % 8);
            fs::write(file, bytes).unwrap();
        });
        eprintln!("{} bits flipped, {told} told of, closed {close}", ways.len());
        assert!(told > ways.len() / 8);
    }
}

#[test]
fn a_sector_of_zeros_or_garbage_anywhere_is_told_or_without_effect() {
    let step = if every() { 512 } else { 512 * 8 };
    let original = original(true);
    let ways = ways(original.path(), step);
    for fill in [0_u8, 0x5a, 0xff] {
        let told = each(original.path(), &ways, |file, at| {
            let mut bytes = fs::read(file).unwrap();
            let end = (at + 512).min(bytes.len());
            bytes[at..end].fill(fill);
            fs::write(file, bytes).unwrap();
        });
        assert!(told > 0);
    }
}

#[test]
fn a_tail_cut_off_anywhere_is_told_or_without_effect() {
    for close in [true, false] {
        let original = original(close);
        let db = original.path().join("log/db");
        let step = if every() { 1 } else { written(&fs::read(db).unwrap()) / 60 };
        // Every byte of all of it would take hours: of what the last commits wrote it is every byte.
        let from =
            if every() { written(&fs::read(original.path().join("log/db")).unwrap()) - 2_000 } else { 0 };
        let ways: Vec<_> =
            ways(original.path(), step).into_iter().filter(|it| it.0 == "log/db" && it.1 >= from).collect();
        let told = each(original.path(), &ways, |file, at| {
            fs::File::options().write(true).open(file).unwrap().set_len(at as u64).unwrap();
        });
        eprintln!("{} tails cut off, {told} told of, closed {close}", ways.len());
        assert!(told > ways.len() / 2, "closed {close}: {told} of {}", ways.len());
    }
}

#[test]
fn with_segments_no_damage_to_the_database_costs_an_event() {
    let folder = folder();
    let mut log = Log::open(folder.path()).unwrap().log;
    log.commit(&events(1..=COUNT), &[]).unwrap();
    segment::save(&log.reader(), folder.path()).unwrap();
    log.close().unwrap();
    for nth in 0..12 {
        let other = self::folder();
        let dir = other.path().join("data");
        copy(folder.path(), &dir);
        let db = dir.join("log/db");
        let mut bytes = fs::read(&db).unwrap();
        let from = written(&bytes) * nth / 12;
        bytes[from..].fill(0x33);
        fs::write(db, bytes).unwrap();
        assert_eq!(lost(&dir, &format!("garbage from {from} on")), 0);
    }
}
