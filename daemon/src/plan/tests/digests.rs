//! What is told together, and when.

use std::time::Duration;

use expect_test::expect;
use storyline_config::{Baseline, Digest, Phase, Rate, Severity, Storm, limit::GATHERED_KEPT};
use storyline_store::{AlertId, AlertKind, DeliveryDigest, Event};

use super::world::{World, again, confirmed, denial, line, new, next, phase};
use crate::plan::{Occasion, Visits};

const FIRST: Occasion = Occasion::FirstRun(Baseline::Digest);

#[test]
fn a_first_run_makes_one_digest_per_sink_that_names_every_storyline() {
    let mut world = World::new();
    world.sink("munich-only", |it| it.storylines = vec!["munich".into()]);
    world.tell(FIRST, vec![new("munich", "Vance to speak", "Reuters")]);
    world.tell(FIRST, vec![new("saudi-meeting", "Trump to meet Putin", "AP")]);
    let later = [
        new("munich", "Rubio arrives", "DW"),
        phase("munich", "Rubio arrives", Phase::None, Phase::UnderWay),
    ];
    world.tell(FIRST, later.to_vec());
    assert_eq!(world.due(Visits::Underway), "", "it waits for the other feeds");
    expect![[r#"
            → desk: digest "first_run", null
                2 storylines · as they stand at the first visit
                munich · under way · Rubio arrives (provisional: DW) · since 10:40
                saudi-meeting · none · Trump to meet Putin (provisional: AP) · since 10:40
            → munich-only: digest "first_run", "munich"
                1 storyline · as they stand at the first visit
                munich · under way · Rubio arrives (provisional: DW) · since 10:40
    "#]]
    .assert_eq(&world.due(Visits::Settled));
    assert_eq!(world.due(Visits::Settled), "", "it is told once");
    expect![[r#"
        [
          {
            "alert": "a-222beca8aa396035",
            "kind": "new",
            "storyline": "munich",
            "headline": "Vance to speak"
          },
          {
            "alert": "a-b1ef62fef84bbaac",
            "kind": "new",
            "storyline": "saudi-meeting",
            "headline": "Trump to meet Putin"
          },
          {
            "alert": "a-beacaf9c63a45edb",
            "kind": "phase",
            "storyline": "munich",
            "headline": "Rubio arrives"
          }
        ]"#]]
    .assert_eq(&serde_json::to_string_pretty(&world.bodies[0]["alerts"]).unwrap());

    expect![[r#"
        not told (first_run): New A feed that answered late
    "#]]
    .assert_eq(&world.tell(FIRST, vec![new("munich", "A feed that answered late", "BBC")]));
    assert_eq!(world.due(Visits::Settled), "", "a first run has one digest");
    let hash = "2".into();
    world.record(Event::ConfigurationLoaded { feeds: 9, storylines: 2, sinks: 2, hash });
    world.tell(FIRST, vec![new("munich", "A feed that was added", "BBC")]);
    assert_ne!(world.due(Visits::Settled), "", "a new configuration may have another");
}

#[test]
fn a_feed_that_never_answers_does_not_hold_the_first_digest_for_ever() {
    let mut world = World::new();
    world.tell(FIRST, vec![new("munich", "Vance to speak", "Reuters")]);
    world.wait(Duration::from_mins(9));
    assert_eq!(world.due(Visits::Underway), "");
    world.wait(Duration::from_mins(1));
    assert_ne!(world.due(Visits::Underway), "");
}

#[test]
fn a_return_after_a_long_stop_makes_one_digest_and_up_to_five_warnings() {
    let mut world = World::new();
    world.tell(
        Occasion::Stop,
        vec![
            new("munich", "To be on Friday", "Reuters"),
            phase("munich", "To be on Friday", Phase::None, Phase::Scheduled),
        ],
    );
    world.tell(
        Occasion::Stop,
        vec![
            new("munich", "It began", "Reuters"),
            phase("munich", "It began", Phase::Scheduled, Phase::UnderWay),
        ],
    );
    for n in 1..=6 {
        world.tell(Occasion::Stop, denial("munich", &format!("Denial {n}"), "It began", "Ukrinform"));
    }
    world.tell(Occasion::Stop, vec![new("saudi-meeting", "Trump to meet Putin", "AP")]);
    assert_eq!(world.due(Visits::Underway), "");
    expect![[r#"
        → desk: digest "stop", null
            2 storylines · as they stand after a long stop
            munich · under way · Denial 6 (provisional: Ukrinform) · since 10:40
            saudi-meeting · none · Trump to meet Putin (provisional: AP) · since 10:40
        munich · disputed · Denial 2 (provisional: Ukrinform) · since 10:40 · storyline explain #39
            Warning [Disputed]
            → desk: disputed
        munich · disputed · Denial 3 (provisional: Ukrinform) · since 10:40 · storyline explain #41
            Warning [Disputed]
            → desk: disputed
        munich · disputed · Denial 4 (provisional: Ukrinform) · since 10:40 · storyline explain #43
            Warning [Disputed]
            → desk: disputed
        munich · disputed · Denial 5 (provisional: Ukrinform) · since 10:40 · storyline explain #45
            Warning [Disputed]
            → desk: disputed
        munich · disputed · Denial 6 (provisional: Ukrinform) · since 10:40 · storyline explain #47
            Warning [Disputed]
            → desk: disputed
    "#]]
    .assert_eq(&world.due(Visits::Settled));
    assert_eq!(world.due(Visits::Settled), "");
}

#[test]
fn a_feed_that_comes_late_to_a_return_makes_no_second_digest() {
    let mut world = World::new();
    let back = |world: &mut World, key| {
        world.tell(Occasion::Stop, vec![new("munich", key, "Reuters")]);
        world.due(Visits::Settled)
    };
    assert_ne!(back(&mut world, "One"), "");
    world.wait(Duration::from_hours(5));
    assert_eq!(back(&mut world, "Two"), "");
    world.wait(Duration::from_hours(7));
    assert_ne!(back(&mut world, "Three"), "", "this may be another stop");
}

#[test]
fn a_window_gathers_from_its_first_alert_on() {
    let mut world = World::new();
    world.sink("desk", |it| it.digest = Digest::Every(Duration::from_mins(15)));
    expect![[r#"
        munich · new · One (provisional: Reuters) · since 10:40 · storyline explain #4
            Notice [New]
            desk gathers for Window at 10:55: One
    "#]]
    .assert_eq(&world.live(vec![new("munich", "One", "Reuters")]));
    world.wait(Duration::from_mins(10));
    expect![[r#"
        munich · new · Two (provisional: Reuters) · since 10:40 · storyline explain #7
            Notice [New]
            desk gathers for Window at 10:55: Two
    "#]]
    .assert_eq(&world.live(vec![new("munich", "Two", "Reuters")]));
    world.wait(Duration::from_mins(4));
    assert_eq!(world.due(Visits::Over), "");
    world.wait(Duration::from_mins(1));
    expect![[r#"
        → desk: digest "window", "munich"
            2 alerts · gathered
            munich · new · One (provisional: Reuters) · since 10:40 · storyline explain #4
            munich · new · Two (provisional: Reuters) · since 10:40 · storyline explain #7
    "#]]
    .assert_eq(&world.due(Visits::Settled));
    assert_eq!(world.due(Visits::Settled), "");
}

#[test]
fn a_sink_takes_its_rate_one_by_one_and_the_rest_in_one_digest() {
    let mut world = World::new();
    world.sink("desk", |it| it.rate = Rate { messages: 2, per: Duration::from_hours(1) });
    let mut told = String::new();
    for key in ["One", "Two", "Three", "Four"] {
        told += &world.live(vec![new("munich", key, "Reuters")]);
    }
    expect![[r#"
        munich · new · One (provisional: Reuters) · since 10:40 · storyline explain #4
            Notice [New]
            → desk: new
        munich · new · Two (provisional: Reuters) · since 10:40 · storyline explain #7
            Notice [New]
            → desk: new
        munich · new · Three (provisional: Reuters) · since 10:40 · storyline explain #10
            Notice [New]
            desk gathers for Rate at 11:10: Three
        munich · new · Four (provisional: Reuters) · since 10:40 · storyline explain #13
            Notice [New]
            desk gathers for Rate at 11:10: Four
    "#]]
    .assert_eq(&told);
    world.wait(Duration::from_mins(29));
    assert_eq!(world.due(Visits::Settled), "");
    world.wait(Duration::from_mins(1));
    expect![[r#"
        → desk: digest "rate", "munich"
            2 alerts · gathered, since more came than this sink takes one by one
            munich · new · Three (provisional: Reuters) · since 10:40 · storyline explain #10
            munich · new · Four (provisional: Reuters) · since 10:40 · storyline explain #13
    "#]]
    .assert_eq(&world.due(Visits::Settled));
    expect![[r#"
        munich · new · Five (provisional: Reuters) · since 10:40 · storyline explain #17
            Notice [New]
            desk gathers for Rate at 11:40: Five
    "#]]
    .assert_eq(&world.live(vec![new("munich", "Five", "Reuters")]));
}

#[test]
fn what_is_gathered_and_no_longer_kept_is_counted_in_the_document_as_in_the_text() {
    let mut world = World::new();
    world.sink("desk", |it| it.digest = Digest::Every(Duration::from_mins(15)));
    let all = u64::try_from(GATHERED_KEPT + 30).unwrap();
    for n in 0..all {
        world.record(Event::AlertGathered {
            sink: "desk".parse().unwrap(),
            alert: AlertId(n + 1),
            kind: AlertKind::New,
            storyline: Some(line("munich")),
            headline: format!("Number {n}"),
            digest: DeliveryDigest::Window,
            not_before: world.now,
        });
    }
    assert!(world.due(Visits::Settled).contains(&format!("{all} alerts · gathered")));
    let digest = world.state.deliveries.values().find(|it| it.digest.is_some()).unwrap();
    let body: serde_json::Value = serde_json::from_str(&digest.body).unwrap();
    let named = body["alerts"].as_array().unwrap().len() as u64;
    assert_eq!(named + body["more"].as_u64().unwrap(), all);
}

#[test]
fn a_storm_is_told_one_by_one_up_to_its_limit_and_then_in_one_digest() {
    let mut world = World::new();
    world.config.alerts.storm = Some(Storm { page: 2, per_10m: 100 });
    let mut told = String::new();
    for (n, key) in (0..).zip(["One", "Two", "Three", "Four"]) {
        told += &world.tell_after(n.min(2), Occasion::Live, vec![new("munich", key, "Reuters")]);
    }
    expect![[r#"
        munich · new · One (provisional: Reuters) · since 10:40 · storyline explain #4
            Notice [New]
            → desk: new
        munich · new · Two (provisional: Reuters) · since 10:40 · storyline explain #7
            Notice [New]
            → desk: new
        not told (storm): New Three
            desk gathers for Storm at 10:40: Three
        not told (storm): New Four
            desk gathers for Storm at 10:40: Four
    "#]]
    .assert_eq(&told);
    world.wait(Duration::from_secs(14));
    assert_eq!(world.due(Visits::Settled), "");
    world.wait(Duration::from_secs(1));
    expect![[r#"
            → desk: digest "storm", "munich"
                2 alerts · gathered, since very many came at once
                munich · new · Three
                munich · new · Four
    "#]]
    .assert_eq(&world.due(Visits::Settled));
}

#[test]
fn a_storm_of_many_pages_is_one_too() {
    let mut world = World::new();
    world.config.alerts.storm = Some(Storm { page: 20, per_10m: 3 });
    world.sink("desk", |it| it.rate = Rate { messages: 100, per: Duration::from_hours(1) });
    let count = |world: &mut World, n: usize| {
        let mut told = String::new();
        for i in 0..n {
            told += &world.live(vec![new("munich", &format!("{} {i}", world.state.seq), "Reuters")]);
        }
        told.matches("not told (storm)").count()
    };
    assert_eq!(count(&mut world, 5), 2);
    world.wait(Duration::from_mins(11));
    assert_eq!(count(&mut world, 5), 2, "ten minutes later there is room again");
    world.config.alerts.storm = None;
    assert_eq!(count(&mut world, 5), 0);
}

#[test]
fn a_snooze_holds_and_tells_at_its_end() {
    let mut world = World::new();
    world.live(vec![new("munich", "One", "Reuters")]);
    let until = "2025-02-12T12:00:00Z".parse().unwrap();
    let snooze = |until| Event::AlertSnoozed { storyline: line("munich"), until, by: "someone".into() };
    world.record(snooze(until));
    expect![[r#"
        not told (snooze): Confirmed One
            desk gathers for Window at 12:00: One
    "#]]
    .assert_eq(&world.live(vec![again("munich", "One", "DW"), confirmed("munich", "One")]));
    expect![[r#"
        saudi-meeting · new · Two (provisional: Reuters) · since 10:40 · storyline explain #12
            Notice [New]
            → desk: new
    "#]]
    .assert_eq(&world.live(vec![new("saudi-meeting", "Two", "Reuters")]));
    world.wait(Duration::from_mins(79));
    assert_eq!(world.due(Visits::Over), "");
    // It is made shorter.
    world.record(snooze(world.now));
    expect![[r#"
            → desk: digest "window", "munich"
                1 alert · gathered
                munich · confirmed · One
    "#]]
    .assert_eq(&world.due(Visits::Settled));
    assert_ne!(world.live(vec![new("munich", "Three", "Reuters")]), "");
}

#[test]
fn a_digest_keeps_to_its_sink() {
    let mut world = World::new();
    world.sink("warnings", |it| it.min_severity = Severity::Warning);
    world.tell(FIRST, vec![new("munich", "Vance to speak", "Reuters")]);
    world.due(Visits::Settled);
    assert_eq!(world.bodies.len(), 1);
    let seq = world.bodies[0]["seq"].as_u64().unwrap();
    assert_eq!(seq + 1, next(&world).0);
}

#[test]
fn a_plan_follows_from_the_log_alone() {
    let tell = || {
        let mut world = World::new();
        world.tell(FIRST, vec![new("munich", "Vance to speak", "Reuters")]);
        world.due(Visits::Settled);
        world.live(vec![new("munich", "Rubio arrives", "DW")]);
        (world.state, world.bodies)
    };
    let (state, bodies) = tell();
    assert_eq!((state.clone(), bodies), tell());
    let kept: storyline_store::State = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
    assert_eq!(kept, state, "a snapshot says the same");
}
