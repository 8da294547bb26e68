//! Ended at every named place, one by one, a log starts again without anyone's help and has lost nothing.
//!
//! Each *deed* is what a daemon or a command does to a log. It is done once to learn which places it passes, and then
//! again for every pass of every place, where it ends. A place in the source that no deed passes fails the test.

use std::{collections::BTreeSet, fs, os::unix::process::ExitStatusExt, path::Path, process::Output, thread};

use jiff::Timestamp;
use storyline_store::{
    Log, Seq, State, StoreError, backup, import, repair, restore, segment, snapshot::Snapshots,
};

use crate::{
    child::{acknowledge, acknowledged, command, wish},
    sample::{all, check, check_ends, closed, commit, commit_alone, event, events, feed, folder, record},
    torn::{cut_off, large, large_commit},
};

pub(crate) const TEST: &str = "failpoints::ended_at_any_place_a_log_starts_again_and_has_lost_nothing";
/// Passes of one place that are tried in one deed: the first ones.
const PASSES: usize = 3;
const NOW: Timestamp = Timestamp::constant(1_739_529_600, 0);
const SIGABRT: i32 = 6;

/// What is done to a log.
pub(crate) struct Deed {
    pub(crate) name: &'static str,
    /// What is there before.
    pub(crate) prepare: fn(&Path),
    perform: fn(&Path),
    /// What has to hold after it was interrupted, given the last event acknowledged.
    pub(crate) holds: fn(&Path, u64, &str),
}

pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "begin", prepare: |_| {}, perform: commits, holds: goes_on },
    Deed { name: "commit", prepare: |it| closed(it, 7), perform: commits, holds: goes_on },
    Deed { name: "commit_alone", prepare: |it| closed(it, 7), perform: commits_alone, holds: alone },
    Deed { name: "commit_large", prepare: |it| closed(it, 0), perform: commits_large, holds: large },
    Deed { name: "after_cut", prepare: cut_off, perform: commits, holds: goes_on },
    Deed { name: "after_kill", prepare: killed, perform: commits, holds: goes_on },
    Deed { name: "after_damage", prepare: bare, perform: commits, holds: goes_on },
    Deed { name: "after_interruption", prepare: interrupted, perform: commits, holds: goes_on },
    Deed { name: "reopen", prepare: |it| closed(it, 7), perform: reopens, holds: goes_on },
    Deed { name: "segment", prepare: |it| closed(it, 9), perform: saves, holds: goes_on },
    Deed { name: "backup", prepare: |it| closed(it, 9), perform: backs_up, holds: backed_up },
    Deed { name: "restore", prepare: with_backup, perform: restores, holds: restored },
    Deed { name: "repair", prepare: damaged, perform: repairs, holds: repaired },
    Deed { name: "import", prepare: |_| {}, perform: imports, holds: imported },
];

