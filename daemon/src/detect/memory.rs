//! What detection remembers: a fold of the log.
//!
//! Only what belongs to a storyline is remembered, for a week, within a number
//! of bytes; the oldest goes first. The same log gives the same memory, so it
//! may be thrown away and rebuilt at any moment.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use storyline_config::{
    StorylineId,
    limit::{MEMORY_BYTES_MAX, MEMORY_SPAN},
};
use storyline_store::{Event, Recorded, Relation, Report};

use super::{
    copy::Alike,
    features::Features,
    lately::Lately,
    rules_file::CopyRules,
    texts::Texts,
    thread::{Expectation, Reported, Thread},
};

/// What detection remembers of every storyline.
#[derive(Debug, Clone)]
pub struct Memory {
    /// Shared with whoever writes down what was remembered at some moment.
    threads: BTreeMap<StorylineId, Arc<Thread>>,
    bytes: usize,
    /// The texts that the storylines know.
    texts: Texts,
    /// The storylines that know a report, by when their oldest was recorded.
    oldest: BTreeSet<(Timestamp, StorylineId)>,
    lately: Lately,
    budget: usize,
}

/// What is written down of a memory: the rest follows from it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    threads: BTreeMap<StorylineId, Arc<Thread>>,
    bytes: usize,
}

impl Default for Memory {
    fn default() -> Self {
        Kept::default().into()
    }
}

impl From<Kept> for Memory {
    /// What is written down was within the budget of its day; today's counts.
    fn from(Kept { mut threads, bytes }: Kept) -> Self {
        let (mut texts, mut oldest) = (Texts::default(), BTreeSet::new());
        for (storyline, thread) in &mut threads {
            oldest.extend(thread.oldest().map(|it| (it, storyline.clone())));
            Arc::make_mut(thread).share(&mut texts);
        }
        Self { threads, bytes, texts, oldest, lately: Lately::default(), budget: MEMORY_BYTES_MAX }
    }
}

/// Two memories are one if the same is written down of them.
impl PartialEq for Memory {
    fn eq(&self, other: &Self) -> bool {
        (&self.threads, self.bytes) == (&other.threads, other.bytes)
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
                    thread.report(at, read, Some(*development), *relation, joined);
                    thread.open(*development, *relation, report);
                });
            }
            Event::DevelopmentCorroborated { storyline, development, report, evidence } => {
                self.remember(storyline, at, report, |thread, read| {
                    let joined = evidence.facets.iter().any(|it| it.touched.is_empty());
                    thread.report(at, read, Some(*development), Relation::Corroboration, joined);
                    thread.support(*development, report);
                });
            }
            Event::ReportNoted { storyline, development, relation, report, .. } => {
                self.remember(storyline, at, report, |thread, read| {
                    thread.report(at, read, *development, *relation, true);
                });
            }
            Event::StorylineRetired { storyline } => {
                if let Some(gone) = self.threads.remove(storyline) {
                    self.bytes = self.bytes.saturating_sub(gone.bytes());
                    self.ages(storyline, gone.oldest(), None);
                    gone.newest().for_each(|it| self.texts.release(it.item, &it.features));
                }
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
                let thread = self.thread_mut(storyline);
                let before = thread.bytes();
                thread.drop(*development);
                let freed = before.saturating_sub(thread.bytes());
                self.bytes = self.bytes.saturating_sub(freed);
            }
            Event::PhaseEntered { storyline, to, certainty, development, .. } => {
                self.thread_mut(storyline).enter(*to, *certainty, *development, at);
            }
            Event::FactReported { storyline, key, value, certainty, .. } => {
                self.thread_mut(storyline).know(*key, value, *certainty);
            }
            Event::ExpectationSet { storyline, development, from, date, due, what } => {
                let (due, what, development) = (*due, what.clone(), *development);
                let it = Expectation { from: from.unwrap_or(*date), due, what, development };
                self.thread_mut(storyline).expect(*date, it);
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
        how: impl FnOnce(&mut Thread, Reported<'_>),
    ) {
        let read = self.lately.read(report);
        let features = self.texts.hold(report.item, &read.features);
        let thread = Arc::make_mut(self.threads.entry(storyline.clone()).or_default());
        let (before, oldest) = (thread.bytes(), thread.oldest());
        how(thread, Reported { report, features, house: &read.house });
        let span = SignedDuration::try_from(MEMORY_SPAN).unwrap_or(SignedDuration::MAX);
        if let Ok(start) = at.checked_sub(span) {
            while thread.oldest().is_some_and(|it| it < start) {
                let Some(it) = thread.forget_oldest() else { break };
                self.texts.release(it.item, &it.features);
            }
        }
        self.bytes = (self.bytes + thread.bytes()).saturating_sub(before);
        let now = thread.oldest();
        self.ages(storyline, oldest, now);
        while self.bytes > self.budget && self.forget_oldest() {}
    }

    /// Forgets the oldest report of all. Answers whether there was one.
    fn forget_oldest(&mut self) -> bool {
        let Some((oldest, storyline)) = self.oldest.first().cloned() else { return false };
        let Some(thread) = self.threads.get_mut(&storyline).map(Arc::make_mut) else { return false };
        let before = thread.bytes();
        if let Some(it) = thread.forget_whole() {
            self.texts.release(it.item, &it.features);
        }
        self.bytes = self.bytes.saturating_sub(before.saturating_sub(thread.bytes()).max(1));
        let now = thread.oldest();
        self.ages(&storyline, Some(oldest), now);
        true
    }

    /// Notes that a storyline's oldest report is another.
    fn ages(&mut self, storyline: &StorylineId, before: Option<Timestamp>, now: Option<Timestamp>) {
        if before != now {
            before.map(|it| self.oldest.remove(&(it, storyline.clone())));
            self.oldest.extend(now.map(|it| (it, storyline.clone())));
        }
    }

    /// The texts that share so many words with an item's that it may be taken from them.
    pub(super) fn alike(&self, rules: &CopyRules, features: &Features) -> Vec<Alike> {
        self.texts.alike(rules, features)
    }

    /// What is written down of it; costs little, however much that is.
    pub fn kept(&self) -> Kept {
        Kept { threads: self.threads.clone(), bytes: self.bytes }
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
