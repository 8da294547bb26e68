//! How often the parts of definitions are found in what was read (pure).

use std::collections::{BTreeMap, BTreeSet};

use storyline_config::StorylineId;
use storyline_store::Item;

use super::{
    definitions::{Definitions, Speech},
    judge::{belonging, hear},
    memory::Memory,
};

/// An alias of a storyline: its language, the facet it touches (none: an exclusion), and how it is written.
pub type AliasName = (StorylineId, Option<String>, Option<usize>, String);

/// In how many items the parts of definitions are found.
#[derive(Debug, Clone, Default)]
pub struct Hits {
    /// How many items there are.
    pub items: usize,
    /// Aliases written in definitions.
    pub aliases: BTreeMap<AliasName, usize>,
    /// Actors and places, by the name definitions call them.
    pub packs: BTreeMap<String, usize>,
    /// Facets, in whatever language.
    pub facets: BTreeMap<(StorylineId, usize), usize>,
    /// Storylines that items belong to.
    pub storylines: BTreeMap<StorylineId, usize>,
}

impl Hits {
    /// Looks for everything a configuration follows in one more item.
    pub fn take(&mut self, definitions: &Definitions, item: &Item) {
        self.items += 1;
        let memory = Memory::default();
        let item = &Item { revision: false, ..item.clone() };
        let Some(heard) = hear(definitions, &memory, item) else { return };
        let touching = heard.touching();
        let (mut aliases, mut packs, mut facets) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for hit in &touching.hits {
            packs.extend(definitions.named(*hit).map(|it| it.1.key.clone()));
            for aim in definitions.aims(*hit) {
                let Some(variant) = definitions.variants.get(aim.variant as usize) else { continue };
                let Some(story) = definitions.stories.get(variant.story) else { continue };
                let facet = aim.facet.map(usize::from);
                if variant.speech.speaks(heard.lang.as_deref()) {
                    facets.extend(facet.map(|it| (story.id.clone(), it)));
                }
                let lang = match &variant.speech {
                    Speech::One(it) => Some(it.clone()),
                    Speech::Any | Speech::Abroad => None,
                };
                if let Some(alias) = definitions.alias(aim.alias) {
                    aliases.insert((story.id.clone(), lang, facet, alias.written.clone()));
                }
            }
        }
        for it in aliases {
            *self.aliases.entry(it).or_default() += 1;
        }
        for it in packs {
            *self.packs.entry(it).or_default() += 1;
        }
        for it in facets {
            *self.facets.entry(it).or_default() += 1;
        }
        for it in belonging(&heard, &touching) {
            if let Some(story) = definitions.stories.get(it.story) {
                *self.storylines.entry(story.id.clone()).or_default() += 1;
            }
        }
    }
}
