//! Names of entries: unique within a document, stable from visit to visit.
//!
//! The publisher's own id as it is written; else the canonical link; else a
//! hash of title and date. Entries that say the very same under the same name
//! are one that stands there twice, and do not take its name from it.
//!
//! Where several entries share a publisher's id, the two names of an entry part:
//!
//! * `id`, which people are shown: the first bearer keeps the publisher's id.
//! * `key`, by which the item is followed: nobody has it. Were it the first
//!   bearer's, a feed that writes one id into everything would make each new
//!   item an edit of the one before, and an edit need not be news.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use storyline_config::limit::GUID_BYTES_MAX;
use xxhash_rust::xxh3::Xxh3;

use super::{document::Entry, link};

/// Names the entries, and marks those that only repeat an earlier one.
pub(super) fn name(entries: &mut [Entry]) {
    mark_repeats(entries);
    let keys = unique(keys(entries), BTreeSet::new());
    let first = first_bearers(entries);
    let taken = first.iter().flatten().cloned().collect();
    let rest = keys.iter().zip(&first).filter(|(_, first)| first.is_none()).map(|(key, _)| key.clone());
    let mut rest = unique(rest.collect(), taken).into_iter();
    for ((entry, key), first) in entries.iter_mut().zip(keys).zip(first) {
        entry.id = first.or_else(|| rest.next()).unwrap_or_else(|| key.clone());
        entry.key = key;
    }
}

/// The publisher's id, for the first entry that bears it.
fn first_bearers(entries: &[Entry]) -> Vec<Option<String>> {
    let mut taken = BTreeSet::new();
    entries.iter().map(|it| it.guid.clone().filter(|guid| taken.insert(guid.clone()))).collect()
}

/// The first name of each that nobody shares.
fn keys(entries: &[Entry]) -> Vec<String> {
    let names: Vec<Option<String>> = {
        let guids = Count::of(entries, |it| it.guid.as_deref().map(Cow::Borrowed));
        let links = Count::of(entries, |it| it.link.as_deref().map(link::canonical));
        let alone = |entry: &Entry| {
            let guid = entry.guid.clone().filter(|it| guids.alone(it));
            let link = || {
                entry.link.as_deref().map(link::canonical).filter(|it| links.alone(it)).map(Cow::into_owned)
            };
            guid.or_else(link)
        };
        entries.iter().map(alone).collect()
    };
    by_text(entries, names)
}

/// Tells names apart that are taken by a number behind them.
fn unique(names: Vec<String>, mut taken: BTreeSet<String>) -> Vec<String> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let mut one = |name: String| {
        let times = times.entry(name.clone()).or_default();
        let mut id = name.clone();
        while !taken.insert(id.clone()) {
            *times += 1;
            id = format!("{name}#{}", *times + 1);
        }
        id
    };
    names.into_iter().map(&mut one).collect()
}

/// Names what has no name yet by its text.
fn by_text(entries: &[Entry], names: Vec<Option<String>>) -> Vec<String> {
    let needed = names.iter().any(Option::is_none);
    let texts = Count::of(if needed { entries } else { &[] }, |it| Some(Cow::Owned(hash(it, false))));
    let by_text = |entry: &Entry| {
        // Of a text without a title the hash is told by its words at once, not only when it meets another.
        let short = Some(hash(entry, false)).filter(|it| texts.alone(it) && !entry.title.is_empty());
        short.unwrap_or_else(|| hash(entry, true))
    };
    names.into_iter().zip(entries).map(|(name, entry)| name.unwrap_or_else(|| by_text(entry))).collect()
}

fn mark_repeats(entries: &mut [Entry]) {
    let mut seen = BTreeSet::new();
    for entry in entries {
        let same = hash_of(&[
            entry.guid.as_deref().unwrap_or_default(),
            entry.link.as_deref().unwrap_or_default(),
            &entry.title,
            &date(entry),
            &entry.body,
        ]);
        entry.repeat = !seen.insert(same);
    }
}

fn date(entry: &Entry) -> String {
    entry.published.map(|it| it.to_string()).unwrap_or_default()
}

/// How many entries, repeats aside, share a key.
struct Count<'e>(BTreeMap<Cow<'e, str>, usize>);

impl<'e> Count<'e> {
    fn of(entries: &'e [Entry], key: impl Fn(&'e Entry) -> Option<Cow<'e, str>>) -> Self {
        let mut out = BTreeMap::new();
        for key in entries.iter().filter(|it| !it.repeat).filter_map(key) {
            *out.entry(key).or_default() += 1;
        }
        Self(out)
    }

    fn alone(&self, key: &str) -> bool {
        self.0.get(key) == Some(&1)
    }
}

/// A name made of title and date, and of the words where these do not suffice.
fn hash(entry: &Entry, words: bool) -> String {
    let body = if words { entry.body.as_str() } else { "" };
    format!("text:{:016x}", hash_of(&[&entry.title, &date(entry), body]))
}

