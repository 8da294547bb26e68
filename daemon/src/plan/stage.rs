//! What changed, as one stage of one alert.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use storyline_config::{AlertCause, Phase, SinkId, StorylineId};
use storyline_store::{
    AlertId, AlertKind, Certainty, Development, DevelopmentId, DevelopmentState, Event, FactKey, Recorded,
    Relation, ReportRef, Seq, State, StorylineState,
};

use super::Situation;

/// Facts named in one sentence at the most.
const FACTS_NAMED: usize = 4;

/// What the events of one cause changed in one storyline.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    /// The storyline.
    pub(super) storyline: StorylineId,
    /// Each change with the development it belongs to, strongest first.
    pub(super) causes: BTreeSet<(AlertCause, DevelopmentId)>,
    /// Developments that another report stands behind, whether or not that changes anything.
    pub(super) touched: BTreeSet<DevelopmentId>,
    /// Whether it came too late to be told of.
    pub(super) late: bool,
    /// The facts that became known or surer.
    pub(super) facts: Vec<(DevelopmentId, FactKey, String)>,
    /// The phase it left first and the one it entered last.
    pub(super) phase: Option<(Phase, Phase)>,
}

/// A stage of an alert: what people are told at once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stage {
    pub(super) alert: AlertId,
    pub(super) kind: AlertKind,
    /// The storyline, feed or sink it is about, as people write it.
    pub(super) subject: String,
    pub(super) storyline: Option<StorylineId>,
    pub(super) development: Option<DevelopmentId>,
    pub(super) changes: Vec<AlertCause>,
    /// What changed, in a few words.
    pub(super) what: String,
    pub(super) headline: String,
    /// How sure it is, and who says so.
    pub(super) backing: Option<(DevelopmentState, Vec<String>)>,
    pub(super) since: Timestamp,
    /// The further report that alone says it, where one does: the others behind its development do not.
    pub(super) said: Option<ReportRef>,
    /// The phase that was left, where one was.
    pub(super) left: Option<Phase>,
    /// A sink that cannot be told of it.
    pub(super) except: Option<SinkId>,
}

impl Stage {
    /// The reports that say it: the one that alone does, else all of its development.
    pub(super) fn reports<'a>(&'a self, of: Option<&'a Development>) -> impl Iterator<Item = &'a ReportRef> {
        let all = of.into_iter().flat_map(|it| &it.reports).filter(|_| self.said.is_none());
        self.said.iter().chain(all)
    }
}

impl Change {
    /// Nothing, yet.
    pub(super) fn none(storyline: StorylineId) -> Self {
        Self {
            storyline,
            causes: BTreeSet::new(),
            touched: BTreeSet::new(),
            late: false,
            facts: Vec::new(),
            phase: None,
        }
    }

    fn take(&mut self, event: &Event) {
        match event {
            Event::DevelopmentReported { development, relation, report, .. } => {
                let denies = matches!(relation, Relation::Denial | Relation::Correction);
                let cause = if denies { AlertCause::Disputed } else { AlertCause::New };
                self.causes.insert((cause, *development));
                self.late |= report.late;
            }
            Event::DevelopmentCorroborated { development, report, .. } => {
                self.touched.insert(*development);
                self.late |= report.late;
            }
            Event::DevelopmentConfirmed { development, .. } => {
                self.causes.insert((AlertCause::Confirmed, *development));
            }
            Event::PhaseEntered { development, from, to, .. } => {
                self.causes.insert((AlertCause::Phase, *development));
                self.phase = Some((self.phase.map_or(*from, |(first, _)| first), *to));
            }
            Event::FactReported { development, key, value, noted: false, .. } => {
                self.causes.insert((AlertCause::Fact, *development));
                self.facts.push((*development, *key, value.clone()));
            }
            _ => {}
        }
    }

