//! One visit, from the question to what the writer is told.

use std::sync::Arc;

use storyline_config::{Config, Feed, FeedId, Source};
use storyline_store::{FeedTrouble, Schedule};
use tokio::sync::Semaphore;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

use super::{
    Answer, Failure, Outcome, Page, Visit,
    asks::Gate,
    doors::{Doors, Raw, Reading},
    fetch::{Ask, Exchange, FetchError, secret},
    manners::question,
    sitemap,
    source::{self, address, failure},
};
use crate::clock::Clock;

/// All that one visit needs to know.
#[derive(Clone)]
pub(super) struct Errand<D> {
    pub(super) doors: D,
    pub(super) clock: Clock,
    pub(super) config: Arc<Config>,
    pub(super) id: FeedId,
    pub(super) schedule: Schedule,
    /// Starts within the domain's gap, for children.
    pub(super) gate: Gate,
    /// Documents read at one time.
    pub(super) desks: Arc<Semaphore>,
}

/// What came of it, with what the server said.
pub(super) type Yield = (Option<Answer>, Outcome);

impl<D: Doors> Errand<D> {
    /// Makes the visit; none if the feed is no longer configured.
    pub(super) async fn run(self) -> Option<Visit> {
        let feed = self.config.feeds.get(&self.id)?.clone();
        let started = self.clock.now();
        let (answer, outcome) = match &feed.source {
            Source::Feed(url) | Source::Sitemap(url) => self.server(&feed, url).await,
            Source::Exec { command, timeout } => {
                self.local(&feed, source::exec(command, *timeout).await).await
            }
            Source::File(path) => self.local(&feed, source::file(path).await).await,
        };
        let url = address(&feed.source);
        Some(Visit { feed: self.id, url, started, finished: self.clock.now(), answer, outcome })
    }

    async fn local(&self, feed: &Feed, bytes: Result<Vec<u8>, Failure>) -> Yield {
        let url = address(&feed.source);
        let outcome = match bytes {
            Ok(bytes) if self.is_last(&bytes, &url) => Outcome::NotModified,
            Ok(bytes) => match self.read(bytes.clone(), None, &url).await {
                Ok(Reading::Page { title, items, hints }) => {
                    Outcome::Page(Page { title, items, hints, body_hash: xxh3_64(&bytes) })
                }
                Ok(Reading::Index(_)) => Outcome::Failed(failure(
                    FeedTrouble::Unreadable,
                    "this is a list of sitemaps, which only a server's can be followed".to_owned(),
                )),
                Err(failure) => Outcome::Failed(failure),
            },
            Err(failure) => Outcome::Failed(failure),
        };
        (None, outcome)
    }

    async fn server(&self, feed: &Feed, url: &Url) -> Yield {
        let question = question(&self.schedule, &address(&feed.source), self.clock.now());
        let asked = async {
            let secret = match &feed.secret_file {
                Some(file) => Some(secret(file).await?),
                None => None,
            };
            let ask = Ask::with(url, &feed.headers, secret.as_deref())?;
            let first = Url::parse(&question.url).unwrap_or_else(|_| url.clone());
            Ok((ask.clone(), self.doors.fetch(ask.at(&first).unless(question.validators.clone())).await?))
        };
        match asked.await {
            Ok((ask, exchange)) => {
                let conditional = question.validators.contains_key(&exchange.answer.final_url);
                self.judge(feed, ask, exchange, conditional).await
            }
            Err(error) => (None, Outcome::Failed(unreached(&error))),
        }
    }

    /// What an answer means.
    async fn judge(&self, feed: &Feed, ask: Ask, exchange: Exchange, conditional: bool) -> Yield {
        let hash = xxh3_64(&exchange.bytes);
        let status = exchange.answer.status;
        if status == 304 && conditional {
            return (Some(exchange.answer), Outcome::NotModified);
        }
        if !(200..300).contains(&status) {
            let failure = self.refused(&exchange).await;
            return (Some(exchange.answer), Outcome::Failed(failure));
        }
        let indexed = matches!(feed.source, Source::Sitemap(_));
        if !indexed && self.is_last(&exchange.bytes, &address(&feed.source)) {
            return (Some(exchange.answer), Outcome::NotModified);
        }
        let Exchange { answer, content_type, challenge, bytes } = exchange;
        match self.read(bytes, content_type, &answer.final_url).await {
            Ok(Reading::Page { title, items, hints }) => {
                (Some(answer), Outcome::Page(Page { title, items, hints, body_hash: hash }))
            }
            Ok(Reading::Index(children)) => sitemap::visit(self, &ask, answer, &children).await,
            Err(mut failure) => {
                failure.status = Some(status);
                failure.blocked |= challenge;
                (Some(answer), Outcome::Failed(failure))
            }
        }
    }

    /// Whether these are the bytes that were read last.
    fn is_last(&self, bytes: &[u8], url: &str) -> bool {
        self.schedule.url == url && self.schedule.body_hash == Some(xxh3_64(bytes))
    }

    /// A failure's sentence, and whether the page asks for a person.
    async fn refused(&self, exchange: &Exchange) -> Failure {
        let status = exchange.answer.status;
        let mut blocked = exchange.challenge;
        if !blocked && matches!(status, 401 | 403 | 429 | 503) && !exchange.bytes.is_empty() {
            let read =
                self.read(exchange.bytes.clone(), exchange.content_type.clone(), &exchange.answer.final_url);
            blocked = read.await.is_err_and(|it| it.blocked);
        }
        let words = if blocked { " with a challenge page: it takes us for a robot" } else { "" };
        let error = format!("the server answered {}{words}", named(status));
        Failure { trouble: FeedTrouble::Status, error, status: Some(status), blocked }
    }

    /// Understands a document off the threads that wait, a few at a time.
    pub(super) async fn read(
        &self,
        bytes: Vec<u8>,
        content_type: Option<String>,
        url: &str,
    ) -> Result<Reading, Failure> {
        let broken =
            || failure(FeedTrouble::Unreadable, "the document could not be read to its end".to_owned());
        let desk = Arc::clone(&self.desks).acquire_owned().await.map_err(|_| broken())?;
        let (doors, config, id, url) =
            (self.doors.clone(), Arc::clone(&self.config), self.id.clone(), url.to_owned());
        let now = self.clock.now();
        let reading = tokio::task::spawn_blocking(move || {
            let _desk = desk;
            let feed = config.feeds.get(&id)?;
            let content_type = content_type.as_deref();
            Some(doors.read(&Raw { bytes: &bytes, content_type, url: &url, id: &id, feed, now }))
        });
        reading.await.ok().flatten().unwrap_or_else(|| Err(broken()))
    }
}

/// A status with its usual name.
pub(super) fn named(status: u16) -> String {
    let reason = reqwest::StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason());
    reason.map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"))
}

pub(super) fn unreached(error: &FetchError) -> Failure {
    failure(error.trouble(), error.to_string())
}
