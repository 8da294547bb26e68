//! Stories from life, told in invented outlets' words.

use expect_test::{Expect, expect};
use jiff::{SignedDuration, Timestamp};
use storyline_config::Config;
use storyline_store::{Event, Item, Recorded, Seq};

use super::{Definitions, Memory, Rules, Step, detect, due, judge};
use crate::backtest::{Line, backtest};

pub(super) const HARBOUR: &str = r#"
[storyline.harbour]
title = "The strike at Port Vessen"
all = [["vessen"], ["strike", "dockers", "walkout", "union", "quay", "harbour"]]
[storyline.harbour.phase]
announced = ["strike called", "call strike"]
under_way = ["strike begins", "walk out", "down tools"]
concluded = ["end strike", "strike ends", "strike over"]
"#;

const BRIDGE: &str = r#"
[storyline.bridge]
title = "The Karsk bridge"
all = [["karsk"], ["bridge", "crossing", "span", "girder"]]
"#;

/// Reads `hours outlet | title | text` lines; `=guid` after the outlet makes a later content of one item.
pub(super) fn items(text: &str) -> Vec<Item> {
    let start: Timestamp = "2025-02-10T06:00:00Z".parse().unwrap();
    let mut items: Vec<Item> = Vec::new();
    for (number, line) in text.lines().filter(|it| !it.trim().is_empty()).enumerate() {
        let mut parts = line.splitn(3, " | ");
        let (head, title) = (parts.next().unwrap().trim(), parts.next().unwrap().trim());
        let (hours, outlet) = head.split_once(' ').unwrap();
        let (outlet, guid) = outlet.split_once(" =").unwrap_or((outlet, ""));
        let feed = outlet.to_lowercase().replace(' ', "-");
        let minutes = hours.parse::<f64>().unwrap() * 60.0;
        #[expect(clippy::cast_possible_truncation, reason = "a few hours")]
        let at = start + SignedDuration::from_mins(minutes as i64);
        let key = if guid.is_empty() { format!("{number}") } else { guid.to_owned() };
        items.push(Item {
            key: Some(format!("{}", number + 1)),
            outlet: outlet.to_owned(),
            guid: None,
            ..crate::testing::item(&feed, &key, title, parts.next().unwrap_or_default().trim(), at)
        });
    }
    items
}

fn lines(config: &str, text: &str) -> Vec<Line> {
    let config = Config::parse("storyline.toml", config).unwrap().config;
    backtest(&config, items(text).into_iter()).collect()
}

#[track_caller]
fn check(config: &str, text: &str, expected: &Expect) {
    let (mut names, mut out) = (Vec::new(), String::new());
    for it in lines(config, text) {
        let cluster = it.cluster.map_or("–".to_owned(), |id| {
            let place = names.iter().position(|it| *it == id).unwrap_or_else(|| {
                names.push(id);
                names.len() - 1
            });
            format!("d{}", place + 1)
        });
        let relation = serde_json::to_value(it.relation).unwrap();
        let copy = it.copy_of.map_or(String::new(), |it| format!(" of {it}"));
        let changes: Vec<&str> = it.changes.iter().copied().filter(|it| *it != "fact").collect();
        let changes = if changes.is_empty() { String::new() } else { format!(" +{}", changes.join(" +")) };
        out.push_str(&format!(
            "{} {} {}{copy} {cluster} from {}{changes} · {}{}\n",
            it.id,
            it.storyline,
            relation.as_str().unwrap(),
            it.origin,
            it.phase.as_str(),
            if it.alert { " · alert" } else { "" }
        ));
    }
    expected.assert_eq(&out);
}

