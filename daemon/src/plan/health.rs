//! What people are told of the daemon's own health: feeds, sinks, storage.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;
use storyline_config::{FeedId, SinkId, Source};
use storyline_store::{
    AlertId, AlertKind, Event, FeedHealth, FeedTroubleKind, Recorded, Seq, State, StorageCode,
};

use super::{Situation, rule::later, stage::Stage};
use crate::poll::domain::domain_of;

/// Visits a feed may miss before people hear of it.
const VISITS_MISSED: u32 = 4;
/// Domains that fail together before it is the network and not they.
const DOMAINS_CUT_OFF: usize = 3;
/// What the alert of it is about.
const NETWORK: &str = "network";
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
            Event::FeedSkewed { feed, seconds } if *seconds != 0 => clock_stage(known, feed, *seconds, it),
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

/// What people are told of feeds that failed for longer than is worth a look, and what that covers.
pub(super) struct OfTime {
    pub(super) told: Vec<Stage>,
    /// Feeds that nobody can reach while the network is down: one alert tells of them all.
    pub(super) covered: Vec<Stage>,
}

/// Feeds that have failed for longer than is worth a look.
pub(super) fn of_time(situation: &Situation<'_>) -> OfTime {
    let Situation { config, state, now, .. } = *situation;
    let cut_off = cut_off(situation);
    let failing = state.feeds.iter().filter(|(id, it)| {
        let Some(feed) = config.feeds.get(*id) else { return false };
        let patience: Duration =
            feed.interval.unwrap_or_default().max(config.poll.min_interval) * VISITS_MISSED;
        // One that a dead network covered is told of when it stays dead after the others are back.
        let open = !it.told && (it.covered.is_none() || !cut_off.is_outage());
        let since = it.covered.unwrap_or(it.since);
        it.trouble == FeedTroubleKind::Failing && open && later(since, patience) <= now
    });
    let (covered, told): (Vec<_>, Vec<_>) =
        failing.partition(|(_, it)| it.unreachable && cut_off.is_outage());
    let network = covered.iter().min_by_key(|(_, it)| it.seq).filter(|_| !cut_off.is_told(state));
    let network = network.map(|(_, first)| network_stage(cut_off.feeds.len(), first));
    let told = told.into_iter().map(|(id, it)| feed_stage(id, it));
    let told = network.into_iter().chain(told).collect();
    OfTime { told, covered: covered.into_iter().map(|(id, it)| feed_stage(id, it)).collect() }
}

/// The feeds that cannot be reached.
struct CutOff<'a> {
    /// Each with the domain of its server.
    feeds: Vec<(String, &'a FeedHealth)>,
    /// Feeds that are asked over the network at all.
    asked: usize,
}

fn cut_off<'a>(situation: &Situation<'a>) -> CutOff<'a> {
    let servers = situation.config.feeds.iter().filter_map(|(id, it)| Some((id, server(&it.source)?)));
    let mut cut_off = CutOff { feeds: Vec::new(), asked: 0 };
    for (id, domain) in servers {
        cut_off.asked += 1;
        let health = situation.state.feeds.get(id);
        if let Some(it) = health.filter(|it| it.unreachable && it.trouble == FeedTroubleKind::Failing) {
            cut_off.feeds.push((domain, it));
        }
    }
    cut_off
}

impl CutOff<'_> {
    /// Whether they are so many that it is no fault of theirs.
    fn is_outage(&self) -> bool {
        self.is_outage_of(|_| true)
    }

    /// The same, if there were only some of them; the others of them were perhaps not asked then.
    fn is_outage_of(&self, some: impl Fn(&FeedHealth) -> bool) -> bool {
        let theirs: Vec<&String> =
            self.feeds.iter().filter(|(_, it)| some(it)).map(|(domain, _)| domain).collect();
        let domains: BTreeSet<&String> = theirs.iter().copied().collect();
        let asked = self.asked.saturating_sub(self.feeds.len() - theirs.len());
        domains.len() >= DOMAINS_CUT_OFF && theirs.len() * 2 > asked
    }

    /// Whether people know of this outage: those that failed before they were told are an outage still. Where too few
    /// of them are left, the network was back meanwhile, and what took the others is another outage; so it is where they
    /// were told of as dead themselves since.
    fn is_told(&self, state: &State) -> bool {
        let told = self.feeds.iter().filter_map(|(_, it)| state.alerts.get(&network_alert(it)));
        let since = |it: &FeedHealth| it.told && it.covered.is_some();
        told.map(|it| it.seq).max().is_some_and(|told| self.is_outage_of(|it| it.seq < told && !since(it)))
    }
}

fn server(source: &Source) -> Option<String> {
    match source {
        Source::Feed(url) | Source::Sitemap(url) => domain_of(url.as_str()),
        Source::Exec { .. } | Source::File(_) => None,
    }
}

/// Its cause is of a kind that no feed has, whatever feeds are called.
fn network_alert(first: &FeedHealth) -> AlertId {
    AlertId::of_cause("feed-network", NETWORK, first.seq)
}

fn network_stage(feeds: usize, first: &FeedHealth) -> Stage {
    let error = first.error.as_deref().unwrap_or("no answer");
    let headline = format!("{feeds} feeds cannot be reached: {error}");
    own(network_alert(first), AlertKind::Feed, NETWORK, "network down".to_owned(), headline, first.since)
}

/// A server's clock that is wrong, or ours; one a day, since where ours is wrong all of theirs seem to be.
fn clock_stage(known: &State, feed: &FeedId, seconds: i64, by: &Recorded) -> Option<Stage> {
    let day = u64::try_from(by.at.as_second().div_euclid(24 * 3_600)).unwrap_or(0);
    let alert = AlertId::of_cause("feed-clock", "clock", Seq(day));
    if known.alerts.contains_key(&alert) {
        return None;
    }
    let headline =
        format!("the server's clock is {}; if other feeds say so too, ours is wrong", skew(seconds));
    Some(own(alert, AlertKind::Feed, feed.as_str(), "clock skewed".to_owned(), headline, by.at))
}

/// How a server's clock differs from ours, in words; more than 0 seconds is ahead.
pub fn skew(seconds: i64) -> String {
    let minutes = seconds.unsigned_abs() / 60;
    let span = if minutes < 120 { format!("{minutes} min") } else { format!("{} h", minutes / 60) };
    format!("{span} {} ours", if seconds > 0 { "ahead of" } else { "behind" })
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
        said: None,
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
