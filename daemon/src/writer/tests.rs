//! What the writer thinks, before anything is committed.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;
use storyline_config::{Config, FeedId};
use storyline_store::{FeedRecord, Item, Recorded, State};

use super::{Command, Core, Past};
use crate::testing::item;
use crate::{
    detect::Memory,
    poll::{Hints, Outcome, Page, Visit},
};

mod parts;
mod returns;
mod stopping;
mod together;
mod wishes;

const STRIKE: &str = r#"
[feed.wire]
url = "https://wire.example.org/rss"
[feed.gazette]
url = "https://gazette.example.org/rss"
[sink.desk]
kind = "exec"
command = ["tell"]
[storyline.dock-strike]
title = "The strike in the docks"
all = [["dockers", "docks"], ["strike", "walkout"]]
[storyline.dock-strike.phase]
announced = ["vote to strike"]
under_way = ["strike begins"]
concluded = ["strike ends"]
"#;

fn config(text: &str) -> Arc<Config> {
    Arc::new(Config::parse("test.toml", text).unwrap().config)
}

/// Minutes after ten o'clock of a day in March.
fn at(minutes: i64) -> Timestamp {
    "2025-03-03T10:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

fn news(feed: &str, key: &str, title: &str, minutes: i64) -> Item {
    item(feed, key, title, "", at(minutes))
}

/// A core, with everything it ever handed over to be committed.
struct Desk {
    core: Core,
    log: Vec<Recorded>,
    feeds: BTreeMap<FeedId, Arc<FeedRecord>>,
}

impl Desk {
    fn new() -> Self {
        let core = Core::new(config(STRIKE), TimeZone::UTC, Past::default());
        let mut desk = Self { core, log: Vec::new(), feeds: BTreeMap::new() };
        desk.core.configure(config(STRIKE), at(-60));
        desk.take();
        desk
    }

    /// One whose feeds have been read before.
    fn baselined() -> Self {
        let mut desk = Self::new();
        for feed in ["wire", "gazette"] {
            desk.visit(-30, &[news(feed, "old", &format!("The {feed} opens"), -600)]);
        }
        desk
    }

    /// One that knows nothing but what this one committed.
    fn again(&self) -> Self {
        let (mut state, mut memory) = (State::default(), Memory::default());
        for it in &self.log {
            state.apply(it);
            memory.observe(it);
        }
        let past = Past { state, memory, feeds: self.feeds.clone() };
        let core = Core::new(config(STRIKE), TimeZone::UTC, past);
        Self { core, log: self.log.clone(), feeds: self.feeds.clone() }
    }

    /// Takes what is staged, as a commit would.
    fn take(&mut self) -> Vec<Value> {
        let staged = self.core.take_staged();
        let before = self.log.len();
        for part in staged.parts {
            self.feeds.extend(part.feeds);
            self.log.extend(part.events);
        }
        self.log[before..].iter().map(|it| serde_json::to_value(it).unwrap()).collect()
    }

    /// Takes a page in, and commits what came of it.
    fn visit(&mut self, minutes: i64, items: &[Item]) -> Vec<Value> {
        self.think(minutes, items);
        self.core.committed();
        self.take()
    }

    fn think(&mut self, minutes: i64, items: &[Item]) {
        self.core.visited(&visit(minutes, items), at(minutes));
    }
}

/// A visit that found a page of these items.
fn visit(minutes: i64, items: &[Item]) -> Visit {
    let feed = items.first().map_or_else(|| "wire".parse().unwrap(), |it| it.feed.clone());
    let page = Page { title: None, items: items.to_vec(), hints: Hints::default(), body_hash: 0 };
    let (url, outcome) = (String::new(), Outcome::Page(page));
    let now = at(minutes);
    Visit { feed, url, started: now, finished: now, answer: None, outcome }
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|it| it["kind"].as_str().unwrap()).collect()
}

fn count(events: &[Value], kind: &str) -> usize {
    kinds(events).iter().filter(|it| **it == kind).count()
}

/// The names of the items that events cite, in order.
fn cited(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|it| it["report"]["key"].as_str()).collect()
}

