//! One thing a feed carries, cleaned and typed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use storyline_config::FeedId;

use crate::ItemId;

/// One thing a feed carries. Its texts are clean: no markup, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its name, stable from visit to visit.
    pub id: ItemId,
    /// The name its sender gave it, which `ingest` and `backtest` answer with; a feed's item has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The feed that carried it; need not be configured for items that were ingested.
    pub feed: FeedId,
    /// Where it was published, for people.
    pub outlet: String,
    /// The publisher's own id for it, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<String>,
    /// Its page; http or https only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Its language (BCP 47, primary subtag), where it or its feed says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// Its headline, at most [`TITLE_CHARS_MAX`](storyline_config::limit::TITLE_CHARS_MAX) characters.
    pub title: String,
    /// Its text or summary, at most [`TEXT_BYTES_MAX`](storyline_config::limit::TEXT_BYTES_MAX) bytes; empty for bare headlines.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The date it states, where that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// When we first saw it.
    pub seen: Timestamp,
    /// The time it counts from: the stated date where that is credible, else when it was seen.
    pub effective: Timestamp,
    /// What is wrong with the stated date, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_flag: Option<DateFlag>,
    /// Authors, bylines and credits as the feed gives them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// The outlet an aggregator says it is from (`<source>`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Categories, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Whether this is a later content of an item already known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revision: bool,
    /// Whether it is older than everything its feed was known to carry: placed in the timeline, never alerted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
}

impl Item {
    /// An item that a feed carries under a name, with a headline and nothing else said; seen, and counted, at `at`.
    pub fn named(feed: FeedId, name: &str, title: String, at: Timestamp) -> Self {
        Self {
            id: ItemId::of(&feed, name),
            key: None,
            outlet: feed.to_string(),
            feed,
            guid: None,
            link: None,
            lang: None,
            title,
            text: String::new(),
            published: None,
            seen: at,
            effective: at,
            date_flag: None,
            authors: Vec::new(),
            source: None,
            categories: Vec::new(),
            revision: false,
            late: false,
        }
    }
}

/// Why a stated date does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateFlag {
    /// None is stated.
    Missing,
    /// It cannot be read.
    Bad,
    /// It lies more than ten minutes ahead of when the item was seen.
    Future,
    /// It lies more than thirty days before the item was seen.
    Ancient,
    /// It names a day and no time; read as midnight UTC.
    DateOnly,
    /// It names no zone; read as UTC.
    NoZone,
}
