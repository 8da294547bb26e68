//! Killed at any moment: what was acknowledged is there once, and nothing is missing between.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    process::Stdio,
};

use serde_json::{Value, json};

use crate::{
    house::{House, until},
    path::STRIKE,
};

/// Rounds of a kill in the middle of a stream of items. `STORYLINE_KILL_ROUNDS=1000` runs more.
fn rounds() -> u64 {
    std::env::var("STORYLINE_KILL_ROUNDS").ok().and_then(|it| it.parse().ok()).unwrap_or(4)
}

#[test]
fn what_was_acknowledged_survives_kill_nine() {
    let mut house = House::new(STRIKE);
    let mut acknowledged: BTreeMap<String, Value> = BTreeMap::new();
    for round in 0..rounds() {
        house.start();
        let stop_after = 3 + (round * 7) % 23;
        ingest_until_killed(&mut house, round, stop_after, &mut acknowledged);
    }
    house.start();
    let events = house.events();
    let dense: Vec<u64> = events.iter().map(|it| it["seq"].as_u64().unwrap()).collect();
    assert_eq!(dense, (1..=events.len() as u64).collect::<Vec<_>>(), "no gap, no repeat");
    for (id, answer) in &acknowledged {
        let reports = events.iter().filter(|it| it["report"]["key"] == json!(id)).count();
        let kept = answer["events"].as_u64().unwrap();
        assert_eq!(reports > 0, kept > 0, "{id} was acknowledged with {kept} events");
        assert!(reports <= 1, "{id} was recorded {reports} times");
    }
    assert!(acknowledged.len() as u64 > rounds() * 2, "the rounds did something");
}

/// Pipes items in, notes what is acknowledged, and kills the daemon after so many answers.
fn ingest_until_killed(
    house: &mut House,
    round: u64,
    stop_after: u64,
    acknowledged: &mut BTreeMap<String, Value>,
) {
    let mut ingest = house.command(&["ingest", "--feed", "wire"]);
    let mut ingest =
        ingest.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut input = ingest.stdin.take().unwrap();
    let feeding = std::thread::spawn(move || {
        for n in 0..200 {
            // Where the daemon is gone, so is the reader of this pipe.
            if writeln!(input, "{}", line(round, n)).is_err() {
                return;
            }
        }
    });
    let mut answers = BufReader::new(ingest.stdout.take().unwrap()).lines();
    for _ in 0..stop_after {
        let Some(Ok(answer)) = answers.next() else { break };
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["durable"], true, "{answer}");
        acknowledged.insert(answer["id"].as_str().unwrap().to_owned(), answer);
    }
    house.kill();
    for answer in answers.map_while(Result::ok) {
        let answer: Value = serde_json::from_str(&answer).unwrap();
        if answer["durable"] == true {
            acknowledged.insert(answer["id"].as_str().unwrap().to_owned(), answer);
        }
    }
    let code = ingest.wait().unwrap().code();
    assert!(matches!(code, Some(0 | 69)), "{code:?}");
    feeding.join().unwrap();
}

fn line(round: u64, n: u64) -> Value {
    let towns = ["Aldport", "Brinwick", "Corhaven", "Dunmere", "Estwell"];
    let town = towns[usize::try_from(n % 5).unwrap()];
    let title = if n.is_multiple_of(3) {
        format!("Fair number {round}-{n} opens in {town}")
    } else {
        format!("Dockers in {town} begin strike number {round}-{n} over pay")
    };
    json!({"id": format!("r{round}-{n}"), "published": "2025-03-01T09:00:00Z", "title": title,
           "summary": format!("Port workers of pier {n} spoke of it on day {round}.")})
}

#[test]
fn the_same_item_gets_the_same_answer_also_after_a_kill() {
    let mut house = House::new(STRIKE);
    house.start();
    let first = ingest(&house, &line(0, 1));
    assert!(first["events"].as_u64().unwrap() > 0, "{first}");
    assert_eq!(ingest(&house, &line(0, 1)), first);
    house.kill();
    house.start();
    assert_eq!(ingest(&house, &line(0, 1)), first);
    until("it stands in the log once", || {
        house.events().iter().filter(|it| it["report"]["key"] == "r0-1").count() == 1
    });
}

fn ingest(house: &House, line: &Value) -> Value {
    let mut child = house.command(&["ingest", "--feed", "wire"]);
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{line}").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}
