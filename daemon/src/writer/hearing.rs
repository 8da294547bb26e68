//! What a core does with an item before and after it is judged: gives it its language, explains it (pure).

use std::borrow::Cow;

use jiff::Timestamp;
use storyline_config::Config;
use storyline_store::Item;

use crate::detect::{self, Definitions, Memory, tongue};

/// Counts which languages items seem to be in that name none.
pub(super) fn hear_tongues<'a>(votes: &mut Vec<String>, items: impl Iterator<Item = &'a Item>) {
    for it in items.filter(|it| it.lang.is_none()) {
        tongue::guess(&it.title, &it.text).into_iter().for_each(|it| tongue::vote(votes, it));
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
    explained.iter_mut().for_each(|it| it.name_facets(config));
    explained
}