fn hash_of(parts: &[&str]) -> u64 {
    let mut hasher = Xxh3::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.digest()
}

/// A publisher's id as it is used: without blanks around it and control characters in it, and short.
pub(super) fn guid(written: &str) -> Option<String> {
    let id: String = written.trim().chars().filter(|c| !c.is_control()).collect();
    match id.len() {
        0 => None,
        1..=GUID_BYTES_MAX => Some(id),
        _ => Some(format!("guid:{:016x}", hash_of(&[&id]))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(guid: Option<&str>, link: Option<&str>, title: &str) -> Entry {
        Entry {
            id: String::new(),
            key: String::new(),
            guid: guid.map(str::to_owned),
            title: title.to_owned(),
            link: link.map(str::to_owned),
            page: None,
            published: None,
            date_flag: None,
            body: String::new(),
            authors: Vec::new(),
            source: None,
            categories: Vec::new(),
            lang: None,
            repeat: false,
        }
    }

    type Told<'a> = (Option<&'a str>, Option<&'a str>, &'a str);

    fn named(entries: &[Told<'_>]) -> Vec<Entry> {
        let mut entries: Vec<Entry> =
            entries.iter().map(|(guid, link, title)| entry(*guid, *link, title)).collect();
        name(&mut entries);
        entries
    }

    /// What people are shown, and what the items are followed by. A hash is as good as any other.
    #[track_caller]
    fn check_both(entries: &[Told<'_>], ids: &[&str], keys: &[&str]) {
        let entries = named(entries);
        let short = |it: &str| if it.starts_with("text:") { "text".to_owned() } else { it.to_owned() };
        assert_eq!(entries.iter().map(|it| short(&it.id)).collect::<Vec<_>>(), ids);
        assert_eq!(entries.iter().map(|it| short(&it.key)).collect::<Vec<_>>(), keys);
    }

    #[track_caller]
    fn check(entries: &[Told<'_>], expected: &[&str]) {
        check_both(entries, expected, expected);
    }

    const ONE: Told<'_> = (Some("0"), Some("http://p.example/1"), "One");
    const TWO: Told<'_> = (Some("0"), Some("http://p.example/2"), "Two");
    const THREE: Told<'_> = (Some("0"), Some("http://p.example/3"), "Three");

    #[test]
    fn the_first_name_that_nobody_shares() {
        check(&[(Some("7"), Some("http://p.example/7"), "Seven")], &["7"]);
        check(
            &[(None, Some("http://p.example/"), "One"), (None, Some("http://p.example/"), "Two")],
            &["text", "text"],
        );
    }

    #[test]
    fn a_shared_id_is_shown_once_and_followed_never() {
        check_both(&[ONE, TWO], &["0", "http://p.example/2"], &["http://p.example/1", "http://p.example/2"]);
        // What an entry would be called may be another's own id, which stays that one's.
        check_both(
            &[ONE, TWO, (Some("http://p.example/2"), None, "Other")],
            &["0", "http://p.example/2#2", "http://p.example/2"],
            &["http://p.example/1", "http://p.example/2", "http://p.example/2#2"],
        );
    }

    #[test]
    fn what_siblings_do_changes_no_key_while_the_id_is_shared() {
        let keys = |entries: &[Told<'_>]| -> Vec<String> {
            let mut keys: Vec<_> = named(entries).into_iter().map(|it| it.key).collect();
            keys.sort();
            keys
        };
        let two = keys(&[TWO, ONE]);
        // Another arrives on top, the order is turned round, the oldest leaves.
        assert!(two.iter().all(|it| keys(&[THREE, TWO, ONE]).contains(it)));
        assert_eq!(keys(&[ONE, TWO]), two);
        assert_eq!(keys(&[THREE, TWO])[..1], two[1..]);
    }

    #[test]
    fn an_entry_that_stands_there_twice_keeps_its_name() {
        check(&[(Some("7"), None, "Seven"), (Some("7"), None, "Seven")], &["7", "7#2"]);
        let seven = (Some("7"), None, "Seven");
        check(&[(Some("7#2"), None, "Other"), seven, seven, seven], &["7#2", "7", "7#3", "7#4"]);
    }

    #[test]
    fn an_edited_headline_stays_the_same_entry() {
        let mut before = [entry(Some("7"), None, "Seven")];
        let mut after = [entry(Some("7"), None, "Seven, corrected")];
        name(&mut before);
        name(&mut after);
        assert_eq!(before[0].id, after[0].id);
    }

    #[test]
    fn a_guid_is_kept_as_written_unless_it_is_unfit() {
        assert_eq!(guid(" \n tag:x,2025:7\u{7} "), Some("tag:x,2025:7".to_owned()));
        assert_eq!(guid("  "), None);
        assert!(guid(&"x".repeat(2_000)).unwrap().len() < 32);
    }
}
