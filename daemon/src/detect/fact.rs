//! Dates, places and participants a report names, and how sure they are.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use storyline_store::{Certainty, DateMention, FactKey, Item};

use super::{
    dates::{Mention, mentions},
    definitions::Definitions,
    reading::Reading,
    rules::Table,
    touch::Touching,
    trie::Hit,
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
    dates: &[Dated],
) -> Vec<Fact> {
    let table = &definitions.rules.table;
    let mut found: BTreeMap<(FactKey, String), Certainty> = BTreeMap::new();
    let mut add = |key, value: String, certainty: Certainty| {
        let known = found.entry((key, value)).or_insert(certainty);
        *known = (*known).max(certainty);
    };
    for hit in &touching.hits {
        let Some(word) = reading.words.get(hit.at).filter(|it| it.sentence <= 2) else { continue };
        for (_, pack) in definitions.named(*hit) {
            let key = if pack.is_place { FactKey::Place } else { FactKey::Participant };
            if !pack.is_place || takes_place(table, reading, *hit) {
                add(key, pack.name.clone(), certainty(table, reading, usize::from(word.sentence)));
            }
        }
    }
    for it in dates.iter().filter(|it| it.sentence <= 2) {
        let Some(value) = it.mention.value else { continue };
        let certainty = certainty(table, reading, it.sentence);
        if value.first() == value.last() {
            add(FactKey::Date, value.to_string(), certainty);
        }
    }
    found.into_iter().map(|((key, value), certainty)| Fact { key, value, certainty }).collect()
}

/// Whether something takes place where a place is named: "in Riyadh", "the Paris summit", "X to host".
fn takes_place(table: &Table, reading: &Reading, hit: Hit) -> bool {
    let Some(own) = reading.words.get(hit.at) else { return false };
    let plain = |at: Option<usize>| {
        at.and_then(|it| reading.words.get(it))
            .filter(|it| it.sentence == own.sentence)
            .map(|it| it.form.plain)
    };
    let is = |at: Option<usize>, set: &BTreeSet<u64>| plain(at).is_some_and(|it| set.contains(&it));
    let after = hit.at + hit.len;
    let article =
        usize::from(plain(hit.at.checked_sub(1)).is_some_and(|it| it == super::pattern::plain("the")));
    let before = |back: usize| hit.at.checked_sub(back + article);
    let located = is(before(1), &table.locative) && !is(before(2), &table.matters);
    let hosts = [after, after + 1].into_iter().any(|at| {
        plain(Some(at)).is_some_and(|it| {
            ["host", "hosts", "hosting"].iter().any(|word| super::pattern::plain(word) == it)
        })
    });
    let genitive = plain(before(1))
        .is_some_and(|it| ["of", "de", "von", "di"].iter().any(|word| super::pattern::plain(word) == it));
    let occasion = genitive && is(before(2), &table.occasions);
    located || occasion || hosts || is(Some(after), &table.occasions)
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
