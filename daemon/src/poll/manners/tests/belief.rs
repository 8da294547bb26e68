//! What is believed of a feed: that it moved, is gone, is silent, is the same.

use super::*;

#[test]
fn gone_thrice_over_three_days_is_asked_monthly() {
    let gone = |schedule: &Schedule, now| {
        after_default(schedule, &visit(now, Some(answer(410, "")), failed(Some(410))))
    };
    let hasty =
        gone(&gone(&gone(&Schedule::default(), noon()), later(noon(), HOUR)), later(noon(), HOUR * 2));
    assert_eq!(
        (state(&hasty), between(later(noon(), HOUR * 2), hasty.next_visit.unwrap())),
        (FeedState::Gone, HOUR)
    );
    let late = later(noon(), DAY * 3);
    let suspended = gone(&hasty, late);
    assert_eq!(between(late, suspended.next_visit.unwrap()), MONTH);
    // A network that fails says nothing; another answer does.
    let unsure = after_default(&suspended, &visit(late, None, failed(None)));
    assert_eq!(state(&unsure), FeedState::Gone);
    let other = after_default(&suspended, &visit(late, Some(answer(404, "")), failed(Some(404))));
    assert_eq!((state(&other), other.gone), (FeedState::Failing, 0));
}

fn moving(from: &str, to: &str) -> Answer {
    let hops = vec![Hop { url: from.to_owned(), status: 301 }, Hop { url: to.to_owned(), status: 200 }];
    Answer { hops, permanent: Some(to.to_owned()), final_url: to.to_owned(), ..answer(200, "") }
}

#[test]
fn a_move_is_believed_after_a_week_and_five_visits() {
    let to = "https://new.example.org/feed";
    let mut schedule = Schedule::default();
    for day in 0..=6 {
        let visit = visit(later(noon(), DAY * day), Some(moving(URL, to)), page(Hints::default()));
        schedule = after_default(&schedule, &visit);
        assert_eq!((state(&schedule), schedule.adopted.as_deref()), (FeedState::Moved, None));
        // A failure on the way neither counts nor spoils it.
        let failure = visit_failed(later(noon(), DAY * day));
        schedule = after_default(&schedule, &failure);
    }
    let last = visit(later(noon(), WEEK), Some(moving(URL, to)), page(Hints::default()));
    let adopted = after_default(&schedule, &last);
    assert_eq!((state(&adopted), adopted.adopted.as_deref()), (FeedState::Ok, Some(to)));
    let told = events(&"f".parse().unwrap(), &schedule, &adopted);
    assert_eq!(kinds(&told), ["feed_recovered", "feed_moved"]);
    assert_eq!(question(&adopted, URL, later(noon(), WEEK)).url, to);

    // The old address answers again.
    let back = after_default(&adopted, &visit(noon(), Some(moving(to, URL)), page(Hints::default())));
    assert_eq!(back.moving.map(|it| it.to).as_deref(), Some(URL));
    // A person who writes another address starts afresh.
    assert_eq!(question(&adopted, "https://other.example/", noon()).url, "https://other.example/");
}

fn visit_failed(now: Timestamp) -> Visit {
    visit(now, None, failed(None))
}

#[test]
fn few_visits_or_another_target_are_no_move() {
    let (a, b) = ("https://a.example/", "https://b.example/");
    let first =
        after_default(&Schedule::default(), &visit(noon(), Some(moving(URL, a)), page(Hints::default())));
    let month = later(noon(), MONTH);
    let second = after_default(&first, &visit(month, Some(moving(URL, a)), page(Hints::default())));
    assert_eq!((second.adopted.as_deref(), second.moving.clone().map(|it| it.visits)), (None, Some(2)));
    let other = after_default(&second, &visit(month, Some(moving(URL, b)), page(Hints::default())));
    assert_eq!(other.moving, Some(Moving { to: b.to_owned(), since: month, visits: 1 }));
    let none = after_default(&other, &visit(month, Some(answer(200, "")), page(Hints::default())));
    assert_eq!((none.moving, none.adopted), (None, None));
}

#[test]
fn the_same_host_asked_safely_is_believed_at_once_and_never_the_other_way() {
    let check = |from: &str, to: &str, adopted: Option<&str>| {
        let visit =
            Visit { url: from.to_owned(), ..visit(noon(), Some(moving(from, to)), page(Hints::default())) };
        let after = after_default(&Schedule::default(), &visit);
        assert_eq!(after.adopted.as_deref(), adopted, "{from} {to}");
        if from.starts_with("https") {
            assert_eq!(after.moving, None);
        }
    };
    check("http://example.org/feed", "https://example.org/feed", Some("https://example.org/feed"));
    check("http://example.org/feed", "https://www.example.org/feed", None);
    check("https://example.org/feed", "http://example.org/feed", None);
}

#[test]
fn validators_stay_with_their_address_and_only_of_what_was_read() {
    let ask = |schedule: &Schedule, now| question(schedule, URL, now).validators;
    let first = after_default(
        &Schedule::default(),
        &visit(noon(), Some(answer(200, "etag: \"1\"")), page(Hints::default())),
    );
    assert_eq!(ask(&first, noon())[URL].etag.as_deref(), Some("\"1\""));
    let unread = after_default(&first, &visit(noon(), Some(answer(200, "etag: \"2\"")), failed(Some(200))));
    assert_eq!(ask(&unread, noon())[URL].etag.as_deref(), Some("\"1\""));
    let bare = after_default(&first, &visit(noon(), Some(answer(200, "")), page(Hints::default())));
    assert_eq!(ask(&bare, noon()).len(), 0);
    let same = after_default(&first, &visit(noon(), Some(answer(304, "")), Outcome::NotModified));
    assert_eq!(ask(&same, noon()).len(), 1);
    let elsewhere = "https://cdn.example.org/1";
    let moved = after_default(
        &first,
        &visit(noon(), Some(moving("https://x.example/", elsewhere)), page(Hints::default())),
    );
    assert_eq!(ask(&moved, noon()).len(), 0);
}

