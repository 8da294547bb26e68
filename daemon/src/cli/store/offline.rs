//! What is done to a log no daemon has open.

use std::{
    io::{self, BufReader},
    path::Path,
};

use jiff::Timestamp;
use serde_json::json;
use storyline_config::limit::EVENTS_LIMIT_MAX;
use storyline_store::{Log, Reader, Seq, State, StoreError, snapshot};
use xxhash_rust::xxh3::xxh3_64;

use super::{super::out, Exit, Failure, Global, count, failure, list, number, text};

/// Writes the log out.
pub(super) fn export(dir: &Path) -> Result<Exit, StoreError> {
    let log = Log::open(dir)?.log;
    let mut out = io::stdout().lock();
    let done = match storyline_store::export(&log.reader(), &mut out) {
        // Whoever read has seen enough.
        Err(StoreError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    };
    log.close()?;
    done.map(|()| Exit::Done)
}

/// Writes a data directory.
pub(super) fn backup(dir: &Path, to: &Path) -> Result<Seq, StoreError> {
    let opened = Log::open(dir)?;
    let head = storyline_store::backup(&opened.log.reader(), &opened.feeds, to);
    opened.log.close()?;
    head
}

/// Folds the state again; what was kept of an earlier fold is forgotten.
pub(super) fn rebuild(dir: &Path, global: &Global) -> Result<Exit, Failure> {
    let rebuilt = || -> Result<State, StoreError> {
        let log = Log::open(dir)?.log;
        let state = fold(&log.reader())?;
        snapshot::forget(dir)?;
        log.close()?;
        Ok(state)
    };
    let state = rebuilt().map_err(|it| failure(&it))?;
    let bytes = serde_json::to_vec(&state).map_err(io::Error::from)?;
    let hash = format!("{:016x}", xxh3_64(&bytes));
    out::show(global, json!({ "head": state.seq, "state": hash }), |it| {
        format!("{} give the state {}\n", count(number(it, "head"), "event"), text(it, "state"))
    })?;
    Ok(Exit::Done)
}

fn fold(reader: &Reader) -> Result<State, StoreError> {
    let mut state = State::default();
    loop {
        let events = reader.read_after(state.seq, EVENTS_LIMIT_MAX)?;
        if events.is_empty() {
            return Ok(state);
        }
        for it in &events {
            state.apply(it);
        }
    }
}

/// Brings back what can be found: 0 if that is all, 1 if something is missing.
pub(super) fn repair(dir: &Path, global: &Global) -> Result<Exit, Failure> {
    let repaired = storyline_store::repair(dir, Timestamp::now()).map_err(|it| failure(&it))?;
    let exit = if repaired.missing.is_empty() { Exit::Done } else { Exit::No };
    out::show(global, json!(repaired), |it| {
        let (kept, restored) = (number(it, "kept"), number(it, "restored"));
        let rows = list(it, "missing").iter().map(|it| format!("missing: {it}\n"));
        format!("{kept} kept, {restored} restored\n{}", rows.collect::<String>())
    })?;
    Ok(exit)
}

/// Makes a backup current.
pub(super) fn restore(from: &Path, dir: &Path, to: Option<Seq>, global: &Global) -> Result<Exit, Failure> {
    let restored = storyline_store::restore(from, dir, to, Timestamp::now()).map_err(|it| failure(&it))?;
    out::show(global, json!(restored), |it| format!("{} restored\n", count(number(it, "head"), "event")))?;
    Ok(Exit::Done)
}

/// Begins a log with what was exported.
pub(super) fn import(dir: &Path, global: &Global) -> Result<Exit, Failure> {
    let mut input = BufReader::new(io::stdin().lock());
    let head = storyline_store::import(dir, &mut input).map_err(|it| failure(&it))?;
    out::show(global, json!({ "head": head }), |it| {
        format!("{} imported\n", count(number(it, "head"), "event"))
    })?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_log_goes_out_and_in_again_and_gives_the_same_state() {
        let folder = tempfile::tempdir().unwrap();
        let (first, backed_up) = (folder.path().join("first"), folder.path().join("second"));
        let mut log = Log::open(&first).unwrap().log;
        let event = json!({"seq": 1, "at": "2025-02-14T08:00:00Z", "kind": "storyline_defined", "storyline": "munich",
                           "title": "Munich", "definition": "x"});
        log.commit(&[serde_json::from_value(event).unwrap()], &[]).unwrap();
        let state = fold(&log.reader()).unwrap();
        log.close().unwrap();
        assert_eq!(backup(&first, &backed_up).unwrap(), Seq(1));
        let copy = Log::open(&backed_up).unwrap();
        assert_eq!(copy.feeds, BTreeMap::new());
        assert_eq!(fold(&copy.log.reader()).unwrap(), state);
    }
}
