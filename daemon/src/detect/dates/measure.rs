//! Counts over labelled sentences that lie beside the project, where they do.

use std::{fs, path::Path, process::Command};

use jiff::{
    Timestamp,
    tz::{Offset, TimeZone},
};
use serde_json::Value;

use super::{DateValue, Mention, mentions};

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/detection");

fn lines(name: &str) -> Option<Vec<Value>> {
    let path = Path::new(SHARED).join(name);
    let Ok(text) = fs::read_to_string(&path) else {
        eprintln!("SKIPPED: {} is not there; nothing was measured", path.display());
        return None;
    };
    Some(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

fn label(value: &Value) -> Option<String> {
    match value {
        Value::Array(ends) => Some(ends.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("/")),
        Value::String(day) => Some(day.clone()),
        _ => None,
    }
}

fn same(mention: &Mention, expression: &str) -> bool {
    let lacks = |it: &str| it.trim_end_matches("'s").trim_end_matches("’s").to_owned();
    let (a, b) = (lacks(&mention.text), lacks(expression));
    a == b || a.ends_with(&b) || b.ends_with(&a) || a.starts_with(&b) || b.starts_with(&a)
}

#[test]
fn labelled_sentences_are_resolved() {
    let Some(rows) = lines("own/dates-dev.jsonl") else { return };
    let (mut right, mut weekdays, mut weekdays_right) = (0, 0, 0);
    for row in &rows {
        let text = row["text"].as_str().unwrap();
        let hours = row["utc_offset_hours"].as_i64().unwrap();
        let tz = TimeZone::fixed(Offset::constant(i8::try_from(hours).unwrap()));
        let published: Timestamp = row["published"].as_str().unwrap().parse().unwrap();
        let expression = row["expression"].as_str().unwrap();
        let found = mentions(text, published, &tz, Some("en"));
        let hit = found.iter().find(|it| same(it, expression));
        let ok = hit.is_some_and(|it| it.value.map(|it| it.to_string()) == label(&row["value"]));
        right += u32::from(ok);
        if expression.contains("day") && !expression.contains("ago") && !expression.contains("to") {
            weekdays += 1;
            weekdays_right += u32::from(ok);
        }
        if !ok {
            eprintln!("{text} [{expression}] want {:?}, found {found:?}", label(&row["value"]));
        }
    }
    eprintln!("date sentences {right}/{}, weekdays {weekdays_right}/{weekdays}", rows.len());
    assert!(right >= 42 && weekdays_right == weekdays);
}

#[test]
fn labelled_items_are_resolved() {
    let Some(rows) = lines("own/gold-dev.jsonl") else { return };
    let (mut labelled, mut found, mut right, mut extra) = (0, 0, 0, 0);
    for row in &rows {
        let published: Timestamp = row["published"].as_str().unwrap().parse().unwrap();
        let read = |key: &str| {
            mentions(row[key].as_str().unwrap_or(""), published, &TimeZone::UTC, row["lang"].as_str())
        };
        let mut got = read("title");
        got.extend(read("summary"));
        for date in row["dates"].as_array().unwrap() {
            labelled += 1;
            let text = date["text"].as_str().unwrap();
            let hit = got.iter().position(|it| it.text == text).map(|at| got.remove(at));
            found += u32::from(hit.is_some());
            let ok = hit
                .as_ref()
                .is_some_and(|it| it.value.map(|it: DateValue| it.to_string()) == label(&date["value"]));
            right += u32::from(ok);
            if !ok {
                eprintln!(
                    "{} | {} [{text}] want {:?}, found {hit:?}, else {got:?}",
                    row["title"], row["summary"], date["value"]
                );
            }
        }
        extra += got.len();
        for it in got {
            eprintln!("extra: {} | {} -> {it:?}", row["title"], row["summary"]);
        }
    }
    eprintln!("items: labelled {labelled}, found {found}, right {right}, not labelled {extra}");
    assert!(right >= 47);
}

#[test]
fn recognizer_expressions_are_resolved() {
    let path = Path::new(SHARED).join("third-party/recognizers-en-dates.jsonl.gz");
    let unpacked = Command::new("gzip").arg("-dc").arg(&path).output();
    let Ok(text) = unpacked.map_err(drop).and_then(|it| String::from_utf8(it.stdout).map_err(drop)) else {
        eprintln!("SKIPPED: gzip is not there; nothing was measured");
        return;
    };
    if text.is_empty() {
        eprintln!("SKIPPED: {} is not there; nothing was measured", path.display());
        return;
    }
    let (mut all, mut right) = (0, 0);
    for row in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        all += 1;
        // Its expectations are American: the month stands first.
        let day = row["reference"].as_str().unwrap().split('T').next().unwrap();
        let published: Timestamp = format!("{day}T17:00:00Z").parse().unwrap();
        let american = TimeZone::get("America/New_York").unwrap();
        let found = mentions(row["text"].as_str().unwrap(), published, &american, Some("en"));
        let want = [row["past"]["date"].as_str().unwrap(), row["future"]["date"].as_str().unwrap()];
        let got: Vec<String> = found.iter().filter_map(|it| it.value.map(|it| it.to_string())).collect();
        let none = want[0].starts_with("0001");
        let ok = if none { got.is_empty() } else { got.iter().any(|it| want.contains(&it.as_str())) };
        right += u32::from(ok);
        if !ok {
            eprintln!("{} {} -> {want:?} got {got:?}", row["reference"], row["text"]);
        }
    }
    eprintln!("recognizers {right}/{all}");
    // The rest is how people speak to an assistant, spelled-out years and days among it.
    assert!(right >= 69);
}
