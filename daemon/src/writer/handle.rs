//! How the rest of the program speaks to the writer.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use storyline_config::{Config, FeedId, StorylineId};
use storyline_store::{
    AlertId, DeliveryId, DevelopmentId, FeedRecord, Item, Schedule, Seq, State, StorageCode,
};
use tokio::sync::{mpsc, oneshot, watch};

use crate::poll::Visit;

/// What the writer is told. Each message that wants an answer carries the way back.
#[derive(Debug)]
pub enum Message {
    /// A feed was visited.
    Visited(Box<Visit>, Answer<Visited>),
    /// Items that were given to us.
    Ingest(Vec<Item>, Occasion, Answer<Vec<Ingested>>),
    /// A sink's news of a delivery.
    Delivery(DeliveryId, DeliveryNews, Answer<()>),
    /// A person's wish.
    Command(Command, Answer<Seq>),
    /// A configuration to take up.
    Configure(Arc<Config>, Answer<Seq>),
    /// Why an item does or does not belong, as things stand now: for every storyline, as JSON.
    Explain(Box<Item>, Answer<serde_json::Value>),
    /// The run ends: digests need not wait any longer.
    Finish(Answer<()>),
    /// Time has passed.
    Tick,
}

/// The way back to whoever asked.
pub type Answer<T> = oneshot::Sender<Result<T, Refused>>;

/// Whether items are news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// They are: their alerts go out.
    Live,
    /// They fill in the past and alert nobody.
    Backfill,
}

/// What came of a visit.
#[derive(Debug, Clone)]
pub struct Visited {
    /// The feed's schedule from here on.
    pub schedule: Schedule,
    /// Items that were not known.
    pub new_items: usize,
    /// Events that were recorded.
    pub events: usize,
}

/// What came of an ingested item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingested {
    /// The last event it recorded; none if it moved nothing.
    pub seq: Option<Seq>,
    /// How many events that were.
    pub events: usize,
}

/// A sink's news of a delivery.
#[derive(Debug, Clone, PartialEq)]
pub enum DeliveryNews {
    /// It is about to be sent for the `n`-th time; wait for the answer before sending.
    Attempted(u32),
    /// It was taken.
    Done(u32),
    /// It was not; try again at the time.
    Failed(u32, String, Timestamp),
    /// It never will be.
    Dead(String),
    /// The sink asked never to be called again.
    Disabled(String),
}

/// A person's wish that becomes an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// An alert was seen.
    Acknowledge(AlertId, String),
    /// A storyline's alerts are held until a time.
    Snooze(StorylineId, Timestamp, String),
    /// An outlet is left out.
    Mute(String, String),
    /// A development does not belong.
    Drop(DevelopmentId, String),
    /// The further stages of an alert are held until a time.
    Hold(AlertId, Timestamp, String),
    /// A dead delivery is sent again.
    Retry(DeliveryId, String),
}

/// Why the writer did nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing can be written; the cause stands in the status.
    #[error("the log cannot be written: {0}")]
    ReadOnly(String),
    /// What was named is not known.
    #[error("{0}")]
    Unknown(String),
    /// The daemon is stopping.
    #[error("the daemon is stopping")]
    Stopping,
}

/// What everyone may look at.
#[derive(Debug, Clone)]
pub struct View {
    /// Where things stand.
    pub state: Arc<State>,
    /// How far each feed is read.
    pub feeds: Arc<BTreeMap<FeedId, Arc<FeedRecord>>>,
    /// The configuration in force.
    pub config: Arc<Config>,
    /// Why nothing can be written, if so.
    pub storage: Option<StorageTrouble>,
    /// Items read since the start.
    pub items: u64,
    /// Items that belonged to a storyline since the start.
    pub matched: u64,
    /// The items of the last day that came nearest to belonging, each to another storyline, and what they lacked.
    pub nearest_misses: Vec<String>,
}

/// Why nothing can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageTrouble {
    /// The kind of trouble.
    pub code: StorageCode,
    /// What the system said.
    pub detail: String,
    /// What a person can do.
    pub hint: String,
    /// Since when.
    pub since: Timestamp,
}

/// Speaks to the writer. Clones speak to the same one.
#[derive(Debug, Clone)]
pub struct Handle {
    sender: mpsc::Sender<Message>,
    view: watch::Receiver<View>,
}

impl Handle {
    /// Joins the two ends.
    pub fn new(sender: mpsc::Sender<Message>, view: watch::Receiver<View>) -> Self {
        Self { sender, view }
    }

    /// What can be seen now.
    pub fn view(&self) -> View {
        self.view.borrow().clone()
    }

    /// Follows what can be seen: changes after every commit.
    pub fn watch(&self) -> watch::Receiver<View> {
        self.view.clone()
    }

    /// Tells of a visit; answers once it is on stable storage.
    ///
    /// # Errors
    ///
    /// [`Refused`]: nothing was recorded, and the page is to be fetched again.
    pub async fn visited(&self, visit: Visit) -> Result<Visited, Refused> {
        self.ask(|answer| Message::Visited(Box::new(visit), answer)).await
    }

    /// Gives items; answers once they are on stable storage, one answer an item, in order.
    ///
    /// # Errors
    ///
    /// [`Refused`]: none of them was recorded.
    pub async fn ingest(&self, items: Vec<Item>, occasion: Occasion) -> Result<Vec<Ingested>, Refused> {
        self.ask(|answer| Message::Ingest(items, occasion, answer)).await
    }

    /// Tells of a delivery; answers once it is on stable storage.
    ///
    /// # Errors
    ///
    /// [`Refused`]: it was not recorded; nothing may be sent.
    pub async fn delivery(&self, delivery: DeliveryId, news: DeliveryNews) -> Result<(), Refused> {
        self.ask(|answer| Message::Delivery(delivery, news, answer)).await
    }

    /// Passes on a person's wish; answers with the event it became.
    ///
    /// # Errors
    ///
    /// [`Refused`]: it was not recorded.
    pub async fn command(&self, command: Command) -> Result<Seq, Refused> {
        self.ask(|answer| Message::Command(command, answer)).await
    }

    /// Puts a configuration in force; answers with its event.
    ///
    /// # Errors
    ///
    /// [`Refused`]: the old one stays.
    pub async fn configure(&self, config: Arc<Config>) -> Result<Seq, Refused> {
        self.ask(|answer| Message::Configure(config, answer)).await
    }

    /// Asks why an item does or does not belong: the `decisions` of `explain`, one for each storyline.
    ///
    /// # Errors
    ///
    /// [`Refused::Stopping`].
    pub async fn explain(&self, item: Item) -> Result<serde_json::Value, Refused> {
        self.ask(|answer| Message::Explain(Box::new(item), answer)).await
    }

    /// Tells that the run ends, so that digests need not wait any longer; answers once they are planned.
    ///
    /// # Errors
    ///
    /// [`Refused`]: nothing was planned.
    pub async fn finish(&self) -> Result<(), Refused> {
        self.ask(Message::Finish).await
    }

    /// Tells that time has passed.
    pub async fn tick(&self) {
        // A writer that is gone needs no tick.
        let _ = self.sender.send(Message::Tick).await;
    }

    async fn ask<T>(&self, message: impl FnOnce(Answer<T>) -> Message) -> Result<T, Refused> {
        let (answer, reply) = oneshot::channel();
        self.sender.send(message(answer)).await.map_err(|_| Refused::Stopping)?;
        reply.await.map_err(|_| Refused::Stopping)?
    }
}
