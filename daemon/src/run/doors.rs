//! What the socket needs of the other rooms.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use storyline_store::{Archive, Item, ItemId};
use tokio_util::sync::CancellationToken;

use super::{House, schedules};
use crate::serve::{Doors, Folds, Load, Shelf};

/// The archive, if there is one.
struct Kept(Option<Archive>);

impl Shelf for Kept {
    fn item(&self, id: ItemId) -> Option<Item> {
        found(self.0.as_ref()?.get(id))
    }

    fn item_at(&self, url: &str) -> Option<Item> {
        found(self.0.as_ref()?.find_url(url))
    }

    fn item_called(&self, name: &str) -> Option<Item> {
        let called = |it: &Option<String>| it.as_deref() == Some(name);
        self.all().filter(|it| called(&it.key) || called(&it.guid)).last()
    }

    fn outlets(&self) -> BTreeSet<String> {
        self.all().map(|it| it.outlet).collect()
    }
}

impl Kept {
    fn all(&self) -> impl Iterator<Item = Item> + '_ {
        self.0.iter().flat_map(|it| it.between(Timestamp::MIN, Timestamp::MAX)).filter_map(Result::ok)
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
    let (poller, reloader, handle, clock) = (house.poller(), house.poller(), house.handle(), house.clock());
    Arc::new(Doors {
        handle: house.handle(),
        past: Arc::new(house.reader()),
        shelf: Arc::new(Kept(house.archive())),
        poll: Arc::new(move |feeds| {
            let poller = poller.clone();
            Box::pin(async move { poller.poll(feeds).await })
        }),
        load,
        take_up: Arc::new(move |config| {
            let (poller, schedules) = (reloader.clone(), schedules(&handle.view()));
            Box::pin(async move { poller.reload(config, schedules).await })
        }),
        started: clock.now(),
        clock,
        stop,
        folds: Folds::default(),
    })
}
