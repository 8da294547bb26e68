//! What one item means for every storyline it belongs to.

use std::{cell::OnceCell, collections::BTreeSet};

use jiff::{Timestamp, tz::TimeZone};
use storyline_store::{Event, Item};

use super::{
    background::{Leaning, background},
    case::Case,
    copy::taken,
    definitions::{Context, Definitions},
    dispute::{Dispute, dispute},
    fact::{Dated, dates},
    features::Features,
    judgement::Judgement,
    memory::Memory,
    pointer::without_pointers,
    reading::Reading,
    relevance::{Belonging, How, belongings, pass_by, spread_digests, yield_to_others},
    revision,
    rules::Step,
    similarity::Weighing,
    stem::Language,
    thread::{Known, Thread},
    touch::{Surroundings, Touching},
};

/// Reports an item is compared with before it is joined to one.
const JOIN_REPORTS_MAX: usize = 64;
/// Storylines it is compared with, those that miss least first.
const JOIN_STORIES_MAX: usize = 8;

/// An item on its way to a judgement, read once for all storylines.
pub(super) struct Heard<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) item: &'a Item,
    pub(super) feed: Option<&'a Context>,
    pub(super) lang: Option<String>,
    pub(super) reading: Reading,
    /// Whether only what is new in a later content is read.
    pub(super) is_revision: bool,
    pub(super) features: OnceCell<Features>,
    pub(super) dates: OnceCell<Vec<Dated>>,
    dispute: OnceCell<Option<Dispute>>,
    background: OnceCell<Leaning>,
}

impl<'a> Heard<'a> {
    fn of(definitions: &'a Definitions, item: &'a Item, title: &str, text: &str, is_revision: bool) -> Self {
        let feed = definitions.feeds.get(&item.feed);
        let lang = item.lang.as_deref().or_else(|| feed.and_then(|it| it.lang.as_deref()));
        let lang = lang.and_then(|it| it.split(['-', '_']).next()).map(str::to_lowercase);
        let text = if definitions.rules.takes(Step::Pointer) {
            without_pointers(&definitions.rules.table.pointers, text)
        } else {
            text.into()
        };
        let reading = Reading::of(title, &text, Language::of(lang.as_deref()));
        Self {
            definitions,
            item,
            feed,
            lang,
            reading,
            is_revision,
            features: OnceCell::new(),
            dates: OnceCell::new(),
            dispute: OnceCell::new(),
            background: OnceCell::new(),
        }
    }

    pub(super) fn features(&self) -> &Features {
        self.features
            .get_or_init(|| Features::of(&self.definitions.rules.table, &self.reading, &self.item.outlet))
    }

    pub(super) fn dates(&self) -> &[Dated] {
        self.dates.get_or_init(|| {
            let tz = self.feed.map_or(TimeZone::UTC, |it| it.tz.clone());
            dates(self.item, &self.reading, &tz, self.lang.as_deref())
        })
    }

    /// The denial or correction it reads as.
    pub(super) fn dispute(&self) -> Option<&Dispute> {
        self.dispute.get_or_init(|| dispute(&self.definitions.rules, &self.reading)).as_ref()
    }

    /// How much it reads like background.
    pub(super) fn background(&self) -> &Leaning {
        self.background.get_or_init(|| background(&self.definitions.rules, &self.reading))
    }

    /// Everything it touches.
    pub(super) fn touching(&self) -> Touching {
        let weak = self.definitions.rules.takes(Step::WeakEvidence);
        let around = weak.then_some(|| self.surroundings());
        Touching::of(self.definitions, &self.reading, self.lang.as_deref(), around)
    }

    /// The stems, and the kinds of action, by which a storyline recognised the item.
    pub(super) fn common(&self, it: &Belonging) -> (BTreeSet<u32>, u64) {
        let (table, words) = (&self.definitions.rules.table, &self.reading.words);
        let tongue = self.reading.tongue;
        let stems =
            it.places.iter().filter_map(|at| words.get(*at)).map(|it| table.sense(tongue, it)).collect();
        let kinds = it.places.iter().filter_map(|at| table.concept(&self.reading, words, *at));
        (stems, kinds.fold(0, |all, it| all | 1 << u64::from(it)))
    }

    fn surroundings(&self) -> Surroundings {
        let language = Language::of(self.lang.as_deref());
        let path =
            self.item.link.as_deref().and_then(|it| it.split_once("://")).and_then(|it| it.1.split_once('/'));
        let path = path.map_or("", |it| it.1.split(['?', '#']).next().unwrap_or_default());
        Surroundings {
            categories: Reading::of("", &self.item.categories.join("\n"), language),
            url: Reading::of("", &path.replace(['-', '_', '/', '.'], " "), language),
            granted: self.feed.map_or_else(Vec::new, |it| it.granted.clone()),
        }
    }
}

/// What an item means for every storyline it belongs to.
pub fn judge(definitions: &Definitions, memory: &Memory, item: &Item, now: Timestamp) -> Vec<Judgement> {
    let Some(heard) = hear(definitions, memory, item) else { return Vec::new() };
    let touching = heard.touching();
    let belongs = belonging(&heard, memory, &touching);
    belongs.iter().filter_map(|it| Some(Case::of(&heard, memory, it, &touching)?.judge(now))).collect()
}

