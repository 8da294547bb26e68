//! What an event cites: the report, and why it was judged as it was.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use storyline_config::FeedId;

use crate::{DevelopmentId, Item, ItemId};

/// An item cited as evidence, with what memory needs to compare others with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The item.
    pub item: ItemId,
    /// The name its sender gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The feed that carried it.
    pub feed: FeedId,
    /// Where it was published.
    pub outlet: String,
    /// Who it really comes from: an owner family, or the agency it credits.
    pub origin: String,
    /// Whether so much of it is taken from elsewhere that it counts as half an origin.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub half: bool,
    /// Whether it is a party's word about its own act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaks_for: Option<String>,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its headline.
    pub title: String,
    /// Its text, as far as it is kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Its language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The date it states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// The time it counts from.
    pub effective: Timestamp,
    /// Whether it came too late to be told of.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
}

impl Report {
    /// The item it was, as far as the log keeps it.
    pub fn as_item(&self) -> Item {
        Item {
            id: self.item,
            key: self.key.clone(),
            feed: self.feed.clone(),
            outlet: self.outlet.clone(),
            guid: None,
            link: self.url.clone(),
            lang: self.lang.clone(),
            title: self.title.clone(),
            text: self.text.clone(),
            published: self.published,
            seen: self.effective,
            effective: self.effective,
            date_flag: None,
            authors: Vec::new(),
            source: None,
            categories: Vec::new(),
            revision: false,
            late: self.late,
        }
    }
}

/// How an item relates to what a storyline already knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// It reports something nobody had.
    New,
    /// It says again what is known, in its own words.
    Corroboration,
    /// It is the text of an earlier report.
    Copy,
    /// It is a small edit of itself.
    Update,
    /// It explains, recalls or comments.
    Background,
    /// It denies what was reported.
    Denial,
    /// It corrects what was reported.
    Correction,
}

/// Why a decision was taken, small enough to be stored with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The version of thresholds, tables and patterns that decided.
    pub rules: u32,
    /// Which facets were touched, by what and where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facets: Vec<FacetTouched>,
    /// The nearest development, where one was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Nearest>,
    /// The share of word triples it has in common with the report it copies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copied: Option<f64>,
    /// How much it reads like background, where it does at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<f64>,
    /// Who it comes from, and how that is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub origin: String,
    /// What decided, in words.
    pub why: String,
    /// Dates its words name, resolved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<DateMention>,
}

/// A facet with what touched it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetTouched {
    /// Its place among the storyline's facets, from 0.
    pub facet: usize,
    /// What touched it; empty where it is missing.
    pub touched: Vec<Touch>,
}

/// One alias found in an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// The alias, as it is written in the definition.
    pub alias: String,
    /// `title`, `text`, `category`, `url` or `about`.
    pub field: String,
    /// The word it begins at, from 0.
    pub at: usize,
}

/// The development an item comes nearest to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Nearest {
    /// The development.
    pub development: DevelopmentId,
    /// How near, decayed by time; 0 and up.
    pub score: f64,
    /// From where on it is the same.
    pub threshold: f64,
}

/// A date expression and the day it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateMention {
    /// The words.
    pub text: String,
    /// The day, or the range `from/to`; none where it is vague.
    pub value: Option<String>,
}
