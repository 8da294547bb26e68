//! Which delivery is next (pure).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use storyline_config::{SinkId, StorylineId};
use storyline_store::{Delivery, DeliveryId, State};

/// What a sink does next.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Next {
    /// Send this one.
    Send(Arc<Delivery>),
    /// Wait: one of them may be tried again then.
    Wait(Timestamp),
    /// Nothing is to be sent.
    Idle,
}

/// The oldest delivery to `sink` that may go now; each storyline keeps its order.
///
/// Those in `tried` had their turn, and hold back their storyline.
pub(super) fn next(state: &State, sink: &SinkId, now: Timestamp, tried: &BTreeSet<DeliveryId>) -> Next {
    let mut first: BTreeMap<Option<&StorylineId>, &Arc<Delivery>> = BTreeMap::new();
    for it in state.deliveries.values().filter(|it| it.sink == *sink && it.state.is_pending()) {
        let oldest = first.entry(it.storyline.as_ref()).or_insert(it);
        if it.seq < oldest.seq {
            *oldest = it;
        }
    }
    let open = first.into_values().filter(|it| !tried.contains(&it.id));
    let (ready, waiting): (Vec<_>, Vec<_>) = open.partition(|it| it.retry_at.is_none_or(|at| at <= now));
    if let Some(it) = ready.into_iter().min_by_key(|it| it.seq) {
        return Next::Send(it.clone());
    }
    waiting.into_iter().filter_map(|it| it.retry_at).min().map_or(Next::Idle, Next::Wait)
}
