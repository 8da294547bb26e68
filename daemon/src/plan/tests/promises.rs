//! What holds whatever happens.

use std::time::Duration;

use proptest::prelude::*;
use storyline_config::{AlertCause, Baseline, Confirm, Digest, Phase, Rate, Severity, Storm};
use storyline_store::{AlertId, Event};

use super::world::{World, again, confirmed, denial, fact, line, new, phase};
use crate::plan::{Occasion, Visits};

/// One thing that happens to a storyline.
#[derive(Debug, Clone, Copy)]
enum Step {
    Tell(Occasion, &'static str, u8, u8),
    Wait(u32),
    Snooze(&'static str, u32),
    Due(Visits),
}

fn storyline() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("munich"), Just("saudi-meeting")]
}

fn step() -> impl Strategy<Value = Step> {
    let occasion = prop_oneof![
        6 => Just(Occasion::Live),
        2 => Just(Occasion::FirstRun(Baseline::Digest)),
        1 => Just(Occasion::FirstRun(Baseline::Silent)),
        2 => Just(Occasion::Stop),
        1 => Just(Occasion::Late),
        1 => Just(Occasion::Backfill),
    ];
    let visits = prop_oneof![Just(Visits::Underway), Just(Visits::Settled), Just(Visits::Over)];
    prop_oneof![
        6 => (occasion, storyline(), 0_u8..4, 0_u8..6).prop_map(|(o, s, key, what)| Step::Tell(o, s, key, what)),
        2 => (0_u32..4_000).prop_map(Step::Wait),
        1 => (storyline(), 0_u32..9_000).prop_map(|(s, until)| Step::Snooze(s, until)),
        2 => visits.prop_map(Step::Due),
    ]
}

fn world(n: u8) -> World {
    let mut world = World::new();
    world.sink("window", |it| it.digest = Digest::Every(Duration::from_mins(15)));
    world.sink("slow", |it| it.rate = Rate { messages: 2, per: Duration::from_mins(30) });
    world.sink("munich-only", |it| it.storylines = vec!["munich".into()]);
    world.sink("warnings", |it| it.min_severity = Severity::Warning);
    world.config.alerts.storm = n.is_multiple_of(2).then_some(Storm { page: 2, per_10m: 4 });
    world.munich(|rule| {
        rule.min_origins = 1 + u32::from(n.is_multiple_of(3));
        rule.confirm = n.is_multiple_of(5).then_some(Confirm { origins: 2, within: Duration::from_hours(1) });
        if n.is_multiple_of(7) {
            rule.on = vec![AlertCause::New, AlertCause::Disputed];
        }
    });
    world
}

fn events(id: &str, key: u8, what: u8) -> Vec<Event> {
    let key = format!("Thing {key}");
    match what {
        0 => vec![new(id, &key, "Reuters")],
        1 => vec![again(id, &key, "DW")],
        2 => vec![again(id, &key, "AFP"), confirmed(id, &key)],
        3 => vec![new(id, &key, "AP"), phase(id, &key, Phase::Scheduled, Phase::UnderWay)],
        4 => vec![fact(id, &key, storyline_store::FactKey::Place, "Munich")],
        _ => denial(id, &format!("{key} denied"), &key, "Ukrinform"),
    }
}

fn take(world: &mut World, step: Step) -> Vec<Event> {
    let before = world.planned.len();
    match step {
        Step::Tell(occasion, id, key, what) => drop(world.tell(occasion, events(id, key, what))),
        Step::Wait(seconds) => world.wait(Duration::from_secs(seconds.into())),
        Step::Snooze(id, seconds) => {
            let until = world.now.checked_add(Duration::from_secs(seconds.into())).unwrap();
            world.record(Event::AlertSnoozed { storyline: line(id), until, by: "someone".into() });
        }
        Step::Due(visits) => drop(world.due(visits)),
    }
    world.planned[before..].to_vec()
}

/// Each alert that is raised reaches each sink that wants it once, in a message or in a digest to come.
fn every_sink_is_told_once(planned: &[Event], world: &World) {
    let raised = planned.iter().filter_map(|it| match it {
        Event::AlertRaised { alert, storyline, severity, .. } => Some((*alert, storyline.clone(), *severity)),
        _ => None,
    });
    for (alert, storyline, severity) in raised {
        for (id, sink) in &world.config.sinks {
            let hears = sink
                .storylines
                .iter()
                .any(|it| it == "*" || storyline.as_ref().is_some_and(|id| id.as_str() == it));
            let wants = hears && severity >= sink.min_severity;
            let told = |it: &&Event| match it {
                Event::DeliveryPlanned { sink, alert: Some(it), .. }
                | Event::AlertGathered { sink, alert: it, .. } => sink == id && *it == alert,
                _ => false,
            };
            assert_eq!(
                planned.iter().filter(told).count(),
                usize::from(wants),
                "{id} of {alert}: {planned:#?}"
            );
        }
    }
}

fn old_is_not_told(step: &Step, planned: &[Event]) {
    let old = matches!(step, Step::Tell(it, ..) if *it != Occasion::Live);
    let told = |it: &Event| matches!(it, Event::AlertRaised { .. } | Event::DeliveryPlanned { .. });
    assert!(!old || !planned.iter().any(told), "{step:?}: {planned:#?}");
}

fn one_item_makes_one_alert(step: &Step, planned: &[Event]) {
    let raised = planned.iter().filter(|it| matches!(it, Event::AlertRaised { .. })).count();
    assert!(!matches!(step, Step::Tell(..)) || raised <= 1, "{step:?}: {planned:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_alerting_keeps_its_promises(n in 0_u8..70, steps in prop::collection::vec(step(), 1..40)) {
        let mut world = world(n);
        let mut first_runs = 0;
        for step in steps {
            let planned = take(&mut world, step);
            every_sink_is_told_once(&planned, &world);
            old_is_not_told(&step, &planned);
            one_item_makes_one_alert(&step, &planned);
            let digest = |it: &&Event| matches!(it, Event::DeliveryPlanned { sink, digest: Some(storyline_store::DeliveryDigest::FirstRun), .. } if sink.as_str() == "desk");
            first_runs += planned.iter().filter(digest).count();
        }
        prop_assert!(first_runs <= 1);
        // In the end everything that was held back is told, and nothing twice.
        for _ in 0..3 {
            world.wait(Duration::from_hours(3));
            world.due(Visits::Settled);
        }
        prop_assert!(world.state.gathered.is_empty(), "{:#?}", world.state.gathered);
        prop_assert_eq!(world.due(Visits::Over), "");
        let ids: std::collections::BTreeSet<_> = world.bodies.iter().map(|it| it["id"].to_string()).collect();
        prop_assert_eq!(ids.len(), world.bodies.len(), "each message has a name of its own");
        let alive = |id: &AlertId| world.state.alerts.contains_key(id);
        prop_assert!(world.state.waiting.keys().all(|it| !alive(it)), "what was told waits no longer");
    }
}
