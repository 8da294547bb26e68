use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use storyline_config::{Baseline, Config, Feed, FeedId, Role, Source};
use storyline_store::{Item, ItemId, Schedule, Validators};
use tokio_util::sync::CancellationToken;

use super::{
    Child, Doors, Failure, Hints, NotTold, Outcome, Overlap, Poller, Raw, Reading, Told, Visit,
    fetch::{Ask, Exchange, FetchError},
    manners,
    turns::domain_of,
    visit::{Answer, Hop},
};
use crate::clock::{Clock, between, later};

const MINUTE: Duration = Duration::from_secs(60);

/// What a scripted server answers at a time.
type Script = Arc<dyn Fn(&str, Timestamp) -> Reply + Send + Sync>;

/// One scripted answer; the body is a list of names, one a line.
#[derive(Clone, Default)]
struct Reply {
    status: u16,
    body: String,
    retry_after: Option<String>,
    cache_control: Option<String>,
    etag: Option<String>,
}

/// A world of scripted servers and a writer that knows what it was told.
#[derive(Clone)]
struct World {
    clock: Clock,
    script: Script,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    /// Start, end and address of every request.
    requests: Vec<(Timestamp, Timestamp, String)>,
    /// Addresses asked with validators.
    conditional: Vec<String>,
    schedules: BTreeMap<FeedId, Schedule>,
    known: BTreeMap<FeedId, std::collections::BTreeSet<ItemId>>,
    new_items: usize,
    read_only: bool,
}

fn start() -> Timestamp {
    "2025-02-12T00:00:00Z".parse().unwrap()
}

fn ok(body: &str) -> Reply {
    Reply { status: 200, body: body.to_owned(), ..Reply::default() }
}

fn status(status: u16) -> Reply {
    Reply { status, ..Reply::default() }
}

impl World {
    fn new(script: impl Fn(&str, Timestamp) -> Reply + Send + Sync + 'static) -> Self {
        let clock = Clock::starting_at(start());
        Self { clock, script: Arc::new(script), seen: Arc::default() }
    }

    fn poller(&self, config: &Config) -> Poller<Self> {
        let schedules = self.seen.lock().unwrap().schedules.clone();
        Poller::new(self.clone(), self.clock.clone(), Arc::new(config.clone()), schedules)
    }

    /// Runs the poller for a while.
    async fn run(&self, config: &Config, span: Duration) {
        let cancel = CancellationToken::new();
        let running = tokio::spawn(self.poller(config).run(cancel.clone()));
        self.clock.sleep(span).await;
        cancel.cancel();
        running.await.unwrap();
    }

    /// Seconds since the start of every request.
    fn starts(&self) -> Vec<(u64, String)> {
        let seen = self.seen.lock().unwrap();
        seen.requests.iter().map(|(at, _, url)| (between(start(), *at).as_secs(), url.clone())).collect()
    }

