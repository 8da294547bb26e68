//! What a document says, understood and cleaned.

use std::{collections::BTreeSet, time::Duration};

use jiff::{Timestamp, civil::Weekday};
use storyline_store::DateFlag;

/// What one document says.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The name it gives itself.
    pub title: Option<String>,
    /// What it is written in.
    pub kind: Kind,
    /// Its language (BCP 47, primary subtag), where it says so.
    pub lang: Option<String>,
    /// What it asks of those who visit it.
    pub hints: Hints,
    /// What it carries, in document order: at most
    /// [`ENTRIES_MAX`](storyline_config::limit::ENTRIES_MAX), the newest.
    pub entries: Vec<Entry>,
    /// The sitemaps that a sitemap index names, in document order; empty for anything else.
    pub children: Vec<SitemapChild>,
}

/// What a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// RSS 0.91 to 2.0.
    Rss,
    /// RSS 0.90, 1.0 and 1.1, which are RDF.
    Rdf,
    /// Atom 0.3 and 1.0.
    Atom,
    /// JSON Feed.
    Json,
    /// A sitemap, whose news entries are its items.
    Sitemap,
    /// A list of sitemaps.
    SitemapIndex,
}

impl Kind {
    /// The word for it in JSON; an index is a sitemap there.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rss => "rss",
            Self::Rdf => "rdf",
            Self::Atom => "atom",
            Self::Json => "json",
            Self::Sitemap | Self::SitemapIndex => "sitemap",
        }
    }
}

/// What a document asks of those who visit it. Nothing of it is to be trusted without a bound.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hints {
    /// How long it may be kept (`ttl`).
    pub ttl: Option<Duration>,
    /// Hours of the day, UTC, in which nothing new comes; never all of them.
    pub skip_hours: BTreeSet<i8>,
    /// Days of the week, UTC, on which nothing new comes; never all of them.
    pub skip_days: Vec<Weekday>,
    /// The period in which it is renewed [`sy_frequency`](Self::sy_frequency) times.
    pub sy_period: Option<Duration>,
    /// How often it is renewed in a period; at least 1.
    pub sy_frequency: Option<u32>,
    /// A hub that tells of changes.
    pub hub: Option<String>,
    /// Its own address.
    pub self_link: Option<String>,
    /// The next page, which is older.
    pub next: Option<String>,
    /// The archive before this document.
    pub prev_archive: Option<String>,
}

impl Hints {
    /// The interval that `sy:updatePeriod` and `sy:updateFrequency` ask for together.
    pub fn sy_interval(&self) -> Option<Duration> {
        Some(self.sy_period? / self.sy_frequency.unwrap_or(1).max(1))
    }
}

/// One thing a document carries. Its texts are clean: no markup, no control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name as people are shown it, unique within the document.
    pub id: String,
    /// Its name as it is followed by, unique within the document and stable from visit to visit.
    pub key: String,
    /// The publisher's own id, as written, whether or not it can be used.
    pub guid: Option<String>,
    /// Its headline; empty where there is none.
    pub title: String,
    /// The address it links to, absolute, http or https.
    pub link: Option<String>,
    /// The address of its page, where that is another: `link` goes through a service that counts clicks.
    pub page: Option<String>,
    /// The date it states, where that can be read.
    pub published: Option<Timestamp>,
    /// What is wrong with the stated date by itself: `Missing`, `Bad`, `DateOnly` or `NoZone`.
    pub date_flag: Option<DateFlag>,
    /// Its text or summary; empty for bare headlines.
    pub body: String,
    /// Authors and bylines.
    pub authors: Vec<String>,
    /// The outlet that an aggregator says it is from.
    pub source: Option<String>,
    /// Categories, as written.
    pub categories: Vec<String>,
    /// Its language (BCP 47, primary subtag), where it or the document says so.
    pub lang: Option<String>,
    /// Whether it only says once more what an earlier entry of the document says, id and all.
    pub repeat: bool,
}

/// A sitemap that an index names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitemapChild {
    /// Where it is.
    pub url: String,
    /// When it last changed, where that is said.
    pub lastmod: Option<Timestamp>,
}
