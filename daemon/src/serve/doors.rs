//! What the server needs of the rest of the program.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    io::Write,
    path::Path,
    sync::Arc,
};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use storyline_config::{Config, FeedId, Findings, Loaded, StorylineId};
use storyline_store::{
    DiskUse, FeedRecord, Item, ItemId, Reader, Recorded, Seq, State, Verified, snapshot::Snapshots,
};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    poll::{NotPolled, Polled},
    writer::Handle,
};

/// Folds of the whole log that may run at one time; the others wait.
const FOLDS_MAX: usize = 2;

/// The log, as far as readers see it.
pub trait Past: Send + Sync + 'static {
    /// Reads at most `limit` events after a place, in order.
    ///
    /// # Errors
    ///
    /// What the disk said, for people.
    fn read_after(&self, after: Seq, limit: usize) -> Result<Vec<Recorded>, String>;

    /// Reads the events after one place up to another that tell the course of a storyline, in order.
    ///
    /// # Errors
    ///
    /// What the disk said, for people.
    fn read_course(&self, storyline: &StorylineId, after: Seq, to: Seq) -> Result<Vec<Recorded>, String>;

    /// Where things stood at a place, or at one before it that is kept; none where nothing is kept.
    fn state_near(&self, to: Seq) -> Option<State>;

    /// Checks every event, and tells what is not as it was written.
    ///
    /// # Errors
    ///
    /// What kept it from being checked.
    fn verify(&self) -> Result<Verified, String>;

    /// Writes the log out as JSON lines.
    ///
    /// # Errors
    ///
    /// What the disk said, or whoever reads it.
    fn export(&self, out: &mut dyn Write) -> Result<(), String>;

    /// Writes a data directory with every event up to now, and says the last.
    ///
    /// # Errors
    ///
    /// Why it cannot be written.
    fn backup(&self, feeds: &BTreeMap<FeedId, FeedRecord>, to: &Path) -> Result<Seq, String>;
}

/// The log, and what is kept beside it.
#[derive(Debug, Clone)]
pub struct Written {
    /// The log.
    pub reader: Reader,
    /// What is kept of where things stood.
    pub snapshots: Snapshots,
}

impl Past for Written {
    fn read_after(&self, after: Seq, limit: usize) -> Result<Vec<Recorded>, String> {
        self.reader.read_after(after, limit).map_err(|error| error.to_string())
    }

    fn read_course(&self, storyline: &StorylineId, after: Seq, to: Seq) -> Result<Vec<Recorded>, String> {
        self.reader.read_course(storyline, after, to).map_err(|error| error.to_string())
    }

    fn state_near(&self, to: Seq) -> Option<State> {
        self.snapshots.state(&self.reader, to)
    }

    fn verify(&self) -> Result<Verified, String> {
        self.reader.verify().map_err(|error| error.to_string())
    }

    fn export(&self, out: &mut dyn Write) -> Result<(), String> {
        storyline_store::export(&self.reader, out).map_err(|error| error.to_string())
    }

    fn backup(&self, feeds: &BTreeMap<FeedId, FeedRecord>, to: &Path) -> Result<Seq, String> {
        storyline_store::backup(&self.reader, feeds, to).map_err(|error| error.to_string())
    }
}

/// What was read and is still kept, whether it belonged to a storyline or not.
pub trait Shelf: Send + Sync + 'static {
    /// An item by its name.
    fn item(&self, id: ItemId) -> Option<Item>;
    /// The item whose page has this address.
    fn item_at(&self, url: &str) -> Option<Item>;
    /// The item its sender or its publisher calls so, the newest of several; looks through everything.
    fn item_called(&self, _name: &str) -> Option<Item> {
        None
    }
    /// The outlets of everything that is kept; looks through it all.
    fn outlets(&self) -> BTreeSet<String> {
        BTreeSet::new()
    }
}

/// Visits feeds now, all of them if none is named, and answers when that is done.
pub type PollNow = Arc<dyn Fn(Vec<FeedId>) -> BoxFuture<'static, Result<Polled, NotPolled>> + Send + Sync>;
/// Reads the configuration again.
pub type Load = Arc<dyn Fn() -> Result<Loaded, Findings> + Send + Sync>;
/// Hands a configuration that is in force to everyone but the writer.
pub type TakeUp = Arc<dyn Fn(Arc<Config>) -> BoxFuture<'static, ()> + Send + Sync>;

/// What the server needs of the rest of the program.
pub struct Doors {
    /// The way to the writer, and what it shows.
    pub handle: Handle,
    /// The log.
    pub past: Arc<dyn Past>,
    /// What was read.
    pub shelf: Arc<dyn Shelf>,
    /// What everything takes on disk, as it was measured last.
    pub disk: watch::Receiver<DiskUse>,
    /// Visits feeds.
    pub poll: PollNow,
    /// Reads the configuration.
    pub load: Load,
    /// Hands a configuration on once the writer took it up.
    pub take_up: TakeUp,
    /// What time it is.
    pub clock: Clock,
    /// When the process began.
    pub started: Timestamp,
    /// Ends streams when the daemon stops.
    pub stop: CancellationToken,
    /// How many may read the whole log at one time.
    pub folds: Folds,
}

impl fmt::Debug for Doors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doors").field("started", &self.started).finish_non_exhaustive()
    }
}

/// How many may read the whole log at one time.
#[derive(Debug)]
pub struct Folds(pub(super) Arc<Semaphore>);

impl Default for Folds {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(FOLDS_MAX)))
    }
}
