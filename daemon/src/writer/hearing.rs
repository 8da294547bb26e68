//! What a core does with an item before and after it is judged: gives it its language, explains it (pure).

use std::borrow::Cow;

use jiff::Timestamp;
use storyline_config::Config;
use storyline_store::Item;

use crate::detect::{self, Definitions, Memory, tongue};

/// Of a feed whose language is known, one item in so many votes again.
const ONE_IN: u64 = 8;

/// Counts which languages items seem to be in that name none.
pub(super) fn hear_tongues<'a>(votes: &mut Vec<String>, items: impl Iterator<Item = &'a Item>) {
    // Once there are votes enough, a part of the items keeps them fresh; which part follows from their names.
    let asked = |it: &&Item, votes: usize| votes < tongue::VOTES_MAX || it.id.0.is_multiple_of(ONE_IN);
    for it in items.filter(|it| it.lang.is_none()) {
        if !asked(&it, votes.len()) {
            continue;
        }
        if let Some(it) = tongue::guess(&it.title, &it.text) {
            tongue::vote(votes, it);
        }
    }
}

/// The item in its own language, else in its feed's.
pub(super) fn in_tongue<'a>(item: &'a Item, tongue: Option<&str>) -> Cow<'a, Item> {
    match (&item.lang, tongue) {
        (None, Some(it)) => Cow::Owned(Item { lang: Some(it.to_owned()), ..item.clone() }),
        _ => Cow::Borrowed(item),
    }
}

/// What every storyline makes of an item, its facets by the names of the definitions.
pub(super) fn explained(
    config: &Config,
    definitions: &Definitions,
    memory: &Memory,
    item: &Item,
    now: Timestamp,
) -> Vec<detect::Explanation> {
    let mut explained = detect::explain(definitions, memory, item, now);
    for it in &mut explained {
        it.name_facets(config);
    }
    explained
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;
    use storyline_store::Event;

    use super::*;
    use crate::{
        testing::item,
        writer::{Core, Past},
    };

    #[test]
    fn a_feed_that_names_no_language_gets_the_one_its_items_are_in_and_the_log_tells_it() {
        let text = "[storyline.hafen]\ntitle = \"Der Hafen\"\nall = [[\"hafen\"]]\n";
        let config = Config::parse("storyline.toml", text).unwrap().config;
        let mut core = Core::new(Arc::new(config), TimeZone::UTC, Past::default());
        let titles = [
            "Der Rat streitet über die neue Straße",
            "Die Fähre fährt nicht mehr nach Norden",
            "Das Wetter wird am Freitag besser",
            "Im Hafen wird gestreikt",
        ];
        let mut langs = Vec::new();
        for (number, title) in (0..).zip(titles) {
            let at = Timestamp::from_second(1_739_318_400 + number * 3_600).unwrap();
            core.ingest(&item("bote", title, title, "", at), false, at);
            let staged = core.take_staged();
            langs.extend(staged.items().map(|it| it.lang.clone()));
            for it in staged.into_events() {
                if let Event::DevelopmentReported { report, .. } = it.event {
                    assert_eq!(report.lang.as_deref(), Some("de"));
                }
            }
        }
        let de = || Some("de".to_owned());
        assert_eq!(langs, [None, None, de(), de()], "two votes are too few");
        let record = core.feeds().values().next().unwrap();
        assert_eq!(record.tongues, ["de"; 4]);
    }
}
