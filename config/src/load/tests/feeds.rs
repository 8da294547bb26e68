//! Mistakes of the process and its feeds.

#![expect(clippy::too_many_lines, reason = "the findings are written out")]

use expect_test::expect;

use super::check;

#[test]
fn an_unknown_table_is_refused_with_the_nearest() {
    check(
        r#"[dameon]
web = "127.0.0.1:7373"
[storylines.x]
title = "X"
"#,
        &expect![[r#"
            error: unknown key `dameon`
             --> a.toml:1:2
              |
            1 | [dameon]
              |  ^^^^^^
              |
              = help: did you mean `daemon`?

            error: unknown key `storylines`
             --> a.toml:3:2
              |
            3 | [storylines.x]
              |  ^^^^^^^^^^
              |
              = help: did you mean `storyline`?"#]],
    );
}

#[test]
fn broken_syntax_is_told_with_its_place() {
    check(
        r#"[poll]
min_interval = 
[feed.a
url = "https://example.org/"
"#,
        &expect![[r#"
            error: string values must be quoted, expected literal string
             --> a.toml:2:16
              |
            2 | min_interval = 
              |                ^

            error: unclosed table, expected `]`
             --> a.toml:3:8
              |
            3 | [feed.a
              |        ^"#]],
    );
}

#[test]
fn several_mistakes_of_the_process_are_told_at_once() {
    check(
        r#"[daemon]
web = "0.0.0.0:7373"
archive = "a month"
[poll]
min_interval = 15
max_interval = "10ms"
baseline = "loud"
concurrency = 0
per_host = "2"
[alerts]
storm = true
[network]
allow = ["127.0.0.1/33", "::1"]
proxy = "ftp://proxy.example.org"
"#,
        &expect![[r#"
            error: the web page is served on a loopback address only
             --> a.toml:2:7
              |
            2 | web = "0.0.0.0:7373"
              |       ^^^^^^^^^^^^^^
              |
              = help: for example "127.0.0.1:7373"

            error: "a month" is no duration: expected number at 0
             --> a.toml:3:11
              |
            3 | archive = "a month"
              |           ^^^^^^^^^
              |
              = help: write it with its unit, for example "30s", "15m", "6h" or "3d"

            error: expected a duration, found a whole number
             --> a.toml:5:16
              |
            5 | min_interval = 15
              |                ^^
              |
              = help: write it with its unit, for example "30s", "15m", "6h" or "3d"

            error: an interval is at least 1s
             --> a.toml:6:16
              |
            6 | max_interval = "10ms"
              |                ^^^^^^

            error: unknown value "loud"
             --> a.toml:7:12
              |
            7 | baseline = "loud"
              |            ^^^^^^
              |
              = help: known here: `silent`, `digest`, `alert`

            error: 0 is not between 1 and 1024
             --> a.toml:8:15
              |
            8 | concurrency = 0
              |               ^

            error: expected a whole number, found a text
             --> a.toml:9:12
              |
            9 | per_host = "2"
              |            ^^^
              |
              = help: write it without quotes and dot, from 1 to 1024

            error: a storm is not a truth value
              --> a.toml:11:9
               |
            11 | storm = true
               |         ^^^^
               |
               = help: write { page = 20, per_10m = 100 } or "off"

            error: "127.0.0.1/33" is no range of addresses
              --> a.toml:13:10
               |
            13 | allow = ["127.0.0.1/33", "::1"]
               |          ^^^^^^^^^^^^^^
               |
               = help: for example "127.0.0.1/32", "192.168.0.0/16" or "::1"

            error: the scheme "ftp" cannot be used here
              --> a.toml:14:9
               |
            14 | proxy = "ftp://proxy.example.org"
               |         ^^^^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: use an address that begins with http:// or https:// or socks5:// or socks5h://"#]],
    );
}

#[test]
fn what_a_feed_lacks_or_has_too_much_is_told() {
    check(
        r#"[feed.BBC]
url = "ftp://feeds.example.org/rss"
[feed.b]
utl = "https://example.org/rss"
tz = "Europe/Londn"
lang = "english"
[feed.c]
kind = "exec"
url = "https://example.org/rss"
command = "/bin/prices --all"
[feed.d]
url = "https://example.org/rss"
interval = "10m"
role = "oficial"
speaks_for = ["@trump", "putin"]
headers = { "X Y" = "2" }
[feed.e]
kind = "file"
[feed.f]
url = "https://example.org/rss"
speaks_for = ["@kremlinn"]
tags = "World"
"#,
        &expect![[r#"
            error: "BBC" is no name: use 1 to 64 of a-z, 0-9, '-', '_' and '.'
             --> a.toml:1:7
              |
            1 | [feed.BBC]
              |       ^^^

            error: the scheme "ftp" cannot be used here
             --> a.toml:2:7
              |
            2 | url = "ftp://feeds.example.org/rss"
              |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: use an address that begins with https:// or http://

            error: feed `b` has no `url`, which it needs
             --> a.toml:3:7
              |
            3 | [feed.b]
              |       ^
              |
              = help: add it below the head of its table: url = …

            error: unknown key `utl` in feed `b`
             --> a.toml:4:1
              |
            4 | utl = "https://example.org/rss"
              | ^^^
              |
              = help: did you mean `url`?

            error: "Europe/Londn" is no time zone
             --> a.toml:5:6
              |
            5 | tz = "Europe/Londn"
              |      ^^^^^^^^^^^^^^
              |
              = help: did you mean "Europe/London"?

            error: "english" is no language
             --> a.toml:6:8
              |
            6 | lang = "english"
              |        ^^^^^^^^^
              |
              = help: use its short code, for example "en", "uk" or "ar"

            error: `url` has no meaning for feed `c`: its kind is "exec"
             --> a.toml:9:1
              |
            9 | url = "https://example.org/rss"
              | ^^^

            error: a command is a list of the program and its arguments, without a shell
              --> a.toml:10:11
               |
            10 | command = "/bin/prices --all"
               |           ^^^^^^^^^^^^^^^^^^^
               |
               = help: for example ["/usr/local/bin/tell", "--json"]

            error: `interval` is shorter than `min_interval`, which is 15m
              --> a.toml:13:12
               |
            13 | interval = "10m"
               |            ^^^^^
               |
               = help: lower `min_interval` in [poll], or lengthen this one

            error: unknown value "oficial"
              --> a.toml:14:8
               |
            14 | role = "oficial"
               |        ^^^^^^^^^
               |
               = help: did you mean `official`?

            error: only an official feed speaks for somebody
              --> a.toml:15:1
               |
            15 | speaks_for = ["@trump", "putin"]
               | ^^^^^^^^^^
               |
               = help: add role = "official", if it is a party that speaks for itself

            error: expected the name of an actor or a place
              --> a.toml:15:25
               |
            15 | speaks_for = ["@trump", "putin"]
               |                         ^^^^^^^
               |
               = help: did you mean "@putin"?

            error: "X Y" is no name of a header
              --> a.toml:16:13
               |
            16 | headers = { "X Y" = "2" }
               |             ^^^^^

            error: feed `e` has no `path`, which it needs
              --> a.toml:17:7
               |
            17 | [feed.e]
               |       ^
               |
               = help: add it below the head of its table: path = …

            warning: feed `d` reads the same address
              --> a.toml:20:7
               |
            20 | url = "https://example.org/rss"
               |       ^^^^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: one of them is enough

            error: only an official feed speaks for somebody
              --> a.toml:21:1
               |
            21 | speaks_for = ["@kremlinn"]
               | ^^^^^^^^^^
               |
               = help: add role = "official", if it is a party that speaks for itself

            error: there is no actor or place `@kremlinn`
              --> a.toml:21:15
               |
            21 | speaks_for = ["@kremlinn"]
               |               ^^^^^^^^^^^
               |
               = help: did you mean `@kremlin`?

            error: expected a list, found a text
              --> a.toml:22:8
               |
            22 | tags = "World"
               |        ^^^^^^^
               |
               = help: put it in brackets: ["…"]"#]],
    );
}

#[test]
fn a_kind_nobody_knows_hides_nothing_else_that_is_wrong() {
    let text = "[feed.a]\nkind = \"rss\"\nurl = \"ftp://a.example/rss\"\nlangg = \"en\"\n";
    let findings = crate::Config::parse("a.toml", text).unwrap_err();
    let told: Vec<&str> = findings.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(told.len(), 3, "{told:?}");
}
