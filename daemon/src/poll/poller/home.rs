//! Sending a visit out and taking it home.

use std::sync::Arc;

use storyline_config::FeedId;
use storyline_store::Schedule;
use tokio::task::{Id, JoinError};

use super::Poller;
use crate::poll::{
    Overlap, asks::Gate, doors::Doors, errand::Errand, manners, source::address, turns::pauses,
};

/// A visit that came home: what the feed's schedule is now, if it still has one.
pub(super) struct Home {
    feed: FeedId,
    schedule: Option<Schedule>,
}

impl<D: Doors> Poller<D> {
    pub(super) fn send_out(&mut self, id: FeedId) {
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
        let handle = self.visits.spawn(there_and_back(errand));
        self.flights.insert(handle.id(), id);
    }

    pub(super) fn home(&mut self, joined: Result<(Id, Home), JoinError>) {
        let home = match joined {
            Ok((id, home)) => {
                self.flights.remove(&id);
                home
            }
            Err(error) => {
                let Some(feed) = self.flights.remove(&error.id()) else { return };
                tracing::error!(%feed, %error, "a visit failed by a fault of this program");
                Home { schedule: self.broken(&feed), feed }
            }
        };
        self.land(home);
    }

    /// The schedule of a feed whose visit panicked.
    fn broken(&self, id: &FeedId) -> Option<Schedule> {
        let url = address(&self.config.feeds.get(id)?.source);
        let before = self.schedules.get(id).cloned().unwrap_or_default();
        let after = Schedule { url, last_visit: Some(self.clock.now()), ..Schedule::default() };
        Some(manners::unrecorded(&before, &after, &self.config.poll, self.clock.now()))
    }

    fn land(&mut self, Home { feed: id, schedule }: Home) {
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
}

/// Makes a visit and tells the writer of it.
async fn there_and_back<D: Doors>(errand: Errand<D>) -> Home {
    let (doors, clock, config, before) =
        (errand.doors.clone(), errand.clock.clone(), Arc::clone(&errand.config), errand.schedule.clone());
    let id = errand.id.clone();
    let (Some(visit), Some(feed)) = (errand.run().await, config.feeds.get(&id)) else {
        return Home { feed: id, schedule: None };
    };
    let jitter = manners::jitter(&id, visit.started);
    let unheard = manners::after(&before, &visit, Overlap::default(), feed, &config.poll, jitter);
    match doors.tell(visit).await {
        Ok(told) => Home { feed: id, schedule: Some(told.schedule) },
        Err(error) => {
            tracing::warn!(feed = %id, %error, "a visit was not recorded and will be made again");
            let schedule = manners::unrecorded(&before, &unheard, &config.poll, clock.now());
            Home { feed: id, schedule: Some(schedule) }
        }
    }
}