#[test]
fn ended_at_any_place_a_log_starts_again_and_has_lost_nothing() {
    if let Some((word, dir)) = wish() {
        let deed = DEEDS.iter().find(|it| it.name == word).unwrap();
        (deed.perform)(&dir);
        return;
    }
    if cfg!(not(debug_assertions)) {
        eprintln!("skipped: a build without debug assertions has no such places");
        return;
    }
    let mut passed = BTreeSet::new();
    thread::scope(|scope| {
        let deeds: Vec<_> = DEEDS.iter().map(|deed| scope.spawn(|| end_everywhere(deed))).collect();
        for deed in deeds {
            passed.extend(deed.join().unwrap());
        }
    });
    let named = named(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    let untried: Vec<_> = named.difference(&passed).collect();
    assert!(untried.is_empty(), "no deed passes these places: {untried:?}");
}

fn end_everywhere(deed: &Deed) -> BTreeSet<String> {
    let places = places(deed);
    assert!(!places.is_empty(), "{}", deed.name);
    for (place, pass) in &places {
        end_at(deed, place, *pass);
    }
    eprintln!("{}: ended at {} places", deed.name, places.len());
    places.into_iter().map(|it| it.0).collect()
}

/// Every pass of every place of a deed, found by doing it.
fn places(deed: &Deed) -> Vec<(String, usize)> {
    let dir = folder();
    let data_dir = dir.path().join("data");
    (deed.prepare)(&data_dir);
    let to = dir.path().join("places");
    let output = command(TEST, deed.name, &data_dir).env("STORYLINE_FAILPOINTS_TO", &to).output().unwrap();
    assert!(output.status.success(), "{}: {output:?}", deed.name);
    let mut places: Vec<(String, usize)> = Vec::new();
    for name in fs::read_to_string(to).unwrap().lines() {
        let before = places.iter().filter(|it| it.0 == name).count();
        if before < PASSES {
            places.push((name.to_owned(), before + 1));
        }
    }
    places
}

fn end_at(deed: &Deed, place: &str, pass: usize) {
    let what = format!("{} ended at {place}:{pass}", deed.name);
    let dir = folder();
    let data_dir = dir.path().join("data");
    (deed.prepare)(&data_dir);
    let output: Output = command(TEST, deed.name, &data_dir)
        .env("STORYLINE_ABORT_AT", format!("{place}:{pass}"))
        .output()
        .unwrap();
    // How often `HEAD` is synced follows from the clock: a faster run may never come to a later pass.
    let may_miss = place == "head.synced" && output.status.success();
    assert!(output.status.signal() == Some(SIGABRT) || may_miss, "{what}: {output:?}");
    (deed.holds)(&data_dir, acknowledged(&output), &what);
}

/// The places the source names.
fn named(dir: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(named(&path));
        } else {
            let source = fs::read_to_string(&path).unwrap();
            let code = source.lines().filter(|it| !it.trim_start().starts_with("//"));
            let calls: Vec<_> =
                code.flat_map(|it| it.split("failpoint(\"").skip(1)).map(str::to_owned).collect();
            names.extend(calls.iter().map(|it| it.split('"').next().unwrap().to_owned()));
        }
    }
    names
}

fn killed(dir: &Path) {
    let mut log = Log::open(dir).unwrap().log;
    for _ in 0..3 {
        commit(&mut log, 3);
    }
}

/// The engine's own snapshot is damaged, and the log opens without it.
fn bare(dir: &Path) {
    killed(dir);
    drop(Log::open(dir).unwrap());
    for entry in fs::read_dir(dir.join("log")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("snap.") {
            fs::write(path, "garbage").unwrap();
        }
    }
}

/// An opening was interrupted with the copy set aside, and the original rewritten.
fn interrupted(dir: &Path) {
    killed(dir);
    fs::create_dir(dir.join("log.copy")).unwrap();
    for entry in fs::read_dir(dir.join("log")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), dir.join("log.copy").join(entry.file_name())).unwrap();
        }
    }
    fs::write(dir.join("log/db"), "half rewritten").unwrap();
}

fn commits(dir: &Path) {
    let before = Log::open(dir).unwrap();
    let mut log = before.log;
    acknowledge(log.head().0);
    for _ in 0..3 {
        commit(&mut log, 4);
        acknowledge(log.head().0);
    }
    log.settle().unwrap();
    keep(dir, &log);
    assert!(kept(dir, &log).is_some());
    log.close().unwrap();
}

fn commits_alone(dir: &Path) {
    let mut log = Log::open(dir).unwrap().log;
    acknowledge(log.head().0);
    for count in [3, 90, 4] {
        commit_alone(&mut log, count);
        acknowledge(log.head().0);
    }
    log.close().unwrap();
}

