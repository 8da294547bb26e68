//! When a feed is asked again, and what is believed of it (pure).
//!
//! The next visit is the later of our own interval and what the server asks:
//!
//! ```text
//! max( clamp(own, min_interval, max_interval) | back-off,
//!      max-age/Expires, ttl, sy   (at most 24 h),
//!      Retry-After                (at most 7 d) )   + up to 10 %
//! ```
//!
//! and never in an hour or day the document says to skip.

mod asked;
mod health;
mod moves;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, time::Duration};

use jiff::{Timestamp, tz::TimeZone};
use storyline_config::{Feed, FeedId, Poll, limit::FRESHNESS_MAX};
use storyline_store::{FeedTrouble, Hold, Schedule, Validators};
use xxhash_rust::xxh3::Xxh3;

use super::{Failure, Outcome, Page, Visit, domain::domain_of, source::address};
use crate::clock::{between, later};

pub use health::{FeedState, events, state};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const WEEK: Duration = Duration::from_hours(7 * 24);
const MONTH: Duration = Duration::from_hours(30 * 24);

/// A document that only ever answers "not modified" is asked for whole after so long.
const FULL_AFTER: Duration = Duration::from_hours(8 * 24);
/// A domain that says "too many requests" and not how long is left alone for at least this.
const DOMAIN_PAUSE_MIN: Duration = Duration::from_mins(5);
/// A feed that says "unavailable" and not how long is left alone for at least this.
const FEED_PAUSE_MIN: Duration = Duration::from_mins(1);
/// Answers of 410, and the time from the first to the last, that suspend a feed.
const GONE_SUSPENDS: (u32, Duration) = (3, Duration::from_hours(3 * 24));
/// Clocks that differ by less agree.
const SKEW_MIN: Duration = Duration::from_mins(5);
/// The share of a visit's wait that chance may add.
const JITTER_SHARE: f64 = 0.1;

/// How much of a page was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overlap {
    /// Items of the page.
    pub items: usize,
    /// Those of them that were not known, or have another content.
    pub new: usize,
}

/// What a feed is to be asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// The address: the adopted one, else the configured.
    pub url: String,
    /// The validators of each address of the chain; empty where the whole document is wanted.
    pub validators: BTreeMap<String, Validators>,
}

/// What to ask of a feed whose configured address is `url`.
pub fn question(schedule: &Schedule, url: &str, now: Timestamp) -> Question {
    if schedule.url != url {
        return Question { url: url.to_owned(), ..Question::default() };
    }
    // After a document that could not be read, "not modified" would say nothing: not whether it is mended.
    let unread = schedule.trouble.is_some_and(|it| {
        matches!(it, FeedTrouble::Html | FeedTrouble::Empty | FeedTrouble::Unreadable | FeedTrouble::TooLarge)
    });
    let whole = unread || schedule.last_full.is_none_or(|it| between(it, now) >= FULL_AFTER);
    Question {
        url: schedule.adopted.as_deref().unwrap_or(url).to_owned(),
        validators: if whole { BTreeMap::new() } else { schedule.validators.clone() },
    }
}

/// A number from 0 up to 1 that follows from the feed and the time of its visit.
pub fn jitter(feed: &FeedId, at: Timestamp) -> f64 {
    let mut hasher = Xxh3::new();
    hasher.update(feed.as_str().as_bytes());
    hasher.update(&at.as_nanosecond().to_le_bytes());
    // 53 bits are what a float holds exactly.
    (hasher.digest() >> 11) as f64 / (1_u64 << 53) as f64
}

/// The schedule after a visit. `jitter` is from 0 to 1 and only ever lengthens the wait.
///
/// `baselined` and `oldest` are left as they were: they follow from what was seen, which is the writer's.
pub fn after(
    before: &Schedule,
    visit: &Visit,
    overlap: Overlap,
    feed: &Feed,
    poll: &Poll,
    jitter: f64,
) -> Schedule {
    let mut it = if before.url == visit.url {
        before.clone()
    } else {
        Schedule { url: visit.url.clone(), ..Schedule::default() }
    };
    it.last_visit = Some(visit.started);
    match &visit.outcome {
        Outcome::Page(page) => {
            read(&mut it, visit, page, overlap);
            it.interval_seconds = Some(adapted(&it, overlap, poll).as_secs());
        }
        Outcome::NotModified => {
            works(&mut it, visit);
            habit(&mut it, visit.started, 0);
            it.interval_seconds = Some(adapted(&it, Overlap::default(), poll).as_secs());
        }
        Outcome::Failed(failure) => failed(&mut it, visit, failure),
    }
    if let Some(skew) = visit.answer.as_ref().and_then(|it| asked::skew(it, visit.finished)) {
        it.skew_seconds = Some(skew).filter(|it| it.unsigned_abs() >= SKEW_MIN.as_secs());
    }
    it.held = hold(visit, poll);
    it.fresh_until = fresh(&it, visit);
    it.next_visit = Some(next(&it, visit, feed, poll, jitter));
    it
}

