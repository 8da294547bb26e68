//! What people were told, and whether it reached them.

use std::sync::Arc;

use axum::{Extension, Json, extract::Path, extract::State as Given, http::Uri};
use serde_json::{Value, json};
use storyline_store::{Alert, AlertId, AlertState, DeliveryId, DeliveryState, State};

use super::{doors::Doors, peer::Peer, problem::Problem, query::Query};
use crate::writer::Command;

/// Alerts in one answer where no limit is given.
const LIMIT_DEFAULT: usize = 100;
/// Alerts in one answer at the most.
const LIMIT_MAX: usize = 1_000;

/// `GET /v1/alerts`.
pub(super) async fn get(Given(doors): Given<Arc<Doors>>, uri: Uri) -> Result<Json<Value>, Problem> {
    let query = Query::of(&uri);
    let (limit, before) = (query.limit(LIMIT_DEFAULT, LIMIT_MAX)?, query.seq("before")?);
    let storyline = query.storyline()?;
    let state = doors.handle.view().state;
    let mut alerts: Vec<_> = state.alerts.values().collect();
    alerts.retain(|it| before.is_none_or(|before| it.seq < before));
    alerts.retain(|it| storyline.is_none() || it.storyline == storyline);
    alerts.sort_by_key(|it| std::cmp::Reverse(it.seq));
    let shown: Vec<_> = alerts.into_iter().take(limit).map(|it| shape(&state, it)).collect();
    Ok(Json(json!({ "alerts": shown })))
}

fn shape(state: &State, it: &Alert) -> Value {
    let title = it.storyline.as_ref().and_then(|id| state.storylines.get(id)).map(|it| &it.title);
    let deliveries = it.deliveries.iter().filter_map(|id| state.deliveries.get(id)).map(|it| {
        json!({
            "id": it.id,
            "sink": it.sink,
            "state": it.state,
            "attempts": it.attempts,
            "last_error": it.last_error,
            "retry_at": it.retry_at,
        })
    });
    json!({
        "id": it.id,
        "seq": it.seq,
        "kind": it.kind,
        "storyline": it.storyline,
        "title": title,
        "headline": it.headline,
        "severity": it.severity,
        "state": it.state,
        "at": it.at,
        "acknowledged": it.state == AlertState::Acknowledged,
        "changes": it.changes,
        "development": it.development,
        "text": it.text,
        "deliveries": deliveries.collect::<Vec<_>>(),
    })
}

/// `POST /v1/alerts/{id}/ack`.
pub(super) async fn acknowledge(
    Given(doors): Given<Arc<Doors>>,
    Extension(peer): Extension<Peer>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    peer.may_wish()?;
    let alert: AlertId = id.parse().map_err(|_| no_such(&id))?;
    if !doors.handle.view().state.alerts.contains_key(&alert) {
        return Err(no_such(&id));
    }
    let seq = doors.handle.command(Command::Acknowledge(alert, peer.name())).await?;
    Ok(Json(json!({ "seq": seq, "alert": alert })))
}

/// `POST /v1/alerts/{id}/retry`: sends its dead deliveries again, or the one named.
pub(super) async fn retry(
    Given(doors): Given<Arc<Doors>>,
    Extension(peer): Extension<Peer>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    peer.may_wish()?;
    let state = doors.handle.view().state;
    let dead = dead(&state, &id).ok_or_else(|| no_such(&id))?;
    if dead.is_empty() {
        let detail = format!("no delivery of {id} is dead");
        return Err(Problem::unknown(
            "nothing_dead",
            detail,
            "`storyline alerts` shows how deliveries stand",
        ));
    }
    let mut seq = None;
    for delivery in &dead {
        seq = Some(doors.handle.command(Command::Retry(*delivery, peer.name())).await?);
    }
    Ok(Json(json!({ "seq": seq, "deliveries": dead })))
}

/// The dead deliveries of an alert, or the delivery itself if it is dead; none where nothing has the name.
fn dead(state: &State, id: &str) -> Option<Vec<DeliveryId>> {
    let is_dead =
        |it: &DeliveryId| state.deliveries.get(it).is_some_and(|it| it.state == DeliveryState::Dead);
    if let Some(alert) =
        id.parse().ok().and_then(|it: AlertId| state.alerts.get(&it)).filter(|_| !id.starts_with("m-"))
    {
        return Some(alert.deliveries.iter().copied().filter(is_dead).collect());
    }
    let delivery: DeliveryId = id.parse().ok()?;
    state.deliveries.contains_key(&delivery).then(|| Some(delivery).into_iter().filter(is_dead).collect())
}

fn no_such(id: &str) -> Problem {
    Problem::unknown("unknown_alert", format!("no alert is called {id:?}"), "`storyline alerts` lists them")
}
