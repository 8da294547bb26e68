//! The power goes: whatever of the recorded writes had reached the disk, what was acknowledged is there and the log starts.
//!
//! A child works below the recorder (`fault.c`). Its writes, syncs, renames and so on are then played to every prefix, onto
//! a disk that keeps of a file what was synced, and of directories what they were synced with. What was not synced is lost,
//! all there, or there in part; of parts each 512 bytes come or go by themselves.

use std::{collections::BTreeMap, fs, path::Path, thread};

use storyline_store::{Log, segment};

use crate::{
    child::{command, wish},
    failpoints::keep,
    fault::{every, layer},
    sample::{check, check_ends, commit, commit_alone, folder},
};

const TEST: &str = "power::whenever_the_power_goes_what_was_acknowledged_is_there_and_the_log_starts";
const ALONE: &str = "power::whenever_the_power_goes_a_commit_of_many_values_is_there_whole_or_not_at_all";
/// What the child writes acknowledgements to, so that they stand among its other writes.
const ACKNOWLEDGED: &str = "acknowledged";
const SECTOR: usize = 512;

#[derive(Debug)]
enum Op {
    Write(u64, Vec<u8>),
    Truncate(u64),
    Sync,
    Create,
    Rename(String),
    Unlink,
    MakeDir,
}

#[test]
fn whenever_the_power_goes_what_was_acknowledged_is_there_and_the_log_starts() {
    if let Some((_, dir)) = wish() {
        return work(&dir);
    }
    cut_everywhere(TEST, |dir, acknowledged, what| {
        check(dir, acknowledged, what);
    });
}

#[test]
fn whenever_the_power_goes_a_commit_of_many_values_is_there_whole_or_not_at_all() {
    if let Some((_, dir)) = wish() {
        return work_alone(&dir);
    }
    cut_everywhere(ALONE, |dir, acknowledged, what| {
        let ends = [(0, 0), (2, 0), (5, 5), (305, 5), (307, 5), (310, 310), (400, 310), (401, 310)];
        check_ends(dir, acknowledged, &ends, what);
        let mut log = Log::open(dir).unwrap().log;
        commit(&mut log, 2);
        let head = log.head().0;
        drop(log);
        check(dir, head, what);
    });
}

/// Commits of events alone, the longest over several of the engine's segments, and some with a feed's record between.
fn work_alone(dir: &Path) {
    let mut log = Log::open(dir).unwrap().log;
    note(dir, &log);
    for (count, with_record) in [(2, false), (3, true), (300, false), (2, false), (3, true), (90, false)] {
        if with_record {
            commit(&mut log, count);
        } else {
            commit_alone(&mut log, count);
        }
        note(dir, &log);
    }
    log.close().unwrap();
    let mut log = Log::open(dir).unwrap().log;
    commit_alone(&mut log, 1);
    note(dir, &log);
}

fn note(dir: &Path, log: &Log) {
    fs::write(dir.parent().unwrap().join(ACKNOWLEDGED), log.head().0.to_string()).unwrap();
}

/// Records what a test's child does, and cuts the power after each of it.
fn cut_everywhere(test: &str, check: impl Fn(&Path, u64, &str) + Sync) {
    let Some(layer) = layer() else { return };
    let folder = folder();
    let dir = folder.path().join("root/data");
    fs::create_dir(folder.path().join("root")).unwrap();
    let record = folder.path().join("record");
    let mut command = command(test, "work", &dir);
    command
        .env("LD_PRELOAD", layer)
        .env("FAULT_ROOT", folder.path().join("root"))
        .env("FAULT_RECORD", &record);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let root = folder.path().join("root").to_str().unwrap().to_owned();
    let ops = read(&fs::read(&record).unwrap(), &root);
    let stride = if every() { 1 } else { 3 };
    thread::scope(|scope| {
        for nth in 0..4 {
            let (ops, check) = (&ops, &check);
            scope.spawn(move || cut(ops, |at| at % stride == 0 && at / stride % 4 == nth, check));
        }
    });
    eprintln!("the power went after every {stride}. of {} operations, in 4 ways each", ops.len());
}

/// What a daemon does: begins, commits, saves a segment and a snapshot, stops, starts, is killed, starts.
fn work(dir: &Path) {
    let mut log = Log::open(dir).unwrap().log;
    for nth in 0..7 {
        commit(&mut log, 1 + nth % 4);
        note(dir, &log);
    }
    segment::save(&log.reader(), dir).unwrap();
    keep(dir, &log);
    log.close().unwrap();
    for _ in 0..2 {
        let mut log = Log::open(dir).unwrap().log;
        for _ in 0..3 {
            commit(&mut log, 3);
            note(dir, &log);
        }
        log.settle().unwrap();
    }
    let mut log = Log::open(dir).unwrap().log;
    log.reopen().unwrap();
    commit(&mut log, 2);
    note(dir, &log);
}

