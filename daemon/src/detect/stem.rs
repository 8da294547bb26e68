//! From a folded word to its stem, by language.
//!
//! Words become numbers here, once; everything after works on numbers. They
//! are hashes written down (XXH3), so they are the same on every machine.

use std::{
    cell::RefCell,
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use frostem::{Algorithm, Stemmer};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::{features::half, fold::without_accents, spelling::regular};

/// Words whose stem a thread keeps at hand.
const CACHED_WORDS_MAX: usize = 1 << 16;

/// A word as it is written, and as its family: two hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// The folded word without accents.
    pub(super) plain: u64,
    /// Its stem.
    pub(super) stem: u64,
}

/// A language's stemmer; English where a language is not known.
#[derive(Clone, Copy)]
pub(super) struct Language {
    stemmer: Option<Stemmer>,
    english: bool,
    seed: u64,
}

impl Language {
    /// The language of a BCP 47 tag's primary subtag.
    pub(super) fn of(lang: Option<&str>) -> Self {
        let name = lang.unwrap_or("en");
        let name = name.split(['-', '_']).next().unwrap_or("en");
        let algorithm = match name {
            "nb" | "nn" => Some(Algorithm::Norwegian),
            "uk" | "be" | "he" | "zh" | "ja" | "ko" | "th" => None,
            name => Some(Algorithm::from_name(name).unwrap_or(Algorithm::English)),
        };
        Self {
            stemmer: algorithm.map(Stemmer::new),
            english: matches!(algorithm, Some(Algorithm::English)),
            seed: algorithm.map_or(0, |it| xxh3_64(it.name().as_bytes())),
        }
    }

    /// A number that tells languages with different stems apart.
    pub(super) fn number(self) -> u32 {
        half(self.seed)
    }

    /// The hashes of a folded word.
    pub(super) fn form(self, folded: &str) -> Form {
        thread_local! {
            static CACHE: RefCell<HashMap<u64, Form, BuildHasherDefault<Identity>>> = RefCell::default();
        }
        let key = xxh3_64_with_seed(folded.as_bytes(), self.seed);
        CACHE.with_borrow_mut(|cache| {
            if let Some(it) = cache.get(&key) {
                return *it;
            }
            if cache.len() >= CACHED_WORDS_MAX {
                cache.clear();
            }
            let form = self.compute(folded);
            cache.insert(key, form);
            form
        })
    }

    fn compute(self, folded: &str) -> Form {
        let plain = xxh3_64(without_accents(folded).as_bytes());
        let stem = match self.stemmer {
            Some(it) if !folded.is_empty() => {
                let word = if self.english { regular(folded) } else { folded.into() };
                xxh3_64(without_accents(&it.stem(&word)).as_bytes())
            }
            _ => plain,
        };
        Form { plain, stem }
    }
}

/// Takes a hash for what it is.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 ^= value;
    }

    fn write_u32(&mut self, value: u32) {
        self.0 ^= u64::from(value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_of_words_has_one_stem_in_its_language() {
        let stem = |lang, word: &str| Language::of(Some(lang)).form(word).stem;
        assert_eq!(stem("en", "negotiations"), stem("en", "negotiation"));
        assert_eq!(stem("de", "verhandlungen"), stem("de", "verhandlung"));
        assert_eq!(stem("ru", "переговоры"), stem("ru", "переговоров"));
        assert_ne!(stem("uk", "переговори"), stem("uk", "переговорів"));
        assert_eq!(stem("en-GB", "talks"), stem("xx", "talk"));
        assert_eq!(stem("en", "hospitalised"), stem("en", "hospitalized"));
        assert_eq!(stem("en", "freed"), stem("en", "free"));
        assert_eq!(stem("en", "sank"), stem("en", "sinking"));
        assert_ne!(stem("fr", "organisation"), stem("fr", "organization"));
    }
}
