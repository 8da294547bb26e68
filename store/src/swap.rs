//! Putting another log in the place of the one there is.
//!
//! The other log is built whole in a directory within the data directory.
//! Once that has its final name, the exchange goes forward to its end, whatever
//! happens in between: the next opening finishes it.

use std::{
    fs,
    io::{self, ErrorKind},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use crate::durable;

const BUILDING: &str = "next.building";
const NEXT: &str = "next";
const ASIDE: &str = "aside";
/// What makes up a log; the snapshots, `backup` and `log.copy` belong to the one before.
const PARTS: [&str; 7] = ["log", "HEAD", "log.sum", "snapshots", "snapshot", "backup", "log.copy"];

/// An empty directory to build the other log in.
pub(crate) fn building(data_dir: &Path) -> io::Result<PathBuf> {
    let dir = data_dir.join(BUILDING);
    durable::remove(&dir)?;
    durable::create_dir(&dir)?;
    Ok(dir)
}

/// Exchanges the logs. The one before goes to `<data_dir>.<why>-<UTC>`, or into the data directory where nothing can
/// be put beside it.
pub(crate) fn exchange(data_dir: &Path, why: &str, now: Timestamp) -> io::Result<PathBuf> {
    let aside = aside(data_dir, &format!("{why}-{}", now.strftime("%Y%m%dT%H%M%SZ")))?;
    place(data_dir, &aside)?;
    Ok(aside)
}

/// Puts the log that was built in the place of the one there is, if any, which goes to `aside`.
pub(crate) fn place(data_dir: &Path, aside: &Path) -> io::Result<()> {
    let building = data_dir.join(BUILDING);
    let path = aside.to_str().ok_or_else(|| io::Error::other("the data directory's path is no text"))?;
    durable::write(&building, ASIDE, &[path.as_bytes()])?;
    fs::rename(building, data_dir.join(NEXT))?;
    durable::sync_dir(data_dir)?;
    finish(data_dir)
}

fn aside(data_dir: &Path, name: &str) -> io::Result<PathBuf> {
    let data_dir = data_dir.canonicalize()?;
    if let (Some(parent), Some(own)) = (data_dir.parent(), data_dir.file_name()) {
        let mut full = own.to_owned();
        full.push(format!(".{name}"));
        let beside = parent.join(full);
        match durable::create_dir(&beside) {
            Ok(()) if beside.metadata()?.dev() == data_dir.metadata()?.dev() => return Ok(beside),
            Ok(()) => durable::remove(&beside)?,
            Err(error)
                if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {}
            Err(error) => return Err(error),
        }
    }
    let within = data_dir.join(name);
    durable::create_dir(&within)?;
    Ok(within)
}

/// Finishes an exchange that was begun; nothing where none was.
pub(crate) fn finish(data_dir: &Path) -> io::Result<()> {
    let next = data_dir.join(NEXT);
    let aside = match fs::read_to_string(next.join(ASIDE)) {
        Ok(path) => PathBuf::from(path),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for part in PARTS {
        let (before, after) = (data_dir.join(part), next.join(part));
        // Where the new part is gone from `next`, it is in its place already.
        let replaced = matches!(part, "log" | "HEAD" | "log.sum") && !after.exists();
        if before.exists() && !replaced {
            fs::rename(&before, aside.join(part))?;
        }
        if after.exists() {
            fs::rename(&after, &before)?;
        }
    }
    if !aside.as_os_str().is_empty() {
        durable::sync_dir(&aside)?;
    }
    durable::sync_dir(data_dir)?;
    durable::remove(&next)
}
