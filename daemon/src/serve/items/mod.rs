//! Items from anywhere: lines in, answers out while the input is still open.
//!
//! Every complete line that has arrived is given to the writer at once, as
//! one commit, and answered when that is on stable storage. A line that
//! cannot be understood is answered in its place and spoils no other.

mod answer;
mod lines;

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension,
    body::Body,
    extract::State as Given,
    http::{HeaderMap, Uri, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use http_body_util::BodyExt;
use hyper::body::Bytes;
use lines::Lines;
use storyline_config::FeedId;

use super::{doors::Doors, peer::Peer, problem::Problem, query::Query};
use crate::writer::Occasion;

/// `POST /v1/items`.
pub(super) async fn post(
    Given(doors): Given<Arc<Doors>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
    body: Body,
) -> Result<Response, Problem> {
    peer.may_manage()?;
    let query = Query::of(&uri);
    let occasion = occasion(&query)?;
    let feed = query.parsed::<FeedId>("feed", "the id of a feed")?;
    let mut intake = Intake { doors, occasion, feed, body, lines: Lines::default(), open: true };
    // Who waits to be told to go on would wait for ever once the answer has begun.
    let first = if headers.contains_key(header::EXPECT) { intake.next().await } else { Some(String::new()) };
    let rest = stream::unfold((first, intake), async |(first, mut intake)| {
        let text = match first {
            Some(text) if !text.is_empty() => text,
            Some(_) => intake.next().await?,
            None => return None,
        };
        Some((Ok::<_, Infallible>(Bytes::from(text)), (Some(String::new()), intake)))
    });
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, Body::from_stream(rest)).into_response())
}

fn occasion(query: &Query) -> Result<Occasion, Problem> {
    match query.text("origin") {
        None | Some("live") => Ok(Occasion::Live),
        Some("backfill") => Ok(Occasion::Backfill),
        Some(other) => Err(Problem::bad(format!("origin={other:?} is not known"), "give live or backfill")),
    }
}

/// One request's lines on their way to the writer.
struct Intake {
    doors: Arc<Doors>,
    occasion: Occasion,
    feed: Option<FeedId>,
    body: Body,
    lines: Lines,
    open: bool,
}

impl Intake {
    /// The answers to the next lines; none once the input ended or the daemon stops.
    async fn next(&mut self) -> Option<String> {
        loop {
            let lines = self.lines.take();
            if !lines.is_empty() {
                let answers = answer::all(&self.doors, lines, self.feed.as_ref(), self.occasion).await;
                if !answers.is_empty() {
                    return Some(answers);
                }
                continue;
            }
            if !self.open {
                return None;
            }
            self.read().await?;
        }
    }

    /// Waits for more input; none if the daemon stops first.
    async fn read(&mut self) -> Option<()> {
        let frame = tokio::select! {
            () = self.doors.stop.cancelled() => return None,
            frame = self.body.frame() => frame,
        };
        match frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    self.lines.push(data);
                }
            }
            // A client that broke off mid-line did not finish what it meant.
            Some(Err(_)) => self.open = false,
            None => {
                self.lines.end();
                self.open = false;
            }
        }
        Some(())
    }
}
