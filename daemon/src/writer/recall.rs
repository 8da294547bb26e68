//! Where things stood when the log was last written: the state, and what detection remembers.
//!
//! Both are folds of the log. The state is spared the events its snapshot
//! already holds; what detection remembers has no snapshot and reads them all.

use std::path::Path;

use storyline_config::limit::EVENTS_LIMIT_MAX;
use storyline_store::{Reader, Seq, State, StoreError, snapshot};

use crate::detect::Memory;

/// Reads the log.
pub(super) fn recall(dir: &Path, reader: &Reader) -> Result<(State, Memory), StoreError> {
    let snapshot = snapshot::load(dir).and_then(|(seq, bytes)| known(seq, &bytes, reader.head()));
    let (mut state, mut memory) = (snapshot.unwrap_or_default(), Memory::default());
    let mut after = Seq::default();
    loop {
        let events = reader.read_after(after, EVENTS_LIMIT_MAX)?;
        let Some(last) = events.last() else { break };
        after = last.seq;
        for recorded in &events {
            if recorded.seq > state.seq {
                state.apply(recorded);
            }
            memory.observe(recorded);
        }
    }
    Ok((state, memory))
}

/// A snapshot that can be read and is not ahead of its log.
fn known(seq: Seq, bytes: &[u8], head: Seq) -> Option<State> {
    let state: State = serde_json::from_slice(bytes).ok()?;
    (state.seq == seq && seq <= head).then_some(state)
}
