//! The architecture is a test too: what every file of the house must keep to.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{house::root, imports::imports};

/// Rooms and files that take values and return values: no clock, no disk, no network, no chance.
const PURE: [&str; 15] = [
    "config/src/storyline.rs",
    "store/src/state/",
    "store/src/event.rs",
    "daemon/src/read/",
    "daemon/src/detect/",
    "daemon/src/plan/",
    "daemon/src/draft/",
    "daemon/src/poll/manners/",
    "daemon/src/poll/turns.rs",
    "daemon/src/backtest/",
    "daemon/src/writer/core.rs",
    "daemon/src/writer/hearing.rs",
    "daemon/src/writer/misses.rs",
    "daemon/src/writer/wish.rs",
    "daemon/src/writer/seen.rs",
];

/// What only a door may touch, or what makes one run differ from the next.
const IMPURE: [&str; 12] = [
    "Timestamp::now",
    "Zoned::now",
    "SystemTime",
    "Instant",
    "std::fs",
    "std::net::Tcp",
    "std::env",
    "std::process",
    "tokio::",
    "reqwest",
    "HashMap",
    "HashSet",
];

/// A map without an order is the same on every machine where its hasher is fixed; this is how a file says so.
const FIXED_HASHER: &str = "BuildHasherDefault";

const FILE_LINES_MAX: usize = 400;
const FILE_LINES_MEDIAN_MAX: usize = 150;

/// What may stand at the top of the house.
const TOP: [&str; 17] = [
    ".ci",
    ".clippy.toml",
    ".deny.toml",
    ".git",
    ".gitignore",
    ".rustfmt.toml",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "config",
    "daemon",
    "store",
    "systemd",
];

pub(crate) fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for room in ["config/src", "store/src", "daemon/src", "tests/it"] {
        collect(&root().join(room), &mut found);
    }
    found.sort();
    assert!(found.len() > 30, "the house has more files than {}", found.len());
    found
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path.strip_prefix(root()).unwrap().to_owned(), text));
        }
    }
}

/// A file without its tests, which may be as impure as they like.
fn product(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod tests {").map_or(text, |at| &text[..at])
}

/// Tests of a room, and what they measure with.
fn is_test(path: &Path) -> bool {
    let measures = ["corpus.rs", "measure.rs", "testing.rs", "tests.rs"];
    let in_tests = path.components().any(|it| it.as_os_str() == "tests" || it.as_os_str() == "measure");
    in_tests || measures.iter().any(|it| path.ends_with(it))
}

#[test]
fn pure_code_is_pure() {
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let pure = PURE.iter().any(|it| path.starts_with(it.trim_end_matches('/')));
        if !pure || is_test(&path) {
            continue;
        }
        faults.extend(impurities(product(&text)).into_iter().map(|it| format!("{}:{it}", path.display())));
    }
    assert!(faults.is_empty(), "pure code may not:\n{}", faults.join("\n"));
}

/// What pure code may not have, as `line: word`: written out, or brought into scope in any form.
fn impurities(text: &str) -> Vec<String> {
    let imports = imports(text);
    // Under another name it is the same: `Timestamp as Time` makes `Time::now` of `Timestamp::now`.
    let renamed = imports.iter().filter(|it| it.path.rsplit("::").next() != Some(&it.name));
    let renamed = renamed.flat_map(|it| {
        let last = it.path.rsplit("::").next().unwrap_or_default();
        let calls = IMPURE.iter().filter_map(move |word| word.strip_prefix(last)?.strip_prefix("::"));
        calls.map(|call| format!("{}::{call}", it.name))
    });
    let words: Vec<String> = IMPURE.iter().map(|it| (*it).to_owned()).chain(renamed).collect();
    let mut faults = Vec::new();
    let mut fault = |line: usize, word: &str| {
        let it = format!("{line}: {word}");
        let allowed = word.starts_with("Hash") && text.contains(FIXED_HASHER);
        if !allowed && !faults.contains(&it) {
            faults.push(it);
        }
    };
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        words.iter().filter(|it| code.contains(*it)).for_each(|it| fault(number + 1, it));
    }
    for it in &imports {
        // All of a crate, or the crate under its own name, hides what is taken from it.
        let whole =
            ["std", "std::*", "tokio", "tokio::*", "reqwest", "reqwest::*"].contains(&it.path.as_str());
        let words = IMPURE.iter().filter(|word| it.path.starts_with(*word)).copied();
        words.chain(whole.then_some(it.path.as_str())).for_each(|word| fault(it.line, word));
    }
    faults
}

