//! Storyline definitions proposed from an article (pure).
//!
//! ```text
//! article -> sentences -> packs, names, dates, kinds of news -> scenes -> proposals -> TOML with reasons
//! ```
//!
//! Rules, not understanding: capitals make names, word lists make kinds of
//! news, and the grammar of dates makes expectations. So every line says which
//! sentence it comes from, what is weak is called weak, and a person edits.
//!
//! # Promises
//!
//! * The same article and packs give the same draft.
//! * What [`Draft::to_toml`] writes is a configuration `storyline check` accepts.

mod action;
mod article;
mod calling;
mod carrier;
mod credit;
mod facet;
mod known;
mod lists;
mod name;
mod page;
mod propose;
mod run;
mod scene;
mod sentence;
mod thread;
mod topic;
mod write;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt};

use jiff::civil::Date;
use serde::Serialize;
use storyline_config::{Feed, FeedId, Pack, Phase};

pub use article::{ARTICLE_BYTES_MAX, Article, ArticleError};

/// What is proposed from one article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Draft {
    /// The article's headline.
    pub headline: String,
    /// The day its words count from; none where the article has no date.
    pub day: Option<Date>,
    /// Whom the article credits, and the sentence that does.
    pub credit: Option<Quoted>,
    /// Actors no pack has yet.
    pub actors: Vec<NewPack>,
    /// Places no pack has yet.
    pub places: Vec<NewPack>,
    /// The storylines, the main one first.
    pub storylines: Vec<Proposal>,
    /// Configured feeds that probably carry it, the likeliest first.
    pub feeds: Vec<Carrier>,
    /// What is weak in the draft as a whole.
    pub weak: Vec<String>,
}

/// Words with the sentence they come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quoted {
    /// What was found.
    pub text: String,
    /// Where.
    pub sentence: String,
}

/// An actor or a place to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewPack {
    /// What definitions call it, as `@key`.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The role the article gives it.
    pub role: Option<String>,
    /// The ways it is written.
    pub aliases: Vec<String>,
    /// The first sentence it stands in.
    pub sentence: String,
}

/// One storyline definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// Its name.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// The umbrella it stands under.
    pub parent: Option<String>,
    /// Sentences it is reported with.
    pub seed: Vec<String>,
    /// Facets that must all be touched.
    pub all: Vec<ProposedFacet>,
    /// What raises the score only.
    pub any: Vec<String>,
    /// Cues of its phases.
    pub phases: BTreeMap<Phase, Vec<String>>,
    /// What is to happen, and when.
    pub expected: Vec<Expected>,
    /// What is weak in it.
    pub weak: Vec<String>,
}

/// One facet with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProposedFacet {
    /// `who`, `what` or `where`.
    pub about: &'static str,
    /// Its aliases.
    pub aliases: Vec<String>,
    /// Why it is proposed.
    pub why: String,
}

/// Something the article says will happen by a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// The words that say when.
    pub text: String,
    /// The day or days, `YYYY-MM-DD` or `from/to`; none where it is vague.
    pub value: Option<String>,
    /// Whether it is a limit.
    pub deadline: bool,
    /// The sentence.
    pub sentence: String,
}

/// A configured feed that probably carries the story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Carrier {
    /// The feed.
    pub feed: FeedId,
    /// What speaks for it.
    pub why: String,
}

/// Proposes storylines for an article.
///
/// `actors` and `places` are the packs a definition may lean on; names they do
/// not have are proposed as packs of their own.
pub fn draft(
    article: &Article,
    actors: &BTreeMap<String, Pack>,
    places: &BTreeMap<String, Pack>,
    feeds: &BTreeMap<FeedId, Feed>,
) -> Draft {
    let scenes = scene::Scenes::of(article, actors, places);
    let credit = credit::find(&scenes.sentences, feeds);
    let lang = article.lang.as_deref();
    let mut proposed =
        propose::Proposer::new(&scenes, actors, places, credit.as_ref(), (article.day(), lang));
    let storylines = proposed.storylines();
    let feeds = carrier::likely(article, &scenes, credit.as_ref(), feeds);
    let mut weak = Vec::new();
    if article.published.is_none() {
        weak.push("The article has no date, so no \"on Friday\" could be resolved: add a line such as 12 February 2025 under its headline.".to_owned());
    }
    if article.lang.as_deref().is_some_and(|it| it != "en") {
        weak.push("Outside English few words for kinds of news are known, and cues that hold for any of them: read `what` and the phases twice.".to_owned());
    }
    if article.text.is_empty() {
        weak.push("There is nothing but a headline.".to_owned());
    }
    let (actors, places) = proposed.packs();
    Draft {
        headline: article.title.clone(),
        day: article.day(),
        credit,
        actors,
        places,
        storylines,
        feeds,
        weak,
    }
}

impl Draft {
    /// The draft as a configuration with comments, which `storyline check` accepts.
    pub fn to_toml(&self) -> String {
        write::toml(self)
    }
}

impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_toml())
    }
}
