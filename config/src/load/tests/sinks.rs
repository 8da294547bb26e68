//! Mistakes of sinks, and what is only odd.

#![expect(clippy::too_many_lines, reason = "the findings are written out")]

use expect_test::expect;

use super::check;
use crate::{Config, SinkKind};

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

            error: `secret_file` has no meaning for sink `bare`: its kind is "exec"
              --> a.toml:17:1
               |
            17 | secret_file = "s"
               | ^^^^^^^^^^^

            error: sink `none` has no `kind`, which it needs
              --> a.toml:18:7
               |
            18 | [sink.none]
               |       ^^^^"#]],
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

#[test]
fn mail_leaves_sealed_and_a_password_stays_out_of_the_configuration() {
    check(
        r#"[sink.a]
kind = "email"
url = "smtp://me:hush@mail.example.org"
from = "storyline"
to = []
[sink.b]
kind = "email"
url = "smtp://mail.example.org/path"
tls = "none"
secret_file = "b"
[sink.c]
kind = "email"
url = "smtp://mail.example.org"
tls = "none"
secret_file = "c"
from = "a@example.org"
to = ["b@example.org", "c@example.org, d@example.org"]
[sink.d]
kind = "email"
url = "smtps://mail.example.org"
tls = "starttls"
from = "a@example.org"
to = "b@example.org"
subject = "news"
[sink.e]
kind = "email"
url = "smtp://relay.example.org:25"
tls = "none"
from = "a@example.org"
to = "b@example.org"
[sink.f]
kind = "email"
url = "smtp://mail host"
"#,
        &expect![[r#"
            error: a password does not belong here
             --> a.toml:3:7
              |
            3 | url = "smtp://me:****@mail.example.org"
              |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: put user:password into a file and name it with `secret_file`

            error: "storyline" is no mail address
             --> a.toml:4:8
              |
            4 | from = "storyline"
              |        ^^^^^^^^^^^
              |
              = help: write "desk@example.org" or "The desk <desk@example.org>"

            error: this list is empty
             --> a.toml:5:6
              |
            5 | to = []
              |      ^^

            error: sink `b` has no `from`, which it needs
             --> a.toml:6:7
              |
            6 | [sink.b]
              |       ^

            error: sink `b` has no `to`, which it needs
             --> a.toml:6:7
              |
            6 | [sink.b]
              |       ^

            error: nothing follows the host and the port of a mail server
             --> a.toml:8:7
              |
            8 | url = "smtp://mail.example.org/****"
              |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: use smtps://HOST, or smtp://HOST for STARTTLS; a port may follow

            error: the password would travel readable by everyone
              --> a.toml:14:7
               |
            14 | tls = "none"
               |       ^^^^^^
               |
               = help: leave `tls` out, or use smtps://

            error: "c@example.org, d@example.org" is no mail address
              --> a.toml:17:24
               |
            17 | to = ["b@example.org", "c@example.org, d@example.org"]
               |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: write "desk@example.org" or "The desk <desk@example.org>"

            error: `tls` has no meaning for sink `d`: smtps:// is sealed from the first byte on
              --> a.toml:21:1
               |
            21 | tls = "starttls"
               | ^^^

            error: unknown key `subject` in sink `d`
              --> a.toml:24:1
               |
            24 | subject = "news"
               | ^^^^^^^
               |
               = help: known here: `secret_file`, `kind`, `url`, `from`, `to`, `storylines`, `min_severity`, `digest`, `rate`, `retry`, `timeout`

            warning: alerts travel readable by everyone
              --> a.toml:28:7
               |
            28 | tls = "none"
               |       ^^^^^^
               |
               = help: leave `tls` out, or use smtps://

            error: sink `f` has no `from`, which it needs
              --> a.toml:31:7
               |
            31 | [sink.f]
               |       ^

            error: sink `f` has no `to`, which it needs
              --> a.toml:31:7
               |
            31 | [sink.f]
               |       ^

            error: this is no address of a mail server
              --> a.toml:33:7
               |
            33 | url = "smtp://mail host"
               |       ^^^^^^^^^^^^^^^^^^
               |
               = help: use smtps://HOST, or smtp://HOST for STARTTLS; a port may follow"#]],
    );
}

#[test]
fn an_address_stands_in_the_configuration_or_in_a_file_and_never_shows() {
    check(
        r#"[sink.a]
kind = "slack"
url = "http://hooks.example.org/services/hush/hush?hush"
[sink.b]
kind = "ntfy"
url = "https://me:hush@ntfy.example.org/hush"
[sink.c]
kind = "webhook"
url = "https://hooks.example.org/hush"
url_file = "address"
[sink.d]
kind = "apprise"
command = ["apprise"]
url = "https://apprise.example.org/hush"
[sink.e]
kind = "exec"
command = ["x"]
url_file = "address"
"#,
        &expect![[r#"
            error: alerts would travel readable by everyone
             --> a.toml:3:7
              |
            3 | url = "http://hooks.example.org/***********************"
              |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: use https://; plain http is for loopback addresses only

            warning: this address holds a password
             --> a.toml:6:7
              |
            6 | url = "https://me:****@ntfy.example.org/****"
              |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: put the whole address into a file and name it with `url_file`

            error: `url` has no meaning for sink `c`: its `url_file` says where it is
             --> a.toml:9:1
              |
            9 | url = "https://hooks.example.org/****"
              | ^^^

            error: `url` has no meaning for sink `d`: it has a `command`, which takes the message instead
              --> a.toml:14:1
               |
            14 | url = "https://apprise.example.org/****"
               | ^^^

            error: `url_file` has no meaning for sink `e`: its kind is "exec"
              --> a.toml:18:1
               |
            18 | url_file = "address"
               | ^^^^^^^^"#]],
    );
}

#[test]
fn the_ways_of_mail_are_told_by_its_address() {
    let check = |lines: &str, want: &str| {
        let text =
            format!("[sink.a]\nkind = \"email\"\nfrom = \"a@b.example\"\nto = \"c@d.example\"\n{lines}");
        let config = Config::parse("a.toml", &text).unwrap().config;
        let SinkKind::Email(it) = &config.sinks.values().next().unwrap().kind else { panic!("no mail") };
        assert_eq!(format!("{} {} {}", it.host, it.port, it.tls.as_str()), want, "{lines}");
    };
    check("url = \"smtps://mail.example.org\"", "mail.example.org 465 implicit");
    check("url = \"smtp://mail.example.org/\"", "mail.example.org 587 starttls");
    check("url = \"smtp://mail.example.org:2525\"", "mail.example.org 2525 starttls");
    check("url = \"smtp://localhost:25\"", "localhost 25 none");
    check("url = \"smtp://127.0.0.1:25\"", "127.0.0.1 25 none");
    check("url = \"smtp://[::1]:25\"", "::1 25 none");
    check("url = \"smtp://localhost\"\ntls = \"starttls\"", "localhost 587 starttls");
    check("url = \"smtp://mail.example.org\"\ntls = \"none\"", "mail.example.org 587 none");
}
