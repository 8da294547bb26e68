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
    path::Path,
    sync::Arc,
    thread::{self, JoinHandle},
};

use jiff::{Timestamp, tz::TimeZone};
use storyline_config::{
    Config, FeedId,
    limit::{LONG_STOP, QUEUE_MAX},
};
use storyline_store::{FeedRecord, Item, Log, Opened, Seq, StoreError, snapshot::Snapshots};
use tokio::sync::{mpsc, watch};

use super::{
    Handle, Ingested, Message, StorageTrouble, View, Visited,
    core::Core,
    handle::Occasion,
    misses::Miss,
    recall::{self, Past, Recalled, recall, snapshots},
    reply::{Reply, refuse, reply},
    settle::shared,
    snapshotting::Snapshotting,
    trouble::{Pause, trouble},
};
use crate::clock::{Clock, between};

/// Messages committed together at the most.
const TOGETHER_MAX: usize = 64;

/// How far each feed is read.
pub(super) type Records = BTreeMap<FeedId, Arc<FeedRecord>>;

/// The writer with what it holds.
pub(super) struct Writer {
    /// Goes before the log does.
    pub(super) snapshotting: Snapshotting,
    pub(super) keep: Keep,
    pub(super) clock: Clock,
    pub(super) log: Log,
    pub(super) core: Core,
    /// The feeds' records as the log has them.
    pub(super) recorded: Records,
    pub(super) view: watch::Sender<View>,
    pub(super) trouble: Option<StorageTrouble>,
    pub(super) pause: Pause,
    /// The last event that a snapshot holds.
    pub(super) snapshot_at: Seq,
    /// The misses that are kept for a later run.
    pub(super) noted: Vec<Miss>,
    /// When it last did anything.
    pub(super) last: Timestamp,
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
    dir: &Path,
    (opened, why): (Opened, Option<StoreError>),
    config: Arc<Config>,
    clock: Clock,
    zone: TimeZone,
    keep: Keep,
) -> Result<(Handle, Running), StoreError> {
    let Opened { log, feeds, .. } = opened;
    let (snapshots, recorded) = (snapshots(dir), shared(feeds));
    let (past, snapshot_at) = past(&snapshots, &log, recorded.clone())?;
    let visits = past.feeds.values().filter_map(|it| it.schedule.last_visit);
    let last = visits.chain(past.state.at).max();
    let mut core = Core::new(config, zone, past);
    if last.is_some_and(|last| between(last, clock.now()) > LONG_STOP) {
        core.returned();
    }
    core.take_up_misses(recall::misses(&snapshots));
    let noted = core.misses().to_vec();
    let (sender, queue) = mpsc::channel(QUEUE_MAX);
    let trouble = why.map(|it| trouble(&it, clock.now()));
    let (view, watching) = watch::channel(look(&core, trouble.clone()));
    let pause = Pause::default();
    let last = clock.now();
    let mut writer = Writer {
        snapshotting: Snapshotting::new(snapshots),
        keep,
        clock,
        log,
        core,
        recorded,
        view,
        trouble,
        pause,
        snapshot_at,
        noted,
        last,
    };
    if writer.trouble.is_none() {
        writer.begin();
        writer.snapshot_now_and_then();
    }
    let thread = thread::Builder::new().name("writer".to_owned());
    let thread = thread.spawn(move || writer.run(queue)).map_err(StoreError::Io)?;
    Ok((Handle::new(sender, watching), thread))
}

/// What a log says of the past, and up to which event a snapshot says it.
pub(super) fn past(snapshots: &Snapshots, log: &Log, feeds: Records) -> Result<(Past, Seq), StoreError> {
    let Recalled { state, memory, kept } = recall(snapshots, &log.reader())?;
    Ok((Past { state, memory, feeds }, kept))
}

impl Writer {
    /// Puts the configuration in force, where it is not the one the log knows.
    pub(super) fn begin(&mut self) {
        let config = self.core.config().clone();
        if self.core.state().configuration.as_deref() != Some(config.hash().as_str()) {
            let now = self.clock.now();
            self.core.configure(config, now);
            self.settle(Vec::new());
        }
    }

    pub(super) fn run(mut self, mut queue: mpsc::Receiver<Message>) -> Result<(), StoreError> {
        while let Some(first) = queue.blocking_recv() {
            let mut replies = Vec::new();
            self.take(first, &mut replies);
            // Each message counts, whether it wants an answer or not: nobody's answer waits for ever.
            for _ in 1..TOGETHER_MAX {
                let Ok(next) = queue.try_recv() else { break };
                self.take(next, &mut replies);
            }
            self.settle(replies);
        }
        self.save_last_snapshot();
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
    pub(super) fn take(&mut self, message: Message, replies: &mut Vec<Reply>) {
        let now = self.clock.now();
        self.wake(now);
        if self.trouble.is_some() && !matches!(message, Message::Tick | Message::Explain(..)) {
            let refused = self.refusal();
            return refuse(message, &refused);
        }
        self.core.make_room();
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
            Message::Tick => {
                let well = self.trouble.is_none();
                self.tick(now);
                if well && self.trouble.is_some() {
                    // What was thought before it is thrown away; a later tick of this batch may mend the log.
                    self.refuse_all(std::mem::take(replies));
                }
            }
        }
    }
}

/// What readers see.
pub(super) fn look(core: &Core, storage: Option<StorageTrouble>) -> View {
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
