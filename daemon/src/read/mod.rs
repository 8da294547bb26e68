//! From bytes to items (pure).
//!
//! ```text
//! bytes ─decode─▶ text ─walk or json─▶ draft ─newest─▶ canonical Atom ─feed-rs─▶ entries ─name─▶ Document ─▶ items
//! ```
//!
//! feed-rs alone refuses or empties one document in five of those that other
//! readers cope with, so it gets to see only what a tolerant pass of ours has
//! written out again, plainly.
//!
//! # Promises
//!
//! * Whatever the bytes are, the answer is a value: no panic gets out, and time and memory are bounded by their length.
//! * Texts are clean: no markup, no control, direction or invisible characters.
//! * Links are absolute, http or https, and without credentials.
//! * Ids are unique within a document and the same at the next visit.

mod attribute;
mod canonical;
mod date;
mod date_token;
mod date_word;
mod decode;
mod document;
mod draft;
mod entity;
mod error;
mod folded;
mod id;
mod items;
mod json;
mod json_item;
mod json_mend;
mod json_value;
mod leaf;
mod line;
mod link;
mod meant;
mod name;
mod newest;
mod parse;
mod record;
mod show;
mod sniff;
mod text;
mod tree;
mod walk;

use std::panic::{AssertUnwindSafe, catch_unwind};

use storyline_config::limit::ENTRIES_MAX;
use storyline_store::DateFlag;
use url::Url;

pub use self::{
    document::{Document, Entry, Hints, Kind, SitemapChild},
    error::ReadError,
    items::items,
    line::{ItemLine, LineError},
    show::show,
};
use self::{
    draft::{Draft, DraftEntry},
    parse::{ParsedEntry, ParsedText},
};

/// Reads a document that came from `url`, as whatever kind of feed it is.
///
/// `content_type` is the server's word for it; only its character set counts, and not blindly.
///
/// # Errors
///
/// Says what the document is if it is no feed.
pub fn read(bytes: &[u8], content_type: Option<&str>, url: &Url) -> Result<Document, ReadError> {
    // Everything in there is made in there, so nothing half-done outlives a panic.
    catch_unwind(AssertUnwindSafe(|| read_unguarded(bytes, content_type, url))).unwrap_or_else(|panic| {
        let what = panic.downcast_ref::<&str>().map(|it| (*it).to_owned());
        let what = what.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(ReadError::Panicked { what: text::line(&what) })
    })
}

fn read_unguarded(bytes: &[u8], content_type: Option<&str>, url: &Url) -> Result<Document, ReadError> {
    let text = decode::decode(bytes, content_type);
    if text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}').is_empty() {
        return Err(ReadError::Empty);
    }
    let draft = if sniff::is_json(&text) {
        json::json(&text, url).map_err(|what| ReadError::Unreadable { what })?
    } else {
        walk::walk(&text, url).ok_or_else(|| sniff::no_feed(&text))?
    };
    understand(draft)
}

/// Lets the parser read what was found, and names the entries.
fn understand(mut draft: Draft<'_>) -> Result<Document, ReadError> {
    newest::keep(&mut draft.entries, ENTRIES_MAX);
    record::sane(&mut draft.hints);
    let parsed = parse::parse(&canonical::canonical(&draft))?;
    if parsed.entries.len() != draft.entries.len() {
        return Err(ReadError::Unreadable { what: "its entries cannot be told apart".to_owned() });
    }
    let lang = draft.lang;
    let mut entries: Vec<Entry> = draft
        .entries
        .into_iter()
        .zip(parsed.entries)
        .map(|(draft, parsed)| entry(draft, parsed, lang.as_deref()))
        .collect();
    id::name(&mut entries);
    Ok(Document {
        title: parsed.title.map(|it| headline(&it)).filter(|it| !it.is_empty()),
        kind: draft.kind,
        lang,
        hints: draft.hints,
        entries,
        children: draft.children,
    })
}

fn entry(draft: DraftEntry<'_>, parsed: ParsedEntry, lang: Option<&str>) -> Entry {
    let body = |it: Option<ParsedText>| it.map(|it| text::body(&it.text, it.markup)).unwrap_or_default();
    let content = body(parsed.content);
    let date_flag = match draft.date.get() {
        Some(stated) => stated.flag,
        None if draft.date_unreadable => Some(DateFlag::Bad),
        None => Some(DateFlag::Missing),
    };
    Entry {
        id: String::new(),
        guid: draft.guid.get().and_then(|it| id::guid(it)),
        title: parsed.title.map(|it| headline(&it)).unwrap_or_default(),
        link: parsed.link,
        published: parsed.published,
        date_flag,
        body: if content.is_empty() { body(parsed.summary) } else { content },
        authors: parsed.authors,
        source: draft.source,
        categories: parsed.categories,
        lang: draft.lang.or_else(|| lang.map(str::to_owned)),
        repeat: false,
    }
}

fn headline(it: &ParsedText) -> String {
    text::headline(&it.text, it.markup)
}
