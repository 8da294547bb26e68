//! What an element says, recorded in the draft.

use std::{collections::BTreeSet, time::Duration};

use jiff::civil::Weekday;
use url::Url;

use super::{
    attribute::Attributes,
    date,
    document::{Hints, Kind, SitemapChild},
    draft::{Draft, DraftEntry},
    leaf::Leaf,
    link,
    name::Field,
    text::line,
};

/// Categories kept of one entry.
const CATEGORIES_MAX: usize = 32;
/// Authors kept of one entry.
const AUTHORS_MAX: usize = 16;
/// Sitemaps kept of an index.
const CHILDREN_MAX: usize = 50_000;

/// Learns from the tag of a group around the entries.
pub(super) fn begin_feed(draft: &mut Draft<'_>, attributes: &Attributes) {
    if let Some(lang) = attributes.lang.as_deref().and_then(language) {
        draft.lang.get_or_insert(lang);
    }
}

/// An entry, with what its tag says.
pub(super) fn begin_entry<'a>(base: &Url, attributes: &Attributes) -> DraftEntry<'a> {
    let mut entry =
        DraftEntry { lang: attributes.lang.as_deref().and_then(language), ..DraftEntry::default() };
    if let Some(about) = attributes.about.as_deref().filter(|it| !it.trim().is_empty()) {
        if let Some(url) = link::absolute(base, about) {
            entry.link.offer(4, url);
        }
        entry.guid.offer(1, about.trim().to_owned());
    }
    entry
}

/// Records what an element outside of the entries says.
pub(super) fn in_feed<'a>(draft: &mut Draft<'a>, leaf: &mut Leaf<'a>, base: &Url) {
    let hints = &mut draft.hints;
    if leaf.field == Field::Link {
        return link_of_feed(hints, &leaf.attributes, base);
    }
    let Some(words) = leaf.words() else { return };
    let value = words.text.trim();
    match leaf.field {
        Field::Title(rank) => draft.title.offer(rank, words),
        Field::Language => {
            if let Some(lang) = language(value) {
                draft.lang.get_or_insert(lang);
            }
        }
        Field::Ttl => hints.ttl = minutes(value).or(hints.ttl),
        Field::SkipHour => {
            // Some count the last hour of the day as 24.
            hints.skip_hours.extend(value.parse().ok().map(|hour: i8| hour % 24).filter(|hour| *hour >= 0));
        }
        Field::SkipDay => {
            if let Some(day) = weekday(value).filter(|day| !hints.skip_days.contains(day)) {
                hints.skip_days.push(day);
            }
        }
        Field::SyPeriod => hints.sy_period = period(value).or(hints.sy_period),
        Field::SyFrequency => {
            hints.sy_frequency = value.parse().ok().filter(|it| *it > 0).or(hints.sy_frequency);
        }
        _ => {}
    }
}

fn link_of_feed(hints: &mut Hints, attributes: &Attributes, base: &Url) {
    let Some(url) = attributes.href.as_deref().and_then(|href| link::absolute(base, href)) else { return };
    for rel in attributes.rel.as_deref().unwrap_or_default().split_ascii_whitespace() {
        let hint = match rel {
            "hub" => &mut hints.hub,
            "self" => &mut hints.self_link,
            "next" => &mut hints.next,
            "prev-archive" => &mut hints.prev_archive,
            _ => continue,
        };
        hint.get_or_insert_with(|| url.clone());
    }
}

/// Records what an element of an entry says.
pub(super) fn in_entry<'a>(entry: &mut DraftEntry<'a>, kind: Kind, leaf: &mut Leaf<'a>, base: &Url) {
    let attributes = std::mem::take(&mut leaf.attributes);
    match leaf.field {
        Field::Link if attributes.href.is_some() || attributes.rel.is_some() => {
            let words = leaf.words();
            let words = words.as_ref().map(|it| it.text.as_ref());
            if kind != Kind::Atom && words.is_some() && attributes.rel.is_none() {
                return offer_link(entry, 0, base, words);
            }
            let text = attributes.href.as_deref().or(words);
            return link_of_entry(entry, &attributes, base, text);
        }
        Field::Enclosure => {
            let url = attributes.url.as_deref().or(attributes.href.as_deref());
            return offer_link(entry, 6, base, url);
        }
        Field::Category => {
            let value = attributes.label.as_deref().or(attributes.term.as_deref());
            let words = leaf.words();
            return category(entry, words.as_ref().map_or(value.unwrap_or_default(), |it| &it.text));
        }
        _ => {}
    }
    let Some(words) = leaf.words() else { return };
    let value = words.text.trim();
    match leaf.field {
        Field::Title(rank) => entry.title.offer(rank, words),
        Field::Content(rank) => entry.content.offer(rank, words),
        Field::Summary(rank) => entry.summary.offer(rank, words),
        Field::Link => offer_link(entry, 0, base, Some(value)),
        Field::OwnLink => {
            if entry.own_link.is_none() {
                entry.own_link = link::absolute(base, value);
            }
        }
        Field::Guid => guid(entry, kind, &attributes, base, value),
        Field::Date(rank) => match date::parse(value) {
            Some(stated) => entry.date.offer(rank, stated),
            None => entry.date_unreadable = true,
        },
        Field::Author(rank) => {
            if rank < 2 || entry.authors.is_empty() {
                author(entry, value);
            }
        }
        Field::Keywords => value.split(',').for_each(|it| category(entry, it)),
        Field::Name => source(entry, value),
        Field::Language => entry.lang = language(value).or(entry.lang.take()),
        Field::Enclosure
        | Field::Category
        | Field::Ttl
        | Field::SkipHour
        | Field::SkipDay
        | Field::SyPeriod
        | Field::SyFrequency => {}
    }
}

