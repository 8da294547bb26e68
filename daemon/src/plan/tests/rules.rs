//! What one item makes of alerts, and through which sinks.

use std::time::Duration;

use expect_test::{Expect, expect};
use storyline_config::{AlertCause, Baseline, Confirm, Phase, Severity};
use storyline_store::{Event, FactKey};

use super::world::{World, again, confirmed, denial, fact, late, line, new, phase};
use crate::plan::{Occasion, Visits};

const MEET: &str = "Rubio to meet Zelenskyy";
const ARRIVE: &str = "Rubio and Vance arrive";

fn check(world: &mut World, events: Vec<Event>, want: &Expect) {
    want.assert_eq(&world.live(events));
}

#[test]
fn an_alert_keeps_its_name_from_stage_to_stage() {
    let mut world = World::new();
    check(
        &mut world,
        vec![new("munich", MEET, "Reuters")],
        &expect![[r#"
        munich · new · Rubio to meet Zelenskyy (provisional: Reuters) · since 10:40 · storyline explain #4
            Notice [New]
            → desk: new
    "#]],
    );
    check(
        &mut world,
        vec![again("munich", MEET, "DW"), confirmed("munich", MEET)],
        &expect![[r#"
        munich · confirmed · Rubio to meet Zelenskyy (confirmed: Reuters, DW) · since 10:40 · storyline explain #8
            Notice [Confirmed]
            → desk: confirmed, instead of an earlier one
    "#]],
    );
    check(
        &mut world,
        vec![fact("munich", MEET, FactKey::Place, "Munich")],
        &expect![[r#"
        munich · place Munich · Rubio to meet Zelenskyy (confirmed: Reuters, DW) · since 10:40 · storyline explain #11
            Notice [Fact]
            → desk: fact, instead of an earlier one
    "#]],
    );
    let names: Vec<_> = world.bodies.iter().map(|it| it["alert"].as_str().unwrap()).collect();
    assert!(names.iter().all(|it| *it == names[0]), "{names:?}");
    let ids: Vec<_> = world.bodies.iter().map(|it| it["id"].clone()).collect();
    assert_eq!(world.bodies[1]["supersedes"], ids[0]);
    assert_eq!(world.bodies[2]["supersedes"], ids[1]);
}

#[test]
fn one_item_makes_one_alert_and_its_kind_is_the_strongest() {
    let mut world = World::new();
    check(
        &mut world,
        vec![
            new("munich", ARRIVE, "Reuters"),
            again("munich", ARRIVE, "DW"),
            confirmed("munich", ARRIVE),
            fact("munich", ARRIVE, FactKey::Date, "2025-02-14"),
            phase("munich", ARRIVE, Phase::Scheduled, Phase::UnderWay),
        ],
        &expect![[r#"
            munich · scheduled → under way · Rubio and Vance arrive (confirmed: Reuters, DW) · since 10:40 · storyline explain #8
                Warning [Phase, Fact, Confirmed, New]
                → desk: phase
        "#]],
    );
}

#[test]
fn an_item_of_two_storylines_makes_an_alert_in_each() {
    let mut world = World::new();
    check(
        &mut world,
        vec![new("munich", MEET, "Reuters"), new("saudi-meeting", MEET, "Reuters")],
        &expect![[r#"
            munich · new · Rubio to meet Zelenskyy (provisional: Reuters) · since 10:40 · storyline explain #5
                Notice [New]
                → desk: new
            saudi-meeting · new · Rubio to meet Zelenskyy (provisional: Reuters) · since 10:40 · storyline explain #7
                Notice [New]
                → desk: new
        "#]],
    );
}

#[test]
fn facts_are_named() {
    let mut world = World::new();
    check(
        &mut world,
        vec![
            new("munich", MEET, "Reuters"),
            fact("munich", MEET, FactKey::Date, "2025-02-14"),
            fact("munich", MEET, FactKey::Place, "Munich"),
        ],
        &expect![[r#"
            munich · date 2025-02-14, place Munich · Rubio to meet Zelenskyy (provisional: Reuters) · since 10:40 · storyline explain #6
                Notice [Fact, New]
                → desk: fact
        "#]],
    );
}

#[test]
fn a_denial_is_an_alert_of_its_own_and_the_denied_gets_no_second() {
    let mut world = World::new();
    world.live(vec![new("munich", MEET, "Reuters")]);
    check(
        &mut world,
        denial("munich", "Kyiv denies it", MEET, "Ukrinform"),
        &expect![[r#"
        munich · disputed · Kyiv denies it (provisional: Ukrinform) · since 10:40 · storyline explain #8
            Warning [Disputed]
            → desk: disputed
    "#]],
    );
    assert_ne!(world.bodies[0]["alert"], world.bodies[1]["alert"]);
}

#[test]
fn the_kind_is_among_those_the_storyline_alerts_on_and_the_rest_stands_in_changes() {
    let mut world = World::new();
    world.munich(|rule| rule.on = vec![AlertCause::New]);
    check(
        &mut world,
        vec![new("munich", ARRIVE, "Reuters"), phase("munich", ARRIVE, Phase::Scheduled, Phase::UnderWay)],
        &expect![[r#"
            munich · new · Rubio and Vance arrive (provisional: Reuters) · since 10:40 · storyline explain #5
                Notice [Phase, New]
                → desk: new
        "#]],
    );
    check(
        &mut world,
        vec![again("munich", ARRIVE, "DW"), confirmed("munich", ARRIVE)],
        &expect![[r#"
        not told (not_on): Confirmed Rubio and Vance arrive
    "#]],
    );
}

#[test]
fn a_report_that_changes_nothing_is_not_told() {
    let mut world = World::new();
    world.live(vec![new("munich", MEET, "Reuters")]);
    check(&mut world, vec![again("munich", MEET, "DW")], &expect![[r#""#]]);
}

#[test]
fn a_development_waits_for_the_origins_its_storyline_asks_for() {
    let mut world = World::new();
    world.munich(|rule| rule.min_origins = 3);
    check(
        &mut world,
        vec![new("munich", MEET, "Reuters")],
        &expect![[r#"
        not told (below_rule): New Rubio to meet Zelenskyy
    "#]],
    );
    check(
        &mut world,
        vec![again("munich", MEET, "DW"), confirmed("munich", MEET)],
        &expect![[r#"
        not told (below_rule): Confirmed Rubio to meet Zelenskyy
    "#]],
    );
    check(&mut world, vec![again("munich", MEET, "DW")], &expect![[r#""#]]);
    check(
        &mut world,
        vec![again("munich", MEET, "AFP")],
        &expect![[r#"
        munich · confirmed · Rubio to meet Zelenskyy (confirmed: Reuters, DW, AFP) · since 10:40 · storyline explain #10
            Notice [Confirmed, New]
            → desk: confirmed
    "#]],
    );
}

#[test]
fn a_development_waits_to_be_confirmed_and_is_told_with_all_it_changed() {
    let mut world = World::new();
    world.munich(|rule| rule.confirm = Some(Confirm { origins: 2, within: Duration::from_hours(24) }));
    let news = vec![new("munich", ARRIVE, "Reuters"), phase("munich", ARRIVE, Phase::None, Phase::UnderWay)];
    check(
        &mut world,
        news,
        &expect![[r#"
        not told (below_rule): Phase Rubio and Vance arrive
    "#]],
    );
    check(
        &mut world,
        vec![again("munich", ARRIVE, "DW"), confirmed("munich", ARRIVE)],
        &expect![[r#"
        munich · none → under way · Rubio and Vance arrive (confirmed: Reuters, DW) · since 10:40 · storyline explain #8
            Warning [Phase, Confirmed, New]
            → desk: phase
    "#]],
    );
    world.wait(Duration::from_hours(48));
    assert_eq!(world.due(Visits::Settled), "");
}

#[test]
fn a_development_that_is_never_confirmed_is_told_when_its_time_is_up() {
    let mut world = World::new();
    world.munich(|rule| rule.confirm = Some(Confirm { origins: 2, within: Duration::from_hours(2) }));
    world.live(vec![new("munich", MEET, "Reuters")]);
    world.wait(Duration::from_mins(119));
    assert_eq!(world.due(Visits::Settled), "");
    world.wait(Duration::from_mins(1));
    expect![[r#"
        munich · new · Rubio to meet Zelenskyy (provisional: Reuters) · since 10:40 · storyline explain #5
            Notice [New]
            → desk: new
    "#]]
    .assert_eq(&world.due(Visits::Settled));
    assert_eq!(world.due(Visits::Settled), "");
}

#[test]
fn what_was_denied_while_it_waited_is_not_let_out() {
    let mut world = World::new();
    world.munich(|rule| rule.confirm = Some(Confirm { origins: 2, within: Duration::from_hours(2) }));
    world.live(vec![new("munich", MEET, "Reuters")]);
    world.live(denial("munich", "Kyiv denies it", MEET, "Ukrinform"));
    world.wait(Duration::from_hours(3));
    assert_eq!(world.due(Visits::Settled), "");
}

#[test]
fn a_sink_hears_of_its_storylines_and_of_what_matters_enough() {
    let mut world = World::new();
    world.sink("munich-only", |it| it.storylines = vec!["munich".into()]);
    world.sink("warnings", |it| it.min_severity = Severity::Warning);
    check(
        &mut world,
        vec![new("saudi-meeting", MEET, "Reuters")],
        &expect![[r#"
        saudi-meeting · new · Rubio to meet Zelenskyy (provisional: Reuters) · since 10:40 · storyline explain #4
            Notice [New]
            → desk: new
    "#]],
    );
    check(
        &mut world,
        vec![new("munich", MEET, "Reuters")],
        &expect![[r#"
        munich · new · Rubio to meet Zelenskyy (provisional: Reuters) · since 10:40 · storyline explain #7
            Notice [New]
            → desk: new
            → munich-only: new
    "#]],
    );
    check(
        &mut world,
        vec![phase("munich", MEET, Phase::None, Phase::Scheduled)],
        &expect![[r#"
        munich · none → scheduled · Rubio to meet Zelenskyy (provisional: Reuters) · since 10:40 · storyline explain #11
            Warning [Phase]
            → desk: phase, instead of an earlier one
            → munich-only: phase, instead of an earlier one
            → warnings: phase
    "#]],
    );
}

#[test]
fn what_is_old_is_not_told() {
    let check = |occasion: Occasion, events: Vec<Event>, want: &Expect| {
        want.assert_eq(&World::new().tell(occasion, events));
    };
    let news = || vec![new("munich", MEET, "Reuters")];
    check(
        Occasion::Backfill,
        news(),
        &expect![[r#"
        not told (backfill): New Rubio to meet Zelenskyy
    "#]],
    );
    check(
        Occasion::Late,
        news(),
        &expect![[r#"
        not told (late): New Rubio to meet Zelenskyy
    "#]],
    );
    check(
        Occasion::Live,
        vec![late(new("munich", MEET, "Reuters"))],
        &expect![[r#"
        not told (late): New Rubio to meet Zelenskyy
    "#]],
    );
    check(
        Occasion::FirstRun(Baseline::Silent),
        news(),
        &expect![[r#"
        not told (first_run): New Rubio to meet Zelenskyy
    "#]],
    );
    check(
        Occasion::FirstRun(Baseline::Digest),
        news(),
        &expect![[r#"
        not told (first_run): New Rubio to meet Zelenskyy
            desk gathers for FirstRun at 10:40: Rubio to meet Zelenskyy
    "#]],
    );
    check(
        Occasion::FirstRun(Baseline::Alert),
        news(),
        &expect![[r#"
        munich · new · Rubio to meet Zelenskyy (provisional: Reuters) · since 10:40 · storyline explain #4
            Notice [New]
            → desk: new
    "#]],
    );
    check(
        Occasion::Stop,
        news(),
        &expect![[r#"
        not told (stop): New Rubio to meet Zelenskyy
            desk gathers for Stop at 10:40: Rubio to meet Zelenskyy
    "#]],
    );
}

#[test]
fn what_happens_to_old_news_is_news() {
    let mut world = World::new();
    world.tell(Occasion::FirstRun(Baseline::Silent), vec![new("munich", MEET, "Reuters")]);
    check(
        &mut world,
        vec![again("munich", MEET, "DW"), confirmed("munich", MEET)],
        &expect![[r#"
        munich · confirmed · Rubio to meet Zelenskyy (confirmed: Reuters, DW) · since 10:40 · storyline explain #7
            Notice [Confirmed]
            → desk: confirmed
    "#]],
    );
}

#[test]
fn a_storyline_that_is_no_longer_followed_tells_nothing() {
    let mut world = World::new();
    world.record(Event::StorylineRetired { storyline: line("munich") });
    check(&mut world, vec![new("munich", MEET, "Reuters")], &expect![[r#""#]]);
}
