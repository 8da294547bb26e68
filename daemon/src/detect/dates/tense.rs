//! The verb that governs an expression, and what it says of the time.

use super::{
    Tense,
    grammar::moved,
    meaning::{Expression, Meaning, Which},
    verbs::Verb,
    word::{Reading, Word, lowered},
};

/// Words looked at on either side.
const WORDS_SEEN_MAX: usize = 24;

/// Says whether an expression looks back or ahead.
pub(super) fn governing(it: &Reading<'_>, expression: &Expression) -> Tense {
    match expression.meaning {
        Meaning::Shift(days) if days != 0 => return if days > 0 { Tense::Future } else { Tense::Past },
        Meaning::Weekday { which: Which::Next, .. } => return Tense::Future,
        Meaning::Weekday { which: Which::Last, .. } => return Tense::Past,
        _ => {}
    }
    let first = expression.first.min(expression.core);
    let left = before(it, first);
    let right = after(it, expression.end);
    if let Some(tense) = preposition(it, expression, left, right) {
        return tense;
    }
    // "said Thursday's talks would go on": what the day belongs to is the subject.
    let opens = opens_clause(it, first) || it.possessive(expression.end - 1);
    let chosen = match (left, right) {
        // "Trump on Wednesday signed": the verb stands right behind, no verb stands right before.
        (Some((_, 1..)), Some((Tense::Past, 0))) if !it.language.dotted => Some(Tense::Past),
        (Some(_), Some((ahead, _))) if opens && !it.language.dotted => Some(ahead),
        (Some((tense, _)), _) | (None, Some((tense, _))) => Some(tense),
        (None, None) => None,
    };
    chosen.unwrap_or(Tense::Unknown)
}

/// Whether a clause begins with the expression: after a comma, or a word that opens one.
fn opens_clause(it: &Reading<'_>, first: usize) -> bool {
    let Some(before) = first.checked_sub(1) else { return false };
    it.gap(before).contains(',')
        || matches!(it.written(before), "and" | "but" | "while" | "that" | "as" | "when")
}

type Seen = Option<(Tense, usize)>;

/// What the word before the expression says by itself.
fn preposition(it: &Reading<'_>, expression: &Expression, left: Seen, right: Seen) -> Option<Tense> {
    let past = |seen: Seen| seen.is_some_and(|(tense, _)| tense == Tense::Past);
    let core = expression.core;
    let own = matches!(it.word(core), Word::Within | Word::By | Word::Until).then_some(core);
    let before = leading(it, core);
    for word in [own, before].into_iter().flatten().map(|place| it.word(place)) {
        match word {
            Word::Since => return Some(Tense::Past),
            Word::By if it.possessive(expression.end - 1) => {}
            // "By Sunday thirty had died."
            Word::By if left.is_none() && past(right) => return Some(Tense::Past),
            // "lasted until Sunday" looks back; "runs until Sunday", "gave them until Sunday" ahead.
            Word::Until | Word::By if !(past(left) && lasting(it, expression.first)) => {
                return Some(Tense::Future);
            }
            Word::For | Word::Before | Word::Within => return Some(Tense::Future),
            Word::From if moved(it, core) => return Some(Tense::Future),
            // "extended to Friday".
            Word::To if matches!(expression.meaning, Meaning::Weekday { .. }) => return Some(Tense::Future),
            Word::After if !matches!(left, Some((Tense::Future, _))) => return Some(Tense::Past),
            _ => {}
        }
    }
    if before.is_some_and(|place| {
        matches!(it.written(place), "above" | "below" | "than" | "despite" | "following")
    }) {
        return Some(Tense::Past);
    }
    let of = core.checked_sub(2).map(|place| it.written(place)).unwrap_or_default();
    let ahead_of = core > 1 && it.word(core - 1) == Word::Of && matches!(of, "ahead" | "Ahead" | "eve");
    let starting = expression
        .first
        .checked_sub(1)
        .and_then(|place| verb(it, place))
        .is_some_and(|it| it == Verb::Starting);
    (ahead_of || starting).then_some(Tense::Future)
}

/// The preposition before an expression: "until Friday", "until at least Friday".
fn leading(it: &Reading<'_>, core: usize) -> Option<usize> {
    let mut place = core.checked_sub(1)?;
    while place > 0
        && matches!(it.written(place), "least" | "at" | "early" | "late" | "around" | "about" | "the")
    {
        place -= 1;
    }
    it.joined(place).then_some(place)
}

/// Whether the word before tells how long something went on.
fn lasting(it: &Reading<'_>, first: usize) -> bool {
    (first.saturating_sub(4)..first).any(|at| {
        matches!(
            it.written(at),
            "lasted"
                | "ran"
                | "stayed"
                | "remained"
                | "continued"
                | "held"
                | "was"
                | "were"
                | "had"
                | "kept"
                | "worked"
        )
    })
}

fn verb(it: &Reading<'_>, at: usize) -> Option<Verb> {
    if it.written(at) == "won" && it.written(at + 1) == "t" {
        return Some(Verb::Modal);
    }
    lowered(it.written(at), |word| (it.language.verb)(word))
}

