//! Mistakes of sinks, and what is only odd.

#![expect(clippy::too_many_lines, reason = "the findings are written out")]

use expect_test::expect;

use super::check;

#[test]
fn what_a_sink_lacks_or_has_too_much_is_told() {
    check(
        r#"[sink.desk]
kind = "webhok"
[sink.post]
kind = "email"
to = "desk"
tls = "ssl"
url = "https://mail.example.org"
[sink.plain]
kind = "webhook"
url = "http://hooks.example.org/"
rate = "30"
retry = { first = "1h", max = "1s", giveup = "3d" }
storylines = ["munic"]
timeout = "0s"
[sink.bare]
kind = "exec"
secret_file = "s"
[sink.none]
url = "https://hooks.example.org/"
[storyline.munich]
title = "Munich"
all = [["munich"]]
phase.announced = ["announced"]
"#,
        &expect![[r#"
            error: unknown value "webhok"
             --> a.toml:2:8
              |
            2 | kind = "webhok"
              |        ^^^^^^^^
              |
              = help: did you mean `webhook`?

            error: sink `post` has no `from`, which it needs
             --> a.toml:3:7
              |
            3 | [sink.post]
              |       ^^^^
              |
              = help: add it below the head of its table: from = …

            error: "desk" is no mail address
             --> a.toml:5:6
              |
            5 | to = "desk"
              |      ^^^^^^
              |
              = help: write "desk@example.org" or "The desk <desk@example.org>"

            error: unknown value "ssl"
             --> a.toml:6:7
              |
            6 | tls = "ssl"
              |       ^^^^^
              |
              = help: known here: `starttls`, `none`

            error: this scheme cannot be used here
             --> a.toml:7:7
              |
            7 | url = "https://mail.example.org"
              |       ^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: use smtps://HOST, or smtp://HOST for STARTTLS; a port may follow

            error: alerts would travel readable by everyone
              --> a.toml:10:7
               |
            10 | url = "http://hooks.example.org/"
               |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: use https://; plain http is for loopback addresses only

            error: "30" is no rate
              --> a.toml:11:8
               |
            11 | rate = "30"
               |        ^^^^
               |
               = help: say how many in how long, for example "30/h" or "5/10m"

            error: `max` is shorter than `first`
              --> a.toml:12:31
               |
            12 | retry = { first = "1h", max = "1s", giveup = "3d" }
               |                               ^^^^

            error: unknown key `giveup` in `retry` of sink `plain`
              --> a.toml:12:37
               |
            12 | retry = { first = "1h", max = "1s", giveup = "3d" }
               |                                     ^^^^^^
               |
               = help: did you mean `give_up`?

            error: there is no storyline `munic`
              --> a.toml:13:15
               |
            13 | storylines = ["munic"]
               |               ^^^^^^^
               |
               = help: did you mean `munich`?

            error: an attempt needs some time
              --> a.toml:14:11
               |
            14 | timeout = "0s"
               |           ^^^^

            error: sink `bare` has no `command`, which it needs
              --> a.toml:15:7
               |
            15 | [sink.bare]
               |       ^^^^
               |
               = help: add it below the head of its table: command = …

            error: `secret_file` has no meaning for sink `bare`: its kind is "exec"
              --> a.toml:17:1
               |
            17 | secret_file = "s"
               | ^^^^^^^^^^^

            error: sink `none` has no `kind`, which it needs
              --> a.toml:18:7
               |
            18 | [sink.none]
               |       ^^^^
               |
               = help: add it below the head of its table: kind = …"#]],
    );
}

#[test]
fn what_is_odd_but_can_be_used_is_a_warning() {
    check(
        r#"[poll]
min_interval = "1m"
[feed.a]
url = "https://me:hush@example.org/rss"
interval = "2m"
[feed.b]
url = "http://127.0.0.1:8080/rss"
[feed.c]
url = "http://localhost:8080/rss"
[feed.d]
url = "http://[fd00::1]/rss"
[feed.e]
url = "http://localhost:8080/rss"
[network]
allow = ["127.0.0.1"]
[storyline.x]
title = "X"
all = [["x"]]
"#,
        &expect![[r#"
            warning: public servers are asked more often than every 5m
             --> a.toml:2:16
              |
            2 | min_interval = "1m"
              |                ^^^^
              |
              = help: they may answer with 429, or with nothing any more

            warning: this address holds a password
             --> a.toml:4:7
              |
            4 | url = "https://me:****@example.org/rss"
              |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: put user:password into a file and name it with `secret_file`

            warning: public servers are asked more often than every 5m
             --> a.toml:5:12
              |
            5 | interval = "2m"
              |            ^^^^
              |
              = help: they may answer with 429, or with nothing any more

            warning: [fd00::1] is no public address, so it will not be visited
              --> a.toml:11:7
               |
            11 | url = "http://[fd00::1]/rss"
               |       ^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: name it in [network]: allow = ["fd00::1"]

            warning: feed `c` reads the same address
              --> a.toml:13:7
               |
            13 | url = "http://localhost:8080/rss"
               |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: one of them is enough

            warning: storyline `x` has no cues, so its phase follows general words only
              --> a.toml:16:12
               |
            16 | [storyline.x]
               |            ^
               |
               = help: add a [storyline.….phase] table with a few cues, such as scheduled = ["will meet on"]"#]],
    );
}

#[test]
fn a_service_needs_its_address_and_a_desktop_needs_nothing() {
    check(
        r#"[sink.phone]
kind = "ntfy"
url = "https://ntfy.example.org/topic"
secret_file = "token"
[sink.team]
kind = "slack"
[sink.all]
kind = "apprise"
url = "http://127.0.0.1:8000/notify/key"
command = ["x"]
[sink.screen]
kind = "desktop"
url = "https://example.org/"
"#,
        &expect![[r#"
            error: sink `team` has no `url`, which it needs
             --> a.toml:5:7
              |
            5 | [sink.team]
              |       ^^^^
              |
              = help: add it below the head of its table: url = …

            error: `url` has no meaning for sink `all`: it has a `command`, which takes the message instead
             --> a.toml:9:1
              |
            9 | url = "http://127.0.0.1:8000/**********"
              | ^^^

            error: `url` has no meaning for sink `screen`: its kind is "desktop"
              --> a.toml:13:1
               |
            13 | url = "https://example.org/"
               | ^^^"#]],
    );
}
