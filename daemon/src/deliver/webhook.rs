//! A POST of JSON, as Standard Webhooks say.

use std::{error::Error, time::Duration};

use reqwest::{
    NoProxy, Proxy, RequestBuilder, Response, StatusCode,
    header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER},
    redirect,
};
use storyline_config::{Network, Service, limit::CONNECT_TIMEOUT};
use url::Url;

use super::{
    retry::{Again, Failure, retry_after},
    secret::Secret,
    send::Message,
    service,
    signature::signature,
};

/// Sinks on this machine are reached without the proxy.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";
const USER_AGENT: &str = concat!("storyline/", env!("CARGO_PKG_VERSION"));
/// Bytes of a reply that are looked at.
const REPLY_BYTES_MAX: usize = 16 << 10;
/// Characters of an error that are shown.
const ERROR_CHARS_MAX: usize = 200;

/// Posts messages through the way out that the configuration names.
#[derive(Debug)]
pub(super) struct Client {
    client: reqwest::Client,
    proxy: Option<Url>,
}

impl Client {
    /// Opens the way out.
    ///
    /// # Errors
    ///
    /// A sentence that says why there is none.
    pub(super) fn new(network: &Network) -> Result<Self, String> {
        // An error only says that a provider is in place already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            // Alerts are rare: a connection kept for the next one would mostly be a dead one.
            .pool_max_idle_per_host(0)
            .no_proxy();
        if let Some(url) = &network.proxy {
            let unusable = |_| "network.proxy is no address of a proxy".to_owned();
            let proxy = Proxy::all(url.clone()).map_err(unusable)?;
            builder = builder.proxy(proxy.no_proxy(NoProxy::from_string(LOOPBACK)));
        }
        let client = builder.build().map_err(|it| format!("failed to open a way out: {}", cause(&it)))?;
        Ok(Self { client, proxy: network.proxy.clone() })
    }

    /// Whether it goes the way that the configuration names.
    pub(super) fn serves(&self, network: &Network) -> bool {
        self.proxy == network.proxy
    }

    /// Posts a message; the status alone says whether it was taken, and the reply is not read.
    pub(super) async fn post(
        &self,
        url: &Url,
        secrets: &[Secret],
        timeout: Duration,
        message: &Message<'_>,
    ) -> Result<String, Failure> {
        let (id, second) = (message.delivery.to_string(), message.at.as_second());
        let mut request = self
            .client
            .post(url.clone())
            .timeout(timeout)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", second.to_string());
        if let Some(signed) = signature(secrets, &id, second, message.body) {
            request = request.header("webhook-signature", signed);
        }
        let reply = send(request.body(message.body.to_owned()), timeout).await?;
        judge(reply.status(), reply.headers(), message)?;
        Ok(format!("answered {}", reply.status()))
    }

    /// Posts what a service wants to be told; its reply is read as far as it may hold a refusal.
    pub(super) async fn tell(
        &self,
        service: Service,
        it: service::Request,
        token: Option<&Secret>,
        timeout: Duration,
        message: &Message<'_>,
    ) -> Result<String, Failure> {
        let mut request = self.client.post(it.url).timeout(timeout).header(CONTENT_TYPE, "application/json");
        if let Some(token) = token.and_then(|it| std::str::from_utf8(it.bytes()).ok()) {
            request = request.bearer_auth(token);
        }
        let mut reply = send(request.body(it.body), timeout).await?;
        let status = reply.status();
        if let Some(why) = service::passes(service, status.as_u16()) {
            return Err(Failure::passing(format!("answered {status}: {why}")));
        }
        judge(status, reply.headers(), message)?;
        let mut text = Vec::new();
        // A reply that breaks off says nothing against what its status says.
        while let Ok(Some(chunk)) = reply.chunk().await {
            text.extend_from_slice(&chunk);
            if text.len() > REPLY_BYTES_MAX {
                break;
            }
        }
        service::judge(service, status.as_u16(), &String::from_utf8_lossy(&text))?;
        Ok(format!("answered {status}"))
    }
}

async fn send(request: RequestBuilder, timeout: Duration) -> Result<Response, Failure> {
    request.send().await.map_err(|error| {
        Failure::passing(match error {
            it if it.is_timeout() => format!("no answer within {}", humantime::format_duration(timeout)),
            it if it.is_builder() => "its address cannot be asked".to_owned(),
            it if it.is_connect() => format!("failed to connect: {}", cause(&it)),
            it => format!("failed to send: {}", cause(&it)),
        })
    })
}

fn judge(status: StatusCode, headers: &HeaderMap, message: &Message<'_>) -> Result<(), Failure> {
    if status.is_success() {
        return Ok(());
    }
    let text = |name: HeaderName| headers.get(name).and_then(|it| it.to_str().ok());
    let asked = || text(RETRY_AFTER).and_then(|it| retry_after(it, text(DATE), message.at));
    let said = format!("answered {status}");
    let (error, again) = match status.as_u16() {
        408 | 425 | 429 | 500..=599 => (said, Again::Later(asked())),
        // It may be a page for the time of some maintenance: an alert is not lost for that.
        300..=399 => {
            (format!("{said}; redirects are not followed, give the final address"), Again::Later(asked()))
        }
        410 => (format!("{said}: it wants nothing any more"), Again::Gone),
        _ => (said, Again::Never),
    };
    Err(Failure { error, again })
}

/// The innermost cause, which names no address.
fn cause(error: &reqwest::Error) -> String {
    let mut inner: &dyn Error = error;
    while let Some(it) = inner.source() {
        inner = it;
    }
    let text =
        if inner.is::<reqwest::Error>() { "the connection ended".to_owned() } else { inner.to_string() };
    text.chars().filter(|it| !it.is_control()).take(ERROR_CHARS_MAX).collect()
}
