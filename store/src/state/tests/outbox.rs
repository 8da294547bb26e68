//! The outbox against a model: whatever events come, in whatever order, each message is where the model says.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use storyline_config::{Severity, SinkId};

use crate::{AlertId, AlertKind, AlertState, DeliveryId, DeliveryState, Event, Recorded, Seq, State};

const SINKS: u8 = 3;
const MESSAGES: u8 = 6;

/// What may happen, in any order.
#[derive(Debug, Clone)]
enum Step {
    Raised(u8),
    /// A message for a sink is planned; its alert and its sink follow from its number.
    Planned(u8),
    Attempted(u8, u32),
    Done(u8),
    Failed(u8),
    Dead(u8),
    Requeued(u8),
    Acknowledged(u8),
    Disabled(u8),
    Retired(u8),
    Configured,
}

/// A message as simply as it can be told.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Message {
    state: DeliveryState,
    attempts: u32,
}

#[derive(Debug, Clone, Default)]
struct Outbox {
    messages: BTreeMap<u8, Message>,
    /// The messages of an alert, in order; those planned before it was ever raised belong to none.
    alerts: BTreeMap<u8, (AlertState, Vec<u8>)>,
    disabled: BTreeSet<u8>,
    failing: BTreeSet<u8>,
}

fn sink_of(message: u8) -> u8 {
    message % SINKS
}

fn alert_of(message: u8) -> u8 {
    message / SINKS
}

impl Outbox {
    fn theirs(&mut self, sink: u8, of: impl Fn(DeliveryState) -> bool, to: DeliveryState) {
        let theirs = self.messages.iter_mut().filter(|(id, it)| sink_of(**id) == sink && of(it.state));
        theirs.for_each(|(_, it)| it.state = to);
    }

    /// Moves a message that was not taken; whether there was one.
    fn moved(&mut self, id: u8, to: DeliveryState) -> bool {
        let open = self.messages.get_mut(&id).filter(|it| it.state != DeliveryState::Done);
        open.map(|it| it.state = to).is_some()
    }

    /// Where everything is after a step.
    fn after(mut self, step: &Step) -> Self {
        use DeliveryState::{Dead, Done, Failing, Held, Planned};
        match *step {
            Step::Raised(id) => {
                self.alerts.entry(id).or_insert((AlertState::Open, Vec::new())).0 = AlertState::Open;
            }
            Step::Acknowledged(id) => {
                self.alerts.entry(id).and_modify(|it| it.0 = AlertState::Acknowledged);
            }
            Step::Planned(id) => {
                let state = if self.disabled.contains(&sink_of(id)) { Held } else { Planned };
                if let std::collections::btree_map::Entry::Vacant(e) = self.messages.entry(id) {
                    e.insert(Message { state, attempts: 0 });
                    self.alerts.entry(alert_of(id)).and_modify(|it| it.1.push(id));
                }
            }
            Step::Attempted(id, n) => {
                let open = self.messages.get_mut(&id).filter(|it| it.state != Done);
                if let Some(it) = open {
                    it.attempts = n;
                }
            }
            Step::Done(id) => {
                if let Some(it) = self.messages.get_mut(&id) {
                    it.state = Done;
                    self.failing.remove(&sink_of(id));
                }
            }
            Step::Failed(id) if self.moved(id, Failing) => drop(self.failing.insert(sink_of(id))),
            Step::Dead(id) if self.moved(id, Dead) => drop(self.failing.insert(sink_of(id))),
            Step::Requeued(id) => drop(self.moved(id, Planned)),
            Step::Failed(_) | Step::Dead(_) => {}
            Step::Disabled(sink) => {
                self.disabled.insert(sink);
                self.failing.insert(sink);
                self.theirs(sink, DeliveryState::is_pending, Held);
            }
            Step::Retired(sink) => {
                self.disabled.remove(&sink);
                self.failing.remove(&sink);
                self.theirs(sink, |it| it.is_pending() || it == Held, Dead);
            }
            Step::Configured => {
                self.disabled.clear();
                (0..SINKS).for_each(|it| self.theirs(it, |it| it == Held, Planned));
            }
        }
        self
    }
}

impl ReferenceStateMachine for Outbox {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        let message = || 0..MESSAGES;
        prop_oneof![
            2 => (0..=alert_of(MESSAGES - 1)).prop_map(Step::Raised),
            4 => message().prop_map(Step::Planned),
            3 => (message(), 1_u32..9).prop_map(|(id, n)| Step::Attempted(id, n)),
            3 => message().prop_map(Step::Done),
            3 => message().prop_map(Step::Failed),
            2 => message().prop_map(Step::Dead),
            2 => message().prop_map(Step::Requeued),
            1 => (0..=alert_of(MESSAGES - 1)).prop_map(Step::Acknowledged),
            1 => (0..SINKS).prop_map(Step::Disabled),
            1 => (0..SINKS).prop_map(Step::Retired),
            1 => Just(Step::Configured),
        ]
        .boxed()
    }

    fn apply(outbox: Self, step: &Step) -> Self {
        outbox.after(step)
    }
}