/// The nearest verb to the left in the sentence, and how many words lie between.
fn before(it: &Reading<'_>, first: usize) -> Seen {
    for (distance, at) in (0..first).rev().enumerate().take(WORDS_SEEN_MAX) {
        if it.ends_sentence(at) {
            return None;
        }
        // A capital inside a sentence is a name: "Reed", "Will".
        let name = it.capital(at) && at > 0 && !it.ends_sentence(at - 1);
        let Some(found) = verb(it, at).filter(|_| !name || headline(it)) else { continue };
        if let Some(tense) = looks(it, at, first, found) {
            return Some((tense, distance));
        }
    }
    None
}

/// Whether every longer word has a capital, as some outlets write headlines.
fn headline(it: &Reading<'_>) -> bool {
    (0..it.len()).all(|at| it.written(at).len() < 5 || it.capital(at) || !it.written(at).is_ascii())
}

/// What a verb at a place says of an expression at `first`.
fn looks(it: &Reading<'_>, at: usize, first: usize, found: Verb) -> Option<Tense> {
    let previous = auxiliary(it, at);
    let to_next = it.word(at + 1) == Word::To && at + 1 < first;
    Some(match found {
        Verb::Modal | Verb::Plan | Verb::Be | Verb::Have => Tense::Future,
        Verb::Directed if to_next || points_ahead(it, at, first) => Tense::Future,
        Verb::Stative if previous == Some(Verb::Be) => Tense::Past,
        Verb::Past | Verb::Directed | Verb::Stative => match previous {
            Some(Verb::Modal | Verb::To | Verb::Be) => Tense::Future,
            _ => Tense::Past,
        },
        Verb::Happens => Tense::Past,
        Verb::Was => {
            if is_to(it, at, first) {
                Tense::Future
            } else {
                Tense::Past
            }
        }
        Verb::Says if at + 1 == first => Tense::Past,
        Verb::Says | Verb::Present => match previous {
            Some(Verb::To) => infinitive(it, at),
            _ => Tense::Future,
        },
        Verb::Base => match previous {
            Some(Verb::To) => infinitive(it, at),
            Some(Verb::Modal) => Tense::Future,
            _ => return None,
        },
        Verb::To | Verb::Starting | Verb::Being => return None,
    })
}

/// "was to meet": a plan.
fn is_to(it: &Reading<'_>, at: usize, first: usize) -> bool {
    (at + 1..first.min(at + 4)).any(|place| {
        it.word(place) == Word::To
            && matches!(verb(it, place + 1), Some(Verb::Base | Verb::Present | Verb::Be))
    })
}

/// The auxiliary right before a verb, adverbs and negations passed over.
fn auxiliary(it: &Reading<'_>, at: usize) -> Option<Verb> {
    let mut place = at.checked_sub(1)?;
    for _ in 0..2 {
        let word = it.written(place);
        if !(word.ends_with("ly")
            || matches!(word, "not" | "also" | "then" | "now" | "never" | "still" | "again"))
        {
            break;
        }
        place = place.checked_sub(1)?;
    }
    match verb(it, place)? {
        // "is being held" goes on, "after being shot" has been.
        Verb::Being => place.checked_sub(1).and_then(|before| verb(it, before)),
        other => Some(other),
    }
}

/// "called to Paris for a summit on Monday", "arranged for": the purpose lies ahead.
fn points_ahead(it: &Reading<'_>, at: usize, first: usize) -> bool {
    let after = it.written(at + 1);
    matches!(after, "to" | "for") && at + 1 < first
        // "called for calm on Monday" demands.
        && !(after == "for" && matches!(it.written(at), "called" | "Called"))
}

/// "agreed to meet" looks ahead, "met to discuss" back.
fn infinitive(it: &Reading<'_>, at: usize) -> Tense {
    let to = (0..at).rev().find(|place| it.word(*place) == Word::To).unwrap_or(at);
    for place in (0..to).rev().take(8) {
        if it.ends_sentence(place) {
            break;
        }
        match verb(it, place) {
            Some(Verb::Past | Verb::Happens) => return Tense::Past,
            Some(Verb::To | Verb::Base | Verb::Starting | Verb::Being) | None => {}
            Some(_) => return Tense::Future,
        }
    }
    Tense::Future
}

/// The first verb to the right in the sentence, and how many words lie between.
fn after(it: &Reading<'_>, end: usize) -> Seen {
    if end == 0 || it.ends_sentence(end - 1) {
        return None;
    }
    for at in (end..it.len()).take(WORDS_SEEN_MAX / 2) {
        let name = it.capital(at);
        match verb(it, at).filter(|_| !name) {
            Some(Verb::Modal | Verb::Plan | Verb::Be | Verb::Present) => {
                return Some((Tense::Future, at - end));
            }
            Some(Verb::Past | Verb::Was | Verb::Directed | Verb::Stative | Verb::Happens) => {
                return Some((Tense::Past, at - end));
            }
            Some(Verb::Have) if matches!(verb(it, at + 1), Some(Verb::Past)) => {
                return Some((Tense::Past, at - end));
            }
            _ => {}
        }
        let other_clause = matches!(it.written(at), "that" | "which" | "who" | "where" | "whose");
        if other_clause || it.ends_sentence(at) || it.possessive(end - 1) && it.gap(at).contains(',') {
            return None;
        }
    }
    None
}
