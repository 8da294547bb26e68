//! What readers meet every day, on more subjects than one: the same traps, other words.

use storyline_config::Config;
use storyline_store::Relation;

use super::{
    Definitions, Judgement, Rules,
    ablation::{decide, told},
    tests::items,
};

const WORLD: &str = r#"
[storyline.vote]
title = "The election in Dorrin"
all = [["dorrin"], ["election", "vote", "ballot", "recount", "candidate"]]
none = ["song contest", "player of the year"]
[storyline.probe]
title = "The Kestra probe"
all = [["kestra"], ["probe", "launch", "orbit", "lander", "signal"]]
none = ["ice cream", "striker", "novel"]
[storyline.takeover]
title = "Velm's bid for Orsted Mills"
all = [["velm", "orsted mills"], ["bid", "takeover", "offer", "merger", "shareholders"]]
none = ["cup", "goal"]
"#;

fn decided(story: &str) -> Vec<Judgement> {
    let config = Config::parse("storyline.toml", WORLD).unwrap().config;
    decide(&Definitions::compile(&config), &items(story)).into_iter().map(|it| it.1).collect()
}

#[track_caller]
fn check(story: &str, expected: &str) {
    assert_eq!(told(WORLD, story, Rules::default()), expected, "{story}");
}

#[test]
fn a_digest_of_three_storylines_alerts_for_none() {
    check(
        "0 Lantern | Your Tuesday briefing: Dorrin vote, Kestra probe, Velm bid | Three things to know.",
        "1:background 1:background 1:background",
    );
    check(
        "0 Lantern | The morning in short | Dorrin counts its ballots. The probe Kestra sends a signal. Velm raises its bid for Orsted Mills.",
        "1:background 1:background 1:background",
    );
}

#[test]
fn a_live_blog_under_one_id_tells_only_what_is_new_in_it() {
    check(
        "
0 Courier =live | Dorrin election: live | Polls open in Dorrin's election.
1 Courier =live | Dorrin election: live | Polls open in Dorrin's election.
5 Courier =live | Dorrin election: live | A candidate is arrested at a Dorrin ballot station. Polls open in Dorrin's election.
",
        "1:new 3:new",
    );
    check(
        "
0 Courier =page | Kestra probe enters orbit | The burn lasted nine minutes.
3 Courier =page | Kestra probe enters orbit | The burn lasted nine minutes.
8 Courier =page | Kestra lander falls silent after separation | No signal has come since noon. The burn lasted nine minutes.
",
        "1:new 3:new",
    );
}

#[test]
fn a_headline_that_only_implies_its_subject_joins_what_it_means() {
    check(
        "
0 Courier | Kestra lander touches down in crater, sends first signal | Engineers wept as dust settled around its legs.
1 Ledger | Engineers weep as lander touches down in crater, dust around its legs | It was a long night.
",
        "1:new 2:corroboration!",
    );
}

#[test]
fn a_namesake_is_another_thing() {
    check("0 Sport | Velm wins cup with late goal after Orsted Mills offer of a draw | A fine game.", "");
    check("0 Lantern | Kestra, the novel about a lost probe, wins prize | Its author danced.", "");
    check("0 Lantern | Kestra ice cream to launch in May | It is green.", "");
    check("0 Lantern | Dorrin's song contest: who gets your vote? | The jury decides.", "");
}

#[test]
fn old_news_with_a_new_date_is_nothing_new() {
    let text = "The board of Orsted Mills turned the proposal down on Sunday night, calling it far too low for a company with nine factories and no debts.";
    check(
        &format!(
            "0 Courier | Orsted Mills board turns down Velm's offer | {text}\n130 Mirror | Orsted Mills board turns down Velm's offer | {text}"
        ),
        "1:new 2:copy",
    );
}

#[test]
fn a_figure_that_was_wrong_corrects_what_told_it() {
    let all = decided(
        "
0 Courier | Riot after Dorrin vote: 21 killed | Shots were fired in the square.
4 Kestrel | Dorrin candidate calls for calm after vote | She spoke on the radio.
9 Ledger | Dorrin vote riot toll lowered to 17 | Four had been counted in two hospitals.
",
    );
    let last = all.last().unwrap();
    assert_eq!((last.relation, last.disputes), (Relation::Correction, all[0].development));
}

#[test]
fn a_denial_of_a_denial_disputes_the_denial() {
    let all = decided(
        "
0 Courier | Velm to close four mills after takeover of Orsted Mills, memo says | The memo names them.
3 Ledger | Velm denies plan to close mills after Orsted Mills takeover | There is no memo, it said.
6 Courier | Union rejects Velm's denial over mills in takeover | It published the memo.
",
    );
    let relations: Vec<Relation> = all.iter().map(|it| it.relation).collect();
    assert_eq!(relations, [Relation::New, Relation::Denial, Relation::Denial]);
    assert_eq!(all[2].disputes, all[1].development);
}

