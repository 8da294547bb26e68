//! What people are told of the daemon's own health: feeds, sinks, storage.

use std::time::Duration;

use jiff::Timestamp;
use storyline_config::{FeedId, SinkId};
use storyline_store::{AlertId, AlertKind, Event, FeedHealth, FeedTroubleKind, Recorded, State, StorageCode};

use super::{Situation, rule::later, stage::Stage};

/// Visits a feed may miss before people hear of it.
const VISITS_MISSED: u32 = 4;
/// Failed attempts before a sink is said to fail.
const ATTEMPTS_FAILED: u32 = 3;

/// The stages of one cause's events.
pub(super) fn of_events(situation: &Situation<'_>, recorded: &[Recorded]) -> Vec<Stage> {
    let known = situation.state;
    let mut stages: Vec<Stage> = Vec::new();
    for it in recorded {
        let stage = match &it.event {
            Event::FeedBlocked { feed, .. }
            | Event::FeedGone { feed, .. }
            | Event::FeedSilent { feed, .. } => untold(known, feed).map(|health| feed_stage(feed, health)),
            Event::DeliveryFailed { delivery, attempt, error, .. } if *attempt >= ATTEMPTS_FAILED => {
                known.deliveries.get(delivery).and_then(|it| sink_stage(known, &it.sink, error))
            }
            Event::DeliveryDead { delivery, error } => {
                known.deliveries.get(delivery).and_then(|it| sink_stage(known, &it.sink, error))
            }
            Event::SinkDisabled { sink, error } => sink_stage(known, sink, error),
            Event::StorageDegraded { code, detail } => {
                Some(storage_stage("cannot be written", format!("{}: {detail}", code_words(*code)), it))
            }
            Event::StorageRestored {} => {
                Some(storage_stage("restored", "the log can be written again".to_owned(), it))
            }
            _ => None,
        };
        // A cause that is told by two of its events is told once.
        stages.extend(stage.filter(|it| stages.iter().all(|known| known.alert != it.alert)));
    }
    stages
}

/// Feeds that have failed for longer than is worth a look.
pub(super) fn of_time(situation: &Situation<'_>) -> Vec<Stage> {
    let Situation { config, state, now, .. } = *situation;
    let failing = state.feeds.iter().filter(|(id, it)| {
        let Some(feed) = config.feeds.get(*id) else { return false };
        let patience: Duration =
            feed.interval.unwrap_or_default().max(config.poll.min_interval) * VISITS_MISSED;
        it.trouble == FeedTroubleKind::Failing && !it.told && later(it.since, patience) <= now
    });
    failing.map(|(id, it)| feed_stage(id, it)).collect()
}

fn untold<'a>(state: &'a State, feed: &FeedId) -> Option<&'a FeedHealth> {
    state.feeds.get(feed).filter(|it| !it.told)
}

fn feed_stage(feed: &FeedId, health: &FeedHealth) -> Stage {
    let trouble = match health.trouble {
        FeedTroubleKind::Failing => "failing",
        FeedTroubleKind::Blocked => "blocked",
        FeedTroubleKind::Gone => "gone",
        FeedTroubleKind::Silent => "silent",
    };
    let headline = health.error.clone().unwrap_or_else(|| "nothing new for longer than its habit".to_owned());
    let alert = AlertId::of_cause("feed", feed.as_str(), health.seq);
    own(alert, AlertKind::Feed, feed.as_str(), format!("feed {trouble}"), headline, health.since)
}

/// A failing sink, once per episode, told to every sink but itself.
fn sink_stage(known: &State, sink: &SinkId, error: &str) -> Option<Stage> {
    let failing = known.sinks.get(sink)?.failing.as_ref().filter(|it| !it.told)?;
    let alert = AlertId::of_cause("sink", sink.as_str(), failing.seq);
    let what = "sink failing".to_owned();
    let mut stage = own(alert, AlertKind::Sink, sink.as_str(), what, error.to_owned(), failing.since);
    stage.except = Some(sink.clone());
    Some(stage)
}

fn storage_stage(what: &str, headline: String, by: &Recorded) -> Stage {
    let alert = AlertId::of_cause("storage", "log", by.seq);
    own(alert, AlertKind::Storage, "storage", what.to_owned(), headline, by.at)
}

fn own(
    alert: AlertId,
    kind: AlertKind,
    subject: &str,
    what: String,
    headline: String,
    since: Timestamp,
) -> Stage {
    Stage {
        alert,
        kind,
        subject: subject.to_owned(),
        storyline: None,
        development: None,
        changes: Vec::new(),
        what,
        headline,
        backing: None,
        since,
        left: None,
        except: None,
    }
}

fn code_words(code: StorageCode) -> &'static str {
    match code {
        StorageCode::Full => "the disk is full",
        StorageCode::Io => "the disk failed",
        StorageCode::Damaged => "the log is damaged",
    }
}
