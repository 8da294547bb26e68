//! A disk that is full, that fails, or that has damaged the log: the daemon says so, goes on answering, loses nothing,
//! and writes again by itself as soon as it can.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    failpoints::{holds, ingest},
    house::{Answer, House, Server, root, rss, until},
    path::{CALL, OLD, Pages, config},
};

/// How soon everyone must be told.
const AT_ONCE: Duration = Duration::from_secs(1);

/// A small disk of its own, gone with the test.
struct Disk(PathBuf);

impl Disk {
    /// None, said loudly, where nothing may be mounted.
    fn mount(at: &Path, size: &str) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(at)
            .output();
        match mount {
            Ok(output) if output.status.success() => Some(Self(at.to_owned())),
            other => {
                eprintln!("SKIPPED: no small disk can be mounted, nothing was tested: {other:?}");
                None
            }
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let gone = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(gone.is_ok_and(|it| it.success()) || std::thread::panicking(), "a mount was left behind");
    }
}

/// The status of an answer, asked by hand.
fn code(house: &House, path: &str) -> u16 {
    let mut stream = UnixStream::connect(house.path("socket")).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap()
}

fn storage(house: &House) -> (Value, Value) {
    let status = house.json(&["status", "--json"]);
    (status["storage"].clone(), status["storage_error"]["code"].clone())
}

/// A daemon that reads a feed, meets a trouble while the feed brings news, and gets over it.
fn trouble_passes(
    house: &mut House,
    pages: &Pages,
    code_told: &str,
    begin: impl FnOnce(&House),
    end: impl FnOnce(&House),
) {
    let pid = house.pid();
    let (mut acknowledged, given) = ingest(house, 0..4);
    assert_eq!((acknowledged.len(), given), (4, Some(0)));
    until("the feed has its baseline", || house.json(&["feeds", "--json"])["feeds"][0]["state"] == "ok");

    begin(house);
    let (mut next, mut refused) = (4, None);
    let met = loop {
        let (more, given) = ingest(house, next..=next);
        acknowledged.extend(more);
        next += 1;
        if given != Some(0) {
            refused = given.or(refused);
            break Instant::now();
        }
        assert!(next < 5_000, "the disk never refused");
    };
    assert_eq!(refused, Some(75), "try again");
    until("everyone is told", || storage(house) == ("read-only".into(), code_told.into()));
    assert!(met.elapsed() < AT_ONCE * 5, "{:?}: even with a slow test machine", met.elapsed());
    assert_eq!(code(house, "/readyz"), 503);
    let status = house.json(&["status", "--json"]);
    let error = &status["storage_error"];
    assert!(
        ["detail", "hint", "since"].iter().all(|it| error[it].as_str().is_some_and(|it| !it.is_empty())),
        "{error}"
    );
    holds(house, &acknowledged, "while nothing can be written");
    pages.set(rss(&[CALL, OLD]));
    for verb in [&["mute", "Harbour Bulletin"][..], &["poll"], &["snooze", "dock-strike", "1h"]] {
        assert_eq!(house.run(verb).status.code(), Some(75), "{verb:?}");
    }

    end(house);
    until("writing goes on by itself", || storage(house).0 == "ok");
    assert_eq!((house.pid(), code(house, "/readyz")), (pid, 200), "without a restart");
    until("the page that could not be recorded is fetched again", || {
        house.run(&["poll"]);
        house.events().iter().any(|it| it["report"]["title"] == CALL.1)
    });
    let alerts = house.json(&["alerts", "--json"]);
    assert!(alerts["alerts"].as_array().unwrap().iter().any(|it| it["kind"] == "storage"), "{alerts}");
    let (again, given) = ingest(house, 0..next + 3);
    assert_eq!((again.len() as u64, given), (next + 3, Some(0)));
    for (id, first) in &acknowledged {
        assert_eq!(again.get(id), Some(first), "the first answer stands");
    }
    holds(house, &again, "afterwards");
    let before = house.events();
    assert_eq!(house.stop(), Some(0));
    house.start();
    assert_eq!(house.events()[..before.len()], before[..], "also after a restart");
    assert_eq!(house.json(&["store", "verify", "--json"])["ok"], true);
    assert_eq!(house.stop(), Some(0));
}

