//! JSON values taken for what they can mean.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use storyline_config::limit::MARKUP_BYTES_MAX;

use super::{draft::Words, leaf::clip, text::Markup};

/// Names kept of one list.
const NAMES_MAX: usize = 32;

/// A text, or a number or truth value written as one; none for anything else.
#[derive(Debug, Default)]
pub(super) struct Loose(pub(super) Option<String>);

impl Loose {
    /// The text, if it is not blank.
    pub(super) fn text(self) -> Option<Words<'static>> {
        let text = self.0.filter(|it| !it.trim().is_empty())?;
        Some(Words { text: Cow::Owned(text), markup: Markup::Text })
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Loose, E> {
        Ok(Loose(Some(clip(text, MARKUP_BYTES_MAX).to_owned())))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Loose, E> {
        Ok(Loose(Some(value.to_string())))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Loose, E> {
        Ok(Loose(Some(value.to_string())))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Loose, E> {
        Ok(Loose(Some(value.to_string())))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Loose, E> {
        Ok(Loose(Some(value.to_string())))
    }

    fn visit_unit<E: Error>(self) -> Result<Loose, E> {
        Ok(Loose(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Loose, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Loose(None))
    }
}

/// The names in a list, in an object's `name` or `url`, or in a plain text.
#[derive(Debug, Default)]
pub(super) struct Names(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamesVisitor)
    }
}

struct NamesVisitor;

impl<'de> Visitor<'de> for NamesVisitor {
    type Value = Names;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Names, E> {
        Ok(Names(vec![clip(text, MARKUP_BYTES_MAX).to_owned()]))
    }

    fn visit_unit<E: Error>(self) -> Result<Names, E> {
        Ok(Names::default())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Names, E> {
        Ok(Names::default())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Names, E> {
        Ok(Names(vec![value.to_string()]))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Names, E> {
        Ok(Names(vec![value.to_string()]))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Names, E> {
        Ok(Names(vec![value.to_string()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Names, A::Error> {
        let mut names = Vec::new();
        while names.len() < NAMES_MAX {
            match seq.next_element::<Names>()? {
                Some(more) => names.extend(more.0),
                None => return Ok(Names(names)),
            }
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Names(names))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
        let mut name = None;
        while let Some(key) = map.next_key::<Loose>()? {
            match key.0.as_deref() {
                Some("name") => name = map.next_value::<Loose>()?.0,
                Some("url") if name.is_none() => name = map.next_value::<Loose>()?.0,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Names(name.into_iter().collect()))
    }
}
