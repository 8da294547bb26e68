//! One line as an item.

use jiff::Timestamp;
use serde::Deserialize;
use storyline_config::{
    FeedId,
    limit::{TEXT_BYTES_MAX, TITLE_CHARS_MAX},
};
use storyline_store::{Item, ItemId};

/// The feed of items that name none.
const FEED_DEFAULT: &str = "ingest";

#[derive(Deserialize)]
struct ItemLine {
    id: String,
    title: String,
    published: Option<Timestamp>,
    feed: Option<String>,
    outlet: Option<String>,
    guid: Option<String>,
    link: Option<String>,
    lang: Option<String>,
    summary: Option<String>,
}

/// Reads a line; other keys than those known are ignored.
pub(super) fn read(bytes: &[u8], feed: Option<&FeedId>, now: Timestamp) -> Result<Item, String> {
    let line: ItemLine = serde_json::from_slice(bytes).map_err(|it| it.to_string())?;
    let feed = match (line.feed, feed) {
        (Some(it), _) => it.to_lowercase().parse().map_err(|it| format!("{it}"))?,
        (None, Some(it)) => it.clone(),
        (None, None) => FEED_DEFAULT.parse().map_err(|it| format!("{it}"))?,
    };
    let id = ItemId::of(&feed, line.guid.as_deref().unwrap_or(&line.id));
    let mut text = line.summary.unwrap_or_default();
    text.truncate(text.floor_char_boundary(TEXT_BYTES_MAX));
    Ok(Item {
        id,
        key: Some(line.id),
        outlet: line.outlet.unwrap_or_else(|| feed.as_str().to_owned()),
        feed,
        guid: line.guid,
        link: line.link,
        lang: line.lang,
        title: line.title.chars().take(TITLE_CHARS_MAX).collect(),
        text,
        published: line.published,
        seen: now,
        effective: line.published.filter(|it| *it <= now).unwrap_or(now),
        date_flag: None,
        authors: Vec::new(),
        source: None,
        categories: Vec::new(),
        revision: false,
        late: false,
    })
}
