//! What readers meet every day: corrections, denials, digests, days put off, places only named.

use storyline_config::Config;
use storyline_store::{FactKey, Relation};

use super::{
    Definitions, Judgement, Rules,
    ablation::{decide, told},
    tests::{HARBOUR, items},
};

const FERRY: &str = r#"
[storyline.ferry]
title = "The sinking of the Marisol"
all = [["marisol", "ferry"], ["sink", "sank", "capsize", "dead", "toll", "survivor", "inquiry", "captain", "owner"]]
none = ["band", "album"]
[storyline.fair]
title = "The Torvik trade fair"
all = [["torvik"], ["fair", "exhibition", "stand"]]
[storyline.dam]
title = "The dam at Ossary"
all = [["ossary"], ["dam", "spillway", "reservoir"]]
"#;

fn decided(story: &str) -> Vec<(String, Judgement)> {
    decide(&Definitions::compile(&Config::parse("storyline.toml", FERRY).unwrap().config), &items(story))
}

#[track_caller]
fn check(story: &str, expected: &str) {
    assert_eq!(told(FERRY, story, Rules::default()), expected);
}

#[test]
fn a_digest_of_three_storylines_alerts_for_none() {
    check(
        "0 Lantern | In brief | The ferry Marisol's captain is questioned. Torvik's fair opens its stands. Ossary gets a new dam.",
        "1:background 1:background 1:background",
    );
}

#[test]
fn a_headline_that_only_implies_its_subject_joins_what_it_means() {
    check(
        "
0 Courier | Ferry Marisol sinks off Torvik, dozens missing | Lifeboats search the strait in heavy seas.
2 Ledger | Lifeboats search strait for dozens missing off Torvik | The Marisol went down in heavy seas.
",
        "1:new 2:corroboration!",
    );
}

#[test]
fn a_namesake_is_another_thing() {
    check("0 Lantern | Marisol's new album sinks without trace | The band plays on.", "");
}

#[test]
fn a_casualty_figure_corrected_corrects_what_was_told() {
    let all = decided(
        "
0 Courier | Ferry Marisol: 40 dead | Divers found more bodies.
6 Ledger | Marisol ferry death toll revised down to 34 | Six names had been counted twice.
",
    );
    let [first, second] = all.as_slice() else { panic!("two: {all:?}") };
    assert_eq!((second.1.relation, second.1.disputes), (Relation::Correction, first.1.development));
}

#[test]
fn a_cut_figure_corrects_the_one_that_was_told_whatever_else_is_near() {
    let all = decided(
        "
0 Courier | Marisol ferry sinks: 40 dead, coast guard says | Divers found more bodies in the hull at dusk.
5 Kestrel | Marisol owner blames captain for ferry disaster | She revised the roster, the owner said.
6 Ledger | Marisol ferry toll revised down to 34, coast guard says | Bodies in the hull had been counted twice.
",
    );
    let [first, _, third] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((third.1.relation, third.1.disputes), (Relation::Correction, first.1.development));
}

#[test]
fn a_second_outlets_denial_is_the_same_denial_though_another_report_is_nearer() {
    let all = decided(
        "
0 Courier | Marisol owner knew ferry was unsafe, captain says | He had written to it twice.
4 Ledger | Owner of Marisol denies it knew ferry was unsafe | No letter ever arrived, it said.
4.5 Kestrel | Owner of Marisol meets survivors of ferry | It told them of a fund.
5 Lantern | Ferry owner tells survivors of Marisol it denies knowing of unsafe state | It had no letter, it said.
",
    );
    let denials: Vec<_> = all.iter().filter(|it| it.1.relation == Relation::Denial).collect();
    assert_eq!(denials.len(), 1, "{:?}", all.iter().map(|it| it.1.relation).collect::<Vec<_>>());
}

#[test]
fn who_was_not_asked_along_and_knew_nothing_denies_nothing() {
    let all = decided(
        "
0 Courier | Inquiry into Marisol ferry to open in June | Its owner is called.
20 Ledger | Ferry captain not invited to Marisol inquiry | He knew nothing of the day, his wife said.
",
    );
    assert!(all.iter().all(|it| it.1.relation != Relation::Denial), "{all:?}");
    let all = decided(
        "
0 Courier | Marisol owner planned to scrap ferry, captain says | He had seen a letter.
5 Ledger | Marisol owner: we knew nothing of ferry plan | There was no letter.
",
    );
    assert_eq!(all[1].1.relation, Relation::Denial, "said of oneself in a title, it is one");
}

