//! Speaks HTTP over the daemon's socket.

use std::{io, path::PathBuf, time::Duration};

use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::{
    Method, Request, Response,
    body::{Bytes, Incoming},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{net::UnixStream, time::timeout};

use super::{Exit, Failure, Global};

/// How long the daemon may take to take a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A body to send, whole or in pieces.
pub(super) type Body = BoxBody<Bytes, io::Error>;

/// Asks the daemon whose socket it found.
#[derive(Debug, Clone)]
pub(super) struct Client {
    path: PathBuf,
}

impl Client {
    /// Finds the first socket that answers.
    ///
    /// # Errors
    ///
    /// 69 where none does, 77 where the one that is there may not be used, 78 where the configuration that names it
    /// cannot be read.
    pub(super) async fn find(global: &Global) -> Result<Self, Failure> {
        global.readable()?;
        let mut refused = None;
        let sockets = global.sockets();
        for path in &sockets {
            match connect(path.clone()).await {
                Ok(_) => return Ok(Self { path: path.clone() }),
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => refused = Some(path),
                Err(_) => {}
            }
        }
        if let Some(path) = refused {
            let message = format!("{} may not be used by this user", path.display());
            return Err(Failure::new(
                Exit::NotPermitted,
                message,
                "join the socket's group, or ask as its user",
            ));
        }
        let tried: Vec<_> = sockets.iter().map(|it| it.display().to_string()).collect();
        let message = format!("no daemon answers on {}", tried.join(" or "));
        Err(Failure::new(Exit::NotRunning, message, "start one with `storyline run`, or name its --socket"))
    }

    /// Reads a document.
    pub(super) async fn get(&self, path: &str) -> Result<Value, Failure> {
        document(self.send(Method::GET, path, Full::default().map_err(never).boxed()).await?).await
    }

    /// Sends a wish, and reads what came of it.
    pub(super) async fn post(&self, path: &str, wish: &Value) -> Result<Value, Failure> {
        let body = Full::new(Bytes::from(wish.to_string())).map_err(never).boxed();
        document(self.send(Method::POST, path, body).await?).await
    }

    /// Asks, and gives the answer as soon as it begins.
    ///
    /// # Errors
    ///
    /// The problem the daemon answered with, or 69 where it went away.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Body,
    ) -> Result<Response<Incoming>, Failure> {
        let stream = connect(self.path.clone()).await.map_err(|_| gone())?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| gone())?;
        // It ends when both sides are done with the answer.
        tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("content-type", "application/json")
            .body(body)
            .map_err(|error| Failure::new(Exit::Usage, format!("cannot ask for {path:?}: {error}"), ""))?;
        let answer = sender.send_request(request).await.map_err(|_| gone())?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let status = answer.status().as_u16();
        let problem = answer.into_body().collect().await.map_err(|_| gone())?.to_bytes();
        Err(Failure::of_problem(status, serde_json::from_slice(&problem).unwrap_or_default()))
    }
}

/// What is said where the daemon went away while it was asked.
pub(super) fn gone() -> Failure {
    Failure::new(Exit::NotRunning, "the daemon went away", "see its log, and start it again")
}

async fn connect(path: PathBuf) -> io::Result<UnixStream> {
    timeout(CONNECT_TIMEOUT, UnixStream::connect(path)).await.map_err(|_| io::ErrorKind::TimedOut)?
}

async fn document(answer: Response<Incoming>) -> Result<Value, Failure> {
    let bytes = answer.into_body().collect().await.map_err(|_| gone())?.to_bytes();
    serde_json::from_slice(&bytes)
        .map_err(|_| Failure::new(Exit::BadData, "the answer is no JSON", "is this storyline's socket?"))
}

/// A body that is there already cannot fail.
fn never(it: std::convert::Infallible) -> io::Error {
    match it {}
}

/// Writes a text so that it can stand in a path or behind a question mark.
pub(super) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
