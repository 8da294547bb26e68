//! How sinks are reached: mail, addresses in files, and what must not show.

#![expect(clippy::too_many_lines, reason = "the findings are written out")]

use expect_test::expect;

use super::check;
use crate::{Config, SinkKind};

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
              |
              = help: name at least one, or leave the key out

            error: sink `b` has no `from`, which it needs
             --> a.toml:6:7
              |
            6 | [sink.b]
              |       ^
              |
              = help: add it below the head of its table: from = …

            error: sink `b` has no `to`, which it needs
             --> a.toml:6:7
              |
            6 | [sink.b]
              |       ^
              |
              = help: add it below the head of its table: to = …

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
               = help: known here: `secret_file`, `kind`, `url`, `from`, `to`, `storylines`, `min_severity`, `digest`, `quiet_hours`, `time_zone`, `rate`, `retry`, `timeout`

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
               |
               = help: add it below the head of its table: from = …

            error: sink `f` has no `to`, which it needs
              --> a.toml:31:7
               |
            31 | [sink.f]
               |       ^
               |
               = help: add it below the head of its table: to = …

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
[sink.f]
kind = "ntfy"
url = "https://ntfy.example.org/"
[sink.g]
kind = "ntfy"
url = "https://ntfy.example.org/my%20topic"
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
               | ^^^^^^^^

            error: this address names no topic of ntfy
              --> a.toml:21:7
               |
            21 | url = "https://ntfy.example.org/"
               |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: the topic stands last, of letters, digits, - and _: https://ntfy.example.org/my-topic

            error: this address names no topic of ntfy
              --> a.toml:24:7
               |
            24 | url = "https://ntfy.example.org/**********"
               |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: the topic stands last, of letters, digits, - and _: https://ntfy.example.org/my-topic"#]],
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
