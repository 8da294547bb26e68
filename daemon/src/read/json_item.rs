//! One item of a JSON Feed.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use url::Url;

use super::{
    date,
    draft::{DraftEntry, Words},
    json_value::{Loose, Names},
    link, record,
    text::Markup,
};

/// Reads an item; none where it is no object.
pub(super) struct Item<'u> {
    pub(super) url: &'u Url,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = Option<DraftEntry<'static>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = Option<DraftEntry<'static>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an item")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entry = DraftEntry::default();
        while let Some(key) = map.next_key::<Loose>()? {
            let key = key.0.unwrap_or_default();
            match key.as_str() {
                "author" | "authors" => {
                    for name in map.next_value::<Names>()?.0 {
                        record::author(&mut entry, &name);
                    }
                }
                "tags" => {
                    for tag in map.next_value::<Names>()?.0 {
                        record::category(&mut entry, &tag);
                    }
                }
                "attachments" => {
                    let url =
                        map.next_value::<Names>()?.0.first().and_then(|it| link::absolute(self.url, it));
                    offer(&mut entry, 6, url);
                }
                "id" | "title" | "url" | "external_url" | "content_html" | "content_text" | "summary"
                | "language" | "date_published" | "date_modified" => {
                    let value = map.next_value::<Loose>()?;
                    take(&mut entry, self.url, &key, value);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Some(entry))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }
}

fn offer(entry: &mut DraftEntry<'_>, rank: u8, link: Option<String>) {
    if let Some(link) = link {
        entry.link.offer(rank, link);
    }
}

/// Records what one field says.
fn take(entry: &mut DraftEntry<'static>, url: &Url, key: &str, value: Loose) {
    let Some(words) = value.text() else { return };
    let text = words.text.trim();
    let rank = match key {
        "date_published" | "url" => 0,
        "external_url" => 1,
        _ => 4,
    };
    match key {
        "id" => {
            if link::is_web(text) {
                offer(entry, 5, link::absolute(url, text));
            }
            entry.guid.offer(0, text.to_owned());
        }
        "url" | "external_url" => {
            offer(entry, rank, link::absolute(url, text));
        }
        "date_published" | "date_modified" => match date::parse(text) {
            Some(stated) => entry.date.offer(rank, stated),
            None => entry.date_unreadable = true,
        },
        "language" => entry.lang = record::language(text),
        "title" => entry.title.offer(0, words),
        "content_html" => entry.content.offer(0, Words { markup: Markup::Html, ..words }),
        "content_text" => entry.content.offer(1, words),
        "summary" => entry.summary.offer(0, words),
        _ => {}
    }
}
