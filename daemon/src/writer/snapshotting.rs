//! Snapshots are written beside the writer, on a thread of their own: nobody's answer waits for them.

use std::thread::{self, JoinHandle};

use storyline_store::{StoreError, snapshot::Snapshots};

use super::recall::{Standing, keep};

/// Writes snapshots, one at a time. When it is gone, none is under way any more: a log that another may open next is left
/// alone.
#[derive(Debug)]
pub(super) struct Snapshotting {
    snapshots: Snapshots,
    under_way: Option<JoinHandle<()>>,
}

impl Snapshotting {
    pub(super) fn new(snapshots: Snapshots) -> Self {
        Self { snapshots, under_way: None }
    }

    /// The snapshots there are.
    pub(super) fn snapshots(&self) -> &Snapshots {
        &self.snapshots
    }

    /// Whether one is being written.
    pub(super) fn is_busy(&self) -> bool {
        self.under_way.as_ref().is_some_and(|it| !it.is_finished())
    }

    /// Begins to write one, once the one before is written.
    pub(super) fn begin(&mut self, standing: Standing) {
        self.wait();
        let snapshots = self.snapshots.clone();
        let thread = thread::Builder::new().name("snapshot".to_owned());
        match thread.spawn(move || told(keep(&snapshots, &standing))) {
            Ok(thread) => self.under_way = Some(thread),
            Err(error) => told(Err(error.into())),
        }
    }

    /// Writes a last one, where there is something to keep, and returns when nothing is under way any more.
    pub(super) fn finish(&mut self, standing: Option<&Standing>) {
        self.wait();
        if let Some(standing) = standing {
            told(keep(&self.snapshots, standing));
        }
    }

    fn wait(&mut self) {
        if let Some(thread) = self.under_way.take()
            && thread.join().is_err()
        {
            tracing::warn!("the snapshot was not saved: its thread gave up");
        }
    }
}

impl Drop for Snapshotting {
    fn drop(&mut self) {
        self.wait();
    }
}

/// It is only a cache: the next start reads more of the log.
fn told(kept: Result<(), StoreError>) {
    if let Err(error) = kept {
        tracing::warn!(%error, "the snapshot was not saved");
    }
}
