//! Dates, places and participants a report names, and how sure they are.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{civil::Date, tz::TimeZone};
use storyline_store::{Certainty, DateMention, FactKey, Item};

use super::{
    dates::{Mention, is_verb, mentions},
    definitions::{CompiledPack, Definitions},
    participant::participants,
    pattern::plain,
    place::places,
    reading::{Reading, Word},
    relevance::Belonging,
    rules::Table,
    touch::Touching,
};

/// A fact as one report has it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fact {
    /// What it is about.
    pub key: FactKey,
    /// A day, or a pack's name.
    pub value: String,
    /// How sure it is.
    pub certainty: Certainty,
    /// Whether it stands where the storyline itself is told of; others are named beside it and are no news of it.
    #[serde(skip)]
    pub is_own: bool,
    /// Whether it is no news by itself: the storyline is known by it, or it is the day of the report.
    #[serde(skip)]
    pub is_noted: bool,
}

/// A date a report names.
#[derive(Debug, Clone)]
pub(super) struct Dated {
    pub(super) mention: Mention,
    /// The sentence it stands in; 0 is the title.
    pub(super) sentence: usize,
    /// Whether it stands in the title.
    pub(super) is_title: bool,
}

impl Dated {
    /// The first of its words.
    fn word(&self, reading: &Reading) -> usize {
        let start = if self.is_title { 0 } else { reading.title_words };
        let words = reading.words.get(start..).unwrap_or_default();
        start + words.iter().take_while(|it| it.at.end <= self.mention.start).count()
    }
}

/// The dates of a title and a text, in the zone of the outlet.
pub(super) fn dates(item: &Item, reading: &Reading, tz: &TimeZone, lang: Option<&str>) -> Vec<Dated> {
    let published = item.published.unwrap_or(item.effective);
    let title = mentions(&reading.title, published, tz, lang).into_iter().map(|mention| Dated {
        mention,
        sentence: 0,
        is_title: true,
    });
    let text = mentions(&reading.text, published, tz, lang).into_iter().map(|mention| {
        let words = reading.words.get(reading.title_words..).unwrap_or_default();
        let sentence = words
            .iter()
            .take_while(|it| it.at.start <= mention.start)
            .last()
            .map_or(1, |it| usize::from(it.sentence));
        Dated { mention, sentence, is_title: false }
    });
    title.chain(text).collect()
}

/// The dates as evidence.
pub(super) fn as_evidence(dates: &[Dated]) -> Vec<DateMention> {
    let each = dates.iter().map(|it| DateMention {
        text: it.mention.text.clone(),
        value: it.mention.value.map(|it| it.to_string()),
    });
    each.collect()
}

/// What a report says of days, places and participants.
pub(super) fn facts(
    definitions: &Definitions,
    reading: &Reading,
    touching: &Touching,
    own: &Belonging,
    (dates, today, english): (&[&Dated], Date, bool),
) -> Vec<Fact> {
    let table = &definitions.rules.table;
    let mut found: BTreeMap<(FactKey, String), Fact> = BTreeMap::new();
    let venues = definitions.stories.get(own.story).map_or(0, |it| it.venues);
    let mut add = |key, value: String, at: usize, is_old: bool| {
        let sentence = reading.words.get(at).map_or(0, |it| usize::from(it.sentence));
        let (certainty, is_own) = (certainty(table, reading, sentence), own.owns(reading, at));
        let is_noted = is_old
            || key != FactKey::Date && own.is_known_by(at, if key == FactKey::Place { venues } else { 0 });
        let it = Fact { key, value: value.clone(), certainty, is_own, is_noted };
        let known = found.entry((key, value)).or_insert(it);
        known.certainty = known.certainty.max(certainty);
        known.is_own |= is_own;
        known.is_noted |= is_noted;
    };
    let names = Names { english, ..Names::of(definitions, reading, touching, &own.places, today) };
    let names = names.without_borne();
    for (at, name) in places(&names) {
        add(FactKey::Place, name, at, false);
    }
    for (at, name) in participants(&names) {
        add(FactKey::Participant, name, at, false);
    }
    for it in dates.iter().filter(|it| it.sentence <= 2) {
        let Some(value) = it.mention.value else { continue };
        if value.first() == value.last() {
            add(FactKey::Date, value.to_string(), it.word(reading), value.last() <= today);
        }
    }
    found.into_values().collect()
}

/// A pack that is named, and at which words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    pub(super) pack: usize,
    pub(super) at: usize,
    /// The first word after it.
    pub(super) end: usize,
}

/// The names in title and first two sentences, and the words between them.
pub(super) struct Names<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) reading: &'a Reading,
    /// In order of words; of names within each other only the longest.
    pub(super) all: Vec<Named>,
    /// Names of places that somebody or something else bears.
    pub(super) borne: Vec<Named>,
    /// Whether the title writes every word with a capital, so that capitals say nothing there.
    pub(super) title_shouts: bool,
    /// The words by which the storyline is recognised.
    pub(super) own: &'a [usize],
    /// The day of publication.
    pub(super) today: Date,
    /// Whether it is English, as far as is known: endings say something only there.
    pub(super) english: bool,
}

