//! What can only be told of a configuration as a whole.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use url::{Host, Url};

use super::{
    table::nearest,
    tree::{Branch, Entry, Value},
};
use crate::{
    Config, Source,
    finding::{Mentioned, Notes},
    limit, starter,
};

/// Notes names nobody defines (if every file could be read), loops, and what is odd.
pub(super) fn check(notes: &mut Notes, tree: &Branch, config: &Config, whole: bool) {
    if whole {
        names(notes, tree, config);
    }
    loops(notes, tree);
    twice(notes, tree);
    for (id, feed) in &config.feeds {
        if let (Source::Feed(url) | Source::Sitemap(url), Some(entry)) =
            (&feed.source, inner(tree, "feed", id.as_str()))
        {
            address(notes, config, url, entry);
        }
    }
    same_address(notes, tree, config);
    let public = config.feeds.values().any(|it| match &it.source {
        Source::Feed(url) | Source::Sitemap(url) => is_public(url),
        Source::Exec { .. } | Source::File(_) => false,
    });
    if let Some(it) = inner(tree, "poll", "min_interval")
        && public
        && config.poll.min_interval < limit::INTERVAL_POLITE
    {
        often(notes, it);
    }
}

fn inner<'a>(tree: &'a Branch, section: &str, key: &str) -> Option<&'a Entry> {
    below(tree.get(section)?, key)
}

fn below<'a>(entry: &'a Entry, key: &str) -> Option<&'a Entry> {
    match &entry.node.value {
        Value::Table(table) => table.get(key),
        _ => None,
    }
}

fn names(notes: &mut Notes, tree: &Branch, config: &Config) {
    let written = |section: &str| match tree.get(section).map(|it| &it.node.value) {
        Some(Value::Table(table)) => table.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    // Tables that could not be read count as well: their mistakes have been noted.
    let mut packs: BTreeSet<&str> =
        config.actors.keys().chain(config.places.keys()).map(String::as_str).collect();
    packs.extend(written("actor"));
    packs.extend(written("place"));
    let storylines: BTreeSet<&str> = written("storyline").into_iter().collect();
    for it in std::mem::take(&mut notes.mentions) {
        let (known, what, sign) = match it.what {
            Mentioned::Pack => (&packs, "actor or place", "@"),
            Mentioned::Parent | Mentioned::Storyline => (&storylines, "storyline", ""),
        };
        if known.contains(it.name.as_str()) {
            continue;
        }
        if it.what == Mentioned::Parent && starter::storylines().contains(it.name.as_str()) {
            let message =
                format!("`{}` is a storyline of the starter, and not of this configuration", it.name);
            notes.warning(
                &it.at,
                message,
                "without it the parent has no effect; copy its table, or leave this out",
            );
            continue;
        }
        let message = format!("there is no {what} `{sign}{}`", it.name);
        match nearest(&it.name, known.iter().copied()) {
            Some(near) => notes.error_help(&it.at, message, format!("did you mean `{sign}{near}`?")),
            None => notes.error_help(&it.at, message, help_for(it.what)),
        }
    }
}

fn help_for(what: Mentioned) -> &'static str {
    match what {
        Mentioned::Pack => "define it as [actor.NAME] or [place.NAME], or write the words themselves",
        Mentioned::Parent | Mentioned::Storyline => "name a [storyline.NAME] of this configuration",
    }
}

/// Notes storylines that are their own ancestors.
fn loops(notes: &mut Notes, tree: &Branch) {
    let Some(Value::Table(storylines)) = tree.get("storyline").map(|it| &it.node.value) else { return };
    let mut parents = BTreeMap::new();
    for (id, entry) in storylines {
        if let Some(it) = below(entry, "parent")
            && let Value::Text(parent) = &it.node.value
        {
            parents.insert(id.as_str(), (parent.trim(), &it.node.at));
        }
    }
    for (id, (first, at)) in &parents {
        let mut seen = BTreeSet::new();
        let mut next = *first;
        while next != *id && seen.insert(next) {
            let Some((parent, _)) = parents.get(next) else { break };
            next = parent;
        }
        if next == *id {
            let help = "leave out the `parent` of one of those in the circle";
            notes.error_help(at, format!("storyline `{id}` is its own ancestor"), help);
        }
    }
}

