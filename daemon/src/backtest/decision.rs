//! What was decided of an item before one storyline: by a run, or by the daemon when it was read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use storyline_config::StorylineId;
use storyline_store::{DevelopmentId, Event, Item, ItemId, Recorded, Relation, Report};

use super::Line;

/// An item is judged for one storyline after the other: so far back the same content may have been taken in.
const EARLIER_LOOK: usize = 16;

/// One decision, as far as two of them are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The item.
    pub item: ItemId,
    /// The name it was given, else its id.
    pub id: String,
    /// Its headline.
    pub title: String,
    /// The time it counts from.
    pub at: Timestamp,
    /// The storyline it belongs to.
    pub storyline: StorylineId,
    /// Whether it opens an alert.
    pub opens: bool,
    /// How it relates to what was known.
    pub relation: Relation,
    /// The development it opens or belongs to.
    pub development: Option<DevelopmentId>,
    /// What it changes besides: `confirmed`, `phase`, `fact`.
    pub changes: BTreeSet<&'static str>,
}

impl From<&Line> for Decision {
    fn from(it: &Line) -> Self {
        Self {
            item: it.item,
            id: it.id.clone(),
            title: it.title.clone(),
            at: it.at,
            storyline: it.storyline.clone(),
            opens: it.alert,
            relation: it.relation,
            development: it.cluster,
            changes: it.changes.iter().copied().collect(),
        }
    }
}

/// The decisions a log tells of, with what else of the past a run over it has to know: a fold of its events.
#[derive(Debug, Clone, Default)]
pub struct Recordings {
    /// What was decided, in the order of the log.
    pub decisions: Vec<Decision>,
    /// Since when an outlet is left out.
    pub muted: BTreeMap<String, Timestamp>,
    /// Earlier contents of items that said something else later, as far as they belonged to a storyline.
    pub earlier: Vec<Item>,
    /// When the items that are kept count from, by what they say now.
    kept: BTreeMap<ItemId, Timestamp>,
}

impl Recordings {
    /// Begins to fold a log, from which `items` are kept.
    pub fn of(items: &[Item]) -> Self {
        Self { kept: items.iter().map(|it| (it.id, it.effective)).collect(), ..Self::default() }
    }

    /// Takes note of the next event.
    pub fn observe(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::DevelopmentReported { storyline, development, relation, report, .. } => {
                self.decided(storyline, *relation, Some(*development), report);
            }
            Event::DevelopmentCorroborated { storyline, development, report, .. } => {
                self.decided(storyline, Relation::Corroboration, Some(*development), report);
            }
            Event::ReportNoted { storyline, development, relation, report, .. } => {
                self.decided(storyline, *relation, *development, report);
            }
            Event::DevelopmentConfirmed { storyline, development, .. } => {
                self.changed(storyline, *development, "confirmed");
            }
            Event::PhaseEntered { storyline, development, .. } => {
                self.changed(storyline, *development, "phase");
            }
            Event::FactReported { storyline, development, noted: false, .. } => {
                self.changed(storyline, *development, "fact");
            }
            Event::OutletMuted { outlet, .. } => {
                self.muted.entry(outlet.clone()).or_insert(recorded.at);
            }
            _ => {}
        }
    }

    fn decided(
        &mut self,
        storyline: &StorylineId,
        relation: Relation,
        development: Option<DevelopmentId>,
        report: &Report,
    ) {
        let Some(now) = self.kept.get(&report.item) else { return };
        let known = |it: &Item| it.id == report.item && it.effective == report.effective;
        if report.effective < *now && !self.earlier.iter().rev().take(EARLIER_LOOK).any(known) {
            self.earlier.push(report.as_item());
        }
        self.decisions.push(Decision {
            item: report.item,
            id: report.key.clone().unwrap_or_else(|| report.item.to_string()),
            title: report.title.clone(),
            at: report.effective,
            storyline: storyline.clone(),
            opens: matches!(relation, Relation::New | Relation::Denial | Relation::Correction),
            relation,
            development,
            changes: BTreeSet::new(),
        });
    }

    /// What follows a decision belongs to the last of its storyline.
    fn changed(&mut self, storyline: &StorylineId, development: DevelopmentId, what: &'static str) {
        let last = self.decisions.iter_mut().rev().take(64).find(|it| it.storyline == *storyline);
        if let Some(it) = last.filter(|it| it.development == Some(development)) {
            it.changes.insert(what);
        }
    }
}
