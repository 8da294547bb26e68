//! The phase a report says a storyline has entered.
//!
//! A cue counts where it tells of the storyline itself ([`patient`](super::patient)), and as far as the words around it
//! leave it its force ([`guard`](super::guard)).

use std::{cmp::Reverse, ops::Range};

use storyline_config::Phase;

use super::{
    definitions::Story,
    guard::{Spoken, guarded},
    judge::Heard,
    pattern::{Found, Pattern},
    reading::Reading,
    relevance::Belonging,
    step::Step,
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
    /// How far its last word is from its first: of a definition's cues as long the one whose
    /// words stand nearer counts.
    apart: Reverse<usize>,
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
    for (said, pattern) in cues {
        for (number, range) in reading.sentences.iter().enumerate().take(if own { 3 } else { 1 }) {
            let Some((phase, found)) = told(heard, it, (*said, pattern), own, range.clone()) else {
                continue;
            };
            // Longer cues say more; the title says more than the text, and what it tells as done more than a plan.
            let told = if number > 0 {
                0
            } else if phase == *said {
                3
            } else {
                1
            };
            let size = pattern.len() * 2 + told;
            let apart = Reverse(if own { found.to - found.from } else { 0 });
            if best.as_ref().is_none_or(|it| (size, apart, phase) > (it.size, it.apart, it.phase)) {
                let again =
                    reading.sentence(number).iter().any(|it| rules.table.reversal.contains(&it.form.plain));
                best = Some(Cue {
                    phase,
                    words: reading.span(found.from, found.to).to_owned(),
                    own,
                    again,
                    size,
                    apart,
                });
            }
        }
    }
    best
}

/// The first place in a sentence where a cue says of the storyline what it says, and the phase it comes to.
fn told(
    heard: &Heard<'_>,
    it: &Belonging,
    (phase, pattern): (Phase, &Pattern),
    own: bool,
    sentence: Range<usize>,
) -> Option<(Phase, Found)> {
    let reading = &heard.reading;
    let mut start = sentence.start;
    while let Some(found) = pattern.find(reading, reading.words.get(start..sentence.end)?, start) {
        let spoken = Spoken { heard, it, pattern, found, own, start: sentence.start };
        if (own || near(it, reading, found))
            && let Some(phase) = guarded(&spoken, phase)
        {
            return Some((phase, found));
        }
        start = found.from + 1;
    }
    None
}

/// Whether one of the storyline's aliases stands in the cue's clause.
fn near(it: &Belonging, reading: &Reading, found: Found) -> bool {
    let clause = |at: usize| reading.words.get(at).map(|it| it.clause);
    it.places.iter().any(|place| clause(*place) == clause(found.from))
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
