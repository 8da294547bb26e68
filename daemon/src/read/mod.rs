//! From bytes to items (pure).
//!
//! ```text
//! bytes ─decode─▶ text ─walk or json─▶ draft ─newest, clean─▶ canonical Atom ─feed-rs─▶ entries ─name─▶ Document ─▶ items
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
mod date_clock;
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
#[cfg(any(test, fuzzing))]
pub mod probes;
mod record;
mod scan;
mod show;
mod sniff;
mod text;
mod tree;
mod unpack;
mod walk;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use storyline_config::limit::ENTRIES_MAX;
use storyline_store::DateFlag;
use url::Url;

pub(crate) use self::folded::one_line;
use self::{
    canonical::Plain,
    draft::{Draft, DraftEntry, Ranked, Words},
};
pub use self::{
    document::{Document, Entry, Hints, Kind, SitemapChild},
    error::ReadError,
    items::items,
    line::{ItemLine, LineError},
    show::show,
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
    let bytes = &*unpack::unpack(bytes)?;
    let text = decode::decode(bytes, content_type);
    if text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}').is_empty() {
        return Err(ReadError::Empty);
    }
    let draft = if sniff::is_json(&text) {
        json::json(&text, url).map_err(|what| ReadError::Unreadable { what })?
    } else {
        let draft = walk::walk(&text, url).ok_or_else(|| sniff::no_feed(&text))?;
        if draft.entries.is_empty() && draft.children.is_empty() && sniff::is_page(&text) {
            return Err(sniff::no_feed(&text));
        }
        draft
    };
    understand(draft)
}

/// Cleans what was found, lets the parser read it, and names the entries.
fn understand(mut draft: Draft<'_>) -> Result<Document, ReadError> {
    newest::keep(&mut draft.entries, ENTRIES_MAX);
    record::sane(&mut draft.hints);
    let title = draft.title.take().map(|it| text::headline(&it.text, it.markup)).unwrap_or_default();
    let (plain, rest): (Vec<Plain>, Vec<Rest>) = draft.entries.into_iter().map(part).unzip();
    let (title, plain) = parse::parse(&canonical::canonical(&title, &plain))?;
    if plain.len() != rest.len() {
        return Err(ReadError::Unreadable { what: "its entries cannot be told apart".to_owned() });
    }
    let lang = draft.lang;
    let joined = plain.into_iter().zip(rest).map(|(plain, rest)| join(plain, rest, lang.as_deref()));
    let mut entries: Vec<Entry> = joined.collect();
    id::name(&mut entries);
    Ok(Document {
        title: Some(title).filter(|it| !it.is_empty()),
        kind: draft.kind,
        lang,
        hints: draft.hints,
        entries,
        children: draft.children,
    })
}

/// What of an entry the parser has no place for.
struct Rest {
    guid: Option<String>,
    page: Option<String>,
    date_flag: Option<DateFlag>,
    source: Option<String>,
    lang: Option<String>,
}

/// Parts an entry, cleaned, into what the parser reads and the rest.
fn part(draft: DraftEntry<'_>) -> (Plain, Rest) {
    let date = draft.date.take();
    let (link, page) = link::past_counters(draft.link.take(), draft.own_link);
    let body =
        |it: Ranked<Words<'_>>| it.take().map(|it| text::body(&it.text, it.markup)).unwrap_or_default();
    let content = body(draft.content);
    let plain = Plain {
        title: draft.title.take().map(|it| text::headline(&it.text, it.markup)).unwrap_or_default(),
        link,
        published: date.map(|it| it.at),
        body: if content.is_empty() { body(draft.summary) } else { content },
        authors: draft.authors,
        categories: draft.categories,
    };
    let date_flag = match date {
        Some(stated) => stated.flag,
        None if draft.date_unreadable => Some(DateFlag::Bad),
        None => Some(DateFlag::Missing),
    };
    let guid = draft.guid.take().and_then(|it| id::guid(&it));
    (plain, Rest { guid, page, date_flag, source: draft.source, lang: draft.lang })
}

fn join(plain: Plain, rest: Rest, lang: Option<&str>) -> Entry {
    Entry {
        id: String::new(),
        key: String::new(),
        guid: rest.guid,
        title: plain.title,
        link: plain.link,
        page: rest.page,
        published: plain.published,
        date_flag: rest.date_flag,
        body: plain.body,
        authors: plain.authors,
        source: rest.source,
        categories: plain.categories,
        lang: rest.lang.or_else(|| lang.map(str::to_owned)),
        repeat: false,
    }
}
