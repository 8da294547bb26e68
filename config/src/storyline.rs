//! How to recognise a storyline and what it tells of itself.

use std::{collections::BTreeMap, fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::StorylineId;

/// The definition of one thread of the news.
#[derive(Debug, Clone)]
pub struct Storyline {
    /// What people call it.
    pub title: String,
    /// The umbrella it belongs under; an umbrella yields to its child.
    pub parent: Option<StorylineId>,
    /// Sentences it might be reported with.
    pub seed: Vec<String>,
    /// Its facets in the default language.
    pub facets: Facets,
    /// Further facets by language (BCP 47, primary subtag).
    pub languages: BTreeMap<String, Facets>,
    /// Cues of each phase: stems in order, up to three words between.
    pub phases: BTreeMap<Phase, Vec<String>>,
    /// When it alerts.
    pub alert: AlertRule,
}

/// What must, may and must not be touched.
#[derive(Debug, Clone, Default)]
pub struct Facets {
    /// Every one of these must be touched.
    pub all: Vec<Facet>,
    /// These raise the score only.
    pub any: Facet,
    /// Two of these veto, or one in the title.
    pub none: Facet,
}

/// A set of aliases, any of which touches it.
pub type Facet = Vec<Alias>;

/// A way to write something, parsed once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alias {
    /// Words compared by their stems; more than one is a phrase.
    Stem(String),
    /// `=word`: compared whole, after folding case and letter forms.
    Exact(String),
    /// `word*`: compared by its beginning.
    Prefix(String),
    /// `CASE:US`: compared as it is written, case included.
    Case(String),
    /// `@name`: every alias of an actor or place pack.
    Pack(String),
}

impl Alias {
    /// Reads an alias as it is written in a configuration.
    ///
    /// # Errors
    ///
    /// A sentence that says what is missing, where nothing would be left to compare.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (make, rest): (fn(String) -> Self, &str) = if let Some(rest) = text.strip_prefix("CASE:") {
            (Self::Case, rest)
        } else if let Some(rest) = text.strip_prefix('=') {
            (Self::Exact, rest)
        } else if let Some(rest) = text.strip_prefix('@') {
            (Self::Pack, rest)
        } else if let Some(rest) = text.strip_suffix('*') {
            (Self::Prefix, rest)
        } else {
            (Self::Stem, text)
        };
        let rest = rest.trim();
        if rest.chars().any(char::is_alphanumeric) {
            Ok(make(rest.to_owned()))
        } else {
            Err(format!("the alias {text:?} has no letter or digit to look for"))
        }
    }
}

impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stem(it) => f.write_str(it),
            Self::Exact(it) => write!(f, "={it}"),
            Self::Prefix(it) => write!(f, "{it}*"),
            Self::Case(it) => write!(f, "CASE:{it}"),
            Self::Pack(it) => write!(f, "@{it}"),
        }
    }
}

/// What has happened to a storyline, as far as is known; apart from how much is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nothing is known.
    #[default]
    None,
    /// It is talked about.
    Rumoured,
    /// Somebody said it will be.
    Announced,
    /// It has a date.
    Scheduled,
    /// It goes on.
    UnderWay,
    /// It stands still.
    Paused,
    /// It came to its end.
    Concluded,
    /// It will not be.
    Cancelled,
}

impl Phase {
    /// The phase as configuration, log and socket write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Rumoured => "rumoured",
            Self::Announced => "announced",
            Self::Scheduled => "scheduled",
            Self::UnderWay => "under_way",
            Self::Paused => "paused",
            Self::Concluded => "concluded",
            Self::Cancelled => "cancelled",
        }
    }

    /// The phase as people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::UnderWay => "under way",
            other => other.as_str(),
        }
    }
}

/// When a storyline alerts.
#[derive(Debug, Clone)]
pub struct AlertRule {
    /// The changes it alerts on; default: all but surge and quiet.
    pub on: Vec<AlertCause>,
    /// Origins a development needs before it alerts at all.
    pub min_origins: u32,
    /// Hold a new development back until it is confirmed, or for a while.
    pub confirm: Option<Confirm>,
}

impl Default for AlertRule {
    fn default() -> Self {
        let on =
            AlertCause::ALL.into_iter().filter(|it| !matches!(it, AlertCause::Surge | AlertCause::Quiet));
        Self { on: on.collect(), min_origins: 1, confirm: None }
    }
}

/// How long a development waits for a second origin before it alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirm {
    /// How many origins release it.
    pub origins: u32,
    /// After how long it is released with fewer.
    pub within: Duration,
}

/// A change of a storyline that people may be told of, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertCause {
    /// A development was denied or corrected.
    Disputed,
    /// The storyline entered a phase.
    Phase,
    /// A date, place or participant became known or changed.
    Fact,
    /// A second origin, or the party itself, stands behind a development.
    Confirmed,
    /// A development nobody had reported.
    New,
    /// What was to happen by a date has not been reported.
    Overdue,
    /// Much more is written than usual.
    Surge,
    /// Nothing is written any more.
    Quiet,
}

impl AlertCause {
    /// Every cause a storyline can have, strongest first.
    pub const ALL: [Self; 8] = [
        Self::Disputed,
        Self::Phase,
        Self::Fact,
        Self::Confirmed,
        Self::New,
        Self::Overdue,
        Self::Surge,
        Self::Quiet,
    ];

    /// The cause as configuration, log and socket write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disputed => "disputed",
            Self::Phase => "phase",
            Self::Fact => "fact",
            Self::Confirmed => "confirmed",
            Self::New => "new",
            Self::Overdue => "overdue",
            Self::Surge => "surge",
            Self::Quiet => "quiet",
        }
    }
}

/// How much an alert matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Surge, quiet, a feed's health.
    Info,
    /// New, confirmed, fact.
    #[default]
    Notice,
    /// Disputed, phase, overdue, a failing sink, storage.
    Warning,
}

impl Severity {
    /// The word as configuration, log and socket write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
        }
    }
}

/// An actor or a place: a canonical name and the ways it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// The name facts carry.
    pub name: String,
    /// The ways it is written; never a `@pack`.
    pub aliases: Vec<Alias>,
    /// Further ways by language (BCP 47, primary subtag).
    pub languages: BTreeMap<String, Vec<Alias>>,
}
