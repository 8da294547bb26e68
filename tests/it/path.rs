//! The whole path: from a feed to an alert, across a kill and a restart.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::house::{Answer, House, Server, rss, shared, until};

/// A storyline about an invented strike, so that nothing shipped decides these scenarios.
pub(crate) const STRIKE: &str = r#"
[storyline.dock-strike]
title = "The strike in the docks"
all = [["dockers", "docks", "port workers"], ["strike", "walkout", "stoppage"]]
[storyline.dock-strike.phase]
announced = ["call strike", "vote to strike"]
under_way = ["strike begins", "walk out"]
concluded = ["strike ends", "call off strike"]
"#;

/// What a feed serves, changed as the scenario goes on.
#[derive(Clone, Default)]
pub(crate) struct Pages(Arc<Mutex<String>>);

impl Pages {
    pub(crate) fn set(&self, body: String) {
        *self.0.lock().unwrap() = body;
    }

    /// A server that serves them with an `ETag`.
    pub(crate) fn serve(&self) -> Server {
        let pages = self.0.clone();
        Server::new(move |request| {
            let body = pages.lock().unwrap().clone();
            let etag = format!("\"{}\"", body.len());
            if request.header("if-none-match") == Some(&etag) {
                return Answer::status(304).with("etag", etag);
            }
            Answer::ok(body).with("etag", etag).with("content-type", "application/rss+xml")
        })
    }
}

/// A configuration with one feed, that storyline, and a webhook.
pub(crate) fn config(feed: &str, hook: &str) -> String {
    format!(
        "{STRIKE}\n[poll]\nmin_interval = \"1s\"\nhost_gap = \"0s\"\n[network]\nallow = [\"127.0.0.1/32\"]\n\
         [feed.harbour]\nurl = \"{feed}\"\noutlet = \"Harbour Bulletin\"\n\
         [sink.desk]\nkind = \"webhook\"\nurl = \"{hook}\"\nretry = {{ first = \"1s\", max = \"2s\", give_up = \"1h\" }}\n"
    )
}

pub(crate) const OLD: (&str, &str, &str, &str) =
    ("h-0", "Fishing fleet home before the storm", "All boats are back.", "2025-03-01T08:00:00Z");
pub(crate) const CALL: (&str, &str, &str, &str) = (
    "h-1",
    "Dockers vote to strike from Monday",
    "Port workers in the northern docks voted for a walkout over pay.",
    "2025-03-01T09:00:00Z",
);

fn bodies(hook: &Server) -> Vec<Value> {
    hook.seen().iter().map(|it| serde_json::from_str(&it.body).unwrap()).collect()
}

#[test]
fn a_report_becomes_an_alert_once_whatever_happens_to_the_daemon() {
    let pages = Pages::default();
    pages.set(rss(&[OLD]));
    let (feed, hook) = (pages.serve(), Server::new(|_| Answer::status(204)));
    let mut house = House::new(&config(&feed.url("/feed"), &hook.url("/hook")));
    house.start();
    until("the feed has its baseline", || house.json(&["feeds", "--json"])["feeds"][0]["state"] == "ok");

    pages.set(rss(&[CALL, OLD]));
    let polled = house.run(&["poll", "--json"]);
    assert_eq!(polled.status.code(), Some(0), "{polled:?}");
    until("the alert arrives", || !hook.seen().is_empty());
    let body = &bodies(&hook)[0];
    assert_eq!(body["storyline"], "dock-strike");
    assert_eq!(body["headline"], CALL.1);
    assert_eq!(body["phase"], "announced");
    assert_eq!(body["supersedes"], Value::Null);
    let id = hook.seen()[0].header("webhook-id").unwrap().to_owned();
    assert_eq!(body["id"], json!(id));
    until("its delivery is recorded", || {
        house.json(&["alerts", "--json"])["alerts"][0]["deliveries"][0]["state"] == "done"
    });

    let before = house.events();
    house.kill();
    house.start();
    let status = house.json(&["status", "--json"]);
    assert_eq!(status["storylines"][0]["phase"], "announced");
    assert_eq!(status["storylines"][0]["latest"]["headline"], CALL.1);
    let after = house.events();
    assert_eq!(after[..before.len()], before[..], "nothing acknowledged is lost");
    let dense: Vec<u64> = after.iter().map(|it| it["seq"].as_u64().unwrap()).collect();
    assert_eq!(dense, (1..=after.len() as u64).collect::<Vec<_>>());
    house.run(&["poll"]);
    assert_eq!(hook.seen().len(), 1, "what was cleanly accepted and recorded is not sent again");
    assert_eq!(house.stop(), Some(0));
}

