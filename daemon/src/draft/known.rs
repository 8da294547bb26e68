//! Actors and places the packs know, found in an article.

use std::collections::BTreeMap;

use storyline_config::{Alias, Pack};

use super::{
    lists::{ROLES, has},
    sentence::{Sentence, Word},
};

/// A pack found in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    /// Its name, as `@name` calls it.
    pub(super) pack: String,
    pub(super) place: bool,
    /// Its first word and the word after its last.
    pub(super) from: usize,
    pub(super) to: usize,
}

/// The aliases of all packs, by their first word.
pub(super) struct Known<'p> {
    by_word: BTreeMap<String, Vec<Spelling<'p>>>,
    prefixes: Vec<Spelling<'p>>,
}

struct Spelling<'p> {
    pack: &'p str,
    place: bool,
    alias: &'p Alias,
    words: Vec<String>,
}

impl<'p> Known<'p> {
    pub(super) fn new(
        actors: &'p BTreeMap<String, Pack>,
        places: &'p BTreeMap<String, Pack>,
        lang: Option<&str>,
    ) -> Self {
        let mut known = Self { by_word: BTreeMap::new(), prefixes: Vec::new() };
        for (packs, place) in [(actors, false), (places, true)] {
            for (pack, it) in packs {
                let own = lang.and_then(|lang| it.languages.get(lang)).into_iter().flatten();
                for alias in it.aliases.iter().chain(own) {
                    known.add(pack, place, alias);
                }
            }
        }
        known
    }

    fn add(&mut self, pack: &'p str, place: bool, alias: &'p Alias) {
        let (Alias::Stem(text) | Alias::Exact(text) | Alias::Prefix(text) | Alias::Case(text)) = alias else {
            return;
        };
        let words: Vec<String> =
            text.split_whitespace().map(|it| singular(&it.to_lowercase()).to_owned()).collect();
        let Some(first) = words.first().cloned() else { return };
        let spelling = Spelling { pack, place, alias, words };
        if matches!(alias, Alias::Prefix(_)) {
            self.prefixes.push(spelling);
        } else {
            self.by_word.entry(first).or_default().push(spelling);
        }
    }

    /// Finds the packs of a sentence, the longest spelling at each place.
    pub(super) fn find(&self, sentence: &Sentence<'_>) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut at = 0;
        while at < sentence.words.len() {
            let Some(rest) = sentence.words.get(at..) else { break };
            let Some(word) = rest.first() else { break };
            let known = self.by_word.get(singular(&word.lower)).into_iter().flatten();
            let found = known
                .chain(&self.prefixes)
                .filter(|it| it.stands_at(rest) && !self.is_anothers(it, rest))
                .max_by_key(|it| it.words.len());
            if let Some(it) = found {
                hits.push(Hit {
                    pack: it.pack.to_owned(),
                    place: it.place,
                    from: at,
                    to: at + it.words.len(),
                });
                at += it.words.len();
            } else {
                at += 1;
            }
        }
        hits
    }
}

impl Known<'_> {
    /// "US President Jane Doe": an office that whoever holds it now does not hold there.
    fn is_anothers(&self, it: &Spelling<'_>, rest: &[Word<'_>]) -> bool {
        let office = it.words.last().is_some_and(|it| has(ROLES, it));
        let joined = rest.get(it.words.len() - 1).is_some_and(|it| it.joined);
        let Some(name) = rest.get(it.words.len()..).filter(|_| office && joined) else { return false };
        let named = name.iter().take_while(|it| it.capital()).count();
        let own = |at: usize| {
            let known = self.by_word.get(singular(&name[at].lower)).into_iter().flatten();
            known.chain(&self.prefixes).any(|own| own.pack == it.pack && own.stands_at(&name[at..]))
        };
        named > 0 && !(0..named).any(own)
    }
}

impl Spelling<'_> {
    fn stands_at(&self, words: &[Word<'_>]) -> bool {
        if words.len() < self.words.len() {
            return false;
        }
        if let Alias::Case(text) = self.alias {
            return text.split_whitespace().zip(words).all(|(own, word)| own == word.text.replace('.', ""));
        }
        let prefix = matches!(self.alias, Alias::Prefix(_));
        self.words.iter().zip(words).all(|(own, word)| {
            if prefix { word.lower.starts_with(own.as_str()) } else { singular(&word.lower) == own }
        })
    }
}

/// The word without the ending of a plural.
pub(super) fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 3 && !stem.ends_with(['s', 'u', 'i']) => stem,
        _ => word,
    }
}
