//! The thread that commits.
//!
//! ```text
//! queue ─▶ think (Core, pure) ─▶ commit once ─▶ show ─▶ answer
//! ```
//!
//! Whatever waits in the queue is thought through and committed together, with
//! one sync. Nothing is shown or answered before its commit is on stable
//! storage. Where the disk refuses, everyone is told, what was thought is
//! thrown away with the core, and the log is reopened and replayed until it
//! can be written again.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use storyline_config::{
    Config, FeedId,
    limit::{LONG_STOP, QUEUE_MAX},
};
use storyline_store::{Event, FeedRecord, Item, Log, Opened, Seq, StorageCode, StoreError, snapshot};
use tokio::sync::{mpsc, watch};

use super::{
    Answer, Handle, Ingested, Message, Refused, StorageTrouble, View, Visited,
    core::{Core, Past, Tally},
    handle::Occasion,
    recall::recall,
};
use crate::{
    clock::{Clock, between, later},
    deliver,
};

/// Messages committed together at the most.
const TOGETHER_MAX: usize = 64;
/// Events between two snapshots of the state.
const SNAPSHOT_EVERY: u64 = 5_000;

/// Something to do once a commit is known to be durable, or known to have failed.
type Reply = Box<dyn FnOnce(Result<&Core, &Refused>) + Send>;

/// The writer with what it holds.
struct Writer {
    dir: PathBuf,
    keep: Keep,
    clock: Clock,
    log: Log,
    core: Core,
    view: watch::Sender<View>,
    trouble: Option<StorageTrouble>,
    pause: Pause,
    snapshot_at: Seq,
}

/// When a log that refused is tried again: after a second, then ever less often, for each try copies and checks it.
#[derive(Debug, Clone, Copy, Default)]
struct Pause {
    next: Option<Timestamp>,
    length: Duration,
}

impl Pause {
    const FIRST: Duration = Duration::from_secs(1);
    const LONGEST: Duration = Duration::from_secs(10);

    /// Whether it is over; if so, the next one begins.
    fn is_over(&mut self, now: Timestamp) -> bool {
        if self.next.is_some_and(|it| now < it) {
            return false;
        }
        self.length = (self.length * 2).clamp(Self::FIRST, Self::LONGEST);
        self.next = Some(later(now, self.length));
        true
    }
}

/// Takes items that were judged to the archive, without waiting.
pub type Keep = Box<dyn Fn(Vec<Item>) + Send>;

/// The thread of a writer. It ends, with the log closed, when every [`Handle`] is gone.
pub type Running = JoinHandle<Result<(), StoreError>>;

/// Starts the writer on a log in `dir` that was just opened, and perhaps takes no events for a reason; sentences tell
/// the time in `zone`.
///
/// # Errors
///
/// [`StoreError`] where the log cannot be read.
pub fn start(
    dir: PathBuf,
    (opened, why): (Opened, Option<StoreError>),
    config: Arc<Config>,
    clock: Clock,
    zone: TimeZone,
    keep: Keep,
) -> Result<(Handle, Running), StoreError> {
    let Opened { log, feeds, .. } = opened;
    let past = past(&dir, &log, feeds)?;
    let visits = past.feeds.values().filter_map(|it| it.schedule.last_visit);
    let last = visits.chain(past.state.at).max();
    let snapshot_at = past.state.seq;
    let mut core = Core::new(config, zone, past);
    if last.is_some_and(|last| between(last, clock.now()) > LONG_STOP) {
        core.returned();
    }
    let (sender, queue) = mpsc::channel(QUEUE_MAX);
    let trouble = why.map(|it| trouble(&it, clock.now()));
    let (view, watching) = watch::channel(look(&core, trouble.clone()));
    let pause = Pause::default();
    let mut writer = Writer { dir, keep, clock, log, core, view, trouble, pause, snapshot_at };
    if writer.trouble.is_none() {
        writer.begin();
    }
    let thread = thread::Builder::new().name("writer".to_owned());
    let thread = thread.spawn(move || writer.run(queue)).map_err(StoreError::Io)?;
    Ok((Handle::new(sender, watching), thread))
}

/// What a log's database says of the past.
fn past(dir: &std::path::Path, log: &Log, feeds: BTreeMap<FeedId, FeedRecord>) -> Result<Past, StoreError> {
    let (state, memory) = recall(dir, &log.reader())?;
    Ok(Past { state, memory, feeds: feeds.into_iter().map(|(id, it)| (id, Arc::new(it))).collect() })
}

impl Writer {
    /// Puts the configuration in force, where it is not the one the log knows.
    fn begin(&mut self) {
        let config = self.core.config().clone();
        if self.core.state().configuration.as_deref() != Some(config.hash().as_str()) {
            let now = self.clock.now();
            self.core.configure(config, now);
            self.settle(Vec::new());
        }
    }