#[test]
fn a_denial_of_a_denial_disputes_the_denial() {
    let all = decided(
        "
0 Courier | Marisol owner knew ferry was unsafe, captain says | He had written to it twice.
4 Ledger | Owner of Marisol denies it knew ferry was unsafe | No letter ever arrived, it said.
5 Kestrel | Marisol owner: we never knew ferry was unsafe, claims are not true | There was no letter.
9 Courier | Captain rejects Marisol owner's denial | He showed copies of both letters about the ferry.
",
    );
    let relations: Vec<Relation> = all.iter().map(|it| it.1.relation).collect();
    assert_eq!(relations, [Relation::New, Relation::Denial, Relation::Corroboration, Relation::Denial]);
    assert_eq!(all[1].1.disputes, all[0].1.development);
    assert_eq!(all[2].1.development, all[1].1.development, "one denial, told by two");
    assert_eq!(all[3].1.disputes, all[1].1.development);
}

#[test]
fn what_is_not_planned_or_not_asked_is_no_denial() {
    for title in ["Marisol owner not invited to inquiry", "Marisol owner has no plans to attend inquiry"] {
        let story = format!(
            "0 Courier | Inquiry into Marisol ferry to open | It sits in June.\n20 Ledger | {title} | The inquiry opens in June."
        );
        assert!(decided(&story).iter().all(|it| it.1.relation != Relation::Denial), "{title}");
    }
}

#[test]
fn old_news_with_a_new_date_is_nothing_new() {
    let text = "Divers reached the wreck of the ferry at first light and found the car deck flooded to the roof, with the bow doors torn off and lying forty metres away.";
    check(
        &format!(
            "0 Courier | Divers reach ferry Marisol that sank | {text}\n120 Courier | Divers reach ferry Marisol that sank | {text}"
        ),
        "1:new 2:copy",
    );
}

#[track_caller]
fn names(key: FactKey, title: &str, text: &str, expected: &[&str]) {
    let all = decided(&format!("0 Courier | {title} | {text}"));
    let facts = all.iter().flat_map(|it| &it.1.facts).filter(|it| it.key == key);
    let named: Vec<&str> = facts.map(|it| it.value.as_str()).collect();
    assert_eq!(named, expected, "{title} | {text}");
}

#[test]
fn a_place_is_where_it_happens_not_where_it_is_named() {
    let place = |title, text, expected: &[&str]| names(FactKey::Place, title, text, expected);
    place("Ferry inquiry opens in Lisbon", "", &["Lisbon"]);
    place("Ferry inquiry opens", "LISBON (Reuters) - Judges met relatives on Monday.", &["Lisbon"]);
    place("Ferry owner blames captain", "LISBON - The owner said he had sailed too fast.", &[]);
    place("American held in Portugal over ferry owner's debts is freed", "", &[]);
    place("Ferry owner, speaking in Madrid, blames captain", "", &[]);
    place("Ferry inquiry to be held in the Portuguese capital", "", &["Lisbon"]);
    place("Ferry sank in Skarne Bay, captain says", "", &["Skarne Bay"]);
    place("Geneva talks with ferry owner", "", &["Geneva"]);
    place("Ferry inquiry moves from Vilmar to Ostby", "", &["Ostby"]);
    place("Ferry inquiry opens", "OSTBY, Norland (AFP) - Judges met relatives on Monday.", &["Ostby"]);
    place("Ferry inquiry: judges leave for Ostby", "", &["Ostby"]);
    place("Ferry inquiry opens", "Judges met in a hotel near the coastal town of Ostby.", &["Ostby"]);
    place("Ferry inquiry opens", "Judges met at an Ostby courthouse, not in Lisbon last year.", &["Ostby"]);
    place("Ferry owner lands in Tunis", "The inquiry sits in the Tunisian capital.", &["Tunis"]);
    place("Ferry inquiry to sit in Aix-en-Sarre and Paris", "", &["Aix-en-Sarre", "Paris"]);
    place("Peru ferry captain flies to Chile for inquiry", "", &["Chile"]);
    place("Ferry inquiry", "Its captain, who was in Madrid until May, said nothing.", &[]);
    place("Ferry inquiry", "An expert in Vienna warned of delays.", &[]);
    place("Ferry captain in Portuguese custody", "", &[]);
    place("Ferry owner to sell a Madrid hotel it holds in Spain", "", &["Madrid"]);
    place("Ferry owner, fined in Rome in 2019, blames captain", "", &[]);
    place("Minister to host ferry inquiry", "", &[]);
    place("Smoke over Cape Farrow as ferry sinks", "", &["Cape Farrow"]);
    place("Lake Orrin ferry inquiry opens", "", &["Lake Orrin"]);
    place("Ferry sank off Saint Brannoc, captain says", "", &["Saint Brannoc"]);
    place("Otto Brandl ferry inquiry opens", "", &[]);
    place("Storm over Mount Ulden remark by ferry owner", "", &[]);
}