fn alone(dir: &Path, acknowledged: u64, what: &str) {
    check_ends(dir, acknowledged, &[(7, 7), (10, 7), (100, 7), (104, 7)], what);
    let mut log = Log::open(dir).unwrap().log;
    commit(&mut log, 3);
    let head = log.head().0;
    log.close().unwrap();
    assert_eq!(check(dir, head, what), head);
}

/// A feed's record without events, and events that do not fit a transaction with the next one.
fn commits_large(dir: &Path) {
    let mut log = Log::open(dir).unwrap().log;
    log.save_feeds(&[(feed(), &record(0))]).unwrap();
    large_commit(&mut log);
    acknowledge(log.head().0);
}

/// Keeps a snapshot of all there is.
pub(crate) fn keep(dir: &Path, log: &Log) {
    let mut state = State::default();
    for it in &all(log) {
        state.apply(it);
    }
    Snapshots::new(dir, 1).save(&state, b"remembered").unwrap();
}

/// What was kept last; the state with it is what its events give.
fn kept(dir: &Path, log: &Log) -> Option<(Seq, Vec<u8>)> {
    let (snapshots, reader) = (Snapshots::new(dir, 1), log.reader());
    let state = snapshots.state(&reader, log.head());
    if let Some(state) = state {
        let mut folded = State::default();
        all(log).iter().filter(|it| it.seq <= state.seq).for_each(|it| folded.apply(it));
        assert_eq!(state, folded);
    }
    snapshots.memory(&reader, log.head())
}

fn reopens(dir: &Path) {
    let mut log = Log::open(dir).unwrap().log;
    commit(&mut log, 2);
    acknowledge(log.head().0);
    log.reopen().unwrap();
    commit(&mut log, 2);
    acknowledge(log.head().0);
}

fn saves(dir: &Path) {
    let mut log = Log::open(dir).unwrap().log;
    acknowledge(log.head().0);
    segment::save(&log.reader(), dir).unwrap();
    commit(&mut log, 5);
    acknowledge(log.head().0);
    segment::save(&log.reader(), dir).unwrap();
}

/// It starts again, whole, and takes, saves and keeps what comes next.
fn goes_on(dir: &Path, acknowledged: u64, what: &str) {
    let head = check(dir, acknowledged, what);
    let mut log = Log::open(dir).unwrap().log;
    commit(&mut log, 3);
    if let Some((seq, remembered)) = kept(dir, &log) {
        assert!(seq.0 <= head && remembered == b"remembered", "{what}");
    }
    assert_eq!(segment::save(&log.reader(), dir).unwrap(), Seq(head + 3), "{what}");
    log.close().unwrap();
    assert_eq!(check(dir, head + 3, what), head + 3);
    // Segments are all that is left: they reach as far.
    fs::remove_dir_all(dir.join("log")).unwrap();
    let back = repair(dir, NOW).unwrap();
    assert!(back.missing.is_empty() && back.restored == head + 3, "{what}: {back:?}");
}

fn beside(dir: &Path, name: &str) -> std::path::PathBuf {
    dir.parent().unwrap().join(name)
}

fn backs_up(dir: &Path) {
    let opened = Log::open(dir).unwrap();
    acknowledge(opened.log.head().0);
    backup(&opened.log.reader(), &opened.feeds, &beside(dir, "backup")).unwrap();
}

/// The backup is there whole and restores, or can be made again in the same place.
fn backed_up(dir: &Path, acknowledged: u64, what: &str) {
    let to = beside(dir, "backup");
    let opened = Log::open(dir).unwrap();
    match backup(&opened.log.reader(), &opened.feeds, &to) {
        Ok(head) => assert_eq!(head, Seq(9), "{what}"),
        // Nothing has opened it since, and so nothing has put it in its place.
        Err(StoreError::NotEmpty { .. }) => {
            let again = beside(dir, "again");
            let back = restore(&to, &again, None, NOW).map(|it| it.head);
            assert!(matches!(back, Ok(Seq(9))), "{what}: {back:?}");
            assert_eq!(check(&again, 9, what), 9);
        }
        Err(error) => panic!("{what}: {error:?}"),
    }
    drop(opened);
    check(dir, acknowledged, what);
    assert_eq!(check(&to, 9, what), 9);
}

