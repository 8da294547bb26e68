//! Where a stage becomes events: told, held back or gathered.

use std::collections::BTreeSet;

use jiff::Timestamp;
use storyline_config::{AlertCause, SinkId, limit::LONG_STOP};
use storyline_store::{AlertId, DeliveryDigest, DeliveryId, DevelopmentId, Event, Gathered, Seq, SinkState};

use super::{
    Occasion, Situation, body,
    body::Envelope,
    reason,
    route::{self, Way},
    rule,
    sentence::{sentence, since},
    severity,
    stage::{Change, Stage},
    story::{self, Story},
};

/// Takes stages in and gives the events out, in the order in which they are recorded.
pub(super) struct Desk<'a> {
    pub(super) situation: Situation<'a>,
    pub(super) out: Vec<Event>,
    page_raised: u32,
}

impl<'a> Desk<'a> {
    /// Begins directly after the state of `situation`.
    pub(super) fn new(situation: &Situation<'a>, page_raised: u32) -> Self {
        // A wall clock that was set back must not make time run backwards for what is gathered.
        let now = situation.state.at.map_or(situation.now, |at| at.max(situation.now));
        Self { situation: Situation { now, ..*situation }, out: Vec::new(), page_raised }
    }

    /// What was planned.
    pub(super) fn finish(self) -> Vec<Event> {
        self.out
    }

    /// The place the next event will have.
    fn next(&self) -> Seq {
        Seq(self.situation.state.seq.0 + self.out.len() as u64 + 1)
    }

    /// Tells of a storyline's change if its rule says so.
    pub(super) fn consider(&mut self, change: &Change, occasion: Occasion) {
        let Situation { config, state: known, .. } = self.situation;
        let Some(rule) = config.storylines.get(&change.storyline).map(|it| &it.alert) else { return };
        let Some(storyline) = known.storylines.get(&change.storyline).filter(|it| !it.retired) else {
            return;
        };
        let news = !change.causes.is_empty();
        let occasion = if change.late && occasion.reason().is_none() { Occasion::Late } else { occasion };

        let mut change = change.clone();
        let developments: BTreeSet<DevelopmentId> =
            change.causes.iter().map(|(_, it)| *it).chain(change.touched.iter().copied()).collect();
        for it in developments {
            if known.waiting.contains_key(&AlertId::of_development(it)) {
                change.add_waited(known, it);
            }
        }

        let Some(stage) = change.stage(&self.situation, &rule.on) else {
            if let Some(stage) = change.stage(&self.situation, &AlertCause::ALL).filter(|_| news) {
                self.suppress(&stage, "not_on", String::new());
            }
            return;
        };
        let Some(development) = stage.development.and_then(|it| storyline.development(it)) else { return };
        // One cause raises an alert once, and what was dropped is nobody's news.
        if development.dropped && news {
            self.suppress(&stage, "dropped", String::new());
        }
        if development.dropped || self.has_raised(stage.alert) {
            return;
        }
        let told_anyway = occasion.reason().is_some();
        if told_anyway || rule::lets_out(rule, known, development, self.situation.now) {
            // Another report of what waits is no news by itself while nothing lets it out.
            if news || !told_anyway {
                self.offer(&stage, occasion);
            }
        } else if news {
            let when = (self.situation.zone, self.situation.now);
            self.suppress(&stage, "below_rule", reason::waits_for(rule, known, development, when));
        }
    }

    /// Tells of a stage, unless the occasion, a snooze or a storm holds it back.
    pub(super) fn offer(&mut self, stage: &Stage, occasion: Occasion) {
        let now = self.situation.now;
        if let Some((reason, digest)) = occasion.reason() {
            self.suppress(stage, reason, String::new());
            if let Some(digest) = digest {
                self.gather_everywhere(stage, digest, now);
            }
        } else if let Some(until) = self.snoozed_until(stage) {
            self.suppress(stage, "snooze", format!("until {}", since(until, &self.situation)));
            self.gather_everywhere(stage, DeliveryDigest::Window, until);
        } else if self.storms() {
            self.suppress(stage, "storm", String::new());
            self.gather_everywhere(stage, DeliveryDigest::Storm, now);
        } else {
            self.raise(stage);
        }
    }

    fn has_raised(&self, it: AlertId) -> bool {
        self.out.iter().any(|event| matches!(event, Event::AlertRaised { alert, .. } if *alert == it))
    }

    fn snoozed_until(&self, stage: &Stage) -> Option<Timestamp> {
        let state = self.situation.state;
        let storyline = stage.storyline.as_ref().and_then(|id| state.storylines.get(id));
        let alert = state.alerts.get(&stage.alert).and_then(|it| it.snoozed_until);
        let until = storyline.and_then(|it| it.snoozed_until).max(alert);
        until.filter(|until| *until > self.situation.now)
    }

    fn storms(&self) -> bool {
        let Some(storm) = self.situation.config.alerts.storm else { return false };
        let planned = self.out.iter().filter(|it| matches!(it, Event::AlertRaised { .. })).count();
        let planned = u32::try_from(planned).unwrap_or(u32::MAX);
        let lately: u32 = route::within(&self.situation.state.raised, self.situation.now, route::TEN_MINUTES);
        self.page_raised.saturating_add(planned) >= storm.page
            || lately.saturating_add(planned) >= storm.per_10m
    }

    /// Records that people are not told of a stage on its own.
    pub(super) fn suppress(&mut self, stage: &Stage, reason: &str, detail: String) {
        self.out.push(Event::AlertSuppressed {
            alert: stage.alert,
            kind: stage.kind,
            storyline: stage.storyline.clone(),
            headline: stage.headline.clone(),
            reason: reason.to_owned(),
            detail,
        });
    }

