//! How fast the log commits, opens and reads, beside a plain file with one sync a commit.
//!
//! `cargo bench -p storyline-store --bench log [-- EVENTS]`

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench stops at what fails, and prints what it found"
)]

use std::{
    fs::File,
    io::{Read, Write},
    path::Path,
    time::{Duration, Instant},
};

use storyline_config::FeedId;
use storyline_store::{Event, FeedRecord, Log, Recorded, Seq};

/// Events are of 605 bytes, as a report with its evidence is on average.
fn recorded(seq: u64) -> Recorded {
    let at = jiff::Timestamp::from_second(1_739_500_000 + i64::try_from(seq).unwrap()).unwrap();
    Recorded { seq: Seq(seq), at, event: Event::RecordLost { detail: format!("{seq:0>550}") } }
}

fn commits(log: &mut Log, each: u64, count: u64, with_record: bool) -> Duration {
    let feed = "a".parse().unwrap();
    let mut record = FeedRecord::default();
    let start = Instant::now();
    for _ in 0..count {
        let first = log.head().0 + 1;
        let events: Vec<_> = (first..first + each).map(recorded).collect();
        record.schedule.items += 1;
        let feeds = [(FeedId::clone(&feed), &record)];
        log.commit(&events, if with_record { &feeds } else { &[] }).unwrap();
    }
    start.elapsed()
}

fn raw(file: &mut File, each: u64, count: u64) -> Duration {
    let start = Instant::now();
    for commit in 0..count {
        let mut bytes = Vec::new();
        for seq in 0..each {
            let json = serde_json::to_vec(&recorded(commit * each + seq)).unwrap();
            bytes.extend_from_slice(&crc32c::crc32c(&json).to_le_bytes());
            bytes.extend_from_slice(&json);
        }
        file.write_all(&bytes).unwrap();
        file.sync_data().unwrap();
    }
    start.elapsed()
}

fn ratios(dir: &Path) {
    for (each, with_record) in [(1, false), (4, false), (16, false), (4, true), (16, true)] {
        let mut log = Log::open(&dir.join(format!("log-{each}-{with_record}"))).unwrap().log;
        let mut file = File::create(dir.join("raw")).unwrap();
        let mut ratios: Vec<f64> = (0..15)
            .map(|_| {
                let floor = raw(&mut file, each, 60).as_secs_f64();
                floor / commits(&mut log, each, 60, with_record).as_secs_f64()
            })
            .collect();
        ratios.sort_by(f64::total_cmp);
        let what = if with_record { " with a feed's record" } else { "" };
        println!(
            "{each} events a commit{what}: {:.2} of a raw append ({:.2} to {:.2})",
            ratios[7], ratios[3], ratios[11]
        );
    }
}

/// What opening is measured against: reading a plain file of the same bytes, and copying it so that it survives.
fn floors(dir: &Path) -> (Duration, Duration) {
    let (db, copy) = (dir.join("log/db"), dir.with_extension("floor"));
    let start = Instant::now();
    let (mut file, mut chunk, mut crc) = (File::open(&db).unwrap(), vec![0; 1 << 20], 0);
    loop {
        let read = file.read(&mut chunk).unwrap();
        if read == 0 {
            break;
        }
        crc = crc32c::crc32c_append(crc, &chunk[..read]);
    }
    let reading = start.elapsed();
    let start = Instant::now();
    std::fs::copy(&db, &copy).unwrap();
    File::open(&copy).unwrap().sync_all().unwrap();
    let copying = start.elapsed();
    std::fs::remove_file(copy).unwrap();
    println!(
        "floors: reading its file {:.2} s (crc {crc:08x}), copying it {:.2} s",
        reading.as_secs_f64(),
        copying.as_secs_f64()
    );
    (reading, copying)
}

fn large(dir: &Path, events: u64) {
    let timed = |what: &str, start: Instant, floor: Duration| {
        let (took, resident) = (start.elapsed().as_secs_f64(), resident() / 1_000);
        let ratio = if floor.is_zero() {
            String::new()
        } else {
            format!(", {:.2} of its floor", took / floor.as_secs_f64())
        };
        println!("{what}: {took:.2} s{ratio}, {resident} MB resident");
    };
    let none = Duration::ZERO;
    let mut log = Log::open(dir).unwrap().log;
    let start = Instant::now();
    commits(&mut log, 500, events / 500, false);
    timed("commits of 500 events", start, none);
    drop(log);
    for what in ["open after a kill, all of it new", "open after a kill, opened before"] {
        let (reading, copying) = floors(dir);
        let start = Instant::now();
        let log = Log::open(dir).unwrap().log;
        timed(what, start, reading + copying);
        drop(log);
    }
    let start = Instant::now();
    Log::open(dir).unwrap().log.close().unwrap();
    timed("open after a kill and close", start, none);
    for nth in ["first", "second"] {
        let (reading, _) = floors(dir);
        let start = Instant::now();
        let log = Log::open(dir).unwrap().log;
        timed(&format!("{nth} clean open"), start, reading);
        let start = Instant::now();
        log.close().unwrap();
        timed("close", start, reading);
    }
    let log = Log::open(dir).unwrap().log;
    let start = Instant::now();
    let mut after = Seq(0);
    while let Some(last) = log.reader().read_after(after, 1_000).unwrap().last() {
        after = last.seq;
    }
    timed("read all", start, none);
    let body: usize = (1..=events).map(|seq| serde_json::to_vec(&recorded(seq)).unwrap().len()).sum();
    let used = storyline_store::disk_use(dir).unwrap();
    println!(
        "{:.0} bytes an event, {:.2} of the events' own",
        used.log as f64 / events as f64,
        used.log as f64 / body as f64
    );
}

/// Kilobytes of memory in use.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|it| it.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn main() {
    // What an opening spends its time on is said by the log itself.
    tracing_subscriber::fmt().without_time().with_target(false).init();
    let events = std::env::args().find_map(|it| it.parse().ok()).unwrap_or(20_000);
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    ratios(dir.path());
    large(&dir.path().join("large"), events);
}
