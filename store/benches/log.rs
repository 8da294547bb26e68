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
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use storyline_store::{Event, Log, Recorded, Seq};

/// Events are of 605 bytes, as a report with its evidence is on average.
fn recorded(seq: u64) -> Recorded {
    let at = jiff::Timestamp::from_second(1_739_500_000 + i64::try_from(seq).unwrap()).unwrap();
    Recorded { seq: Seq(seq), at, event: Event::RecordLost { detail: format!("{seq:0>550}") } }
}

fn commits(log: &mut Log, each: u64, count: u64) -> Duration {
    let start = Instant::now();
    for _ in 0..count {
        let first = log.head().0 + 1;
        let events: Vec<_> = (first..first + each).map(recorded).collect();
        log.commit(&events, &[]).unwrap();
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
    for each in [1, 4, 16] {
        let mut log = Log::open(&dir.join(format!("log-{each}"))).unwrap().log;
        let mut file = File::create(dir.join("raw")).unwrap();
        let mut ratios: Vec<f64> = (0..15)
            .map(|_| raw(&mut file, each, 60).as_secs_f64() / commits(&mut log, each, 60).as_secs_f64())
            .collect();
        ratios.sort_by(f64::total_cmp);
        println!(
            "{each} events a commit: {:.2} of a raw append ({:.2} to {:.2})",
            ratios[7], ratios[3], ratios[11]
        );
    }
}

fn large(dir: &Path, events: u64) {
    let timed = |what: &str, start: Instant| {
        println!("{what}: {:.2} s, {} MB resident", start.elapsed().as_secs_f64(), resident() / 1_000);
    };
    let mut log = Log::open(dir).unwrap().log;
    let start = Instant::now();
    commits(&mut log, 500, events / 500);
    timed("commits of 500 events", start);
    drop(log);
    let start = Instant::now();
    let log = Log::open(dir).unwrap().log;
    timed("open after a kill, never opened since", start);
    let start = Instant::now();
    log.close().unwrap();
    timed("close", start);
    for nth in ["first", "second"] {
        let start = Instant::now();
        let log = Log::open(dir).unwrap().log;
        timed(&format!("{nth} clean open"), start);
        let start = Instant::now();
        log.close().unwrap();
        timed("close", start);
    }
    drop(Log::open(dir).unwrap());
    let start = Instant::now();
    let log = Log::open(dir).unwrap().log;
    timed("open after a kill", start);
    let start = Instant::now();
    let mut after = Seq(0);
    while let Some(last) = log.reader().read_after(after, 1_000).unwrap().last() {
        after = last.seq;
    }
    timed("read all", start);
    let bytes = std::fs::metadata(dir.join("log/db")).unwrap().len();
    println!("{} bytes an event", bytes / events.max(1));
}

/// Kilobytes of memory in use.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|it| it.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn main() {
    let events = std::env::args().find_map(|it| it.parse().ok()).unwrap_or(20_000);
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    ratios(dir.path());
    large(&dir.path().join("large"), events);
}
