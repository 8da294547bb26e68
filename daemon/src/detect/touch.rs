//! What an item touches: one pass over its words for all storylines.
//!
//! The first pass only sets a bit a facet; where and by what is looked up for
//! the few storylines that have all bits, or are asked for by name.

use super::{
    definitions::{Aim, Definitions},
    reading::Reading,
    trie::Hit,
};

/// What else an item carries that says what it is about.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    pub(super) categories: Reading,
    pub(super) url: Reading,
    /// Aliases its feed grants.
    pub(super) granted: Vec<u32>,
}

/// Where an alias was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Text,
    Category,
    Url,
    About,
}

impl Field {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Text => "text",
            Self::Category => "category",
            Self::Url => "url",
            Self::About => "about",
        }
    }

    /// Whether it is the item's own words.
    pub(super) fn is_inside(self) -> bool {
        matches!(self, Self::Title | Self::Text)
    }
}

/// One alias that touched a facet, or an exclusion.
#[derive(Debug, Clone, Copy)]
pub(super) struct Touched {
    /// None: an exclusion.
    pub(super) facet: Option<u8>,
    pub(super) alias: u32,
    pub(super) at: usize,
    pub(super) len: usize,
    pub(super) sentence: usize,
    pub(super) field: Field,
}

/// Everything an item touches.
#[derive(Debug, Default)]
pub(super) struct Touching {
    pub(super) hits: Vec<Hit>,
    around: Vec<(Hit, Field)>,
    granted: Vec<u32>,
    /// By variant, a bit for each facet its words touch.
    inside: Vec<u32>,
    /// By variant, a bit for each facet that only its surroundings touch.
    weak: Vec<u32>,
}

impl Touching {
    /// Looks for every alias in a reading; its surroundings are only read where they could matter.
    pub(super) fn of(
        definitions: &Definitions,
        reading: &Reading,
        lang: Option<&str>,
        surroundings: Option<impl FnOnce() -> Surroundings>,
    ) -> Self {
        let mut it = Self { hits: definitions.find(reading), ..Self::default() };
        if it.hits.is_empty() {
            return it;
        }
        it.inside = masks(definitions, it.hits.iter(), lang);
        let nearly = |(variant, mask): (usize, &u32)| *mask != 0 && definitions.wanting(variant, *mask) == 1;
        if let Some(read) = surroundings.filter(|_| it.inside.iter().enumerate().any(nearly)) {
            let around = read();
            it.around
                .extend(definitions.find(&around.categories).into_iter().map(|hit| (hit, Field::Category)));
            it.around.extend(definitions.find(&around.url).into_iter().map(|hit| (hit, Field::Url)));
            it.granted = around.granted;
            it.weak = masks(definitions, it.around.iter().map(|it| &it.0), lang);
            for aim in it.granted.iter().filter_map(|it| definitions.alias(*it)).flat_map(|it| &it.targets) {
                if let (Some(mask), Some(facet)) = (it.weak.get_mut(aim.variant as usize), aim.facet) {
                    *mask |= 1 << facet;
                }
            }
        }
        it
    }

    /// Whether a variant is touched at all.
    pub(super) fn touches(&self, variant: usize) -> bool {
        self.inside.get(variant).is_some_and(|it| *it != 0)
    }

    /// The variants whose facets are all touched, but for one that the surroundings touch.
    pub(super) fn full(&self, definitions: &Definitions) -> Vec<usize> {
        let is_full = |(variant, mask): (usize, &u32)| {
            let weak = self.weak.get(variant).copied().unwrap_or_default();
            let wanting = definitions.wanting(variant, *mask);
            (*mask != 0 && (wanting == 0 || wanting == 1 && definitions.wanting(variant, mask | weak) == 0))
                .then_some(variant)
        };
        self.inside.iter().enumerate().filter_map(is_full).collect()
    }

    /// The other variants that are touched at all, those that want least first.
    pub(super) fn partial(&self, definitions: &Definitions) -> Vec<usize> {
        let each = self.inside.iter().enumerate().filter(|(_, mask)| **mask != 0);
        let mut partial: Vec<(u32, usize)> = each
            .map(|(variant, mask)| (definitions.wanting(variant, *mask), variant))
            .filter(|it| it.0 > 0)
            .collect();
        partial.sort_unstable();
        partial.into_iter().map(|it| it.1).collect()
    }

    /// What touched some variants, in their order.
    pub(super) fn details(
        &self,
        definitions: &Definitions,
        reading: &Reading,
        variants: &[usize],
    ) -> Vec<Vec<Touched>> {
        let mut wanted = vec![Vec::new(); definitions.variants.len()];
        for (place, variant) in variants.iter().enumerate() {
            let base = definitions.variants.get(*variant).and_then(|it| it.base);
            for it in std::iter::once(*variant).chain(base) {
                if let Some(places) = wanted.get_mut(it) {
                    places.push(place);
                }
            }
        }
        let mut out: Vec<Vec<Touched>> = vec![Vec::new(); variants.len()];
        let mut note = |aim: &Aim, hit: Hit, sentence: usize, field: Field| {
            for place in wanted.get(aim.variant as usize).into_iter().flatten() {
                // A word can be found as a stem and as it is written; it is one touch.
                let known = |it: &Touched| it.alias == aim.alias && it.at == hit.at && it.field == field;
                if let Some(touches) = out.get_mut(*place).filter(|it| !it.iter().rev().take(8).any(known)) {
                    touches.push(Touched {
                        facet: aim.facet,
                        alias: aim.alias,
                        at: hit.at,
                        len: hit.len,
                        sentence,
                        field,
                    });
                }
            }
        };
        for hit in &self.hits {
            let sentence = reading.words.get(hit.at).map_or(0, |it| usize::from(it.sentence));
            let field = if hit.at < reading.title_words { Field::Title } else { Field::Text };
            definitions.aims(*hit).iter().for_each(|aim| note(aim, *hit, sentence, field));
        }
        for (hit, field) in &self.around {
            definitions.aims(*hit).iter().for_each(|aim| note(aim, *hit, 0, *field));
        }
        let nowhere = Hit { leaf: 0, at: 0, len: 0 };
        for aim in self.granted.iter().filter_map(|it| definitions.alias(*it)).flat_map(|it| &it.targets) {
            note(aim, nowhere, 0, Field::About);
        }
        out
    }
}

/// A bit for each facet that is touched, by variant; none where it does not speak the language.
fn masks<'a>(definitions: &Definitions, hits: impl Iterator<Item = &'a Hit>, lang: Option<&str>) -> Vec<u32> {
    let mut masks = vec![0_u32; definitions.variants.len()];
    let mut leaves: Vec<Hit> = hits.copied().collect();
    leaves.sort_unstable_by_key(|it| it.leaf);
    leaves.dedup_by_key(|it| it.leaf);
    for aim in leaves.iter().flat_map(|it| definitions.aims(*it)) {
        if let (Some(mask), Some(facet)) = (masks.get_mut(aim.variant as usize), aim.facet) {
            *mask |= 1 << facet;
        }
    }
    for (variant, it) in definitions.variants.iter().enumerate() {
        if it.base.is_none() && it.speech.is_any() {
            continue;
        }
        let base = it.base.and_then(|it| masks.get(it)).copied().unwrap_or_default();
        if let Some(mask) = masks.get_mut(variant) {
            *mask = if it.speech.speaks(lang) { *mask | base } else { 0 };
        }
    }
    masks
}
