//! Reads a `[storyline.…]` table, and the packs it leans on.

use std::collections::BTreeMap;

use super::{
    table::{Table, suggestion},
    tree::{Node, Value},
    value::{self, choice, duration, whole},
};
use crate::{
    AlertCause, AlertRule, Alias, Confirm, Facets, Pack, Phase, Storyline, StorylineId,
    finding::{Mentioned, Notes},
    limit,
};

const CAUSES: &[(&str, AlertCause)] = &[
    ("new", AlertCause::New),
    ("confirmed", AlertCause::Confirmed),
    ("disputed", AlertCause::Disputed),
    ("phase", AlertCause::Phase),
    ("fact", AlertCause::Fact),
    ("overdue", AlertCause::Overdue),
    ("surge", AlertCause::Surge),
    ("quiet", AlertCause::Quiet),
];

const PHASES: [Phase; 7] = [
    Phase::Rumoured,
    Phase::Announced,
    Phase::Scheduled,
    Phase::UnderWay,
    Phase::Paused,
    Phase::Concluded,
    Phase::Cancelled,
];

/// Reads one definition; what it lacks is noted.
pub(super) fn storyline(notes: &mut Notes, mut table: Table<'_>) -> Storyline {
    let title = table.need(notes, "title", value::text).unwrap_or_default();
    let parent = table.get(notes, "parent", parent);
    let seed = table.get(notes, "seed", value::texts).unwrap_or_default();
    let facets = facets(notes, &mut table);
    let languages = languages(notes, &mut table);
    let phases = match table.table(notes, "phase") {
        Some(it) => phases(notes, &it),
        None => BTreeMap::new(),
    };
    if phases.is_empty() {
        let message = format!("{} has no cues, so its phase follows general words only", table.title);
        let help = "add a [storyline.….phase] table with a few cues, such as scheduled = [\"will meet on\"]";
        notes.warning(&table.at, message, help);
    }
    let alert = table.table(notes, "alert").map(|it| alert(notes, it)).unwrap_or_default();
    table.finish(notes);
    Storyline { title, parent, seed, facets, languages, phases, alert }
}

fn parent(notes: &mut Notes, node: &Node) -> Option<StorylineId> {
    let name = value::text(notes, node)?;
    match name.parse() {
        Ok(id) => {
            notes.mention(Mentioned::Parent, &name, &node.at);
            Some(id)
        }
        Err(why) => {
            notes.error(&node.at, format!("{why}"));
            None
        }
    }
}

fn facets(notes: &mut Notes, table: &mut Table<'_>) -> Facets {
    Facets {
        all: table.need(notes, "all", every).unwrap_or_default(),
        any: table.get(notes, "any", value::facet).unwrap_or_default(),
        none: table.get(notes, "none", value::facet).unwrap_or_default(),
    }
}

/// A list of facets, none of them empty.
fn every(notes: &mut Notes, node: &Node) -> Option<Vec<Vec<Alias>>> {
    let read = value::list(notes, node, value::full_facet)?;
    if read.is_empty() {
        notes.error_help(
            &node.at,
            "without a facet nothing could belong to this storyline",
            "name at least one: all = [[\"ukraine\"], [\"talks\", \"ceasefire\"]]",
        );
    }
    Some(read)
}

fn languages(notes: &mut Notes, table: &mut Table<'_>) -> BTreeMap<String, Facets> {
    let mut read = BTreeMap::new();
    let Some(list) = table.table(notes, "languages") else { return read };
    for (tag, entry) in list.all() {
        let Some(language) = value::primary_subtag(tag) else {
            notes
                .error(&entry.key, format!("{tag:?} is no language; use its short code, for example \"fi\""));
            continue;
        };
        let title = format!("language `{tag}` of {}", table.title);
        let Some(mut inner) = Table::open(notes, title, &entry.key, &entry.node) else { continue };
        read.insert(language, facets(notes, &mut inner));
        inner.finish(notes);
    }
    read
}

