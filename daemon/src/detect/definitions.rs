//! Definitions, compiled once: every alias in one trie, every cue a pattern.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use storyline_config::{AlertRule, Alias, Config, Feed, FeedId, Phase, Role, StorylineId};

use super::{
    origin::Houses,
    pattern::Pattern,
    reading::Reading,
    rules::Rules,
    stem::Language,
    trie::{Hit, Trie},
};

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
    /// The facets that name several places and fewer actors, a bit each: which place it is, is not known from the start.
    pub(super) venues: u32,
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
    pub(super) aliases: Vec<(u32, bool)>,
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
        config.feeds.values().for_each(|feed| it.houses.add(&name_words(&feed.outlet), &feed.family));
        for (words, house) in &it.rules.table.clone().agencies {
            it.houses.add(words, house);
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
