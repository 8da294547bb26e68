//! The labelled items, scored by the scorer that came with them.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use jiff::{
    Timestamp,
    tz::{Offset, TimeZone},
};
use storyline_config::Config;
use storyline_store::Item;

use super::{
    super::{Rules, dates::mentions},
    data::{Row, lines, place, text},
};
use crate::{
    backtest::{Line, backtest_by, in_order},
    read::ItemLine,
};

/// The labelled items and the definitions written for them.
pub(super) fn gold() -> Option<(Config, Vec<Item>)> {
    let config = Config::load(&place("own/storylines-dev.toml")?).unwrap().config;
    let rows = lines("own/gold-dev.jsonl")?;
    let items = rows.iter().map(|it| ItemLine::parse(&it.to_string()).unwrap());
    Some((config, in_order(items.map(|it| it.item(it.published)).collect())))
}

pub(super) fn decide(config: &Config, rules: Rules, items: &[Item]) -> Vec<Line> {
    backtest_by(config, rules, items.iter().cloned()).collect()
}

/// What the scorer says of some decisions: its numbers in order, by the name of the line.
type Scores = BTreeMap<String, Vec<f64>>;

/// Scores decisions over the items in one language, or over those in all but English.
fn score(found: &[Line], lang: &str) -> Option<Scores> {
    let scorer = place("own/score.py")?;
    let folder = tempfile::tempdir().unwrap();
    let (gold, predicted) = (folder.path().join("gold.jsonl"), folder.path().join("found.jsonl"));
    let wanted = |it: &&serde_json::Value| (text(it, "lang") == "en") == (lang == "en");
    let rows: Vec<String> =
        lines("own/gold-dev.jsonl")?.iter().filter(wanted).map(ToString::to_string).collect();
    fs::write(&gold, rows.join("\n")).unwrap();
    let rows: Vec<String> = found.iter().map(|it| serde_json::to_string(it).unwrap()).collect();
    fs::write(&predicted, rows.join("\n")).unwrap();
    run(&scorer, &gold, &predicted)
}

fn run(scorer: &Path, gold: &Path, predicted: &Path) -> Option<Scores> {
    let Ok(out) = Command::new("python3").arg(scorer).args([gold, predicted]).output() else {
        eprintln!("SKIPPED: python3 is not there; nothing is scored");
        return None;
    };
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let said = String::from_utf8(out.stdout).unwrap();
    let numbers = |it: &str| {
        let words = it.split([' ', '/', ':']).map(|it| it.trim_end_matches(')'));
        words.filter_map(|it| it.parse().ok()).collect::<Vec<f64>>()
    };
    let split = |it: &str| {
        let (name, rest) = it.split_at(it.char_indices().nth(34).map_or(it.len(), |it| it.0));
        (name.trim().to_owned(), numbers(rest))
    };
    Some(said.lines().map(split).collect())
}

fn number(scores: &Scores, name: &str, place: usize) -> f64 {
    scores.get(name).and_then(|it| it.get(place)).copied().unwrap_or(f64::NAN)
}

pub(super) fn figures() -> Vec<Row> {
    let Some((config, items)) = gold() else { return Vec::new() };
    let found = decide(&config, Rules::default(), &items);
    let (Some(en), Some(others)) = (score(&found, "en"), score(&found, "others")) else { return Vec::new() };
    let row = |what: &str, name: &str, place: usize, goal: f64| {
        let of = |at: usize| number(&en, name, at);
        Row::new(
            what,
            of(place),
            if place == 2 { format!("P {:.3} R {:.3}", of(0), of(1)) } else { String::new() },
            goal,
        )
    };
    let alerts = |at: usize| number(&en, "alerts, per development", at);
    vec![
        row("relevance, item × storyline, F1", "relevance, item x storyline", 2, 0.82),
        row("relevance, any storyline, F1", "relevance, item in any storyline", 2, 0.92),
        row("copies, right parent, F1", "syndicated copies, right parent", 2, 1.0),
        Row {
            besides: format!(
                "P {:.3} R {:.3}; repeats {} (≤ 6), background {}, off-topic {} (≤ 10), of {} developments",
                alerts(0),
                alerts(1),
                alerts(3),
                alerts(4),
                alerts(5),
                alerts(6)
            ),
            ..row("alerts per development, F1", "alerts, per development", 2, 0.78)
        },
        row("development clusters, BCubed F1", "development clusters, BCubed", 2, 0.85),
        Row {
            besides: format!(
                "changes: recall {:.3} precision {:.3}",
                number(&en, "phase after item", 2),
                number(&en, "phase after item", 3)
            ),
            ..row("phase after item, accuracy", "phase after item", 0, 0.85)
        },
        row("facts: date, recall", "facts: date", 1, 0.75),
        row("facts: place, recall", "facts: place", 1, 0.85),
        row("facts: participant, recall", "facts: participant", 1, 0.85),
        Row::new(
            "items not in English, item × storyline, F1",
            number(&others, "relevance, item x storyline", 2),
            format!(
                "P {:.3} R {:.3}",
                number(&others, "relevance, item x storyline", 0),
                number(&others, "relevance, item x storyline", 1)
            ),
            0.7,
        ),
    ]
}

/// The figures by some rules that a step is judged by: what belongs, the item in any storyline, copies, alerts with
/// their repeats and the off-topic ones, clusters, phase, and dates, places and participants.
pub(super) fn row(config: &Config, items: &[Item], rules: Rules) -> Option<Vec<String>> {
    let scores = score(&decide(config, rules, items), "en")?;
    let share = |name: &str, place: usize| format!("{:.3}", number(&scores, name, place));
    let count = |name: &str, place: usize| format!("{:.0}", number(&scores, name, place));
    Some(vec![
        share("relevance, item x storyline", 2),
        share("relevance, item in any storyline", 2),
        share("syndicated copies, right parent", 2),
        share("alerts, per development", 2),
        count("alerts, per development", 3),
        count("alerts, per development", 5),
        share("development clusters, BCubed", 2),
        share("phase after item", 0),
        share("facts: date", 1),
        share("facts: place", 1),
        share("facts: participant", 1),
    ])
}

/// Labelled sentences with one date expression each.
pub(super) fn dates() -> Option<Row> {
    let rows = lines("own/dates-dev.jsonl")?;
    let right = rows.iter().filter(|row| {
        let hours = i8::try_from(row["utc_offset_hours"].as_i64().unwrap()).unwrap();
        let published: Timestamp = text(row, "published").parse().unwrap();
        let found =
            mentions(text(row, "text"), published, &TimeZone::fixed(Offset::constant(hours)), Some("en"));
        let wanted = match &row["value"] {
            serde_json::Value::Array(ends) => {
                Some(ends.iter().filter_map(|it| it.as_str()).collect::<Vec<_>>().join("/"))
            }
            it => it.as_str().map(str::to_owned),
        };
        let bare = |it: &str| it.trim_end_matches("'s").trim_end_matches("’s").to_owned();
        let expression = bare(text(row, "expression"));
        let hit = found.iter().find(|it| {
            let it = bare(&it.text);
            it.ends_with(&expression)
                || expression.ends_with(&it)
                || it.starts_with(&expression)
                || expression.starts_with(&it)
        });
        hit.is_some_and(|it| it.value.map(|it| it.to_string()) == wanted)
    });
    let right = right.count();
    Some(Row::new(
        "date sentences",
        right as f64 / rows.len() as f64,
        format!("{right} of {}", rows.len()),
        38.0 / 42.0,
    ))
}
