//! Rebuilt, restored, imported, asked what would be otherwise: the past alerts nobody a second time.

use serde_json::{Value, json};

use crate::{
    house::{Answer, House, Server, until},
    path::STRIKE,
};

fn ingest(house: &House, item: &Value) {
    use std::io::Write;
    let mut child = house.command(&["ingest", "--feed", "wire"]);
    let mut child =
        child.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::null()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{item}").unwrap();
    assert!(child.wait().unwrap().success());
}

fn item(id: &str, title: &str) -> Value {
    json!({"id": id, "published": "2025-03-01T09:00:00Z", "title": title, "summary": "At the northern gates."})
}

#[test]
fn the_past_alerts_nobody_a_second_time() {
    let hook = Server::new(|_| Answer::status(204));
    let config = format!("{STRIKE}[sink.desk]\nkind = \"webhook\"\nurl = \"{}\"\n", hook.url("/hook"));
    let mut house = House::new(&config);
    house.start();
    ingest(&house, &item("1", "Dockers vote to strike from Monday"));
    ingest(&house, &item("2", "Dockers walk out as strike begins at dawn"));
    let done = |house: &House| {
        let all = house.json(&["alerts", "--json"]);
        let all = all["alerts"].as_array().unwrap().clone();
        if all.iter().all(|it| it["deliveries"][0]["state"] == "done") { all.len() } else { 0 }
    };
    until("both alerts are delivered", || done(&house) > 0 && hook.seen().len() == done(&house));
    let before = hook.seen().len();

    // The same items again, another definition, and what it would have made of the past.
    ingest(&house, &item("1", "Dockers vote to strike from Monday"));
    let other = "[storyline.vote]\ntitle = \"The vote\"\nall = [[\"vote\"], [\"strike\"]]\n";
    house.configure(&format!("{config}{other}"));
    assert!(house.run(&["reload"]).status.success());
    let new = house.path("storyline.toml");
    assert!(house.run(&["backtest", "--config", new.to_str().unwrap(), "--json"]).status.success());
    assert!(house.run(&["poll"]).status.success());
    assert_eq!(house.stop(), Some(0));

    // Thought through again from the log.
    assert!(house.run(&["store", "rebuild", "--json"]).status.success());
    house.start();
    assert_eq!(house.stop(), Some(0));

    // Carried to another place.
    let exported = house.run(&["store", "export"]);
    assert!(exported.status.success());
    std::fs::rename(house.path("data"), house.path("aside")).unwrap();
    let mut import = house.command(&["store", "import"]);
    let mut child = import.stdin(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &exported.stdout).unwrap();
    assert!(child.wait().unwrap().success());
    house.start();
    assert_eq!(done(&house), before, "they are known");
    ingest(&house, &item("3", "Fishing fleet home before the storm"));
    assert_eq!(house.stop(), Some(0));
    assert_eq!(hook.seen().len(), before, "{:#?}", hook.seen());
}
