//! Takes what was read to the archive, on a thread of its own.
//!
//! The archive is disposable: what it cannot keep in time is let go, and
//! nothing waits for it.

use std::{
    sync::mpsc::{self, Receiver, SyncSender, TrySendError},
    thread,
    time::Duration,
};

use jiff::Timestamp;
use storyline_config::Daemon;
use storyline_store::{Archive, Item, StoreError};

use crate::{
    clock::{Clock, earlier, later},
    writer::Keep,
};

/// Pages that may wait for the archive.
const WAITING_MAX: usize = 1_024;
/// How often what is too old is thrown away.
const SWEEP: Duration = Duration::from_hours(1);
/// Pages after which its size is looked at.
const WEIGH_EVERY: u32 = 64;

/// How long the end of a run waits for what is still to be kept.
const GRACE: Duration = Duration::from_secs(1);

/// The way to the archive's thread; letting go of it waits a moment for what is under way.
struct Way {
    sender: Option<SyncSender<Vec<Item>>>,
    /// Closes when the thread has kept everything.
    kept: Receiver<()>,
}

impl Way {
    fn give(&self, items: Vec<Item>) {
        if let Some(Err(TrySendError::Full(items))) = self.sender.as_ref().map(|it| it.try_send(items)) {
            tracing::warn!(items = items.len(), "the archive is too slow; these are not kept");
        }
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        drop(self.sender.take());
        // Nothing is ever sent: it ends when the thread does, or the moment is over.
        let _ = self.kept.recv_timeout(GRACE);
    }
}

/// The archive's thread. It ends when nobody can give it anything any more.
pub(super) struct Keeper {
    archive: Archive,
    clock: Clock,
    span: Duration,
    bytes_max: u64,
    swept: Timestamp,
    /// Pages kept since its size was looked at.
    pages: u32,
}

impl Keeper {
    /// Starts to keep items as long, and on as much disk, as is configured.
    pub(super) fn start(archive: Option<Archive>, clock: Clock, config: &Daemon) -> Result<Keep, StoreError> {
        let Some(archive) = archive else { return Ok(Box::new(drop)) };
        let (sender, waiting) = mpsc::sync_channel::<Vec<Item>>(WAITING_MAX);
        let (done, kept) = mpsc::channel::<()>();
        let (span, bytes_max) = (config.archive, config.archive_bytes);
        let mut keeper = Self { archive, clock, span, bytes_max, swept: Timestamp::MIN, pages: 0 };
        let keeping = move || {
            for items in waiting {
                keeper.keep(&items);
            }
            drop(keeper);
            drop(done);
        };
        thread::Builder::new().name("archive".to_owned()).spawn(keeping).map_err(StoreError::Io)?;
        let way = Way { sender: Some(sender), kept };
        Ok(Box::new(move |items| way.give(items)))
    }

    fn keep(&mut self, items: &[Item]) {
        if let Err(error) = self.archive.put(items) {
            tracing::warn!(%error, "the archive did not take what was read");
        }
        let now = self.clock.now();
        if now >= later(self.swept, SWEEP) {
            self.swept = now;
            if let Err(error) = self.archive.expire(earlier(now, self.span)) {
                tracing::warn!(%error, "the archive did not let go of what is old");
            }
        }
        self.pages += 1;
        if self.pages.is_multiple_of(WEIGH_EVERY) {
            match self.archive.shrink(self.bytes_max) {
                Ok(true) => {
                    tracing::info!(bytes_max = self.bytes_max, "the archive was full; the oldest went");
                }
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "the archive did not become smaller"),
            }
        }
    }
}
