//! Where something takes place, of all the places a report names.
//!
//! "in Riyadh", "the Paris summit", "GENEVA – Envoys met", "in the capital"; not
//! "an official in Oslo", "a Swede held in Ohio", "Ukraine talks".

use std::collections::BTreeSet;

use super::{
    fact::{Named, Names, is_word},
    reading::Word,
};

/// Words of an unknown place at the most.
const PLACE_WORDS_MAX: usize = 3;

/// The places where something takes place, each with the word it is named at.
pub(super) fn places(names: &Names<'_>) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for it in &names.all {
        let Some(pack) = names.definitions.packs.get(it.pack).filter(|it| it.is_place) else { continue };
        if pack.is_country
            && let Some(seat) = seat_of(names, *it)
        {
            found.push((it.at, seat));
        } else if takes_place(names, *it, pack.is_country) {
            found.push((it.at, pack.name.clone()));
        }
    }
    found.extend(dateline(names));
    found.extend(in_the_capital(names));
    found.extend(unknown(names));
    found
}

fn is(word: Option<&Word>, set: &BTreeSet<u64>) -> bool {
    word.is_some_and(|it| set.contains(&it.form.plain))
}

/// How many words before a name are its article.
fn article(names: &Names<'_>, at: usize) -> usize {
    usize::from(is_word(names.before(at, 1), &["the"]))
}

fn takes_place(names: &Names<'_>, it: Named, is_country: bool) -> bool {
    let words = &names.definitions.rules.table.place;
    let skip = article(names, it.at);
    let before = |back: usize| names.before(it.at, back + skip);
    let next = names.after(it.at, it.end);
    let hosts = [it.end, it.end + 1]
        .into_iter()
        .any(|at| is_word(names.after(it.at, at), &["host", "hosts", "hosting", "hosted"]));
    let housed = is(next, if is_country { &words.visits } else { &words.occasions })
        && names.tied(it.end.saturating_sub(1));
    let of_it = is_word(before(1), &["of", "de", "von", "di"]) && is(before(2), &words.occasions);
    let stated = is_word(before(1), &["from"]) && is(before(2), &words.statements);
    let reached = is(before(1), &words.reach);
    located(names, it.at, is_country) || hosts || housed || of_it || stated || reached
}

/// Whether a preposition says that something is there, or goes there.
fn located(names: &Names<'_>, at: usize, is_country: bool) -> bool {
    let words = &names.definitions.rules.table.place;
    let skip = article(names, at);
    let before = |back: usize| names.before(at, back + skip);
    if !is(before(1), &words.locative) || is(before(2), &words.matters) {
        return false;
    }
    if is_word(before(1), &["to", "into"]) {
        let travels = (2..=5).any(|back| is(before(back), &words.travel));
        let clause = names.word(at).map(|it| it.clause);
        let meets = || {
            let same = names.reading.words.iter().filter(|it| Some(it.clause) == clause);
            same.into_iter().any(|it| words.occasions.contains(&it.form.plain))
        };
        let invited = (2..=4).any(|back| {
            is_word(before(back), &["invited", "invites", "invite", "invitation", "trip", "visit", "called"])
        });
        return travels && (!is_country || invited || meets());
    }
    let spoken = is(before(2), &words.speech);
    // "A Russian held in Ohio", not "talks held in Riyadh".
    let held = is_word(before(2), &["held"]) && before(3).is_some_and(|it| it.capital);
    let kept = held || is(before(2), &words.restraint);
    !spoken && !kept
}

/// "the Saudi capital".
fn seat_of(names: &Names<'_>, it: Named) -> Option<String> {
    let capital = is_word(names.after(it.at, it.end), &["capital"]) && names.tied(it.end.saturating_sub(1));
    let seat = names.definitions.seat(it.pack).filter(|_| capital)?;
    located(names, it.at, false).then(|| seat.name.clone())
}

/// "in the capital": of the country that was named last.
fn in_the_capital(names: &Names<'_>) -> Option<(usize, String)> {
    let words = &names.definitions.rules.table.place;
    let lead = names.reading.lead();
    let at = (0..lead.len()).find(|at| {
        is_word(lead.get(*at), &["capital"])
            && is_word(names.before(*at, 1), &["the"])
            && is(names.before(*at, 2), &words.locative)
            && !is(names.before(*at, 3), &words.matters)
            && !is_word(names.after(*at, at + 1), &["of", "city", "markets", "investment"])
    })?;
    let country = |it: &&Named| names.definitions.packs.get(it.pack).is_some_and(|it| it.is_country);
    let own = names.sentence(at);
    let inside = names.all.iter().filter(|it| it.at < at && names.sentence(it.at) == own).find(country);
    let last = inside.or_else(|| names.all.iter().rev().filter(|it| it.at < at).find(country))?;
    Some((at, names.definitions.seat(last.pack)?.name.clone()))
}

/// The place a text is written from, where the title names it too or nobody is only quoted there.
fn dateline(names: &Names<'_>) -> Option<(usize, String)> {
    let start = names.reading.title_words;
    let first = names.word(start).filter(|it| it.sentence == 1 && it.capital)?;
    let end = (start + 1..=start + 4).find(|at| {
        let gap = names.gap(at - 1).trim();
        gap.starts_with(['-', '–', '—', '('])
    })?;
    let known = names.all.iter().find(|it| it.at == start && it.end == end);
    let pack = known.and_then(|it| names.definitions.packs.get(it.pack));
    let titled =
        known.is_some_and(|it| names.all.iter().any(|other| other.at < start && other.pack == it.pack));
    let words = &names.definitions.rules.table.place;
    let quoted = names.reading.sentence(1).iter().any(|it| words.speech.contains(&it.form.plain));
    match pack {
        Some(pack) if pack.is_place && (titled || !quoted) => Some((start, pack.name.clone())),
        None if first.capitals && !quoted => {
            let name: Vec<String> =
                (start..end).filter_map(|at| names.word(at)).map(|it| named(names, it)).collect();
            Some((start, name.join(" ")))
        }
        _ => None,
    }
}

/// A word in capitals as names are written.
fn named(names: &Names<'_>, word: &Word) -> String {
    let written = names.reading.text.get(word.at.clone()).unwrap_or_default();
    let mut letters = written.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect()
    })
}

/// "in Karsk": a place no pack knows, told by its capitals.
fn unknown(names: &Names<'_>) -> Vec<(usize, String)> {
    let table = &names.definitions.rules.table;
    let lead = names.reading.lead();
    let start = if names.title_shouts { names.reading.title_words } else { 0 };
    let mut found = Vec::new();
    for at in start..lead.len() {
        if !is_word(names.before(at, 1), &["in"]) || names.is_known(at) {
            continue;
        }
        let named = |at: usize| {
            lead.get(at).is_some_and(|it| !table.place.unplaced.contains(&it.form.plain))
                && names.is_strange(at)
        };
        let mut end = at;
        while end < at + PLACE_WORDS_MAX && named(end) && (end == at || names.tied(end - 1)) {
            end += 1;
        }
        let body = (at..end).any(|it| is(names.word(it), &table.who.bodies));
        // "in Castin shares", "in Tarrant's trial": a name before a thing, or with its owner's mark, is no place.
        let last = end.saturating_sub(1);
        let thing = names.tied(last) && is(names.after(at, end), &table.place.things);
        let whose = thing || names.gap(last).starts_with(['\'', '’']);
        if end > at && !body && !whose && located(names, at, false) {
            found.push((at, names.reading.span(at, end - 1).to_owned()));
        }
    }
    found
}