#[test]
fn impure_code_is_found_in_whatever_form_it_is_brought_in() {
    let check = |text: &str, want: &[&str]| assert_eq!(impurities(text), want, "{text}");
    check("use std::fs;", &["1: std::fs"]);
    check("//! A file.\nuse std::{fs, process};", &["2: std::fs", "2: std::process"]);
    check("use std::{\n    collections::BTreeMap,\n    env as around,\n};", &["1: std::env"]);
    check("use std::{self as all};", &["1: std"]);
    check("use std::*;", &["1: std::*"]);
    check("use std::{net::{TcpListener, IpAddr}};", &["1: std::net::Tcp"]);
    check("use std::{fs::{self, File}, io};", &["1: std::fs"]);
    check("use jiff::Timestamp as Time;\nfn f() { Time::now(); }", &["2: Time::now"]);
    check("use std::collections::{HashMap, BTreeMap};", &["1: HashMap"]);
    check("fn f() { std::fs::read(x); }", &["1: std::fs"]);
    check("use tokio as t;", &["1: tokio"]);
    for fine in [
        "use std::{fmt, net::IpAddr, collections::BTreeMap};",
        "// use std::{fs};",
        "use jiff::Timestamp as Time;\nfn f(now: Time) {}",
        "type Map = HashMap<u32, u32, BuildHasherDefault<H>>;",
    ] {
        check(fine, &[]);
    }
}

#[test]
fn files_stay_small_and_say_what_they_are() {
    let (mut faults, mut lengths) = (Vec::new(), Vec::new());
    for (path, text) in sources() {
        let lines = text.lines().count();
        lengths.push(lines);
        if lines > FILE_LINES_MAX {
            faults.push(format!("{}: {lines} lines, at most {FILE_LINES_MAX}", path.display()));
        }
        if !text.starts_with("//! ") {
            faults.push(format!("{}: begins without saying what it is", path.display()));
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if ["util", "utils", "helpers", "common", "misc"].contains(&name.as_ref()) {
            faults.push(format!("{}: a room is named for what it does", path.display()));
        }
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(
        median <= FILE_LINES_MEDIAN_MAX,
        "the median file has {median} lines, at most {FILE_LINES_MEDIAN_MAX}"
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn rooms_know_only_those_before_them() {
    let manifest = |room: &str| fs::read_to_string(root().join(room).join("Cargo.toml")).unwrap();
    let knows =
        |room: &str, other: &str| manifest(room).lines().any(|it| it.starts_with(&format!("{other}.")));
    assert!(!knows("config", "storyline-store"));
    assert!(knows("store", "storyline-config"));
    assert!(knows("daemon", "storyline-config") && knows("daemon", "storyline-store"));
}

#[test]
fn the_top_of_the_house_is_what_it_was_agreed_to_be() {
    let allowed = |name: &str| TOP.contains(&name) || name == "tests" || name == "target";
    let names =
        fs::read_dir(root()).unwrap().map(|it| it.unwrap().file_name().to_string_lossy().into_owned());
    let strangers: Vec<String> = names.filter(|it| !allowed(it)).collect();
    assert!(strangers.is_empty(), "what is {strangers:?} doing at the top level?");
}

#[test]
fn the_architecture_fits_on_a_few_pages() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let lines = text.lines().count();
    assert!(lines < 200, "ARCHITECTURE.md has {lines} lines, fewer than 200 were agreed");
    let linked = |word: &str| text.contains(word);
    for room in ["config/", "store/", "daemon/", "tests/", "systemd/"] {
        assert!(linked(room), "ARCHITECTURE.md does not mention {room}");
    }
}
