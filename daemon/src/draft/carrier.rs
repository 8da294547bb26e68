//! Which configured feeds probably carry the story.

use std::collections::{BTreeMap, BTreeSet};

use storyline_config::{Alias, Feed, FeedId, Role};

use super::{Article, Carrier, Quoted, scene::Scenes, scene::Who};

/// Feeds proposed at most.
const FEEDS_MAX: usize = 8;

/// Sections of a newspaper with the kinds of news that stand there.
const SECTIONS: &[(&str, &[&str])] = &[
    ("business", &["merger", "strike", "deal"]),
    ("economy", &["merger", "strike", "deal"]),
    ("markets", &["merger"]),
    ("science", &["launch"]),
    ("space", &["launch"]),
    ("technology", &["launch", "merger"]),
    ("sport", &["match"]),
    ("sports", &["match"]),
    ("politics", &["election", "vote", "inquiry"]),
    ("health", &["outbreak"]),
    ("law", &["trial", "inquiry"]),
    ("weather", &["storm"]),
    ("world", &["talks", "meeting", "conference", "attack", "release"]),
];

/// The feeds with the most reasons.
pub(super) fn likely(
    article: &Article,
    scenes: &Scenes<'_>,
    credit: Option<&Quoted>,
    feeds: &BTreeMap<FeedId, Feed>,
) -> Vec<Carrier> {
    let words: BTreeSet<&str> =
        scenes.sentences.iter().flat_map(|it| &it.words).map(|it| it.lower.as_str()).collect();
    let packs: BTreeSet<&str> = scenes.each.iter().flat_map(|it| &it.who).filter_map(pack).collect();
    let kinds: BTreeSet<&str> = scenes.each.iter().flat_map(|it| it.kinds.keys()).copied().collect();
    let lang = article.lang.as_deref().unwrap_or("en");
    let mut scored: Vec<(u32, &FeedId, String)> = feeds
        .iter()
        .filter(|(_, feed)| feed.lang.as_deref().is_none_or(|it| it == lang))
        .map(|(id, feed)| {
            let (score, why) = reasons(feed, article, credit, &words, &packs, &kinds);
            (score, id, why)
        })
        .filter(|(score, _, _)| *score > 1)
        .collect();
    scored.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.truncate(FEEDS_MAX);
    scored.into_iter().map(|(_, feed, why)| Carrier { feed: feed.clone(), why }).collect()
}

fn pack(who: &Who) -> Option<&str> {
    match who {
        Who::Pack { pack, .. } => Some(pack),
        Who::Name(_) => None,
    }
}

fn reasons(
    feed: &Feed,
    article: &Article,
    credit: Option<&Quoted>,
    words: &BTreeSet<&str>,
    packs: &BTreeSet<&str>,
    kinds: &BTreeSet<&str>,
) -> (u32, String) {
    let mut score = 0;
    let mut why = Vec::new();
    let mut speaks = |points: u32, reason: String| {
        score += points;
        why.push(reason);
    };
    if article.outlet.as_deref() == Some(feed.outlet.as_str()) {
        speaks(5, "the article's own outlet".to_owned());
    }
    if credit.is_some_and(|it| it.text == feed.outlet) {
        speaks(4, "the article credits it".to_owned());
    }
    for about in &feed.about {
        let named = match about {
            Alias::Pack(name) => packs.contains(name.as_str()),
            Alias::Stem(text) | Alias::Exact(text) | Alias::Prefix(text) | Alias::Case(text) => {
                words.contains(text.to_lowercase().as_str())
            }
        };
        if named {
            speaks(4, "it is about what the article is about".to_owned());
            break;
        }
    }
    if let Some(party) = feed.speaks_for.iter().find(|it| packs.contains(it.trim_start_matches('@'))) {
        speaks(3, format!("it speaks for {party}"));
    }
    for tag in &feed.tags {
        let lower = tag.to_lowercase();
        let section =
            SECTIONS.iter().any(|(name, of)| *name == lower && of.iter().any(|it| kinds.contains(it)));
        let country = packs.contains(lower.replace(' ', "-").as_str())
            || lower.len() > 3 && words.contains(lower.as_str());
        if section {
            speaks(3, format!("its section is {tag}"));
        } else if country && !matches!(lower.as_str(), "news" | "world") {
            speaks(2, format!("it is of {tag}"));
        }
    }
    if feed.role == Role::Wire {
        speaks(1, "a news agency".to_owned());
    }
    (score, why.join("; "))
}
