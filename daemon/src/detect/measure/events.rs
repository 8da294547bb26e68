//! A stream of reports, drawn together into events in one pass, by what decides in earnest.
//!
//! They belong without touching a facet, and have no time: what asks for either is out of what is measured.

use std::collections::BTreeSet;

use storyline_config::Config;
use storyline_store::{DevelopmentId, Item, Recorded, Seq};

use super::{
    super::{
        Definitions, Memory, Rules, Step,
        case::Case,
        judge::hear,
        relevance::{Belonging, How},
    },
    data::{Row, bcubed, lines, text},
    pairs::item,
};

/// A labelled report.
struct Labelled {
    item: Item,
    topic: String,
    event: String,
}

pub(super) fn figures() -> Vec<Row> {
    let Some(rows) = lines("third-party/ecbplus-topics-01-23.jsonl.gz") else { return Vec::new() };
    let labelled = |(at, it): (u64, &serde_json::Value)| Labelled {
        item: item(at, text(it, "title"), text(it, "body"), "en"),
        topic: text(it, "topic").to_owned(),
        event: text(it, "event").to_owned(),
    };
    let all: Vec<Labelled> = (0..).zip(&rows).map(labelled).collect();
    let odd = |it: &&Labelled| it.topic.parse().is_ok_and(|it: u32| it % 2 == 1);
    let half = |is_odd: bool| all.iter().filter(|it| odd(it) == is_odd).collect::<Vec<_>>();
    let every: Vec<&Labelled> = all.iter().collect();
    let (rules, together) = (timeless(), |_: &Labelled| "all".to_owned());
    let row = |what: &str, [f1, precision, recall]: [f64; 3], besides: String| {
        Row::new(what, f1, format!("P {precision:.3} R {recall:.3}{besides}"), 0.86)
    };
    let halves = [true, false].map(|it| score(&half(it), &rules, together)[0]);
    let besides = format!("; odd topics alone {:.3}, even ones {:.3}", halves[0], halves[1]);
    let uncounted = rules.clone().without(Step::Numbers);
    vec![
        row("events of topics 1–23, one pass, BCubed F1", score(&every, &rules, together), besides),
        row("the same, where a changed count is no news", score(&every, &uncounted, together), String::new()),
        row(
            "the same, a storyline a topic",
            score(&every, &rules, |it| format!("topic-{}", it.topic)),
            String::new(),
        ),
    ]
}

/// The shipped rules without what goes by time, since the reports have none.
fn timeless() -> Rules {
    Rules::default().without(Step::Decay).without(Step::Burst)
}

/// How well the developments that are told apart in a stream are its events.
fn score(all: &[&Labelled], rules: &Rules, storyline: impl Fn(&Labelled) -> String) -> [f64; 3] {
    let names: BTreeSet<String> = all.iter().map(|it| storyline(it)).collect();
    let definitions = definitions(&names, rules);
    let mut memory = Memory::default();
    let mut found = Vec::new();
    for it in all {
        let name = storyline(it);
        let story = names.iter().position(|it| *it == name).unwrap();
        let development = develop(&definitions, &mut memory, &it.item, story);
        found.push((it.event.as_str(), development.ok_or(it.item.id)));
    }
    bcubed(&found)
}

/// A storyline a name.
fn definitions(names: &BTreeSet<String>, rules: &Rules) -> Definitions {
    let story = |it: &String| format!("[storyline.{it}]\ntitle = \"x\"\nall = [[\"news\"]]\n");
    let written: String = names.iter().map(story).collect();
    let config = Config::parse("storyline.toml", &written).unwrap().config;
    Definitions::with_rules(&config, rules.clone())
}

/// Judges an item as one that belongs to a storyline, and remembers it; the development it got.
fn develop(
    definitions: &Definitions,
    memory: &mut Memory,
    item: &Item,
    story: usize,
) -> Option<DevelopmentId> {
    let heard = hear(definitions, memory, item)?;
    let belongs = Belonging {
        story,
        how: How::Facets,
        in_title: true,
        shared: false,
        passing: false,
        places: Vec::new(),
        facets: Vec::new(),
    };
    let touching = heard.touching();
    let judgement = Case::of(&heard, memory, &belongs, &touching)?.judge(item.effective);
    let development = judgement.development;
    for event in judgement.events() {
        memory.observe(&Recorded { seq: Seq(1), at: item.effective, event });
    }
    development
}
