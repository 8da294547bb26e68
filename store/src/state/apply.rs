//! How the state follows from events.

use std::sync::Arc;

use jiff::Timestamp;
use storyline_config::{
    FeedId, StorylineId,
    limit::{ALERTS_KEPT, DEVELOPMENTS_KEPT, REPORTS_KEPT},
};

use super::{
    Alert, AlertState, Delivery, DeliveryState, Development, DevelopmentOrigin, Expectation,
    ExpectationState, Fact, FeedHealth, FeedTroubleKind, Gathered, ReportRef, State, StorylineState,
};
use crate::{
    Certainty, DeliveryId, DevelopmentId, DevelopmentState, Event, FactKey, Recorded, Relation, Report, Seq,
};

/// Alerts held back for a digest that are remembered at the most.
const GATHERED_MAX: usize = 500;

/// An event's place and time, handed on to what it changes.
#[derive(Clone, Copy)]
struct When {
    seq: Seq,
    at: Timestamp,
}

impl State {
    /// Takes an event in.
    pub fn apply(&mut self, recorded: &Recorded) {
        let when = When { seq: recorded.seq, at: recorded.at };
        self.seq = when.seq;
        self.at = Some(when.at);
        match &recorded.event {
            Event::FeedBaselined { .. }
            | Event::FeedMoved { .. }
            | Event::RecordLost { .. }
            | Event::Unknown(_) => {}
            Event::FeedFailed { feed, error, .. } => {
                self.feed_is(feed, FeedTroubleKind::Failing, when.at, Some(error));
            }
            Event::FeedBlocked { feed, error } => {
                self.feed_is(feed, FeedTroubleKind::Blocked, when.at, Some(error))
            }
            Event::FeedGone { feed, error } => {
                self.feed_is(feed, FeedTroubleKind::Gone, when.at, Some(error))
            }
            Event::FeedSilent { feed, since } => self.feed_is(feed, FeedTroubleKind::Silent, *since, None),
            Event::FeedRecovered { feed } => {
                Arc::make_mut(&mut self.feeds).remove(feed);
            }
            Event::StorageDegraded { detail, .. } => self.storage = Some(detail.clone()),
            Event::StorageRestored {} => self.storage = None,
            Event::ConfigurationLoaded { hash, .. } => self.configure(hash),
            Event::OutletMuted { outlet, .. } => {
                Arc::make_mut(&mut self.muted).insert(outlet.clone());
            }
            other => {
                self.apply_to_storyline(other, when);
                self.apply_to_alerts(other, when);
            }
        }
    }

    fn feed_is(&mut self, feed: &FeedId, trouble: FeedTroubleKind, since: Timestamp, error: Option<&String>) {
        let health = FeedHealth { trouble, since, error: error.cloned() };
        Arc::make_mut(&mut self.feeds).insert(feed.clone(), health);
    }

    fn configure(&mut self, hash: &str) {
        self.configuration = Some(hash.to_owned());
        Arc::make_mut(&mut self.disabled).clear();
        for delivery in self.deliveries.values_mut().filter(|it| it.state == DeliveryState::Held) {
            Arc::make_mut(delivery).state = DeliveryState::Planned;
        }
    }

    fn storyline_mut(&mut self, id: &StorylineId) -> &mut StorylineState {
        Arc::make_mut(self.storylines.entry(id.clone()).or_default())
    }

