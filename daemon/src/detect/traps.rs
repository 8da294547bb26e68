//! Headlines that only look like what they are not, and those that are.

use storyline_config::Config;
use storyline_store::{FactKey, Relation};

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

#[test]
fn trains_that_are_late_put_off_no_strike() {
    let drops = |title: &str| {
        let all = decided(&format!(
            "0 Courier | Northrail strike to begin on 20 February | Drivers voted.\n30 Ledger | {title} | More to come."
        ));
        all.iter().map(|it| it.drops.len()).sum::<usize>()
    };
    assert_eq!(drops("Northrail strike: trains already delayed"), 0);
    assert_eq!(drops("Northrail strike postponed"), 1);
}

#[test]
fn what_is_held_in_a_company_makes_it_no_place() {
    for title in [
        "Northrail union raises stake in Castin",
        "Northrail strike: confidence in Castin falls",
        "Northrail strike brings fall in Castin shares",
        "Investors in Castin fear Northrail strike",
    ] {
        let all = decided(&format!("0 Courier | {title} | "));
        assert!(!all.is_empty(), "{title}");
        let is_place = all.iter().flat_map(|it| &it.facts).any(|it| it.key == FactKey::Place);
        assert!(!is_place, "{title}: {all:?}");
    }
}
