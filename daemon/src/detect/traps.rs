//! Headlines that only look like what they are not, and those that are.

use storyline_config::Config;
use storyline_store::Relation;

use super::{
    Definitions, Judgement, Rules,
    ablation::{decide, told},
    tests::items,
};

const RAIL: &str = r#"
[storyline.rail]
title = "The strike at Northrail"
all = [["northrail"], ["strike", "drivers", "union", "minister"]]
"#;

#[track_caller]
fn check(story: &str, expected: &str) {
    assert_eq!(told(RAIL, story, Rules::default()), expected);
}

fn decided(story: &str) -> Vec<Judgement> {
    let config = Config::parse("storyline.toml", RAIL).unwrap().config;
    decide(&Definitions::compile(&config), &items(story)).into_iter().map(|it| it.1).collect()
}

#[test]
fn what_follows_a_time_is_told_all_the_same() {
    check(
        "0 Courier | Northrail trains stand still | Two days after talks failed Northrail drivers began a strike.",
        "1:new",
    );
}

#[test]
fn who_stands_by_words_that_nobody_denied_denies_nothing() {
    let all = decided(
        "
0 Courier | Minister says Northrail strike will cost millions | She gave a statement in the chamber.
5 Ledger | Minister stands by statement on Northrail strike | She repeated it in the chamber.
",
    );
    assert!(all.iter().all(|it| it.relation != Relation::Denial), "{all:?}");
}

#[test]
fn a_number_that_is_cut_corrects_nothing() {
    let all = decided(
        "
0 Courier | Northrail drivers end strike | Trains run again.
5 Ledger | Northrail cuts number of jobs as strike ends | Four depots close.
",
    );
    assert!(all.iter().all(|it| it.relation != Relation::Correction), "{all:?}");
}
