//! Killed at any moment, a log keeps what it acknowledged.
//!
//! The test runs itself again as a child that commits and prints what was
//! acknowledged, kills it, and opens what is left.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use super::*;

const CHILD: &str = "STORYLINE_TEST_KILLED_LOG";
const ROUNDS_OF_ONE_LOG: usize = 20;

#[test]
fn kill_nine_loses_nothing_acknowledged() {
    if let Some(dir) = std::env::var_os(CHILD) {
        commit_for_ever(Path::new(&dir));
    }
    let (mut dir, mut acknowledged) = (TempDir::new().unwrap(), 0);
    // How many acknowledgements to wait for before the blow: it falls wherever the child then is.
    let rounds = std::env::var("STORYLINE_KILL_ROUNDS").ok().and_then(|it| it.parse().ok()).unwrap_or(5);
    for (round, acks) in [1, 3, 12, 40, 90].into_iter().cycle().take(rounds).enumerate() {
        if round > 0 && round.is_multiple_of(ROUNDS_OF_ONE_LOG) {
            // Every start reads all of it.
            (dir, acknowledged) = (TempDir::new().unwrap(), 0);
        }
        acknowledged = run_and_kill(dir.path(), acks).max(acknowledged);
        let opened = open(dir.path());
        assert!(opened.log.head() >= Seq(acknowledged), "{} of {acknowledged}", opened.log.head());
        let found = all(&opened.log);
        let expected: Vec<_> = (1..=opened.log.head().0).map(sized).collect();
        assert_eq!(found, expected);
        assert_eq!(names(dir.path()), ["HEAD", "lock", "log"]);
        let recorded = opened.feeds.values().next().map(|it| u64::from(it.schedule.items));
        assert_eq!(recorded, recorded_at(opened.log.head().0), "record and events are written together");
    }
}

fn sized(seq: u64) -> Recorded {
    recorded(seq, usize::try_from(seq * 7_919 % 6_000).unwrap())
}

/// The commit that begins with an event: its last one, and whether a feed's record goes with it. One in five is longer than
/// what is written between two syncs.
fn commit_from(first: u64) -> (u64, bool) {
    let events = if first % 5 == 3 { 80 } else { 1 + first % 7 };
    (first + events - 1, !first.is_multiple_of(3))
}

/// The event the feed's record is of where the log ends; it has to end where a commit does.
fn recorded_at(head: u64) -> Option<u64> {
    let (mut last, mut recorded) = (0, None);
    while last < head {
        let with_record;
        (last, with_record) = commit_from(last + 1);
        recorded = if with_record { Some(last) } else { recorded };
    }
    assert_eq!(last, head, "it ends within a commit");
    recorded
}

fn run_and_kill(dir: &Path, acks: usize) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "log::tests::kill::kill_nine_loses_nothing_acknowledged", "--nocapture"])
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let acked = |line: String| line.strip_prefix("acknowledged ").and_then(|it| it.parse::<u64>().ok());
    let last = lines.by_ref().filter_map(acked).take(acks).last().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    lines.filter_map(acked).last().unwrap_or(last)
}

fn commit_for_ever(dir: &Path) -> ! {
    let mut log = open(dir).log;
    let feed: FeedId = "a".parse().unwrap();
    loop {
        let first = log.head().0 + 1;
        let (last, with_record) = commit_from(first);
        let commit: Vec<_> = (first..=last).map(sized).collect();
        let mut record = FeedRecord::default();
        record.schedule.items = u32::try_from(last).unwrap();
        let feeds = [(feed.clone(), &record)];
        log.commit(&commit, if with_record { &feeds } else { &[] }).unwrap();
        let mut out = std::io::stdout();
        writeln!(out, "\nacknowledged {}", log.head().0).unwrap();
        out.flush().unwrap();
    }
}