#[test]
fn a_page_is_judged_oldest_first_whatever_its_order() {
    let mut desk = Desk::baselined();
    let ends = news("wire", "c", "Strike ends in the docks after a deal on pay", 30);
    let votes = news("wire", "a", "Dockers vote to strike over pay", 10);
    let begins = news("wire", "b", "Strike begins in the docks of Aldport", 20);
    let events = desk.visit(40, &[ends, votes, begins]);
    assert_eq!(cited(&events), ["a", "b", "c"]);
    let (mut one, mut two) =
        (news("wire", "x", "Dockers strike", 50), news("wire", "y", "Docks walkout", 50));
    if one.id > two.id {
        std::mem::swap(&mut one, &mut two);
    }
    let keys = [one.key.clone().unwrap(), two.key.clone().unwrap()];
    assert_eq!(cited(&desk.visit(60, &[two, one])), keys, "of one moment, the lesser id is first");
}

#[test]
fn the_first_page_of_a_feed_is_what_there_was_and_alerts_nobody() {
    let mut desk = Desk::new();
    let events = desk.visit(10, &[news("wire", "a", "Dockers vote to strike over pay", 5)]);
    assert_eq!(count(&events, "development_reported"), 1, "it is in the timeline");
    assert_eq!(count(&events, "feed_baselined"), 1);
    assert_eq!(count(&events, "alert_raised") + count(&events, "delivery_planned"), 0, "{events:#?}");
    let events = desk.visit(20, &[news("wire", "b", "Strike begins in the docks of Aldport", 15)]);
    assert_eq!(count(&events, "feed_baselined"), 0, "there is one first page");
    assert_eq!((count(&events, "alert_raised"), count(&events, "delivery_planned")), (1, 1), "{events:#?}");
}

#[test]
fn what_a_feed_brings_late_is_placed_and_not_alerted() {
    let mut desk = Desk::baselined();
    let events = desk.visit(10, &[news("wire", "a", "Dockers vote to strike over pay", -601)]);
    assert_eq!(cited(&events), ["a"]);
    assert_eq!(count(&events, "alert_raised"), 0, "{events:#?}");
    let reason = events.iter().find(|it| it["kind"] == "alert_suppressed").map(|it| &it["reason"]);
    assert_eq!(reason, Some(&Value::from("late")));
    let events = desk.visit(20, &[news("wire", "b", "Strike begins in the docks of Aldport", -599)]);
    assert_eq!(count(&events, "alert_raised"), 1, "what is no older than what the feed carried is news");
}

#[test]
fn an_item_given_twice_gets_its_first_answer() {
    let mut desk = Desk::new();
    let it = news("given", "a", "Dockers vote to strike over pay", 0);
    let first = desk.core.ingest(&it, false, at(1));
    let other = desk.core.ingest(&news("given", "b", "Strike begins in the docks", 2), false, at(2));
    let again = desk.core.ingest(&it, false, at(3));
    assert!(first.seq.is_some() && first.events > 0 && first.seq < other.seq);
    assert_eq!((again.seq, again.events), (first.seq, first.events));
    assert!(again.judgements.is_empty());
    let staged = desk.core.take_staged();
    assert!(staged.promised, "its answer holds only once the feed's record is durable");
    assert_eq!(staged.items().count(), 2, "what was known is not kept twice");
}

#[test]
fn an_item_that_moves_nothing_is_remembered_too() {
    let mut desk = Desk::new();
    let it = news("given", "a", "The fair opens", 0);
    for _ in 0..2 {
        let judged = desk.core.ingest(&it, false, at(1));
        assert_eq!((judged.seq, judged.events), (None, 0));
    }
    assert_eq!(desk.core.take_staged().items().count(), 1);
}

#[test]
fn an_item_that_says_something_else_is_judged_again() {
    let mut desk = Desk::baselined();
    let first = desk.visit(10, &[news("wire", "a", "Fair opens in Aldport", 5)]);
    assert_eq!(cited(&first), Vec::<&str>::new());
    let events = desk.visit(20, &[news("wire", "a", "Strike begins in the docks of Aldport", -900)]);
    assert_eq!(cited(&events), ["a"]);
    assert_eq!(count(&events, "alert_raised"), 1, "it counts from when it is seen: {events:#?}");
}

