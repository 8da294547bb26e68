//! All aliases of all definitions in one trie over words.
//!
//! A step of the trie is a hash: a stem, a word as folded, a beginning, or a
//! word with its case. One walk over an item's words finds every alias of
//! every definition; its cost follows the hits, not the definitions.

use std::{
    collections::{BTreeMap, HashMap},
    hash::BuildHasherDefault,
};

use storyline_config::Alias;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::{
    fold::without_accents,
    reading::{CASE_SEED, Reading, Word},
    rules::Table,
    stem::{Identity, Language},
};

/// Marks hashes of stems.
const STEM_SEED: u64 = 0x57E_4ED;
/// Marks hashes of beginnings.
const PREFIX_SEED: u64 = 0x9_12EF;
/// Marks hashes of words that only count in capitals (`US`, `WHO`).
const CAPITALS_SEED: u64 = 0xCA9_17A1;

/// A trie whose leaves carry numbers: the aliases that end there.
#[derive(Debug, Clone, Default)]
pub(super) struct Trie {
    steps: HashMap<u64, u32, BuildHasherDefault<Identity>>,
    leaves: Vec<Vec<u32>>,
    /// By their first two bytes, the lengths of beginnings in bytes.
    prefixes: BTreeMap<[u8; 2], Vec<usize>>,
}

/// An alias found: which, and at which words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    /// The leaf.
    pub(super) leaf: u32,
    /// The first word.
    pub(super) at: usize,
    /// How many words it spans.
    pub(super) len: usize,
}

impl Trie {
    /// Adds an alias in a language under a number; packs are not resolved here.
    pub(super) fn insert(&mut self, table: &Table, alias: &Alias, language: Language, number: u32) {
        if self.leaves.is_empty() {
            self.leaves.push(Vec::new());
        }
        let (text, kind) = match alias {
            Alias::Stem(it) => (it, Kind::Stem),
            Alias::Exact(it) => (it, Kind::Exact),
            Alias::Prefix(it) => (it, Kind::Prefix),
            Alias::Case(it) => (it, Kind::Case),
            Alias::Pack(_) => return,
        };
        let reading = Reading::of(text, "", language);
        let mut nodes = vec![0];
        for (index, word) in reading.words.iter().enumerate() {
            let last = index + 1 == reading.words.len();
            let keys = self.keys(table, &reading, word, kind, last, reading.words.len() == 1);
            nodes = nodes
                .iter()
                .flat_map(|node| keys.iter().map(move |key| (*node, *key)))
                .map(|it| self.child(it))
                .collect();
        }
        for node in nodes {
            if let Some(leaf) = self.leaves.get_mut(node as usize)
                && node != 0
                && !leaf.contains(&number)
            {
                leaf.push(number);
            }
        }
    }

    /// The numbers of the aliases that end at a leaf.
    pub(super) fn aliases(&self, leaf: u32) -> &[u32] {
        self.leaves.get(leaf as usize).map_or(&[], Vec::as_slice)
    }

    /// How many leaves there are.
    pub(super) fn leaves(&self) -> u32 {
        u32::try_from(self.leaves.len()).unwrap_or(u32::MAX)
    }

    /// Finds every alias in a reading, in order of words.
    pub(super) fn find(&self, reading: &Reading, hits: &mut Vec<Hit>) {
        if self.leaves.is_empty() {
            return;
        }
        let mut ends = Vec::new();
        for at in 0..reading.words.len() {
            ends.clear();
            ends.push(0);
            for len in 1.. {
                let Some(word) = reading.words.get(at + len - 1) else { break };
                if len > 1 && (word.sentence != reading.words[at].sentence) {
                    break;
                }
                ends = self.follow(&ends, reading, word);
                if ends.is_empty() {
                    break;
                }
                let full = ends.iter().filter(|node| !self.aliases(**node).is_empty());
                hits.extend(full.map(|node| Hit { leaf: *node, at, len }));
            }
        }
    }

    fn follow(&self, nodes: &[u32], reading: &Reading, word: &Word) -> Vec<u32> {
        let mut out = Vec::new();
        for node in nodes {
            let mut step = |key: u64| {
                if let Some(next) = self.steps.get(&joint(*node, key))
                    && !out.contains(next)
                {
                    out.push(*next);
                }
            };
            step(stem(word.form.stem));
            step(word.form.plain);
            step(word.case);
            if word.capitals {
                step(capitals(word.form.plain));
            }
            let letters = reading.letters(word);
            for bare in without_clitics(letters) {
                step(super::pattern::plain(bare));
                self.beginnings(bare).for_each(&mut step);
            }
            let stripped;
            let letters = if letters.is_ascii() {
                letters
            } else {
                stripped = without_accents(letters);
                &stripped
            };
            self.beginnings(letters).for_each(&mut step);
        }
        out
    }

    /// The hashes of a word's beginnings that some alias has.
    fn beginnings<'a>(&'a self, letters: &'a str) -> impl Iterator<Item = u64> + 'a {
        let lengths = head(letters).and_then(|it| self.prefixes.get(&it));
        lengths.into_iter().flatten().filter_map(|len| letters.get(..*len)).map(prefix)
    }

