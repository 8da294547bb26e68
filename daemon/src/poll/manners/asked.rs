//! What the headers of an answer ask for.

use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;
use storyline_config::limit::{FRESHNESS_MAX, RETRY_AFTER_MAX};

use super::super::Answer;
use crate::clock::between;

/// How long a server wants to be left alone; a time in the past asks for nothing.
pub(super) fn retry_after(answer: &Answer, now: Timestamp) -> Option<Duration> {
    let text = answer.retry_after.as_deref()?.trim();
    let span = match seconds(text) {
        Some(span) => span,
        None => between(said_at(answer, now), date(text)?),
    };
    Some(span.min(RETRY_AFTER_MAX)).filter(|it| !it.is_zero())
}

/// By how many seconds a server's clock is ahead of ours; none where it does not say. The answer of a cache on the way
/// says nothing: its date is an old one.
pub(super) fn skew(answer: &Answer, now: Timestamp) -> Option<i64> {
    if answer.age.is_some() {
        return None;
    }
    Some(date(answer.date.as_deref()?)?.as_second() - now.as_second())
}

/// How long a document stays fresh: max-age, else Expires read against the server's own clock.
pub(super) fn freshness(answer: &Answer, now: Timestamp) -> Option<Duration> {
    let control = answer.cache_control.as_deref().unwrap_or_default();
    let mut max_age = None;
    for directive in control.split(',') {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-cache" | "no-store" => return None,
            "max-age" if max_age.is_none() => max_age = seconds(value.trim().trim_matches('"')),
            _ => {}
        }
    }
    let span = match max_age {
        Some(span) => span,
        None => between(said_at(answer, now), date(answer.expires.as_deref()?)?),
    };
    Some(span.min(FRESHNESS_MAX)).filter(|it| !it.is_zero())
}

/// Digits as seconds; so many that no number holds them are the longest there is.
fn seconds(text: &str) -> Option<Duration> {
    if text.is_empty() || !text.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    Some(Duration::from_secs(text.parse().unwrap_or(u64::from(u32::MAX))))
}

/// The server's own idea of now, or ours.
fn said_at(answer: &Answer, now: Timestamp) -> Timestamp {
    answer.date.as_deref().and_then(date).unwrap_or(now)
}

fn date(text: &str) -> Option<Timestamp> {
    let time = httpdate::parse_http_date(text.trim()).ok()?;
    let span = time.duration_since(UNIX_EPOCH).ok()?;
    Timestamp::from_second(i64::try_from(span.as_secs()).ok()?).ok()
}
