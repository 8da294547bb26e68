//! Copies of a database's files.
//!
//! Where the file system can share a file's blocks between two files nothing is copied at all. Elsewhere a large file is
//! copied by several threads: a start after a crash waits for this more than for anything else.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
    thread,
};

use crate::{durable, failpoint::failpoint};

const CHUNK_BYTES: usize = 1 << 20;
/// A smaller file is not worth a second thread.
const PARALLEL_BYTES: u64 = 32 << 20;
const THREADS: u64 = 2;

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

/// Copies one file.
fn file(from: &Path, to: &Path) -> io::Result<File> {
    let source = File::open(from)?;
    let copy = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(to)?;
    if rustix::fs::ioctl_ficlone(&copy, &source).is_ok() {
        return Ok(copy);
    }
    let bytes = source.metadata()?.len();
    let threads = if bytes < PARALLEL_BYTES { 1 } else { THREADS };
    // What is not written stays a hole, and the copy is as long as its original.
    copy.set_len(bytes)?;
    let share = bytes.div_ceil(threads).next_multiple_of(CHUNK_BYTES as u64);
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            .map(|nth| {
                scope.spawn({
                    let (source, copy) = (&source, &copy);
                    move || stretch(source, copy, share * nth, (share * (nth + 1)).min(bytes))
                })
            })
            .collect();
        let own = stretch(&source, &copy, 0, share.min(bytes));
        let died = |_| Err(io::Error::other("a thread that copied ended"));
        others.into_iter().map(|it| it.join().unwrap_or_else(died)).fold(own, Result::and)
    })?;
    Ok(copy)
}

/// Copies the bytes from one place up to another.
fn stretch(source: &File, copy: &File, from: u64, to: u64) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut at = from;
    while at < to {
        let wanted = usize::try_from(to - at).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
        let chunk = chunk.get_mut(..wanted).unwrap_or_default();
        source.read_exact_at(chunk, at)?;
        copy.write_all_at(chunk, at)?;
        at += wanted as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_copy_is_byte_for_byte_its_original_at_every_length() {
        let dir = TempDir::new().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        let large = usize::try_from(PARALLEL_BYTES).unwrap();
        for bytes in [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, large - 1, large, large + 77] {
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