/// Where things stand after a document that could be read.
fn read(it: &mut Schedule, visit: &Visit, page: &Page, overlap: Overlap) {
    works(it, visit);
    it.last_full = Some(visit.finished);
    it.body_hash = Some(page.body_hash);
    it.items = u32::try_from(page.items.len()).unwrap_or(u32::MAX);
    it.asked_seconds = page.hints.interval.map(|it| it.min(FRESHNESS_MAX).as_secs());
    it.skip_hours = page.hints.skip_hours;
    it.skip_days = page.hints.skip_days;
    habit(it, visit.started, overlap.new);
}

/// What any answer that stands for a readable document brings: an end of trouble, validators, moves.
fn works(it: &mut Schedule, visit: &Visit) {
    it.failures = 0;
    it.failing_since = None;
    it.error = None;
    it.trouble = None;
    it.gone = 0;
    it.gone_since = None;
    it.blocked = false;
    let Some(answer) = &visit.answer else { return };
    // Only addresses of the present chain are kept, so their number stays small.
    it.validators.retain(|url, _| answer.hops.iter().any(|hop| hop.url == *url));
    if answer.status == 304 {
        // A 304 may renew a validator; one that names none leaves the old ones.
        if answer.validators != Validators::default() {
            it.validators.insert(answer.final_url.clone(), answer.validators.clone());
        }
    } else {
        it.last_full = Some(visit.finished);
        it.validators.remove(&answer.final_url);
        if answer.validators != Validators::default() {
            it.validators.insert(answer.final_url.clone(), answer.validators.clone());
        }
    }
    moves::follow(it, answer, visit.started);
}

fn failed(it: &mut Schedule, visit: &Visit, failure: &Failure) {
    it.failures = it.failures.saturating_add(1);
    it.failing_since.get_or_insert(visit.started);
    it.error = Some(failure.error.clone());
    it.trouble = Some(failure.trouble);
    it.blocked = failure.blocked;
    match failure.status {
        Some(410) => {
            it.gone = it.gone.saturating_add(1);
            it.gone_since.get_or_insert(visit.started);
        }
        Some(_) => {
            it.gone = 0;
            it.gone_since = None;
        }
        // A network that failed says nothing about the feed.
        None => {}
    }
    if it.adopted.is_some() && failing_for(it, visit.started) >= WEEK {
        // The new address came to nothing; the one a person wrote is asked again.
        it.adopted = None;
        it.moving = None;
    }
}

/// Learns how long the feed usually brings nothing, and whether it is silent beyond that.
fn habit(it: &mut Schedule, now: Timestamp, new: usize) {
    const CHANGES_MIN: u32 = 5;
    const SILENCE_MIN: Duration = Duration::from_hours(2 * 24);
    let gap = it.last_change.map(|last| between(last, now));
    if new > 0 {
        if let Some(gap) = gap {
            let faded = it.habit_seconds.unwrap_or(0) / 4 * 3;
            it.habit_seconds = Some(faded.max(gap.as_secs()));
        }
        it.changes = it.changes.saturating_add(1);
        it.last_change = Some(now);
        it.silent = false;
    } else if it.changes >= CHANGES_MIN {
        let habit = Duration::from_secs(it.habit_seconds.unwrap_or(0));
        it.silent = gap.is_some_and(|gap| gap > SILENCE_MIN.max(habit.saturating_mul(4)));
    }
}

/// Our own interval: longer where two thirds or more of a page were known, shorter where under a third was.
fn adapted(it: &Schedule, overlap: Overlap, poll: &Poll) -> Duration {
    let (floor, cap) = (poll.min_interval, poll.max_interval.max(poll.min_interval));
    let Some(own) = it.interval_seconds.map(Duration::from_secs) else { return floor };
    let known = overlap.items.saturating_sub(overlap.new);
    let share = if overlap.items == 0 { 1.0 } else { known as f64 / overlap.items as f64 };
    let own = if share > 2.0 / 3.0 {
        own.saturating_mul(3) / 2 + Duration::from_secs(1)
    } else if share < 1.0 / 3.0 {
        own / 2
    } else {
        own
    };
    own.clamp(floor, cap)
}

/// What forbids a visit, whoever wants it.
fn hold(visit: &Visit, poll: &Poll) -> Option<Hold> {
    let answer = visit.answer.as_ref()?;
    let asked = asked::retry_after(answer, visit.finished);
    let domain = (answer.status == 429).then(|| domain_of(&answer.final_url)).flatten();
    let (span, why) = match (asked, answer.status) {
        (Some(span), _) => (span, "retry_after"),
        (None, 429) => (DOMAIN_PAUSE_MIN.max(poll.min_interval), "pause"),
        (None, 503) => (FEED_PAUSE_MIN.max(poll.min_interval), "pause"),
        (None, _) => return None,
    };
    Some(Hold { until: later(visit.finished, span), why: why.to_owned(), domain })
}