    fn run(mut self, mut queue: mpsc::Receiver<Message>) -> Result<(), StoreError> {
        while let Some(first) = queue.blocking_recv() {
            let mut replies = Vec::new();
            self.take(first, &mut replies);
            while replies.len() < TOGETHER_MAX {
                let Ok(next) = queue.try_recv() else { break };
                self.take(next, &mut replies);
            }
            self.settle(replies);
        }
        self.save_snapshot();
        match self.log.close() {
            // Everyone knows that nothing could be written; stopping is no further failure.
            Err(error) if self.trouble.is_some() => {
                tracing::warn!(%error, "the log was left as it is");
                Ok(())
            }
            closed => closed,
        }
    }

    /// Thinks one message through, and keeps the reply for after the commit.
    fn take(&mut self, message: Message, replies: &mut Vec<Reply>) {
        if self.trouble.is_some() && !matches!(message, Message::Tick | Message::Explain(..)) {
            let refused = self.refusal();
            return refuse(message, &refused);
        }
        let now = self.clock.now();
        match message {
            Message::Visited(visit, answer) => {
                let before = self.core.state().seq;
                let new_items = self.core.visited(&visit, now);
                let events = usize::try_from(self.core.state().seq.0 - before.0).unwrap_or(usize::MAX);
                replies.push(reply(answer, move |core| {
                    let schedule =
                        core.feeds().get(&visit.feed).map(|it| it.schedule.clone()).unwrap_or_default();
                    Ok(Visited { schedule, new_items, events })
                }));
            }
            Message::Ingest(items, occasion, answer) => {
                let backfill = occasion == Occasion::Backfill;
                let ingested = items.iter().map(|it| self.core.ingest(it, backfill, now));
                let ingested: Vec<Ingested> =
                    ingested.map(|it| Ingested { seq: it.seq, events: it.events }).collect();
                replies.push(reply(answer, move |_| Ok(ingested)));
            }
            Message::Delivery(delivery, news, answer) => {
                let done = self.core.delivery(delivery, news, now);
                replies.push(reply(answer, move |_| done));
            }
            Message::Command(command, answer) => {
                let done = self.core.command(command, now);
                replies.push(reply(answer, move |_| done));
            }
            Message::Configure(config, answer) => {
                let seq = self.core.configure(config, now);
                replies.push(reply(answer, move |_| Ok(seq)));
            }
            Message::Explain(item, answer) => {
                let decisions = serde_json::to_value(self.core.explain(&item, now)).unwrap_or_default();
                // Nothing is recorded, so there is nothing to wait for; whoever asked may be gone.
                let _ = answer.send(Ok(decisions));
            }
            Message::Finish(answer) => {
                self.core.tick(true, now);
                replies.push(reply(answer, |_| Ok(())));
            }
            Message::Tick => self.tick(now),
        }
    }

    fn tick(&mut self, now: Timestamp) {
        if self.trouble.is_some() {
            self.try_again(now);
        } else {
            self.core.tick(false, now);
            if let Err(error) = self.log.settle() {
                self.stumble(&error);
            }
        }
    }

    /// Commits what was thought, shows it, and answers.
    fn settle(&mut self, replies: Vec<Reply>) {
        if self.trouble.is_some() {
            // A tick met the trouble, and threw away what was thought before it.
            return self.refuse_all(replies);
        }
        let staged = self.core.take_staged();
        if staged.events.is_empty()
            && staged.feeds.is_empty()
            && replies.is_empty()
            && self.shows(self.core.tally())
        {
            return; // Time has passed, and that is all.
        }
        deliver::pass(&staged.events, false);
        let feeds: Vec<_> = staged.feeds.iter().map(|(id, it)| (id.clone(), it.as_ref())).collect();
        let written = if !staged.events.is_empty() || staged.promised {
            self.log.commit(&staged.events, &feeds)
        } else if !feeds.is_empty() {
            self.log.save_feeds(&feeds)
        } else {
            Ok(())
        };
        match written {
            Ok(()) => {
                deliver::pass(&staged.events, true);
                self.core.committed();
                if !staged.items.is_empty() {
                    (self.keep)(staged.items);
                }
                self.view.send_replace(look(&self.core, self.trouble.clone()));
                for reply in replies {
                    reply(Ok(&self.core));
                }
                self.snapshot_now_and_then();
            }
            Err(error) => {
                self.stumble(&error);
                self.refuse_all(replies);
            }
        }
    }

    fn refuse_all(&self, replies: Vec<Reply>) {
        let refused = self.refusal();
        for reply in replies {
            reply(Err(&refused));
        }
    }

    /// Goes read-only: what was thought is thrown away, and what is on the disk is shown.
    fn stumble(&mut self, error: &StoreError) {
        let since = self.clock.now();
        tracing::error!(%error, "the log cannot be written; reading goes on");
        self.trouble = Some(trouble(error, since));
        let feeds = self.view.borrow().feeds.iter().map(|(id, it)| (id.clone(), (**it).clone())).collect();
        self.replay(feeds);
    }

