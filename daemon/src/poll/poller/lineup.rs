//! Who waits for what.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use storyline_config::{Feed, FeedId};
use storyline_store::Schedule;

use super::{NAP, Poller};
use crate::{
    clock::{between, later},
    poll::{
        doors::Doors,
        manners,
        source::address,
        turns::{pauses, staggered},
    },
};

/// First visits after a start are spread over at most so long.
const STAGGER_MAX: Duration = Duration::from_secs(30);
/// A clock that is so far from where it should be was set.
const STEP: Duration = Duration::from_secs(30);

impl<D: Doors> Poller<D> {
    /// Keeps the schedules that belong to the configured addresses.
    pub(super) fn know(&mut self, schedules: BTreeMap<FeedId, Schedule>) {
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
    pub(super) fn line_up(&mut self) {
        let now = self.clock.now();
        let config = Arc::clone(&self.config);
        let mut overdue = Vec::new();
        for (id, feed) in &config.feeds {
            match self.due(id, feed) {
                _ if self.pending.iter().any(|it| it.wants(id)) => self.wait(id, feed, now),
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
        let (schedule, now) = (self.schedules.get(id)?, self.clock.now());
        if schedule.last_visit.is_some_and(|it| it > now) {
            // The clock was set back; how long ago that visit was, nobody knows.
            return Some(later(now, self.config.poll.min_interval));
        }
        manners::due(schedule, feed, &self.config.poll)
    }

    /// Notices that the clock was set, or that the machine slept: what is overdue now is not visited all at once.
    pub(super) fn look(&mut self, now: Timestamp) {
        let (back, ahead) = (between(now, self.looked), between(self.looked, now));
        self.looked = now;
        if self.once || !self.clock.may_be_set() || (back < STEP && ahead < NAP + STEP) {
            return;
        }
        tracing::info!(?back, ?ahead, "the clock was set, or the machine slept");
        self.turns.rewind(now);
        self.line_up();
    }

    fn wait(&mut self, id: &FeedId, feed: &Feed, due: Timestamp) {
        let first = self.first_address(id, feed);
        self.turns.put(id, &first, due);
    }

    pub(super) fn let_wait(&mut self, id: &FeedId, due: Timestamp) {
        let config = Arc::clone(&self.config);
        if let Some(feed) = config.feeds.get(id) {
            self.wait(id, feed, due);
        }
    }

    /// Back to its own time.
    pub(super) fn resume(&mut self, id: &FeedId) {
        if self.once {
            self.turns.remove(id);
        } else if let Some(due) = self.config.feeds.get(id).and_then(|feed| self.due(id, feed)) {
            self.let_wait(id, due);
        }
    }

    pub(super) fn first_address(&self, id: &FeedId, feed: &Feed) -> String {
        let configured = address(&feed.source);
        self.schedules.get(id).and_then(|it| it.adopted.clone()).unwrap_or(configured)
    }
}
