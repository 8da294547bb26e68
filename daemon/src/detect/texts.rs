//! The texts that are remembered, and which of them share words.
//!
//! A report that many storylines know is one text here, and is looked for once
//! an item, not once a storyline. All of it follows from what the storylines
//! remember, so it is no part of what is written down.

use std::{collections::BTreeMap, sync::Arc};

use storyline_store::ItemId;

use super::{
    copy::{Alike, alike},
    definitions::number,
    features::Features,
    postings::Postings,
    rules_file::CopyRules,
};

/// The texts that some storyline knows.
#[derive(Debug, Default, Clone)]
pub(super) struct Texts {
    /// A place for each; those of texts nobody knows any more are free.
    slots: Vec<Option<Text>>,
    free: Vec<u32>,
    /// The contents of each item.
    items: BTreeMap<ItemId, Vec<u32>>,
    triples: Postings,
}

/// One content of an item.
#[derive(Debug, Clone)]
struct Text {
    item: ItemId,
    features: Arc<Features>,
    /// How many reports have it, of whatever storylines.
    reports: usize,
}

impl Texts {
    /// A storyline remembers a content of an item. Answers the features that all share who do.
    pub(super) fn hold(&mut self, item: ItemId, features: &Arc<Features>) -> Arc<Features> {
        if let Some(it) = self.find(item, features).and_then(|it| self.slots.get_mut(it as usize)?.as_mut()) {
            it.reports += 1;
            return Arc::clone(&it.features);
        }
        let place = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            number(self.slots.len() - 1)
        });
        if let Some(it) = self.slots.get_mut(place as usize) {
            *it = Some(Text { item, features: Arc::clone(features), reports: 1 });
        }
        self.triples.add(&features.triples, place);
        self.items.entry(item).or_default().push(place);
        Arc::clone(features)
    }

    /// A storyline forgets a content of an item.
    pub(super) fn release(&mut self, item: ItemId, features: &Arc<Features>) {
        let Some(place) = self.find(item, features) else { return };
        let Some(slot) = self.slots.get_mut(place as usize) else { return };
        if let Some(it) = slot.as_mut().filter(|it| it.reports > 1) {
            it.reports -= 1;
            return;
        }
        *slot = None;
        self.free.push(place);
        self.triples.remove(&features.triples, place);
        if let Some(places) = self.items.get_mut(&item) {
            places.retain(|it| *it != place);
            if places.is_empty() {
                self.items.remove(&item);
            }
        }
    }

    /// The texts that share so many words with an item's that it may be taken from them, in the order of items.
    pub(super) fn alike(&self, rules: &CopyRules, features: &Features) -> Vec<Alike> {
        let mut counts = vec![0_u32; self.slots.len()];
        for place in features.triples.iter().flat_map(|it| self.triples.of(*it)) {
            if let Some(it) = counts.get_mut(*place as usize) {
                *it += 1;
            }
        }
        let shared = self.slots.iter().zip(counts).filter(|it| it.1 > 0);
        let texts = shared.filter_map(|(it, count)| Some((it.as_ref()?, count)));
        let alike = |(it, count): (&Text, u32)| alike(rules, (it.item, &it.features), count, features);
        let mut found: Vec<Alike> = texts.filter_map(alike).collect();
        found.sort_unstable_by_key(|it| it.item);
        found
    }

    /// The number of a content of an item.
    fn find(&self, item: ItemId, features: &Arc<Features>) -> Option<u32> {
        let text = |place: u32| self.slots.get(place as usize)?.as_ref();
        let is_it = |it: &Text| Arc::ptr_eq(&it.features, features) || it.features == *features;
        self.items.get(&item)?.iter().copied().find(|place| text(*place).is_some_and(is_it))
    }
}

#[cfg(test)]
mod tests {
    use storyline_store::Item;

    use super::*;
    use crate::detect::{reading::Reading, rules::shipped, stem::Language, tests::items};

    fn features(it: &Item) -> Arc<Features> {
        let reading = Reading::of(&it.title, &it.text, Language::of(None));
        Arc::new(Features::of(shipped(), &reading, &it.outlet))
    }

    #[test]
    fn a_text_is_found_until_the_last_storyline_forgot_it() {
        let rules = &shipped().copy;
        let text = "The wardens of the lake counted ninety swans and eleven herons before the ice came in on Sunday.";
        let all = items(&format!("0 Paper | Swans counted | {text}\n1 Ledger | Birds counted | {text}"));
        let (first, second) = (features(&all[0]), features(&all[1]));
        let mut texts = Texts::default();
        let found =
            |texts: &Texts| texts.alike(rules, &second).into_iter().map(|it| it.item).collect::<Vec<_>>();
        assert_eq!(found(&texts), []);
        let shared = texts.hold(all[0].id, &first);
        let again = texts.hold(all[0].id, &features(&all[0]));
        assert!(Arc::ptr_eq(&shared, &again), "whoever knows a text shares what was read of it");
        assert_eq!(found(&texts), [all[0].id]);
        texts.release(all[0].id, &shared);
        assert_eq!(found(&texts), [all[0].id], "another storyline still knows it");
        texts.release(all[0].id, &again);
        assert_eq!(found(&texts), []);
        texts.hold(all[1].id, &second);
        assert_eq!(found(&texts), [all[1].id]);
        assert_eq!(texts.slots.len(), 1, "a free place is taken again");
    }
}
