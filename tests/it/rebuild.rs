//! What follows from the log follows from nothing else: snapshots may go, and a rebuild gives the same and tells nobody.

use std::fs;

use serde_json::Value;

use crate::{
    failpoints::ingest,
    house::{Answer, House, Server, rss, until},
    path::{CALL, OLD, Pages, config},
};

#[test]
fn a_rebuild_gives_the_same_bytes_and_tells_nobody() {
    let (pages, hook) = (Pages::default(), Server::new(|_| Answer::status(204)));
    pages.set(rss(&[OLD]));
    let feed = pages.serve();
    let mut house = House::new(&config(&feed.url("/feed"), &hook.url("/hook")));
    house.start();
    until("the feed has its baseline", || house.json(&["feeds", "--json"])["feeds"][0]["state"] == "ok");
    pages.set(rss(&[CALL, OLD]));
    house.run(&["poll"]);
    ingest(&house, 0..5);
    until("everything is delivered", || {
        let alerts = house.json(&["alerts", "--json"]);
        let mut all =
            alerts["alerts"].as_array().unwrap().iter().flat_map(|it| it["deliveries"].as_array().unwrap());
        !hook.seen().is_empty() && all.all(|it| it["state"] == "done")
    });
    let events = house.events();
    let look = |house: &House| -> Vec<Value> {
        let at = format!("#{}", events.len() / 2);
        vec![
            house.json(&["status", "dock-strike", "--json"]),
            house.json(&["status", "--json", "--at", &at]),
            house.json(&["timeline", "dock-strike", "--json", "--at", &at]),
            house.json(&["alerts", "--json"]),
        ]
    };
    let (before, told) = (look(&house), hook.seen().len());
    assert_eq!(house.stop(), Some(0));
    assert!(house.path("data/snapshots/memory").exists(), "a stop keeps a snapshot");

    let rebuilt = || house.json(&["store", "rebuild", "--json"]);
    let first = rebuilt();
    assert!(!house.path("data/snapshots").exists(), "what was kept before counts no longer");
    assert_eq!(rebuilt(), first);
    for round in 0..3 {
        house.start();
        assert_eq!(look(&house), before, "{round}");
        assert_eq!(house.events(), events, "{round}: nothing is recorded");
        assert_eq!(house.stop(), Some(0));
        let memory = house.path("data/snapshots/memory");
        match round {
            0 => fs::remove_file(memory).unwrap(),
            1 => fs::write(memory, b"rubbish").unwrap(),
            _ => fs::remove_dir_all(house.path("data/snapshots")).unwrap(),
        }
    }
    assert_eq!(house.json(&["store", "rebuild", "--json"]), first);
    assert_eq!(hook.seen().len(), told, "nobody was told anything again");
}
