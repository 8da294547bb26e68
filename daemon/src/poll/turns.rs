//! Whose turn it is (pure): tell it what happened and when, ask it when to wake.
//!
//! Feeds wait in lanes, one for each registrable domain. A lane lets one visit
//! start when fewer than `per_host` are in flight in it, `host_gap` after the
//! last start, and not while its domain is paused. All lanes share
//! `concurrency`.
//!
//! # Promises
//!
//! * What is not due is not started, also after a restart.
//! * A feed is in flight at most once.
//! * Every feed that is due gets its turn: lanes are taken in the order they became free.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::Timestamp;
use storyline_config::{FeedId, limit::RETRY_AFTER_MAX};
use storyline_store::Schedule;

use super::domain::domain_of;
use crate::clock::later;

/// Domains whose servers count all feeds together and want more than the usual gap.
const PLATFORMS: [(&str, Duration); 1] = [("reddit.com", Duration::from_mins(1))];

/// How many may be asked at once, and how soon after each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Visits in flight in all.
    pub concurrency: usize,
    /// Visits in flight to one registrable domain.
    pub per_host: usize,
    /// Least time from start to start in one registrable domain.
    pub host_gap: Duration,
}

/// Decides whose turn it is.
#[derive(Debug)]
pub struct Turns {
    limits: Limits,
    feeds: BTreeMap<FeedId, Waiting>,
    lanes: BTreeMap<String, Lane>,
    /// Lanes in which a visit could start, by when.
    ready: BTreeSet<(Timestamp, String)>,
    in_flight: usize,
}

#[derive(Debug, Clone)]
struct Waiting {
    lane: String,
    /// None while it is in flight.
    due: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct Lane {
    waiting: BTreeSet<(Timestamp, FeedId)>,
    in_flight: usize,
    last_start: Option<Timestamp>,
    paused_until: Option<Timestamp>,
    /// Its entry in `ready`.
    ready: Option<Timestamp>,
}

impl Turns {
    /// Nobody waits yet.
    pub fn new(limits: Limits) -> Self {
        Self { limits, feeds: BTreeMap::new(), lanes: BTreeMap::new(), ready: BTreeSet::new(), in_flight: 0 }
    }

    /// Puts other limits in force, from the next turn on.
    pub fn limit(&mut self, limits: Limits) {
        self.limits = limits;
        let names: Vec<_> = self.lanes.keys().cloned().collect();
        for name in names {
            self.sort(&name);
        }
    }

    /// Lets a feed wait for `due`, in the lane of its address. One that is in flight stays so.
    pub fn put(&mut self, feed: &FeedId, address: &str, due: Timestamp) {
        if self.flies(feed) {
            return;
        }
        self.remove(feed);
        self.wait(feed, &lane_of(feed, address), due);
    }

    /// Forgets a feed. One that is in flight ends as usual and does not wait again.
    pub fn remove(&mut self, feed: &FeedId) {
        let Some(Waiting { lane, due: Some(due) }) = self.feeds.get(feed).cloned() else { return };
        self.feeds.remove(feed);
        if let Some(it) = self.lanes.get_mut(&lane) {
            it.waiting.remove(&(due, feed.clone()));
        }
        self.sort(&lane);
    }

    /// Whether a feed is in flight.
    pub fn flies(&self, feed: &FeedId) -> bool {
        self.feeds.get(feed).is_some_and(|it| it.due.is_none())
    }

    /// How many feeds are in flight.
    pub fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// The feed that is to be visited now; it is in flight from here on.
    pub fn take(&mut self, now: Timestamp) -> Option<FeedId> {
        if self.in_flight >= self.limits.concurrency.max(1) {
            return None;
        }
        let (at, name) = self.ready.first().cloned()?;
        if at > now {
            return None;
        }
        let lane = self.lanes.get_mut(&name)?;
        let (_, feed) = lane.waiting.pop_first()?;
        lane.in_flight += 1;
        lane.last_start = Some(now);
        self.in_flight += 1;
        if let Some(it) = self.feeds.get_mut(&feed) {
            it.due = None;
        }
        self.sort(&name);
        Some(feed)
    }

    /// When the next feed can be taken, if none ends before; none while nothing can start by time alone.
    pub fn wake_at(&self) -> Option<Timestamp> {
        let (at, _) = self.ready.first()?;
        (self.in_flight < self.limits.concurrency.max(1)).then_some(*at)
    }

    /// A feed's visit has ended; it waits for `next` at `address`, or no more.
    pub fn landed(&mut self, feed: &FeedId, next: Option<(&str, Timestamp)>) {
        if !self.flies(feed) {
            return;
        }
        let Some(Waiting { lane, .. }) = self.feeds.remove(feed) else { return };
        self.in_flight = self.in_flight.saturating_sub(1);
        if let Some(it) = self.lanes.get_mut(&lane) {
            it.in_flight = it.in_flight.saturating_sub(1);
        }
        self.sort(&lane);
        if let Some((address, due)) = next {
            self.wait(feed, &lane_of(feed, address), due);
        }
    }

