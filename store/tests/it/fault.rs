//! A disk that fails: every sync, write and read of every deed, one by one; and what a log does while it lasts.
//!
//! The fault layer (`fault.c`) is compiled here and loaded before the C library in a child. It fails what goes through
//! libc, which is all of std's and the engine's calls on files. Where there is no C compiler these tests are left out.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    thread,
};

use storyline_store::{Log, Seq, StorageCode, StoreError};

use crate::{
    child::{acknowledged, command, wish},
    failpoints::{self, DEEDS, Deed},
    sample::{all, check, closed, commit, events, feed, folder, record},
};

/// Linux's numbers.
const EIO: i32 = 5;
const ENOSPC: i32 = 28;
const EDQUOT: i32 = 122;
/// A write that takes half of what it was given.
const SHORT: i32 = 0;

const FAULTS: [(&str, i32); 6] =
    [("fdatasync", EIO), ("fsync", EIO), ("write", EIO), ("write", ENOSPC), ("write", SHORT), ("read", EIO)];

/// The fault layer; none, said aloud, where it cannot be made.
pub(crate) fn layer() -> Option<&'static Path> {
    static LAYER: OnceLock<Option<PathBuf>> = OnceLock::new();
    LAYER
        .get_or_init(|| {
            let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fault.c");
            let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fault-{}.so", std::process::id()));
            let made = Command::new("cc")
                .args(["-O1", "-shared", "-fPIC", "-o"])
                .arg(&to)
                .args([source, "-lpthread"])
                .output();
            match made {
                Ok(output) if output.status.success() => Some(to),
                other => {
                    eprintln!("SKIPPED: no C compiler makes the fault layer: {other:?}");
                    None
                }
            }
        })
        .as_deref()
}

fn plan(dir: &Path) -> PathBuf {
    dir.parent().unwrap().join("plan")
}

fn hits(dir: &Path) -> usize {
    fs::read_to_string(dir.parent().unwrap().join("plan.hit")).map_or(0, |it| it.lines().count())
}

/// A child below the fault layer.
fn below(layer: &Path, mut command: Command, dir: &Path) -> Command {
    command.env("LD_PRELOAD", layer).env("FAULT_ROOT", dir.parent().unwrap()).env("FAULT_PLAN", plan(dir));
    command
}

#[test]
fn any_sync_write_or_read_that_fails_is_told_and_loses_nothing() {
    let Some(layer) = layer() else { return };
    thread::scope(|scope| {
        for deed in DEEDS {
            scope.spawn(|| {
                for (kind, error) in FAULTS {
                    fail_everywhere(layer, deed, kind, error);
                }
            });
        }
    });
}

/// Whether nothing is to be left out: `STORYLINE_TEST_EVERY=1`.
pub(crate) fn every() -> bool {
    std::env::var_os("STORYLINE_TEST_EVERY").is_some()
}

/// Fails the first call of a kind, then a later one, until the deed makes no more of them.
fn fail_everywhere(layer: &Path, deed: &Deed, kind: &str, error: i32) {
    let (mut nth, mut tried) = (0, 0);
    loop {
        let what = format!("{}: {kind} {nth} fails with {error}", deed.name);
        let folder = folder();
        let dir = folder.path().join("data");
        (deed.prepare)(&dir);
        fs::write(plan(&dir), format!("{kind} {error} {nth} 1 /")).unwrap();
        let output = below(layer, command(failpoints::TEST, deed.name, &dir), &dir).output().unwrap();
        if hits(&dir) == 0 {
            assert!(output.status.success() && tried > 0, "{what}: {output:?}");
            eprintln!("{}: {tried} of {nth} calls to {kind} failed with {error}", deed.name);
            return;
        }
        let told = !output.status.success();
        let hit = fs::read_to_string(dir.parent().unwrap().join("plan.hit")).unwrap();
        assert!(told || error == SHORT || is_harmless(kind, &hit), "{what}: {hit} was not told: {output:?}");
        (deed.holds)(&dir, acknowledged(&output), &what);
        (nth, tried) = (nth + 1 + if every() { 0 } else { nth }, tried + 1);
    }
}

/// Whether a failure at that place may go untold, for nothing depends on it.
fn is_harmless(kind: &str, hit: &str) -> bool {
    // A copy that is only tried on; one set aside though nothing is known to be wrong.
    let spare = hit.contains("/log.scratch-") || hit.contains("/log.copying/");
    // The engine's own sync when it is closed: with `fdatasync` everything acknowledged was synced before.
    let closing = kind == "fsync" && hit.contains("/log/db");
    // What it writes then: every event of a log that is being built is read back.
    let read_back = kind == "write" && hit.contains("/next.building/log/db");
    spare || closing || read_back || kind == "read"
}

const WHILE_IT_LASTS: &str = "fault::a_log_that_cannot_write_reads_on_and_writes_again_once_it_can";

#[test]
fn a_log_that_cannot_write_reads_on_and_writes_again_once_it_can() {
    if let Some((word, dir)) = wish() {
        let [kind, error, count, part] = word.split(',').collect::<Vec<_>>().try_into().unwrap();
        return lasting(kind, error, count, part, &dir);
    }
    let Some(layer) = layer() else { return };
    for (kind, error, count, part) in [
        ("sync", EIO, "1", "/log/db"),
        ("sync", EIO, "-1", "/"),
        ("write", EIO, "1", "/log/db"),
        ("write", EIO, "-1", "/"),
        ("write", EIO, "1", "/HEAD"),
        ("write", ENOSPC, "1", "/log/db"),
        ("write", ENOSPC, "-1", "/"),
        ("write", EDQUOT, "-1", "/data"),
    ] {
        let folder = folder();
        let dir = folder.path().join("data");
        closed(&dir, 9);
        let word = format!("{kind},{error},{count},{part}");
        let output = below(layer, command(WHILE_IT_LASTS, &word, &dir), &dir).output().unwrap();
        assert!(output.status.success() && hits(&dir) > 0, "{word}: {output:?}");
        check(&dir, 20, &word);
    }
}

fn lasting(kind: &str, error: &str, count: &str, part: &str, dir: &Path) {
    let mut log = Log::open(dir).unwrap().log;
    commit(&mut log, 3);
    let reader = log.reader();
    let expected = if error == EIO.to_string() { StorageCode::Io } else { StorageCode::Full };

    fs::write(plan(dir), format!("{kind} {error} 0 {count} {part}")).unwrap();
    let failed = log.commit(&events(13..=16), &[(feed(), &record(16))]).unwrap_err();
    assert_eq!(failed.code(), expected, "{failed:?}");
    for _ in 0..2 {
        let refused = log.commit(&events(13..=16), &[]).unwrap_err();
        assert!(matches!(refused, StoreError::Latched { code } if code == expected), "{refused:?}");
    }
    let reads =
        || assert!(reader.head() == Seq(12) && reader.read_after(Seq(0), 99).unwrap() == events(1..=12));
    reads();
    if count == "-1" {
        for _ in 0..3 {
            assert_eq!(log.reopen().unwrap_err().code(), expected);
            reads();
        }
    }
    fs::remove_file(plan(dir)).unwrap();
    log.reopen().unwrap();
    // What failed is whole or absent.
    let head = log.head().0;
    assert!(head == 12 || head == 16, "{head}");
    commit(&mut log, 20 - head);
    assert!(all(&log) == events(1..=20) && reader.head() == Seq(20));
    log.close().unwrap();
}