    fn gather_everywhere(&mut self, stage: &Stage, digest: DeliveryDigest, not_before: Timestamp) {
        for (id, sink) in &self.situation.config.sinks {
            let told =
                self.situation.state.sinks.get(id).is_some_and(|it| had_its(it, digest, self.situation.now));
            if route::wants(id, sink, stage) && !told {
                self.gather(id, stage, digest, not_before);
            }
        }
    }

    fn gather(&mut self, sink: &SinkId, stage: &Stage, digest: DeliveryDigest, not_before: Timestamp) {
        self.out.push(Event::AlertGathered {
            sink: sink.clone(),
            alert: stage.alert,
            kind: stage.kind,
            storyline: stage.storyline.clone(),
            headline: stage.headline.clone(),
            digest,
            not_before,
        });
    }

    /// Raises an alert, and plans what every sink that wants it will get.
    pub(super) fn raise(&mut self, stage: &Stage) {
        let (seq, story) = self.raised(stage);
        for (id, sink) in &self.situation.config.sinks {
            if !route::wants(id, sink, stage) {
                continue;
            }
            match route::way(&self.situation, &self.out, id, sink, stage.kind) {
                Way::Now => self.plan(id, stage, seq, &story),
                Way::Gather(digest, not_before) => self.gather(id, stage, digest, not_before),
            }
        }
    }

    /// Raises an alert and sends it to every sink that wants it, whatever its pace; quiet hours stay quiet.
    pub(super) fn raise_at_once(&mut self, stage: &Stage) {
        let (seq, story) = self.raised(stage);
        for (id, sink) in &self.situation.config.sinks {
            if !route::wants(id, sink, stage) {
                continue;
            }
            match route::peace(&self.situation, sink).filter(|it| !it.lets(severity(stage.kind))) {
                None => self.plan(id, stage, seq, &story),
                // Its own digest of the stop tells it at the end of them.
                Some(_) if self.awaits(id, stage.alert) => {}
                Some(peace) => self.gather(id, stage, DeliveryDigest::Quiet, peace.until),
            }
        }
    }

    /// Whether a sink's digest of a long stop that is not closed yet tells of an alert.
    fn awaits(&self, sink: &SinkId, alert: AlertId) -> bool {
        let stop = |it: &&Gathered| it.digest == DeliveryDigest::Stop && it.sink == *sink;
        let told = |it: &Event| matches!(it, Event::DeliveryPlanned { sink: to, digest: Some(DeliveryDigest::Stop), .. } if to == sink);
        let mut gathered = self.situation.state.gathered.iter().filter(stop);
        gathered.any(|it| it.alert == alert) && !self.out.iter().any(told)
    }

    fn raised(&mut self, stage: &Stage) -> (Seq, Story) {
        let seq = self.next();
        let text = sentence(stage, seq, &self.situation);
        let story = story::story(stage, &text, seq, &self.situation);
        self.out.push(Event::AlertRaised {
            alert: stage.alert,
            kind: stage.kind,
            storyline: stage.storyline.clone(),
            development: stage.development,
            changes: stage.changes.clone(),
            headline: stage.headline.clone(),
            severity: severity(stage.kind),
            text,
        });
        (seq, story)
    }

    fn plan(&mut self, sink: &SinkId, stage: &Stage, seq: Seq, story: &Story) {
        let id = DeliveryId::of(stage.alert, seq, sink);
        let envelope = Envelope { id, seq, supersedes: self.earlier(sink, stage.alert) };
        self.out.push(Event::DeliveryPlanned {
            delivery: id,
            sink: sink.clone(),
            alert: Some(stage.alert),
            storyline: stage.storyline.clone(),
            digest: None,
            body: body::alert(&self.situation, stage, story, &envelope),
        });
    }

    /// The last delivery of an alert's earlier stages to a sink.
    fn earlier(&self, sink: &SinkId, alert: AlertId) -> Option<DeliveryId> {
        let state = self.situation.state;
        let known = state.alerts.get(&alert)?;
        known
            .deliveries
            .iter()
            .rev()
            .copied()
            .find(|id| state.deliveries.get(id).is_some_and(|it| it.sink == *sink))
    }

    /// Plans one message for a sink that is no stage of an alert.
    pub(super) fn plan_digest(
        &mut self,
        sink: &SinkId,
        cause: DeliveryDigest,
        render: impl FnOnce(&Situation<'_>, DeliveryId, Seq) -> super::digest::Digest,
    ) {
        let seq = self.next();
        let alert = AlertId::of_cause("digest", super::digest::word(cause), seq);
        let id = DeliveryId::of(alert, seq, sink);
        let digest = render(&self.situation, id, seq);
        self.out.push(Event::DeliveryPlanned {
            delivery: id,
            sink: sink.clone(),
            alert: None,
            storyline: digest.storyline,
            digest: Some(cause),
            body: digest.body,
        });
    }
}

/// Whether a sink had the one digest that a first run, or a return after a long stop, gives it.
fn had_its(sink: &SinkState, digest: DeliveryDigest, now: Timestamp) -> bool {
    match digest {
        DeliveryDigest::FirstRun => sink.first_run_told,
        // So soon there cannot have been another long stop: a feed comes late to the same return.
        DeliveryDigest::Stop => sink.stop_told.is_some_and(|it| now < rule::later(it, LONG_STOP)),
        DeliveryDigest::Window | DeliveryDigest::Rate | DeliveryDigest::Storm | DeliveryDigest::Quiet => {
            false
        }
    }
}
