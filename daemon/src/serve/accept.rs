//! Takes connections, within limits, until told to stop.
//!
//! The loop is our own because the framework's sets no timer: clients that
//! send half a request would stay for ever, and so would a stop wait for
//! whoever follows a stream.

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{header, uri::Authority},
    response::IntoResponse,
};
use hyper::{body::Incoming, server::conn::http1, service::Service};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
    service::TowerToHyperService,
};
use storyline_config::limit::CONNECTIONS_MAX;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, UnixListener},
    sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError},
};

use super::{doors::Doors, peer::Peer, problem::Problem, router::router, socket::own_uid, stall::Stalling};

/// Longest time a client may take for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes buffered for one connection.
const BUFFER_BYTES_MAX: usize = 64 << 10;
/// Pause after a connection could not be taken, mostly for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Longest time a stop waits for answers in hand.
const STOP_TIMEOUT: Duration = Duration::from_millis(300);

/// Connections of others than the daemon's own user and root.
const CONNECTIONS_OTHERS_MAX: usize = CONNECTIONS_MAX / 2;

/// Where connections come from.
#[derive(Debug)]
pub enum Listener {
    /// The socket: rights follow from who connects.
    Unix(UnixListener),
    /// A loopback address for the web page: reads only.
    Tcp(TcpListener),
}

/// Answers on a listener until the doors' `stop` is cancelled, then finishes what is in hand.
pub async fn serve(listener: Listener, doors: Arc<Doors>) {
    let service = TowerToHyperService::new(router(Arc::clone(&doors)));
    let (permits, graceful) = (Arc::new(Semaphore::new(CONNECTIONS_MAX)), GracefulShutdown::new());
    let others = Arc::new(Semaphore::new(CONNECTIONS_OTHERS_MAX));
    // Where the kernel will not say who we are, only root manages.
    let own_uid = own_uid().unwrap_or(0);
    loop {
        let next = next(&listener, own_uid, &permits);
        let taken = tokio::select! {
            () = doors.stop.cancelled() => break,
            taken = next => taken,
        };
        match taken {
            Ok((stream, peer, permit)) => {
                // Others never take every place: the owner can still ask.
                let Ok(place) = place(peer, &others) else { continue };
                tokio::spawn(answer(stream, peer, service.clone(), graceful.watcher(), (permit, place)));
            }
            Err(error) => {
                tracing::debug!(%error, "failed to take a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    // Whoever does not read its answer is cut off.
    let _ = tokio::time::timeout(STOP_TIMEOUT, graceful.shutdown()).await;
}

/// A connection of either kind.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A place among the others for whoever is one of them; the owner needs none.
fn place(peer: Peer, others: &Arc<Semaphore>) -> Result<Option<OwnedSemaphorePermit>, TryAcquireError> {
    match peer {
        Peer::Local { owner: true, .. } => Ok(None),
        Peer::Local { .. } | Peer::Web => Arc::clone(others).try_acquire_owned().map(Some),
    }
}

/// Whether a request names the loopback address: a page elsewhere that had its name point here does not.
fn is_for_us(request: &hyper::Request<Body>) -> bool {
    let host = request.headers().get(header::HOST).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let host = host.parse::<Authority>();
    host.is_ok_and(|it| {
        let name = it.host().trim_start_matches('[').trim_end_matches(']');
        name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
    })
}

type Taken = (Box<dyn Stream>, Peer, OwnedSemaphorePermit);

/// Waits until there is room for a connection, and then for the connection.
async fn next(listener: &Listener, own_uid: u32, permits: &Arc<Semaphore>) -> io::Result<Taken> {
    let permit = Arc::clone(permits).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = accept(listener, own_uid).await?;
    Ok((stream, peer, permit))
}

async fn accept(listener: &Listener, own_uid: u32) -> io::Result<(Box<dyn Stream>, Peer)> {
    match listener {
        Listener::Unix(it) => {
            let (stream, _) = it.accept().await?;
            let peer = Peer::of(&stream, own_uid);
            Ok((Box::new(stream), peer))
        }
        Listener::Tcp(it) => {
            let (stream, _) = it.accept().await?;
            Ok((Box::new(stream), Peer::Web))
        }
    }
}

async fn answer(
    stream: Box<dyn Stream>,
    peer: Peer,
    service: TowerToHyperService<axum::Router>,
    watcher: Watcher,
    _places: (OwnedSemaphorePermit, Option<OwnedSemaphorePermit>),
) {
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        let misdirected = peer == Peer::Web && !is_for_us(&request);
        let answer = service.call(request);
        async move { if misdirected { Ok(Problem::misdirected().into_response()) } else { answer.await } }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(BUFFER_BYTES_MAX)
        .serve_connection(TokioIo::new(Stalling::new(stream)), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a client broke off");
    }
}
