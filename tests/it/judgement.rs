//! Decisions a person would call right or wrong, through the running daemon.

use std::{io::Write, process::Stdio};

use serde_json::{Value, json};

use crate::{
    house::{House, until},
    path::STRIKE,
};

/// Gives lines to the daemon, one after the other.
fn ingest(house: &House, lines: &[Value]) {
    let mut child = house.command(&["ingest", "--feed", "wire"]);
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for line in lines {
        writeln!(input, "{line}").unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// A strike was called for a day to come, then called off: in the second report's first words much is said again.
#[test]
fn what_is_called_off_is_news_and_is_expected_no_longer() {
    let mut house = House::new(&format!("{STRIKE}cancelled = [\"strike called off\"]\n"));
    house.start();
    let now = jiff::Timestamp::now();
    let at = |hours: i64| (now - jiff::SignedDuration::from_hours(hours)).to_string();
    let day = (now + jiff::SignedDuration::from_hours(24 * 9)).strftime("%-d %B %Y").to_string();
    ingest(
        &house,
        &[
            json!({"id": "call", "outlet": "Harbour Bulletin", "published": at(9),
                   "title": format!("Norfjord dockers vote to strike on {day}"),
                   "summary": "Port workers at Norfjord Lines voted for a walkout over pay."}),
            json!({"id": "off", "outlet": "Tide Gazette", "published": at(1),
                   "title": "Norfjord dockers' strike called off after deal over pay",
                   "summary": "Norfjord Lines and the union of port workers agreed on terms overnight."}),
        ],
    );
    let events = house.events();
    let of = |kind: &str| events.iter().filter(|it| it["kind"] == kind).collect::<Vec<_>>();
    assert_eq!(of("development_reported").len(), 2, "{events:#?}");
    assert_eq!(of("expectation_set").len(), 1, "{events:#?}");
    assert_eq!(of("expectation_dropped").len(), 1, "{events:#?}");
    assert_eq!(of("expectation_met").len(), 0, "{events:#?}");
    let phases: Vec<&Value> = of("phase_entered").iter().map(|it| &it["to"]).collect();
    assert_eq!(phases, ["announced", "cancelled"]);
    let storyline = house.json(&["status", "dock-strike", "--json"]);
    assert_eq!(storyline["expectations"][0]["state"], "dropped", "{storyline:#}");
}

/// A restart forgot what came near, so that a person who looked in the evening saw nothing of the day.
#[test]
fn the_nearest_misses_of_the_day_are_shown_after_a_restart_too() {
    let mut house = House::new(STRIKE);
    house.start();
    let nearest = |house: &House| house.json(&["status", "--json"])["feeds"]["nearest_misses"].clone();
    assert_eq!(nearest(&house), json!([]));
    let now = jiff::Timestamp::now().to_string();
    let title = "The dockers fish for eels";
    ingest(&house, &[json!({"id": "1", "outlet": "Gazette", "published": now, "title": title})]);
    until("it is looked at", || nearest(&house) != json!([]));
    let before = nearest(&house);
    assert!(
        before[0].as_str().unwrap().starts_with("The dockers fish for eels (Gazette): dock-strike: "),
        "{before}"
    );
    // It is kept a moment after it is shown.
    until("it is kept", || house.path("data/snapshots/misses").exists());
    house.kill();
    house.start();
    assert_eq!(nearest(&house), before);
    assert_eq!(house.stop(), Some(0));
    // Where its storyline is no longer followed, nobody wants to know.
    house.configure(&STRIKE.replace("dock-strike", "harbour-strike"));
    house.start();
    assert_eq!(nearest(&house), json!([]));
    assert_eq!(house.stop(), Some(0));
}
