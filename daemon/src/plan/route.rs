//! Which sinks hear of a stage, and whether at once.

use std::{collections::BTreeMap, time::Duration};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use storyline_config::{Digest, Rate, Sink, SinkId};
use storyline_store::{AlertKind, DeliveryDigest, Event};

use super::{Situation, calendar, peace::Peace, rule::later, severity, stage::Stage};

/// What the storm guard looks back on.
pub(super) const TEN_MINUTES: SignedDuration = SignedDuration::from_mins(10);

/// How a sink is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// In a message of its own.
    Now,
    /// In a digest that closes at that time at the earliest.
    Gather(DeliveryDigest, Timestamp),
}

/// Whether a sink hears of such a thing at all.
pub(super) fn wants(id: &SinkId, sink: &Sink, stage: &Stage) -> bool {
    stage.except.as_ref() != Some(id)
        && severity(stage.kind) >= sink.min_severity
        && sink.hears(stage.storyline.as_ref())
}

/// How a sink is told of one more alert, after what is planned already.
pub(super) fn way(
    situation: &Situation<'_>,
    planned: &[Event],
    id: &SinkId,
    sink: &Sink,
    kind: AlertKind,
) -> Way {
    if let Some(peace) = peace(situation, sink).filter(|it| !it.lets(severity(kind))) {
        return Way::Gather(DeliveryDigest::Quiet, peace.until);
    }
    match &sink.digest {
        Digest::Each => {}
        Digest::Every(span) => {
            let opened = open_since(situation, planned, id, DeliveryDigest::Window, sink);
            return Way::Gather(DeliveryDigest::Window, opened.unwrap_or(later(situation.now, *span)));
        }
        Digest::At(times) => {
            let at = calendar::next(times, zone(situation, sink), situation.now);
            return Way::Gather(DeliveryDigest::Window, at);
        }
    }
    if let Some(opened) = open_since(situation, planned, id, DeliveryDigest::Rate, sink) {
        return Way::Gather(DeliveryDigest::Rate, opened);
    }
    let free = free_at(situation, planned, id, sink.rate);
    if free <= situation.now { Way::Now } else { Way::Gather(DeliveryDigest::Rate, free) }
}

/// Where a sink's times of the day are meant.
fn zone<'a>(situation: &Situation<'a>, sink: &'a Sink) -> &'a TimeZone {
    sink.time_zone.as_ref().unwrap_or(situation.zone)
}

/// The quiet hours a sink has now; none where it is not left in peace.
pub(super) fn peace(situation: &Situation<'_>, sink: &Sink) -> Option<Peace> {
    Peace::of(situation.config, sink, situation.zone, situation.now)
}

/// When the digest closes that a sink's window or rate has open.
fn open_since(
    situation: &Situation<'_>,
    planned: &[Event],
    id: &SinkId,
    digest: DeliveryDigest,
    sink: &Sink,
) -> Option<Timestamp> {
    // What a snooze holds stands in the same digest, for longer than any window is open.
    let window = if let Digest::Every(span) = sink.digest { span } else { Duration::ZERO };
    let latest = later(situation.now, window.max(sink.rate.per));
    let known = situation.state.gathered.iter().filter(|it| it.sink == *id && it.digest == digest);
    let new = planned.iter().filter_map(|it| match it {
        Event::AlertGathered { sink, digest: it, not_before, .. } if sink == id && *it == digest => {
            Some(*not_before)
        }
        _ => None,
    });
    known.map(|it| it.not_before).chain(new).filter(|it| *it <= latest).min()
}

/// When a sink takes its next message.
pub(super) fn free_at(situation: &Situation<'_>, planned: &[Event], id: &SinkId, rate: Rate) -> Timestamp {
    let none = BTreeMap::new();
    let sent = situation.state.sinks.get(id).map_or(&none, |it| &it.planned);
    let new =
        planned.iter().filter(|it| matches!(it, Event::DeliveryPlanned { sink, .. } if sink == id)).count();
    let now = std::iter::once((situation.now, u32::try_from(new).unwrap_or(u32::MAX)));
    bucket(rate, sent.iter().map(|(at, n)| (*at, *n)).chain(now))
}

/// A token bucket that was full before the first of `sent`: when it holds a token again.
fn bucket(rate: Rate, sent: impl Iterator<Item = (Timestamp, u32)>) -> Timestamp {
    let messages = i64::from(rate.messages.max(1));
    let per = i64::try_from(rate.per.as_micros()).unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
    let (each, mut full) = (per / messages, i64::MIN / 4);
    for (at, n) in sent {
        full = full.max(at.as_microsecond()).saturating_add(each.saturating_mul(i64::from(n)));
    }
    Timestamp::from_microsecond(full.saturating_sub(per - each)).unwrap_or(Timestamp::MIN)
}

/// How many of `times` lie within `span` before `now`.
pub(super) fn within(times: &BTreeMap<Timestamp, u32>, now: Timestamp, span: SignedDuration) -> u32 {
    let since = now.checked_sub(span).unwrap_or(Timestamp::MIN);
    times.range(since..).map(|(_, n)| n).sum()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn minute(n: i64) -> Timestamp {
        Timestamp::from_second(1_739_318_400 + n * 60).unwrap()
    }

    #[test]
    fn a_bucket_gives_its_burst_at_once_and_then_one_at_a_time() {
        let rate = Rate { messages: 3, per: Duration::from_mins(30) };
        let check = |sent: &[(i64, u32)], want: i64| {
            let free = bucket(rate, sent.iter().map(|(at, n)| (minute(*at), *n)));
            assert_eq!(free.max(minute(0)), minute(want), "{sent:?}");
        };
        check(&[], 0);
        check(&[(0, 2)], 0);
        check(&[(0, 3)], 10);
        check(&[(0, 3), (10, 1)], 20);
        check(&[(0, 3), (25, 0)], 10);
        check(&[(0, 1), (40, 3)], 50);
    }
}