    /// Thinks again from what the log holds, with the configuration everyone sees; whether that could be read.
    fn replay(&mut self, feeds: BTreeMap<FeedId, FeedRecord>) -> bool {
        let past = past(&self.dir, &self.log, feeds);
        let trouble = self.trouble.clone();
        match past {
            Ok(past) => {
                let config = self.view.borrow().config.clone();
                self.core.fall_back(config, past);
                self.view.send_replace(look(&self.core, trouble));
                true
            }
            Err(error) => {
                tracing::error!(%error, "the log cannot be read either");
                // What the core holds is not on the disk: everyone goes on seeing what is.
                self.view.send_modify(|it| it.storage = trouble);
                false
            }
        }
    }

    /// Reopens a log that refused, and records that it did.
    fn try_again(&mut self, now: Timestamp) {
        let Some(trouble) = self.trouble.clone().filter(|_| self.pause.is_over(now)) else { return };
        let feeds = match self.log.reopen() {
            Ok(feeds) => feeds,
            Err(error) => return tracing::debug!(%error, "the log still cannot be written"),
        };
        if !self.replay(feeds) {
            return;
        }
        let degraded = Event::StorageDegraded { code: trouble.code, detail: trouble.detail };
        self.core.storage(vec![degraded, Event::StorageRestored {}], now);
        (self.trouble, self.pause) = (None, Pause::default());
        self.settle(Vec::new());
        if self.trouble.is_none() {
            self.begin();
        }
    }

    /// Whether everyone sees these numbers already.
    fn shows(&self, tally: &Tally) -> bool {
        let view = self.view.borrow();
        (view.items, view.matched, &view.nearest_misses)
            == (tally.items, tally.matched, &tally.nearest_misses)
    }

    fn refusal(&self) -> Refused {
        Refused::ReadOnly(self.trouble.as_ref().map(|it| it.detail.clone()).unwrap_or_default())
    }

    fn snapshot_now_and_then(&mut self) {
        if self.core.state().seq.0 >= self.snapshot_at.0 + SNAPSHOT_EVERY {
            self.save_snapshot();
        }
    }

    fn save_snapshot(&mut self) {
        let state = self.core.state();
        let saved = serde_json::to_vec(state)
            .map_err(|it| it.to_string())
            .and_then(|bytes| snapshot::save(&self.dir, state.seq, &bytes).map_err(|it| it.to_string()));
        match saved {
            Ok(()) => self.snapshot_at = state.seq,
            // It is only a cache: the next start reads more of the log.
            Err(error) => tracing::warn!(error, "the snapshot was not saved"),
        }
    }
}

/// What readers see.
fn look(core: &Core, storage: Option<StorageTrouble>) -> View {
    let tally = core.tally();
    View {
        state: Arc::new(core.state().clone()),
        feeds: Arc::new(core.feeds().clone()),
        config: core.config().clone(),
        storage,
        items: tally.items,
        matched: tally.matched,
        nearest_misses: tally.nearest_misses.clone(),
    }
}

fn trouble(error: &StoreError, since: Timestamp) -> StorageTrouble {
    let (code, hint) = match error {
        StoreError::Full { .. } => (StorageCode::Full, "free some space; writing goes on by itself"),
        StoreError::Damaged { .. } | StoreError::Corrupt { .. } => {
            (StorageCode::Damaged, "stop the daemon and run `storyline store verify`")
        }
        _ => (StorageCode::Io, "check the disk; writing goes on by itself when it can"),
    };
    StorageTrouble { code, detail: error.to_string(), hint: hint.to_owned(), since }
}

/// Keeps an answer until it is known whether its commit holds.
fn reply<T: Send + 'static>(
    answer: Answer<T>,
    with: impl FnOnce(&Core) -> Result<T, Refused> + Send + 'static,
) -> Reply {
    Box::new(move |outcome| {
        let it = match outcome {
            Ok(core) => with(core),
            Err(refused) => Err(refused.clone()),
        };
        // Whoever asked may be gone; what was recorded stays recorded.
        let _ = answer.send(it);
    })
}

/// Answers a message that cannot be taken.
fn refuse(message: Message, refused: &Refused) {
    fn no<T>(answer: Answer<T>, refused: &Refused) {
        let _ = answer.send(Err(refused.clone()));
    }
    match message {
        Message::Visited(_, answer) => no(answer, refused),
        Message::Ingest(_, _, answer) => no(answer, refused),
        Message::Delivery(_, _, answer) | Message::Finish(answer) => no(answer, refused),
        Message::Command(_, answer) | Message::Configure(_, answer) => no(answer, refused),
        Message::Explain(_, answer) => no(answer, refused),
        Message::Tick => {}
    }
}
