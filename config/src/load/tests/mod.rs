//! What a configuration means, and what is found in a bad one.

mod definitions;
mod feeds;
mod files;
mod pace;
mod sinks;
mod ways;

use std::{path::Path, time::Duration};

use expect_test::{Expect, expect};

use crate::{Config, Digest, FindingSeverity, Rate, Retry, Role, Storm};

/// The sample of the format's documentation.
const SAMPLE: &str = include_str!("../../../docs/sample.toml");

#[track_caller]
fn check(text: &str, expected: &Expect) {
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
        &expect![[r#"
            warning: `peace-talks` is a storyline of the starter, and not of this configuration
              --> a.toml:55:10
               |
            55 | parent = "peace-talks"
               |          ^^^^^^^^^^^^^
               |
               = help: without it the parent has no effect; copy its table, or leave this out"#]],
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

#[test]
fn a_configurations_own_pack_wins_over_the_shipped_one() {
    let text = "[actor.putin]\nname = \"V. Putin\"\naliases = [\"putin\"]\n[place.trump]\nname = \"Trump Tower\"\naliases = [\"trump tower\"]\n";
    let config = Config::parse("a.toml", text).unwrap().config;
    assert_eq!(config.pack("putin").unwrap().name, "V. Putin");
    assert_eq!(config.pack("trump").unwrap().name, "Trump Tower");
    assert_eq!(config.pack("macron").unwrap().name, "Emmanuel Macron");
}

#[test]
fn what_is_left_out_has_its_documented_default() {
    let text =
        "[feed.a]\nurl = \"https://example.org/\"\n[sink.s]\nkind = \"exec\"\ncommand = [\"/bin/tell\"]\n";
    let config = Config::parse("a.toml", text).unwrap().config;
    let feed = config.feeds.values().next().unwrap();
    assert_eq!((feed.outlet.as_str(), feed.family.as_str(), feed.role), ("a", "a", Role::News));
    assert_eq!((config.poll.concurrency, config.poll.per_host), (64, 1));
    let sink = config.sinks.values().next().unwrap();
    assert_eq!((sink.storylines.as_slice(), sink.timeout), (&["*".to_owned()][..], Duration::from_secs(30)));
    assert_eq!((sink.rate, sink.retry, &sink.digest), (Rate::default(), Retry::default(), &Digest::Each));
}

#[test]
fn a_storm_can_be_switched_off() {
    let storm = |text: &str| Config::parse("a.toml", text).unwrap().config.alerts.storm;
    assert_eq!(storm("[alerts]\nstorm = \"off\""), None);
    assert_eq!(storm("[alerts]\nstorm = { page = 5 }"), Some(Storm { page: 5, per_10m: 100 }));
    assert_eq!(storm(""), Some(Storm { page: 20, per_10m: 100 }));
}

#[test]
fn findings_in_json_have_their_places() {
    let findings = Config::parse("a.toml", "[feed.a]\nutl = 1").unwrap_err();
    let it = findings.iter().last().unwrap();
    assert_eq!((it.file.as_str(), it.line, it.column), ("a.toml", 2, 1));
    assert_eq!((it.severity, it.help.as_deref()), (FindingSeverity::Error, Some("did you mean `url`?")));
}

/// Every example of the room's page is a configuration.
#[test]
fn the_examples_of_the_page_are_understood() {
    let page = include_str!("../../../README.md");
    let examples: Vec<&str> =
        page.split("```toml\n").skip(1).filter_map(|it| it.split("```").next()).collect();
    assert!(examples.len() >= 3);
    for text in examples {
        if let Err(findings) = Config::parse("README.md", text) {
            panic!("{findings}");
        }
    }
}
