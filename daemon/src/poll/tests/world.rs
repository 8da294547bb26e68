//! A world of scripted servers and a writer that knows what it was told.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use storyline_config::{Baseline, Config, Feed, FeedId, Role, Source};
use storyline_store::{Item, ItemId, Schedule, Validators};
use tokio_util::sync::CancellationToken;

use super::super::{
    Child, Doors, Failure, Hints, NotTold, Outcome, Overlap, Poller, Raw, Reading, Told, Visit,
    domain::domain_of,
    fetch::{Ask, Exchange, FetchError},
    manners,
    visit::{Answer, Hop},
};
use crate::clock::{Clock, between};

pub(super) const MINUTE: Duration = Duration::from_mins(1);

/// What a scripted server answers at a time.
pub(super) type Script = Arc<dyn Fn(&str, Timestamp) -> Reply + Send + Sync>;

/// One scripted answer; the body is a list of names, one a line.
#[derive(Clone, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: String,
    pub(super) retry_after: Option<String>,
    pub(super) cache_control: Option<String>,
    pub(super) etag: Option<String>,
}

/// A world of scripted servers and a writer that knows what it was told.
#[derive(Clone)]
pub(super) struct World {
    pub(super) clock: Clock,
    pub(super) script: Script,
    pub(super) seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
pub(super) struct Seen {
    /// Start, end and address of every request.
    pub(super) requests: Vec<(Timestamp, Timestamp, String)>,
    /// Each address asked, with the `If-None-Match` it was asked with.
    pub(super) etags: Vec<(String, Option<String>)>,
    /// Addresses asked with validators.
    pub(super) conditional: Vec<String>,
    pub(super) schedules: BTreeMap<FeedId, Schedule>,
    pub(super) known: BTreeMap<FeedId, std::collections::BTreeSet<ItemId>>,
    pub(super) new_items: usize,
    /// Whether the log refuses, and whether everyone sees that it did.
    pub(super) read_only: bool,
    pub(super) is_closed: bool,
}

pub(super) fn start() -> Timestamp {
    "2025-02-12T00:00:00Z".parse().unwrap()
}

pub(super) fn ok(body: &str) -> Reply {
    Reply { status: 200, body: body.to_owned(), ..Reply::default() }
}

pub(super) fn status(status: u16) -> Reply {
    Reply { status, ..Reply::default() }
}

impl World {
    pub(super) fn new(script: impl Fn(&str, Timestamp) -> Reply + Send + Sync + 'static) -> Self {
        let clock = Clock::starting_at(start());
        Self { clock, script: Arc::new(script), seen: Arc::default() }
    }

    pub(super) fn poller(&self, config: &Config) -> Poller<Self> {
        let schedules = self.seen.lock().unwrap().schedules.clone();
        Poller::new(self.clone(), self.clock.clone(), Arc::new(config.clone()), schedules)
    }

    /// Lets the log refuse, or take again, what it is told, for everyone to see.
    pub(super) fn closes(&self, closed: bool) {
        let mut seen = self.seen.lock().unwrap();
        (seen.read_only, seen.is_closed) = (closed, closed);
    }

    /// Runs the poller for a while.
    pub(super) async fn run(&self, config: &Config, span: Duration) {
        let cancel = CancellationToken::new();
        let running = tokio::spawn(self.poller(config).run(cancel.clone()));
        self.clock.sleep(span).await;
        cancel.cancel();
        running.await.unwrap();
    }

    /// Seconds since the start of every request.
    pub(super) fn starts(&self) -> Vec<(u64, String)> {
        let seen = self.seen.lock().unwrap();
        seen.requests.iter().map(|(at, _, url)| (between(start(), *at).as_secs(), url.clone())).collect()
    }

    pub(super) fn schedule(&self, id: &str) -> Schedule {
        self.seen.lock().unwrap().schedules.get(id).cloned().unwrap_or_default()
    }
}

impl Doors for World {
    fn configure(&self, _: &Config) {}

