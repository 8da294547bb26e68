//! Speaking to the poller: visit these now, take up this configuration.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::Serialize;
use storyline_config::{Config, FeedId};
use storyline_store::Schedule;
use tokio::sync::{mpsc, oneshot};

/// What came of asking for visits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Polled {
    /// Feeds that were visited, well or not.
    pub visited: Vec<FeedId>,
    /// Feeds that may not be visited yet.
    pub held: Vec<HeldFeed>,
}

/// A feed that may not be visited yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldFeed {
    /// The feed.
    pub id: FeedId,
    /// Until when.
    pub until: Timestamp,
    /// `retry_after`, `freshness`, `pause`, or `storage` while nothing can be recorded.
    pub why: String,
}

/// Why feeds were not visited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPolled {
    /// These are not configured.
    #[error("no feed is called {}", .0.join(", "))]
    Unknown(Vec<String>),
    /// The daemon is stopping.
    #[error("the daemon is stopping")]
    Stopping,
}

/// What the poller is told.
#[derive(Debug)]
pub(super) enum Message {
    /// Visit these now; all of them if none is named.
    Poll(Vec<FeedId>, oneshot::Sender<Result<Polled, NotPolled>>),
    /// Take up a configuration; schedules for feeds that are new to the poller.
    Reload(Arc<Config>, BTreeMap<FeedId, Schedule>),
    /// A start for another request of a visit in flight.
    Reserve(String, oneshot::Sender<Option<Timestamp>>),
}

/// Speaks to the poller. Clones speak to the same one.
#[derive(Debug, Clone)]
pub struct Handle(pub(super) mpsc::Sender<Message>);

impl Handle {
    /// Visits feeds now, as soon as gap and other visits to their domains allow, and answers when all that may be
    /// visited were; all feeds if none is named. Intervals and freshness do not count; Retry-After and pauses do.
    ///
    /// # Errors
    ///
    /// [`NotPolled`] where a feed is not configured, or the poller has ended.
    pub async fn poll(&self, feeds: Vec<FeedId>) -> Result<Polled, NotPolled> {
        let (answer, reply) = oneshot::channel();
        self.0.send(Message::Poll(feeds, answer)).await.map_err(|_| NotPolled::Stopping)?;
        reply.await.map_err(|_| NotPolled::Stopping)?
    }

    /// Takes up a configuration. `schedules` is what the writer knows; feeds the poller has already keep its own.
    pub async fn reload(&self, config: Arc<Config>, schedules: BTreeMap<FeedId, Schedule>) {
        // A poller that is gone needs no configuration.
        let _ = self.0.send(Message::Reload(config, schedules)).await;
    }
}

/// Starts of further requests, within their domain's gap.
#[derive(Debug, Clone)]
pub(super) struct Gate(pub(super) mpsc::Sender<Message>);

impl Gate {
    /// When a request to an address may start; none while its domain is paused.
    pub(super) async fn reserve(&self, address: &str) -> Option<Timestamp> {
        let (answer, reply) = oneshot::channel();
        self.0.send(Message::Reserve(address.to_owned(), answer)).await.ok()?;
        reply.await.ok().flatten()
    }
}