    /// A visit to an address started before this began; its gap is kept all the same.
    pub fn started(&mut self, address: &str, at: Timestamp) {
        let Some(name) = domain_of(address) else { return };
        let lane = self.lanes.entry(name.clone()).or_default();
        lane.last_start = lane.last_start.max(Some(at));
        self.sort(&name);
    }

    /// Forgets the domains that nobody waits for, whose gap and pause are over.
    pub fn prune(&mut self, now: Timestamp) {
        let Limits { host_gap, .. } = self.limits;
        self.lanes.retain(|name, lane| {
            let gap = platform(name).map_or(host_gap, |it| it.max(host_gap));
            let rests = lane.last_start.is_some_and(|it| later(it, gap) > now);
            let paused = lane.paused_until.is_some_and(|it| it > now);
            !lane.waiting.is_empty() || lane.in_flight > 0 || rests || paused
        });
    }

    /// The clock was set: nothing that was noted lies further ahead than it can.
    pub fn rewind(&mut self, now: Timestamp) {
        for lane in self.lanes.values_mut() {
            lane.last_start = lane.last_start.map(|it| it.min(now));
            lane.paused_until = lane.paused_until.map(|it| it.min(later(now, RETRY_AFTER_MAX)));
        }
        self.limit(self.limits);
    }

    /// Nobody starts in a domain until then.
    pub fn pause(&mut self, domain: &str, until: Timestamp) {
        let lane = self.lanes.entry(domain.to_owned()).or_default();
        lane.paused_until = lane.paused_until.max(Some(until));
        self.sort(domain);
    }

    /// Until when a feed's domain is paused, if it is at `now`.
    pub fn paused(&self, feed: &FeedId, now: Timestamp) -> Option<Timestamp> {
        let lane = self.lanes.get(&self.feeds.get(feed)?.lane)?;
        lane.paused_until.filter(|it| *it > now)
    }

    /// Reserves a start for another request of a visit in flight; none while its domain is paused.
    pub fn reserve(&mut self, address: &str, now: Timestamp) -> Option<Timestamp> {
        let name = domain_of(address)?;
        let gap = self.gap(&name);
        let lane = self.lanes.entry(name.clone()).or_default();
        if lane.paused_until.is_some_and(|it| it > now) {
            return None;
        }
        let start = lane.last_start.map_or(now, |it| later(it, gap)).max(now);
        lane.last_start = Some(start);
        self.sort(&name);
        Some(start)
    }

    fn wait(&mut self, feed: &FeedId, lane: &str, due: Timestamp) {
        self.lanes.entry(lane.to_owned()).or_default().waiting.insert((due, feed.clone()));
        self.feeds.insert(feed.clone(), Waiting { lane: lane.to_owned(), due: Some(due) });
        self.sort(lane);
    }

    /// Puts a lane at its place among those that are ready.
    fn sort(&mut self, name: &str) {
        let (gap, per_host) = (self.gap(name), self.per_host(name));
        let Some(lane) = self.lanes.get_mut(name) else { return };
        if let Some(old) = lane.ready.take() {
            self.ready.remove(&(old, name.to_owned()));
        }
        if lane.in_flight >= per_host {
            return;
        }
        let Some((due, _)) = lane.waiting.first() else { return };
        let free = lane.last_start.map(|it| later(it, gap));
        let at = Some(*due).max(free).max(lane.paused_until).unwrap_or(*due);
        lane.ready = Some(at);
        self.ready.insert((at, name.to_owned()));
    }

    fn gap(&self, name: &str) -> Duration {
        if name.starts_with(ALONE) {
            return Duration::ZERO;
        }
        platform(name).map_or(self.limits.host_gap, |it| it.max(self.limits.host_gap))
    }

    fn per_host(&self, name: &str) -> usize {
        if platform(name).is_some() { 1 } else { self.limits.per_host.max(1) }
    }
}

/// Marks the lane of a feed that asks no server; no domain begins so.
const ALONE: char = '/';

fn platform(name: &str) -> Option<Duration> {
    PLATFORMS.iter().find(|(domain, _)| *domain == name).map(|(_, gap)| *gap)
}

fn lane_of(feed: &FeedId, address: &str) -> String {
    domain_of(address).unwrap_or_else(|| format!("{ALONE}{feed}"))
}

/// The domains that feeds were told to leave alone, and until when.
pub fn pauses<'a>(schedules: impl IntoIterator<Item = &'a Schedule>) -> BTreeMap<String, Timestamp> {
    let mut pauses = BTreeMap::new();
    for hold in schedules.into_iter().filter_map(|it| it.held.as_ref()) {
        if let Some(domain) = &hold.domain {
            let until = pauses.entry(domain.clone()).or_insert(hold.until);
            *until = hold.until.max(*until);
        }
    }
    pauses
}

/// When each of `due` is first asked after a start: spread evenly over `window`, the first at once.
pub fn staggered(due: usize, window: Duration, now: Timestamp) -> impl Iterator<Item = Timestamp> {
    let step = window / u32::try_from(due).unwrap_or(u32::MAX).max(1);
    (0..due).map(move |n| later(now, step.saturating_mul(u32::try_from(n).unwrap_or(u32::MAX))))
}