#[test]
fn one_wire_report_under_ten_titles_is_one_origin() {
    let text = "The lander sent its first pictures at dawn on Tuesday, three hours after controllers had given it up for lost, and every one of them shows the rim of the same crater.";
    let titles = "Kestra lander sends first pictures; Given up for lost, Kestra lander calls home; First pictures from Kestra probe; \
                  Kestra's signal is back; Dawn signal from Kestra; A crater rim, seen by the Kestra lander; Kestra probe lives; \
                  Lost and found: the Kestra lander; Kestra lander photographs crater; Controllers cheer as Kestra signal returns";
    let story: Vec<String> = (0..)
        .zip(titles.split("; "))
        .map(|(at, it)| format!("{at} Paper {at} | {} | {text}", it.trim()))
        .collect();
    let copies: Vec<String> = (2..=10).map(|it| format!("{it}:copy")).collect();
    check(&story.join("\n"), &format!("1:new {}", copies.join(" ")));
}

/// Two outlets on one landslide, and what the second is taken for.
#[track_caller]
fn landslide(first: &str, second: &str, expected: &str) {
    let config = "[storyline.x]\ntitle = \"x\"\nall = [[\"landslide\"]]";
    let story = format!("0 Courier | {first}\n3 Ledger | {second}\n");
    assert_eq!(told(config, &story, Rules::default()), expected, "{second}");
}

#[test]
fn more_victims_are_news_and_fewer_are_an_outlet_behind() {
    let first = "Landslide near Torvik kills 12 | Mud buried a hamlet at dawn on Tuesday.";
    let again = "1:new 2:corroboration!";
    landslide(
        first,
        "Landslide near Torvik kills 19 | Mud buried a hamlet at dawn on Tuesday.",
        "1:new 2:new",
    );
    landslide(first, "Landslide near Torvik kills 8 | Mud buried a hamlet at dawn on Tuesday.", again);
}

#[test]
fn a_count_beside_the_news_is_no_change_unless_others_are_named() {
    let first = "Landslide buries hamlet near Torvik | Some 40 houses stood there, Ada Fenn said in Torvik.";
    landslide(
        first,
        "Landslide buries hamlet above Torvik | About 60 houses stood there, police said.",
        "1:new 2:corroboration!",
    );
    landslide(
        first,
        "Landslide buries hamlet near Alderby | About 60 houses stood there, police said.",
        "1:new 2:new",
    );
}

const MAYOR: &str =
    "[storyline.mayor]\ntitle = \"x\"\nall = [[\"torvik\"], [\"mayor\", \"minister\", \"council\"]]";

#[test]
fn a_deed_by_another_name_is_no_turn_and_one_more_is() {
    let check = |first: &str, second: &str, expected: &str| {
        let story = format!(
            "0 Courier | {first} | Ada Fenn was in office for six years.\n3 Ledger | {second} | Ada Fenn had been in office since 2019."
        );
        assert_eq!(told(MAYOR, &story, Rules::default()), expected, "{second}");
    };
    check("Torvik mayor Ada Fenn quits", "Torvik mayor Ada Fenn resigns", "1:new 2:corroboration!");
    check(
        "Torvik mayor Ada Fenn steps down",
        "Ada Fenn resigns as mayor of Torvik",
        "1:new 2:corroboration!",
    );
    check("Torvik minister Ada Fenn resigns", "Second Torvik minister resigns after Ada Fenn", "1:new 2:new");
    check(
        "Torvik mayor Ada Fenn resigns",
        "For second day, resigned Torvik mayor Ada Fenn silent",
        "1:new 2:corroboration!",
    );
}

#[test]
fn a_denial_of_another_thing_is_no_denial_again() {
    let story = "
0 Courier | Torvik mayor to close lido | The lido lost money.
1 Ledger | Torvik council denies it backs closing of lido | No vote was taken.
3 Herald | Torvik mayor to sell harbour to Orrin Marine | A price was set.
4 Kestrel | Torvik mayor denies harbour to be sold to Orrin Marine | No price was set.
";
    assert_eq!(told(MAYOR, story, Rules::default()), "1:new 2:denial 3:new 4:denial");
}

#[test]
fn a_text_that_is_read_late_is_one_with_what_was_copied_from_it() {
    let text = "The council of Torvik voted by nine to two on Monday to sell the old lido to a hotel that will fill its basin with sand and palms.";
    let story = format!(
        "1 Courier | Torvik council sells lido to hotel | {text}\n0.5 Ledger | Torvik council sells lido | {text}"
    );
    assert_eq!(told(MAYOR, &story, Rules::default()), "1:new 2:copy");
}

#[test]
fn a_child_has_what_its_umbrella_has_too() {
    let config = format!(
        "{MAYOR}\n[storyline.lido]\ntitle = \"y\"\nparent = \"mayor\"\nall = [[\"torvik\"], [\"council\"], [\"lido\"]]"
    );
    let story = "0 Courier | Torvik council meets at last | The council sold the lido to a hotel on Monday.";
    assert_eq!(told(&config, story, Rules::default()), "1:new 1:new");
}
