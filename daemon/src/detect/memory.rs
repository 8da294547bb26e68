//! What detection remembers: a fold of the log.
//!
//! Only what belongs to a storyline is remembered, for a week, within a number
//! of bytes; the oldest goes first. The same log gives the same memory, so it
//! may be thrown away and rebuilt at any moment.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use storyline_config::{
    StorylineId,
    limit::{MEMORY_BYTES_MAX, MEMORY_SPAN},
};
use storyline_store::{Event, Recorded, Relation, Report};

use super::{
    lately::{Lately, Read},
    thread::Thread,
};

/// What detection remembers of every storyline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// Shared with whoever writes down what was remembered at some moment.
    threads: BTreeMap<StorylineId, Arc<Thread>>,
    bytes: usize,
    #[serde(skip)]
    lately: Lately,
    /// What is written down was within the budget of its day; today's counts.
    #[serde(skip, default = "budget")]
    budget: usize,
}

fn budget() -> usize {
    MEMORY_BYTES_MAX
}

impl Default for Memory {
    fn default() -> Self {
        Self { threads: BTreeMap::new(), bytes: 0, lately: Lately::default(), budget: budget() }
    }
}

impl Memory {
    /// Takes note of what was recorded; total, whatever the event.
    pub fn observe(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        match &recorded.event {
            Event::DevelopmentReported { storyline, development, relation, report, evidence, .. } => {
                self.remember(storyline, at, report, |thread, read| {
                    let joined = evidence.facets.iter().any(|it| it.touched.is_empty());
                    thread.report(at, (report, read), Some(*development), *relation, joined);
                    thread.open(*development, *relation, report);
                });
            }
            Event::DevelopmentCorroborated { storyline, development, report, evidence } => {
                self.remember(storyline, at, report, |thread, read| {
                    let joined = evidence.facets.iter().any(|it| it.touched.is_empty());
                    thread.report(at, (report, read), Some(*development), Relation::Corroboration, joined);
                    thread.support(*development, report);
                });
            }
            Event::ReportNoted { storyline, development, relation, report, .. } => {
                self.remember(storyline, at, report, |thread, read| {
                    thread.report(at, (report, read), *development, *relation, true);
                });
            }
            Event::StorylineRetired { storyline } => {
                let gone = self.threads.remove(storyline);
                self.bytes = self.bytes.saturating_sub(gone.map_or(0, |it| it.bytes()));
            }
            event => self.note(event, at),
        }
    }

    /// What is remembered of one storyline.
    pub(super) fn thread(&self, storyline: &StorylineId) -> Option<&Thread> {
        self.threads.get(storyline).map(Arc::as_ref)
    }

    /// Bytes that are taken, about.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// What says how a storyline stands, and carries no report.
    fn note(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::DevelopmentConfirmed { storyline, development, .. } => {
                self.thread_mut(storyline).confirm(*development);
            }
            Event::DevelopmentDisputed { storyline, development, by } => {
                self.thread_mut(storyline).dispute(*development, *by);
            }
            Event::DevelopmentDropped { storyline, development, .. } => {
                self.thread_mut(storyline).drop(*development);
            }
            Event::PhaseEntered { storyline, to, certainty, development, .. } => {
                self.thread_mut(storyline).enter(*to, *certainty, *development, at);
            }
            Event::FactReported { storyline, key, value, certainty, .. } => {
                self.thread_mut(storyline).know(*key, value, *certainty);
            }
            Event::ExpectationSet { storyline, development, date, due, what } => {
                self.thread_mut(storyline).expect(*date, *due, what, *development);
            }
            Event::ExpectationMet { storyline, date, .. }
            | Event::ExpectationDropped { storyline, date, .. }
            | Event::ExpectationMissed { storyline, date, .. } => {
                self.thread_mut(storyline).forget_expectation(*date);
            }
            Event::StorylineSurged { storyline, .. } => self.thread_mut(storyline).surged(at),
            Event::StorylineQuieted { storyline, .. } => self.thread_mut(storyline).quieted(at),
            _ => {}
        }
    }

    fn thread_mut(&mut self, storyline: &StorylineId) -> &mut Thread {
        Arc::make_mut(self.threads.entry(storyline.clone()).or_default())
    }

    /// Remembers a report and forgets what is too old or too much.
    fn remember(
        &mut self,
        storyline: &StorylineId,
        at: Timestamp,
        report: &Report,
        how: impl FnOnce(&mut Thread, &Read),
    ) {
        let read = self.lately.read(report);
        let thread = Arc::make_mut(self.threads.entry(storyline.clone()).or_default());
        let before = thread.bytes();
        how(thread, read);
        let span = SignedDuration::try_from(MEMORY_SPAN).unwrap_or(SignedDuration::MAX);
        if let Ok(start) = at.checked_sub(span) {
            thread.forget_before(start);
        }
        self.bytes = (self.bytes + thread.bytes()).saturating_sub(before);
        while self.bytes > self.budget {
            let oldest =
                self.threads.iter_mut().filter_map(|(_, it)| Some((it.oldest()?, it))).min_by_key(|it| it.0);
            let Some((_, thread)) = oldest else { break };
            let thread = Arc::make_mut(thread);
            let before = thread.bytes();
            thread.forget_whole();
            self.bytes = self.bytes.saturating_sub(before.saturating_sub(thread.bytes()).max(1));
        }
    }
}

impl Memory {
    /// The storylines of which anything is remembered.
    pub(super) fn storylines(&self) -> impl Iterator<Item = (&StorylineId, &Thread)> {
        self.threads.iter().map(|(id, it)| (id, it.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use storyline_config::Config;
    use storyline_store::Seq;

    use super::*;
    use crate::detect::{Definitions, detect, tests::items};

    #[test]
    fn memory_keeps_within_its_bytes_and_forgets_the_oldest_first() {
        let text = "[storyline.a]\ntitle = \"x\"\nall = [[\"port\"]]\n[storyline.b]\ntitle = \"y\"\nall = [[\"ship\"]]";
        let definitions = Definitions::compile(&Config::parse("storyline.toml", text).unwrap().config);
        let budget = 64 << 10;
        let mut memory = Memory { budget, ..Memory::default() };
        let word = |at: usize| -> String {
            at.to_string().bytes().map(|it| char::from(it - b'0' + b'k')).chain("ra".chars()).collect()
        };
        let line = |at: usize| {
            let topic = if at.is_multiple_of(3) { "ship" } else { "port" };
            format!("{} Paper | {topic} {} {} | {}", at as f64 / 10.0, word(at), word(at * 7), word(at * 11))
        };
        let all = items(&(0..400).map(line).collect::<Vec<_>>().join("\n"));
        for item in &all {
            for event in detect(&definitions, &memory, item, item.effective) {
                memory.observe(&Recorded { seq: Seq(1), at: item.effective, event });
            }
            assert!(memory.bytes() <= budget, "{} bytes", memory.bytes());
        }
        let oldest = memory.storylines().filter_map(|(_, it)| it.oldest()).min().unwrap();
        assert!(oldest > all[100].effective, "the oldest went first");
        assert!(memory.bytes() > budget / 2, "what fits is kept: {}", memory.bytes());
        let counted: usize = memory.storylines().map(|(_, it)| it.bytes()).sum();
        assert_eq!(counted, memory.bytes());
    }
}
