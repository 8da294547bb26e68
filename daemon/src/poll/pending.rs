//! A wish for visits that is not fulfilled yet.

use std::collections::BTreeSet;

use jiff::Timestamp;
use storyline_config::FeedId;
use storyline_store::Schedule;
use tokio::sync::oneshot;

use super::asks::{HeldFeed, NotPolled, Polled};

/// A wish for visits that is not fulfilled yet.
pub(super) struct Pending {
    awaited: BTreeSet<FeedId>,
    so_far: Polled,
    answer: oneshot::Sender<Result<Polled, NotPolled>>,
}

impl Pending {
    pub(super) fn new(answer: oneshot::Sender<Result<Polled, NotPolled>>) -> Self {
        Self { awaited: BTreeSet::new(), so_far: Polled::default(), answer }
    }

    pub(super) fn awaits(&mut self, feed: FeedId) {
        self.awaited.insert(feed);
    }

    pub(super) fn awaited(&self) -> Vec<FeedId> {
        self.awaited.iter().cloned().collect()
    }

    pub(super) fn wants(&self, feed: &FeedId) -> bool {
        self.awaited.contains(feed)
    }

    pub(super) fn visited(&mut self, feed: &FeedId) {
        if let Some(feed) = self.awaited.take(feed) {
            self.so_far.visited.push(feed);
        }
    }

    pub(super) fn holds(&mut self, held: HeldFeed) {
        self.awaited.remove(&held.id);
        self.so_far.held.push(held);
    }

    /// It is no longer configured.
    pub(super) fn forgets(&mut self, feed: &FeedId) {
        self.awaited.remove(feed);
    }

    /// Answers if nobody is awaited any more; else it stays.
    pub(super) fn answered(mut self) -> Option<Self> {
        if !self.awaited.is_empty() {
            return Some(self);
        }
        self.so_far.visited.sort();
        self.so_far.held.sort_by(|a, b| a.id.cmp(&b.id));
        // Whoever asked may have gone.
        let _ = self.answer.send(Ok(self.so_far));
        None
    }
}

/// What keeps a feed from being visited now: Retry-After, a pause, and for `fresh` also freshness.
pub(super) fn hold(
    id: &FeedId,
    schedule: &Schedule,
    paused: Option<Timestamp>,
    fresh: bool,
    now: Timestamp,
) -> Option<HeldFeed> {
    let asked = schedule.held.as_ref().map(|it| (it.until, it.why.as_str()));
    let paused = paused.map(|it| (it, "pause"));
    let fresh = schedule.fresh_until.filter(|_| fresh).map(|it| (it, "freshness"));
    let longest = [asked, paused, fresh].into_iter().flatten().max_by_key(|(until, _)| *until);
    let (until, why) = longest.filter(|(until, _)| *until > now)?;
    Some(HeldFeed { id: id.clone(), until, why: why.to_owned() })
}
