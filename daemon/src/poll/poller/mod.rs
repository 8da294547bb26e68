//! The loop: takes whose turn it is, sends out visits, brings them home.
//!
//! # Promises
//!
//! * A visit counts once the writer has recorded it; one that was not recorded is made again, whole.
//! * While nothing can be recorded nobody is asked; what fell due meanwhile is visited when it can.
//! * A visit that panics costs that visit.
//! * It ends when it is cancelled; what is in flight is dropped, and nothing of it is lost but time.

mod home;
mod lineup;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use storyline_config::{Config, FeedId, Poll};
use storyline_store::Schedule;
use tokio::{
    sync::{Semaphore, mpsc, oneshot},
    task::{Id, JoinSet},
};
use tokio_util::sync::CancellationToken;

use self::home::Home;
use super::{
    asks::{Handle, HeldFeed, Message, NotPolled, Polled},
    doors::Doors,
    pending::{Pending, hold},
    turns::{Limits, Turns},
};
use crate::clock::{Clock, later};

/// Messages waiting for the poller.
const INBOX_MAX: usize = 64;
/// Documents read at one time: each may need many times its size.
const DESKS: usize = 2;
/// The longest time without a look at the clock.
const NAP: Duration = Duration::from_mins(1);

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
    sender: mpsc::Sender<Message>,
    inbox: mpsc::Receiver<Message>,
    desks: Arc<Semaphore>,
    once: bool,
    /// Whether nothing could be recorded when last looked.
    is_closed: bool,
    /// When the clock was last looked at.
    looked: Timestamp,
}

impl<D: Doors> Poller<D> {
    /// A poller that has visited nobody yet, with what the writer knows of each feed.
    pub fn new(doors: D, clock: Clock, config: Arc<Config>, schedules: BTreeMap<FeedId, Schedule>) -> Self {
        let (sender, inbox) = mpsc::channel(INBOX_MAX);
        let looked = clock.now();
        let mut it = Self {
            doors,
            clock,
            turns: Turns::new(limits(&config.poll)),
            config,
            schedules: BTreeMap::new(),
            visits: JoinSet::new(),
            flights: HashMap::new(),
            pending: Vec::new(),
            sender,
            inbox,
            desks: Arc::new(Semaphore::new(DESKS)),
            once: false,
            is_closed: false,
            looked,
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
        let (answer, mut reply) = oneshot::channel();
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
        let now = self.clock.now();
        self.look(now);
        if self.look_at_storage() {
            // Who waited may have been answered.
            return;
        }
        while !self.is_closed
            && let Some(feed) = self.turns.take(now)
        {
            self.send_out(feed);
        }
        // A clock that cannot be set need not be looked at.
        let nap = self.clock.may_be_set().then(|| later(now, NAP));
        let turn = self.turns.wake_at().filter(|_| !self.is_closed);
        let wake = turn.into_iter().chain(nap).min();
        let (clock, doors, is_closed) = (self.clock.clone(), self.doors.clone(), self.is_closed);
        tokio::select! {
            Some(message) = self.inbox.recv() => self.told(message),
            Some(home) = self.visits.join_next_with_id() => self.home(home),
            () = doors.until_can_tell(), if is_closed => {}
            () = clock.sleep_until(wake.unwrap_or(Timestamp::MAX)) => {}
        }
    }

    /// Sends nobody out while what they bring could not be recorded, and lines all up again when it can. Whether that
    /// has changed.
    fn look_at_storage(&mut self) -> bool {
        let was_closed = std::mem::replace(&mut self.is_closed, !self.doors.can_tell());
        match (was_closed, self.is_closed) {
            (false, true) => {
                tracing::warn!("nothing can be recorded: no feed is visited until that is over");
                self.answer();
            }
            (true, false) if !self.once => self.line_up(),
            _ => {}
        }
        was_closed != self.is_closed
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

    fn poll(&mut self, feeds: Vec<FeedId>, answer: oneshot::Sender<Result<Polled, NotPolled>>) {
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
        self.turns.prune(self.clock.now());
        let gone: Vec<_> =
            old.feeds.keys().filter(|it| !self.config.feeds.contains_key(*it)).cloned().collect();
        for pending in &mut self.pending {
            for it in &gone {
                pending.forgets(it);
            }
        }
        self.answer();
    }

    /// Answers those for whom nobody is on the way any more.
    fn answer(&mut self) {
        let now = self.clock.now();
        let mut resumed = Vec::new();
        for pending in &mut self.pending {
            for id in pending.awaited() {
                if self.is_closed && !self.turns.flies(&id) {
                    let until = later(now, self.config.poll.min_interval);
                    pending.holds(HeldFeed { id: id.clone(), until, why: "storage".to_owned() });
                    resumed.push(id);
                    continue;
                }
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

fn limits(poll: &Poll) -> Limits {
    Limits { concurrency: poll.concurrency, per_host: poll.per_host, host_gap: poll.host_gap }
}