/// The storylines an item belongs to, of all it touches, in the order of their names.
pub(super) fn belonging(heard: &Heard<'_>, memory: &Memory, touching: &Touching) -> Vec<Belonging> {
    let definitions = heard.definitions;
    let mut belongs = belongings(definitions, &heard.reading, touching, &touching.full(definitions));
    belongs.retain(|it| it.how <= How::Spread);
    if definitions.rules.takes(Step::Umbrella) {
        yield_to_others(definitions, heard.reading.title_words, &mut belongs);
    }
    if definitions.rules.takes(Step::Window) {
        spread_digests(&heard.reading, &mut belongs);
        pass_by(&mut belongs);
    }
    if belongs.is_empty() && definitions.rules.takes(Step::Join) {
        belongs.extend(join(heard, memory, touching));
    }
    belongs.sort_by_key(|it| it.story);
    let shared = belongs.len() > 1;
    for it in &mut belongs {
        it.shared = shared;
    }
    belongs
}

/// The events an item brings, in the order they are recorded.
pub fn detect(definitions: &Definitions, memory: &Memory, item: &Item, now: Timestamp) -> Vec<Event> {
    judge(definitions, memory, item, now).into_iter().flat_map(Judgement::events).collect()
}

/// Reads an item, or what is new in it; none where nothing is.
pub(super) fn hear<'a>(definitions: &'a Definitions, memory: &Memory, item: &'a Item) -> Option<Heard<'a>> {
    let whole = Heard::of(definitions, item, &item.title, &item.text, false);
    if !definitions.rules.takes(Step::Revision) || !item.revision {
        return Some(whole);
    }
    match revision::what_is_new(memory, item.id, &whole.reading)? {
        revision::News::All => Some(whole),
        revision::News::Part { title, text } => Some(Heard::of(definitions, item, &title, &text, true)),
    }
}

/// The one storyline that accepted a report near to an item which misses a facet.
fn join(heard: &Heard<'_>, memory: &Memory, touching: &Touching) -> Option<Belonging> {
    let definitions = heard.definitions;
    let remembered = |variant: &usize| {
        let story = definitions.variants.get(*variant).and_then(|it| definitions.stories.get(it.story));
        story.is_some_and(|it| memory.thread(&it.id).is_some())
    };
    let near: Vec<usize> =
        touching.partial(definitions).into_iter().filter(remembered).take(JOIN_STORIES_MAX).collect();
    let found = belongings(definitions, &heard.reading, touching, &near);
    let rules = &heard.definitions.rules;
    let mut best: Option<(f64, &Belonging)> = None;
    for it in found.iter().filter(|it| it.how == How::Partial && !it.places.is_empty()) {
        let Some(thread) = memory.thread(&heard.definitions.stories.get(it.story)?.id) else { continue };
        let item = heard.item;
        let copies = || taken(&rules.table.copy, thread, item.id, item.effective, heard.features());
        if rules.takes(Step::Copy) && copies().is_some_and(|it| it.is_copy) {
            return Some(Belonging { how: How::Joined, ..it.clone() });
        }
        let cosine = near_to_join(heard, thread, |_| true).map_or(0.0, |it| it.0);
        if cosine >= rules.table.relevance.join_cosine && best.is_none_or(|other| cosine > other.0) {
            best = Some((cosine, it));
        }
    }
    best.map(|(_, it)| Belonging { how: How::Joined, ..it.clone() })
}

/// Whether two reports have so many words in common: one alone is as often as not the one that touches a facet.
fn share(words: usize, a: &Features, b: &Features) -> bool {
    let shared = a.terms.iter().filter(|it| b.terms.binary_search_by_key(&it.0, |it| it.0).is_ok());
    shared.take(words).count() == words
}

/// The report of a thread that an item could be joined to and comes nearest to, and how near; of those that are `wanted`.
///
/// An item that misses a facet is of a story only by who it is about: a report that shares no name with it is of another.
pub(super) fn near_to_join<'a>(
    heard: &Heard<'_>,
    thread: &'a Thread,
    wanted: impl Fn(&Known) -> bool,
) -> Option<(f64, &'a Known)> {
    let rules = &heard.definitions.rules;
    let (span, words) = (i64::from(rules.table.relevance.join_hours), rules.table.relevance.join_words);
    let weighing = Weighing::of(rules, thread, heard.features(), BTreeSet::new());
    let open = thread.newest().take(JOIN_REPORTS_MAX).filter(|known| {
        let apart = heard.item.effective.duration_since(known.effective).abs().as_hours();
        let names = !known.features.names.is_disjoint(&heard.features().names);
        let enough = share(words, heard.features(), &known.features);
        !known.joined && apart <= span && names && enough && wanted(known)
    });
    open.map(|known| (weighing.cosine(&known.features.terms), known)).max_by(|a, b| a.0.total_cmp(&b.0))
}
