//! Reads the shared corpus of feeds, where it is there.

use std::{path::Path, process::Command, time::Instant};

use serde_json::Value;

use super::*;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/feeds/feeds-corpus.tar.zst");

/// Unpacks the corpus; none where it or the program for it is missing.
fn unpacked() -> Option<tempfile::TempDir> {
    let folder = tempfile::tempdir().unwrap();
    if !Path::new(CORPUS).exists() {
        return None;
    }
    let unpack = format!("zstd -dc '{CORPUS}' | tar x -C '{}'", folder.path().display());
    let done = Command::new("sh").args(["-c", &unpack]).status().is_ok_and(|it| it.success());
    done.then_some(folder)
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Hits and tries of one field.
#[derive(Default)]
struct Rate(u32, u32);

impl Rate {
    fn judge(&mut self, good: bool) {
        self.0 += u32::from(good);
        self.1 += 1;
    }

    fn percent(&self) -> f64 {
        100.0 * f64::from(self.0) / f64::from(self.1)
    }
}

/// Texts are compared by the corpus's own judge; here only what is compared exactly.
#[test]
fn the_corpus_is_read() {
    let Some(folder) = unpacked() else {
        eprintln!("SKIPPED: no feed corpus at {CORPUS}, or no zstd and tar to unpack it");
        return;
    };
    let corpus = folder.path().join("feeds-corpus");
    let url = "http://base.example/dir/feed.xml".parse().unwrap();
    let expected = lines(&corpus.join("expected.jsonl"));
    let expected: std::collections::BTreeMap<&str, &Value> =
        expected.iter().map(|it| (it["n"].as_str().unwrap(), it)).collect();
    let (mut readable, mut counted, mut dated) = (Rate::default(), Rate::default(), Rate::default());
    let begun = Instant::now();
    let manifest = lines(&corpus.join("manifest.jsonl"));
    for it in &manifest {
        let n = it["n"].as_str().unwrap();
        let bytes = std::fs::read(corpus.join("files").join(n)).unwrap();
        let document = read(&bytes, it["content_type"].as_str(), &url);
        assert!(!matches!(document, Err(ReadError::Panicked { .. })), "{n}: {document:?}");
        promises_hold(n, document.as_ref().ok());
        let Some(expected) = expected.get(n) else { continue };
        let entries = document.as_ref().map(|it| it.entries.as_slice()).unwrap_or_default();
        if expected["read"] == true {
            readable.judge(document.is_ok());
        }
        if let Some(count) = expected["entries"].as_u64() {
            counted.judge(entries.len() as u64 == count);
        }
        for (place, item) in expected["items"].as_array().into_iter().flatten().enumerate() {
            if let Some(published) = item["published"].as_i64() {
                let mine = entries.get(place).and_then(|it| it.published);
                dated.judge(mine.map(jiff::Timestamp::as_second) == Some(published));
            }
        }
    }
    let (read, count, date) = (readable.percent(), counted.percent(), dated.percent());
    eprintln!(
        "{} documents in {:?}: read {read:.2} %, entries {count:.2} %, dates {date:.2} %",
        manifest.len(),
        begun.elapsed()
    );
    assert!(read >= 99.9 && count >= 99.9 && date >= 98.4);
}

/// What every document promises, whatever was in it.
fn promises_hold(n: &str, document: Option<&Document>) {
    let entries = document.map(|it| it.entries.as_slice()).unwrap_or_default();
    let ids: std::collections::BTreeSet<&str> = entries.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids.len(), entries.len(), "{n}: ids are not unique");
    for it in entries {
        let texts = [&it.id, &it.title, &it.body]
            .into_iter()
            .chain(&it.authors)
            .chain(&it.categories)
            .chain(&it.source);
        for text in texts {
            assert!(!text.chars().any(char::is_control) && text.trim() == text, "{n}: {text:?}");
        }
        if let Some(link) = &it.link {
            assert!(link.starts_with("http://") || link.starts_with("https://"), "{n}: {link}");
        }
    }
}
