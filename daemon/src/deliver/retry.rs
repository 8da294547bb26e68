//! What follows from an attempt, and when the next one is (pure).

use std::{
    hash::Hasher,
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use storyline_config::{Retry, limit::RETRY_AFTER_MAX};
use storyline_store::{Delivery, DeliveryId};
use xxhash_rust::xxh3::Xxh3;

use crate::{clock::later, writer::DeliveryNews};

/// Why a sink did not take a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// What went wrong, as a sentence without anything secret.
    pub(super) error: String,
    /// Whether it makes sense to try again.
    pub(super) again: Again,
}

/// Whether it makes sense to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// Yes; not before so long, where the sink said so.
    Later(Option<Duration>),
    /// No: the sink will never take this one.
    Never,
    /// No: the sink wants nothing any more.
    Gone,
}

impl Failure {
    /// One that may pass.
    pub(super) fn passing(error: impl Into<String>) -> Self {
        Self { error: error.into(), again: Again::Later(None) }
    }
}

/// What is recorded of attempt `n`, that ended at `now`.
pub(super) fn news(
    retry: &Retry,
    delivery: &Delivery,
    n: u32,
    outcome: Result<(), Failure>,
    now: Timestamp,
) -> DeliveryNews {
    let Err(Failure { error, again }) = outcome else { return DeliveryNews::Done(n) };
    let asked = match again {
        Again::Never => return DeliveryNews::Dead(error),
        Again::Gone => return DeliveryNews::Disabled(error),
        Again::Later(asked) => asked,
    };
    let end = later(delivery.since(), retry.give_up);
    if end <= now {
        return DeliveryNews::Dead(format!("given up after {n} attempts: {error}"));
    }
    // The last attempt is made when the time is up, not before.
    let own = later(now, pause(retry, delivery.id, n)).min(end);
    let Some(asked) = asked else { return DeliveryNews::Failed(n, error, own) };
    let asked = later(now, asked.min(RETRY_AFTER_MAX));
    if asked > end {
        return DeliveryNews::Dead(format!("given up, since it asks for more time than is given: {error}"));
    }
    DeliveryNews::Failed(n, error, own.max(asked))
}

/// The pause after attempt `n`: doubles from `first`, and is up to a tenth longer so that sinks do not march in step; near
/// `max`, which nothing exceeds, up to a tenth shorter than that instead.
pub(super) fn pause(retry: &Retry, delivery: DeliveryId, n: u32) -> Duration {
    let doubled = retry.first.saturating_mul(2_u32.saturating_pow(n.saturating_sub(1)));
    let most = doubled.saturating_add(doubled / 10).min(retry.max);
    let least = doubled.min(retry.max.saturating_sub(retry.max / 10));
    let mut hasher = Xxh3::new();
    hasher.write_u64(delivery.0);
    hasher.write_u32(n);
    let share = u32::try_from(hasher.finish() % 1_000).unwrap_or_default();
    least.saturating_add(most.saturating_sub(least).saturating_mul(share) / 1_000)
}

/// How long a server asks to wait, by its own clock; none where it is a time past or not to be understood.
pub(super) fn retry_after(value: &str, date: Option<&str>, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let asked = if let Ok(seconds) = value.parse::<u64>() {
        Duration::from_secs(seconds)
    } else {
        let until = httpdate::parse_http_date(value).ok()?;
        let theirs = date.and_then(|it| httpdate::parse_http_date(it.trim()).ok());
        until.duration_since(theirs.unwrap_or_else(|| our_time(now))).ok()?
    };
    (!asked.is_zero()).then_some(asked)
}

fn our_time(now: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(now.as_second()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry = Retry {
        first: Duration::from_secs(1),
        max: Duration::from_mins(1),
        give_up: Duration::from_mins(10),
    };

    fn now() -> Timestamp {
        "2025-02-12T10:40:00Z".parse().unwrap()
    }

    #[test]
    fn retry_after_is_read_against_the_servers_own_clock() {
        let check = |value: &str, date: Option<&str>, want: Option<u64>| {
            let seconds = retry_after(value, date, now()).map(|it| it.as_secs());
            assert_eq!(seconds, want, "{value:?} at {date:?}");
        };
        check("120", None, Some(120));
        check(" 7 ", None, Some(7));
        check("0", None, None);
        check("-5", None, None);
        check("soon", None, None);
        check("Wed, 12 Feb 2025 10:42:00 GMT", None, Some(120));
        // This server's clock is an hour ahead.
        check("Wed, 12 Feb 2025 11:42:00 GMT", Some("Wed, 12 Feb 2025 11:40:00 GMT"), Some(120));
        check("Wed, 12 Feb 2025 11:42:00 GMT", Some("nonsense"), Some(3720));
        check("Wed, 12 Feb 2025 10:30:00 GMT", None, None);
    }

    #[test]
    fn a_pause_doubles_up_to_its_greatest_and_no_two_sinks_march_in_step() {
        let check = |n: u32, least: f64, most: f64| {
            let all: Vec<f64> = (0..50).map(|id| pause(&RETRY, DeliveryId(id), n).as_secs_f64()).collect();
            assert!(all.iter().all(|it| (least..=most).contains(it)), "attempt {n}: {all:?}");
            let mean = all.iter().sum::<f64>() / 50.0;
            let apart = all.iter().filter(|it| (**it - mean).abs() > (most - least) / 8.0).count();
            assert!(apart > 25, "attempt {n}: {all:?}");
        };
        check(1, 1.0, 1.1);
        check(2, 2.0, 2.2);
        check(5, 16.0, 17.6);
        check(7, 54.0, 60.0);
        check(u32::MAX, 54.0, 60.0);
        assert_eq!(pause(&RETRY, DeliveryId(7), 3), pause(&RETRY, DeliveryId(7), 3));
    }
}
