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

#[test]
fn what_an_article_goes_on_to_tell_under_one_id_is_news_where_its_title_is() {
    check(
        "
0 Courier =blog | Northrail strike live: drivers walk out over pay | 08:00 Drivers have left the depots.
4 Courier =blog | Northrail strike live: police clear the depots | 12:00 Police have cleared the depot at Torvik, arresting nine. 08:00 Drivers have left the depots.
5 Courier =blog | Northrail strike live: police clear the depots | 13:00 Buses move again. 12:00 Police have cleared the depot at Torvik, arresting nine.
6 Courier =short | Northrail drivers walk out over nihgt shifts | They left at dawn.
7 Courier =short | Northrail drivers walk out over night shifts | They left at dawn.
",
        "1:new 2:new 4:new 5:update",
    );
}

#[test]
fn a_label_before_the_colon_says_what_is_no_report() {
    check(
        "
0 Courier | Recipe: Northrail union stew | For four drivers.
1 Courier | Letters: the Northrail strike and the price of fish | Sir, it is dear.
2 Courier | Today in history: Northrail drivers strike | It was 1926.
3 Courier | Top stories: Northrail strike, a lost parrot | All you missed.
4 Courier | Northrail: drivers and minister sign pay deal | The letters were exchanged at noon.
",
        "1:background 2:background 3:background 4:background 5:new=concluded",
    );
}

#[test]
fn the_dead_are_counted_in_whatever_words() {
    check(
        "
0 Courier | Northrail strike: at least 5 dead in crush at station | Drivers had walked out at dawn.
1 Ledger | Crush during Northrail strike kills five | The station was full.
4 Courier | Northrail strike: death toll of crush at station rises to 12 | Seven more were found.
5 Ledger | Twelve killed in station crush during Northrail strike | More were found.
",
        "1:new 2:corroboration! 3:new 4:corroboration!",
    );
}

#[test]
fn who_tells_later_what_happened_on_a_day_tells_what_was_told_that_day() {
    let told = |second: &str| {
        format!(
            "
0 Courier | Northrail drivers walk out over night shifts | They left the depots at dawn on Monday.
48 Ledger | {second}
"
        )
    };
    check(
        &told("Northrail drivers stopped work over night shifts | They left the depots on Monday."),
        "1:new 2:corroboration!",
    );
    check(
        &told("Northrail drivers stopped work over night shifts | They left the depots on Wednesday."),
        "1:new 2:new",
    );
}

#[test]
fn an_outlet_that_takes_its_report_back_corrects_it() {
    check(
        "
0 Courier | Northrail drivers end strike, union says | Trains run at noon.
2 Courier | Courier withdraws report of an end to the Northrail strike | The drivers are still out.
",
        "1:new=concluded 2:correction",
    );
}

/// What an item makes known of each storyline it belongs to.
fn learned(config: &str, story: &str) -> Vec<String> {
    let config = Config::parse("storyline.toml", config).unwrap().config;
    let all = decide(&Definitions::compile(&config), &items(story));
    let each =
        all.iter().flat_map(|(_, it)| it.news.iter().map(|fact| format!("{}: {}", it.storyline, fact.value)));
    each.collect()
}

#[test]
fn a_fact_is_of_the_storyline_that_its_words_are_about() {
    let two = format!("{RAIL}[storyline.fair]\ntitle = \"x\"\nall = [[\"torvik\"], [\"fair\"]]\n");
    assert_eq!(
        learned(
            &two,
            "0 Courier | Torvik fair opens, Northrail strike goes on | Traders met in Lisbon as the fair opened in Torvik, with the strike at Northrail in its second week."
        ),
        ["fair: Lisbon", "fair: 2025-02-10"],
        "the strike has no part in it"
    );
    assert_eq!(
        learned(
            RAIL,
            "0 Courier | Northrail drivers on strike | They met. It rained. A fair opened in Lisbon."
        ),
        [] as [&str; 0],
        "a sentence about something else"
    );
    assert_eq!(
        learned(RAIL, "0 Courier | Northrail drivers on strike | Their leaders met in Lisbon."),
        ["rail: Lisbon"],
        "what follows the title says more of it"
    );
}

#[test]
fn a_figure_that_another_development_told_is_no_news() {
    check(
        "
0 Courier | Northrail strike: 5 stations picketed by drivers | Barriers went up at dawn.
3 Ledger | Northrail strike: 30 stations picketed by drivers | Barriers went up at dusk.
4 Kestrel | Northrail strike: 5 stations picketed by drivers at dawn | Barriers went up at dawn, porters said.
",
        "1:new 2:new 3:corroboration!",
    );
}

#[test]
fn the_same_deed_and_sum_elsewhere_are_no_repetition() {
    let config = "[storyline.towns]\ntitle = \"x\"\nall = [[\"alderby\", \"karsk\", \"venn\"]]";
    let story = "
0 Courier | Alderby council cancels fair over 250 complaints | Stalls stood empty on the green.
12 Ledger | Karsk opera calls off premiere; 250 tickets returned | Its tenor is ill.
";
    assert_eq!(told(config, story, Rules::default()), "1:new 2:new");
}

#[test]
fn the_hour_and_the_age_are_no_changed_count() {
    check(
        "
0 Courier | Northrail strike: driver, 33, leads walkout at 6 am | Ilse Brandt carried the banner at Torvik depot.
2 Ledger | Ilse Brandt, 34, leads Northrail drivers out at Torvik depot | The strike began at 7 am on May 3.
",
        "1:new 2:corroboration!",
    );
}

