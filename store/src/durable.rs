//! Files that are still there after a power cut.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use crate::failpoint::failpoint;

/// Makes the entries of a directory durable.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Makes a directory that only its owner enters, with those above it, durable.
pub(crate) fn create_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    sync_dir(dir)?;
    match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_dir(parent),
        _ => sync_dir(Path::new(".")),
    }
}

/// Puts a file in place, whole and durable or not at all; only its owner reads it.
pub(crate) fn write(dir: &Path, name: &str, parts: &[&[u8]]) -> io::Result<()> {
    let temporary = dir.join(format!("{name}.new"));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    for part in parts {
        file.write_all(part)?;
        failpoint("durable.part");
    }
    file.sync_all()?;
    failpoint("durable.synced");
    fs::rename(&temporary, dir.join(name))?;
    sync_dir(dir)?;
    failpoint("durable.placed");
    Ok(())
}

/// Puts a file in place, whole or not at all while the machine runs; nothing waits for the disk. Only its owner reads it.
pub(crate) fn place(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let temporary = dir.join(format!("{name}.new"));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(bytes)?;
    fs::rename(&temporary, dir.join(name))
}

/// Sees whether so many bytes more can be made durable.
pub(crate) fn try_room(dir: &Path, bytes: usize) -> io::Result<()> {
    let path = dir.join("room.new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
    // Not zeros, which some file systems give no room.
    let written = file.write_all(&vec![0xa5; bytes]).and_then(|()| file.sync_all());
    remove(&path)?;
    written
}

/// Removes a file or a directory with all that is in it; none there is fine.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