#[test]
fn a_place_s_name_that_somebody_bears_is_no_place() {
    for title in [
        "Ferry owner hires Michael Jordan trip planner",
        "Lawyer visits Michael Jordan over ferry",
        "Ferry inquiry hears from Paris Hilton in Paris Hilton case",
        "Michael Jordan to host ferry fund dinner",
        "Ferry owner in Washington Post interview blames captain",
        "Ferry captain told lies in London Times article, owner says",
        "Singer visits Chelsea London before ferry inquiry",
        "Ferry fund: actress Sydney Sweeney visits Jordan Peterson",
    ] {
        names(FactKey::Place, title, "", &[]);
    }
    for title in [
        "Michael Jordan sues ferry owner",
        "Georgia Engel joins ferry inquiry",
        "Ferry: Jordan Baker sues owner",
    ] {
        let all = decided(&format!("0 Courier | {title} | "));
        let who = all.iter().flat_map(|it| &it.1.facts).filter(|it| it.key == FactKey::Participant);
        let countries: Vec<&str> =
            who.map(|it| it.value.as_str()).filter(|it| matches!(*it, "Jordan" | "Georgia")).collect();
        assert!(countries.is_empty(), "{title}");
    }
    let place = |title, expected: &[&str]| names(FactKey::Place, title, "", expected);
    place("Ferry inquiry opens in Geneva Conference Hall", &["Geneva"]);
    place("Ferry owner at London Ferry Conference", &["London"]);
    place("Ferry inquiry moves to East Jerusalem", &["Jerusalem"]);
    place("Ferry inquiry opens in Berlin Monday", &["Berlin"]);
    place("Ferry inquiry opens in Port Sudan", &["Port Sudan"]);
    place("Ferry captain lands at Rome Airport", &["Rome"]);
}

#[test]
fn a_country_before_a_german_verb_is_a_place() {
    let mut all = items("0 Courier | Marisol ferry: captain will Eigner in Syrien treffen | ");
    all[0].lang = Some("de".to_owned());
    let definitions = Definitions::compile(&Config::parse("storyline.toml", FERRY).unwrap().config);
    let all = decide(&definitions, &all);
    assert!(all.iter().flat_map(|it| &it.1.facts).any(|it| it.value == "Syria"), "{all:?}");
}

#[test]
fn who_acts_takes_part_and_who_only_tells_does_not() {
    let who = |title, text, expected: &[&str]| names(FactKey::Participant, title, text, expected);
    who("Portugal blames ferry captain", "", &["Portugal"]);
    who("Lisbon and Madrid: no deal on ferry inquiry", "", &["Portugal", "Spain"]);
    who("Ferry captain freed, Kremlin says", "", &[]);
    who("Ferry captain questioned", "Judge Edda Marsh heard him for an hour.", &["Edda Marsh"]);
    who("Ferry owner questioned", "Otto Brandl and Ines Roth met the judges.", &["Ines Roth", "Otto Brandl"]);
    who("Ferry inquiry: Halden Bank lent money to owner", "Halden Bank confirmed it.", &[]);
}

#[test]
fn arabic_words_are_found_with_what_is_written_together_with_them() {
    let config = "[storyline.talks]\ntitle = \"x\"\nall = [[\"putin\"], [\"riyadh\"]]";
    let definitions = Definitions::compile(&Config::parse("storyline.toml", config).unwrap().config);
    for title in ["بوتين في الرياض", "وبوتين يصل بالرياض", "ترامب وبوتين في الرياض"]
    {
        let mut all = items("0 Courier | x | ");
        (all[0].lang, all[0].title) = (Some("ar".to_owned()), title.to_owned());
        assert_eq!(decide(&definitions, &all).len(), 1, "{title}");
    }
}

#[test]
fn one_wire_report_under_ten_titles_is_one_origin() {
    let text = "Some 1,400 dockers left the quays of Port Vessen at dawn on Tuesday after the authority withdrew its pay offer, and no ship will be unloaded before the weekend.";
    let titles = "Dockers walk out at Port Vessen; Port Vessen quays fall silent; Vessen dockers leave the quays; \
                  Strike empties Port Vessen; No ship unloaded as Vessen dockers walk out; Pay row shuts Vessen harbour; \
                  Vessen harbour at a standstill; Quays deserted: Port Vessen stops work; Gates shut at Vessen harbour; \
                  Vessen: a thousand and more dockers leave work";
    let story: Vec<String> = (0..)
        .zip(titles.split("; "))
        .map(|(at, title)| format!("{at} Paper {at} | {} | {text}", title.trim()))
        .collect();
    let copies: Vec<String> = (2..=10).map(|it| format!("{it}:copy")).collect();
    let expected = format!("1:new=under_way {}", copies.join(" "));
    assert_eq!(told(HARBOUR, &story.join("\n"), Rules::default()), expected);
}
