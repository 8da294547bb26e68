//! Is one event told again, or another told much like it?
//!
//! Two or more reports on one subject each, labelled before they were judged: `again` is the same event by another
//! outlet, `new` another one. What is judged otherwise today is marked with `*`. By the first half weights were chosen;
//! the second was only looked at to see whether what was chosen holds; the third was written by somebody who had seen
//! neither, and 24 of its 37 second reports were wrong before the rules were mended with it in view.
//!
//! A block begins with `# name: alias alias; alias`, the facets of its storyline; a line is
//! `hours outlet | title | text | label`.

use storyline_config::Config;

use super::{Definitions, Rules, ablation::decide, tests::items};

/// A block: its name, its definition, and its lines.
fn blocks(text: &str) -> Vec<(&str, String, Vec<&str>)> {
    let mut out = Vec::new();
    for line in text.lines().filter(|it| !it.is_empty()) {
        if let Some((name, facets)) = line.strip_prefix("# ").and_then(|it| it.split_once(": ")) {
            let alias = |it: &str| format!("\"{}\"", it.replace('_', " "));
            let facet = |it: &str| it.split_whitespace().map(alias).collect::<Vec<_>>().join(", ");
            let all: Vec<String> = facets.split(';').map(|it| format!("[{}]", facet(it))).collect();
            let config = format!("[storyline.x]\ntitle = \"x\"\nall = [{}]\n", all.join(", "));
            out.push((name, config, Vec::new()));
        } else if let Some(it) = out.last_mut() {
            it.2.push(line);
        }
    }
    out
}

/// How many reports are judged as labelled, of how many, and those that are not as they are marked.
fn judged(text: &str, rules: &Rules) -> (usize, usize, Vec<String>) {
    let (mut right, mut all, mut surprises) = (0, 0, Vec::new());
    for (name, config, lines) in blocks(text) {
        let config = Config::parse("storyline.toml", &config).unwrap().config;
        let split: Vec<(&str, &str)> = lines.iter().map(|it| it.rsplit_once(" | ").unwrap()).collect();
        let bare: Vec<&str> = split.iter().map(|it| it.0).collect();
        let decided = decide(&Definitions::with_rules(&config, rules.clone()), &items(&bare.join("\n")));
        for (number, (line, label)) in (1..).zip(split) {
            let is_known_wrong = label.ends_with('*');
            let label = label.trim_end_matches('*');
            assert!(matches!(label, "new" | "again"), "{name}: {line}");
            let it = decided.iter().find(|it| it.0 == format!("{number}")).map(|it| &it.1);
            let found = it.map_or("nothing", |it| if it.opens() { "new" } else { "again" });
            let is_right = found == label;
            right += usize::from(is_right);
            all += 1;
            if is_right == is_known_wrong {
                let near = it.and_then(|it| it.evidence.nearest.as_ref()).map(|it| it.score);
                let why = it.map(|it| &it.evidence.why);
                surprises.push(format!("{name}: {line} | {label}, found {found}, {near:?} {why:?}"));
            }
        }
    }
    (right, all, surprises)
}

#[test]
fn an_event_told_again_is_told_from_another_one() {
    let mut wrong = String::new();
    for (name, text) in [
        ("first", include_str!("first.txt")),
        ("second", include_str!("second.txt")),
        ("third", include_str!("third.txt")),
    ] {
        let (right, all, surprises) = judged(text, &Rules::default());
        println!("{name}: {right} of {all} as labelled");
        wrong.extend(surprises.iter().map(|it| format!("{name}: {it}\n")));
    }
    assert!(wrong.is_empty(), "{wrong}");
}
