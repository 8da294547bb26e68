//! What was found in a document, before it is written out again for the parser.
//!
//! A field may be stated by several elements. Each has a rank, 0 the best;
//! of one rank the first that is not blank counts.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{
    date::Stated,
    document::{Hints, Kind, SitemapChild},
    text::Markup,
};

/// A document in the middle of being understood.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) kind: Kind,
    pub(super) title: Ranked<Words<'a>>,
    pub(super) lang: Option<String>,
    pub(super) hints: Hints,
    pub(super) entries: Vec<DraftEntry<'a>>,
    pub(super) children: Vec<SitemapChild>,
}

impl Draft<'_> {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            title: Ranked::default(),
            lang: None,
            hints: Hints::default(),
            entries: Vec::new(),
            children: Vec::new(),
        }
    }
}

/// A text with how it is meant.
#[derive(Debug, Clone)]
pub(super) struct Words<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) markup: Markup,
}

/// The best of what was stated so far.
#[derive(Debug, Clone)]
pub(super) struct Ranked<T>(Option<(u8, T)>);

impl<T> Default for Ranked<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Ranked<T> {
    /// Takes what is stated if it is better than what is known.
    pub(super) fn offer(&mut self, rank: u8, value: T) {
        if self.beaten_by(rank) {
            self.0 = Some((rank, value));
        }
    }

    pub(super) fn beaten_by(&self, rank: u8) -> bool {
        self.0.as_ref().is_none_or(|(known, _)| rank < *known)
    }

    pub(super) fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }

    pub(super) fn take(self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }
}

/// An entry in the middle of being understood.
#[derive(Debug, Default)]
pub(super) struct DraftEntry<'a> {
    pub(super) title: Ranked<Words<'a>>,
    pub(super) content: Ranked<Words<'a>>,
    pub(super) summary: Ranked<Words<'a>>,
    /// Absolute and safe.
    pub(super) link: Ranked<String>,
    /// The page's own address, where `link` may go through a service that counts clicks.
    pub(super) own_link: Option<String>,
    pub(super) guid: Ranked<String>,
    pub(super) date: Ranked<Stated>,
    /// Whether a date is stated that cannot be read.
    pub(super) date_unreadable: bool,
    pub(super) authors: Vec<String>,
    pub(super) source: Option<String>,
    pub(super) categories: Vec<String>,
    pub(super) lang: Option<String>,
}

impl DraftEntry<'_> {
    pub(super) fn published(&self) -> Option<Timestamp> {
        self.date.get().map(|it| it.at)
    }
}
