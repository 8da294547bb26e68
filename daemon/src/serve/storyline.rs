//! A storyline in the shapes of the contract.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State as Given},
    http::Uri,
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use storyline_config::StorylineId;
use storyline_store::{Development, StorylineState};

use super::{doors::Doors, problem::Problem, query::Query};

/// `GET /v1/storylines/{id}`.
pub(super) async fn get(
    Given(doors): Given<Arc<Doors>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let query = Query::of(&uri);
    let (state, seq) = doors.state_at(query.at()?).await?;
    let now = if seq.is_some() { state.at.unwrap_or_default() } else { doors.clock.now() };
    let found = id.parse().ok().and_then(|id: StorylineId| state.storylines.get_key_value(&id));
    let (id, it) = found.filter(|(_, it)| !it.title.is_empty()).ok_or_else(|| no_such(&id))?;
    let mut fields = whole(id, it, now);
    if let Some(since) = doors.since(&query).await? {
        let changes = doors.changes(since, state.seq, Some(id.clone())).await?;
        fields.insert("changes".to_owned(), json!(changes));
    }
    Ok(Json(Value::Object(fields)))
}

/// The answer where no storyline has that name.
pub(super) fn no_such(id: &str) -> Problem {
    let detail = format!("no storyline is called {id:?}");
    Problem::unknown("unknown_storyline", detail, "`storyline status` lists those that are followed")
}

/// A storyline as the status lists it: all but its facts and expectations.
pub(super) fn brief(id: &StorylineId, it: &StorylineState, now: Timestamp) -> Map<String, Value> {
    let fields = json!({
        "id": id,
        "title": it.title,
        "parent": it.parent,
        "phase": it.phase,
        "certainty": it.certainty,
        "since": it.since,
        "heat": it.heat(now),
        "reports": it.reports_counted(),
        "origins": it.origins.len(),
        "developments": it.developments_counted(),
        "latest": it.latest().map(latest),
        "snoozed_until": it.snoozed_until.filter(|until| *until > now),
    });
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn latest(it: &Development) -> Value {
    json!({
        "id": it.id,
        "headline": it.headline,
        "at": it.at,
        "state": it.state,
        "origins": it.origins.len(),
    })
}

/// A storyline with all that is known of it.
pub(super) fn whole(id: &StorylineId, it: &StorylineState, now: Timestamp) -> Map<String, Value> {
    let mut fields = brief(id, it, now);
    fields.insert("facts".to_owned(), json!(it.facts));
    fields.insert("expectations".to_owned(), json!(it.expectations));
    fields
}
