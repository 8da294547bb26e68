//! When sinks are told, as configurations say it.

use std::time::Duration;

use expect_test::expect;

use super::check;
use crate::{Config, Digest, Severity, Sink};

fn sink(keys: &str) -> Sink {
    let text = format!("[sink.desk]\nkind = \"exec\"\ncommand = [\"tell\"]\n{keys}\n");
    Config::parse("a.toml", &text).unwrap().config.sinks.into_values().next().unwrap()
}

#[test]
fn a_digest_is_a_span_or_times_of_the_day() {
    assert_eq!(sink("").digest, Digest::Each);
    assert_eq!(sink("digest = \"0s\"").digest, Digest::Each);
    assert_eq!(sink("digest = \"15m\"").digest, Digest::Every(Duration::from_mins(15)));
    let times = sink("digest = [\"18:00\", \"08:00\", \"8:00\"]").digest;
    assert_eq!(times.to_string(), "together at 08:00, 18:00");
}

#[test]
fn quiet_hours_let_warnings_through_unless_they_say_otherwise() {
    let quiet = |more: &str| {
        sink(&format!("quiet_hours = {{ from = \"22:00\", to = \"07:00\"{more} }}")).quiet_hours.unwrap()
    };
    assert_eq!(quiet("").break_through, Some(Severity::Warning));
    assert_eq!(quiet(", break_through = \"notice\"").break_through, Some(Severity::Notice));
    assert_eq!(quiet(", break_through = \"never\"").break_through, None);
    assert_eq!(quiet("").to_string(), "quiet from 22:00 to 07:00, except from warning on");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one text, and all that is said of it")]
fn what_is_wrong_with_a_pace_is_told() {
    check(
        r#"[alerts]
time_zone = "Europe/Berln"
[sink.a]
kind = "exec"
command = ["tell"]
digest = ["8 o'clock", "25:00"]
quiet_hours = { from = "22:00", to = "22:00", breakthrough = "warning" }
[sink.b]
kind = "exec"
command = ["tell"]
digest = []
time_zone = "Europe/Berlin"
[sink.c]
kind = "exec"
command = ["tell"]
digest = ["23:00"]
quiet_hours = { from = "22:00", to = "07:00", break_through = "urgent" }
[sink.d]
kind = "exec"
command = ["tell"]
quiet_hours = { from = "22:00" }
"#,
        &expect![[r#"
            error: "Europe/Berln" is no time zone
             --> a.toml:2:13
              |
            2 | time_zone = "Europe/Berln"
              |             ^^^^^^^^^^^^^^
              |
              = help: did you mean "Europe/Berlin"?

            error: "8 o'clock" is no time of the day
             --> a.toml:6:11
              |
            6 | digest = ["8 o'clock", "25:00"]
              |           ^^^^^^^^^^^
              |
              = help: write hours and minutes, from "00:00" to "23:59"

            error: "25:00" is no time of the day
             --> a.toml:6:24
              |
            6 | digest = ["8 o'clock", "25:00"]
              |                        ^^^^^^^
              |
              = help: write hours and minutes, from "00:00" to "23:59"

            error: these quiet hours begin when they end
             --> a.toml:7:1
              |
            7 | quiet_hours = { from = "22:00", to = "22:00", breakthrough = "warning" }
              | ^^^^^^^^^^^

            error: unknown key `breakthrough` in `quiet_hours` of sink `a`
             --> a.toml:7:47
              |
            7 | quiet_hours = { from = "22:00", to = "22:00", breakthrough = "warning" }
              |                                               ^^^^^^^^^^^^
              |
              = help: did you mean `break_through`?

            error: a digest has between 1 and 24 times
              --> a.toml:11:10
               |
            11 | digest = []
               |          ^^
               |
               = help: for example ["08:00", "18:00"], or a span such as "15m"

            warning: this time zone has no effect
              --> a.toml:12:1
               |
            12 | time_zone = "Europe/Berlin"
               | ^^^^^^^^^
               |
               = help: it says where `quiet_hours` and the times of `digest` are meant

            warning: every time of this digest lies in the quiet hours
              --> a.toml:16:10
               |
            16 | digest = ["23:00"]
               |          ^^^^^^^^^
               |
               = help: what is gathered comes when the quiet hours end

            error: unknown value "urgent"
              --> a.toml:17:63
               |
            17 | quiet_hours = { from = "22:00", to = "07:00", break_through = "urgent" }
               |                                                               ^^^^^^^^
               |
               = help: known here: `info`, `notice`, `warning`, `never`

            error: `quiet_hours` of sink `d` has no `to`, which it needs
              --> a.toml:21:1
               |
            21 | quiet_hours = { from = "22:00" }
               | ^^^^^^^^^^^
               |
               = help: add it below the head of its table: to = …"#]],
    );
}

#[test]
fn a_pace_is_part_of_the_configurations_hash_and_of_its_description() {
    let told = |keys: &str| {
        let text = format!("[sink.desk]\nkind = \"exec\"\ncommand = [\"tell\"]\n{keys}\n");
        let config = Config::parse("a.toml", &text).unwrap().config;
        (config.hash(), config.describe().to_string())
    };
    let (plain, _) = told("");
    let keys = "digest = [\"08:00\", \"18:00\"]\nquiet_hours = { from = \"22:00\", to = \"07:00\" }\ntime_zone = \"Europe/Berlin\"";
    let (hash, words) = told(keys);
    assert_ne!(plain, hash);
    expect![[r#"
        1 sink
          desk  exec to tell: *, from notice on
            together at 08:00, 18:00; at most 30 in 1h; quiet from 22:00 to 07:00, except from warning on; times of Europe/Berlin
    "#]].assert_eq(&words[words.rfind("1 sink\n").unwrap()..]);
}
