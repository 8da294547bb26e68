use std::path::Path;

use expect_test::{Expect, expect};

use crate::Config;

/// The sample of the format's documentation.
const SAMPLE: &str = include_str!("../../docs/sample.toml");

#[track_caller]
fn check(text: &str, expected: Expect) {
    let shown = match Config::parse("a.toml", text) {
        Ok(loaded) => loaded.findings.render(false),
        Err(findings) => findings.render(false),
    };
    expected.assert_eq(&shown);
}

#[test]
fn the_documented_sample_is_understood() {
    check(
        SAMPLE,
        expect![[r#"
        error: "http://…" is no address: invalid international domain name
          --> a.toml:20:9
           |
        20 | proxy = "http://…"
           |         ^^^^^^^^^^
           |
           = help: use an address that begins with http:// or https:// or socks5:// or socks5h://

        error: there is no storyline `peace-talks`
          --> a.toml:53:10
           |
        53 | parent = "peace-talks"
           |          ^^^^^^^^^^^^^

        error: there is no actor or place `@trump`
          --> a.toml:55:12
           |
        55 | all    = [["@trump", "rubio", "us delegation"], ["@putin", "lavrov", "russian delegation"],
           |            ^^^^^^^^

        error: "https://…" is no address: invalid international domain name
          --> a.toml:70:7
           |
        70 | url = "https://…"                       # http:// for loopback only; a configured address may be private
           |       ^^^^^^^^^^^
           |
           = help: use an address that begins with https:// or http://"#]],
    );
}

#[test]
fn several_mistakes_are_told_at_once() {
    check(
        r#"
[dameon]
[poll]
min_interval = 15
baseline = "loud"
[feed.BBC]
url = "ftp://feeds.example.org/rss"
[feed.b]
utl = "https://example.org/rss"
tz = "Europe/Londn"
[storyline.x]
title = "X"
parent = "y"
all = [["@trumpp"], []]
[sink.desk]
kind = "webhok"
[sink.post]
kind = "email"
rate = "30"
"#,
        expect![[r#"
            error: unknown key `dameon`
             --> a.toml:2:2
              |
            2 | [dameon]
              |  ^^^^^^
              |
              = help: did you mean `daemon`?

            error: expected a duration, found a whole number
             --> a.toml:4:16
              |
            4 | min_interval = 15
              |                ^^
              |
              = help: write it with its unit, for example "30s", "15m", "6h" or "3d"

            error: unknown value "loud"
             --> a.toml:5:12
              |
            5 | baseline = "loud"
              |            ^^^^^^
              |
              = help: known here: `silent`, `digest`, `alert`

            error: "BBC" is no name: use 1 to 64 of a-z, 0-9, '-', '_' and '.'
             --> a.toml:6:7
              |
            6 | [feed.BBC]
              |       ^^^

            error: the scheme "ftp" cannot be used here
             --> a.toml:7:7
              |
            7 | url = "ftp://feeds.example.org/rss"
              |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: use an address that begins with https:// or http://

            error: feed `b` has no `url`, which it needs
             --> a.toml:8:7
              |
            8 | [feed.b]
              |       ^

            error: unknown key `utl` in feed `b`
             --> a.toml:9:1
              |
            9 | utl = "https://example.org/rss"
              | ^^^
              |
              = help: did you mean `url`?

            error: "Europe/Londn" is no time zone
              --> a.toml:10:6
               |
            10 | tz = "Europe/Londn"
               |      ^^^^^^^^^^^^^^
               |
               = help: did you mean "Europe/London"?

            warning: storyline `x` has no cues, so its phase follows general words only
              --> a.toml:11:12
               |
            11 | [storyline.x]
               |            ^
               |
               = help: add a [storyline.….phase] table with a few cues, such as scheduled = ["will meet on"]

            error: there is no storyline `y`
              --> a.toml:13:10
               |
            13 | parent = "y"
               |          ^^^
               |
               = help: did you mean `x`?

            error: there is no actor or place `@trumpp`
              --> a.toml:14:9
               |
            14 | all = [["@trumpp"], []]
               |         ^^^^^^^^^

            error: this facet is empty, so nothing could touch it
              --> a.toml:14:21
               |
            14 | all = [["@trumpp"], []]
               |                     ^^
               |
               = help: name at least one alias

            error: unknown value "webhok"
              --> a.toml:16:8
               |
            16 | kind = "webhok"
               |        ^^^^^^^^
               |
               = help: did you mean `webhook`?

            error: this version does not have sinks of kind "email" yet
              --> a.toml:18:8
               |
            18 | kind = "email"
               |        ^^^^^^^
               |
               = help: use kind = "webhook", or kind = "exec" with a program that sends it on"#]],
    );
}

#[test]
fn labelled_configurations_load() {
    let shared = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"));
    let mut files = vec![shared.join("detection/own/storylines-dev.toml")];
    let cases = std::fs::read_dir(shared.join("reports/cases")).into_iter().flatten().flatten();
    files.extend(cases.map(|it| it.path().join("storylines.toml")).filter(|it| it.exists()));
    if !files[0].exists() {
        eprintln!("SKIPPED: {} is not there", shared.display());
        return;
    }
    for it in files {
        let loaded = Config::load(&it).unwrap_or_else(|findings| panic!("{findings}"));
        assert!(!loaded.config.storylines.is_empty());
    }
}
