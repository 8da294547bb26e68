//! What one item means for every storyline it belongs to.

use std::cell::OnceCell;

use jiff::{Timestamp, tz::TimeZone};
use storyline_store::{DateMention, Event, Item};

use super::{
    background::{Leaning, background},
    case::Case,
    copy::{Alike, Taken, taken},
    definitions::{Context, Definitions, name_words},
    dispute::{Dispute, dispute},
    fact::{Dated, as_evidence, dates},
    features::{Features, both},
    judgement::Judgement,
    memory::Memory,
    pointer::without_pointers,
    reading::Reading,
    relevance::{Belonging, How, belongings, pass_by, spread_digests, yield_to_others},
    revision,
    similarity::Weighing,
    stem::Language,
    step::Step,
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
    pub(super) memory: &'a Memory,
    pub(super) item: &'a Item,
    pub(super) feed: Option<&'a Context>,
    pub(super) lang: Option<String>,
    pub(super) reading: Reading,
    /// Whether only what is new in a later content is read.
    pub(super) is_revision: bool,
    pub(super) features: OnceCell<Features>,
    pub(super) dates: OnceCell<Vec<Dated>>,
    /// The words of its bylines' names.
    bylines: OnceCell<Vec<Vec<u64>>>,
    /// Its words, and those of its outlet's name.
    spelled: OnceCell<(Vec<u64>, Vec<u64>)>,
    mentions: OnceCell<Vec<DateMention>>,
    alike: OnceCell<Vec<Alike>>,
    dispute: OnceCell<Option<Dispute>>,
    background: OnceCell<Leaning>,
}

impl<'a> Heard<'a> {
    fn of(
        (definitions, memory): (&'a Definitions, &'a Memory),
        item: &'a Item,
        (title, text): (&str, &str),
        is_revision: bool,
    ) -> Self {
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
            memory,
            item,
            feed,
            lang,
            reading,
            is_revision,
            features: OnceCell::new(),
            dates: OnceCell::new(),
            bylines: OnceCell::new(),
            spelled: OnceCell::new(),
            mentions: OnceCell::new(),
            alike: OnceCell::new(),
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

    /// Its dates as evidence.
    pub(super) fn mentions(&self) -> &[DateMention] {
        self.mentions.get_or_init(|| as_evidence(self.dates()))
    }

    /// The words of its bylines' names, as hashes.
    pub(super) fn bylines(&self) -> &[Vec<u64>] {
        let stated = || self.item.source.iter().chain(&self.item.authors);
        self.bylines.get_or_init(|| stated().map(|it| name_words(it)).collect())
    }

    /// Its words, and those of its outlet's name, as hashes.
    pub(super) fn spelled(&self) -> &(Vec<u64>, Vec<u64>) {
        let words = || self.reading.words.iter().map(|it| it.form.plain).collect();
        self.spelled.get_or_init(|| (words(), name_words(&self.item.outlet)))
    }

    /// What of a storyline's reports it is taken from.
    pub(super) fn taken(&self, thread: &Thread) -> Option<Taken> {
        let rules = &self.definitions.rules.table.copy;
        let alike = self.alike.get_or_init(|| self.memory.alike(rules, self.features()));
        taken(rules, thread, (self.item.id, self.item.effective), self.features(), alike)
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

    /// The stems, in order, and the kinds of action by which a storyline recognised the item.
    pub(super) fn common(&self, it: &Belonging) -> (Vec<u32>, u64) {
        let (table, words) = (&self.definitions.rules.table, &self.reading.words);
        let tongue = self.reading.tongue;
        let stems = it.places.iter().filter_map(|at| words.get(*at)).map(|it| table.sense(tongue, it));
        let mut stems: Vec<u32> = stems.collect();
        stems.sort_unstable();
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
    let mut judged = Vec::new();
    judge_each((definitions, memory), item, now, |it| judged.push(it));
    judged
}

/// Tells what an item means for each storyline it belongs to.
fn judge_each(
    (definitions, memory): (&Definitions, &Memory),
    item: &Item,
    now: Timestamp,
    mut tell: impl FnMut(Judgement),
) {
    let Some(heard) = hear(definitions, memory, item) else { return };
    let touching = heard.touching();
    for it in &belonging(&heard, &touching) {
        if let Some(case) = Case::of(&heard, it, &touching) {
            tell(case.judge(now));
        }
    }
}

/// The storylines an item belongs to, of all it touches, in the order of their names.
pub(super) fn belonging(heard: &Heard<'_>, touching: &Touching) -> Vec<Belonging> {
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
        belongs.extend(join(heard, touching));
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
    let mut events = Vec::new();
    judge_each((definitions, memory), item, now, |it| it.tell(&mut events));
    events
}

/// Reads an item, or what is new in it; none where nothing is.
pub(super) fn hear<'a>(
    definitions: &'a Definitions,
    memory: &'a Memory,
    item: &'a Item,
) -> Option<Heard<'a>> {
    let whole = Heard::of((definitions, memory), item, (&item.title, &item.text), false);
    if !definitions.rules.takes(Step::Revision) || !item.revision {
        return Some(whole);
    }
    match revision::what_is_new(memory, item.id, &whole.reading)? {
        revision::News::All => Some(whole),
        revision::News::Part { title, text } => {
            Some(Heard::of((definitions, memory), item, (&title, &text), true))
        }
    }
}

/// The one storyline that accepted a report near to an item which misses a facet.
fn join(heard: &Heard<'_>, touching: &Touching) -> Option<Belonging> {
    let (definitions, memory) = (heard.definitions, heard.memory);
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
        if rules.takes(Step::Copy) && heard.taken(thread).is_some_and(|it| it.is_copy) {
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
    let weighing = Weighing::of(rules, thread, heard.features(), Vec::new());
    let open = thread.newest().take(JOIN_REPORTS_MAX).filter(|known| {
        let apart = heard.item.effective.duration_since(known.effective).abs().as_hours();
        let names = || both(&known.features.names, &heard.features().names).next().is_some();
        let enough = || share(words, heard.features(), &known.features);
        !known.joined && apart <= span && names() && enough() && wanted(known)
    });
    open.map(|known| (weighing.cosine(&known.features.terms), known)).max_by(|a, b| a.0.total_cmp(&b.0))
}
