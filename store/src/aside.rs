//! A copy of the database, set aside while its original is opened.
//!
//! sled rewrites a damaged file when it opens it. So a database that was not
//! left clean is copied first; the copy goes once the original has proven to
//! be whole, and takes its place again if it has not. A copy that is there at
//! a start is the remains of an opening that was interrupted, and is what
//! counts.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use crate::{copy, durable, failpoint::failpoint};

const COPY: &str = "log.copy";
const COPYING: &str = "log.copying";
const OPENED: &str = "log.opened";
const DROPPED: &str = "log.dropped";
const SCRATCH: &str = "log.scratch-";
/// What counts for nothing when nobody is at work on it.
const LEFTOVERS: [&str; 6] = [COPYING, DROPPED, "next.building", "restore.source", "room.new", "HEAD.new"];

/// Finishes what an interrupted opening left: the copy takes the original's place. What other interrupted work left
/// is taken away.
pub(crate) fn recover(data_dir: &Path, log_dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(data_dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if is_leftover(&name) {
            durable::remove(&entry.path())?;
        }
    }
    if set(data_dir).exists() {
        tracing::warn!("an opening of the log was interrupted; beginning again from the copy set aside");
        put_back(data_dir, log_dir)?;
    }
    durable::remove(&data_dir.join(OPENED))
}

/// Whether it is what interrupted work left, and counts for nothing.
pub(crate) fn is_leftover(name: &str) -> bool {
    LEFTOVERS.contains(&name) || name.starts_with(SCRATCH)
}

/// Copies the database, durably.
pub(crate) fn set_aside(data_dir: &Path, log_dir: &Path) -> io::Result<()> {
    let copying = data_dir.join(COPYING);
    durable::remove(&copying)?;
    copy::durably(log_dir, &copying).inspect_err(|_| {
        // What did not fit must not keep the room it took.
        let _ = durable::remove(&copying);
    })?;
    failpoint("aside.copied");
    fs::rename(&copying, set(data_dir))?;
    durable::sync_dir(data_dir)?;
    failpoint("aside.set");
    Ok(())
}

/// Puts the copy in the original's place.
pub(crate) fn put_back(data_dir: &Path, log_dir: &Path) -> io::Result<()> {
    let opened = data_dir.join(OPENED);
    durable::remove(&opened)?;
    if log_dir.exists() {
        fs::rename(log_dir, &opened)?;
    }
    failpoint("aside.moved");
    fs::rename(set(data_dir), log_dir)?;
    durable::sync_dir(data_dir)?;
    failpoint("aside.back");
    durable::remove(&opened)
}

/// Removes the copy: the original is whole.
///
/// It loses its name first. A copy of which some files are gone already would take the original's place at the next
/// start.
pub(crate) fn drop_copy(data_dir: &Path) -> io::Result<()> {
    let dropped = data_dir.join(DROPPED);
    durable::remove(&dropped)?;
    fs::rename(set(data_dir), &dropped)?;
    durable::sync_dir(data_dir)?;
    failpoint("aside.unnamed");
    durable::remove(&dropped)?;
    failpoint("aside.dropped");
    Ok(())
}

fn set(data_dir: &Path) -> PathBuf {
    data_dir.join(COPY)
}

/// Where the database stands as it was found last: an interrupted opening leaves the copy to count.
pub(crate) fn untouched(data_dir: &Path, log_dir: &Path) -> PathBuf {
    let set = set(data_dir);
    if set.exists() { set } else { log_dir.to_owned() }
}

/// A copy to try things on, gone when this is.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// Where the copy stands.
    pub(crate) dir: PathBuf,
}

impl Scratch {
    /// Copies a database beside itself, or to the system's own place for such where that cannot be written.
    pub(crate) fn of(data_dir: &Path, log_dir: &Path) -> io::Result<Self> {
        let name = format!("{SCRATCH}{}", std::process::id());
        let beside = Self { dir: data_dir.join(&name) };
        match copy::loosely(log_dir, &beside.dir) {
            Err(error)
                if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) =>
            {
                let elsewhere = Self { dir: std::env::temp_dir().join(format!("storyline-{name}")) };
                copy::loosely(log_dir, &elsewhere.dir)?;
                Ok(elsewhere)
            }
            copied => copied.map(|()| beside),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = durable::remove(&self.dir) {
            tracing::warn!(%error, dir = %self.dir.display(), "a copy of the log stays behind");
        }
    }
}
