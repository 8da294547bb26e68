//! A feed server on the loopback interface that plays the script.
//!
//! It answers as a well-kept server does: an `ETag` for each state of a feed,
//! 304 where nothing is new, 404 for what it does not have.

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use http_body_util::Full;
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use quick_xml::escape::escape;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use xxhash_rust::xxh3::xxh3_64;

use super::script::{Format, Outlet, Piece, Script};
use crate::clock::Clock;

/// Items a feed carries at the most.
const CARRIED_MAX: usize = 30;

/// Begins to serve. Answers with the address; it ends when `cancel` does.
///
/// # Errors
///
/// Where no port of the loopback interface can be had.
pub(super) async fn serve(
    script: Arc<Script>,
    clock: Clock,
    cancel: CancellationToken,
) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        loop {
            let stream = tokio::select! {
                () = cancel.cancelled() => return,
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(_) => continue, // The client is gone already.
                },
            };
            let (script, clock) = (script.clone(), clock.clone());
            let service = service_fn(move |request| {
                let response = answer(&script, &clock, &request);
                async move { Ok::<_, Infallible>(response) }
            });
            // The machine's time is not the script's, so no answer names one.
            let mut connection = http1::Builder::new();
            connection.auto_date_header(false);
            // An error is the client's end of the connection: it asks again.
            tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
        }
    });
    Ok(address)
}

fn answer(script: &Script, clock: &Clock, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let name = request.uri().path().trim_matches('/');
    let Some(outlet) = script.outlet.get(name) else {
        return respond(StatusCode::NOT_FOUND, None, Bytes::new());
    };
    let pieces: Vec<&Piece> = script.carried(name, clock.now()).take(CARRIED_MAX).collect();
    let body = match outlet.format {
        Format::Rss => rss(outlet, &pieces),
        Format::Atom => atom(name, outlet, &pieces),
    };
    let etag = format!("\"{:016x}\"", xxh3_64(body.as_bytes()));
    let known = request.headers().get(IF_NONE_MATCH).is_some_and(|it| it.as_bytes() == etag.as_bytes());
    if known {
        return respond(StatusCode::NOT_MODIFIED, Some(&etag), Bytes::new());
    }
    respond(StatusCode::OK, Some(&etag), body.into())
}

fn respond(status: StatusCode, etag: Option<&str>, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/xml; charset=utf-8"));
    if let Some(etag) = etag.and_then(|it| HeaderValue::from_str(it).ok()) {
        headers.insert(ETAG, etag);
    }
    response
}

/// The page an item would have; nobody fetches it.
fn link(piece: &Piece) -> String {
    format!("https://{}.example/{}", piece.outlet, piece.at.strftime("%Y/%m/%d/%H%M"))
}

fn rss(outlet: &Outlet, pieces: &[&Piece]) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>{}</title>",
        escape(&outlet.name)
    );
    for it in pieces {
        let source = it
            .source
            .as_deref()
            .map(|it| format!("<source url=\"https://tidewater.example/feed\">{}</source>", escape(it)));
        let (title, text, link) = (escape(&it.title), escape(&it.text), link(it));
        let date = it.at.strftime("%a, %d %b %Y %H:%M:%S +0000");
        xml += &format!(
            "<item><title>{title}</title><link>{link}</link><guid>{link}</guid><pubDate>{date}</pubDate>\
             <description>{text}</description>{}</item>",
            source.unwrap_or_default()
        );
    }
    xml + "</channel></rss>"
}

fn atom(name: &str, outlet: &Outlet, pieces: &[&Piece]) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>{}</title><id>urn:{name}</id>",
        escape(&outlet.name)
    );
    for it in pieces {
        let (title, text, link, at) = (escape(&it.title), escape(&it.text), link(it), it.at);
        xml += &format!(
            "<entry><title>{title}</title><link href=\"{link}\"/><id>{link}</id><updated>{at}</updated>\
             <published>{at}</published><summary>{text}</summary></entry>"
        );
    }
    xml + "</feed>"
}
