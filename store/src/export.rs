//! The log as lines of JSON, out and in.

use std::{
    collections::BTreeSet,
    io::{BufRead, Write},
    path::Path,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    DeliveryId, Event, Log, Reader, Recorded, Seq, StoreError, aside, codec, durable,
    failpoint::failpoint,
    fill::{Filling, batches},
    lock::{Lock, not_writable},
    log::open::log_dir,
    swap,
};

const FORMAT: &str = "storyline-log";
const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    first: Seq,
    last: Seq,
}

/// Writes a line about the whole, and then one for each event.
///
/// # Errors
///
/// [`StoreError::Io`] where it cannot be written, [`StoreError::Corrupt`] where an event cannot be read.
pub fn export(reader: &Reader, out: &mut dyn Write) -> Result<(), StoreError> {
    let last = reader.head();
    let header = Header { format: FORMAT.to_owned(), version: VERSION, first: Seq(1), last };
    line(out, &header)?;
    for batch in batches(reader, last) {
        for it in batch? {
            line(out, &codec::to_json(&it)?)?;
        }
    }
    Ok(out.flush()?)
}

fn line(out: &mut dyn Write, it: &impl Serialize) -> Result<(), StoreError> {
    let mut json = serde_json::to_vec(it).map_err(std::io::Error::from)?;
    json.push(b'\n');
    Ok(out.write_all(&json)?)
}

/// Begins a log with what [`export`] wrote, and says its last event. Deliveries that were still to be made are recorded as
/// dead: what is imported sends nothing.
///
/// # Errors
///
/// [`StoreError::NotEmpty`] where there is a log already; [`StoreError::BadImport`] names the line; nothing is there
/// then.
pub fn import(data_dir: &Path, input: &mut dyn BufRead) -> Result<Seq, StoreError> {
    durable::create_dir(data_dir).map_err(|source| not_writable(data_dir, source))?;
    let _lock = Lock::take(data_dir)?;
    aside::recover(data_dir, &log_dir(data_dir))?;
    swap::finish(data_dir)?;
    if swap::anything(data_dir) {
        return Err(StoreError::NotEmpty { path: data_dir.to_owned() });
    }
    let building = swap::building(data_dir).map_err(|source| not_writable(data_dir, source))?;
    match fill(&building, input) {
        Ok(head) => {
            failpoint("import.filled");
            swap::settle(data_dir)?;
            Ok(head)
        }
        Err(error) => {
            durable::remove(&building)?;
            Err(error)
        }
    }
}

fn fill(dir: &Path, input: &mut dyn BufRead) -> Result<Seq, StoreError> {
    let mut log = Log::open(dir)?.log;
    let bad = |line: usize, detail: String| StoreError::BadImport { line, detail };
    let mut lines = (1..).zip(input.lines());
    let first = lines.next().map(|(_, it)| it).transpose()?.unwrap_or_default();
    let header: Header = serde_json::from_str(&first).map_err(|error| bad(1, error.to_string()))?;
    if header.format != FORMAT || header.version > VERSION || header.first != Seq(1) {
        return Err(bad(1, format!("expected {FORMAT:?}, version {VERSION}, from 1")));
    }
    let mut importing = Importing { log: Filling::new(&mut log), open: BTreeSet::new(), at: None };
    for (nth, text) in lines {
        let fields = serde_json::from_str(&text?).map_err(|error| bad(nth, error.to_string()))?;
        let recorded = codec::from_json(fields).map_err(|error| bad(nth, error.to_string()))?;
        let expected = importing.log.next();
        if recorded.seq != expected {
            return Err(bad(nth, format!("expected event {expected}")));
        }
        importing.push(recorded)?;
    }
    let next = importing.log.next();
    if next != header.last.next() {
        let last = next.0.saturating_sub(1);
        let detail = format!("it ends at #{last}, and says {} at its beginning", header.last);
        return Err(bad(usize::try_from(header.last.0).unwrap_or(usize::MAX), detail));
    }
    importing.finish()?;
    let head = log.head();
    log.close()?;
    Ok(head)
}

struct Importing<'a> {
    log: Filling<'a>,
    /// Deliveries that are still to be made.
    open: BTreeSet<DeliveryId>,
    /// The time of the last event.
    at: Option<Timestamp>,
}

