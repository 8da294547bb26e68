//! Reads a table key by key, and knows at the end which keys nobody asked for.

use super::tree::{Branch, Entry, Node, Value};
use crate::finding::{Notes, Place};

/// A table being read: every key that was asked for is known, every other is a mistake.
pub(super) struct Table<'a> {
    /// Where findings about the table as a whole point to: its name.
    pub(super) at: Place,
    entries: &'a Branch,
    asked: Vec<&'static str>,
    /// Keys that have no meaning here, whether or not they are there.
    refused: Vec<&'static str>,
    /// What it is, as messages call it: "feed `bbc`".
    pub(super) title: String,
}

impl<'a> Table<'a> {
    /// Opens a table; notes it where the node is something else.
    pub(super) fn open(
        notes: &mut Notes,
        title: impl Into<String>,
        at: &Place,
        node: &'a Node,
    ) -> Option<Self> {
        let title = title.into();
        match &node.value {
            Value::Table(entries) => {
                Some(Self { at: at.clone(), entries, asked: Vec::new(), refused: Vec::new(), title })
            }
            other => {
                notes.error(&node.at, format!("{title} is {}, expected a table", other.kind()));
                None
            }
        }
    }

    /// The entry of a key, if it is there.
    pub(super) fn entry(&mut self, key: &'static str) -> Option<&'a Entry> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.entries.get(key)
    }

    /// Reads a key that may be absent.
    pub(super) fn get<T>(
        &mut self,
        notes: &mut Notes,
        key: &'static str,
        read: impl FnOnce(&mut Notes, &'a Node) -> Option<T>,
    ) -> Option<T> {
        self.entry(key).and_then(|it| read(notes, &it.node))
    }

    /// Reads a key that must be there.
    pub(super) fn need<T>(
        &mut self,
        notes: &mut Notes,
        key: &'static str,
        read: impl FnOnce(&mut Notes, &'a Node) -> Option<T>,
    ) -> Option<T> {
        if !self.entries.contains_key(key) {
            let help = format!("add it below the head of its table: {key} = …");
            notes.error_help(&self.at, format!("{} has no `{key}`, which it needs", self.title), help);
        }
        self.get(notes, key, read)
    }

    /// Notes a key that has no meaning here.
    pub(super) fn misplaced(&mut self, notes: &mut Notes, key: &'static str, why: &str) {
        self.refused.push(key);
        if let Some(it) = self.entries.get(key) {
            notes.error(&it.key, format!("`{key}` has no meaning for {}: {why}", self.title));
        }
    }

    /// Reads a table inside this one.
    pub(super) fn table(&mut self, notes: &mut Notes, key: &'static str) -> Option<Table<'a>> {
        let title = format!("`{key}` of {}", self.title);
        let it = self.entry(key)?;
        Table::open(notes, title, &it.key, &it.node)
    }

    /// Every entry of a table whose keys are names.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'a str, &'a Entry)> + use<'a> {
        self.entries.iter().map(|(key, it)| (key.as_str(), it))
    }

    /// Notes the keys nobody asked for.
    pub(super) fn finish(self, notes: &mut Notes) {
        let told = |key: &str| self.asked.contains(&key) || self.refused.contains(&key);
        let known: Vec<&str> = self.asked.iter().filter(|it| !self.refused.contains(it)).copied().collect();
        for (key, it) in self.entries.iter().filter(|(key, _)| !told(key)) {
            let message = format!("unknown key `{key}` in {}", self.title);
            notes.error_help(&it.key, message, suggestion(key, &known));
        }
    }
}

/// What was perhaps meant, else everything that could be.
pub(super) fn suggestion(word: &str, known: &[&str]) -> String {
    if let Some(near) = nearest(word, known.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    let list: Vec<String> = known.iter().map(|it| format!("`{it}`")).collect();
    format!("known here: {}", list.join(", "))
}

/// The known word nearest to one, unless none is near.
pub(super) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known
        .map(|it| (strsim::damerau_levenshtein(&word.to_lowercase(), &it.to_lowercase()), it))
        .filter(|(distance, it)| *distance <= (it.len() / 3).max(1) && *distance < word.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, it)| it)
}