/// Until when what the server said counts as fresh.
fn fresh(it: &Schedule, visit: &Visit) -> Option<Timestamp> {
    let said = visit.answer.as_ref().and_then(|answer| asked::freshness(answer, visit.finished));
    // What the document asks for is about documents, not about failures.
    let document = it.asked_seconds.filter(|_| it.failures == 0).map(Duration::from_secs);
    let span = said.max(document).map(|it| it.min(FRESHNESS_MAX)).filter(|it| !it.is_zero())?;
    Some(later(visit.finished, span))
}

/// The earliest next attempt by a feed's own schedule, under the configuration as it is now: one that shortens an
/// interval holds at once, but never against what a server asked. Nothing for a feed that was never visited.
pub fn due(schedule: &Schedule, feed: &Feed, poll: &Poll) -> Option<Timestamp> {
    let (next, last) = (schedule.next_visit?, schedule.last_visit?);
    let own = own(schedule, last, feed, poll);
    let asked = schedule.fresh_until.max(schedule.held.as_ref().map(|it| it.until));
    let soonest = later(last, own.saturating_add(own.mul_f64(JITTER_SHARE)));
    let soonest = asked.map_or(soonest, |it| it.max(soonest));
    Some(next.min(unskipped(schedule, soonest, 0.0).max(soonest)))
}

/// The earliest next attempt, pauses of its domain included; none for a feed that may be visited at once.
pub fn next_visit(
    schedule: &Schedule,
    feed: &Feed,
    poll: &Poll,
    pauses: &BTreeMap<String, Timestamp>,
) -> Option<Timestamp> {
    let configured = address(&feed.source);
    let first = schedule.adopted.as_deref().unwrap_or(&configured);
    let until = domain_of(first).and_then(|it| pauses.get(&it)).copied();
    due(schedule, feed, poll).max(until)
}

/// The schedule of a feed whose visit could not be recorded: what was read counts for nothing, so that it is read
/// again as soon as manners allow; what the server asked for counts.
pub fn unrecorded(before: &Schedule, after: &Schedule, poll: &Poll, now: Timestamp) -> Schedule {
    let mut it = if before.url == after.url {
        before.clone()
    } else {
        Schedule { url: after.url.clone(), ..Schedule::default() }
    };
    it.last_visit = after.last_visit;
    it.held.clone_from(&after.held);
    it.next_visit = Some(later(now, poll.min_interval)).max(it.held.as_ref().map(|it| it.until));
    it
}

fn next(it: &Schedule, visit: &Visit, feed: &Feed, poll: &Poll, jitter: f64) -> Timestamp {
    let from = visit.finished;
    let asked = it.fresh_until.max(it.held.as_ref().map(|it| it.until));
    let own = own(it, visit.started, feed, poll);
    let wait = own.max(asked.map_or(Duration::ZERO, |it| between(from, it)));
    let more = wait.mul_f64(JITTER_SHARE * jitter.clamp(0.0, 1.0));
    let next = later(from, wait.saturating_add(more));
    if it.failures > 0 { next } else { unskipped(it, next, jitter) }
}

/// How long we would wait if nobody asked for anything.
fn own(it: &Schedule, now: Timestamp, feed: &Feed, poll: &Poll) -> Duration {
    let (floor, cap) = (poll.min_interval, poll.max_interval.max(poll.min_interval));
    if it.failures == 0 {
        let adaptive = Duration::from_secs(it.interval_seconds.unwrap_or(0)).clamp(floor, cap);
        return feed.interval.map_or(adaptive, |it| it.max(floor));
    }
    let (times, over) = GONE_SUSPENDS;
    let gone_for = it.gone_since.map_or(Duration::ZERO, |since| between(since, now));
    if it.gone >= times && gone_for >= over {
        return MONTH;
    }
    if failing_for(it, now) >= WEEK {
        return cap.max(DAY);
    }
    let doublings = it.failures.saturating_sub(1).min(31);
    floor.saturating_mul(1 << doublings).min(cap)
}

fn failing_for(it: &Schedule, now: Timestamp) -> Duration {
    it.failing_since.map_or(Duration::ZERO, |since| between(since, now))
}

/// The first moment from `next` on, within a day, that the document does not ask to skip.
fn unskipped(it: &Schedule, next: Timestamp, jitter: f64) -> Timestamp {
    let skips = |moment: Timestamp| {
        let civil = TimeZone::UTC.to_datetime(moment);
        let hour = (it.skip_hours >> civil.hour().unsigned_abs()) & 1;
        let day = (it.skip_days >> civil.weekday().to_monday_zero_offset().unsigned_abs()) & 1;
        hour == 1 || day == 1
    };
    if !skips(next) {
        return next;
    }
    let hour = i64::try_from(HOUR.as_secs()).unwrap_or(3600);
    let full = Timestamp::from_second(next.as_second().div_euclid(hour) * hour).unwrap_or(next);
    // Everyone else comes at the full hour.
    let after = HOUR.mul_f64(JITTER_SHARE * jitter.clamp(0.0, 1.0));
    (1..=24).map(|n| later(full, HOUR * n)).find(|it| !skips(*it)).map_or(next, |it| later(it, after))
}