    /// Adds what a development that waited changed when nobody was told.
    pub(super) fn add_waited(&mut self, state: &State, development: DevelopmentId) {
        let Some(storyline) = state.storylines.get(&self.storyline) else { return };
        let Some(it) = storyline.development(development) else { return };
        let denies = matches!(it.relation, Relation::Denial | Relation::Correction);
        let cause = if denies { AlertCause::Disputed } else { AlertCause::New };
        self.causes.insert((cause, development));
        if it.state == DevelopmentState::Confirmed {
            self.causes.insert((AlertCause::Confirmed, development));
        }
        if storyline.phase_by == Some(development) {
            self.causes.insert((AlertCause::Phase, development));
            self.phase.get_or_insert((storyline.phase_from, storyline.phase));
        }
        let facts = storyline.facts.iter().filter(|it| it.development == development);
        let known: Vec<_> = facts.map(|it| (development, it.key, it.value.clone())).collect();
        if !known.is_empty() {
            self.causes.insert((AlertCause::Fact, development));
            self.facts = known;
        }
    }

    /// The stage it makes of the alert of its strongest change among those `on`.
    pub(super) fn stage(&self, situation: &Situation<'_>, on: &[AlertCause]) -> Option<Stage> {
        let (cause, id) = *self.causes.iter().find(|(cause, _)| on.contains(cause))?;
        let storyline = situation.state.storylines.get(&self.storyline)?;
        let development = storyline.development(id)?;
        let changes: BTreeSet<AlertCause> = self.causes.iter().map(|(cause, _)| *cause).collect();
        // Whoever reads that it was cancelled wants the words that say so, not those of when it was planned.
        let known =
            [AlertCause::New, AlertCause::Disputed].iter().all(|it| !self.causes.contains(&(*it, id)));
        let moved_by =
            storyline.phase_said.as_ref().filter(|it| cause == AlertCause::Phase && it.development == id);
        let since = moved_by.map_or(development.at, |it| it.report.at);
        let said = moved_by.filter(|_| known).map(|it| it.report.clone());
        Some(Stage {
            alert: AlertId::of_development(id),
            kind: kind_of(cause),
            subject: self.storyline.to_string(),
            storyline: Some(self.storyline.clone()),
            development: Some(id),
            changes: changes.into_iter().collect(),
            what: self.what(cause, id),
            headline: said.as_ref().map_or(&development.headline, |it| &it.title).clone(),
            backing: Some(match &said {
                Some(it) => (state_of_phase(storyline), vec![it.origin.clone()]),
                None => (development.state, development.origins.iter().map(|it| it.name.clone()).collect()),
            }),
            since,
            said,
            left: self.phase.filter(|_| cause == AlertCause::Phase).map(|(from, _)| from),
            except: None,
        })
    }

    fn what(&self, cause: AlertCause, development: DevelopmentId) -> String {
        match (cause, self.phase) {
            (AlertCause::Phase, Some((from, to))) => format!("{} → {}", from.words(), to.words()),
            (AlertCause::Fact, _) => {
                let mut named: Vec<String> = Vec::new();
                for (_, key, value) in self.facts.iter().filter(|(by, ..)| *by == development) {
                    let fact = format!("{} {value}", fact_word(*key));
                    if named.len() < FACTS_NAMED && !named.contains(&fact) {
                        named.push(fact);
                    }
                }
                named.join(", ")
            }
            (cause, _) => word(kind_of(cause)).to_owned(),
        }
    }
}

/// What the events of one cause changed, storyline by storyline.
pub(super) fn changes(recorded: &[Recorded]) -> Vec<Change> {
    let mut all: BTreeMap<StorylineId, Change> = BTreeMap::new();
    for it in recorded {
        let (Event::DevelopmentReported { storyline, .. }
        | Event::DevelopmentCorroborated { storyline, .. }
        | Event::DevelopmentConfirmed { storyline, .. }
        | Event::PhaseEntered { storyline, .. }
        | Event::FactReported { storyline, .. }) = &it.event
        else {
            continue;
        };
        all.entry(storyline.clone()).or_insert_with(|| Change::none(storyline.clone())).take(&it.event);
    }
    all.into_values().collect()
}

