//! Reading the log while it is written.

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
};

use jiff::Timestamp;
use storyline_config::StorylineId;

use crate::{
    Recorded, Seq, StoreError, carve::Carved, codec::Flaw, database::Database, pack::frames, walk::bodies,
};

/// What events are read from.
#[derive(Debug)]
pub(crate) enum Source {
    /// The database.
    Open(Database),
    /// What its file gives without its engine.
    Carved(Carved),
    /// Nothing, any more or for a moment.
    Closed,
}

/// What the log and its readers share. The source is swapped only when the log is opened again or closed.
#[derive(Debug)]
pub(crate) struct Shared {
    source: RwLock<Source>,
    head: AtomicU64,
}

impl Shared {
    pub(crate) fn new(source: Source, head: Seq) -> Self {
        Self { source: RwLock::new(source), head: AtomicU64::new(head.0) }
    }

    /// Says that everything up to here is on stable storage.
    pub(crate) fn durable(&self, head: Seq) {
        self.head.store(head.0, Ordering::Release);
    }

    /// Runs something on whatever events are read from.
    pub(crate) fn read<T>(
        &self,
        run: impl FnOnce(&Source) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        run(&self.source.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs something on the open database.
    pub(crate) fn with<T>(
        &self,
        run: impl FnOnce(&Database) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.read(|source| match source {
            Source::Open(database) => run(database),
            Source::Carved(_) | Source::Closed => Err(StoreError::Closed),
        })
    }

    /// Puts another source in its place, and closes the one before.
    pub(crate) fn swap(&self, next: Source) {
        let before = {
            let mut slot = self.source.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *slot, next)
        };
        match before {
            Source::Open(database) => database.shut(),
            Source::Carved(_) | Source::Closed => {}
        }
    }
}

/// Reads events that are on stable storage, and no others; any number of these may read at once.
#[derive(Debug, Clone)]
pub struct Reader {
    pub(crate) shared: Arc<Shared>,
}

impl Reader {
    /// The last event on stable storage; 0 for none.
    pub fn head(&self) -> Seq {
        Seq(self.shared.head.load(Ordering::Acquire))
    }

    /// Up to `limit` events after a place, in order.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] names the first event that cannot be read.
    pub fn read_after(&self, after: Seq, limit: usize) -> Result<Vec<Recorded>, StoreError> {
        let head = self.head();
        if after >= head || limit == 0 {
            return Ok(Vec::new());
        }
        self.shared.read(|source| match source {
            Source::Open(database) => read(database, after, head, limit),
            Source::Carved(carved) => Ok(carved.read_after(after, head, limit)),
            Source::Closed => Err(StoreError::Closed),
        })
    }

    /// The events after one place up to another that tell the course of a storyline, in order; the others are not even
    /// decoded. Ask for a stretch at a time: the log cannot be opened again meanwhile.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] names the first event that cannot be read.
    pub fn read_course(
        &self,
        storyline: &StorylineId,
        after: Seq,
        to: Seq,
    ) -> Result<Vec<Recorded>, StoreError> {
        let to = to.min(self.head());
        if after >= to {
            return Ok(Vec::new());
        }
        let mut events = self.shared.read(|source| match source {
            Source::Open(database) => read_course(database, storyline, after, to),
            Source::Carved(carved) => Ok(carved.read_after(after, to, usize::MAX)),
            Source::Closed => Err(StoreError::Closed),
        })?;
        events.retain(|it| it.event.course_of() == Some(storyline));
        Ok(events)
    }

    /// One event; none where there is no such one yet.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] where it cannot be read.
    pub fn get(&self, seq: Seq) -> Result<Option<Recorded>, StoreError> {
        match seq.0.checked_sub(1) {
            Some(before) => Ok(self.read_after(Seq(before), 1)?.pop()),
            None => Ok(None),
        }
    }

    /// The last event recorded at a time or before; 0 for none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] names an event that cannot be read.
    pub fn seq_at(&self, time: Timestamp) -> Result<Seq, StoreError> {
        // Times never fall from one event to the next: halve the log.
        let (mut at_or_before, mut after) = (0, self.head().0 + 1);
        while after - at_or_before > 1 {
            let middle = at_or_before + (after - at_or_before) / 2;
            if self.time_of(Seq(middle))? <= time { at_or_before = middle } else { after = middle }
        }
        Ok(Seq(at_or_before))
    }

    fn time_of(&self, seq: Seq) -> Result<Timestamp, StoreError> {
        self.shared.read(|source| match source {
            Source::Open(database) => time_of(database, seq),
            Source::Carved(carved) => {
                let found = carved.read_after(Seq(seq.0.saturating_sub(1)), seq, 1);
                found.first().map(|it| it.at).ok_or_else(|| missing(seq))
            }
            Source::Closed => Err(StoreError::Closed),
        })
    }
}

fn read(database: &Database, after: Seq, head: Seq, limit: usize) -> Result<Vec<Recorded>, StoreError> {
    let mut events = Vec::new();
    let mut next = after.next();
    let mut previous = None;
    for body in bodies(&database.events, next)? {
        let body = body?;
        let frames = frames(body.bytes()).map_err(|flaw| flaw.at(next))?;
        if previous.is_some_and(|crc| crc != frames.crc) {
            return Err(Flaw::Checksum.at(next));
        }
        for frame in frames {
            let frame = frame.map_err(|flaw| flaw.at(next))?;
            previous = Some(frame.crc);
            if frame.seq <= after {
                continue;
            }
            if frame.seq != next {
                return Err(missing(next));
            }
            events.push(frame.decode()?);
            if events.len() == limit || next == head {
                return Ok(events);
            }
            next = next.next();
        }
    }
    Err(missing(next))
}

fn read_course(
    database: &Database,
    storyline: &StorylineId,
    after: Seq,
    to: Seq,
) -> Result<Vec<Recorded>, StoreError> {
    // Every event that tells a course names its storyline first.
    let named = format!("{{\"storyline\":\"{storyline}\"");
    let (mut events, mut next) = (Vec::new(), after.next());
    for body in bodies(&database.events, next)? {
        let body = body?;
        for frame in frames(body.bytes()).map_err(|flaw| flaw.at(next))? {
            let frame = frame.map_err(|flaw| flaw.at(next))?;
            if frame.seq <= after {
                continue;
            }
            if frame.seq != next {
                return Err(missing(next));
            }
            if frame.begins(named.as_bytes()) {
                events.push(frame.decode()?);
            }
            if next == to {
                return Ok(events);
            }
            next = next.next();
        }
    }
    Err(missing(next))
}

fn time_of(database: &Database, seq: Seq) -> Result<Timestamp, StoreError> {
    let body = bodies(&database.events, seq)?.next().transpose()?.ok_or_else(|| missing(seq))?;
    for frame in frames(body.bytes()).map_err(|flaw| flaw.at(seq))? {
        let frame = frame.map_err(|flaw| flaw.at(seq))?;
        if frame.seq == seq {
            return Ok(frame.at);
        }
    }
    Err(missing(seq))
}

fn missing(seq: Seq) -> StoreError {
    StoreError::Corrupt { seq, detail: "it is missing".to_owned() }
}
