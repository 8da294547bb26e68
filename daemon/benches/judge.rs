//! What judging costs: an item of a mixed stream, one that belongs, and how that grows with what is followed.
//!
//! `cargo bench -p storyline --bench judge [-- ROUNDS]`; CPU time of this thread, the best of the rounds.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench stops at what fails, and prints what it found"
)]

use std::{fmt::Write, time::Instant};

use jiff::{SignedDuration, Timestamp};
use storyline::detect::{Definitions, Memory, detect};
use storyline_config::Config;
use storyline_store::{Item, ItemId, Recorded, Seq};

/// Headlines of our own making, with the storyline of the starter each belongs to.
const HEADLINES: &str = include_str!("../../config/docs/headlines.tsv");
/// Articles of our own making on other subjects.
const ARTICLES: [&str; 6] = [
    include_str!("../src/draft/articles/budget.txt"),
    include_str!("../src/draft/articles/election.txt"),
    include_str!("../src/draft/articles/merger.txt"),
    include_str!("../src/draft/articles/storm.txt"),
    include_str!("../src/draft/articles/strike.txt"),
    include_str!("../src/draft/articles/trial.txt"),
];
/// One item in so many of a mixed stream belongs to something followed.
const BELONGS_ONE_IN: usize = 20;
/// Items of a stream.
const ITEMS: usize = 2_000;

/// Sentences that belong to nothing the starter follows.
fn sentences() -> Vec<&'static str> {
    let all = ARTICLES.iter().flat_map(|it| it.split(['\n', '.'])).map(str::trim);
    all.filter(|it| it.split_whitespace().count() > 4).collect()
}

/// Headlines that belong to a storyline of the starter, or to none.
fn headlines(belonging: bool) -> Vec<&'static str> {
    let rows =
        HEADLINES.lines().filter(|it| !it.starts_with('#')).map(|it| it.splitn(3, '\t').collect::<Vec<_>>());
    let wanted = rows.filter(|it| it.len() == 3 && it[0] == "en" && (it[1] != "-") == belonging);
    wanted.map(|it| it[2]).collect()
}

fn item(number: usize, title: &str, text: &str) -> Item {
    let start: Timestamp = "2025-02-10T06:00:00Z".parse().unwrap();
    let at = start + SignedDuration::from_secs(60 * i64::try_from(number).unwrap());
    let json = serde_json::json!({
        "id": ItemId(u64::try_from(number).unwrap()), "feed": format!("feed-{}", number % 25),
        "outlet": format!("Outlet {}", number % 25), "link": format!("https://outlet.example/world/{number}"),
        "title": title, "text": text, "published": at, "seen": at, "effective": at,
    });
    serde_json::from_value(json).unwrap()
}

/// A title and two sentences, as feeds carry them.
fn stream(belonging_one_in: usize) -> Vec<Item> {
    let (ours, others, text) = (headlines(true), headlines(false), sentences());
    let title = |it: usize| match it % belonging_one_in {
        0 => ours[it / belonging_one_in % ours.len()].to_owned(),
        _ if it.is_multiple_of(3) => others[it % others.len()].to_owned(),
        _ => text[it * 7 % text.len()].to_owned(),
    };
    let body = |it: usize| format!("{}. {}.", text[it * 3 % text.len()], text[(it * 5 + 1) % text.len()]);
    (0..ITEMS).map(|it| item(it, &title(it), &body(it))).collect()
}

/// So many storylines beside the starter's: each of its own names, or all of the same few words.
fn followed(count: usize, overlapping: bool) -> Config {
    let mut text = String::new();
    let places =
        ["london", "paris", "berlin", "madrid", "rome", "vienna", "harbour", "court", "ministry", "port"];
    let acts = ["strike", "vote", "merger", "storm", "trial", "budget", "talks", "deal", "launch", "ruling"];
    for it in 0..count {
        let own = |kind: &str| format!("{kind}{}", letters(it));
        let (names, place) = if overlapping {
            (
                format!("\"{}\", \"{}\"", places[it % 10], places[it / 10 % 10]),
                places[it / 100 % 10].to_owned(),
            )
        } else {
            (format!("\"{}\", \"{}\", \"{} union\"", own("va"), own("bel"), own("cor")), own("port"))
        };
        let act = format!("\"{}\", \"{}\", \"{} agreement\"", acts[it % 10], acts[it / 7 % 10], own("dra"));
        write!(
            text,
            "[storyline.s-{it}]\ntitle = \"{it}\"\nall = [[{names}], [{act}, \"{place}\"]]\n\
             [storyline.s-{it}.phase]\nunder_way = [\"{} begins\"]\n",
            acts[it % 10]
        )
        .unwrap();
    }
    Config::parse("bench.toml", &text).unwrap().config
}

/// A number as letters, so that it makes a word.
fn letters(number: usize) -> String {
    let digit = |it: u8| char::from(b'a' + it - b'0');
    number.to_string().bytes().map(digit).collect()
}

/// Nanoseconds this thread was on a processor; the wall clock where the system does not tell.
fn on_cpu(begun: Instant) -> u128 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|it| it.split_whitespace().next()?.parse().ok());
    nanos.unwrap_or_else(|| begun.elapsed().as_nanos())
}

/// Microseconds an item, how many items moved something, and the events that all of them brought.
fn judged(config: &Config, items: &[Item], rounds: usize) -> (f64, usize, u64) {
    let definitions = Definitions::compile(config);
    let (mut best, mut moved, mut seq) = (f64::MAX, 0, Seq(0));
    for _ in 0..rounds {
        let mut memory = Memory::default();
        seq = Seq(0);
        let begun = Instant::now();
        let before = on_cpu(begun);
        moved = 0;
        for it in items {
            let events = detect(&definitions, &memory, it, it.effective);
            moved += usize::from(!events.is_empty());
            for event in events {
                seq = seq.next();
                memory.observe(&Recorded { seq, at: it.effective, event });
            }
        }
        let took = (on_cpu(begun) - before) as f64 / 1_000.0;
        best = best.min(took / items.len() as f64);
    }
    (best, moved, seq.0)
}

fn main() {
    let rounds = std::env::args().find_map(|it| it.parse().ok()).unwrap_or(5);
    let starter = Config::builtin().config;
    let (mixed, ours) = (stream(BELONGS_ONE_IN), stream(1));
    for (what, items, goal) in [("mixed stream", &mixed, 60.0), ("items that belong", &ours, 150.0)] {
        let (micros, moved, _) = judged(&starter, items, rounds);
        println!(
            "{what:<18} {micros:7.1} µs an item (at most {goal:.0}); {moved} of {} moved something",
            items.len()
        );
    }
    for overlapping in [false, true] {
        let mut first = None;
        for count in [10, 100, 1_000] {
            let (micros, moved, events) = judged(&followed(count, overlapping), &mixed, rounds);
            let ratio = micros / *first.get_or_insert(micros);
            let kind = if overlapping { "overlapping" } else { "mostly apart" };
            println!(
                "{count:>5} storylines, {kind:<12} {micros:7.1} µs an item, {ratio:.2} of the first; {moved} moved, {events} events"
            );
        }
    }
}