#[test]
fn after_a_document_that_cannot_be_read_the_whole_one_is_asked_for() {
    let etag = || Some(answer(200, "etag: \"1\""));
    let first = after_default(&Schedule::default(), &visit(noon(), etag(), page(Hints::default())));
    assert_eq!(question(&first, URL, noon()).validators.len(), 1);
    for trouble in [FeedTrouble::Html, FeedTrouble::Empty, FeedTrouble::Unreadable, FeedTrouble::TooLarge] {
        let failure = Failure { trouble, error: "broken".to_owned(), status: Some(200), blocked: false };
        let broken = after_default(&first, &visit(noon(), etag(), Outcome::Failed(failure)));
        assert_eq!(question(&broken, URL, noon()).validators.len(), 0, "{trouble:?}");
        let mended = after_default(&broken, &visit(noon(), etag(), page(Hints::default())));
        assert_eq!(question(&mended, URL, noon()).validators.len(), 1);
    }
    // A server that was away has not changed its document.
    let away = after_default(&first, &visit(noon(), None, failed(Some(503))));
    assert_eq!(question(&away, URL, noon()).validators.len(), 1);
}

#[test]
fn a_feed_that_brings_nothing_beyond_its_habit_is_silent() {
    let brings = |schedule: &Schedule, now, new| {
        let visit = visit(now, Some(answer(200, "")), page(Hints::default()));
        after(schedule, &visit, Overlap { items: 10, new }, &feed(None), &Poll::default(), 0.0)
    };
    let mut schedule = Schedule::default();
    for day in 0..6 {
        schedule = brings(&schedule, later(noon(), DAY * day), 1);
    }
    let last = later(noon(), DAY * 5);
    let weekend = brings(&schedule, later(last, DAY * 4), 0);
    assert_eq!(state(&weekend), FeedState::Ok);
    let silent = brings(&weekend, later(last, DAY * 5), 0);
    assert_eq!(state(&silent), FeedState::Silent);
    assert_eq!(kinds(&events(&"f".parse().unwrap(), &weekend, &silent)), ["feed_silent"]);
    let speaks = brings(&silent, later(last, DAY * 6), 1);
    assert_eq!(kinds(&events(&"f".parse().unwrap(), &silent, &speaks)), ["feed_recovered"]);
}

fn kinds(events: &[storyline_store::Event]) -> Vec<String> {
    let kind = |it| serde_json::to_value(it).ok()?.get("kind")?.as_str().map(str::to_owned);
    events.iter().filter_map(kind).collect()
}

#[test]
fn each_trouble_is_told_once_and_its_end_once() {
    let id = "f".parse().unwrap();
    let mut schedule = Schedule::default();
    let mut step = |outcome: Outcome, status: u16| {
        let before = schedule.clone();
        schedule = after_default(&before, &visit(noon(), Some(answer(status, "")), outcome));
        (kinds(&events(&id, &before, &schedule)), state(&schedule))
    };
    let told = |kind: &str| vec![kind.to_owned()];
    assert_eq!(step(page(Hints::default()), 200), (vec![], FeedState::Ok));
    assert_eq!(step(failed(Some(500)), 500), (told("feed_failed"), FeedState::Failing));
    assert_eq!(step(failed(Some(502)), 502), (vec![], FeedState::Failing));
    let challenge = Failure {
        trouble: FeedTrouble::Html,
        error: "challenge".to_owned(),
        status: Some(403),
        blocked: true,
    };
    assert_eq!(step(Outcome::Failed(challenge), 403), (told("feed_blocked"), FeedState::Blocked));
    assert_eq!(step(failed(Some(410)), 410), (told("feed_gone"), FeedState::Gone));
    assert_eq!(step(Outcome::NotModified, 304), (told("feed_recovered"), FeedState::Ok));
}

#[test]
fn a_server_whose_clock_is_wrong_is_told_of_and_so_is_its_end() {
    let id = "f".parse().unwrap();
    let mut schedule = Schedule::default();
    let mut step = |headers: &str| {
        let before = schedule.clone();
        schedule = after_default(&before, &visit(noon(), Some(answer(200, headers)), page(Hints::default())));
        let told = events(&id, &before, &schedule);
        assert_eq!(state(&schedule), FeedState::Ok, "it can be read all the same");
        (schedule.skew_seconds, serde_json::to_value(&told).unwrap()[0]["seconds"].as_i64())
    };
    assert_eq!(step("date: Wed, 12 Feb 2025 12:04:59 GMT"), (None, None));
    assert_eq!(step("date: Wed, 12 Feb 2025 14:00:00 GMT"), (Some(7200), Some(7200)));
    assert_eq!(step("date: Wed, 12 Feb 2025 14:01:00 GMT"), (Some(7260), None), "once");
    assert_eq!(step(""), (Some(7260), None), "it does not say");
    assert_eq!(step("date: Wed, 12 Feb 2025 08:00:00 GMT\nage: 14400"), (Some(7260), None), "a cache's date");
    assert_eq!(step("date: Wed, 12 Feb 2025 11:58:00 GMT"), (None, Some(0)));
    assert_eq!(step("date: Wed, 12 Feb 2025 11:00:00 GMT"), (Some(-3600), Some(-3600)));
}

#[test]
fn a_feed_is_new_until_it_is_visited() {
    assert_eq!(state(&Schedule::default()), FeedState::New);
    assert_eq!(serde_json::to_string(&FeedState::New).unwrap(), "\"new\"");
}
