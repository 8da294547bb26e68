//! Kinds of news: which words tell of them, and what a definition of one looks like.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use frostem::{Algorithm, Stemmer};
use serde::Deserialize;
use storyline_config::Phase;

use super::sentence::Sentence;

/// What is known of one kind of news.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own in the table")]
pub(super) struct Action {
    /// How a title begins.
    pub(super) title: String,
    /// Words and phrases that tell of it.
    pub(super) triggers: Vec<String>,
    /// Its facet.
    pub(super) aliases: Vec<String>,
    /// Whether it is between two parties.
    #[serde(default)]
    pub(super) sides: bool,
    /// Whether its place belongs to it.
    #[serde(default)]
    pub(super) placed: bool,
    /// Whether the people in it make it what it is.
    #[serde(default = "yes")]
    pub(super) people: bool,
    /// Whether it is one person's own: who else is named takes no part.
    #[serde(default)]
    pub(super) alone: bool,
    /// The cues of its phases.
    pub(super) phase: BTreeMap<Phase, Vec<String>>,
}

fn yes() -> bool {
    true
}

static TABLE: LazyLock<BTreeMap<String, Action>> =
    LazyLock::new(|| toml::from_str(include_str!("actions.toml")).unwrap_or_default());

/// Every kind by its key.
pub(super) fn all() -> &'static BTreeMap<String, Action> {
    &TABLE
}

/// Triggers by stem: the words of each with the kind it tells of.
static TRIGGERS: LazyLock<Vec<(Vec<String>, &'static str)>> = LazyLock::new(|| {
    let of = |(key, action): (&'static String, &'static Action)| {
        action.triggers.iter().map(move |it| (it.split(' ').map(stem).collect(), key.as_str()))
    };
    all().iter().flat_map(of).collect()
});

/// The stem of an English word in lower case.
pub(super) fn stem(word: &str) -> String {
    static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::new(Algorithm::English));
    STEMMER.stem(word).into()
}

/// What is known of kinds of news in other languages.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Others {
    /// By language, cues of any kind.
    cue: BTreeMap<String, BTreeMap<Phase, Vec<String>>>,
    /// By language and kind, how words begin that tell of it.
    word: BTreeMap<String, BTreeMap<String, String>>,
}

static OTHERS: LazyLock<Others> =
    LazyLock::new(|| toml::from_str(include_str!("actions_others.toml")).unwrap_or_default());

/// How words begin that tell of a kind in another language; none where it is not known there.
pub(super) fn beginnings(kind: &str, lang: &str) -> Vec<&'static str> {
    let words = OTHERS.word.get(lang).and_then(|it| it.get(kind));
    words.map_or_else(Vec::new, |it| it.split(' ').collect())
}

/// Cues that say in a language how far a thing is, whatever it is.
pub(super) fn cues(lang: Option<&str>) -> BTreeMap<Phase, Vec<String>> {
    let lang = lang.filter(|it| OTHERS.cue.contains_key(*it)).unwrap_or("en");
    OTHERS.cue.get(lang).cloned().unwrap_or_default()
}

/// The kinds a sentence tells of in another language than English.
fn told_abroad(sentence: &Sentence<'_>, lang: &str) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut told: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for (kind, words) in OTHERS.word.get(lang).into_iter().flatten() {
        let found =
            words.split(' ').filter(|it| sentence.words.iter().any(|word| word.lower.starts_with(it)));
        let found: BTreeSet<String> = found.map(str::to_owned).collect();
        // A kind is known by its key in the first table.
        if let Some((key, _)) = all().get_key_value(kind).filter(|_| !found.is_empty()) {
            told.insert(key, found);
        }
    }
    told
}

/// The kinds a sentence tells of, each with the words that say so.
pub(super) fn told(sentence: &Sentence<'_>, lang: Option<&str>) -> BTreeMap<&'static str, BTreeSet<String>> {
    if let Some(lang) = lang.filter(|it| *it != "en") {
        return told_abroad(sentence, lang);
    }
    let stems: Vec<String> = (0..sentence.words.len()).map(|at| stem_at(sentence, at)).collect();
    let mut told: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for (words, key) in TRIGGERS.iter() {
        if stems.windows(words.len()).any(|it| it == words) {
            told.entry(key).or_default().insert(words.join(" "));
        }
    }
    told
}

/// The stem of a word; of the month of March, which nobody marches in, its name as it is written.
fn stem_at(sentence: &Sentence<'_>, at: usize) -> String {
    let Some(word) = sentence.words.get(at) else { return String::new() };
    let number = |at: Option<usize>| {
        let word = at.and_then(|it| sentence.words.get(it));
        word.is_some_and(|it| it.text.starts_with(|c: char| c.is_ascii_digit()))
    };
    let is_month = word.text == "March" && (number(at.checked_sub(1)) || number(Some(at + 1)));
    let after = at.checked_sub(1).and_then(|it| sentence.words.get(it)).map(|it| it.lower.as_str());
    let since = matches!(after, Some("in" | "since" | "until" | "last" | "early" | "late" | "of"));
    if is_month || word.text == "March" && since { word.text.to_owned() } else { stem(&word.lower) }
}

#[cfg(test)]
mod tests {
    use storyline_config::Alias;

    use super::*;

    #[test]
    fn the_table_can_be_read_and_every_alias_looked_for() {
        let table: BTreeMap<String, Action> = toml::from_str(include_str!("actions.toml")).unwrap();
        assert!(table.len() > 15);
        for action in table.values() {
            assert!(action.aliases.iter().all(|it| Alias::parse(it).is_ok()));
            assert!(action.phase.keys().all(|it| *it != Phase::None));
            assert!(action.phase.len() > 1, "{}", action.title);
        }
        let others: Others = toml::from_str(include_str!("actions_others.toml")).unwrap();
        for (lang, words) in &others.word {
            assert!(others.cue.contains_key(lang), "{lang}");
            for kind in words.keys() {
                assert!(table.contains_key(kind), "{lang}: {kind}");
            }
        }
    }
}
