//! A document as the parser wants it: Atom 1.0 with plain texts and nothing odd.

use std::fmt::Write;

use jiff::Timestamp;

use super::leaf::escape;

/// What the parser is to read of an entry, and what it has read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Plain {
    pub(super) title: String,
    pub(super) link: Option<String>,
    pub(super) published: Option<Timestamp>,
    pub(super) body: String,
    pub(super) authors: Vec<String>,
    pub(super) categories: Vec<String>,
}

/// Writes clean texts out as Atom. An entry's id there is its place, from 0.
pub(super) fn canonical(title: &str, entries: &[Plain]) -> String {
    let mut out = String::from("<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>feed</id>");
    element("title", title, &mut out);
    for (place, entry) in entries.iter().enumerate() {
        write_entry(place, entry, &mut out);
    }
    out.push_str("</feed>");
    out
}

fn write_entry(place: usize, entry: &Plain, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(out, "<entry><id>{place}</id>");
    element("title", &entry.title, out);
    if let Some(link) = &entry.link {
        attribute("link", "href", link, out);
    }
    if let Some(at) = entry.published {
        let _ = write!(out, "<published>{at}</published>");
    }
    element("summary", &entry.body, out);
    for author in &entry.authors {
        out.push_str("<author>");
        element("name", author, out);
        out.push_str("</author>");
    }
    for category in &entry.categories {
        attribute("category", "term", category, out);
    }
    out.push_str("</entry>");
}

/// An element with a text; nothing where that is empty, since the parser takes an empty one for a fault.
fn element(name: &str, text: &str, out: &mut String) {
    if text.is_empty() {
        return;
    }
    let _ = write!(out, "<{name}>");
    escape(text, out);
    let _ = write!(out, "</{name}>");
}

fn attribute(name: &str, key: &str, value: &str, out: &mut String) {
    let _ = write!(out, "<{name} {key}=\"");
    escape(value, out);
    out.push_str("\"/>");
}
