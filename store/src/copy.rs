//! Copies of a database's files.
//!
//! Where the file system can share a file's blocks between two files nothing is copied at all: a start after a crash waits
//! for this more than for anything else.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use crate::{durable, failpoint::failpoint};

/// Copies a directory's files, so that they survive a power cut.
pub(crate) fn durably(from: &Path, to: &Path) -> io::Result<()> {
    durable::create_dir(to)?;
    files(from, to, true)?;
    durable::sync_dir(to)
}

/// Copies a directory's files to try things on; a power cut may take them.
pub(crate) fn loosely(from: &Path, to: &Path) -> io::Result<()> {
    durable::create_dir(to)?;
    files(from, to, false)
}

fn files(from: &Path, to: &Path, durable: bool) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir(&target)?;
            files(&entry.path(), &target, durable)?;
            if durable {
                durable::sync_dir(&target)?;
            }
        } else {
            let copy = file(&entry.path(), &target)?;
            if durable {
                copy.sync_all()?;
            }
            failpoint("copy.file");
        }
    }
    Ok(())
}

/// Copies one file, within the kernel where that can.
fn file(from: &Path, to: &Path) -> io::Result<File> {
    let mut source = File::open(from)?;
    let mut copy = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(to)?;
    if rustix::fs::ioctl_ficlone(&copy, &source).is_err() {
        io::copy(&mut source, &mut copy)?;
    }
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_copy_is_byte_for_byte_its_original_at_every_length() {
        let dir = TempDir::new().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        for bytes in [0, 1, 4_095, 4_096, 1 << 20, (8 << 20) + 77] {
            let original: Vec<u8> = (0..=250).cycle().take(bytes).collect();
            fs::write(&from, &original).unwrap();
            file(&from, &to).unwrap();
            assert!(fs::read(&to).unwrap() == original, "{bytes}");
        }
    }

    #[test]
    fn a_directory_is_copied_with_those_in_it() {
        let dir = TempDir::new().unwrap();
        let from = dir.path().join("from");
        fs::create_dir_all(from.join("in")).unwrap();
        fs::write(from.join("a"), "1").unwrap();
        fs::write(from.join("in/b"), "2").unwrap();
        for (nth, copy) in [durably, loosely].into_iter().enumerate() {
            let to = dir.path().join(nth.to_string());
            copy(&from, &to).unwrap();
            assert_eq!(fs::read_to_string(to.join("in/b")).unwrap(), "2");
            assert_eq!(fs::read_to_string(to.join("a")).unwrap(), "1");
        }
        assert!(durably(&dir.path().join("none"), &dir.path().join("x")).is_err());
    }
}
