//! Whom an article credits: "(AP)", "reports Reuters", "told the Evening Post".

use std::collections::BTreeMap;

use storyline_config::{Feed, FeedId};

use super::{Quoted, lists::AGENCIES, sentence::Sentence};

/// Finds the first credit of an article.
pub(super) fn find(sentences: &[Sentence<'_>], feeds: &BTreeMap<FeedId, Feed>) -> Option<Quoted> {
    let outlets: Vec<&str> =
        feeds.values().map(|it| it.outlet.as_str()).filter(|it| it.chars().count() > 2).collect();
    sentences.iter().find_map(|sentence| {
        let houses = AGENCIES.iter().chain(&outlets);
        let house = houses.copied().find(|house| credited(sentence.text, house))?;
        Some(Quoted { text: house.to_owned(), sentence: sentence.text.to_owned() })
    })
}

fn credited(text: &str, house: &str) -> bool {
    text.match_indices(house).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + house.len()..).unwrap_or_default();
        let alone = !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
        let before = before.strip_suffix("the ").unwrap_or(before).trim_end();
        let after = after.trim_start_matches(" news agency").trim_start();
        let told = [
            "reports",
            "reported by",
            "according to",
            "told",
            "citing",
            "cited by",
            "quoted by",
            "interview with",
        ];
        let tells = ["reported", "reports", "said it had", "quoted", "wrote", "has learned"];
        let bracketed = before.ends_with('(') && after.starts_with(')');
        alone
            && (bracketed
                || told.iter().any(|it| before.ends_with(it))
                || tells.iter().any(|it| after.starts_with(it)))
    })
}