fn link_of_entry(entry: &mut DraftEntry<'_>, attributes: &Attributes, base: &Url, text: Option<&str>) {
    let rel = attributes.rel.as_deref().unwrap_or_default().trim();
    let page = attributes.kind.as_deref().is_none_or(|it| it.contains("html") || it.trim().is_empty());
    let rank = match rel.rsplit('/').next().unwrap_or_default() {
        "" | "alternate" if page => 1,
        "" | "alternate" => 2,
        "enclosure" => 6,
        _ => return,
    };
    offer_link(entry, rank, base, text);
}

fn offer_link(entry: &mut DraftEntry<'_>, rank: u8, base: &Url, text: Option<&str>) {
    if entry.link.beaten_by(rank)
        && let Some(url) = text.and_then(|text| link::absolute(base, text))
    {
        entry.link.offer(rank, url);
    }
}

/// Records the publisher's own id; where it is the address of the page, that too.
fn guid(entry: &mut DraftEntry<'_>, kind: Kind, attributes: &Attributes, base: &Url, value: &str) {
    let permalink =
        !attributes.is_permalink.as_deref().is_some_and(|it| it.trim().eq_ignore_ascii_case("false"));
    if link::is_web(value) && (permalink || kind == Kind::Atom) {
        offer_link(entry, if kind == Kind::Atom { 5 } else { 3 }, base, Some(value));
    }
    entry.guid.offer(0, value.to_owned());
}

/// Records a category.
pub(super) fn category(entry: &mut DraftEntry<'_>, text: &str) {
    let category = line(text);
    if !category.is_empty()
        && entry.categories.len() < CATEGORIES_MAX
        && !entry.categories.contains(&category)
    {
        entry.categories.push(category);
    }
}

/// Records an author: the name, without the address some put beside or before it.
pub(super) fn author(entry: &mut DraftEntry<'_>, text: &str) {
    let text = line(text);
    let name = match text.split_once('(') {
        Some((address, name)) if address.contains('@') => name.trim_end_matches(')'),
        _ => text.split(['<', '(']).next().unwrap_or(&text),
    };
    let name = name.trim();
    if !name.is_empty() && !name.contains('@') && entry.authors.len() < AUTHORS_MAX {
        let name = name.to_owned();
        if !entry.authors.contains(&name) {
            entry.authors.push(name);
        }
    }
}

/// Records the outlet that an aggregator names.
pub(super) fn source(entry: &mut DraftEntry<'_>, text: &str) {
    let source = line(text);
    if !source.is_empty() {
        entry.source.get_or_insert(source);
    }
}

/// Adds an entry that is complete. A page that a sitemap names without news is none.
pub(super) fn end_entry<'a>(draft: &mut Draft<'a>, entry: DraftEntry<'a>) {
    if draft.kind != Kind::Sitemap || entry.title.get().is_some() {
        draft.entries.push(entry);
    }
}

/// Adds a sitemap that an index names.
pub(super) fn end_child(draft: &mut Draft<'_>, child: DraftEntry<'_>) {
    let lastmod = child.published();
    if let Some(url) = child.link.take()
        && draft.children.len() < CHILDREN_MAX
    {
        draft.children.push(SitemapChild { url, lastmod });
    }
}

/// The primary subtag of a language, where it is one.
pub(super) fn language(text: &str) -> Option<String> {
    let primary = text.trim().split(['-', '_']).next()?;
    let fits = matches!(primary.len(), 2 | 3) && primary.bytes().all(|it| it.is_ascii_alphabetic());
    fits.then(|| primary.to_ascii_lowercase())
}

fn minutes(text: &str) -> Option<Duration> {
    text.parse::<u64>().ok()?.checked_mul(60).map(Duration::from_secs)
}

fn period(text: &str) -> Option<Duration> {
    let hours = match text.to_ascii_lowercase().as_str() {
        "hourly" => 1,
        "daily" => 24,
        "weekly" => 7 * 24,
        "monthly" => 30 * 24,
        "yearly" => 365 * 24,
        _ => return None,
    };
    Some(Duration::from_secs(hours * 3600))
}

fn weekday(text: &str) -> Option<Weekday> {
    let text = text.to_ascii_lowercase();
    let days = [
        ("mon", Weekday::Monday),
        ("tue", Weekday::Tuesday),
        ("wed", Weekday::Wednesday),
        ("thu", Weekday::Thursday),
        ("fri", Weekday::Friday),
        ("sat", Weekday::Saturday),
        ("sun", Weekday::Sunday),
    ];
    days.iter().find(|(name, _)| text.starts_with(name)).map(|(_, day)| *day)
}

/// Forgets hours and days of which all are to be skipped, which nobody can mean.
pub(super) fn sane(hints: &mut Hints) {
    if hints.skip_hours.len() >= 24 {
        hints.skip_hours = BTreeSet::new();
    }
    if hints.skip_days.len() >= 7 {
        hints.skip_days.clear();
    }
}
