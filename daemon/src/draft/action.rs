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

/// The kinds a sentence tells of, each with the words that say so.
pub(super) fn told(sentence: &Sentence<'_>) -> BTreeMap<&'static str, BTreeSet<String>> {
    let stems: Vec<String> = sentence.words.iter().map(|it| stem(&it.lower)).collect();
    let mut told: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for (words, key) in TRIGGERS.iter() {
        if stems.windows(words.len()).any(|it| it == words) {
            told.entry(key).or_default().insert(words.join(" "));
        }
    }
    told
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
    }
}