fn read(bytes: &[u8], root: &str) -> Vec<(String, Op)> {
    fn take<'a>(rest: &mut &'a [u8], count: usize) -> &'a [u8] {
        let (taken, left) = rest.split_at(count);
        *rest = left;
        taken
    }
    let mut rest = bytes;
    let mut ops = Vec::new();
    let inner = |path: &[u8]| {
        String::from_utf8_lossy(path).strip_prefix(root).unwrap().trim_start_matches('/').to_owned()
    };
    while !rest.is_empty() {
        let op = take(&mut rest, 1)[0];
        let named = u32::from_le_bytes(take(&mut rest, 4).try_into().unwrap()) as usize;
        let path = inner(take(&mut rest, named));
        let place = u64::from_le_bytes(take(&mut rest, 8).try_into().unwrap());
        let length = u32::from_le_bytes(take(&mut rest, 4).try_into().unwrap()) as usize;
        let bytes = take(&mut rest, length);
        let op = match op {
            b'W' => Op::Write(place, bytes.to_vec()),
            b'T' => Op::Truncate(place),
            b'S' => Op::Sync,
            b'C' => Op::Create,
            b'R' => Op::Rename(inner(bytes)),
            b'U' => Op::Unlink,
            b'M' => Op::MakeDir,
            other => panic!("{other}"),
        };
        ops.push((path, op));
    }
    ops
}

/// A file: what was synced, and what was written since.
#[derive(Debug, Clone, Default)]
struct File {
    synced: Vec<u8>,
    since: Vec<(u64, Option<Vec<u8>>)>,
}

impl File {
    fn apply(bytes: &mut Vec<u8>, place: u64, written: Option<&[u8]>) {
        let place = usize::try_from(place).unwrap();
        match written {
            None => bytes.resize(place, 0),
            Some(written) => {
                bytes.resize(bytes.len().max(place + written.len()), 0);
                bytes[place..place + written.len()].copy_from_slice(written);
            }
        }
    }

    fn sync(&mut self) {
        for (place, written) in std::mem::take(&mut self.since) {
            Self::apply(&mut self.synced, place, written.as_deref());
        }
    }

    /// What is found after the power went.
    fn found(&self, way: Way, chance: &mut Chance) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        for (place, written) in &self.since {
            match (way, written) {
                (Way::Lost, _) => {}
                (Way::There, _) | (Way::Part, None) => Self::apply(&mut bytes, *place, written.as_deref()),
                (Way::Part, Some(written)) => {
                    for (nth, sector) in written.chunks(SECTOR).enumerate() {
                        if chance.flip() {
                            Self::apply(&mut bytes, place + (nth * SECTOR) as u64, Some(sector));
                        }
                    }
                }
            }
        }
        bytes
    }
}

/// Names to files (or directories, where there is none).
type Names = BTreeMap<String, Option<usize>>;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Lost,
    There,
    Part,
}

/// Numbers that look like chance and are the same every time.
struct Chance(u64);

impl Chance {
    fn flip(&mut self) -> bool {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 63 == 1
    }
}

#[derive(Default)]
struct Disk {
    files: Vec<File>,
    /// As programs see them.
    names: Names,
    /// As they were when a directory was synced last; the file system keeps the order of its changes.
    synced: Names,
    acknowledged: u64,
}

impl Disk {
    fn perform(&mut self, path: &str, op: &Op) {
        if path == ACKNOWLEDGED {
            if let Op::Write(_, bytes) = op {
                self.acknowledged = String::from_utf8_lossy(bytes).parse().unwrap();
            }
            return;
        }
        let below = format!("{path}/");
        match op {
            Op::Write(..) | Op::Truncate(_) => {
                let change = match op {
                    Op::Write(place, bytes) => (*place, Some(bytes.clone())),
                    Op::Truncate(length) => (*length, None),
                    _ => unreachable!(),
                };
                // A file that has no name any more does not matter.
                if let Some(Some(file)) = self.names.get(path) {
                    self.files[*file].since.push(change);
                }
            }
            Op::Sync => match self.names.get(path) {
                Some(Some(file)) => self.files[*file].sync(),
                _ => self.synced = self.names.clone(),
            },
            Op::Create => {
                self.files.push(File::default());
                self.names.insert(path.to_owned(), Some(self.files.len() - 1));
            }
            Op::MakeDir => drop(self.names.insert(path.to_owned(), None)),
            Op::Unlink => drop(self.names.remove(path)),
            Op::Rename(to) => {
                let moved: Vec<_> =
                    self.names.keys().filter(|it| *it == path || it.starts_with(&below)).cloned().collect();
                for name in moved {
                    let file = self.names.remove(&name).unwrap();
                    self.names.insert(format!("{to}{}", &name[path.len()..]), file);
                }
            }
        }
    }

    fn lay_out(&self, names: &Names, way: Way, chance: &mut Chance, to: &Path) {
        fs::create_dir_all(to.join("data")).unwrap();
        for (name, file) in names {
            let path = to.join(name);
            match file {
                None => fs::create_dir_all(path).unwrap(),
                Some(file) => fs::write(path, self.files[*file].found(way, chance)).unwrap(),
            }
        }
    }
}

/// Cuts the power at some places, in every way.
fn cut(ops: &[(String, Op)], here: impl Fn(usize) -> bool, check: impl Fn(&Path, u64, &str)) {
    let mut disk = Disk::default();
    for (at, (path, op)) in ops.iter().enumerate() {
        disk.perform(path, op);
        if !here(at) {
            continue;
        }
        for (nth, (way, names)) in [
            (Way::Lost, &disk.synced),
            (Way::There, &disk.names),
            (Way::Lost, &disk.names),
            (Way::Part, &disk.names),
        ]
        .into_iter()
        .enumerate()
        {
            let folder = folder();
            disk.lay_out(names, way, &mut Chance(at as u64), folder.path());
            let what =
                format!("cut after {at}, {op:?} of {path}, way {nth}").chars().take(200).collect::<String>();
            check(&folder.path().join("data"), disk.acknowledged, &what);
        }
    }
}
