//! Places a report names by the way: where something was long ago, where somebody sits who speaks.

use super::{
    fact::{Names, is_word},
    place::{Spot, is, lead_in},
    reading::Reading,
};

/// Words in a row that an aside is looked for in.
const ASIDE_WORDS_MAX: usize = 10;

/// Whether a place is only told of by the way.
pub(super) fn is_aside(names: &Names<'_>, it: Spot, spots: &[Spot]) -> bool {
    is_past(names, it, spots) || is_of_a_life(names, it) || is_a_seat(names, it)
}

/// "sentenced in Marseille last year", "a dinner in Nice in 2019": what the clause dates far back.
fn is_past(names: &Names<'_>, it: Spot, spots: &[Spot]) -> bool {
    let Some(clause) = names.word(it.at).map(|it| it.clause) else { return false };
    let own = |at: &usize| names.word(*at).is_some_and(|it| it.clause == clause);
    let after = (it.end..it.end + ASIDE_WORDS_MAX).take_while(own);
    let next = spots.iter().map(|it| it.at).filter(|at| *at >= it.end).min().unwrap_or(usize::MAX);
    let before = (it.at.saturating_sub(ASIDE_WORDS_MAX)..it.at).rev().take_while(own);
    let last = spots.iter().filter(|other| other.end <= it.at).map(|it| it.end).max().unwrap_or(0);
    after
        .take_while(|at| *at < next)
        .chain(before.take_while(|at| *at >= last))
        .any(|at| is_long_ago(names.reading, at, names.today.year()))
}

/// Whether a word begins an expression for a time long past: "2019", "last year", "months ago".
pub(super) fn is_long_ago(reading: &Reading, at: usize, this_year: i16) -> bool {
    let Some(word) = reading.words.get(at) else { return false };
    let next = reading.words.get(at + 1).filter(|it| it.sentence == word.sentence);
    let year: Option<i16> = reading.letters(word).parse().ok().filter(|it| (1900..2100).contains(it));
    let span = ["year", "month", "decade", "century", "summer", "autumn", "winter", "spring"];
    let spans = ["year", "years", "month", "months", "decade", "decades"];
    year.is_some_and(|it| it < this_year)
        || is_word(Some(word), &["last"]) && is_word(next, &span)
        || is_word(Some(word), &spans) && is_word(next, &["ago", "earlier"])
}

/// "…, who was in Brussels until Monday", "…, where he had met officials": the way somebody came.
fn is_of_a_life(names: &Names<'_>, it: Spot) -> bool {
    let Some(clause) = names.word(it.at).map(|it| it.clause) else { return false };
    let from = (0..=it.at).rev().take_while(|at| names.word(*at).is_some_and(|it| it.clause == clause));
    let Some(start) = from.last().filter(|start| names.before(*start, 1).is_some()) else { return false };
    let at = |next: usize| names.after(it.at, start + next);
    let auxiliary = ["was", "were", "had", "has", "is", "are"];
    is_word(at(0), &["who"]) && is_word(at(1), &auxiliary)
        || is_word(at(0), &["where"]) && is_word(at(2), &["had"])
}

/// "An analyst in Vienna said": who speaks, sits there.
fn is_a_seat(names: &Names<'_>, it: Spot) -> bool {
    let words = &names.definitions.rules.table.place;
    let before = |back: usize| names.before(it.at, back + lead_in(names, it));
    let speaks = names.after(it.at, it.end).filter(|_| names.tied(it.end - 1));
    let who = before(2).filter(|it| !words.occasions.contains(&it.form.plain) && !names.acts(Some(it)));
    is_word(before(1), &["in", "at", "near", "outside"])
        && who.is_some()
        && (is(speaks, &words.speech) || is(speaks, &words.voices))
}
