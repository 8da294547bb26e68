//! What a newcomer sees first: the shipped storylines on headlines of our own making.

use std::{collections::BTreeMap, process::Command};

use serde_json::{Value, json};

use crate::house::root;

/// A headline, the language it is in, and the storyline it belongs to.
struct Headline<'a> {
    language: &'a str,
    storyline: Option<&'a str>,
    title: &'a str,
}

fn headlines(text: &str) -> Vec<Headline<'_>> {
    let fields = text.lines().filter(|it| !it.starts_with('#')).map(|it| it.split('\t').collect::<Vec<_>>());
    let read = fields.map(|it| match it[..] {
        [language, "-", title] => Headline { language, storyline: None, title },
        [language, storyline, title] => Headline { language, storyline: Some(storyline), title },
        _ => panic!("no headline: {it:?}"),
    });
    read.collect()
}

/// The storylines each headline is found to belong to, by its place in the list.
fn judged(headlines: &[Headline<'_>]) -> BTreeMap<usize, Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let items = folder.path().join("items.jsonl");
    let first: jiff::Timestamp = "2025-03-01T00:00:00Z".parse().unwrap();
    // So far apart that none is drawn to the one before.
    let lines = headlines.iter().enumerate().map(|(number, it)| {
        let published = first + jiff::SignedDuration::from_hours(96 * i64::try_from(number).unwrap());
        json!({"id": number.to_string(), "published": published, "lang": it.language, "title": it.title})
            .to_string()
    });
    std::fs::write(&items, lines.collect::<Vec<_>>().join("\n")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_storyline"))
        .arg("--config")
        .arg(root().join("config/storyline.toml"))
        .args(["backtest", "--json", "--items"])
        .arg(&items)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut found: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let it: Value = serde_json::from_str(line).unwrap();
        let number = it["id"].as_str().unwrap().parse().unwrap();
        found.entry(number).or_default().push(it["storyline"].as_str().unwrap().to_owned());
    }
    found
}

#[test]
fn the_starter_knows_its_headlines_and_leaves_the_others() {
    let text = std::fs::read_to_string(root().join("config/docs/headlines.tsv")).unwrap();
    let headlines = headlines(&text);
    let found = judged(&headlines);
    let (mut missed, mut wrong, mut belong) = (Vec::new(), Vec::new(), 0);
    for (number, it) in headlines.iter().enumerate() {
        let found = found.get(&number).map(Vec::as_slice).unwrap_or_default();
        match it.storyline {
            Some(storyline) => {
                belong += 1;
                if !found.iter().any(|it| it == storyline) {
                    missed.push(it.title);
                }
            }
            None if !found.is_empty() => wrong.push(it.title),
            None => {}
        }
    }
    let rest = headlines.len() - belong;
    assert!(missed.len() * 20 <= belong, "missed {} of {belong}:\n{}", missed.len(), missed.join("\n"));
    assert!(wrong.len() * 25 <= rest, "{} of {rest} are not ours:\n{}", wrong.len(), wrong.join("\n"));
}
