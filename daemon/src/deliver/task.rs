//! One sink's task: pick, record the attempt, send, record what came of it.

use std::{collections::BTreeSet, future::pending, time::Duration};

use jiff::{Timestamp, tz::TimeZone};
use storyline_config::{Network, Sink, SinkId};
use storyline_store::{Delivery, DeliveryId, failpoint};
use tokio_util::sync::CancellationToken;

use super::{
    pick::{self, Next},
    retry,
    send::{Door, Message},
};
use crate::{
    clock::{Clock, later},
    plan::Peace,
    writer::{DeliveryNews, Handle, Refused},
};

/// How long an attempt in hand may still take when the daemon stops.
const GRACE: Duration = Duration::from_secs(1);
/// How long to wait while nothing can be written.
const READ_ONLY_PAUSE: Duration = Duration::from_secs(1);

/// Works off the deliveries of one sink.
pub(super) struct Task {
    id: SinkId,
    handle: Handle,
    clock: Clock,
    zone: TimeZone,
    cancel: CancellationToken,
    door: Door,
}

impl Task {
    /// Readies it.
    pub(super) fn new(
        id: SinkId,
        handle: Handle,
        (clock, zone): (Clock, TimeZone),
        cancel: CancellationToken,
    ) -> Self {
        Self { id, handle, clock, zone, cancel, door: Door::default() }
    }

    /// Goes on until the sink is no longer configured, the daemon stops or the writer is gone.
    pub(super) async fn run(mut self) {
        let mut seen = self.handle.watch();
        while !self.cancel.is_cancelled() {
            let view = seen.borrow_and_update().clone();
            let Some(sink) = view.config.sinks.get(&self.id) else { return };
            let now = self.clock.now();
            let peace = Peace::of(&view.config, sink, &self.zone, now);
            let wake = match pick::next(&view.state, &self.id, (now, peace), &BTreeSet::new()) {
                Next::Send(it) => match self.attempt(sink, &view.config.network, &it).await {
                    Ok(()) => continue,
                    Err(Refused::Stopping) => return,
                    Err(Refused::ReadOnly(_) | Refused::Unknown(_)) => Some(later(now, READ_ONLY_PAUSE)),
                },
                Next::Wait(until) => Some(until),
                Next::Idle => None,
            };
            tokio::select! {
                changed = seen.changed() => if changed.is_err() { return },
                () = self.sleep_until(wake) => {}
                () = self.cancel.cancelled() => return,
            }
        }
    }

    /// Attempts what is due, each once.
    pub(super) async fn run_once(mut self) {
        let mut tried: BTreeSet<DeliveryId> = BTreeSet::new();
        loop {
            let view = self.handle.view();
            let Some(sink) = view.config.sinks.get(&self.id) else { return };
            let now = self.clock.now();
            let peace = Peace::of(&view.config, sink, &self.zone, now);
            let Next::Send(it) = pick::next(&view.state, &self.id, (now, peace), &tried) else { return };
            tried.insert(it.id);
            if self.attempt(sink, &view.config.network, &it).await.is_err() {
                return;
            }
        }
    }

    /// Makes one attempt, from its record to the record of what came of it.
    async fn attempt(&mut self, sink: &Sink, network: &Network, it: &Delivery) -> Result<(), Refused> {
        let n = it.attempts.saturating_add(1);
        failpoint("outbox.pick");
        self.handle.delivery(it.id, DeliveryNews::Attempted(n)).await?;
        let message = Message { delivery: it.id, attempt: n, body: &it.body, at: self.clock.now() };
        let cancel = self.cancel.clone();
        failpoint("outbox.send");
        let outcome = tokio::select! {
            biased;
            outcome = self.door.send(&self.id, sink, network, &message) => outcome.map(drop),
            // It was cut off: it stays planned, and is sent again after the next start.
            () = grace(&cancel) => return Err(Refused::Stopping),
        };
        failpoint("outbox.answered");
        if let Err(failure) = &outcome {
            tracing::warn!(sink = %self.id, delivery = %it.id, attempt = n, error = %failure.error, "not delivered");
        }
        self.report(it.id, retry::news(&sink.retry, it, n, outcome, self.clock.now())).await?;
        failpoint("outbox.settled");
        Ok(())
    }

    /// Records what came of an attempt. While nothing can be written it waits: what was taken must not be sent again.
    async fn report(&self, id: DeliveryId, news: DeliveryNews) -> Result<(), Refused> {
        loop {
            match self.handle.delivery(id, news.clone()).await {
                Err(Refused::ReadOnly(_)) => {}
                Err(Refused::Unknown(_)) | Ok(()) => return Ok(()),
                Err(Refused::Stopping) => return Err(Refused::Stopping),
            }
            tokio::select! {
                () = self.clock.sleep(READ_ONLY_PAUSE) => {}
                () = grace(&self.cancel) => return Err(Refused::Stopping),
            }
        }
    }

    async fn sleep_until(&self, wake: Option<Timestamp>) {
        match wake {
            Some(at) => self.clock.sleep_until(at).await,
            None => pending().await,
        }
    }
}

/// Comes when the daemon has been stopping for as long as an attempt may still take; real time, like the attempt's.
async fn grace(cancel: &CancellationToken) {
    cancel.cancelled().await;
    tokio::time::sleep(GRACE).await;
}
