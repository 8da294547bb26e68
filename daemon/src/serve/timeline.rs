//! A storyline's whole timeline, folded from its own events.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, State as Given},
    http::Uri,
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use storyline_config::{Phase, StorylineId};
use storyline_store::{
    Certainty, DevelopmentId, DevelopmentState, Event, FactKey, ItemId, Recorded, Relation, Report, Seq,
};

use super::{doors::Doors, moment::each, problem::Problem, query::Query, storyline::no_such, subject};

/// `GET /v1/storylines/{id}/timeline`.
pub(super) async fn get(
    Given(doors): Given<Arc<Doors>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let storyline: StorylineId = id.parse().map_err(|_| no_such(&id))?;
    let place = doors.place(Query::of(&uri).at()?).await?;
    let to = place.unwrap_or_else(|| doors.head());
    let timeline = doors.fold(move |past| {
        let mut timeline = Timeline::default();
        each(past, Seq(0), to, |it| {
            if subject::storyline(&it.event) == Some(&storyline) {
                timeline.take(it);
            }
        })?;
        Ok(timeline)
    });
    let timeline = timeline.await?;
    if !timeline.defined {
        return Err(no_such(&id));
    }
    Ok(Json(json!({ "id": id, "title": timeline.title, "developments": timeline.in_order() })))
}

#[derive(Default)]
struct Timeline {
    defined: bool,
    title: String,
    developments: BTreeMap<DevelopmentId, Entry>,
}

/// One development with all that belongs to it.
#[derive(Debug, Serialize)]
struct Entry {
    id: DevelopmentId,
    seq: Seq,
    headline: String,
    at: Timestamp,
    state: DevelopmentState,
    relation: Relation,
    disputes: Option<DevelopmentId>,
    disputed_by: Option<DevelopmentId>,
    dropped: bool,
    origins: Vec<String>,
    reports: Vec<Cited>,
    phases: Vec<Entered>,
    facts: Vec<Known>,
}

#[derive(Debug, Serialize)]
struct Cited {
    seq: Seq,
    item: ItemId,
    relation: Relation,
    outlet: String,
    origin: String,
    url: Option<String>,
    title: String,
    published: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct Entered {
    seq: Seq,
    from: Phase,
    to: Phase,
    certainty: Certainty,
}

#[derive(Debug, Serialize)]
struct Known {
    seq: Seq,
    key: FactKey,
    value: String,
    certainty: Certainty,
}

impl Timeline {
    fn in_order(self) -> Vec<Entry> {
        let mut entries: Vec<_> = self.developments.into_values().collect();
        entries.sort_by_key(|it| (it.at, it.seq));
        entries
    }

    fn take(&mut self, recorded: &Recorded) {
        let seq = recorded.seq;
        match &recorded.event {
            Event::StorylineDefined { title, .. } => {
                self.defined = true;
                self.title.clone_from(title);
            }
            Event::DevelopmentReported { development, relation, disputes, report, .. } => {
                let mut entry = Entry::of(*development, seq, *relation, *disputes, report);
                entry.cite(seq, *relation, report);
                self.developments.insert(*development, entry);
            }
            other => {
                let named = subject::development(other).and_then(|it| self.developments.get_mut(&it));
                if let Some(entry) = named {
                    entry.take(other, seq);
                }
            }
        }
    }
}

impl Entry {
    fn of(
        id: DevelopmentId,
        seq: Seq,
        relation: Relation,
        disputes: Option<DevelopmentId>,
        report: &Report,
    ) -> Self {
        Self {
            id,
            seq,
            headline: report.title.clone(),
            at: report.effective,
            state: DevelopmentState::Provisional,
            relation,
            disputes,
            disputed_by: None,
            dropped: false,
            origins: Vec::new(),
            reports: Vec::new(),
            phases: Vec::new(),
            facts: Vec::new(),
        }
    }

    fn take(&mut self, event: &Event, seq: Seq) {
        match event {
            Event::DevelopmentCorroborated { report, .. } => self.cite(seq, Relation::Corroboration, report),
            Event::ReportNoted { relation, report, .. } => self.cite(seq, *relation, report),
            Event::DevelopmentConfirmed { .. } => self.state = DevelopmentState::Confirmed,
            Event::DevelopmentDisputed { by, .. } => {
                (self.state, self.disputed_by) = (DevelopmentState::Disputed, Some(*by));
            }
            Event::DevelopmentDropped { .. } => self.dropped = true,
            Event::PhaseEntered { from, to, certainty, .. } => {
                self.phases.push(Entered { seq, from: *from, to: *to, certainty: *certainty });
            }
            Event::FactReported { key, value, certainty, .. } => {
                // The same fact, surer or less sure, takes the earlier one's place.
                self.facts.retain(|it| (it.key, &it.value) != (*key, value));
                self.facts.push(Known { seq, key: *key, value: value.clone(), certainty: *certainty });
            }
            _ => {}
        }
    }

    fn cite(&mut self, seq: Seq, relation: Relation, report: &Report) {
        // A copy, an edit and background add no origin, as in the state.
        let adds = !matches!(relation, Relation::Copy | Relation::Update | Relation::Background);
        if adds && !self.origins.contains(&report.origin) {
            self.origins.push(report.origin.clone());
        }
        self.reports.push(Cited {
            seq,
            item: report.item,
            relation,
            outlet: report.outlet.clone(),
            origin: report.origin.clone(),
            url: report.url.clone(),
            title: report.title.clone(),
            published: report.published,
        });
    }
}
