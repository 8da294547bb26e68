//! What the server needs of the rest of the program.

use std::sync::Arc;

use jiff::Timestamp;
use storyline_store::{Recorded, Seq};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::writer::Handle;

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
}

/// What the server needs of the rest of the program.
pub struct Doors {
    /// The way to the writer, and what it shows.
    pub handle: Handle,
    /// The log.
    pub past: Arc<dyn Past>,
    /// The wall clock.
    pub now: fn() -> Timestamp,
    /// When the process began.
    pub started: Timestamp,
    /// Ends streams when the daemon stops.
    pub stop: CancellationToken,
    pub(super) folds: Semaphore,
}

impl Doors {
    /// Joins what is needed to answer.
    pub fn new(handle: Handle, past: Arc<dyn Past>, now: fn() -> Timestamp, stop: CancellationToken) -> Self {
        let folds = Semaphore::new(FOLDS_MAX);
        Self { handle, past, now, started: now(), stop, folds }
    }
}
