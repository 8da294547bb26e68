//! Every step earns its place: a story that goes wrong without it.

use jiff::Timestamp;
use storyline_config::Config;
use storyline_store::{Certainty, Item, Recorded, Seq};

use super::{Definitions, Judgement, Memory, Rules, Step, judge, tests::items};

/// Judges items one after the other, as the writer does.
pub(super) fn decide(definitions: &Definitions, items: &[Item]) -> Vec<(String, Judgement)> {
    let (mut memory, mut seen, mut out) = (Memory::default(), std::collections::BTreeSet::new(), Vec::new());
    for item in items {
        let item = Item { revision: !seen.insert(item.id), ..item.clone() };
        let now: Timestamp = item.effective;
        for it in judge(definitions, &memory, &item, now) {
            for event in it.clone().events() {
                memory.observe(&Recorded { seq: Seq(1), at: now, event });
            }
            out.push((item.key.clone().unwrap_or_default(), it));
        }
    }
    out
}

/// What was decided, a word an item: `1:new`, with the phase where it moved and `!` where it confirmed.
pub(super) fn told(config: &str, story: &str, rules: Rules) -> String {
    let config = Config::parse("storyline.toml", config).unwrap().config;
    let mut all = items(story);
    for it in &mut all {
        if let Some((text, categories)) = it.text.clone().split_once(" #") {
            it.text = text.to_owned();
            it.categories = vec![categories.to_owned()];
        }
    }
    let word = |(name, it): &(String, Judgement)| {
        let relation = serde_json::to_value(it.relation).unwrap();
        let moved = it.moved.as_ref().map(|_| format!("={}", it.phase.as_str())).unwrap_or_default();
        let confirms = if it.confirms.is_some() { "!" } else { "" };
        format!("{name}:{}{moved}{confirms}", relation.as_str().unwrap())
    };
    let decided = decide(&Definitions::with_rules(&config, rules), &all);
    decided.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(step: Step, config: &str, story: &str, expected: &str) {
    let with = told(config, story, Rules::default());
    assert_eq!(with, expected, "with {step:?}");
    let without = told(config, story, Rules::default().without(step));
    assert_ne!(with, without, "{step:?} makes no difference");
}

const MINE: &str = r#"
[storyline.mine]
title = "The mine at Garrow"
all = [["garrow"], ["mine", "miner", "shaft", "rescue"]]
none = ["film", "novel"]
[storyline.mine.phase]
under_way = ["rescue begins"]
concluded = ["rescue ends"]
"#;
/// The same without cues of its own.
const PLAIN: &str =
    "[storyline.mine]\ntitle = \"x\"\nall = [[\"garrow\"], [\"mine\", \"miner\", \"shaft\", \"rescue\"]]";

#[test]
fn only_what_is_new_in_a_later_content_is_judged() {
    let story = "
0 Courier =live | Garrow mine: live | Water pours into a shaft at Garrow.
30 Courier =live | Garrow mine: live | Water pours into a shaft at Garrow. The harbour fair opens.
";
    check(Step::Revision, MINE, story, "1:new");
}

#[test]
fn a_category_stands_in_for_a_facet() {
    check(
        Step::WeakEvidence,
        MINE,
        "0 Courier | Water pours into mine | Pumps are on their way. #Garrow",
        "1:new",
    );
}

#[test]
fn a_sentence_that_points_to_another_article_is_no_part_of_this_one() {
    let story =
        "0 Courier | Herring prices fall in Garrow | Cooks cheer. Read more: Water pours into Garrow mine";
    check(Step::Pointer, MINE, story, "");
}

#[test]
fn an_exclusion_keeps_a_namesake_out() {
    check(Step::Veto, MINE, "0 Courier | Garrow, a film about a mine, opens | Critics like it.", "");
}

#[test]
fn an_umbrella_yields_to_its_child() {
    let both = format!(
        "{PLAIN}\n[storyline.law]\ntitle = \"y\"\nparent = \"mine\"\nall = [[\"garrow\"], [\"inquiry\", \"lawsuit\"]]"
    );
    let story = "0 Courier | Inquiry into Garrow named | It will ask why the mine was not shut.";
    check(Step::Umbrella, &both, story, "1:new");
}

#[test]
fn facets_apart_from_each_other_are_a_digest() {
    let story =
        "0 Courier | Around the county | Garrow has a new mayor. Herring is dear. A mine elsewhere is sold.";
    check(Step::Window, MINE, story, "1:background");
}

#[test]
fn a_report_that_misses_a_facet_joins_one_that_has_all() {
    let story = "
0 Courier | Nine trapped as water floods Garrow mine | Pumps are being flown in from the coast.
2 Ledger | Nine trapped by flood water at Garrow | Pumps are being flown in.
";
    check(Step::Join, MINE, story, "1:new 2:corroboration!");
}

#[test]
fn a_copied_text_is_no_second_origin() {
    let text = "Pumps were flown in from the coast at dawn after water broke through the eastern wall, and families waited at the gates of the pit all night.";
    let story = format!(
        "0 Courier | Nine trapped in Garrow mine | {text}\n1 Ledger | Water traps nine Garrow miners | {text}"
    );
    check(Step::Copy, MINE, &story, "1:new 2:copy");
}

#[test]
fn what_explains_or_looks_back_is_background() {
    check(
        Step::Background,
        MINE,
        "0 Courier | Explainer: how Garrow mine was flooded | A guide.",
        "1:background",
    );
}

#[test]
fn what_was_alike_a_week_ago_is_no_longer_the_same() {
    let story = "
0 Courier | Water breaks into Garrow mine, nine trapped | Pumps are flown in.
60 Courier | Water breaks into Garrow mine, nine trapped underground | The new pumps failed.
";
    check(Step::Decay, MINE, story, "1:new 2:new");
}

#[test]
fn other_words_for_the_same_act_tell_the_same() {
    let story = "
0 Courier | Garrow mine owner quits | The chief cited his health.
1 Ledger | Garrow minister visits mine | She was shown the pumps.
2 Kestrel | Garrow: chairman of the board opens new shaft | A ribbon was cut.
12 Lantern | Negotiations called off at Garrow mine | Nobody would say why.
16 Tide | Discussions cancelled in Garrow miners' dispute | No reason was given.
";
    check(Step::Concepts, PLAIN, story, "1:new 2:new 3:new=under_way 4:new=cancelled 5:corroboration!");
}

#[test]
fn the_same_people_tell_of_the_same_event() {
    let story = "
0 Courier | Garrow mine: Ilse Brandt shown flooded shaft by Tom Keel | Both were silent.
9 Ledger | At Garrow mine, a walk in the dark for Ilse Brandt and Tom Keel | Reporters kept away.
";
    check(Step::Entities, PLAIN, story, "1:new 2:corroboration!");
}

#[test]
fn a_changed_number_is_a_change() {
    let story = "
0 Courier | Garrow mine: 8 miners dead | Rescue teams search the shaft.
3 Courier | Garrow mine: 12 miners dead | Rescue teams search the shaft.
";
    check(Step::Numbers, MINE, story, "1:new 2:new");
}

#[test]
fn reports_of_one_hour_tell_one_event() {
    let story = "
0 Courier | Water breaks into Garrow mine | Nine are missing, a foreman said.
0.5 Ledger | Garrow mine flooded, men missing underground | Families wait at the gate.
";
    check(Step::Burst, PLAIN, story, "1:new 2:corroboration!");
}

#[test]
fn five_outlets_that_credit_one_agency_are_one_origin() {
    let story = "
0 Courier | Nine trapped in flooded Garrow mine | Water broke in at dawn, Reuters reports.
1 Ledger | Nine men trapped in flooded Garrow mine | They are alive, according to Reuters.
";
    check(Step::Origin, MINE, story, "1:new 2:corroboration");
}

#[test]
fn a_denial_is_news_of_its_own() {
    let story = "
0 Courier | Garrow mine owner knew of cracks, engineer says | He had warned of it in March.
2 Ledger | Garrow mine owner denies it knew of cracks | No engineer warned of it, it said.
";
    check(Step::Dispute, MINE, story, "1:new 2:denial");
}

#[test]
fn what_turns_a_story_is_news_however_near_it_is_told() {
    let story = "
0 Courier | Council hears appeal against shutting Garrow mine | Members sat for a day.
6 Ledger | Council rejects appeal against shutting Garrow mine | Members took an hour.
";
    check(Step::Turn, MINE, story, "1:new 2:new");
}

#[test]
fn general_words_move_a_phase_where_there_are_no_cues() {
    check(
        Step::Lexicon,
        PLAIN,
        "0 Courier | Rescue begins at Garrow mine | Pumps were set up.",
        "1:new=under_way",
    );
}

#[test]
fn a_second_report_may_say_that_a_phase_has_begun() {
    let story = "
0 Courier | Men go down Garrow shaft to reach nine trapped miners | Pumps are running.
0.5 Ledger | Rescue begins at Garrow mine for nine trapped men | Men go down the shaft.
";
    check(Step::Follow, MINE, story, "1:new 2:corroboration=under_way!");
    // Two tell of the same, and one of them that it began: the other does not confirm that.
    let config = Config::parse("storyline.toml", MINE).unwrap().config;
    let decided = decide(&Definitions::compile(&config), &items(story));
    let moved = decided.iter().filter_map(|(_, it)| it.moved.as_ref().map(|it| it.1));
    assert_eq!(moved.collect::<Vec<_>>(), [Certainty::Reported]);
}

#[test]
fn what_is_only_planned_or_denied_moves_nothing() {
    check(
        Step::Guards,
        MINE,
        "0 Courier | Rescue begins at Garrow mine on Friday, chief says | Gas was found.",
        "1:new=scheduled",
    );
}
