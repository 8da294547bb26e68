//! Where things stand, now or then.

use std::sync::Arc;

use axum::{Json, extract::State as Given, http::StatusCode, http::Uri};
use jiff::Timestamp;
use serde_json::{Value, json};
use storyline_store::State;

use super::{doors::Doors, problem::Problem, query::Query, storyline::brief};
use crate::writer::View;

/// `GET /v1/status`.
pub(super) async fn get(Given(doors): Given<Arc<Doors>>, uri: Uri) -> Result<Json<Value>, Problem> {
    let (state, seq) = doors.state_at(Query::of(&uri).at()?).await?;
    let Some(seq) = seq else {
        return Ok(Json(present(&doors.handle.view(), doors.started, (doors.now)())));
    };
    let now = state.at.unwrap_or_default();
    Ok(Json(json!({ "seq": seq, "storylines": storylines(&state, now) })))
}

/// `GET /readyz`: whether events can be recorded.
pub(super) async fn ready(Given(doors): Given<Arc<Doors>>) -> (StatusCode, Json<Value>) {
    let view = doors.handle.view();
    let code = if view.storage.is_some() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (code, Json(present(&view, doors.started, (doors.now)())))
}

/// `GET /healthz`: whether anyone is there at all.
pub(super) async fn healthy() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

fn present(view: &View, started: Timestamp, now: Timestamp) -> Value {
    let trouble = view
        .storage
        .as_ref()
        .map(|it| json!({ "code": it.code, "detail": it.detail, "hint": it.hint, "since": it.since }));
    let failing = view.feeds.iter().filter(|(id, it)| {
        view.config.feeds.contains_key(*id) && (it.schedule.error.is_some() || it.schedule.failures > 0)
    });
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "seq": view.state.seq,
        "started": started,
        "storage": if trouble.is_some() { "read-only" } else { "ok" },
        "storage_error": trouble,
        "feeds": {
            "total": view.config.feeds.len(),
            "failing": failing.count(),
            "items": view.items,
            "matched": view.matched,
            "nearest_miss": view.nearest_miss,
        },
        "storylines": storylines(&view.state, now),
    })
}

/// The storylines that are followed.
fn storylines(state: &State, now: Timestamp) -> Vec<Value> {
    let followed = state.storylines.iter().filter(|(_, it)| !it.retired);
    followed.map(|(id, it)| Value::Object(brief(id, it, now))).collect()
}
