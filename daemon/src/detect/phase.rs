//! The phase a report says a storyline has entered.
//!
//! A cue counts in a sentence that holds one of the storyline's aliases, and
//! what stands before it in its clause can take its force: a negation all, a
//! "may" all but the certainty, a "will" makes a beginning a plan.

use storyline_config::Phase;

use super::{
    dates::{Mention, Tense},
    definitions::Story,
    judge::Heard,
    pattern::{Found, Pattern},
    reading::Reading,
    relevance::Belonging,
    rules::Step,
};

/// A phase with the words that say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cue {
    pub(super) phase: Phase,
    pub(super) words: String,
    /// Whether the definition has it, not the general lexicon.
    pub(super) own: bool,
    /// Whether it tells of a new round: "resume", "second".
    pub(super) again: bool,
    size: usize,
}

/// The phase a report's title and first two sentences tell of, if any.
///
/// The general lexicon stands in only where a definition has no cues at all: beside them it is
/// wrong more often than right.
pub(super) fn cue(heard: &Heard<'_>, story: &Story, it: &Belonging) -> Option<Cue> {
    let rules = &heard.definitions.rules;
    let own = best(heard, story.cues.iter(), true, it);
    if own.is_some() || !story.cues.is_empty() || !rules.takes(Step::Lexicon) {
        return own;
    }
    best(heard, rules.table.phase_lexicon.iter(), false, it)
}

fn best<'a>(
    heard: &Heard<'_>,
    cues: impl Iterator<Item = &'a (Phase, Pattern)>,
    own: bool,
    it: &Belonging,
) -> Option<Cue> {
    let (rules, reading) = (&heard.definitions.rules, &heard.reading);
    let mut best: Option<Cue> = None;
    for (phase, pattern) in cues {
        for (number, range) in reading.sentences.iter().enumerate().take(3) {
            let Some(found) = pattern.find(reading, reading.sentence(number), range.start) else { continue };
            if !own && (number > 0 || !near(it, reading, found)) {
                continue;
            }
            let gaps = found.to - found.from + 1 > pattern.len();
            if gaps
                && *phase > Phase::Scheduled
                && rules.takes(Step::Guards)
                && names_an_aim(reading, *phase, found)
            {
                continue;
            }
            let Some(phase) = guarded(heard, *phase, range.start, found) else { continue };
            // Longer cues say more; the title says more than the text.
            let size = pattern.len() * 2 + usize::from(number == 0);
            if best.as_ref().is_none_or(|it| (size, phase) > (it.size, it.phase)) {
                let again =
                    reading.sentence(number).iter().any(|it| rules.table.reversal.contains(&it.form.plain));
                best = Some(Cue {
                    phase,
                    words: reading.span(found.from, found.to).to_owned(),
                    own,
                    again,
                    size,
                });
            }
        }
    }
    best
}

/// Whether one of the storyline's aliases stands in the cue's clause.
fn near(it: &Belonging, reading: &Reading, found: Found) -> bool {
    let clause = |at: usize| reading.words.get(at).map(|it| it.clause);
    it.places.iter().any(|place| clause(*place) == clause(found.from))
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

/// What is left of a cue after the words before it in its clause, and the day it is said to be.
fn guarded(heard: &Heard<'_>, phase: Phase, start: usize, found: Found) -> Option<Phase> {
    let (rules, reading) = (&heard.definitions.rules, &heard.reading);
    if !rules.takes(Step::Guards) {
        return Some(phase);
    }
    let table = &rules.table;
    let clause = reading.words.get(found.from)?.clause;
    let before: Vec<u64> = (start..found.from)
        .rev()
        .take(5)
        .filter_map(|at| reading.words.get(at))
        .take_while(|it| it.clause == clause)
        .map(|it| it.form.plain)
        .collect();
    let has = |set: &std::collections::BTreeSet<u64>, within: usize| {
        before.iter().take(within).any(|it| set.contains(it))
    };
    let holds = |set: &std::collections::BTreeSet<u64>| {
        let mut inside = (found.from..=found.to).filter_map(|at| reading.words.get(at));
        inside.any(|it| set.contains(&it.form.plain))
    };
    let acts = phase > Phase::Scheduled;
    if holds(&table.negation)
        || acts && holds(&table.modal)
        || has(&table.negation, 4)
        || has(&table.modal, 3)
    {
        return None;
    }
    let begins = matches!(phase, Phase::UnderWay | Phase::Concluded);
    let is_future = has(&table.future, 3)
        || acts && holds(&table.future)
        || begins && is_dated(heard, found, |it| it.ahead);
    let is_told = |it: &Mention| !it.ahead && it.tense == Tense::Past;
    match phase {
        Phase::UnderWay | Phase::Concluded if is_future => Some(Phase::Scheduled),
        Phase::Paused | Phase::Cancelled if is_future => None,
        // "The conference opened on Friday" is no plan, though its words are a plan's.
        Phase::Scheduled if is_dated(heard, found, is_told) => None,
        other => Some(other),
    }
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

/// Whether a storyline can go from one phase to another.
pub(super) fn may_move(from: Phase, cue: &Cue) -> bool {
    let to = cue.phase;
    match (from, to) {
        _ if from == to || to == Phase::None => false,
        (Phase::Cancelled, _) => cue.again || to == Phase::UnderWay && cue.own,
        (Phase::Concluded | Phase::Paused, Phase::Scheduled) | (Phase::Concluded, Phase::UnderWay) => {
            cue.own || cue.again
        }
        (Phase::Concluded, Phase::Announced) => cue.again,
        (Phase::Concluded, _) => false,
        (_, Phase::Cancelled | Phase::Concluded) | (Phase::Paused, Phase::UnderWay) => true,
        (_, Phase::Paused) => from > Phase::None || cue.own,
        _ => to > from,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Rules, ablation::told};

    const TALKS: &str = r#"
[storyline.talks]
title = "The talks at Garrow"
all = [["garrow"], ["talks"]]
[storyline.talks.phase]
under_way = ["talks begin", "talks start"]
paused = ["talks stop"]
concluded = ["talks end"]
"#;

    #[track_caller]
    fn check(title: &str, phase: &str) {
        let story = format!("0 Courier | {title} | It was said at noon.");
        assert_eq!(told(TALKS, &story, Rules::default()), format!("1:new{phase}"), "{title}");
    }

    #[test]
    fn what_talks_are_for_is_not_what_becomes_of_them() {
        check("Garrow talks on ending feud begin", "=under_way");
        check("Delegates meet for Garrow talks to end war", "");
        check("Garrow talks aimed at ending war resume", "");
        check("Garrow talks could end war", "");
        check("Garrow talks may end soon", "");
        check("Garrow talks did not end", "");
        check("Garrow talks in Orr end after row", "=concluded");
        check("Garrow talks in Orr stop", "=paused");
        check("Garrow talks set to start in May", "=scheduled");
        check("Garrow talks to start at noon", "=scheduled");
        check("Garrow talks are to end today", "=scheduled");
    }
}