#[test]
fn outlets_that_credit_one_agency_are_one_origin() {
    check(
        HARBOUR,
        "
0 Courier | Dockers walk out at Port Vessen | Work stopped at dawn, Reuters reports.
0.5 Ledger | Port Vessen dockers walk out over pay | (Reuters) - Nothing moves on the quays.
1 Lantern | Vessen dockers walk out | The men left at dawn, according to Reuters.
2 Kestrel | Dockers walk out at Port Vessen in pay dispute | Our reporter saw the gates shut.
",
        &expect![[r#"
            1 harbour new d1 from Reuters +phase · under_way · alert
            2 harbour corroboration d1 from Reuters · under_way
            3 harbour corroboration d1 from Reuters · under_way
            4 harbour corroboration d1 from Kestrel +confirmed · under_way
        "#]],
    );
}

#[test]
fn a_second_origin_confirms() {
    check(
        HARBOUR,
        "
0 Courier | Dockers walk out at Port Vessen over pay | Work stopped on all quays at dawn.
1 Ledger | Port Vessen dockers walk out in pay row | All quays stand still since the morning.
",
        &expect![[r#"
            1 harbour new d1 from Courier +phase · under_way · alert
            2 harbour corroboration d1 from Ledger +confirmed · under_way
        "#]],
    );
}

#[test]
fn a_denial_disputes_and_is_disputed_itself() {
    check(
        HARBOUR,
        "
0 Courier | Vessen union agrees to end strike on Friday | The men go back on Friday, a port official said.
3 Ledger | Vessen union denies it agreed to end strike | No such deal was made, its secretary said.
4 Kestrel | Union denies agreeing to end Vessen strike | Its secretary said there was no deal.
",
        &expect![[r#"
            1 harbour new d1 from Courier +phase · scheduled · alert
            2 harbour denial d2 from Ledger · scheduled · alert
            3 harbour corroboration d2 from Kestrel +confirmed · scheduled
        "#]],
    );
}

#[test]
fn a_number_that_changed_is_a_change() {
    check(
        BRIDGE,
        "
0 Courier | Karsk bridge collapse: 8 killed | Rescuers search the river below the span.
2 Ledger | Eight killed as Karsk bridge collapses | Rescuers search the river.
5 Courier | Karsk bridge collapse: 12 killed | Rescuers search the river below the span.
",
        &expect![[r#"
            1 bridge new d1 from Courier · none · alert
            2 bridge corroboration d1 from Ledger +confirmed · none
            3 bridge new d2 from Courier · none · alert
        "#]],
    );
}

#[test]
fn a_live_blog_is_one_id_with_new_sentences() {
    check(
        HARBOUR,
        "
0 Courier =blog | Port Vessen strike: latest | Dockers walk out at dawn.
1 Courier =blog | Port Vessen strike: latest | Dockers walk out at dawn.
2 Courier =blog | Port Vessen strike: latest | Vessen mayor offers to mediate with the union. Dockers walk out at dawn.
3 Courier =blog | Port Vessen strike: the latest | Vessen mayor offers to mediate with the union. Dockers walk out at dawn.
",
        &expect![[r#"
            1 harbour new d1 from Courier +phase · under_way · alert
            3 harbour new d2 from Courier · under_way · alert
            4 harbour update d1 from Courier · under_way
        "#]],
    );
}

#[test]
fn a_digest_that_names_everything_is_background() {
    check(
        &format!("{HARBOUR}{BRIDGE}"),
        "
0 Lantern | Elsewhere in the world | Dockers hold out at Port Vessen as the union digs in. Karsk waits for its bridge. Herring is dear.
1 Lantern | Your Monday briefing: Vessen strike, Karsk bridge | Three things to know.
2 Courier | Vessen union and port authority meet | Both sides called the harbour talks useful.
",
        &expect![[r#"
            1 bridge background – from Lantern · none
            1 harbour background – from Lantern · none
            2 bridge background – from Lantern · none
            2 harbour background – from Lantern · none
            3 harbour new d1 from Courier · none · alert
        "#]],
    );
}

#[test]
fn namesakes_and_look_backs_do_not_alert() {
    check(
        &format!(
            "{BRIDGE}none = []\n[storyline.club]\ntitle = \"x\"\nall = [[\"vessen\"], [\"strike\"]]\nnone = [\"striker\", \"goal\", \"cup\"]"
        ),
        "
0 Sport | Vessen strike late to win cup | A goal in stoppage time.
1 Courier | 40 years on from the Karsk bridge disaster | Survivors gathered by the river.
2 Courier | On this day: Karsk bridge collapses | A look back.
",
        &expect![[r#"
            2 bridge background – from Courier · none
            3 bridge background – from Courier · none
        "#]],
    );
}

#[test]
fn a_report_of_the_same_next_month_is_news_again() {
    check(
        HARBOUR,
        "
0 Courier | Dockers walk out at Port Vessen over pay | Work stopped on all quays.
700 Courier | Dockers walk out at Port Vessen over pay | The quays are empty again after talks failed.
",
        &expect![[r#"
            1 harbour new d1 from Courier +phase · under_way · alert
            2 harbour new d2 from Courier · under_way · alert
        "#]],
    );
}

#[test]
fn a_plan_is_not_a_beginning_and_a_denied_one_is_nothing() {
    check(
        HARBOUR,
        "
0 Courier | Vessen union to call strike on Friday | The vote was clear.
10 Courier | Vessen union will not call off plans; strike begins on Friday, it says | Its secretary spoke on the quay.
80 Courier | Strike begins at Port Vessen | Dockers left the quays at six.
120 Courier | Vessen strike not over, union says | Talks go on.
140 Courier | Vessen dockers end strike | They go back on Monday.
",
        &expect![[r#"
            1 harbour new d1 from Courier +phase · announced · alert
            2 harbour new d2 from Courier +phase · scheduled · alert
            3 harbour new d3 from Courier +phase · under_way · alert
            4 harbour new d4 from Courier · under_way · alert
            5 harbour new d5 from Courier +phase · concluded · alert
        "#]],
    );
}

#[test]
fn where_a_definition_has_no_cues_general_words_move_the_phase() {
    check(
        BRIDGE,
        "
0 Courier | Council agrees to start work on Karsk bridge | The vote was close.
100 Courier | Karsk bridge work postponed | Frost, engineers said.
200 Courier | New girder for Karsk bridge may have been completed | Nobody would say.
300 Courier | Karsk bridge repairs completed | The last bolt is in.
",
        &expect![[r#"
            1 bridge new d1 from Courier +phase · scheduled · alert
            2 bridge new d2 from Courier +phase · paused · alert
            3 bridge new d3 from Courier · paused · alert
            4 bridge new d4 from Courier +phase · concluded · alert
        "#]],
    );
}

#[test]
fn a_category_stands_in_for_one_facet() {
    let config = Config::parse("storyline.toml", HARBOUR).unwrap().config;
    let mut item = items("0 Courier | Dockers walk out over pay | The quays are empty.").remove(0);
    let judged = |item: &Item, rules: Rules| {
        let definitions = Definitions::with_rules(&config, rules);
        judge(&definitions, &Memory::default(), item, item.effective).len()
    };
    assert_eq!(judged(&item, Rules::default()), 0, "no word of the port");
    item.categories = vec!["Port Vessen".to_owned()];
    assert_eq!(judged(&item, Rules::default()), 1);
    assert_eq!(judged(&item, Rules::default().without(Step::WeakEvidence)), 0);
    item.categories.clear();
    item.link = Some("https://courier.example/2025/02/vessen-dockers".to_owned());
    assert_eq!(judged(&item, Rules::default()), 1, "the address names it");
}

#[test]
fn a_day_that_passes_without_its_event_is_missed_and_one_with_it_is_met() {
    let config = Config::parse("storyline.toml", HARBOUR).unwrap().config;
    let definitions = Definitions::compile(&config);
    let story = items(
        "
0 Courier | Vessen union calls strike: dockers to walk out on Friday | The vote was clear.
98 Courier | Dockers walk out at Port Vessen | The quays are empty.
",
    );
    let [plan, event] = story.as_slice() else { panic!("two items") };
    let mut memory = Memory::default();
    let planned = learn(&definitions, &mut memory, plan);
    assert!(planned.contains("ExpectationSet"), "{planned}");
    let friday: Timestamp = "2025-02-14T23:00:00Z".parse().unwrap();
    assert_eq!(due(&definitions, &memory, friday), [], "the day is not over");
    let later: Timestamp = "2025-02-15T13:00:00Z".parse().unwrap();
    let missed = due(&definitions, &memory, later);
    assert!(matches!(missed.as_slice(), [Event::ExpectationMissed { .. }]), "{missed:?}");
    let met = learn(&definitions, &mut memory, event);
    assert!(met.contains("ExpectationMet"), "{met}");
    assert_eq!(due(&definitions, &memory, later), []);
}

/// Judges an item, remembers what it brings, and tells it.
fn learn(definitions: &Definitions, memory: &mut Memory, item: &Item) -> String {
    let events = detect(definitions, memory, item, item.effective);
    for event in &events {
        memory.observe(&Recorded { seq: Seq(1), at: item.effective, event: event.clone() });
    }
    format!("{events:?}")
}

#[test]
fn a_party_confirms_its_own_act_alone() {
    let config = format!(
        "{HARBOUR}
[feed.union]
url = \"https://union.example/feed\"
role = \"official\"
outlet = \"Union\"
speaks_for = [\"@vessen-union\"]
[actor.vessen-union]
name = \"Vessen dockers' union\"
aliases = [\"vessen union\"]
"
    );
    check(
        &config,
        "0 Union | Vessen union calls strike | Its members voted for it.\n1 Union | Port Vessen authority ends harbour lease | So we hear.",
        &expect![[r#"
            1 harbour new d1 from Union +confirmed +phase · announced · alert
            2 harbour new d2 from Union · announced · alert
        "#]],
    );
}

#[test]
fn letters_of_other_scripts_find_what_packs_know() {
    let config = "
[storyline.talks]
title = \"x\"
all = [[\"russia\", \"moscow\"], [\"talks\", \"summit\"], [\"riyadh\"]]
";
    let found = |lang: &str, title: &str| {
        let config = Config::parse("storyline.toml", config).unwrap().config;
        let mut item = items("0 Courier | x | ").remove(0);
        (item.lang, item.title) = (Some(lang.to_owned()), title.to_owned());
        !judge(&Definitions::compile(&config), &Memory::default(), &item, item.effective).is_empty()
    };
    assert!(found("ru", "Переговоры России и США начались в Эр-Рияде"));
    assert!(found("de", "Russland und USA beginnen Gespräche in Riad"));
    assert!(!found("de", "Russland liefert Getreide nach Riad"));
}

#[test]
fn the_same_items_give_the_same_lines_twice() {
    let story = "
0 Courier | Dockers walk out at Port Vessen over pay | Work stopped on all quays at dawn.
3 Kestrel | Vessen union denies split | No such quarrel, its secretary said.
";
    let one = serde_json::to_string(&lines(HARBOUR, story)).unwrap();
    assert_eq!(one, serde_json::to_string(&lines(HARBOUR, story)).unwrap());
    assert!(one.contains("\"cluster\":\"d-"), "{one}");
}
