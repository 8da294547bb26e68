//! Logs of every released format, kept as files: each opens, verifies, and says what it said.
//!
//! `STORYLINE_FREEZE=1 cargo test -p storyline-store --test it frozen` writes those of the present version; do so once, with
//! the release, and never again for that version.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use jiff::Timestamp;
use serde_json::{Map, Value};
use storyline_store::{
    Event, Log, Recorded, Seq, State, StoreError, backup, export, from_json, import, repair, restore,
    segment, verify,
};

use crate::sample::{all, feed, folder, record};

const NOW: Timestamp = Timestamp::constant(1_739_529_600, 0);

fn frozen() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen")
}

/// One event of each kind, and one of a kind nobody knows.
fn kinds() -> Vec<Recorded> {
    let lines = fs::read_to_string(frozen().join("kinds.jsonl")).unwrap();
    let numbered = (1_u64..).zip(lines.lines());
    numbered
        .map(|(seq, line)| {
            let mut fields: Map<String, Value> = serde_json::from_str(line).unwrap();
            fields.insert("seq".to_owned(), seq.into());
            fields.insert("at".to_owned(), format!("2025-02-14T10:40:{seq:02}.5Z").into());
            from_json(fields).unwrap()
        })
        .collect()
}

#[test]
fn one_event_of_each_kind_is_frozen() {
    let source = include_str!("../../src/kind.rs");
    let known = source.lines().filter_map(|it| {
        let (kind, version) = it.trim().strip_suffix(',')?.rsplit_once(' ')?;
        version.parse::<u8>().ok().and(kind.split('"').nth(1))
    });
    let kinds = kinds();
    let names: Vec<_> = kinds.iter().map(|it| it.event.kind().to_owned()).collect();
    let missing: Vec<_> = known.filter(|it| !names.iter().any(|name| name == it)).collect();
    assert!(
        missing.is_empty() && kinds.len() > 40,
        "add these to kinds.jsonl for the next release: {missing:?}"
    );
    let unknown: Vec<_> = kinds.iter().filter(|it| matches!(it.event, Event::Unknown(_))).collect();
    assert_eq!(unknown.len(), 1, "each fits its kind: {unknown:?}");
}

