//! What a visit brought home.

use std::time::Duration;

use jiff::Timestamp;
use storyline_config::FeedId;
use storyline_store::{FeedTrouble, Item, Validators};

/// One visit of one feed, with all that follows from it. Holds no socket.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// The feed.
    pub feed: FeedId,
    /// Its configured address, without credentials; `exec:<argv0>` and `file://<path>` for what is no address.
    pub url: String,
    /// When it began.
    pub started: Timestamp,
    /// When the answer was there and read.
    pub finished: Timestamp,
    /// What the server said besides the document; none where no server answered.
    pub answer: Option<Answer>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a visit.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A document that could be read.
    Page(Page),
    /// The document is the one that was read last.
    NotModified,
    /// No document, or none that can be read.
    Failed(Failure),
}

/// A document that could be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The name it gives itself.
    pub title: Option<String>,
    /// What it carries.
    pub items: Vec<Item>,
    /// What it asks of those who visit it.
    pub hints: Hints,
    /// Hash of its bytes.
    pub body_hash: u64,
}

/// What a document asks of those who visit it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hints {
    /// The longer of the intervals that `ttl` and `sy:update…` ask for.
    pub interval: Option<Duration>,
    /// Hours of the day (UTC, bit 0 for midnight) in which nothing new comes.
    pub skip_hours: u32,
    /// Days of the week (bit 0 for Monday) on which nothing new comes.
    pub skip_days: u8,
}

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong.
    pub trouble: FeedTrouble,
    /// A sentence that names status or cause.
    pub error: String,
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// Whether the answer was a page that asks for a person.
    pub blocked: bool,
}

/// What a server said besides the document. Header values are its bytes read as Latin-1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Every address that was asked, in order, with its status.
    pub hops: Vec<Hop>,
    /// Where the permanent redirects at the beginning of the chain lead.
    pub permanent: Option<String>,
    /// The status of the last hop.
    pub status: u16,
    /// The address of the last hop.
    pub final_url: String,
    /// What the last hop wants to hear again.
    pub validators: Validators,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Expires`.
    pub expires: Option<String>,
    /// `Date`.
    pub date: Option<String>,
    /// `Age`: how long a cache on the way has had the answer.
    pub age: Option<String>,
    /// `Retry-After`.
    pub retry_after: Option<String>,
}

/// One address that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The address, without credentials.
    pub url: String,
    /// What it answered.
    pub status: u16,
}

/// A text's Latin-1 bytes; none if it holds anything else.
pub(crate) fn latin1_bytes(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|it| u8::try_from(u32::from(it)).ok()).collect()
}

/// Bytes read as Latin-1, so that they can be said again one by one.
pub(crate) fn latin1_text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
