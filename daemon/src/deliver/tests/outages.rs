//! Receivers that fail, delay, hang up and ask for time, across restarts: the exact list of what they get.

use std::time::Duration;

use expect_test::expect;
use storyline_store::DeliveryState;

use crate::writer::Command;

use super::{
    receiver::{Reply, says},
    whole::{STRIKE, Whole},
};

const RETRY: &str = "retry = { first = \"1s\", max = \"10m\", give_up = \"3d\" }";

/// Goes from retry to retry until a time.
async fn until(whole: &Whole, end: &str) {
    let end = super::whole::at(end);
    loop {
        let pending = |it: &storyline_store::Delivery| it.state.is_pending();
        let next =
            whole.state().deliveries.values().filter(|it| pending(it)).filter_map(|it| it.retry_at).min();
        match next.filter(|it| *it > whole.clock.now() && *it <= end) {
            Some(at) => whole.set(&at.to_string()).await,
            None => return whole.set(&end.to_string()).await,
        }
    }
}

#[tokio::test]
async fn an_hours_outage_and_a_restart_lose_nothing() {
    let mut whole = Whole::new(STRIKE);
    let mut replies: Vec<Reply> = vec![says("503 Down"); 9];
    replies.extend(vec![Reply::HangsUp; 7]);
    replies.extend(vec![Reply::HangsUpAtOnce; 6]);
    replies.extend(vec![Reply::SaysAfter(Duration::from_millis(10), "504 Late".into()); 8]);
    whole.sink("desk", replies, RETRY).await;
    whole.sink("phone", Vec::new(), "min_severity = \"info\"").await;
    whole.start().await;
    whole.news("Courier", "Dockers of the north vote to strike", "").await;
    until(&whole, "2025-03-03T10:20:00Z").await;
    whole.news("Courier", "Dockers of the north walk out at dawn", "").await;
    whole.news("Courier", "Dockers of the south vote to strike", "").await;
    whole.stop().await;
    whole.start().await;
    until(&whole, "2025-03-03T12:00:00Z").await;
    whole.stop().await;
    whole.start().await;
    until(&whole, "2025-03-03T13:00:00Z").await;
    let deliveries = whole.state().deliveries.clone();
    assert!(deliveries.values().all(|it| it.state == DeliveryState::Done), "0 lost");
    assert!(whole.bodies_are_constant());
    expect![[r#"
        03 10:00:00 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:00:00 phone 2: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:00:01 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:00:03 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:00:03 phone 3: desk · sink failing · answered 503 Service Unavailable · since 10:00 · storyline explain #17
        03 10:00:07 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:00:15 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:00:31 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:01:04 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:02:08 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:04:27 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:08:44 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:17:47 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:20:00 desk 4: south · none → announced · Dockers of the south vote to strike (provisional: Courier) · since 10:20 · storyline explain #47
        03 10:20:00 phone 5: north · announced → under way · Dockers of the north walk out at dawn (provisional: Courier) · since 10:20 · storyline explain #40
        03 10:20:00 phone 6: south · none → announced · Dockers of the south vote to strike (provisional: Courier) · since 10:20 · storyline explain #47
        03 10:20:01 desk 4: south · none → announced · Dockers of the south vote to strike (provisional: Courier) · since 10:20 · storyline explain #47
        03 10:20:03 desk 4: south · none → announced · Dockers of the south vote to strike (provisional: Courier) · since 10:20 · storyline explain #47
        03 10:20:07 desk 4: south · none → announced · Dockers of the south vote to strike (provisional: Courier) · since 10:20 · storyline explain #47
        03 10:20:15 desk 4: south · none → announced · Dockers of the south vote to strike (provisional: Courier) · since 10:20 · storyline explain #47
        03 10:36:22 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:37:49 desk 4: south · none → announced · Dockers of the south vote to strike (provisional: Courier) · since 10:20 · storyline explain #47
        03 10:45:34 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:47:14 desk 4: south · none → announced · Dockers of the south vote to strike (provisional: Courier) · since 10:20 · storyline explain #47
        03 10:55:21 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:56:50 desk 4: south · none → announced · Dockers of the south vote to strike (provisional: Courier) · since 10:20 · storyline explain #47
        03 11:05:13 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 11:06:38 desk 4: south · none → announced · Dockers of the south vote to strike (provisional: Courier) · since 10:20 · storyline explain #47
        03 11:14:53 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 11:14:53 desk 7: north · announced → under way · Dockers of the north walk out at dawn (provisional: Courier) · since 10:20 · storyline explain #40
        03 11:15:47 desk 4: south · none → announced · Dockers of the south vote to strike (provisional: Courier) · since 10:20 · storyline explain #47
    "#]].assert_eq(&whole.told());
    whole.stop().await;
}

#[tokio::test]
async fn what_a_receiver_asks_for_is_kept_beyond_our_own_longest_pause_and_across_a_restart() {
    for asked in [
        "Retry-After: 7200",
        "Date: Mon, 03 Mar 2025 09:00:00 GMT\r\nRetry-After: Mon, 03 Mar 2025 11:00:00 GMT",
    ] {
        let mut whole = Whole::new(STRIKE);
        let retry = "retry = { first = \"1s\", max = \"10s\", give_up = \"3d\" }";
        whole.sink("desk", vec![says(&format!("429 Slow down\r\n{asked}"))], retry).await;
        whole.start().await;
        whole.news("Courier", "Dockers of the north vote to strike", "").await;
        whole.stop().await;
        whole.start().await;
        until(&whole, "2025-03-03T11:59:59Z").await;
        assert_eq!(whole.journal.requests().len(), 1, "{asked}");
        until(&whole, "2025-03-03T12:00:00Z").await;
        assert_eq!(whole.journal.requests().len(), 2, "{asked}");
        assert!(whole.bodies_are_constant());
        whole.stop().await;
    }
}

#[tokio::test]
async fn a_sink_that_is_gone_is_left_alone_until_a_reload_also_across_a_restart() {
    let mut whole = Whole::new(STRIKE);
    whole.sink("desk", vec![says("410 Gone")], RETRY).await;
    whole.start().await;
    whole.news("Courier", "Dockers of the north vote to strike", "").await;
    whole.news("Courier", "Dockers of the south vote to strike", "").await;
    whole.stop().await;
    whole.start().await;
    whole.set("2025-03-03T18:00:00Z").await;
    assert_eq!(whole.journal.requests().len(), 1);
    let held = whole.state().deliveries.values().filter(|it| it.state == DeliveryState::Held).count();
    assert_eq!(held, 2);
    let config = whole.handle().view().config;
    whole.handle().configure(config).await.unwrap();
    whole.settle().await;
    expect![[r#"
        03 10:00:00 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 18:00:00 desk 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 18:00:00 desk 2: south · none → announced · Dockers of the south vote to strike (provisional: Courier) · since 10:00 · storyline explain #13
    "#]].assert_eq(&whole.told());
    whole.stop().await;
}

#[tokio::test]
async fn a_sink_that_is_slow_or_down_never_holds_up_another() {
    let mut whole = Whole::new(STRIKE);
    let slow = Reply::SaysAfter(Duration::from_millis(200), "200 OK".into());
    whole.sink("down", vec![says("500 Oops"); 100], RETRY).await;
    whole.sink("slow", vec![slow; 2], RETRY).await;
    whole.sink("well", Vec::new(), RETRY).await;
    whole.start().await;
    whole.news("Courier", "Dockers of the north vote to strike", "").await;
    whole.news("Courier", "Dockers of the south vote to strike", "").await;
    let mut told: Vec<String> = whole.told().lines().map(str::to_owned).collect();
    told.sort();
    expect![[r#"
        03 10:00:00 down 1: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:00:00 down 2: south · none → announced · Dockers of the south vote to strike (provisional: Courier) · since 10:00 · storyline explain #18
        03 10:00:00 slow 3: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:00:00 slow 4: south · none → announced · Dockers of the south vote to strike (provisional: Courier) · since 10:00 · storyline explain #18
        03 10:00:00 well 5: north · none → announced · Dockers of the north vote to strike (provisional: Courier) · since 10:00 · storyline explain #6
        03 10:00:00 well 6: south · none → announced · Dockers of the south vote to strike (provisional: Courier) · since 10:00 · storyline explain #18
    "#]].assert_eq(&(told.join("\n") + "\n"));
    whole.stop().await;
}

#[tokio::test]
async fn a_sink_that_is_taken_away_is_forgotten_and_what_was_to_be_sent_to_it_is_seen_to_be_dead() {
    let mut whole = Whole::new(STRIKE);
    whole.sink("well", Vec::new(), RETRY).await;
    let kept = whole.text();
    whole.sink("down", vec![says("500 Oops"); 100], RETRY).await;
    whole.start().await;
    whole.news("Courier", "Dockers of the north vote to strike", "").await;
    whole.stop().await;
    whole.configure(&kept);
    whole.start().await;
    let down = whole.state().deliveries.values().find(|it| it.sink.as_str() == "down").unwrap().clone();
    assert_eq!(down.state, DeliveryState::Dead);
    assert_eq!(down.last_error.as_deref(), Some("its sink is no longer configured"));
    assert!(!whole.state().sinks.contains_key("down"));
    whole.stop().await;
}

#[tokio::test]
async fn a_dead_delivery_that_a_person_wants_again_has_its_time_anew_and_marks_nothing() {
    let mut whole = Whole::new(STRIKE);
    let replies = vec![says("400 Bad"), says("503 Down"), says("503 Down")];
    whole.sink("desk", replies, "retry = { first = \"1s\", max = \"1s\", give_up = \"1h\" }").await;
    whole.start().await;
    whole.news("Courier", "Dockers of the north vote to strike", "").await;
    let dead = whole.state().deliveries.values().next().unwrap().clone();
    assert_eq!(dead.state, DeliveryState::Dead);
    whole.set("2025-03-06T10:00:00Z").await;
    let failing = whole.state().sinks["desk"].failing.clone();
    whole.handle().command(Command::Retry(dead.id, "someone".into())).await.unwrap();
    whole.settle().await;
    assert_eq!(whole.state().sinks["desk"].failing, failing, "the episode is the same");
    assert_eq!(
        whole.state().deliveries[&dead.id].state,
        DeliveryState::Failing,
        "it is not given up again at once"
    );
    until(&whole, "2025-03-06T10:00:10Z").await;
    assert_eq!(whole.state().deliveries[&dead.id].state, DeliveryState::Done);
    assert_eq!(whole.state().sinks["desk"].failing, None);
    assert!(whole.handle().command(Command::Retry(dead.id, "someone".into())).await.is_err(), "it was taken");
    assert!(whole.bodies_are_constant());
    whole.stop().await;
}

#[tokio::test]
async fn nothing_but_what_breaks_through_is_tried_again_in_the_quiet_hours() {
    let mut whole = Whole::new(STRIKE);
    let keys = "retry = { first = \"15m\", max = \"20m\", give_up = \"3d\" }\n\
        quiet_hours = { from = \"11:00\", to = \"13:00\", break_through = \"warning\" }";
    whole.sink("desk", vec![says("503 Down"); 2], keys).await;
    whole.start().await;
    whole.set("2025-03-03T10:55:00Z").await;
    whole.news("Courier", "Dockers of the north ask for more", "").await;
    whole.news("Courier", "Dockers of the south vote to strike", "").await;
    until(&whole, "2025-03-03T12:59:00Z").await;
    let before = whole.told();
    assert_eq!((before.matches("north ·").count(), before.matches("south ·").count()), (1, 2), "{before}");
    until(&whole, "2025-03-03T13:00:00Z").await;
    let after = whole.told();
    assert_eq!((after.matches("north ·").count(), after.matches("south ·").count()), (2, 2), "{after}");
    whole.stop().await;
}
