//! Sinks work off the deliveries that the log has planned.
//!
//! ```text
//! watch ──▶ pick ──▶ delivery_attempted (durable) ──▶ webhook | mail | … ──▶ done, failed, dead, disabled
//!             ▲                                                                  │
//!             └─────────────────────────── the writer's queue ◀──────────────────┘
//! ```
//!
//! # Promises
//!
//! * An attempt is on stable storage before anything is sent.
//! * Every attempt of a delivery carries the same id and the same bytes.
//! * One request is in flight per sink; a delivery that waits holds back its own storyline only.
//! * Nothing that was planned before a sink's quiet hours is sent, or tried again, in them, unless it breaks through.
//! * What was taken is not sent again, unless the program ended between the answer and its record.
//! * No secret and no word of a reply reaches an error, a log line or the log.

mod exec;
mod mail;
mod pick;
mod program;
mod retry;
mod secret;
mod send;
mod service;
mod signature;
mod step;
mod task;
mod terminal;
mod webhook;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use futures_util::future::join_all;
use jiff::tz::TimeZone;
use storyline_config::{Network, Sink, SinkId};
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

use self::{
    send::{Door, Message},
    task::Task,
};
pub use self::{
    step::{STEPS, pass},
    terminal::{Reading, follow},
};
use crate::{clock::Clock, plan::test_message, writer::Handle};

/// Works off planned deliveries until it is cancelled or the writer is gone.
///
/// Sinks that a reload adds are taken up, and those it removes are left. An
/// attempt in hand when it is cancelled gets another second. Quiet hours are
/// meant in `zone` where nothing else is configured.
pub async fn deliver(handle: Handle, clock: Clock, zone: TimeZone, cancel: CancellationToken) {
    let mut view = handle.watch();
    let mut tasks: JoinSet<()> = JoinSet::new();
    let mut running: BTreeMap<SinkId, Id> = BTreeMap::new();
    loop {
        let config = view.borrow_and_update().config.clone();
        for id in config.sinks.keys() {
            if !running.contains_key(id) {
                let time = (clock.clone(), zone.clone());
                let task = Task::new(id.clone(), handle.clone(), time, cancel.clone());
                running.insert(id.clone(), tasks.spawn(task.run()).id());
            }
        }
        tokio::select! {
            changed = view.changed() => if changed.is_err() { break },
            Some(ended) = tasks.join_next_with_id() => {
                let id = match ended {
                    Ok((id, ())) => id,
                    Err(error) => {
                        tracing::error!(%error, "a sink's task ended before its time");
                        error.id()
                    }
                };
                running.retain(|_, it| *it != id);
            }
            () = cancel.cancelled() => break,
        }
    }
    while tasks.join_next().await.is_some() {}
}

/// Attempts every delivery that is due once, and comes back when all were.
pub async fn deliver_once(handle: &Handle, clock: &Clock, zone: &TimeZone) {
    let sinks = handle.view().config.sinks.keys().cloned().collect::<Vec<_>>();
    let tasks = sinks
        .into_iter()
        .map(|id| (id, (clock.clone(), zone.clone())))
        .map(|(id, time)| Task::new(id, handle.clone(), time, CancellationToken::new()).run_once());
    join_all(tasks).await;
}

/// Sends a message that says it is a test, once, its time told in `zone`; says what the sink answered.
///
/// # Errors
///
/// A sentence that says what went wrong.
pub async fn try_sink(
    id: &SinkId,
    sink: &Sink,
    network: &Network,
    clock: &Clock,
    zone: &TimeZone,
) -> Result<String, String> {
    let (delivery, body) = test_message(id, clock.now(), zone);
    let message = Message { delivery, attempt: 1, body: &body, at: clock.now() };
    Door::default().send(id, sink, network, &message).await.map_err(|it| it.error)
}