    async fn fetch(&self, ask: Ask) -> Result<Exchange, FetchError> {
        let url = ask.url.to_string();
        let began = self.clock.now();
        // A server takes its time.
        self.clock.sleep(Duration::from_millis(300)).await;
        let reply = (self.script)(&url, began);
        let mut seen = self.seen.lock().unwrap();
        seen.requests.push((began, self.clock.now(), url.clone()));
        let asked = ask.validators.get(&url).and_then(|it| it.etag.clone());
        seen.etags.push((url.clone(), asked.clone()));
        if asked.is_some() {
            seen.conditional.push(url.clone());
        }
        let same = asked.is_some() && asked == reply.etag && reply.status == 200;
        let status = if same { 304 } else { reply.status };
        let answer = Answer {
            hops: vec![Hop { url: url.clone(), status }],
            status,
            final_url: url,
            validators: Validators { etag: reply.etag, last_modified: None },
            cache_control: reply.cache_control,
            retry_after: reply.retry_after,
            ..Answer::default()
        };
        let bytes = if same { Vec::new() } else { reply.body.into_bytes() };
        Ok(Exchange { answer, content_type: None, challenge: false, bytes })
    }

    fn read(&self, document: &Raw<'_>) -> Result<Reading, Failure> {
        let text = String::from_utf8_lossy(document.bytes);
        if let Some(list) = text.strip_prefix("index\n") {
            let child = |it: &str| Child { url: it.to_owned(), lastmod: Some(document.now) };
            return Ok(Reading::Index(list.lines().map(child).collect()));
        }
        let items = text.lines().map(|line| item(document.id, line, document.now)).collect();
        Ok(Reading::Page { title: None, items, hints: Hints::default() })
    }

    fn can_tell(&self) -> bool {
        !self.seen.lock().unwrap().is_closed
    }

    async fn until_can_tell(&self) {
        while !self.can_tell() {
            self.clock.sleep(Duration::from_secs(1)).await;
        }
    }

    async fn tell(&self, visit: Visit) -> Result<Told, NotTold> {
        let mut seen = self.seen.lock().unwrap();
        if seen.read_only {
            seen.is_closed = true;
            return Err(NotTold("the log cannot be written".to_owned()));
        }
        let known = seen.known.entry(visit.feed.clone()).or_default();
        let items = match &visit.outcome {
            Outcome::Page(page) => page.items.iter().map(|it| it.id).collect(),
            _ => Vec::new(),
        };
        let new = items.iter().filter(|it| known.insert(**it)).count();
        seen.new_items += new;
        let overlap = Overlap { items: items.len(), new };
        let before = seen.schedules.get(&visit.feed).cloned().unwrap_or_default();
        let config = config(1, "");
        let feed = config.feeds.values().next().unwrap();
        let jitter = manners::jitter(&visit.feed, visit.started);
        let schedule = manners::after(&before, &visit, overlap, feed, &config.poll, jitter);
        seen.schedules.insert(visit.feed, schedule.clone());
        Ok(Told { schedule, new_items: new })
    }
}

pub(super) fn item(feed: &FeedId, title: &str, now: Timestamp) -> Item {
    Item {
        key: None,
        guid: None,
        published: None,
        ..crate::testing::item(feed.as_str(), title, title, "", now)
    }
}

pub(super) fn feed(source: Source) -> Feed {
    Feed {
        source,
        outlet: "Example".to_owned(),
        family: "example".to_owned(),
        role: Role::News,
        speaks_for: Vec::new(),
        about: Vec::new(),
        lang: None,
        tz: TimeZone::UTC,
        interval: None,
        baseline: Baseline::Digest,
        tags: Vec::new(),
        headers: BTreeMap::new(),
        secret_file: None,
    }
}

/// `count` feeds `f0…`, four to a domain.
pub(super) fn config(count: usize, path: &str) -> Config {
    let feeds = (0..count).map(|n| {
        let url = format!("https://h{n}.site{}.example/{path}", n / 4);
        (format!("f{n}").parse().unwrap(), feed(Source::Feed(url.parse().unwrap())))
    });
    Config { feeds: feeds.collect(), ..Config::default() }
}

/// Checks of every domain that one request at a time is in flight, `gap` from start to start.
pub(super) fn keeps_manners(world: &World, gap: Duration) {
    let seen = world.seen.lock().unwrap();
    let mut domains: BTreeMap<String, Vec<(Timestamp, Timestamp)>> = BTreeMap::new();
    for (began, ended, url) in &seen.requests {
        domains.entry(domain_of(url).unwrap()).or_default().push((*began, *ended));
    }
    for (domain, mut requests) in domains {
        requests.sort_unstable();
        for pair in requests.windows(2) {
            let [(began, ended), (next, _)] = pair else { continue };
            assert!(next >= ended, "{domain}: two in flight at {next}");
            assert!(between(*began, *next) >= gap, "{domain}: {began} and {next} are too near");
        }
    }
}
