//! Decisions a person would call right or wrong, through the running daemon.

use std::{io::Write, process::Stdio};

use serde_json::{Value, json};

use crate::{house::House, path::STRIKE};

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
