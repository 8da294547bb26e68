//! What is remembered of one development.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use storyline_store::{DevelopmentId, DevelopmentState};

/// A development that is remembered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Development {
    pub(super) state: DevelopmentState,
    /// Origins; those by halves count half.
    pub(super) origins: BTreeMap<String, bool>,
    pub(super) headline: String,
    pub(super) at: Timestamp,
    /// When it was first reported.
    pub(super) opened: Timestamp,
    /// How many reports told it.
    pub(super) reports: u32,
    /// Whether it denies another.
    pub(super) is_denial: bool,
    /// The development that said it is not so, the last one.
    pub(super) disputed_by: Option<DevelopmentId>,
}

impl Development {
    /// Whether it was opened within a day of a time.
    pub(super) fn is_of_day(&self, at: Timestamp) -> bool {
        at.duration_since(self.opened).abs().as_hours() < 24
    }

    /// Bytes it takes, about.
    pub(super) fn bytes(&self) -> usize {
        320 + self.headline.len() + self.origins.keys().map(|it| it.len() + 48).sum::<usize>()
    }
}
