//! What stands around a cue and takes its force: a negation all, a "may" all but the certainty, a "will" makes a
//! beginning a plan; what is asked for, feared or asked about has not happened.

use std::{collections::BTreeSet, ops::Range};

use jiff::tz::TimeZone;
use storyline_config::Phase;

use super::{
    aside::is_long_ago,
    dates::{Mention, Tense},
    judge::Heard,
    patient,
    pattern::{self, Found, Pattern},
    reading::{Reading, Word},
    relevance::Belonging,
    rules::Table,
    step::Step,
};

/// Words before a cue that may wish for it.
const WISH_WORDS_MAX: usize = 8;
/// Words behind a cue that may set a condition, or a time long past.
const AFTER_WORDS_MAX: usize = 8;

/// A cue where it was found.
#[derive(Clone, Copy)]
pub(super) struct Spoken<'a> {
    pub(super) heard: &'a Heard<'a>,
    pub(super) it: &'a Belonging,
    pub(super) pattern: &'a Pattern,
    pub(super) found: Found,
    /// Whether the definition has it, not the general lexicon.
    pub(super) own: bool,
    /// The first word of its sentence.
    pub(super) start: usize,
}

impl<'a> Spoken<'a> {
    pub(super) fn reading(&self) -> &'a Reading {
        &self.heard.reading
    }

    pub(super) fn word(&self, at: usize) -> Option<&'a Word> {
        self.heard.reading.words.get(at)
    }

    fn is(&self, at: usize, set: &BTreeSet<u64>) -> bool {
        self.word(at).is_some_and(|it| set.contains(&it.form.plain))
    }

    /// Whether a word stands in the clause the cue begins in.
    pub(super) fn in_clause(&self, at: usize) -> bool {
        let clause = |at: usize| self.word(at).map(|it| it.clause);
        clause(at) == clause(self.found.from)
    }

    /// The words before the cue in its clause, the nearest first.
    pub(super) fn before(&self) -> impl Iterator<Item = usize> + use<'_, 'a> {
        (self.start..self.found.from).rev().take_while(|at| self.in_clause(*at))
    }

    /// The words behind the cue in the clause it ends in.
    pub(super) fn after(&self) -> impl Iterator<Item = usize> + use<'_, 'a> {
        let clause = self.word(self.found.to).map(|it| it.clause);
        let rest = self.found.to + 1..self.reading().words.len();
        rest.take_while(move |at| self.word(*at).map(|it| it.clause) == clause)
    }

    /// The first of the words the cue ends with that stand side by side.
    fn verb(&self) -> usize {
        self.gap().last().map_or(self.found.from, |at| at + 1)
    }

    /// The words within the cue that it does not ask for.
    pub(super) fn gap(&self) -> impl Iterator<Item = usize> + use<'_, 'a> {
        let asked = |at: &usize| self.word(*at).is_some_and(|it| self.pattern.asks_for(self.reading(), it));
        (self.found.from + 1..self.found.to).filter(move |at| !asked(at))
    }
}

/// What is left of a cue after the words around it, and the day it is said to be.
pub(super) fn guarded(it: &Spoken<'_>, phase: Phase) -> Option<Phase> {
    let (rules, heard) = (&it.heard.definitions.rules, it.heard);
    if !rules.takes(Step::Guards) {
        return Some(phase);
    }
    let table = &rules.table;
    // Within a cue it counts right before its verb: "summit may yet open", "fair could be called off", not "talks to end
    // the war begin"; before it, up to what joins another clause: "no deal as summit ends".
    let joint = |at: usize| it.is(at, &table.phase.joints);
    let verb = it.verb().saturating_sub(2);
    let within = |set: &BTreeSet<u64>, reach: usize| {
        let own = |at: &usize| !joint(*at) || it.is(*at, set);
        it.before().take_while(own).take(reach).any(|at| it.is(at, set))
            || it.gap().any(|at| at >= verb && it.is(at, set))
    };
    let negated = it.gap().any(|at| it.is(at, &table.negation));
    if negated || within(&table.negation, 4) || within(&table.modal, 3) || is_asked(it) || is_long_past(it) {
        return None;
    }
    let dated = |such: fn(&Mention) -> bool| is_dated(heard, it.found, such);
    let aimed = it
        .before()
        .take_while(|at| !joint(*at))
        .take(WISH_WORDS_MAX)
        .chain(it.gap())
        .any(|at| it.is(at, &table.phase.aims));
    if phase != Phase::Rumoured && (is_wished(it) || aimed && !dated(|it| it.ahead)) {
        return None;
    }
    let gaps = it.found.to - it.found.from + 1 > it.pattern.len();
    if is_namesake(it) || gaps && phase > Phase::Scheduled && names_an_aim(it.reading(), phase, it.found) {
        return None;
    }
    let begins = matches!(phase, Phase::UnderWay | Phase::Concluded);
    if phase >= Phase::UnderWay && !patient::is_own(it) {
        return None;
    }
    let is_future = within(&table.future, 3) && !is_forced(it) || begins && dated(|it| it.ahead);
    match phase {
        Phase::UnderWay | Phase::Concluded if is_future => Some(Phase::Scheduled),
        Phase::Paused | Phase::Cancelled if is_future => None,
        // "The conference opened on Friday" is no plan, though its words are a plan's.
        Phase::Scheduled if dated(|it| !it.ahead && it.tense == Tense::Past) => None,
        other => Some(other),
    }
}

