//! Days that are awaited: set, met, put off, and told to be overdue.

use jiff::SignedDuration;
use storyline_config::Config;
use storyline_store::{Event, Recorded, Seq};

use super::{Definitions, Memory, detect, due, tests::items};

const FAIR: &str = r#"
[storyline.fair]
title = "The Torvik trade fair"
all = [["torvik"], ["fair", "exhibition", "stand", "envoy", "trip", "visit"]]
[storyline.fair.phase]
under_way = ["fair opens", "fair begins"]
"#;

/// What each report sets (`+`), meets (`=`) and drops (`-`), a line each; then what is overdue ten weeks on.
fn awaited(story: &str) -> Vec<String> {
    let definitions = Definitions::compile(&Config::parse("storyline.toml", FAIR).unwrap().config);
    let mut memory = Memory::default();
    let mut out = Vec::new();
    let all = items(story);
    for item in &all {
        let mut words = Vec::new();
        for event in detect(&definitions, &memory, item, item.effective) {
            match &event {
                Event::ExpectationSet { from, date, .. } => {
                    let from = from.map(|it| format!("{it}/")).unwrap_or_default();
                    words.push(format!("+{from}{date}"));
                }
                Event::ExpectationMet { date, .. } => words.push(format!("={date}")),
                Event::ExpectationDropped { date, .. } => words.push(format!("-{date}")),
                _ => {}
            }
            memory.observe(&Recorded { seq: Seq(1), at: item.effective, event });
        }
        out.push(words.join(" "));
    }
    let end = all.last().unwrap().effective + SignedDuration::from_hours(70 * 24);
    out.extend(due(&definitions, &memory, end).into_iter().filter_map(|it| match it {
        Event::ExpectationMissed { what, .. } => Some(format!("overdue: {what}")),
        _ => None,
    }));
    out
}

#[track_caller]
fn check(story: &str, expected: &[&str]) {
    assert_eq!(awaited(story), expected, "{story}");
}

#[test]
fn a_day_that_is_put_off_is_no_longer_awaited() {
    check(
        "
0 Courier | Torvik fair to open on 20 February | Two hundred firms take a stand.
40 Ledger | Torvik fair postponed to 27 February | A burst pipe flooded the halls.
60 Kestrel | Torvik fair: opening moved from 20 February to 27 February | Halls are wet.
",
        &["+2025-02-20", "-2025-02-20 +2025-02-27", "", "overdue: Torvik fair postponed to 27 February"],
    );
}

#[test]
fn a_trip_that_is_put_off_is_not_overdue_on_its_old_day() {
    check(
        "
0 Courier | Envoy to visit Torvik fair on Wednesday | She will see the stands.
20 Ledger | Envoy puts off Torvik trip | No reason was given.
",
        &["+2025-02-12", "-2025-02-12"],
    );
    check(
        "
0 Courier | Envoy puts off trip to Torvik fair | The visit, planned for Wednesday, is now to take place on 10 March.
",
        &["+2025-03-10", "overdue: Envoy puts off trip to Torvik fair (10 March)"],
    );
}

#[test]
fn two_days_of_one_title_are_told_apart() {
    check(
        "0 Courier | Torvik fair to open on Friday, envoy to visit on Sunday | Firms come.",
        &[
            "+2025-02-14 +2025-02-16",
            "overdue: Torvik fair to open on Friday, envoy to visit on Sunday",
            "overdue: Torvik fair to open on Friday, envoy to visit on Sunday (on Sunday)",
        ],
    );
}

#[test]
fn a_place_is_not_what_is_put_off() {
    for title in ["Ferries to Torvik fair town delayed", "Snow near fair: trains to Torvik delayed"] {
        let story = format!(
            "0 Courier | Torvik fair to open on 20 February | Firms come.\n20 Ledger | {title} | Ice."
        );
        assert_eq!(awaited(&story)[1], "", "{title}");
    }
}

#[test]
fn another_thing_that_is_called_off_leaves_the_day_as_it_is() {
    for title in [
        "Hotel boss cancels contract as Torvik fair nears",
        "Singer postpones album before Torvik fair",
        "Carmaker halts work on app it was to show at Torvik fair",
        "Torvik fair: baker calls off wedding",
        "Torvik fair sponsor suspends dividend",
        "Calls grow to cancel Torvik fair",
    ] {
        let story = format!(
            "0 Courier | Torvik fair to open on 20 February | Firms come.\n20 Ledger | {title} | No reason was given."
        );
        assert_eq!(awaited(&story)[1], "", "{title}");
    }
    for title in ["Torvik fair cancelled", "Mayor calls off Torvik fair", "Torvik council scraps fair"] {
        let story = format!(
            "0 Courier | Torvik fair to open on 20 February | Firms come.\n20 Ledger | {title} | No reason was given."
        );
        assert_eq!(awaited(&story)[1], "-2025-02-20", "{title}");
    }
}

#[test]
fn a_week_and_a_month_are_awaited_to_their_end() {
    check(
        "0 Courier | Torvik fair to open next week | Firms come.",
        &["+2025-02-17/2025-02-23", "overdue: Torvik fair to open next week"],
    );
    check(
        "0 Courier | Torvik fair to open later this month | Firms come.",
        &["+2025-02-11/2025-02-28", "overdue: Torvik fair to open later this month"],
    );
    check("0 Courier | Torvik fair named best exhibition | The mayor retires next year.", &[""]);
    check("0 Courier | Torvik fair names best stand | A choir sings. Schools close next week.", &[""]);
}

#[test]
fn what_is_awaited_within_a_week_is_met_on_any_of_its_days() {
    check(
        "
0 Courier | Torvik fair to open next week | Firms come.
200 Ledger | Torvik fair opens | A brass band played.
",
        &["+2025-02-17/2025-02-23", "=2025-02-23"],
    );
}

#[test]
fn a_day_takes_the_place_of_the_week_it_was_known_by() {
    check(
        "
0 Courier | Torvik fair to open next week | Firms come.
30 Ledger | Torvik exhibition halls ready: fair is to open on 19 February | The mayor cuts a ribbon.
",
        &[
            "+2025-02-17/2025-02-23",
            "-2025-02-23 +2025-02-19",
            "overdue: Torvik exhibition halls ready: fair is to open on 19 February",
        ],
    );
}
