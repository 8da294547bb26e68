//! The log's own tools, for a log that is in use.

use std::{
    io::{self, Write},
    path::PathBuf,
    sync::Arc,
};

use axum::{
    Extension, Json,
    body::Body,
    extract::State as Given,
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use hyper::body::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    body::wish,
    doors::{Doors, Past},
    peer::Peer,
    problem::Problem,
};

/// Pieces of an export written ahead of whoever reads it.
const AHEAD_MAX: usize = 4;
/// Bytes of one piece.
const PIECE_BYTES: usize = 64 << 10;

/// `GET /v1/store/verify`.
pub(super) async fn verify(Given(doors): Given<Arc<Doors>>) -> Result<Json<Value>, Problem> {
    Ok(Json(json!(doors.fold(Past::verify).await?)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Backup {
    to: PathBuf,
}

/// `POST /v1/store/backup`.
pub(super) async fn backup(
    Given(doors): Given<Arc<Doors>>,
    Extension(peer): Extension<Peer>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    peer.may_manage()?;
    let Backup { to } = wish(body).await?;
    if !to.is_absolute() {
        return Err(Problem::bad("\"to\" is no absolute path", "name the directory from the root on"));
    }
    let hint = "the daemon writes it: name an empty directory its user may write in";
    let there = to.clone();
    // Where it cannot be told, writing it tells.
    if doors.fold(move |_| Ok(storyline_store::is_free(&there).is_ok_and(|it| !it))).await? {
        return Err(Problem::taken(format!("{} is not empty", to.display()), hint));
    }
    // The records are taken first: the log then reaches at least as far as they know.
    let view = doors.handle.view();
    let feeds = view.feeds.iter().map(|(id, it)| (id.clone(), it.as_ref().clone())).collect();
    let written = to.clone();
    let done = doors.fold(move |past| Ok(past.backup(&feeds, &written))).await?;
    let head = done.map_err(|detail| Problem::unwritten(detail, hint))?;
    Ok(Json(json!({ "head": head, "to": to })))
}

/// `GET /v1/store/export`.
pub(super) async fn export(Given(doors): Given<Arc<Doors>>) -> Response {
    let (sender, receiver) = mpsc::channel(AHEAD_MAX);
    tokio::spawn(async move {
        let done = doors.fold(move |past| {
            let mut out = io::BufWriter::with_capacity(PIECE_BYTES, Pipe(sender));
            past.export(&mut out)?;
            out.flush().map_err(|error| error.to_string())
        });
        if let Err(problem) = done.await {
            tracing::debug!(detail = problem.detail, "an export broke off");
        }
    });
    let pieces = stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)));
    ([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(pieces)).into_response()
}

/// Writes to whoever reads the answer, and waits while that is behind.
struct Pipe(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Bytes::copy_from_slice(bytes);
        self.0.blocking_send(Ok(piece)).map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