    fn apply_to_storyline(&mut self, event: &Event, when: When) {
        match event {
            Event::StorylineDefined { storyline, title, parent, definition } => {
                let it = self.storyline_mut(storyline);
                it.title.clone_from(title);
                it.parent.clone_from(parent);
                it.definition.clone_from(definition);
                it.retired = false;
            }
            Event::StorylineRetired { storyline } => self.retire(storyline),
            Event::DevelopmentReported { storyline, development, relation, disputes, report, .. } => {
                self.storyline_mut(storyline).reported(*development, *relation, *disputes, report, when.seq);
            }
            Event::DevelopmentCorroborated { storyline, development, report, .. } => {
                self.storyline_mut(storyline).noted(
                    Some(*development),
                    Relation::Corroboration,
                    report,
                    when.seq,
                );
            }
            Event::ReportNoted { storyline, development, relation, report, .. } => {
                self.storyline_mut(storyline).noted(*development, *relation, report, when.seq);
            }
            Event::DevelopmentConfirmed { storyline, development, .. } => {
                self.storyline_mut(storyline).confirmed(*development);
            }
            Event::DevelopmentDisputed { storyline, development, by } => {
                if let Some(it) = self.storyline_mut(storyline).development_mut(*development) {
                    it.state = DevelopmentState::Disputed;
                    it.disputed_by = Some(*by);
                }
            }
            Event::DevelopmentDropped { storyline, development, .. } => {
                if let Some(it) = self.storyline_mut(storyline).development_mut(*development) {
                    it.dropped = true;
                }
            }
            Event::PhaseEntered { storyline, development, to, certainty, .. } => {
                let it = self.storyline_mut(storyline);
                it.since = Some(it.development(*development).map_or(when.at, |by| by.at));
                it.phase = *to;
                it.certainty = Some(*certainty);
                it.phase_by = Some(*development);
            }
            Event::FactReported { storyline, development, key, value, certainty } => {
                self.storyline_mut(storyline).learned(*development, *key, value, *certainty, when.at);
            }
            Event::ExpectationSet { storyline, development, date, due, what } => {
                let (what, state) = (what.clone(), ExpectationState::Open);
                let it = Expectation { date: *date, due: *due, what, development: *development, state };
                self.storyline_mut(storyline).expectations.push(it);
            }
            Event::ExpectationMet { storyline, date, .. } => {
                self.storyline_mut(storyline).settled(*date, ExpectationState::Met);
            }
            Event::ExpectationMissed { storyline, date, .. } => {
                self.storyline_mut(storyline).settled(*date, ExpectationState::Overdue);
            }
            Event::AlertSnoozed { storyline, until, .. } => {
                self.storyline_mut(storyline).snoozed_until = Some(*until);
            }
            _ => {}
        }
    }

    fn retire(&mut self, storyline: &StorylineId) {
        self.storyline_mut(storyline).retired = true;
        let theirs = |it: &&mut Arc<Alert>| it.storyline.as_ref() == Some(storyline);
        for alert in self.alerts.values_mut().filter(theirs) {
            Arc::make_mut(alert).state = AlertState::Closed;
        }
    }

    fn apply_to_alerts(&mut self, event: &Event, when: When) {
        match event {
            Event::AlertRaised { .. } => self.raised(event, when),
            Event::AlertSuppressed { .. } => self.suppressed(event, when),
            Event::AlertAcknowledged { alert, .. } => {
                if let Some(it) = self.alerts.get_mut(alert) {
                    Arc::make_mut(it).state = AlertState::Acknowledged;
                }
            }
            Event::DeliveryPlanned { .. } => self.planned(event, when),
            Event::DeliveryAttempted { delivery, attempt } => {
                self.delivery(*delivery, |it| it.attempts = *attempt);
            }
            Event::DeliveryDone { delivery, .. } => {
                self.delivery(*delivery, |it| {
                    it.state = DeliveryState::Done;
                    (it.body, it.retry_at, it.last_error) = (String::new(), None, None);
                });
                self.forget_old_alerts();
            }
            Event::DeliveryFailed { delivery, error, retry_at, .. } => self.delivery(*delivery, |it| {
                it.state = DeliveryState::Failing;
                (it.retry_at, it.last_error) = (Some(*retry_at), Some(error.clone()));
            }),
            Event::DeliveryDead { delivery, error } => self.delivery(*delivery, |it| {
                it.state = DeliveryState::Dead;
                (it.retry_at, it.last_error) = (None, Some(error.clone()));
            }),
            Event::SinkDisabled { sink, error } => {
                Arc::make_mut(&mut self.disabled).insert(sink.clone(), error.clone());
                let theirs = |it: &&mut Arc<Delivery>| it.sink == *sink && it.state.is_pending();
                for delivery in self.deliveries.values_mut().filter(theirs) {
                    Arc::make_mut(delivery).state = DeliveryState::Held;
                }
            }
            _ => {}
        }
    }

    fn delivery(&mut self, id: DeliveryId, change: impl FnOnce(&mut Delivery)) {
        if let Some(it) = self.deliveries.get_mut(&id) {
            change(Arc::make_mut(it));
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
            deliveries: before.map(|it| it.deliveries.clone()).unwrap_or_default(),
        };
        self.alerts.insert(*alert, Arc::new(it));
        self.forget_old_alerts();
    }