#[test]
fn a_text_that_is_taken_back_and_put_back_tells_nothing_again() {
    let mut desk = Desk::baselined();
    let votes = || news("wire", "a", "Dockers vote to strike over pay", 5);
    let begins = || news("wire", "a", "Strike begins in the docks of Aldport", 15);
    assert_eq!(count(&desk.visit(10, &[votes()]), "alert_raised"), 1);
    assert_eq!(count(&desk.visit(20, &[begins()]), "alert_raised"), 1);
    for minutes in [30, 40, 50, 60] {
        let page = if minutes % 20 == 10 { votes() } else { begins() };
        assert_eq!(desk.visit(minutes, &[page]), Vec::<Value>::new(), "after {minutes} minutes");
    }
}

#[test]
fn a_feed_that_shifts_shuffles_redates_or_resets_what_it_carries_tells_nothing_again() {
    let titles = ["Dockers vote to strike over pay", "Strike begins in the docks of Aldport", "Fair opens"];
    let page = |name: &dyn Fn(usize) -> String, minutes: &dyn Fn(usize) -> i64| -> Vec<Item> {
        titles.iter().enumerate().map(|(n, title)| news("wire", &name(n), title, minutes(n))).collect()
    };
    let guid = |n: usize| format!("g{n}");
    let told = |n: usize| i64::try_from(n).unwrap() + 1;
    let mut desk = Desk::baselined();
    assert_eq!(count(&desk.visit(10, &page(&guid, &told)), "alert_raised"), 2);
    let mut nothing = |minutes: i64, items: &[Item], how: &str| {
        assert_eq!(desk.visit(minutes, items), Vec::<Value>::new(), "{how}");
    };
    let mut shuffled = page(&guid, &told);
    shuffled.rotate_left(1);
    nothing(20, &shuffled, "shuffled");
    nothing(30, &page(&|n| format!("https-{n}"), &told), "all ids reset");
    nothing(40, &page(&guid, &|n| told(n) + 38), "all dates of today");
    nothing(50, &page(&|n| format!("{}", (n + 1) % 3), &told), "places numbered, and shifted");
    nothing(60, &page(&guid, &told)[1..], "the window slid");
    nothing(70, &page(&guid, &told), "and slid back");
}

#[test]
fn a_muted_outlet_is_left_out() {
    let mut desk = Desk::baselined();
    desk.core.command(Command::Mute("wire".to_owned(), "me".to_owned()), at(0)).unwrap();
    desk.take();
    assert_eq!(desk.visit(10, &[news("wire", "a", "Dockers vote to strike over pay", 5)]), [] as [Value; 0]);
    let events = desk.visit(20, &[news("gazette", "b", "Dockers vote to strike over pay", 6)]);
    assert_eq!(cited(&events), ["b"]);
}

#[test]
fn backfill_moves_storylines_and_alerts_nobody() {
    let mut desk = Desk::new();
    desk.core.ingest(&news("given", "a", "Dockers vote to strike over pay", 0), true, at(1));
    let events = desk.take();
    assert_eq!(count(&events, "phase_entered"), 1);
    assert_eq!(count(&events, "alert_raised") + count(&events, "delivery_planned"), 0, "{events:#?}");
}

#[test]
fn a_configuration_is_recorded_once_with_what_it_changes() {
    let mut desk = Desk::new();
    let started =
        |log: &[Recorded]| -> Vec<Value> { log.iter().map(|it| serde_json::to_value(it).unwrap()).collect() };
    assert_eq!(kinds(&started(&desk.log)), ["storyline_defined", "configuration_loaded"]);
    desk.core.configure(config(STRIKE), at(0));
    assert_eq!(kinds(&desk.take()), ["configuration_loaded"], "nothing else is new");
    let renamed = STRIKE.replace("dock-strike", "harbour-strike");
    let seq = desk.core.configure(config(&renamed), at(1));
    let events = desk.take();
    assert_eq!(kinds(&events), ["storyline_defined", "storyline_retired", "configuration_loaded"]);
    assert_eq!(events[2]["seq"], seq.0, "it answers with its own event");
    assert_eq!(events[1]["storyline"], "dock-strike");
    desk.core.configure(config(STRIKE), at(2));
    let back = desk.take();
    assert_eq!(kinds(&back), ["storyline_defined", "storyline_retired", "configuration_loaded"]);
    assert!(!desk.core.state().storylines["dock-strike"].retired, "it is followed again");
}

