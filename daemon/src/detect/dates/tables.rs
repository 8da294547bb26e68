//! The languages that have a grammar.

use super::{english, verbs, verbs::Verb, word::Word};

/// What a language brings to the grammar.
#[derive(Debug)]
pub(super) struct Language {
    /// Words in lower case with their classes, sorted.
    pub(super) words: &'static [(&'static str, Word)],
    /// What a form in lower case says of the time.
    pub(super) verb: fn(&str) -> Option<Verb>,
    /// Whether a day is written with a point, and "end" stands without "of".
    pub(super) dotted: bool,
    /// Whether "next" may follow its noun.
    pub(super) relative_after: bool,
}

static ENGLISH: Language =
    Language { words: english::WORDS, verb: verbs::english, dotted: false, relative_after: false };

/// The language of a text: what is said of it, else what its letters are.
pub(super) fn language(lang: Option<&str>, _text: &str) -> Option<&'static Language> {
    match lang {
        None => Some(&ENGLISH),
        Some(lang) => match lang.split(['-', '_']).next()? {
            "en" => Some(&ENGLISH),
            _ => None,
        },
    }
}
