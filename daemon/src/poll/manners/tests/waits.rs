//! When a feed is asked again.

use super::*;

/// Minutes until the next visit after an answer with `headers`.
fn check_wait(status: u16, headers: &str, minutes: u64) {
    let outcome = if status == 200 { page(Hints::default()) } else { failed(Some(status)) };
    let next = after_default(&Schedule::default(), &visit(noon(), Some(answer(status, headers)), outcome));
    assert_eq!(between(noon(), next.next_visit.unwrap()).as_secs() / 60, minutes, "{status} {headers}");
}

#[test]
fn the_next_visit_is_what_the_server_asks_but_not_before_ours() {
    check_wait(200, "", 15);
    check_wait(200, "cache-control: max-age=60", 15);
    check_wait(200, "cache-control: public, Max-Age=\"3600\"", 60);
    check_wait(200, "cache-control: max-age=3600, no-cache", 15);
    check_wait(200, "cache-control: no-store, max-age=3600", 15);
    check_wait(200, "cache-control: max-age=99999999999999999999", 24 * 60);
    check_wait(200, "cache-control: max-age=-1", 15);
    check_wait(200, "expires: Wed, 12 Feb 2025 14:00:00 GMT", 120);
    check_wait(200, "expires: 0", 15);
    // Read against the server's own clock, which is a day ahead.
    check_wait(200, "expires: Thu, 13 Feb 2025 14:00:00 GMT\ndate: Thu, 13 Feb 2025 12:00:00 GMT", 120);
    check_wait(200, "expires: Wed, 12 Feb 2025 20:00:00 GMT\ncache-control: max-age=1800", 30);
    check_wait(200, "retry-after: 7200", 120);
}

#[test]
fn retry_after_is_kept_in_both_its_forms() {
    check_wait(503, "retry-after: 7200", 120);
    check_wait(429, "retry-after: 7200", 120);
    check_wait(404, "retry-after: 7200", 120);
    check_wait(503, "retry-after: Wed, 12 Feb 2025 15:00:00 GMT", 180);
    check_wait(503, "retry-after: Tue, 11 Feb 2025 15:00:00 GMT\ndate: Tue, 11 Feb 2025 12:00:00 GMT", 180);
    // One in the past, or that is no number, asks for nothing.
    check_wait(503, "retry-after: Mon, 10 Feb 2025 15:00:00 GMT", 15);
    check_wait(503, "retry-after: soon", 15);
    check_wait(503, "retry-after: -5", 15);
    check_wait(429, "retry-after: 99999999999999999999", 7 * 24 * 60);
    check_wait(503, "retry-after: 31536000", 7 * 24 * 60);
}

#[test]
fn too_many_requests_pause_the_domain_and_unavailable_the_feed() {
    let check = |status, headers: &str, min_interval: u64, seconds, why: &str, domain: Option<&str>| {
        let poll = Poll { min_interval: Duration::from_secs(min_interval), ..Poll::default() };
        let visit = visit(noon(), Some(answer(status, headers)), failed(Some(status)));
        let hold =
            after(&Schedule::default(), &visit, Overlap::default(), &feed(None), &poll, 0.5).held.unwrap();
        let found = (between(noon(), hold.until).as_secs(), hold.why.as_str(), hold.domain.as_deref());
        assert_eq!(found, (seconds, why, domain));
    };
    check(429, "", 1, 300, "pause", Some("example.org"));
    check(429, "", 900, 900, "pause", Some("example.org"));
    check(429, "retry-after: 20", 900, 20, "retry_after", Some("example.org"));
    check(503, "", 1, 60, "pause", None);
    check(503, "", 900, 900, "pause", None);
    check(503, "retry-after: 90", 1, 90, "retry_after", None);
}

