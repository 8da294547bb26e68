//! What people were told, and whether it reached them.

use std::sync::Arc;

use axum::{Extension, Json, extract::Path, extract::State as Given, http::Uri};
use serde_json::{Value, json};
use storyline_config::StorylineId;
use storyline_store::{Alert, AlertId, AlertState, DeliveryId, DeliveryState, Seq, State};

use super::{
    doors::{Doors, Past},
    moment::each,
    peer::Peer,
    problem::Problem,
    query::Query,
    subject,
};
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
    let page = Page { before, limit, storyline };
    let known = page.of(&state);
    // What the state no longer keeps is read from the log.
    let reaches = known.get(limit.saturating_sub(1)).is_some_and(|last| last.seq > state.alerts_forgotten);
    if reaches || state.alerts_forgotten == Seq(0) {
        let shown: Vec<_> = known.into_iter().map(|it| shape(&state, it)).collect();
        return Ok(Json(json!({ "alerts": shown })));
    }
    let known = page.storyline.as_ref().map(|id| state.storylines.get(id).map(|it| it.course(state.seq)));
    let places = match known {
        Some(course) => course.unwrap_or_default(),
        None => vec![(Seq(0), state.seq)],
    };
    let past = doors.fold(move |past| alerts_in(past, &places)).await?;
    let shown: Vec<_> = page.of(&past).into_iter().map(|it| shape(&past, it)).collect();
    Ok(Json(json!({ "alerts": shown })))
}

/// How things stand with every alert that is told of between these places of the log.
fn alerts_in(past: &dyn Past, places: &[(Seq, Seq)]) -> Result<State, String> {
    let mut state = State::with_all_alerts();
    for (after, to) in places {
        each(past, *after, *to, |it| state.apply(it))?;
    }
    Ok(state)
}

/// Which alerts are asked for.
struct Page {
    before: Option<Seq>,
    limit: usize,
    storyline: Option<StorylineId>,
}

impl Page {
    /// Those of them that a state has, newest first.
    fn of<'a>(&self, state: &'a State) -> Vec<&'a Alert> {
        let mut alerts: Vec<&Alert> = state.alerts.values().map(AsRef::as_ref).collect();
        alerts.retain(|it| self.before.is_none_or(|before| it.seq < before));
        alerts.retain(|it| self.storyline.is_none() || it.storyline == self.storyline);
        alerts.sort_by_key(|it| std::cmp::Reverse(it.seq));
        alerts.truncate(self.limit);
        alerts
    }
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

/// `POST /v1/alerts/{id}/ack`: an alert by its id or `#seq`, or every open alert of a storyline.
pub(super) async fn acknowledge(
    Given(doors): Given<Arc<Doors>>,
    Extension(peer): Extension<Peer>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    peer.may_wish()?;
    if let Some(open) = open_of(&doors.handle.view().state, &id) {
        let mut seq = None;
        for alert in &open {
            seq = Some(doors.handle.command(Command::Acknowledge(*alert, peer.name())).await?);
        }
        if let Some(seq) = seq {
            return Ok(Json(json!({ "seq": seq, "storyline": id, "alerts": open })));
        }
        let detail = format!("no alert of {id} is open");
        return Err(Problem::unknown("unknown_alert", detail, "`storyline alerts` lists them"));
    }
    let alert = named(&doors, &id).await?;
    let seq = doors.handle.command(Command::Acknowledge(alert, peer.name())).await?;
    Ok(Json(json!({ "seq": seq, "alert": alert })))
}

/// The open alerts of a storyline, oldest first; none where no storyline has the name.
fn open_of(state: &State, name: &str) -> Option<Vec<AlertId>> {
    let (storyline, _) = state.storylines.get_key_value(name)?;
    let open = |it: &&Arc<Alert>| it.storyline.as_ref() == Some(storyline) && it.state == AlertState::Open;
    let mut alerts: Vec<_> = state.alerts.values().filter(open).collect();
    alerts.sort_by_key(|it| it.seq);
    Some(alerts.into_iter().map(|it| it.id).collect())
}

/// The alert that a person names by its id or by the `#seq` of anything that was recorded of it.
pub(super) async fn named(doors: &Arc<Doors>, name: &str) -> Result<AlertId, Problem> {
    let state = doors.handle.view().state;
    let known = |it: AlertId| state.alerts.contains_key(&it);
    let is_seq = |it: &str| it.starts_with('#') || it.len() < AlertId(0).to_string().len() - 2;
    let by_seq = name.parse::<Seq>().ok().filter(|_| is_seq(name));
    let Some(seq) = by_seq else {
        return name.parse().ok().filter(|it| known(*it)).ok_or_else(|| no_such(name));
    };
    if let Some(it) = state.alerts.values().find(|it| it.seq == seq) {
        return Ok(it.id);
    }
    let found = doors.look(move |past| past.read_after(Seq(seq.0.saturating_sub(1)), 1)).await?;
    let alert = found.first().filter(|it| it.seq == seq).and_then(|it| subject::alert(&it.event));
    alert.filter(|it| known(*it)).ok_or_else(|| no_such(name))
}

/// `POST /v1/alerts/{id}/retry`: sends its dead deliveries again, or the one named.
pub(super) async fn retry(
    Given(doors): Given<Arc<Doors>>,
    Extension(peer): Extension<Peer>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    peer.may_wish()?;
    let state = doors.handle.view().state;
    let dead = match dead(&state, &id) {
        Some(dead) => dead,
        None => dead(&state, &named(&doors, &id).await?.to_string()).ok_or_else(|| no_such(&id))?,
    };
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
