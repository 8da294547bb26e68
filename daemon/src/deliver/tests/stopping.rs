//! Stopping, reloading, a disk that is full, and a run of one round.

use std::time::Duration;

use expect_test::expect;
use storyline_config::{Network, SinkKind};
use storyline_store::DeliveryState;

use super::{
    receiver::{Reply, receiver, says},
    writer::Bench,
};
use crate::deliver::{deliver_once, try_sink};

#[tokio::test]
async fn an_attempt_in_hand_may_end_when_the_daemon_stops() {
    let mut bench = Bench::new();
    let url =
        receiver(bench.journal.clone(), vec![Reply::SaysAfter(Duration::from_millis(20), "200 OK".into())])
            .await;
    bench.sink(SinkKind::Webhook { url: url.into() }, |_| {});
    let (first, second) = (bench.plan("munich", "1"), bench.plan("munich", "2"));
    let running = bench.start();
    bench.until_requests(1).await;
    bench.cancel.cancel();
    running.await.unwrap();
    assert_eq!(bench.state_of(first), DeliveryState::Done);
    assert_eq!(bench.state_of(second), DeliveryState::Planned);
    assert_eq!(bench.journal.requests().len(), 1);
}

#[tokio::test]
async fn one_that_is_cut_off_stays_planned_and_comes_again_with_the_same() {
    let mut bench = Bench::new();
    let url = receiver(bench.journal.clone(), vec![Reply::Hangs]).await;
    bench.sink(SinkKind::Webhook { url: url.into() }, |_| {});
    let id = bench.plan("munich", "1");
    let running = bench.start();
    bench.until_requests(1).await;
    bench.cancel.cancel();
    running.await.unwrap();
    assert_eq!(bench.state_of(id), DeliveryState::Planned);
    deliver_once(&bench.handle, &bench.clock, &jiff::tz::TimeZone::UTC).await;
    expect![[r#"
        attempted 1
            request 1
        attempted 2
            request 1
        done 2
    "#]]
    .assert_eq(&bench.journal.lines());
}

#[tokio::test]
async fn nothing_is_sent_while_nothing_can_be_written() {
    let mut bench = Bench::new();
    let url = receiver(bench.journal.clone(), vec![]).await;
    bench.sink(SinkKind::Webhook { url: url.into() }, |_| {});
    bench.read_only(true);
    let id = bench.plan("munich", "1");
    let running = bench.start();
    bench.clock.sleep(Duration::from_mins(1)).await;
    assert_eq!(bench.journal.requests(), []);
    bench.read_only(false);
    bench.until_state(id, DeliveryState::Done).await;
    bench.cancel.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn what_was_taken_while_nothing_could_be_written_is_not_sent_again() {
    let mut bench = Bench::new();
    let url =
        receiver(bench.journal.clone(), vec![Reply::SaysAfter(Duration::from_millis(50), "200 OK".into())])
            .await;
    bench.sink(SinkKind::Webhook { url: url.into() }, |_| {});
    let id = bench.plan("munich", "1");
    bench.start();
    bench.until_requests(1).await;
    bench.read_only(true);
    tokio::time::sleep(Duration::from_millis(100)).await;
    bench.read_only(false);
    bench.until_state(id, DeliveryState::Done).await;
    assert_eq!(bench.journal.requests().len(), 1);
}

#[tokio::test]
async fn a_sink_follows_the_configuration() {
    let mut bench = Bench::new();
    let running = bench.start();
    let url = receiver(bench.journal.clone(), vec![]).await;
    bench.sink(SinkKind::Webhook { url: url.clone().into() }, |_| {});
    let first = bench.plan("munich", "1");
    bench.until_state(first, DeliveryState::Done).await;
    bench.remove_sink();
    let second = bench.plan("munich", "2");
    bench.clock.sleep(Duration::from_mins(1)).await;
    assert_eq!(bench.state_of(second), DeliveryState::Planned);
    bench.sink(SinkKind::Webhook { url: url.into() }, |_| {});
    bench.until_state(second, DeliveryState::Done).await;
    bench.cancel.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn a_run_of_one_round_attempts_each_once() {
    let mut bench = Bench::new();
    let replies = vec![says("500 Oops"), says("200 OK"), says("200 OK")];
    let url = receiver(bench.journal.clone(), replies).await;
    bench.sink(SinkKind::Webhook { url: url.into() }, |it| it.retry.first = Duration::from_millis(1));
    for (storyline, body) in
        [("munich", "1"), ("munich", "2"), ("saudi-meeting", "3"), ("saudi-meeting", "4")]
    {
        bench.plan(storyline, body);
    }
    deliver_once(&bench.handle, &bench.clock, &jiff::tz::TimeZone::UTC).await;
    expect![[r#"
        attempted 1
            request 1
        failed 1: answered 500 Internal Server Error
        attempted 1
            request 3
        done 1
        attempted 1
            request 4
        done 1
    "#]]
    .assert_eq(&bench.journal.lines());
}

#[tokio::test]
async fn a_sink_can_be_tried() {
    let bench = Bench::new();
    let url = receiver(bench.journal.clone(), vec![says("200 OK"), says("403 Forbidden")]).await;
    bench.sink(SinkKind::Webhook { url: url.into() }, |_| {});
    let id = "desk".parse().unwrap();
    let sink = bench.handle.view().config.sinks[&id].clone();
    assert_eq!(
        try_sink(&id, &sink, &Network::default(), &bench.clock, &jiff::tz::TimeZone::UTC).await,
        Ok("answered 200 OK".to_owned())
    );
    let refused = try_sink(&id, &sink, &Network::default(), &bench.clock, &jiff::tz::TimeZone::UTC).await;
    assert_eq!(refused, Err("answered 403 Forbidden".to_owned()));
    let body: serde_json::Value = serde_json::from_str(&bench.journal.requests()[0].1).unwrap();
    assert_eq!(body["kind"], "test");
}
