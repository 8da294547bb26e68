//! The whole program but its feeds, in virtual time: items go in, and receivers on this machine get what they get.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use storyline_config::Config;
use storyline_store::{Item, State};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::{
    receiver::{Reply, receiver},
    writer::Journal,
};
use crate::{
    clock::{Clock, Hand},
    deliver::pick::{self, Next},
    plan::Peace,
    run::{House, Setup, Working},
    writer::{Handle, Occasion},
};

/// Two storylines that one report each can move.
pub(super) const STRIKE: &str = r#"
[storyline.north]
title = "The strike in the north"
all = [["north"], ["dockers"]]
phase.announced = ["vote to strike"]
phase.under_way = ["walk out"]
[storyline.south]
title = "The strike in the south"
all = [["south"], ["dockers"]]
phase.announced = ["vote to strike"]
"#;

/// A daemon in a folder of its own, by a clock that stands until it is set.
pub(super) struct Whole {
    folder: TempDir,
    text: String,
    pub(super) clock: Clock,
    hand: Hand,
    pub(super) journal: Journal,
    run: Option<(Handle, CancellationToken, Working)>,
    items: u32,
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl Whole {
    /// One that begins on 3 March 2025 at ten, with a configuration to which sinks are added.
    pub(super) fn new(text: &str) -> Self {
        let (clock, hand) = Clock::by_hand(at("2025-03-03T10:00:00Z"));
        let journal = Journal::new(clock.clone());
        let (folder, text) = (tempfile::tempdir().unwrap(), text.to_owned());
        Self { folder, text, clock, hand, journal, run: None, items: 0 }
    }

    /// Adds a webhook that answers with each reply once, and then that all is well.
    pub(super) async fn sink(&mut self, id: &str, replies: Vec<Reply>, keys: &str) {
        let mut url = receiver(self.journal.clone(), replies).await;
        url.set_path(id);
        self.text += &format!("[sink.{id}]\nkind = \"webhook\"\nurl = \"{url}\"\n{keys}\n");
    }

    /// The configuration as it is now.
    pub(super) fn text(&self) -> String {
        self.text.clone()
    }

    /// Takes up another configuration at the next start.
    pub(super) fn configure(&mut self, text: &str) {
        text.clone_into(&mut self.text);
    }

    pub(super) async fn start(&mut self) {
        let config = Config::parse("test.toml", &self.text).unwrap().config;
        let setup = Setup {
            config: Arc::new(config),
            data_dir: self.folder.path().join("data"),
            clock: self.clock.clone(),
            zone: TimeZone::UTC,
            tick: Duration::from_hours(1000),
        };
        let cancel = CancellationToken::new();
        let house = House::open(setup, cancel.clone()).await.unwrap();
        self.run = Some((house.handle(), cancel, house.go()));
        self.settle().await;
    }

    /// Writes what the paper, a feed in a file, carries: (id, date, headline).
    pub(super) fn paper(&mut self, carried: &[(&str, &str, &str)]) {
        let path = self.folder.path().join("paper.xml");
        if !self.text.contains("[feed.paper]") {
            let path = path.display();
            self.text += &format!(
                "[feed.paper]\nkind = \"file\"\npath = \"{path}\"\ninterval = \"15m\"\noutlet = \"The Paper\"\n"
            );
        }
        let item = |(id, date, title): &(&str, &str, &str)| {
            format!(
                "<entry><id>{id}</id><title>{title}</title><updated>{date}</updated>\
                 <link href=\"https://paper.example/{id}\"/></entry>"
            )
        };
        let items: String = carried.iter().map(item).collect();
        let text =
            format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>The Paper</title>{items}</feed>");
        std::fs::write(path, text).unwrap();
    }

    /// Sets the clock to a time by which the paper is due, and waits for what it brings.
    pub(super) async fn visit(&self, now: &str) {
        let before = self.clock.now();
        self.hand.set(at(now));
        let visited = |it: &crate::writer::View| {
            it.feeds.get("paper").is_some_and(|it| it.schedule.last_visit.is_some_and(|at| at > before))
        };
        let mut view = self.handle().watch();
        let came = tokio::time::timeout(Duration::from_mins(1), view.wait_for(visited)).await;
        drop(came.expect("the paper was not visited").unwrap());
        self.set(now).await;
    }

    /// Takes up another configuration now.
    pub(super) async fn reload(&mut self, text: &str) {
        self.configure(text);
        let config = Config::parse("test.toml", text).unwrap().config;
        self.handle().configure(Arc::new(config)).await.unwrap();
        self.settle().await;
    }

    /// Starts again at a later time.
    pub(super) async fn restart_at(&mut self, now: &str) {
        self.hand.set(at(now));
        self.start().await;
    }

    pub(super) async fn stop(&mut self) {
        let (handle, cancel, working) = self.run.take().unwrap();
        drop(handle);
        cancel.cancel();
        working.until_over(std::future::ready(())).await.unwrap();
    }

    pub(super) fn handle(&self) -> &Handle {
        &self.run.as_ref().unwrap().0
    }

    pub(super) fn state(&self) -> Arc<State> {
        self.handle().view().state
    }

    /// Sets the clock, lets time alone bring about what it does, and waits until everything due was tried.
    pub(super) async fn set(&self, now: &str) {
        self.hand.set(at(now));
        self.handle().tick().await;
        // Answered once the tick before it is committed.
        self.handle().ingest(Vec::new(), Occasion::Live).await.unwrap();
        self.settle().await;
    }

    /// Gives news that an outlet publishes now, and waits until everything due was tried.
    pub(super) async fn news(&mut self, outlet: &str, title: &str, text: &str) {
        let item = self.item(outlet, title, text);
        self.handle().ingest(vec![item], Occasion::Live).await.unwrap();
        self.settle().await;
    }

    pub(super) fn item(&mut self, outlet: &str, title: &str, text: &str) -> Item {
        self.items += 1;
        let (feed, key) = (outlet.to_lowercase(), self.items.to_string());
        let now = self.clock.now();
        Item {
            link: Some(format!("https://{feed}.example/{key}")),
            outlet: outlet.to_owned(),
            guid: None,
            ..crate::testing::item(&feed, &key, title, text, now)
        }
    }

    /// Waits until no sink has anything that may be sent now.
    pub(super) async fn settle(&self) {
        let (now, mut view) = (self.clock.now(), self.handle().watch());
        let idle = |it: &crate::writer::View| {
            let open = |(id, sink)| {
                let peace = Peace::of(&it.config, sink, &TimeZone::UTC, now);
                matches!(pick::next(&it.state, id, (now, peace), &BTreeSet::new()), Next::Send(_))
            };
            !it.config.sinks.iter().any(open)
        };
        let settled = tokio::time::timeout(Duration::from_mins(1), view.wait_for(idle)).await;
        drop(settled.expect("it never settled").unwrap());
    }

    /// What receivers got, a line each: when, where, which delivery by its place among all, and what it says.
    pub(super) fn told(&self) -> String {
        let mut ids: Vec<String> = Vec::new();
        let mut lines = String::new();
        let sink = |head: &str| head.split(['/', ' ']).nth(2).unwrap().to_owned();
        let mut requests = self.journal.requests();
        // Sinks do not wait for each other: only what one of them gets has an order.
        requests.sort_by_key(|(head, _, at)| (*at, sink(head)));
        for (head, body, at) in requests {
            let body: Value = serde_json::from_str(&body).unwrap();
            let id = body["id"].as_str().unwrap().to_owned();
            let place = ids.iter().position(|it| *it == id).unwrap_or_else(|| {
                ids.push(id);
                ids.len() - 1
            });
            let sink = sink(&head);
            let text = body["text"].as_str().unwrap();
            let text = if body["kind"] == "digest" {
                text.replace('\n', "\n        ")
            } else {
                text.lines().next().unwrap().to_owned()
            };
            lines += &format!("{} {sink} {}: {text}\n", at.strftime("%d %H:%M:%S"), place + 1);
        }
        lines
    }

    /// Whether every attempt of a delivery carried the same bytes.
    pub(super) fn bodies_are_constant(&self) -> bool {
        let mut known = std::collections::BTreeMap::new();
        self.journal.requests().into_iter().all(|(_, body, _)| {
            let document: Value = serde_json::from_str(&body).unwrap();
            *known.entry(document["id"].to_string()).or_insert_with(|| body.clone()) == body
        })
    }
}
