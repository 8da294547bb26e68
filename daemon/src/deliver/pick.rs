//! Which delivery is next (pure).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use storyline_config::{SinkId, StorylineId};
use storyline_store::{Delivery, DeliveryId, State};

use crate::plan::Peace;

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
/// Those in `tried` had their turn, and hold back their storyline. Where `peace`
/// holds all of a storyline, it waits for its end; what breaks through takes along
/// what comes before it.
pub(super) fn next(
    state: &State,
    sink: &SinkId,
    (now, peace): (Timestamp, Option<Peace>),
    tried: &BTreeSet<DeliveryId>,
) -> Next {
    let pending = || state.deliveries.values().filter(|it| it.sink == *sink && it.state.is_pending());
    let mut first: BTreeMap<Option<&StorylineId>, &Arc<Delivery>> = BTreeMap::new();
    for it in pending() {
        let oldest = first.entry(it.storyline.as_ref()).or_insert(it);
        if it.seq < oldest.seq {
            *oldest = it;
        }
    }
    let breaks_through: BTreeSet<Option<&StorylineId>> = match peace {
        Some(peace) => pending().filter(|it| !peace.holds(it)).map(|it| it.storyline.as_ref()).collect(),
        None => BTreeSet::new(),
    };
    let not_before = |it: &Delivery| {
        let held = peace.filter(|_| !breaks_through.contains(&it.storyline.as_ref()));
        it.retry_at.max(held.map(|it| it.until))
    };
    let open = first.into_values().filter(|it| !tried.contains(&it.id));
    let (ready, waiting): (Vec<_>, Vec<_>) = open.partition(|it| not_before(it).is_none_or(|at| at <= now));
    if let Some(it) = ready.into_iter().min_by_key(|it| it.seq) {
        return Next::Send(it.clone());
    }
    waiting.into_iter().filter_map(|it| not_before(it)).min().map_or(Next::Idle, Next::Wait)
}
