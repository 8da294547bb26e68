//! Whom an article credits: "(AP)", "reports Reuters", "told the Evening Post".

use std::collections::BTreeMap;

use storyline_config::{Feed, FeedId};

use super::{Quoted, lists::AGENCIES, sentence::Sentence};

/// Sentences a dateline may begin: the headline, and the first of the text.
const DATELINE_SENTENCES: usize = 3;
/// Characters before the brackets of a dateline.
const DATELINE_CHARS: usize = 60;

/// Finds the first credit of an article.
pub(super) fn find(sentences: &[Sentence<'_>], feeds: &BTreeMap<FeedId, Feed>) -> Option<Quoted> {
    let outlets: Vec<&str> =
        feeds.values().map(|it| it.outlet.as_str()).filter(|it| it.chars().count() > 2).collect();
    let dateline = sentences.iter().take(DATELINE_SENTENCES).find_map(|sentence| {
        Some(Quoted { text: bracketed(sentence.text)?.to_owned(), sentence: sentence.text.to_owned() })
    });
    dateline.or_else(|| told(sentences, &outlets))
}

/// The house in the brackets of a dateline: "PORT SELBY, 3 March (Northern Wire) - …".
fn bracketed(text: &str) -> Option<&str> {
    let (before, rest) = text.split_once('(')?;
    let (house, after) = rest.split_once(')')?;
    let dash = after.trim_start().starts_with(['-', '–', '—']);
    let named = house.starts_with(char::is_uppercase) && house.split(' ').count() <= 4;
    let place = before.starts_with(char::is_uppercase) && before.chars().count() <= DATELINE_CHARS;
    (dash && named && place && !house.contains(char::is_numeric)).then_some(house)
}

fn told(sentences: &[Sentence<'_>], outlets: &[&str]) -> Option<Quoted> {
    sentences.iter().find_map(|sentence| {
        let houses = AGENCIES.iter().chain(outlets);
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
