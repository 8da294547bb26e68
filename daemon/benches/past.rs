//! How long a start and a look into the past take, with what is kept of before and without.
//!
//! `cargo bench -p storyline --bench past [-- EVENTS]`

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench stops at what fails, and prints what it found"
)]

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use storyline::{
    clock::Clock,
    serve::{Past as _, Written},
    writer::{self, Core, DeliveryNews, Past},
};
use storyline_config::{Config, FeedId, limit::EVENTS_LIMIT_MAX};
use storyline_store::{Item, Log, Seq, State, snapshot};

const TOWNS: [&str; 7] = ["Aldport", "Brinwick", "Corhaven", "Dunmere", "Estwell", "Farnmouth", "Gullsea"];

fn config() -> Arc<Config> {
    let mut text = "[sink.desk]\nkind = \"exec\"\ncommand = [\"true\"]\n".to_owned();
    for town in TOWNS {
        text += &format!(
            "[storyline.{0}]\ntitle = \"{town}\"\nall = [[\"dockers\", \"docks\"], [\"{0}\"]]\n",
            town.to_lowercase()
        );
    }
    Arc::new(Config::parse("bench.toml", &text).unwrap().config)
}

/// The `n`-th item of years of news from the docks: one every ten minutes, no two alike.
fn item(n: u64, at: Timestamp) -> Item {
    let feed: FeedId = format!("feed-{}", n % 9).parse().unwrap();
    let town = TOWNS[usize::try_from(n % 7).unwrap()];
    let word = |salt: u64| {
        let it = (n / 3).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(u32::try_from(salt * 7).unwrap());
        (0..6).map(|at| char::from(b'a' + u8::try_from((it >> (at * 5)) % 26).unwrap())).collect::<String>()
    };
    let title = format!("Dockers of {town} {} {} {}", word(1), word(2), word(3));
    let text = format!("{} {} said in the docks that {} would {}.", word(4), word(5), word(6), word(7));
    let key = n.to_string();
    Item {
        link: Some(format!("https://news.example/{n}")),
        text,
        published: Some(at),
        key: Some(key.clone()),
        ..Item::named(feed, &key, title, at)
    }
}

/// Records so many events, with the snapshots a writer keeps meanwhile.
fn fill(dir: &Path, events: u64) {
    let mut log = Log::open(dir).unwrap().log;
    let mut core = Core::new(config(), TimeZone::UTC, Past::default());
    let mut now: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
    core.configure(config(), now);
    let (mut n, mut kept, mut written, mut held) = (0, 0, Duration::ZERO, None);
    let mut pauses = (Vec::new(), Vec::new(), Vec::new());
    while log.head().0 < events {
        let began = Instant::now();
        for _ in 0..50 {
            now += SignedDuration::from_mins(10);
            core.ingest(&item(n, now), false, now);
            n += 1;
        }
        let took = began.elapsed();
        if std::mem::take(&mut held).is_some() {
            pauses.1.push(took);
        } else {
            pauses.2.push(took);
        }
        let pending: Vec<_> =
            core.state().deliveries.values().filter(|it| it.state.is_pending()).map(|it| it.id).collect();
        for id in pending {
            let _ = core.delivery(id, DeliveryNews::Attempted(1), now);
            let _ = core.delivery(id, DeliveryNews::Done(1), now);
        }
        for part in core.take_staged().parts {
            log.commit(&part.events, &[]).unwrap();
        }
        if log.head().0 >= kept + 5_000 {
            kept = log.head().0;
            let began = Instant::now();
            let standing = core.standing();
            pauses.0.push(began.elapsed());
            let began = Instant::now();
            writer::keep(&writer::snapshots(dir), &standing).unwrap();
            written = began.elapsed();
            held = Some(standing);
        }
    }
    println!(
        "a snapshot: handed over in {:?} at the worst, the last written in {written:?}; the next 50 items take {:?} \
         (worst {:?}) against {:?}",
        pauses.0.iter().max().unwrap(),
        median(&mut pauses.1),
        pauses.1.iter().max().unwrap(),
        median(&mut pauses.2),
    );
    println!("{} events of {n} items, {} kept states, {}", log.head().0, count(dir), megabytes(dir));
    log.close().unwrap();
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn count(dir: &Path) -> usize {
    std::fs::read_dir(dir.join("snapshots")).unwrap().count()
}

fn megabytes(dir: &Path) -> String {
    let used = storyline_store::disk_use(dir).unwrap();
    let mib = |it: u64| it / (1 << 20);
    format!("log {} MiB, snapshots {} MiB", mib(used.log), mib(used.snapshot))
}

/// Opens the log, and starts a writer on it; answers how long each took.
fn start(dir: &Path) -> (Duration, Duration) {
    let began = Instant::now();
    let opened = Log::open(dir).unwrap();
    let opening = began.elapsed();
    let (handle, thread) = writer::start(
        dir,
        (opened, None),
        config(),
        Clock::by_hand(Timestamp::UNIX_EPOCH).0,
        TimeZone::UTC,
        Box::new(drop),
    )
    .unwrap();
    let took = (opening, began.elapsed().checked_sub(opening).unwrap());
    drop(handle);
    thread.join().unwrap().unwrap();
    took
}

/// Where things stood at a place.
fn at(past: &Written, to: Seq) -> (State, Duration) {
    let began = Instant::now();
    let mut state = past.state_near(to).unwrap_or_default();
    while state.seq < to {
        for it in past.read_after(state.seq, EVENTS_LIMIT_MAX).unwrap() {
            if it.seq <= to {
                state.apply(&it);
            }
        }
    }
    (state, began.elapsed())
}

fn main() {
    let events = std::env::args().find_map(|it| it.parse().ok()).unwrap_or(20_000);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    fill(dir, events);
    let (opened, started) = start(dir);
    println!("with snapshots: open {opened:?}, start {started:?}");
    let log = Log::open(dir).unwrap().log;
    let past = Written { reader: log.reader(), snapshots: writer::snapshots(dir) };
    let head = log.head().0;
    let places: Vec<Seq> = (0..=20).map(|it| Seq(it * head / 20)).collect();
    let mut took: Vec<_> = places.iter().map(|it| at(&past, *it)).collect();
    took.sort_by_key(|it| it.1);
    println!("a state of the past: median {:?}, worst {:?}", took[10].1, took[20].1);
    let middle = at(&past, Seq(head / 3)).0;
    let (state, _) = at(&past, Seq(head));
    for (id, it) in state.storylines.iter().take(2) {
        let began = Instant::now();
        let course = it.course(state.seq);
        let told: usize =
            course.iter().map(|(after, to)| past.read_course(id, *after, *to).unwrap().len()).sum();
        println!(
            "the whole course of {id}: {told} events in {} stretches, {:?}",
            course.len(),
            began.elapsed()
        );
    }
    log.close().unwrap();
    snapshot::forget(dir).unwrap();
    let log = Log::open(dir).unwrap().log;
    let past = Written { reader: log.reader(), snapshots: writer::snapshots(dir) };
    let (same, whole) = at(&past, Seq(head / 3));
    assert_eq!(serde_json::to_vec(&same).unwrap(), serde_json::to_vec(&middle).unwrap(), "byte for byte");
    println!("without: a state after a third of the log {whole:?}");
    log.close().unwrap();
    let (opened, started) = start(dir);
    println!("without: open {opened:?}, start {started:?}");
}
