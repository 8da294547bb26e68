//! A disk that refuses: what people are told, and when the log is tried again.

use std::time::Duration;

use jiff::Timestamp;
use storyline_store::{StorageCode, StoreError};

use super::StorageTrouble;
use crate::clock::later;

/// When a log that refused is tried again: after a second, then ever less often, for each try copies and checks it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pause {
    next: Option<Timestamp>,
    length: Duration,
}

impl Pause {
    const FIRST: Duration = Duration::from_secs(1);
    const LONGEST: Duration = Duration::from_secs(10);

    /// Whether it is over; if so, the next one begins.
    pub(super) fn is_over(&mut self, now: Timestamp) -> bool {
        if self.next.is_some_and(|it| now < it) {
            return false;
        }
        self.length = (self.length * 2).clamp(Self::FIRST, Self::LONGEST);
        self.next = Some(later(now, self.length));
        true
    }
}

/// What people are told of an error.
pub(super) fn trouble(error: &StoreError, since: Timestamp) -> StorageTrouble {
    let (code, hint) = match error {
        StoreError::Full { .. } => (StorageCode::Full, "free some space; writing goes on by itself"),
        StoreError::Damaged { .. } | StoreError::Corrupt { .. } => {
            (StorageCode::Damaged, "stop the daemon and run: storyline store repair")
        }
        _ => (StorageCode::Io, "check the disk; writing goes on by itself when it can"),
    };
    StorageTrouble { code, detail: error.to_string(), hint: hint.to_owned(), since }
}
