//! A storyline's whole timeline, folded from its own events, which are looked for only where the state says they stand.

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
    Certainty, Development, DevelopmentId, DevelopmentState, Event, FactKey, Recorded, Relation, ReportRef,
    Seq,
};

use super::{doors::Doors, problem::Problem, query::Query, storyline::no_such, subject};

/// `GET /v1/storylines/{id}/timeline`.
pub(super) async fn get(
    Given(doors): Given<Arc<Doors>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let storyline: StorylineId = id.parse().map_err(|_| no_such(&id))?;
    let (state, _) = doors.state_at(Query::of(&uri).at()?).await?;
    let known = state.storylines.get(&storyline).filter(|it| !it.title.is_empty());
    let known = known.ok_or_else(|| no_such(&id))?;
    let (title, course) = (known.title.clone(), known.course(state.seq));
    let timeline = doors.fold(move |past| {
        let mut timeline = Timeline::default();
        for (after, to) in course {
            past.read_course(&storyline, after, to)?.iter().for_each(|it| timeline.take(it));
        }
        Ok(timeline)
    });
    let (developments, background) = timeline.await?.in_order();
    Ok(Json(json!({ "id": id, "title": title, "developments": developments, "background": background })))
}

#[derive(Default)]
struct Timeline {
    developments: BTreeMap<DevelopmentId, Entry>,
    /// Reports that belong to the storyline and to none of its developments.
    background: Vec<ReportRef>,
}

/// One development with all that belongs to it.
struct Entry {
    it: Development,
    phases: Vec<Entered>,
    facts: Vec<Known>,
}

#[derive(Debug, Serialize)]
struct Entered {
    seq: Seq,
    from: Phase,
    to: Phase,
    certainty: Certainty,
    /// The time the report that says so counts from, its headline, and where it was published.
    at: Timestamp,
    headline: String,
    outlet: String,
}

#[derive(Debug, Serialize)]
struct Known {
    seq: Seq,
    key: FactKey,
    value: String,
    certainty: Certainty,
}

impl Timeline {
    fn in_order(mut self) -> (Vec<Value>, Vec<Value>) {
        let mut entries: Vec<_> = self.developments.into_values().collect();
        entries.sort_by_key(|entry| (entry.it.at, entry.it.seq));
        self.background.sort_by_key(|it| (it.at, it.seq));
        (entries.iter().map(Entry::shown).collect(), self.background.iter().map(report).collect())
    }

    fn take(&mut self, recorded: &Recorded) {
        let seq = recorded.seq;
        match &recorded.event {
            Event::DevelopmentReported { development, relation, disputes, report, .. } => {
                let mut it = Development::of(*development, *relation, *disputes, report, seq);
                it.cite(*relation, report, seq);
                self.developments.insert(*development, Entry { it, phases: Vec::new(), facts: Vec::new() });
            }
            Event::ReportNoted { development: None, relation, report, .. } => {
                self.background.push(ReportRef::of(*relation, report, seq));
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
    fn take(&mut self, event: &Event, seq: Seq) {
        let it = &mut self.it;
        match event {
            Event::DevelopmentCorroborated { report, .. } => it.cite(Relation::Corroboration, report, seq),
            Event::ReportNoted { relation, report, .. } => it.cite(*relation, report, seq),
            Event::DevelopmentConfirmed { .. } => it.state = DevelopmentState::Confirmed,
            Event::DevelopmentDisputed { by, .. } => {
                (it.state, it.disputed_by) = (DevelopmentState::Disputed, Some(*by));
            }
            Event::DevelopmentDropped { .. } => it.dropped = true,
            Event::PhaseEntered { from, to, certainty, .. } => {
                // A phase is entered right after the report that says so.
                let by = it.reports.last().filter(|it| it.relation == Relation::Corroboration);
                let by = by.or(it.reports.first());
                self.phases.push(Entered {
                    seq,
                    from: *from,
                    to: *to,
                    certainty: *certainty,
                    at: by.map_or(it.at, |it| it.at),
                    headline: by.map_or(&it.headline, |it| &it.title).clone(),
                    outlet: by.map(|it| it.outlet.clone()).unwrap_or_default(),
                });
            }
            Event::FactReported { key, value, certainty, .. } => {
                // The same fact, surer or less sure, takes the earlier one's place.
                self.facts.retain(|it| (it.key, &it.value) != (*key, value));
                self.facts.push(Known { seq, key: *key, value: value.clone(), certainty: *certainty });
            }
            _ => {}
        }
    }

    fn shown(&self) -> Value {
        let it = &self.it;
        json!({
            "id": it.id,
            "seq": it.seq,
            "headline": it.headline,
            "at": it.at,
            "state": it.state,
            "relation": it.relation,
            "disputes": it.disputes,
            "disputed_by": it.disputed_by,
            "dropped": it.dropped,
            "origins": it.origins.iter().map(|it| &it.name).collect::<Vec<_>>(),
            "reports": it.reports.iter().map(report).collect::<Vec<_>>(),
            "phases": self.phases,
            "facts": self.facts,
        })
    }
}

fn report(it: &ReportRef) -> Value {
    json!({
        "seq": it.seq,
        "item": it.item,
        "relation": it.relation,
        "outlet": it.outlet,
        "origin": it.origin,
        "url": it.url,
        "title": it.title,
        "published": it.published,
        "at": it.at,
    })
}
