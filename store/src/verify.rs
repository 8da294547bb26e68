//! Whether the log is what was written, told without changing a byte of it.

use std::path::Path;

use serde::Serialize;

use crate::{
    Reader, Seq, StoreError, aside,
    aside::Scratch,
    carve::carve,
    database::{self, Database},
    head::{self, Found, Reach},
    lock::Lock,
    log::{
        checked::{flaw, is_whole},
        open::log_dir,
    },
    reader::Source,
    sum, swap, walk,
};

/// What a check of the whole log found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Whether everything is as it was written.
    pub ok: bool,
    /// The last event.
    pub head: Seq,
    /// What is not.
    pub damaged: Vec<Damage>,
}

/// One thing that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// The file, as named within the data directory.
    pub file: String,
    /// The first event that is lost with it; none where no event is.
    pub from: Option<Seq>,
    /// The last event that is lost with it.
    pub to: Option<Seq>,
    /// What is wrong, for people.
    pub what: String,
}

impl Damage {
    fn of(file: &str, what: String) -> Self {
        Self { file: file.to_owned(), from: None, to: None, what }
    }
}

impl Verified {
    fn of(head: Seq, damaged: Vec<Damage>) -> Self {
        Self { ok: damaged.is_empty(), head, damaged }
    }
}

/// Checks the log in a data directory that no daemon has open, on a copy.
///
/// # Errors
///
/// [`StoreError::InUse`] where a daemon has it open (ask it, see [`Reader::verify`]); [`StoreError::TooNew`];
/// [`StoreError::Full`] where the copy does not fit.
pub fn verify(data_dir: &Path) -> Result<Verified, StoreError> {
    let _lock = Lock::borrow(data_dir)?;
    checked(data_dir)
}

/// [`verify`] for whoever holds the lock.
pub(crate) fn checked(data_dir: &Path) -> Result<Verified, StoreError> {
    let mut damaged = Vec::new();
    let head = match head::read(&swap::holder(data_dir, "HEAD"))? {
        Found::Reach(reach) => Some(reach),
        Found::Missing => None,
        Found::Unreadable => {
            damaged.push(Damage::of("HEAD", "it cannot be read".to_owned()));
            None
        }
    };
    let holder = swap::holder(data_dir, "log");
    let log_dir = aside::untouched(&holder, &log_dir(&holder));
    let file = log_dir.join(database::FILE);
    if !file.exists() {
        if let Some(head) = head.filter(|it| it.seq > Seq(0)) {
            damaged.push(lost((Seq(1), head.seq), "the database is missing"));
        }
        return Ok(Verified::of(head.unwrap_or_default().seq, damaged));
    }
    if head.is_none() && damaged.is_empty() {
        damaged.push(Damage::of("HEAD", "it is missing".to_owned()));
    }
    let sum_dir = swap::holder(data_dir, "log.sum");
    let differing = sum::differing(&sum_dir, &log_dir)?;
    let mut whole = is_whole(&Scratch::of(data_dir, &log_dir)?.dir, head);
    if head.is_none() && !sum::matches(&sum_dir, &log_dir)? {
        whole = whole.and_then(|it| reaches_all(&file, it));
    }
    match whole {
        Ok(reach) => {
            let what = "it is not as the last stop left it; every event is whole";
            damaged.extend(differing.iter().map(|file| Damage::of(file, what.to_owned())));
            Ok(Verified::of(reach.seq, damaged))
        }
        Err(error @ (StoreError::Full(_) | StoreError::TooNew { .. })) => Err(error),
        Err(error) => {
            let detail = walk::detail(&error);
            let carved = carve(&[file], head)?;
            damaged.extend(carved.missing.iter().map(|range| lost(*range, &detail)));
            if carved.missing.is_empty() {
                let file = differing.first().map_or("log/db", String::as_str);
                damaged.push(Damage::of(file, format!("{detail}; every event can be restored")));
            }
            Ok(Verified::of(head.map_or(carved.reach().seq, |it| it.seq), damaged))
        }
    }
}

/// Where nothing else says how far the engine should come, what stands in its file does.
fn reaches_all(file: &Path, reach: Reach) -> Result<Reach, StoreError> {
    let found = carve(&[file.to_owned()], None)?.reach().seq;
    if found <= reach.seq {
        return Ok(reach);
    }
    Err(flaw(format!("it ends at {}, and event {found} was in its file", reach.seq)))
}

