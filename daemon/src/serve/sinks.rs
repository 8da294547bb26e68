//! Whether sinks take what they are sent.

use serde_json::{Value, json};
use storyline_config::SinkId;
use storyline_store::{Delivery, DeliveryState, State};

use crate::writer::View;

/// Every configured sink with how it stands.
pub(super) fn sinks(view: &View) -> Vec<Value> {
    view.config.sinks.keys().map(|id| shape(&view.state, id)).collect()
}

fn shape(state: &State, id: &SinkId) -> Value {
    let theirs = || state.deliveries.values().map(AsRef::as_ref).filter(|it: &&Delivery| it.sink == *id);
    let count = |is: fn(DeliveryState) -> bool| theirs().filter(|it| is(it.state)).count();
    let failing = state.sinks.get(id).and_then(|it| it.failing.as_ref());
    let last = || theirs().filter(|it| it.last_error.is_some()).max_by_key(|it| it.seq);
    let disabled = state.disabled.get(id).cloned();
    let error = disabled.clone().or_else(|| failing.and_then(|_| last()?.last_error.clone()));
    json!({
        "id": id,
        "state": if disabled.is_some() { "disabled" } else if failing.is_some() { "failing" } else { "ok" },
        "since": failing.map(|it| it.since),
        "error": error,
        "pending": count(DeliveryState::is_pending),
        "held": count(|it| it == DeliveryState::Held),
        "dead": count(|it| it == DeliveryState::Dead),
        "next_attempt": theirs().filter(|it| it.state.is_pending()).filter_map(|it| it.retry_at).min(),
        "gathered": state.gathered.iter().filter(|it| it.sink == *id).count(),
    })
}
