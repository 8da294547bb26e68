//! A storyline's whole timeline, folded from its own events, which are looked for only where the state says they stand.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, State as Given},
    http::Uri,
};
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
    Ok(Json(json!({ "id": id, "title": title, "developments": timeline.await?.in_order() })))
}

#[derive(Default)]
struct Timeline(BTreeMap<DevelopmentId, Entry>);

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
}

#[derive(Debug, Serialize)]
struct Known {
    seq: Seq,
    key: FactKey,
    value: String,
    certainty: Certainty,
}

impl Timeline {
    fn in_order(self) -> Vec<Value> {
        let mut entries: Vec<_> = self.0.into_values().collect();
        entries.sort_by_key(|entry| (entry.it.at, entry.it.seq));
        entries.iter().map(Entry::shown).collect()
    }

    fn take(&mut self, recorded: &Recorded) {
        let seq = recorded.seq;
        match &recorded.event {
            Event::DevelopmentReported { development, relation, disputes, report, .. } => {
                let mut it = Development::of(*development, *relation, *disputes, report, seq);
                it.cite(*relation, report, seq);
                self.0.insert(*development, Entry { it, phases: Vec::new(), facts: Vec::new() });
            }
            other => {
                let named = subject::development(other).and_then(|it| self.0.get_mut(&it));
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

    fn shown(&self) -> Value {
        let it = &self.it;
        let report = |it: &ReportRef| {
            json!({
                "seq": it.seq,
                "item": it.item,
                "relation": it.relation,
                "outlet": it.outlet,
                "origin": it.origin,
                "url": it.url,
                "title": it.title,
                "published": it.published,
            })
        };
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
