//! What an item means for a storyline, and the events that say so.

use jiff::{Timestamp, civil::Date};
use storyline_config::{Phase, StorylineId};
use storyline_store::{Certainty, DateMention, DevelopmentId, Event, Evidence, ItemId, Relation, Report};

use super::fact::Fact;

/// What one item means for one storyline.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The storyline.
    pub storyline: StorylineId,
    /// How it relates to what was known.
    pub relation: Relation,
    /// The development it opens or belongs to.
    pub development: Option<DevelopmentId>,
    /// The development it denies or corrects.
    pub disputes: Option<DevelopmentId>,
    /// The item whose text it is.
    pub copy_of: Option<ItemId>,
    /// The report, as it is cited.
    pub report: Report,
    /// The origins that make its development confirmed, if it does.
    pub confirms: Option<Vec<String>>,
    /// The party whose word alone confirms it.
    pub by_party: Option<String>,
    /// The phase before it.
    pub phase_before: Phase,
    /// The phase after it.
    pub phase: Phase,
    /// What moved the phase, and how sure that is.
    pub moved: Option<(String, Certainty)>,
    /// Every fact it names; none where it repeats another's words or looks back.
    pub facts: Vec<Fact>,
    /// Those of them that are new or surer.
    pub news: Vec<Fact>,
    /// What is expected from now on.
    pub expects: Vec<Expected>,
    /// Expected dates that are met.
    pub meets: Vec<Date>,
    /// Expected dates that will not be met.
    pub drops: Vec<Date>,
    /// Dates its words name.
    pub dates: Vec<DateMention>,
    /// Why.
    pub evidence: Evidence,
}

/// Something that is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The first day it may happen on, where that is not the last.
    pub from: Option<Date>,
    /// The last day.
    pub date: Date,
    /// When it is overdue.
    pub due: Timestamp,
    /// The words that say so.
    pub what: String,
}

impl Judgement {
    /// Whether it opens an alert: a new development, a denial, a correction.
    pub fn opens(&self) -> bool {
        matches!(self.relation, Relation::New | Relation::Denial | Relation::Correction)
    }

    /// What it changes besides: `confirmed`, `phase`, `fact`.
    pub fn changes(&self) -> Vec<&'static str> {
        let all = [
            ("confirmed", self.confirms.is_some()),
            ("phase", self.moved.is_some()),
            ("fact", self.news.iter().any(|it| !it.is_noted)),
        ];
        all.into_iter().filter(|it| it.1).map(|it| it.0).collect()
    }

    /// The events that say so, in the order they are recorded.
    pub fn events(self) -> Vec<Event> {
        let mut events = Vec::new();
        self.tell(&mut events);
        events
    }

    /// Adds the events that say so to others.
    pub(super) fn tell(self, events: &mut Vec<Event>) {
        let cited = (self.relation, self.development, self.disputes, self.copy_of);
        events.push(told(self.storyline.clone(), cited, self.report, self.evidence));
        let Some(development) = self.development else { return };
        let storyline = || self.storyline.clone();
        events.extend(self.disputes.map(|disputed| Event::DevelopmentDisputed {
            storyline: storyline(),
            development: disputed,
            by: development,
        }));
        let by_party = self.by_party;
        events.extend(self.confirms.map(|origins| Event::DevelopmentConfirmed {
            storyline: storyline(),
            development,
            origins,
            by_party,
        }));
        let (from, to) = (self.phase_before, self.phase);
        events.extend(self.moved.map(|(cue, certainty)| Event::PhaseEntered {
            storyline: storyline(),
            development,
            from,
            to,
            certainty,
            cue,
        }));
        for Fact { key, value, certainty, is_noted: noted, .. } in self.news {
            let storyline = storyline();
            events.push(Event::FactReported { storyline, development, key, value, certainty, noted });
        }
        for date in self.drops {
            events.push(Event::ExpectationDropped { storyline: storyline(), date, by: development });
        }
        for date in self.meets {
            events.push(Event::ExpectationMet { storyline: storyline(), date, by: development });
        }
        for Expected { from, date, due, what } in self.expects {
            events.push(Event::ExpectationSet { storyline: storyline(), development, from, date, due, what });
        }
    }
}

/// How a report is cited: its relation, the development it opens or belongs to, the one it disputes, the item it copies.
type Cited = (Relation, Option<DevelopmentId>, Option<DevelopmentId>, Option<ItemId>);

/// The event that cites the report.
fn told(
    storyline: StorylineId,
    (relation, development, disputes, copy_of): Cited,
    report: Report,
    evidence: Evidence,
) -> Event {
    match (relation, development) {
        (Relation::New | Relation::Denial | Relation::Correction, Some(development)) => {
            Event::DevelopmentReported { storyline, development, relation, disputes, report, evidence }
        }
        (Relation::Corroboration, Some(development)) => {
            Event::DevelopmentCorroborated { storyline, development, report, evidence }
        }
        (_, development) => {
            Event::ReportNoted { storyline, development, relation, copy_of, report, evidence }
        }
    }
}
