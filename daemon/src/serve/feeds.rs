//! How the feeds do.

use std::sync::Arc;

use axum::{Json, extract::State as Given};
use serde_json::{Value, json};
use storyline_config::{Feed, Source};
use storyline_store::{FeedRecord, Schedule};

use super::doors::Doors;
use crate::{
    poll::{FeedState, manners, turns::pauses},
    writer::View,
};

/// `GET /v1/feeds`.
pub(super) async fn get(Given(doors): Given<Arc<Doors>>) -> Json<Value> {
    let view = doors.handle.view();
    let pauses = pauses(view.feeds.values().map(|it| &it.schedule));
    let feeds = view.config.feeds.iter().map(|(id, feed)| {
        let record = view.feeds.get(id).map(AsRef::as_ref);
        let schedule = schedule(feed, record);
        json!({
            "id": id,
            "url": address(&feed.source),
            "state": manners::state(&schedule),
            "last_visit": schedule.last_visit,
            "last_change": schedule.last_change,
            "next_visit": manners::next_visit(&schedule, feed, &view.config.poll, &pauses),
            "items": schedule.items,
            "error": schedule.error,
        })
    });
    Json(json!({ "feeds": feeds.collect::<Vec<_>>() }))
}

/// What is kept of a feed's schedule, if it belongs to the address that is configured now.
fn schedule(feed: &Feed, record: Option<&FeedRecord>) -> Schedule {
    let same = |it: &&FeedRecord| it.schedule.url == address(&feed.source);
    record.filter(same).map(|it| it.schedule.clone()).unwrap_or_default()
}

/// The address of a source, as people and records name it.
pub(super) fn address(source: &Source) -> String {
    match source {
        Source::Feed(url) | Source::Sitemap(url) => bare(url),
        Source::Exec { command, .. } => format!("exec:{}", command.first().map_or("", String::as_str)),
        Source::File(path) => format!("file://{}", path.display()),
    }
}

fn bare(url: &url::Url) -> String {
    let mut url = url.clone();
    // An address that can hold no credentials has none.
    let _ = (url.set_username(""), url.set_password(None));
    url.to_string()
}

/// How every configured feed does.
pub(super) fn states(view: &View) -> impl Iterator<Item = FeedState> + '_ {
    view.config.feeds.iter().map(|(id, feed)| {
        let record = view.feeds.get(id).map(AsRef::as_ref);
        manners::state(&schedule(feed, record))
    })
}

/// How many feeds cannot be read.
pub(super) fn failing(view: &View) -> usize {
    let failing = |it: &FeedState| matches!(it, FeedState::Failing | FeedState::Blocked | FeedState::Gone);
    states(view).filter(failing).count()
}
