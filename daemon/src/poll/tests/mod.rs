//! The loop, in virtual time, against scripted servers.

mod loopback;
mod world;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use storyline_config::{Config, Source};
use tokio_util::sync::CancellationToken;

use self::world::*;
use super::domain::domain_of;
use crate::clock::{Clock, between, later};

#[tokio::test(start_paused = true)]
async fn in_a_week_a_hundred_feeds_are_visited_with_manners() {
    const TOO_MANY: &str = "https://h4.site1.example/";
    const FRESH: &str = "https://h8.site2.example/";
    const BUSY: &str = "https://h12.site3.example/";
    /// Odd on purpose: what is sent back is these characters and no others.
    const QUIET_ETAG: &str = "W/\"caf\u{e9}--gzip, x\"";
    let world = World::new(|url, now| match url {
        // For six hours from noon on it sends everyone away for an hour.
        TOO_MANY if (12..18).contains(&(between(start(), now).as_secs() / 3600)) => {
            Reply { retry_after: Some("3600".to_owned()), ..status(429) }
        }
        FRESH => {
            Reply { cache_control: Some("max-age=43200".to_owned()), ..ok(&now.as_second().to_string()) }
        }
        // Everything is new at every visit.
        BUSY => ok(&[0, 1, 2, 3, 4].map(|n| format!("{}-{n}", now.as_second())).join("\n")),
        // A document that never changes.
        _ => Reply { etag: Some(QUIET_ETAG.to_owned()), ..ok("a\nb\nc") },
    });
    let week = Duration::from_hours(7 * 24);
    world.run(&config(100, ""), week).await;
    keeps_manners(&world, Duration::from_secs(2));

    let visits = |url: &str| -> Vec<u64> {
        world.starts().into_iter().filter(|(_, it)| it == url).map(|(at, _)| at).collect()
    };
    let gaps = |url: &str| -> Vec<u64> { visits(url).windows(2).map(|it| it[1] - it[0]).collect() };
    assert!(gaps(FRESH).iter().all(|it| *it >= 43_200), "{:?}", gaps(FRESH));
    assert!((13..=14).contains(&visits(FRESH).len()), "{:?}", visits(FRESH));
    assert!(gaps(BUSY).iter().all(|it| (900..=1100).contains(it)), "{:?}", gaps(BUSY));
    let quiet = gaps("https://h16.site4.example/");
    assert!(quiet.last().is_some_and(|it| (21_600..=24_000).contains(it)), "{quiet:?}");

    // Every question after the first of a feed that names a validator carries it, and no other does.
    let asked = world.seen.lock().unwrap().etags.clone();
    let mut known = std::collections::BTreeSet::new();
    for (url, etag) in asked {
        let names_one = ![FRESH, BUSY].contains(&url.as_str());
        let expected = (names_one && !known.insert(url.clone())).then_some(QUIET_ETAG);
        assert_eq!(etag.as_deref(), expected, "{url}");
    }

    // While one is sent away, its whole domain is left alone.
    let refused: Vec<_> = visits(TOO_MANY).into_iter().filter(|it| (43_200..64_800).contains(it)).collect();
    assert!(!refused.is_empty());
    for at in refused {
        let early = world.starts().into_iter().find(|(it, url)| {
            domain_of(url).as_deref() == Some("site1.example") && (at + 1..at + 3600).contains(it)
        });
        assert_eq!(early, None, "sent away at {at}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_visits_are_spread_and_a_restart_asks_nobody_again() {
    let world = World::new(|_, _| ok("a"));
    world.run(&config(8, ""), MINUTE).await;
    let first = world.starts();
    assert_eq!(first.len(), 8);
    assert!(first.iter().all(|(at, _)| *at <= 30), "{first:?}");
    world.run(&config(8, ""), MINUTE * 10).await;
    assert_eq!(world.starts().len(), 8);
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_a_domain_survives_a_restart() {
    let world = World::new(|url, _| if url.contains("//h0.") { status(429) } else { ok("a") });
    world.run(&config(1, ""), MINUTE).await;
    // Its neighbours were never visited, and are not now: 15 minutes were asked for.
    world.run(&config(4, ""), MINUTE * 10).await;
    assert_eq!(world.starts().len(), 1);
    world.run(&config(4, ""), MINUTE * 10).await;
    assert_eq!(world.starts().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_recorded_is_fetched_again_whole() {
    let world = World::new(|_, _| Reply { etag: Some("\"1\"".to_owned()), ..ok("a\nb") });
    world.seen.lock().unwrap().read_only = true;
    world.run(&config(1, ""), MINUTE).await;
    world.closes(false);
    let config = config(1, "");
    let cancel = CancellationToken::new();
    world.poller(&config).once(cancel).await;
    let seen = world.seen.lock().unwrap();
    assert_eq!((seen.requests.len(), seen.conditional.len(), seen.new_items), (2, 0, 2));
}

#[tokio::test(start_paused = true)]
async fn while_nothing_can_be_recorded_nobody_is_asked_and_then_all_that_was_missed() {
    let world = World::new(|url, _| match url {
        it if it.contains("//h1.") => Reply { retry_after: Some("36000".to_owned()), ..status(503) },
        _ => Reply { etag: Some("\"1\"".to_owned()), ..ok("a\nb") },
    });
    let config = config(12, "");
    let cancel = CancellationToken::new();
    let poller = world.poller(&config);
    let handle = poller.handle();
    let running = tokio::spawn(poller.run(cancel.clone()));
    world.clock.sleep(MINUTE * 5).await;
    let first = world.starts().len();
    assert_eq!(first, 12);

    // The disk refuses the next visit; all the others of six hours are not made.
    world.seen.lock().unwrap().read_only = true;
    world.clock.sleep(MINUTE * 360).await;
    let refused = world.starts().len() - first;
    assert!((1..=3).contains(&refused), "one in flight to a domain: {refused}");
    let held = handle.poll(Vec::new()).await.unwrap();
    assert_eq!((held.visited.len(), held.held.len()), (0, 12));
    assert!(held.held.iter().any(|it| it.why == "storage"), "{held:?}");

    world.closes(false);
    world.clock.sleep(MINUTE * 2).await;
    let again = world.starts().split_off(first + refused);
    // All but the one that asked to be left alone; at once, but within a while and with manners.
    assert_eq!(again.len(), 11, "{again:?}");
    assert!(!again.iter().any(|(_, url)| url.contains("//h1.")));
    assert_eq!(world.seen.lock().unwrap().new_items, 22);
    keeps_manners(&world, Duration::from_secs(2));
    cancel.cancel();
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_poller_that_begins_while_nothing_can_be_recorded_asks_nobody() {
    let world = World::new(|_, _| ok("a"));
    world.closes(true);
    world.run(&config(4, ""), MINUTE * 60).await;
    let once = world.poller(&config(4, "")).once(CancellationToken::new()).await;
    assert_eq!((world.starts().len(), once.visited.len(), once.held.len()), (0, 0, 4));
}

#[tokio::test(start_paused = true)]
async fn a_wish_for_visits_ignores_the_interval_and_never_a_hold() {
    let world = World::new(|url, _| match url {
        it if it.contains("//h0.") => Reply { cache_control: Some("max-age=7200".to_owned()), ..ok("a") },
        it if it.contains("//h4.") => Reply { retry_after: Some("7200".to_owned()), ..status(503) },
        _ => status(500),
    });
    let mut config = config(9, "");
    config.feeds.retain(|id, _| ["f0", "f4", "f8"].contains(&id.as_str()));
    let cancel = CancellationToken::new();
    let poller = world.poller(&config);
    let handle = poller.handle();
    let running = tokio::spawn(poller.run(cancel.clone()));
    world.clock.sleep(MINUTE).await;

    let answer = handle.poll(Vec::new()).await.unwrap();
    let text = serde_json::to_string(&answer).unwrap();
    let until = world.schedule("f4").held.unwrap().until;
    assert_eq!(
        text,
        format!(r#"{{"visited":["f0","f8"],"held":[{{"id":"f4","until":"{until}","why":"retry_after"}}]}}"#)
    );
    assert_eq!(world.starts().len(), 5);
    let unknown = handle.poll(vec!["nobody".parse().unwrap()]).await;
    assert_eq!(unknown.unwrap_err().to_string(), "no feed is called nobody");
    cancel.cancel();
    running.await.unwrap();
    assert!(handle.poll(Vec::new()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn once_visits_all_but_the_held_and_the_fresh_whatever_their_interval() {
    let world = World::new(|url, _| match url {
        it if it.contains("//h0.") => Reply { cache_control: Some("max-age=7200".to_owned()), ..ok("a") },
        it if it.contains("//h1.") => status(503),
        _ => ok("a"),
    });
    let config = config(6, "");
    let first = world.poller(&config).once(CancellationToken::new()).await;
    assert_eq!((first.visited.len(), first.held.len()), (6, 0));
    let second = world.poller(&config).once(CancellationToken::new()).await;
    let held: Vec<_> = second.held.iter().map(|it| (it.id.as_str(), it.why.as_str())).collect();
    assert_eq!((second.visited.len(), held), (4, vec![("f0", "freshness"), ("f1", "pause")]));
    keeps_manners(&world, Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn a_reload_takes_up_new_feeds_and_lets_go_of_old_ones() {
    let world = World::new(|_, _| ok("a"));
    let cancel = CancellationToken::new();
    let poller = world.poller(&config(2, ""));
    let handle = poller.handle();
    let running = tokio::spawn(poller.run(cancel.clone()));
    world.clock.sleep(MINUTE).await;
    let mut other = config(3, "");
    other.feeds.remove("f0");
    handle.reload(Arc::new(other), BTreeMap::new()).await;
    world.clock.sleep(Duration::from_hours(1)).await;
    let visits =
        |n: usize| world.starts().iter().filter(|(_, url)| url.contains(&format!("//h{n}."))).count();
    assert_eq!(visits(0), 1);
    assert!(visits(1) > 1 && visits(2) > 1);
    cancel.cancel();
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_children_of_a_sitemap_keep_the_gap() {
    let world = World::new(|url, _| match url.rsplit_once('/') {
        Some((_, "index")) => ok("index\n/1\n/2\n/3"),
        Some((_, name)) => ok(&format!("{name}a\n{name}b")),
        None => status(404),
    });
    let mut config = config(2, "plain");
    let index = Source::Sitemap("https://h0.site0.example/index".parse().unwrap());
    config.feeds.insert("f0".parse().unwrap(), feed(index));
    world.run(&config, MINUTE).await;
    keeps_manners(&world, Duration::from_secs(2));
    assert_eq!(world.starts().len(), 5);
    assert_eq!(world.schedule("f0").items, 6);
}

/// A day passes in less than a second of the test's time, and the pages are not asked for in the past.
#[tokio::test(start_paused = true)]
async fn a_fast_clock_asks_no_more_often_than_its_own_time_allows() {
    let mut world = World::new(|_, now| ok(&now.as_second().to_string()));
    world.clock = Clock::at_rate(start(), 20_000.0);
    world.run(&config(1, ""), Duration::from_hours(24)).await;
    let starts = world.starts();
    assert!((80..=97).contains(&starts.len()), "{}", starts.len());
    assert!(world.clock.now() >= later(start(), Duration::from_hours(24)));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_stops_nobody_and_starts_no_burst() {
    let (clock, hand) = Clock::by_hand(start());
    let mut world = World::new(|_, now| ok(&now.as_second().to_string()));
    world.clock = clock;
    // Runs the clock by hand until everyone waits again.
    let run = async |minutes: u64| {
        for _ in 0..minutes * 30 {
            hand.advance(Duration::from_secs(2));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let cancel = CancellationToken::new();
    let running = tokio::spawn(world.poller(&config(8, "")).run(cancel.clone()));
    run(20).await;
    let before = world.starts().len();
    assert_eq!(before, 16);

    let years = Duration::from_hours(2 * 365 * 24);
    hand.set(start().checked_sub(years).unwrap());
    run(20).await;
    assert_eq!(world.starts().len(), before + 8);

    hand.set(later(start(), years));
    run(1).await;
    keeps_manners(&world, Duration::from_secs(2));
    assert_eq!(world.starts().len(), before + 16);
    cancel.cancel();
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_reload_forgets_no_wish() {
    let world = World::new(|_, _| ok("a"));
    let cancel = CancellationToken::new();
    // One domain, so that the last has to wait.
    let mut config = config(8, "");
    config.poll.host_gap = MINUTE;
    let poller = world.poller(&config);
    let handle = poller.handle();
    let running = tokio::spawn(poller.run(cancel.clone()));
    world.clock.sleep(MINUTE * 10).await;
    let wish = tokio::spawn({
        let handle = handle.clone();
        async move { handle.poll(Vec::new()).await }
    });
    world.clock.sleep(Duration::from_secs(1)).await;
    handle.reload(Arc::new(config), BTreeMap::new()).await;
    let began = world.clock.now();
    assert_eq!(wish.await.unwrap().unwrap().visited.len(), 8);
    assert!(between(began, world.clock.now()) < MINUTE * 5);
    cancel.cancel();
    running.await.unwrap();
}
