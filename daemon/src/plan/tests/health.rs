//! What people are told of feeds, sinks and storage.

use std::time::Duration;

use expect_test::expect;
use jiff::tz::TimeZone;
use storyline_config::{Baseline, Feed, Role, Severity, Source};
use storyline_store::{DeliveryId, Event, FeedTrouble, StorageCode};

use super::world::{World, new};
use crate::plan::Visits;

fn feed(world: &mut World, id: &str) {
    let it = Feed {
        source: Source::File("news.xml".into()),
        outlet: id.into(),
        family: id.into(),
        role: Role::News,
        speaks_for: Vec::new(),
        about: Vec::new(),
        lang: None,
        tz: TimeZone::UTC,
        interval: None,
        baseline: Baseline::Digest,
        tags: Vec::new(),
        headers: std::collections::BTreeMap::new(),
        secret_file: None,
    };
    world.config.feeds.insert(id.parse().unwrap(), it);
}

#[test]
fn a_feed_that_died_is_told_at_once_and_one_that_fails_after_a_while() {
    let mut world = World::new();
    world.sink("desk", |it| it.min_severity = Severity::Info);
    feed(&mut world, "bbc");
    let failed = || Event::FeedFailed {
        feed: "bbc".parse().unwrap(),
        trouble: FeedTrouble::Status,
        error: "answered 500".into(),
    };
    assert_eq!(world.live(vec![failed()]), "");
    world.wait(Duration::from_mins(30));
    assert_eq!(world.live(vec![failed()]), "");
    assert_eq!(world.due(Visits::Settled), "");
    world.wait(Duration::from_mins(30));
    expect![[r#"
        bbc · feed failing · answered 500 · since 10:40 · storyline explain #5
            Info []
            → desk: feed
    "#]]
    .assert_eq(&world.due(Visits::Settled));
    assert_eq!(world.due(Visits::Settled), "", "once an episode");
    let gone = Event::FeedGone { feed: "bbc".parse().unwrap(), error: "answered 410".into() };
    expect![[r#"
        bbc · feed gone · answered 410 · since 11:40 · storyline explain #8
            Info []
            → desk: feed
    "#]]
    .assert_eq(&world.live(vec![gone.clone()]));
    assert_eq!(world.live(vec![gone]), "");
}

#[test]
fn a_network_that_is_down_is_told_once_and_not_feed_by_feed() {
    let mut world = World::new();
    world.sink("desk", |it| it.min_severity = Severity::Info);
    let names = ["a", "b", "c", "d", "e"];
    for name in names {
        feed(&mut world, name);
        let url = format!("https://{name}.example/rss").parse().unwrap();
        world.config.feeds.get_mut(name).unwrap().source = Source::Feed(url);
    }
    let failed = |name: &str, trouble| Event::FeedFailed {
        feed: name.parse().unwrap(),
        trouble,
        error: "the connection failed: no route".into(),
    };
    // One is dead for itself, long before.
    world.live(vec![failed("e", FeedTrouble::Network)]);
    world.wait(Duration::from_hours(1));
    assert!(world.due(Visits::Settled).contains("e · feed failing"));
    for name in &names[..3] {
        assert_eq!(world.live(vec![failed(name, FeedTrouble::Network)]), "");
    }
    world.wait(Duration::from_hours(1));
    expect![[r#"
        network · network down · 4 feeds cannot be reached: the connection failed: no route · since 11:40 · storyline explain #9
            Info []
            → desk: feed
        not told (network): Feed the connection failed: no route
        not told (network): Feed the connection failed: no route
        not told (network): Feed the connection failed: no route
    "#]].assert_eq(&world.due(Visits::Settled));
    // Another falls silent later in the same outage.
    assert_eq!(world.live(vec![failed("d", FeedTrouble::Network)]), "");
    world.wait(Duration::from_hours(1));
    expect![[r#"
        not told (network): Feed the connection failed: no route
    "#]]
    .assert_eq(&world.due(Visits::Settled));
    // More feeds are added in the middle of it, and are cut off as the others are.
    for name in ["f", "g", "h", "i", "j"] {
        feed(&mut world, name);
        let url = format!("https://{name}.example/rss").parse().unwrap();
        world.config.feeds.get_mut(name).unwrap().source = Source::Feed(url);
        assert_eq!(world.live(vec![failed(name, FeedTrouble::Network)]), "");
    }
    world.wait(Duration::from_hours(1));
    let told = world.due(Visits::Settled);
    assert_eq!(
        (told.matches("not told (network)").count(), told.matches("network down").count()),
        (5, 0),
        "{told}"
    );
    for name in ["f", "g", "h", "i", "j"] {
        world.live(vec![Event::FeedRecovered { feed: name.parse().unwrap() }]);
        world.config.feeds.remove(name);
    }
    // When it is over, another outage is another alert; a server that answers with an error is no outage.
    for name in names {
        world.live(vec![Event::FeedRecovered { feed: name.parse().unwrap() }]);
        world.live(vec![failed(name, FeedTrouble::Status)]);
    }
    world.wait(Duration::from_hours(1));
    assert_eq!(world.due(Visits::Settled).matches("feed failing").count(), 5);
    for name in names {
        world.live(vec![Event::FeedRecovered { feed: name.parse().unwrap() }]);
        world.live(vec![failed(name, FeedTrouble::Network)]);
    }
    world.wait(Duration::from_hours(1));
    let told = world.due(Visits::Settled);
    assert_eq!(
        (told.matches("network down").count(), told.matches("feed failing").count()),
        (1, 0),
        "{told}"
    );
}

/// An outage ended, one of its feeds stayed dead, and the next outage was taken for the first one going on.
#[test]
fn a_second_outage_is_told_while_a_feed_of_the_first_is_still_dead() {
    let failed = |name: &str| Event::FeedFailed {
        feed: name.parse().unwrap(),
        trouble: FeedTrouble::Network,
        error: "the connection failed: no route".into(),
    };
    // What is told within an hour of the second outage, so many hours after the first was over for all
    // but the dead.
    let check = |hours: u64, dead: &[&str], back: &[&str], want: &[&str]| {
        let mut world = World::new();
        world.sink("desk", |it| it.min_severity = Severity::Info);
        for &name in dead.iter().chain(back) {
            feed(&mut world, name);
            let url = format!("https://{name}.example/rss").parse().unwrap();
            world.config.feeds.get_mut(name).unwrap().source = Source::Feed(url);
            world.live(vec![failed(name)]);
        }
        world.wait(Duration::from_hours(1));
        assert_eq!(world.due(Visits::Settled).matches("network down").count(), 1);
        for name in back {
            world.live(vec![Event::FeedRecovered { feed: name.parse().unwrap() }]);
        }
        world.wait(Duration::from_hours(hours));
        let between = world.due(Visits::Settled);
        for name in back {
            world.live(vec![failed(name)]);
        }
        world.wait(Duration::from_hours(1));
        let told = world.due(Visits::Settled);
        let words = |told: &str| {
            ["network down", "feed failing"]
                .map(|it| told.matches(it).count())
                .map(|it| it.to_string())
                .join(" ")
        };
        assert_eq!([words(&between), words(&told)], want, "{hours} h: {between}{told}");
        // Neither goes on being told.
        world.wait(Duration::from_hours(5));
        assert_eq!(world.due(Visits::Settled), "", "{hours} h");
    };
    check(0, &["a"], &["b", "c", "d"], &["0 0", "1 0"]);
    check(3, &["a"], &["b", "c", "d"], &["0 1", "1 0"]);
    check(3, &["a", "b", "c"], &["d", "e", "f", "g", "h"], &["0 3", "1 0"]);
}

#[test]
fn a_feed_that_stays_dead_when_the_network_is_back_is_told_of() {
    let mut world = World::new();
    world.sink("desk", |it| it.min_severity = Severity::Info);
    let names = ["a", "b", "network", "clock"];
    for name in names {
        feed(&mut world, name);
        let url = format!("https://{name}.example/rss").parse().unwrap();
        world.config.feeds.get_mut(name).unwrap().source = Source::Feed(url);
        let (feed, trouble) = (name.parse().unwrap(), FeedTrouble::Network);
        world.live(vec![Event::FeedFailed { feed, trouble, error: "no route".into() }]);
    }
    world.wait(Duration::from_hours(1));
    let told = world.due(Visits::Settled);
    assert_eq!(
        (told.matches("network down").count(), told.matches("not told (network)").count()),
        (1, 4),
        "{told}"
    );
    world.wait(Duration::from_hours(5));
    assert_eq!(world.due(Visits::Settled), "");
    // The others have time to answer too before they are said to fail.
    for name in ["a", "b"] {
        world.live(vec![Event::FeedRecovered { feed: name.parse().unwrap() }]);
        assert_eq!(world.due(Visits::Settled), "");
        world.wait(Duration::from_mins(20));
    }
    world.live(vec![Event::FeedRecovered { feed: "clock".parse().unwrap() }]);
    assert_eq!(world.due(Visits::Settled), "");
    world.wait(Duration::from_hours(1));
    expect![[r#"
        network · feed failing · no route · since 10:40 · storyline explain #16
            Info []
            → desk: feed
    "#]]
    .assert_eq(&world.due(Visits::Settled));
    assert_eq!(world.due(Visits::Settled), "", "once an episode");
}

#[test]
fn clocks_that_differ_are_told_once_a_day() {
    let mut world = World::new();
    world.sink("desk", |it| it.min_severity = Severity::Info);
    let skewed = |name: &str, seconds| Event::FeedSkewed { feed: name.parse().unwrap(), seconds };
    expect![[r#"
        bbc · clock skewed · the server's clock is 2 h ahead of ours; if other feeds say so too, ours is wrong · since 10:40 · storyline explain #4
            Info []
            → desk: feed
    "#]]
    .assert_eq(&world.live(vec![skewed("bbc", 7200)]));
    assert_eq!(world.live(vec![skewed("dw", 7200)]), "", "then it may be our own");
    assert_eq!(world.live(vec![skewed("bbc", 0)]), "");
    world.wait(Duration::from_hours(24));
    assert!(world.live(vec![skewed("bbc", -600)]).contains("10 min behind ours"));
}

#[test]
fn a_failing_sink_is_told_through_another_once_an_episode() {
    let mut world = World::new();
    world.sink("phone", |_| {});
    world.live(vec![new("munich", "One", "Reuters")]);
    let to_desk = |world: &World| -> DeliveryId {
        let theirs = world.state.deliveries.values().filter(|it| it.sink.as_str() == "desk");
        theirs.max_by_key(|it| it.seq).unwrap().id
    };
    let delivery = to_desk(&world);
    let failed = |attempt| Event::DeliveryFailed {
        delivery,
        attempt,
        error: "answered 500 Internal Server Error".into(),
        retry_at: "2025-02-12T10:41:00Z".parse().unwrap(),
    };
    assert_eq!(world.live(vec![failed(1)]), "");
    assert_eq!(world.live(vec![failed(2)]), "");
    expect![[r#"
        desk · sink failing · answered 500 Internal Server Error · since 10:40 · storyline explain #10
            Warning []
            → phone: sink
    "#]]
    .assert_eq(&world.live(vec![failed(3)]));
    assert_eq!(world.live(vec![failed(4)]), "");
    assert_eq!(world.live(vec![Event::DeliveryDone { delivery, attempt: 5 }]), "");

    world.live(vec![new("munich", "Two", "Reuters")]);
    let dead = Event::DeliveryDead { delivery: to_desk(&world), error: "answered 400 Bad Request".into() };
    expect![[r#"
        desk · sink failing · answered 400 Bad Request · since 10:40 · storyline explain #19
            Warning []
            → phone: sink
    "#]]
    .assert_eq(&world.live(vec![dead]));
}

#[test]
fn storage_that_failed_is_told() {
    let mut world = World::new();
    let degraded = Event::StorageDegraded { code: StorageCode::Full, detail: "no space left".into() };
    expect![[r#"
        storage · cannot be written · the disk is full: no space left · since 10:40 · storyline explain #5
            Warning []
            → desk: storage
        storage · restored · the log can be written again · since 10:40 · storyline explain #7
            Warning []
            → desk: storage
    "#]]
    .assert_eq(&world.live(vec![degraded, Event::StorageRestored {}]));
}
