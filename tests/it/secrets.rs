//! Secrets of sinks and feeds show nowhere: not in logs, events, answers, errors, findings or backups.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener},
    os::unix::net::UnixStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::{
    house::{Answer, House, Seen, Server, rss, until},
    path::{CALL, OLD, STRIKE},
};

/// Every secret has this in it, in one of its forms.
const CANARY: &str = "canary7f3a";

/// The canary and what becomes of it on the way: base64 has three forms, by where it begins.
fn forms() -> Vec<String> {
    vec![CANARY.to_owned(), "Y2FuYXJ5N2YzY".to_owned(), "NhbmFyeTdmM2".to_owned(), "jYW5hcnk3ZjNh".to_owned()]
}

/// What is alive only as long as it is held.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A mail server that repeats passwords in its refusals.
fn indiscreet_post() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            std::thread::spawn(move || {
                let (mut lines, mut out) = (BufReader::new(stream.try_clone().unwrap()).lines(), stream);
                let mut say = |it: String| out.write_all(it.as_bytes()).is_ok();
                let mut open = say("220 post\r\n".to_owned());
                while let (true, Some(Ok(line))) = (open, lines.next()) {
                    open = say(if line.starts_with("EHLO") {
                        "250-post\r\n250 AUTH PLAIN LOGIN\r\n".to_owned()
                    } else {
                        format!("535 5.7.8 {line} is wrong, {CANARY} too\r\n")
                    });
                }
            });
        }
    });
    address
}

/// A server that repeats all it is told, in refusals.
fn indiscreet() -> Server {
    Server::new(|request: &Seen| {
        let (user, old) = (request.header("authorization").is_some(), rss(&[OLD]));
        match request.path.as_str() {
            "/feed" if user => Answer::ok(rss(&[CALL, OLD])),
            "/feed" => Answer::ok(old),
            "/locked" => Answer { body: format!("{request:?}").into_bytes(), ..Answer::status(401) },
            _ => Answer { body: format!("{request:?}").into_bytes(), ..Answer::status(500) },
        }
    })
}

fn configuration(server: &Server, post: SocketAddr) -> String {
    let at = |path: &str| server.url(path);
    let address = server.address;
    let apprise = r#"for a; do case $a in --config=*) cat "${a#--config=}" >&2;; esac; done; exit 1"#;
    let retry = "retry = { first = \"1h\", max = \"1h\", give_up = \"3d\" }\n";
    let sink = |name: &str, lines: &str| format!("[sink.{name}]\n{lines}\n{retry}");
    [
        STRIKE.to_owned(),
        "[poll]\nmin_interval = \"1s\"\nhost_gap = \"0s\"\n[network]\nallow = [\"127.0.0.1/32\"]\n".to_owned(),
        format!("[feed.plain]\nurl = \"{}\"\noutlet = \"Plain\"\nbaseline = \"alert\"\nsecret_file = \"feed\"\n", at("/feed")),
        format!("[feed.locked]\nurl = \"{}\"\nsecret_file = \"bearer\"\n", at("/locked")),
        format!("[feed.inline]\nurl = \"http://me:{CANARY}@{address}/locked?inline\"\n"),
        sink("hook", &format!("kind = \"webhook\"\nurl = \"{}\"\nsecret_file = \"whsec\"", at("/hook"))),
        sink("credential", &format!("kind = \"webhook\"\nurl = \"{}\"", at("/hook"))),
        sink("inline", &format!("kind = \"slack\"\nurl = \"{}\"", at(&format!("/{CANARY}/inline")))),
        sink("team", "kind = \"slack\"\nurl_file = \"address\""),
        sink("phone", "kind = \"ntfy\"\nurl_file = \"address\"\nsecret_file = \"token\""),
        sink("hub", "kind = \"apprise\"\nurl_file = \"address\"\nsecret_file = \"token\""),
        sink("all", &format!("kind = \"apprise\"\ncommand = [\"/bin/sh\", \"-c\", '{apprise}', \"apprise\"]\nsecret_file = \"address\"")),
        sink("mail", &format!("kind = \"email\"\nurl = \"smtp://{post}\"\nfrom = \"a@example.org\"\nto = \"b@example.org\"\nsecret_file = \"login\"")),
    ]
    .concat()
}

/// The whole of what a socket answers.
fn get(house: &House, path: &str) -> Vec<u8> {
    let mut stream = UnixStream::connect(house.path("socket")).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{path}: {}", String::from_utf8_lossy(&answer));
    answer
}

fn check(what: &str, bytes: &[u8]) {
    for form in forms() {
        let found = bytes.windows(form.len()).position(|it| it == form.as_bytes());
        let near = found.map(|at| &bytes[at.saturating_sub(200)..(at + 40).min(bytes.len())]);
        assert!(
            found.is_none(),
            "{what} holds a secret: {}",
            String::from_utf8_lossy(near.unwrap_or_default())
        );
    }
}

