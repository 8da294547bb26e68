//! The seam to feed-rs, which gets only canonical documents to see.

use feed_rs::model;
use jiff::Timestamp;

use super::{canonical::Plain, error::ReadError};

/// Parses a canonical document: its title, and its entries in order.
pub(super) fn parse(canonical: &str) -> Result<(String, Vec<Plain>), ReadError> {
    let parser = feed_rs::parser::Builder::new()
        .sanitize_content(false)
        // Canonical dates are RFC 3339; the default tries a dozen patterns.
        .timestamp_parser(|text| text.parse().ok())
        .build();
    let feed = parser
        .parse(canonical.as_bytes())
        .map_err(|error| ReadError::Unreadable { what: error.to_string() })?;
    Ok((text(feed.title), feed.entries.into_iter().map(plain).collect()))
}

fn plain(entry: model::Entry) -> Plain {
    let published = entry.published.and_then(|at| {
        let nanosecond = i32::try_from(at.timestamp_subsec_nanos()).ok()?;
        Timestamp::new(at.timestamp(), nanosecond).ok()
    });
    Plain {
        title: text(entry.title),
        link: entry.links.into_iter().next().map(|it| it.href),
        published,
        body: text(entry.summary),
        authors: entry.authors.into_iter().filter_map(|it| it.name).collect(),
        categories: entry.categories.into_iter().map(|it| it.term).collect(),
    }
}

fn text(text: Option<model::Text>) -> String {
    text.map(|it| it.content).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::canonical::canonical;

    #[test]
    fn the_parser_reads_what_was_written() {
        let entries = [
            Plain {
                title: "A < B & \"C\" > D ]]> é".to_owned(),
                link: Some("https://paper.example/?a=1&b=2".to_owned()),
                published: "2025-02-12T07:00:00.5Z".parse().ok(),
                body: "Text & more &amp; more".to_owned(),
                authors: vec!["Jo Ann".to_owned()],
                categories: vec!["R&D".to_owned()],
            },
            Plain::default(),
        ];
        let read = parse(&canonical("Paper", &entries)).unwrap();
        assert_eq!(read, ("Paper".to_owned(), entries.to_vec()));
    }
}
