//! A database that has proven to be what was written.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, ErrorKind},
    path::Path,
    time::Instant,
};

use storyline_config::FeedId;

use super::{META_HEAD, meta_head};
use crate::{
    FeedRecord, Seq, StoreError, aside,
    codec::Fields,
    database::{Database, guarded},
    failpoint::failpoint,
    feed_parts::{self, Kept},
    head::{Found, Reach},
    pack::key,
    sum, walk,
};

/// A database, how far it reaches, and the feed records in it.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) database: Database,
    pub(super) reach: Reach,
    pub(super) feeds: BTreeMap<FeedId, FeedRecord>,
    pub(super) kept: Kept,
}

/// How far the log must reach; none where it is to be begun.
pub(super) fn known(found: Found, exists: bool, clean: bool) -> Result<Option<Reach>, String> {
    match (found, exists) {
        (Found::Missing, false) => Ok(None),
        // A clean stop's checksum vouches for the database; its last value says how far it reaches.
        (Found::Missing | Found::Unreadable, true) if clean => Ok(Some(Reach::default())),
        (Found::Missing, true) => Err("HEAD is missing".to_owned()),
        (Found::Unreadable, _) => Err("HEAD cannot be read".to_owned()),
        (Found::Reach(reach), false) if reach.seq > Seq(0) => {
            Err(format!("the database is missing, and HEAD says {}", reach.seq))
        }
        (Found::Reach(reach), _) => Ok(Some(reach)),
    }
}

/// Opens a database that is new or was left clean: its last value alone is looked at.
pub(super) fn open_clean(log_dir: &Path, head: Reach) -> Result<Checked, StoreError> {
    check(log_dir, |database| {
        let reach = walk::last(&database.events)?;
        if reach != head && head.seq > Seq(0) {
            return Err(flaw(format!("it ends at {}, and HEAD says {}", reach.seq, head.seq)));
        }
        Ok(reach)
    })
    .map_err(|error| verdict(error, log_dir))
}

/// Opens a database that was not left clean, with a copy set aside until all of it is checked.
pub(super) fn open_unclean(data_dir: &Path, log_dir: &Path, head: Reach) -> Result<Checked, StoreError> {
    tracing::info!("the log was not closed cleanly; checking it");
    let first = match open_beside_copy(data_dir, log_dir, head, false) {
        Err(error @ StoreError::Damaged { .. }) => error,
        other => return other,
    };
    // sled's own snapshot and settings follow from its file: where they alone are damaged, it does without.
    match open_beside_copy(data_dir, log_dir, head, true) {
        Err(StoreError::Damaged { .. }) => Err(first),
        other => other,
    }
}

fn open_beside_copy(data_dir: &Path, log_dir: &Path, head: Reach, bare: bool) -> Result<Checked, StoreError> {
    let begun = Instant::now();
    aside::set_aside(data_dir, log_dir)?;
    let copied = begun.elapsed();
    let derived = if bare { remove_derived(log_dir) } else { Ok(()) };
    let checked = derived.map_err(StoreError::from).and_then(|()| check_all(log_dir, Some(head)));
    match checked {
        Ok(checked) => {
            failpoint("aside.proven");
            let proven = begun.elapsed();
            aside::drop_copy(data_dir)?;
            let (events, took) = (checked.reach.seq.0, begun.elapsed());
            tracing::info!(events, ?copied, checked = ?proven.saturating_sub(copied), ?took, "the log is whole");
            sum::remove(data_dir)?;
            Ok(checked)
        }
        Err(error) => {
            aside::put_back(data_dir, log_dir)?;
            Err(verdict(error, log_dir))
        }
    }
}

fn remove_derived(log_dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(log_dir)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == "conf" || name.to_string_lossy().starts_with("snap.") {
            fs::remove_file(entry.path())?;
            failpoint("engine.bared");
        }
    }
    Ok(())
}

/// Opens a database and reads all of it. What is left of a commit that was cut off, and so never acknowledged, goes; where
/// nothing says how far it must reach, that may be a commit whose last value is damaged, and is a flaw.
fn check_all(log_dir: &Path, head: Option<Reach>) -> Result<Checked, StoreError> {
    check(log_dir, |database| {
        let reach = walk::check(&database.events, head.unwrap_or_default()).map_err(|it| flaw(it.detail))?;
        let from = key(reach.seq.next());
        if head.is_none() && guarded(|| database.events.range(from..).next().transpose())?.is_some() {
            return Err(flaw(format!("its last commit, after event {}, has no end", reach.seq)));
        }
        let remains = database.cut(&from)?;
        let told = told(database, reach)?;
        if remains > 0 || told {
            tracing::info!(remains, "the last commit was interrupted");
            database.flush()?;
            database.sync()?;
            failpoint("remains.gone");
        }
        Ok(reach)
    })
}

/// Says in `meta` what was still to be said there: a commit of events alone puts its last value before that.
fn told(database: &Database, reach: Reach) -> Result<bool, StoreError> {
    let said = guarded(|| database.meta.get(META_HEAD))?;
    let said = said
        .as_deref()
        .and_then(|it| Fields(it).take().ok())
        .map_or(Seq(0), |it| Seq(u64::from_le_bytes(it)));
    if said >= reach.seq || !walk::is_one_commit(&database.events, said, reach.seq)? {
        return Ok(false);
    }
    database.tell(META_HEAD, &meta_head(reach))?;
    Ok(true)
}

/// Whether a database, opened where it may be rewritten, is whole; closed again.
pub(crate) fn is_whole(dir: &Path, head: Option<Reach>) -> Result<Reach, StoreError> {
    let checked = check_all(dir, head)?;
    checked.database.shut();
    Ok(checked.reach)
}

fn check(
    log_dir: &Path,
    reach: impl FnOnce(&Database) -> Result<Reach, StoreError>,
) -> Result<Checked, StoreError> {
    let database = Database::open(log_dir)?;
    let found = reach(&database).and_then(|reach| {
        agreed(&database, reach)?;
        let (feeds, kept) = feed_parts::load(&database.feeds)?;
        Ok((reach, feeds, kept))
    });
    match found {
        Ok((reach, feeds, kept)) => Ok(Checked { database, reach, feeds, kept }),
        Err(error) => {
            database.shut();
            Err(error)
        }
    }
}

/// What `meta` says must be what the events say.
fn agreed(database: &Database, reach: Reach) -> Result<(), StoreError> {
    let meta = guarded(|| database.meta.get(META_HEAD))?;
    if meta.as_deref().unwrap_or(&meta_head(Reach::default())) == meta_head(reach) {
        return Ok(());
    }
    let says = meta.as_deref().and_then(|it| Fields(it).take().ok()).map_or(0, u64::from_le_bytes);
    Err(flaw(format!("it ends at {}, and was at {} before", reach.seq, Seq(says))))
}

pub(crate) fn flaw(detail: String) -> StoreError {
    io::Error::new(ErrorKind::InvalidData, detail).into()
}

/// A disk that refuses is no damage; whatever else keeps a database from being opened is.
fn verdict(error: StoreError, log_dir: &Path) -> StoreError {
    match error {
        StoreError::Io(source) if source.raw_os_error().is_none() => damaged(log_dir, source.to_string()),
        StoreError::Corrupt { .. } => damaged(log_dir, error.to_string()),
        other => other,
    }
}

pub(super) fn damaged(log_dir: &Path, detail: String) -> StoreError {
    StoreError::Damaged { detail, copy: log_dir.to_owned() }
}
