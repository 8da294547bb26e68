//! A disk with no room left: a small file system in memory, filled to the brim.
//!
//! Mounting one needs the rights for it; where they are absent these tests are left out, and the fault layer's ENOSPC is what
//! remains.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use storyline_store::{
    Log, Seq, StorageCode, StoreError, backup, disk_use, repair, segment, snapshot, verify,
};
use tempfile::TempDir;

use crate::sample::{all, check, closed, commit, events, feed, record};

const DISK_MB: u32 = 12;

/// A file system of its own, unmounted with this.
struct Disk {
    dir: TempDir,
}

impl Disk {
    /// None, said aloud, where it cannot be mounted.
    fn mount() -> Option<Self> {
        let dir = TempDir::new().unwrap();
        let size = format!("size={DISK_MB}m");
        let mut command = Command::new("mount");
        let done = command.args(["-t", "tmpfs", "-o", &size, "none"]).arg(dir.path()).output();
        if done.is_ok_and(|it| it.status.success()) {
            return Some(Self { dir });
        }
        eprintln!("SKIPPED: a file system cannot be mounted here");
        None
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn ballast(&self) -> PathBuf {
        self.dir.path().join("ballast")
    }

    /// Leaves so many bytes of room, at the most.
    fn fill(&self, leave: usize) {
        let mut file = File::create(self.ballast()).unwrap();
        while file.write_all(&[0xa5; 4_096]).is_ok() {}
        let length = file.metadata().unwrap().len();
        file.set_len(length.saturating_sub(leave as u64)).unwrap();
    }

    fn make_room(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: whatever a failing test still has open must not keep it.
        let _ = Command::new("umount").arg("-l").arg(self.dir.path()).status();
    }
}

/// Commits until the disk is full; says the last event acknowledged.
fn commit_until_full(log: &mut Log) -> u64 {
    loop {
        let first = log.head().0 + 1;
        let events = events(first..=first + 9);
        match log.commit(&events, &[(feed(), &record(first + 9))]) {
            Ok(()) => {}
            Err(StoreError::Full(_)) => return log.head().0,
            Err(error) => panic!("{error:?}"),
        }
    }
}

#[test]
fn a_full_disk_stops_writing_alone_and_room_brings_it_back() {
    let Some(disk) = Disk::mount() else { return };
    let dir = disk.data();
    closed(&dir, 30);
    let mut log = Log::open(&dir).unwrap().log;
    disk.fill(300_000);
    let head = commit_until_full(&mut log);
    let reader = log.reader();
    let reads = |log: &Log| {
        assert_eq!((log.head(), reader.head()), (Seq(head), Seq(head)));
        assert!(reader.read_after(Seq(0), usize::MAX).unwrap() == events(1..=head));
    };
    reads(&log);
    for _ in 0..3 {
        let refused = log.commit(&events(head + 1..=head + 1), &[]).unwrap_err();
        assert!(matches!(refused, StoreError::Latched { code: StorageCode::Full }), "{refused:?}");
        assert!(matches!(log.reopen(), Err(StoreError::Full(_))));
        reads(&log);
    }
    // What else is written beside it is refused too, and harms nothing.
    disk.make_room();
    disk.fill(4_096);
    assert!(matches!(snapshot::save(&dir, Seq(head), &vec![7; 500_000]), Err(StoreError::Full(_))));
    assert!(matches!(segment::save(&reader, &dir), Err(StoreError::Full(_) | StoreError::Closed)));
    disk.make_room();
    log.reopen().unwrap();
    let reopened = log.head().0;
    assert!(reopened == head || reopened == head + 10, "what failed is whole or absent: {reopened}");
    commit(&mut log, 5);
    assert!(all(&log) == events(1..=reopened + 5));
    log.close().unwrap();
    assert_eq!(check(&dir, reopened + 5, "after room came"), reopened + 5);
    assert_eq!(disk_use(&dir).unwrap().aside, 0);
}

#[test]
fn where_the_copy_does_not_fit_the_log_is_read_only_says_why_and_comes_back() {
    let Some(disk) = Disk::mount() else { return };
    let dir = disk.data();
    let mut log = Log::open(&dir).unwrap().log;
    commit(&mut log, 40);
    drop(log);
    disk.fill(200_000);
    let error = Log::open(&dir).unwrap_err();
    assert!(matches!(error, StoreError::Full(_)) && error.to_string().contains("no room"), "{error}");
    let (opened, why) = Log::open_somehow(&dir).unwrap();
    assert!(matches!(why, Some(StoreError::Full(_))), "{why:?}");
    let mut log = opened.log;
    assert!(all(&log) == events(1..=40), "it is read without its engine");
    assert!(matches!(
        log.commit(&events(41..=41), &[]),
        Err(StoreError::Latched { code: StorageCode::Full })
    ));
    assert!(matches!(log.reopen(), Err(StoreError::Full(_))));
    assert!(matches!(verify(&dir), Err(StoreError::InUse { .. })));
    disk.make_room();
    let feeds = log.reopen().unwrap();
    assert_eq!(feeds.get(&feed()), Some(&record(40)));
    commit(&mut log, 4);
    log.close().unwrap();
    assert_eq!(check(&dir, 44, "after room came"), 44);
}

#[test]
fn tools_that_find_no_room_leave_everything_as_it_was() {
    let Some(disk) = Disk::mount() else { return };
    let dir = disk.data();
    closed(&dir, 40);
    disk.fill(700_000);
    let before = names(&dir);
    let opened = Log::open(&dir).unwrap();
    assert!(matches!(
        backup(&opened.log.reader(), &opened.feeds, &disk.dir.path().join("b")),
        Err(StoreError::Full(_))
    ));
    opened.log.close().unwrap();
    assert!(matches!(verify(&dir), Err(StoreError::Full(_))));
    let now = jiff::Timestamp::UNIX_EPOCH;
    assert!(matches!(repair(&dir, now), Err(StoreError::Full(_))));
    assert_eq!(names(&dir), before);
    disk.make_room();
    assert_eq!(check(&dir, 40, "after"), 40);
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
