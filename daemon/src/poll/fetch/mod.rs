//! The door to other people's servers.
//!
//! Redirects are followed by hand: only so can each hop be judged, a permanent
//! move be told from a passing one, validators stay with their address, and a
//! feed's secret with its origin.
//!
//! # Promises
//!
//! * Every hop is judged by the [`Guard`], as a literal and as resolved; the address judged is the one dialled.
//! * One GET per hop. No connection is used twice, so none is found closed and nothing is ever asked again.
//! * No cookie, no referer, no proxy that was not configured.
//! * A document is bounded in bytes, on the wire and unpacked, and in time.

mod ask;
mod body;
mod error;
#[cfg(test)]
mod hostile;
mod resolve;
#[cfg(test)]
pub(crate) mod scripted;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use reqwest::{
    Client, Proxy, Response,
    header::{
        ACCEPT, ACCEPT_ENCODING, AGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, DATE, ETAG, EXPIRES,
        HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED, LOCATION, RETRY_AFTER,
    },
    redirect::Policy,
};
use storyline_config::{
    Network,
    limit::{
        BODY_BYTES_MAX, CONNECT_TIMEOUT, HEADER_BYTES_MAX, READ_TIMEOUT, REDIRECTS_MAX, TOTAL_TIMEOUT,
        WIRE_BYTES_MAX,
    },
};
use storyline_store::Validators;
use url::Url;

use self::{body::Body, resolve::Guarded};
use super::{Answer, Hop, guard::Guard, visit::latin1_text};

pub use ask::{Ask, bare, secret, uncredited};
pub use error::FetchError;