fn exported(log: &Log) -> String {
    let mut out = Vec::new();
    export(&log.reader(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn state(events: &[Recorded]) -> Value {
    let mut state = State::default();
    for it in events {
        state.apply(it);
    }
    serde_json::to_value(&state).unwrap()
}

/// Sees that a value says all that another did.
fn contains(now: &Value, then: &Value, at: &str) {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => {
            for (key, then) in then {
                contains(now.get(key).unwrap_or(&Value::Null), then, &format!("{at}.{key}"));
            }
        }
        (Value::Array(now), Value::Array(then)) if now.len() == then.len() => {
            for (nth, (now, then)) in now.iter().zip(then).enumerate() {
                contains(now, then, &format!("{at}[{nth}]"));
            }
        }
        (now, then) => assert_eq!(now, then, "{at}"),
    }
}

/// Every file below a directory.
fn files(dir: &Path, below: &str, into: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(dir.join(below)).unwrap() {
        let entry = entry.unwrap();
        let name = Path::new(below).join(entry.file_name()).to_str().unwrap().to_owned();
        if entry.file_type().unwrap().is_dir() {
            files(dir, &name, into);
        } else {
            into.insert(name, fs::read(entry.path()).unwrap());
        }
    }
}

fn pack(dir: &Path) -> Vec<u8> {
    let mut all = BTreeMap::new();
    files(dir, "", &mut all);
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    for (name, bytes) in all.into_iter().filter(|it| it.0 != "lock") {
        writeln!(packed, "{name} {}", bytes.len()).unwrap();
        packed.write_all(&bytes).unwrap();
    }
    packed.finish().unwrap()
}

fn unpack(packed: &Path, dir: &Path) {
    let mut bytes = Vec::new();
    GzDecoder::new(fs::File::open(packed).unwrap()).read_to_end(&mut bytes).unwrap();
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        let line = rest.iter().position(|it| *it == b'\n').unwrap();
        let (name, length) = std::str::from_utf8(&rest[..line]).unwrap().rsplit_once(' ').unwrap();
        let to = dir.join(name);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        let length: usize = length.parse().unwrap();
        fs::write(to, &rest[line + 1..][..length]).unwrap();
        rest = &rest[line + 1 + length..];
    }
}

fn freeze() {
    let folder = folder();
    let mut log = Log::open(folder.path()).unwrap().log;
    log.commit(&kinds(), &[(feed(), &record(7))]).unwrap();
    segment::save(&log.reader(), folder.path()).unwrap();
    let lines = exported(&log);
    log.close().unwrap();
    fs::write(frozen().join(concat!(env!("CARGO_PKG_VERSION"), ".gz")), pack(folder.path())).unwrap();
    fs::write(frozen().join(concat!(env!("CARGO_PKG_VERSION"), ".jsonl")), lines).unwrap();
    let state = serde_json::to_string_pretty(&state(&kinds())).unwrap();
    fs::write(frozen().join(concat!(env!("CARGO_PKG_VERSION"), ".state.json")), state + "\n").unwrap();
}

#[test]
fn a_log_of_every_release_opens_and_says_what_it_said() {
    if std::env::var_os("STORYLINE_FREEZE").is_some() {
        freeze();
    }
    let names = fs::read_dir(frozen()).unwrap().map(|it| it.unwrap().path());
    let releases: Vec<_> = names.filter(|it| it.extension().is_some_and(|it| it == "gz")).collect();
    assert!(!releases.is_empty());
    for packed in releases {
        let release = packed.file_name().unwrap().to_str().unwrap().strip_suffix(".gz").unwrap().to_owned();
        check(&release, &packed);
    }
}

fn check(release: &str, packed: &Path) {
    let folder = folder();
    let dir = folder.path().join("data");
    let place = |name: &str| folder.path().join(name);
    unpack(packed, &dir);
    let lines = fs::read_to_string(frozen().join(format!("{release}.jsonl"))).unwrap();
    let said: Vec<_> =
        lines.lines().skip(1).map(|it| from_json(serde_json::from_str(it).unwrap()).unwrap()).collect();
    assert!(verify(&dir).unwrap().ok, "{release}");
    let opened = Log::open(&dir).unwrap();
    assert!(!opened.unclean && opened.feeds == BTreeMap::from([(feed(), record(7))]), "{release}");
    assert!(all(&opened.log) == said, "{release}");
    // The state may have learned more since; what it said then it still says.
    let told = fs::read_to_string(frozen().join(format!("{release}.state.json"))).unwrap();
    contains(&state(&said), &serde_json::from_str(&told).unwrap(), release);

    import(&place("imported"), &mut lines.as_bytes()).unwrap();
    backup(&opened.log.reader(), &opened.feeds, &place("backup")).unwrap();
    restore(&place("backup"), &place("restored"), None, NOW).unwrap();
    opened.log.close().unwrap();
    for copy in ["imported", "backup", "restored"] {
        assert!(all(&Log::open(&place(copy)).unwrap().log) == said, "{release}: {copy}");
    }
    // The segments alone say the same.
    fs::remove_dir_all(dir.join("log")).unwrap();
    let repaired = repair(&dir, NOW).unwrap();
    assert!(repaired.missing.is_empty() && repaired.restored == said.len() as u64, "{release}: {repaired:?}");
    assert!(all(&Log::open(&dir).unwrap().log) == said, "{release}: repaired");
}

#[test]
fn a_newer_version_of_a_known_kind_is_refused_by_whoever_reads_it() {
    let folder = folder();
    let newer = serde_json::json!({"kind": "feed_recovered", "v": 2, "feeds": ["a"]});
    let event = Event::Unknown(newer.as_object().unwrap().clone());
    let mut log = Log::open(folder.path()).unwrap().log;
    log.commit(&[Recorded { seq: Seq(1), at: NOW, event }], &[]).unwrap();
    let too_new = |error: StoreError| {
        assert!(matches!(error, StoreError::TooNew { found: 2, known: 1, .. }), "{error:?}");
    };
    too_new(log.reader().read_after(Seq(0), 9).unwrap_err());
    too_new(export(&log.reader(), &mut Vec::new()).unwrap_err());
    too_new(backup(&log.reader(), &BTreeMap::new(), &folder.path().join("backup")).unwrap_err());
    assert!(log.reader().verify().unwrap().ok, "it is as it was written");
}
