//! Names of places that somebody or something else bears: "Michael Jordan", "Paris Hilton", "the Washington Post".

use std::collections::BTreeSet;

use super::{
    fact::{Named, Names},
    place::is,
    reading::Word,
};

/// Words of a name looked at behind a place's.
const NAME_WORDS_MAX: usize = 4;

impl Names<'_> {
    /// Drops the places whose names only stand within another name.
    pub(super) fn without_borne(mut self) -> Self {
        let (borne, kept) = self.all.iter().copied().partition(|it| is_borne(&self, *it));
        (self.all, self.borne) = (kept, borne);
        self
    }
}

fn is_borne(names: &Names<'_>, it: Named) -> bool {
    let is_place = names.pack(it.pack).is_some_and(|it| it.is_place);
    let capital = names.word(it.at).is_some_and(|it| it.capital);
    is_place && capital && names.english && (is_surname(names, it) || begins_a_name(names, it))
}

/// Whether another name stands right before it: "Michael Jordan", "Port Sudan".
fn is_surname(names: &Names<'_>, it: Named) -> bool {
    let words = &names.definitions.rules.table.place;
    let Some(first) = names.before(it.at, 1).filter(|_| names.tied(it.at - 1)) else { return false };
    if [&words.given, &words.heads].iter().any(|set| is(Some(first), set)) {
        return first.capital;
    }
    let next = names.after(it.at, it.end).filter(|_| names.tied(it.end - 1));
    if houses(names, next) {
        return false;
    }
    // Where every noun or every first word has a capital, only a given name is known as one.
    let says_nothing = names.opens(it.at - 1) || names.title_shouts && it.at < names.reading.title_words;
    let kind = [&words.sides, &words.unplaced, &words.settlements, &words.parts];
    !says_nothing
        && names.is_strange(it.at - 1)
        && !is_titled(names, first)
        && !kind.iter().any(|set| is(Some(first), set))
}

/// Whether it begins a name that is no place's: "Paris Hilton", "Washington Post"; not "Munich Security Conference".
fn begins_a_name(names: &Names<'_>, it: Named) -> bool {
    let words = &names.definitions.rules.table.place;
    let shouts = names.title_shouts && it.at < names.reading.title_words;
    let goes_on = |at: usize| {
        names.tied(at - 1)
            && names.after(it.at, at).is_some_and(|word| word.capital && !word.capitals)
            && names.is_strange(at)
    };
    let run = (it.end..it.end + NAME_WORDS_MAX).take_while(|at| goes_on(*at));
    let rest: Vec<&Word> = run.filter_map(|at| names.word(at)).collect();
    let Some(first) = rest.first() else { return false };
    if rest.iter().any(|it| is(Some(it), &words.bearers)) {
        return true;
    }
    // "in Berlin Schmidt said": who speaks there begins a name of their own.
    let end = it.end + rest.len();
    let speaks = is(names.before(it.at, 1), &words.locative) && names.acts(names.after(it.at, end));
    let place = |word: &&&Word| {
        houses(names, Some(word))
            || is_titled(names, word)
            || is(Some(word), &names.definitions.rules.table.who.bodies)
    };
    !shouts && !speaks && rest.iter().find(place).is_none() && !is(Some(first), &words.unplaced)
}

/// Whether a word is of what stands or takes place somewhere: "conference", "airport", "region".
fn houses(names: &Names<'_>, word: Option<&Word>) -> bool {
    let words = &names.definitions.rules.table.place;
    let all: [&BTreeSet<u64>; 7] = [
        &words.occasions,
        &words.visits,
        &words.venues,
        &words.parts,
        &words.settlements,
        &words.tails,
        &words.grounds,
    ];
    all.iter().any(|set| is(word, set))
}

fn is_titled(names: &Names<'_>, word: &Word) -> bool {
    names.definitions.rules.table.who.titles.contains(&word.form.plain)
}
