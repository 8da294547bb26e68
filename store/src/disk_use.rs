//! What a data directory takes on disk, room by room.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use serde::Serialize;

use crate::{segment, snapshot};

/// Bytes taken on disk: blocks, as the file system counts them, so that what is reserved and empty costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct DiskUse {
    /// The log's database.
    pub log: u64,
    /// Closed stretches of the log, kept for a repair.
    pub segments: u64,
    /// What was read, kept for backtest and explain.
    pub archive: u64,
    /// The snapshot of the state, and of whatever else only saves time.
    pub snapshot: u64,
    /// Copies set aside while the log is opened, checked, repaired or restored; 0 but for those moments.
    pub aside: u64,
    /// Everything together, the small files too.
    pub total: u64,
}

/// What a data directory takes on disk now. Files that come or go meanwhile count or do not; logs that were put beside the
/// directory (`*.damaged-…`, `*.replaced-…`) do not.
///
/// # Errors
///
/// Those of listing the directory; one that is not there takes nothing.
pub fn disk_use(data_dir: &Path) -> io::Result<DiskUse> {
    let mut used = DiskUse::default();
    for (name, path) in entries(data_dir)? {
        let bytes = bytes(&path)?;
        used.total += bytes;
        let room = match name.as_str() {
            "log" => &mut used.log,
            segment::DIR => &mut used.segments,
            snapshot::FILE => &mut used.snapshot,
            it if it.starts_with("archive") => &mut used.archive,
            it if it.starts_with("snapshot") || it.starts_with("memory") => &mut used.snapshot,
            it if it.starts_with("log.") && path.is_dir() => &mut used.aside,
            it if it.starts_with("next") || it.starts_with("restore.") => &mut used.aside,
            _ => continue,
        };
        *room += bytes;
    }
    Ok(used)
}

/// The names in a directory; none where it is not there.
fn entries(dir: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let listed = match fs::read_dir(dir) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    listed.map(|it| it.map(|it| (it.file_name().to_string_lossy().into_owned(), it.path()))).collect()
}

/// Blocks of a file, or of a directory with all in it; nothing where it has just gone.
fn bytes(path: &Path) -> io::Result<u64> {
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    if !meta.is_dir() {
        return Ok(meta.blocks() * 512);
    }
    entries(path)?.iter().try_fold(0, |sum, (_, it)| Ok(sum + bytes(it)?))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use tempfile::TempDir;

    use super::*;
    use crate::{Archive, Event, Log, Recorded, Seq};

    #[test]
    fn every_room_of_a_data_directory_is_counted_once() {
        let dir = TempDir::new().unwrap();
        assert_eq!(disk_use(&dir.path().join("none")).unwrap(), DiskUse::default());
        let mut log = Log::open(dir.path()).unwrap().log;
        let event = Event::RecordLost { detail: "x".repeat(20_000) };
        log.commit(&[Recorded { seq: Seq(1), at: Timestamp::UNIX_EPOCH, event }], &[]).unwrap();
        let before = disk_use(dir.path()).unwrap();
        assert!(before.log >= 20_000 && before.total > before.log, "{before:?}");
        assert_eq!((before.segments, before.archive, before.snapshot, before.aside), (0, 0, 0, 0));
        segment::save(&log.reader(), dir.path()).unwrap();
        snapshot::save(dir.path(), Seq(1), &vec![7; 30_000]).unwrap();
        Archive::open(dir.path()).unwrap();
        fs::create_dir(dir.path().join("log.copy")).unwrap();
        fs::write(dir.path().join("log.copy/db"), [7; 9_000]).unwrap();
        let after = disk_use(dir.path()).unwrap();
        assert_eq!(after.log, before.log);
        assert!(after.segments >= 20_000 && after.snapshot >= 30_000 && after.aside >= 9_000, "{after:?}");
        let rooms = after.log + after.segments + after.archive + after.snapshot + after.aside;
        assert_eq!(after.total - rooms, before.total - before.log, "the small files are what they were");
    }
}