fn lost((from, to): (Seq, Seq), what: &str) -> Damage {
    Damage { file: "log/db".to_owned(), from: Some(from), to: Some(to), what: what.to_owned() }
}

impl Reader {
    /// Checks the log while it is in use: every event up to the last acknowledged one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Closed`]. Damage is no error, but what this is to find.
    pub fn verify(&self) -> Result<Verified, StoreError> {
        let head = self.head();
        let damaged = self.shared.read(|source| match source {
            Source::Open(database) => Ok(lost_in(database, head)),
            Source::Carved(carved) => {
                Ok(carved.missing.iter().map(|it| lost(*it, "it cannot be found")).collect())
            }
            Source::Closed => Err(StoreError::Closed),
        })?;
        Ok(Verified::of(head, damaged))
    }
}

fn lost_in(database: &Database, head: Seq) -> Vec<Damage> {
    match walk::check(&database.events, Reach::default()) {
        Ok(reach) if reach.seq >= head => Vec::new(),
        Ok(reach) => vec![lost((reach.seq.next(), head), "it is missing")],
        Err(at) if at.whole.seq >= head => Vec::new(),
        Err(at) => vec![lost((at.whole.seq.next(), head), &at.detail)],
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs, path::PathBuf};

    use tempfile::TempDir;

    use super::*;
    use crate::{Event, Log, Recorded};

    fn log(count: u64, close: bool) -> TempDir {
        let dir = TempDir::new().unwrap();
        let mut log = Log::open(dir.path()).unwrap().log;
        for seq in 1..=count {
            let at = jiff::Timestamp::UNIX_EPOCH;
            let event = Event::RecordLost { detail: "x".repeat(if seq == 17 { 9_000 } else { 300 }) };
            log.commit(&[Recorded { seq: Seq(seq), at, event }], &[]).unwrap();
        }
        assert!(log.reader().verify().unwrap().ok);
        if close {
            log.close().unwrap();
        }
        dir
    }

    fn files(dir: &Path, into: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, into);
            } else {
                into.insert(path.clone(), fs::read(path).unwrap());
            }
        }
    }

    fn check_untouched(dir: &TempDir) -> Verified {
        let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
        files(dir.path(), &mut before);
        let verified = verify(dir.path()).unwrap();
        files(dir.path(), &mut after);
        assert!(before == after, "verifying changed a file");
        verified
    }

    #[test]
    fn a_whole_log_is_ok_and_left_alone() {
        for close in [true, false] {
            assert_eq!(check_untouched(&log(40, close)), Verified::of(Seq(40), Vec::new()));
        }
        assert_eq!(check_untouched(&TempDir::new().unwrap()), Verified::of(Seq(0), Vec::new()));
    }

    #[test]
    fn any_flipped_bit_after_a_clean_stop_is_found_and_left_alone() {
        let dir = log(40, true);
        let db = dir.path().join("log/db");
        let whole = fs::read(&db).unwrap();
        let mut lost = 0;
        for nth in 0..24 {
            let bit = nth * whole.len() * 8 / 24 / 16 + nth % 8;
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            fs::write(&db, flipped).unwrap();
            let verified = check_untouched(&dir);
            assert!(!verified.ok && verified.head == Seq(40), "bit {bit}: {verified:?}");
            lost += verified.damaged.iter().filter(|it| it.from.is_some()).count();
        }
        assert!(lost < 24, "what stands elsewhere in the file is found again");
    }

    #[test]
    fn what_is_cut_off_is_named() {
        let dir = log(40, false);
        let db = dir.path().join("log/db");
        let bytes = fs::read(&db).unwrap();
        fs::write(&db, &bytes[..bytes.len() / 64]).unwrap();
        let verified = check_untouched(&dir);
        let damage = verified.damaged.last().unwrap();
        assert!(damage.from > Some(Seq(1)) && damage.to == Some(Seq(40)), "{verified:?}");
        fs::remove_file(&db).unwrap();
        let damage = &check_untouched(&dir).damaged[0];
        assert_eq!((damage.from, damage.to), (Some(Seq(1)), Some(Seq(40))));
    }

    #[test]
    fn a_log_in_use_is_not_verified_from_outside() {
        let dir = TempDir::new().unwrap();
        let _opened = Log::open(dir.path()).unwrap();
        assert!(matches!(verify(dir.path()), Err(StoreError::InUse { pid }) if pid == std::process::id()));
    }
}
