//! Alerts against the services themselves, where they are installed.
//!
//! `$STORYLINE_TEST_PYTHON` names a Python that has aiosmtpd, apprise and
//! standardwebhooks; what is not there is said loudly and skipped.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::house::{Answer, House, Server};

/// A Python that has a package; none, said loudly.
pub(crate) fn python(package: &str) -> Option<PathBuf> {
    let python = std::env::var_os("STORYLINE_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    let found = Command::new(&python).args(["-c", &format!("import {package}")]).output();
    if !found.is_ok_and(|it| it.status.success()) {
        eprintln!("SKIPPED: no Python with {package} (STORYLINE_TEST_PYTHON), nothing was tested");
        return None;
    }
    Some(python.into())
}

/// Whether a program can be started; if not, it is said loudly.
pub(crate) fn has(program: &str, argument: &str) -> bool {
    let found = Command::new(program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_err() {
        eprintln!("SKIPPED: {program} is not installed, nothing was tested");
    }
    found.is_ok()
}

/// What `alerts test` says, with whether the message was taken.
pub(crate) fn try_sink(house: &House, sink: &str, variables: &[(&str, &Path)]) -> (bool, String) {
    let mut command = house.command(&["alerts", "test", sink]);
    command.envs(variables.iter().copied());
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.success(), said)
}

#[test]
fn a_signature_is_what_others_take_for_one_while_keys_are_changed() {
    let Some(python) = python("standardwebhooks") else { return };
    let hook = Server::new(|_| Answer::status(204));
    let house = House::new(&format!(
        "[sink.desk]\nkind = \"webhook\"\nurl = \"{}\"\nsecret_file = \"secret\"\n",
        hook.url("/hook")
    ));
    let keys = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2Vjb25kIGtleSBvZiB0d28="];
    std::fs::write(house.path("secret"), keys.join("\n")).unwrap();
    let (taken, said) = try_sink(&house, "desk", &[]);
    assert!(taken, "{said}");
    let seen = &hook.seen()[0];
    let script = "import sys, json\nfrom standardwebhooks.webhooks import Webhook\n\
                  given = json.load(sys.stdin)\nWebhook(sys.argv[1]).verify(given['body'], given['headers'])\n";
    let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    let headers: serde_json::Map<_, _> =
        names.iter().map(|it| ((*it).to_owned(), Value::from(seen.header(it).unwrap()))).collect();
    let accepts = |key: &str, body: &str| {
        let given = serde_json::json!({ "body": body, "headers": headers }).to_string();
        let mut command = Command::new(&python);
        command.args(["-c", script, key]).stdin(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        process.stdin.take().unwrap().write_all(given.as_bytes()).unwrap();
        process.wait().unwrap().success()
    };
    assert!(keys.iter().all(|it| accepts(it, &seen.body)));
    assert!(!accepts("whsec_b3RoZXI=", &seen.body), "another key does not fit");
    assert!(!accepts(keys[0], &(seen.body.clone() + " ")), "another body does not fit");
}

#[test]
fn apprise_passes_alerts_on_and_its_failure_is_ours() {
    let Some(python) = python("apprise") else { return };
    let program = python.with_file_name("apprise");
    if !has(program.to_str().unwrap(), "--version") {
        return;
    }
    let hub = Server::new(|request| Answer::status(if request.path == "/yes" { 200 } else { 500 }));
    let sink = |name: &str| {
        format!(
            "[sink.{name}]\nkind = \"apprise\"\ncommand = [\"{}\"]\nsecret_file = \"{name}.conf\"\n",
            program.display()
        )
    };
    let house = House::new(&(sink("yes") + &sink("no") + &sink("odd")));
    for name in ["yes", "no"] {
        std::fs::write(house.path(&format!("{name}.conf")), format!("json://{}/{name}\n", hub.address))
            .unwrap();
    }
    std::fs::write(house.path("odd.conf"), "nothing://canary-secret@host\n").unwrap();
    let (taken, said) = try_sink(&house, "yes", &[]);
    assert!(taken, "{said}");
    let told: Value = serde_json::from_str(&hub.seen()[0].body).unwrap();
    assert!(told["message"].as_str().unwrap().contains("yes · test · this sink works"), "{told}");
    assert_eq!(told["type"], "info");
    let (taken, said) = try_sink(&house, "no", &[]);
    assert!(!taken && said.contains("exit code 1"), "{said}");
    let (taken, said) = try_sink(&house, "odd", &[]);
    assert!(!taken && !said.contains("canary"), "{said}");
}

#[test]
fn a_desktop_shows_the_message_with_its_markup_written_out() {
    let programs = [
        ("dbus-run-session", "--version"),
        ("Xvfb", "-version"),
        ("dunst", "--version"),
        ("notify-send", "--version"),
    ];
    if !programs.iter().all(|(program, argument)| has(program, argument)) {
        return;
    }
    let house = House::new("[sink.screen]\nkind = \"desktop\"\ntimeout = \"20s\"\n");
    let (taken, said) =
        try_sink(&house, "screen", &[("DBUS_SESSION_BUS_ADDRESS", Path::new("unix:path=/nowhere"))]);
    assert!(!taken && said.contains("exit code 1"), "no desktop is no success: {said}");
    let storyline = format!(
        "{} --config {} alerts test screen",
        env!("CARGO_BIN_EXE_storyline"),
        house.path("storyline.toml").display()
    );
    // The display tells its number when it is ready; the desktop is there when somebody owns its name.
    let script = format!(
        "exec 3>&1; Xvfb -displayfd 4 -screen 0 640x480x8 4>display 2>/dev/null & x=$!\n\
         while [ ! -s display ]; do sleep 0.1; done; DISPLAY=:$(cat display); export DISPLAY\n\
         dunst -print > shown 2>dunst.log & d=$!\n\
         while ! dunstctl count >/dev/null 2>&1; do kill -0 $d || exit 9; sleep 0.1; done\n\
         {storyline}; code=$?\n\
         n=0; while ! grep -q 'this sink works' shown && [ $n -lt 100 ]; do n=$((n+1)); sleep 0.1; done\n\
         kill $d $x; exit $code\n"
    );
    let mut command = Command::new("timeout");
    command.args(["60", "dbus-run-session", "--", "sh", "-c", &script]).current_dir(house.folder.path());
    command.env("HOME", house.folder.path()).env("XDG_RUNTIME_DIR", house.folder.path());
    let output = command.output().unwrap();
    if output.status.code() == Some(9) {
        eprintln!("SKIPPED: dunst does not run here, nothing was tested");
        return;
    }
    assert!(output.status.success(), "{output:?}");
    let shown = std::fs::read_to_string(house.path("shown")).unwrap();
    assert!(shown.contains("storyline") && shown.contains("screen · test · this sink works"), "{shown}");
}

/// What ntfy demands of a message published as JSON, and what it answers to one it takes.
fn ntfy(body: &str) -> Answer {
    let told: Value = serde_json::from_str(body).unwrap_or_default();
    let text = |name: &str| told[name].as_str().unwrap_or_default();
    let topic = text("topic");
    let known = ["topic", "title", "message", "priority", "click"];
    let fits = (1..=64).contains(&topic.len())
        && topic.chars().all(|it| it.is_ascii_alphanumeric() || "-_".contains(it))
        && (1..=4096).contains(&text("message").len())
        && told["priority"].as_u64().is_some_and(|it| (1..=5).contains(&it))
        && told.as_object().is_some_and(|it| it.keys().all(|it| known.contains(&it.as_str())));
    if !fits {
        return Answer {
            body: br#"{"code":40001,"http":400,"error":"invalid request"}"#.to_vec(),
            ..Answer::status(400)
        };
    }
    let taken = serde_json::json!({"id": "sPs71M8A2T", "time": 1_643_935_928, "event": "message", "topic": topic, "message": text("message")});
    Answer::ok(taken.to_string())
}

/// Every kind of sink, and what `alerts test` says of one that cannot be reached or does not want it.
#[test]
fn trying_a_sink_says_clearly_what_is_wrong() {
    let server = Server::new(|request| match request.path.as_str() {
        "/401" => Answer::status(401),
        "/410" => Answer::status(410),
        "/302" => Answer::status(302).with("location", "/elsewhere"),
        "/429" => Answer::status(429).with("retry-after", "60"),
        "/no" => Answer::ok(r#"{"ok":false,"error":"canary"}"#),
        "/page" => Answer::ok("<html>canary</html>"),
        "/424" => Answer::status(424),
        "/204" => Answer::status(204),
        "/" => ntfy(&request.body),
        _ => Answer::ok("ok"),
    });
    let cases = [
        ("webhook", "/ok", "took the test message"),
        ("webhook", "/401", "answered 401"),
        ("webhook", "/410", "it wants nothing any more"),
        ("webhook", "/302", "redirects are not followed, give the final address"),
        ("webhook", "/429", "answered 429"),
        ("slack", "/ok", "took the test message"),
        ("slack", "/no", "answered 200, but not that it took it"),
        ("slack", "/page", "answered 200, but not that it took it"),
        ("ntfy", "/topic", "took the test message"),
        ("ntfy", "/page/topic", "answered 200, but not that it took it"),
        ("apprise", "/notify/key", "took the test message"),
        ("apprise", "/204", "knows nobody to tell under that key"),
        ("apprise", "/424", "it did not reach all of its services"),
    ];
    let table = |(n, (kind, path, _)): (usize, &(&str, &str, &str))| {
        format!("[sink.s{n}]\nkind = \"{kind}\"\nurl = \"{}\"\n", server.url(path))
    };
    let mut config: String = cases.iter().enumerate().map(table).collect();
    config += "[sink.deaf]\nkind = \"webhook\"\nurl = \"http://127.0.0.1:1/canary\"\n\
               [sink.nohost]\nkind = \"slack\"\nurl = \"https://hooks.nowhere.invalid/canary\"\n\
               [sink.file]\nkind = \"slack\"\nurl_file = \"address\"\n\
               [sink.missing]\nkind = \"slack\"\nurl_file = \"nowhere\"\n\
               [sink.plain]\nkind = \"ntfy\"\nurl_file = \"plain\"\n\
               [sink.script]\nkind = \"exec\"\ncommand = [\"/bin/sh\", \"-c\", \"echo no route >&2; exit 3\"]\n";
    let house = House::new(&config);
    std::fs::write(house.path("address"), format!("{}\n", server.url("/canary"))).unwrap();
    std::fs::write(house.path("plain"), "http://ntfy.example.org/canary\n").unwrap();
    for (n, (kind, path, want)) in cases.iter().enumerate() {
        let (taken, said) = try_sink(&house, &format!("s{n}"), &[]);
        assert!(said.contains(want) && !said.contains("canary"), "{kind} {path}: {said}");
        assert_eq!(taken, want.starts_with("took"), "{kind} {path}");
        assert!(said.contains("storyline.toml has it"), "which configuration was read: {said}");
    }
    for (sink, want) in [
        ("deaf", "failed to connect: Connection refused"),
        ("nohost", "failed to connect"),
        ("file", "took the test message"),
        ("missing", "No such file"),
        ("plain", "holds no address: alerts would travel readable by everyone"),
        ("script", "exit code 3: no route"),
        ("nosuch", "no sink is called"),
    ] {
        let (_, said) = try_sink(&house, sink, &[]);
        assert!(said.contains(want) && !said.contains("canary"), "{sink}: {said}");
    }
}
