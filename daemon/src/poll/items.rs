//! From what a document carries to items (pure).

use std::time::Duration;

use jiff::Timestamp;
use storyline_config::{Feed, FeedId};
use storyline_store::{DateFlag, Item, ItemId};

use crate::{
    clock::{between, later},
    read::{Document, Entry},
};

/// How far ahead of its first sight a stated date may lie.
const AHEAD_MAX: Duration = Duration::from_mins(10);
/// How far back a stated date may lie.
const BACK_MAX: Duration = Duration::from_hours(30 * 24);

/// The items of a document, seen at `now`; an entry that only repeats another is left out.
pub(super) fn items(document: Document, id: &FeedId, feed: &Feed, now: Timestamp) -> Vec<Item> {
    document.entries.into_iter().filter(|it| !it.repeat).map(|it| item(it, id, feed, now)).collect()
}

fn item(entry: Entry, id: &FeedId, feed: &Feed, now: Timestamp) -> Item {
    let (effective, flag) = effective(entry.published, now);
    Item {
        id: ItemId::of(id, &entry.id),
        key: None,
        feed: id.clone(),
        outlet: feed.outlet.clone(),
        guid: entry.guid,
        link: entry.link,
        lang: entry.lang.or_else(|| feed.lang.clone()),
        title: entry.title,
        text: entry.body,
        published: entry.published,
        seen: now,
        effective,
        date_flag: flag.or(entry.date_flag),
        authors: entry.authors,
        source: entry.source,
        categories: entry.categories,
        revision: false,
        late: false,
    }
}

/// The time an item counts from, and what is wrong with its stated date.
fn effective(published: Option<Timestamp>, now: Timestamp) -> (Timestamp, Option<DateFlag>) {
    match published {
        None => (now, None),
        Some(it) if it > later(now, AHEAD_MAX) => (now, Some(DateFlag::Future)),
        Some(it) if between(it, now) > BACK_MAX => (now, Some(DateFlag::Ancient)),
        Some(it) => (it, None),
    }
}
