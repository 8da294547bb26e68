//! Quiet hours, digests at fixed times, holds and snoozes: everything is told in the end, and why it waited is known.

use std::time::Duration;

use expect_test::expect;
use jiff::{Timestamp, civil::Time, tz::TimeZone};
use storyline_config::{AlertCause, Confirm, Digest, Phase, QuietHours, Rate, Severity, Sink};
use storyline_store::Event;

use super::world::{World, again, confirmed, denial, line, new, phase};
use crate::plan::{Occasion, Visits, unheard, why_held};

fn time(text: &str) -> Time {
    Time::strptime("%H:%M", text).unwrap()
}

fn quiet(from: &str, to: &str) -> impl FnOnce(&mut Sink) {
    let hours = QuietHours { from: time(from), to: time(to), break_through: Some(Severity::Warning) };
    move |it| it.quiet_hours = Some(hours)
}

fn set(world: &mut World, now: &str) {
    world.now = now.parse::<Timestamp>().unwrap();
}

#[test]
fn quiet_hours_hold_all_but_warnings_and_end_with_one_digest() {
    let mut world = World::new();
    world.sink("desk", quiet("22:00", "07:00"));
    let mut told = String::new();
    set(&mut world, "2025-02-12T21:59:00Z");
    told += &world.live(vec![new("munich", "One", "Reuters")]);
    set(&mut world, "2025-02-12T22:00:00Z");
    told += &world.live(vec![new("munich", "Two", "Reuters")]);
    set(&mut world, "2025-02-13T03:00:00Z");
    told += &world.live(vec![again("munich", "Two", "DW"), confirmed("munich", "Two")]);
    told += &world.live(vec![
        new("saudi-meeting", "Three", "AP"),
        phase("saudi-meeting", "Three", Phase::None, Phase::Scheduled),
    ]);
    told += &world.due(Visits::Settled);
    expect![[r#"
        munich · new · One (provisional: Reuters) · since 10:40 · storyline explain #4
            Notice [New]
            → desk: new
        munich · new · Two (provisional: Reuters) · since 10:40 · storyline explain #7
            Notice [New]
            desk gathers for Quiet at 07:00: Two
        munich · confirmed · Two (confirmed: Reuters, DW) · since 10:40 on 12 Feb 2025 · storyline explain #11
            Notice [Confirmed]
            desk gathers for Quiet at 07:00: Two
        saudi-meeting · none → scheduled · Three (provisional: AP) · since 10:40 on 12 Feb 2025 · storyline explain #15
            Warning [Phase, New]
            → desk: phase
    "#]]
    .assert_eq(&told);
    set(&mut world, "2025-02-13T06:59:59Z");
    assert_eq!(world.due(Visits::Over), "");
    set(&mut world, "2025-02-13T07:00:00Z");
    expect![[r#"
        → desk: digest "quiet", "munich"
            1 alert · gathered in the quiet hours
            munich · confirmed · Two (confirmed: Reuters, DW) · since 10:40 on 12 Feb 2025 · storyline explain #11
    "#]]
    .assert_eq(&world.due(Visits::Settled));
    assert_eq!(world.due(Visits::Settled), "");
}

#[test]
fn quiet_hours_that_nothing_breaks_hold_warnings_too() {
    let mut world = World::new();
    world.sink("desk", |it| {
        quiet("22:00", "07:00")(it);
        it.quiet_hours.iter_mut().for_each(|it| it.break_through = None);
    });
    set(&mut world, "2025-02-12T23:00:00Z");
    world.live(vec![new("munich", "One", "Reuters")]);
    world.live(denial("munich", "Kyiv denies it", "One", "Ukrinform"));
    assert_eq!(world.bodies.len(), 0);
    set(&mut world, "2025-02-13T07:00:00Z");
    world.due(Visits::Settled);
    assert_eq!(world.bodies.len(), 1);
    assert_eq!(world.bodies[0]["cause"], "quiet");
    assert_eq!(world.bodies[0]["alerts"].as_array().unwrap().len(), 2);
}

#[test]
fn what_came_due_in_the_quiet_hours_is_told_in_the_same_one_digest() {
    let mut world = World::new();
    world.sink("desk", |it| {
        quiet("22:00", "07:00")(it);
        it.digest = Digest::Every(Duration::from_hours(1));
    });
    set(&mut world, "2025-02-12T21:30:00Z");
    world.live(vec![new("munich", "One", "Reuters")]);
    set(&mut world, "2025-02-12T22:30:00Z");
    assert_eq!(world.due(Visits::Settled), "", "its hour is over, and people sleep");
    world.live(vec![new("munich", "Two", "Reuters")]);
    set(&mut world, "2025-02-13T07:00:00Z");
    expect![[r#"
        → desk: digest "quiet", "munich"
            2 alerts · gathered in the quiet hours
            munich · new · One (provisional: Reuters) · since 10:40 · storyline explain #4
            munich · new · Two (provisional: Reuters) · since 10:40 · storyline explain #7
    "#]]
    .assert_eq(&world.due(Visits::Settled));
    assert_eq!(world.due(Visits::Settled), "");
    assert!(world.state.gathered.is_empty());
}

#[test]
fn a_digest_that_holds_a_warning_comes_in_the_quiet_hours_too() {
    let mut world = World::new();
    world.sink("desk", |it| {
        quiet("22:00", "07:00")(it);
        it.digest = Digest::At(vec![time("21:00"), time("23:00")]);
    });
    set(&mut world, "2025-02-12T22:30:00Z");
    world.live(vec![new("munich", "One", "Reuters")]);
    set(&mut world, "2025-02-12T23:00:00Z");
    assert_eq!(world.due(Visits::Settled), "");
    world.live(vec![
        new("saudi-meeting", "Two", "AP"),
        phase("saudi-meeting", "Two", Phase::None, Phase::Scheduled),
    ]);
    set(&mut world, "2025-02-13T07:00:00Z");
    world.due(Visits::Settled);
    set(&mut world, "2025-02-13T21:00:00Z");
    world.due(Visits::Settled);
    let causes: Vec<_> = world.bodies.iter().map(|it| it["cause"].as_str().unwrap()).collect();
    assert_eq!(causes, ["quiet", "window"], "its own time for it is 21:00");
}

#[test]
fn a_digest_comes_at_its_times_in_its_zone_also_when_clocks_are_set() {
    let mut world = World::new();
    world.sink("desk", |it| {
        it.digest = Digest::At(vec![time("08:00"), time("18:00")]);
        it.time_zone = Some(TimeZone::get("Europe/Berlin").unwrap());
    });
    // Clocks go forward in the night of 30 March.
    set(&mut world, "2025-03-29T18:00:00Z");
    let mut told = world.live(vec![new("munich", "One", "Reuters")]);
    set(&mut world, "2025-03-30T05:59:59Z");
    told += &world.due(Visits::Over);
    set(&mut world, "2025-03-30T06:00:00Z");
    told += &world.due(Visits::Settled);
    told += &world.live(vec![new("munich", "Two", "Reuters")]);
    set(&mut world, "2025-03-30T16:00:00Z");
    told += &world.due(Visits::Settled);
    set(&mut world, "2025-03-31T06:00:00Z");
    assert_eq!(world.due(Visits::Settled), "", "an empty digest is not sent");
    expect![[r#"
        munich · new · One (provisional: Reuters) · since 10:40 on 12 Feb 2025 · storyline explain #4
            Notice [New]
            desk gathers for Window at 06:00: One
        → desk: digest "window", "munich"
            1 alert · gathered
            munich · new · One (provisional: Reuters) · since 10:40 on 12 Feb 2025 · storyline explain #4
        munich · new · Two (provisional: Reuters) · since 10:40 on 12 Feb 2025 · storyline explain #8
            Notice [New]
            desk gathers for Window at 16:00: Two
        → desk: digest "window", "munich"
            1 alert · gathered
            munich · new · Two (provisional: Reuters) · since 10:40 on 12 Feb 2025 · storyline explain #8
    "#]]
    .assert_eq(&told);
}

#[test]
fn a_digest_says_what_a_person_has_seen() {
    let mut world = World::new();
    world.sink("desk", |it| it.digest = Digest::Every(Duration::from_mins(15)));
    world.live(vec![new("munich", "One", "Reuters")]);
    world.live(vec![new("munich", "Two", "Reuters")]);
    let alert = world.state.alerts.values().find(|it| it.headline == "One").unwrap().id;
    world.record(Event::AlertAcknowledged { alert, by: "someone".into() });
    world.wait(Duration::from_mins(15));
    expect![[r#"
        → desk: digest "window", "munich"
            2 alerts · gathered
            munich · new · One (provisional: Reuters) · since 10:40 · storyline explain #4 · seen
            munich · new · Two (provisional: Reuters) · since 10:40 · storyline explain #7
    "#]]
    .assert_eq(&world.due(Visits::Settled));
}

#[test]
fn one_alert_is_snoozed_and_the_others_are_told() {
    let mut world = World::new();
    world.live(vec![new("munich", "One", "Reuters")]);
    world.live(vec![new("munich", "Two", "Reuters")]);
    let alert = world.state.alerts.values().find(|it| it.headline == "One").unwrap().id;
    let until = "2025-02-12T12:00:00Z".parse().unwrap();
    world.record(Event::AlertHeld { alert, storyline: Some(line("munich")), until, by: "someone".into() });
    let mut told = world.live(vec![again("munich", "One", "DW"), confirmed("munich", "One")]);
    told += &world.live(vec![again("munich", "Two", "DW"), confirmed("munich", "Two")]);
    world.wait(Duration::from_mins(79));
    told += &world.due(Visits::Over);
    world.wait(Duration::from_mins(1));
    told += &world.due(Visits::Settled);
    expect![[r#"
        not told (snooze): Confirmed One
            desk gathers for Window at 12:00: One
        munich · confirmed · Two (confirmed: Reuters, DW) · since 10:40 · storyline explain #16
            Notice [Confirmed]
            → desk: confirmed, instead of an earlier one
        → desk: digest "window", "munich"
            1 alert · gathered
            munich · confirmed · One
    "#]]
    .assert_eq(&told);
}

#[test]
fn warnings_of_a_long_stop_are_told_once_each_also_where_one_sink_is_in_peace() {
    let mut world = World::new();
    world.sink("phone", |it| {
        quiet("22:00", "07:00")(it);
        it.quiet_hours.iter_mut().for_each(|it| it.break_through = None);
    });
    set(&mut world, "2025-02-13T02:00:00Z");
    world.tell(
        Occasion::Stop,
        vec![
            new("munich", "It began", "Reuters"),
            phase("munich", "It began", Phase::Scheduled, Phase::UnderWay),
        ],
    );
    let mut told = world.due(Visits::Settled);
    set(&mut world, "2025-02-13T07:00:00Z");
    told += &world.due(Visits::Settled);
    expect![[r#"
        → desk: digest "stop", "munich"
            2 storylines · as they stand after a long stop
            munich · under way · It began (provisional: Reuters) · since 10:40 on 12 Feb 2025
            saudi-meeting · none · nothing is reported yet
        munich · scheduled → under way · It began (provisional: Reuters) · since 10:40 on 12 Feb 2025 · storyline explain #9
            Warning [Phase, New]
            → desk: phase
        → phone: digest "stop", "munich"
            2 storylines · as they stand after a long stop
            munich · under way · It began (provisional: Reuters) · since 10:40 on 12 Feb 2025
            saudi-meeting · none · nothing is reported yet
    "#]]
    .assert_eq(&told);
    assert_eq!(world.due(Visits::Settled), "");
}

#[test]
fn why_nothing_came_has_an_answer() {
    let mut world = World::new();
    world.sink("desk", |it| {
        quiet("22:00", "07:00")(it);
        it.time_zone = Some(TimeZone::get("Europe/Berlin").unwrap());
    });
    world.sink("slow", |it| it.rate = Rate { messages: 1, per: Duration::from_hours(1) });
    world.sink("warnings", |it| it.min_severity = Severity::Warning);
    world.sink("saudi", |it| it.storylines = vec!["saudi-meeting".into()]);
    world.munich(|rule| {
        rule.on = vec![AlertCause::New, AlertCause::Phase];
        rule.min_origins = 2;
        rule.confirm = Some(Confirm { origins: 3, within: Duration::from_hours(2) });
    });
    set(&mut world, "2025-02-12T22:00:00Z");
    world.live(vec![new("saudi-meeting", "Two", "AP")]);
    world.live(vec![new("munich", "One", "Reuters")]);
    world.live(vec![again("munich", "One", "DW"), confirmed("munich", "One")]);
    world.wait(Duration::from_hours(2));
    world.due(Visits::Settled);
    world.live(vec![again("munich", "One", "AP"), confirmed("munich", "One")]);
    world.live(vec![new("saudi-meeting", "Three", "AP")]);
    let snoozed = "2025-02-13T12:00:00Z".parse().unwrap();
    world.record(Event::AlertSnoozed { storyline: line("saudi-meeting"), until: snoozed, by: "me".into() });
    world.live(vec![new("saudi-meeting", "Four", "AP")]);
    world.tell(Occasion::Backfill, vec![new("munich", "Old", "Reuters")]);
    let mut lines: Vec<String> = world.planned.iter().filter_map(|it| why_held(it, &world.zone)).collect();
    let one = world.state.alerts.values().find(|it| it.headline == "One").unwrap();
    lines.extend(unheard(&world.config, one).iter().map(|(sink, why)| format!("{sink} never: {why}")));
    expect![[r#"
        desk hears of it in a digest, not before 06:00 on 13 Feb 2025 (gathered in the quiet hours)
        its storyline's rule holds it: 1 origin of the 2 it takes
        desk hears of it in a digest, not before 06:00 on 13 Feb 2025 (gathered in the quiet hours)
        slow hears of it in a digest, not before 23:00 on 12 Feb 2025 (gathered, since more came than this sink takes one by one)
        its storyline alerts on no such change
        desk hears of it in a digest, not before 06:00 on 13 Feb 2025 (gathered in the quiet hours)
        slow hears of it in a digest, not before 01:00 on 13 Feb 2025 (gathered, since more came than this sink takes one by one)
        its alerts are snoozed: until 12:00
        desk hears of it in a digest, not before 12:00 on 13 Feb 2025 (gathered)
        saudi hears of it in a digest, not before 12:00 on 13 Feb 2025 (gathered)
        slow hears of it in a digest, not before 12:00 on 13 Feb 2025 (gathered)
        it was given to fill in the past
        saudi never: it hears of saudi-meeting only
        warnings never: it hears from warning on, and this is notice
    "#]].assert_eq(&(lines.join("\n") + "\n"));
}
