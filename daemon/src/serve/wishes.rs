//! What people wish: each becomes an event through the writer's queue.

use std::sync::Arc;

use axum::{Extension, Json, body::Body, extract::State as Given};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use storyline_config::{FeedId, StorylineId};
use storyline_store::DevelopmentId;

use super::{alerts::named, body::wish, doors::Doors, peer::Peer, problem::Problem, storyline::no_such};
use crate::{
    poll::NotPolled,
    writer::{Command, Refused},
};

type Answer = Result<Json<Value>, Problem>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Poll {
    #[serde(default)]
    feeds: Vec<String>,
}

/// `POST /v1/poll`.
pub(super) async fn poll(
    Given(doors): Given<Arc<Doors>>,
    Extension(peer): Extension<Peer>,
    body: Body,
) -> Answer {
    peer.may_wish()?;
    let asked: Poll = wish(body).await?;
    let hint = "`storyline feeds` lists them";
    let feeds = asked.feeds.iter().map(|name| {
        let id = name.parse::<FeedId>();
        id.map_err(|_| Problem::unknown("unknown_feed", format!("no feed is called {name:?}"), hint))
    });
    let feeds = feeds.collect::<Result<Vec<_>, _>>()?;
    if let Some(trouble) = &doors.handle.view().storage {
        // What a visit brings could not be kept.
        return Err(Refused::ReadOnly(trouble.detail.clone()).into());
    }
    match (doors.poll)(feeds).await {
        Ok(polled) => Ok(Json(json!(polled))),
        Err(error @ NotPolled::Unknown(_)) => Err(Problem::unknown("unknown_feed", error.to_string(), hint)),
        Err(NotPolled::Stopping) => Err(Refused::Stopping.into()),
    }
}

/// `POST /v1/reload`.
pub(super) async fn reload(Given(doors): Given<Arc<Doors>>, Extension(peer): Extension<Peer>) -> Answer {
    peer.may_manage()?;
    Ok(Json(json!(super::reload::reload(&doors).await?)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Snooze {
    #[serde(default)]
    storyline: Option<String>,
    #[serde(default)]
    alert: Option<String>,
    #[serde(default, rename = "for")]
    lasting: Option<String>,
    #[serde(default)]
    until: Option<Timestamp>,
}

/// `POST /v1/snooze`.
pub(super) async fn snooze(
    Given(doors): Given<Arc<Doors>>,
    Extension(peer): Extension<Peer>,
    body: Body,
) -> Answer {
    peer.may_wish()?;
    let asked: Snooze = wish(body).await?;
    let until = until(&asked, doors.clock.now())?;
    match (&asked.storyline, &asked.alert) {
        (Some(name), None) => snooze_storyline(&doors, name, until, peer.name()).await,
        (None, Some(name)) => {
            let alert = named(&doors, name).await?;
            let seq = doors.handle.command(Command::Hold(alert, until, peer.name())).await?;
            Ok(Json(json!({ "seq": seq, "alert": alert, "until": until })))
        }
        _ => Err(Problem::bad(
            "a snooze is of a storyline or of an alert, one of the two",
            "give \"storyline\": its id, or \"alert\": its id or #seq",
        )),
    }
}

async fn snooze_storyline(doors: &Doors, name: &str, until: Timestamp, by: String) -> Answer {
    let state = doors.handle.view().state;
    let storyline: StorylineId = name.parse().map_err(|_| no_such(name))?;
    if state.storylines.get(&storyline).is_none_or(|it| it.retired) {
        return Err(no_such(name));
    }
    let seq = doors.handle.command(Command::Snooze(storyline.clone(), until, by)).await?;
    Ok(Json(json!({ "seq": seq, "storyline": storyline, "until": until })))
}

/// When a snooze ends: at a time, or after a while.
fn until(asked: &Snooze, now: Timestamp) -> Result<Timestamp, Problem> {
    let hint = "give \"for\": \"2h\", or \"until\": a time";
    match (&asked.lasting, asked.until) {
        (None, Some(until)) => Ok(until),
        (Some(lasting), None) => {
            let lasting = humantime::parse_duration(lasting).ok();
            let lasting = lasting.and_then(|it| SignedDuration::try_from(it).ok());
            let until = lasting.and_then(|it| now.checked_add(it).ok());
            until.ok_or_else(|| Problem::bad("\"for\" is no duration", hint))
        }
        _ => Err(Problem::bad("a snooze ends after a while or at a time, one of the two", hint)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mute {
    outlet: String,
    /// Whether it is muted although nothing is known of it.
    #[serde(default)]
    anyway: bool,
}

/// `POST /v1/mute`.
pub(super) async fn mute(
    Given(doors): Given<Arc<Doors>>,
    Extension(peer): Extension<Peer>,
    body: Body,
) -> Answer {
    peer.may_wish()?;
    let asked: Mute = wish(body).await?;
    let outlet = asked.outlet.trim().to_owned();
    if outlet.is_empty() || outlet.len() > storyline_config::limit::TITLE_CHARS_MAX {
        return Err(Problem::bad("\"outlet\" names no outlet", "give the name reports show it by"));
    }
    let outlet = if asked.anyway { outlet } else { super::outlet::known(&doors, &outlet).await? };
    let seq = doors.handle.command(Command::Mute(outlet.clone(), peer.name())).await?;
    Ok(Json(json!({ "seq": seq, "outlet": outlet })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drop {
    development: String,
}

/// `POST /v1/drop`.
pub(super) async fn drop(
    Given(doors): Given<Arc<Doors>>,
    Extension(peer): Extension<Peer>,
    body: Body,
) -> Answer {
    peer.may_wish()?;
    let asked: Drop = wish(body).await?;
    let development: DevelopmentId = asked.development.parse().map_err(|_| {
        let detail = format!("no development is called {:?}", asked.development);
        Problem::unknown("unknown_development", detail, "`storyline timeline ID` lists them")
    })?;
    let seq = doors.handle.command(Command::Drop(development, peer.name())).await?;
    Ok(Json(json!({ "seq": seq, "development": development })))
}
