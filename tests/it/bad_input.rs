//! What is wrong is said clearly, and nothing is lost.

use std::{
    io::{Read, Write},
    os::unix::{fs::PermissionsExt, net::UnixStream},
    process::{Command, Stdio},
};

use crate::{
    house::{Answer, House, Server, rss, until},
    path::{CALL, OLD, STRIKE},
};

const LOOPBACK: &str = "[poll]\nhost_gap = \"0s\"\n[network]\nallow = [\"127.0.0.1/32\"]\n";

#[test]
fn a_wrong_configuration_ends_with_78_and_names_every_place() {
    let house = House::new(
        "[storyline.x]\ntitle = \"X\"\nall = []\nclues = 3\n[feed.y]\nurl = \"ftp://a.example/\"\n",
    );
    for command in ["check", "run"] {
        let output = house.run(&[command]);
        assert_eq!(output.status.code(), Some(78), "{command}: {output:?}");
        let said =
            String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("clues") && said.contains("storyline.toml:7"), "{said}");
        assert!(said.contains("ftp") && said.contains("storyline.toml:9"), "{said}");
    }
}

#[test]
fn a_configuration_that_is_missing_ends_with_78() {
    let house = House::new("");
    std::fs::remove_file(house.path("storyline.toml")).unwrap();
    let output = house.run(&["run"]);
    assert_eq!(output.status.code(), Some(78), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("storyline.toml"), "{output:?}");
}

#[test]
fn a_second_daemon_is_refused_and_told_of_the_first() {
    let mut house = House::new(STRIKE);
    house.start();
    let pid = house.pid().to_string();
    let signal = |name: &str| assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    // Whether the first answers or hangs: nothing of it is waited for.
    for hangs in [false, true] {
        if hangs {
            signal("-STOP");
        }
        let mut second = house.command(&["run"]).stderr(Stdio::piped()).spawn().unwrap();
        // Within a second, where the machine has time for it; what waits for the first waits for ever.
        until("the second is refused", || second.try_wait().unwrap().is_some());
        let second = second.wait_with_output().unwrap();
        if hangs {
            signal("-CONT");
        }
        assert_eq!(second.status.code(), Some(75), "{second:?}");
        let said = String::from_utf8_lossy(&second.stderr);
        assert!(said.contains(&format!("the log is in use by the process with pid {pid}")), "{said}");
        assert!(said.contains("stop it first, or give this one another data_dir"), "{said}");
    }
    assert!(house.run(&["status"]).status.success(), "the first goes on");
    house.kill();
    house.start();
    assert_ne!(house.pid().to_string(), pid, "after kill -9 another starts with no manual step");
}

#[test]
fn a_data_directory_that_cannot_be_made_ends_with_74() {
    let house = House::new(STRIKE);
    std::fs::write(house.path("data"), "a file where the directory would be").unwrap();
    let output = house.run(&["run"]);
    assert_eq!(output.status.code(), Some(74), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("data"), "{output:?}");
    let kept = std::fs::read_to_string(house.path("data")).unwrap();
    assert_eq!(kept, "a file where the directory would be");
}

#[test]
fn a_page_without_end_and_a_web_page_leave_the_other_feeds_alone() {
    let server = Server::new(|request| match request.path.as_str() {
        "/html" => Answer::ok("<!doctype html><html><body>Please log in</body></html>")
            .with("content-type", "text/html"),
        "/huge" => Answer::ok(vec![b' '; 20 << 20]),
        "/empty" => Answer::ok(""),
        _ => Answer::ok(rss(&[CALL, OLD])),
    });
    let feed = |name: &str| format!("[feed.{name}]\nurl = \"{}\"\n", server.url(&format!("/{name}")));
    let feeds: String = ["html", "huge", "empty", "good"].map(feed).concat();
    let mut house = House::new(&format!("{STRIKE}{LOOPBACK}{feeds}"));
    let once = house.run(&["run", "--once"]);
    assert!(once.status.success(), "{once:?}");
    house.start();
    let feeds = house.json(&["feeds", "--json"]);
    let of =
        |name: &str| feeds["feeds"].as_array().unwrap().iter().find(|it| it["id"] == name).unwrap().clone();
    for (name, word) in [("html", "web page"), ("huge", "larger"), ("empty", "empty")] {
        assert_eq!(of(name)["state"], "failing", "{name}");
        assert!(of(name)["error"].as_str().unwrap().contains(word), "{name}: {}", of(name)["error"]);
    }
    assert_eq!(of("good")["state"], "ok");
    assert_eq!(house.json(&["status", "--json"])["storylines"][0]["phase"], "announced");
}

#[test]
fn rubbish_on_the_socket_hurts_nobody() {
    let mut house = House::new(STRIKE);
    house.start();
    let long = vec![b'a'; 200_000];
    for rubbish in
        [&b"\x00\xff\xfe rubbish\r\n\r\n"[..], b"GET /v1/status HTTP/9.9\r\n\r\n", b"\r\n\r\n\r\n", &long]
    {
        let mut stream = UnixStream::connect(house.path("socket")).unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
        let _ = stream.write_all(rubbish);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply);
        assert!(
            reply.is_empty() || reply.starts_with(b"HTTP/1.1 4"),
            "{:?}",
            String::from_utf8_lossy(&reply)
        );
    }
    assert!(house.run(&["status"]).status.success());
    assert_eq!(house.stop(), Some(0));
}

#[test]
fn the_socket_survives_the_death_of_its_predecessor() {
    let mut house = House::new(STRIKE);
    house.start();
    house.kill();
    assert!(house.path("socket").exists(), "kill -9 leaves it behind");
    let asked = house.run(&["status"]);
    assert_eq!(asked.status.code(), Some(69), "{asked:?}");
    house.start();
    let mode = std::fs::metadata(house.path("socket")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
    assert_eq!(house.stop(), Some(0));
    assert!(!house.path("socket").exists());
}

#[test]
fn a_wrong_reload_changes_nothing_and_a_right_one_holds_from_then_on() {
    let mut house = House::new(STRIKE);
    house.start();
    house.configure("[storyline.x]\ntitle = 3\n");
    let refused = house.run(&["reload"]);
    assert_eq!(refused.status.code(), Some(78), "{refused:?}");
    assert_eq!(house.json(&["status", "--json"])["storylines"][0]["id"], "dock-strike");
    house.configure(&STRIKE.replace("dock-strike", "port-strike"));
    assert!(house.run(&["reload"]).status.success());
    until("the new one holds", || house.json(&["status", "--json"])["storylines"][0]["id"] == "port-strike");
    let events = house.events();
    assert!(events.iter().any(|it| it["kind"] == "storyline_retired" && it["storyline"] == "dock-strike"));
}
