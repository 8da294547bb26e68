//! Filling a log with events from elsewhere, many to a commit.

use crate::{Log, Reader, Recorded, Seq, StoreError};

/// Events read or written at one time.
const BATCH: usize = 1_000;

/// Events up to one, a batch at a time.
pub(crate) fn batches(
    reader: &Reader,
    to: Seq,
) -> impl Iterator<Item = Result<Vec<Recorded>, StoreError>> + '_ {
    let mut after = Seq(0);
    std::iter::from_fn(move || {
        let left = usize::try_from(to.0.saturating_sub(after.0)).unwrap_or(BATCH).min(BATCH);
        if left == 0 {
            return None;
        }
        let read = reader.read_after(after, left);
        // What cannot be read ends it.
        after = read.as_ref().ok().and_then(|it| it.last()).map_or(to, |it| it.seq);
        Some(read)
    })
}

/// Appends events to a log, and commits them a batch at a time.
pub(crate) struct Filling<'a> {
    log: &'a mut Log,
    batch: Vec<Recorded>,
}

impl<'a> Filling<'a> {
    pub(crate) fn new(log: &'a mut Log) -> Self {
        Self { log, batch: Vec::new() }
    }

    /// The number the next event must have.
    pub(crate) fn next(&self) -> Seq {
        self.batch.last().map_or(self.log.head(), |it| it.seq).next()
    }

    /// Takes one more event.
    pub(crate) fn push(&mut self, recorded: Recorded) -> Result<(), StoreError> {
        self.batch.push(recorded);
        if self.batch.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    /// Commits what was taken.
    pub(crate) fn flush(&mut self) -> Result<(), StoreError> {
        self.log.commit(&self.batch, &[])?;
        self.batch.clear();
        Ok(())
    }
}
