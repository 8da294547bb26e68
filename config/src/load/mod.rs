//! From files to a checked [`Config`].
//!
//! ```text
//! file ─parse─▶ tree ┐
//! file ─parse─▶ tree ┴─merge─▶ tree ─read─▶ Config ─check─▶ findings
//! ```
//!
//! Everything is read as far as it can be, whatever was found before, so that
//! one run tells all that is wrong.

mod check;
mod feed;
mod files;
mod locate;
mod pace;
mod process;
mod sink;
mod storyline;
mod table;
#[cfg(test)]
#[allow(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]
mod tests;
mod tree;
mod value;
mod way;
mod written;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    str::FromStr,
};

pub use locate::{Location, locate};
use table::{Table, suggestion};
use tree::{Branch, Entry};
pub use written::{Warnings, Written, WrittenAlias, WrittenFacet};

use crate::{Config, Findings, Pack, finding::Notes, starter};

/// A configuration that can be used, and what to know about it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What was read.
    pub config: Config,
    /// Warnings only.
    pub findings: Findings,
    /// The files it was read from, the first one named first; none for the built-in starter.
    pub files: Vec<PathBuf>,
    /// Where its definitions are written.
    pub written: Written,
}

impl Config {
    /// Reads a file and all it includes.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, with its places, where anything forbids its use.
    pub fn load(path: &Path) -> Result<Loaded, Findings> {
        let mut notes = Notes::default();
        let gathered = files::gather(&mut notes, path);
        finish(notes, &gathered.tree, gathered.whole, gathered.files)
    }

    /// Reads a text as if it were a file of that name, which includes no other.
    ///
    /// # Errors
    ///
    /// As [`Config::load`].
    pub fn parse(name: &str, text: &str) -> Result<Loaded, Findings> {
        let mut notes = Notes::default();
        let file = notes.file(name, text);
        let tree = tree::parse(&mut notes, file, text);
        if let Some(it) = tree.as_ref().and_then(|it| it.get("include")) {
            notes.error(&it.key, "only a file can include others");
        }
        let whole = tree.is_some();
        finish(notes, &tree.unwrap_or_default(), whole, Vec::new())
    }

    /// The starter: the storylines and feeds the program ships, for whoever has written nothing yet.
    pub fn builtin() -> Loaded {
        let mut notes = Notes::default();
        let tree = shipped(&mut notes, starter::FILES);
        let config = read(&mut notes, &tree);
        check::check(&mut notes, &tree, &config, true);
        let written = Written::of(&tree);
        Loaded { config, findings: notes.finish(), files: Vec::new(), written }
    }

    /// Reads what [`locate`] found.
    ///
    /// # Errors
    ///
    /// As [`Config::load`].
    pub fn open(location: &Location) -> Result<Loaded, Findings> {
        match location {
            Location::File(path) => Self::load(path),
            Location::Builtin => Ok(Self::builtin()),
        }
    }
}

fn finish(mut notes: Notes, tree: &Branch, whole: bool, files: Vec<PathBuf>) -> Result<Loaded, Findings> {
    let config = read(&mut notes, tree);
    check::check(&mut notes, tree, &config, whole);
    if notes.has_errors() {
        return Err(notes.finish());
    }
    let written = Written::of(tree);
    Ok(Loaded { config, findings: notes.finish(), files, written })
}

/// Merges files that came with the program.
fn shipped(notes: &mut Notes, files: &[(&str, &str)]) -> Branch {
    let mut merged = Branch::new();
    for (name, text) in files {
        let file = notes.file(name, text);
        let mut tree = tree::parse(notes, file, text).unwrap_or_default();
        tree.remove("include");
        files::merge(notes, &mut merged, tree);
    }
    merged
}

const SECTIONS: [&str; 10] =
    ["include", "daemon", "poll", "alerts", "network", "feed", "actor", "place", "storyline", "sink"];

