//! Mail against a real server, where one is installed.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
};

use serde_json::Value;

use crate::{
    house::{House, PATIENCE, rss, until},
    path::{CALL, OLD, Pages, STRIKE},
    sinks::{has, python, try_sink},
};

/// A mail server with what it was given.
struct Post {
    process: Child,
    port: u16,
    told: mpsc::Receiver<Value>,
}

impl Post {
    fn start(python: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(python);
        command.arg("-c").arg(include_str!("mailserver.py")).args(arguments);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.next().expect("the mail server starts").unwrap().parse().unwrap();
        let (sender, told) = mpsc::channel();
        std::thread::spawn(move || {
            lines.map_while(Result::ok).try_for_each(|it| sender.send(serde_json::from_str(&it).unwrap()))
        });
        Self { process, port, told }
    }

    fn next(&self) -> Value {
        self.told.recv_timeout(PATIENCE).expect("a mail arrives")
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_storyline_is_one_thread_in_a_mailbox() {
    let Some(python) = python("aiosmtpd") else { return };
    let post = Post::start(&python, &["plain"]);
    let pages = Pages::default();
    pages.set(rss(&[OLD]));
    let feed = pages.serve();
    let mut house = House::new(&format!(
        "{STRIKE}\n[poll]\nmin_interval = \"1s\"\nhost_gap = \"0s\"\n[network]\nallow = [\"127.0.0.1/32\"]\n\
         [feed.harbour]\nurl = \"{}\"\noutlet = \"Harbour Bulletin\"\n\
         [sink.mail]\nkind = \"email\"\nurl = \"smtp://127.0.0.1:{}\"\n\
         from = \"Störyline <storyline@example.org>\"\nto = [\"desk@example.org\", \"night@example.org\"]\n",
        feed.url("/feed"),
        post.port
    ));
    house.start();
    until("the feed has its baseline", || house.json(&["feeds", "--json"])["feeds"][0]["state"] == "ok");
    pages.set(rss(&[CALL, OLD]));
    assert!(house.run(&["poll"]).status.success());
    let first = post.next();
    let ends = (
        "h-2",
        "Dockers call off strike after deal",
        "Port workers in the northern docks call off strike; the walkout is over.",
        "2025-03-04T09:00:00Z",
    );
    pages.set(rss(&[ends, CALL, OLD]));
    assert!(house.run(&["poll"]).status.success());
    let second = post.next();
    for it in [&first, &second] {
        assert_eq!(it["from"], "storyline@example.org");
        assert_eq!(it["to"], serde_json::json!(["desk@example.org", "night@example.org"]));
        assert_eq!(it["subject"], "The strike in the docks");
        assert_eq!(it["defects"], serde_json::json!([]), "{it}");
        let thread = it["thread"].as_str().unwrap();
        assert!(thread.starts_with("<dock-strike.thread.storyline@example.org>"), "{thread}");
    }
    assert_ne!(first["id"], second["id"]);
    let (text, html) = (first["text"].as_str().unwrap(), first["html"].as_str().unwrap());
    assert!(text.starts_with("dock-strike · ") && text.contains(CALL.1) && html.contains(CALL.1), "{text}");
    assert!(text.contains("storyline explain #"), "{text}");
    until("both are recorded", || {
        let alerts = house.json(&["alerts", "--json"]);
        let of = |it: &Value| it["deliveries"].as_array().unwrap().clone();
        let all: Vec<Value> = alerts["alerts"].as_array().unwrap().iter().flat_map(of).collect();
        all.len() == 2 && all.iter().all(|it| it["state"] == "done")
    });
    assert_eq!(house.stop(), Some(0));
    assert!(post.told.try_recv().is_err(), "each is sent once");
}

/// A certificate for `localhost`, and the authority that signed it.
fn certificates(folder: &Path) -> Option<[PathBuf; 3]> {
    if !has("openssl", "version") {
        return None;
    }
    let [ca, ca_key, key, request, certificate, names] =
        ["ca.pem", "ca.key", "key.pem", "request.pem", "certificate.pem", "names"].map(|it| folder.join(it));
    std::fs::write(&names, "subjectAltName=DNS:localhost,IP:127.0.0.1\n").unwrap();
    let run = |arguments: &[&str], paths: &[(&str, &Path)]| {
        let mut command = Command::new("openssl");
        command.args(arguments);
        for (name, path) in paths {
            command.arg(name).arg(path);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    let new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj"];
    run(
        &[
            &new[..],
            &["/CN=test authority", "-x509", "-days", "2", "-addext", "keyUsage=critical,keyCertSign"],
        ]
        .concat(),
        &[("-keyout", &ca_key), ("-out", &ca)],
    );
    run(&[&new[..], &["/CN=localhost"]].concat(), &[("-keyout", &key), ("-out", &request)]);
    run(
        &["x509", "-req", "-days", "2", "-CAcreateserial"],
        &[("-in", &request), ("-CA", &ca), ("-CAkey", &ca_key), ("-out", &certificate), ("-extfile", &names)],
    );
    Some([ca, certificate, key])
}

#[test]
fn mail_is_sealed_and_logged_in_and_each_failure_says_what_it_is() {
    let Some(python) = python("aiosmtpd") else { return };
    let folder = tempfile::tempdir().unwrap();
    let Some([ca, certificate, key]) = certificates(folder.path()) else { return };
    let files = [certificate.to_str().unwrap(), key.to_str().unwrap()];
    let sealed = Post::start(&python, &["starttls", files[0], files[1]]);
    let implicit = Post::start(&python, &["implicit", files[0], files[1]]);
    for (name, text) in [("login", "desk:s3same\n"), ("wrong", "desk:canary-wrong\n"), ("none", "desk\n")] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let sink = |name: &str, url: &str, to: &str, login: &str| {
        let login = folder.path().join(login);
        format!(
            "[sink.{name}]\nkind = \"email\"\nurl = \"{url}\"\nfrom = \"s@example.org\"\nto = \"{to}\"\n\
             secret_file = \"{}\"\ntimeout = \"20s\"\n",
            login.display()
        )
    };
    let start = format!("smtp://localhost:{}", sealed.port);
    let tls = "tls = \"starttls\"\n";
    let all = [
        sink("starttls", &start, "desk@example.org", "login") + tls,
        sink("implicit", &format!("smtps://localhost:{}", implicit.port), "desk@example.org", "login"),
        sink("wrong", &start, "desk@example.org", "wrong") + tls,
        sink("nobody", &start, "nobody@example.org", "login") + tls,
        sink("nologin", &start, "desk@example.org", "none") + tls,
        sink("nofile", &start, "desk@example.org", "nowhere") + tls,
        sink("deaf", "smtps://localhost:1", "desk@example.org", "login"),
        sink("nohost", "smtps://mail.nowhere.invalid", "desk@example.org", "login"),
        sink("mixed", &format!("smtps://localhost:{}", sealed.port), "desk@example.org", "login"),
    ];
    let house = House::new(&all.concat());
    let trust: &[(&str, &Path)] = &[("SSL_CERT_FILE", &ca)];
    for (name, post) in [("starttls", &sealed), ("implicit", &implicit)] {
        let (taken, said) = try_sink(&house, name, trust);
        assert!(taken, "{name}: {said}");
        let mail = post.next();
        assert_eq!(
            (&mail["sealed"], &mail["user"]),
            (&Value::Bool(true), &Value::from("desk")),
            "{name}: {mail}"
        );
        assert_eq!(mail["defects"], serde_json::json!([]));
        let (taken, said) = try_sink(&house, name, &[]);
        assert!(
            !taken && said.contains("failed to seal the connection") && said.contains("certificate"),
            "{said}"
        );
    }
    let fails = |name: &str, words: &str| {
        let (taken, said) = try_sink(&house, name, trust);
        assert!(!taken && said.contains(words) && !said.contains("canary"), "{name}: {said}");
    };
    fails("wrong", "answered 535 to the login: it does not accept this user and password");
    fails("nobody", "answered 550 to the recipient nobody@example.org: it takes no mail for this address");
    fails("nologin", "holds no login: write user:password in one line");
    fails("nofile", "failed to read");
    fails("deaf", "failed to connect: Connection refused");
    fails("nohost", "failed to connect");
    fails("mixed", "failed to seal the connection");
}
