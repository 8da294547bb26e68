//! Items for the tests of every room.

use jiff::Timestamp;
use storyline_store::{Item, ItemId};

/// An item as a feed of that name would carry it.
pub(crate) fn item(feed: &str, key: &str, title: &str, text: &str, at: Timestamp) -> Item {
    let feed: storyline_config::FeedId = feed.parse().unwrap();
    Item {
        id: ItemId::of(&feed, key),
        key: Some(key.to_owned()),
        outlet: feed.to_string(),
        feed,
        guid: Some(key.to_owned()),
        link: None,
        lang: None,
        title: title.to_owned(),
        text: text.to_owned(),
        published: Some(at),
        seen: at,
        effective: at,
        date_flag: None,
        authors: Vec::new(),
        source: None,
        categories: Vec::new(),
        revision: false,
        late: false,
    }
}
