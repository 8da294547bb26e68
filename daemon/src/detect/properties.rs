//! What holds for any text whatever.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use storyline_config::Config;
use storyline_store::{Item, ItemId, Recorded, Seq};

use super::{Definitions, Memory, detect, due, explain};
use crate::backtest::backtest;

fn item(number: u64, outlet: &str, title: &str, text: &str) -> Item {
    let start: Timestamp = "2025-02-10T06:00:00Z".parse().unwrap();
    let at = start + SignedDuration::from_secs(i64::try_from(number).unwrap());
    Item {
        id: ItemId(number),
        key: None,
        outlet: outlet.to_owned(),
        guid: None,
        link: Some(format!("https://{outlet}.example/{number}")),
        revision: number % 3 == 2,
        ..crate::testing::item(&outlet.to_lowercase(), "", title, text, at)
    }
}

fn config() -> Config {
    let text = r#"
[storyline.one]
title = "x"
all = [["talks", "=the", "a*", "普京", "при*"], ["minister", "CASE:US", "e*", "о*"]]
none = ["goal"]
[storyline.one.phase]
under_way = ["talks begin"]
[storyline.two]
title = "y"
all = [["talks"]]
"#;
    Config::parse("storyline.toml", text).unwrap().config
}

fn definitions() -> Definitions {
    Definitions::compile(&config())
}

/// Words that mean something to the rules, between anything else.
fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("talks".to_owned()),
        Just("the minister denies".to_owned()),
        Just("U.S. 1,400 killed on Friday".to_owned()),
        Just("l’été d'Ö\u{AD}st &amp;amp; ".to_owned()),
        Just("Correction: (Reuters) – ".to_owned()),
        Just("普京 при о ".to_owned()),
        any::<String>(),
        "[a-zA-Z.,;:'’ -]{0,40}",
    ];
    prop::collection::vec(word, 0..8).prop_map(|it| it.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_makes_it_panic_and_replay_gives_the_same(texts in prop::collection::vec((text(), text()), 1..6)) {
        let definitions = definitions();
        let run = || {
            let (mut memory, mut all) = (Memory::default(), Vec::new());
            for (number, (title, text)) in (0..).zip(&texts) {
                let it = item(number, "courier", title, text);
                explain(&definitions, &memory, &it, it.effective);
                for event in detect(&definitions, &memory, &it, it.effective) {
                    memory.observe(&Recorded { seq: Seq(number + 1), at: it.effective, event: event.clone() });
                    all.push(event);
                }
                all.extend(due(&definitions, &memory, it.effective));
            }
            all
        };
        prop_assert_eq!(run(), run());
    }

    #[test]
    fn a_second_feed_with_the_same_items_opens_nothing(texts in prop::collection::vec("talks [a-z]{4,9} [a-z]{4,9} [a-z]{4,9} [a-z]{4,9}", 1..5)) {
        let config = config();
        let once: Vec<Item> = (0..).zip(&texts).map(|(at, it)| item(at * 30, "courier", it, "")).collect();
        let again = (0..).zip(&texts).map(|(at, it)| item(at * 30 + 1, "ledger", it, ""));
        let mut twice: Vec<Item> = once.iter().cloned().chain(again).collect();
        for it in &mut twice {
            it.revision = false;
        }
        twice.sort_by_key(|it| it.effective);
        let alerts = |items: Vec<Item>| backtest(&config, items.into_iter()).filter(|it| it.alert).count();
        prop_assert_eq!(alerts(once), alerts(twice));
    }
}
