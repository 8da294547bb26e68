//! JSON Feed, read forgivingly.
//!
//! Fields are taken for what they can mean and skipped where they mean
//! nothing, so that one bad item costs itself only. Items become drafts one
//! by one; what is not looked at is never held.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use url::Url;

use super::{
    document::Kind,
    draft::Draft,
    json_item::Item,
    json_mend::mend,
    json_value::{Loose, Names},
    link, newest, record,
};

/// Reads a JSON Feed; the error says what it is instead.
pub(super) fn json(text: &str, url: &Url) -> Result<Draft<'static>, String> {
    let draft = read(text, url).or_else(|error| mend(text).map_or(Err(error), |mended| read(&mended, url)));
    draft
        .map_err(|error| format!("it is broken JSON: {error}"))?
        .ok_or_else(|| "it is JSON, but no JSON Feed".to_owned())
}

fn read(text: &str, url: &Url) -> Result<Option<Draft<'static>>, serde_json::Error> {
    let feed = Feed { url }.deserialize(&mut serde_json::Deserializer::from_str(text))?;
    Ok(feed)
}

struct Feed<'u> {
    url: &'u Url,
}

impl<'de> DeserializeSeed<'de> for Feed<'_> {
    type Value = Option<Draft<'static>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Feed<'_> {
    type Value = Option<Draft<'static>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON Feed")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut draft = Draft::new(Kind::Json);
        let mut is_feed = false;
        let address = |value: Loose| value.0.and_then(|it| link::absolute(self.url, &it));
        while let Some(key) = map.next_key::<Loose>()? {
            let hints = &mut draft.hints;
            match key.0.as_deref().unwrap_or_default() {
                "version" => {
                    is_feed |= map.next_value::<Loose>()?.0.is_some_and(|it| it.contains("jsonfeed"));
                }
                "items" => is_feed |= map.next_value_seed(Items { url: self.url, draft: &mut draft })?,
                "title" => {
                    if let Some(words) = map.next_value::<Loose>()?.text() {
                        draft.title.offer(0, words);
                    }
                }
                "language" => draft.lang = map.next_value::<Loose>()?.0.as_deref().and_then(record::language),
                "feed_url" => hints.self_link = address(map.next_value()?),
                "next_url" => hints.next = address(map.next_value()?),
                "hubs" => {
                    hints.hub =
                        map.next_value::<Names>()?.0.first().and_then(|it| link::absolute(self.url, it));
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(is_feed.then_some(draft))
    }
}

/// The items, which go to the draft; true if they are a list.
struct Items<'u, 'd> {
    url: &'u Url,
    draft: &'d mut Draft<'static>,
}

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        while let Some(entry) = seq.next_element_seed(Item { url: self.url })? {
            self.draft.entries.extend(entry);
            newest::keep(&mut self.draft.entries, newest::SLACK);
        }
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }
}
