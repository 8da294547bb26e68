//! A document as the parser wants it: Atom 1.0 without anything odd.

use std::fmt::Write;

use super::{
    draft::{Draft, DraftEntry, Words},
    leaf::escape,
    text::Markup,
};

/// Writes a draft out as Atom. An entry's id there is its place, from 0.
pub(super) fn canonical(draft: &Draft<'_>) -> String {
    let mut out = String::from("<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>feed</id>");
    words("title", draft.title.get(), &mut out);
    for (place, entry) in draft.entries.iter().enumerate() {
        write_entry(place, entry, &mut out);
    }
    out.push_str("</feed>");
    out
}

fn write_entry(place: usize, entry: &DraftEntry<'_>, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(out, "<entry><id>{place}</id>");
    words("title", entry.title.get(), out);
    if let Some(link) = entry.link.get() {
        out.push_str("<link href=\"");
        escape(link, out);
        out.push_str("\"/>");
    }
    if let Some(at) = entry.published() {
        let _ = write!(out, "<published>{at}</published>");
    }
    words("content", entry.content.get(), out);
    words("summary", entry.summary.get(), out);
    for author in &entry.authors {
        out.push_str("<author><name>");
        escape(author, out);
        out.push_str("</name></author>");
    }
    for category in &entry.categories {
        out.push_str("<category term=\"");
        escape(category, out);
        out.push_str("\"/>");
    }
    out.push_str("</entry>");
}

fn words(name: &str, words: Option<&Words<'_>>, out: &mut String) {
    let Some(words) = words else { return };
    let kind = match words.markup {
        Markup::Text => "text",
        Markup::Html => "html",
    };
    let _ = write!(out, "<{name} type=\"{kind}\">");
    escape(&words.text, out);
    let _ = write!(out, "</{name}>");
}