/// Two reports of one storyline, of which the second is news; or, where they tell one thing, is not.
#[track_caller]
fn is_news(facet: &str, (first, hours, second): (&str, f64, &str), expected: bool) {
    let config = format!("[storyline.x]\ntitle = \"x\"\nall = [[\"karsk\"], [{facet}]]");
    let story = format!("0 Courier | {first}\n{hours} Ledger | {second}\n");
    let told = told(&config, &story, Rules::default());
    let second = told.split(' ').nth(1).unwrap_or_default();
    assert_eq!(second.starts_with("2:new"), expected, "{first} / {second}: {told}");
}

#[test]
fn a_deed_nobody_told_is_news_and_the_same_in_other_words_is_not() {
    let news = |facet, first, second| is_news(facet, (first, 5.0, second), true);
    news(
        "\"editor\"",
        "Police detain editor in Karsk | Ada Fenn was held at home.",
        "Police release editor in Karsk | Ada Fenn was held at home for hours.",
    );
    news(
        "\"mayor\"",
        "Karsk mayor Tolvan in hospital after stroke | Doctors called him stable.",
        "Karsk mayor Tolvan dies after stroke | He was 61, doctors said.",
    );
    news(
        "\"quake\"",
        "Quake shakes Karsk | Houses swayed.",
        "Karsk quake kills 12 | Houses swayed, then fell.",
    );
    news(
        "\"merger\"",
        "Orrin offers merger to Karsk Steel | It offers cash.",
        "Karsk Steel rejects merger offer from Orrin | It offers cash.",
    );
    let repeats = |facet, first, second| is_news(facet, (first, 1.0, second), false);
    repeats(
        "\"mayor\"",
        "Karsk mayor Tolvan dies after stroke | He was 61.",
        "Tolvan, mayor of Karsk, dead at 61 | He had a stroke on Sunday.",
    );
    repeats(
        "\"merger\"",
        "Karsk Steel rejects merger offer from Orrin | The offer is too low.",
        "Karsk Steel turns down Orrin merger offer | Its board called it too low.",
    );
    repeats(
        "\"flood\"",
        "Karsk flood: more than 30 missing | A dam burst.",
        "At least 31 missing in Karsk flood | The dam burst.",
    );
}

#[test]
fn the_day_of_what_went_before_makes_no_news_old() {
    is_news(
        "\"mayor\"",
        (
            "Karsk mayor Tolvan arrested over bribes | Police took Anton Tolvan from his home on Monday.",
            26.0,
            "Karsk mayor Tolvan resigns | Anton Tolvan was arrested over bribes on Monday.",
        ),
        true,
    );
}

#[test]
fn words_of_withdrawal_and_falsehood_mean_reports_only_where_they_speak_of_one() {
    check(
        "
0 Courier | Report: Northrail drivers withdrawn from depot | Pictures show it.
30 Courier | Northrail union reports false alarm at depot | It rang at dawn.
60 Courier | Northrail union retracts offer after story | It was a week old.
90 Courier | Weather: strike at Northrail goes on in snow | Police arrest a driver.
",
        "1:new 2:new 3:new 4:new",
    );
}

#[test]
fn what_no_report_of_a_development_told_is_news_though_it_shares_the_frame() {
    let (first, frame) = (
        "Northrail trains stand still in all of Torvik since Monday as drivers strike over pay.",
        "Drivers on strike over pay have left Torvik without Northrail trains since Monday.",
    );
    let told = |hours: u32, title: &str| {
        let story = format!(
            "0 Courier | Northrail drivers walk out over pay | {first}\n{hours} Ledger | {title} | {frame}"
        );
        told(RAIL, &story, Rules::default())
    };
    for title in [
        "Torvik lends army buses to commuters as Northrail strike bites",
        "Northrail strike: passengers smash ticket hall windows",
        "Northrail chairwoman Agda Holm loses bonus over strike",
    ] {
        assert_eq!(told(4, title), "1:new 2:new", "{title}");
    }
    for title in
        ["Walkout of Northrail drivers halts trains", "Pay row stops Northrail trains as drivers leave cabs"]
    {
        assert_eq!(told(4, title), "1:new 2:corroboration!", "{title}");
    }
    // Of one hour it is one of the many sides of an event.
    assert_eq!(
        told(1, "Torvik lends army buses to commuters as Northrail strike bites"),
        "1:new 2:corroboration!"
    );
}

#[test]
fn who_says_that_it_is_no_fault_of_theirs_denies() {
    for title in [
        "Northrail says drivers' strike not caused by pay",
        "Northrail rejects any blame for drivers' strike",
        "Northrail had nothing to do with deaths, says union of drivers",
    ] {
        let story = format!(
            "0 Courier | Two drivers died on Northrail strike picket | Papers show it.\n3 Ledger | {title} | It was asked."
        );
        assert!(decided(&story).iter().any(|it| it.relation == Relation::Denial), "{title}");
    }
}

#[test]
fn a_report_that_misses_the_name_of_a_story_is_not_joined_where_it_names_nobody_else_of_it() {
    check(
        "
0 Courier | Northrail union tells drivers to strike over night shifts | Agda Holm called the vote clear.
2 Ledger | Union tells bus drivers to strike over night shifts | A vote was clear, it said.
3 Lantern | Union of Agda Holm tells drivers to strike over night shifts | The vote was clear.
",
        "1:new 3:corroboration!",
    );
}

#[test]
fn another_word_for_the_same_thing_tells_the_same() {
    check(
        "
0 Courier | Explosion at Northrail drivers' hall | Windows broke.
2 Ledger | Blast rips through home of Northrail drivers | Glass flew.
",
        "1:new 2:corroboration!",
    );
}
