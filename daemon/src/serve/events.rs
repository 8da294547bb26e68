//! The events themselves, a page at a time.

use std::sync::Arc;

use axum::{Json, extract::State as Given, http::Uri};
use serde_json::{Value, json};
use storyline_config::{StorylineId, limit::EVENTS_LIMIT_MAX};
use storyline_store::{Recorded, Seq};

use super::{
    doors::{Doors, Past},
    moment::each,
    problem::Problem,
    query::{At, Query},
    subject,
};

/// Events looked at in one go where only some are asked for.
const CHUNK: usize = EVENTS_LIMIT_MAX;

/// `GET /v1/events`.
pub(super) async fn get(Given(doors): Given<Arc<Doors>>, uri: Uri) -> Result<Json<Value>, Problem> {
    let query = Query::of(&uri);
    let since = doors.since(&query).await?.unwrap_or_default();
    let limit = query.limit(EVENTS_LIMIT_MAX, EVENTS_LIMIT_MAX)?;
    let storyline = query.storyline()?;
    let head = doors.head();
    let events = if storyline.is_some() {
        doors.fold(move |past| page(past, since, head, limit, storyline.as_ref())).await?
    } else {
        doors.look(move |past| page(past, since, head, limit, None)).await?
    };
    let events: Vec<_> = events.iter().map(shape).collect();
    Ok(Json(json!({ "events": events, "head": head })))
}

/// Up to `limit` events after one place and up to another, of one storyline if one is named.
fn page(
    past: &dyn Past,
    since: Seq,
    head: Seq,
    limit: usize,
    storyline: Option<&StorylineId>,
) -> Result<Vec<Recorded>, String> {
    let (mut place, mut found) = (since, Vec::new());
    while place < head && found.len() < limit {
        let chunk = if storyline.is_some() { CHUNK } else { limit };
        let events = past.read_after(place, chunk)?;
        let Some(last) = events.last() else { break };
        place = last.seq;
        let fits = |it: &Recorded| it.seq <= head && concerns(it, storyline);
        found.extend(events.into_iter().filter(fits));
    }
    found.truncate(limit);
    Ok(found)
}

/// An event as the log writes it out.
pub(super) fn shape(it: &Recorded) -> Value {
    // Only what has no fields at all cannot be written out, and no event is so.
    storyline_store::to_json(it).map(Value::Object).unwrap_or_default()
}

/// Whether an event is one of those asked for.
pub(super) fn concerns(it: &Recorded, storyline: Option<&StorylineId>) -> bool {
    storyline.is_none_or(|asked| it.event.storyline() == Some(asked))
}

impl Doors {
    /// The place after which events are asked for: one of the log, or the last by a time.
    pub(super) async fn since(self: &Arc<Self>, query: &Query) -> Result<Option<Seq>, Problem> {
        match query.since()? {
            At::Now => Ok(None),
            At::Seq(seq) => Ok(Some(seq)),
            time @ At::Time(_) => self.place(time).await,
        }
    }

    /// What changed where storylines stand, after one place and up to another; the first thousand.
    pub(super) async fn changes(
        self: &Arc<Self>,
        since: Seq,
        to: Seq,
        storyline: Option<StorylineId>,
    ) -> Result<Vec<Value>, Problem> {
        self.fold(move |past| {
            let mut found = Vec::new();
            each(past, since, to, |it| {
                if found.len() < EVENTS_LIMIT_MAX
                    && subject::is_change(&it.event)
                    && concerns(it, storyline.as_ref())
                {
                    found.push(shape(it));
                }
            })?;
            Ok(found)
        })
        .await
    }
}