#[test]
fn what_a_document_asks_for_holds_until_it_is_read_again() {
    let hints = Hints { interval: Some(HOUR * 2), ..Hints::default() };
    let first = after_default(&Schedule::default(), &visit(noon(), Some(answer(200, "")), page(hints)));
    let later_on = first.next_visit.unwrap();
    assert_eq!(between(noon(), later_on), HOUR * 2);
    let second = after_default(&first, &visit(later_on, Some(answer(304, "")), Outcome::NotModified));
    assert_eq!(between(later_on, second.next_visit.unwrap()), HOUR * 2);
    let third = after_default(&second, &visit(later_on, Some(answer(200, "")), page(Hints::default())));
    assert!(between(later_on, third.next_visit.unwrap()) < HOUR);
    let much = Hints { interval: Some(WEEK), ..Hints::default() };
    let bounded = after_default(&first, &visit(noon(), Some(answer(200, "")), page(much)));
    assert_eq!(between(noon(), bounded.next_visit.unwrap()), DAY);
}

#[test]
fn hours_and_days_to_skip_are_skipped() {
    let check = |hours: &[u32], days: &[u8], expected: &str| {
        let hints = Hints {
            skip_hours: hours.iter().fold(0, |mask, it| mask | 1 << it),
            skip_days: days.iter().fold(0, |mask, it| mask | 1 << it),
            ..Hints::default()
        };
        // A Wednesday; a quarter past without them.
        let next = after_default(&Schedule::default(), &visit(noon(), Some(answer(200, "")), page(hints)));
        assert_eq!(next.next_visit, Some(at(expected)), "{hours:?} {days:?}");
    };
    check(&[0, 1, 13], &[], "2025-02-12T12:15:00Z");
    check(&[12, 13], &[], "2025-02-12T14:00:00Z");
    check(&[], &[2], "2025-02-13T00:00:00Z");
    // Two days are more than one may be put off by; all hours are a mistake.
    check(&[], &[2, 3], "2025-02-12T12:15:00Z");
    check(&(0..24).collect::<Vec<_>>(), &[], "2025-02-12T12:15:00Z");
}

#[test]
fn failures_back_off_to_six_hours_and_to_a_day_after_a_week() {
    let (mut schedule, mut now, mut waits) = (Schedule::default(), noon(), Vec::new());
    for _ in 0..40 {
        schedule = after_default(&schedule, &visit(now, Some(answer(404, "")), failed(Some(404))));
        let next = schedule.next_visit.unwrap();
        waits.push(between(now, next).as_secs() / 60);
        now = next;
    }
    assert_eq!(waits[..7], [15, 30, 60, 120, 240, 360, 360]);
    assert_eq!(waits[39], 24 * 60);
    let first_day = waits.iter().position(|it| *it == 24 * 60).unwrap();
    assert!(waits[..first_day].iter().sum::<u64>() >= 7 * 24 * 60);
    assert_eq!((state(&schedule), schedule.failures), (FeedState::Failing, 40));
    let mended = after_default(&schedule, &visit(now, Some(answer(200, "")), page(Hints::default())));
    assert_eq!((state(&mended), mended.error), (FeedState::Ok, None));
}

#[test]
fn after_eight_days_of_only_304_the_whole_document_is_asked_for() {
    let mut schedule = after_default(
        &Schedule::default(),
        &visit(noon(), Some(answer(200, "etag: \"1\"")), page(Hints::default())),
    );
    for day in 1..8 {
        let visit = visit(later(noon(), DAY * day), Some(answer(304, "")), Outcome::NotModified);
        schedule = after_default(&schedule, &visit);
        assert_eq!(question(&schedule, URL, later(noon(), DAY * day)).validators.len(), 1);
    }
    let eighth = later(noon(), DAY * 8);
    assert_eq!(question(&schedule, URL, eighth).validators.len(), 0);
    // The same bytes under a 200 are the whole document too.
    let whole =
        after_default(&schedule, &visit(eighth, Some(answer(200, "etag: \"1\"")), Outcome::NotModified));
    assert_eq!(question(&whole, URL, eighth).validators.len(), 1);
}

