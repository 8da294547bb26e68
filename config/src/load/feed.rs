//! Reads a `[feed.…]` table.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use jiff::tz::TimeZone;

use super::{
    pace::zone,
    process::{BASELINES, interval},
    table::Table,
    tree::{Node, Value},
    value::{self, choice, duration},
};
use crate::{
    Alias, Feed, FeedId, Poll, Role, Source,
    finding::{Mentioned, Notes},
};

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Feed,
    Sitemap,
    Exec,
    File,
}

const KINDS: &[(&str, Kind)] =
    &[("feed", Kind::Feed), ("sitemap", Kind::Sitemap), ("exec", Kind::Exec), ("file", Kind::File)];

const ROLES: &[(&str, Role)] = &[
    ("news", Role::News),
    ("official", Role::Official),
    ("wire", Role::Wire),
    ("aggregator", Role::Aggregator),
];

/// How long a command may run unless it says otherwise.
const EXEC_TIMEOUT: Duration = Duration::from_secs(30);

/// Reads one feed; none where it lacks what it cannot do without.
pub(super) fn feed(notes: &mut Notes, id: &str, poll: &Poll, mut table: Table<'_>) -> Option<Feed> {
    let kind = match table.entry("kind") {
        None => Some(Kind::Feed),
        Some(it) => choice(KINDS)(notes, &it.node),
    };
    let source = if let Some(it) = kind {
        source(notes, it, &mut table)
    } else {
        of_any_kind(notes, &mut table);
        None
    };
    let outlet = table.get(notes, "outlet", value::text).unwrap_or_else(|| id.to_owned());
    let role = table.get(notes, "role", choice(ROLES)).unwrap_or_default();
    let read = Feed {
        source: source.clone().unwrap_or(Source::File(PathBuf::new())),
        family: table.get(notes, "family", value::text).unwrap_or_else(|| outlet.clone()),
        outlet,
        role,
        speaks_for: speaks_for(notes, role, &mut table),
        about: table.get(notes, "about", value::facet).unwrap_or_default(),
        lang: table.get(notes, "lang", value::language),
        tz: table.get(notes, "tz", zone).unwrap_or(TimeZone::UTC),
        interval: table.get(notes, "interval", |notes, node| own_interval(notes, node, poll)),
        baseline: table.get(notes, "baseline", choice(BASELINES)).unwrap_or(poll.baseline),
        tags: table.get(notes, "tags", value::texts).unwrap_or_default(),
        headers: table.get(notes, "headers", headers).unwrap_or_default(),
        secret_file: table.get(notes, "secret_file", value::path),
    };
    table.finish(notes);
    source.is_some().then_some(read)
}

fn source(notes: &mut Notes, kind: Kind, table: &mut Table<'_>) -> Option<Source> {
    let http = value::url(&["https", "http"]);
    let source = match kind {
        Kind::Feed => table.need(notes, "url", http).map(Source::Feed),
        Kind::Sitemap => table.need(notes, "url", http).map(Source::Sitemap),
        Kind::Exec => {
            let timeout = table.get(notes, "timeout", duration).unwrap_or(EXEC_TIMEOUT);
            table.need(notes, "command", value::command).map(|command| Source::Exec { command, timeout })
        }
        Kind::File => table.need(notes, "path", value::path).map(Source::File),
    };
    let absent: &[&'static str] = match kind {
        Kind::Feed | Kind::Sitemap => &["command", "timeout", "path"],
        Kind::Exec => &["url", "path", "headers", "secret_file"],
        Kind::File => &["url", "command", "timeout", "headers", "secret_file"],
    };
    let word = KINDS.iter().find(|(_, it)| *it == kind).map_or("feed", |(word, _)| word);
    for key in absent {
        table.misplaced(notes, key, &format!("its kind is \"{word}\""));
    }
    source
}

/// Reads what names a source of a kind that is not known, for what is wrong with it besides.
fn of_any_kind(notes: &mut Notes, table: &mut Table<'_>) {
    table.get(notes, "url", value::url(&["https", "http"]));
    table.get(notes, "command", value::command);
    table.get(notes, "timeout", duration);
    table.get(notes, "path", value::path);
}

fn speaks_for(notes: &mut Notes, role: Role, table: &mut Table<'_>) -> Vec<String> {
    let Some(entry) = table.entry("speaks_for") else { return Vec::new() };
    let names = value::list(notes, &entry.node, pack).unwrap_or_default();
    if role != Role::Official && !names.is_empty() {
        let help = "add role = \"official\", if it is a party that speaks for itself";
        notes.error_help(&entry.key, "only an official feed speaks for somebody", help);
    }
    names
}

/// The name of an actor or a place, written as `@name`.
fn pack(notes: &mut Notes, node: &Node) -> Option<String> {
    if let Ok(Alias::Pack(name)) = value::text(notes, node).map(|it| Alias::parse(&it))? {
        notes.mention(Mentioned::Pack, &name, &node.at);
        Some(name)
    } else {
        let help = match &node.value {
            Value::Text(it) if it.parse::<FeedId>().is_ok() => format!("did you mean \"@{it}\"?"),
            _ => "for example \"@kremlin\"".to_owned(),
        };
        notes.error_help(&node.at, "expected the name of an actor or a place", help);
        None
    }
}

fn own_interval(notes: &mut Notes, node: &Node, poll: &Poll) -> Option<Duration> {
    let read = interval(notes, node)?;
    if read < poll.min_interval {
        let least = humantime::format_duration(poll.min_interval);
        let help = "lower `min_interval` in [poll], or lengthen this one";
        notes.error_help(
            &node.at,
            format!("`interval` is shorter than `min_interval`, which is {least}"),
            help,
        );
        return None;
    }
    Some(read)
}

fn headers(notes: &mut Notes, node: &Node) -> Option<BTreeMap<String, String>> {
    let table = Table::open(notes, "`headers`", &node.at, node)?;
    let mut read = BTreeMap::new();
    for (name, entry) in table.all() {
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || !name.chars().all(token) {
            notes.error(&entry.key, format!("{name:?} is no name of a header"));
        }
        match &entry.node.value {
            Value::Text(it) if !it.chars().any(char::is_control) => {
                read.insert(name.to_owned(), it.clone());
            }
            Value::Text(_) => notes.error(&entry.node.at, "a header holds no line breaks"),
            other => notes.error(&entry.node.at, format!("expected a text, found {}", other.kind())),
        }
    }
    Some(read)
}