#[test]
fn a_feed_is_asked_conditionally_from_the_second_visit_on() {
    let pages = Pages::default();
    pages.set(rss(&[OLD, CALL]));
    let (feed, hook) = (pages.serve(), Server::new(|_| Answer::status(204)));
    let mut house = House::new(&config(&feed.url("/feed"), &hook.url("/hook")));
    house.start();
    until("the feed was visited", || !feed.seen().is_empty());
    until("the visit is recorded", || house.json(&["feeds", "--json"])["feeds"][0]["state"] == "ok");
    house.run(&["poll"]);
    house.stop();
    house.start();
    house.run(&["poll"]);
    let seen = feed.seen();
    assert!(seen.len() >= 3, "{seen:?}");
    assert_eq!(seen[0].header("if-none-match"), None);
    let conditional = |it: &crate::house::Seen| it.header("if-none-match").is_some();
    assert!(seen[1..].iter().all(conditional), "also after a restart: {seen:?}");
    assert!(seen.iter().all(|it| it.header("user-agent").unwrap().contains("storyline/")));
    assert!(seen.iter().all(|it| it.header("referer").is_none() && it.header("cookie").is_none()));
}

#[test]
fn the_first_visit_tells_in_one_digest_at_the_most() {
    let pages = Pages::default();
    let later = ("h-2", "Strike begins in the docks", "Dockers walk out at dawn.", "2025-03-03T06:00:00Z");
    pages.set(rss(&[later, CALL, OLD]));
    let (feed, hook) = (pages.serve(), Server::new(|_| Answer::status(204)));
    let house = House::new(&config(&feed.url("/feed"), &hook.url("/hook")));
    let once = house.run(&["run", "--once"]);
    assert!(once.status.success(), "{once:?}");
    let bodies = bodies(&hook);
    assert!(bodies.len() <= 1, "{bodies:#?}");
    assert!(bodies.iter().all(|it| it["kind"] == "digest" && it["cause"] == "first_run"));
}

#[test]
fn an_alert_waits_for_a_receiver_that_is_down() {
    let pages = Pages::default();
    pages.set(rss(&[OLD]));
    let down = Arc::new(Mutex::new(true));
    let is_down = down.clone();
    let feed = pages.serve();
    let hook = Server::new(move |_| Answer::status(if *is_down.lock().unwrap() { 503 } else { 200 }));
    let mut house = House::new(&config(&feed.url("/feed"), &hook.url("/hook")));
    house.start();
    until("the feed has its baseline", || house.json(&["feeds", "--json"])["feeds"][0]["state"] == "ok");
    pages.set(rss(&[CALL, OLD]));
    house.run(&["poll"]);
    until("a first attempt fails", || !hook.seen().is_empty());
    house.kill();
    *down.lock().unwrap() = false;
    house.start();
    until("it is delivered after all", || {
        house.json(&["alerts", "--json"])["alerts"][0]["deliveries"][0]["state"] == "done"
    });
    let seen = hook.seen();
    assert!(seen.len() >= 2);
    assert!(seen.iter().all(|it| it.body == seen[0].body), "every repeat is byte for byte the same");
    assert!(seen.iter().all(|it| it.header("webhook-id") == seen[0].header("webhook-id")));
}

#[test]
fn real_documents_are_read_recorded_and_answered() {
    let Some(corpus) = shared("data/feeds/feeds-corpus.tar.zst") else { return };
    let Some(documents) = crate::corpus::sample(&corpus, 60) else { return };
    let count = documents.len();
    let feed = Server::new(move |request| {
        let number: usize = request.path.trim_start_matches('/').parse().unwrap();
        Answer::ok(documents[number].clone())
    });
    let table = |it: usize| format!("[feed.f{it}]\nurl = \"{}\"\n", feed.url(&format!("/{it}")));
    let feeds = (0..count).map(table).collect::<Vec<_>>().concat();
    let poll = "[poll]\nhost_gap = \"0s\"\nper_host = 8\n[network]\nallow = [\"127.0.0.1/32\"]\n";
    let mut house = House::new(&format!("{STRIKE}{poll}{feeds}"));
    let once = house.run(&["run", "--once"]);
    assert!(once.status.success(), "{once:?}");
    assert_eq!(feed.seen().len(), count, "each is asked exactly once");
    house.start();
    let feeds = house.json(&["feeds", "--json"]);
    let ok = feeds["feeds"].as_array().unwrap().iter().filter(|it| it["state"] == "ok").count();
    assert!(ok * 100 >= count * 95, "{ok} of {count} real documents are read");
}