/// The state under test, with every event it was given.
struct Applied {
    state: State,
    log: Vec<Recorded>,
}

fn sink(n: u8) -> SinkId {
    format!("sink-{n}").parse().unwrap()
}

fn delivery(n: u8) -> DeliveryId {
    DeliveryId(u64::from(n) + 100)
}

fn alert(n: u8) -> AlertId {
    AlertId(u64::from(n) + 1)
}

fn event(step: &Step, now: Timestamp) -> Event {
    let error = "it would not".to_owned();
    match *step {
        Step::Raised(id) => Event::AlertRaised {
            alert: alert(id),
            kind: AlertKind::New,
            storyline: None,
            development: None,
            changes: Vec::new(),
            headline: "Talks begin".to_owned(),
            severity: Severity::Notice,
            text: "Talks begin".to_owned(),
        },
        Step::Planned(id) => Event::DeliveryPlanned {
            delivery: delivery(id),
            sink: sink(sink_of(id)),
            alert: Some(alert(alert_of(id))),
            storyline: None,
            digest: None,
            body: "{}".to_owned(),
        },
        Step::Attempted(id, attempt) => Event::DeliveryAttempted { delivery: delivery(id), attempt },
        Step::Done(id) => Event::DeliveryDone { delivery: delivery(id), attempt: 1 },
        Step::Failed(id) => {
            Event::DeliveryFailed { delivery: delivery(id), attempt: 1, error, retry_at: now }
        }
        Step::Dead(id) => Event::DeliveryDead { delivery: delivery(id), error },
        Step::Requeued(id) => Event::DeliveryRequeued { delivery: delivery(id), by: "reader".to_owned() },
        Step::Acknowledged(id) => Event::AlertAcknowledged { alert: alert(id), by: "reader".to_owned() },
        Step::Disabled(it) => Event::SinkDisabled { sink: sink(it), error },
        Step::Retired(it) => Event::SinkRetired { sink: sink(it) },
        Step::Configured => {
            Event::ConfigurationLoaded { feeds: 0, storylines: 0, sinks: 3, hash: "other".to_owned() }
        }
    }
}

impl StateMachineTest for Applied {
    type SystemUnderTest = Self;
    type Reference = Outbox;

    fn init_test(_: &Outbox) -> Self {
        Self { state: State::default(), log: Vec::new() }
    }

    fn apply(mut it: Self, _: &Outbox, step: Step) -> Self {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(i64::try_from(it.log.len()).unwrap());
        let recorded = Recorded { seq: it.state.seq.next(), at, event: event(&step, at) };
        // Now and then it goes on from what was kept of it.
        if it.log.len() % 5 == 4 {
            it.state = serde_json::from_slice(&serde_json::to_vec(&it.state).unwrap()).unwrap();
        }
        it.state.apply(&recorded);
        it.log.push(recorded);
        it
    }

    fn check_invariants(it: &Self, model: &Outbox) {
        let found = |id: u8| it.state.deliveries.get(&delivery(id));
        for id in 0..MESSAGES {
            let (is, should) = (found(id), model.messages.get(&id));
            let is = is.map(|it| Message { state: it.state, attempts: it.attempts });
            assert_eq!(is.as_ref(), should, "message {id}");
            if let Some(it) = found(id) {
                assert_eq!(
                    it.body.is_empty(),
                    it.state == DeliveryState::Done,
                    "its bytes, until it is taken"
                );
                let waits = it.retry_at.is_some();
                assert!(
                    !waits
                        || matches!(
                            it.state,
                            DeliveryState::Failing | DeliveryState::Held | DeliveryState::Planned
                        )
                );
            }
        }
        for (id, (state, messages)) in &model.alerts {
            let known = &it.state.alerts[&alert(*id)];
            assert_eq!(known.state, *state);
            assert_eq!(known.deliveries, messages.iter().map(|it| delivery(*it)).collect::<Vec<_>>());
        }
        let failing = it.state.sinks.iter().filter(|(_, it)| it.failing.is_some()).map(|(id, _)| id.clone());
        assert_eq!(failing.collect::<BTreeSet<_>>(), model.failing.iter().map(|it| sink(*it)).collect());
        let disabled: BTreeSet<SinkId> = it.state.disabled.keys().cloned().collect();
        assert_eq!(disabled, model.disabled.iter().map(|it| sink(*it)).collect());
        let mut again = State::default();
        it.log.iter().for_each(|it| again.apply(it));
        assert_eq!(again, it.state, "the same events give the same state");
        assert_eq!(it.state.seq, Seq(it.log.len() as u64));
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_message_is_where_the_model_says(sequential 1..40 => Applied);
}
