//! What a visit needs of the world, so that a test can be the world.

use std::future::Future;

use jiff::Timestamp;
use storyline_config::{Config, Feed, FeedId};
use storyline_store::{Item, Schedule};

use super::{
    Failure, Hints, Visit,
    fetch::{Ask, Exchange, FetchError},
};

/// What a visit needs of the world.
pub trait Doors: Clone + Send + Sync + 'static {
    /// Takes up another configuration.
    fn configure(&self, config: &Config);

    /// Asks a server.
    fn fetch(&self, ask: Ask) -> impl Future<Output = Result<Exchange, FetchError>> + Send;

    /// Understands a document; plain computing, off the threads that wait.
    ///
    /// # Errors
    ///
    /// [`Failure`] says why it cannot be read.
    fn read(&self, document: &Raw<'_>) -> Result<Reading, Failure>;

    /// Whether what a visit brings can be recorded. While it cannot, nobody is visited.
    fn can_tell(&self) -> bool;

    /// Waits until it may be so again.
    fn until_can_tell(&self) -> impl Future<Output = ()> + Send;

    /// Tells the writer; answers once it is recorded.
    fn tell(&self, visit: Visit) -> impl Future<Output = Result<Told, NotTold>> + Send;
}

/// A document as it came.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'a> {
    /// Its bytes, unpacked.
    pub bytes: &'a [u8],
    /// What its server calls it.
    pub content_type: Option<&'a str>,
    /// Where it came from.
    pub url: &'a str,
    /// The feed it is read for.
    pub id: &'a FeedId,
    /// That feed's configuration.
    pub feed: &'a Feed,
    /// When it was seen.
    pub now: Timestamp,
}

/// What a document says.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// Items.
    Page {
        /// The name it gives itself.
        title: Option<String>,
        /// What it carries.
        items: Vec<Item>,
        /// What it asks of those who visit it.
        hints: Hints,
    },
    /// Other sitemaps, in its order.
    Index(Vec<Child>),
}

/// A sitemap that an index names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Where it is.
    pub url: String,
    /// When it last changed, where that is said.
    pub lastmod: Option<Timestamp>,
}

/// What came of telling the writer.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The feed's schedule from here on.
    pub schedule: Schedule,
    /// Items that were not known.
    pub new_items: usize,
}

/// Nothing was recorded: the page is to be fetched again as if it had not been.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotTold(pub String);
