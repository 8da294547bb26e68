//! Where things stood when the log was last written: the state, and what detection remembers.
//!
//! Both are folds of the log; each is spared the events its snapshot already holds.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use storyline_config::{FeedId, limit::EVENTS_LIMIT_MAX};
use storyline_store::{FeedRecord, Reader, Seq, State, StoreError, snapshot::Snapshots};

use super::misses::Miss;
use crate::detect::{Kept, Memory};

/// The note of the nearest misses.
const MISSES: &str = "misses";

/// The snapshots of a data directory, as this build understands them.
pub fn snapshots(data_dir: &Path) -> Snapshots {
    Snapshots::new(data_dir, env!("STORYLINE_MAKER").parse().unwrap_or_default())
}

/// What a core takes up: all of it follows from the log's database.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Where things stand.
    pub state: State,
    /// What detection remembers.
    pub memory: Memory,
    /// How far each feed is read.
    pub feeds: BTreeMap<FeedId, Arc<FeedRecord>>,
}

/// Where things stood when the log was last written.
#[derive(Debug)]
pub(super) struct Recalled {
    pub(super) state: State,
    pub(super) memory: Memory,
    /// The event up to which snapshots spared the reading.
    pub(super) kept: Seq,
}

/// Reads the log from the last snapshot on.
pub(super) fn recall(snapshots: &Snapshots, reader: &Reader) -> Result<Recalled, StoreError> {
    let head = reader.head();
    let mut state = snapshots.state(reader, head).unwrap_or_default();
    let remembered = snapshots.memory(reader, head);
    let remembered = remembered.and_then(|(seq, bytes)| Some((seq, postcard::from_bytes(&bytes).ok()?)));
    let (observed, remembered): (Seq, Kept) = remembered.unwrap_or_default();
    let mut memory = Memory::from(remembered);
    let kept = state.seq.min(observed);
    let mut after = kept;
    loop {
        let events = reader.read_after(after, EVENTS_LIMIT_MAX)?;
        let Some(last) = events.last() else { break };
        after = last.seq;
        for recorded in &events {
            if recorded.seq > state.seq {
                state.apply(recorded);
            }
            if recorded.seq > observed {
                memory.observe(recorded);
            }
        }
    }
    Ok(Recalled { state, memory, kept })
}

/// What is to be kept of a moment: shared with the core, which goes on.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Where things stand.
    pub state: State,
    /// What detection remembers.
    pub memory: Kept,
}

/// Keeps where things stand, so that the next reading begins there; nothing of it may be staged only.
///
/// # Errors
///
/// Those of [`Snapshots::save`].
pub fn keep(snapshots: &Snapshots, standing: &Standing) -> Result<(), StoreError> {
    let bytes = postcard::to_allocvec(&standing.memory).map_err(std::io::Error::other);
    snapshots.save(&standing.state, &bytes.map_err(StoreError::Io)?)
}

/// The misses an earlier run kept; none where they cannot be read.
pub(super) fn misses(snapshots: &Snapshots) -> Vec<Miss> {
    snapshots.note(MISSES).and_then(|it| serde_json::from_slice(&it).ok()).unwrap_or_default()
}

/// Keeps the misses for a later run.
///
/// # Errors
///
/// Those of [`Snapshots::keep_note`].
pub(super) fn keep_misses(snapshots: &Snapshots, misses: &[Miss]) -> Result<(), StoreError> {
    let bytes = serde_json::to_vec(misses).map_err(std::io::Error::other).map_err(StoreError::Io)?;
    snapshots.keep_note(MISSES, &bytes)
}
