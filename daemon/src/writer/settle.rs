//! Committing, showing, answering; and what is done where the disk refuses.

use std::collections::BTreeMap;

use jiff::Timestamp;
use storyline_config::{
    FeedId,
    limit::{LONG_STOP, SNAPSHOT_EVERY},
};
use storyline_store::{Event, FeedRecord, StorageCode, StoreError, failpoint};

use super::{
    Part, Refused,
    core::Tally,
    recall,
    reply::Reply,
    run::{Writer, look, past},
    trouble::{Pause, trouble},
};
use crate::{clock::between, deliver};

impl Writer {
    /// Commits what was thought, shows it, and answers.
    pub(super) fn settle(&mut self, replies: Vec<Reply>) {
        if self.trouble.is_some() {
            // A tick met the trouble; what was thought before it is thrown away.
            return self.refuse_all(replies);
        }
        let staged = self.core.take_staged();
        if staged.is_empty() && replies.is_empty() && self.shows(self.core.tally()) {
            return; // Time has passed, and that is all.
        }
        failpoint("writer.thought");
        if let Err(error) = self.commit(staged.parts, staged.promised) {
            self.stumble(&error);
            self.refuse_all(replies);
            self.think_again();
            return;
        }
        failpoint("writer.committed");
        self.core.committed();
        self.view.send_replace(look(&self.core, self.trouble.clone()));
        failpoint("writer.shown");
        for reply in replies {
            reply(Ok(&self.core));
        }
        failpoint("writer.answered");
        self.snapshot_now_and_then();
    }

    /// Writes part after part; where one is refused, those before it stay.
    pub(super) fn commit(&mut self, parts: Vec<Part>, promised: bool) -> Result<(), StoreError> {
        for part in parts {
            deliver::pass(&part.events, false);
            let feeds: Vec<_> = part.feeds.iter().map(|(id, it)| (id.clone(), it.as_ref())).collect();
            if !part.events.is_empty() || promised {
                self.log.commit(&part.events, &feeds)?;
            } else {
                self.log.save_feeds(&feeds)?;
            }
            failpoint("writer.part");
            deliver::pass(&part.events, true);
            self.recorded.extend(part.feeds);
            if !part.items.is_empty() {
                (self.keep)(part.items);
            }
        }
        Ok(())
    }

    pub(super) fn refuse_all(&self, replies: Vec<Reply>) {
        let refused = self.refusal();
        for reply in replies {
            reply(Err(&refused));
        }
    }

    /// Goes read-only: everyone is told at once, and nothing more is taken.
    fn stumble(&mut self, error: &StoreError) {
        tracing::error!(%error, "the log cannot be written; reading goes on");
        self.trouble = Some(trouble(error, self.clock.now()));
        let trouble = self.trouble.clone();
        self.view.send_modify(|it| it.storage = trouble);
    }

    /// Throws away what was thought since the last commit, and thinks from what is on the disk, with the configuration
    /// everyone sees; whether that could be read.
    fn think_again(&mut self) -> bool {
        let trouble = self.trouble.clone();
        match past(self.snapshotting.snapshots(), &self.log, self.recorded.clone()) {
            Ok((past, _)) => {
                let config = self.view.borrow().config.clone();
                self.core.fall_back(config, past);
                self.view.send_replace(look(&self.core, trouble));
                true
            }
            Err(error) => {
                // What the core holds is not on the disk: everyone goes on seeing what is.
                tracing::error!(%error, "the log cannot be read either");
                false
            }
        }
    }

    pub(super) fn tick(&mut self, now: Timestamp) {
        if self.trouble.is_some() {
            return self.try_again(now);
        }
        self.core.tick(false, now);
        self.note_misses();
        if let Err(error) = self.log.settle() {
            self.stumble(&error);
            self.think_again();
        }
    }

    /// Keeps the nearest misses, so that a restart forgets none of the day.
    fn note_misses(&mut self) {
        if self.core.misses() == self.noted {
            return;
        }
        // Where it fails, the next is tried when there is another.
        self.noted = self.core.misses().to_vec();
        if let Err(error) = recall::keep_misses(self.snapshotting.snapshots(), &self.noted) {
            tracing::debug!(%error, "the nearest misses were not kept");
        }
    }

    /// Reopens a log that refused, and records that it did. What is damaged does not mend itself.
    fn try_again(&mut self, now: Timestamp) {
        let trouble = self.trouble.clone().filter(|it| it.code != StorageCode::Damaged);
        let Some(trouble) = trouble.filter(|_| self.pause.is_over(now)) else { return };
        match self.log.reopen() {
            Ok(feeds) => self.recorded = shared(feeds),
            Err(error) => return self.still(&error),
        }
        if !self.think_again() {
            return;
        }
        if between(trouble.since, now) > LONG_STOP {
            self.core.returned();
        }
        let degraded = Event::StorageDegraded { code: trouble.code, detail: trouble.detail };
        self.core.storage(vec![degraded, Event::StorageRestored {}], now);
        (self.trouble, self.pause) = (None, Pause::default());
        self.settle(Vec::new());
        if self.trouble.is_none() {
            tracing::info!("the log can be written again");
            self.begin();
        }
    }

    /// The log cannot be written yet; where it is for another reason now, everyone is told.
    fn still(&mut self, error: &StoreError) {
        tracing::debug!(%error, "the log still cannot be written");
        let Some(known) = &mut self.trouble else { return };
        if known.code != error.code() {
            *known = trouble(error, known.since);
            let trouble = self.trouble.clone();
            self.view.send_modify(|it| it.storage = trouble);
        }
    }

    /// Notices that nothing happened for long, as where the machine slept: what comes then is a return.
    pub(super) fn wake(&mut self, now: Timestamp) {
        // A fast clock's hours are no time at all, and pass between two messages.
        if self.clock.may_be_set() && between(self.last, now) > LONG_STOP {
            self.core.returned();
        }
        self.last = now;
    }

    /// Whether everyone sees these numbers already.
    fn shows(&self, tally: &Tally) -> bool {
        let view = self.view.borrow();
        (view.items, view.matched, &view.nearest_misses)
            == (tally.items, tally.matched, &tally.nearest_misses)
    }

    pub(super) fn refusal(&self) -> Refused {
        Refused::ReadOnly(self.trouble.as_ref().map(|it| it.detail.clone()).unwrap_or_default())
    }

    /// Begins to keep where things stand, so that the next start need not read far; only what is on the disk. While one is
    /// still being written, the next waits.
    pub(super) fn snapshot_now_and_then(&mut self) {
        let seq = self.core.state().seq;
        let due = seq.0 >= self.snapshot_at.0.saturating_add(SNAPSHOT_EVERY);
        if due && self.trouble.is_none() && !self.snapshotting.is_busy() {
            // Where it fails, the next is tried after as many events again.
            self.snapshot_at = seq;
            self.snapshotting.begin(self.core.standing());
        }
    }

    /// Keeps where things stand when the run ends.
    pub(super) fn save_last_snapshot(&mut self) {
        let due = self.trouble.is_none() && self.core.state().seq > self.snapshot_at;
        let standing = due.then(|| self.core.standing());
        self.snapshotting.finish(standing.as_ref());
    }
}

/// Records as everyone looks at them.
pub(super) fn shared<T>(feeds: BTreeMap<FeedId, T>) -> super::run::Records
where
    T: Into<std::sync::Arc<FeedRecord>>,
{
    feeds.into_iter().map(|(id, it)| (id, it.into())).collect()
}