#[test]
fn a_full_disk_is_told_at_once_and_got_over_without_a_restart() {
    let (pages, hook) = (Pages::default(), Server::new(|_| Answer::status(204)));
    pages.set(rss(&[OLD]));
    let feed = pages.serve();
    let mut house = House::new(&config(&feed.url("/feed"), &hook.url("/hook")));
    let Some(disk) = Disk::mount(&house.path("data"), "48m") else { return };
    house.start();
    let ballast = house.path("data/ballast");
    let fill = |_: &House| {
        let mut file = fs::File::create(&ballast).unwrap();
        while file.write_all(&[7; 4_096]).is_ok() {}
    };
    trouble_passes(&mut house, &pages, "full", fill, |_| fs::remove_file(&ballast).unwrap());
    drop((house, disk));
}

#[test]
fn a_failing_disk_is_told_at_once_and_got_over_without_a_restart() {
    let (pages, hook) = (Pages::default(), Server::new(|_| Answer::status(204)));
    pages.set(rss(&[OLD]));
    let feed = pages.serve();
    let mut house = House::new(&config(&feed.url("/feed"), &hook.url("/hook")));
    let Some(layer) = layer(&house.path("fault.so")) else { return };
    let plan = house.path("plan");
    let set = [("LD_PRELOAD", layer), ("FAULT_ROOT", house.path("data")), ("FAULT_PLAN", plan.clone())];
    house.start_with(&set.map(|(name, value)| (name, value.into_os_string())));
    let fail = |_: &House| fs::write(&plan, "sync 5 0 -1 /log/db").unwrap();
    trouble_passes(&mut house, &pages, "io", fail, |_| fs::remove_file(&plan).unwrap());
}

/// The log's own fault layer; none, said loudly, where it cannot be made.
fn layer(to: &Path) -> Option<PathBuf> {
    let source = root().join("store/tests/it/fault.c");
    let made = Command::new("cc")
        .args(["-O1", "-shared", "-fPIC", "-o"])
        .arg(to)
        .arg(&source)
        .arg("-lpthread")
        .output();
    match made {
        Ok(output) if output.status.success() => Some(to.to_owned()),
        other => {
            eprintln!("SKIPPED: no fault layer can be made, nothing was tested: {other:?}");
            None
        }
    }
}

#[test]
fn a_log_found_damaged_is_read_and_not_written_until_it_is_repaired() {
    let mut house = House::new(crate::path::STRIKE);
    house.start();
    let (acknowledged, _) = ingest(&house, 0..12);
    let before = house.events();
    assert_eq!(house.stop(), Some(0));
    let file = house.path("data/log/db");
    let mut bytes = fs::read(&file).unwrap();
    let found = b"strike number 7 over pay";
    let place = bytes.windows(found.len()).position(|it| it == found).unwrap();
    bytes[place] ^= 1;
    fs::write(&file, &bytes).unwrap();

    house.start();
    let status = house.json(&["status", "--json"]);
    assert_eq!(
        (&status["storage"], &status["storage_error"]["code"]),
        (&"read-only".into(), &"damaged".into())
    );
    let hint = status["storage_error"]["hint"].as_str().unwrap();
    assert!(hint.contains("storyline store repair"), "{hint}");
    let said = String::from_utf8(house.run(&["status"]).stdout).unwrap();
    assert!(said.contains("read-only") && said.contains("storyline store repair"), "{said}");
    assert_eq!(code(&house, "/readyz"), 503);
    assert_eq!(ingest(&house, 20..21), (BTreeMap::default(), Some(75)));
    let read = house.events();
    let same = before.iter().filter(|it| read.contains(it)).count();
    assert!(same + 4 >= before.len(), "{same} of {} can be read", before.len());
    assert_eq!(fs::read(&file).unwrap(), bytes, "not a byte of it was changed");
    assert_eq!(
        house.run(&["store", "repair", "--json"]).status.code(),
        Some(75),
        "not under a running daemon"
    );
    house.stop();

    let repaired = house.run(&["store", "repair", "--json"]);
    assert!(matches!(repaired.status.code(), Some(0 | 1)), "{repaired:?}");
    house.start();
    assert_eq!(storage(&house).0, "ok");
    let (again, code) = ingest(&house, 0..14);
    assert_eq!((again.len(), code), (14, Some(0)));
    let events = house.events();
    let lost = events.iter().filter(|it| it["kind"] == "record_lost").count();
    assert!(lost <= 4, "{lost}");
    for event in before.iter().filter(|it| read.contains(it)) {
        assert!(events.contains(event), "what could be read is there: {event}");
    }
    assert_eq!(acknowledged.len(), 12);
    assert_eq!(house.stop(), Some(0));
}
