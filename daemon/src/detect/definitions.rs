//! Definitions, compiled once: every alias in one trie, every cue a pattern.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use storyline_config::{AlertRule, Alias, Config, Facets, Feed, FeedId, Phase, Role, Storyline, StorylineId};

use super::{
    origin::Houses,
    pattern::Pattern,
    reading::Reading,
    rules::Rules,
    stem::Language,
    trie::{Hit, Trie},
};

/// Facets of a storyline that are told apart.
const FACETS_MAX: usize = 30;

/// What is followed, ready to be looked for.
#[derive(Debug, Clone, Default)]
pub struct Definitions {
    pub(super) rules: Rules,
    pub(super) stories: Vec<Story>,
    pub(super) variants: Vec<Variant>,
    pub(super) packs: Vec<CompiledPack>,
    pub(super) feeds: BTreeMap<FeedId, Context>,
    /// Agencies and configured outlets, whom a text may credit.
    pub(super) houses: Houses,
    pub(super) aliases: Vec<CompiledAlias>,
    pub(super) trie: Trie,
    /// By leaf, what is touched.
    pub(super) aims: Vec<Box<[Aim]>>,
    /// By leaf, the variants whose rarest facet is touched.
    pub(super) keyed: Vec<Box<[u32]>>,
    /// By leaf, the packs that are named.
    pub(super) names: Vec<Vec<u32>>,
}

/// One storyline.
#[derive(Debug, Clone)]
pub(super) struct Story {
    pub(super) id: StorylineId,
    /// Its children, as places among the stories.
    pub(super) children: Vec<usize>,
    /// Its variants by language, the default first.
    pub(super) variants: std::ops::Range<usize>,
    /// Its cues, the longest first.
    pub(super) cues: Vec<(Phase, Pattern)>,
    pub(super) alert: AlertRule,
}

/// The facets of a storyline in one language.
#[derive(Debug, Clone)]
pub(super) struct Variant {
    pub(super) story: usize,
    /// How many facets must be touched.
    pub(super) facets: u8,
    /// The variant whose aliases count besides.
    pub(super) base: Option<usize>,
    /// The items it is meant for.
    pub(super) speech: Speech,
    /// What its own aliases touch, by leaf and in their order.
    pub(super) leaves: Box<[(u32, Aim)]>,
    /// The facet whose aliases are the rarest among all definitions'.
    pub(super) key: u8,
}

impl Variant {
    /// How many facets a mask lacks.
    pub(super) fn wanting(&self, mask: u32) -> u32 {
        u32::from(self.facets).saturating_sub(mask.count_ones())
    }
}

/// The items a variant is meant for, by language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Speech {
    /// All.
    Any,
    /// Those in one language, and those whose language is not known.
    One(String),
    /// Those in a language other than English.
    Abroad,
}

impl Speech {
    /// Whether it is meant for items in a language.
    pub(super) fn speaks(&self, lang: Option<&str>) -> bool {
        match self {
            Self::Any => true,
            Self::One(own) => lang.is_none_or(|it| it == own),
            Self::Abroad => lang.is_some_and(|it| it != "en"),
        }
    }

    /// Whether it is meant for all items.
    pub(super) fn is_any(&self) -> bool {
        *self == Self::Any
    }
}

/// An actor or a place.
#[derive(Debug, Clone)]
pub(super) struct CompiledPack {
    /// The name definitions call it by.
    pub(super) key: String,
    /// The name facts carry.
    pub(super) name: String,
    pub(super) is_place: bool,
    /// Whether it is a country, which can act and is too large for a place.
    pub(super) is_country: bool,
    /// The country whose seat of government it is, as a place among the packs.
    pub(super) seat_of: Option<usize>,
    /// Whether it is a house that speaks for others.
    pub(super) is_voice: bool,
    /// Its names, and whether they are those of a language.
    aliases: Vec<(u32, bool)>,
}

/// What a feed's items can be taken for.
#[derive(Debug, Clone)]
pub(super) struct Context {
    pub(super) outlet: String,
    pub(super) family: String,
    pub(super) role: Role,
    /// Packs, as places among them, whose own acts it confirms.
    pub(super) speaks_for: Vec<usize>,
    pub(super) lang: Option<String>,
    pub(super) tz: TimeZone,
    /// Aliases its being there already grants.
    pub(super) granted: Vec<u32>,
}

