//! What the rules of manners are held to.

mod belief;
mod waits;

use std::collections::BTreeMap;

use storyline_config::{Baseline, Role, Source};
use storyline_store::{FeedTrouble, Moving};

use super::*;
use crate::poll::{Answer, Failure, Hints, Hop, Outcome, Page};

const URL: &str = "https://example.org/feed";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn noon() -> Timestamp {
    at("2025-02-12T12:00:00Z")
}

fn feed(interval: Option<Duration>) -> Feed {
    Feed {
        source: Source::Feed(URL.parse().unwrap()),
        outlet: "Example".to_owned(),
        family: "example".to_owned(),
        role: Role::News,
        speaks_for: Vec::new(),
        about: Vec::new(),
        lang: None,
        tz: TimeZone::UTC,
        interval,
        baseline: Baseline::Digest,
        tags: Vec::new(),
        headers: BTreeMap::new(),
        secret_file: None,
    }
}

/// Headers as `name: value` lines; the status first.
fn answer(status: u16, headers: &str) -> Answer {
    let find = |name: &str| {
        let line = headers.lines().find_map(|it| it.trim().strip_prefix(name)?.strip_prefix(": "));
        line.map(str::to_owned)
    };
    Answer {
        hops: vec![Hop { url: URL.to_owned(), status }],
        status,
        final_url: URL.to_owned(),
        validators: Validators { etag: find("etag"), last_modified: find("last-modified") },
        cache_control: find("cache-control"),
        expires: find("expires"),
        date: find("date"),
        age: find("age"),
        retry_after: find("retry-after"),
        permanent: None,
    }
}

fn page(hints: Hints) -> Outcome {
    Outcome::Page(Page { title: None, items: Vec::new(), hints, body_hash: 7 })
}

fn failed(status: Option<u16>) -> Outcome {
    let error = status.map_or_else(|| "no answer".to_owned(), |it| format!("the server answered {it}"));
    Outcome::Failed(Failure { trouble: FeedTrouble::Status, error, status, blocked: false })
}

fn visit(now: Timestamp, answer: Option<Answer>, outcome: Outcome) -> Visit {
    Visit { feed: "f".parse().unwrap(), url: URL.to_owned(), started: now, finished: now, answer, outcome }
}

fn after_default(before: &Schedule, visit: &Visit) -> Schedule {
    after(before, visit, Overlap::default(), &feed(None), &Poll::default(), 0.0)
}
