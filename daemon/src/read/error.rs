//! Why a document cannot be read.

use storyline_store::FeedTrouble;

/// The variants are what a caller can do about it: look for the feed that a
/// page announces, back off from a server that wants to see a person, wait
/// for a document to come back, or show a person what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Nothing but blanks.
    #[error("the document is empty")]
    Empty,
    /// A web page.
    #[error("this is a web page, not a feed; `storyline feeds find` looks for the feeds of a site")]
    Html,
    /// A web page that asks whether a person is asking.
    #[error("the server answers with a challenge page, not with the feed: it takes us for a robot")]
    Challenge,
    /// Something that is no feed, or too broken for one.
    #[error("the document cannot be understood: {what}")]
    Unreadable {
        /// What was found instead of a feed.
        what: String,
    },
    /// A parser gave up on it; the rest of the program goes on.
    #[error("the document made the parser fail, which is a fault of this program: {what}")]
    Panicked {
        /// What the parser said.
        what: String,
    },
}

impl ReadError {
    /// The trouble as it is recorded of a feed. A challenge page is a web page there, but blocks the feed besides.
    pub fn trouble(&self) -> FeedTrouble {
        match self {
            Self::Empty => FeedTrouble::Empty,
            Self::Html | Self::Challenge => FeedTrouble::Html,
            Self::Unreadable { .. } | Self::Panicked { .. } => FeedTrouble::Unreadable,
        }
    }
}