fn with_backup(dir: &Path) {
    closed(dir, 9);
    let opened = Log::open(dir).unwrap();
    backup(&opened.log.reader(), &opened.feeds, &beside(dir, "backup")).unwrap();
    let mut log = opened.log;
    commit(&mut log, 4);
    segment::save(&log.reader(), dir).unwrap();
    keep(dir, &log);
}

fn restores(dir: &Path) {
    restore(&beside(dir, "backup"), dir, None, NOW).unwrap();
}

/// What was there before, or what was restored; and nothing of the one in the other.
fn restored(dir: &Path, _: u64, what: &str) {
    let head = check(dir, 9, what);
    assert!(head == 9 || head == 13, "{what}: {head}");
    assert_eq!(segment::reach(dir).unwrap(), Seq(if head == 9 { 0 } else { 13 }), "{what}");
    let log = Log::open(dir).unwrap().log;
    assert_eq!(kept(dir, &log).map(|it| it.0), (head == 13).then_some(Seq(13)), "{what}");
    log.close().unwrap();
    restores(dir);
    assert_eq!(check(dir, 9, what), 9);
    let aside = fs::read_dir(dir.parent().unwrap()).unwrap().map(|it| it.unwrap().path());
    let kept = aside.filter(|it| it.to_str().unwrap().contains(".replaced-") && it.join("log/db").exists());
    assert!(kept.map(|it| check(&it, 9, what)).any(|it| it == 13), "{what}: what was there is kept aside");
}

/// A cleanly closed log with a bit flipped in the middle, and segments that hold all of it.
fn damaged(dir: &Path) {
    closed(dir, 9);
    let log = Log::open(dir).unwrap().log;
    segment::save(&log.reader(), dir).unwrap();
    log.close().unwrap();
    let db = dir.join("log/db");
    let mut bytes = fs::read(&db).unwrap();
    let written = bytes.iter().rposition(|it| *it != 0).unwrap();
    bytes[written / 2] ^= 4;
    fs::write(db, bytes).unwrap();
}

fn repairs(dir: &Path) {
    let repaired = repair(dir, NOW).unwrap();
    assert!(repaired.missing.is_empty() && repaired.kept + repaired.restored == 9, "{repaired:?}");
}

fn repaired(dir: &Path, _: u64, what: &str) {
    repairs(dir);
    let log = Log::open(dir).unwrap().log;
    assert!(all(&log) == events(1..=9), "{what}");
    let aside = fs::read_dir(dir.parent().unwrap()).unwrap().map(|it| it.unwrap().path());
    let kept = aside.filter(|it| it.to_str().unwrap().contains(".damaged-") && it.join("log/db").exists());
    assert_eq!(kept.count(), 1, "{what}: the damaged log is kept aside");
}

fn exported() -> Vec<u8> {
    let dir = folder();
    closed(dir.path(), 9);
    let mut out = Vec::new();
    storyline_store::export(&Log::open(dir.path()).unwrap().log.reader(), &mut out).unwrap();
    out
}

fn imports(dir: &Path) {
    import(dir, &mut exported().as_slice()).unwrap();
}

/// Nothing is there, and it can be imported again; or all of it is.
fn imported(dir: &Path, _: u64, what: &str) {
    match import(dir, &mut exported().as_slice()) {
        Ok(head) => assert_eq!(head, Seq(9), "{what}"),
        Err(StoreError::NotEmpty { .. }) => {}
        Err(error) => panic!("{what}: {error:?}"),
    }
    let mut log = Log::open(dir).unwrap().log;
    assert!(all(&log) == events(1..=9), "{what}");
    log.commit(&[event(10)], &[]).unwrap();
}