fn check_folder(folder: &Path) -> usize {
    let mut files = 0;
    for it in std::fs::read_dir(folder).unwrap() {
        let path = it.unwrap().path();
        if path.is_dir() {
            files += check_folder(&path);
        } else if path.is_file() {
            check(&path.display().to_string(), &std::fs::read(&path).unwrap());
            files += 1;
        }
    }
    files
}

fn attempts(house: &House) -> Vec<(String, u64)> {
    let alerts = house.json(&["alerts", "--json"]);
    let of = |it: &Value| it["deliveries"].as_array().unwrap().clone();
    let all = alerts["alerts"].as_array().unwrap().iter().flat_map(of);
    all.map(|it| (it["sink"].as_str().unwrap().to_owned(), it["attempts"].as_u64().unwrap())).collect()
}

#[test]
fn secrets_show_nowhere() {
    let (server, post) = (indiscreet(), indiscreet_post());
    let house = House::new(&configuration(&server, post));
    let whsec = "whsec_Y2FuYXJ5N2YzYQ==";
    let files = [
        ("feed", format!("me:{CANARY}")),
        ("bearer", format!("{CANARY}-bearer")),
        ("whsec", whsec.to_owned()),
        ("address", server.url(&format!("/{CANARY}/address"))),
        ("token", format!("{CANARY}-token")),
        ("login", format!("desk:{CANARY}")),
    ];
    for (name, text) in &files {
        std::fs::write(house.path(name), text).unwrap();
    }
    std::fs::create_dir(house.path("credentials")).unwrap();
    std::fs::write(house.path("credentials/credential"), whsec).unwrap();
    let log = std::fs::File::create(house.path("stderr")).unwrap();
    let mut command = house.command(&["run"]);
    command.env("STORYLINE_LOG", "trace").env("CREDENTIALS_DIRECTORY", house.path("credentials"));
    let mut daemon = Daemon(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
    until("the daemon answers", || house.run(&["status"]).status.success());
    let sinks = ["all", "credential", "hook", "hub", "inline", "mail", "phone", "team"];
    until("every sink was tried", || {
        let tried = attempts(&house);
        sinks.iter().all(|sink| tried.iter().any(|(it, n)| it == sink && *n > 0))
    });
    until("every feed was tried", || {
        house.json(&["feeds", "--json"])["feeds"].as_array().unwrap().iter().all(|it| it["state"] != "new")
    });
    let signed = server.seen().iter().filter(|it| it.header("webhook-signature").is_some()).count();
    assert!(signed >= 2, "the file and the credential are used");

    let backup = house.path("backup");
    let commands: &[&[&str]] = &[
        &["status"],
        &["status", "--json"],
        &["alerts"],
        &["alerts", "--json"],
        &["feeds"],
        &["feeds", "--json"],
        &["log"],
        &["log", "--json"],
        &["timeline", "dock-strike"],
        &["explain", "#2"],
        &["check"],
        &["check", "--json"],
        &["store", "export"],
        &["store", "backup", backup.to_str().unwrap()],
        &["store", "verify"],
        &["poll"],
        &["reload"],
    ];
    for it in commands {
        let output = house.run(it);
        check(&it.join(" "), &[output.stdout, output.stderr].concat());
    }
    for sink in sinks {
        let output = house.run(&["alerts", "test", sink]);
        assert_eq!(output.status.code(), Some(1), "{sink}: {output:?}");
        check(sink, &[output.stdout, output.stderr].concat());
    }
    for path in [
        "/v1/status",
        "/v1/alerts",
        "/v1/feeds",
        "/v1/events",
        "/metrics",
        "/feed.atom",
        "/feed.json",
        "/v1/openapi.json",
    ] {
        check(path, &get(&house, path));
    }
    // A configuration that is wrong just where its secrets are.
    let wrong = configuration(&server, post)
        .replace("[sink.inline]", "[sink.inline]\nurll = 3")
        .replace("kind = \"slack\"\nurl = \"http://", "kind = \"slack\"\nurl = \"ftp://");
    house.configure(&wrong);
    for it in [&["check"][..], &["check", "--json"], &["reload"], &["reload", "--json"]] {
        let output = house.run(it);
        assert_eq!(output.status.code(), Some(78), "{it:?}: {output:?}");
        check(&it.join(" "), &[output.stdout, output.stderr].concat());
    }
    let pid = daemon.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(daemon.0.wait().unwrap().success());
    assert!(check_folder(&house.path("data")) > 0 && check_folder(&backup) > 0);
    let log = std::fs::read(house.path("stderr")).unwrap();
    assert!(String::from_utf8_lossy(&log).contains("TRACE"), "everything is logged");
    check("the log", &log);
}