/// The stages that time alone brought about: what is overdue, surges or falls quiet.
pub(super) fn of_time(situation: &Situation<'_>, recorded: &[Recorded]) -> Vec<Stage> {
    let on = |storyline: &StorylineId, cause| {
        let followed = situation.state.storylines.get(storyline).is_some_and(|it| !it.retired);
        let rule = situation.config.storylines.get(storyline).filter(|_| followed);
        rule.is_some_and(|it| it.alert.on.contains(&cause))
    };
    let stages = recorded.iter().filter_map(|it| match &it.event {
        Event::ExpectationMissed { storyline, what, .. } if on(storyline, AlertCause::Overdue) => {
            Some(overdue(situation.state, storyline, what, it.seq, it.at))
        }
        Event::StorylineSurged { storyline, last_24h, usual } if on(storyline, AlertCause::Surge) => {
            let headline = format!("{last_24h} reports in 24 hours, usually {usual}");
            Some(simple(AlertCause::Surge, storyline, headline, it.seq, it.at))
        }
        Event::StorylineQuieted { storyline, usual } if on(storyline, AlertCause::Quiet) => {
            let headline = format!("nothing in 24 hours, usually {usual} reports");
            Some(simple(AlertCause::Quiet, storyline, headline, it.seq, it.at))
        }
        _ => None,
    });
    stages.collect()
}

fn simple(cause: AlertCause, storyline: &StorylineId, headline: String, seq: Seq, at: Timestamp) -> Stage {
    let kind = kind_of(cause);
    Stage {
        alert: AlertId::of_cause(word(kind), storyline.as_str(), seq),
        kind,
        subject: storyline.to_string(),
        storyline: Some(storyline.clone()),
        development: None,
        changes: vec![cause],
        what: word(kind).to_owned(),
        headline,
        backing: None,
        since: at,
        said: None,
        left: None,
        except: None,
    }
}

/// The stage of an expectation that was missed, as the event `seq` says.
pub(super) fn overdue(known: &State, storyline: &StorylineId, what: &str, seq: Seq, at: Timestamp) -> Stage {
    let mut stage = simple(AlertCause::Overdue, storyline, what.to_owned(), seq, at);
    let Some(theirs) = known.storylines.get(storyline) else { return stage };
    let Some(expected) = theirs.expectations.iter().rev().find(|it| it.what == what) else { return stage };
    stage.since = expected.due;
    if let Some(it) = theirs.development(expected.development) {
        stage.backing = Some((it.state, it.origins.iter().map(|it| it.name.clone()).collect()));
    }
    stage
}

/// How sure the phase is, in the words of a development.
pub(super) fn state_of_phase(storyline: &StorylineState) -> DevelopmentState {
    match storyline.certainty {
        Some(Certainty::Confirmed) => DevelopmentState::Confirmed,
        _ => DevelopmentState::Provisional,
    }
}

fn kind_of(cause: AlertCause) -> AlertKind {
    match cause {
        AlertCause::Disputed => AlertKind::Disputed,
        AlertCause::Phase => AlertKind::Phase,
        AlertCause::Fact => AlertKind::Fact,
        AlertCause::Confirmed => AlertKind::Confirmed,
        AlertCause::New => AlertKind::New,
        AlertCause::Overdue => AlertKind::Overdue,
        AlertCause::Surge => AlertKind::Surge,
        AlertCause::Quiet => AlertKind::Quiet,
    }
}

/// A kind as the log, the socket and sentences write it.
pub(super) fn word(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Disputed => "disputed",
        AlertKind::Phase => "phase",
        AlertKind::Fact => "fact",
        AlertKind::Confirmed => "confirmed",
        AlertKind::New => "new",
        AlertKind::Overdue => "overdue",
        AlertKind::Surge => "surge",
        AlertKind::Quiet => "quiet",
        AlertKind::Feed => "feed",
        AlertKind::Sink => "sink",
        AlertKind::Storage => "storage",
    }
}

pub(super) fn fact_word(key: FactKey) -> &'static str {
    match key {
        FactKey::Date => "date",
        FactKey::Place => "place",
        FactKey::Participant => "participant",
    }
}
