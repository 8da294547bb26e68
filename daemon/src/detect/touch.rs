//! What an item touches: one pass over its words for all storylines.
//!
//! The first pass only sets a bit a facet; where and by what is looked up for
//! the few storylines that have all bits, or are asked for by name.

use std::collections::BTreeSet;

use super::{
    definitions::{Aim, Definitions},
    leaves::Leaves,
    reading::Reading,
    stem::Language,
    trie::Hit,
};

/// Variants that are looked at where none is touched in full.
const PARTIAL_MAX: usize = 128;

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

/// How many words a title has, which the places of an item's words begin to count with.
pub fn title_words(title: &str, lang: Option<&str>) -> usize {
    Reading::of(title, "", Language::of(lang)).title_words
}

/// Everything an item touches.
#[derive(Debug, Default)]
pub(super) struct Touching {
    pub(super) hits: Vec<Hit>,
    /// The leaves of its hits.
    leaves: Leaves,
    around: Vec<(Hit, Field)>,
    granted: Vec<u32>,
    /// The variants whose rarest facet is touched, in order.
    found: Vec<Found>,
    lang: Option<String>,
}

/// How a variant is touched: a bit for each facet.
#[derive(Debug, Clone, Copy)]
struct Found {
    variant: usize,
    /// By its words.
    inside: u32,
    /// By its surroundings.
    weak: u32,
}

impl Touching {
    /// Looks for every alias in a reading; its surroundings are only read where any word means something.
    ///
    /// Only variants whose rarest facet is touched are looked at: most share their other words with many.
    pub(super) fn of(
        definitions: &Definitions,
        reading: &Reading,
        lang: Option<&str>,
        surroundings: Option<impl FnOnce() -> Surroundings>,
    ) -> Self {
        let lang_of = || lang.map(str::to_owned);
        let mut it = Self { hits: definitions.find(reading), lang: lang_of(), ..Self::default() };
        if it.hits.is_empty() {
            return it;
        }
        it.leaves = Leaves::of(it.hits.iter());
        let mut nominated: Vec<u32> = Vec::new();
        it.leaves.iter().for_each(|leaf| nominated.extend(definitions.keyed(leaf)));
        let mut weak = Leaves::default();
        if let Some(read) =
            surroundings.filter(|_| it.leaves.iter().any(|it| !definitions.aims_at(it).is_empty()))
        {
            let around = read();
            let categories = definitions.find(&around.categories).into_iter();
            it.around.extend(categories.map(|hit| (hit, Field::Category)));
            it.around.extend(definitions.find(&around.url).into_iter().map(|hit| (hit, Field::Url)));
            it.granted = around.granted;
            weak = Leaves::of(it.around.iter().map(|it| &it.0));
            weak.iter().for_each(|leaf| nominated.extend(definitions.keyed(leaf)));
            let keyed = |aim: &Aim| definitions.keyed_beside(*aim).collect::<Vec<u32>>();
            nominated.extend(it.aims(definitions).flat_map(keyed));
        }
        nominated.sort_unstable();
        nominated.dedup();
        let spoken = nominated.into_iter().map(|it| it as usize);
        let spoken = spoken.filter(|it| definitions.speaks(*it, lang));
        it.found = spoken
            .filter_map(|variant| {
                let inside = definitions.mask(variant, &it.leaves);
                let granted = it.granted_to(definitions, variant).filter_map(|it| it.facet);
                let granted = granted.fold(0, |mask, facet| mask | 1 << facet);
                let weak = definitions.mask(variant, &weak) | granted;
                (inside != 0).then_some(Found { variant, inside, weak })
            })
            .collect();
        it
    }

    /// The aims of what its feed grants.
    fn aims<'a>(&'a self, definitions: &'a Definitions) -> impl Iterator<Item = &'a Aim> {
        self.granted.iter().filter_map(|it| definitions.alias(*it)).flat_map(|it| &it.targets)
    }

