//! Whom a cue befalls: the storyline itself, or another thing its headline names.
//!
//! "Band cancels tour" and "Tour cancelled" befall a tour; "Singer cancels
//! contract on tour" and "Flights cancelled ahead of strike" something else.

use std::ops::Range;

use super::guard::Spoken;

/// Words looked at for a name behind "of" or "at".
const OWNER_WORDS_MAX: usize = 5;

/// Whether what a cue tells of befalls the storyline.
pub(super) fn is_own(it: &Spoken<'_>) -> bool {
    if it.own { !is_beside(it) && !is_of_another(it) && !is_of_somebody(it) } else { befalls(it) }
}

/// Whether a word is one by which the storyline is recognised.
fn is_alias(it: &Spoken<'_>, at: usize) -> bool {
    it.it.places.contains(&at)
}

fn letters<'a>(it: &Spoken<'a>, at: usize) -> &'a str {
    it.word(at).map_or("", |word| it.reading().letters(word))
}

fn plain(it: &Spoken<'_>, at: usize) -> u64 {
    it.word(at).map_or(0, |it| it.form.plain)
}

/// Whether all that names the storyline in the clause is named as what it happens beside:
/// "leaders meet in Oslo ahead of the summit".
fn is_beside(it: &Spoken<'_>) -> bool {
    let words = &it.heard.definitions.rules.table.phase;
    if (it.found.from..=it.found.to).any(|at| is_alias(it, at)) || it.before().any(|at| is_alias(it, at)) {
        return false;
    }
    let behind = it.after().take_while(|at| !words.asides.contains(&plain(it, *at)));
    let named = behind.filter(|at| is_alias(it, *at)).count();
    named == 0 && it.after().any(|at| is_alias(it, at))
}

/// Whether the words within a cue make it another's: "suspend sales over the blockade", "summit fisheries meeting ends".
fn is_of_another(it: &Spoken<'_>) -> bool {
    let table = &it.heard.definitions.rules.table;
    let asides = &table.phase.asides;
    // "eruption over" is not "erupts, ash over the town".
    if letters(it, it.found.to) == "over" && !object(it).is_empty() {
        return true;
    }
    if !is_alias(it, it.found.from) {
        return it.gap().any(|at| asides.contains(&plain(it, at)));
    }
    let last = it.gap().last().filter(|at| !is_alias(it, *at));
    let Some(last) = last else { return false };
    let goes_on = it.gap().any(|at| at + 1 == last && !is_joining(it, at) && !is_alias(it, at));
    let own = it.gap().any(|at| is_joining(it, at));
    !own && (table.phase.parts.contains(&plain(it, last))
        || goes_on && table.place.occasions.contains(&plain(it, last)))
}

/// Whether somebody of the storyline's does it: "Orrel aide resigns", where only Orrel is followed.
fn is_of_somebody(it: &Spoken<'_>) -> bool {
    let mut before = it.before();
    let doer = before.next().filter(|at| !is_alias(it, *at) && is_person(it, *at));
    it.pattern.len() == 1
        && doer.is_some()
        && object(it).is_empty()
        && before.take(2).any(|at| is_alias(it, at))
}

/// Whether a word says nothing by itself and is no article: a preposition, a conjunction.
fn is_joining(it: &Spoken<'_>, at: usize) -> bool {
    let table = &it.heard.definitions.rules.table;
    let words = &table.phase;
    let is = |set: &std::collections::BTreeSet<u64>| set.contains(&plain(it, at));
    it.word(at).is_some_and(|it| table.is_stopword(it)) && !is(&words.articles)
        || is(&words.asides)
        || is(&words.joints)
        || is(&table.place.locative)
}

/// Whether a cue of the general lexicon has the storyline for its object, or without one for its subject.
fn befalls(it: &Spoken<'_>) -> bool {
    if it.gap().any(|at| is_alias(it, at)) {
        return true;
    }
    let object = object(it);
    if !object.is_empty() {
        let head = object.end - 1;
        let own = object.clone().any(|at| is_alias(it, at)) && !is_person(it, head);
        let doing = it.heard.definitions.rules.table.phase.doings.contains(&plain(it, head));
        let of = letters(it, object.end) == "of" && !is_person(it, head);
        return own || (doing || of) && is_owned(it, object.end) || is_accord(it, object);
    }
    let subject = subject(it);
    let own = subject.clone().any(|at| is_alias(it, at));
    let head = subject.clone().rev().find(|at| !is_joining(it, *at));
    let another = head.is_some_and(|at| !is_alias(it, at) && is_person(it, at));
    !another && (own || is_owned(it, it.found.to + 1))
}

/// "drivers and minister sign pay deal", not "signs deal with a supplier".
fn is_accord(it: &Spoken<'_>, object: Range<usize>) -> bool {
    let words = &it.heard.definitions.rules.table.phase;
    let signs =
        letters(it, it.found.from).starts_with("sign") && words.accords.contains(&plain(it, object.end - 1));
    let with = letters(it, object.end) == "with" && !it.after().any(|at| at > object.end && is_alias(it, at));
    signs && !with && subject(it).any(|at| is_alias(it, at))
}

/// The noun behind a cue, up to what joins it to another; empty where none follows.
fn object(it: &Spoken<'_>) -> Range<usize> {
    let words = &it.heard.definitions.rules.table.phase;
    let start = it.found.to + 1;
    let ends = |at: usize| is_joining(it, at) || words.adverbs.contains(&plain(it, at));
    let end = it.after().take_while(|at| !ends(*at)).last().map_or(start, |at| at + 1);
    let bare = (start..end).all(|at| words.articles.contains(&plain(it, at)));
    if bare { start..start } else { start..end }
}

/// The words before a cue in its own clause, from what joins it to another.
fn subject(it: &Spoken<'_>) -> Range<usize> {
    let words = &it.heard.definitions.rules.table.phase;
    let bound = |at: usize| words.joints.contains(&plain(it, at)) || words.asides.contains(&plain(it, at));
    let start = it.before().take_while(|at| !bound(*at)).last().unwrap_or(it.found.from);
    start..it.found.from
}

/// Whether "of", "at", "in" or "on" and a name of the storyline stand at a word: "halted at Garrow mine".
fn is_owned(it: &Spoken<'_>, at: usize) -> bool {
    let belongs = matches!(letters(it, at), "of" | "at" | "in" | "on" | "off" | "into" | "from");
    let next = (at + 1..=at + OWNER_WORDS_MAX).take_while(|at| !is_joining(it, *at));
    belongs && it.in_clause(at) && next.into_iter().any(|at| is_alias(it, at))
}

/// Whether a word says what somebody is: "chief", "engineer".
fn is_person(it: &Spoken<'_>, at: usize) -> bool {
    let table = &it.heard.definitions.rules.table;
    let word = letters(it, at);
    let agent =
        ["er", "or", "ist", "ers", "ors", "ists"].iter().any(|end| word.ends_with(end)) && word.len() > 4;
    let known = [&table.who.titles, &table.who.adjuncts].iter().any(|set| set.contains(&plain(it, at)));
    known || agent && !is_alias(it, at)
}