/// What an alias is good for.
#[derive(Debug, Clone)]
pub(super) struct CompiledAlias {
    /// As the definition writes it.
    pub(super) written: String,
    /// The facets and exclusions it touches.
    pub(super) targets: Vec<Aim>,
    /// The pack it is a name of.
    pub(super) pack: Option<u32>,
}

/// A facet, or an exclusion, that an alias touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Aim {
    pub(super) variant: u32,
    /// None: an exclusion.
    pub(super) facet: Option<u8>,
    pub(super) alias: u32,
}

impl Definitions {
    /// Compiles what a configuration follows.
    pub fn compile(config: &Config) -> Self {
        Self::with_rules(config, Rules::default())
    }

    /// Compiles what a configuration follows, to be judged by other rules than the shipped ones.
    pub fn with_rules(config: &Config, rules: Rules) -> Self {
        let mut it = Self { rules, ..Self::default() };
        it.add_packs(config);
        it.add_stories(config);
        it.flatten();
        it.feeds = config.feeds.iter().map(|(id, feed)| (id.clone(), it.context(feed))).collect();
        config.feeds.values().for_each(|feed| it.houses.add(name_words(&feed.outlet), &feed.family));
        for (words, house) in &it.rules.table.clone().agencies {
            it.houses.add(words.clone(), house);
        }
        it
    }

    /// Every alias of a reading.
    pub(super) fn find(&self, reading: &Reading) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.trie.find(reading, &mut hits);
        hits
    }

    /// The facets and exclusions that a hit touches.
    pub(super) fn aims(&self, hit: Hit) -> &[Aim] {
        self.aims.get(hit.leaf as usize).map_or(&[], |it| it)
    }

    /// The packs that a hit names.
    pub(super) fn named(&self, hit: Hit) -> impl Iterator<Item = (usize, &CompiledPack)> {
        let numbers = self.names.get(hit.leaf as usize).into_iter().flatten();
        numbers.filter_map(|it| Some((*it as usize, self.packs.get(*it as usize)?)))
    }

    /// One alias.
    pub(super) fn alias(&self, number: u32) -> Option<&CompiledAlias> {
        self.aliases.get(number as usize)
    }

    /// How many facets of a variant a mask lacks.
    pub(super) fn wanting(&self, variant: usize, mask: u32) -> u32 {
        self.variants.get(variant).map_or(u32::MAX, |it| it.wanting(mask))
    }

    /// Adds the packs in the order of their keys, actors first, with all their names.
    fn add_packs(&mut self, config: &Config) {
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

    fn add_stories(&mut self, config: &Config) {
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
            self.stories.push(Story { id: id.clone(), children: Vec::new(), variants, cues, alert });
        }
        for (child, storyline) in config.storylines.values().enumerate() {
            let parent = storyline.parent.as_ref().and_then(|it| place.get(it));
            if let Some(parent) = parent.and_then(|it| self.stories.get_mut(*it)) {
                parent.children.push(child);
            }
        }
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

    fn context(&self, feed: &Feed) -> Context {
        let pack = |key: &String| self.packs.iter().position(|it| it.key == key.trim_start_matches('@'));
        let mut granted = Vec::new();
        for alias in &feed.about {
            let name = match alias {
                Alias::Pack(key) => self.packs.iter().find(|it| it.key == *key).map(|it| it.name.clone()),
                Alias::Stem(it) | Alias::Exact(it) | Alias::Prefix(it) | Alias::Case(it) => Some(it.clone()),
            };
            let reading = Reading::of(&name.unwrap_or_default(), "", Language::of(None));
            granted
                .extend(self.find(&reading).into_iter().flat_map(|it| self.trie.aliases(it.leaf).to_vec()));
        }
        Context {
            outlet: feed.outlet.clone(),
            family: feed.family.clone(),
            role: feed.role,
            speaks_for: feed.speaks_for.iter().filter_map(pack).collect(),
            lang: feed.lang.clone(),
            tz: feed.tz.clone(),
            granted,
        }
    }
}

/// A place as a number.
pub(super) fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// The words of an outlet's name, as hashes.
pub(super) fn name_words(name: &str) -> Vec<u64> {
    Reading::of(name, "", Language::of(None)).words.iter().map(|it| it.form.plain).collect()
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
