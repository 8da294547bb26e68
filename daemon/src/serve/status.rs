//! Where things stand, now or then.

use std::sync::Arc;

use axum::{Json, extract::State as Given, http::StatusCode, http::Uri};
use jiff::Timestamp;
use serde_json::{Value, json};
use storyline_store::State;

use super::{doors::Doors, feeds::failing, problem::Problem, query::Query, sinks::sinks, storyline::brief};

/// `GET /v1/status`.
pub(super) async fn get(Given(doors): Given<Arc<Doors>>, uri: Uri) -> Result<Json<Value>, Problem> {
    let query = Query::of(&uri);
    let (state, seq) = doors.state_at(query.at()?).await?;
    let mut answer = match seq {
        None => present(&doors),
        Some(seq) => json!({ "seq": seq, "storylines": storylines(&state, state.at.unwrap_or_default()) }),
    };
    if let (Some(since), Some(fields)) = (doors.since(&query).await?, answer.as_object_mut()) {
        let changes = doors.changes(since, state.seq, None).await?;
        fields.insert("changes".to_owned(), json!(changes));
    }
    Ok(Json(answer))
}

/// `GET /readyz`: whether events can be recorded.
pub(super) async fn ready(Given(doors): Given<Arc<Doors>>) -> (StatusCode, Json<Value>) {
    let view = doors.handle.view();
    let code = if view.storage.is_some() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (code, Json(present(&doors)))
}

/// `GET /healthz`: whether anyone is there at all.
pub(super) async fn healthy() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

fn present(doors: &Doors) -> Value {
    let view = &doors.handle.view();
    let trouble = view
        .storage
        .as_ref()
        .map(|it| json!({ "code": it.code, "detail": it.detail, "hint": it.hint, "since": it.since }));
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "seq": view.state.seq,
        "started": doors.started,
        "storage": if trouble.is_some() { "read-only" } else { "ok" },
        "storage_error": trouble,
        "feeds": {
            "total": view.config.feeds.len(),
            "failing": failing(view),
            "items": view.items,
            "matched": view.matched,
            "nearest_miss": view.nearest_misses.first(),
            "nearest_misses": view.nearest_misses,
        },
        "sinks": sinks(view),
        "muted": *view.state.muted,
        "disk": *doors.disk.borrow(),
        "storylines": storylines(&view.state, doors.clock.now()),
    })
}

/// The storylines that are followed.
fn storylines(state: &State, now: Timestamp) -> Vec<Value> {
    let followed = state.storylines.iter().filter(|(_, it)| !it.retired);
    followed.map(|(id, it)| Value::Object(brief(id, it, now))).collect()
}
