//! Where things stood when the log was last written: the state, and what detection remembers.
//!
//! The state is read from its snapshot, where there is one, and the events
//! after it; what detection remembers from the log's last week.

use std::path::Path;

use jiff::Timestamp;
use storyline_config::limit::{EVENTS_LIMIT_MAX, MEMORY_SPAN};
use storyline_store::{Reader, Recorded, Seq, State, StoreError, snapshot};

use crate::{clock::earlier, detect::Memory};

/// What a core begins with.
pub(super) struct Recalled {
    pub(super) state: State,
    pub(super) memory: Memory,
}

/// Reads the log as far as is needed to go on at `now`.
pub(super) fn recall(dir: &Path, reader: &Reader, now: Timestamp) -> Result<Recalled, StoreError> {
    let mut state = snapshot::load(dir).and_then(|(seq, bytes)| known(seq, &bytes, reader.head())).unwrap_or_default();
    let mut memory = Memory::default();
    let week = reader.seq_at(earlier(now, MEMORY_SPAN))?;
    let mut after = week.min(state.seq);
    loop {
        let events = reader.read_after(after, EVENTS_LIMIT_MAX)?;
        let Some(last) = events.last() else { break };
        after = last.seq;
        for recorded in &events {
            take(&mut state, &mut memory, week, recorded);
        }
    }
    Ok(Recalled { state, memory })
}

fn take(state: &mut State, memory: &mut Memory, week: Seq, recorded: &Recorded) {
    if recorded.seq > state.seq {
        state.apply(recorded);
    }
    if recorded.seq > week {
        memory.observe(recorded);
    }
}

/// A snapshot that can be read and is not ahead of its log.
fn known(seq: Seq, bytes: &[u8], head: Seq) -> Option<State> {
    let state: State = serde_json::from_slice(bytes).ok()?;
    (state.seq == seq && seq <= head).then_some(state)
}
