//! Who takes part, of all who are named.
//!
//! Those who act, speak for themselves, or are met: by the packs, by what a
//! capital stands for ("London and Paris reject"), and by a title before a name
//! no pack knows ("Judge Edda Marsh").

use super::fact::{Named, Names, is_word};

/// Words of an unknown name.
const NAME_WORDS: std::ops::RangeInclusive<usize> = 2..=3;

/// Who takes part, each with the word they are named at.
pub(super) fn participants(names: &Names<'_>) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for it in &names.all {
        let Some(pack) = names.definitions.packs.get(it.pack) else { continue };
        if pack.is_place {
            continue;
        }
        if !is_source(names, *it, pack.is_voice) && !is_adjunct(names, *it) {
            found.push((it.at, pack.name.clone()));
        }
    }
    found.extend(governments(names));
    found.extend(titled(names));
    found.extend(opening(names));
    found
}

/// Whether a name only says who told it: "…, the Kremlin said", a spokesman.
fn is_source(names: &Names<'_>, it: Named, is_voice: bool) -> bool {
    let table = &names.definitions.rules.table;
    let next = names.after(it.at, it.end);
    let says = next.is_some_and(|it| table.place.speech.contains(&it.form.plain));
    let spoken_for = (it.at.saturating_sub(2)..it.end + 2)
        .filter_map(|at| names.after(it.at, at))
        .any(|it| table.who.spokes.contains(&it.form.plain));
    let closes = says && names.after(it.at, it.end + 1).is_none();
    let trails = closes && !names.opens(it.at);
    spoken_for || trails || is_voice && (says || !names.acts(next))
}

/// Whether a name only says whose something is: "the Brandl plan".
fn is_adjunct(names: &Names<'_>, it: Named) -> bool {
    let table = &names.definitions.rules.table;
    let next = names.after(it.at, it.end);
    names.tied(it.end.saturating_sub(1)) && next.is_some_and(|it| table.who.adjuncts.contains(&it.form.plain))
}

/// Countries that act, or their capitals for them: "Lisbon and Madrid: no deal".
fn governments(names: &Names<'_>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let is_place = |it: &&Named| names.definitions.packs.get(it.pack).is_some_and(|it| it.is_place);
    for first in names.all.iter().filter(is_place).filter(|it| names.opens(it.at)) {
        let mut row = vec![*first];
        let mut end = first.end;
        while let Some(next) = listed(names, end).and_then(|at| names.all.iter().find(|it| it.at == at)) {
            row.push(*next);
            end = next.end;
        }
        let colon = names.gap(end.saturating_sub(1)).trim_start().starts_with(':') && row.len() > 1;
        if !colon && !names.acts(names.after(first.at, end)) {
            continue;
        }
        for it in row {
            let Some(pack) = names.definitions.packs.get(it.pack).filter(|it| it.is_place) else { continue };
            let country = pack.seat_of.and_then(|it| names.definitions.packs.get(it)).unwrap_or(pack);
            if country.is_country && country.key != "europe" {
                found.push((it.at, country.name.clone()));
            }
        }
    }
    found
}

/// Where the next of a list stands: after a comma, "and", or both.
pub(super) fn listed(names: &Names<'_>, end: usize) -> Option<usize> {
    let gap = names.gap(end.checked_sub(1)?).trim();
    if is_word(names.word(end), &["and", "und", "et"]) {
        return names.tied(end).then_some(end + 1);
    }
    (gap == ",").then_some(end)
}

/// The end of an unknown person's name that begins at a word, if one does.
fn person(names: &Names<'_>, at: usize) -> Option<usize> {
    let table = &names.definitions.rules.table;
    let is_name = |at: usize| {
        names.is_strange(at)
            && names.word(at).is_some_and(|it| {
                !table.who.bodies.contains(&it.form.plain) && !table.who.titles.contains(&it.form.plain)
            })
    };
    let mut end = at;
    while end < at + NAME_WORDS.end() && is_name(end) && (end == at || names.tied(end - 1)) {
        end += 1;
    }
    NAME_WORDS.contains(&(end - at)).then_some(end)
}

/// "Judge Edda Marsh", "union leader Carla Dench".
fn titled(names: &Names<'_>) -> Vec<(usize, String)> {
    let table = &names.definitions.rules.table;
    let start = if names.title_shouts { names.reading.title_words } else { 0 };
    let entitled = |at: &usize| {
        names.before(*at, 1).is_some_and(|it| table.who.titles.contains(&it.form.plain)) && names.tied(at - 1)
    };
    let found = (start..names.reading.lead().len()).filter(entitled);
    found.filter_map(|at| Some((at, names.reading.span(at, person(names, at)? - 1).to_owned()))).collect()
}

/// Who begins a sentence of the text and acts in it: "Otto Brandl and Ines Roth met".
fn opening(names: &Names<'_>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for number in 1..names.reading.sentences.len().min(3) {
        let start = names.reading.sentences.get(number).map_or(0, |it| it.start);
        let mut row = Vec::new();
        let mut next = Some(start);
        while let Some(at) = next
            && let Some(end) = person(names, at)
        {
            row.push((at, end));
            next = listed(names, end);
        }
        let Some((_, end)) = row.last() else { continue };
        let told = names.gap(end - 1).starts_with(',')
            && is_word(names.after(start, *end), &["a", "an", "the", "who"]);
        if told || names.acts(names.after(start, *end)) {
            found.extend(row.iter().map(|(at, end)| (*at, names.reading.span(*at, end - 1).to_owned())));
        }
    }
    found
}
