//! From what a configuration follows to aliases with what they touch, once.

use std::collections::BTreeMap;

use storyline_config::{Alias, Config, Facets, Phase, Storyline};

use super::{
    definitions::{Aim, CompiledAlias, CompiledPack, Definitions, Speech, Story, Variant, number},
    pattern::Pattern,
    reading::Reading,
    stem::Language,
    trie::Hit,
};

/// Facets of a storyline that are told apart.
const FACETS_MAX: usize = 30;

impl Definitions {
    /// Adds the packs in the order of their keys, actors first, with all their names.
    pub(super) fn add_packs(&mut self, config: &Config) {
        let actors = config.actors.iter().map(|it| (it, false));
        for (number, ((key, pack), is_place)) in
            (0..).zip(actors.chain(config.places.iter().map(|it| (it, true))))
        {
            let default = pack.aliases.iter().map(|it| (None, it));
            let more = pack
                .languages
                .iter()
                .flat_map(|(lang, it)| it.iter().map(move |it| (Some(lang.as_str()), it)));
            let aliases = default.chain(more).map(|(lang, alias)| {
                let alias = self.add(alias, Language::of(lang));
                (alias, lang.is_some())
            });
            let aliases: Vec<(u32, bool)> = aliases.collect();
            for (alias, _) in &aliases {
                if let Some(it) = self.aliases.get_mut(*alias as usize) {
                    it.pack = Some(number);
                }
            }
            let table = &self.rules.table;
            self.packs.push(CompiledPack {
                key: key.clone(),
                name: pack.name.clone(),
                is_place,
                is_country: is_place && table.place.countries.contains(key),
                seat_of: None,
                is_voice: table.who.voices.contains(key),
                aliases,
            });
        }
        self.seat_governments();
    }

    /// Ties the seats of governments to their countries.
    fn seat_governments(&mut self) {
        let table = self.rules.table.clone();
        let place = |key: &str| self.packs.iter().position(|it| it.is_place && it.key == key);
        let seats: Vec<(usize, usize)> =
            table.place.capitals.iter().filter_map(|(seat, of)| Some((place(seat)?, place(of)?))).collect();
        for (seat, country) in seats {
            if let Some(it) = self.packs.get_mut(seat) {
                it.seat_of = Some(country);
            }
        }
    }

    /// The seat of a country's government.
    pub(super) fn seat(&self, country: usize) -> Option<&CompiledPack> {
        self.packs.iter().find(|it| it.seat_of == Some(country))
    }

    pub(super) fn add_stories(&mut self, config: &Config) {
        let place: BTreeMap<_, _> = config.storylines.keys().enumerate().map(|(at, id)| (id, at)).collect();
        for (id, storyline) in &config.storylines {
            let story = self.stories.len();
            let first = self.variants.len();
            self.add_variant(story, &storyline.facets, None, None);
            let base = (self.variants.len() > first).then_some(first);
            for (lang, facets) in &storyline.languages {
                self.add_variant(story, facets, Some(lang), base);
            }
            self.add_abroad(story, &storyline.facets, base);
            let (cues, alert) = (cues(storyline), storyline.alert.clone());
            let variants = first..self.variants.len();
            let venues = self.venues(&storyline.facets);
            self.stories.push(Story { id: id.clone(), children: Vec::new(), variants, cues, venues, alert });
        }
        for (child, storyline) in config.storylines.values().enumerate() {
            let parent = storyline.parent.as_ref().and_then(|it| place.get(it));
            if let Some(parent) = parent.and_then(|it| self.stories.get_mut(*it)) {
                parent.children.push(child);
            }
        }
    }

    /// The facets that name several places and fewer actors, a bit each.
    fn venues(&self, facets: &Facets) -> u32 {
        let is_place = |it: &Alias| match it {
            Alias::Pack(key) => self.packs.iter().any(|it| it.key == *key && it.is_place),
            _ => false,
        };
        let is_actor = |it: &&Alias| matches!(it, Alias::Pack(_)) && !is_place(it);
        let several = |all: &Vec<Alias>| {
            let places = all.iter().filter(|it| is_place(it)).count();
            places > 1 && places > all.iter().filter(is_actor).count()
        };
        (0..FACETS_MAX).zip(&facets.all).filter(|it| several(it.1)).fold(0, |all, it| all | 1 << it.0)
    }

    /// Adds one language's facets; where they are as many as the default's, these count besides.
    fn add_variant(&mut self, story: usize, facets: &Facets, lang: Option<&str>, base: Option<usize>) {
        let count = facets.all.len().min(FACETS_MAX);
        let Some(count) = u8::try_from(count).ok().filter(|it| *it > 0) else { return };
        let base = base.filter(|it| self.variants.get(*it).is_some_and(|it| it.facets == count));
        let speech = lang.map_or(Speech::Any, |it| Speech::One(it.to_owned()));
        self.variants.push(Variant { story, facets: count, base, speech, leaves: Box::default(), key: 0 });
        let all =
            (0..count).zip(&facets.all).flat_map(|(facet, it)| it.iter().map(move |it| (Some(facet), it)));
        let none = facets.none.iter().map(|it| (None, it));
        for (facet, alias) in all.chain(none) {
            self.aim(alias, Language::of(lang), facet);
        }
    }

