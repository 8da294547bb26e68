//! The seam to feed-rs, which gets only canonical documents to see.

use feed_rs::model;
use jiff::Timestamp;

use super::{error::ReadError, text::Markup};

/// A text as the parser gives it.
#[derive(Debug)]
pub(super) struct ParsedText {
    pub(super) text: String,
    pub(super) markup: Markup,
}

/// An entry as the parser gives it.
#[derive(Debug)]
pub(super) struct ParsedEntry {
    pub(super) title: Option<ParsedText>,
    pub(super) link: Option<String>,
    pub(super) published: Option<Timestamp>,
    pub(super) content: Option<ParsedText>,
    pub(super) summary: Option<ParsedText>,
    pub(super) authors: Vec<String>,
    pub(super) categories: Vec<String>,
}

/// A document as the parser gives it.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) title: Option<ParsedText>,
    pub(super) entries: Vec<ParsedEntry>,
}

/// Parses a canonical document.
pub(super) fn parse(canonical: &str) -> Result<Parsed, ReadError> {
    let parser = feed_rs::parser::Builder::new()
        .sanitize_content(false)
        // Canonical dates are RFC 3339; the default tries a dozen patterns.
        .timestamp_parser(|text| text.parse().ok())
        .build();
    let feed = parser
        .parse(canonical.as_bytes())
        .map_err(|error| ReadError::Unreadable { what: error.to_string() })?;
    Ok(Parsed { title: feed.title.map(text), entries: feed.entries.into_iter().map(entry).collect() })
}

fn entry(entry: model::Entry) -> ParsedEntry {
    let published = entry.published.and_then(|at| {
        let nanosecond = i32::try_from(at.timestamp_subsec_nanos()).ok()?;
        Timestamp::new(at.timestamp(), nanosecond).ok()
    });
    ParsedEntry {
        title: entry.title.map(text),
        link: entry.links.into_iter().next().map(|it| it.href),
        published,
        content: entry.content.and_then(|it| {
            let markup = markup(&it.content_type.to_string());
            it.body.map(|text| ParsedText { text, markup })
        }),
        summary: entry.summary.map(text),
        authors: entry.authors.into_iter().filter_map(|it| it.name).collect(),
        categories: entry.categories.into_iter().map(|it| it.term).collect(),
    }
}

fn text(text: model::Text) -> ParsedText {
    ParsedText { markup: markup(&text.content_type.to_string()), text: text.content }
}

fn markup(media_type: &str) -> Markup {
    if media_type == "text/plain" { Markup::Text } else { Markup::Html }
}
