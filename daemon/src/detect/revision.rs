//! What is new in a later content of an item.

use std::collections::BTreeSet;

use storyline_store::ItemId;

use super::{memory::Memory, reading::Reading};

/// Characters of a sentence that stands in for an unchanged title.
const HEADLINE_CHARS_MAX: usize = 200;

/// What a later content says that no earlier one said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// Nothing of it is remembered: all.
    All,
    /// A new title, new sentences, or both.
    Part {
        /// The title; where it did not change, the first new sentence.
        title: String,
        /// The new sentences.
        text: String,
    },
}

/// What a content says that the remembered ones of the same item did not; none if nothing.
pub(super) fn what_is_new(memory: &Memory, item: ItemId, reading: &Reading) -> Option<News> {
    let versions = || memory.storylines().flat_map(|(_, thread)| thread.versions(item));
    if versions().next().is_none() {
        return Some(News::All);
    }
    let known: BTreeSet<u64> = versions().flat_map(|it| it.features.sentences.iter().copied()).collect();
    let fresh = |at: usize| {
        !reading.sentence(at).is_empty() && !known.contains(&super::features::hash_of(reading.sentence(at)))
    };
    let said = |at: usize| -> String {
        let range = reading.sentences.get(at).cloned().unwrap_or_default();
        let end = reading.words.get(range.end.wrapping_sub(1)).map_or(0, |it| it.at.end);
        let start = reading.words.get(range.start).map_or(0, |it| it.at.start);
        reading.text.get(start..end).unwrap_or_default().to_owned()
    };
    let mut sentences: Vec<String> = (1..reading.sentences.len()).filter(|it| fresh(*it)).map(said).collect();
    if fresh(0) {
        let text = sentences.join(". ");
        return Some(News::Part { title: reading.title.clone(), text });
    }
    if sentences.is_empty() {
        return None;
    }
    let title: String = sentences.remove(0).chars().take(HEADLINE_CHARS_MAX).collect();
    Some(News::Part { title, text: sentences.join(". ") })
}
