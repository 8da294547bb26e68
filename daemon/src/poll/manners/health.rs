//! How a feed does, and what of it is told.

use serde::{Deserialize, Serialize};
use storyline_config::FeedId;
use storyline_store::{Event, FeedTrouble, Schedule};

/// How a feed does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedState {
    /// It can be read, also where it carries nothing.
    Ok,
    /// The last visit failed.
    Failing,
    /// It can be read behind a permanent redirect that is not believed yet.
    Moved,
    /// It says that it is gone.
    Gone,
    /// It answers as a challenge page.
    Blocked,
    /// It can be read, but has brought nothing for longer than its habit.
    Silent,
    /// It was never visited.
    New,
}

/// How a feed does: gone before blocked, failing, moved, silent, ok.
pub fn state(schedule: &Schedule) -> FeedState {
    match schedule {
        it if it.last_visit.is_none() => FeedState::New,
        it if it.gone > 0 => FeedState::Gone,
        it if it.blocked => FeedState::Blocked,
        it if it.failures > 0 => FeedState::Failing,
        it if it.moving.is_some() => FeedState::Moved,
        it if it.silent => FeedState::Silent,
        _ => FeedState::Ok,
    }
}

/// What became of a feed with a visit. The baseline is not among it: that is the writer's to tell.
pub fn events(feed: &FeedId, before: &Schedule, after: &Schedule) -> Vec<Event> {
    let fresh = Schedule::default();
    let before = if before.url == after.url { before } else { &fresh };
    let (was, is) = (state(before), state(after));
    let error = || after.error.clone().unwrap_or_default();
    let feed = || feed.clone();
    let mut events = Vec::new();
    if is != was {
        match is {
            FeedState::Gone => events.push(Event::FeedGone { feed: feed(), error: error() }),
            FeedState::Blocked => events.push(Event::FeedBlocked { feed: feed(), error: error() }),
            FeedState::Failing => {
                let trouble = after.trouble.unwrap_or(FeedTrouble::Network);
                events.push(Event::FeedFailed { feed: feed(), trouble, error: error() });
            }
            FeedState::Ok | FeedState::Moved | FeedState::Silent | FeedState::New => {}
        }
    }
    let mended = before.failures > 0 && after.failures == 0;
    let speaks = before.silent && !after.silent && after.failures == 0;
    if mended || speaks {
        events.push(Event::FeedRecovered { feed: feed() });
    }
    if after.silent && !before.silent {
        let since = after.last_change.or(after.last_visit).unwrap_or_default();
        events.push(Event::FeedSilent { feed: feed(), since });
    }
    if after.skew_seconds.is_some() != before.skew_seconds.is_some() {
        events.push(Event::FeedSkewed { feed: feed(), seconds: after.skew_seconds.unwrap_or(0) });
    }
    if let Some(url) = after.adopted.as_ref().filter(|_| after.adopted != before.adopted) {
        events.push(Event::FeedMoved { feed: feed(), url: url.clone() });
    }
    events
}
