//! Alerts as lines, for whoever sits before the program.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use jiff::{Timestamp, tz::TimeZone};
use storyline_config::{FeedId, StorylineId};
use storyline_store::{DeliveryDigest, Event, Reader, Recorded, Seq};
use tokio_util::sync::CancellationToken;

use super::words::plain;
use crate::{
    clock::{Clock, later},
    plan::{Situation, VISITS_WAIT_MAX, as_they_stand},
    writer::{Handle, View},
};

/// Events read at a time.
const CHUNK: usize = 500;

/// What decides how times are told, and which visits are this run's.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What time it is.
    pub clock: Clock,
    /// The zone sentences tell the time in, unless the configuration names one.
    pub zone: TimeZone,
    /// When the run began.
    pub began: Timestamp,
}

/// Prints the sentence of every alert that is raised from now on, in order, and what digests would tell.
///
/// Ends when it is cancelled, when the writer is gone or when nobody reads any more.
pub async fn follow(
    handle: Handle,
    reader: Reader,
    reading: Reading,
    mut out: impl Write + Send,
    cancel: CancellationToken,
) {
    let mut view = handle.watch();
    // The writer ends when nobody is left to speak to it: whoever only listens lets go.
    drop(handle);
    let mut shown = view.borrow_and_update().state.seq;
    let mut held = Held::default();
    loop {
        let open = tokio::select! {
            changed = view.changed() => changed.is_ok(),
            () = reading.clock.sleep_until(held.until().unwrap_or(Timestamp::MAX)), if held.since.is_some() => true,
            () = cancel.cancelled() => false,
        };
        let caught_up = catch_up(&reader, &mut shown, &mut held, &mut out).await;
        let view = view.borrow_and_update().clone();
        if caught_up.is_err() || held.tell(&view, &reading, reading.clock.now(), &mut out).is_err() || !open {
            return;
        }
    }
}

async fn catch_up(
    reader: &Reader,
    shown: &mut Seq,
    held: &mut Held,
    out: &mut (impl Write + Send),
) -> io::Result<()> {
    loop {
        let (reader, after) = (reader.clone(), *shown);
        let read = tokio::task::spawn_blocking(move || reader.read_after(after, CHUNK));
        let events = match read.await.map_err(io::Error::other)? {
            Ok(events) => events,
            Err(error) => {
                // The writer meets the same trouble and tells of it; the next commit tries again.
                tracing::warn!(%error, "failed to read alerts from the log");
                return Ok(());
            }
        };
        let Some(last) = events.last() else { return Ok(()) };
        *shown = last.seq;
        show(&events, held, out)?;
    }
}

fn show(events: &[Recorded], held: &mut Held, out: &mut impl Write) -> io::Result<()> {
    for it in events {
        match &it.event {
            Event::AlertRaised { text, .. } => writeln!(out, "{}", plain(text))?,
            Event::AlertSuppressed { reason, storyline, .. } => held.take(reason, storyline.as_ref(), it.at),
            _ => {}
        }
    }
    out.flush()
}

/// What is not told on its own, since it is old.
#[derive(Debug, Default)]
struct Held {
    cause: Option<DeliveryDigest>,
    /// Since when something waits to be told.
    since: Option<Timestamp>,
    storylines: BTreeSet<StorylineId>,
}

impl Held {
    fn take(&mut self, reason: &str, storyline: Option<&StorylineId>, at: Timestamp) {
        let cause = match reason {
            "first_run" => DeliveryDigest::FirstRun,
            "stop" => DeliveryDigest::Stop,
            _ => return,
        };
        self.cause.get_or_insert(cause);
        self.since.get_or_insert(at);
        self.storylines.extend(storyline.cloned());
    }

    /// When it is told whatever is still to be visited.
    fn until(&self) -> Option<Timestamp> {
        self.since.map(|it| later(it, VISITS_WAIT_MAX))
    }

    /// Tells it as it stands once every feed was visited in this run, or enough time was given to them.
    fn tell(
        &mut self,
        view: &View,
        reading: &Reading,
        now: Timestamp,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let visited = |id: &FeedId| {
            view.feeds.get(id).is_some_and(|it| it.schedule.last_visit.is_some_and(|at| at >= reading.began))
        };
        let Some(cause) = self.cause else { return Ok(()) };
        if self.until().is_none_or(|it| it > now) && !view.config.feeds.keys().all(visited) {
            return Ok(());
        }
        let zone = view.config.alerts.time_zone.as_ref().unwrap_or(&reading.zone);
        let situation = Situation { config: &view.config, state: &view.state, zone, now };
        writeln!(out, "{}", as_they_stand(&situation, cause, &self.storylines.iter().collect()))?;
        *self = Self::default();
        out.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use storyline_config::{Config, Severity};
    use storyline_store::{AlertId, AlertKind};

    use super::*;

    #[test]
    fn alerts_are_shown_as_their_sentences_and_nothing_else_is() {
        let event =
            |seq, event| Recorded { seq: Seq(seq), at: "2025-02-12T10:40:00Z".parse().unwrap(), event };
        let raised = |alert, text: &str| Event::AlertRaised {
            alert: AlertId(alert),
            kind: AlertKind::New,
            storyline: None,
            development: None,
            changes: Vec::new(),
            headline: String::new(),
            severity: Severity::Notice,
            text: text.to_owned(),
        };
        let events = [
            event(1, raised(9, "munich · new · One")),
            event(2, Event::StorageRestored {}),
            event(3, raised(9, "munich · confirmed · One")),
        ];
        let mut out = Vec::new();
        show(&events, &mut Held::default(), &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "munich · new · One\nmunich · confirmed · One\n");
    }

    #[test]
    fn what_is_old_is_told_after_a_while_although_a_feed_was_not_visited() {
        let text =
            "[feed.a]\nurl = \"https://a.example/rss\"\n[storyline.s]\ntitle = \"S\"\nall = [[\"x\"]]\n";
        let config = Config::parse("test.toml", text).unwrap().config;
        let view = View {
            state: Arc::default(),
            feeds: Arc::default(),
            config: Arc::new(config),
            storage: None,
            items: 0,
            matched: 0,
            nearest_misses: Vec::new(),
        };
        let began: Timestamp = "2025-02-12T10:40:00Z".parse().unwrap();
        let reading = Reading { clock: Clock::by_hand(began).0, zone: TimeZone::UTC, began };
        let mut held = Held::default();
        held.take("first_run", None, began);
        let mut tell = |now: &str| {
            let mut out = Vec::new();
            held.tell(&view, &reading, now.parse().unwrap(), &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(tell("2025-02-12T10:49:59Z"), "");
        assert_eq!(tell("2025-02-12T10:50:00Z"), "0 storylines · as they stand at the first visit\n");
        assert_eq!(tell("2025-02-12T10:50:01Z"), "");
    }
}
