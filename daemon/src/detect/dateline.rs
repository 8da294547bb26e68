//! The place a text is written from: "GENEVA – Envoys met", "KOUROU, French Guiana (AFP) - …", "DOHA, March 2 - …".

use super::{fact::Names, place::is, reading::Word};

/// Words of a dateline's place at the most.
const PLACE_WORDS_MAX: usize = 4;
/// Words of what may follow it: a region, a day, an agency.
const REST_WORDS_MAX: usize = 6;

/// The place of the dateline, where the title names it too or nobody is only quoted there.
pub(super) fn dateline(names: &Names<'_>) -> Option<(usize, String)> {
    let words = &names.definitions.rules.table.place;
    let start = names.reading.title_words;
    let first = names.word(start).filter(|it| it.sentence == 1 && it.capital)?;
    let known = names.all.iter().find(|it| it.at == start);
    let ends_in = |at: usize, marks: &[char]| names.gap(at - 1).trim().starts_with(marks);
    let capitals = |at: usize| {
        let goes_on = at == start || names.tied(at - 1) || names.gap(at - 1) == "-";
        goes_on && names.word(at).is_some_and(|it| it.capitals)
    };
    let shouted =
        (start..start + PLACE_WORDS_MAX).take_while(|at| capitals(*at)).last().map_or(start, |at| at + 1);
    let end = (start + 1..=start + PLACE_WORDS_MAX).find(|at| {
        let marked = ends_in(*at, &['-', '–', '—', '(']) && names.gap(at - 1).starts_with(' ');
        // What is followed by a comma is a dateline where a dash or an agency comes soon.
        let rest = || (at + 1..=at + REST_WORDS_MAX).any(|it| ends_in(it, &['-', '–', '—', '(']));
        marked || *at == shouted && ends_in(*at, &[',']) && rest()
    })?;
    let known = known.filter(|it| it.end == end);
    let pack = known.and_then(|it| names.pack(it.pack));
    let titled =
        known.is_some_and(|it| names.all.iter().any(|other| other.at < start && other.pack == it.pack));
    let speaks = |it: &Word| [&words.speech, &words.voices].iter().any(|set| is(Some(it), set));
    let told = titled || !names.reading.sentence(1).iter().any(speaks);
    match pack {
        Some(pack) if pack.is_place && told => Some((start, pack.name.clone())),
        None if first.capitals && shouted == end && told => Some((start, spelt(names, start, end))),
        _ => None,
    }
}

/// Words in capitals as names are written.
fn spelt(names: &Names<'_>, from: usize, to: usize) -> String {
    let mut out = String::new();
    for at in from..to {
        let written = names.word(at).and_then(|it| names.reading.text.get(it.at.clone())).unwrap_or_default();
        let mut letters = written.chars();
        out.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        out.extend(letters.flat_map(char::to_lowercase));
        if at + 1 < to {
            out.push(if names.gap(at) == "-" { '-' } else { ' ' });
        }
    }
    out
}