#[test]
fn a_page_of_a_feed_that_was_removed_meanwhile_is_nothing() {
    let mut desk = Desk::baselined();
    desk.core.configure(config(&STRIKE.replace("[feed.wire]", "[feed.other]")), at(0));
    desk.take();
    assert_eq!(desk.visit(10, &[news("wire", "a", "Dockers vote to strike over pay", 5)]), [] as [Value; 0]);
}

#[test]
fn a_tick_with_nothing_to_do_stages_nothing() {
    let mut desk = Desk::baselined();
    desk.visit(10, &[news("wire", "a", "Dockers vote to strike over pay", 5)]);
    desk.core.tick(false, at(11));
    desk.take();
    for minute in 12..20 {
        desk.core.tick(false, at(minute));
        let staged = desk.core.take_staged();
        assert!(staged.is_empty());
        assert!(!staged.promised);
    }
}

#[test]
fn stopping_anywhere_and_going_on_gives_what_never_stopping_gives() {
    let days = [
        news("wire", "a", "Dockers vote to strike over pay", 5),
        news("gazette", "b", "Port: dockers vote to strike, union says", 15),
        news("wire", "c", "Fair opens in Aldport", 25),
        news("gazette", "d", "Strike begins in the docks of Aldport", 35),
        news("wire", "e", "Docks union denies that the strike begins on Friday", 45),
        news("gazette", "d", "Strike begins in the docks of Aldport, and 12 ships wait", 55),
        news("wire", "f", "Strike ends in the docks after a deal on pay", 65),
    ];
    let step = |desk: &mut Desk, n: usize, it: &Item| {
        let minutes = 10 + 10 * i64::try_from(n).unwrap();
        let mut events = desk.visit(minutes, std::slice::from_ref(it));
        desk.core.tick(false, at(minutes + 1));
        events.extend(desk.take());
        events
    };
    let mut never = Desk::baselined();
    let whole: Vec<Vec<Value>> = days.iter().enumerate().map(|(n, it)| step(&mut never, n, it)).collect();
    assert!(whole.iter().map(|it| count(it, "alert_raised")).sum::<usize>() >= 3, "{whole:#?}");
    for split in 0..days.len() {
        let mut desk = Desk::baselined();
        for (n, it) in days.iter().enumerate() {
            if n == split {
                desk = desk.again();
            }
            assert_eq!(step(&mut desk, n, it), whole[n], "stopped before {split}, at {n}");
        }
        assert_eq!(desk.core.state(), never.core.state(), "stopped before {split}");
    }
}

#[test]
fn a_commit_that_fails_brings_everything_back() {
    let mut desk = Desk::new();
    desk.core.returned();
    let before = Past { state: desk.core.state().clone(), ..Past::default() };
    let votes = news("wire", "a", "Dockers vote to strike over pay", 5);
    desk.core.configure(config(&STRIKE.replace("dock-strike", "harbour-strike")), at(1));
    desk.think(10, std::slice::from_ref(&votes));
    desk.core.fall_back(config(STRIKE), before.clone());
    assert_eq!(desk.core.state(), &before.state);
    assert_eq!(desk.core.config().hash(), config(STRIKE).hash());
    assert_eq!(desk.core.awaited.len(), 2, "the feed is to be visited again");
    let staged = desk.core.take_staged();
    assert!(staged.is_empty());
    let events = desk.visit(20, &[votes]);
    assert_eq!((cited(&events), count(&events, "alert_raised")), (vec!["a"], 0), "and is news to the log");
}
