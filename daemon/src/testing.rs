//! Items for the tests of every room.

use jiff::Timestamp;
use storyline_store::Item;

/// An item as a feed of that name would carry it.
pub(crate) fn item(feed: &str, key: &str, title: &str, text: &str, at: Timestamp) -> Item {
    Item {
        key: Some(key.to_owned()),
        guid: Some(key.to_owned()),
        text: text.to_owned(),
        published: Some(at),
        ..Item::named(feed.parse().unwrap(), key, title.to_owned(), at)
    }
}
