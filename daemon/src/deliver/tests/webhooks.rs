//! What a webhook gets, and what follows from what it says.

use std::{io::Write, time::Duration};

use expect_test::{Expect, expect};
use storyline_config::{Retry, Service, SinkKind};
use storyline_store::DeliveryState;

use super::{
    receiver::{Reply, receiver, says},
    writer::Bench,
};
use crate::clock::between;

/// One delivery to a webhook that answers so, until it stands so.
async fn check(replies: Vec<Reply>, end: DeliveryState, want: Expect) -> Bench {
    let mut bench = Bench::new();
    let url = receiver(bench.journal.clone(), replies).await;
    bench.sink(SinkKind::Webhook { url: url.into() }, |it| {
        it.retry = Retry {
            first: Duration::from_secs(1),
            max: Duration::from_secs(8),
            give_up: Duration::from_hours(1),
        };
    });
    let id = bench.plan("munich", r#"{"kind":"new"}"#);
    bench.start();
    bench.until_state(id, end).await;
    want.assert_eq(&bench.journal.lines());
    bench
}

#[tokio::test]
async fn each_attempt_is_recorded_before_it_is_made_and_carries_the_same() {
    let replies = vec![
        says("500 Internal Server Error"),
        says("503 Service Unavailable"),
        Reply::HangsUp,
        says("200 OK"),
    ];
    let bench = check(
        replies,
        DeliveryState::Done,
        expect![[r#"
        attempted 1
            request {"kind":"new"}
        failed 1: answered 500 Internal Server Error
        attempted 2
            request {"kind":"new"}
        failed 2: answered 503 Service Unavailable
        attempted 3
            request {"kind":"new"}
        failed 3: failed to send: connection closed before message completed
        attempted 4
            request {"kind":"new"}
        done 4
    "#]],
    )
    .await;
    let ids: Vec<_> = bench.journal.requests().iter().map(|(head, ..)| header(head, "webhook-id")).collect();
    assert_eq!(ids, vec![Some("m-0000000000000001".to_owned()); 4]);
}

#[tokio::test]
async fn a_pause_that_the_sink_asks_for_wins_over_the_longest_of_our_own() {
    let date = "Wed, 12 Feb 2025 12:00:00 GMT";
    let until = "Wed, 12 Feb 2025 12:10:00 GMT";
    let check = async |status: &str, least: u64, most: u64| {
        let (mut bench, _hand) = Bench::by_hand();
        let url = receiver(bench.journal.clone(), vec![says(status)]).await;
        bench.sink(SinkKind::Webhook { url: url.into() }, |it| it.retry.max = Duration::from_secs(8));
        let id = bench.plan("munich", "{}");
        bench.start();
        bench.until_state(id, DeliveryState::Failing).await;
        let until = bench.handle.view().state.deliveries[&id].retry_at.unwrap();
        let pause = between(bench.clock.now(), until).as_secs();
        assert!((least..=most).contains(&pause), "{status}: {pause}");
    };
    check("429 Too Many Requests", 1, 2).await;
    check("429 Too Many Requests\r\nRetry-After: 600", 600, 600).await;
    check(&format!("503 Busy\r\nDate: {date}\r\nRetry-After: {until}"), 600, 600).await;
    check(&format!("503 Busy\r\nDate: {until}\r\nRetry-After: {date}"), 1, 2).await;
}

#[tokio::test]
async fn what_it_will_never_take_is_dead_at_once() {
    for status in ["400 Bad Request", "401 Unauthorized", "404 Not Found", "422 Unprocessable Content"] {
        let want = format!("attempted 1\n    request {{\"kind\":\"new\"}}\ndead: answered {status}\n");
        let want = want.replace("Unprocessable Content", "Unprocessable Entity");
        let bench = check_plain(vec![says(status)], DeliveryState::Dead).await;
        assert_eq!(bench.journal.lines(), want);
    }
}

async fn check_plain(replies: Vec<Reply>, end: DeliveryState) -> Bench {
    let mut bench = Bench::new();
    let url = receiver(bench.journal.clone(), replies).await;
    bench.sink(SinkKind::Webhook { url: url.into() }, |_| {});
    let id = bench.plan("munich", r#"{"kind":"new"}"#);
    bench.start();
    bench.until_state(id, end).await;
    bench
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    for status in ["408 Request Timeout", "425 Too Early", "429 Too Many Requests", "500 Oops", "599 Odd"] {
        let bench = check_plain(vec![says(status)], DeliveryState::Done).await;
        assert_eq!(bench.journal.requests().len(), 2, "{status}");
    }
}

#[tokio::test]
async fn a_sink_that_wants_nothing_any_more_is_not_called_again_until_a_reload() {
    let mut bench = check(
        vec![says("410 Gone")],
        DeliveryState::Held,
        expect![[r#"
        attempted 1
            request {"kind":"new"}
        disabled: answered 410 Gone: it wants nothing any more
    "#]],
    )
    .await;
    let later = bench.plan("saudi-meeting", "{}");
    assert_eq!(bench.state_of(later), DeliveryState::Held);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let mut bench = Bench::new();
    let elsewhere = receiver(bench.journal.clone(), vec![]).await;
    let url =
        receiver(bench.journal.clone(), vec![says(&format!("302 Found\r\nLocation: {elsewhere}")); 3]).await;
    bench.sink(SinkKind::Webhook { url: url.into() }, |it| it.retry.give_up = Duration::from_secs(2));
    let id = bench.plan("munich", "{}");
    bench.start();
    bench.until_state(id, DeliveryState::Dead).await;
    let host = |head: &str| header(head, "host");
    let asked: Vec<_> = bench.journal.requests().iter().map(|(head, ..)| host(head)).collect();
    assert!(asked.iter().all(|it| *it == asked[0]), "{asked:?}");
    let last = bench.handle.view().state.deliveries[&id].last_error.clone().unwrap();
    assert!(last.contains("redirects are not followed"), "{last}");
}

#[tokio::test]
async fn after_its_time_a_delivery_is_given_up() {
    let (mut bench, hand) = Bench::by_hand();
    let url = receiver(bench.journal.clone(), vec![says("500 Oops"); 100]).await;
    bench.sink(SinkKind::Webhook { url: url.into() }, |it| it.retry.give_up = Duration::from_secs(6));
    let (id, began) = (bench.plan("munich", "{}"), bench.clock.now());
    bench.start();
    let mut at = Vec::new();
    for n in 1.. {
        bench.until_requests(n).await;
        bench.until_settled(id, n).await;
        let it = bench.handle.view().state.deliveries[&id].clone();
        at.push(between(began, bench.clock.now()).as_secs());
        match it.retry_at {
            Some(until) => hand.set(until),
            None => break,
        }
    }
    assert_eq!(at, [0, 1, 3, 6], "the last attempt is made when the time is up");
    let last = bench.handle.view().state.deliveries[&id].clone();
    assert_eq!(last.state, DeliveryState::Dead);
    assert_eq!(
        last.last_error.as_deref(),
        Some("given up after 4 attempts: answered 500 Internal Server Error")
    );
}

#[tokio::test]
async fn a_sink_that_does_not_answer_in_time_failed() {
    let mut bench = Bench::new();
    let url = receiver(bench.journal.clone(), vec![Reply::Hangs, says("200 OK")]).await;
    bench.sink(SinkKind::Webhook { url: url.into() }, |it| it.timeout = Duration::from_millis(500));
    let id = bench.plan("munich", "{}");
    bench.start();
    bench.until_state(id, DeliveryState::Done).await;
    let lines = bench.journal.lines();
    assert!(lines.contains("failed 1: no answer within 500ms\n"), "{lines}");
}

#[tokio::test]
async fn a_sink_that_is_not_there_failed() {
    let mut bench = Bench::new();
    bench.sink(SinkKind::Webhook { url: "http://127.0.0.1:1/hook?key=secret".parse().unwrap() }, |_| {});
    let id = bench.plan("munich", "{}");
    bench.start();
    bench.until_state(id, DeliveryState::Failing).await;
    let error = bench.handle.view().state.deliveries[&id].last_error.clone().unwrap();
    assert!(error.starts_with("failed to connect: ") && !error.contains("secret"), "{error}");
}

#[tokio::test]
async fn a_delivery_that_waits_holds_back_its_own_storyline_only() {
    let (mut bench, hand) = Bench::by_hand();
    let url = receiver(bench.journal.clone(), vec![says("503 Busy\r\nRetry-After: 1000")]).await;
    bench.sink(SinkKind::Webhook { url: url.into() }, |_| {});
    let first = bench.plan("munich", r#""munich 1""#);
    let second = bench.plan("munich", r#""munich 2""#);
    let other = bench.plan("saudi-meeting", r#""saudi 1""#);
    bench.start();
    bench.until_state(other, DeliveryState::Done).await;
    assert_eq!(bench.state_of(first), DeliveryState::Failing);
    assert_eq!(bench.state_of(second), DeliveryState::Planned);
    hand.advance(Duration::from_secs(1000));
    bench.until_state(second, DeliveryState::Done).await;
    let bodies: Vec<_> = bench.journal.requests().into_iter().map(|(_, body, _)| body).collect();
    assert_eq!(bodies, [r#""munich 1""#, r#""saudi 1""#, r#""munich 1""#, r#""munich 2""#]);
}

#[tokio::test]
async fn one_request_is_in_flight_per_sink() {
    let mut bench = Bench::new();
    let slow = Reply::SaysAfter(Duration::from_millis(30), "200 OK".into());
    let url = receiver(bench.journal.clone(), vec![slow; 3]).await;
    bench.sink(SinkKind::Webhook { url: url.into() }, |_| {});
    for it in ["munich", "saudi-meeting", "europe-role"] {
        bench.plan(it, "0");
    }
    bench.start();
    bench.until_requests(3).await;
    expect![[r#"
        attempted 1
            request 0
        done 1
        attempted 1
            request 0
        done 1
        attempted 1
            request 0
    "#]]
    .assert_eq(&bench.journal.lines());
}

#[tokio::test]
async fn messages_are_signed_with_every_key_and_unsigned_without_one() {
    let mut bench = Bench::new();
    let url = receiver(bench.journal.clone(), vec![]).await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw \nwhsec_c2Vjb25k").unwrap();
    let secret = Some(file.path().to_owned());
    bench.sink(SinkKind::Webhook { url: url.clone().into() }, |it| it.secret_file = secret);
    let signed = bench.plan("munich", r#"{"kind":"new"}"#);
    bench.start();
    bench.until_state(signed, DeliveryState::Done).await;

    bench.sink(SinkKind::Webhook { url: url.into() }, |_| {});
    let plain = bench.plan("munich", "{}");
    bench.until_state(plain, DeliveryState::Done).await;

    let requests = bench.journal.requests();
    let head = &requests[0].0;
    let second = header(head, "webhook-timestamp").unwrap().parse().unwrap();
    let keys = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2Vjb25k"];
    let keys: Vec<_> = keys.iter().map(|it| crate::deliver::secret::Secret::parse(it).unwrap()).collect();
    let want = crate::deliver::signature::signature(&keys, &signed.to_string(), second, r#"{"kind":"new"}"#);
    assert_eq!(header(head, "webhook-signature"), want);
    assert_eq!(header(head, "content-type").as_deref(), Some("application/json"));
    assert_eq!(header(&requests[1].0, "webhook-signature"), None);
    assert!(header(&requests[1].0, "webhook-timestamp").is_some());
}

#[tokio::test]
async fn a_service_is_told_in_its_own_way_with_its_token() {
    let mut bench = Bench::new();
    let url = receiver(bench.journal.clone(), vec![Reply::Tells(r#"{"id":"x"}"#.to_owned())]).await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "tk_secret").unwrap();
    let secret = Some(file.path().to_owned());
    bench.sink(SinkKind::Service { service: Service::Ntfy, url: url.into() }, |it| it.secret_file = secret);
    let id = bench.plan("munich", r#"{"title":"The conference","text":"munich · new","severity":"notice"}"#);
    bench.start();
    bench.until_state(id, DeliveryState::Done).await;
    let (head, body, _) = bench.journal.requests().remove(0);
    assert_eq!(body, r#"{"topic":"hook","title":"The conference","message":"munich · new","priority":3}"#);
    assert_eq!(header(&head, "authorization").as_deref(), Some("Bearer tk_secret"));
    assert!(head.starts_with("POST / "), "{head}");
}

#[tokio::test]
async fn nothing_is_sent_unsigned_because_its_key_cannot_be_read() {
    let mut bench = Bench::new();
    let url = receiver(bench.journal.clone(), vec![]).await;
    bench.sink(SinkKind::Webhook { url: url.into() }, |it| it.secret_file = Some("/nowhere/key".into()));
    let id = bench.plan("munich", "{}");
    bench.start();
    bench.until_state(id, DeliveryState::Failing).await;
    assert_eq!(bench.journal.requests(), []);
}

fn header(head: &str, name: &str) -> Option<String> {
    let named = |it: &str| {
        it.split_once(": ").filter(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, it)| it.to_owned())
    };
    head.lines().find_map(named)
}
