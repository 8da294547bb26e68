//! The languages that have a grammar.

use std::sync::LazyLock;

use super::{english, lexicon::Lexicon, others, verbs, verbs::Verb, verbs_others, word::Word};

/// What a language brings to the grammar.
#[derive(Debug)]
pub(super) struct Language {
    /// Words with their classes.
    pub(super) words: &'static LazyLock<Lexicon<Word>>,
    /// What a form in lower case says of the time.
    pub(super) verb: fn(&str) -> Option<Verb>,
    /// Forms of units that mean more than one.
    pub(super) plurals: &'static [&'static str],
    /// Every language but English: a day may have a point, and "end" has no "of" after it.
    pub(super) dotted: bool,
    /// Whether "next" may follow its noun.
    pub(super) relative_after: bool,
    /// Whether a unit without a number counts one.
    pub(super) bare_unit: bool,
}

static NO_WORDS: LazyLock<Lexicon<Word>> = LazyLock::new(|| Lexicon::new(&[]));

const OTHER: Language = Language {
    words: &NO_WORDS,
    verb: |_| None,
    plurals: &[],
    dotted: true,
    relative_after: false,
    bare_unit: false,
};

static ENGLISH: Language = Language {
    words: &english::WORDS,
    verb: verbs::english,
    plurals: &["days", "weeks", "months", "years"],
    dotted: false,
    ..OTHER
};
static GERMAN: Language = Language {
    words: &others::GERMAN,
    verb: verbs_others::german,
    plurals: &["jahren", "monate", "monaten", "tage", "tagen", "wochen"],
    ..OTHER
};
static FRENCH: Language = Language {
    words: &others::FRENCH,
    verb: verbs_others::french,
    plurals: &["ans", "années", "jours", "semaines"],
    relative_after: true,
    ..OTHER
};
static RUSSIAN: Language = Language {
    words: &others::RUSSIAN,
    verb: verbs_others::russian,
    plurals: &["дни", "дней", "дня", "месяца", "месяцев", "недель"],
    bare_unit: true,
    ..OTHER
};
static UKRAINIAN: Language = Language {
    words: &others::UKRAINIAN,
    verb: verbs_others::ukrainian,
    plurals: &["дні", "днів", "місяці", "місяців", "тижні", "тижнів"],
    bare_unit: true,
    ..OTHER
};
static FINNISH: Language =
    Language { words: &others::FINNISH, verb: verbs_others::finnish, plurals: &[], ..OTHER };
/// Any other language: numeric dates only.
static NUMERIC: Language = OTHER;

/// The language of a text: what is said of it, else what its letters are.
pub(super) fn language(lang: Option<&str>, text: &str) -> &'static Language {
    let Some(lang) = lang.and_then(|it| it.split(['-', '_']).next()) else {
        let cyrillic = text
            .chars()
            .find(|it| it.is_alphabetic())
            .is_some_and(|it| ('а'..='я').contains(&it) || ('А'..='Я').contains(&it));
        return if cyrillic { &RUSSIAN } else { &ENGLISH };
    };
    let known: [(&str, &'static Language); 6] = [
        ("en", &ENGLISH),
        ("de", &GERMAN),
        ("fr", &FRENCH),
        ("ru", &RUSSIAN),
        ("uk", &UKRAINIAN),
        ("fi", &FINNISH),
    ];
    known.into_iter().find(|(it, _)| it.eq_ignore_ascii_case(lang)).map_or(&NUMERIC, |(_, it)| it)
}