/// Types a tree; what is wrong with it is noted.
fn read(notes: &mut Notes, tree: &Branch) -> Config {
    for (key, it) in tree.iter().filter(|(key, _)| !SECTIONS.contains(&key.as_str())) {
        notes.error_help(&it.key, format!("unknown key `{key}`"), suggestion(key, &SECTIONS));
    }
    let poll = section(notes, tree, "poll").map(|it| process::poll(notes, it)).unwrap_or_default();
    let (shipped_actors, shipped_places) = starter_packs();
    let actors = named(notes, tree, "actor", |notes, _, it| Some(storyline::pack(notes, it)));
    let places = named(notes, tree, "place", |notes, _, it| Some(storyline::pack(notes, it)));
    Config {
        daemon: section(notes, tree, "daemon").map(|it| process::daemon(notes, it)).unwrap_or_default(),
        alerts: section(notes, tree, "alerts").map(|it| process::alerts(notes, it)).unwrap_or_default(),
        network: section(notes, tree, "network").map(|it| process::network(notes, it)).unwrap_or_default(),
        feeds: named(notes, tree, "feed", |notes, id, it| feed::feed(notes, id, &poll, it)),
        storylines: named(notes, tree, "storyline", |notes, _, it| Some(storyline::storyline(notes, it))),
        sinks: named(notes, tree, "sink", |notes, _, it| sink::sink(notes, it)),
        actors: own_first(shipped_actors, &actors, &places),
        places: own_first(shipped_places, &places, &actors),
        poll,
    }
}

/// The packs that come with the program, actors first.
fn starter_packs() -> (BTreeMap<String, Pack>, BTreeMap<String, Pack>) {
    let (actors, places, _) = read_packs(starter::PACKS);
    (actors, places)
}

/// Reads files of nothing but actors and places, and what is found in them.
pub(crate) fn read_packs(
    files: &[(&str, &str)],
) -> (BTreeMap<String, Pack>, BTreeMap<String, Pack>, Findings) {
    let mut notes = Notes::default();
    let tree = shipped(&mut notes, files);
    let mut packs = |key| named(&mut notes, &tree, key, |notes, _, it| Some(storyline::pack(notes, it)));
    let (actors, places) = (packs("actor"), packs("place"));
    (actors, places, notes.finish())
}

/// The configuration's own packs, and those shipped ones whose names it does not use for its own.
fn own_first(
    mut shipped: BTreeMap<String, Pack>,
    own: &BTreeMap<String, Pack>,
    other: &BTreeMap<String, Pack>,
) -> BTreeMap<String, Pack> {
    shipped.retain(|name, _| !other.contains_key(name));
    shipped.extend(own.iter().map(|(name, it)| (name.clone(), it.clone())));
    shipped
}

fn section<'a>(notes: &mut Notes, tree: &'a Branch, key: &str) -> Option<Table<'a>> {
    let it = tree.get(key)?;
    Table::open(notes, format!("[{key}]"), &it.key, &it.node)
}

/// Reads every table of a section whose keys are names.
fn named<K: FromStr + Ord, T>(
    notes: &mut Notes,
    tree: &Branch,
    section: &str,
    mut read: impl FnMut(&mut Notes, &str, Table<'_>) -> Option<T>,
) -> BTreeMap<K, T>
where
    K::Err: std::fmt::Display,
{
    let mut found = BTreeMap::new();
    for (name, entry) in entries(notes, tree, section) {
        let id = match name.parse::<K>() {
            Ok(id) => Some(id),
            Err(why) => {
                notes.error(&entry.key, format!("{why}"));
                None
            }
        };
        let title = format!("{section} `{name}`");
        let table = Table::open(notes, title, &entry.key, &entry.node);
        if let (Some(id), Some(it)) = (id, table.and_then(|it| read(notes, name, it))) {
            found.insert(id, it);
        }
    }
    found
}

fn entries<'a>(notes: &mut Notes, tree: &'a Branch, section: &str) -> Vec<(&'a str, &'a Entry)> {
    let Some(it) = tree.get(section) else { return Vec::new() };
    let table = Table::open(notes, format!("[{section}]"), &it.key, &it.node);
    table.map(|it| it.all().collect()).unwrap_or_default()
}
