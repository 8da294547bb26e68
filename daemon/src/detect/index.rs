//! From an alias that is found to what it touches: facets by leaf, and storylines by their rarest facet.

use super::{
    definitions::{Aim, Definitions, Variant, number},
    leaves::Leaves,
};

impl Definitions {
    /// The variants whose rarest facet a leaf touches.
    pub(super) fn keyed(&self, leaf: u32) -> &[u32] {
        self.keyed.get(leaf as usize).map_or(&[], |it| it)
    }

    /// The facets and exclusions that a leaf touches.
    pub(super) fn aims_at(&self, leaf: u32) -> &[Aim] {
        self.aims.get(leaf as usize).map_or(&[], |it| it)
    }

    /// Whether a variant is for items in a language.
    pub(super) fn speaks(&self, variant: usize, lang: Option<&str>) -> bool {
        self.variants.get(variant).is_some_and(|it| it.speech.speaks(lang))
    }

    /// The variants of a variant's storyline.
    pub(super) fn beside(&self, variant: usize) -> std::ops::Range<usize> {
        let story = self.variants.get(variant).and_then(|it| self.stories.get(it.story));
        story.map_or(0..0, |it| it.variants.clone())
    }

    /// The variants of a storyline whose rarest facet an aim at one of them touches.
    pub(super) fn keyed_beside(&self, aim: Aim) -> impl Iterator<Item = u32> + '_ {
        let is_key = move |it: &usize| self.variants.get(*it).is_some_and(|it| aim.facet == Some(it.key));
        self.beside(aim.variant as usize).filter(is_key).map(number)
    }

    /// A variant and the one whose aliases count besides.
    fn own(&self, variant: usize) -> impl Iterator<Item = &Variant> {
        let own = self.variants.get(variant);
        own.into_iter().chain(own.and_then(|it| self.variants.get(it.base?)))
    }

    /// A bit for each facet of a variant that some leaves touch.
    pub(super) fn mask(&self, variant: usize, leaves: &Leaves) -> u32 {
        let mut mask = 0;
        self.touched(variant, leaves, |(_, aim)| mask |= aim.facet.map_or(0, |it| 1 << it));
        mask
    }

    /// Tells of each of some leaves that touches a variant, and of what it touches.
    ///
    /// The fewer are looked for among the more: a variant may have thousands of leaves, and a text.
    pub(super) fn touched(&self, variant: usize, leaves: &Leaves, mut tell: impl FnMut(&(u32, Aim))) {
        for own in self.own(variant) {
            if own.leaves.len() < leaves.len() {
                own.leaves.iter().filter(|it| leaves.has(it.0)).for_each(&mut tell);
            } else {
                leaves.iter().flat_map(|it| own.aims_of(it)).for_each(&mut tell);
            }
        }
    }

    /// What a leaf touches of a variant.
    pub(super) fn aims_of(&self, variant: usize, leaf: u32) -> impl Iterator<Item = &Aim> {
        self.own(variant).flat_map(move |it| it.aims_of(leaf)).map(|it| &it.1)
    }
}

impl Variant {
    /// What a leaf touches by its own aliases.
    fn aims_of(&self, leaf: u32) -> impl Iterator<Item = &(u32, Aim)> {
        let from = self.leaves.partition_point(|it| it.0 < leaf);
        let rest = self.leaves.get(from..).unwrap_or_default().iter();
        rest.take_while(move |it| it.0 == leaf)
    }
}

/// Laying it out, once.
impl Definitions {
    /// Lays the aims of every leaf side by side, so that one pass finds them.
    pub(super) fn flatten(&mut self) {
        let of = |leaf: u32| self.trie.aliases(leaf).iter().filter_map(|it| self.aliases.get(*it as usize));
        self.aims = (0..self.trie.leaves())
            .map(|leaf| of(leaf).flat_map(|it| it.targets.clone()).collect())
            .collect();
        let mut leaves: Vec<Vec<(u32, Aim)>> = vec![Vec::new(); self.variants.len()];
        for (leaf, aim) in (0..).zip(&self.aims).flat_map(|(leaf, it)| it.iter().map(move |it| (leaf, *it))) {
            if let Some(it) = leaves.get_mut(aim.variant as usize) {
                it.push((leaf, aim));
            }
        }
        for (it, leaves) in self.variants.iter_mut().zip(leaves) {
            it.leaves = leaves.into();
        }
        self.names = (0..self.trie.leaves())
            .map(|leaf| {
                let mut names: Vec<u32> = of(leaf).filter_map(|it| it.pack).collect();
                names.sort_unstable();
                names.dedup();
                names
            })
            .collect();
        self.key();
    }

    /// Finds the rarest facet of every variant, and lays the variants beside its leaves.
    fn key(&mut self) {
        let shared = |leaf: u32| self.aims.get(leaf as usize).map_or(0, |it| it.len());
        let keys: Vec<u8> = (0..self.variants.len())
            .map(|variant| {
                let facets = self.variants.get(variant).map_or(0, |it| it.facets);
                let touched = |facet: u8| {
                    let leaves = self.own(variant).flat_map(|it| &it.leaves);
                    leaves.filter(|it| it.1.facet == Some(facet)).map(|it| shared(it.0)).sum::<usize>()
                };
                (0..facets).min_by_key(|it| touched(*it)).unwrap_or_default()
            })
            .collect();
        self.variants.iter_mut().zip(keys).for_each(|(it, key)| it.key = key);
        let mut keyed: Vec<Vec<u32>> = vec![Vec::new(); self.aims.len()];
        for variant in 0..self.variants.len() {
            let key = self.variants.get(variant).map(|it| it.key);
            for (leaf, _) in self.own(variant).flat_map(|it| &it.leaves).filter(|it| it.1.facet == key) {
                if let Some(it) = keyed.get_mut(*leaf as usize) {
                    it.push(number(variant));
                }
            }
        }
        self.keyed = keyed.into_iter().map(Vec::into_boxed_slice).collect();
    }
}