fn phases(notes: &mut Notes, table: &Table<'_>) -> BTreeMap<Phase, Vec<String>> {
    let mut read = BTreeMap::new();
    for (word, entry) in table.all() {
        if let Some(phase) = PHASES.into_iter().find(|it| it.as_str() == word) {
            let cues = value::list(notes, &entry.node, cue).unwrap_or_default();
            read.insert(phase, cues);
        } else {
            let known: Vec<&str> = PHASES.iter().map(|it| it.as_str()).collect();
            let message = format!("unknown key `{word}` in {}", table.title);
            notes.error_help(&entry.key, message, suggestion(word, &known));
        }
    }
    read
}

/// A cue: a few words, compared by their stems in order.
fn cue(notes: &mut Notes, node: &Node) -> Option<String> {
    let read = value::text(notes, node)?;
    if !read.chars().any(char::is_alphanumeric) {
        notes.error(&node.at, format!("the cue {read:?} has no letter or digit to look for"));
        return None;
    }
    if let Some(name) = read.split_whitespace().find_map(|it| it.strip_prefix('@')) {
        let message =
            format!("a cue is plain words: `@{name}` is looked for as the word itself, no actor or place");
        notes.warning(&node.at, message, "write the words reports use");
    }
    Some(read)
}

fn alert(notes: &mut Notes, mut table: Table<'_>) -> AlertRule {
    let default = AlertRule::default();
    let on = table.get(notes, "on", |notes, node| value::list(notes, node, choice(CAUSES)));
    let min_origins = table.get(notes, "min_origins", whole(1, limit::ORIGINS_MAX));
    let confirm = table.table(notes, "confirm").map(|it| confirm(notes, it));
    table.finish(notes);
    AlertRule {
        on: on.unwrap_or(default.on),
        min_origins: min_origins.unwrap_or(default.min_origins),
        confirm,
    }
}

fn confirm(notes: &mut Notes, mut table: Table<'_>) -> Confirm {
    let origins = table.get(notes, "origins", whole(1, limit::ORIGINS_MAX)).unwrap_or(2);
    let within = table.need(notes, "within", duration).unwrap_or_default();
    table.finish(notes);
    Confirm { origins, within }
}

/// Reads an `[actor.…]` or `[place.…]` table.
pub(super) fn pack(notes: &mut Notes, mut table: Table<'_>) -> Pack {
    let name = table.need(notes, "name", value::text).unwrap_or_default();
    let aliases = table.need(notes, "aliases", some_aliases).unwrap_or_default();
    let mut languages = BTreeMap::new();
    if let Some(list) = table.table(notes, "languages") {
        for (tag, entry) in list.all() {
            match value::primary_subtag(tag) {
                Some(language) => {
                    let aliases = own_aliases(notes, &entry.node).unwrap_or_default();
                    languages.insert(language, aliases);
                }
                None => notes.error(
                    &entry.key,
                    format!("{tag:?} is no language; use its short code, for example \"fi\""),
                ),
            }
        }
    }
    table.finish(notes);
    Pack { name, aliases, languages }
}

/// At least one alias.
fn some_aliases(notes: &mut Notes, node: &Node) -> Option<Vec<Alias>> {
    if matches!(&node.value, Value::List(list) if list.is_empty()) {
        let help = "name at least one: aliases = [\"…\"]";
        notes.error_help(&node.at, "without an alias it could never be recognised", help);
    }
    own_aliases(notes, node)
}

/// Aliases that stand for themselves: a pack never names another.
fn own_aliases(notes: &mut Notes, node: &Node) -> Option<Vec<Alias>> {
    value::list(notes, node, |notes, node| {
        let written = value::text(notes, node)?;
        match Alias::parse(&written) {
            Ok(Alias::Pack(_)) => notes.error(&node.at, "an actor or a place does not name another"),
            Ok(it) => {
                if let Alias::Stem(text) | Alias::Exact(text) | Alias::Prefix(text) | Alias::Case(text) = &it
                {
                    value::stars(notes, node, text);
                }
                return Some(it);
            }
            Err(why) => notes.error(&node.at, why),
        }
        None
    })
}
