//! Definitions, compiled once: every alias in one trie, every cue a pattern.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use storyline_config::{
    AlertRule, Alias, Config, Facets, Feed, FeedId, Pack, Phase, Role, Storyline, StorylineId,
};

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
    aliases: Vec<CompiledAlias>,
    trie: Trie,
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
    pub(super) facets: usize,
    lang: Option<String>,
}

impl Variant {
    /// Whether it is meant for items of a language; one that is not known may be any.
    pub(super) fn speaks(&self, lang: Option<&str>) -> bool {
        match (&self.lang, lang) {
            (None, _) | (_, None) => true,
            (Some(own), Some(lang)) => own == lang,
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
    pub(super) targets: Vec<Target>,
}

/// Where an alias counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A facet of a variant.
    Facet { variant: usize, facet: usize },
    /// An exclusion of a variant.
    None { variant: usize },
    /// A pack.
    Pack(usize),
}

impl Definitions {
    /// Compiles what a configuration follows.
    pub fn compile(config: &Config) -> Self {
        Self::with_rules(config, Rules::default())
    }

    /// Compiles what a configuration follows, to be judged by other rules than the shipped ones.
    pub fn with_rules(config: &Config, rules: Rules) -> Self {
        let mut it = Self { rules, ..Self::default() };
        let mut uses = it.packs(config);
        it.stories(config, &mut uses);
        for (pack, targets) in it.pack_aliases(config).into_iter().zip(uses) {
            for alias in pack {
                if let Some(alias) = it.aliases.get_mut(alias as usize) {
                    alias.targets.extend(targets.iter().copied());
                }
            }
        }
        it.feeds = config.feeds.iter().map(|(id, feed)| (id.clone(), it.context(feed))).collect();
        config.feeds.values().for_each(|feed| it.houses.add(name_words(&feed.outlet), &feed.family));
        for (words, house) in &it.rules.table.clone().agencies {
            it.houses.add(words.clone(), house);
        }
        it
    }

    /// Every alias of a reading, with the packs and facets it stands for.
    pub(super) fn find(&self, reading: &Reading) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.trie.find(reading, &mut hits);
        hits
    }

    /// The aliases that end at a hit.
    pub(super) fn aliases_of(&self, hit: Hit) -> impl Iterator<Item = (u32, &CompiledAlias)> {
        self.trie.aliases(hit.leaf).iter().filter_map(|it| Some((*it, self.aliases.get(*it as usize)?)))
    }

    /// One alias.
    pub(super) fn alias(&self, number: u32) -> Option<&CompiledAlias> {
        self.aliases.get(number as usize)
    }

    /// The packs in the order of their keys, actors first; and what each is for: itself, to begin with.
    fn packs(&mut self, config: &Config) -> Vec<Vec<Target>> {
        let compiled = |is_place| {
            move |(key, pack): (&String, &Pack)| CompiledPack {
                key: key.clone(),
                name: pack.name.clone(),
                is_place,
            }
        };
        self.packs = config
            .actors
            .iter()
            .map(compiled(false))
            .chain(config.places.iter().map(compiled(true)))
            .collect();
        (0..self.packs.len()).map(|it| vec![Target::Pack(it)]).collect()
    }

    fn pack_aliases(&mut self, config: &Config) -> Vec<Vec<u32>> {
        let mut all = Vec::new();
        for pack in config.actors.values().chain(config.places.values()) {
            let default = pack.aliases.iter().map(|it| (None, it));
            let more = pack
                .languages
                .iter()
                .flat_map(|(lang, it)| it.iter().map(move |it| (Some(lang.as_str()), it)));
            let numbers = default.chain(more).map(|(lang, alias)| self.add(alias, Language::of(lang), &[]));
            all.push(numbers.collect());
        }
        all
    }

    fn stories(&mut self, config: &Config, uses: &mut [Vec<Target>]) {
        for (id, storyline) in &config.storylines {
            let story = self.stories.len();
            let first = self.variants.len();
            self.variant(story, None, &storyline.facets, None, uses);
            for (lang, facets) in &storyline.languages {
                self.variant(story, Some(lang), facets, Some(&storyline.facets), uses);
            }
            self.stories.push(Story {
                id: id.clone(),
                children: Vec::new(),
                variants: first..self.variants.len(),
                cues: cues(storyline),
                alert: storyline.alert.clone(),
            });
        }
        let place: BTreeMap<_, _> = config.storylines.keys().enumerate().map(|(at, id)| (id, at)).collect();
        for (child, storyline) in config.storylines.values().enumerate() {
            let parent = storyline.parent.as_ref().and_then(|it| place.get(it));
            if let Some(parent) = parent.and_then(|it| self.stories.get_mut(*it)) {
                parent.children.push(child);
            }
        }
    }

    /// Adds one language's facets; where they are as many as the default's, these count besides.
    fn variant(
        &mut self,
        story: usize,
        lang: Option<&str>,
        facets: &Facets,
        default: Option<&Facets>,
        uses: &mut [Vec<Target>],
    ) {
        if facets.all.is_empty() {
            return;
        }
        let variant = self.variants.len();
        self.variants.push(Variant {
            story,
            facets: facets.all.len().min(FACETS_MAX),
            lang: lang.map(str::to_owned),
        });
        let mut add = |this: &mut Self, facets: &Facets, language: Language, all: bool| {
            let each = facets.all.iter().enumerate().take(if all { FACETS_MAX } else { 0 });
            let all = each.flat_map(|(facet, aliases)| {
                aliases.iter().map(move |it| (it, Target::Facet { variant, facet }))
            });
            let none = facets.none.iter().map(|it| (it, Target::None { variant }));
            for (alias, target) in all.chain(none) {
                match alias {
                    Alias::Pack(key) => {
                        let packs =
                            this.packs.iter().zip(uses.iter_mut()).filter(|(pack, _)| pack.key == *key);
                        packs.for_each(|(_, uses)| uses.push(target));
                    }
                    alias => _ = this.add(alias, language, &[target]),
                }
            }
        };
        add(self, facets, Language::of(lang), true);
        if let Some(default) = default {
            add(self, default, Language::of(None), default.all.len() == facets.all.len());
        }
    }

    fn add(&mut self, alias: &Alias, language: Language, targets: &[Target]) -> u32 {
        let number = u32::try_from(self.aliases.len()).unwrap_or(u32::MAX);
        self.aliases.push(CompiledAlias { written: written(alias), targets: targets.to_vec() });
        let table = self.rules.table.clone();
        self.trie.insert(&table, alias, language, number);
        number
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
