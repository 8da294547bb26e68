//! What a configuration's definitions would have found in what was read: aliases that are everywhere, parts that are
//! nowhere.

use std::{collections::BTreeMap, fmt::Write};

use storyline_config::{Alias, Loaded, Warnings, WrittenAlias, limit::ITEMS_SAID_MIN};
use storyline_store::Item;

use super::super::{look::count, progress::Progress};
use crate::detect::{Definitions, Hits};

/// Parts of a hundred of all items that an alias may be in without a warning.
const PER_CENT_MAX: usize = 5;
/// Fewer items than this say nothing about an alias.
const HITS_MIN: usize = 5;

/// Looks through items, and adds what they say to the findings.
pub(super) fn weigh(mut loaded: Loaded, items: &[Item]) -> Loaded {
    let definitions = Definitions::compile(&loaded.config);
    let (mut hits, mut progress) = (Hits::default(), Progress::over("looking through", items.len()));
    for it in items {
        hits.take(&definitions, it);
        progress.step();
    }
    drop(progress);
    loaded.findings = findings(&loaded, &hits);
    loaded
}

fn findings(loaded: &Loaded, hits: &Hits) -> storyline_config::Findings {
    let mut warnings = Warnings::about(&loaded.findings);
    if hits.items < ITEMS_SAID_MIN {
        return warnings.finish();
    }
    for it in everywhere(loaded, hits) {
        let help = match it.first.facet {
            Some(_) => "name it more closely, or see that the other facets are narrow",
            None => "as an exclusion it may keep out what belongs; name it more closely",
        };
        let share = share(it.found, hits.items);
        let others = match it.places - 1 {
            0 => String::new(),
            1 => "; another list has it too".to_owned(),
            more => format!("; {more} other lists have it too"),
        };
        warnings.of_alias(it.first, format!("\"{}\" is in {share}{others}", it.first.alias), help);
    }
    for it in &loaded.written.facets {
        let id = &it.storyline;
        match it.facet {
            None if hits.storylines.contains_key(id) => {}
            None => {
                let help = "try it with `storyline backtest`, and ask `storyline explain URL` of an item it should have";
                let items = count(hits.items as u64, "item");
                warnings.of_facet(it, format!("nothing of {items} belongs to storyline `{id}`"), help);
            }
            Some(facet) if hits.facets.contains_key(&(id.clone(), facet)) => {}
            Some(facet) => {
                let mut message =
                    format!("nothing of {} touches facet {}", count(hits.items as u64, "item"), facet + 1);
                // A text that cannot be written to does not exist.
                let _ = write!(message, " of storyline `{id}`");
                warnings.of_facet(it, message, "add the words that reports use for it");
            }
        }
    }
    warnings.finish()
}

/// An alias that is in too much of what was read.
struct Everywhere<'a> {
    /// Where it is written first.
    first: &'a WrittenAlias,
    /// The most items it is in, of all places it is written at.
    found: usize,
    /// At how many it is too much.
    places: usize,
}

/// The aliases that are in too much, each once: a pack's name may stand in every facet of every language.
fn everywhere<'a>(loaded: &'a Loaded, hits: &Hits) -> Vec<Everywhere<'a>> {
    let mut all: Vec<Everywhere<'a>> = Vec::new();
    let mut known: BTreeMap<(String, bool), usize> = BTreeMap::new();
    for it in &loaded.written.aliases {
        let found = match &it.alias {
            Alias::Pack(name) => hits.packs.get(name),
            alias => hits.aliases.get(&(it.storyline.clone(), it.lang.clone(), it.facet, alias.to_string())),
        };
        let found = found.copied().unwrap_or_default();
        if found < HITS_MIN || found * 100 <= hits.items * PER_CENT_MAX {
            continue;
        }
        let place = *known.entry((it.alias.to_string(), it.facet.is_none())).or_insert(all.len());
        match all.get_mut(place) {
            Some(known) => (known.found, known.places) = (known.found.max(found), known.places + 1),
            None => all.push(Everywhere { first: it, found, places: 1 }),
        }
    }
    all
}

fn share(found: usize, items: usize) -> String {
    let share = found as f64 * 100.0 / items as f64;
    format!("{found} of {} ({share:.0} %)", count(items as u64, "item"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use storyline_config::Config;
    use storyline_store::ItemId;

    use super::*;

    fn item(number: u64, title: &str) -> Item {
        let json = serde_json::json!({
            "id": ItemId(number), "feed": "a", "outlet": "A", "title": title, "text": "",
            "seen": "2025-02-14T08:00:00Z", "effective": "2025-02-14T08:00:00Z",
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn what_is_everywhere_and_what_is_nowhere_is_told_where_it_is_written() {
        let text = r#"[storyline.harbour]
title = "The strike"
all = [["port"], ["strike", "walkout"]]
none = ["minister"]
[storyline.harbour.phase]
under_way = ["strike begins"]
[storyline.harbour.languages.fr]
all = [["port"], ["grève"]]
[storyline.bridge]
title = "The bridge"
all = [["karsk"], ["bridge"]]
[storyline.bridge.phase]
under_way = ["works begin"]
"#;
        let loaded = Config::parse("storyline.toml", text).unwrap();
        let titles = ["port strike", "port news", "minister speaks", "the bridge", "nothing"];
        let items: Vec<Item> =
            (0..50).map(|it| item(it, titles[usize::try_from(it).unwrap() % titles.len()])).collect();
        let told = weigh(loaded, &items).findings;
        let told: Vec<String> =
            told.iter().map(|it| format!("{}:{}: {}", it.line, it.column, it.message)).collect();
        expect![[r#"
            3:9: "port" is in 20 of 50 items (40 %); another list has it too
            3:19: "strike" is in 10 of 50 items (20 %)
            4:9: "minister" is in 10 of 50 items (20 %)
            9:12: nothing of 50 items belongs to storyline `bridge`
            11:8: nothing of 50 items touches facet 1 of storyline `bridge`
            11:20: "bridge" is in 10 of 50 items (20 %)"#]]
        .assert_eq(&told.join("\n"));
    }

    #[test]
    fn a_few_items_say_nothing_about_what_is_everywhere_or_nowhere() {
        let text = "[storyline.harbour]\ntitle = \"The strike\"\nall = [[\"port\"], [\"strike\"]]\n\
                    phase.under_way = [\"strike begins\"]\n";
        let told = |items: u64| {
            let items: Vec<Item> = (0..items).map(|it| item(it, "port news")).collect();
            weigh(Config::parse("storyline.toml", text).unwrap(), &items).findings.iter().count()
        };
        assert_eq!((told(19), told(50)), (0, 3));
    }
}
