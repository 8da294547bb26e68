//! The words around a cue by which it tells of the storyline, of something else, or of what is only wished.

use std::collections::BTreeSet;

use super::{pattern::Pattern, rules::words, rules_file::PhaseFile};

/// What takes a cue's force, or gives it to another thing.
#[derive(Debug, Default)]
pub(super) struct PhaseWords {
    /// What somebody asks for, fears or tries; before a cue.
    pub(super) wished: Vec<Pattern>,
    /// What who acts says they will do: a plan where a day is named.
    pub(super) aims: BTreeSet<u64>,
    /// After these "to" tells what is done: "forces crews to halt".
    pub(super) forced: BTreeSet<u64>,
    /// Before a name that something only happens beside of.
    pub(super) asides: BTreeSet<u64>,
    /// Where another clause begins without a comma.
    pub(super) joints: BTreeSet<u64>,
    /// What is held within something larger.
    pub(super) parts: BTreeSet<u64>,
    /// What is done at or on something and is its own matter.
    pub(super) doings: BTreeSet<u64>,
    /// What ends a matter where its people sign it.
    pub(super) accords: BTreeSet<u64>,
    /// What may stand before a noun.
    pub(super) articles: BTreeSet<u64>,
    /// What may stand after a verb and is no object.
    pub(super) adverbs: BTreeSet<u64>,
}

impl PhaseWords {
    pub(super) fn of(file: &PhaseFile) -> Self {
        let lines = file.wished.lines().filter(|it| !it.trim().is_empty());
        Self {
            wished: lines.map(|it| Pattern::parse(it, 0)).collect(),
            aims: words(&file.aims),
            forced: words(&file.forced),
            asides: words(&file.asides),
            joints: words(&file.joints),
            parts: words(&file.parts),
            doings: words(&file.doings),
            accords: words(&file.accords),
            articles: words(&file.articles),
            adverbs: words(&file.adverbs),
        }
    }
}