impl<'a> Names<'a> {
    fn of(
        definitions: &'a Definitions,
        reading: &'a Reading,
        touching: &Touching,
        own: &'a [usize],
        today: Date,
    ) -> Self {
        let lead =
            touching.hits.iter().filter(|hit| reading.words.get(hit.at).is_some_and(|it| it.sentence <= 2));
        let mut all: Vec<Named> = lead
            .flat_map(|hit| {
                let (at, end) = (hit.at, hit.at + hit.len);
                definitions.named(*hit).map(move |(pack, _)| Named { pack, at, end })
            })
            .collect();
        all.sort_by_key(|it| (it.at, std::cmp::Reverse(it.end), it.pack));
        all.dedup_by_key(|it| (it.at, it.end, it.pack));
        let outer = all.clone();
        all.retain(|it| {
            let holds = |other: &Named| {
                other.at <= it.at && it.end <= other.end && other.end - other.at > it.end - it.at
            };
            !outer.iter().any(holds)
        });
        let title = reading.sentence(0);
        let capital = title.iter().filter(|it| it.capital).count();
        Self {
            definitions,
            reading,
            all,
            borne: Vec::new(),
            title_shouts: capital * 3 > title.len() * 2,
            own,
            today,
            english: true,
        }
    }

    /// A pack by its number.
    pub(super) fn pack(&self, pack: usize) -> Option<&'a CompiledPack> {
        self.definitions.packs.get(pack)
    }

    /// Whether a pack is a country.
    pub(super) fn is_country(&self, pack: usize) -> bool {
        self.pack(pack).is_some_and(|it| it.is_country)
    }

    pub(super) fn word(&self, at: usize) -> Option<&'a Word> {
        self.reading.words.get(at)
    }

    /// The sentence a word stands in.
    pub(super) fn sentence(&self, at: usize) -> usize {
        self.word(at).map_or(0, |it| usize::from(it.sentence))
    }

    /// The word so many places before another, in the same sentence.
    pub(super) fn before(&self, at: usize, back: usize) -> Option<&'a Word> {
        let own = self.word(at)?.sentence;
        self.word(at.checked_sub(back)?).filter(|it| it.sentence == own)
    }

    /// The word at a place, if it is in the same sentence as another.
    pub(super) fn after(&self, at: usize, next: usize) -> Option<&'a Word> {
        let own = self.word(at)?.sentence;
        self.word(next).filter(|it| it.sentence == own)
    }

    /// What is written between a word and the next.
    pub(super) fn gap(&self, at: usize) -> &'a str {
        let (Some(one), next) = (self.word(at), self.word(at + 1)) else { return "" };
        let in_title = at < self.reading.title_words;
        let field = if in_title { &self.reading.title } else { &self.reading.text };
        let end = next.filter(|_| (at + 1 < self.reading.title_words) == in_title);
        field.get(one.at.end..end.map_or(field.len(), |it| it.at.start)).unwrap_or_default()
    }

    /// Whether only blanks stand between a word and the next.
    pub(super) fn tied(&self, at: usize) -> bool {
        let gap = self.gap(at);
        !gap.is_empty() && gap.trim().is_empty()
    }

    /// Whether a word may be of a name that no pack knows.
    pub(super) fn is_strange(&self, at: usize) -> bool {
        let table = &self.definitions.rules.table;
        self.word(at).is_some_and(|it| it.capital && !it.capitals && !table.is_stopword(it))
            && !self.is_known(at)
    }

    /// Whether a known name covers a word.
    pub(super) fn is_known(&self, at: usize) -> bool {
        self.all.iter().any(|it| (it.at..it.end).contains(&at))
    }

    /// Whether a word is a form of a verb that may follow who acts.
    pub(super) fn acts(&self, word: Option<&Word>) -> bool {
        let Some(word) = word.filter(|it| !it.capital || self.title_shouts) else { return false };
        let table = &self.definitions.rules.table;
        let letters = self.reading.letters(word);
        !table.place.occasions.contains(&word.form.plain)
            && (table.who.acts.contains(&word.form.plain) || is_verb(letters))
    }

    /// Whether a word begins its sentence, a mark like "BREAKING:" aside.
    pub(super) fn opens(&self, at: usize) -> bool {
        self.before(at, 1).is_none() || self.before(at, 2).is_none() && self.gap(at - 1).contains(':')
    }
}

/// Whether a word is one of some words.
pub(super) fn is_word(word: Option<&Word>, all: &[&str]) -> bool {
    word.is_some_and(|it| all.iter().any(|one| plain(one) == it.form.plain))
}

/// How sure a sentence is of what it says.
fn certainty(table: &Table, reading: &Reading, sentence: usize) -> Certainty {
    let has = |set: &std::collections::BTreeSet<u64>| {
        reading.sentence(sentence).iter().any(|it| set.contains(&it.form.plain))
    };
    if has(&table.claimed) {
        Certainty::Claimed
    } else if has(&table.proposed) {
        Certainty::Proposed
    } else if has(&table.probable) {
        Certainty::Probable
    } else {
        Certainty::Reported
    }
}

/// The packs that title and first two sentences name.
pub(super) fn packs(definitions: &Definitions, reading: &Reading, touching: &Touching) -> BTreeSet<usize> {
    let lead =
        touching.hits.iter().filter(|hit| reading.words.get(hit.at).is_some_and(|it| it.sentence <= 2));
    lead.flat_map(|it| definitions.named(*it)).map(|it| it.0).collect()
}
