//! What is asked of a server: address, validators, a feed's own headers.

use std::{collections::BTreeMap, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use storyline_store::Validators;
use url::{Origin, Url};

use super::FetchError;
use crate::poll::visit::latin1_bytes;

/// What is asked of a server.
#[derive(Clone)]
pub struct Ask {
    /// The first address; without credentials.
    pub url: Url,
    /// The validators of each address of the chain.
    pub validators: BTreeMap<String, Validators>,
    /// Where `own` may be sent.
    origin: Origin,
    /// The feed's own headers, its secret among them.
    own: HeaderMap,
}

impl Ask {
    /// Asks for a whole document.
    pub fn plain(url: &Url) -> Self {
        Self { url: bare(url), validators: BTreeMap::new(), origin: url.origin(), own: HeaderMap::new() }
    }

    /// Asks with a feed's own headers, which only ever go to the origin of `configured`.
    ///
    /// # Errors
    ///
    /// [`FetchError::Unsendable`] where a header or the secret cannot be sent.
    pub fn with(
        configured: &Url,
        headers: &BTreeMap<String, String>,
        secret: Option<&str>,
    ) -> Result<Self, FetchError> {
        let mut own = HeaderMap::new();
        for (name, value) in headers {
            let unsendable = || FetchError::Unsendable(format!("the header {name:?} cannot be sent"));
            let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unsendable())?;
            let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| unsendable())?;
            // A header a person sets for one feed may well be a key.
            value.set_sensitive(true);
            own.insert(key, value);
        }
        let in_url = userinfo(configured);
        if let Some(secret) = secret.map(str::trim).map(str::to_owned).or(in_url) {
            let credentials = if secret.contains(':') {
                format!("Basic {}", BASE64_STANDARD.encode(&secret))
            } else {
                format!("Bearer {secret}")
            };
            let unsendable =
                |_| FetchError::Unsendable("the feed's secret cannot be sent as a header".to_owned());
            let mut value = HeaderValue::from_str(&credentials).map_err(unsendable)?;
            value.set_sensitive(true);
            own.insert(AUTHORIZATION, value);
        }
        Ok(Self { own, ..Self::plain(configured) })
    }

    /// Asks at another address first: the adopted one, or a child.
    #[must_use]
    pub fn at(mut self, url: &Url) -> Self {
        self.url = bare(url);
        self
    }

    /// Asks only for what changed.
    #[must_use]
    pub fn unless(mut self, validators: BTreeMap<String, Validators>) -> Self {
        self.validators = validators;
        self
    }

    /// The headers for one hop.
    pub(super) fn headers(&self, url: &Url) -> HeaderMap {
        let mut headers = if url.origin() == self.origin { self.own.clone() } else { HeaderMap::new() };
        if let Some(it) = self.validators.get(url.as_str()) {
            for (name, text) in [(IF_NONE_MATCH, &it.etag), (IF_MODIFIED_SINCE, &it.last_modified)] {
                let bytes = text.as_deref().and_then(latin1_bytes);
                if let Some(value) = bytes.and_then(|it| HeaderValue::from_bytes(&it).ok()) {
                    headers.insert(name, value);
                }
            }
        }
        headers
    }
}

/// Reads a feed's secret.
///
/// # Errors
///
/// [`FetchError::Unsendable`] names the file and why it cannot be read.
pub async fn secret(file: &Path) -> Result<String, FetchError> {
    tokio::fs::read_to_string(file).await.map_err(|error| {
        FetchError::Unsendable(format!("the secret file {} cannot be read: {error}", file.display()))
    })
}

/// An address without credentials and without its fragment, which no server is told.
pub fn bare(url: &Url) -> Url {
    let mut url = uncredited(url);
    url.set_fragment(None);
    url
}

/// An address without credentials, as it may be shown and kept.
pub fn uncredited(url: &Url) -> Url {
    let mut url = url.clone();
    // Neither fails for http and https; nothing else is asked.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

fn userinfo(url: &Url) -> Option<String> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decode = |text: &str| percent_decoded(text.as_bytes());
    Some(format!("{}:{}", decode(url.username()), decode(url.password().unwrap_or_default())))
}

fn percent_decoded(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        match hex.and_then(|it| u8::from_str_radix(it, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
