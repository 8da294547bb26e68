//! Whether a permanent redirect is believed.

use std::time::Duration;

use jiff::Timestamp;
use storyline_store::{Moving, Schedule};
use url::Url;

use super::super::Answer;
use crate::clock::between;

/// A redirect is believed after so long, and after so many visits that found a feed there.
const BELIEVED: (Duration, u32) = (Duration::from_hours(7 * 24), 5);

/// Takes note of where a readable visit says that the feed moved.
pub(super) fn follow(it: &mut Schedule, answer: &Answer, now: Timestamp) {
    let from = answer.hops.first().map_or("", |hop| hop.url.as_str());
    let Some(to) = answer.permanent.as_deref().filter(|to| *to != from && !downgrades(from, to)) else {
        it.moving = None;
        return;
    };
    let moving = match it.moving.take() {
        Some(old) if old.to == to => Moving { visits: old.visits.saturating_add(1), ..old },
        _ => Moving { to: to.to_owned(), since: now, visits: 1 },
    };
    let (span, visits) = BELIEVED;
    if upgrades(from, to) || (moving.visits >= visits && between(moving.since, now) >= span) {
        // Back at the configured address, nothing is adopted any more.
        it.adopted = Some(moving.to).filter(|to| *to != it.url);
    } else {
        it.moving = Some(moving);
    }
}

/// Whether it is the same host, only asked safely.
fn upgrades(from: &str, to: &str) -> bool {
    let (Ok(from), Ok(to)) = (Url::parse(from), Url::parse(to)) else { return false };
    from.scheme() == "http" && to.scheme() == "https" && from.host() == to.host()
}

/// Whether following it for good would give up encryption.
fn downgrades(from: &str, to: &str) -> bool {
    from.starts_with("https:") && !to.starts_with("https:")
}
