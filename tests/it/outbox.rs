//! Ended at every step between a cause and the record that it was told: nothing is lost, nothing recorded is repeated.

use std::{
    collections::BTreeMap,
    io::Write,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use storyline::deliver::STEPS;

use crate::house::{Answer, House, Seen, Server, until};

/// Rounds of a kill at any moment. `STORYLINE_ALERT_KILL_ROUNDS=1000` runs more.
fn rounds() -> u32 {
    std::env::var("STORYLINE_ALERT_KILL_ROUNDS").ok().and_then(|it| it.parse().ok()).unwrap_or(3)
}

/// One storyline a harbour, so that every vote, beginning and end of a strike is an alert of its own.
fn config(harbours: u32, hook: &Server) -> String {
    let sink = |id: &str| {
        format!(
            "[sink.{id}]\nkind = \"webhook\"\nurl = \"{}\"\nrate = \"100000/h\"\n\
             retry = {{ first = \"1s\", max = \"1s\", give_up = \"1h\" }}\n",
            hook.url(&format!("/{id}"))
        )
    };
    let storyline = |n: u32| {
        format!(
            "[storyline.harbour{n}]\ntitle = \"The strike in harbour {n}\"\n\
             all = [[\"dockers\"], [\"strike\"], [\"=harbour{n}\"]]\n[storyline.harbour{n}.phase]\n\
             announced = [\"vote to strike\"]\nunder_way = [\"strike begins\"]\nconcluded = [\"strike ends\"]\n"
        )
    };
    let storylines: String = (0..harbours).map(storyline).collect();
    format!("[alerts]\nstorm = \"off\"\n{}{}{storylines}", sink("clean"), sink("flaky"))
}

/// The news of a harbour: three items, three alerts.
fn news(harbour: u32) -> [Value; 3] {
    let item = |n: u32, what: &str| {
        json!({"id": format!("h{harbour}-{n}"), "published": format!("2025-03-0{}T09:00:00Z", n + 1),
               "title": format!("Dockers {what} in Harbour{harbour}"), "summary": ""})
    };
    [item(0, "vote to strike"), item(1, "at the gates as strike begins"), item(2, "go home as strike ends")]
}

/// Gives items to the daemon, which may be gone before it answers.
fn ingest(house: &House, items: &[Value]) {
    let mut command = house.command(&["ingest", "--feed", "wire"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    // Where the daemon is gone, so is the reader of this pipe.
    let _ = items.iter().try_for_each(|it| writeln!(input, "{it}"));
    drop(input);
    child.wait().unwrap();
}

/// A receiver whose `/flaky` refuses the first request of every delivery, and which may end the daemon at a receipt.
struct Receiver {
    server: Server,
    kill_at_receipt: Arc<AtomicU32>,
}

impl Receiver {
    fn new() -> Self {
        let kill_at_receipt = Arc::new(AtomicU32::new(0));
        let (kill, known) =
            (kill_at_receipt.clone(), std::sync::Mutex::new(std::collections::BTreeSet::new()));
        let server = Server::new(move |request| {
            let pid = kill.swap(0, Ordering::Relaxed);
            if pid != 0 {
                assert!(Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap().success());
            }
            let id = request.header("webhook-id").unwrap().to_owned();
            let first = known.lock().unwrap().insert(id);
            Answer::status(if first && request.path == "/flaky" { 503 } else { 200 })
        });
        Self { server, kill_at_receipt }
    }

    /// The requests of each delivery.
    fn requests(&self) -> BTreeMap<String, Vec<Seen>> {
        let mut all: BTreeMap<String, Vec<Seen>> = BTreeMap::new();
        for it in self.server.seen() {
            all.entry(it.header("webhook-id").unwrap().to_owned()).or_default().push(it);
        }
        all
    }
}

/// The deliveries that the log knows to be done, with how often each was asked for until then.
type Settled = BTreeMap<String, usize>;

fn settled(house: &House, receiver: &Receiver) -> Settled {
    // Read first: of what was recorded by then, every request has been seen.
    let events = house.events();
    let requests = receiver.requests();
    let done = events.into_iter().filter(|it| it["kind"] == "delivery_done");
    let ids = done.map(|it| it["delivery"].as_str().unwrap().to_owned());
    ids.map(|id| (id.clone(), requests.get(&id).map_or(0, Vec::len))).collect()
}

/// Waits until everything planned is done, and checks what the receiver saw.
fn check(house: &House, receiver: &Receiver, alerts: usize, settled: &[Settled], what: &str) {
    let is_done = |it: &Value| it["deliveries"].as_array().unwrap().iter().all(|it| it["state"] == "done");
    until(&format!("{what}: everything is delivered"), || {
        let all = house.json(&["alerts", "--json", "--limit", "1000"]);
        let all = all["alerts"].as_array().unwrap();
        !all.is_empty() && all.iter().all(is_done)
    });
    let events = house.events();
    let of = |kind: &str| events.iter().filter(|it| it["kind"] == kind).collect::<Vec<_>>();
    let planned = of("delivery_planned");
    assert_eq!(of("alert_raised").len(), alerts, "{what}");
    assert_eq!(planned.len(), alerts * 2, "{what}: one for each sink");
    let requests = receiver.requests();
    assert_eq!(requests.len(), planned.len(), "{what}: each was accepted, and nothing that was not planned");
    for it in planned {
        let id = it["delivery"].as_str().unwrap();
        let theirs = &requests[id];
        assert!(
            theirs.iter().all(|seen| seen.body == it["body"].as_str().unwrap()),
            "{what}: {id} byte for byte"
        );
    }
    for (id, before) in settled.iter().flatten() {
        assert_eq!(requests[id].len(), *before, "{what}: {id} was recorded as taken, and sent again");
    }
}

#[test]
fn ended_at_any_step_every_alert_arrives_and_none_that_was_recorded_comes_again() {
    let mut places: Vec<String> = Vec::new();
    for step in STEPS {
        places.extend([format!("{step}:1"), format!("{step}:4")]);
    }
    for place in places {
        let receiver = Receiver::new();
        let mut house = House::new(&config(1, &receiver.server));
        house.start_to_abort_at(&place);
        for it in &news(0) {
            ingest(&house, std::slice::from_ref(it));
        }
        // Some steps have no fourth pass before everything is told.
        until(&format!("{place}: the daemon ends, or is done"), || house.has_ended() || is_idle(&house));
        assert!(house.has_ended() || place.ends_with(":4"), "{place} was never passed");
        if !house.has_ended() {
            house.kill();
        }
        house.start();
        let settled = settled(&house, &receiver);
        for it in &news(0) {
            ingest(&house, std::slice::from_ref(it));
        }
        check(&house, &receiver, 3, &[settled], &place);
    }
}

fn is_idle(house: &House) -> bool {
    let output = house.run(&["alerts", "--json"]);
    let all: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let all = all["alerts"].as_array().cloned().unwrap_or_default();
    let done = |it: &Value| it["deliveries"].as_array().unwrap().iter().all(|it| it["state"] == "done");
    all.len() == 3 && all.iter().all(done)
}

#[test]
fn ended_when_the_receiver_has_it_and_has_not_answered_it_comes_once_more() {
    let receiver = Receiver::new();
    let mut house = House::new(&config(1, &receiver.server));
    house.start();
    receiver.kill_at_receipt.store(house.pid(), Ordering::Relaxed);
    ingest(&house, &news(0)[..1]);
    until("the daemon is ended", || house.has_ended());
    house.start();
    let settled = settled(&house, &receiver);
    for it in &news(0) {
        ingest(&house, std::slice::from_ref(it));
    }
    check(&house, &receiver, 3, &[settled], "at the receipt");
}

#[test]
fn killed_at_any_moment_every_alert_arrives_and_none_that_was_recorded_comes_again() {
    let receiver = Receiver::new();
    let mut house = House::new(&config(rounds(), &receiver.server));
    let mut all = Vec::new();
    let mut chance: u32 = 17;
    for round in 0..rounds() {
        house.start();
        all.push(settled(&house, &receiver));
        ingest(&house, &news(round));
        chance = chance.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        // Chance, not correctness, hangs on this pause.
        std::thread::sleep(Duration::from_millis(u64::from(chance >> 16) % 60));
        house.kill();
    }
    house.start();
    all.push(settled(&house, &receiver));
    check(&house, &receiver, rounds() as usize * 3, &all, "killed");
}
