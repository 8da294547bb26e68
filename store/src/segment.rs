//! Closed stretches of the log in files of their own: the second copy a repair works from.
//!
//! A segment is the log's values one after the other, as the database holds
//! them. Each proves itself, so a segment needs no index and no checksum of
//! its own, and damage to it costs no more than what it hits.

use std::{
    fs::{self, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::{Reader, Seq, StoreError, durable, failpoint::failpoint, lock::not_writable, walk::values};

pub(crate) const DIR: &str = "backup";
const NEW: &str = "segment.new";

/// Saves what no segment holds yet, and says how far they reach then; call it at least daily.
///
/// # Errors
///
/// [`StoreError::Full`], [`StoreError::NotWritable`], [`StoreError::Corrupt`]: the log itself is not concerned.
pub fn save(reader: &Reader, data_dir: &Path) -> Result<Seq, StoreError> {
    let dir = data_dir.join(DIR);
    durable::create_dir(&dir).map_err(|source| not_writable(&dir, source))?;
    let after = reach(data_dir)?;
    let head = reader.head();
    if after >= head {
        return Ok(after);
    }
    let path = dir.join(NEW);
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
    let mut file = BufWriter::new(file.map_err(|source| not_writable(&path, source))?);
    reader.shared.with(|database| {
        for value in values(&database.events, after.next(), head)? {
            file.write_all(&value?)?;
        }
        Ok(())
    })?;
    failpoint("segment.written");
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    failpoint("segment.synced");
    fs::rename(&path, dir.join(format!("{:020}-{:020}.segment", after.next().0, head.0)))?;
    durable::sync_dir(&dir)?;
    failpoint("segment.closed");
    Ok(head)
}

/// How far the segments reach; 0 where there is none.
///
/// # Errors
///
/// [`StoreError::Io`] where they cannot be listed.
pub fn reach(data_dir: &Path) -> Result<Seq, StoreError> {
    let last = |path: &PathBuf| path.file_stem()?.to_str()?.split_once('-')?.1.parse().ok().map(Seq);
    Ok(files(data_dir)?.iter().filter_map(last).max().unwrap_or_default())
}

/// Every segment, in order.
pub(crate) fn files(data_dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(data_dir.join(DIR)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = entries.map(|it| it.map(|it| it.path())).collect::<io::Result<Vec<_>>>()?;
    files.retain(|it| it.extension().is_some_and(|it| it == "segment"));
    files.sort();
    Ok(files)
}
