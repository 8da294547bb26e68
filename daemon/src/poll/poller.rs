//! The loop: takes whose turn it is, sends out visits, brings them home.
//!
//! # Promises
//!
//! * A visit counts once the writer has recorded it; one that was not recorded is made again, whole.
//! * A visit that panics costs that visit.
//! * It ends when it is cancelled; what is in flight is dropped, and nothing of it is lost but time.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use storyline_config::{Config, Feed, FeedId, Poll};
use storyline_store::Schedule;
use tokio::{
    sync::{Semaphore, mpsc},
    task::{Id, JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;

use super::{
    Overlap,
    asks::{Gate, Handle, Message, NotPolled, Polled},
    doors::Doors,
    errand::Errand,
    manners,
    pending::{Pending, hold},
    source::address,
    turns::{Limits, Turns, pauses, staggered},
};
use crate::clock::Clock;

/// Messages waiting for the poller.
const INBOX_MAX: usize = 64;
/// Documents read at one time: each may need many times its size.
const DESKS: usize = 2;
/// First visits after a start are spread over at most so long.
const STAGGER_MAX: Duration = Duration::from_secs(30);

/// Visits feeds.
pub struct Poller<D> {
    doors: D,
    clock: Clock,
    config: Arc<Config>,
    schedules: BTreeMap<FeedId, Schedule>,
    turns: Turns,
    visits: JoinSet<Home>,
    flights: HashMap<Id, FeedId>,
    pending: Vec<Pending>,
    /// Visits in a row that could not be recorded.
    refusals: BTreeMap<FeedId, u32>,
    sender: mpsc::Sender<Message>,
    inbox: mpsc::Receiver<Message>,
    desks: Arc<Semaphore>,
    once: bool,
}

/// A visit that came home: what the feed's schedule is now, if it still has one, and whether it was recorded.
struct Home {
    feed: FeedId,
    schedule: Option<Schedule>,
    recorded: bool,
}

impl<D: Doors> Poller<D> {
    /// A poller that has visited nobody yet, with what the writer knows of each feed.
    pub fn new(doors: D, clock: Clock, config: Arc<Config>, schedules: BTreeMap<FeedId, Schedule>) -> Self {
        let (sender, inbox) = mpsc::channel(INBOX_MAX);
        let mut it = Self {
            doors,
            clock,
            turns: Turns::new(limits(&config.poll)),
            config,
            schedules: BTreeMap::new(),
            visits: JoinSet::new(),
            flights: HashMap::new(),
            pending: Vec::new(),
            refusals: BTreeMap::new(),
            sender,
            inbox,
            desks: Arc::new(Semaphore::new(DESKS)),
            once: false,
        };
        it.know(schedules);
        it
    }

    /// The way to speak to it.
    pub fn handle(&self) -> Handle {
        Handle(self.sender.clone())
    }

    /// Visits feeds when they are due, until it is cancelled.
    pub async fn run(mut self, cancel: CancellationToken) {
        self.line_up();
        while cancel.run_until_cancelled(self.step()).await.is_some() {}
        self.visits.shutdown().await;
    }

    /// Visits every feed once that is not held by Retry-After, freshness or a pause, and says which were.
    pub async fn once(mut self, cancel: CancellationToken) -> Polled {
        self.once = true;
        let feeds: Vec<_> = self.config.feeds.keys().cloned().collect();
        let (answer, mut reply) = tokio::sync::oneshot::channel();
        self.poll(feeds, answer);
        loop {
            if let Ok(polled) = reply.try_recv() {
                return polled.unwrap_or_default();
            }
            if cancel.run_until_cancelled(self.step()).await.is_none() {
                self.visits.shutdown().await;
                return Polled::default();
            }
        }
    }

    async fn step(&mut self) {
        while let Some(feed) = self.turns.take(self.clock.now()) {
            self.send_out(feed);
        }
        let wake = self.turns.wake_at();
        let clock = self.clock.clone();
        tokio::select! {
            Some(message) = self.inbox.recv() => self.told(message),
            Some(home) = self.visits.join_next_with_id() => self.home(home),
            () = async {
                match wake {
                    Some(at) => clock.sleep_until(at).await,
                    None => std::future::pending().await,
                }
            } => {}
        }
    }

    fn told(&mut self, message: Message) {
        match message {
            Message::Poll(feeds, answer) => self.poll(feeds, answer),
            Message::Reload(config, schedules) => self.reload(config, schedules),
            Message::Reserve(address, answer) => {
                // A visit that is gone needs no start.
                let _ = answer.send(self.turns.reserve(&address, self.clock.now()));
            }
        }
    }

    fn poll(&mut self, feeds: Vec<FeedId>, answer: tokio::sync::oneshot::Sender<Result<Polled, NotPolled>>) {
        let unknown: Vec<_> =
            feeds.iter().filter(|it| !self.config.feeds.contains_key(*it)).map(ToString::to_string).collect();
        if !unknown.is_empty() {
            // Whoever asked may have gone.
            let _ = answer.send(Err(NotPolled::Unknown(unknown)));
            return;
        }
        let feeds = if feeds.is_empty() { self.config.feeds.keys().cloned().collect() } else { feeds };
        let now = self.clock.now();
        let mut pending = Pending::new(answer);
        for id in feeds {
            let schedule = self.schedules.get(&id).cloned().unwrap_or_default();
            // Its domain is known to the turns only once it waits there.
            self.let_wait(&id, now);
            let paused = self.turns.paused(&id, now);
            match hold(&id, &schedule, paused, self.once, now) {
                Some(held) => {
                    self.resume(&id);
                    pending.holds(held);
                }
                None => pending.awaits(id),
            }
        }
        self.pending.push(pending);
        self.answer();
    }

    fn reload(&mut self, config: Arc<Config>, schedules: BTreeMap<FeedId, Schedule>) {
        let old = std::mem::replace(&mut self.config, config);
        for id in old.feeds.keys().filter(|it| !self.config.feeds.contains_key(*it)) {
            self.turns.remove(id);
            self.schedules.remove(id);
        }
        self.doors.configure(&self.config);
        self.turns.limit(limits(&self.config.poll));
        let mut known = schedules;
        known.extend(std::mem::take(&mut self.schedules));
        self.know(known);
        self.line_up();
        let gone: Vec<_> =
            old.feeds.keys().filter(|it| !self.config.feeds.contains_key(*it)).cloned().collect();
        for pending in &mut self.pending {
            for it in &gone {
                pending.forgets(it);
            }
        }
        self.answer();
    }

    /// Keeps the schedules that belong to the configured addresses.
    fn know(&mut self, schedules: BTreeMap<FeedId, Schedule>) {
        let feeds = &self.config.feeds;
        let belongs =
            |id: &FeedId, it: &Schedule| feeds.get(id).is_some_and(|feed| address(&feed.source) == it.url);
        self.schedules = schedules.into_iter().filter(|(id, it)| belongs(id, it)).collect();
        for (domain, until) in pauses(self.schedules.values()) {
            self.turns.pause(&domain, until);
        }
        for it in self.schedules.values() {
            if let Some(at) = it.last_visit {
                self.turns.started(it.adopted.as_deref().unwrap_or(&it.url), at);
            }
        }
    }

    /// Lets every feed wait for its time; what is due already is spread over a while.
    fn line_up(&mut self) {
        let now = self.clock.now();
        let config = Arc::clone(&self.config);
        let mut overdue = Vec::new();
        for (id, feed) in &config.feeds {
            match self.due(id, feed) {
                Some(due) if due > now => self.wait(id, feed, due),
                due => overdue.push((due, id, feed)),
            }
        }
        // Those that were never visited come first, then those that waited longest.
        overdue.sort_by_key(|(due, ..)| *due);
        let window = config.poll.min_interval.min(STAGGER_MAX);
        let starts = staggered(overdue.len(), window, now);
        for ((_, id, feed), start) in overdue.into_iter().zip(starts) {
            self.wait(id, feed, start);
        }
    }

    fn due(&self, id: &FeedId, feed: &Feed) -> Option<Timestamp> {
        manners::due(self.schedules.get(id)?, feed, &self.config.poll)
    }

    fn wait(&mut self, id: &FeedId, feed: &Feed, due: Timestamp) {
        let first = self.first_address(id, feed);
        self.turns.put(id, &first, due);
    }

    fn let_wait(&mut self, id: &FeedId, due: Timestamp) {
        let config = Arc::clone(&self.config);
        if let Some(feed) = config.feeds.get(id) {
            self.wait(id, feed, due);
        }
    }

    /// Back to its own time.
    fn resume(&mut self, id: &FeedId) {
        if self.once {
            self.turns.remove(id);
        } else if let Some(due) = self.config.feeds.get(id).and_then(|feed| self.due(id, feed)) {
            self.let_wait(id, due);
        }
    }

    fn first_address(&self, id: &FeedId, feed: &Feed) -> String {
        let configured = address(&feed.source);
        self.schedules.get(id).and_then(|it| it.adopted.clone()).unwrap_or(configured)
    }

    fn send_out(&mut self, id: FeedId) {
        let schedule = self.schedules.get(&id).cloned().unwrap_or_default();
        let errand = Errand {
            doors: self.doors.clone(),
            clock: self.clock.clone(),
            config: Arc::clone(&self.config),
            id: id.clone(),
            schedule,
            gate: Gate(self.sender.clone()),
            desks: Arc::clone(&self.desks),
        };
        let refusals = self.refusals.get(&id).copied().unwrap_or(0);
        let handle = self.visits.spawn(there_and_back(errand, refusals));
        self.flights.insert(handle.id(), id);
    }

    fn home(&mut self, joined: Result<(Id, Home), JoinError>) {
        let home = match joined {
            Ok((id, home)) => {
                self.flights.remove(&id);
                home
            }
            Err(error) => {
                let Some(feed) = self.flights.remove(&error.id()) else { return };
                tracing::error!(%feed, %error, "a visit failed by a fault of this program");
                Home { schedule: self.broken(&feed), feed, recorded: false }
            }
        };
        self.land(home);
    }

    /// The schedule of a feed whose visit panicked.
    fn broken(&self, id: &FeedId) -> Option<Schedule> {
        let url = address(&self.config.feeds.get(id)?.source);
        let before = self.schedules.get(id).cloned().unwrap_or_default();
        let after = Schedule { url, last_visit: Some(self.clock.now()), ..Schedule::default() };
        let times = self.refusals.get(id).copied().unwrap_or(0);
        Some(manners::unrecorded(&before, &after, times, &self.config.poll, self.clock.now()))
    }

    fn land(&mut self, Home { feed: id, schedule, recorded }: Home) {
        if recorded {
            self.refusals.remove(&id);
        } else {
            *self.refusals.entry(id.clone()).or_default() += 1;
        }
        let config = Arc::clone(&self.config);
        let feed = config.feeds.get(&id);
        self.schedules.remove(&id);
        if let Some(it) = schedule {
            for (domain, until) in pauses([&it]) {
                self.turns.pause(&domain, until);
            }
            // One whose address changed meanwhile begins afresh.
            if feed.is_some_and(|feed| address(&feed.source) == it.url) {
                self.schedules.insert(id.clone(), it);
            }
        }
        let next = feed.filter(|_| !self.once).map(|feed| {
            let due = self.schedules.get(&id).and_then(|it| it.next_visit);
            (self.first_address(&id, feed), due.unwrap_or_else(|| self.clock.now()))
        });
        self.turns.landed(&id, next.as_ref().map(|(address, due)| (address.as_str(), *due)));
        for pending in &mut self.pending {
            pending.visited(&id);
        }
        self.answer();
    }

    /// Answers those for whom nobody is on the way any more.
    fn answer(&mut self) {
        let now = self.clock.now();
        let mut resumed = Vec::new();
        for pending in &mut self.pending {
            for id in pending.awaited() {
                let paused = self.turns.paused(&id, now).filter(|_| !self.turns.flies(&id));
                if let Some(held) =
                    paused.and_then(|it| hold(&id, &Schedule::default(), Some(it), false, now))
                {
                    pending.holds(held);
                    resumed.push(id);
                }
            }
        }
        for id in resumed {
            self.resume(&id);
        }
        self.pending = std::mem::take(&mut self.pending).into_iter().filter_map(Pending::answered).collect();
    }
}

/// Makes a visit and tells the writer of it.
async fn there_and_back<D: Doors>(errand: Errand<D>, refusals: u32) -> Home {
    let (doors, clock, config, before) =
        (errand.doors.clone(), errand.clock.clone(), Arc::clone(&errand.config), errand.schedule.clone());
    let id = errand.id.clone();
    let (Some(visit), Some(feed)) = (errand.run().await, config.feeds.get(&id)) else {
        return Home { feed: id, schedule: None, recorded: true };
    };
    let jitter = manners::jitter(&id, visit.started);
    let unheard = manners::after(&before, &visit, Overlap::default(), feed, &config.poll, jitter);
    match doors.tell(visit).await {
        Ok(told) => Home { feed: id, schedule: Some(told.schedule), recorded: true },
        Err(error) => {
            tracing::warn!(feed = %id, %error, "a visit was not recorded and will be made again");
            let schedule = manners::unrecorded(&before, &unheard, refusals, &config.poll, clock.now());
            Home { feed: id, schedule: Some(schedule), recorded: false }
        }
    }
}

fn limits(poll: &Poll) -> Limits {
    Limits { concurrency: poll.concurrency, per_host: poll.per_host, host_gap: poll.host_gap }
}
