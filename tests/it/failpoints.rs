//! Ended at every named place of a commit, from the thought to the answer: what was acknowledged is there once.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    process::Stdio,
};

use serde_json::{Value, json};

use crate::{
    house::{House, root},
    path::STRIKE,
};

/// Rooms whose places this scenario passes; those of deliveries have a scenario of their own, and the log's its tests.
const ROOMS: [&str; 3] = ["writer.", "snapshot.", "ingest."];
/// Passes of each place that are tried.
const PASSES: [u32; 3] = [1, 2, 4];

/// Every place of these rooms that stands in the source.
fn places() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in crate::tidy::sources() {
        for after in file.1.split("failpoint(\"").skip(1) {
            let place = after.split('"').next().unwrap_or_default();
            if ROOMS.iter().any(|it| place.starts_with(it)) {
                found.insert(place.to_owned());
            }
        }
    }
    assert!(found.len() >= 8, "{found:?} in {}", root().display());
    found
}

fn line(n: u64) -> Value {
    let towns = ["Aldport", "Brinwick", "Corhaven", "Dunmere", "Estwell"];
    let town = towns[usize::try_from(n % 5).unwrap()];
    json!({"id": format!("n{n}"), "published": "2025-03-01T09:00:00Z",
           "title": format!("Dockers in {town} begin strike number {n} over pay"),
           "summary": format!("Port workers of pier {n} spoke of it.")})
}

/// Gives some items one by one, and answers with what was acknowledged.
pub(crate) fn ingest(
    house: &House,
    numbers: impl Iterator<Item = u64>,
) -> (BTreeMap<String, Value>, Option<i32>) {
    let mut acknowledged = BTreeMap::new();
    let mut code = Some(0);
    for n in numbers {
        let mut child = house.command(&["ingest", "--feed", "wire"]);
        let child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.unwrap();
        // Where the daemon is gone, so is the reader of this pipe.
        let _ = writeln!(child.stdin.take().unwrap(), "{}", line(n));
        let output = child.wait_with_output().unwrap();
        code = if output.status.success() { code } else { output.status.code() };
        for answer in String::from_utf8(output.stdout).unwrap().lines() {
            let answer: Value = serde_json::from_str(answer).unwrap();
            if answer["durable"] == true {
                acknowledged.insert(answer["id"].as_str().unwrap().to_owned(), answer);
            }
        }
    }
    (acknowledged, code)
}

/// Everything acknowledged stands in the log once, and no number is missing or used twice.
pub(crate) fn holds(house: &House, acknowledged: &BTreeMap<String, Value>, what: &str) {
    let events = house.events();
    let dense: Vec<u64> = events.iter().map(|it| it["seq"].as_u64().unwrap()).collect();
    assert_eq!(dense, (1..=events.len() as u64).collect::<Vec<_>>(), "{what}: no gap, no repeat");
    let mut reports = BTreeMap::<&str, u64>::new();
    for key in events.iter().filter_map(|it| it["report"]["key"].as_str()) {
        *reports.entry(key).or_default() += 1;
    }
    for (id, answer) in acknowledged {
        assert_eq!(reports.get(id.as_str()), Some(&1), "{what}: {answer}");
    }
    assert!(reports.values().all(|it| *it == 1), "{what}: {reports:?}");
    let alerts = events.iter().filter(|it| it["kind"] == "alert_raised");
    let alerts: Vec<_> = alerts.map(|it| (it["alert"].clone(), it["changes"].clone())).collect();
    for (n, alert) in alerts.iter().enumerate() {
        assert!(!alerts[..n].contains(alert), "{what}: {} was raised twice for the same", alert.0);
    }
}

#[test]
fn ended_at_any_place_of_a_commit_nothing_acknowledged_is_lost_or_repeated() {
    let mut passed = BTreeSet::new();
    for place in places() {
        for pass in PASSES {
            let mut house = House::new(STRIKE);
            house.start_to_abort_at(&format!("{place}:{pass}"));
            let (mut acknowledged, _) = ingest(&house, 0..4);
            let ended = house.has_ended() || house.stop().is_none();
            if ended {
                passed.insert(place.clone());
            }
            house.start();
            holds(&house, &acknowledged, &format!("{place}:{pass}"));
            let (again, code) = ingest(&house, 0..6);
            assert_eq!((again.len(), code), (6, Some(0)), "{place}:{pass}");
            for (id, first) in &acknowledged {
                assert_eq!(again.get(id), Some(first), "{place}:{pass}: the first answer stands");
            }
            acknowledged.extend(again);
            holds(&house, &acknowledged, &format!("{place}:{pass}, gone on"));
            assert_eq!(house.stop(), Some(0));
        }
    }
    assert_eq!(passed, places(), "each place was passed");
}
