//! Follows the log as Server-Sent Events.
//!
//! A follower reads from its place until it has everything, then waits for
//! the writer to show more. It keeps nothing but its place, so it misses
//! nothing however slowly its client reads, and the writer never knows of it.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::State as Given,
    http::{HeaderMap, Uri, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use hyper::body::Bytes;
use storyline_config::StorylineId;
use storyline_store::{Recorded, Seq};
use tokio::{sync::watch, time::timeout};

use super::{
    doors::Doors,
    events::{concerns, shape},
    problem::Problem,
    query::Query,
};
use crate::writer::View;

/// Events read in one go.
const CHUNK: usize = 256;
/// Longest silence, so that a client can tell a quiet stream from a dead one.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// `GET /v1/events/stream`.
pub(super) async fn get(
    Given(doors): Given<Arc<Doors>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let query = Query::of(&uri);
    let resumed = headers.get("last-event-id").and_then(|it| it.to_str().ok()).and_then(|it| it.parse().ok());
    let place = match (resumed, doors.since(&query).await?) {
        (Some(place), _) | (None, Some(place)) => place,
        (None, None) => doors.head(),
    };
    let follower =
        Follower { view: doors.handle.watch(), doors, place, storyline: query.storyline()?, greeted: false };
    let stream = stream::unfold(follower, async |mut it| {
        let text = it.next().await?;
        Some((Ok::<_, std::convert::Infallible>(Bytes::from(text)), it))
    });
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, Body::from_stream(stream)).into_response())
}

/// Someone who follows the log.
struct Follower {
    doors: Arc<Doors>,
    view: watch::Receiver<View>,
    place: Seq,
    storyline: Option<StorylineId>,
    greeted: bool,
}

impl Follower {
    /// The next piece of the stream; none once the daemon stops.
    async fn next(&mut self) -> Option<String> {
        // The client learns at once that it is connected, and how long to wait before it comes back.
        if !std::mem::replace(&mut self.greeted, true) {
            return Some("retry: 1000\n\n".to_owned());
        }
        let stop = self.doors.stop.clone();
        tokio::select! {
            biased;
            () = stop.cancelled() => None,
            piece = self.piece() => piece,
        }
    }

    async fn piece(&mut self) -> Option<String> {
        loop {
            // Marked as seen before the log is read, so that nothing falls between.
            let head = self.view.borrow_and_update().state.seq;
            if self.place >= head {
                match timeout(KEEP_ALIVE, self.view.changed()).await {
                    Err(_) => return Some(": keep-alive\n\n".to_owned()),
                    Ok(Err(_)) => return None,
                    Ok(Ok(())) => continue,
                }
            }
            let place = self.place;
            let events = match self.doors.look(move |past| past.read_after(place, CHUNK)).await {
                Ok(events) => events,
                Err(problem) => return Some(format!("event: problem\ndata: {}\n\n", problem.to_json())),
            };
            let text = self.take(&events, head);
            if !text.is_empty() {
                return Some(text);
            }
        }
    }

    /// Moves on over events, and writes out those that are asked for.
    fn take(&mut self, events: &[Recorded], head: Seq) -> String {
        let mut text = String::new();
        for it in events.iter().filter(|it| it.seq <= head) {
            self.place = it.seq;
            if concerns(it, self.storyline.as_ref()) {
                text += &format!("id: {}\ndata: {}\n\n", it.seq.0, shape(it));
            }
        }
        text
    }
}
