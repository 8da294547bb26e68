//! How alerts, their deliveries and their sinks follow from events.

use std::{collections::BTreeMap, mem, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use storyline_config::{
    FeedId, SinkId,
    limit::{ALERTS_KEPT, GATHERED_KEPT},
};

use super::{
    Alert, AlertState, Delivery, DeliveryState, FeedHealth, Gathered, SinkFailing, SinkState, State,
    apply::When,
};
use crate::{AlertId, AlertKind, DeliveryDigest, DeliveryId, Event, Seq};

/// Alerts that wait for their rule, remembered at the most.
const WAITING_MAX: usize = 1_000;
/// Digests that are settled, kept for whoever asks.
const DIGESTS_KEPT: usize = 100;
/// How far back a sink's rate may look.
const RATE_SPAN: SignedDuration = SignedDuration::from_hours(48);
/// How far back the storm guard looks.
const STORM_SPAN: SignedDuration = SignedDuration::from_mins(10);

impl State {
    pub(super) fn apply_to_alerts(&mut self, event: &Event, when: When) {
        match event {
            Event::AlertRaised { .. } => self.raised(event, when),
            Event::AlertSuppressed { alert, kind, reason, .. } => {
                match reason.as_str() {
                    "below_rule" => self.waits(*alert, when.at),
                    // Whatever else waits of it goes on waiting.
                    "not_on" => {}
                    "network" => self.feed_covered(*alert, when.at),
                    _ => self.settled(*alert, *kind),
                }
            }
            Event::AlertGathered { .. } => self.gathered(event, when),
            Event::AlertAcknowledged { alert, .. } => {
                if let Some(it) = self.alerts.get_mut(alert) {
                    Arc::make_mut(it).state = AlertState::Acknowledged;
                }
            }
            Event::AlertHeld { alert, until, .. } => self.hold(*alert, *until),
            Event::DeliveryPlanned { .. } => self.planned(event, when),
            other => self.apply_to_deliveries(other, when),
        }
    }

    fn apply_to_deliveries(&mut self, event: &Event, when: When) {
        match event {
            Event::DeliveryDone { delivery, .. } => {
                self.delivery(*delivery, |it| {
                    it.state = DeliveryState::Done;
                    (it.body, it.retry_at, it.last_error) = (String::new(), None, None);
                });
                self.sink_of(*delivery, |it| it.failing = None);
                self.forget_old_alerts();
            }
            // What was taken stays taken: its bytes are gone, and nobody is told twice.
            Event::DeliveryAttempted { delivery, .. }
            | Event::DeliveryFailed { delivery, .. }
            | Event::DeliveryDead { delivery, .. }
            | Event::DeliveryRequeued { delivery, .. }
                if self.deliveries.get(delivery).is_some_and(|it| it.state == DeliveryState::Done) => {}
            Event::DeliveryAttempted { delivery, attempt } => {
                self.delivery(*delivery, |it| it.attempts = *attempt);
            }
            Event::DeliveryFailed { delivery, error, retry_at, .. } => {
                self.delivery(*delivery, |it| {
                    it.state = DeliveryState::Failing;
                    (it.retry_at, it.last_error) = (Some(*retry_at), Some(error.clone()));
                });
                self.sink_of(*delivery, |it| it.fails(when));
            }
            Event::DeliveryDead { delivery, error } => {
                self.delivery(*delivery, |it| {
                    it.state = DeliveryState::Dead;
                    (it.retry_at, it.last_error) = (None, Some(error.clone()));
                });
                self.sink_of(*delivery, |it| it.fails(when));
            }
            Event::DeliveryRequeued { delivery, .. } => {
                self.delivery(*delivery, |it| {
                    it.state = DeliveryState::Planned;
                    (it.retry_at, it.requeued_at) = (None, Some(when.at));
                });
            }
            Event::SinkDisabled { sink, error } => self.disable(sink, error, when),
            Event::SinkRetired { sink } => self.retire_sink(sink),
            _ => {}
        }
    }

    fn disable(&mut self, sink: &SinkId, error: &str, when: When) {
        Arc::make_mut(&mut self.disabled).insert(sink.clone(), error.to_owned());
        let theirs = |it: &&mut Arc<Delivery>| it.sink == *sink && it.state.is_pending();
        for delivery in self.deliveries.values_mut().filter(theirs) {
            Arc::make_mut(delivery).state = DeliveryState::Held;
        }
        self.sink_mut(sink).fails(when);
    }

    /// Forgets a sink that is no longer configured; what was still to be sent to it can be seen to be dead.
    fn retire_sink(&mut self, sink: &SinkId) {
        let left = |it: &&mut Arc<Delivery>| {
            it.sink == *sink && (it.state.is_pending() || it.state == DeliveryState::Held)
        };
        for delivery in self.deliveries.values_mut().filter(left) {
            let it = Arc::make_mut(delivery);
            it.state = DeliveryState::Dead;
            (it.retry_at, it.last_error) = (None, Some("its sink is no longer configured".to_owned()));
        }
        Arc::make_mut(&mut self.gathered).retain(|it| it.sink != *sink);
        Arc::make_mut(&mut self.disabled).remove(sink);
        self.sinks.remove(sink);
        self.forget_old_alerts();
    }

    fn hold(&mut self, alert: AlertId, until: Timestamp) {
        let Some(it) = self.alerts.get_mut(&alert) else { return };
        let before = Arc::make_mut(it).snoozed_until.replace(until);
        // What was gathered meanwhile is told when this ends, also when it is made longer or shorter.
        let theirs = |it: &Gathered| it.alert == alert && Some(it.not_before) == before;
        if self.gathered.iter().any(theirs) {
            let gathered = Arc::make_mut(&mut self.gathered);
            gathered.iter_mut().filter(|it| theirs(it)).for_each(|it| it.not_before = until);
        }
    }

    fn delivery(&mut self, id: DeliveryId, change: impl FnOnce(&mut Delivery)) {
        if let Some(it) = self.deliveries.get_mut(&id) {
            change(Arc::make_mut(it));
        }
    }

    fn sink_mut(&mut self, sink: &SinkId) -> &mut SinkState {
        Arc::make_mut(self.sinks.entry(sink.clone()).or_default())
    }

    fn sink_of(&mut self, delivery: DeliveryId, change: impl FnOnce(&mut SinkState)) {
        if let Some(sink) = self.deliveries.get(&delivery).map(|it| it.sink.clone()) {
            change(self.sink_mut(&sink));
        }
    }

    fn waits(&mut self, alert: AlertId, at: Timestamp) {
        let waiting = Arc::make_mut(&mut self.waiting);
        waiting.entry(alert).or_insert(at);
        if waiting.len() > WAITING_MAX {
            let oldest = waiting.iter().min_by_key(|(_, at)| **at).map(|(id, _)| *id);
            if let Some(id) = oldest {
                waiting.remove(&id);
            }
        }
    }

    fn raised(&mut self, event: &Event, when: When) {
        let Event::AlertRaised { alert, kind, storyline, development, changes, headline, severity, text } =
            event
        else {
            return;
        };
        let before = self.alerts.remove(alert);
        let it = Alert {
            id: *alert,
            seq: when.seq,
            at: when.at,
            kind: *kind,
            storyline: storyline.clone(),
            development: *development,
            changes: changes.clone(),
            headline: headline.clone(),
            text: text.clone(),
            severity: *severity,
            state: AlertState::Open,
            suppressed: None,
            snoozed_until: before.as_ref().and_then(|it| it.snoozed_until),
            deliveries: before.map(|it| it.deliveries.clone()).unwrap_or_default(),
        };
        self.alerts.insert(*alert, Arc::new(it));
        count(Arc::make_mut(&mut self.raised), when.at, STORM_SPAN);
        self.settled(*alert, *kind);
        self.forget_old_alerts();
    }

    /// It was decided what people hear of an alert: it waits no longer, and is not raised for the same cause again.
    fn settled(&mut self, alert: AlertId, kind: AlertKind) {
        if self.waiting.contains_key(&alert) {
            Arc::make_mut(&mut self.waiting).remove(&alert);
        }
        match kind {
            AlertKind::Feed => self.feed_told(alert),
            AlertKind::Sink => self.sink_told(alert),
            _ => {}
        }
    }

    fn feed_told(&mut self, alert: AlertId) {
        self.feed_of(alert, |it| it.told = true);
    }

    /// The network was told of instead: should the feed stay dead when that is back, it is told of then.
    fn feed_covered(&mut self, alert: AlertId, at: Timestamp) {
        self.feed_of(alert, |it| it.covered = Some(at));
    }

    fn feed_of(&mut self, alert: AlertId, change: impl FnOnce(&mut FeedHealth)) {
        let theirs = |feed: &str, seq: Seq| AlertId::of_cause("feed", feed, seq) == alert;
        let found = self.feeds.iter().find(|(id, it)| theirs(id.as_str(), it.seq)).map(|(id, _)| id.clone());
        if let Some(it) = found.and_then(|id| Arc::make_mut(&mut self.feeds).get_mut(&id)) {
            change(it);
        }
    }

    pub(super) fn feed_recovered(&mut self, feed: &FeedId, at: Timestamp) {
        let feeds = Arc::make_mut(&mut self.feeds);
        // The first to answer says that the network is back: the others get time to answer too.
        if feeds.remove(feed).is_some_and(|it| it.covered.is_some()) {
            feeds.values_mut().filter_map(|it| it.covered.as_mut()).for_each(|it| *it = at);
        }
    }

    fn sink_told(&mut self, alert: AlertId) {
        for (id, sink) in &mut self.sinks {
            let theirs = |it: &SinkFailing| AlertId::of_cause("sink", id.as_str(), it.seq) == alert;
            if sink.failing.as_ref().is_some_and(theirs) {
                Arc::make_mut(sink).failing.iter_mut().for_each(|it| it.told = true);
            }
        }
    }

    fn gathered(&mut self, event: &Event, when: When) {
        let Event::AlertGathered { sink, alert, kind, storyline, headline, digest, not_before } = event
        else {
            return;
        };
        Arc::make_mut(&mut self.gathered).push(Gathered {
            sink: sink.clone(),
            alert: *alert,
            kind: *kind,
            storyline: storyline.clone(),
            headline: headline.clone(),
            digest: *digest,
            not_before: *not_before,
            seq: when.seq,
            at: when.at,
        });
        self.thin_gathered(sink);
    }

    /// Holds what is gathered for a sink to its limit: first goes what a digest passes over for a later stage of the same
    /// alert, then the oldest, which the digest still counts.
    fn thin_gathered(&mut self, sink: &SinkId) {
        let theirs = |it: &&Gathered| it.sink == *sink;
        if self.gathered.iter().filter(theirs).count() <= GATHERED_KEPT {
            return;
        }
        let gathered = Arc::make_mut(&mut self.gathered);
        let mut later: BTreeMap<(AlertId, DeliveryDigest), Timestamp> = BTreeMap::new();
        let mut is_told = |it: &Gathered| {
            let key = (it.alert, it.digest);
            // A later stage that is held for longer leaves the earlier one to be told.
            let told = later.get(&key).is_none_or(|not_before| *not_before > it.not_before);
            if told {
                later.insert(key, it.not_before);
            }
            told
        };
        *gathered = mem::take(gathered).into_iter().rev().filter(|it| !theirs(&it) || is_told(it)).collect();
        gathered.reverse();
        let mut surplus = gathered.iter().filter(theirs).count().saturating_sub(GATHERED_KEPT);
        let mut forgotten: BTreeMap<DeliveryDigest, u64> = BTreeMap::new();
        gathered.retain(|it| {
            let goes = surplus > 0 && theirs(&it);
            if goes {
                surplus -= 1;
                *forgotten.entry(it.digest).or_default() += 1;
            }
            !goes
        });
        for (digest, n) in forgotten {
            *self.sink_mut(sink).gathered_more.entry(digest).or_default() += n;
        }
    }

    fn planned(&mut self, event: &Event, when: When) {
        let Event::DeliveryPlanned { delivery, sink, alert, storyline, digest, body } = event else { return };
        if self.deliveries.contains_key(delivery) {
            return; // A message is planned once, and what came of it stands.
        }
        let state =
            if self.disabled.contains_key(sink) { DeliveryState::Held } else { DeliveryState::Planned };
        let it = Delivery {
            id: *delivery,
            seq: when.seq,
            at: when.at,
            sink: sink.clone(),
            alert: *alert,
            storyline: storyline.clone(),
            digest: *digest,
            state,
            attempts: 0,
            retry_at: None,
            requeued_at: None,
            last_error: None,
            body: body.clone(),
        };
        self.deliveries.insert(*delivery, Arc::new(it));
        if let Some(it) = alert.and_then(|it| self.alerts.get_mut(&it)) {
            Arc::make_mut(it).deliveries.push(*delivery);
        }
        let to = self.sink_mut(sink);
        count(&mut to.planned, when.at, RATE_SPAN);
        if let Some(digest) = digest {
            match digest {
                DeliveryDigest::FirstRun => to.first_run_told = true,
                DeliveryDigest::Stop => to.stop_told = Some(when.at),
                DeliveryDigest::Window
                | DeliveryDigest::Rate
                | DeliveryDigest::Storm
                | DeliveryDigest::Quiet => {}
            }
            self.digest_closed(sink, *digest, when.at);
        }
    }

    /// Forgets what a digest has just told of: everything of its sink and reason whose time had come.
    fn digest_closed(&mut self, sink: &SinkId, digest: DeliveryDigest, at: Timestamp) {
        let told = |it: &Gathered| it.sink == *sink && digest.tells_of(it.digest) && it.not_before <= at;
        Arc::make_mut(&mut self.gathered).retain(|it| !told(it));
        self.sink_mut(sink).gathered_more.retain(|gathered, _| !digest.tells_of(*gathered));
        let settled = |it: &&Arc<Delivery>| it.digest.is_some() && !it.state.is_pending();
        if self.deliveries.values().filter(settled).count() > DIGESTS_KEPT {
            let oldest = self.deliveries.values().filter(settled).min_by_key(|it| it.seq).map(|it| it.id);
            if let Some(id) = oldest {
                self.deliveries.remove(&id);
            }
        }
    }

    /// Keeps the newest alerts and every one that still has a delivery to be made.
    fn forget_old_alerts(&mut self) {
        while self.alerts.len() > ALERTS_KEPT && !self.keeps_all_alerts {
            let deliveries = &self.deliveries;
            let pending = |it: &Alert| {
                it.deliveries.iter().any(|id| deliveries.get(id).is_some_and(|d| d.state.is_pending()))
            };
            let oldest = self.alerts.values().filter(|it| !pending(it)).min_by_key(|it| it.seq).cloned();
            let Some(it) = oldest else { return };
            self.alerts.remove(&it.id);
            self.alerts_forgotten = self.alerts_forgotten.max(it.seq);
            it.deliveries.iter().for_each(|id| drop(self.deliveries.remove(id)));
        }
    }
}

impl SinkState {
    /// Begins an episode, or goes on with it.
    fn fails(&mut self, when: When) {
        self.failing.get_or_insert(SinkFailing { seq: when.seq, since: when.at, told: false });
    }
}

/// Counts one more at a time, and forgets what lies further back than `span`.
fn count(times: &mut BTreeMap<Timestamp, u32>, at: Timestamp, span: SignedDuration) {
    *times.entry(at).or_default() += 1;
    if let Ok(since) = at.checked_sub(span) {
        *times = times.split_off(&since);
    }
}
