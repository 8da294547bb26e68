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

#[test]
fn a_sum_and_a_share_of_a_number_are_the_same_however_they_are_written() {
    check(
        "
0 Courier | Northrail drivers' strike cost $9.2 billion, minister says | She spoke in the chamber.
1 Ledger | Minister: Northrail strike cost $9.2bn | The chamber heard it in silence.
",
        "1:new 2:corroboration!",
    );
    check(
        "
0 Courier | Northrail union wins nine of eleven votes on strike | Two were lost.
1 Ledger | Northrail strike: union wins nine votes | Two were lost, it said.
",
        "1:new 2:corroboration!",
    );
}

#[test]
fn who_sets_the_same_day_for_the_same_step_tells_of_one_plan() {
    let config =
        format!("{RAIL}[storyline.rail.phase]\nscheduled = [\"strike set for\", \"to walk out on\"]\n");
    let told = |second: &str| {
        let story = format!(
            "0 Courier | Northrail drivers to walk out on 20 February | The stoppage lasts two days.\n6 Ledger | {second} | Commuters face empty platforms."
        );
        told(&config, &story, Rules::default())
    };
    assert_eq!(told("Northrail strike set for Thursday next week"), "1:new=scheduled 2:corroboration!");
    assert_eq!(told("Northrail strike set for Friday next week"), "1:new=scheduled 2:new");
}