    fn suppressed(&mut self, event: &Event, when: When) {
        let Event::AlertSuppressed { alert, kind, storyline, headline, reason } = event else { return };
        let (storyline, headline) = (storyline.clone(), headline.clone());
        let gathered = Arc::make_mut(&mut self.gathered);
        gathered.push(Gathered {
            alert: *alert,
            kind: *kind,
            storyline,
            headline,
            reason: reason.clone(),
            at: when.at,
        });
        let surplus = gathered.len().saturating_sub(GATHERED_MAX);
        gathered.drain(..surplus);
    }

    fn planned(&mut self, event: &Event, when: When) {
        let Event::DeliveryPlanned { delivery, sink, alert, storyline, digest, body } = event else { return };
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
            last_error: None,
            body: body.clone(),
        };
        self.deliveries.insert(*delivery, Arc::new(it));
        if let Some(it) = alert.and_then(|it| self.alerts.get_mut(&it)) {
            Arc::make_mut(it).deliveries.push(*delivery);
        }
    }

    /// Keeps the newest alerts and every one that still has a delivery to be made.
    fn forget_old_alerts(&mut self) {
        if self.alerts.len() <= ALERTS_KEPT {
            return;
        }
        let deliveries = &self.deliveries;
        let pending = |it: &Alert| {
            it.deliveries.iter().any(|id| deliveries.get(id).is_some_and(|d| d.state.is_pending()))
        };
        let oldest = self.alerts.values().filter(|it| !pending(it)).min_by_key(|it| it.seq).cloned();
        if let Some(it) = oldest {
            self.alerts.remove(&it.id);
            it.deliveries.iter().for_each(|id| drop(self.deliveries.remove(id)));
        }
    }
}

impl StorylineState {
    fn reported(
        &mut self,
        id: DevelopmentId,
        relation: Relation,
        disputes: Option<DevelopmentId>,
        report: &Report,
        seq: Seq,
    ) {
        self.developments_ever += 1;
        let development = Development {
            id,
            seq,
            headline: report.title.clone(),
            at: report.effective,
            state: DevelopmentState::Provisional,
            relation,
            disputes,
            disputed_by: None,
            origins: Vec::new(),
            reports: Vec::new(),
            reports_ever: 0,
            dropped: false,
        };
        let place = self.developments.partition_point(|it| it.at <= report.effective);
        self.developments.insert(place, Arc::new(development));
        self.noted(Some(id), relation, report, seq);
        let surplus = self.developments.len().saturating_sub(DEVELOPMENTS_KEPT);
        self.developments.drain(..surplus);
    }

    fn noted(&mut self, development: Option<DevelopmentId>, relation: Relation, report: &Report, seq: Seq) {
        self.count_report(report.effective, &report.origin);
        let Some(it) = development.and_then(|id| self.development_mut(id)) else { return };
        it.reports_ever += 1;
        if it.reports.len() < REPORTS_KEPT {
            it.reports.push(ReportRef {
                item: report.item,
                seq,
                feed: report.feed.clone(),
                outlet: report.outlet.clone(),
                origin: report.origin.clone(),
                url: report.url.clone(),
                title: report.title.clone(),
                published: report.published,
                relation,
            });
        }
        // A copy or an edit adds no origin: whoever wrote the text is counted already.
        if matches!(relation, Relation::Copy | Relation::Update | Relation::Background) {
            return;
        }
        match it.origins.iter_mut().find(|known| known.name == report.origin) {
            Some(known) => known.half &= report.half,
            None => it.origins.push(DevelopmentOrigin { name: report.origin.clone(), half: report.half }),
        }
    }

    fn confirmed(&mut self, id: DevelopmentId) {
        if let Some(it) = self.development_mut(id) {
            it.state = DevelopmentState::Confirmed;
        }
        if self.phase_by == Some(id) {
            self.certainty = Some(Certainty::Confirmed);
        }
    }

    fn learned(
        &mut self,
        development: DevelopmentId,
        key: FactKey,
        value: &str,
        certainty: Certainty,
        at: Timestamp,
    ) {
        let since = self.development(development).map_or(at, |it| it.at);
        match self.facts.iter_mut().find(|it| it.key == key && it.value == value) {
            Some(known) => (known.certainty, known.development) = (certainty, development),
            None => self.facts.push(Fact { key, value: value.to_owned(), certainty, since, development }),
        }
    }

    fn settled(&mut self, date: jiff::civil::Date, state: ExpectationState) {
        let open = |it: &&mut Expectation| it.date == date && it.state == ExpectationState::Open;
        self.expectations.iter_mut().filter(open).for_each(|it| it.state = state);
    }
}