    fn keys(
        &mut self,
        table: &Table,
        reading: &Reading,
        word: &Word,
        kind: Kind,
        last: bool,
        alone: bool,
    ) -> Vec<u64> {
        // A phrase may have beginnings inside it: `foreign minist* of russia`.
        let starred = reading.title.get(word.at.end..).is_some_and(|it| it.starts_with('*'));
        match kind {
            Kind::Stem if starred => vec![self.prefix_key(reading, word)],
            Kind::Stem if alone && is_acronym(table, reading, word) => vec![capitals(word.form.plain)],
            Kind::Stem if word.form.stem == word.form.plain => vec![stem(word.form.stem)],
            // As it is written it is found in texts of other languages too.
            Kind::Stem => vec![stem(word.form.stem), word.form.plain],
            Kind::Case => vec![word.case],
            Kind::Prefix if last => vec![self.prefix_key(reading, word)],
            Kind::Exact | Kind::Prefix => vec![word.form.plain],
        }
    }

    fn prefix_key(&mut self, reading: &Reading, word: &Word) -> u64 {
        let letters = without_accents(reading.letters(word));
        if let Some(head) = head(&letters) {
            let lengths = self.prefixes.entry(head).or_default();
            if !lengths.contains(&letters.len()) {
                lengths.push(letters.len());
            }
        }
        prefix(&letters)
    }

    fn child(&mut self, (node, key): (u32, u64)) -> u32 {
        let next = u32::try_from(self.leaves.len()).unwrap_or(u32::MAX);
        let child = *self.steps.entry(joint(node, key)).or_insert(next);
        if child == next {
            self.leaves.push(Vec::new());
        }
        child
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Stem,
    Exact,
    Prefix,
    Case,
}

fn stem(hash: u64) -> u64 {
    hash.rotate_left(31) ^ STEM_SEED
}

/// Whether a word is only meant in capitals: `us`, `it`, `who`.
fn is_acronym(table: &Table, reading: &Reading, word: &Word) -> bool {
    let letters = reading.letters(word);
    table.is_stopword_hash(word.form.plain) && (letters.chars().count() <= 2 || letters == "who")
}

/// An Arabic word without what is written together with it: "and", "in", "to", the article.
fn without_clitics(letters: &str) -> impl Iterator<Item = &str> {
    let is_arabic = letters.starts_with(|c: char| ('\u{600}'..='\u{6FF}').contains(&c));
    let strip = |it: &'static [&'static str], from: &'_ str| -> Option<usize> {
        it.iter().find(|it| from.starts_with(**it)).map(|it| it.len())
    };
    let long = |it: &&str| it.chars().count() >= 3;
    let and = strip(&["و", "ف"], letters).filter(|_| is_arabic).and_then(|it| letters.get(it..)).filter(long);
    let both = [Some(letters).filter(|_| is_arabic), and];
    let bare = move |it: &'_ str| strip(&["ال", "لل", "بال", "كال", "ب", "ل", "ك"], it);
    let further = both.into_iter().flatten().filter_map(move |it| it.get(bare(it)?..)).filter(long);
    and.into_iter().chain(further)
}

/// The first two bytes of a word.
fn head(letters: &str) -> Option<[u8; 2]> {
    letters.as_bytes().first_chunk().copied()
}

fn joint(node: u32, key: u64) -> u64 {
    key ^ u64::from(node).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn prefix(letters: &str) -> u64 {
    xxh3_64_with_seed(letters.as_bytes(), PREFIX_SEED)
}

fn capitals(plain: u64) -> u64 {
    plain.rotate_left(17) ^ CAPITALS_SEED ^ CASE_SEED
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rules::shipped;

    #[track_caller]
    fn check(alias: &str, text: &str, found: bool) {
        let mut trie = Trie::default();
        let english = Language::of(None);
        trie.insert(shipped(), &Alias::parse(alias).unwrap(), english, 7);
        let mut hits = Vec::new();
        trie.find(&Reading::of(text, "", english), &mut hits);
        assert_eq!(!hits.is_empty(), found, "{alias:?} in {text:?}");
        assert!(hits.iter().all(|it| trie.aliases(it.leaf) == [7]));
    }

    #[test]
    fn an_alias_is_found_in_every_form_it_stands_for() {
        check("karsk", "KARSK’S bridge", true);
        check("karsk", "Karskov wins", false);
        check("negotiation", "negotiations resume", true);
        check("=rate", "rates rise", false);
        check("österreich*", "ÖSTERREICHS Bahn", true);
        check("карск*", "КАРСКИЙ мост", true);
        check("foreign minister", "the foreign ministers met", true);
        check("foreign minister", "a foreign trade minister", false);
        check("face-to-face", "talks face to face", true);
        check("us", "give us a break", false);
        check("us", "U.S. troops", true);
        check("week", "a week of strikes", true);
        check("CASE:US", "US troops", true);
        check("CASE:US", "Us troops", false);
        check("普京", "俄罗斯总统普京会见", true);
        check("rare ear*", "rare earths", true);
    }
}