/// Whether what a cue ends with is what something is for: "talks on ending the war", "talks to end the war".
fn names_an_aim(reading: &Reading, phase: Phase, found: Found) -> bool {
    let word = |at: usize| reading.words.get(at).map(|it| (reading.letters(it), it.capital));
    let Some((last, capital)) = word(found.to) else { return false };
    let Some((before, _)) = found.to.checked_sub(1).and_then(word) else { return false };
    let is = |at: usize, such: &[&str]| word(at).is_some_and(|it| such.contains(&it.0));
    match before {
        // "Talks are to end", "talks set to end" are plans.
        "to" => {
            phase != Phase::UnderWay
                && !capital
                && !found
                    .to
                    .checked_sub(2)
                    .is_some_and(|at| is(at, &["are", "is", "was", "were", "set", "due"]))
        }
        "on" | "of" | "at" | "for" | "about" | "over" | "towards" | "toward" | "aimed" => {
            last.ends_with("ing")
        }
        _ => false,
    }
}

/// Whether the clause ends with a question mark, or a condition follows: "unless pay is raised".
fn is_asked(it: &Spoken<'_>) -> bool {
    let last = it.after().last().unwrap_or(it.found.to);
    let condition = |at: usize| it.word(at).is_some_and(|word| is_if(it.reading(), word));
    let next = it.found.to + 1..=it.found.to + AFTER_WORDS_MAX;
    let sentence =
        |at: &usize| it.word(*at).map(|it| it.sentence) == it.word(it.found.to).map(|it| it.sentence);
    it.word(last).is_some_and(|word| pattern::is_asked(it.reading(), word))
        || next.take_while(sentence).any(condition)
        || it.before().any(condition)
}

fn is_if(reading: &Reading, word: &Word) -> bool {
    matches!(reading.letters(word), "unless" | "if" | "wenn")
}

/// Whether a deed in a title is only wished for, possible or denied: "calls grow to cancel the fair".
pub(super) fn is_only_wished(table: &Table, reading: &Reading, at: usize) -> bool {
    let title = reading.sentence(0);
    let Some(clause) = title.get(at).map(|it| it.clause) else { return false };
    let own = |it: &&Word| it.clause == clause && !table.phase.joints.contains(&it.form.plain);
    let before = title.get(..at).unwrap_or_default();
    let from = at - before.iter().rev().take(WISH_WORDS_MAX).take_while(own).count();
    let own = before.get(from..).unwrap_or_default();
    let open = |it: &Word| [&table.modal, &table.negation].iter().any(|set| set.contains(&it.form.plain));
    own.iter().rev().take(3).any(open)
        || table.phase.wished.iter().any(|it| it.find(reading, own, from).is_some())
}

/// Whether words before the cue in its own clause, or between its words, wish for it.
fn is_wished(it: &Spoken<'_>) -> bool {
    let words = &it.heard.definitions.rules.table.phase;
    let joint = |at: &usize| it.is(*at, &words.joints);
    let from = it.before().take(WISH_WORDS_MAX).take_while(|at| !joint(at)).last().unwrap_or(it.found.from);
    let says = |range: Range<usize>| {
        let slice = it.reading().words.get(range.clone()).unwrap_or_default();
        words.wished.iter().any(|wish| wish.find(it.reading(), slice, range.start).is_some())
    };
    // "called to" is a general word for a plan, "call on somebody to" none.
    let end = if it.own { it.found.from } else { it.found.to + 1 };
    says(from..end) || it.gap().any(|at| says(at..at + 1))
}

/// Whether a cue of one word stands where another form of it only names the storyline: "launched", at "the launch".
fn is_namesake(it: &Spoken<'_>) -> bool {
    let at = it.found.from;
    let as_written = it.word(at).is_some_and(|word| word.form.plain == pattern::plain(&it.pattern.written));
    it.own && it.pattern.len() == 1 && it.it.places.contains(&at) && !as_written
}

/// "forces crews to halt".
fn is_forced(it: &Spoken<'_>) -> bool {
    let forced = &it.heard.definitions.rules.table.phase.forced;
    it.before().take(WISH_WORDS_MAX).any(|at| it.is(at, forced))
}

/// "a year after the strike ended", "was convicted in 2011".
fn is_long_past(it: &Spoken<'_>) -> bool {
    let reading = it.reading();
    let letters = |at: usize| it.word(at).map_or("", |it| reading.letters(it));
    let span = |at: usize| {
        matches!(letters(at), "week" | "weeks" | "month" | "months" | "year" | "years" | "decade" | "decades")
    };
    let after = |at: usize| matches!(letters(at), "after" | "since") && at > 0 && span(at - 1);
    let was = it.before().take(3).any(|at| matches!(letters(at), "was" | "were" | "had"));
    let published = it.heard.item.published.unwrap_or(it.heard.item.effective);
    let year = TimeZone::UTC.to_datetime(published).year();
    it.before().take(WISH_WORDS_MAX).any(after)
        || was && it.after().take(AFTER_WORDS_MAX).any(|at| is_long_ago(reading, at, year))
}

/// Whether the clause of a cue names such a day: one to come, as in "talks begin on Friday", or one that is told of.
fn is_dated(heard: &Heard<'_>, found: Found, such: impl Fn(&Mention) -> bool) -> bool {
    let reading = &heard.reading;
    let Some(cue) = reading.words.get(found.from) else { return false };
    let words = if found.from < reading.title_words {
        0..reading.title_words
    } else {
        reading.title_words..reading.words.len()
    };
    heard.dates().iter().filter(|it| such(&it.mention) && it.is_title == (cue.sentence == 0)).any(|it| {
        let mut own = words.clone().filter_map(|at| reading.words.get(at));
        own.any(|word| word.clause == cue.clause && word.at.contains(&it.mention.start))
    })
}
