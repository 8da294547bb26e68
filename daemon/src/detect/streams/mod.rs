//! Streams of our own on other subjects.
//!
//! The rules for facts were written beside the first ones, so those guard and do not measure; of the last four no rule
//! knew anything when it was written. Of all but the first four every place is labelled, so that a wrong one counts.
//!
//! Labelled before they were judged; a line is `hours outlet | title | text #category | labels`, a label
//! `storyline:development:relation:phase;fact=value…`, with `state=confirmed` where it confirms its development.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use storyline_config::Config;
use storyline_store::{FactKey, Item};

use super::{Definitions, Rules, ablation::decide, tests::items};

/// What a stream came to.
#[derive(Debug, Default)]
struct Score {
    belongs: [usize; 3],
    alerts: [usize; 3],
    facts: [usize; 2],
    /// Right ones and wrong ones, of those found.
    places: [usize; 2],
    phases: [usize; 2],
    /// Confirmations, where a stream labels them.
    confirmed: [usize; 3],
    /// What was judged otherwise than it is labelled.
    wrong: Vec<String>,
}

fn f1([right, wrong, missed]: [usize; 3]) -> f64 {
    2.0 * right as f64 / (2 * right + wrong + missed).max(1) as f64
}

type Label<'a> = (&'a str, &'a str, &'a str, &'a str, Vec<(&'a str, &'a str)>);

fn label(text: &str) -> Label<'_> {
    let mut parts = text.split(';');
    let mut head = parts.next().unwrap_or_default().split(':');
    let mut next = || head.next().unwrap_or_default();
    let (storyline, development, relation, phase) = (next(), next(), next(), next());
    (storyline, development, relation, phase, parts.filter_map(|it| it.split_once('=')).collect())
}

fn read(text: &str) -> (Vec<Item>, Vec<Vec<Label<'_>>>) {
    let lines = || text.lines().filter(|it| !it.trim().is_empty());
    let bare: Vec<String> =
        lines().map(|it| it.splitn(4, " | ").take(3).collect::<Vec<_>>().join(" | ")).collect();
    let monday: Timestamp = "2026-03-02T06:00:00Z".parse().unwrap();
    let mut all = items(&bare.join("\n"));
    let shift = monday.duration_since("2025-02-10T06:00:00Z".parse().unwrap());
    for it in &mut all {
        it.text = it.text.trim_end_matches([' ', '|']).to_owned();
        if let Some((text, category)) = it.text.clone().split_once(" #") {
            (it.text, it.categories) = (text.to_owned(), vec![category.to_owned()]);
        }
        it.effective = it.effective.checked_add(SignedDuration::from_secs(shift.as_secs())).unwrap();
        (it.published, it.seen) = (Some(it.effective), it.effective);
    }
    let labels = lines().map(|it| it.splitn(4, " | ").nth(3).map(|it| vec![label(it.trim())]));
    (all, labels.map(Option::unwrap_or_default).collect())
}

fn score(config: &str, text: &str, rules: Rules) -> Score {
    let config = Config::parse("storyline.toml", config).unwrap().config;
    let (items, labels) = read(text);
    let decided = decide(&Definitions::with_rules(&config, rules), &items);
    let mut score = Score::default();
    let mut first: BTreeSet<(String, String)> = BTreeSet::new();
    let states = labels.iter().flatten().any(|it| it.4.contains(&CONFIRMED));
    let mut phases: BTreeMap<String, String> = BTreeMap::new();
    for (number, labels) in labels.iter().enumerate() {
        let name = (number + 1).to_string();
        let mine: Vec<_> = decided.iter().filter(|it| it.0 == name).map(|it| &it.1).collect();
        let labelled = |it: &str| labels.iter().find(|label| label.0 == it);
        for it in &mine {
            let label = labelled(it.storyline.as_str());
            score.belongs[usize::from(label.is_none())] += 1;
            phases.insert(it.storyline.to_string(), it.phase.as_str().to_owned());
            let known = label.filter(|it| it.1 != "-").map(|label| (label.0.to_owned(), label.1.to_owned()));
            if it.opens() {
                let right = known.is_some_and(|it| first.insert(it));
                if !right {
                    score.wrong.push(format!("alert: {}", items[number].title));
                }
                score.alerts[usize::from(!right)] += 1;
            }
        }
        for (storyline, _, _, phase, facts) in labels {
            let judged = mine.iter().find(|it| it.storyline.as_str() == *storyline);
            score.belongs[2] += usize::from(judged.is_none());
            let expected = facts.contains(&CONFIRMED);
            let found = judged.is_some_and(|it| it.confirms.is_some());
            if states && found != expected {
                score.wrong.push(format!(
                    "confirmed {found}: {} {:?}",
                    items[number].title,
                    judged.map(|it| (it.relation, &it.evidence.origin))
                ));
            }
            score.confirmed[if expected { 2 - 2 * usize::from(found) } else { 1 }] +=
                usize::from(states && (expected || found));
            let is_right = phases.get(*storyline).is_some_and(|it| it == phase);
            if !is_right {
                score.wrong.push(format!(
                    "{phase}, not {:?}: {}",
                    phases.get(*storyline),
                    items[number].title
                ));
            }
            score.phases[0] += usize::from(is_right);
            score.phases[1] += 1;
            for it in judged.iter().flat_map(|it| &it.facts).filter(|it| it.key == FactKey::Place) {
                score.places[usize::from(!facts.contains(&("place", it.value.as_str())))] += 1;
            }
            for (key, value) in facts.iter().filter(|it| **it != CONFIRMED) {
                let is = |it: &super::Fact| {
                    let key_of = match it.key {
                        FactKey::Date => "date",
                        FactKey::Place => "place",
                        FactKey::Participant => "participant",
                    };
                    key_of == *key && it.value == *value
                };
                score.facts[0] += usize::from(judged.is_some_and(|it| it.facts.iter().any(is)));
                score.facts[1] += 1;
            }
        }
    }
    let all: BTreeSet<(&str, &str)> =
        labels.iter().flatten().filter(|it| it.1 != "-").map(|it| (it.0, it.1)).collect();
    score.alerts[2] = all.len() - first.len();
    score
}