/// Notes names that are both an actor's and a place's: `@name` could mean either.
fn twice(notes: &mut Notes, tree: &Branch) {
    let Some(Value::Table(places)) = tree.get("place").map(|it| &it.node.value) else { return };
    for (name, it) in places {
        if let Some(actor) = inner(tree, "actor", name) {
            let help = format!("the actor is in {}", notes.whereabouts(&actor.key));
            notes.error_help(&it.key, format!("`@{name}` would name an actor and a place"), help);
        }
    }
}

fn address(notes: &mut Notes, config: &Config, url: &Url, feed: &Entry) {
    let Some(it) = below(feed, "url") else { return };
    if let Some(interval) = below(feed, "interval")
        && is_public(url)
        && is_impolite(config, feed)
    {
        often(notes, interval);
    }
    let own = private_addresses(url);
    let allowed = own.iter().any(|it| config.network.allow.iter().any(|net| net.contains(it)));
    if let (Some(own), false) = (own.first(), allowed) {
        let message =
            format!("{} is no public address, so it will not be visited", url.host_str().unwrap_or_default());
        notes.warning(&it.node.at, message, format!("name it in [network]: allow = [\"{own}\"]"));
    }
    if url.password().is_some() {
        let help = "put user:password into a file and name it with `secret_file`";
        notes.warning(&it.node.at, "this address holds a password", help);
    }
}

/// Notes feeds that read what another one reads already.
fn same_address(notes: &mut Notes, tree: &Branch, config: &Config) {
    let mut first = BTreeMap::new();
    for (id, feed) in &config.feeds {
        let (Source::Feed(url) | Source::Sitemap(url)) = &feed.source else { continue };
        let Some(other) = first.insert(url, id) else { continue };
        if let Some(it) = inner(tree, "feed", id.as_str()).and_then(|it| below(it, "url")) {
            let message = format!("feed `{other}` reads the same address");
            notes.warning(&it.node.at, message, "one of them is enough");
        }
    }
}

fn is_impolite(config: &Config, feed: &Entry) -> bool {
    let written = below(feed, "interval").map(|it| &it.node.value);
    let Some(Value::Text(written)) = written else { return false };
    let own = humantime::parse_duration(written.trim()).unwrap_or(config.poll.min_interval);
    own < limit::INTERVAL_POLITE
}

fn often(notes: &mut Notes, entry: &Entry) {
    let polite = humantime::format_duration(limit::INTERVAL_POLITE);
    let message = format!("public servers are asked more often than every {polite}");
    notes.warning(&entry.node.at, message, "they may answer with 429, or with nothing any more");
}

fn is_public(url: &Url) -> bool {
    private_addresses(url).is_empty()
}

/// The addresses a host is literally written as, or is known to mean, where they are not public.
fn private_addresses(url: &Url) -> Vec<IpAddr> {
    let loopback = || vec![IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])];
    let literal = match url.host() {
        Some(Host::Domain(it)) if it == "localhost" || it.ends_with(".localhost") => return loopback(),
        Some(Host::Ipv4(it)) => IpAddr::from(it),
        Some(Host::Ipv6(it)) => IpAddr::from(it).to_canonical(),
        Some(Host::Domain(_)) | None => return Vec::new(),
    };
    let private = match literal {
        IpAddr::V4(it) => {
            let [a, b, ..] = it.octets();
            it.is_private()
                || it.is_loopback()
                || it.is_link_local()
                || it.is_unspecified()
                || it.is_broadcast()
                || it.is_documentation()
                || it.is_multicast()
                || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(it) => {
            let [first, ..] = it.segments();
            it.is_loopback()
                || it.is_unspecified()
                || it.is_multicast()
                || (first & 0xfe00) == 0xfc00
                || (first & 0xffc0) == 0xfe80
        }
    };
    if private { vec![literal] } else { Vec::new() }
}
