//! Whose turn it is, told move by move.

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_739_318_400 + second).unwrap()
}

fn id(name: &str) -> FeedId {
    name.parse().unwrap()
}

fn turns(concurrency: usize, per_host: usize, gap: u64) -> Turns {
    Turns::new(Limits { concurrency, per_host, host_gap: Duration::from_secs(gap) })
}

#[test]
fn what_is_not_due_is_not_taken() {
    let mut it = turns(8, 1, 2);
    it.put(&id("a"), "https://a.example/", at(60));
    assert_eq!((it.take(at(59)), it.wake_at()), (None, Some(at(60))));
    assert_eq!(it.take(at(60)), Some(id("a")));
    assert_eq!((it.take(at(600)), it.wake_at()), (None, None));
}

#[test]
fn one_domain_is_asked_one_by_one_with_the_gap_from_start_to_start() {
    let mut it = turns(8, 1, 2);
    it.put(&id("a"), "https://x.example.org/a", at(0));
    it.put(&id("b"), "https://y.example.org/b", at(0));
    assert_eq!(it.take(at(0)), Some(id("a")));
    assert_eq!((it.take(at(5)), it.wake_at()), (None, None));
    it.landed(&id("a"), None);
    assert_eq!(it.take(at(5)), Some(id("b")));

    it.landed(&id("b"), Some(("https://x.example.org/b", at(5))));
    assert_eq!((it.take(at(6)), it.wake_at()), (None, Some(at(7))));
}

#[test]
fn more_per_host_still_keeps_the_gap() {
    let mut it = turns(8, 2, 2);
    for name in ["a", "b", "c"] {
        it.put(&id(name), "https://example.org/", at(0));
    }
    assert_eq!(it.take(at(0)), Some(id("a")));
    assert_eq!(it.take(at(1)), None);
    assert_eq!(it.take(at(2)), Some(id("b")));
    assert_eq!((it.take(at(10)), it.wake_at()), (None, None));
}

#[test]
fn concurrency_holds_over_all_domains() {
    let mut it = turns(2, 1, 0);
    for name in ["a", "b", "c"] {
        it.put(&id(name), &format!("https://{name}.example/"), at(0));
    }
    assert!(it.take(at(0)).is_some() && it.take(at(0)).is_some());
    assert_eq!((it.take(at(0)), it.wake_at()), (None, None));
    it.landed(&id("a"), None);
    assert_eq!(it.take(at(0)), Some(id("c")));
}

#[test]
fn a_pause_holds_the_whole_domain_and_nobody_else() {
    let mut it = turns(8, 1, 2);
    it.put(&id("a"), "https://a.example.org/", at(0));
    it.put(&id("b"), "https://b.example.net/", at(0));
    it.pause("example.org", at(300));
    assert_eq!(it.take(at(0)), Some(id("b")));
    assert_eq!((it.take(at(299)), it.wake_at()), (None, Some(at(300))));
    assert_eq!(it.paused(&id("a"), at(299)), Some(at(300)));
    assert_eq!(it.reserve("https://c.example.org/", at(10)), None);
    assert_eq!(it.take(at(300)), Some(id("a")));
}

#[test]
fn reddit_is_asked_once_a_minute() {
    let mut it = turns(8, 4, 0);
    it.put(&id("a"), "https://www.reddit.com/r/a.rss", at(0));
    it.put(&id("b"), "https://old.reddit.com/r/b.rss", at(0));
    assert_eq!(it.take(at(0)), Some(id("a")));
    it.landed(&id("a"), None);
    assert_eq!((it.take(at(59)), it.wake_at()), (None, Some(at(60))));
}

#[test]
fn a_reserved_start_counts_for_the_gap() {
    let mut it = turns(8, 2, 2);
    it.put(&id("a"), "https://example.org/", at(0));
    it.put(&id("b"), "https://example.org/", at(0));
    assert_eq!(it.take(at(0)), Some(id("a")));
    assert_eq!(it.reserve("https://example.org/1", at(1)), Some(at(2)));
    assert_eq!(it.reserve("https://example.org/2", at(1)), Some(at(4)));
    assert_eq!(it.wake_at(), Some(at(6)));
}

#[test]
fn a_domain_is_remembered_only_while_it_matters() {
    let mut it = turns(8, 1, 2);
    for (n, name) in ["a", "b", "c", "d"].into_iter().enumerate() {
        it.put(&id(name), &format!("https://{name}.example/"), at(if n < 3 { 0 } else { 900 }));
    }
    assert_eq!(
        (it.take(at(0)), it.take(at(0)), it.take(at(0))),
        (Some(id("a")), Some(id("b")), Some(id("c")))
    );
    it.landed(&id("a"), None);
    it.landed(&id("b"), None);
    it.pause("b.example", at(60));
    it.prune(at(1));
    assert_eq!(it.lanes.len(), 4, "the gap of a is not over");
    it.prune(at(2));
    assert_eq!(it.lanes.keys().collect::<Vec<_>>(), ["b.example", "c.example", "d.example"]);
    it.prune(at(60));
    assert_eq!(it.lanes.len(), 2);
    // What a forgotten domain had asked for counts no more; what one still has, does.
    it.put(&id("b"), "https://b.example/", at(60));
    assert_eq!(it.take(at(60)), Some(id("b")));
}

#[test]
fn a_feed_that_flies_is_neither_put_twice_nor_lost() {
    let mut it = turns(8, 1, 0);
    it.put(&id("a"), "https://example.org/", at(0));
    assert_eq!(it.take(at(0)), Some(id("a")));
    it.put(&id("a"), "https://example.org/", at(0));
    it.remove(&id("a"));
    assert!(it.flies(&id("a")) && it.take(at(9)).is_none());
    it.landed(&id("a"), Some(("https://example.org/", at(9))));
    assert_eq!((it.take(at(9)), it.in_flight()), (Some(id("a")), 1));
}

#[test]
fn files_and_commands_wait_for_nobody() {
    let mut it = turns(8, 1, 60);
    it.put(&id("a"), "file:///a", at(0));
    it.put(&id("b"), "exec:prices", at(0));
    assert!(it.take(at(0)).is_some() && it.take(at(0)).is_some());
}

#[test]
fn first_visits_are_spread_over_the_window() {
    let times: Vec<_> = staggered(4, Duration::from_secs(20), at(0)).collect();
    assert_eq!(times, [at(0), at(5), at(10), at(15)]);
    assert_eq!(staggered(0, Duration::from_secs(20), at(0)).count(), 0);
}
