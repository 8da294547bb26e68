//! An open element that says something, with what was found in it so far.

use std::borrow::Cow;

use base64::Engine;
use storyline_config::limit::MARKUP_BYTES_MAX;

use super::{
    attribute::Attributes,
    draft::Words,
    entity,
    name::{Field, local},
    text::Markup,
};

/// How the text of an element is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// As it stands.
    Text,
    /// As it stands, unless it looks like HTML.
    Unsure,
    /// As HTML.
    Html,
    /// As XML whose elements are those of HTML: here `<` is not the sign that HTML has.
    Xml,
    /// As HTML in base64, which Atom 0.3 allows.
    Packed,
    /// As something other than words; the markup in it is dropped.
    Value,
}

/// An open element that says something.
#[derive(Debug)]
pub(super) struct Leaf<'a> {
    pub(super) name: &'a str,
    pub(super) field: Field,
    pub(super) attributes: Attributes,
    /// How many bases are in force outside of it.
    pub(super) bases: usize,
    meant: Meant,
    text: Cow<'a, str>,
    /// Elements open in it.
    depth: usize,
    /// Elements of its own name open in it.
    same: usize,
}

impl<'a> Leaf<'a> {
    pub(super) fn new(
        name: &'a str,
        field: Field,
        meant: Meant,
        attributes: Attributes,
        bases: usize,
    ) -> Self {
        Self { name, field, attributes, bases, meant, text: Cow::Borrowed(""), depth: 0, same: 0 }
    }

    /// Whether what stands in it is XML of another kind.
    pub(super) fn is_xml(&self) -> bool {
        self.meant == Meant::Xml
    }

    /// Whether an end tag of another name may belong to an element around it.
    pub(super) fn may_end_around(&self) -> bool {
        self.depth == 0 || !self.is_xml()
    }

    /// Takes words.
    pub(super) fn text(&mut self, words: &'a str) {
        if self.text.is_empty() && self.meant != Meant::Xml {
            self.text = Cow::Borrowed(clip(words, MARKUP_BYTES_MAX));
        } else {
            self.push(words);
        }
    }

    /// Takes a reference to a character.
    pub(super) fn reference(&mut self, name: &str) {
        if self.text.len() >= MARKUP_BYTES_MAX {
            return;
        }
        let mut out = String::new();
        if !entity::resolve(name, &mut out) {
            out = format!("&{name};");
        }
        self.push(&out);
    }

    /// Takes the start of an element in it.
    pub(super) fn start(&mut self, name: &str) {
        self.same += usize::from(name.eq_ignore_ascii_case(self.name));
        self.depth += 1;
        self.tag("<", name);
    }

    /// Whether an end tag is its own.
    pub(super) fn ends(&self, name: &str) -> bool {
        self.same == 0 && name.eq_ignore_ascii_case(self.name)
    }

    /// Takes the end of an element in it.
    pub(super) fn end(&mut self, name: &str) {
        self.same = self.same.saturating_sub(usize::from(name.eq_ignore_ascii_case(self.name)));
        self.depth = self.depth.saturating_sub(1);
        self.tag("</", name);
    }

    fn tag(&mut self, opening: &str, name: &str) {
        if matches!(self.meant, Meant::Text | Meant::Unsure) {
            // It was called text and is not: what was text so far stays text.
            let text = std::mem::take(&mut self.text);
            self.meant = Meant::Xml;
            self.push(&text);
        }
        if self.meant != Meant::Value && self.text.len() < MARKUP_BYTES_MAX {
            let text = self.text.to_mut();
            text.push_str(opening);
            text.push_str(&local(name));
            text.push('>');
        }
    }

    /// Takes words that are not part of the document's text.
    pub(super) fn push(&mut self, words: &str) {
        let left = MARKUP_BYTES_MAX.saturating_sub(self.text.len());
        if left == 0 {
            return;
        }
        let words = clip(words, left);
        let text = self.text.to_mut();
        if self.meant == Meant::Xml {
            escape(words, text);
        } else {
            text.push_str(words);
        }
    }

    /// What it says; none where that is blank.
    pub(super) fn words(&mut self) -> Option<Words<'a>> {
        let mut text = std::mem::take(&mut self.text);
        if self.meant == Meant::Packed {
            text = Cow::Owned(unpack(&text)?);
        }
        let markup = match self.meant {
            Meant::Html | Meant::Xml | Meant::Packed => Markup::Html,
            Meant::Unsure if looks_like_html(&text) => Markup::Html,
            Meant::Unsure | Meant::Text | Meant::Value => Markup::Text,
        };
        (!text.trim().is_empty()).then_some(Words { text, markup })
    }
}

fn unpack(text: &str) -> Option<String> {
    let text: String = text.split_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
    String::from_utf8(bytes).ok()
}

/// Whether a text that is not called HTML is HTML all the same.
fn looks_like_html(text: &str) -> bool {
    text.contains('<')
        && [
            "</p>",
            "</a>",
            "</b>",
            "</i>",
            "</em>",
            "</div>",
            "</span>",
            "</strong>",
            "</li>",
            "<br",
            "<p>",
            "<img ",
        ]
        .iter()
        .any(|tag| text.contains(tag))
}

/// The longest beginning of a text that has at most `max` bytes.
pub(super) fn clip(text: &str, max: usize) -> &str {
    text.get(..text.floor_char_boundary(max)).unwrap_or(text)
}

/// Appends a text so that XML reads it as it stands, without what XML has no sign for.
pub(super) fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = special(rest.as_bytes()) {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        out.push_str(match tail.as_bytes().first() {
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'&') => "&amp;",
            Some(b'"') => "&quot;",
            Some(b'\n' | b'\t' | b'\r') => " ",
            _ => "",
        });
        rest = tail.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// Where the first byte stands that XML must not see. Looks at whole stretches at once, which is much faster.
fn special(text: &[u8]) -> Option<usize> {
    let is_special = |it: u8| it < b' ' || it == b'<' || it == b'>' || it == b'&' || it == b'"';
    let stretch =
        text.chunks(64).position(|it| it.iter().fold(false, |found, it| found | is_special(*it)))?;
    let from = stretch * 64;
    text.get(from..)?.iter().position(|it| is_special(*it)).map(|at| from + at)
}
