//! Counts over labelled sentences that lie beside the project, where they do.

use std::{fs, path::Path};

use jiff::{
    Timestamp,
    tz::{Offset, TimeZone},
};
use serde_json::Value;

use super::{DateValue, Mention, mentions};

fn lines(name: &str) -> Option<Vec<Value>> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/detection")).join(name);
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
    assert!(right >= 38 && weekdays_right + 1 >= weekdays);
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
    assert!(right >= 40);
}
