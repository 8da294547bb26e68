//! What the socket needs of the other rooms.

use std::sync::Arc;

use storyline_store::{Archive, Item, ItemId, Reader, Recorded, Seq};
use tokio_util::sync::CancellationToken;

use super::House;
use crate::{
    poll,
    serve::{Doors, Folds, Held, Load, Past, Polled, Shelf},
};

impl Past for Reader {
    fn read_after(&self, after: Seq, limit: usize) -> Result<Vec<Recorded>, String> {
        Self::read_after(self, after, limit).map_err(|it| it.to_string())
    }
}

impl Shelf for Archive {
    fn item(&self, id: ItemId) -> Option<Item> {
        found(self.get(id))
    }

    fn item_at(&self, url: &str) -> Option<Item> {
        found(self.find_url(url))
    }
}

/// What the archive has; a fault of it is no fault of whoever asks.
fn found(it: Result<Option<Item>, storyline_store::StoreError>) -> Option<Item> {
    it.unwrap_or_else(|error| {
        tracing::warn!(%error, "the archive cannot be read");
        None
    })
}

/// Joins what the socket needs of a house.
pub fn doors(house: &House, load: Load, stop: CancellationToken) -> Arc<Doors> {
    let poller = house.poller();
    let clock = house.clock();
    Arc::new(Doors {
        handle: house.handle(),
        past: Arc::new(house.reader()),
        shelf: Arc::new(house.archive()),
        poll: Arc::new(move |feeds| Box::pin(poll_now(poller.clone(), feeds))),
        load,
        started: clock.now(),
        clock,
        stop,
        folds: Folds::default(),
    })
}

/// Visits feeds; a poller that is stopping visits none.
async fn poll_now(poller: poll::Handle, feeds: Vec<storyline_config::FeedId>) -> Polled {
    let polled = poller.poll(feeds).await.unwrap_or_default();
    let held = polled.held.into_iter().map(|it| Held { id: it.id, until: it.until, why: it.why });
    Polled { visited: polled.visited, held: held.collect() }
}