#[test]
fn the_interval_aims_for_a_third_to_two_thirds_known() {
    let check = |own: u64, items, new, minutes: u64| {
        let before =
            Schedule { url: URL.to_owned(), interval_seconds: Some(own * 60), ..Schedule::default() };
        let visit = visit(noon(), Some(answer(200, "")), page(Hints::default()));
        let after = after(&before, &visit, Overlap { items, new }, &feed(None), &Poll::default(), 0.0);
        assert_eq!(between(noon(), after.next_visit.unwrap()).as_secs() / 60, minutes, "{own} {items} {new}");
    };
    check(60, 30, 15, 60);
    check(60, 30, 30, 30);
    check(60, 30, 0, 90);
    check(60, 0, 0, 90);
    check(20, 30, 30, 15);
    check(300, 30, 0, 360);
}

#[test]
fn a_fixed_interval_may_exceed_the_longest_but_not_undercut_the_shortest() {
    let check = |interval: Duration, expected: Duration| {
        let visit = visit(noon(), Some(answer(200, "")), page(Hints::default()));
        let next = after(
            &Schedule::default(),
            &visit,
            Overlap::default(),
            &feed(Some(interval)),
            &Poll::default(),
            0.0,
        );
        assert_eq!(between(noon(), next.next_visit.unwrap()), expected);
    };
    check(HOUR, HOUR);
    check(DAY, DAY);
    check(Duration::from_mins(1), Duration::from_mins(15));
}

#[test]
fn chance_only_lengthens_and_by_a_tenth_at_most() {
    for n in 0..1000 {
        let now = later(noon(), Duration::from_secs(n));
        let jitter = jitter(&"f".parse().unwrap(), now);
        let visit = visit(now, Some(answer(200, "")), page(Hints::default()));
        let next =
            after(&Schedule::default(), &visit, Overlap::default(), &feed(None), &Poll::default(), jitter);
        let wait = between(now, next.next_visit.unwrap()).as_secs_f64();
        assert!((900.0..=990.0).contains(&wait), "{wait}");
    }
}

#[test]
fn a_shorter_interval_holds_at_once_but_not_against_a_hold() {
    let long = Schedule { url: URL.to_owned(), interval_seconds: Some(6 * 3600), ..Schedule::default() };
    let read = after_default(&long, &visit(noon(), Some(answer(200, "")), page(Hints::default())));
    let poll = Poll { max_interval: HOUR, ..Poll::default() };
    assert_eq!(due(&read, &feed(None), &Poll::default()), read.next_visit);
    assert!(due(&read, &feed(None), &poll).is_some_and(|it| between(noon(), it) <= HOUR * 11 / 10));
    let held = visit(noon(), Some(answer(503, "retry-after: 7200")), failed(Some(503)));
    let held = after_default(&long, &held);
    let quick = Poll {
        min_interval: Duration::from_secs(1),
        max_interval: Duration::from_secs(1),
        ..Poll::default()
    };
    assert!(due(&held, &feed(None), &quick).is_some_and(|it| between(noon(), it) >= HOUR * 2));
}

#[test]
fn what_could_not_be_recorded_is_read_again_and_keeps_only_holds() {
    let poll = Poll::default();
    let before = after_default(
        &Schedule::default(),
        &visit(noon(), Some(answer(200, "etag: \"1\"")), page(Hints::default())),
    );
    let now = later(noon(), DAY);
    let read = after_default(&before, &visit(now, Some(answer(200, "etag: \"2\"")), page(Hints::default())));
    let check = |after: &Schedule, minutes: u64| {
        let it = unrecorded(&before, after, &poll, now);
        assert_eq!(between(now, it.next_visit.unwrap()).as_secs() / 60, minutes);
        assert_eq!(it.validators, before.validators);
    };
    check(&read, 15);
    let held = visit(now, Some(answer(503, "retry-after: 36000")), failed(Some(503)));
    check(&after_default(&before, &held), 600);
}
