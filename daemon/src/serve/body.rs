//! The body of a wish: whole, small, soon, and JSON.

use std::time::Duration;

use axum::body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use storyline_config::limit::REQUEST_BYTES_MAX;

use super::problem::Problem;

/// Longest time a client may take to send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Reads a body; an empty one is an empty wish.
///
/// # Errors
///
/// 400 for what cannot be understood, 408 where it does not come, 413 where it is too long.
pub(super) async fn wish<T: DeserializeOwned>(body: Body) -> Result<T, Problem> {
    let limited = Limited::new(body, REQUEST_BYTES_MAX);
    let read = tokio::time::timeout(BODY_TIMEOUT, limited.collect()).await;
    let bytes = match read.map_err(|_| Problem::too_slow())? {
        Ok(it) => it.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(Problem::too_large(REQUEST_BYTES_MAX)),
        Err(error) => return Err(Problem::bad(format!("the body broke off: {error}"), "send it again")),
    };
    let bytes = if bytes.trim_ascii().is_empty() { b"{}" } else { bytes.as_ref() };
    serde_json::from_slice(bytes)
        .map_err(|error| Problem::bad(error.to_string(), "GET /v1/openapi.json shows what the body holds"))
}
