//! One process at a time.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, ErrorKind},
    os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt},
    path::Path,
    thread,
    time::Duration,
};

use crate::StoreError;

pub(crate) const FILE: &str = "lock";
/// Both waits together stay under a second: so soon a second daemon has to know.
const TRIES: u32 = 30;
const BETWEEN_TRIES: Duration = Duration::from_millis(10);

/// The data directory is ours as long as this lives.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, and leaves our pid in it for others to name.
    pub(crate) fn take(data_dir: &Path) -> Result<Self, StoreError> {
        let path = data_dir.join(FILE);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|source| not_writable(&path, source))?;
        hold(&file)?;
        // Of one width, so that no reader ever finds it half written.
        file.write_all_at(format!("{:10}\n", std::process::id()).as_bytes(), 0)
            .map_err(|source| not_writable(&path, source))?;
        Ok(Self { _file: file })
    }

    /// Takes the lock without changing a byte; none is needed where nobody ever took one.
    pub(crate) fn borrow(data_dir: &Path) -> Result<Option<Self>, StoreError> {
        match File::open(data_dir.join(FILE)) {
            Ok(file) => {
                hold(&file)?;
                Ok(Some(Self { _file: file }))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// A process that was just started by the last holder may keep the lock until it runs its program: wait a moment.
fn hold(file: &File) -> Result<(), StoreError> {
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => thread::sleep(BETWEEN_TRIES),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Err(StoreError::InUse { pid: holder(file) })
}

/// Who holds it, as the kernel says; else as whoever took it last wrote down, a moment after it was taken.
fn holder(file: &File) -> u32 {
    let read = || {
        let mut bytes = [0; 11];
        file.read_exact_at(&mut bytes, 0).ok()?;
        std::str::from_utf8(&bytes).ok()?.trim().parse().ok()
    };
    for _ in 0..TRIES {
        // Who only reads the log takes the lock and writes nothing.
        if let Some(pid) = locker(file).or_else(read) {
            return pid;
        }
        thread::sleep(BETWEEN_TRIES);
    }
    0
}

/// The process that locked a file, by the kernel's list; none where it is not on it, or is of another namespace.
///
/// The list names the device of the file system, which on some (btrfs with its subvolumes) is not the one a file is said
/// to be on: nothing is found there, and the holder is who wrote last.
fn locker(file: &File) -> Option<u32> {
    let about = file.metadata().ok()?;
    let (major, minor) = (rustix::fs::major(about.dev()), rustix::fs::minor(about.dev()));
    locked_by(&fs::read_to_string("/proc/locks").ok()?, &format!("{major:02x}:{minor:02x}:{}", about.ino()))
}

/// `1: FLOCK  ADVISORY  WRITE 2390 fe:00:14082059 0 EOF`; who waits for it has an arrow after the number.
fn locked_by(locks: &str, place: &str) -> Option<u32> {
    locks.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace().skip(1);
        let kind = words.next().filter(|it| *it == "FLOCK");
        let pid = kind.and_then(|_| words.nth(2)?.parse().ok()).filter(|it| *it > 0);
        pid.filter(|_| words.next() == Some(place))
    })
}

/// Tells a directory that may not be written from a disk that fails.
pub(crate) fn not_writable(path: &Path, source: io::Error) -> StoreError {
    match source.kind() {
        ErrorKind::PermissionDenied
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::NotADirectory
        | ErrorKind::AlreadyExists
        | ErrorKind::NotFound => StoreError::NotWritable { path: path.to_owned(), source },
        _ => source.into(),
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn whoever_comes_second_is_told_who_holds_it_now_not_who_held_it_last() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join(FILE);
        fs::write(&path, format!("{:10}\n", 4_000_000)).unwrap();
        let borrowed = Lock::borrow(dir.path()).unwrap();
        if locker(&File::open(&path).unwrap()).is_none() {
            eprintln!("SKIPPED: the kernel's list does not name a lock in {}", dir.path().display());
            return;
        }
        assert_eq!(fs::read_to_string(&path).unwrap().trim(), "4000000", "whoever reads writes nothing");
        for second in [Lock::take(dir.path()).map(Some), Lock::borrow(dir.path())] {
            let error = second.unwrap_err();
            assert!(matches!(error, StoreError::InUse { pid } if pid == std::process::id()), "{error}");
        }
        drop(borrowed);
        Lock::take(dir.path()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap().trim(), std::process::id().to_string());
    }

    #[test]
    fn the_kernels_list_of_locks_is_understood() {
        let locks = "1: FLOCK  ADVISORY  WRITE 2390 fe:00:14 0 EOF\n2: -> FLOCK ADVISORY WRITE 7 fe:00:15 0 EOF\n\
            3: POSIX  ADVISORY  WRITE 9 fe:00:15 0 EOF\n4: FLOCK  ADVISORY  WRITE 0 fe:00:16 0 EOF\nwhat\n";
        let check =
            |place: &str, expected: Option<u32>| assert_eq!(locked_by(locks, place), expected, "{place}");
        check("fe:00:14", Some(2390));
        check("fe:00:1", None);
        check("fe:00:15", None);
        check("fe:00:16", None);
    }
}
