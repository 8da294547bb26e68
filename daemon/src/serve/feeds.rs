//! How the feeds do.

use std::sync::Arc;

use axum::{Json, extract::State as Given};
use serde_json::{Value, json};
use storyline_config::Feed;
use storyline_store::{FeedRecord, Schedule};

use super::doors::Doors;
use crate::{
    poll::{FeedState, manners, source::address, turns::pauses},
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
            "clock_skew_seconds": schedule.skew_seconds,
        })
    });
    Json(json!({ "feeds": feeds.collect::<Vec<_>>() }))
}

/// What is kept of a feed's schedule, if it belongs to the address that is configured now.
fn schedule(feed: &Feed, record: Option<&FeedRecord>) -> Schedule {
    let same = |it: &&FeedRecord| it.schedule.url == address(&feed.source);
    record.filter(same).map(|it| it.schedule.clone()).unwrap_or_default()
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
