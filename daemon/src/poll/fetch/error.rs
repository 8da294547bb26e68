//! Why a server's document is not here.

use std::{error::Error, time::Duration};

use storyline_store::FeedTrouble;

use crate::poll::guard::Forbidden;

/// Why a server's document is not here. Each is a sentence that names the cause, without credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The address may not be reached.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Nobody answered in time.
    #[error("{what} within {} s", .limit.as_secs_f32())]
    Timeout {
        /// What did not come.
        what: &'static str,
        /// How long it was waited for.
        limit: Duration,
    },
    /// The connection failed.
    #[error("{what}: {cause}")]
    Network {
        /// What failed.
        what: &'static str,
        /// What the system said.
        cause: String,
    },
    /// More bytes than a document may have.
    #[error("the document is larger than {limit} bytes {side}")]
    TooLarge {
        /// The most there may be.
        limit: usize,
        /// `on the wire` or `unpacked`.
        side: &'static str,
    },
    /// Too many redirects.
    #[error("the server redirects more than {0} times")]
    Redirects(usize),
    /// An address that was asked already.
    #[error("the server redirects in a circle, back to {0}")]
    Circle(String),
    /// A redirect that leads nowhere.
    #[error("the server answered {status} with no address to go to")]
    Nowhere {
        /// The status.
        status: u16,
    },
    /// A body that cannot be unpacked.
    #[error("the document cannot be unpacked: {0}")]
    Packed(String),
    /// What was configured for the feed cannot be sent.
    #[error("{0}")]
    Unsendable(String),
}

impl FetchError {
    /// The kind of trouble it is.
    pub fn trouble(&self) -> FeedTrouble {
        match self {
            Self::Forbidden(_) | Self::Unsendable(_) => FeedTrouble::Refused,
            Self::Timeout { .. } | Self::Network { .. } => FeedTrouble::Network,
            Self::TooLarge { .. } => FeedTrouble::TooLarge,
            Self::Redirects(_) | Self::Circle(_) | Self::Nowhere { .. } => FeedTrouble::Status,
            Self::Packed(_) => FeedTrouble::Unreadable,
        }
    }

    /// Reads what reqwest says. Its own words hold the address, and with it perhaps a secret.
    pub(super) fn of(error: &reqwest::Error, limits: &super::Limits) -> Self {
        if let Some(it) = source::<Forbidden>(error) {
            return Self::Forbidden(it.clone());
        }
        if error.is_timeout() {
            return match error {
                it if it.is_connect() => Self::Timeout { what: "no connection", limit: limits.connect },
                it if it.is_body() || it.is_decode() => Self::Timeout {
                    what: "the document did not arrive",
                    limit: limits.read.min(limits.total),
                },
                _ => Self::Timeout { what: "no answer", limit: limits.read.min(limits.total) },
            };
        }
        let what = match error {
            it if it.is_connect() => "the connection failed",
            it if it.is_builder() => "the request cannot be made",
            it if it.is_body() || it.is_decode() => "the document broke off",
            _ => "the server gave no answer that can be understood",
        };
        Self::Network { what, cause: root(error) }
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |it: &&(dyn Error + 'static)| (*it).source())
}

fn source<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    causes(error).find_map(|it| it.downcast_ref())
}

/// The innermost cause, cut to a line.
fn root(error: &reqwest::Error) -> String {
    let text = causes(error).last().map_or_else(|| "unknown cause".to_owned(), ToString::to_string);
    text.chars().filter(|it| !it.is_control()).take(200).collect()
}