/// Who we say we are: bare names get a 403 from some servers, and all of them want an address to write to.
pub const USER_AGENT: &str = concat!(
    "Mozilla/5.0 (compatible; storyline/",
    env!("CARGO_PKG_VERSION_MAJOR"),
    ".",
    env!("CARGO_PKG_VERSION_MINOR"),
    "; +",
    env!("CARGO_PKG_REPOSITORY"),
    ")"
);
const ACCEPTED: &str = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, \
                        text/xml;q=0.9, */*;q=0.5";
/// As much of a page that is no success as is looked at.
const FAILURE_BYTES_MAX: usize = 64 << 10;

/// How much and how long.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Unpacked bytes of a document.
    pub body_bytes: usize,
    /// Bytes of a document on the wire.
    pub wire_bytes: usize,
    /// Redirects followed.
    pub redirects: usize,
    /// Time to connect.
    pub connect: Duration,
    /// Longest silence.
    pub read: Duration,
    /// Time of one request in all.
    pub total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: BODY_BYTES_MAX,
            wire_bytes: WIRE_BYTES_MAX,
            redirects: REDIRECTS_MAX,
            connect: CONNECT_TIMEOUT,
            read: READ_TIMEOUT,
            total: TOTAL_TIMEOUT,
        }
    }
}

/// What a server answered, with the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// What it said.
    pub answer: Answer,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// Whether it says that it wants to see a person.
    pub challenge: bool,
    /// The document, unpacked; the beginning of the page where the status is no success.
    pub bytes: Vec<u8>,
}

/// Asks servers. Clones share their settings.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client,
    guard: Guard,
    limits: Limits,
}

impl Fetcher {
    /// Asks as a configuration allows.
    ///
    /// # Errors
    ///
    /// [`FetchError::Unsendable`] where the proxy's address is none.
    pub fn new(network: &Network) -> Result<Self, FetchError> {
        Self::limited(network, Limits::default())
    }

    /// Asks within other limits.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn limited(network: &Network, limits: Limits) -> Result<Self, FetchError> {
        let guard = Guard::new(network.allow.clone());
        // Another part of the program may have chosen the same before us.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            let proxy_host = network.proxy.as_ref().and_then(|it| it.host_str().map(str::to_owned));
            let mut it = Client::builder()
                .user_agent(USER_AGENT)
                .default_headers(defaults())
                .redirect(Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .no_proxy()
                .pool_max_idle_per_host(0)
                .connect_timeout(limits.connect)
                .read_timeout(limits.read)
                .timeout(limits.total)
                .dns_resolver(Arc::new(Guarded::new(guard.clone(), proxy_host)));
            if let Some(proxy) = &network.proxy {
                let unusable =
                    |_| FetchError::Unsendable("network.proxy is no address of a proxy".to_owned());
                it = it.proxy(Proxy::all(proxy.clone()).map_err(unusable)?);
            }
            Ok::<_, FetchError>(it)
        };
        // A machine without certificates of its own can still read http; https then fails by its own words.
        let client = match builder()?.build() {
            Ok(client) => client,
            Err(_) => builder()?.tls_certs_only([]).build().map_err(|it| FetchError::of(&it, &limits))?,
        };
        Ok(Self { client, guard, limits })
    }

    /// Asks, following redirects.
    ///
    /// # Errors
    ///
    /// [`FetchError`] says why there is no answer; a status that is no success is an answer.
    pub async fn fetch(&self, ask: &Ask) -> Result<Exchange, FetchError> {
        let mut url = ask.url.clone();
        let mut hops: Vec<Hop> = Vec::new();
        let mut permanent = None;
        loop {
            self.guard.judge(&url)?;
            let response = self.get(ask, &url).await?;
            let status = response.status().as_u16();
            let all_permanent = hops.iter().all(|it| matches!(it.status, 301 | 308));
            hops.push(Hop { url: url.to_string(), status });
            if !matches!(status, 301 | 302 | 303 | 307 | 308) {
                return self.exchange(response, hops, permanent).await;
            }
            let to = target(&url, response.headers()).ok_or(FetchError::Nowhere { status })?;
            if hops.len() > self.limits.redirects {
                return Err(FetchError::Redirects(self.limits.redirects));
            }
            if hops.iter().any(|it| it.url == to.as_str()) {
                return Err(FetchError::Circle(to.to_string()));
            }
            if all_permanent && matches!(status, 301 | 308) {
                permanent = Some(to.to_string());
            }
            url = to;
        }
    }

    async fn get(&self, ask: &Ask, url: &Url) -> Result<Response, FetchError> {
        let request = self.client.get(url.clone()).headers(ask.headers(url));
        request.send().await.map_err(|it| FetchError::of(&it, &self.limits))
    }

    async fn exchange(
        &self,
        response: Response,
        hops: Vec<Hop>,
        permanent: Option<String>,
    ) -> Result<Exchange, FetchError> {
        let success = response.status().is_success();
        let headers = response.headers();
        let said = |name: HeaderName| headers.get(name).map(|it| latin1_text(it.as_bytes()));
        // What is said again with every question is not for a server to make long.
        let kept = |name: HeaderName| said(name).filter(|it| it.len() <= HEADER_BYTES_MAX);
        let answer = Answer {
            permanent,
            status: response.status().as_u16(),
            final_url: hops.last().map(|it| it.url.clone()).unwrap_or_default(),
            validators: Validators { etag: kept(ETAG), last_modified: kept(LAST_MODIFIED) },
            cache_control: joined(headers, &CACHE_CONTROL),
            expires: said(EXPIRES),
            date: said(DATE),
            age: said(AGE),
            retry_after: said(RETRY_AFTER),
            hops,
        };
        let content_type = said(CONTENT_TYPE);
        let challenge =
            said(HeaderName::from_static("cf-mitigated")).is_some_and(|it| it.contains("challenge"));
        let bytes = match self.document(response).await {
            Ok(bytes) => bytes,
            Err(error) if success => return Err(error),
            // The status says enough.
            Err(_) => Vec::new(),
        };
        Ok(Exchange { answer, content_type, challenge, bytes })
    }

    async fn document(&self, mut response: Response) -> Result<Vec<u8>, FetchError> {
        let success = response.status().is_success();
        let encoding = joined(response.headers(), &CONTENT_ENCODING);
        if response.content_length().is_some_and(|it| it > self.limits.wire_bytes as u64) && success {
            return Err(FetchError::TooLarge { limit: self.limits.wire_bytes, side: "on the wire" });
        }
        let mut body = Body::new(encoding.as_deref(), self.limits)?;
        let mut taken = 0;
        while let Some(piece) = response.chunk().await.map_err(|it| FetchError::of(&it, &self.limits))? {
            body.take(&piece)?;
            taken += piece.len();
            if !success && taken >= FAILURE_BYTES_MAX {
                break;
            }
        }
        body.end()
    }
}

fn defaults() -> HeaderMap {
    HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static(ACCEPTED)),
        (ACCEPT_ENCODING, HeaderValue::from_static("gzip, br, deflate")),
    ])
}

/// Where a redirect leads: absolute, without credentials or fragment.
fn target(from: &Url, headers: &HeaderMap) -> Option<Url> {
    let location = headers.get(LOCATION)?.as_bytes();
    if location.len() > HEADER_BYTES_MAX {
        return None;
    }
    from.join(String::from_utf8_lossy(location).trim()).ok().map(|it| bare(&it))
}

/// All values of a header that may be given in parts.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let parts: Vec<_> = headers.get_all(name).iter().map(|it| latin1_text(it.as_bytes())).collect();
    if parts.is_empty() { None } else { Some(parts.join(", ")) }
}