impl Importing<'_> {
    fn push(&mut self, recorded: Recorded) -> Result<(), StoreError> {
        match &recorded.event {
            Event::DeliveryPlanned { delivery, .. } => {
                self.open.insert(*delivery);
            }
            Event::DeliveryDone { delivery, .. } | Event::DeliveryDead { delivery, .. } => {
                self.open.remove(delivery);
            }
            _ => {}
        }
        self.at = Some(recorded.at);
        self.log.push(recorded)
    }

    fn finish(mut self) -> Result<(), StoreError> {
        for delivery in std::mem::take(&mut self.open) {
            let event = Event::DeliveryDead { delivery, error: "imported, not sent".to_owned() };
            let (seq, at) = (self.log.next(), self.at.unwrap_or_default());
            self.log.push(Recorded { seq, at, event })?;
        }
        self.log.flush()
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use tempfile::TempDir;

    use super::*;

    fn exported(data_dir: &Path) -> String {
        let log = Log::open(data_dir).unwrap().log;
        let mut out = Vec::new();
        export(&log.reader(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn imported(text: &str) -> Result<(TempDir, Seq), StoreError> {
        let dir = TempDir::new().unwrap();
        let result = import(&dir.path().join("data"), &mut text.as_bytes());
        if result.is_err() {
            let left: Vec<_> = std::fs::read_dir(dir.path().join("data")).unwrap().collect();
            assert_eq!(left.len(), 1, "only the lock is left: {left:?}");
        }
        result.map(|head| (dir, head))
    }

    fn lines() -> String {
        let dir = TempDir::new().unwrap();
        let mut log = Log::open(dir.path()).unwrap().log;
        let unknown = serde_json::json!({"kind": "moon_landed", "v": 2, "crew": 3});
        let unknown = Event::Unknown(unknown.as_object().unwrap().clone());
        let events =
            [Event::FeedRecovered { feed: "a".parse().unwrap() }, Event::StorageRestored {}, unknown];
        let at: Timestamp = "2025-02-14T10:40:00Z".parse().unwrap();
        let events: Vec<_> =
            (1..).zip(events).map(|(seq, event)| Recorded { seq: Seq(seq), at, event }).collect();
        log.commit(&events, &[]).unwrap();
        drop(log);
        exported(dir.path())
    }

    #[test]
    fn what_is_exported_is_imported_as_it_was() {
        let lines = lines();
        expect![[r#"
            {"format":"storyline-log","version":1,"first":1,"last":3}
            {"seq":1,"at":"2025-02-14T10:40:00Z","kind":"feed_recovered","v":1,"feed":"a"}
            {"seq":2,"at":"2025-02-14T10:40:00Z","kind":"storage_restored","v":1}
            {"seq":3,"at":"2025-02-14T10:40:00Z","kind":"moon_landed","v":2,"crew":3}
        "#]]
        .assert_eq(&lines);
        let (dir, head) = imported(&lines).unwrap();
        assert_eq!(head, Seq(3));
        assert_eq!(exported(&dir.path().join("data")), lines);
        let again = import(&dir.path().join("data"), &mut lines.as_bytes());
        assert!(matches!(again, Err(StoreError::NotEmpty { .. })));
    }

    #[test]
    fn a_line_that_does_not_fit_is_named_and_nothing_is_kept() {
        let lines = lines();
        let check = |from: &str, to: &str, line: usize| match imported(&lines.replacen(from, to, 1)) {
            Err(StoreError::BadImport { line: found, .. }) => assert_eq!(found, line),
            other => panic!("{other:?}"),
        };
        check("storyline-log", "other", 1);
        check("\"seq\":2", "\"seq\":3", 3);
        check("\"feed\":\"a\"", "\"feed\":7", 2);
        check("\"last\":3", "\"last\":4", 4);
        check("storage_restored\"", "storage_restored", 3);
    }

    #[test]
    fn what_is_imported_sends_nothing() {
        let planned = r#"{"seq":1,"at":"2025-02-14T10:40:00Z","kind":"delivery_planned","v":1,"delivery":"m-0000000000000007","sink":"desk","body":"{}"}"#;
        let lines =
            format!("{{\"format\":\"storyline-log\",\"version\":1,\"first\":1,\"last\":1}}\n{planned}\n");
        let (dir, head) = imported(&lines).unwrap();
        assert_eq!(head, Seq(2));
        assert!(exported(&dir.path().join("data")).contains("delivery_dead"));
    }
}