    /// What its feed grants of a variant, and of the one whose aliases count besides.
    fn granted_to<'a>(
        &'a self,
        definitions: &'a Definitions,
        variant: usize,
    ) -> impl Iterator<Item = &'a Aim> {
        let base = definitions.variants.get(variant).and_then(|it| it.base);
        self.aims(definitions).filter(move |it| [Some(variant), base].contains(&Some(it.variant as usize)))
    }

    /// Whether a variant that speaks the item's language is touched at all.
    pub(super) fn touches(&self, definitions: &Definitions, variant: usize) -> bool {
        definitions.speaks(variant, self.lang.as_deref()) && definitions.mask(variant, &self.leaves) != 0
    }

    /// The variants whose facets are all touched, but for one that the surroundings touch.
    pub(super) fn full(&self, definitions: &Definitions) -> Vec<usize> {
        let is_full = |it: &&Found| {
            let wanting = definitions.wanting(it.variant, it.inside);
            wanting == 0 || wanting == 1 && definitions.wanting(it.variant, it.inside | it.weak) == 0
        };
        self.found.iter().filter(is_full).map(|it| it.variant).collect()
    }

    /// Other variants that are touched at all, those that want least first; by the rarest words, up to a number.
    pub(super) fn partial(&self, definitions: &Definitions) -> Vec<usize> {
        let mut leaves: Vec<(usize, u32)> =
            self.leaves.iter().map(|it| (definitions.aims_at(it).len(), it)).collect();
        leaves.sort_unstable();
        let mut touched: BTreeSet<usize> = BTreeSet::new();
        for (_, leaf) in leaves {
            if touched.len() >= PARTIAL_MAX {
                break;
            }
            let stories = definitions.aims_at(leaf).iter().filter(|it| it.facet.is_some());
            touched.extend(stories.take(PARTIAL_MAX).flat_map(|it| definitions.beside(it.variant as usize)));
        }
        let lang = self.lang.as_deref();
        let each = touched.into_iter().filter(|it| definitions.speaks(*it, lang));
        let each = each.map(|it| (it, definitions.mask(it, &self.leaves))).filter(|it| it.1 != 0);
        let mut partial: Vec<(u32, usize)> = each
            .map(|(variant, mask)| (definitions.wanting(variant, mask), variant))
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
        variants.iter().map(|it| self.detail(definitions, reading, *it)).collect()
    }

    /// What touched one variant, in the order of words.
    fn detail(&self, definitions: &Definitions, reading: &Reading, variant: usize) -> Vec<Touched> {
        let mut out: Vec<Touched> = Vec::new();
        let mut note = |aim: &Aim, hit: Hit, sentence: usize, field: Field| {
            // A word can be found as a stem and as it is written; it is one touch.
            let known = |it: &Touched| it.alias == aim.alias && it.at == hit.at && it.field == field;
            if !out.iter().rev().take(8).any(known) {
                let (facet, alias) = (aim.facet, aim.alias);
                out.push(Touched { facet, alias, at: hit.at, len: hit.len, sentence, field });
            }
        };
        // Of all that an item names a storyline knows a few words.
        let mut own: Vec<u32> = Vec::new();
        definitions.touched(variant, &self.leaves, |it| own.push(it.0));
        for hit in self.hits.iter().filter(|it| own.contains(&it.leaf)) {
            let sentence = reading.words.get(hit.at).map_or(0, |it| usize::from(it.sentence));
            let field = if hit.at < reading.title_words { Field::Title } else { Field::Text };
            definitions.aims_of(variant, hit.leaf).for_each(|aim| note(aim, *hit, sentence, field));
        }
        for (hit, field) in &self.around {
            definitions.aims_of(variant, hit.leaf).for_each(|aim| note(aim, *hit, 0, *field));
        }
        let nowhere = Hit { leaf: 0, at: 0, len: 0 };
        self.granted_to(definitions, variant).for_each(|aim| note(aim, nowhere, 0, Field::About));
        out
    }
}
