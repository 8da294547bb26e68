//! How the state follows from events.

use std::sync::Arc;

use jiff::Timestamp;
use storyline_config::{
    FeedId, Phase, StorylineId,
    limit::{DEVELOPMENTS_KEPT, EXPECTATIONS_KEPT, FACTS_KEPT, REPORTS_KEPT},
};

use super::{
    Alert, AlertState, DeliveryState, Development, Expectation, ExpectationState, Fact, FeedHealth,
    FeedTroubleKind, Gathered, ReportRef, Said, State, StorylineState,
};
use crate::{
    AlertId, Certainty, DevelopmentId, DevelopmentState, Event, FactKey, FeedTrouble, Recorded, Relation,
    Report, Seq,
};

/// An event's place and time, handed on to what it changes.
#[derive(Clone, Copy)]
pub(super) struct When {
    pub(super) seq: Seq,
    pub(super) at: Timestamp,
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
            | Event::FeedSkewed { .. }
            | Event::RecordLost { .. }
            | Event::Unknown(_) => {}
            Event::FeedFailed { feed, trouble, error } => {
                self.feed_is(feed, FeedTroubleKind::Failing, when, Some(error));
                if let Some(it) = Arc::make_mut(&mut self.feeds).get_mut(feed) {
                    it.unreachable = *trouble == FeedTrouble::Network;
                }
            }
            Event::FeedBlocked { feed, error } => {
                self.feed_is(feed, FeedTroubleKind::Blocked, when, Some(error));
            }
            Event::FeedGone { feed, error } => self.feed_is(feed, FeedTroubleKind::Gone, when, Some(error)),
            Event::FeedSilent { feed, since } => {
                self.feed_is(feed, FeedTroubleKind::Silent, When { at: *since, ..when }, None);
            }
            Event::FeedRecovered { feed } => self.feed_recovered(feed, when.at),
            Event::FeedRetired { feed } => {
                Arc::make_mut(&mut self.feeds).remove(feed);
            }
            Event::StorageDegraded { detail, .. } => self.storage = Some(detail.clone()),
            Event::StorageRestored {} => self.storage = None,
            Event::ConfigurationLoaded { hash, .. } => {
                self.all_stand_at(when.seq);
                self.configure(hash);
            }
            Event::OutletMuted { outlet, .. } => {
                Arc::make_mut(&mut self.muted).insert(outlet.clone());
            }
            other => {
                self.apply_to_storyline(other, when);
                self.note_place(other, when.seq);
                self.apply_to_alerts(other, when);
            }
        }
    }

    fn feed_is(&mut self, feed: &FeedId, trouble: FeedTroubleKind, when: When, error: Option<&String>) {
        let feeds = Arc::make_mut(&mut self.feeds);
        if let Some(known) = feeds.get_mut(feed).filter(|it| it.trouble == trouble) {
            // The same trouble goes on: only what is said of it is new.
            known.error = error.cloned();
            return;
        }
        let (since, error) = (when.at, error.cloned());
        let it = FeedHealth {
            trouble,
            since,
            error,
            unreachable: false,
            seq: when.seq,
            told: false,
            covered: None,
        };
        feeds.insert(feed.clone(), it);
    }

    fn configure(&mut self, hash: &str) {
        self.configuration = Some(hash.to_owned());
        Arc::make_mut(&mut self.disabled).clear();
        for delivery in self.deliveries.values_mut().filter(|it| it.state == DeliveryState::Held) {
            Arc::make_mut(delivery).state = DeliveryState::Planned;
        }
        for sink in self.sinks.values_mut().filter(|it| it.first_run_told) {
            Arc::make_mut(sink).first_run_told = false;
        }
    }

    /// Notes where the course of a storyline stands, and who heard of it.
    fn note_place(&mut self, event: &Event, seq: Seq) {
        if let Some(it) = event.course_of() {
            return self.storyline_mut(it).stands_at(seq);
        }
        let told = |alert: &AlertId| self.alerts.get(alert)?.storyline.as_ref();
        let storyline = match event {
            Event::AlertRaised { storyline, .. }
            | Event::AlertHeld { storyline, .. }
            | Event::DeliveryPlanned { storyline, .. } => storyline.as_ref(),
            Event::AlertAcknowledged { alert, .. } => told(alert),
            Event::DeliveryAttempted { delivery, .. }
            | Event::DeliveryDone { delivery, .. }
            | Event::DeliveryFailed { delivery, .. }
            | Event::DeliveryDead { delivery, .. }
            | Event::DeliveryRequeued { delivery, .. } => {
                self.deliveries.get(delivery).and_then(|it| it.storyline.as_ref())
            }
            // What holds or buries a sink's deliveries may be of any storyline.
            Event::SinkDisabled { .. } | Event::SinkRetired { .. } => return self.all_stand_at(seq),
            _ => None,
        };
        let known = storyline.and_then(|it| self.storylines.get_key_value(it));
        if let Some(id) = known.filter(|(_, it)| !it.is_noted(seq)).map(|(id, _)| id.clone()) {
            self.storyline_mut(&id).stands_at(seq);
        }
    }

    fn all_stand_at(&mut self, seq: Seq) {
        for it in self.storylines.values_mut().filter(|it| !it.is_noted(seq)) {
            Arc::make_mut(it).stands_at(seq);
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
                let report = ReportRef::of(Relation::Corroboration, report, when.seq);
                self.storyline_mut(storyline).said_last = Some(Said { development: *development, report });
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
                self.storyline_mut(storyline).leave_out(*development);
                if let Some(alert) = self.alerts.get_mut(&AlertId::of_development(*development)) {
                    Arc::make_mut(alert).state = AlertState::Closed;
                }
            }
            Event::PhaseEntered { storyline, development, from, to, certainty, .. } => {
                self.storyline_mut(storyline).entered(*development, (*from, *to), *certainty, when.at);
            }
            Event::FactReported { storyline, development, key, value, certainty, .. } => {
                self.storyline_mut(storyline).learned(*development, *key, value, *certainty, when.at);
            }
            Event::ExpectationSet { storyline, development, from, date, due, what } => {
                let (what, state) = (what.clone(), ExpectationState::Open);
                let (from, date, due, development) = (*from, *date, *due, *development);
                let it = Expectation { from, date, due, what, development, state };
                self.storyline_mut(storyline).expects(it);
            }
            Event::ExpectationDropped { storyline, date, .. } => {
                self.storyline_mut(storyline).settled(*date, ExpectationState::Dropped);
            }
            Event::ExpectationMet { storyline, date, .. } => {
                self.storyline_mut(storyline).settled(*date, ExpectationState::Met);
            }
            Event::ExpectationMissed { storyline, date, .. } => {
                self.storyline_mut(storyline).settled(*date, ExpectationState::Overdue);
            }
            Event::AlertSnoozed { storyline, until, .. } => {
                self.snooze(storyline, *until);
            }
            _ => {}
        }
    }

    fn snooze(&mut self, storyline: &StorylineId, until: Timestamp) {
        let before = self.storyline_mut(storyline).snoozed_until.replace(until);
        // What a snooze gathered is told when that snooze ends, also when it is made longer or shorter.
        let theirs =
            |it: &Gathered| it.storyline.as_ref() == Some(storyline) && Some(it.not_before) == before;
        if self.gathered.iter().any(theirs) {
            let gathered = Arc::make_mut(&mut self.gathered);
            gathered.iter_mut().filter(|it| theirs(it)).for_each(|it| it.not_before = until);
        }
    }

    fn retire(&mut self, storyline: &StorylineId) {
        self.storyline_mut(storyline).retired = true;
        let theirs = |it: &&mut Arc<Alert>| it.storyline.as_ref() == Some(storyline);
        for alert in self.alerts.values_mut().filter(theirs) {
            Arc::make_mut(alert).state = AlertState::Closed;
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
        let development = Development::of(id, relation, disputes, report, seq);
        let place = self.developments.partition_point(|it| it.at <= report.effective);
        self.developments.insert(place, Arc::new(development));
        self.noted(Some(id), relation, report, seq);
        let surplus = self.developments.len().saturating_sub(DEVELOPMENTS_KEPT);
        self.developments.drain(..surplus);
    }

    fn noted(&mut self, development: Option<DevelopmentId>, relation: Relation, report: &Report, seq: Seq) {
        self.said_last = None;
        if development.and_then(|id| self.development(id)).is_some_and(|it| it.dropped) {
            self.reports += 1;
            self.left_out.reports += 1;
        } else {
            self.count_report(report.effective, &report.origin);
        }
        let Some(it) = development.and_then(|id| self.development_mut(id)) else { return };
        it.cite(relation, report, seq);
        it.reports.truncate(REPORTS_KEPT);
    }

    fn entered(
        &mut self,
        by: DevelopmentId,
        (from, to): (Phase, Phase),
        certainty: Certainty,
        recorded: Timestamp,
    ) {
        // What moves a phase is recorded right after its report: a later one than the first may say what that did not.
        self.phase_said = self.said_last.clone().filter(|it| it.development == by);
        let said = self.phase_said.as_ref().map(|it| it.report.at);
        self.since = Some(said.or_else(|| Some(self.development(by)?.at)).unwrap_or(recorded));
        (self.phase_from, self.phase) = (from, to);
        self.certainty = Some(certainty);
        self.phase_by = Some(by);
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
        let surplus = self.facts.len().saturating_sub(FACTS_KEPT);
        self.facts.drain(..surplus);
    }

    fn expects(&mut self, it: Expectation) {
        self.expectations.push(it);
        if self.expectations.len() > EXPECTATIONS_KEPT {
            let settled = self.expectations.iter().position(|it| it.state != ExpectationState::Open);
            self.expectations.remove(settled.unwrap_or(0));
        }
    }

    fn settled(&mut self, date: jiff::civil::Date, state: ExpectationState) {
        let open = |it: &&mut Expectation| it.date == date && it.state == ExpectationState::Open;
        self.expectations.iter_mut().filter(open).for_each(|it| it.state = state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storyline_keeps_its_newest_facts_and_what_is_still_expected() {
        let by = DevelopmentId(1);
        let mut it = StorylineState::default();
        for n in 0..FACTS_KEPT + 2 {
            it.learned(by, FactKey::Place, &n.to_string(), Certainty::Reported, Timestamp::UNIX_EPOCH);
        }
        assert_eq!((it.facts.len(), it.facts[0].value.as_str()), (FACTS_KEPT, "2"));
        let day = |n: usize| jiff::civil::date(2025, 1, 1) + std::time::Duration::from_hours(24 * n as u64);
        for n in 0..EXPECTATIONS_KEPT {
            let (what, state) = (n.to_string(), ExpectationState::Open);
            it.expects(Expectation {
                from: None,
                date: day(n),
                due: Timestamp::UNIX_EPOCH,
                what,
                development: by,
                state,
            });
        }
        it.settled(day(5), ExpectationState::Met);
        let next = Expectation { what: "next".to_owned(), ..it.expectations[0].clone() };
        it.expects(next);
        assert_eq!(it.expectations.len(), EXPECTATIONS_KEPT);
        assert!(it.expectations.iter().all(|it| it.state == ExpectationState::Open), "the settled one went");
    }
}
