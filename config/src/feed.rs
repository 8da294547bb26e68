//! Where news comes from.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::storyline::Alias;

/// One source of items, with what is known about who stands behind it.
#[derive(Debug, Clone)]
pub struct Feed {
    /// How it is read.
    pub source: Source,
    /// The name people know it by; default: the feed's id.
    pub outlet: String,
    /// Who owns the outlet; outlets of one family count as one origin. Default: the outlet.
    pub family: String,
    /// What kind of voice it is.
    pub role: Role,
    /// The actors whose own acts it confirms, as `@pack` names without the sign; empty unless official.
    pub speaks_for: Vec<String>,
    /// Facets its being there already grants, for a topic feed.
    pub about: Vec<Alias>,
    /// The language of its items (BCP 47, primary subtag) where it is known.
    pub lang: Option<String>,
    /// The zone in which its "on Friday" is meant; default UTC.
    pub tz: TimeZone,
    /// A fixed interval instead of the adaptive one.
    pub interval: Option<Duration>,
    /// What its first visit tells; default: `[poll] baseline`.
    pub baseline: Baseline,
    /// A folder path, outermost first.
    pub tags: Vec<String>,
    /// Headers sent to this feed only.
    pub headers: BTreeMap<String, String>,
    /// A file that holds `user:password` or a bearer token.
    pub secret_file: Option<PathBuf>,
}

/// How a feed is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// RSS, Atom, RDF or JSON Feed over HTTP.
    Feed(Url),
    /// A news sitemap, or an index of them.
    Sitemap(Url),
    /// A command that prints a feed; no shell.
    Exec {
        /// The program and its arguments.
        command: Vec<String>,
        /// How long it may run.
        timeout: Duration,
    },
    /// A file that holds a feed.
    File(PathBuf),
}

/// What kind of voice a feed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A newsroom.
    #[default]
    News,
    /// A party that speaks for itself.
    Official,
    /// A news agency.
    Wire,
    /// A collector of other outlets' items; never an origin of its own.
    Aggregator,
}

impl Role {
    /// The role as configuration, log and socket write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Official => "official",
            Self::Wire => "wire",
            Self::Aggregator => "aggregator",
        }
    }
}

/// What the first visit of a feed tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Baseline {
    /// Nothing; its items still enter state and timeline.
    Silent,
    /// At most one digest.
    #[default]
    Digest,
    /// Every alert, as on any later visit.
    Alert,
}

impl Baseline {
    /// The word as a configuration writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Digest => "digest",
            Self::Alert => "alert",
        }
    }
}
