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

use crate::{durable, failpoint::failpoint};

const BUILDING: &str = "next.building";
const NEXT: &str = "next";
const ASIDE: &str = "aside";
/// Exchanges of one kind within one second.
const NAMES_MAX: u32 = 100;
/// What makes up a log; `snapshot`, `backup` and `log.copy` belong to the one before.
const PARTS: [&str; 6] = ["log", "HEAD", "log.sum", "snapshot", "backup", "log.copy"];

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
    let name = format!("{why}-{}", now.strftime("%Y%m%dT%H%M%SZ"));
    let aside = aside(data_dir, &name)?;
    place(data_dir, &aside)?;
    Ok(aside)
}

/// Puts the log that was built in a place where [nothing](anything) is.
pub(crate) fn settle(data_dir: &Path) -> io::Result<()> {
    place(data_dir, Path::new(""))
}

/// Puts the log that was built in the place of the one there is, which goes to `aside`.
fn place(data_dir: &Path, aside: &Path) -> io::Result<()> {
    let building = data_dir.join(BUILDING);
    let path = aside.to_str().ok_or_else(|| io::Error::other("the data directory's path is no text"))?;
    durable::write(&building, ASIDE, &[path.as_bytes()])?;
    failpoint("swap.built");
    fs::rename(building, data_dir.join(NEXT))?;
    durable::sync_dir(data_dir)?;
    failpoint("swap.named");
    finish(data_dir)
}

/// A new directory beside the data directory, or within it where nothing can be put beside it.
fn aside(data_dir: &Path, name: &str) -> io::Result<PathBuf> {
    let data_dir = data_dir.canonicalize()?;
    if let (Some(parent), Some(own)) = (data_dir.parent(), data_dir.file_name()) {
        let mut full = own.to_owned();
        full.push(format!(".{name}"));
        match unused(&parent.join(full)) {
            Ok(beside) if beside.metadata()?.dev() == data_dir.metadata()?.dev() => return Ok(beside),
            Ok(beside) => durable::remove(&beside)?,
            Err(error)
                if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {}
            Err(error) => return Err(error),
        }
    }
    unused(&data_dir.join(name))
}

/// A directory of that name, or of that name with a number where one second saw several; empty and durable.
fn unused(path: &Path) -> io::Result<PathBuf> {
    for nth in 1..=NAMES_MAX {
        let mut name = path.as_os_str().to_owned();
        if nth > 1 {
            name.push(format!("-{nth}"));
        }
        let path = PathBuf::from(name);
        if path.symlink_metadata().is_err() {
            durable::create_dir(&path)?;
            return Ok(path);
        }
    }
    Err(io::Error::new(ErrorKind::AlreadyExists, format!("{} is taken", path.display())))
}

/// Finishes an exchange that was begun; nothing where none was.
pub(crate) fn finish(data_dir: &Path) -> io::Result<()> {
    let next = data_dir.join(NEXT);
    let aside = match fs::read_to_string(next.join(ASIDE)) {
        Ok(path) => PathBuf::from(path),
        // What is left without it has been emptied: only its removal was interrupted.
        Err(error) if error.kind() == ErrorKind::NotFound => return durable::remove(&next),
        Err(error) => return Err(error),
    };
    if !aside.as_os_str().is_empty() {
        durable::create_dir(&aside)?;
    }
    for part in PARTS {
        let (before, after) = (data_dir.join(part), next.join(part));
        // Where the new part is gone from `next`, it is in its place already.
        let replaced = matches!(part, "log" | "HEAD" | "log.sum") && !after.exists();
        if before.exists() && !replaced {
            fs::rename(&before, aside.join(part))?;
            failpoint("swap.out");
        }
        if after.exists() {
            fs::rename(&after, &before)?;
            failpoint("swap.in");
        }
    }
    if !aside.as_os_str().is_empty() {
        durable::sync_dir(&aside)?;
    }
    durable::sync_dir(data_dir)?;
    failpoint("swap.exchanged");
    durable::remove(&next)
}

/// The directory a part of the log is in: an exchange that was interrupted may have left it in the one to come.
pub(crate) fn holder(data_dir: &Path, part: &str) -> PathBuf {
    let next = data_dir.join(NEXT);
    if next.join(ASIDE).exists() && next.join(part).exists() { next } else { data_dir.to_owned() }
}

/// Whether there is a log, or part of one.
pub(crate) fn anything(data_dir: &Path) -> bool {
    PARTS.iter().any(|it| data_dir.join(it).exists())
}
