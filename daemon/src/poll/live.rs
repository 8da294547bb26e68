//! The world as it is: the network, the reader, the writer.

use std::{sync::Arc, time::Duration};

use storyline_config::{Config, Network};
use storyline_store::FeedTrouble;
use tokio::sync::watch;
use url::Url;

use super::{
    Failure, Hints, Visit,
    doors::{Child, Doors, NotTold, Raw, Reading, Told},
    fetch::{Ask, Exchange, FetchError, Fetcher},
    source::failure,
};
use crate::{read, writer};

/// The world as it is. Clones share it.
#[derive(Debug, Clone)]
pub struct Live {
    fetcher: Arc<watch::Sender<Fetcher>>,
    writer: writer::Handle,
}

impl Live {
    /// Asks servers as a configuration allows, and tells this writer.
    ///
    /// # Errors
    ///
    /// [`FetchError`] where the configured proxy cannot be used.
    pub fn new(network: &Network, writer: writer::Handle) -> Result<Self, FetchError> {
        let (fetcher, _) = watch::channel(Fetcher::new(network)?);
        Ok(Self { fetcher: Arc::new(fetcher), writer })
    }
}

impl Doors for Live {
    fn configure(&self, config: &Config) {
        match Fetcher::new(&config.network) {
            Ok(fetcher) => {
                self.fetcher.send_replace(fetcher);
            }
            Err(error) => tracing::error!(%error, "the network stays as it was configured before"),
        }
    }

    async fn fetch(&self, ask: Ask) -> Result<Exchange, FetchError> {
        let fetcher = self.fetcher.borrow().clone();
        fetcher.fetch(&ask).await
    }

    fn read(&self, document: &Raw<'_>) -> Result<Reading, Failure> {
        understand(document)
    }

    fn can_tell(&self) -> bool {
        self.writer.watch().borrow().storage.is_none()
    }

    async fn until_can_tell(&self) {
        // A writer that is gone ends the run, and the poller with it.
        if self.writer.watch().wait_for(|it| it.storage.is_none()).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    async fn tell(&self, visit: Visit) -> Result<Told, NotTold> {
        let visited = self.writer.visited(visit).await.map_err(|it| NotTold(it.to_string()))?;
        Ok(Told { schedule: visited.schedule, new_items: visited.new_items })
    }
}

/// Understands a document of a feed.
///
/// # Errors
///
/// [`Failure`] says why it cannot be read.
pub fn understand(raw: &Raw<'_>) -> Result<Reading, Failure> {
    let unplaced = |error| failure(FeedTrouble::Unreadable, format!("{:?} is no address: {error}", raw.url));
    // A command's output has no address; its links are absolute or none.
    let url = Url::parse(raw.url).map_err(unplaced)?;
    let document = read::read(raw.bytes, raw.content_type, &url).map_err(|it| unread(&it))?;
    if document.kind == read::Kind::SitemapIndex {
        let child = |it: read::SitemapChild| Child { url: it.url, lastmod: it.lastmod };
        return Ok(Reading::Index(document.children.into_iter().map(child).collect()));
    }
    let hints = hints(&document.hints);
    let items = read::items(&document, raw.id, raw.feed, raw.now);
    Ok(Reading::Page { title: document.title, items, hints })
}

fn unread(error: &read::ReadError) -> Failure {
    let trouble = match error {
        read::ReadError::Empty => FeedTrouble::Empty,
        read::ReadError::Html | read::ReadError::Challenge => FeedTrouble::Html,
        read::ReadError::Unreadable { .. } | read::ReadError::Panicked { .. } => FeedTrouble::Unreadable,
    };
    Failure { blocked: matches!(error, read::ReadError::Challenge), ..failure(trouble, error.to_string()) }
}

fn hints(it: &read::Hints) -> Hints {
    let longest: Option<Duration> = it.ttl.max(it.sy_interval());
    let hours = it.skip_hours.iter().filter_map(|it| u32::try_from(*it).ok()).filter(|it| *it < 24);
    let days = it.skip_days.iter().map(|it| it.to_monday_zero_offset().unsigned_abs());
    Hints {
        interval: longest,
        skip_hours: hours.fold(0, |mask, it| mask | 1 << it),
        skip_days: days.fold(0, |mask, it| mask | 1 << it),
    }
}