/// The label of a report that confirms its development.
const CONFIRMED: (&str, &str) = ("state", "confirmed");

/// Its name, its definition, its items, and whether all its places are labelled.
type Stream = (&'static str, &'static str, &'static str, bool);

const STREAMS: [Stream; 15] = [
    ("recall", include_str!("recall.toml"), include_str!("recall.txt"), false),
    ("tunnel", include_str!("tunnel.toml"), include_str!("tunnel.txt"), false),
    ("trial", include_str!("trial.toml"), include_str!("trial.txt"), false),
    ("strike", include_str!("strike.toml"), include_str!("strike.txt"), false),
    ("merger", include_str!("merger.toml"), include_str!("merger.txt"), false),
    ("election", include_str!("election.toml"), include_str!("election.txt"), false),
    ("hostages", include_str!("hostages.toml"), include_str!("hostages.txt"), true),
    ("coalition", include_str!("coalition.toml"), include_str!("coalition.txt"), true),
    ("eruption", include_str!("eruption.toml"), include_str!("eruption.txt"), true),
    ("appeal", include_str!("appeal.toml"), include_str!("appeal.txt"), true),
    ("rocket", include_str!("rocket.toml"), include_str!("rocket.txt"), true),
    ("takeover", include_str!("takeover.toml"), include_str!("takeover.txt"), true),
    ("shipyard", include_str!("shipyard.toml"), include_str!("shipyard.txt"), true),
    ("flood", include_str!("flood.toml"), include_str!("flood.txt"), true),
    ("tariffs", include_str!("tariffs.toml"), include_str!("tariffs.txt"), true),
];

/// Over all streams: what belongs and the alerts, F1 each, the share of phases that are right, and the confirmations, F1.
pub(super) fn figures(rules: &Rules) -> [f64; 4] {
    let (mut belongs, mut alerts, mut phases, mut confirmed) = ([0; 3], [0; 3], [0; 2], [0; 3]);
    for (_, config, text, _) in STREAMS {
        let it = score(config, text, rules.clone());
        belongs.iter_mut().zip(it.belongs).for_each(|(all, it)| *all += it);
        alerts.iter_mut().zip(it.alerts).for_each(|(all, it)| *all += it);
        confirmed.iter_mut().zip(it.confirmed).for_each(|(all, it)| *all += it);
        phases.iter_mut().zip(it.phases).for_each(|(all, it)| *all += it);
    }
    [f1(belongs), f1(alerts), phases[0] as f64 / phases[1] as f64, f1(confirmed)]
}

#[test]
fn streams_on_other_subjects_are_judged_as_well() {
    for (name, config, text, is_whole) in STREAMS {
        let it = score(config, text, Rules::default());
        println!("{name}: belongs {:.3}, alerts {:.3}, {it:?}", f1(it.belongs), f1(it.alerts));
        assert!(f1(it.belongs) >= 0.9, "{name}: what belongs, {:.3}", f1(it.belongs));
        // The tunnel's turns are told in words that agree in little else.
        let floor = if name == "tunnel" { 0.75 } else { 0.85 };
        assert!(f1(it.alerts) >= floor, "{name}: alerts, {:.3}", f1(it.alerts));
        assert!(it.facts[0] * 10 >= it.facts[1] * 7, "{name}: facts, {:?}", it.facts);
        for it in &it.wrong {
            println!("  {it}");
        }
        let [right, wrong] = it.places;
        assert!(!is_whole || right >= 3 * wrong, "{name}: places, {:?}", it.places);
    }
}
