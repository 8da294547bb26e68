//! The same items give the same events, byte for byte; neighbours in time may change places.

use std::{collections::BTreeMap, sync::Arc};

use jiff::tz::TimeZone;
use storyline_config::{Config, StorylineId};
use storyline_store::{Item, ItemId, Relation};

use super::{
    super::Rules,
    data::Row,
    gold::{decide, gold},
};
use crate::writer::{Core, Past};

/// A build for looking, not for speed, tries some of the swaps.
const EVERY: usize = if cfg!(debug_assertions) { 6 } else { 1 };

pub(super) fn figures() -> Vec<Row> {
    let Some((config, items)) = gold() else { return Vec::new() };
    let (once, twice) = (events(&config, &items), events(&config, &items));
    let before = decisions(&config, &items);
    let (mut same, mut all) = (0, 0);
    for at in (1..items.len()).step_by(EVERY) {
        let (agreed, asked) = agreement(&before, &decisions(&config, &swapped(&items, |it| it == at)));
        (same, all) = (same + agreed, all + asked);
    }
    let pair = |odd: usize| {
        let (agreed, asked) = agreement(&before, &decisions(&config, &swapped(&items, |it| it % 2 == odd)));
        agreed as f64 / asked as f64
    };
    vec![
        Row::new(
            "same items, same events, byte for byte",
            f64::from(u8::from(once == twice)),
            format!("{} bytes", once.len()),
            1.0,
        )
        .must(),
        Row::new(
            "neighbours swapped, one pair at a time",
            same as f64 / all as f64,
            format!("{same} of {all} decisions, {} swaps", (items.len() - 1).div_ceil(EVERY)),
            0.95,
        )
        .must(),
        Row::new(
            "every second pair swapped at once",
            pair(1).min(pair(0)),
            "the lower of the two ways to pair them",
            0.9,
        ),
    ]
}

/// The events of a run, written out.
fn events(config: &Config, items: &[Item]) -> String {
    let mut core = Core::new(Arc::new(config.clone()), TimeZone::UTC, Past::default());
    let mut written = String::new();
    for it in items {
        core.ingest(it, false, it.effective);
        for event in core.take_staged().events {
            written += &serde_json::to_string(&event).unwrap();
        }
    }
    written
}

/// The items with some of them in each other's place, and at each other's time.
fn swapped(items: &[Item], with_the_one_before: impl Fn(usize) -> bool) -> Vec<Item> {
    let mut items = items.to_vec();
    for at in (1..items.len()).filter(|it| with_the_one_before(*it)) {
        let (before, after) = (items[at - 1].clone(), items[at].clone());
        let at_time = |it: Item, of: &Item| Item {
            published: of.published,
            seen: of.seen,
            effective: of.effective,
            ..it
        };
        items[at - 1] = at_time(after.clone(), &before);
        items[at] = at_time(before, &after);
    }
    items
}

type Decisions = BTreeMap<(ItemId, StorylineId, usize), (Relation, bool)>;

fn decisions(config: &Config, items: &[Item]) -> Decisions {
    let mut found = Decisions::new();
    for it in decide(config, Rules::default(), items) {
        let times = found.keys().filter(|key| (key.0, &key.1) == (it.item, &it.storyline)).count();
        found.insert((it.item, it.storyline, times), (it.relation, it.alert));
    }
    found
}

/// How many decisions are the same in both, of all that either takes.
fn agreement(before: &Decisions, after: &Decisions) -> (usize, usize) {
    let same = before.iter().filter(|(key, it)| after.get(*key) == Some(it)).count();
    let only = after.keys().filter(|it| !before.contains_key(*it)).count();
    (same, before.len() + only)
}