    /// Adds what default aliases stand for in other languages: the names their packs have there,
    /// and the words for the same kind of action.
    fn add_abroad(&mut self, story: usize, facets: &Facets, base: Option<usize>) {
        let Some((at, count)) = base.and_then(|at| Some((at, self.variants.get(at)?.facets))) else { return };
        let (base, speech, leaves) = (Some(at), Speech::Abroad, Box::default());
        self.variants.push(Variant { story, facets: count, base, speech, leaves, key: 0 });
        let table = self.rules.table.clone();
        for (facet, aliases) in (0..count).zip(&facets.all) {
            let mut packs: Vec<u32> = Vec::new();
            let mut kinds: Vec<u8> = Vec::new();
            for alias in aliases {
                let (Alias::Stem(text) | Alias::Exact(text)) = alias else { continue };
                let reading = Reading::of(text, "", Language::of(None));
                let whole = |it: &Hit| it.at == 0 && it.len == reading.words.len();
                let names =
                    self.find(&reading).into_iter().filter(whole).flat_map(|it| self.trie.aliases(it.leaf));
                packs.extend(names.filter_map(|it| self.aliases.get(*it as usize)?.pack));
                let one =
                    (reading.words.len() == 1).then(|| table.concept(&reading, &reading.words, 0)).flatten();
                kinds.extend(one);
            }
            packs.sort_unstable();
            packs.dedup();
            kinds.sort_unstable();
            kinds.dedup();
            for pack in packs {
                self.aim_pack(pack as usize, Some(facet), true);
            }
            for word in kinds.iter().flat_map(|it| table.words_of(*it)) {
                self.add_aimed(word, Language::of(None), Some(facet));
            }
        }
    }

    /// Makes an alias touch a facet, or an exclusion, of the last variant.
    fn aim(&mut self, alias: &Alias, language: Language, facet: Option<u8>) {
        match alias {
            Alias::Pack(key) => {
                let named: Vec<usize> = (0..self.packs.len())
                    .filter(|it| self.packs.get(*it).is_some_and(|it| it.key == *key))
                    .collect();
                for pack in named {
                    self.aim_pack(pack, facet, false);
                }
            }
            alias => self.add_aimed(alias, language, facet),
        }
    }

    /// Makes every name of a pack touch a facet of the last variant, or only those of other languages.
    fn aim_pack(&mut self, pack: usize, facet: Option<u8>, abroad: bool) {
        let variant = number(self.variants.len().saturating_sub(1));
        let Some(pack) = self.packs.get(pack) else { return };
        for (alias, _) in pack.aliases.iter().filter(|it| it.1 || !abroad) {
            if let Some(it) = self.aliases.get_mut(*alias as usize) {
                it.targets.push(Aim { variant, facet, alias: *alias });
            }
        }
    }

    /// Adds an alias to the trie that touches a facet, or an exclusion, of the last variant.
    fn add_aimed(&mut self, alias: &Alias, language: Language, facet: Option<u8>) {
        let variant = number(self.variants.len().saturating_sub(1));
        let alias = self.add(alias, language);
        if let Some(it) = self.aliases.get_mut(alias as usize) {
            it.targets.push(Aim { variant, facet, alias });
        }
    }

    /// Adds an alias to the trie.
    fn add(&mut self, alias: &Alias, language: Language) -> u32 {
        let added = number(self.aliases.len());
        self.aliases.push(CompiledAlias { written: written(alias), targets: Vec::new(), pack: None });
        let table = self.rules.table.clone();
        self.trie.insert(&table, alias, language, added);
        added
    }
}

fn cues(storyline: &Storyline) -> Vec<(Phase, Pattern)> {
    let english = Language::of(None);
    let each = storyline
        .phases
        .iter()
        .flat_map(|(phase, cues)| cues.iter().map(|it| (*phase, Pattern::cue(it, english))));
    let mut cues: Vec<_> = each.filter(|(_, it)| it.len() > 0).collect();
    cues.sort_by_key(|(_, it)| std::cmp::Reverse(it.len()));
    cues
}

fn written(alias: &Alias) -> String {
    match alias {
        Alias::Stem(it) => it.clone(),
        Alias::Exact(it) => format!("={it}"),
        Alias::Prefix(it) => format!("{it}*"),
        Alias::Case(it) => format!("CASE:{it}"),
        Alias::Pack(it) => format!("@{it}"),
    }
}