    fn schedule(&self, id: &str) -> Schedule {
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

    async fn tell(&self, visit: Visit) -> Result<Told, NotTold> {
        let mut seen = self.seen.lock().unwrap();
        if seen.read_only {
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

fn item(feed: &FeedId, title: &str, now: Timestamp) -> Item {
    Item {
        id: ItemId::of(feed, title),
        key: None,
        feed: feed.clone(),
        outlet: feed.to_string(),
        guid: None,
        link: None,
        lang: None,
        title: title.to_owned(),
        text: String::new(),
        published: None,
        seen: now,
        effective: now,
        date_flag: None,
        authors: Vec::new(),
        source: None,
        categories: Vec::new(),
        revision: false,
        late: false,
    }
}

fn feed(source: Source) -> Feed {
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
fn config(count: usize, path: &str) -> Config {
    let feeds = (0..count).map(|n| {
        let url = format!("https://h{n}.site{}.example/{path}", n / 4);
        (format!("f{n}").parse().unwrap(), feed(Source::Feed(url.parse().unwrap())))
    });
    Config { feeds: feeds.collect(), ..Config::default() }
}

/// Checks of every domain that one request at a time is in flight, `gap` from start to start.
fn keeps_manners(world: &World, gap: Duration) {
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

#[tokio::test(start_paused = true)]
async fn in_a_week_a_hundred_feeds_are_visited_with_manners() {
    const TOO_MANY: &str = "https://h4.site1.example/";
    const FRESH: &str = "https://h8.site2.example/";
    const BUSY: &str = "https://h12.site3.example/";
    let world = World::new(|url, now| match url {
        // For six hours from noon on it sends everyone away for an hour.
        TOO_MANY if (12..18).contains(&(between(start(), now).as_secs() / 3600)) => {
            Reply { retry_after: Some("3600".to_owned()), ..status(429) }
        }
        FRESH => {
            Reply { cache_control: Some("max-age=43200".to_owned()), ..ok(&now.as_second().to_string()) }
        }
        // Everything is new at every visit.
        BUSY => ok(&(0..10).map(|n| format!("{}-{n}\n", now.as_second())).collect::<String>()),
        // A document that never changes.
        _ => Reply { etag: Some("\"1\"".to_owned()), ..ok("a\nb\nc") },
    });
    let week = Duration::from_secs(7 * 24 * 3600);
    world.run(&config(100, ""), week).await;
    keeps_manners(&world, Duration::from_secs(2));

    let visits = |url: &str| -> Vec<u64> {
        world.starts().into_iter().filter(|(_, it)| it == url).map(|(at, _)| at).collect()
    };
    let gaps = |url: &str| -> Vec<u64> { visits(url).windows(2).map(|it| it[1] - it[0]).collect() };
    assert!(gaps(FRESH).iter().all(|it| *it >= 43_200), "{:?}", gaps(FRESH));
    assert!((13..=14).contains(&visits(FRESH).len()), "{:?}", visits(FRESH));
    assert!(gaps(BUSY).iter().all(|it| (900..=1100).contains(it)), "{:?}", gaps(BUSY));
    let quiet = gaps("https://h16.site4.example/");
    assert!(quiet.last().is_some_and(|it| (21_600..=24_000).contains(it)), "{quiet:?}");

    // While one is sent away, its whole domain is left alone.
    let refused: Vec<_> = visits(TOO_MANY).into_iter().filter(|it| (43_200..64_800).contains(it)).collect();
    assert!(!refused.is_empty());
    for at in refused {
        let early = world.starts().into_iter().find(|(it, url)| {
            domain_of(url).as_deref() == Some("site1.example") && (at + 1..at + 3600).contains(it)
        });
        assert_eq!(early, None, "sent away at {at}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_visits_are_spread_and_a_restart_asks_nobody_again() {
    let world = World::new(|_, _| ok("a"));
    world.run(&config(8, ""), MINUTE).await;
    let first = world.starts();
    assert_eq!(first.len(), 8);
    assert!(first.iter().all(|(at, _)| *at <= 30), "{first:?}");
    world.run(&config(8, ""), MINUTE * 10).await;
    assert_eq!(world.starts().len(), 8);
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_a_domain_survives_a_restart() {
    let world = World::new(|url, _| if url.contains("//h0.") { status(429) } else { ok("a") });
    world.run(&config(1, ""), MINUTE).await;
    // Its neighbours were never visited, and are not now: 15 minutes were asked for.
    world.run(&config(4, ""), MINUTE * 10).await;
    assert_eq!(world.starts().len(), 1);
    world.run(&config(4, ""), MINUTE * 10).await;
    assert_eq!(world.starts().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_recorded_is_fetched_again_whole() {
    let world = World::new(|_, _| Reply { etag: Some("\"1\"".to_owned()), ..ok("a\nb") });
    world.seen.lock().unwrap().read_only = true;
    world.run(&config(1, ""), MINUTE).await;
    world.seen.lock().unwrap().read_only = false;
    let config = config(1, "");
    let cancel = CancellationToken::new();
    world.poller(&config).once(cancel).await;
    let seen = world.seen.lock().unwrap();
    assert_eq!((seen.requests.len(), seen.conditional.len(), seen.new_items), (2, 0, 2));
}

#[tokio::test(start_paused = true)]
async fn a_wish_for_visits_ignores_the_interval_and_never_a_hold() {
    let world = World::new(|url, _| match url {
        it if it.contains("//h0.") => Reply { cache_control: Some("max-age=7200".to_owned()), ..ok("a") },
        it if it.contains("//h4.") => Reply { retry_after: Some("7200".to_owned()), ..status(503) },
        _ => status(500),
    });
    let mut config = config(9, "");
    config.feeds.retain(|id, _| ["f0", "f4", "f8"].contains(&id.as_str()));
    let cancel = CancellationToken::new();
    let poller = world.poller(&config);
    let handle = poller.handle();
    let running = tokio::spawn(poller.run(cancel.clone()));
    world.clock.sleep(MINUTE).await;

    let polled = handle.poll(Vec::new()).await.unwrap();
    let text = serde_json::to_string(&polled).unwrap();
    let until = world.schedule("f4").held.unwrap().until;
    assert_eq!(
        text,
        format!(r#"{{"visited":["f0","f8"],"held":[{{"id":"f4","until":"{until}","why":"retry_after"}}]}}"#)
    );
    assert_eq!(world.starts().len(), 5);
    let unknown = handle.poll(vec!["nobody".parse().unwrap()]).await;
    assert_eq!(unknown.unwrap_err().to_string(), "no feed is called nobody");
    cancel.cancel();
    running.await.unwrap();
    assert!(handle.poll(Vec::new()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn once_visits_all_but_the_held_and_the_fresh_whatever_their_interval() {
    let world = World::new(|url, _| match url {
        it if it.contains("//h0.") => Reply { cache_control: Some("max-age=7200".to_owned()), ..ok("a") },
        it if it.contains("//h1.") => status(503),
        _ => ok("a"),
    });
    let config = config(6, "");
    let first = world.poller(&config).once(CancellationToken::new()).await;
    assert_eq!((first.visited.len(), first.held.len()), (6, 0));
    let second = world.poller(&config).once(CancellationToken::new()).await;
    let held: Vec<_> = second.held.iter().map(|it| (it.id.as_str(), it.why.as_str())).collect();
    assert_eq!((second.visited.len(), held), (4, vec![("f0", "freshness"), ("f1", "pause")]));
    keeps_manners(&world, Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn a_reload_takes_up_new_feeds_and_lets_go_of_old_ones() {
    let world = World::new(|_, _| ok("a"));
    let cancel = CancellationToken::new();
    let poller = world.poller(&config(2, ""));
    let handle = poller.handle();
    let running = tokio::spawn(poller.run(cancel.clone()));
    world.clock.sleep(MINUTE).await;
    let mut other = config(3, "");
    other.feeds.remove("f0");
    handle.reload(Arc::new(other), BTreeMap::new()).await;
    world.clock.sleep(Duration::from_secs(3600)).await;
    let visits =
        |n: usize| world.starts().iter().filter(|(_, url)| url.contains(&format!("//h{n}."))).count();
    assert_eq!(visits(0), 1);
    assert!(visits(1) > 1 && visits(2) > 1);
    cancel.cancel();
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_children_of_a_sitemap_keep_the_gap() {
    let world = World::new(|url, _| match url.rsplit_once('/') {
        Some((_, "index")) => ok("index\n/1\n/2\n/3"),
        Some((_, name)) => ok(&format!("{name}a\n{name}b")),
        None => status(404),
    });
    let mut config = config(2, "plain");
    let index = Source::Sitemap("https://h0.site0.example/index".parse().unwrap());
    config.feeds.insert("f0".parse().unwrap(), feed(index));
    world.run(&config, MINUTE).await;
    keeps_manners(&world, Duration::from_secs(2));
    assert_eq!(world.starts().len(), 5);
    assert_eq!(world.schedule("f0").items, 6);
}

/// A day passes in less than a second of the test's time, and the pages are not asked for in the past.
#[tokio::test(start_paused = true)]
async fn a_fast_clock_asks_no_more_often_than_its_own_time_allows() {
    let mut world = World::new(|_, now| ok(&now.as_second().to_string()));
    world.clock = Clock::at_rate(start(), 20_000.0);
    world.run(&config(1, ""), Duration::from_secs(24 * 3600)).await;
    let starts = world.starts();
    assert!((80..=97).contains(&starts.len()), "{}", starts.len());
    assert!(world.clock.now() >= later(start(), Duration::from_secs(24 * 3600)));
}
